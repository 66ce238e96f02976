"""Files played by the decoder that the console uses."""

from pathlib import Path


def frames_of(path: Path) -> int:
    """How many pictures of a file can be decoded."""
    from console.video.cv import cv2

    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    try:
        number = 0
        while capture.grab():
            number += 1
        return number
    finally:
        capture.release()
