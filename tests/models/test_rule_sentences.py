"""A change of a rule reads as what it is: which rule, what of it, before and after, and why."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from console.models.events import SettingChanged
from console.models.ids import PointId
from console.models.plain import canonical
from console.models.rules import Rule, WeeklyHours
from console.models.sentences.rules import rule_changed
from console.models.tuning import chosen_of, drawn_of
from tests.models.test_narrative import CONTEXT

RULE = Rule(id="yard", point=PointId("p"), zone=((0, 0), (1, 0), (1, 1)))
NIGHT = replace(RULE, min_s=3.0, hours=(WeeklyHours(start="22:00", to="06:00", days=(1, 2)),), enabled=False)


def said(old: dict[str, Any] | None, new: dict[str, Any] | None) -> tuple[str, str]:
    written = ["" if one is None else canonical(one).decode() for one in (old, new)]
    event = SettingChanged(
        at=datetime(2026, 3, 14, tzinfo=UTC), key="rule.cam-1.yard", old=written[0], new=written[1], reason="shadows"
    )
    text = rule_changed(event, CONTEXT)
    return text.zh, text.en


def test_that_each_number_that_changed_is_told_with_its_old_and_new_value_and_no_other() -> None:
    zh, en = said(chosen_of(RULE), chosen_of(NIGHT))
    for part in ("state in use → out of use", "weekly hours all week → Mon Tue 22:00-06:00", "0.6 s → 3 s", "reason: shadows"):
        assert part in en
    for part in ("启用 → 停用", "全周 → 一二 22:00-06:00", "0.6 秒 → 3 秒", "shadows"):
        assert part in zh
    assert "sensitivity" not in en
    assert "{" not in en + zh


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (None, drawn_of(NIGHT), "Drew the rule yard"),
        (drawn_of(NIGHT), None, "Deleted the rule yard"),
        (chosen_of(NIGHT), None, "as in the site folder again"),
        (chosen_of(RULE), chosen_of(replace(RULE, zone=((0, 0), (1, 0), (0.5, 1)))), "zone redrawn"),
    ],
)
def test_that_a_rule_that_was_drawn_deleted_or_given_back_is_told(old: Any, new: Any, words: str) -> None:
    assert words in said(old, new)[1]
