"""Rules tuned and drawn at the live picture: what one sees, what another setting would have done, and putting it in force."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QSlider,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from console.i18n import N_, _
from console.models.errors import ConsoleError
from console.models.events import SettingChanged
from console.models.ids import CameraId, PointId
from console.models.people import Right
from console.models.pictures import RuleTuning, RuleWorking
from console.models.rules import Direction, Rule, RuleKind, RuleWhen
from console.models.settings import seconds_of
from console.models.tuning import RULE, chosen_of, key_of
from console.views import lookers, words
from console.views.build import bar, button, choices, column, label, named, row
from console.views.panels.system.tune_compare import ComparePart
from console.views.panels.system.tune_hours import HoursPart
from console.views.panels.system.tune_picture import TunePicture
from console.views.panels.system.tune_says import state_of, working_of
from console.views.rights import may

if TYPE_CHECKING:
    from console.bridge import Bridge

WATCH_AFTER_MS: Final = 300
STEPS: Final = 200
# Field of the rule, its name, lowest, highest, shown times, unit.
NUMBERS: Final = (
    ("sensitivity", N_("Sensitivity"), 0.0, 1.0, 100.0, "%"),
    ("min_s", N_("Must be seen for"), 0.0, 120.0, 1.0, "s"),
    ("clear_s", N_("Over after"), 0.5, 60.0, 1.0, "s"),
    ("min_area", N_("Smallest size"), 0.0, 0.3, 100.0, "%"),
    ("max_area", N_("Largest size"), 0.01, 1.0, 100.0, "%"),
    ("capacity", N_("People allowed"), 0.0, 200.0, 1.0, ""),
)  # fmt: skip
_CURVE: Final = 2.0  # small values are set finely


class TuneTab(QWidget):
    """Looking is for everybody, changing for who may tune rules. The rule is judged live only while this is seen.

    `new` is the rule that is being drawn: it is tried like any other, and in force when it is on record.
    """

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._cameras = {one.id: one for one in bridge.site.cameras}
        self.tried: Rule | None = None
        self.new: Rule | None = None
        self._camera: CameraId | None = None
        self._watching: CameraId | None = None
        self._build()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(WATCH_AFTER_MS)
        self._soon.timeout.connect(self._watch)
        bridge.on(RuleWorking, self._hear)
        bridge.on(SettingChanged, self._changed)
        bridge.actor_changed.connect(lambda _actor: self._allow())
        self.retranslate()

    def _build(self) -> None:
        self._title = label("system.tune_title", "heading")
        self._which_camera = choices("system.tune_camera", 14)
        self._which_rule = choices("system.tune_rule", 14)
        self._which_camera.currentIndexChanged.connect(lambda _at: self._choose_camera())
        self._which_rule.currentIndexChanged.connect(lambda _at: self._choose_rule())
        self._draw = button("system.tune_new", self.draw_new, icon="plus")
        self._kinds = named(QComboBox(), "system.tune_kind")
        self._whens = named(QComboBox(), "system.tune_when")
        self._ways = named(QComboBox(), "system.tune_direction")
        self._kinds.currentIndexChanged.connect(lambda at: self._change(kind=tuple(RuleKind)[at]))
        self._whens.currentIndexChanged.connect(lambda at: self._change(when=tuple(RuleWhen)[at]))
        self._ways.currentIndexChanged.connect(lambda at: self._change(direction=tuple(Direction)[at]))
        self._name = named(QLineEdit(), "system.tune_name")
        self._name.setMaxLength(32)
        self._name.textEdited.connect(self._call)
        self._points = choices("system.tune_point")
        self._points.activated.connect(lambda _at: self._change(point=PointId(self._points.currentData())))
        self._in_use = named(QCheckBox(), "system.tune_enabled")
        self._in_use.clicked.connect(lambda on: self._change(enabled=on))
        self._names: dict[str, QLabel] = {}
        self._sliders: dict[str, QSlider] = {}
        self._boxes: dict[str, QDoubleSpinBox] = {}
        self._reason = named(QLineEdit(), "system.tune_reason")
        self._reason.setMaxLength(500)
        self._reason.textChanged.connect(lambda _text: self._allow())
        self._apply = button("system.tune_apply", self.apply, "main")
        self._undo = button("system.tune_undo", self.undo)
        self._back = button("system.tune_back", self.give_back)
        self._says = label("system.tune_says", "warning", wraps=True)
        self._says.hide()
        self._state = label("system.tune_state", "dim", wraps=True)
        form = named(QFrame(), "system.tune_form", "card")
        form.setFixedWidth(372)
        form.setLayout(column(self._form(), self._state, 1, self._says, self._reason, row(self._apply, self._undo, 1),
                              row(self._back, 1), margins=(16, 12, 16, 12)))  # fmt: skip
        body = row(self._picture_side(), form)
        body.setStretch(0, 1)
        head = bar("system.tune_bar", self._title, self._which_camera, self._which_rule, self._draw, 1)
        whole = column(head, body)
        whole.setSpacing(0)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def _picture_side(self) -> QVBoxLayout:
        bridge = self._bridge
        looker = lookers.shared(bridge, bridge.feed).looker()
        stale_s = seconds_of(bridge.settings, "video.stale_s")
        self.picture = TunePicture(looker, bridge.clock, words.zone_or_utc(bridge.site), self._cameras, stale_s)
        self.picture.reshaped.connect(lambda zone: self._change(zone=zone))
        self.picture.drawn.connect(self._show)
        self.picture.given_up.connect(self.undo)
        self._score = named(QProgressBar(), "system.tune_score")
        self._score.setRange(0, 100)
        self._score.setTextVisible(False)
        self._score.setMaximumHeight(8)
        self._counts = label("system.tune_counts", shrinks=True)
        self._counts.setContentsMargins(8, 0, 0, 0)
        self.compared = ComparePart(bridge, self._both)
        self.hours = HoursPart(bridge)
        self.hours.changed.connect(lambda hours: self._change(hours=hours))
        self._below = named(QTabWidget(), "system.tune_below")
        self._below.setDocumentMode(True)
        self._below.tabBar().setDrawBase(False)
        for part in (self.compared, self.hours):
            self._below.addTab(part, "")
        left = column(self.picture, self._score, self._counts, self._below)
        left.setStretch(0, 3)
        left.setStretch(3, 2)
        left.setSpacing(2)
        return left

    def _form(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(6)
        rows = (("name", self._name), ("point", self._points), ("enabled", self._in_use), ("kind", self._kinds),
                ("when", self._whens), ("direction", self._ways))  # fmt: skip
        for at, (name, widget) in enumerate(rows):
            self._names[name] = label(f"system.tune_{name}_name")
            grid.addWidget(self._names[name], at, 0)
            grid.addWidget(widget, at, 1, 1, 2)
        for at, (name, _title, low, high, times, unit) in enumerate(NUMBERS, start=len(rows)):
            self._names[name] = label(f"system.tune_{name}_name")
            slider = self._sliders[name] = named(QSlider(Qt.Orientation.Horizontal), f"system.tune_{name}")
            slider.setRange(0, STEPS)
            box = self._boxes[name] = named(QDoubleSpinBox(), f"system.tune_{name}_number", "number")
            box.setRange(low * times, high * times)
            box.setDecimals(0 if name in ("sensitivity", "capacity") else 1 if unit == "s" else 2)
            box.setSuffix(f" {unit}" if unit else "")
            box.setFixedWidth(96)
            box.lineEdit().setTextMargins(8, 0, 8, 0)
            box.setKeyboardTracking(False)
            slider.valueChanged.connect(lambda value, name=name: self._slid(name, value))
            box.valueChanged.connect(lambda value, name=name: self._typed(name, value))
            grid.addWidget(self._names[name], at, 0)
            grid.addWidget(slider, at, 1)
            grid.addWidget(box, at, 2)
        grid.setColumnStretch(1, 1)
        return grid

    # ---------------------------------------------------------------- which rule

    def _rules(self) -> tuple[Rule, ...]:
        return next((one.rules for one in self._bridge.site.cameras if one.id == self._camera), ())

    def in_force(self) -> Rule | None:
        """The chosen rule as it is in force."""
        chosen = self._which_rule.currentData()
        return next((one for one in self._rules() if one.id == chosen), None)

    def _of_site(self) -> Rule | None:
        tuning, rule = self._bridge.surroundings.tuning, self.in_force()
        if tuning is None or rule is None or self._camera is None:
            return rule
        return next((one for one in tuning.of_site(self._camera) if one.id == rule.id), None)

    def _both(self) -> tuple[CameraId, Rule, Rule] | None:
        old = self.in_force()
        if self.new is not None and self.tried is not None:
            old = replace(self.tried, enabled=False)  # what a rule that is not there would have made of it
        if self._camera is None or old is None or self.tried is None:
            return None
        return self._camera, old, self.tried

    def choose(self, camera: CameraId, rule: str) -> None:
        """Show this rule."""
        self._which_camera.setCurrentIndex(self._which_camera.findData(camera))
        self._which_rule.setCurrentIndex(self._which_rule.findData(rule))

    def _choose_camera(self) -> None:
        camera = self._which_camera.currentData()
        self._camera = CameraId(camera) if camera else None
        self._give_up()
        with QSignalBlocker(self._which_rule):
            self._which_rule.clear()
            for rule in self._rules():
                self._which_rule.addItem(f"{rule.id} · {words.term(rule.kind)}", rule.id)
        self.picture.show_camera(self._camera)
        self._choose_rule()

    def _choose_rule(self) -> None:
        self._says.hide()
        if self._which_rule.currentData() or self.new is None:
            self._give_up()
            self._try(self.in_force())

    # ---------------------------------------------------------------- a rule of one's own

    def draw_new(self) -> None:
        """Begin a new rule of the camera: its zone is drawn next, corner by corner."""
        points = self._points_here()
        if self._camera is None or not self._may() or not points:
            return
        self._give_up()
        known = {one.id for one in self._rules()}
        name = next(f"{RuleKind.INTRUSION}-{n}" for n in range(1, 1000) if f"{RuleKind.INTRUSION}-{n}" not in known)
        self.new = Rule(id=name, point=points[0], zone=())
        with QSignalBlocker(self._which_rule):
            self._which_rule.addItem(_("New rule"), "")
            self._which_rule.setCurrentIndex(self._which_rule.count() - 1)
        self._says.hide()
        self.picture.draw(True)
        self._try(self.new)
        self.picture.setFocus(Qt.FocusReason.OtherFocusReason)

    def _give_up(self) -> None:
        """What was drawn and not put in force is gone."""
        self.picture.draw(False)
        if self.new is None:
            return
        self.new = None
        with QSignalBlocker(self._which_rule):
            self._which_rule.removeItem(self._which_rule.findData(""))

    def _call(self, name: str) -> None:
        self._change(id=name.strip())

    def _points_here(self) -> tuple[PointId, ...]:
        """The site's points, first those of the camera and of its rules."""
        own = {one.point for one in self._rules()}
        points = sorted(self._bridge.site.points, key=lambda one: (one.id not in own, self._camera not in one.cameras))
        return tuple(one.id for one in points)

    # ---------------------------------------------------------------- changing it

    def _try(self, rule: Rule | None) -> None:
        self.tried = rule
        overlay = RuleTuning(camera=self._camera, tried=rule) if rule is not None and self._camera is not None else None
        self.picture.show_overlay(overlay)
        self.compared.forget()
        self._show()
        self._soon.start()

    def _change(self, **fields: Any) -> None:
        if self.tried is not None and self._may():
            self._try(replace(self.tried, **fields))

    def _slid(self, name: str, value: int) -> None:
        low, high = next((low, high) for known, _t, low, high, _times, _u in NUMBERS if known == name)
        share = value / STEPS
        found = low + (high - low) * (share if name == "sensitivity" else share**_CURVE)
        self._change(**{name: round(found) if name == "capacity" else round(found, 4)})

    def _typed(self, name: str, value: float) -> None:
        times = next(times for known, _t, _l, _h, times, _u in NUMBERS if known == name)
        self._change(**{name: round(value) if name == "capacity" else round(value / times, 4)})

    def undo(self) -> None:
        """Back to what is in force; a new rule is given up."""
        self._give_up()
        self._choose_rule()

    def apply(self) -> None:
        """Put what was tried in force, with its reason."""
        tuning, actor = self._bridge.surroundings.tuning, self._bridge.actor
        if tuning is None or actor is None or self.tried is None or self._camera is None:
            return
        if self.picture.drawing and not self.picture.end_drawing():
            return
        put = tuning.apply if self.new is None else tuning.draw
        asked = put(self._camera, self.tried, self._reason.text(), by=actor)
        self._bridge.attend(asked, lambda _done: self._applied(), self._refused)

    def give_back(self) -> None:
        """Let the site folder decide again."""
        tuning, actor, rule = self._bridge.surroundings.tuning, self._bridge.actor, self.in_force()
        if tuning is None or actor is None or rule is None or self._camera is None:
            return
        asked = tuning.give_back(self._camera, rule.id, self._reason.text(), by=actor)
        self._bridge.attend(asked, lambda _done: self._applied(), self._refused)

    def _applied(self) -> None:
        self._reason.clear()
        self._says.hide()

    def _refused(self, error: ConsoleError) -> None:
        self._says.setText(words.said(error.text))
        self._says.show()

    def _changed(self, event: SettingChanged) -> None:
        """Somebody put a rule in force: what stands here is compared with that from now on."""
        if event.key.startswith(RULE):
            QTimer.singleShot(0, self, partial(self._refill, event.key))

    def _refill(self, key: str) -> None:
        if self._camera is None or (self.new is not None and self.tried is not None and key != key_of(self._camera, self.tried.id)):
            return  # another rule, while one is being drawn here
        mine = next((one.id for one in self._rules() if key_of(self._camera, one.id) == key), None)
        kept = mine or self._which_rule.currentData()
        self._choose_camera()
        self._which_rule.setCurrentIndex(max(0, self._which_rule.findData(kept)))
        self._choose_rule()

    # ---------------------------------------------------------------- live

    def _watch(self) -> None:
        tuning = self._bridge.surroundings.tuning
        if tuning is None:
            return
        wanted = self._camera if self.isVisible() and self.tried is not None else None
        if self._watching is not None and self._watching != wanted:
            tuning.watch(self._watching, None)
        if wanted is not None:
            tuning.watch(wanted, self.tried)
        self._watching = wanted

    def _hear(self, working: RuleWorking) -> None:
        overlay = self.picture.overlay
        if overlay is None or not self.isVisible():
            return
        heard = overlay.heard(working)
        if heard is not overlay:
            self.picture.show_overlay(heard)
            self._show_working(heard)

    def _show_working(self, overlay: RuleTuning | None) -> None:
        share, said = working_of(overlay)
        self._score.setValue(round(100 * share))
        self._counts.setText(said)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._soon.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._soon.stop()
        self._watch()

    # ---------------------------------------------------------------- showing

    def _may(self) -> bool:
        return self._bridge.surroundings.tuning is not None and may(self._bridge.actor, Right.TUNE_RULES)

    def _show(self) -> None:
        rule = self.tried
        with_rule = rule is not None
        blocked = [QSignalBlocker(one) for one in (self._kinds, self._whens, self._ways, *self._sliders.values(), *self._boxes.values())]
        self._show_who(rule)
        if rule is not None:
            self._kinds.setCurrentIndex(tuple(RuleKind).index(rule.kind))
            self._whens.setCurrentIndex(tuple(RuleWhen).index(rule.when))
            self._ways.setCurrentIndex(tuple(Direction).index(rule.direction))
            for name, _title, low, high, times, _unit in NUMBERS:
                value = float(getattr(rule, name))
                share = min(1.0, max(0.0, (value - low) / (high - low)))
                self._sliders[name].setValue(round(STEPS * (share if name == "sensitivity" else share ** (1 / _CURVE))))
                self._boxes[name].setValue(value * times)
        for one in blocked:
            one.unblock()
        for widget in (self._ways, self._names["direction"]):
            widget.setVisible(with_rule and rule is not None and rule.kind is RuleKind.LINE)
        for part in (self._sliders["capacity"], self._boxes["capacity"], self._names["capacity"]):
            part.setVisible(rule is not None and rule.kind is RuleKind.CROWD)
        self._show_state()
        self._show_working(self.picture.overlay)
        self._allow()

    def _show_who(self, rule: Rule | None) -> None:
        """What a rule is called, what it raises and whether it is in use."""
        for widget in (self._name, self._names["name"]):
            widget.setVisible(self.new is not None)
        if rule is not None and self._name.text() != rule.id:
            self._name.setText(rule.id)
        called = {one.id: words.said(one.name) for one in self._bridge.site.points}
        wanted = self._points_here() if self.new is not None else (rule.point,) if rule is not None else ()
        if [self._points.itemData(at) for at in range(self._points.count())] != list(wanted):
            self._points.clear()
            for point in wanted:
                self._points.addItem(f"{called.get(point, '')}  {point}".strip(), point)
        self._points.setCurrentIndex(self._points.findData(rule.point) if rule is not None else -1)
        self._in_use.setChecked(rule is not None and rule.enabled)

    def _show_state(self) -> None:
        said = state_of(self.tried, self.in_force(), self._of_site(), drawing=self.picture.drawing, is_new=self.new is not None)
        self._state.setText(said if self._camera else "")

    def _allow(self) -> None:
        allowed, rule, in_force, folder = self._may(), self.tried, self.in_force(), self._of_site()
        self.picture.may_change = allowed and rule is not None
        self.hours.show_rule(rule, may=allowed)
        for widget in (self._kinds, self._whens, self._ways, *self._sliders.values(), *self._boxes.values(), self._reason,
                       self._in_use):  # fmt: skip
            widget.setEnabled(allowed and rule is not None)
        self._points.setEnabled(allowed and self.new is not None)
        self._draw.setEnabled(allowed and self._camera is not None and self.new is None)
        why = bool(self._reason.text().strip())
        another = rule is not None and (self.new is not None or (in_force is not None and chosen_of(rule) != chosen_of(in_force)))
        drawn = in_force is not None and folder is None
        given = in_force is not None and (folder is None or chosen_of(in_force) != chosen_of(folder))
        self._back.setText(_("Delete the rule") if drawn else _("Back to the site folder"))
        self._apply.setEnabled(allowed and another and why)
        self._undo.setEnabled(another)
        self._back.setEnabled(allowed and given and why)
        self.picture.update()

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("Tune a rule"))
        self._draw.setText(_("New rule"))
        self._in_use.setText(_("In use"))
        for at, title in enumerate((_("What would have changed"), _("Weekly hours"))):
            self._below.setTabText(at, title)
        names = {"kind": _("Looks for"), "when": _("Counts"), "direction": _("Direction"), "name": _("Name of the rule"),
                 "point": _("Raises"), "enabled": ""}  # fmt: skip
        names |= {name: _(title) for name, title, *_rest in NUMBERS}
        for name, text in names.items():
            self._names[name].setText(text)
        for combo, kind, name in (
            (self._kinds, RuleKind, "kind"), (self._whens, RuleWhen, "when"), (self._ways, Direction, "direction"),
        ):  # fmt: skip
            with QSignalBlocker(combo):
                combo.clear()
                combo.addItems([words.term(one) for one in kind])
            combo.setAccessibleName(names[name])
        for name, *_rest in NUMBERS:
            self._sliders[name].setAccessibleName(names[name])
            self._boxes[name].setAccessibleName(names[name])
        self._reason.setPlaceholderText(_("Why? It goes into the journal"))
        self._reason.setAccessibleName(_("Reason for the change"))
        self._apply.setText(_("Put in force"))
        self._undo.setText(_("Undo"))
        self._name.setAccessibleName(names["name"])
        self._points.setAccessibleName(names["point"])
        self.hours.retranslate()
        self._which_camera.setAccessibleName(_("Camera"))
        self._which_rule.setAccessibleName(_("Rule"))
        self.picture.setAccessibleName(
            _("Zone on the picture: Page Up and Page Down choose a corner, arrows move it, Insert adds, Delete removes")
        )
        self.picture.setToolTip(self.picture.accessibleName())
        self.compared.retranslate()
        self._fill_cameras()

    def _fill_cameras(self) -> None:
        if self.new is not None:
            return  # a rule is being drawn; the list says its words anew when it is chosen again
        chosen, rule = self._camera, self._which_rule.currentData()
        ruled = sorted(self._bridge.site.cameras, key=lambda one: (not one.rules, one.number))
        with QSignalBlocker(self._which_camera):
            self._which_camera.clear()
            for camera in ruled:
                self._which_camera.addItem(f"{camera.number:02d} {words.said(camera.name)}", camera.id)
            self._which_camera.setCurrentIndex(max(0, self._which_camera.findData(chosen)))
        tried = self.tried
        self._choose_camera()
        if rule is not None:
            self._which_rule.setCurrentIndex(max(0, self._which_rule.findData(rule)))
        if tried is not None:
            self._try(tried)
