"""The technician's log: complete, bounded, and without passwords."""

import logging
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console import log

logger = logging.getLogger("console.test")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("open rtsp://admin:s3cret@10.0.0.7:554/ch1 failed", "open rtsp://***@10.0.0.7:554/ch1 failed"),
        ("rtsp://admin@cam/ch1", "rtsp://***@cam/ch1"),
        ("rtsp://admin:p@ss/w:rd@cam/ch1", "rtsp://***@cam/ch1"),
        (
            "http://u:p@a/1 and postgresql+psycopg://desk:hush@db/post",
            "http://***@a/1 and postgresql+psycopg://***@db/post",
        ),
        ("host=db password='two words' user=x", "host=db password=*** user=x"),
        ("GET /snap?user=a&password=b%20c&ch=1", "GET /snap?user=a&password=***&ch=1"),
        ("rtsp://cam.local:554/ch1?x=1", "rtsp://cam.local:554/ch1?x=1"),
        ("mail to a@b.example: the password: see the safe", "mail to a@b.example: the password: see the safe"),
    ],
)
def test_that_credentials_are_taken_out_and_the_rest_stays(said: str, kept: str) -> None:
    assert log.redact(said) == kept


@given(
    password=st.text(st.characters(exclude_characters=" \t\r\n'\"<>", exclude_categories=["C", "Z"]), min_size=4),
    before=st.sampled_from(["", "cannot open ", "URL="]),
)
def test_that_no_password_of_an_address_survives(password: str, before: str) -> None:
    text = log.redact(f"{before}rtsp://operator:{password}@camera.example/stream1 gave nothing")
    assert text == f"{before}rtsp://***@camera.example/stream1 gave nothing"


@pytest.mark.expects_log("no answer")
def test_that_what_is_written_to_the_file_holds_no_password(tmp_path: Path) -> None:
    with log.kept_in(tmp_path, terminal=logging.CRITICAL) as file:
        try:
            raise OSError("rtsp://admin:s3cret@cam timed out")
        except OSError:
            logger.exception("no answer from %s", "rtsp://admin:s3cret@cam")
    text = file.read_text(encoding="utf-8")
    assert "s3cret" not in text
    assert text.count("rtsp://***@cam") == 3  # the line, the source line and the exception
    assert "Traceback" in text


def test_that_lines_below_the_level_are_not_kept_and_those_at_it_are(tmp_path: Path) -> None:
    with log.kept_in(tmp_path) as file:
        logger.debug("every frame")
        logger.info("camera 3 is back")
    assert "every frame" not in file.read_text(encoding="utf-8")
    assert "INFO MainProcess console.test: camera 3 is back" in file.read_text(encoding="utf-8")


def test_that_leaving_puts_logging_back_as_it_was(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    with log.kept_in(tmp_path / "made" / "if" / "missing"):
        assert len(root.handlers) == len(before[1]) + 2
    assert (root.level, list(root.handlers)) == before


def test_that_the_log_never_fills_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "FILE_BYTES", 2_000)
    with log.kept_in(tmp_path):
        for number in range(500):
            logger.info("line %d", number)
    files = sorted(file.name for file in tmp_path.iterdir())
    assert files == [log.FILE_NAME, *(f"{log.FILE_NAME}.{number}" for number in range(1, log.FILES_KEPT + 1))]
    assert all(file.stat().st_size <= 2_000 for file in tmp_path.iterdir())


def raised(text: str) -> BaseException:
    try:
        raise KeyError(text)
    except KeyError as error:
        return error


@pytest.mark.expects_log("B-")
def test_that_a_bug_is_found_in_the_log_by_the_id_the_operator_reads_out(tmp_path: Path) -> None:
    with log.kept_in(tmp_path, terminal=logging.CRITICAL) as file:
        identity = log.bug(raised("door 7"), "acknowledging an alarm")
    text = file.read_text(encoding="utf-8")
    assert f"{identity} acknowledging an alarm" in text
    assert "KeyError: 'door 7'" in text


@pytest.mark.expects_log("B-")
def test_that_one_fault_has_one_id_and_another_fault_another() -> None:
    def elsewhere() -> BaseException:
        try:
            raise KeyError("door 7")
        except KeyError as error:
            return error

    first, again, other = log.bug(raised("door 7")), log.bug(raised("door 8")), log.bug(elsewhere())
    assert first == again
    assert first != other
    assert len(first) == len("B-123456")


@pytest.mark.expects_log("in the window")
@pytest.mark.expects_log("in printer")
def test_that_what_nobody_caught_is_logged_and_told_by_its_number_in_the_window_and_in_threads(tmp_path: Path) -> None:
    told: list[str] = []
    before = sys.excepthook, threading.excepthook
    with log.kept_in(tmp_path, terminal=logging.CRITICAL) as file, log.unforeseen(told.append):
        sys.excepthook(ValueError, ValueError("a slot failed"), None)
        thread = threading.Thread(target=int, args=("not a number",), name="printer")
        thread.start()
        thread.join()
    assert (sys.excepthook, threading.excepthook) == before
    written = file.read_text(encoding="utf-8")
    assert len(told) == 2
    for identity in told:
        assert f"{identity} in " in written
