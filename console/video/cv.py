"""OpenCV, imported in this one module and only in worker processes.

On Linux the wheel points Qt at plug-ins of its own (`QT_QPA_PLATFORM_PLUGIN_PATH`) as it is
imported, which would break every Qt program that this process might start: what the import set is
put back as it was. The variables that the library reads once are set by `crew.worker_environment`
before the process begins.
"""

import os

_before = {name: value for name, value in os.environ.items() if name.startswith("QT_QPA_")}

import cv2  # noqa: E402 - after the look at what it is about to change

for _name in [name for name in os.environ if name.startswith("QT_QPA_")]:
    if _name in _before:
        os.environ[_name] = _before[_name]
    else:
        del os.environ[_name]

cv2.setNumThreads(1)
cv2.ocl.setUseOpenCL(False)

__all__ = ["cv2", "hurry"]


def hurry() -> None:
    """Let Intel's library scale pictures of this process, at 0.11 ms a tile instead of 0.24; one bit may be rounded otherwise."""
    cv2.ipp.setUseIPP_NotExact(True)
