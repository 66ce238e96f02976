"""The window on a running post, or none."""

import gc
import logging
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING

from console import log
from console.app.points import points_desk
from console.app.post import Options, Post, open_post
from console.models.errors import ConsoleError
from console.video.playback.player import Player

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QMainWindow

    from console.bridge import Bridge, DemoAccount

Prepare = Callable[[Post], "AbstractContextManager[tuple[DemoAccount, ...]]"]
Drive = Callable[["QMainWindow"], int]

_log = logging.getLogger(__name__)

# Threads that compute hand over to one another this often. At Python's five the window, which paints in many short
# steps, waits up to five at each while alarms are committed and lines are told (measured: the bench of a burst).
_SWITCH_S = 0.001


def run_window(options: Options, *, prepare: Prepare | None = None, drive: Drive | None = None) -> int:
    """Run with the window until it is closed, or until `drive` has done with it; gives the exit code.

    `prepare` may set up and keep a pretend site going beside it. `drive` plays on the window in the place of a person.
    """
    from console.views.start import make_application, say_why_not

    application = make_application(options.language, options.look)
    try:
        return _run_window(application, options, prepare, drive)
    except ConsoleError as error:
        # Started by an icon there is no terminal to read: the sentence stands on the screen until it is closed.
        page = say_why_not(application, error.text)
        if page is not None:
            application.exec()
        raise


def _run_window(application: "QApplication", options: Options, prepare: Prepare | None, drive: Drive | None) -> int:
    from console.views.leaving import when_asked
    from console.views.start import make_window

    with ExitStack() as stack:
        post = stack.enter_context(open_post(options))
        accounts = stack.enter_context(prepare(post)) if prepare is not None else ()
        player = stack.enter_context(Player(post.desk.clock.monotonic))
        bridge = make_bridge(post, accounts, player)
        stack.callback(bridge.close)
        stack.enter_context(log.unforeseen(bridge.broken.emit))
        window = make_window(bridge)
        stack.callback(window.close)
        if drive is not None:
            return drive(window)
        stack.enter_context(when_asked(application.quit))
        keep_prompt()
        if options.full_screen:
            window.showFullScreen()
        else:
            window.showMaximized()
        return application.exec()


def keep_prompt() -> None:
    """Keep a process with a window prompt; called once, when everything has been put together.

    What was made until now stays for good: the garbage collector need not look at it again, which would stop every
    thread for a tenth of a second in the middle of a burst.
    """
    sys.setswitchinterval(_SWITCH_S)
    gc.collect()
    gc.freeze()


def make_bridge(post: Post, accounts: "tuple[DemoAccount, ...]" = (), player: Player | None = None) -> "Bridge":
    """The bridge of a post, for the window that is about to open."""
    from console.bridge import Bridge, Surroundings

    surroundings = Surroundings(
        feed=post.video,
        seat=post.options.seat,
        site_dir=post.options.site_dir,
        data_dir=post.folder.root,
        take_snapshot=post.take_snapshot,
        keep_picture=post.keep_picture,
        print_report=post.print_report,
        demo_accounts=accounts,
        inputs=post.inputs.inputs() if post.inputs is not None else None,
        ptz=post.onvif.steering if post.onvif is not None else None,
        devices=post.onvif,
        exports=post.exports,
        masks=post.masks,
        recording=post.recording,
        player=player,
        tuning=post.tuning,
        points=points_desk(post.desk, post.options.site_dir, post.helpers),
    )
    return Bridge(post.desk, surroundings)


def serve(options: Options, wait: Callable[[], None]) -> int:
    """Run without a window until `wait` returns."""
    with open_post(options) as post:
        _log.info("serving %s without a window, data in %s", post.site.id, post.folder.root)
        wait()
    return 0
