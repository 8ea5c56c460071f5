"""Pictures for tests: the smallest files that hold together, of any contents, with whatever a camera writes beside."""

from __future__ import annotations

import zlib

_FRAME = b"\x08\x00\x01\x00\x01\x01\x01\x11\x00"
_SCAN = b"\x01\x01\x00\x00\x3f\x00"


def segment(marker: int, body: bytes) -> bytes:
    """Return a marker segment of a JPEG file."""
    return b"\xff" + bytes([marker]) + (len(body) + 2).to_bytes(2, "big") + body


def jpeg(drawn: bytes = b"drawn", *beside: bytes) -> bytes:
    """Return a JPEG file; `drawn` is its scan's data, `beside` are segments before its frame."""
    return b"".join((b"\xff\xd8", *beside, segment(0xC0, _FRAME), segment(0xDA, _SCAN), drawn, b"\xff\xd9"))


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG file."""
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def png(drawn: bytes = b"drawn", *beside: bytes) -> bytes:
    """Return a PNG file of this contents; `beside` are chunks between its header and its data."""
    head = chunk(b"IHDR", b"\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00")
    body = chunk(b"IDAT", zlib.compress(drawn))
    return b"".join((b"\x89PNG\r\n\x1a\n", head, *beside, body, chunk(b"IEND", b"")))
