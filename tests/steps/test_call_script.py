"""The words to say on the telephone name what the person at the other end can use."""

from datetime import UTC, datetime

from console.models.alarms import AlarmClass, Priority
from console.models.ids import IncidentId, PersonId
from console.models.incidents import Incident
from console.models.plans import Step
from console.models.site import Site
from console.models.text import Text
from console.steps.call.page import script_of
from console.steps.spec import Scene

AT = datetime(2026, 3, 14, 18, 30, tzinfo=UTC)


def test_that_the_words_to_say_give_the_time_of_the_site_and_not_of_greenwich() -> None:
    incident = Incident(
        id=IncidentId("i"),
        number="2026-0001",
        title=Text("围墙", "Fence"),
        alarm_class=AlarmClass.INTRUSION,
        priority=Priority.CRITICAL,
        detected_at=AT,
        opened_at=AT,
        opened_by=PersonId("lin"),
    )
    scene = Scene(
        site=Site(id="s", name=Text("星河", "Xinghe"), timezone="Asia/Shanghai"),
        incident=incident,
        alarm=None,
        operator="Lin",
        language="en",
        now=AT,
        positions={},
    )
    step = Step(id="c", kind="call", title=Text(), options={"script": {"zh": "{time}", "en": "At {time}, {caller}, {site}"}})
    assert script_of(step, scene) == "At 02:30, Lin, Xinghe"
