"""The options of a DC-09 receiver: read with their defaults, and every mistake is a sentence."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from console.models.errors import ConsoleError
from console.models.text import Text
from console.sources import sia_dc09
from console.sources.sia_dc09.setup import Account, read_key, read_setup
from tests.sources.conftest import setup_of
from tests.sources.desk import Desk


def mistakes(**options: object) -> list[str]:
    return [text.en for text in sia_dc09.SPEC.check(setup_of("sia_dc09", **options))]


def test_that_a_setup_is_read_with_its_defaults() -> None:
    found: list[Text] = []
    read = read_setup(
        setup_of("sia_dc09", accounts=[{"account": "12af", "poll_s": 200, "zones": {12: "a", "003": "b"}}]), found
    )
    assert found == []
    assert (read.host, read.transport, read.check_length, read.idle_s) == ("127.0.0.1", "tcp", True, 800)
    account = read.accounts["12AF"]
    assert (account.zone, account.check_time, account.zones) == (UTC, True, {"12": "a", "3": "b"})
    assert account.label == Text("账号 12AF", "account 12AF")


def test_that_a_panel_may_write_its_own_time_and_encoding() -> None:
    account = {"account": "1234", "timezone": "Asia/Shanghai", "encoding": "gb18030", "check_time": False}
    read = read_setup(setup_of("sia_dc09", accounts=[account]), []).accounts["1234"]
    assert (read.zone, read.encodings, read.check_time) == (ZoneInfo("Asia/Shanghai"), ("gb18030",), False)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"port": 70000}, '"port" must be a number from 0 to 65535.'),
        ({"port": "12000"}, '"port" must be a number'),
        ({"port": True}, '"port" must be a number'),
        ({"port": 1.5}, '"port" must be a whole number.'),
        ({"transport": "serial"}, '"transport" must be one of tcp, udp, both.'),
        ({"check_length": "no"}, '"check_length" must be true or false.'),
        ({"hots": "127.0.0.1"}, 'There is no option "hots".'),
        ({"accounts": {"1234": {}}}, '"accounts" must be a list.'),
        ({"accounts": ["1234"]}, '"accounts" must be a list.'),
        ({"accounts": [{"account": ""}]}, "account number 1: The account must be 1 to 16 letters or digits."),
        ({"accounts": [{"account": "12 34"}]}, "The account must be"),
        ({"accounts": [{"account": "1234"}, {"account": "1234"}]}, "Account 1234 is there twice."),
        ({"accounts": [{"account": "1234", "pol_s": 3}]}, 'account number 1: There is no option "pol_s".'),
        ({"accounts": [{"account": "1234", "poll_s": -1}]}, '"poll_s" must be a number'),
        ({"accounts": [{"account": "1234", "timezone": "Mars/Base"}]}, 'There is no time zone "Mars/Base".'),
        ({"accounts": [{"account": "1234", "timezone": "../etc"}]}, "There is no time zone"),
        ({"accounts": [{"account": "1234", "encoding": "utf-16"}]}, '"encoding" must be one of'),
        ({"accounts": [{"account": "1234", "zones": ["12"]}]}, '"zones" must be a list of'),
        ({"accounts": [{"account": "1234", "key": ["x"]}]}, '"key" must be a text.'),
    ],
)
def test_that_a_mistake_is_a_sentence_that_names_its_place(options: dict[str, object], sentence: str) -> None:
    (found,) = mistakes(**options)
    assert found.startswith("Source east")
    assert sentence in found


def test_that_a_missing_port_is_a_mistake() -> None:
    setup = setup_of("sia_dc09")
    del setup.options["port"]
    assert [text.en for text in sia_dc09.SPEC.check(setup)] == ['Source east: "port" is missing.']


def test_that_all_mistakes_are_told_at_once_and_stop_the_start(desk: Desk) -> None:
    options = {"port": -1, "transport": "x", "accounts": [{"account": "?"}]}
    assert len(mistakes(**options)) == 3
    with pytest.raises(ConsoleError) as refusal, sia_dc09.SPEC.start(setup_of("sia_dc09", **options), desk.context()):
        pass
    assert all(sentence in refusal.value.text.en for sentence in mistakes(**options))


@pytest.mark.parametrize("secret", ["", "short", "0" * 31, "g" * 33, "hex:zz", "ascii:short", "密钥密钥密钥密钥密钥密"])
def test_that_a_secret_that_is_no_key_is_refused(secret: str) -> None:
    with pytest.raises(ConsoleError, match="is no key"):
        read_key(Account(id="1234", key="k"), lambda _name: secret)


@pytest.mark.parametrize(
    ("secret", "key"),
    [
        ("00" * 16, bytes(16)),
        ("FF" * 24, b"\xff" * 24),
        ("A" * 16, b"A" * 16),
        ("A" * 24, b"A" * 24),
        ("ascii:" + "0" * 32, b"0" * 32),
        ("hex:" + "00" * 32, bytes(32)),
        ("a:b" + "x" * 13, b"a:b" + b"x" * 13),
    ],
)
def test_that_a_secret_may_be_hex_digits_or_characters(secret: str, key: bytes) -> None:
    assert read_key(Account(id="1234", key="k"), lambda _name: f" {secret}\n") == key


def test_that_an_account_without_a_secret_has_no_key() -> None:
    assert read_key(Account(id="1234"), lambda _name: pytest.fail("nobody asked")) is None
