"""Passwords: hash and check them beside the desk, and pass on only the proof.

Checking takes about a fifth of a second on purpose. That is spent on a reading thread, never on the desk, which is the
one writer: a person who types a password holds up nobody's alarm. What reaches a command is a proof that a certain hash
was matched; the command looks again whether that hash still stands.

A wrong password costs a pause that doubles, and is on record. An unknown login costs the same time, gets the same
sentence and the same pauses, so that nobody learns who works here. On record it is by a mark only: who is tired types
the password where the login belongs, and what stands in the journal stands there for ever.
"""

import math
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import hash_secret_raw

from console.models.errors import ConsoleError, Refused
from console.models.events import UNKNOWN_LOGIN, SignOnRefused, event_from
from console.models.ids import PersonId
from console.models.people import Account, Person
from console.models.settings import seconds_of
from console.services.desk import Desk
from console.store.store import Reading, Transaction

A = TypeVar("A")
R = TypeVar("R")

# RFC 9106 section 4, the second recommended option: argon2id, 3 passes over 64 MiB in 4 lanes.
_HASHER: Final = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4, hash_len=32, salt_len=16)
# The hash of no password of anybody, with the same cost: what the login of somebody who works here no more is checked against.
NOBODY: Final = "$argon2id$v=19$m=65536,t=3,p=4$sYwiRUQCb7Yu+xLr8ccemw$0Tz1OlYmdgY5v0n5gZaEcWZa0hZeDii9sUAyx2LaIpk"
_MARK_SALT: Final = b"nobody's login.."
LOGIN_LONGEST = 64
PASSWORD_LONGEST = 256


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody gave the password of this person, whose hash was then `password_hash`.

    `fresh_hash` is to be kept instead: of the new password where there is one, or of the same password where the old
    hash was made at a lower cost.
    """

    person: PersonId
    password_hash: str
    fresh_hash: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Nobody's login, or not its password; `login` is as it goes on record."""

    login: str


# ------------------------------------------------------------------------------------------------ pure, and slow
def hashed(password: str) -> str:
    """The argon2id hash of a password; about 0.2 s."""
    return _HASHER.hash(_normal(password))


def matches(password_hash: str, password: str) -> bool:
    """Whether the hash is one of this password; about 0.2 s."""
    try:
        return _HASHER.verify(password_hash, _normal(password)[:PASSWORD_LONGEST])
    except (VerificationError, InvalidHashError):
        return False


def mark_of(login: str) -> str:
    """What goes on record of a login that nobody has; as slow to guess, and to make, as the hash of a password."""
    digest = hash_secret_raw(
        login.encode(), _MARK_SALT, _HASHER.time_cost, _HASHER.memory_cost, _HASHER.parallelism, 8, _HASHER.type
    )
    return UNKNOWN_LOGIN + digest.hex()


def _normal(password: str) -> str:
    # One keyboard composes an accent, the next sends it ready-made: both are the same password.
    return unicodedata.normalize("NFKC", password)


def login_of(typed: str) -> str:
    """A login as it is kept: no blanks around it, no capitals, one form of each character, at most 64."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()[:LOGIN_LONGEST]


def demand_policy(password: str, login: str, least_length: int) -> None:
    """Raise Refused where a new password is too short, too long, all one character, or holds the login."""
    plain = _normal(password)
    if len(plain) < least_length:
        raise Refused(zh=f"口令至少 {least_length} 个字符。", en=f"A password has at least {least_length} characters.")
    if len(plain) > PASSWORD_LONGEST:
        raise Refused(
            zh=f"口令最多 {PASSWORD_LONGEST} 个字符。", en=f"A password has at most {PASSWORD_LONGEST} characters."
        )
    if len(set(plain)) < 4 or (login and login in plain.casefold()):
        raise Refused(
            zh="口令太容易猜：不要重复少数几个字符，也不要包含登录名。",
            en="That password is too easy to guess: do not repeat a few characters, and leave the login out of it.",
        )


# ------------------------------------------------------------------------------------------------ what a failure costs
def _failures(rx: Reading, login: str) -> tuple[int, datetime | None]:
    account = rx.first(Account, login=login)
    if account is not None:
        return account.failures, account.wait_until_at
    for line in rx.journal(subjects=(login,), kinds=(SignOnRefused.__name__,), newest_first=True, limit=1):
        event = event_from(line)
        if isinstance(event, SignOnRefused):
            return event.failures, event.wait_until_at
    return 0, None


def demand_patience(rx: Reading, login: str) -> None:
    """Raise Refused while the pause after a wrong password lasts."""
    _, wait_until_at = _failures(rx, login)
    if wait_until_at is not None and rx.now < wait_until_at:
        seconds = math.ceil((wait_until_at - rx.now).total_seconds())
        raise Refused(zh=f"请等 {seconds} 秒再试。", en=f"Wait {seconds} s before the next try.")


def check(rx: Reading, login: str, password: str, new: str = "") -> Proof | Wrong:
    """Whether this is the password of that login. Slow, and equally so whatever comes of it; run beside the desk.

    `new` is the password that is to follow it. Raises Refused while the pause after a wrong password lasts, and where
    the new password breaks the rules for passwords.
    """
    login = login_of(login)
    account = rx.first(Account, login=login)
    if account is None:
        login = mark_of(login)
        demand_patience(rx, login)
        return Wrong(login)
    person = rx.get(Person, account.person)
    known = person is not None and person.active
    right = matches(account.password_hash if known else NOBODY, password)
    demand_patience(rx, login)
    if not (right and known):
        return Wrong(login)
    if new:
        demand_policy(new, login, int(seconds_of(rx.settings, "password.least_length")))
    keep = new or (password if _HASHER.check_needs_rehash(account.password_hash) else "")
    return Proof(account.person, account.password_hash, hashed(keep) if keep else "")


def hash_new(rx: Reading, login: str, password: str) -> str:
    """The hash of a new password that keeps the rules for passwords; Refused where it breaks them. Slow."""
    demand_policy(password, login_of(login), int(seconds_of(rx.settings, "password.least_length")))
    return hashed(password)


def refuse(tx: Transaction, login: str, seat: str) -> Refused:
    """Put a wrong password on record with the pause that it costs; gives what the person at the keyboard is told.

    `login` is that of `Wrong`.
    """
    before, _ = _failures(tx, login)
    failures = before + 1
    first_s = seconds_of(tx.settings, "sign_on.first_wait_s")
    longest_s = seconds_of(tx.settings, "sign_on.longest_wait_s")
    wait_s = min(first_s * 2 ** min(before, 30), longest_s)
    wait_until_at = tx.now + timedelta(seconds=wait_s) if wait_s > 0 else None
    account = tx.first(Account, login=login)
    if account is not None:
        tx.put(replace(account, failures=failures, wait_until_at=wait_until_at))
    tx.record(SignOnRefused(at=tx.now, seat=seat, login=login, failures=failures, wait_until_at=wait_until_at))
    pause = (f"请等 {wait_s:.0f} 秒再试。", f" Wait {wait_s:.0f} s before the next try.") if wait_s >= 1 else ("", "")
    return Refused(zh=f"登录名或口令不对。{pause[0]}", en=f"The login or the password is wrong.{pause[1]}")


def prove(tx: Transaction, proof: Proof) -> Person:
    """The person whose password was given, if that still holds; what earlier failures cost is forgiven.

    Raises Refused where the password or the person was changed since, or a pause began.
    """
    person = tx.need(Person, proof.person)
    account = tx.need(Account, proof.person)
    if account.password_hash != proof.password_hash or not person.active:
        raise Refused(
            zh="口令或账号刚被更改，请重新输入。", en="The password or the account was just changed; enter it again."
        )
    demand_patience(tx, account.login)
    forgiven = replace(account, failures=0, wait_until_at=None, password_hash=proof.fresh_hash or account.password_hash)
    if forgiven != account:
        tx.put(forgiven)
    return person


# ------------------------------------------------------------------------------------------------ beside the desk
def with_proof(
    desk: Desk,
    login: str,
    password: str,
    seat: str,
    command: Callable[..., R],
    *args: Any,
    new: str = "",
    **kwargs: Any,
) -> "Future[R]":
    """Check a password beside the desk, then run `command(tx, proof, *args, **kwargs)`; its result by a future.

    A wrong password goes on record and fails the future with Refused. `new` is a password that replaces it.
    """
    given: Future[R] = Future()

    def checked(proof: Proof | Wrong) -> None:
        if isinstance(proof, Wrong):
            follow(desk.do(refuse, proof.login, seat), given.set_exception, given)
        else:
            follow(desk.do(command, proof, *args, **kwargs), given.set_result, given)

    follow(desk.ask(check, login, password, new), checked, given)
    return given


def with_hash(
    desk: Desk, login: str, password: str, command: Callable[..., R], *args: Any, **kwargs: Any
) -> "Future[R]":
    """Hash a new password beside the desk, then run `command(tx, hash, *args, **kwargs)`; its result by a future."""
    given: Future[R] = Future()

    def ready(password_hash: str) -> None:
        follow(desk.do(command, password_hash, *args, **kwargs), given.set_result, given)

    follow(desk.ask(hash_new, login, password), ready, given)
    return given


def follow(first: "Future[A]", step: Callable[[A], None], given: "Future[Any]") -> None:
    """When `first` is there, go on with its result; what fails it fails `given`."""

    def ended(done: "Future[A]") -> None:
        if done.cancelled():
            given.set_exception(
                ConsoleError(zh="值守台正在关闭，未记录此操作。", en="The console is closing; this was not recorded.")
            )
        elif (error := done.exception()) is not None:
            given.set_exception(error)
        else:
            step(done.result())

    first.add_done_callback(ended)
