"""What OpenCV alone costs of a wall, without a console: `python -m bench.opencv CLIP CAMERAS WIDTH HEIGHT`.

A thread a camera plays the clip at its own pace, converts each picture to BGR and scales it to the tile's size in one
memory for all; nothing is judged, kept, handed on or shown. No console that decodes with OpenCV gets below it.
"""

import os
import sys
import threading
import time
from pathlib import Path

from bench.ground import RATE
from console.video.crew import worker_environment


def command(clip: Path, cameras: int, tile: tuple[int, int]) -> list[str]:
    """The command line that does this until it is ended."""
    return [sys.executable, "-m", "bench.opencv", str(clip), str(cameras), str(tile[0]), str(tile[1])]


def _play(clip: str, size: tuple[int, int], turn: threading.Lock, after_s: float) -> None:
    import numpy as np

    from bench.ground import FRAME
    from console.video.cv import cv2
    from console.video.frames import thinned

    time.sleep(after_s)
    frame, small = np.empty((FRAME[1], FRAME[0], 3), np.uint8), np.empty((size[1], size[0], 3), np.uint8)
    tile = np.empty((size[1], size[0], 4), np.uint8)
    due_s = time.monotonic()
    while True:
        capture = cv2.VideoCapture(clip, cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
        while capture.grab():
            due_s += 1 / RATE
            time.sleep(max(0.0, due_s - time.monotonic()))
            with turn:
                capture.retrieve(frame)
                cv2.resize(thinned(frame, size[1]), size, dst=small, interpolation=cv2.INTER_LINEAR)
                cv2.cvtColor(small, cv2.COLOR_BGR2BGRA, dst=tile)


def main() -> None:
    """Play until ended."""
    if "OPENCV_FFMPEG_IS_THREAD_SAFE" not in os.environ:  # read once, as OpenCV is loaded
        os.execve(sys.executable, [sys.executable, "-m", "bench.opencv", *sys.argv[1:]], worker_environment(""))
    from console.video.cv import hurry

    hurry()
    clip, cameras, width, height = sys.argv[1], *(int(word) for word in sys.argv[2:5])
    turn = threading.Lock()
    for number in range(cameras):
        threading.Thread(target=_play, args=(clip, (width, height), turn, number * 0.01), daemon=True).start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
