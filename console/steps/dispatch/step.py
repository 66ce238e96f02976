"""The dispatch step: the nearest patrol is offered, the operator may choose another post.

Options: `prefer` "nearest" (the default) or a post id; `kinds` the kinds of post that are offered.
Value: {"post": post id}.
"""

from typing import Any

from console.models.errors import Refused
from console.models.ids import PostId
from console.models.plans import Step
from console.models.site import PostKind
from console.models.text import Text
from console.steps.spec import Outcome, StepSpec, chosen, outcome_of, unknown_options


def check(step: Step) -> tuple[Text, ...]:
    """The kinds of post must exist."""
    kinds = {kind.value for kind in PostKind}
    wrong = tuple(
        Text(zh=f"不认识的岗位类型 {kind}", en=f"unknown kind of post {kind}")
        for kind in step.options.get("kinds", ())
        if kind not in kinds
    )
    return (*wrong, *unknown_options(step, frozenset({"prefer", "kinds"})))


def settle(step: Step, answer: str, value: dict[str, Any]) -> Outcome:
    """The chosen post is sent in the same commit that records the answer."""
    post = value.get("post")
    if not isinstance(post, str) or not post:
        raise Refused(zh="请选择要派出的岗位。", en="Choose the post to send.")
    base = outcome_of(step, chosen(step, answer)) if step.answers else Outcome(next=step.next)
    return Outcome(next=base.next, posts=(PostId(post),), verification=base.verification)


SPEC = StepSpec(kind="dispatch", name=Text("派警", "Dispatch"), check=check, settle=settle)
