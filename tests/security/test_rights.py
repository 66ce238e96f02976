"""Least privilege: every command that changes the record demands a right, and refuses whoever does not have it."""

import ast
import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import console
from console.models.clock import FakeClock
from console.models.errors import NotPermitted
from console.models.ids import PersonId
from console.models.people import RIGHT_WORDS, RIGHTS, Actor, Right, Role
from console.services import forms, people
from tests.services.post import MORNING, PostInHand, opened_post

ROOT = Path(console.__file__).parent

# The right that each command demands of the person behind it.
DEMANDS: dict[str, Right] = {
    "alarms.report": Right.HANDLE_ALARMS,
    "carry.add": Right.WRITE_LOG,
    "carry.close": Right.WRITE_LOG,
    "dispatch.advance": Right.HANDLE_ALARMS,
    "dispatch.send": Right.HANDLE_ALARMS,
    "due.done": Right.WRITE_LOG,
    "duty.set_threat": Right.SET_THREAT_LEVEL,
    "duty.take_over": Right.FORCE_HANDOVER,
    "evidence.keep": Right.WATCH,
    "evidence.keep_taken": Right.WATCH,
    "grouping.cut_loose": Right.HANDLE_ALARMS,
    "handover.begin": Right.SIGN_HANDOVER,
    "handover.fill": Right.SIGN_HANDOVER,
    "handover.freeze": Right.SIGN_HANDOVER,
    "handover.reopen": Right.SIGN_HANDOVER,
    "hiding.accept_second": Right.SHELVE,
    "hiding.end_rule": Right.SHELVE,
    "hiding.not_a_test": Right.HANDLE_ALARMS,
    "hiding.shelve": Right.SHELVE,
    "hiding.suppress": Right.SHELVE,
    "incidents.close": Right.HANDLE_ALARMS,
    "incidents.open_for": Right.HANDLE_ALARMS,
    "inputs.settle": Right.CHANGE_SETTINGS,
    "locking.hold": Right.WRITE_LOG,
    "locking.mark": Right.WATCH,
    "locking.release": Right.EXPORT_FOOTAGE,
    "log.correct": Right.WRITE_LOG,
    "log.write": Right.WRITE_LOG,
    "people.change_details": Right.MANAGE_PEOPLE,
    "people.change_role": Right.MANAGE_PEOPLE,
    "people.enter_person": Right.MANAGE_PEOPLE,
    "people.force_sign_off": Right.FORCE_HANDOVER,
    "people.replace_password": Right.MANAGE_PEOPLE,
    "people.set_active": Right.MANAGE_PEOPLE,
    "playback.look": Right.WATCH,
    "points.imported": Right.CHANGE_SETTINGS,
    "printing.printed": Right.EXPORT_REPORTS,
    "queue.accept_second_reset": Right.HANDLE_ALARMS,
    "queue.acknowledge": Right.HANDLE_ALARMS,
    "queue.acknowledge_together": Right.HANDLE_ALARMS,
    "queue.claim": Right.HANDLE_ALARMS,
    "queue.hand_to": Right.HANDLE_ALARMS,
    "queue.let_go": Right.HANDLE_ALARMS,
    "queue.park": Right.HANDLE_ALARMS,
    "queue.reset": Right.HANDLE_ALARMS,
    "queue.unpark": Right.HANDLE_ALARMS,
    "queue.verify": Right.HANDLE_ALARMS,
    "requests.ask_for": Right.WRITE_LOG,
    "requests.begin_export": Right.EXPORT_FOOTAGE,
    "requests.export_ended": Right.EXPORT_FOOTAGE,
    "requests.hand_over": Right.EXPORT_FOOTAGE,
    "requests.shown": Right.WRITE_LOG,
    "response.answer": Right.FOLLOW_PLANS,
    "response.skip": Right.FOLLOW_PLANS,
    "response.start": Right.FOLLOW_PLANS,
    "settings.change": Right.CHANGE_SETTINGS,
    "settings.change_options": Right.CHANGE_SETTINGS,
    "steering.forgot": Right.CHANGE_SETTINGS,
    "steering.kept": Right.CHANGE_SETTINGS,
    "steering.moved": Right.HANDLE_ALARMS,
    "steering.went": Right.HANDLE_ALARMS,
    "tuning.choose": Right.TUNE_RULES,
    "tuning.draw": Right.TUNE_RULES,
    "tuning.give_back": Right.TUNE_RULES,
    "tuning.relearnt": Right.TUNE_RULES,
    "wall.begin_round": Right.WRITE_LOG,
    "wall.break_off": Right.WRITE_LOG,
    "wall.check": Right.WRITE_LOG,
    "wall.remove_layout": Right.WRITE_LOG,
    "telling.tell": Right.HANDLE_ALARMS,
    "wall.remove_sequence": Right.WRITE_LOG,
    "wall.save_layout": Right.WRITE_LOG,
    "wall.save_sequence": Right.WRITE_LOG,
    "work_orders.close": Right.WRITE_LOG,
    "volumes.replace_by": Right.EXPORT_FOOTAGE,
    "work_orders.open_order": Right.WRITE_LOG,
    "work_orders.report": Right.WRITE_LOG,
}
# The right that is demanded of whoever gave their password for this one thing.
SIGNATURES: dict[str, Right] = {
    "handover.accept_dispute": Right.SIGN_HANDOVER,
    "handover.accept_refusal": Right.SIGN_HANDOVER,
    "handover.accept_review": Right.REVIEW_HANDOVER,
    "handover.accept_settlement": Right.REVIEW_HANDOVER,
    "handover.accept_sign_in": Right.SIGN_HANDOVER,
    "handover.accept_sign_out": Right.SIGN_HANDOVER,
    "requests.accept_decision": Right.APPROVE_FOOTAGE,
}
# What asks for more than a right, or for a right only of some: each is tested beside its rule.
BY_A_RULE = frozenset({"hiding.bring_back", "masking.lift", "masking.put_back", "people.sign_off"})
# The door itself: a password, not a right.
DOOR = frozenset(
    {
        "passwords.prove", "passwords.refuse", "people.accept_sign_on", "people.enter_administrator",
        "people.keep_own_password", "queue.second_person",
    }
)  # fmt: skip
# Steps of other commands, clocks, and what machines say; no view may call them, and a test reads that.
INNER = frozenset(
    {
        "alarms.receive", "camera_health.fault_changed", "camera_health.motion_kept", "canary.arrived", "canary.missed",
        "carry.hand_on", "clock_step.keep_terms", "clockwork.tick", "contacts.demand_told", "contacts.note", "contacts.settle_rest",
        "contacts.telling_of", "contacts.want_leader", "due.add", "due.cancel", "due.finish", "due.move", "due.tick", "duty.end_shift",
        "duty.join", "duty.note_watch_gap", "duty.pass_on", "duty.start_shift", "duty_check.answered", "duty_check.asked",
        "duty_check.overdue", "false_alarms.often_false", "grouping.gather", "health.camera_changed",
        "health.source_changed", "health.started", "health.stopped", "hiding.after_restore", "hiding.after_signal",
        "hiding.turn", "hiding.watch_rule", "holding.hold_case", "inputs.of_source", "inputs.receive", "own_alarms.reconcile",
        "patrol.punch", "patrol.tick", "queue.escalate", "queue.lapse", "queue.release", "queue.renew", "queue.save",
        "queue.sounds_again", "recording.damage", "recording.finish",
        "recording.forget", "recording.keep", "recording.state_changed", "recording.tell", "requests.key_made",
        "requests.made", "response.late", "retention.due", "retention.gone", "retention.make_room", "settings.choose",
        "telling.end", "timings.acted", "timings.changed", "timings.raised", "volumes.found_again", "volumes.register", "work_orders.over",
    }
)  # fmt: skip
# What the window itself may note: its loudspeaker and its type, what it has painted, and what its pictures cost it.
OF_THE_WINDOW = frozenset(
    {"canary.shown", "faults.clear", "faults.note", "timings.shown", "timings.shown_together", "wall.keep_budget", "wall.note_pace"}
)  # fmt: skip


def commands() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of the services that gets a transaction."""
    for file in sorted((ROOT / "services").glob("*.py")):
        module = import_module(f"console.services.{file.stem}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            own = not name.startswith("_") and function.__module__ == module.__name__
            if own and "tx" in inspect.signature(function).parameters:
                yield f"{file.stem}.{name}", function


COMMANDS = dict(commands())


@pytest.fixture
def post(tmp_path: Path) -> Iterator[PostInHand]:
    with opened_post(tmp_path / "data", FakeClock(MORNING)) as opened:
        yield opened


def anything(function: Callable[..., Any], **given: Any) -> dict[str, Any]:
    """Arguments of no meaning for whatever a command needs besides: a right is asked for before anything is looked at."""
    needed = [one for one in inspect.signature(function).parameters.values() if one.default is one.empty]
    return {one.name: given.get(one.name, "x") for one in needed if one.name != "tx"} | given


def has_default(function: Callable[..., Any], name: str) -> bool:
    """Whether a command can be given without that argument."""
    given = inspect.signature(function).parameters.get(name)
    return given is not None and given.default is not given.empty


def test_that_every_command_is_known_by_what_it_demands() -> None:
    known = [*DEMANDS, *SIGNATURES, *BY_A_RULE, *DOOR, *INNER, *OF_THE_WINDOW]
    assert sorted(known) == sorted(COMMANDS)


@pytest.mark.parametrize("name", DEMANDS)
def test_that_a_command_refuses_every_role_without_its_right(post: PostInHand, name: str) -> None:
    right = DEMANDS[name]
    before = post.lines()
    for role in Role:
        if right in RIGHTS[role]:
            continue
        by = Actor(person=PersonId("p"), name="Somebody", role=role, seat="1")
        with pytest.raises(NotPermitted) as told:
            post.do(COMMANDS[name], **anything(COMMANDS[name], by=by))
        assert "Somebody" in told.value.text.zh
    assert post.lines() == before


@pytest.mark.parametrize(
    ("role", "right"), [(role, right) for role in Role for right in Right if right not in RIGHTS[role]]
)
def test_that_a_refusal_says_in_words_what_the_role_lacks(role: Role, right: Right) -> None:
    with pytest.raises(NotPermitted) as refused:
        Actor(person=PersonId("p"), name="N", role=role).demand(right)
    assert f"“{RIGHT_WORDS[right].zh}”" in refused.value.text.zh
    assert refused.value.text.en.endswith(f"right to {RIGHT_WORDS[right].en}.")
    assert "_" not in refused.value.text.zh + refused.value.text.en


@pytest.mark.parametrize("name", SIGNATURES)
def test_that_a_signature_of_somebody_without_the_right_is_refused(post: PostInHand, name: str) -> None:
    for role in (role for role in Role if SIGNATURES[name] not in RIGHTS[role]):
        proof = post.proof(post.enter(f"{role.value}-x", role))
        with pytest.raises(NotPermitted):
            post.do(COMMANDS[name], **anything(COMMANDS[name], proof=proof, seat="1"))


def test_that_nobody_brings_a_shelved_alarm_back_or_signs_others_off_without_the_right(post: PostInHand) -> None:
    operator, other = post.enter("wang"), post.enter("li")
    here = post.sign_on(other)
    by = Actor(person=operator.id, name="Wang", role=operator.role, seat="1")
    with pytest.raises(NotPermitted):
        post.do(people.sign_off, here.id, by=by)


def test_that_a_paper_is_printed_only_for_somebody_who_may(post: PostInHand) -> None:
    by = Actor(person=PersonId("p"), name="Chen", role=Role.ADMINISTRATOR)
    with pytest.raises(NotPermitted):
        forms.print_form(**anything(forms.print_form, actor=by, form="incident"))


def test_that_no_view_runs_a_command_that_asks_nobody() -> None:
    """A view may name inner commands only where the table above lets the window itself do so."""
    wrong = []
    for file in [*(ROOT / "views").rglob("*.py"), *(ROOT / "steps").rglob("page.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            called = f"{node.value.id}.{node.attr}" if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) else ""
            if called in INNER | DOOR:
                wrong.append(f"{file.relative_to(ROOT)}:{node.lineno} {called}")
    assert not wrong, wrong


def test_that_no_view_lets_a_command_be_done_by_the_console_itself() -> None:
    """A command that also the console gives, by itself, is given by a person wherever a view gives it."""
    by_itself = {name for name, function in COMMANDS.items() if has_default(function, "by")} - OF_THE_WINDOW
    assert "work_orders.open_order" in by_itself
    wrong = []
    for file in [*(ROOT / "views").rglob("*.py"), *(ROOT / "steps").rglob("page.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or "by" in {given.arg for given in node.keywords}:
                continue
            wrong += [f"{file.relative_to(ROOT)}:{node.lineno}" for given in node.args if ast.unparse(given) in by_itself]
    assert not wrong, wrong
