"""Work out the light of the scenes that are shipped, and lay it beside them.

    python tools/light_scenes.py [NAME ...]

To be run after a scene or anything in `console/video/scenery` that draws the still picture was
changed; `tests/video/scenery/test_lit.py` tells when it was forgotten.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from console import resources
from console.video.scenery import lit, script


def main(names: list[str]) -> None:
    """Light the scenes of these names, or all."""
    font = resources.path("fonts/NotoSansSC-Regular.ttf")
    for path in sorted(resources.path("demo/scenes").glob("*.yaml")):
        if names and path.stem not in names:
            continue
        packed = lit.pack(lit.light(script.read(path), font), lit.mark(path))
        path.with_suffix(lit.SUFFIX).write_bytes(packed)
        print(f"{path.stem}: {len(packed) // 1024} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
