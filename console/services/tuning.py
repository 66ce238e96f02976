"""Rules tuned at the console: put on record with a reason, above the site folder, and given back to it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from console.models.errors import Refused
from console.models.ids import CameraId
from console.models.people import Actor, Right
from console.models.rules import Rule
from console.models.site import Site
from console.models.tuning import chosen_of, key_of, with_chosen
from console.services import settings
from console.store.store import Transaction

REFERENCE = "reference."
"""How the key begins under which it is on record that a camera's reference was learnt anew."""


def choose(tx: Transaction, camera: CameraId, rule: Rule, reason: str, *, by: Actor) -> None:
    """Put a setting of a rule on record; whoever calls has had it checked by its kind."""
    by.demand(Right.TUNE_RULES)
    before = _in_force(tx.site, camera, rule.id)
    settings.choose(tx, key_of(camera, rule.id), chosen_of(rule), chosen_of(before), reason, by)


def give_back(tx: Transaction, camera: CameraId, rule: str, reason: str, *, by: Actor) -> None:
    """From now on the rule is again what the site folder says."""
    by.demand(Right.TUNE_RULES)
    before = _in_force(tx.site, camera, rule)
    settings.choose(tx, key_of(camera, rule), None, chosen_of(before), reason, by)


def relearnt(tx: Transaction, camera: CameraId, reason: str, *, by: Actor) -> None:
    """Put on record that what a camera shows now is right from now on."""
    by.demand(Right.TUNE_RULES)
    if all(one.id != camera for one in tx.site.cameras):
        raise Refused(zh="站点没有这台摄像机。", en="The site has no such camera.")
    settings.choose(tx, f"{REFERENCE}{camera}", tx.now.isoformat(), None, reason, by)


def rules_in_force(rules: tuple[Rule, ...], camera: CameraId, chosen: Mapping[str, Any]) -> tuple[Rule, ...]:
    """A camera's rules of the site folder with what was chosen at the console; what does not fit any more is left aside."""
    found = []
    for rule in rules:
        own = chosen.get(key_of(camera, rule.id))
        try:
            found.append(with_chosen(rule, own) if isinstance(own, dict) else rule)
        except ValueError:
            found.append(rule)
    return tuple(found)


def site_in_force(site: Site, chosen: Mapping[str, Any]) -> Site:
    """The site with its rules as they are in force."""
    cameras = tuple(
        replace(one, rules=rules_in_force(one.rules, one.id, chosen)) if one.rules else one for one in site.cameras
    )
    return replace(site, cameras=cameras)


def _in_force(site: Site, camera: CameraId, rule: str) -> Rule:
    rules = next((one.rules for one in site.cameras if one.id == camera), ())
    found = next((one for one in rules if one.id == rule), None)
    if found is None:
        raise Refused(zh="没有这条视频分析规则。", en="There is no such analytics rule.")
    return found
