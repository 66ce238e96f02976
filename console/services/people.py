"""People: accounts, sign-on and sign-off, and the rule that nobody leaves before the relief has signed.

What takes a password comes in two parts: a verb `verb(desk, ...)` that hashes beside the desk and gives a future, and
the command `verb(tx, ...)` that it ends in.
"""

from concurrent.futures import Future
from dataclasses import replace

from console.models.errors import Refused
from console.models.events import PersonChanged, SignedOff, SignedOn
from console.models.ids import PersonId, new_id
from console.models.people import SYSTEM, Account, Actor, Person, Right, Role, SignOn
from console.models.settings import seconds_of
from console.models.text import typed
from console.services import duty, log
from console.services.desk import Desk
from console.services.passwords import Proof, login_of, prove, with_hash, with_proof
from console.store.store import Reading, Transaction


# ------------------------------------------------------------------------------------------------ accounts
def is_empty(rx: Reading) -> bool:
    """Whether nobody has been entered yet: the first start, which makes the administrator."""
    return rx.first(Person) is None


def create_administrator(desk: Desk, login: str, name: str, password: str) -> "Future[Person]":
    """Make the first person of a fresh post, its administrator. Refused where anybody was entered before."""
    return with_hash(desk, login, password, enter_administrator, login, name)


def enter_administrator(tx: Transaction, password_hash: str, login: str, name: str) -> Person:
    """Keep the first person; see `create_administrator`."""
    if not is_empty(tx):
        raise Refused(zh="已有人员，请由管理员添加。", en="There are people already; an administrator adds further ones.")
    return _enter(tx, password_hash, login, name, Role.ADMINISTRATOR, by=SYSTEM)


def add_person(
    desk: Desk, login: str, name: str, role: Role, password: str, *, employee_no: str = "", phone: str = "", by: Actor
) -> "Future[Person]":
    """Enter a person with a first password."""
    return with_hash(
        desk, login, password, enter_person, login, name, role, employee_no=employee_no, phone=phone, by=by
    )


def enter_person(
    tx: Transaction,
    password_hash: str,
    login: str,
    name: str,
    role: Role,
    *,
    employee_no: str = "",
    phone: str = "",
    by: Actor,
) -> Person:
    """Keep a new person; see `add_person`."""
    by.demand(Right.MANAGE_PEOPLE)
    return _enter(tx, password_hash, login, name, role, employee_no=employee_no, phone=phone, by=by)


def _enter(
    tx: Transaction,
    password_hash: str,
    login: str,
    name: str,
    role: Role,
    *,
    employee_no: str = "",
    phone: str = "",
    by: Actor,
) -> Person:
    kept, called = login_of(login), typed(name, 64)
    if not kept or any(letter.isspace() or not letter.isprintable() for letter in kept):
        raise Refused(zh="登录名不能为空，也不能含空格。", en="A login needs letters, and no blanks.")
    if not called:
        raise Refused(zh="请填写姓名。", en="A person needs a name.")
    if tx.first(Person, login=kept) is not None:
        raise Refused(zh=f"登录名“{kept}”已被使用。", en=f"The login “{kept}” is taken.")
    person = Person(
        id=PersonId(new_id()),
        login=kept,
        name=called,
        role=role,
        employee_no=typed(employee_no, 64),
        phone=typed(phone, 64),
    )
    tx.put(person)
    tx.put(Account(person=person.id, login=kept, password_hash=password_hash))
    return _say(tx, person, "added", by)


def _say(tx: Transaction, person: Person, change: str, by: Actor) -> Person:
    tx.record(PersonChanged(at=tx.now, by=by.person, seat=by.seat, person=person, change=change))
    return person


def change_role(tx: Transaction, person_id: PersonId, role: Role, *, by: Actor) -> Person:
    """Give somebody another role. Nobody changes their own, and one administrator stays.

    Who is signed on at the time keeps the old role until they sign on again.
    """
    by.demand(Right.MANAGE_PEOPLE)
    person = tx.need(Person, person_id)
    if person.role is role:
        return person
    if person_id == by.person:
        raise Refused(zh="不能更改自己的角色，请由另一名管理员操作。", en="Nobody changes their own role; another administrator does.")
    _keep_an_administrator(tx, person)
    changed = replace(person, role=role)
    tx.put(changed)
    return _say(tx, changed, f"role {person.role.value} → {role.value}", by)


def change_details(
    tx: Transaction, person_id: PersonId, *, name: str, employee_no: str = "", phone: str = "", by: Actor
) -> Person:
    """Correct somebody's name, number or telephone."""
    by.demand(Right.MANAGE_PEOPLE)
    person = tx.need(Person, person_id)
    if not typed(name, 64):
        raise Refused(zh="请填写姓名。", en="A person needs a name.")
    changed = replace(
        person, name=typed(name, 64), employee_no=typed(employee_no, 64), phone=typed(phone, 64)
    )
    if changed == person:
        return person
    tx.put(changed)
    return _say(tx, changed, "details", by)


def set_active(tx: Transaction, person_id: PersonId, active: bool, *, by: Actor) -> Person:
    """Close somebody's account, or open it again; nobody is ever deleted, for the record names them.

    Not one's own, not the last administrator's, and not that of somebody who is signed on.
    """
    by.demand(Right.MANAGE_PEOPLE)
    person = tx.need(Person, person_id)
    if person.active == active:
        return person
    if not active:
        if person_id == by.person:
            raise Refused(zh="不能停用自己的账号。", en="Nobody closes their own account.")
        _keep_an_administrator(tx, person)
        if tx.first(SignOn, person=person_id, off_at=None) is not None:
            raise Refused(zh=f"{person.name} 仍在岗，请先离岗。", en=f"{person.name} is signed on; sign off first.")
    changed = replace(person, active=active)
    tx.put(changed)
    return _say(tx, changed, "active" if active else "inactive", by)


def _keep_an_administrator(tx: Transaction, person: Person) -> None:
    if person.role is not Role.ADMINISTRATOR:
        return
    others = [one for one in tx.find(Person, role=Role.ADMINISTRATOR.value, active=True) if one.id != person.id]
    if not others:
        raise Refused(zh="至少保留一名管理员。", en="One administrator has to stay.")


def set_password(desk: Desk, person_id: PersonId, login: str, password: str, *, by: Actor) -> "Future[Person]":
    """An administrator gives somebody a new password; earlier failures are forgiven."""
    return with_hash(desk, login, password, replace_password, person_id, by=by)


def replace_password(tx: Transaction, password_hash: str, person_id: PersonId, *, by: Actor) -> Person:
    """Keep a new password; see `set_password`."""
    by.demand(Right.MANAGE_PEOPLE)
    person = tx.need(Person, person_id)
    tx.put(Account(person=person.id, login=person.login, password_hash=password_hash))
    return _say(tx, person, "password", by)


def change_password(desk: Desk, login: str, old: str, new: str, *, seat: str) -> "Future[Person]":
    """Change one's own password, with the old one."""
    return with_proof(desk, login, old, seat, keep_own_password, new=new)


def keep_own_password(tx: Transaction, proof: Proof) -> Person:
    """Keep one's own new password; see `change_password`."""
    person = prove(tx, proof)
    return _say(tx, person, "password", Actor(person=person.id, name=person.name, role=person.role))


def confirm(desk: Desk, login: str, password: str, *, seat: str) -> "Future[Person]":
    """Only check a password, for unlocking a keyboard; gives the person, or fails with Refused."""
    return with_proof(desk, login, password, seat, prove)


# ------------------------------------------------------------------------------------------------ presence
def sign_on(desk: Desk, login: str, password: str, seat: str) -> "Future[SignOn]":
    """Sign somebody on at a seat; several people may be on duty at one seat.

    Fails with Refused, always in the same words and after the same time, where login or password is wrong.
    """
    return with_proof(desk, login, password, seat, accept_sign_on, seat)


def accept_sign_on(tx: Transaction, proof: Proof, seat: str) -> SignOn:
    """Note somebody's presence, and count them to the watch; see `sign_on`.

    Who is at this seat already keeps that presence; who is at another seat leaves it.
    """
    person = prove(tx, proof)
    by = Actor(person=person.id, name=person.name, role=person.role, seat=seat)
    for known in tx.find(SignOn, person=person.id, off_at=None):
        if known.seat == seat and known.role is person.role:
            duty.join(tx, known, by=by)  # who stayed on after a handover belongs to the new crew from here
            return known
        _leave(tx, known, by)
    taken = SignOn(id=new_id(), person=person.id, name=person.name, role=person.role, seat=seat, on_at=tx.now)
    tx.put(taken)
    tx.record(SignedOn(at=tx.now, by=person.id, seat=seat, sign_on=taken))
    duty.join(tx, taken, by=by)
    duty.note_watch_gap(tx)
    return taken


def sign_off(tx: Transaction, sign_on_id: str, *, by: Actor) -> SignOn:
    """Leave a seat. The last of the watch stay until their relief has signed the handover.

    后勤服务项目安全值守整体服务流程: who leaves before the relief has arrived has left the post without leave.
    """
    known = tx.need(SignOn, sign_on_id)
    if known.off_at is not None:
        return known
    if by.person != known.person:
        by.demand(Right.FORCE_HANDOVER)
    blocked = leaving_is_blocked(tx, known)
    if blocked is not None:
        raise blocked
    return _gone(tx, known, by)


def force_sign_off(tx: Transaction, sign_on_id: str, reason: str, *, by: Actor) -> SignOn:
    """A leader lets somebody go although the watch is left short: with a reason, and on record."""
    by.demand(Right.FORCE_HANDOVER)
    why = typed(reason, 500)
    if not why:
        raise Refused(zh="强制离岗必须写明原因。", en="Letting somebody go needs a reason.")
    known = tx.need(SignOn, sign_on_id)
    if known.off_at is not None:
        return known
    log.write(tx, f"{known.name} 未经交接离岗：{why} / {known.name} left before the relief signed: {why}", by=by)
    return _gone(tx, known, by)


def leaving_is_blocked(rx: Reading, sign_on: SignOn) -> Refused | None:
    """Why this person may not leave now; None where they may."""
    shift = duty.current_shift(rx)
    if shift is None or sign_on.person not in shift.crew:
        return None
    needed = int(seconds_of(rx.settings, "watch.people"))
    staying = {one.person for one in duty.on_watch(rx)} & set(shift.crew) - {sign_on.person}
    if len(staying) >= needed:
        return None
    return Refused(
        zh=f"接班人员尚未签字，监控岗须留 {needed} 人，您还不能离岗。请先完成交接班，或请班长放行。",
        en=f"The relief has not signed and the watch needs {needed} people, so you cannot leave yet. "
        "Hand over first, or ask the shift leader to let you go.",
    )


def _gone(tx: Transaction, known: SignOn, by: Actor) -> SignOn:
    left = _leave(tx, known, by)
    duty.note_watch_gap(tx)
    return left


def _leave(tx: Transaction, known: SignOn, by: Actor) -> SignOn:
    left = replace(known, off_at=tx.now)
    tx.put(left)
    tx.record(SignedOff(at=tx.now, by=by.person, seat=by.seat, sign_on=left))
    return left
