"""A picture as a JPEG file: stills, thumbnails, replay, and what goes into a package."""

from console.video.cv import cv2
from console.video.frames import Frame


def jpeg_of(frame: Frame, quality: int) -> bytes:
    """The file, `quality` of 100; nothing where the picture cannot be compressed."""
    done, content = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return content.tobytes() if done else b""
