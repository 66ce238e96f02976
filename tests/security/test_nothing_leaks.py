"""Passwords are nowhere but in people's heads and under their key; what the post writes is for its owner's eyes."""

import logging
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from console import app, log
from console.config import Secrets
from console.models.clock import FakeClock
from console.models.errors import ConsoleError
from console.models.people import Account
from console.services import passwords, people
from console.services.desk import Transaction
from tests.services.post import MORNING, PostInHand, opened_post
from tests.stories.posts import free_port, make_site

pytestmark = pytest.mark.timeout(120)
OF_A_PERSON, OF_A_CAMERA, WRONG, OF_A_PANEL = "Night-watch-7x", "cam/p@ss:91", "Wrong-guess-55", "0123456789abcdefFEDCBA9876543210"
CAMERA = """
cameras:
  - {{id: cam-1, number: 1, name: {{zh: 一, en: One}}, kind: rtsp, address: "rtsp://127.0.0.1:{port}/live", login: viewer,
     password: secret:cam, place: yard, record: {{mode: continuous, days: 1}}}}
"""


def forgive(tx: Transaction, login: str) -> None:
    """Spare the test the pause that a wrong password costs."""
    account = tx.first(Account, login=login)
    assert account is not None
    tx.put(replace(account, failures=0, wait_until_at=None))


def everything_in(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield file, file.read_bytes()


def test_that_no_password_is_on_disk_in_a_log_in_an_error_or_in_the_list_of_processes(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    site, data = make_site(tmp_path / "site", 0), tmp_path / "data"
    (site / "cameras.yaml").write_text(CAMERA.format(port=free_port()), encoding="utf-8")
    text = (site / "site.yaml").read_text(encoding="utf-8")
    (site / "site.yaml").write_text(text.replace('account: "1001",', 'account: "1001", key: secret:dc09,'), encoding="utf-8")
    Secrets(data).set("cam", OF_A_CAMERA)
    Secrets(data).set("dc09", OF_A_PANEL)
    told: list[str] = []
    with app.open_post(app.Options(site_dir=site, data_dir=data)) as post:
        people.create_administrator(post.desk, "chen", "陈晨", OF_A_PERSON).result()
        with pytest.raises(ConsoleError) as refused:
            people.sign_on(post.desk, "chen", WRONG, "1").result()
        told.append(repr(refused.value) + str(refused.value.text))
        post.desk.do(forgive, "chen").result()
        people.sign_on(post.desk, "chen", OF_A_PERSON, "1").result()
        until_s = time.monotonic() + 80
        while not post.video.state(post.site.cameras[0].id).reason_en:
            assert time.monotonic() < until_s
            time.sleep(0.02)
        workers = {"console.video.worker", "console.video.recording.worker"}
        while not workers <= {word for one in psutil.Process().children(recursive=True) for word in one.cmdline()}:
            assert time.monotonic() < until_s
            time.sleep(0.02)
        told += [" ".join(one.cmdline()) + str(one.environ()) for one in psutil.Process().children(recursive=True)]
        told.append(str(post.video.state(post.site.cameras[0].id)))
    told += [*capfd.readouterr()]
    for word in (OF_A_PERSON, OF_A_CAMERA, WRONG, OF_A_PANEL):
        assert not [text for text in told if word in text]
        forms = (word.encode(), word.encode("utf-16-le"))
        assert not [file for file, content in everything_in(data) if any(form in content for form in forms)]


def test_that_the_data_folder_is_for_its_owner_only_also_when_it_was_made_wide_open(tmp_path: Path) -> None:
    site, data = make_site(tmp_path / "site", 0), tmp_path / "data"
    (data / "evidence").mkdir(parents=True)
    for wide in (data, data / "evidence"):
        wide.chmod(0o777)
    Secrets(data).set("cam", OF_A_CAMERA)
    before = os.umask(0)
    try:
        with app.open_post(app.Options(site_dir=site, data_dir=data)):
            modes = {file.name: file.stat().st_mode & 0o777 for file in (data, *data.iterdir())}
    finally:
        os.umask(before)
    for folder in ("data", "evidence", "reports", "log"):
        assert modes[folder] == 0o700, folder
    for file in ("zhishou.db", "zhishou.db-wal", "zhishou.db-shm", "zhishou.lock", "secrets.enc", "secrets.key"):
        assert modes[file] == 0o600, file


def test_that_text_from_a_wire_cannot_write_a_line_of_its_own_into_the_log(tmp_path: Path) -> None:
    forged = "2026-03-14T03:00:00.000Z INFO MainProcess console: all is well"
    with log.kept_in(tmp_path, terminal=logging.CRITICAL) as file:
        logging.getLogger("console.test").info("panel said %s", f"x\r\n{forged}\x1b[2J\u202e")
        try:
            raise ValueError(f"bad\n{forged}")
        except ValueError:
            logging.getLogger("console.test").info("failed", exc_info=True)
    lines = file.read_text(encoding="utf-8").split("\n")
    assert not [line for line in lines if line.startswith(forged)]
    assert [line for line in lines if line and not line.startswith("  | ")] == [
        line for line in lines if " console.test: " in line
    ]
    assert not [one for line in lines for one in line if not one.isprintable()]
    assert "\\x1b[2J\\u202e" in "".join(lines)


# ------------------------------------------------------------------ the price of a wrong password


@pytest.fixture
def post(tmp_path: Path) -> Iterator[PostInHand]:
    with opened_post(tmp_path / "data", FakeClock(MORNING)) as opened:
        yield opened


@pytest.mark.parametrize("login", ["wang", "nobody"])
def test_that_the_pause_grows_with_every_wrong_password_and_outlives_a_restart(tmp_path: Path, login: str) -> None:
    clock, waits = FakeClock(MORNING), []
    for _start in range(2):
        with opened_post(tmp_path / "data", clock) as post:
            if not post.find(Account, login="wang"):
                post.enter("wang")
            for _guess in range(3):
                said = post.do(passwords.refuse, login, "1")
                with pytest.raises(ConsoleError):
                    post.ask(passwords.demand_patience, login)
                waits.append(said.text.en)
        with opened_post(tmp_path / "data", clock) as post, pytest.raises(ConsoleError):
            post.ask(passwords.demand_patience, login)
    seconds = [int(text.split("Wait ")[1].split(" s")[0]) for text in waits]
    assert seconds == sorted(set(seconds))
    assert len(seconds) == 6


def test_that_an_unknown_login_is_checked_at_the_same_cost(post: PostInHand) -> None:
    parameters = passwords.NOBODY.rsplit("$", 2)[0]
    assert passwords.hashed("Any-password-7").startswith(parameters + "$")
    assert not passwords.matches(passwords.NOBODY, "")
    began_s = time.process_time()
    assert isinstance(post.ask(passwords.check, "nobody", "Some-password-7"), passwords.Wrong)
    unknown_s = time.process_time() - began_s
    began_s = time.process_time()
    passwords.hashed("Some-password-7")
    assert unknown_s > (time.process_time() - began_s) / 4


def test_that_a_password_on_the_command_line_is_refused_and_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    from console.cli import main

    with pytest.raises(SystemExit) as ended:
        main(["verify", "--database", f"postgresql://desk:{WRONG}@127.0.0.1/post"])
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert "pgpass" in said.err
    assert WRONG not in said.err + said.out
