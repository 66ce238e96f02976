"""Look without changing anything: mistakes of a site folder, alarms, journal lines."""

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from console import i18n
from console.cli.record import beside
from console.cli.running import until_asked
from console.cli.speech import FINDINGS, FINE, put_json
from console.i18n import _
from console.models.text import Text

if TYPE_CHECKING:
    from console.models.trust import JournalLine
    from console.store.store import Reading, Store

FOLLOW_EVERY_S: Final = 0.3


def site_check(asked: argparse.Namespace) -> int:
    """Tell every mistake of a site folder, or what it holds."""
    from console.app.points import site_kinds
    from console.site_folder import read_site

    read = read_site(asked.folder, **site_kinds())
    for mistake in read.mistakes:
        if asked.json:
            put_json({"mistake": mistake})
        else:
            print(mistake.in_language(i18n.language()))
    if read.mistakes or read.site is None:
        if not asked.json:
            print(_("{count} mistakes in {folder}.").format(count=len(read.mistakes), folder=asked.folder))
        return FINDINGS
    site = read.site
    counts = {name: len(getattr(site, name)) for name in ("cameras", "points", "posts", "routes", "sources")}
    if asked.json:
        put_json({"site": site.id, **counts, "plans": len(read.plans)})
        return FINE
    print(
        _(
            "{name}: {cameras} cameras, {points} points, {posts} posts, {routes} routes, {sources} sources, "
            "{plans} plans. No mistakes."
        ).format(name=site.name.in_language(i18n.language()), plans=len(read.plans), **counts)
    )
    return FINE


def alarms(asked: argparse.Namespace) -> int:
    """List alarms, oldest first."""
    from console.models.alarms import Alarm
    from console.models.plain import to_plain
    from console.models.words import word

    wanted = {"closed_at": None} if asked.live else {}
    since = ("first_at", asked.since) if asked.since else None
    language = i18n.language()
    with beside(asked) as (store, _root), _reading(store) as reading:
        for alarm in reading.each(Alarm, since=since, **wanted):
            if asked.json:
                put_json({**to_plain(alarm), "state": alarm.state})
                continue
            print(
                _local(alarm.first_at),
                f"P{alarm.priority.value}",
                word(alarm.state).in_language(language),
                alarm.title.in_language(language),
                alarm.place_name.in_language(language),
                sep="  ",
            )
    return FINE


@contextmanager
def _reading(store: "Store") -> Iterator["Reading"]:
    from console.models.site import Site
    from console.store.store import Ground

    with store.read(Ground(site=Site(id="", name=Text())), datetime.now(UTC)) as reading:
        yield reading


def _local(at: datetime) -> str:
    """In this machine's zone, which is said: the site's may be another."""
    return at.astimezone().isoformat(" ", "seconds")


def journal(asked: argparse.Namespace) -> int:
    """List journal lines, and follow what comes where that is asked for."""
    from console.models.people import Person

    after = asked.after
    with beside(asked) as (store, _root), until_asked() as stop:
        while True:
            with _reading(store) as reading:
                people = {str(person.id): person.name for person in reading.each(Person)}
                for line in reading.journal(after_seq=after):
                    _show_line(line, people, as_json=asked.json)
                    after = line.seq
                    if stop.asked:
                        return FINE
            if not asked.follow or stop.wait(FOLLOW_EVERY_S):
                return FINE


def _show_line(line: "JournalLine", people: Mapping[str, str], *, as_json: bool) -> None:
    import msgspec

    from console.models.events import event_from
    from console.models.narrative import tell
    from console.models.phrases import Context
    from console.models.plain import to_plain

    if as_json:
        put_json({**to_plain(line), "body": msgspec.Raw(line.body.encode())})
        return
    told = tell(event_from(line), Context())
    text = told.text.in_language(i18n.language()) if told is not None else line.kind
    print(line.seq, _local(line.at), people.get(line.by, line.by), text, sep="  ", flush=True)
