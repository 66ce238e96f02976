"""Put a pretend site beside the console: its people, its panels, its guards; and let it be played where nobody looks.

The console itself is the real one, on a data folder of its own. The pretend site only does what a site does: it signs
on, punches, rings and walks through the pictures.
"""

import os
import platform
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from console import app, resources
from console.demo import accounts, guards, story
from console.models.errors import ConsoleError
from console.models.ids import CameraId, SourceId
from console.models.incidents import LogEntry
from console.models.patrol import Round, RoundState
from console.models.people import Actor, Person
from console.models.site import Camera, CameraKind
from console.models.text import Text
from console.services import carry, due, log, people
from console.services.passwords import Proof
from console.store.store import Transaction
from console.video.cameras.synthetic import scene_file
from console.video.scenery import acting, script

if TYPE_CHECKING:
    from console.bridge import DemoAccount

SITE: Final = "demo/site"
CLIMB: Final = "climb"
GUARDS_SET_OUT_S: Final = 1.0


def run_demo(options: app.Options, tour: Path | None = None) -> int:
    """Run the console on a pretend site until its window is closed; with `tour`, play the story into that folder.

    Without a screen the story is played in any case, into a new folder that is named. Without a data folder in
    `options` a fresh one is used and thrown away at the end.
    """
    if tour is None and not has_screen():
        tour = Path(tempfile.mkdtemp(prefix="zhishou-tour-"))
    if tour is not None and not has_screen():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with _data_folder(options) as used:
        if tour is None:
            return app.run_window(used, prepare=pretend_site)
        from console.demo.tour import Tour

        return app.run_window(used, prepare=pretend_site, drive=Tour(tour, used.language, data_dir=used.data_dir).play)


def has_screen(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a window could be seen here."""
    if environment.get("QT_QPA_PLATFORM", "").startswith(("offscreen", "minimal")):
        return False
    return platform.system() != "Linux" or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


@contextmanager
def _data_folder(options: app.Options) -> Iterator[app.Options]:
    if options.data_dir is not None:
        yield options
        return
    folder = Path(tempfile.mkdtemp(prefix="zhishou-demo-"))
    try:
        yield replace(options, data_dir=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# ------------------------------------------------------------------------------------------------ what a site does
@contextmanager
def pretend_site(post: app.Post) -> Iterator["tuple[DemoAccount, ...]"]:
    """Let the site of a post live while the block lasts; gives the accounts for its sign-on page."""
    from console.bridge import DemoAccount

    language = post.options.language
    for command in (partial(enter_people, language=language), partial(_take_posts, language=language), _set_out):
        post.desk.do(command).result()
    with ExitStack() as stack:
        stack.enter_context(
            story.play(
                post.site,
                address=partial(_address, post),
                cue=partial(_cue, post),
                climb=find_climb(post.site.cameras, post.options.site_dir),
            )
        )
        stack.enter_context(guards.walking(post.site, address=partial(_address, post), first_s=GUARDS_SET_OUT_S))
        yield tuple(
            DemoAccount(
                login=one.login,
                password=one.password,
                name=one.name.in_language(language),
                role=one.role.value,
            )
            for one in accounts.PEOPLE
        )


def _cue(post: app.Post, camera: CameraId, name: str) -> None:
    """What happens in a scene happens in its recording too."""
    post.video.cue(camera, name)
    if post.recording is not None:
        post.recording.cue(camera, name)


def _address(post: app.Post, source: SourceId) -> tuple[str, int] | None:
    running = post.sources.get(source)
    return running.address() if running is not None else None


def enter_people(tx: Transaction, language: str) -> None:
    """Enter the pretend people where there is nobody yet; ConsoleError where somebody real works here."""
    known = {person.login for person in tx.find(Person)}
    if known - {one.login for one in accounts.PEOPLE}:
        raise ConsoleError(
            zh="这个数据文件夹属于真实的岗位，不能用于演示。请用 --data 指定另一个文件夹。",
            en="This data folder belongs to a real post and is not for demonstrations. Name another one with --data.",
        )
    if known:
        return
    first = accounts.ADMINISTRATOR
    entered = people.enter_administrator(tx, first.password_hash, first.login, first.name.in_language(language))
    by = Actor(person=entered.id, name=entered.name, role=entered.role)
    for one in accounts.PEOPLE:
        if one is not first:
            name = one.name.in_language(language)
            people.enter_person(
                tx, one.password_hash, one.login, name, one.role, employee_no=one.employee_no, phone=one.phone, by=by
            )


def _take_posts(tx: Transaction, language: str) -> None:
    """The colleagues are on duty before the curtain rises: they signed on, wrote a line and know what is unfinished."""
    for one, seat in accounts.ON_DUTY:
        person = next(person for person in tx.find(Person) if person.login == one.login)
        taken = people.accept_sign_on(tx, Proof(person.id, one.password_hash), seat)
        by = Actor(person=taken.person, name=taken.name, role=taken.role, seat=taken.seat)
    if tx.first(LogEntry) is None:
        log.write(tx, CHECKED.in_language(language), by=by)
    carry.add(tx, UNFINISHED.in_language(language), owner=REPAIRS.in_language(language), by=by)


CHECKED: Final = Text(
    "接班检查完毕：设备运行正常，钥匙、对讲机齐全。", "Took over: equipment works, keys and radios are complete."
)
UNFINISHED: Final = Text(
    "2号楼屋面门门磁松动，已报修，维保明日上午到场",
    "The contact of Building 2's roof door is loose; reported, the contractor comes tomorrow morning",
)
REPAIRS: Final = Text("物业办公室", "Property office")


def _set_out(tx: Transaction) -> None:
    """Let the rounds of all routes begin now, wherever the clock stands in its raster; a round under way goes on."""
    due.tick(tx)
    for route in tx.site.routes:
        item = due.find(tx, due.PATROL, route.id)
        if item is None or tx.first(Round, route=route.id, state=RoundState.WALKING.value) is not None:
            continue
        due.add(
            tx,
            due.PATROL,
            route.id,
            item.title,
            tx.now,
            source=item.source,
            notice_s=item.notice_s,
            grace_s=item.grace_s,
            every_s=item.every_s,
        )


def find_climb(cameras: tuple[Camera, ...], site_dir: Path) -> story.Climb | None:
    """The first camera in whose scene somebody can be let climb, and how long after the cue they are on top."""
    own = site_dir / "scenes"
    for camera in cameras:
        if camera.kind is not CameraKind.SYNTHETIC:
            continue
        acts = script.read(scene_file(camera, own if own.is_dir() else None)).cues.get(CLIMB, ())
        for act in acts:
            for stretch in acting.lay_out(act):
                if stretch.do == "climb":
                    crossing_s = act.at_s + (stretch.begin_s + stretch.end_s) / 2
                    return story.Climb(camera=camera.id, cue=CLIMB, crossing_s=crossing_s)
    return None


def demo_site() -> Path:
    """The folder of the pretend site."""
    return resources.path(SITE)
