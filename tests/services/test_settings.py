"""Numbers of the trade are changed by who may, with a reason, within their bounds, and every change is on record."""

import pytest

from console.models.errors import ConsoleError, Refused
from console.models.events import SettingChanged
from console.models.ids import SourceId
from console.models.settings import SETTINGS, ChosenSetting
from console.services import settings
from tests.services.inputs_at_hand import OPERATOR, SUPERVISOR
from tests.services.post import PostInHand


@pytest.mark.parametrize("value", [0.5, 400, "fast", True])
def test_that_a_value_outside_its_bounds_or_of_another_kind_is_refused(post: PostInHand, value: object) -> None:
    with pytest.raises(Refused, match="From 1 s to 300 s"):
        post.do(settings.change, "inputs.canary_within_s", value, "试", by=SUPERVISOR)
    assert post.find(ChosenSetting) == ()


def test_that_a_count_takes_whole_numbers_only(post: PostInHand) -> None:
    with pytest.raises(Refused):
        post.do(settings.change, "inputs.quarantine_most", 10.5, "试", by=SUPERVISOR)
    post.do(settings.change, "inputs.quarantine_most", 50.0, "试", by=SUPERVISOR)
    (kept,) = post.find(ChosenSetting)
    assert (kept.value, kept.reason, kept.changed_by) == ("50", "试", SUPERVISOR.person)


def test_that_a_change_needs_the_right_and_a_reason(post: PostInHand) -> None:
    with pytest.raises(ConsoleError):
        post.do(settings.change, "inputs.canary_within_s", 30, "试", by=OPERATOR)
    with pytest.raises(Refused, match="reason"):
        post.do(settings.change, "inputs.canary_within_s", 30, "\n ", by=SUPERVISOR)


def test_that_every_change_is_told_with_what_was_before(post: PostInHand) -> None:
    post.do(settings.change, "inputs.canary_within_s", 30, "慢网络", by=SUPERVISOR)
    post.ground.settings["inputs.canary_within_s"] = 30.0
    post.do(settings.change, "inputs.canary_within_s", None, "恢复", by=SUPERVISOR)
    assert [(told.old, told.new) for told in post.told(SettingChanged)] == [("20.0", "30.0"), ("30.0", "")]
    assert post.ask(settings.chosen) == {}


def test_that_options_of_sources_and_numbers_do_not_meet(post: PostInHand) -> None:
    source = SourceId("panel")
    post.do(settings.change, "inputs.canary_within_s", 30, "慢", by=SUPERVISOR)
    options = {"port": 12000, "accounts": [{"account": "1"}]}
    post.do(settings.change_options, source, options, {"port": 1}, "搬家", by=SUPERVISOR)
    found = post.ask(settings.chosen)
    assert settings.options_of(found, source) == {"port": 12000, "accounts": [{"account": "1"}]}
    assert settings.options_of(found, SourceId("pan")) == {}
    assert settings.numbers_of(found) == {"inputs.canary_within_s": 30}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_that_every_default_lies_within_its_own_bounds_and_may_be_chosen(setting: object, post: PostInHand) -> None:
    post.do(settings.change, setting.key, setting.default, "试", by=SUPERVISOR)  # type: ignore[attr-defined]
