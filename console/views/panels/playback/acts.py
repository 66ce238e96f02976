"""What is done to what one sees: jump, bookmark, lock, choose a range, search for motion."""

from datetime import datetime, tzinfo
from functools import partial
from typing import TYPE_CHECKING, Final

from console.i18n import _
from console.models.ids import CameraId
from console.models.playback import FootagePlayer, utc
from console.models.text import Text
from console.models.timeline import day_bounds, moment_of
from console.services import playback, recording
from console.services.playback import Searched
from console.views import words

if TYPE_CHECKING:
    from console.bridge import Bridge
    from console.views.panels.playback.panel import PlaybackPanel

THUMBNAILS: Final = 60
_NO_TIME: Final = Text("时间请写成 8:05、080512 或 03-14 8:05:12。", "Write a time as 8:05, 080512 or 03-14 8:05:12.")


class Acts:
    """The verbs of the playback page that ask or search; `page` is what they are about."""

    def __init__(self, page: "PlaybackPanel", bridge: "Bridge", player: FootagePlayer, zone: tzinfo) -> None:
        self._page, self._bridge, self._player, self._zone = page, bridge, player, zone

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
            self._bridge.refused.emit(Text("请先用 I 和 O 选定起止时间。", "Choose a range with I and O first."))
        else:
            self._page.transport.ask("lock", _("Lock {n} cameras, reason").format(n=len(self._page.cameras)))
        return True

    def entered(self, what: str, text: str) -> None:
        by = self._bridge.actor
        chosen = self._page.timeline.range
        if what == "jump":
            at_s = moment_of(self._page.day, text, self._zone)
            if at_s is None:
                self._bridge.refused.emit(_NO_TIME)
            else:
                self._page.go(at_s)
        elif what == "bookmark" and self._page.glass.selected is not None:
            at = utc(self._page.position_s)
            self._bridge.do(
                recording.mark, self._page.glass.selected, at, text, by=by, then=lambda _made: self._page.reload()
            )
        elif what == "lock" and chosen is not None:
            for camera in self._page.cameras:
                self._bridge.do(
                    recording.hold,
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
