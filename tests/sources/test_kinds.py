"""The contract that every kind of source keeps, found as the house finds them."""

import gc
import socket
import threading
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from console import sources
from console.models.errors import ConsoleError
from console.models.site import SourceSetup
from console.registry import discover
from console.sources.source import SourceSpec
from tests.sources.conftest import setup_of
from tests.sources.desk import ENDS_WITHIN_S, PATIENCE_S, Desk

KINDS: dict[str, SourceSpec] = discover(sources, attribute="SPEC", kind=SourceSpec)
EVERY = pytest.mark.parametrize("spec", KINDS.values(), ids=KINDS)
# What cameras see comes from their workers, and a client calls somebody else: those have nothing to listen to.
LISTENING = [kind for kind in KINDS if kind not in ("video_rules", "onvif_events", "mqtt")]
EVERY_THAT_LISTENS = pytest.mark.parametrize("spec", [KINDS[kind] for kind in LISTENING], ids=LISTENING)


def options_of(spec: SourceSpec) -> dict[str, Any]:
    return {"token": "door"} if spec.kind == "punch" else {}


def setup_for(spec: SourceSpec, **more: Any) -> SourceSetup:
    setup = setup_of(spec.kind, **options_of(spec), **more)
    if spec.kind not in LISTENING:
        del setup.options["port"]
    return setup


@EVERY
def test_that_a_kind_is_called_as_its_folder_and_named_in_both_languages(spec: SourceSpec) -> None:
    assert KINDS[spec.kind] is spec
    assert spec.name.zh
    assert spec.name.en.isascii()


@EVERY
def test_that_a_mistyped_option_is_found_before_the_start_and_at_the_start(spec: SourceSpec, desk: Desk) -> None:
    assert spec.check(setup_for(spec)) == []
    setup = setup_for(spec, hots="127.0.0.1")
    assert [text.en for text in spec.check(setup)] == ['Source east: There is no option "hots".']
    with pytest.raises(ConsoleError, match="hots"), spec.start(setup, desk.context()):
        pass


@EVERY_THAT_LISTENS
def test_that_a_source_runs_in_one_thread_and_soon_leaves_nothing(spec: SourceSpec, desk: Desk) -> None:
    desk.secrets["door"] = "open sesame"
    before = set(threading.enumerate())
    with spec.start(setup_for(spec), desk.context()) as running:
        assert running.address(PATIENCE_S) is not None
        assert len(set(threading.enumerate()) - before) == 1
        begun = time.monotonic()
    assert time.monotonic() - begun < ENDS_WITHIN_S
    assert running.address() is None
    assert set(threading.enumerate()) <= before


@EVERY
def test_that_a_source_left_at_once_leaves_nothing(spec: SourceSpec, desk: Desk) -> None:
    desk.secrets["door"] = "open sesame"
    for _ in range(5):
        with spec.start(setup_for(spec), desk.context()):
            pass


@EVERY_THAT_LISTENS
def test_that_a_connection_made_at_the_last_moment_is_closed_with_the_source(spec: SourceSpec, desk: Desk) -> None:
    desk.secrets["door"] = "open sesame"
    for _ in range(10):
        with spec.start(setup_for(spec), desk.context()) as running:
            address = running.address(PATIENCE_S)
            assert address is not None
            late = socket.create_connection(address, PATIENCE_S)
        with late, suppress(ConnectionResetError):
            assert late.recv(1) == b""
    gc.collect()  # an unclosed socket would be told of now, and fail the test


@EVERY_THAT_LISTENS
@pytest.mark.expects_log("ended unexpectedly")
def test_that_a_source_that_fails_by_a_fault_of_ours_is_told_and_started_again(spec: SourceSpec, desk: Desk) -> None:
    desk.secrets["door"] = "open sesame"
    context = desk.context()
    told = threading.Event()

    def fail_once(health: Any) -> None:
        context.health(health)
        if not told.is_set():
            told.set()
            raise ValueError("a bug")

    with spec.start(setup_for(spec), replace(context, health=fail_once)) as running:
        assert running.address(PATIENCE_S) is not None
    assert any("The source has failed" in health.sentence_en for health in desk.health)
    assert desk.health[-1].healthy


@pytest.mark.parametrize("spec", [KINDS[kind] for kind in KINDS if kind != "mqtt"], ids=[kind for kind in KINDS if kind != "mqtt"])
def test_that_a_source_tells_that_it_is_well(spec: SourceSpec, desk: Desk) -> None:
    desk.secrets["door"] = "open sesame"
    with spec.start(setup_for(spec), desk.context()):
        desk.wait(lambda: desk.health)
    assert [(health.source, health.healthy) for health in desk.health] == [("east", True)]
