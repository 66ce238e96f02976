"""What the page of rules says: how a rule works on the picture, and how it stands to the site folder."""

from console.i18n import _
from console.models.pictures import RuleTuning
from console.models.rules import Rule
from console.models.tuning import chosen_of


def working_of(overlay: RuleTuning | None) -> tuple[float, str]:
    """How near a rule is to firing, 0..1 of its threshold, and what it sees, in words."""
    working = overlay.working if overlay is not None else None
    if overlay is None or working is None:
        return 0.0, _("Waiting for the camera ...") if overlay is not None else ""
    share = working.score / working.threshold if working.threshold else float(working.active)
    parts = [
        _("score {score} of {limit}").format(score=f"{working.score:.1f}", limit=f"{working.threshold:.1f}"),
        _("sees {n}, {m} count").format(n=len(working.seen), m=sum(one.counts for one in working.seen)),
        _("would have fired {n} times").format(n=overlay.fired),
    ]
    if not working.reliable:
        parts.append(_("learning the background"))
    if not working.scheduled:
        parts.append(_("not at this hour") if overlay.tried.enabled else _("out of use"))
    return min(1.0, max(0.0, share)), "   ".join(parts)


def state_of(rule: Rule | None, in_force: Rule | None, folder: Rule | None, *, drawing: bool, is_new: bool) -> str:
    """How the rule that is tried stands to the one in force, and that to the site folder."""
    if drawing:
        return _("Click the corners of the zone on the picture. Enter, a double click or a click on the first corner ends it; "
                 "Backspace takes one back, Esc gives it up.")  # fmt: skip
    if rule is None or (in_force is None and not is_new):
        return _("This camera has no rules yet. “New rule” draws one on the picture; the site folder may hold some too.")
    if is_new or in_force is None:
        return _("New, not in force yet. It will be kept at the console; the site folder is not written.")
    if folder is None:
        said = _("In force: drawn at the console. The site folder does not have this rule.")
    elif chosen_of(in_force) != chosen_of(folder):
        said = _("In force: chosen at the console. It outranks the rule of the site folder until it is given back.")
    else:
        said = _("In force: as in the site folder. A change made here outranks it; the folder itself is not written.")
    return f"{said}\n{_('Tried here, not in force yet')}" if chosen_of(rule) != chosen_of(in_force) else said
