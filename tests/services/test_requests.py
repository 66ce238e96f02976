"""Requests for footage: nobody decides their own, nothing leaves without a decision, and every step is a line of the journal."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from console.models.errors import NotPermitted, Refused
from console.models.events import FootageRequestChanged
from console.models.footage import TRANSITIONS, FootageRequest, JobState, Package, RequestKind, RequestState
from console.models.ids import CameraId
from console.models.masks import Mask
from console.models.people import Actor, Role
from console.models.recording import Lock
from console.services import requests
from tests.services.post import SITE, PostInHand, actor

MASK = Mask(zone=((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)))


class Register:
    """A post with an operator, a leader and a supervisor, and requests for an hour of the night."""

    def __init__(self, post: PostInHand) -> None:
        self.post = post
        self.people = {role: post.enter(role.value, role) for role in Role}

    def by(self, role: Role) -> Actor:
        return actor(self.people[role])

    def ask(self, role: Role = Role.OPERATOR, **changes: Any) -> FootageRequest:
        now = self.post.clock.now()
        given: dict[str, Any] = {
            "kind": RequestKind.COPY, "organisation": "派出所", "requester": "张三", "document": "警官证 0815",
            "purpose": "治安案件", "cameras": (CameraId("cam-1"), CameraId("cam-2")),
            "from_at": now - timedelta(hours=2), "until_at": now - timedelta(hours=1), "by": self.by(role),
        }  # fmt: skip
        return self.post.do(requests.ask_for, **(given | changes))

    def decide(self, request: FootageRequest, role: Role = Role.LEADER, approve: bool = True, why: str = "") -> FootageRequest:
        proof = self.post.proof(self.people[role])
        return self.post.do(requests.accept_decision, proof, request.id, "1", approve=approve, why=why)

    def begin(self, request: FootageRequest, role: Role = Role.SUPERVISOR, **options: Any) -> FootageRequest:
        return self.post.do(requests.begin_export, request.id, folder=lambda _: "/out/x", by=self.by(role), **options)

    def package(self) -> Package:
        return Package(
            files=3, size_bytes=9, gaps=0, manifest_sha256="0" * 64, fingerprint="AAAA", made_at=self.post.clock.now()
        )


@pytest.fixture
def register(post: PostInHand) -> Register:
    return Register(post)


def test_that_a_request_walks_its_way_and_each_step_is_a_line(register: Register) -> None:
    post = register.post
    asked = register.ask()
    assert (asked.number, asked.state) == ("2026-0001", RequestState.ASKED)
    approved = register.decide(asked)
    assert approved.decided_by == register.people[Role.LEADER].id
    assert approved.approved_digest == approved.asked == asked.asked
    register.begin(approved)
    made = post.do(requests.made, asked.id, register.package())
    assert (made.state, made.job and made.job.state) == (RequestState.MADE, JobState.DONE)
    handed = post.do(requests.hand_over, asked.id, to="张三", medium="U盘 7", by=register.by(Role.SUPERVISOR))
    assert handed.state is RequestState.HANDED_OVER
    told = [(event.request.state, event.by) for event in post.told(FootageRequestChanged)]
    operator, leader, supervisor = (register.people[role].id for role in (Role.OPERATOR, Role.LEADER, Role.SUPERVISOR))
    assert told == [
        (RequestState.ASKED, operator), (RequestState.APPROVED, leader), (RequestState.APPROVED, supervisor),
        (RequestState.MADE, supervisor), (RequestState.HANDED_OVER, supervisor),
    ]  # fmt: skip
    assert post.ask(requests.register) == ()
    assert post.ask(requests.register, over_too=True) == (handed,)


def test_that_footage_stays_until_the_request_is_over(register: Register) -> None:
    asked = register.ask()
    locks = register.post.find(Lock)
    assert {(one.camera, one.from_at, one.until_at) for one in locks} == {
        (camera, asked.from_at, asked.until_at) for camera in asked.cameras
    }
    assert all(one.holds for one in locks)
    register.decide(asked, approve=False, why="与案件无关")
    assert not any(one.holds for one in register.post.find(Lock))


@pytest.mark.parametrize("role", [Role.LEADER, Role.SUPERVISOR])
def test_that_nobody_decides_a_request_they_put_on_record(register: Register, role: Role) -> None:
    asked = register.ask(role)
    for approve in (True, False):
        with pytest.raises(Refused, match="another leader or supervisor"):
            register.decide(asked, role, approve=approve, why="x")
    other = Role.SUPERVISOR if role is Role.LEADER else Role.LEADER
    assert register.decide(asked, other).state is RequestState.APPROVED


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMINISTRATOR])
def test_that_only_leader_and_supervisor_decide(register: Register, role: Role) -> None:
    asked = register.ask(Role.LEADER)
    with pytest.raises(NotPermitted):
        register.decide(asked, role)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.LEADER, Role.ADMINISTRATOR])
def test_that_only_the_supervisor_has_packages_made_and_hands_them_over(register: Register, role: Role) -> None:
    approved = register.decide(register.ask())
    with pytest.raises(NotPermitted):
        register.begin(approved, role)
    with pytest.raises(NotPermitted):
        register.post.do(requests.hand_over, approved.id, to="x", medium="y", by=register.by(role))


def test_that_nothing_is_made_without_an_approval_of_exactly_this(register: Register) -> None:
    asked = register.ask()
    with pytest.raises(Refused, match="approved request"):
        register.begin(asked)
    register.decide(asked, approve=False, why="无依据")
    with pytest.raises(Refused, match="approved request"):
        register.begin(asked)
    approved = register.decide(register.ask())
    register.post.do(lambda tx: tx.put(replace(approved, cameras=(CameraId("cam-1"),), rev=99)))
    with pytest.raises(Refused, match="approved request"):
        register.begin(approved)


def test_that_a_request_for_viewing_gives_no_copy(register: Register) -> None:
    approved = register.decide(register.ask(kind=RequestKind.VIEWING))
    with pytest.raises(Refused, match="viewing here only"):
        register.begin(approved)
    seen = register.post.do(requests.shown, approved.id, to="张三", by=register.by(Role.OPERATOR))
    assert (seen.state, seen.handed_to, seen.package) == (RequestState.HANDED_OVER, "张三", None)
    copy = register.decide(register.ask())
    with pytest.raises(Refused, match="for a copy"):
        register.post.do(requests.shown, copy.id, to="张三", by=register.by(Role.OPERATOR))


def test_that_a_package_is_handed_over_only_once_and_only_when_it_is_there(register: Register) -> None:
    approved = register.decide(register.ask())
    given = {"to": "张三", "medium": "U盘", "by": register.by(Role.SUPERVISOR)}
    with pytest.raises(Refused, match="not made yet"):
        register.post.do(requests.hand_over, approved.id, **given)
    register.begin(approved)
    with pytest.raises(Refused, match="made already"):
        register.begin(approved)
    with pytest.raises(Refused, match="cancel that first"):
        register.decide(approved, approve=False, why="x")
    register.post.do(requests.made, approved.id, register.package())
    with pytest.raises(Refused, match="on what medium"):
        register.post.do(requests.hand_over, approved.id, to="张三", medium=" ", by=given["by"])
    register.post.do(requests.hand_over, approved.id, **given)
    with pytest.raises(Refused, match="moved on"):
        register.post.do(requests.hand_over, approved.id, **given)


def test_that_a_failed_package_may_be_begun_again(register: Register) -> None:
    approved = register.decide(register.ask())
    register.begin(approved)
    failed = register.post.do(requests.export_ended, approved.id, JobState.FAILED)
    assert (failed.state, failed.job and failed.job.state) == (RequestState.APPROVED, JobState.FAILED)
    assert register.post.do(requests.export_ended, approved.id, JobState.CANCELLED) == failed
    again = register.begin(approved)
    assert again.job is not None
    assert again.job.state is JobState.RUNNING


def test_that_masks_come_off_a_copy_only_for_who_may_see_through_them(register: Register) -> None:
    site = SITE
    masked = replace(site.cameras[0], masks=(replace(MASK, roles=(Role.LEADER,)),))
    register.post.ground = replace(register.post.ground, site=replace(site, cameras=(masked, site.cameras[1])))
    approved = register.decide(register.ask())
    with pytest.raises(Refused, match="privacy masks"):
        register.begin(approved, masks=False)
    assert register.begin(approved, masks=True).job is not None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"requester": " "}, "who asks"),
        ({"document": ""}, "the paper shown"),
        ({"purpose": ""}, "the purpose"),
        ({"cameras": ()}, "cameras of this site"),
        ({"cameras": (CameraId("cam-9"),)}, "cameras of this site"),
    ],
)
def test_that_a_request_without_sense_is_refused(register: Register, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        register.ask(**changes)
    assert register.post.find(FootageRequest) == ()


def test_that_only_a_past_and_short_time_can_be_asked_for(register: Register) -> None:
    now = register.post.clock.now()
    for from_h, until_h, said in ((-1, -2, "end after"), (-1, 1, "over can be"), (-26, -1, "At most 24")):
        with pytest.raises(Refused, match=said):
            register.ask(from_at=now + timedelta(hours=from_h), until_at=now + timedelta(hours=until_h))


def test_that_the_register_of_a_month_has_its_requests(register: Register) -> None:
    first = register.ask()
    register.post.pass_time(days=31)
    second = register.ask()
    assert register.post.ask(requests.of_month, "2026-03") == (first,)
    assert register.post.ask(requests.of_month, "2026-04") == (second,)


def test_that_the_table_of_steps_has_an_end() -> None:
    assert set(TRANSITIONS) == set(RequestState)
    assert {state for state, after in TRANSITIONS.items() if not after} == {
        RequestState.REFUSED, RequestState.HANDED_OVER,
    }  # fmt: skip
