"""The way back of a worker: whole messages from many threads, its log among them, and what happens when nobody listens."""

import logging
import subprocess
import sys
import threading
from multiprocessing.connection import Pipe

import pytest

from console.video.posting import LogByPost, Post, say_nothing


def test_that_messages_of_many_threads_arrive_whole() -> None:
    here, there = Pipe()
    with here, there:
        post: Post[tuple[int, int]] = Post(there, say_nothing)

        def tell(own: int) -> None:
            for n in range(50):
                post.send((own, n))

        threads = [threading.Thread(target=tell, args=(own,)) for own in range(4)]
        for thread in threads:
            thread.start()
        heard = [here.recv() for _ in range(200)]
        for thread in threads:
            thread.join()
    for own in range(4):
        assert [n for who, n in heard if who == own] == list(range(50))


def test_that_the_log_goes_through_the_post_as_its_own_kind_of_message() -> None:
    here, there = Pipe()
    with here, there:
        handler = LogByPost(Post(there, say_nothing), lambda level, sentence: {"level": level, "sentence": sentence})
        log = logging.Logger("worker of a test")  # noqa: LOG001 - it must not stay behind in the registry
        log.addHandler(handler)
        log.debug("not worth saying")
        log.warning("camera %s", "cam-1")
        assert here.recv() == {"level": logging.WARNING, "sentence": "camera cam-1"}
        assert not here.poll()


def test_that_it_is_said_what_happens_when_nobody_listens() -> None:
    here, there = Pipe()
    unheard: list[str] = []
    with there:
        here.close()
        Post[str](there, lambda: unheard.append("nobody")).send("hello")
        Post[str](there, say_nothing).send("hello")
    assert unheard == ["nobody"]


@pytest.mark.parametrize(("work", "code"), [("int", 0), ("ask", 0), ("wrong", 1)])
def test_that_a_worker_ends_whatever_its_threads_do_and_says_how(work: str, code: int) -> None:
    program = f"""
import subprocess
import sys
import threading
from console.video.posting import work_and_end
def ask(): raise EOFError
def wrong(): raise ValueError("a mistake of ours")
threading.Thread(target=threading.Event().wait).start()  # hangs for good, as in a codec
work_and_end("worker of a test", {work})
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == code
    assert ("a mistake of ours" in done.stderr) == (code == 1)
