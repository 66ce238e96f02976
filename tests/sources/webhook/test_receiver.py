"""Notifications over real sockets: on disk before 200, once a key, bounded, and refused in clear sentences."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.demo.webhook import Answer, post_webhook
from console.models.clock import FakeClock
from console.models.errors import ConsoleError
from console.models.signals import SignalKind
from console.sources import webhook
from console.sources.source import Running
from tests.sources.conftest import setup_of
from tests.sources.desk import ENDS_WITHIN_S, PATIENCE_S, Desk
from tests.sources.webhook.samples import DAHUA_MOTION, DAHUA_STOP, HIK_FIELD, HIK_PARTS_TYPE, hik, hik_parts

TOKEN = "open sesame"
GOOD: dict[str, Any] = {"point": "door-1", "state": "alarm", "class": "access", "priority": 2, "text": "门被撬"}
ENDPOINTS: list[dict[str, Any]] = [
    {"path": "/own", "token": "door", "points": {"door-1": "door-lobby"}},
    {"path": "/signed", "signature": "door", "site_points": True},
    {"path": "/hik", "profile": "hikvision", "token": "door", "token_in_url": True, "points": {"2": "gate-east"}},
    {"path": "/dahua", "profile": "dahua", "token": "door"},
]


@pytest.fixture
def lives() -> Iterator[ExitStack]:
    with ExitStack() as lives:
        yield lives


@pytest.fixture
def address(desk: Desk, lives: ExitStack) -> tuple[str, int]:
    return start(desk, lives)[1]


def start(desk: Desk, lives: ExitStack, **more: Any) -> tuple[Running, tuple[str, int]]:
    desk.secrets["door"] = TOKEN
    running = lives.enter_context(
        webhook.SPEC.start(setup_of("webhook", **{"endpoints": ENDPOINTS, **more}), desk.context())
    )
    where = running.address(PATIENCE_S)
    assert where is not None
    return running, where


def post(where: tuple[str, int], notice: Any = GOOD, path: str = "/own", **more: Any) -> Answer:
    return post_webhook(where, path, notice, **{"token": TOKEN, **more})


def told(desk: Desk) -> list[tuple[str, str]]:
    return [(signal.kind.value, signal.point) for signal in desk.signals]


def test_that_a_notification_is_answered_after_it_is_on_disk(address: tuple[str, int], desk: Desk) -> None:
    desk.gate.clear()
    found: list[Answer] = []
    caller = threading.Thread(target=lambda: found.append(post(address)))
    caller.start()
    desk.wait(lambda: desk.asked == 1)
    caller.join(0.2)
    assert not found
    desk.gate.set()
    caller.join()
    (signal,) = desk.signals
    assert (found[0].status, found[0].said) == (200, {"status": "kept", "signals": [signal.id]})
    assert (signal.kind, signal.point, signal.alarm_class, signal.priority, signal.text_zh) == (
        SignalKind.ALARM,
        "door-lobby",
        "access",
        2,
        "门被撬",
    )
    assert json.loads(signal.raw) == GOOD


@pytest.mark.expects_log("not on disk")
def test_that_what_cannot_be_kept_is_sent_again(address: tuple[str, int], desk: Desk) -> None:
    desk.fail = 1
    failed = post(address, key="k")
    assert (failed.status, failed.said["error"]) == (503, "not_kept")
    assert "could not be put on disk" in desk.ill
    again = post(address, key="k")
    assert (again.status, again.replayed) == (200, False)
    assert len(desk.signals) == 1
    assert desk.ill == ""


@pytest.mark.expects_log("not on disk")
def test_that_503_says_when_to_come_again(address: tuple[str, int], desk: Desk) -> None:
    desk.fail = 1
    connection = http.client.HTTPConnection(*address, timeout=PATIENCE_S)
    connection.request("POST", "/own", json.dumps(GOOD).encode(), {"Authorization": f"Bearer {TOKEN}"})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    connection.close()


def test_that_what_a_rule_forbids_is_refused_for_good(address: tuple[str, int], desk: Desk) -> None:
    desk.refuse = True
    assert post(address).status == 409
    assert desk.ill == ""


def test_that_a_key_is_stored_once_and_answered_with_the_first_result(address: tuple[str, int], desk: Desk) -> None:
    first = post(address, key="k-1")
    second = post(address, key="k-1")
    assert (first.status, second.status) == (200, 200)
    assert (second.said, first.replayed, second.replayed) == (first.said, False, True)
    by_field = [post(address, {**GOOD, "id": "4711"}) for _ in range(2)]
    assert by_field[0].said == by_field[1].said
    assert len(desk.signals) == 2
    assert post(address, key="k-2").said != first.said
    assert desk.signals[0].sequence == "/own-k-1-0"


def test_that_other_news_under_a_used_key_is_not_lost(address: tuple[str, int], desk: Desk) -> None:
    post(address, key="k")
    assert not post(address, {**GOOD, "point": "door-2"}, key="k").replayed
    assert len(desk.signals) == 1
    assert len(desk.duplicates) == 1  # this desk knows the sequence only; the house compares the bytes as well


def test_that_a_repetition_in_mid_commit_waits_for_the_same_commit(address: tuple[str, int], desk: Desk) -> None:
    desk.gate.clear()
    found: list[Answer] = []
    callers = [threading.Thread(target=lambda: found.append(post(address, key="k"))) for _ in range(4)]
    for caller in callers:
        caller.start()
    desk.wait(lambda: desk.asked == 1)
    desk.gate.set()
    for caller in callers:
        caller.join()
    assert {answer.status for answer in found} == {200}
    assert sorted(answer.replayed for answer in found) == [False, True, True, True]
    assert desk.asked == 1


@pytest.mark.parametrize("token", ["", "open", TOKEN + "x", "wrong"])
def test_that_a_wrong_token_is_refused_and_told(address: tuple[str, int], desk: Desk, token: str) -> None:
    assert post(address, token=token).status == 401
    assert desk.signals == []
    assert "127.0.0.1 sends notifications with a wrong token" in desk.ill
    assert post(address).kept
    assert desk.ill == ""


def test_that_a_signature_over_the_body_is_asked_for(address: tuple[str, int], desk: Desk) -> None:
    assert post(address, path="/signed").status == 401
    assert post(address, path="/signed", signature="wrong").status == 401
    assert post(address, path="/signed", signature=TOKEN).kept
    assert told(desk) == [("alarm", "door-1")]


def test_that_a_token_in_the_address_counts_only_where_it_may(address: tuple[str, int], desk: Desk) -> None:
    assert post(address, HIK_FIELD, f"/hik?token={TOKEN.replace(' ', '%20')}", token="").kept
    assert post(address, GOOD, f"/own?token={TOKEN.replace(' ', '%20')}", token="").status == 401


def test_that_a_missing_secret_lets_nobody_in(desk: Desk, lives: ExitStack) -> None:
    _running, where = start(desk, lives, endpoints=[{"path": "/own", "token": "lost"}])
    assert desk.ill == "There is no secret lost."
    assert post(where, token="").status == 401


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"no", 400, "not JSON"),
        (b"[]", 400, "JSON object"),
        (b"{}", 400, '"point"'),
        (b'{"point": "p", "state": "?"}', 400, '"state"'),
    ],
)
def test_that_nonsense_is_refused_in_a_clear_sentence(
    address: tuple[str, int], desk: Desk, body: bytes, status: int, words: str
) -> None:
    answer = post(address, body)
    assert answer.status == status
    assert words in answer.said["en"]
    assert answer.said["zh"]
    assert desk.signals == []


def test_that_other_paths_methods_and_sizes_are_refused(address: tuple[str, int], desk: Desk) -> None:
    assert post(address, path="/other").status == 404
    connection = http.client.HTTPConnection(*address, timeout=PATIENCE_S)
    connection.request("GET", "/own")
    assert connection.getresponse().status == 405
    connection.close()
    assert post(address, {**GOOD, "more": "x" * 256 * 1024}).status == 413
    assert post(address, {**GOOD, "more": "x" * 200 * 1024}).kept
    assert post(address, b"x" * 700_000, token="wrong").status == 401
    assert post(address, key="k" * 201).status == 400


def test_that_a_picture_of_a_camera_comes_along_and_is_not_kept(address: tuple[str, int], desk: Desk) -> None:
    body = hik_parts(picture=b"\xff\xd8\xff" + bytes(1_000_000))
    assert post(address, body, "/hik", content_type=HIK_PARTS_TYPE).kept
    (signal,) = desk.signals
    assert (signal.point, signal.raw) == ("gate-east", HIK_FIELD)
    assert signal.details["pictures"][0]["bytes"] == 1_000_003


def test_that_the_same_notification_of_a_camera_twice_is_one(address: tuple[str, int], desk: Desk) -> None:
    assert not post(address, HIK_FIELD, "/hik").replayed
    assert post(address, HIK_FIELD, "/hik").replayed
    assert len(desk.signals) == 1


def test_that_an_event_posted_again_and_again_is_one_alarm(desk: Desk, lives: ExitStack) -> None:
    clock = FakeClock()
    desk.clock = clock
    _running, where = start(desk, lives)
    for second in range(3):
        post(where, hik("VMD", at=f"2026-03-14T12:05:0{second}+08:00"), "/hik")
        clock.advance(1)
    clock.advance(60)
    post(where, hik("VMD", at="2026-03-14T12:07:00+08:00"), "/hik")
    assert [signal.kind.value for signal in desk.signals] == ["alarm", "information", "information", "alarm"]
    assert desk.signals[1].details["repeated"] is True


def test_that_only_the_edges_of_a_makers_events_count(address: tuple[str, int], desk: Desk) -> None:
    assert post(address, DAHUA_MOTION, "/dahua").kept
    assert post(address, DAHUA_STOP, "/dahua").kept
    assert post(address, DAHUA_STOP, "/dahua").kept
    assert post(address, DAHUA_MOTION, "/dahua").kept
    assert [signal.kind.value for signal in desk.signals] == ["alarm", "restore", "information", "alarm"]
    assert {signal.point for signal in desk.signals} == {"webhook:/dahua/1-VideoMotion"}


def test_that_heartbeats_are_heard_and_not_kept(desk: Desk, lives: ExitStack) -> None:
    clock = FakeClock()
    desk.clock = clock
    watched = [{**endpoint, "heartbeat_s": 30} for endpoint in ENDPOINTS if endpoint["path"] in ("/hik", "/dahua")]
    _running, where = start(desk, lives, endpoints=watched)
    clock.advance(91)
    desk.wait(lambda: "/hik" in desk.ill and "/dahua" in desk.ill)
    assert post(where, b"Heartbeat", "/dahua").said["status"] == "heartbeat"
    assert post(where, hik("videoloss", state="inactive"), "/hik").kept  # the first word: it may end something
    assert post(where, hik("videoloss", state="inactive", at=""), "/hik").said["status"] == "heartbeat"
    assert told(desk) == [("restore", "webhook:/hik/1-videoloss")]
    assert desk.ill == ""


@pytest.mark.parametrize("path", ["/own", "/signed", "/hik"])
def test_that_a_canary_goes_over_the_wire_and_is_a_canary(desk: Desk, lives: ExitStack, path: str) -> None:
    endpoints = [endpoint for endpoint in ENDPOINTS if endpoint["path"] == path]
    running, _where = start(desk, lives, endpoints=endpoints)
    assert webhook.SPEC.probe is not None
    setup = setup_of("webhook", endpoints=endpoints)
    webhook.SPEC.probe(setup, running, desk.secrets.__getitem__, "01TOKEN")
    (signal,) = desk.signals
    assert (signal.kind, signal.code) == (SignalKind.CANARY, "01TOKEN")
    with pytest.raises(ConsoleError, match="refused"):
        webhook.SPEC.probe(setup, running, lambda _name: "wrong", "01TOKEN")
    with pytest.raises(ConsoleError, match="does not listen"):
        webhook.SPEC.probe(setup, Running(), desk.secrets.__getitem__, "01TOKEN")


def test_that_mistakes_of_the_site_are_named() -> None:
    wrong = setup_of(
        "webhook",
        host="0.0.0.0",
        endpoints=[
            {"path": "x"},
            {"path": "/a"},
            {"path": "/b", "token": "t"},
            {"path": "/b", "token": "t", "profil": 1},
        ],
    )
    said = " ".join(text.en for text in webhook.SPEC.check(wrong))
    for part in ('"path" must begin', "of other machines need one", "/b is there twice", 'no option "profil"'):
        assert part in said


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.binary(max_size=300), st.sampled_from(["/own", "/hik", "/dahua"]))
def test_that_no_body_stops_the_receiver(address: tuple[str, int], body: bytes, path: str) -> None:
    assert post(address, body, path).status in (200, 400)
    assert post(address).kept


def test_that_a_caller_that_hangs_up_leaves_its_alarm_on_disk(address: tuple[str, int], desk: Desk) -> None:
    desk.gate.clear()
    assert post(address, timeout_s=0.2).status == 0
    desk.wait(lambda: desk.asked == 1)
    desk.gate.set()
    desk.wait(lambda: len(desk.signals) == 1)


def test_that_a_slow_caller_does_not_hold_up_the_end(desk: Desk) -> None:
    with ExitStack() as lives:
        _running, where = start(desk, lives)
        slow = socket.create_connection(where, PATIENCE_S)
        slow.sendall(b"POST /own HTTP/1.1\r\nContent-Length: 5\r\n\r\n")
        begun = time.monotonic()
    assert time.monotonic() - begun < ENDS_WITHIN_S
    slow.close()
