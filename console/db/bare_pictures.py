"""A photo without what its camera wrote beside the picture: place, time, serial number, owner, small previews.

The picture itself is not decoded and not compressed again: parts that draw it are copied as they stand, all others are
left out, and of them only how the camera was held is kept. What stands behind the end of the picture goes as well.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Final

from console.kernel import ConsoleError

JPEG: Final = b"\xff\xd8\xff"
PNG: Final = b"\x89PNG\r\n\x1a\n"
MOST_PARTS: Final = 100_000
"""More than that no camera writes; a file made of nothing else would hold up whoever reads it."""

UPRIGHT: Final = 1
_ORIENTATIONS: Final = range(2, 9)
_ORIENTATION_TAG: Final = 0x0112
_SHORT: Final = 3
_EXIF: Final = b"Exif\x00\x00"


def bare(content: bytes) -> bytes:
    """Return a JPEG or PNG file without what is not the picture; of another kind the bytes as they are.

    Raises `attachment.damaged` for a file that is cut off, or does not hold together.
    """
    if content.startswith(JPEG):
        return _bare_jpeg(content)
    if content.startswith(PNG):
        return _bare_png(content)
    return content


def _damaged() -> ConsoleError:
    return ConsoleError("attachment.damaged")


# JPEG: marker segments, and after a start of scan its data up to the next marker

_BEGIN: Final = b"\xff\xd8"
_END: Final = b"\xff\xd9"
_EOI: Final = 0xD9
_SOS: Final = 0xDA
_APP0: Final = 0xE0
_APP1: Final = 0xE1
_APP14: Final = 0xEE
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)}) - {0xC4, 0xC8, 0xCC}
_DRAWING: Final = _FRAMES | {0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF}
"""Frames and tables; what else stands in a file is a word of the camera or of a program."""
_JFIF: Final = b"JFIF\x00"
_JFIF_SIZE: Final = 12
_ADOBE: Final = b"Adobe"
_ADOBE_SIZE: Final = 12
_HEAD: Final = re.compile(rb"\xff+([^\x00\x01\xff\xd0-\xd8])")
_LENGTH: Final = 2
"""Bytes that hold the length of a segment, themselves included."""
_AFTER_SCAN: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""In a scan's data only zero and restarts follow upon 0xFF."""


def _bare_jpeg(content: bytes) -> bytes:
    kept: list[bytes] = []
    turned = UPRIGHT
    drawn = framed = False
    for marker, body, data in _segments(content):
        if marker == _APP1 and body.startswith(_EXIF) and turned == UPRIGHT:
            turned = _orientation(body[len(_EXIF) :])
        told = _kept_of(marker, body)
        if told is not None:
            kept.append(_segment(marker, told) + data)
        framed = framed or marker in _FRAMES
        drawn = drawn or (marker == _SOS and framed)
    if not drawn:
        raise _damaged()
    if turned != UPRIGHT:
        # Behind the word of JFIF, which has to be the first where it stands at all.
        first = 1 if kept[0][1] == _APP0 else 0
        kept.insert(first, _segment(_APP1, _EXIF + _only_orientation(turned)))
    return b"".join((_BEGIN, *kept, _END))


def _segments(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield marker, body and following data of each segment up to the end of the image."""
    at = len(_BEGIN)
    for _number in range(MOST_PARTS):
        head = _HEAD.match(content, at)
        if head is None:
            raise _damaged()
        marker, sized = head[1][0], head.end()
        if marker == _EOI:
            return
        begins, end = sized + _LENGTH, sized + int.from_bytes(content[sized : sized + _LENGTH], "big")
        follows = _AFTER_SCAN.search(content, end) if marker == _SOS else None
        if not begins <= end <= len(content) or (marker == _SOS and follows is None):
            raise _damaged()
        at = end if follows is None else follows.start()
        yield marker, content[begins:end], content[end:at]
    raise _damaged()


def _kept_of(marker: int, body: bytes) -> bytes | None:
    """Return what stays of a segment; None for one that goes."""
    if marker == _SOS or marker in _DRAWING:
        return body
    if marker == _APP0 and body.startswith(_JFIF) and len(body) >= _JFIF_SIZE:
        # Its last two numbers are the size of a preview, which could show what the picture was cut free of.
        return body[:_JFIF_SIZE] + b"\x00\x00"
    if marker == _APP14 and body.startswith(_ADOBE) and len(body) >= _ADOBE_SIZE:
        return body[:_ADOBE_SIZE]
    return None


def _segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + (len(body) + _LENGTH).to_bytes(_LENGTH, "big") + body


# PNG: chunks, each with its sum

_PNG_DRAWING: Final = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"cICP", b"sBIT", b"bKGD", b"pHYs"}
)
_PNG_HEADER_SIZE: Final = 13
_WORD: Final = 4


def _bare_png(content: bytes) -> bytes:
    kept: list[bytes] = []
    turned = UPRIGHT
    for number, (kind, body) in enumerate(_chunks(content)):
        if (number == 0) is not (kind == b"IHDR") or (kind == b"IHDR" and len(body) != _PNG_HEADER_SIZE):
            raise _damaged()
        if kind == b"eXIf":
            turned = _orientation(body)
        elif kind in _PNG_DRAWING:
            kept.append(_chunk(kind, body))
    if not any(chunk[4:8] == b"IDAT" for chunk in kept):
        raise _damaged()
    if turned != UPRIGHT:
        kept.insert(1, _chunk(b"eXIf", _only_orientation(turned)))
    return b"".join((PNG, *kept, _chunk(b"IEND", b"")))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and body of each chunk before the last."""
    at = len(PNG)
    for _number in range(MOST_PARTS):
        kind, begins = content[at + _WORD : at + 2 * _WORD], at + 2 * _WORD
        end = begins + int.from_bytes(content[at : at + _WORD], "big")
        body, total = content[begins:end], content[end : end + _WORD]
        if len(total) < _WORD or int.from_bytes(total, "big") != zlib.crc32(body, zlib.crc32(kind)):
            raise _damaged()
        if kind == b"IEND":
            return
        yield kind, body
        at = end + _WORD
    raise _damaged()


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(body, zlib.crc32(kind)).to_bytes(4, "big")


# How the camera was held


def _orientation(exif: bytes) -> int:
    """Return the orientation of the first directory, upright where none can be read: nothing else of it is needed."""
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(exif[:4])
    if order is None:
        return UPRIGHT
    try:
        (at,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, at)
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, values, value = struct.unpack_from(f"{order}HHIH", exif, entry)
            if (tag, kind, values) == (_ORIENTATION_TAG, _SHORT, 1):
                return value if value in _ORIENTATIONS else UPRIGHT
    except struct.error:
        return UPRIGHT
    return UPRIGHT


def _only_orientation(turned: int) -> bytes:
    """Return the smallest directory that says it."""
    return struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION_TAG, _SHORT, 1, turned, 0, 0)
