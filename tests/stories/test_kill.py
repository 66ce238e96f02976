"""A console that is killed at any instant has lost nothing that it acknowledged, and comes back where it stood."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from console.demo.panel import Dialler
from console.models.events import ConsoleStarted
from console.models.plans import PlanRun, RunState
from console.services import queries
from console.sources.sia_dc09.answers import Verdict
from tests.stories.posts import ACCOUNT, Record, environment, free_port, make_site, serve, wait_until

KILLS = 6


@dataclass
class Panel:
    """A panel that rings without a pause and sends every message, byte for byte, until it is acknowledged."""

    port: int
    transport: str = "tcp"
    acknowledged: list[bytes] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def ring(self) -> None:
        number = 0
        with Dialler("127.0.0.1", self.port, ACCOUNT, timeout_s=1.0, attempts=1, transport=self.transport) as dialler:
            while not self.stop.is_set():
                number += 1
                sequence = f"{number % 9999 + 1:04d}"
                frame = dialler.frame("SIA-DCS", f"#{ACCOUNT}|NBA{number:04d}", "", sequence)
                while not self.stop.is_set():
                    if dialler.ring(frame, sequence).verdict is Verdict.ACK:
                        self.acknowledged.append(frame)
                        break
                    self.stop.wait(0.05)


@pytest.fixture
def panel(request: pytest.FixtureRequest) -> Iterator[Panel]:
    panel = Panel(free_port(), getattr(request, "param", "tcp"))
    thread = threading.Thread(target=panel.ring, name="panel")
    thread.start()
    yield panel
    panel.stop.set()
    thread.join()


@pytest.mark.timeout(400)
@pytest.mark.parametrize("panel", ["tcp", "udp"], indirect=True)
def test_that_what_was_acknowledged_is_on_record_exactly_once_however_often_the_console_is_killed(
    tmp_path: Path, panel: Panel
) -> None:
    site, data = make_site(tmp_path / "site", panel.port, panel.transport), tmp_path / "data"
    dice = random.Random(20261122)
    for _ in range(KILLS):
        console = serve(site, data)
        before = len(panel.acknowledged)
        wait_until(lambda before=before: len(panel.acknowledged) > before)
        time.sleep(dice.uniform(0.0, 0.4))  # the instant of the kill is the thing that is tested
        console.kill()
        console.communicate()
    console = serve(site, data)
    before = len(panel.acknowledged)
    wait_until(lambda: len(panel.acknowledged) > before + 20)
    panel.stop.set()
    console.terminate()
    console.communicate()
    assert console.returncode == 0

    with Record(data) as record:
        kept = Counter(one.raw for one in record.signals() if one.duplicate_of is None)
    lost = [frame for frame in panel.acknowledged if kept[frame] != 1]
    assert len(panel.acknowledged) > KILLS
    assert not lost, f"{len(lost)} of {len(panel.acknowledged)} acknowledged messages: {[kept[one] for one in lost]}"


OPERATOR = """
import sys, time
from pathlib import Path
from console import app
from console.demo import accounts
from console.demonstration import enter_people
from console.models.people import Actor
from console.models.alarms import AlarmClass
from console.services import alarms, people, response
site, data = map(Path, sys.argv[1:])
with app.open_post(app.Options(site_dir=site, data_dir=data)) as post:
    desk, who = post.desk, accounts.OPERATOR
    desk.do(enter_people, "en").result()
    taken = people.sign_on(desk, who.login, who.password, "1").result()
    by = Actor(person=taken.person, name=taken.name, role=taken.role, seat="1")
    alarm = desk.do(alarms.report, alarm_class=AlarmClass.INTRUSION, place="yard", text="somebody", by=by).result()
    run = desk.do(response.start, alarm.id, "perimeter_intrusion", by=by).result()
    for step, answer, value in (("look", "person", {}), ("send", "", {"post": "patrol"})):
        run = desk.do(response.answer, run.id, step, answer=answer, value=value, by=by).result()
    print("answered", flush=True)
    time.sleep(60)
"""


def kill_in_a_plan(site: Path, data: Path) -> None:
    """Let an operator answer two steps of a plan, and kill the console the moment the second answer is on disk."""
    console = subprocess.Popen(
        [sys.executable, "-c", OPERATOR, str(site), str(data)], env=environment(), stdout=subprocess.PIPE, text=True
    )
    assert console.stdout is not None
    assert console.stdout.readline() == "answered\n"
    console.kill()
    console.communicate()


@pytest.mark.timeout(240)
def test_that_a_plan_goes_on_at_its_step_after_the_console_was_killed(tmp_path: Path) -> None:
    site, data = make_site(tmp_path / "site", free_port()), tmp_path / "data"
    kill_in_a_plan(site, data)
    with Record(data) as record:
        run = record.ask(queries.active_runs)[0]
        assert isinstance(run, PlanRun)
        assert run.state is RunState.ACTIVE
        assert [visit.step for visit in run.visits] == ["look", "send", "tell_leader"]
        assert len(record.ask(queries.open_dispatches)) == 1


AGAIN = """
import sys
from contextlib import contextmanager
from pathlib import Path
from console import app
from console.bridge import DemoAccount
from console.demo import accounts
from console.demo.tour.hands import Hands
from console.models.text import Text
site, data = map(Path, sys.argv[1:])

@contextmanager
def people(post):
    one = accounts.OPERATOR
    yield (DemoAccount(login=one.login, password=one.password, name=one.name.en, role=one.role.value),)

def drive(window):
    window.show()
    hands = Hands(window, data)
    hands.click(hands.see(f"sign_on.demo_{accounts.OPERATOR.login}", Text("", "the account")))
    print(hands.see("response.step", Text("", "the step")).text())
    return 0

sys.exit(app.run_window(app.Options(site_dir=site, data_dir=data, language="en"), prepare=people, drive=drive))
"""


@pytest.mark.timeout(240)
def test_that_the_window_stands_at_the_step_at_which_the_console_was_killed(tmp_path: Path) -> None:
    site, data = make_site(tmp_path / "site", free_port()), tmp_path / "data"
    kill_in_a_plan(site, data)
    done = subprocess.run(
        [sys.executable, "-c", AGAIN, str(site), str(data)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.stdout == "Tell the shift leader\n", done.stderr


WATCHED = """
import sys
from console import watch
sys.exit(watch.keep_running(sys.argv[1:]))
"""


@pytest.mark.timeout(240)
def test_that_a_watched_console_that_is_killed_listens_again_by_itself(tmp_path: Path) -> None:
    port = free_port()
    site, data = make_site(tmp_path / "site", port), tmp_path / "data"
    from tests.stories.posts import SERVE

    watcher = subprocess.Popen(
        [sys.executable, "-c", WATCHED, sys.executable, "-c", SERVE, str(site), str(data)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert watcher.stdout is not None
        assert watcher.stdout.readline() == "up\n"
        with Dialler("127.0.0.1", port, ACCOUNT, timeout_s=1.0, attempts=1) as dialler:
            wait_until(lambda: dialler.poll().acknowledged)
            holder = int((data / "zhishou.lock").read_text())
            os.kill(holder, signal.SIGKILL)
            wait_until(lambda: int((data / "zhishou.lock").read_text() or "0") != holder)
            wait_until(lambda: dialler.poll().acknowledged)
    finally:
        watcher.terminate()
        watcher.communicate()
    assert watcher.returncode == 0
    with Record(data) as record:
        lines = record.ask(lambda rx: list(rx.journal(kinds=(ConsoleStarted.__name__,))))
    assert len(lines) == 2
