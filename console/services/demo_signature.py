"""The signature of a sample owner who does not exist: a drawn line, as a picture that anybody sees to be a sample."""

from __future__ import annotations

import math
import struct
import zlib
from typing import Final

WIDTH: Final = 240
HEIGHT: Final = 80
_MARK: Final = b"\x89PNG\r\n\x1a\n"
_WHITE: Final = 255
_INK: Final = 40


def sample_ink(seed: str) -> bytes:
    """Return a PNG file (grey, 8 bits); each name has a line of its own."""
    swing = 2 + sum(seed.encode()) % 5
    rows = [bytearray([_WHITE] * WIDTH) for _row in range(HEIGHT)]
    for x in range(10, WIDTH - 10):
        middle = HEIGHT / 2 + math.sin(x / 20 * swing / 2) * 18 + math.sin(x / 7) * 8
        for y in range(round(middle) - 1, round(middle) + 2):
            rows[y][x] = _INK
    pixels = zlib.compress(b"".join(b"\x00" + bytes(row) for row in rows))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    return _MARK + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
