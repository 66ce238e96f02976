"""Signals of a panel, for the tests of what stands around all inputs."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from console.models.ids import PersonId, PointId, SignalId, SourceId, new_id
from console.models.people import Actor, Role
from console.models.signals import Signal, SignalKind
from console.models.site import Site, SourceSetup
from console.models.text import Text
from tests.services.post import SITE

PANEL = SourceId("panel")
POST_SITE: Site = replace(
    SITE, sources=(SourceSetup(id=PANEL, kind="sia_dc09", name=Text("主机", "Panel"), options={"port": 0}),)
)
SUPERVISOR = Actor(person=PersonId("p-sup"), name="陈晨", role=Role.SUPERVISOR, seat="1")
OPERATOR = Actor(person=PersonId("p-op"), name="李娜", role=Role.OPERATOR, seat="1")


def signal(at: datetime, kind: SignalKind = SignalKind.ALARM, point: str = "beam-1", **more: Any) -> Signal:
    """A message of the panel."""
    whole = {
        "id": SignalId(new_id()), "source": PANEL, "kind": kind, "point": PointId(point), "code": "BA",
        "text_zh": "入侵", "text_en": "Burglary", "received_at": at, "codec": "dc09/1", **more,
    }  # fmt: skip
    return Signal(**whole)


def stranger(at: datetime, account: str, says: str = "", **more: Any) -> Signal:
    """A message of an account that the site folder does not know; `says` is its own kind, as a receiver notes it."""
    details = {"unknown_account": account, **({"kind": says} if says else {})}
    return signal(
        at, SignalKind.INFORMATION, f"dc09:{account}/?", details=details, sender="192.0.2.9:4001",
        raw=b"raw " + account.encode(), **more,
    )  # fmt: skip
