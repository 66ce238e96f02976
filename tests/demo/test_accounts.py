"""The accounts of the pretend site can be entered and are easy to type."""

from console.demo import accounts
from console.models.people import RIGHTS, Right, Role
from console.models.settings import BY_KEY
from console.services.passwords import demand_policy, login_of, matches


def test_that_every_password_of_the_pretend_site_keeps_the_rules_for_passwords() -> None:
    for one in accounts.PEOPLE:
        demand_policy(one.password, one.login, int(BY_KEY["password.least_length"].default))


def test_that_the_hashes_that_are_shipped_are_those_of_the_passwords_that_are_shown() -> None:
    assert all(matches(one.password_hash, one.password) for one in accounts.PEOPLE)


def test_that_every_account_can_be_typed_on_any_keyboard() -> None:
    for one in accounts.PEOPLE:
        assert one.login == login_of(one.login)
        assert (one.login + one.password).isascii()
        assert one.password.isalnum()


def test_that_there_are_two_who_watch_two_who_relieve_or_lead_and_one_administrator() -> None:
    assert len({one.login for one in accounts.PEOPLE}) == len(accounts.PEOPLE)
    assert {one.role for one in accounts.PEOPLE} == set(Role)
    watch = (accounts.OPERATOR, accounts.COLLEAGUE, accounts.RELIEF)
    assert all(Right.SIGN_HANDOVER in RIGHTS[one.role] for one in watch)
    assert all(one.name.zh and one.name.en for one in accounts.PEOPLE)

