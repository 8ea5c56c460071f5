"""The signature of a sample owner who does not exist, as pictures that anybody sees to be samples."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Sequence
from typing import Final

WIDTH: Final = 240
HEIGHT: Final = 80
_MARK: Final = b"\x89PNG\r\n\x1a\n"
_WHITE: Final = 255
_INK: Final = 40
_GREY: Final = 190
_PAGE_WIDTH: Final = 480
_PAGE_HEIGHT: Final = 680


def sample_ink(seed: str) -> bytes:
    """Return a PNG file (grey, 8 bits); each name has a line of its own."""
    return _png(_ink(seed))


def sample_scan(seed: str, number: str) -> bytes:
    """Return the scan of a sample paper: lines for words and a name under them. Each number has a paper of its own."""
    rows = [bytearray([_WHITE] * _PAGE_WIDTH) for _row in range(_PAGE_HEIGHT)]
    for at, line in enumerate(range(60, _PAGE_HEIGHT - 160, 24)):
        end = _PAGE_WIDTH - 40 - (at * 37) % 90
        for y in range(line, line + 4):
            rows[y][40:end] = bytes([_GREY] * (end - 40))
    for y, row in enumerate(_ink(seed)):
        rows[_PAGE_HEIGHT - 140 + y][180 : 180 + WIDTH] = row
    # The number, as a bar code would have it: two scans of different papers are never the same picture.
    for at, sign in enumerate(number.encode()):
        for bit in range(8):
            if sign >> bit & 1:
                left = 40 + (at * 8 + bit) * 3
                for y in range(20, 40):
                    rows[y][left : left + 2] = bytes([_INK] * 2)
    return _png(rows)


def _ink(seed: str) -> list[bytearray]:
    swing = 2 + sum(seed.encode()) % 5
    rows = [bytearray([_WHITE] * WIDTH) for _row in range(HEIGHT)]
    for x in range(10, WIDTH - 10):
        middle = HEIGHT / 2 + math.sin(x / 20 * swing / 2) * 18 + math.sin(x / 7) * 8
        for y in range(round(middle) - 1, round(middle) + 2):
            rows[y][x] = _INK
    return rows


def _png(rows: Sequence[bytearray]) -> bytes:
    pixels = zlib.compress(b"".join(b"\x00" + bytes(row) for row in rows))
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    return _MARK + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
