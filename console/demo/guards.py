"""The pretend site's guards: they walk the routes of the site folder and punch at the real receiver over HTTP.

Like a real reader, theirs keeps what it could not tell and tells it later, with the time at which it was read.
"""

import heapq
import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Final

from console.models.clock import Clock, SystemClock
from console.models.ids import SourceId
from console.models.site import Route, RouteStop, Site

PUNCH_KIND: Final = "punch"
PATH: Final = "/punch"
FIRST_S: Final = 5.0
"""How long after setting out the first stop is reached, in seconds; the house begins the round meanwhile."""
AGAIN_S: Final = 2.0
"""How long after a punch that nobody took it is told again, in seconds."""
ANSWER_S: Final = 5.0

Address = Callable[[SourceId], tuple[str, int] | None]


@dataclass(slots=True)
class Reader:
    """A patrol reader: `told` are the punches that were taken, `waiting` those still to be told.

    `token` is what the receiver asks for; `address` gives where it listens, None while it listens nowhere.
    """

    device: str
    address: Callable[[], tuple[str, int] | None]
    token: str = ""
    waiting: list[Mapping[str, str]] = field(default_factory=list)
    told: list[Mapping[str, str]] = field(default_factory=list)

    def read(self, chip: str, at: str, person: str = "") -> None:
        """Read a tag: the punch waits until it is told."""
        self.waiting.append({"device": self.device, "chip": chip, "at": at, "person": person})

    def tell(self) -> bool:
        """Tell everything that waits, oldest first; False where something still waits."""
        while self.waiting:
            where = self.address()
            if where is None or not post(where, self.waiting[0], self.token):
                return False
            self.told.append(self.waiting.pop(0))
        return True


def post(where: tuple[str, int], punch: Mapping[str, str], token: str = "") -> bool:
    """Post one punch; True where the receiver has it on disk, False where it does not answer so."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    with closing(http.client.HTTPConnection(*where, timeout=ANSWER_S)) as connection:
        try:
            connection.request("POST", PATH, json.dumps(punch, ensure_ascii=False).encode(), headers)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False


@contextmanager
def walking(
    site: Site,
    *,
    address: Address,
    token: str = "",
    speed: float = 1.0,
    first_s: float = FIRST_S,
    again_s: float = AGAIN_S,
    clock: Clock | None = None,
) -> Iterator[tuple[Reader, ...]]:
    """Let a guard walk every route of the site while the block lasts; gives their readers.

    The first stop of a route is reached after `first_s`, the others after the legs of the route, and the next round begins when
    the route's time has come. `speed` makes them walk so many times as fast. Without a punch receiver in the site, or
    without routes, nobody walks.
    """
    receiver = next((setup.id for setup in site.sources if setup.kind == PUNCH_KIND), None)
    routes = tuple(route for route in site.routes if route.stops) if receiver is not None else ()
    readers = tuple(
        Reader(device=f"reader-{route.id}", address=lambda: address(receiver) if receiver else None, token=token)
        for route in routes
    )
    stop = threading.Event()
    thread = threading.Thread(
        target=_walk,
        args=(site, tuple(zip(routes, readers, strict=True)), speed, first_s, again_s, clock or SystemClock(), stop),
        name="pretend guards",
    )
    if routes:
        thread.start()
    try:
        yield readers
    finally:
        stop.set()
        if routes:
            thread.join()


def _walk(
    site: Site,
    walks: tuple[tuple[Route, Reader], ...],
    speed: float,
    first_s: float,
    again_s: float,
    clock: Clock,
    stop: threading.Event,
) -> None:
    chips = {checkpoint.id: checkpoint.chip for checkpoint in site.checkpoints}
    persons = {post.id: post.staff[0] for post in site.posts if post.staff}
    begun_s = time.monotonic() + first_s / speed
    number = itertools.count()
    turns = [(begun_s, next(number), route, reader, _way(route)) for route, reader in walks]
    heapq.heapify(turns)
    while not stop.is_set():
        due_s, _number, route, reader, way = turns[0]
        late = any(one.waiting for _route, one in walks)
        wait_s = due_s - time.monotonic()
        if stop.wait(max(0.0, min(wait_s, again_s) if late else wait_s)):
            return
        if time.monotonic() >= due_s:
            at_s, reached = next(way)
            if reached.checkpoint in chips:
                reader.read(chips[reached.checkpoint], clock.now().isoformat(), persons.get(route.post, ""))
            heapq.heapreplace(turns, (begun_s + at_s / speed, next(number), route, reader, way))
        for _route, one in walks:
            one.tell()


def _way(route: Route) -> Iterator[tuple[float, RouteStop]]:
    """Every stop of every round, with the seconds after the first stop of all at which the one after it is due."""
    for turn in itertools.count(1):
        at_s = (turn - 1) * route.every_s
        for reached, following in itertools.pairwise(route.stops):
            at_s += following.leg_s
            yield at_s, reached
        yield max(at_s, turn * route.every_s), route.stops[-1]
