"""A console without a window for the kill campaign: `python -m bench.bare --site S --data D`.

It opens the post, takes up the one plan run where it stands (or begins it), answers one step, says so and goes on
receiving until it is killed.
"""

import argparse
import json
import sys
import threading
from pathlib import Path

from console import app as wiring
from console.models.alarms import Alarm, AlarmClass
from console.models.ids import PersonId, PlanId
from console.models.people import Actor, Role
from console.models.plans import Answer, Plan, PlanRun, Step
from console.models.text import Text
from console.services import alarms, queries, response
from console.services.desk import Desk, Ground

OPERATOR = Actor(person=PersonId("bench"), name="bench", role=Role.OPERATOR, seat="1")
# Two steps that lead to each other: the run never ends, and every life moves it by one.
ROUND = Plan(
    id=PlanId("round"),
    version=1,
    title=Text("往复", "To and fro"),
    classes=(AlarmClass.MANUAL,),
    steps=tuple(
        Step(
            id=here,
            kind="question",
            title=Text(here, here),
            answers=(Answer(key="on", label=Text("继续", "On"), next=there), Answer(key="no", label=Text("否", "No"))),
        )
        for here, there in (("a", "b"), ("b", "a"))
    ),
)


def _standing(desk: Desk) -> PlanRun | None:
    runs = desk.ask(queries.active_runs).result()
    return runs[0] if runs else None


def _begin(desk: Desk) -> PlanRun:
    alarm: Alarm | None = desk.do(
        alarms.report, alarm_class=AlarmClass.MANUAL, place=None, text="bench", by=OPERATOR
    ).result()
    assert alarm is not None
    return desk.do(response.start, alarm.id, ROUND.id, by=OPERATOR).result()


def main() -> int:
    """Run until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--site", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    wanted = parser.parse_args()
    with wiring.open_post(wiring.Options(site_dir=wanted.site, data_dir=wanted.data)) as post:
        ground = post.desk.ground
        post.desk.ground = Ground(site=ground.site, plans=(*ground.plans, ROUND), settings=ground.settings)
        run = _standing(post.desk) or _begin(post.desk)
        assert run.place is not None
        here = run.place.step
        moved = post.desk.do(response.answer, run.id, here, answer="on", by=OPERATOR).result()
        assert moved.place is not None
        address = next(iter(post.sources.values())).address(10.0)
        assert address is not None
        sys.stdout.write(json.dumps({"port": address[1], "step": here, "next": moved.place.step}) + "\n")
        sys.stdout.flush()
        threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
