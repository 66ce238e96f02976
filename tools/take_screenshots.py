"""Take the pictures of the documents from the real window on the pretend site: `python -m tools.take_screenshots`.

    python -m tools.take_screenshots [DIR] [LANGUAGE ...]

The story is played by the demonstration's own hands, once a language (zh_CN and en); some of its scenes are kept, by
night and by day. Without DIR the pictures go to docs/images, in the place of those that are there. One JSON object a
picture says what was to be seen on it.
"""

import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from tools.drawn import ROOT

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

FOLDER: Final = ROOT / "docs" / "images"
SIZE_PX: Final = (1600, 900)
COLOURS: Final = 256
SETTLE_S: Final = 1.2


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture taken when a scene of the story has been played, in some languages, each in a look."""

    name: str
    scene: str
    looks: dict[str, str]

    def file(self, language: str) -> str:
        """What the picture is called: "alarm-zh.png"."""
        return f"{self.name}-{language[:2]}.png"


SHOTS: Final = (
    Shot("sign-on", "sign-on", {"zh_CN": "night"}),
    Shot("watch", "on-watch", {"zh_CN": "night", "en": "night"}),
    Shot("alarm", "alarm", {"zh_CN": "night", "en": "night"}),
    Shot("plan", "seen", {"zh_CN": "night", "en": "day"}),
    Shot("handover", "handover-frozen", {"zh_CN": "night", "en": "day"}),
    Shot("system", "system", {"zh_CN": "day", "en": "day"}),
)
LANGUAGES: Final = ("zh_CN", "en")
SCENES_PLAYED: Final = (
    "sign-on",
    "on-watch",
    "alarm",
    "acknowledged",
    "plan",
    "seen",
    "handover-form",
    "handover-frozen",
    "system",
)
LOOK: Final = "night"


class Camera:
    """Takes the shots that belong to a scene, and says what was on each."""

    def __init__(self, folder: Path, language: str, say: Callable[[str], Any]) -> None:
        self._folder = folder
        self._language = language
        self._say = say

    def take(self, hands: Any, scene: str) -> None:
        """Show the window in the look that each shot wants, keep the pictures, and show it as it was."""
        window = hands.window
        for shot in SHOTS:
            look = shot.looks.get(self._language)
            if shot.scene != scene or look is None:
                continue
            window.wear(look)
            hands.live(SETTLE_S)
            file = self._folder / shot.file(self._language)
            file.write_bytes(small_png(window.grab()))
            self._say(json.dumps({"file": file.name, "scene": scene, "shows": shown(window)}))
            window.wear(LOOK)


def small_png(pixmap: Any) -> bytes:
    """The picture as a PNG of 256 colours, a quarter of the size.

    The palette covers the rare colours first, because here they are the ones that mean something.
    """
    from PIL import Image
    from PySide6.QtGui import QImage

    image = pixmap.toImage().convertToFormat(QImage.Format.Format_RGB888)
    stride = image.bytesPerLine()
    picture = Image.frombuffer(
        "RGB", (image.width(), image.height()), bytes(image.constBits()), "raw", "RGB", stride, 1
    )
    out = io.BytesIO()
    few = picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, kmeans=4, dither=Image.Dither.FLOYDSTEINBERG)
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


def shown(window: Any) -> dict[str, list[int]]:
    """The place of everything that can be seen, by name: panels, and the sign-on page."""
    from PySide6.QtCore import QPoint

    seen = {}
    for widget in (*window.panels.values(), window.sign_on):
        if widget.isVisible():
            corner = widget.mapTo(window, QPoint(0, 0))
            seen[widget.objectName()] = [corner.x(), corner.y(), widget.width(), widget.height()]
    return seen


def _scenes(camera: Camera) -> list[Any]:
    from PySide6.QtCore import Qt

    from console.demo.tour.scenes import SCENES, Scene
    from console.models.text import Text

    def system(hands: Any, _stage: Any) -> None:
        hands.key(Qt.Key.Key_7, Qt.KeyboardModifier.ControlModifier)
        hands.see("system", Text("系统页", "the system page"))
        hands.live(SETTLE_S)

    known = {scene.name: scene for scene in (*SCENES, Scene("system", Text("系统", "the system page"), system))}

    def with_shots(scene: Any) -> Any:
        def play(hands: Any, stage: Any) -> None:
            scene.play(hands, stage)
            camera.take(hands, scene.name)

        return replace(scene, play=play)

    return [with_shots(known[name]) for name in SCENES_PLAYED]


def take(folder: Path, language: str, say: Callable[[str], Any]) -> int:
    """Play the story in one language and keep its pictures in `folder`; gives the exit code."""
    from console import app, demonstration
    from console.demo.tour import Tour

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="zhishou-shots-") as place:
        options = app.Options(
            site_dir=demonstration.demo_site(), data_dir=Path(place, "data"), language=language, look=LOOK
        )
        tour = Tour(
            Path(place, "tour"),
            language,
            data_dir=options.data_dir,
            size_px=SIZE_PX,
            scenes=_scenes(Camera(folder, language, say)),
            say=lambda line: sys.stderr.write(line + "\n"),
        )
        return app.run_window(options, prepare=demonstration.pretend_site, drive=tour.play)


def main(arguments: list[str]) -> int:
    """Take all pictures; each language in a process of its own, for there is one application a process."""
    folder = Path(arguments[0]) if arguments else FOLDER
    languages = arguments[1:] or LANGUAGES
    if len(languages) == 1:
        return take(folder, languages[0], lambda line: print(line, flush=True))
    codes = [
        subprocess.run([sys.executable, "-m", "tools.take_screenshots", str(folder), language], check=False).returncode
        for language in languages
    ]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
