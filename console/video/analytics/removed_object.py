"""Something that belongs to a zone was taken from it. See `_objects`."""

from console.models.ids import CameraId
from console.models.rules import Rule
from console.video.analytics._objects import Objects, check
from console.video.kinds import Judge, RuleSpec


def judge(camera: CameraId, rules: tuple[Rule, ...], active: frozenset[str]) -> Judge:  # noqa: ARG001 - by the contract
    """Begin to judge a camera's zones."""
    return Objects(rules, active, came=False)


SPEC = RuleSpec(name="removed_object", check=check, judge=judge)
