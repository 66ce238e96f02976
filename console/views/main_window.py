"""The window: it puts pages, panels and keys together, and knows nothing of what they show."""

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget
from typing_extensions import override

from console import i18n, registry
from console.i18n import _
from console.models.alarms import Alarm
from console.models.events import AlarmChanged, AlarmRaised, FaultNoted
from console.models.people import Actor
from console.models.text import Text
from console.services import queries
from console.views import blink, icons, preferences, theme, words
from console.views.action import WINDOW
from console.views.actions import BY_NAME
from console.views.announcer import Announcer, Voice
from console.views.build import column, named, row
from console.views.duty_card import DutyCard
from console.views.frame import PageSplitter, Rail, WorkTabs, gather, lay_out
from console.views.help import HelpPage
from console.views.keys import Keys
from console.views.layout import PAGES, REGISTERS, STATUS, WORK
from console.views.notices import AlarmBanner, NoticeBar, SilentBar
from console.views.panel import WIRES, PanelSpec
from console.views.record_bar import RecordBar
from console.views.sign_on import SignOnPage
from console.views.sounder import Sounder, Speaker
from console.views.speech import speak

if TYPE_CHECKING:
    from console.bridge import Bridge

SMALLEST: Final = (1180, 660)
CLOSE_AGAIN_WITHIN_S: Final = 8.0
LEAVE_THE_WATCH: Final = Text(
    "关闭窗口将停止值守：报警不再显示和发声。确要退出，请在 8 秒内再关闭一次。",
    "Closing the window ends the watch: no alarm is shown or sounded. To leave, close it again within 8 seconds.",
)
# Faults that stand in a place of their own for as long as they last.
_SAID_ELSEWHERE: Final = frozenset({"sound", "font", "record", "second_person", "video_load"})


class MainWindow(QMainWindow):
    """The whole screen of a seat. `speaker` is the loudspeaker; without one nothing sounds, and nothing is said of it.
    `voice` says alarms aloud.

    `panels` holds every panel by its key.
    """

    def __init__(self, bridge: "Bridge", speaker: Speaker | None = None, voice: Voice | None = None) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setMinimumSize(*SMALLEST)
        self.bridge = bridge
        self._kept = preferences.shared(bridge, bridge.surroundings.data_dir)
        self._blink = blink.shared(bridge)
        self._blink.reduce_motion(self._kept.now.reduce_motion)
        self.sounder = Sounder(bridge, speaker, self)
        self.announcer = Announcer(bridge, self.sounder, voice, self) if voice is not None else None
        self._page = PAGES[0].key
        self._chosen: Alarm | None = None
        self._close_asked_s = float("-inf")
        self._splits: dict[str, PageSplitter] = {}
        self._pages: dict[str, QWidget] = {}
        self._build()
        self._wire()
        self.keys = Keys(self, {WINDOW: self, **self.panels})
        self.retranslate()
        self._keyboard_taken(bridge.actor)

    # ---------------------------------------------------------------- putting it together

    def _build(self) -> None:
        found = registry.discover("console.views.panels", kind=PanelSpec)
        specs = sorted(found.values(), key=lambda spec: (spec.area, spec.order))
        built = [(spec, spec.build(self.bridge)) for spec in specs]
        self.panels: dict[str, QWidget] = {spec.key: panel for spec, panel in built}
        self._specs = {spec.key: spec for spec in specs}
        self.work = WorkTabs(WORK)
        self.registers = WorkTabs(REGISTERS)
        tabs = {WORK: self.work, REGISTERS: self.registers}
        self.rail = Rail(self.show_page, lambda name: self.keys.act(BY_NAME[name]))
        self.notice = NoticeBar()
        self.banner = AlarmBanner(self._blink)
        self.silent = SilentBar()
        self.record = RecordBar(self.bridge)
        self.duty = DutyCard(self.bridge)
        self.pages = named(QStackedWidget(), "pages")
        middle = column(self.record, self.silent, self.duty, self.banner, self.notice, self.pages)
        middle.setSpacing(0)
        middle.setStretchFactor(self.pages, 1)
        upper = row(self.rail, middle)
        upper.setSpacing(0)
        whole = column(upper)
        whole.setSpacing(0)
        whole.setStretchFactor(upper, 1)
        central = QWidget(self)
        central.setLayout(whole)
        self.setCentralWidget(central)
        # The pages come into a window that stands: nothing in them is dressed again for every frame put around it.
        for page in PAGES:
            areas = gather(built, page, tabs)
            lay_out(page.body, areas, self._kept.now.splits, self._splits, partial(self._put, page.key))
            for spec, panel in built:
                if spec.area in areas and spec.area in tabs:
                    tabs[spec.area].add(spec, panel)
        self.sign_on = SignOnPage(self.bridge)
        self.help = HelpPage(specs)
        self._put("sign_on", self.sign_on)
        self._put("help", self.help)
        for spec, panel in built:
            if spec.area == STATUS:
                whole.addWidget(panel)

    def _put(self, key: str, widget: QWidget) -> None:
        self._pages[key] = widget
        self.pages.addWidget(widget)

    def _wire(self) -> None:
        """Connect panels by the names of WIRES, and the window's own parts with those that speak to them."""
        for signal_name, slot_name in WIRES:
            for key, panel in self.panels.items():
                signal = getattr(panel, signal_name, None)
                if signal is None:
                    continue
                for other_key, other in self.panels.items():
                    slot = getattr(other, slot_name, None)
                    if slot is not None and other_key != key:
                        signal.connect(slot)
        for panel in self.panels.values():
            if hasattr(panel, "alarm_chosen"):
                panel.alarm_chosen.connect(self._alarm_chosen)
            if hasattr(panel, "page_asked"):
                panel.page_asked.connect(self.show_page)
            if hasattr(panel, "panel_asked"):
                panel.panel_asked.connect(self.bring)
            if hasattr(panel, "finished"):
                panel.finished.connect(self.rest)
            if hasattr(panel, "sound_paused"):
                self.sounder.paused.connect(panel.sound_paused)
        self.bridge.refused.connect(self.notice.say)
        self.bridge.broken.connect(self.notice.say_bug)
        self.bridge.actor_changed.connect(self._keyboard_taken)
        self.bridge.on(AlarmRaised, lambda event: self.banner.hear(event.alarm))
        self.bridge.on(AlarmChanged, lambda event: self.banner.hear(event.alarm))
        self.bridge.on(FaultNoted, self._say_fault)
        self.bridge.ask(queries.live_alarms, then=self.banner.begin)
        self.banner.asked.connect(self._go_to)
        self.sounder.audible.connect(self.silent.hear)
        self.sign_on.left.connect(self._leave_sign_on)
        self.help.left.connect(self.step_back)
        self.work.let_go.connect(self.rest)

    # ---------------------------------------------------------------- pages

    def show_page(self, key: str) -> bool:
        """Show a page of the workspace, the sign-on page or the help page."""
        if self.bridge.actor is None and key not in ("sign_on", "help"):
            key = "sign_on"
        if key in (page.key for page in PAGES):
            self._page = key
        self.pages.setCurrentWidget(self._pages[key])
        self.rail.show_page(key)
        self.banner.look_away(key != "watch", locked=self.bridge.actor is None)
        # Each page says where its keyboard begins.
        starts = {"watch": self.panels.get("queue"), "handover": self.panels.get("handover")}
        begin = getattr(starts.get(key, self._pages[key]), "begin", None)
        if begin is not None:
            begin()
        return True

    def rest(self) -> None:
        """Give the keyboard back to the queue, where the keys of the post are obeyed."""
        begin = getattr(self.panels.get("queue"), "begin", None)
        if begin is not None and self.page == "watch":
            begin()

    @property
    def page(self) -> str:
        """The key of the page that is shown."""
        return next(key for key, widget in self._pages.items() if widget is self.pages.currentWidget())

    def bring(self, panel: str) -> None:
        """Show the page and the tab that a panel stands on."""
        area = self._specs[panel].area
        if area == STATUS:
            return
        self.show_page(area if area in self._pages else "watch")
        if area == WORK:
            self.work.bring(panel, over_typing=True)
        elif area == REGISTERS:
            self.registers.bring(panel, over_typing=True)

    def is_behind(self, panel: str) -> bool:
        """Whether a panel of the page shown stands behind another tab and could be brought to the front."""
        return self.page == "watch" and self._specs[panel].area == WORK and self.work.has(panel)

    def show_watch(self) -> bool:
        """Show the watch page."""
        return self.show_page("watch")

    def show_playback(self) -> bool:
        """Show the playback page."""
        return self.show_page("playback")

    def show_handover(self) -> bool:
        """Show the handover page."""
        return self.show_page("handover")

    def show_log(self) -> bool:
        """Show the log page."""
        return self.show_page("log")

    def show_registers(self) -> bool:
        """Show the registers page."""
        return self.show_page("registers")

    def show_figures(self) -> bool:
        """Show the alarm figures."""
        return self.show_page("figures")

    def show_system(self) -> bool:
        """Show the system page."""
        return self.show_page("system")

    def show_help(self) -> bool:
        """Show the keys; again to go back."""
        return self.step_back() if self.page == "help" else self.show_page("help")

    def show_sign_on(self) -> bool:
        """Show who is signed on, and let another person sign on."""
        return self.show_page("sign_on")

    # ---------------------------------------------------------------- what the window itself does

    def step_back(self) -> bool:
        """Undo one thing of the window: the notice, the help, the sign-on page."""
        if self.notice.step_back():
            return True
        if self.page == "help" or (self.page == "sign_on" and self.bridge.actor is not None):
            return self.show_page(self._page)
        typing = QApplication.focusWidget()
        if typing is not None and self.keys.wants_text(typing) and self.page == "watch":
            self.rest()
            return typing.objectName() != "wall.number"
        return False

    def answer_duty_check(self) -> bool:
        """Answer the duty check that is asked; False where none is."""
        return self.duty.answer()

    def pause_sound(self) -> bool:
        """Pause the alarm sound, or end the pause."""
        return self.sounder.pause()

    def lock(self) -> bool:
        """Take the keyboard from everybody; whoever is signed on stays signed on."""
        self.bridge.take_keyboard(None)
        return True

    def switch_look(self) -> bool:
        """Night or day."""
        return self.wear("day" if theme.current().dark else "night")

    def wear(self, look: str) -> bool:
        """Look "night" or "day" from now on, at this seat."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.put_on(app, look)
        icons.dress(self)
        self._kept.change(look=look)
        self.rail.retranslate()
        return True

    def switch_language(self) -> bool:
        """Chinese or English."""
        return self.speak("en" if i18n.language() != "en" else "zh_CN")

    def speak(self, language: str) -> bool:
        """Say everything in `language` from now on, at this seat."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        speak(app, language)
        self._kept.change(language=language)
        self.retranslate()
        return True

    def _may_close(self) -> bool:
        """Whether a click on the window's cross is meant: only the second one within a few seconds closes a watch."""
        now_s = self.bridge.clock.monotonic()
        meant = now_s - self._close_asked_s <= CLOSE_AGAIN_WITHIN_S
        self._close_asked_s = now_s
        if not meant:
            self.notice.say(LEAVE_THE_WATCH)
        return meant

    def _say_fault(self, event: FaultNoted) -> None:
        if event.fault.partition(":")[0] not in _SAID_ELSEWHERE:
            self.notice.say(event.sentence, "fault" if event.active else "plain")

    def _keyboard_taken(self, actor: Actor | None) -> None:
        self.rail.lock(actor is None)
        self.show_page("sign_on" if actor is None else self._page)

    def _leave_sign_on(self) -> None:
        self.show_page(self._page)

    def _alarm_chosen(self, alarm: Alarm | None) -> None:
        if alarm is not None and (self._chosen is None or self._chosen.id != alarm.id):
            self.work.bring("response")
        self._chosen = alarm
        self.banner.hold(alarm if alarm is not None and alarm.case_open else None)

    def _go_to(self, alarm: Alarm | None) -> None:
        show = getattr(self.panels.get("queue"), "show_alarm", None)
        if alarm is not None and self.show_watch() and show is not None:
            show(alarm)

    def retranslate(self) -> None:
        """Say every sentence of the window and of all panels anew."""
        self.setWindowTitle(_("{site} - Zhishou").format(site=words.said(self.bridge.site.name)))
        parts = (
            self.rail,
            self.work,
            self.registers,
            self.notice,
            self.banner,
            self.silent,
            self.record,
            self.duty,
            self.sign_on,
            self.help,
            self.keys,
        )
        for part in (*parts, *self.panels.values()):
            again = getattr(part, "retranslate", None)
            if again is not None:
                again()

    # ---------------------------------------------------------------- Qt

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.keys.press(event):
            super().keyPressEvent(event)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if event.spontaneous() and not self._may_close():
            event.ignore()
            return
        moved = [(name, splitter) for name, splitter in self._splits.items() if splitter.moved]
        sizes = {name: tuple(splitter.sizes()) for name, splitter in moved}
        self._kept.change(splits=sizes)
        super().closeEvent(event)
