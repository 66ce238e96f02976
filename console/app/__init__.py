"""Put the console together, run it, and take it apart in reverse: the only wiring.

`open_post` is the whole console without a window; `run_window` puts the window on it; `serve` runs it without one.
"""

from console.app.pictures import SNAPSHOTS_AN_ALARM
from console.app.post import Options, Post, open_post, read_ground
from console.app.window import Drive, Prepare, keep_prompt, make_bridge, run_window, serve

__all__ = [
    "SNAPSHOTS_AN_ALARM",
    "Drive",
    "Options",
    "Post",
    "Prepare",
    "keep_prompt",
    "make_bridge",
    "open_post",
    "read_ground",
    "run_window",
    "serve",
]
