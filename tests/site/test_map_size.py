"""How large a drawing is, from its first bytes."""

import struct
from pathlib import Path

import pytest

from console.map_size import read_size, size_of

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">II", 640, 480) + b"\x08\x02\x00\x00\x00"


def jpeg(width: int, height: int) -> bytes:
    """The head of a JPEG: application data, a quantisation table, then the frame."""
    app = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\x00" + bytes(9)
    table = b"\xff\xdb" + struct.pack(">H", 67) + bytes(65)
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3) + bytes(9)
    return b"\xff\xd8" + app + table + frame


@pytest.mark.parametrize(
    ("head", "size"),
    [
        (PNG, (640.0, 480.0)),
        (PNG[:20], None),
        (jpeg(1600, 1000), (1600.0, 1000.0)),
        (b"\xff\xd8\xff\xe0", None),
        (b'<svg width="10" height="20">', (10.0, 20.0)),
        (b'<?xml version="1.0"?>\n<!-- <p> -->\n<svg\n viewBox="0 0 300,150.5"\n width="9cm">', (300.0, 150.5)),
        (b'<svg viewBox="0 0 a b">', None),
        (b'<svg viewBox="5 0 10 10">', None),
        (b'<svg viewBox="0 0 0 10">', None),
        (b'<svg width="100%" height="20">', None),
        (b'<svg width="1.2.3" height="20">', None),
        (b"<html></html>", None),
        (b"", None),
    ],
)
def test_that_the_size_is_read_from_the_head(head: bytes, size: tuple[float, float] | None) -> None:
    assert size_of(head) == size


def test_that_qt_draws_the_shipped_maps_in_the_same_pixels(qapp) -> None:
    from PySide6.QtSvg import QSvgRenderer

    from console import resources

    maps = sorted(resources.path("demo/site/maps").glob("*.svg"))
    assert maps
    for file in maps:
        box = QSvgRenderer(str(file)).viewBoxF()
        assert read_size(file) == (box.width(), box.height())


def test_that_real_floor_plans_are_measured() -> None:
    plans = Path(__file__).resolve().parents[2].parent / "shared" / "testdata" / "floorplans"
    if not plans.is_dir():
        pytest.skip("the floor plans are not beside this checkout")
    drawings = [file for file in plans.rglob("*") if file.suffix in {".png", ".svg"}]
    assert drawings
    for file in drawings:
        size = read_size(file)
        assert size is None or min(size) > 50, file
