"""Save what is typed while it is typed, so that a power cut costs a fifth of a second and never a sentence."""

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from console.models.ids import HandoverId
from console.services import handover

if TYPE_CHECKING:
    from console.bridge import Bridge

PAUSE_MS: Final = 200


class Saver(QObject):
    """Collects what changed of one handover. Words go to disk when the hand rests, and on record when a field is left.

    `kept` says that words are on disk of which no event tells.
    """

    kept = Signal()

    def __init__(self, bridge: "Bridge", parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.handover: HandoverId | None = None
        self._typed: dict[str, Any] = {}
        self._to_record: set[str] = set()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(PAUSE_MS)
        self._rest.timeout.connect(self.flush)

    def type(self, name: str, value: Any) -> None:
        """A field has these words now."""
        self._typed[name] = value
        self._to_record.add(name)
        self._rest.start()

    def leave(self, name: str, value: Any) -> None:
        """A field is left: its words go on record, if there are new ones."""
        if name in self._to_record:
            self._to_record.discard(name)
            self._typed.pop(name, None)
            self._send(typing=False, **{name: value})

    def put(self, **fields: Any) -> None:
        """Something was decided at once: a count, a tick."""
        self.flush()
        self._send(typing=False, **fields)

    def flush(self) -> None:
        """Send what is waiting now."""
        self._rest.stop()
        fields, self._typed = self._typed, {}
        if fields:
            self._send(typing=True, **fields)

    @property
    def waiting(self) -> bool:
        """Whether something was typed that has not been sent."""
        return bool(self._typed)

    def _send(self, *, typing: bool, **fields: Any) -> None:
        if self.handover is None or self._bridge.actor is None:
            return
        notes = {name.removeprefix("note/"): fields.pop(name) for name in tuple(fields) if name.startswith("note/")}
        self._bridge.do(
            handover.fill,
            self.handover,
            typing=typing,
            notes=notes,
            by=self._bridge.actor,
            then=(lambda _handover: self.kept.emit()) if typing else None,
            **fields,
        )
