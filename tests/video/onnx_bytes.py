"""A tiny detector as an ONNX file, written by hand: the protobuf wire format and six operators.

What it does: the picture is averaged over cells of 32 x 32 (AveragePool), each cell becomes a row of a YOLOX output by
a 1 x 1 convolution (Conv, Reshape, Transpose). A cell is an object of the first class by as much as its blue is above
`LEVEL`, and of the second by as much as its red is.
"""

import struct
from collections.abc import Iterable
from pathlib import Path

LEVEL = 128.0
FLOAT, INT64 = 1, 7


def _varint(number: int) -> bytes:
    out = bytearray()
    while True:
        out.append(number & 0x7F | (0x80 if number > 0x7F else 0))
        number >>= 7
        if not number:
            return bytes(out)


def _int(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number)


def _bytes(field: int, body: bytes | str) -> bytes:
    raw = body.encode() if isinstance(body, str) else body
    return _varint(field << 3 | 2) + _varint(len(raw)) + raw


def _tensor(name: str, dims: Iterable[int], kind: int, numbers: Iterable[float]) -> bytes:
    numbers = list(numbers)
    raw = struct.pack(f"<{len(numbers)}{'f' if kind == FLOAT else 'q'}", *numbers)
    return b"".join(_int(1, dim) for dim in dims) + _int(2, kind) + _bytes(8, name) + _bytes(9, raw)


def _shape(name: str, dims: Iterable[int]) -> bytes:
    body = b"".join(_bytes(1, _int(1, dim)) for dim in dims)
    return _bytes(1, name) + _bytes(2, _bytes(1, _int(1, FLOAT) + _bytes(2, body)))


def _ints(name: str, numbers: Iterable[int]) -> bytes:
    return _bytes(5, _bytes(1, name) + b"".join(_int(8, number) for number in numbers) + _int(20, INT64))


def _node(kind: str, inputs: Iterable[str], output: str, *attributes: bytes) -> bytes:
    named = b"".join(_bytes(1, name) for name in inputs)
    return _bytes(1, named + _bytes(2, output) + _bytes(3, output) + _bytes(4, kind) + b"".join(attributes))


def write_model(path: Path, cells: int = 4) -> None:
    """Write a detector for pictures of `cells` x 32 pixels each way, with two classes."""
    side, rows = cells * 32, cells * cells
    # Rows of a YOLOX output: x and y 0.5 of a cell, width and height of one, objectness, two classes.
    weights = [0.0] * (7 * 3)
    weights[5 * 3 + 0] = 1 / (255 - LEVEL)
    weights[6 * 3 + 2] = 1 / (255 - LEVEL)
    fade = -LEVEL / (255 - LEVEL)
    biases = [0.5, 0.5, 0.0, 0.0, 1.0, fade, fade]
    graph = b"".join(
        (
            _node("AveragePool", ["image"], "mean", _ints("kernel_shape", (32, 32)), _ints("strides", (32, 32))),
            _node("Conv", ["mean", "weights", "biases"], "cells", _ints("kernel_shape", (1, 1))),
            _node("Reshape", ["cells", "flat"], "columns"),
            _node("Transpose", ["columns"], "rows", _ints("perm", (0, 2, 1))),
            _bytes(2, "cells"),
            _bytes(5, _tensor("weights", (7, 3, 1, 1), FLOAT, weights)),
            _bytes(5, _tensor("biases", (7,), FLOAT, biases)),
            _bytes(5, _tensor("flat", (3,), INT64, (1, 7, rows))),
            _bytes(11, _shape("image", (1, 3, side, side))),
            _bytes(12, _shape("rows", (1, rows, 7))),
        )
    )
    path.write_bytes(_int(1, 8) + _bytes(7, graph) + _bytes(8, _int(2, 13)))
