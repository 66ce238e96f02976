"""Rules tuned at the console: put on record with a reason, above the site folder, and given back to it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import msgspec

from console.models.errors import Refused
from console.models.ids import CameraId
from console.models.people import Actor, Right
from console.models.rules import Rule
from console.models.settings import ChosenSetting
from console.models.site import Camera, Site
from console.models.tuning import chosen_of, drawn, drawn_of, is_drawn, key_of, with_chosen
from console.services import settings
from console.store.store import Reading, Transaction

REFERENCE = "reference."
"""How the key begins under which it is on record that a camera's reference was learnt anew."""
_NAME: Final = re.compile(r"[\w-]{1,32}")


def choose(tx: Transaction, camera: CameraId, rule: Rule, reason: str, *, by: Actor) -> None:
    """Put a setting of a rule on record; whoever calls has had it checked by its kind."""
    by.demand(Right.TUNE_RULES)
    before = _in_force(tx.site, camera, rule.id)
    keep = drawn_of if _was_drawn(tx, camera, rule.id) else chosen_of
    settings.choose(tx, key_of(camera, rule.id), keep(replace(rule, point=before.point)), keep(before), reason, by)


def draw(tx: Transaction, camera: CameraId, rule: Rule, reason: str, *, by: Actor) -> None:
    """Put a rule on record that was drawn at the console; whoever calls has had it checked by its kind.

    Refused for a name that the camera's rules have already or that is none, and for a point the site does not have.
    """
    by.demand(Right.TUNE_RULES)
    if any(one.id == rule.id for one in _camera(tx.site, camera).rules):
        raise Refused(zh=f"此摄像机已有规则 {rule.id}。", en=f"This camera has a rule {rule.id} already.")
    if not _NAME.fullmatch(rule.id):
        raise Refused(
            zh="规则名称请用 1 至 32 个字、字母、数字、“-”或“_”。",
            en='The name of a rule is 1 to 32 letters, digits, "-" or "_".',
        )
    if all(one.id != rule.point for one in tx.site.points):
        raise Refused(zh="请选择规则触发的报警点。", en="Choose the alarm point that the rule raises.")
    settings.choose(tx, key_of(camera, rule.id), drawn_of(rule), None, reason, by)


def give_back(tx: Transaction, camera: CameraId, rule: str, reason: str, *, by: Actor) -> None:
    """From now on the rule is again what the site folder says; one that was drawn at the console is gone."""
    by.demand(Right.TUNE_RULES)
    before = _in_force(tx.site, camera, rule)
    keep = drawn_of if _was_drawn(tx, camera, rule) else chosen_of
    settings.choose(tx, key_of(camera, rule), None, keep(before), reason, by)


def relearnt(tx: Transaction, camera: CameraId, reason: str, *, by: Actor) -> None:
    """Put on record that what a camera shows now is right from now on."""
    by.demand(Right.TUNE_RULES)
    _camera(tx.site, camera)
    settings.choose(tx, f"{REFERENCE}{camera}", tx.now.isoformat(), None, reason, by)


def rules_in_force(rules: tuple[Rule, ...], camera: CameraId, chosen: Mapping[str, Any]) -> tuple[Rule, ...]:
    """A camera's rules of the site folder with what was chosen at the console, then those that were drawn there.

    What does not fit any more is left aside.
    """
    found = []
    for rule in rules:
        own = chosen.get(key_of(camera, rule.id))
        try:
            found.append(with_chosen(rule, own) if isinstance(own, dict) else rule)
        except ValueError:
            found.append(rule)
    of_folder, start = {rule.id for rule in rules}, key_of(camera, "")
    for key, own in sorted(chosen.items()):
        name = key.removeprefix(start)
        if key.startswith(start) and _NAME.fullmatch(name) and name not in of_folder and is_drawn(own):
            try:
                found.append(drawn(name, own))
            except ValueError:
                continue
    return tuple(found)


def site_in_force(site: Site, chosen: Mapping[str, Any]) -> Site:
    """The site with its rules as they are in force; a rule that was drawn for a point that is gone is left aside."""
    points = {one.id for one in site.points}
    cameras = []
    for camera in site.cameras:
        rules = rules_in_force(camera.rules, camera.id, chosen)
        of_folder = {one.id for one in camera.rules}
        kept = tuple(one for one in rules if one.id in of_folder or one.point in points)
        cameras.append(replace(camera, rules=kept) if kept or camera.rules else camera)
    return replace(site, cameras=tuple(cameras))


def _was_drawn(rx: Reading, camera: CameraId, rule: str) -> bool:
    row = rx.get(ChosenSetting, key_of(camera, rule))
    return row is not None and row.value != settings.FOLDER and is_drawn(msgspec.json.decode(row.value))


def _camera(site: Site, camera: CameraId) -> Camera:
    found = next((one for one in site.cameras if one.id == camera), None)
    if found is None:
        raise Refused(zh="站点没有这台摄像机。", en="The site has no such camera.")
    return found


def _in_force(site: Site, camera: CameraId, rule: str) -> Rule:
    rules = next((one.rules for one in site.cameras if one.id == camera), ())
    found = next((one for one in rules if one.id == rule), None)
    if found is None:
        raise Refused(zh="没有这条视频分析规则。", en="There is no such analytics rule.")
    return found
