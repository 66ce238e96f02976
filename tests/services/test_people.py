"""Who may come in, what a wrong password costs, and that nobody leaves before the relief has signed."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from console.bus import Bus
from console.models.clock import FakeClock
from console.models.duty import Shift
from console.models.errors import ConsoleError, NotPermitted, Refused
from console.models.events import (
    UNKNOWN_LOGIN,
    FaultNoted,
    PersonChanged,
    SignedOff,
    SignedOn,
    SignOnRefused,
    event_from,
)
from console.models.incidents import LogEntry
from console.models.people import SYSTEM, Account, Person, Role, SignOn
from console.services import duty, passwords, people
from console.services.desk import Desk
from console.store.store import Ground
from tests.records import open_record
from tests.services.post import CHEAP, MORNING, SEAT, SITE, PostInHand, actor


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A real desk on a fresh record."""
    clock = FakeClock(MORNING)
    with open_record(tmp_path / "data") as store, Desk(store, Ground(site=SITE), clock, Bus()) as running:
        yield running


def advance(desk: Desk, seconds: float) -> None:
    assert isinstance(desk.clock, FakeClock)
    desk.clock.advance(seconds)


def refused(future: "Future[Any]") -> str:
    with pytest.raises(Refused) as caught:
        future.result()
    return caught.value.text.en


def enter_cheaply(desk: Desk, login: str, role: Role = Role.OPERATOR) -> Person:
    return desk.do(people.enter_person, CHEAP.hash(f"{login}-password"), login, login.title(), role, by=SYSTEM).result()


def found(desk: Desk, kind: type, **equals: Any) -> Any:
    return desk.ask(lambda rx: rx.find(kind, **equals)).result()


# ------------------------------------------------------------------------------------------------ with real hashing
def test_that_the_first_start_makes_an_administrator_and_only_the_first(desk: Desk) -> None:
    made = people.create_administrator(desk, " Admin ", "管理员", "a long enough one").result()
    assert (made.login, made.role) == ("admin", Role.ADMINISTRATOR)
    assert "already" in refused(people.create_administrator(desk, "second", "B", "a long enough one"))
    (account,) = found(desk, Account)
    assert account.password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert people.sign_on(desk, "ADMIN", "a long enough one", SEAT).result().person == made.id


def test_that_a_password_keeps_the_rules_before_anybody_is_entered(desk: Desk) -> None:
    for password in ("short", "aaaaaaaaaaaa", "my-admin-word"):
        assert refused(people.create_administrator(desk, "admin", "A", password))
    assert not found(desk, Person)


def test_that_an_unknown_login_gets_the_same_words_and_costs_as_much(desk: Desk) -> None:
    made = people.create_administrator(desk, "admin", "A", "a long enough one").result()
    spent: dict[str, list[float]] = {"admin": [], "nobody": []}
    for _ in range(3):
        said = {}
        for login, times in spent.items():
            began = time.process_time()  # the work, however busy the machine is
            said[login] = refused(people.sign_on(desk, login, "wrong password", SEAT))
            times.append(time.process_time() - began)
        assert said["admin"] == said["nobody"]
        advance(desk, 600)
    assert min(spent["nobody"]) > 0.2 * min(spent["admin"])
    assert made.active


def test_that_the_hash_of_nobody_costs_as_much_as_a_real_one() -> None:
    fields = re.compile(r"^\$argon2id\$(v=\d+\$m=\d+,t=\d+,p=\d+)\$[^$]+\$[^$]+$")
    nobody, real = fields.match(passwords.NOBODY), fields.match(passwords.hashed("anything"))
    assert nobody is not None
    assert real is not None
    assert nobody.group(1) == real.group(1)
    assert [len(part) for part in passwords.NOBODY.split("$")] == [len(part) for part in passwords.hashed("x").split("$")]


def test_that_a_hash_made_at_a_lower_cost_is_made_anew_at_the_next_sign_on(desk: Desk) -> None:
    li = enter_cheaply(desk, "li")
    people.sign_on(desk, "li", "li-password", SEAT).result()
    (account,) = found(desk, Account, person=li.id)
    assert "m=65536" in account.password_hash
    assert people.confirm(desk, "li", "li-password", seat=SEAT).result() == li


def test_that_a_new_password_replaces_the_old_at_once(desk: Desk) -> None:
    li = enter_cheaply(desk, "li")
    assert people.change_password(desk, "li", "li-password", "another one entirely", seat=SEAT).result() == li
    assert "wrong" in refused(people.sign_on(desk, "li", "li-password", SEAT))
    advance(desk, 10)
    assert people.sign_on(desk, "li", "another one entirely", SEAT).result().person == li.id


def test_that_a_composed_accent_is_the_same_password_on_every_keyboard(desk: Desk) -> None:
    assert passwords.matches(passwords.hashed("mot de passe caf\u00e9"), "mot de passe cafe\u0301")


# ------------------------------------------------------------------------------------------------ pauses
def test_that_wrong_passwords_cost_pauses_that_double_up_to_a_limit(desk: Desk) -> None:
    enter_cheaply(desk, "li")
    pauses = []
    for _ in range(10):
        refused(people.sign_on(desk, "li", "wrong", SEAT))
        (account,) = found(desk, Account)
        pauses.append((account.wait_until_at - desk.clock.now()).total_seconds())
        advance(desk, pauses[-1])
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_that_during_a_pause_even_the_right_password_waits(desk: Desk) -> None:
    enter_cheaply(desk, "li")
    refused(people.sign_on(desk, "li", "wrong", SEAT))
    assert refused(people.sign_on(desk, "li", "li-password", SEAT)) == "Wait 2 s before the next try."
    advance(desk, 2)
    people.sign_on(desk, "li", "li-password", SEAT).result()
    (account,) = found(desk, Account)
    assert (account.failures, account.wait_until_at) == (0, None)


def test_that_a_login_that_nobody_has_is_paused_and_on_record_too_but_not_what_was_typed(desk: Desk) -> None:
    typed = "li-password"  # who is tired types the password where the login belongs
    refused(people.sign_on(desk, typed, "", SEAT))
    assert refused(people.sign_on(desk, typed, "wrong", SEAT)) == "Wait 2 s before the next try."
    refused(people.sign_on(desk, "another", "wrong", SEAT))
    advance(desk, 2)
    assert "Wait 4 s" in refused(people.sign_on(desk, typed, "wrong", SEAT))
    lines = desk.ask(lambda rx: list(rx.journal(kinds=("SignOnRefused",)))).result()
    logins = [event_from(line).login for line in lines]  # type: ignore[attr-defined]
    assert logins[0] == logins[2] != logins[1]
    assert all(one.startswith(UNKNOWN_LOGIN) and len(one) < 20 for one in logins)
    assert all(typed not in line.body and "another" not in line.body for line in lines)


def test_that_no_password_and_no_hash_reaches_the_journal(desk: Desk) -> None:
    li = enter_cheaply(desk, "li")
    people.sign_on(desk, "li", "li-password", SEAT).result()
    refused(people.sign_on(desk, "li", "a wrong password", SEAT))
    people.set_password(desk, li.id, "li", "brand new secret", by=SYSTEM).result()
    text = "\n".join(line.body for line in desk.ask(lambda rx: list(rx.journal())).result())
    for secret in ("li-password", "a wrong password", "brand new secret", "argon2"):
        assert secret not in text


def test_that_a_proof_is_worth_nothing_once_the_password_was_replaced(post: PostInHand) -> None:
    li = post.enter("li")
    proof = post.proof(li)
    post.do(people.replace_password, CHEAP.hash("other"), li.id, by=SYSTEM)
    with pytest.raises(Refused, match="just changed"):
        post.do(people.accept_sign_on, proof, SEAT)


def test_that_a_closed_account_cannot_sign_on_and_says_nothing_special(desk: Desk) -> None:
    li = enter_cheaply(desk, "li")
    desk.do(people.set_active, li.id, False, by=SYSTEM).result()
    assert "login or the password" in refused(people.sign_on(desk, "li", "li-password", SEAT))


def test_that_a_desk_that_closes_fails_the_sign_on_with_a_sentence(tmp_path: Path) -> None:
    with open_record(tmp_path / "data") as store:
        with Desk(store, Ground(site=SITE), FakeClock(MORNING), Bus()) as running:
            enter_cheaply(running, "li")
            futures = [people.sign_on(running, "li", "wrong", SEAT) for _ in range(6)]
        for future in futures:
            with pytest.raises(ConsoleError):
                future.result()


# ------------------------------------------------------------------------------------------------ accounts
def test_that_only_an_administrator_manages_people(post: PostInHand) -> None:
    li = post.enter("li")
    leader = post.enter("wang", Role.LEADER)
    for who in (li, leader):
        with pytest.raises(NotPermitted):
            post.do(people.enter_person, "hash", "new", "New", Role.OPERATOR, by=actor(who))
        with pytest.raises(NotPermitted):
            post.do(people.change_role, li.id, Role.ADMINISTRATOR, by=actor(who))
        with pytest.raises(NotPermitted):
            post.do(people.replace_password, "hash", li.id, by=actor(who))


def test_that_nobody_raises_their_own_role_and_one_administrator_stays(post: PostInHand) -> None:
    first = post.enter("first", Role.ADMINISTRATOR)
    with pytest.raises(Refused, match="their own role"):
        post.do(people.change_role, first.id, Role.SUPERVISOR, by=actor(first))
    with pytest.raises(Refused, match="has to stay"):
        post.do(people.change_role, first.id, Role.OPERATOR, by=SYSTEM)
    with pytest.raises(Refused, match="has to stay"):
        post.do(people.set_active, first.id, False, by=SYSTEM)
    second = post.enter("second", Role.ADMINISTRATOR)
    assert post.do(people.change_role, first.id, Role.OPERATOR, by=actor(second)).role is Role.OPERATOR
    assert [event.change for event in post.told(PersonChanged)] == ["added", "added", "role administrator → operator"]


def test_that_a_login_is_one_whatever_its_capitals(post: PostInHand) -> None:
    post.enter("li")
    with pytest.raises(Refused, match="taken"):
        post.enter(" LI ", name="Other")
    for login in ("", "   ", "two words", "tab\tbed"):
        with pytest.raises(Refused):
            post.enter(login, name="X")


def test_that_who_is_signed_on_is_not_shut_out(post: PostInHand) -> None:
    li, wang = post.enter("li"), post.enter("wang")
    on = post.sign_on(li)
    for other in (wang, post.enter("zhao")):
        post.sign_on(other)
    with pytest.raises(Refused, match="signed on"):
        post.do(people.set_active, li.id, False, by=SYSTEM)
    post.do(people.sign_off, on.id, by=actor(li))
    assert not post.do(people.set_active, li.id, False, by=SYSTEM).active
    assert post.do(people.set_active, li.id, True, by=SYSTEM).active


# ------------------------------------------------------------------------------------------------ presence
def test_that_two_people_share_one_seat(post: PostInHand) -> None:
    li, wang = post.enter("li"), post.enter("wang")
    post.sign_on(li)
    post.sign_on(wang)
    assert [one.person for one in post.find(SignOn, off_at=None)] == [li.id, wang.id]
    assert set(post.shift().crew) == {li.id, wang.id}


def test_that_signing_on_again_at_the_same_seat_is_the_same_presence(post: PostInHand) -> None:
    li = post.enter("li")
    first = post.sign_on(li)
    lines = post.lines()
    assert post.sign_on(li) == first
    assert post.lines() == lines


def test_that_a_person_is_at_one_seat_at_a_time(post: PostInHand) -> None:
    li = post.enter("li")
    post.sign_on(li, "seat-1")
    post.sign_on(li, "seat-2")
    assert [one.seat for one in post.find(SignOn, off_at=None)] == ["seat-2"]
    assert len(post.told(SignedOff)) == 1
    assert len(post.told(SignedOn)) == 2


def test_that_the_last_two_of_the_watch_stay_until_the_relief_has_signed(post: PostInHand) -> None:
    li, wang, zhao = post.enter("li"), post.enter("wang"), post.enter("zhao")
    on = {person.id: post.sign_on(person) for person in (li, wang, zhao)}
    post.do(people.sign_off, on[zhao.id].id, by=actor(zhao))
    with pytest.raises(Refused, match="relief has not signed"):
        post.do(people.sign_off, on[li.id].id, by=actor(li))
    assert post.ask(people.leaving_is_blocked, on[li.id]) is not None


def test_that_the_relief_that_merely_came_does_not_let_the_watch_go(post: PostInHand) -> None:
    li, wang = post.enter("li"), post.enter("wang")
    on = post.sign_on(li)
    post.sign_on(wang)
    post.pass_time(hours=10, minutes=50)  # 18:50, the night shift begins at 19:00
    relief = post.sign_on(post.enter("zhao"))
    post.sign_on(post.enter("qian"))
    assert set(post.shift().crew) == {li.id, wang.id}
    with pytest.raises(Refused):
        post.do(people.sign_off, on.id, by=actor(li))
    assert post.do(people.sign_off, relief.id, by=SYSTEM).off_at is not None


def test_that_a_leader_may_let_somebody_go_with_a_reason_on_record(post: PostInHand) -> None:
    li, wang = post.enter("li"), post.enter("wang", Role.LEADER)
    on = post.sign_on(li)
    post.sign_on(wang)
    with pytest.raises(NotPermitted):
        post.do(people.force_sign_off, on.id, "ill", by=actor(li))
    with pytest.raises(Refused, match="reason"):
        post.do(people.force_sign_off, on.id, "  ", by=actor(wang))
    left = post.do(people.force_sign_off, on.id, "taken ill", by=actor(wang))
    assert left.off_at == post.clock.now()
    (entry,) = post.find(LogEntry)
    assert "taken ill" in entry.text
    assert entry.by == wang.id


def test_that_an_administrator_comes_and_goes_without_touching_the_watch(post: PostInHand) -> None:
    admin = post.enter("admin", Role.ADMINISTRATOR)
    on = post.sign_on(admin)
    assert not post.find(Shift)
    assert not post.told(FaultNoted)
    assert post.do(people.sign_off, on.id, by=actor(admin)).off_at is not None


def test_that_a_watch_of_one_is_noted_when_it_begins_and_when_it_is_over(post: PostInHand) -> None:
    li, wang, zhao = post.enter("li"), post.enter("wang"), post.enter("zhao")
    post.sign_on(li)
    post.pass_time(minutes=3)
    on = post.sign_on(wang)
    assert [event.active for event in post.told(FaultNoted)] == [True, False]
    assert post.told(FaultNoted)[1].details["lasted_s"] == 180
    post.sign_on(zhao)
    post.do(people.sign_off, on.id, by=actor(wang))
    assert len(post.told(FaultNoted)) == 2
    post.set(watch_people=3)
    assert post.do(duty.note_watch_gap)
    assert post.told(FaultNoted)[-1].details == {"present": 2, "needed": 3}


def test_that_only_oneself_or_a_leader_signs_somebody_off(post: PostInHand) -> None:
    li, wang, zhao = post.enter("li"), post.enter("wang"), post.enter("zhao", Role.LEADER)
    on = post.sign_on(li)
    for other in (wang, zhao):
        post.sign_on(other)
    with pytest.raises(NotPermitted):
        post.do(people.sign_off, on.id, by=actor(wang))
    assert post.do(people.sign_off, on.id, by=actor(zhao)).off_at is not None
    assert not post.told(SignOnRefused)
