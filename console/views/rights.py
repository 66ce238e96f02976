"""What the person at the keyboard may do, for enabling buttons; the services ask again, and they decide."""

from console.models.people import RIGHTS, Actor, Right


def may(actor: Actor | None, right: Right) -> bool:
    """Whether somebody has the keyboard whose role carries `right`."""
    return actor is not None and (actor.role is None or right in RIGHTS[actor.role])
