"""Begin the screen: the application with its look and its language, and the one window on it."""

import gc
import os
import sys
from typing import TYPE_CHECKING

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from console.models.text import Text
from console.services import faults
from console.views import icons, preferences, theme
from console.views.announcer import Engine
from console.views.collecting import collect_here
from console.views.main_window import MainWindow
from console.views.refusal import RefusalPage
from console.views.sounder import Speaker
from console.views.speech import speak

if TYPE_CHECKING:
    from console.bridge import Bridge


def make_application(language: str, look: str) -> QApplication:
    """Make the application; `language` "zh_CN" or "en" and `look` "night" or "day" hold until the window opens."""
    # The wheel of Qt has no fcitx plugin; fcitx speaks the protocol of ibus, so Chinese can be typed by way of that.
    if "fcitx" in os.environ.get("XMODIFIERS", "") + os.environ.get("QT_IM_MODULE", ""):
        os.environ["QT_IM_MODULE"] = "ibus"
    app = QApplication(sys.argv[:1])
    app.setApplicationName("zhishou")
    app.setApplicationDisplayName("值守台")
    app.setDesktopFileName("zhishou")
    theme.put_on(app, look)
    speak(app, language)
    app.setWindowIcon(QIcon(icons.pixmap("shield-check", 64, "focus.ring")))
    return app


def make_window(bridge: "Bridge") -> MainWindow:
    """Make the window in the look and the language that this seat last chose, with the machine's loudspeaker.

    On the offscreen platform, where nobody sits, there is no loudspeaker either.
    """
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    kept = preferences.shared(bridge, bridge.surroundings.data_dir)
    if kept.there:
        theme.put_on(app, kept.now.look)
        speak(app, kept.now.language)
    else:
        from console import i18n

        kept.change(look=theme.current().name, language=i18n.language())
    speaker = None if app.platformName() == "offscreen" else Speaker()
    voice = Engine() if speaker is not None else None
    gc.disable()  # until the window collects by itself
    window = MainWindow(bridge, speaker, voice)
    collect_here(window)
    # Where nobody manages windows (a bare X screen of a kiosk), maximising does nothing: fill the screen from the start.
    window.resize(app.primaryScreen().availableSize())
    if speaker is not None:
        speaker.setParent(window)
    if voice is not None:
        voice.setParent(window)
    _note_missing_fonts(bridge, window)
    return window


def say_why_not(application: QApplication, why: Text) -> RefusalPage | None:
    """Show why the console cannot begin, in a window that stays while it is held; None where nobody sits."""
    if application.platformName() == "offscreen":
        return None
    page = RefusalPage(why)
    page.show()
    return page


def _note_missing_fonts(bridge: "Bridge", window: MainWindow) -> None:
    missing = theme.load_fonts()
    if missing:
        words = Text(
            zh=f"缺少字体文件 {'、'.join(missing)}，暂用系统字体，个别汉字可能无法显示。请重新安装。",
            en=f"Font files are missing ({', '.join(missing)}); the system's own are used. Install the console anew.",
        )
        bridge.do(faults.note, "font", words)
        window.notice.say(words)
