"""Punches over HTTP: on disk before 200, once however often they are sent, and nothing stops the receiver."""

import http.client
import json
import socket
import threading
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.sources import punch
from console.sources.punch.receiver import MAX_BODY
from tests.sources.conftest import Start, setup_of
from tests.sources.desk import ENDS_WITHIN_S, PATIENCE_S, Desk

TOKEN = "open sesame 芝麻"
GOOD = {"device": "reader-3", "chip": "04A1B2C3", "at": "2026-03-14T20:05:31+08:00", "person": "007", "text": "正常"}


@pytest.fixture
def address(punches: Start, desk: Desk) -> tuple[str, int]:
    desk.secrets["door"] = TOKEN
    address = punches(token="door").address()
    assert address is not None
    return address


def post(
    address: tuple[str, int] | None,
    body: Any,
    *,
    token: str = TOKEN,
    path: str = "/punch",
    method: str = "POST",
    headers: dict[str, str] | None = None,
) -> tuple[int, dict[str, Any]]:
    """Ask and give status and JSON."""
    assert address is not None
    connection = http.client.HTTPConnection(*address, timeout=PATIENCE_S)
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Authorization": b"Bearer " + token.encode(), **(headers or {})}
    connection.request(method, path, data, sent)  # type: ignore[arg-type]
    answer = connection.getresponse()
    said = json.loads(answer.read())
    connection.close()
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    return answer.status, said


def raw(address: tuple[str, int], data: bytes) -> bytes:
    """Send bytes, hang up the sending side, and give all that comes back."""
    with socket.create_connection(address, PATIENCE_S) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        found = b""
        while piece := connection.recv(65536):
            found += piece
    return found


def test_that_a_punch_is_answered_after_it_is_on_disk(address: tuple[str, int], desk: Desk) -> None:
    desk.gate.clear()
    found: list[tuple[int, dict[str, Any]]] = []
    caller = threading.Thread(target=lambda: found.append(post(address, GOOD)))
    caller.start()
    desk.wait(lambda: desk.asked == 1)
    caller.join(0.2)
    assert not found
    desk.gate.set()
    caller.join()
    assert found == [(200, {"status": "kept"})]
    (kept,) = desk.punches
    assert (kept.device, kept.chip, kept.person, kept.text, kept.result) == (
        "reader-3",
        "04A1B2C3",
        "007",
        "正常",
        "",
    )
    assert kept.reader_at == datetime(2026, 3, 14, 12, 5, 31, tzinfo=UTC)
    assert json.loads(kept.raw) == GOOD


@pytest.mark.expects_log("punch not on disk")
def test_that_a_punch_that_cannot_be_kept_is_sent_again(address: tuple[str, int], desk: Desk) -> None:
    desk.fail = 1
    status, said = post(address, GOOD)
    assert (status, said["error"], said["zh"]) == (503, "not_kept", "磁盘已满。")
    assert "could not be put on disk" in desk.ill
    assert post(address, GOOD) == (200, {"status": "kept"})
    assert len(desk.punches) == 1
    assert desk.ill == ""


def test_that_the_same_chip_in_the_same_minute_is_one_punch(address: tuple[str, int], desk: Desk) -> None:
    assert post(address, GOOD) == (200, {"status": "kept"})
    assert post(address, {**GOOD, "at": "2026-03-14T12:05:59Z"}) == (200, {"status": "already"})
    assert post(address, {**GOOD, "at": "2026-03-14T12:06:00Z"}) == (200, {"status": "kept"})
    assert post(address, {**GOOD, "device": "reader-4"}) == (200, {"status": "kept"})
    assert len(desk.punches) == 3


def test_that_a_repetition_in_mid_commit_waits_for_the_same_commit(address: tuple[str, int], desk: Desk) -> None:
    desk.gate.clear()
    found: list[tuple[int, dict[str, Any]]] = []
    callers = [threading.Thread(target=lambda: found.append(post(address, GOOD))) for _ in range(4)]
    for caller in callers:
        caller.start()
    desk.wait(lambda: desk.asked == 1)
    desk.gate.set()
    for caller in callers:
        caller.join()
    assert sorted(said["status"] for _status, said in found) == ["already"] * 3 + ["kept"]
    assert len(desk.punches) == 1


@pytest.mark.parametrize("token", ["", "open sesame", TOKEN + "x", "wrong"])
def test_that_a_wrong_token_is_refused_and_told(address: tuple[str, int], desk: Desk, token: str) -> None:
    assert post(address, GOOD, token=token) == (401, {"error": "token"})
    assert desk.punches == []
    assert "127.0.0.1 punches with a wrong token" in desk.ill
    assert post(address, GOOD)[0] == 200
    assert desk.ill == ""


def test_that_a_missing_or_empty_secret_lets_nobody_in(punches: Start, desk: Desk) -> None:
    lost = punches(token="lost").address()
    assert desk.ill == "There is no secret lost."
    desk.secrets["empty"] = "  "
    empty = punches(token="empty").address()
    assert "every punch is refused" in desk.ill
    for address in (lost, empty):
        for token in ("", "lost", " "):
            assert post(address, GOOD, token=token)[0] == 401


def test_that_only_this_machine_may_punch_without_a_token(punches: Start, desk: Desk) -> None:
    assert punch.SPEC.check(setup_of("punch")) == []
    (mistake,) = punch.SPEC.check(setup_of("punch", host="0.0.0.0"))
    assert "punches of other machines need one" in mistake.en
    assert post(punches().address(), GOOD, token="whatever")[0] == 200


def test_that_a_punch_that_a_rule_forbids_is_refused_for_good(punches: Start, desk: Desk) -> None:
    desk.refuse = True
    status, said = post(punches().address(), GOOD)
    assert (status, said["zh"]) == (409, "该打卡点已停用。")
    assert desk.ill == ""


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"device": ""}, '"device" must be a text of 1 to 64 characters.'),
        ({"device": None}, '"device" must be'),
        ({"chip": "x" * 65}, '"chip" must be'),
        ({"chip": ["x"]}, '"chip" must be'),
        ({"chip": "a\nb"}, '"chip" holds characters that cannot be printed.'),
        ({"chip": "\ud800"}, '"chip" holds characters that cannot be printed.'),
        ({"person": True}, '"person" must be a text of 0 to 64 characters.'),
        ({"text": "x" * 501}, '"text" must be'),
        ({"at": None}, '"at" must be a time in ISO 8601'),
        ({"at": "yesterday"}, '"at" must be a time'),
        ({"at": True}, '"at" must be a time'),
        ({"at": 1e300}, '"at" must be a time'),
        ({"at": "2026-03-14T12:05:00"}, '"at" lacks its offset'),
        ({"at": "0001-01-01T00:00:00+23:00"}, '"at" is out of range'),
    ],
)
def test_that_a_wrong_field_is_named_in_both_languages(
    address: tuple[str, int], desk: Desk, change: dict[str, Any], sentence: str
) -> None:
    status, said = post(address, {**GOOD, **change})
    assert (status, said["error"]) == (400, "punch")
    assert sentence in said["en"]
    assert said["zh"]
    assert desk.punches == []


@pytest.mark.parametrize("body", [b"", b"no", b"[]", b"\xff", b"[" * 9000, b'"x"'])
def test_that_a_body_that_is_no_object_is_refused(address: tuple[str, int], body: bytes) -> None:
    assert post(address, body)[0] == 400


def test_that_numbers_and_unknown_fields_are_taken(address: tuple[str, int], desk: Desk) -> None:
    assert post(address, {**GOOD, "chip": 123456, "at": 1773489931, "battery": 80, "text": "a\nb\0"})[0] == 200
    (kept,) = desk.punches
    assert (kept.chip, kept.reader_at, kept.text) == ("123456", datetime(2026, 3, 14, 12, 5, 31, tzinfo=UTC), "a b")


def test_that_readers_without_an_offset_are_read_in_the_sites_time_zone(punches: Start, desk: Desk) -> None:
    desk.secrets["door"] = TOKEN
    address = punches(token="door", timezone="Asia/Shanghai").address()
    assert post(address, {**GOOD, "at": "2026-03-14T20:05:31"})[0] == 200
    assert desk.punches[0].reader_at == datetime(2026, 3, 14, 12, 5, 31, tzinfo=UTC)


def test_that_other_paths_and_methods_are_refused(address: tuple[str, int]) -> None:
    assert post(address, GOOD, path="/")[0] == 404
    assert post(address, GOOD, path="/punch?x=1")[0] == 200
    assert post(address, GOOD, method="PUT") == (405, {"error": "method"})
    assert post(address, b"", method="GET") == (405, {"error": "method"})


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"hello\r\n\r\n", 400),
        (b"POST /punch HTTP/1.1\r\n\r\n", 411),
        (b"POST /punch HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /punch HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY + 1), 413),
        (b"POST /punch HTTP/1.1\r\nContent-Length: 99999999999999\r\n\r\n", 413),
        (b"POST /punch HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc", 400),
        (b"POST /punch HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
        (b"POST /punch HTTP/1.1\r\nX: " + b"x" * 20000 + b"\r\n\r\n", 431),
        (b"POST /punch HTTP/1.1\r\nhalf", 400),
    ],
)
def test_that_what_is_no_whole_request_is_answered_with_its_error(
    address: tuple[str, int], request_: bytes, status: int
) -> None:
    assert raw(address, request_).startswith(b"HTTP/1.1 %d " % status)


def test_that_a_caller_who_says_nothing_gets_nothing(address: tuple[str, int]) -> None:
    assert raw(address, b"") == b""


def test_that_a_careful_caller_is_told_to_go_on(address: tuple[str, int]) -> None:
    body = json.dumps(GOOD).encode()
    head = (
        f"POST /punch HTTP/1.1\r\nAuthorization: Bearer {TOKEN}\r\nExpect: 100-continue\r\nContent-Length: {len(body)}"
    )
    with socket.create_connection(address, PATIENCE_S) as connection:
        connection.sendall(head.encode() + b"\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_that_a_slow_caller_does_not_hold_up_the_others_or_the_end(address: tuple[str, int], desk: Desk) -> None:
    with socket.create_connection(address, PATIENCE_S) as slow:
        slow.sendall(b"POST /punch HTTP/1.1\r\n")
        assert post(address, GOOD)[0] == 200
    desk.secrets["door"] = TOKEN
    with punch.SPEC.start(setup_of("punch", token="door"), desk.context()) as running:
        where = running.address(PATIENCE_S)
        assert where is not None
        slow = socket.create_connection(where, PATIENCE_S)
        slow.sendall(b"POST /punch HTTP/1.1\r\n")
        begun = time.monotonic()
    assert time.monotonic() - begun < ENDS_WITHIN_S
    slow.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=100)
@given(
    data=st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=100).map(
            lambda body: (
                b"POST /punch HTTP/1.1\r\nAuthorization: Bearer "
                + TOKEN.encode()
                + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
                + body
            )
        ),
    )
)
def test_that_no_bytes_stop_the_receiver_or_make_it_fail(address: tuple[str, int], desk: Desk, data: bytes) -> None:
    raw(address, data)
    assert post(address, GOOD)[0] == 200
