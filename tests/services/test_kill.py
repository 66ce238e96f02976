"""A post that is killed in the middle of a handover comes back where it was: nobody signs on or types again."""

import signal
import subprocess
import sys
from pathlib import Path

from console.models.clock import FakeClock
from console.models.duty import Handover, HandoverState
from console.models.people import SignOn
from console.services import duty, handover
from console.store.journal import expected_hash
from tests.services.post import MORNING, opened_post

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys, time
from pathlib import Path
from console.models.clock import FakeClock
from console.services import handover
from tests.services.post import MORNING, actor, opened_post

with opened_post(Path(sys.argv[1]), FakeClock(MORNING)) as post:
    li = post.enter("li")
    post.sign_on(li)
    draft = post.do(handover.begin, by=actor(li))
    post.do(handover.freeze, draft.id, by=actor(li))
    words = "If it rains"
    for end in range(1, len(words) + 1):
        post.do(handover.fill, draft.id, expect=words[:end], typing=True, by=actor(li))
        print(words[:end], flush=True)
    time.sleep(60)
"""


def test_that_a_killed_post_loses_no_word_that_was_typed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "data")], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        said = ""
        while said != "If it ra":
            said = running.stdout.readline().rstrip("\n")
            assert said, "the program ended before its time"
        running.send_signal(signal.SIGKILL)
        rest = running.stdout.read().splitlines()
    last = rest[-1] if rest else said
    with opened_post(tmp_path / "data", FakeClock(MORNING)) as post:
        (known,) = post.find(Handover)
        assert known.state is HandoverState.FROZEN
        assert known.expect.startswith(last)
        (on,) = post.find(SignOn, off_at=None)
        assert post.shift().crew == (on.person,)
        assert post.ask(duty.on_watch) == (on,)
        assert "expect" not in [one.field for one in post.ask(lambda rx: handover.blockers(rx, known))]
        lines = post.ask(lambda rx: list(rx.journal()))
    previous = "0" * 64
    for line in lines:
        assert (line.previous, line.hash) == (previous, expected_hash(line))
        previous = line.hash
