"""The status bar: where this is, who has the watch, whether the eyes, ears and memory of the post are well, what time it is.

What is well is grey and short; what is not says so in words and stands out. Nothing is said that is not looked at: the
record counts as well while the store answers, a camera counts while its newest picture is live.
"""

import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget
from typing_extensions import override

from console.i18n import _
from console.models.duty import Threat, ThreatLevel
from console.models.errors import ConsoleError
from console.models.events import FaultNoted, SignedOff, SignedOn, SourceChanged, ThreatChanged
from console.models.ids import SourceId
from console.models.keeping import RecordState
from console.models.people import SignOn
from console.models.pictures import Sight
from console.models.settings import seconds_of, value_of
from console.models.signals import SourceHealth
from console.services import duty, queries
from console.views import words
from console.views.build import label, named, row, set_role
from console.views.panels.status.lamps import Lamps

if TYPE_CHECKING:
    from console.bridge import Bridge

HEIGHT_PX: Final = 34
LOOK_EVERY_S: Final = 5
NO_ANSWER_AFTER_S: Final = 10.0
# Of a name so many characters stand in the bar; the whole of it is in the tool tip.
LONGEST_NAME: Final = 24
SHORT_NAME: Final = 10  # where there is little room
SPACING_PX: Final = 16
MARGIN_PX: Final = 14
CHIP_PX: Final = 26  # what a chip is wider than its text
SITE_LEAST_PX: Final = 80
SITE_PX: Final = 240  # the rest of a long name is in the tool tip: who is on watch is not cut for it


def disk_free_gb(_rx: object, folder: Path) -> float:
    """Free room under a folder in GB; runs beside the desk, because a disk can hang."""
    return shutil.disk_usage(folder).free / 1e9


class StatusPanel(QFrame):
    """One line below every page."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "status", "status")
        self.setFixedHeight(HEIGHT_PX)
        self._bridge = bridge
        self._zone = words.zone_or_utc(bridge.site)
        self._present: tuple[SignOn, ...] = ()
        self._threat: Threat | None = None
        self._sources: dict[SourceId, SourceHealth] = {}
        self._disk_gb: float | None = None
        self._head = 0
        self._answered_s = bridge.clock.monotonic()
        self._paused_s = 0.0
        self._faults: dict[str, FaultNoted] = {}
        self._parts: dict[str, QLabel] = {
            name: label(f"status.{name}", "dim", shrinks=name == "site")
            for name in ("site", "threat", "seat", "watch", "sound", "sources", "cameras", "record", "disk", "date")
        }
        for part in self._parts.values():
            part.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._parts["watch"].setMinimumWidth(80)
        self._parts["site"].setMinimumWidth(SITE_LEAST_PX)
        self._parts["site"].setMaximumWidth(SITE_PX)
        self._clock = label("status.clock", "clock")
        self._lamps = Lamps(bridge, self._sick_sources, self._waiting_sources)
        line = row(
            *(self._parts[name] for name in ("site", "threat", "seat", "watch")),
            1,
            self._parts["sound"],
            self._parts["sources"],
            self._lamps,
            *(self._parts[name] for name in ("cameras", "record", "disk", "date")),
            self._clock,
            margins=(MARGIN_PX, 0, MARGIN_PX, 0),
        )
        line.setSpacing(SPACING_PX)
        self.setLayout(line)
        self._listen()
        self._ticks = 0
        self._second = QTimer(self)
        self._second.setSingleShot(True)
        self._second.timeout.connect(self._tick)
        self.retranslate()
        self._tick()

    def _listen(self) -> None:
        bridge = self._bridge
        bridge.on(SignedOn, lambda _event: self._ask_present())
        bridge.on(SignedOff, lambda _event: self._ask_present())
        bridge.on(ThreatChanged, lambda event: self._set_threat(event.threat))
        bridge.on(SourceChanged, lambda event: self._set_source(event.health))
        bridge.on(FaultNoted, self.show_fault)
        bridge.on(RecordState, lambda _state: self._show_record())
        bridge.actor_changed.connect(lambda _actor: self._show())
        bridge.ask(queries.threat, then=self._begin_threat)
        bridge.ask(queries.source_states, then=self._set_sources)
        self._ask_present()

    # ---------------------------------------------------------------- what it hears

    def _ask_present(self) -> None:
        self._bridge.ask(queries.present, then=self._set_present)

    def _set_present(self, present: tuple[SignOn, ...]) -> None:
        self._present = present
        self._show()

    def _set_threat(self, threat: Threat | None) -> None:
        self._threat = threat
        self._show()

    def _begin_threat(self, threat: Threat | None) -> None:
        if self._threat is None:  # else the level was set while the question was on its way
            self._set_threat(threat)

    def _set_sources(self, states: tuple[SourceHealth, ...]) -> None:
        self._sources = {state.source: state for state in states} | self._sources
        self._show()

    def _set_source(self, health: SourceHealth) -> None:
        self._sources[health.source] = health
        self._show()

    def show_fault(self, event: FaultNoted) -> None:
        """Take in that something of the console itself is wrong, or right again."""
        self._faults.pop(event.fault, None)
        if event.active:
            self._faults[event.fault] = event
        self._show()

    def sound_paused(self, left_s: float) -> None:
        """Show for how long the alarm sound is still paused; 0 for not at all."""
        if (left_s > 0) != (self._paused_s > 0) or int(left_s) != int(self._paused_s):
            self._paused_s = left_s
            self._show_sound()

    def _answered(self, head: tuple[int, str]) -> None:
        self._head = head[0]
        self._answered_s = self._bridge.clock.monotonic()
        self._show_record()

    def _failed(self, _error: ConsoleError) -> None:
        self._answered_s = float("-inf")
        self._show_record()

    def _set_disk(self, free_gb: float) -> None:
        self._disk_gb = free_gb
        self._show_disk()

    # ---------------------------------------------------------------- every second

    def _tick(self) -> None:
        now = self._bridge.clock.now()
        self._show_time(now)
        self._show_cameras()
        if self._ticks % LOOK_EVERY_S == 0:
            self._bridge.ask(queries.journal_head, then=self._answered, failed=self._failed)
            self._show_record()
        if self._ticks % 30 == 0:
            folder = self._bridge.surroundings.data_dir
            self._bridge.ask(disk_free_gb, folder, then=self._set_disk)
        self._ticks += 1
        # The next turn stands just behind the full second, so that the clock never seems to skip one.
        self._second.start(1005 - now.microsecond // 1000)

    # ---------------------------------------------------------------- what it shows

    def _put(self, name: str, text: str, tone: str = "") -> None:
        part = self._parts[name]
        set_role(part, "chip" if tone else "dim", tone=tone)
        part.setVisible(bool(text))
        if part.text() != text:
            part.setText(text)
            if name != "watch":  # which has what the others leave
                self._show_watch()

    def _show(self) -> None:
        self._put("site", words.said(self._bridge.site.name))
        level = self._threat.level if self._threat is not None else ThreatLevel.GREEN
        tones = {ThreatLevel.GREEN: "", ThreatLevel.YELLOW: "yellow", ThreatLevel.ORANGE: "orange"}
        self._put("threat", _("Threat level: {level}").format(level=words.term(level)), tones.get(level, "red"))
        self._put("seat", _("Seat {seat}").format(seat=self._bridge.surroundings.seat))
        self._show_watch()
        self._show_sound()
        self._show_sources()
        self._show_record()
        self._show_disk()

    def _show_watch(self) -> None:
        needed = int(value_of(self._bridge.settings, "watch.people"))
        watching = sum(duty.watches(sign_on.role) for sign_on in self._present)
        actor = self._bridge.actor
        # Who has the keyboard stands first.
        people = sorted(self._present, key=lambda one: (actor is None or one.person != actor.person, one.on_at))
        tone = "" if watching >= needed else "fault" if watching == 0 else "warning"
        whole, short = (
            [words.shortened(one.name, longest) for one in people] or [_("Nobody signed on")]
            for longest in (LONGEST_NAME, SHORT_NAME)
        )
        first = f"{short[0]} +{len(short) - 1}" if len(short) > 1 else short[0]
        said = [
            _("{n} of {needed} on watch  {names}").format(names=names, n=watching, needed=needed)
            for names in (_(", ").join(whole), _(", ").join(short), first)
        ]
        said.append(_("{n} of {needed} on watch").format(n=watching, needed=needed))
        room_px = self._room_px()
        more_px = CHIP_PX if tone else 2
        wide = [self._parts["watch"].fontMetrics().horizontalAdvance(text) + more_px for text in said]
        # Long names have room beside the whole name of the site; that is cut before somebody is only counted.
        site_px = min(self._parts["site"].sizeHint().width(), SITE_PX)
        fits = (at for at, width_px in enumerate(wide) if width_px + (SITE_LEAST_PX if at else site_px) <= room_px)
        chosen = next(fits, len(said) - 1)
        self._parts["site"].setMaximumWidth(max(SITE_LEAST_PX, min(SITE_PX, room_px - wide[chosen])))
        self._put("watch", said[chosen], tone)
        self._parts["watch"].setToolTip(
            "\n".join(f"{one.name}  {words.term(one.role)}  {words.clock(one.on_at, self._zone)}" for one in people)
        )

    def _room_px(self) -> int:
        """The pixels that the other parts of the line leave to the site's name and to who is on watch."""
        parts = [part for name, part in self._parts.items() if name not in ("site", "watch") and not part.isHidden()]
        taken = sum(part.sizeHint().width() + SPACING_PX for part in (*parts, self._lamps, self._clock))
        return self.width() - taken - SPACING_PX - 2 * MARGIN_PX

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_watch()

    def _show_sound(self) -> None:
        if self._paused_s > 0:
            self._put("sound", _("Sound paused {time}").format(time=words.span(self._paused_s + 0.999)), "warning")
        elif "sound" in self._faults:
            self._put("sound", _("No sound"), "fault")
        else:
            self._put("sound", "")

    def _show_sources(self) -> None:
        total = len(self._bridge.site.sources)
        sick = [state for state in self._sources.values() if not state.healthy]
        self._lamps.update()
        text = _("Sources {n}/{total}").format(n=total - len(sick), total=total) if total else ""
        self._put("sources", text, "fault" if sick else "")
        waits = self._waiting_sources()
        said = [words.pair(one.sentence_zh, one.sentence_en) for one in sick]
        said += [
            _("{source}: {state}").format(source=words.said(one.name), state=_("Not heard yet"))
            for one in self._bridge.site.sources
            if one.id in waits
        ]
        self._parts["sources"].setToolTip("\n".join(said))

    def _sick_sources(self) -> frozenset[SourceId]:
        return frozenset(state.source for state in self._sources.values() if not state.healthy)

    def _waiting_sources(self) -> frozenset[SourceId]:
        known = self._sources
        return frozenset(one.id for one in self._bridge.site.sources if one.id not in known or known[one.id].waits)

    def _show_cameras(self) -> None:
        cameras = self._bridge.site.cameras
        sights = [self._bridge.feed.state(camera.id).sight for camera in cameras]
        live = sum(sight is Sight.LIVE for sight in sights)
        lost = any(sight in (Sight.OFFLINE, Sight.STALE) for sight in sights)
        text = _("Cameras {n}/{total}").format(n=live, total=len(cameras)) if cameras else ""
        self._put("cameras", text, "warning" if lost else "")

    def _show_record(self) -> None:
        silent_s = self._bridge.clock.monotonic() - self._answered_s
        if self._bridge.record_state.failing_since_at is not None:
            self._put("record", _("Not recording"), "fault")
        elif silent_s > NO_ANSWER_AFTER_S:
            self._put("record", _("The record does not answer"), "fault")
        else:
            self._put("record", _("Record {n}").format(n=self._head))

    def _show_disk(self) -> None:
        if self._disk_gb is None:
            self._put("disk", "")
            return
        low = self._disk_gb < seconds_of(self._bridge.settings, "disk.low_gb")
        free = f"{self._disk_gb:.1f}" if self._disk_gb < 10 else f"{self._disk_gb:.0f}"
        self._put("disk", _("Disk {n} GB free").format(n=free), "fault" if low else "")

    def _show_time(self, now: datetime) -> None:
        self._put("date", words.day(now, self._zone))
        self._clock.setText(words.clock(now, self._zone))

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._clock.setAccessibleName(_("Time at the site"))
        self._show()
        self._show_cameras()
