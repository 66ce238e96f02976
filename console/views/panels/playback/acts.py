"""What is done to what one sees: step, jump, bookmark, lock and lift, choose a range, say what for, search for motion."""

from dataclasses import replace
from datetime import datetime, tzinfo
from functools import partial
from typing import TYPE_CHECKING, Final

from console.i18n import _
from console.models.ids import CameraId
from console.models.people import Right
from console.models.playback import FootagePlayer, How, utc
from console.models.recording import Lock
from console.models.text import Text
from console.models.timeline import day_bounds, moment_of
from console.services import locking, playback, viewings
from console.services.playback import Searched
from console.views import picture_kept, words
from console.views.rights import may

if TYPE_CHECKING:
    from console.bridge import Bridge
    from console.views.panels.playback.panel import PlaybackPanel

THUMBNAILS: Final = 60
SHOWN_S: Final = 3.0
"""A picture that is older than this is not the one that a step begins at."""
_NO_PICTURE: Final = Text("选中的画面此刻没有图像，不能抓拍。", "The chosen tile shows no picture to take a snapshot of.")
_NO_RIGHT: Final = Text("您的角色不能抓拍录像画面。", "Your role may not take snapshots of recordings.")
_NO_TIME: Final = Text("时间请写成 8:05、080512 或 03-14 8:05:12。", "Write a time as 8:05, 080512 or 03-14 8:05:12.")
_NOTHING_AFTER: Final = Text(
    "其后 7 天内没有报警或标记，1 天内没有移动。", "No alarm or bookmark within 7 days after this, and no motion within a day."
)
_NOTHING_BEFORE: Final = Text(
    "此前 7 天内没有报警或标记，1 天内没有移动。", "No alarm or bookmark within 7 days before this, and no motion within a day."
)


class Acts:
    """The verbs of the playback page that ask or search; `page` is what they are about."""

    def __init__(self, page: "PlaybackPanel", bridge: "Bridge", player: FootagePlayer, zone: tzinfo) -> None:
        self._page, self._bridge, self._player, self._zone = page, bridge, player, zone

    # ---------------------------------------------------------------- one picture, one event on

    def step(self, *, forward: bool) -> bool:
        """One picture on or back, of the chosen camera; the others show what they had then."""
        camera = self._page.glass.selected
        if camera is None:
            return False
        self._page.playing = False
        at_s = self._page.position_s
        picture = self._player.latest(camera)
        if picture is not None and 0 <= at_s - picture.taken_s < SHOWN_S:
            at_s = picture.taken_s
        self._player.move(at_s, 0.0, How.STEP)
        self._bridge.attend(self._player.neighbour(camera, at_s, forward=forward), then=self._stepped)
        return True

    def _stepped(self, at_s: float | None) -> None:
        if at_s is not None:
            self._page.go(at_s, How.STEP)

    def go_to_event(self, *, forward: bool) -> bool:
        """The next alarm, bookmark or motion of the cameras shown, or the one before."""
        # While it plays, the event just jumped to must not be found again.
        at = utc(self._page.position_s - (0.0 if forward else 2.0 if self._page.playing else 0.0))
        self._bridge.ask(
            playback.event_near, self._page.cameras, at, forward=forward, then=partial(self._event_found, forward)
        )
        return True

    def _event_found(self, forward: bool, at: datetime | None) -> None:
        if at is not None:
            self._page.go(at.timestamp())
        elif forward:
            self._say(_NOTHING_AFTER)
        else:
            self._say(_NOTHING_BEFORE)

    def _say(self, text: Text) -> None:
        self._bridge.refused.emit(text)

    def take_snapshot(self) -> bool:
        """Keep the picture that the chosen tile shows as evidence, in its full size and under its privacy masks."""
        camera, page = self._page.glass.selected, self._page
        picture = self._player.latest(camera) if camera is not None else None
        at_s = picture.taken_s if picture is not None else page.position_s  # one that is just on its way
        if not may(self._bridge.actor, Right.WATCH):
            self._say(_NO_RIGHT)
        elif camera is not None and not page.looking.shows(camera, at_s):
            self._say(playback.too_far(self._bridge.settings))
        elif camera is None or page.glass.words_of(camera):
            self._say(_NO_PICTURE)
        else:
            known = page.glass.camera(camera)
            called = f"{known.number:02d} {words.said(known.name)}" if known is not None else str(camera)
            at = words.clock(utc(at_s), self._zone)
            page.transport.say(_("Taking the picture of {time}, {camera} ...").format(time=at, camera=called))
            frozen = self._player.freeze(camera, at_s, known.masks if known is not None else ())
            told = partial(picture_kept.tell, self._bridge, f"{called} {at}", page.transport.say)
            self._bridge.keep_picture(frozen, self._bridge.actor, told)
        return True

    # ---------------------------------------------------------------- what has to be typed

    def ask_purpose(self) -> bool:
        """Let the operator say what the recordings are looked at for."""
        prompt = _("What for; # and the number of an approved request")
        self._page.transport.ask("purpose", prompt, self._page.viewed.purpose.text)
        return True

    def ask_time(self) -> bool:
        """Let the operator type a time."""
        at = datetime.fromtimestamp(self._page.position_s, self._zone)
        self._page.transport.ask("jump", _("Time"), f"{at:%m-%d %H:%M:%S}")
        return True

    def ask_bookmark(self) -> bool:
        """Let the operator say what is to be found again here."""
        if self._page.glass.selected is not None:
            self._page.playing = False
            self._page.go(self._page.position_s)
            self._page.transport.ask("bookmark", _("Bookmark"))
        return True

    def ask_lock(self) -> bool:
        """Let the operator say why the chosen range must not be deleted."""
        if self._page.timeline.range is None:
            self._say(Text("请先用 I 和 O 选定起止时间。", "Choose a range with I and O first."))
        else:
            prompt = _("Lock {n} cameras, reason").format(n=len(self._page.cameras))
            self._page.transport.ask("lock", prompt, self._page.viewed.purpose.reason)
        return True

    def ask_release(self) -> bool:
        """Let who may do it say why the locks at this moment are lifted."""
        if not may(self._bridge.actor, Right.EXPORT_FOOTAGE):
            self._say(Text("锁定只能由主管写明原因解除。", "Only a supervisor lifts a lock, with a reason."))
        elif not (found := self._locks_here()):
            self._say(Text("选中的摄像机此刻没有锁定。", "Nothing of the chosen camera is locked at this moment."))
        else:
            self._page.transport.ask("release", _("Lift {n} locks, reason").format(n=len(found)))
        return True

    def _locks_here(self) -> tuple[Lock, ...]:
        camera, at = self._page.glass.selected, utc(self._page.position_s)
        day = self._page.knowing.days.get(camera) if camera is not None else None
        return tuple(lock for lock in day.locks if lock.holds and lock.from_at <= at <= lock.until_at) if day else ()

    def entered(self, what: str, text: str) -> None:
        by = self._bridge.actor
        chosen = self._page.timeline.range
        if what == "jump":
            at_s = moment_of(self._page.day, text, self._zone)
            if at_s is None:
                self._say(_NO_TIME)
            else:
                self._page.go(at_s)
        elif what == "bookmark" and self._page.glass.selected is not None:
            at = utc(self._page.position_s)
            self._bridge.do(
                locking.mark, self._page.glass.selected, at, text, by=by, then=lambda _made: self._page.reload()
            )
        elif what == "purpose":
            self._bridge.ask(viewings.purpose, text, then=self._page.set_purpose)
        elif what == "release":
            for lock in self._locks_here():
                self._bridge.do(locking.release, lock.id, text, by=by, then=lambda _made: self._page.reload())
        elif what == "lock" and chosen is not None:
            for camera in self._page.cameras:
                self._bridge.do(
                    locking.hold,
                    camera,
                    utc(chosen[0]),
                    utc(chosen[1]),
                    text,
                    by=by,
                    then=lambda _made: self._page.reload(),
                )

    def range_end(self, end: bool) -> None:
        at_s = self._page.position_s
        begin, until = self._page.timeline.range or (at_s, at_s)
        chosen = (min(begin, at_s), at_s) if end else (at_s, max(until, at_s))
        self._page.timeline.set_range(chosen)

    def say_range(self) -> None:
        chosen = self._page.timeline.range
        if chosen is None:
            self._page.transport.show_range("")
            return
        start, end = (words.clock(utc(at_s), self._zone) for at_s in chosen)
        self._page.transport.show_range(f"{start} – {end}  {words.span(chosen[1] - chosen[0])}")

    def begin_search(self) -> bool:
        """Draw a region on the chosen picture; what moved there is listed."""
        if self._page.glass.selected is not None:
            self._page.playing = False
            self._page.go(self._page.position_s)
            self._page.glass.draw(True)
            self._page.side.show_search(None, True)
        return True

    def search(self) -> None:
        camera = self._page.glass.selected
        if camera is None or not self._page.glass.region:
            return
        begin_s, end_s = self._page.timeline.range or day_bounds(self._page.day, self._zone)
        end_s = min(end_s, self._bridge.clock.now().timestamp())
        open_to = self._page.looking.reach.within(camera, begin_s, end_s)
        if not open_to:
            self._say(playback.too_far(self._bridge.settings))
            return
        begin_s, end_s = open_to[0][0], open_to[-1][1]
        self._bridge.ask(
            playback.motion_search,
            camera,
            utc(begin_s),
            utc(end_s),
            self._page.glass.region,
            then=partial(self._searched, camera),
        )

    def _searched(self, camera: CameraId, searched: Searched) -> None:
        if camera != self._page.glass.selected:
            return
        reach = self._page.looking.reach
        opened = tuple(one for one in searched.found if reach.open(camera, one.from_at.timestamp()))
        searched = replace(searched, found=opened)
        self._page.timeline.found = tuple((one.from_at.timestamp(), one.until_at.timestamp()) for one in searched.found)
        self._page.timeline.update()
        self._page.side.show_search(searched, False)
        for span in searched.found[:THUMBNAILS]:
            at_s = span.from_at.timestamp()
            self._bridge.attend(
                self._player.thumbnail(camera, at_s + min(1.0, span.length_s / 2)),
                then=partial(self._page.side.show_thumbnail, at_s),
                failed=lambda _error: None,  # without its small picture it is in the list all the same
            )
