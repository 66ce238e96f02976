"""Requests for footage: asked by one person, decided by another with their password, and only then anything leaves.

Who does what, by least privilege: whoever writes the log may put a request on record and note that footage was looked
at; a leader or supervisor other than the asker decides; the supervisor has packages made and hands them over.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from console.models.errors import Refused
from console.models.events import FootageRequestChanged, SigningKeyMade, event_from
from console.models.footage import (
    OPEN,
    TRANSITIONS,
    CaseFootage,
    ExportJob,
    FootageRequest,
    JobState,
    Package,
    RequestId,
    RequestKind,
    RequestState,
)
from console.models.ids import CameraId, IncidentId, LockId, new_id
from console.models.incidents import Incident
from console.models.people import SYSTEM, Actor, Right
from console.models.recording import Lock
from console.models.settings import seconds_of
from console.models.text import Text, typed
from console.services import locking
from console.services.desk import Desk
from console.services.passwords import Proof, prove, with_proof
from console.services.spans import month_bounds
from console.store.store import Reading, Transaction

_SHORT: Final = 200
_LONG: Final = 1000


# ------------------------------------------------------------------------------------------------ reading
def register(rx: Reading, over_too: bool = False) -> tuple[FootageRequest, ...]:
    """The requests in which something is still to be done, or all, newest first."""
    found = rx.find(FootageRequest, state=tuple(RequestState if over_too else OPEN))
    return tuple(sorted(found, key=lambda one: one.number, reverse=True))


def of_month(rx: Reading, month: str) -> tuple[FootageRequest, ...]:
    """The requests that were put on record in a month ("2026-11") on the site's clock, oldest first.

    Raises ConsoleError for anything that is no month.
    """
    began, ended = month_bounds(rx, month)
    found = rx.find(FootageRequest, since=("asked_at", began), before=("asked_at", ended))
    return tuple(sorted(found, key=lambda one: one.number))


def signing_key(rx: Reading) -> SigningKeyMade | None:
    """When the key that packages are signed with was made, and its public half; None before the first use."""
    for line in rx.journal(kinds=(SigningKeyMade.__name__,), newest_first=True, limit=1):
        event = event_from(line)
        if isinstance(event, SigningKeyMade):
            return event
    return None


def fingerprint(rx: Reading) -> str:
    """The fingerprint of the key that packages are signed with; empty before the first use."""
    key = signing_key(rx)
    return key.fingerprint if key is not None else ""


def case_numbers(rx: Reading, asked: Iterable[FootageRequest]) -> dict[IncidentId, str]:
    """The numbers of the cases that these requests name."""
    wanted = tuple({one.incident for one in asked if one.incident is not None})
    return {case.id: case.number for case in rx.find(Incident, id=wanted)} if wanted else {}


def of_case(rx: Reading, incident_id: IncidentId) -> CaseFootage:
    """What can be asked for of a case: the cameras and the time that are locked for it, as far as that time is over.

    Refused where nothing is locked for the case: a drill, or a case without recorded cameras.
    """
    case = rx.need(Incident, incident_id)
    found = [lock for lock in rx.find(Lock, incident=case.id) if lock.holds and lock.camera]
    if not found:
        raise Refused(zh=f"事件 {case.number} 没有锁定的录像。", en=f"No footage is locked for incident {case.number}.")
    from_at = min(lock.from_at for lock in found).replace(microsecond=0)
    over_at = min(max(lock.until_at for lock in found), rx.now).replace(microsecond=0)
    until_at = min(over_at, from_at + timedelta(hours=seconds_of(rx.settings, "video.request_longest_h")))
    return CaseFootage(
        incident=case.id,
        number=case.number,
        title=case.title,
        cameras=tuple(dict.fromkeys(lock.camera for lock in found)),
        from_at=from_at,
        until_at=until_at,
        shortened=until_at < over_at,
    )


# ------------------------------------------------------------------------------------------------ asking
def ask_for(
    tx: Transaction,
    *,
    kind: RequestKind,
    organisation: str,
    requester: str,
    document: str,
    purpose: str,
    cameras: tuple[CameraId, ...],
    from_at: datetime,
    until_at: datetime,
    reason: str = "",
    incident: IncidentId | None = None,
    by: Actor,
) -> FootageRequest:
    """Put a request on record, for a case where it is one's. The footage is locked from now on until the request is over.

    Refused without requester, document, purpose or cameras, for cameras the site does not have, and for a time that is
    not over, ends before it begins, or is longer than the setting video.request_longest_h.
    """
    by.demand(Right.WRITE_LOG)
    _demand_sense(tx, requester, document, purpose, cameras, from_at, until_at)
    if incident is not None:
        tx.need(Incident, incident)
    number = f"{tx.now:%Y}-{tx.number(f'footage-request-{tx.now:%Y}'):04d}"
    why = f"录像申请 {number} / footage request {number}"
    chosen = tuple(dict.fromkeys(cameras))
    # These locks are the request's and end with it; what the case itself keeps are locks of its own.
    locks = tuple(locking.hold(tx, camera, from_at, until_at, why, by=by).id for camera in chosen)
    request = FootageRequest(
        id=RequestId(new_id()),
        number=number,
        kind=kind,
        organisation=typed(organisation, _SHORT),
        requester=typed(requester, _SHORT),
        document=typed(document, _SHORT),
        purpose=typed(purpose, _LONG),
        reason=typed(reason, _LONG),
        cameras=chosen,
        from_at=from_at,
        until_at=until_at,
        incident=incident,
        asked_at=tx.now,
        asked_by=by.person,
        locks=locks,
    )
    return _save(tx, request, by)


def _demand_sense(
    tx: Transaction,
    requester: str,
    document: str,
    purpose: str,
    cameras: tuple[CameraId, ...],
    from_at: datetime,
    until_at: datetime,
) -> None:
    missing = [
        name
        for name, said in (
            (Text("申请人", "who asks"), requester),
            (Text("证件或公文", "the paper shown"), document),
            (Text("用途及依据", "the purpose and its ground"), purpose),
        )
        if not typed(said, _LONG)
    ]
    if missing:
        zh, en = "、".join(one.zh for one in missing), ", ".join(one.en for one in missing)
        raise Refused(zh=f"请填写：{zh}。", en=f"Still missing: {en}.")
    known = {camera.id for camera in tx.site.cameras}
    if not cameras or not known.issuperset(cameras):
        raise Refused(zh="请选择本站点的摄像机。", en="Choose cameras of this site.")
    if until_at <= from_at:
        raise Refused(zh="结束时间要晚于开始时间。", en="The time must end after it begins.")
    if until_at > tx.now:
        raise Refused(zh="只能申请已经过去的时间。", en="Only a time that is over can be asked for.")
    hours = seconds_of(tx.settings, "video.request_longest_h")
    if until_at - from_at > timedelta(hours=hours):
        raise Refused(zh=f"一次最多申请 {hours:g} 小时。", en=f"At most {hours:g} hours can be asked for at once.")


# ------------------------------------------------------------------------------------------------ deciding
def decide(
    desk: Desk, request_id: RequestId, *, approve: bool, why: str = "", login: str, password: str, by: Actor
) -> "Future[FootageRequest]":
    """A second person approves or refuses a request with their login and password; refusing needs a reason.

    `by` is who sits at the keyboard. Fails with Refused where login or password is wrong, where the second person is
    who asked, or where somebody else has decided; with NotPermitted where their role does not carry it.
    """
    return with_proof(desk, login, password, by.seat, accept_decision, request_id, by.seat, approve=approve, why=why)


def accept_decision(
    tx: Transaction, proof: Proof, request_id: RequestId, seat: str, *, approve: bool, why: str = ""
) -> FootageRequest:
    """Keep the decision of the person whose password was just checked; see `decide`."""
    person = prove(tx, proof)
    second = Actor(person=person.id, name=person.name, role=person.role, seat=seat)
    second.demand(Right.APPROVE_FOOTAGE)
    request = tx.need(FootageRequest, request_id)
    _demand_step(request, RequestState.APPROVED if approve else RequestState.REFUSED)
    if second.person == request.asked_by:
        raise Refused(
            zh="申请人登记者不能自己审批，请由另一名班长或主管审批。",
            en="Whoever put the request on record cannot decide it; another leader or supervisor must.",
        )
    if not approve and not typed(why, _LONG):
        raise Refused(zh="请写明不批准的原因。", en="Say why it is refused.")
    if request.job is not None and request.job.state is JobState.RUNNING:
        raise Refused(zh="资料包正在制作，请先取消。", en="The package is being made; cancel that first.")
    decided = replace(
        request,
        state=RequestState.APPROVED if approve else RequestState.REFUSED,
        decided_at=tx.now,
        decided_by=second.person,
        refusal="" if approve else typed(why, _LONG),
        approved_digest=request.asked if approve else "",
    )
    return _over(tx, decided, second) if not approve else _save(tx, decided, second)


# ------------------------------------------------------------------------------------------------ making
def begin_export(
    tx: Transaction,
    request_id: RequestId,
    *,
    folder: Callable[[FootageRequest], str],
    viewing: bool = True,
    masks: bool = True,
    zipped: bool = False,
    by: Actor,
) -> FootageRequest:
    """A package of an approved request is being made from now on, in the folder that `folder` gives for the request.

    Without `masks`, this person must be one who may see through every mask of the cameras.
    """
    by.demand(Right.EXPORT_FOOTAGE)
    request = tx.need(FootageRequest, request_id)
    demand_approved(request)
    if request.kind is not RequestKind.COPY:
        raise Refused(zh="此申请只批准现场查阅。", en="This request is for viewing here only.")
    if request.job is not None and request.job.state is JobState.RUNNING:
        raise Refused(zh="资料包正在制作。", en="The package is being made already.")
    wanted = set(request.cameras)
    hidden = [mask for camera in tx.site.cameras if camera.id in wanted for mask in camera.masks]
    if not masks and any(by.role not in mask.roles for mask in hidden):
        raise Refused(zh="您无权去除隐私遮挡。", en="You may not take the privacy masks off.")
    job = ExportJob(
        state=JobState.RUNNING,
        folder=folder(request),
        viewing=viewing,
        masks=masks,
        zipped=zipped,
        by=by.person,
        begun_at=tx.now,
    )
    return _save(tx, replace(request, job=job), by)


def demand_approved(request: FootageRequest) -> None:
    """Refused where nobody has approved exactly this request: then nothing may be read out of the recordings."""
    if not request.approved:
        raise Refused(zh="没有已批准的录像申请，不能导出。", en="Footage is exported only against an approved request.")


def export_ended(
    tx: Transaction, request_id: RequestId, state: JobState, reason: Text = Text(), *, by: Actor = SYSTEM
) -> FootageRequest:
    """The making of a package was cancelled, or failed for a reason; it may be begun again."""
    by.demand(Right.EXPORT_FOOTAGE)
    request = tx.need(FootageRequest, request_id)
    if request.job is None or request.job.state is not JobState.RUNNING:
        return request
    job = replace(request.job, state=state, ended_at=tx.now, reason=reason)
    return _save(tx, replace(request, job=job), by)


def made(tx: Transaction, request_id: RequestId, package: Package) -> FootageRequest:
    """The package is whole and signed: its manifest's digest is on record from now on."""
    request = tx.need(FootageRequest, request_id)
    demand_approved(request)
    if request.job is None:
        raise Refused(zh="没有开始制作。", en="Nobody began to make it.")
    job = replace(request.job, state=JobState.DONE, ended_at=tx.now)
    done = replace(request, state=RequestState.MADE, job=job, package=package)
    return _save(tx, done, replace(SYSTEM, person=job.by))


def key_made(tx: Transaction, fingerprint: str, public_key: str) -> None:
    """The post has a new key to sign packages with."""
    tx.record(SigningKeyMade(at=tx.now, fingerprint=fingerprint, public_key=public_key))


# ------------------------------------------------------------------------------------------------ handing over
def hand_over(tx: Transaction, request_id: RequestId, *, to: str, medium: str, by: Actor) -> FootageRequest:
    """The package was handed to somebody, on a medium; both are required. The footage is no longer locked for it."""
    by.demand(Right.EXPORT_FOOTAGE)
    request = tx.need(FootageRequest, request_id)
    if request.package is None:
        raise Refused(zh="资料包尚未制作完成。", en="The package is not made yet.")
    if not typed(to, _SHORT) or not typed(medium, _SHORT):
        raise Refused(zh="请写明交给谁、用什么介质。", en="Say to whom it goes, and on what medium.")
    return _end(tx, request, to, medium, by)


def shown(tx: Transaction, request_id: RequestId, *, to: str, by: Actor) -> FootageRequest:
    """Somebody has looked at the footage here; no copy was made. Only for a request for viewing that was approved."""
    by.demand(Right.WRITE_LOG)
    request = tx.need(FootageRequest, request_id)
    if request.kind is not RequestKind.VIEWING:
        raise Refused(zh="此申请要求复制，不是查阅。", en="This request is for a copy, not for viewing.")
    demand_approved(request)
    if not typed(to, _SHORT):
        raise Refused(zh="请写明由谁查阅。", en="Say who has looked at it.")
    return _end(tx, request, to, "", by)


def _end(tx: Transaction, request: FootageRequest, to: str, medium: str, by: Actor) -> FootageRequest:
    _demand_step(request, RequestState.HANDED_OVER)
    handed = replace(
        request,
        state=RequestState.HANDED_OVER,
        handed_at=tx.now,
        handed_by=by.person,
        handed_to=typed(to, _SHORT),
        medium=typed(medium, _SHORT),
    )
    return _over(tx, handed, by)


def _demand_step(request: FootageRequest, to: RequestState) -> None:
    if to not in TRANSITIONS[request.state]:
        raise Refused(
            zh=f"录像申请 {request.number} 已处理到下一步，请看最新状态。",
            en=f"Footage request {request.number} has moved on; look at its state.",
        )


def _over(tx: Transaction, request: FootageRequest, by: Actor) -> FootageRequest:
    """Nothing is to be done any more: what was locked for this request goes its usual way again."""
    for lock_id in request.locks:
        lock = tx.get(Lock, LockId(lock_id))
        if lock is not None and lock.holds:
            why = f"录像申请 {request.number} 已办结 / footage request {request.number} is over"
            locking.release(tx, lock.id, why, by=SYSTEM)
    return _save(tx, request, by)


def _save(tx: Transaction, request: FootageRequest, by: Actor) -> FootageRequest:
    saved = replace(request, rev=request.rev + 1)
    tx.put(saved)
    tx.record(FootageRequestChanged(at=tx.now, by=by.person, seat=by.seat, request=saved))
    return saved
