"""A photo without what its camera wrote beside it: place and serial number are gone, the picture is the same."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from console.db import bare_pictures
from console.db.bare_pictures import bare
from console.kernel import ConsoleError
from tests.pictures import chunk, jpeg, png, segment

PLACE, SERIAL = b"7.2000N 100.5950E", b"SN-0042-4711"
SECRETS = (PLACE, SERIAL)


def exif(orientation: int | None = None, order: str = ">") -> bytes:
    """The directory of a camera that tells its serial number first, then how it was held."""
    entries = [(0xA431, 2, len(SERIAL), 200, 0)]
    if orientation is not None:
        entries.append((0x0112, 3, 1, orientation, 0))
    told = b"".join(
        struct.pack(f"{order}HHII", *entry[:4]) if entry[1] == 2 else struct.pack(f"{order}HHIHH", *entry)
        for entry in entries
    )
    mark = b"MM" if order == ">" else b"II"
    head = mark + struct.pack(f"{order}HIH", 42, 8, len(entries)) + told + bytes(4)
    return head.ljust(200, b"\x00") + SERIAL + PLACE


def app1(orientation: int | None = None, order: str = ">") -> bytes:
    return segment(0xE1, b"Exif\x00\x00" + exif(orientation, order))


def taken(form: str) -> bytes:
    """A real picture, twice as wide as high."""
    image = QImage(64, 32, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    held = QBuffer()
    held.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(held, form)  # type: ignore[call-overload]  # the stubs know no device here
    return bytes(held.data().data())


def shown(content: bytes) -> QImage:
    held = QBuffer()
    held.setData(QByteArray(content))
    held.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(held)
    reader.setAutoTransform(True)
    return reader.read()


JPEG, PNG = taken("JPEG"), taken("PNG")


def beside_jpeg(content: bytes, *beside: bytes) -> bytes:
    return content[:2] + b"".join(beside) + content[2:]


def beside_png(content: bytes, *beside: bytes) -> bytes:
    return content[:33] + b"".join(beside) + content[33:]


def test_place_and_serial_number_are_gone_and_the_picture_is_the_same() -> None:
    said = [
        app1(),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + PLACE),
        segment(0xE2, b"MPF\x00" + SERIAL),
        segment(0xED, b"Photoshop 3.0\x00" + PLACE),
        segment(0xFE, SERIAL),
        segment(0xE0, b"JFXX\x00" + PLACE),
        segment(0xE0, b"JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x09\x09" + PLACE),
        segment(0xEE, b"Adobe\x00\x64\x00\x00\x00\x00\x01" + SERIAL),
    ]
    for each in said:
        made = bare(beside_jpeg(JPEG, each) + app1() + SERIAL)
        assert not any(secret in made for secret in SECRETS), each
        assert shown(made) == shown(JPEG)
        assert bare(made) == made, "once more changes nothing"
    for kind in (b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME", b"caMe"):
        made = bare(beside_png(PNG, chunk(kind, exif())) + SERIAL)
        assert not any(secret in made for secret in SECRETS), kind
        assert shown(made) == shown(PNG)
        assert bare(made) == made
    assert bare(b"%PDF-1.7 " + SERIAL) == b"%PDF-1.7 " + SERIAL


@pytest.mark.parametrize("order", [">", "<"])
def test_how_the_camera_was_held_stays(order: str) -> None:
    for orientation in range(10):
        whole = beside_jpeg(JPEG, app1(orientation, order))
        made = bare(whole)
        assert SERIAL not in made
        assert shown(made) == shown(whole)
        assert shown(made).size() == (QSize(32, 64) if 5 <= orientation <= 8 else QSize(64, 32))
        assert bare(made) == made
        chunked = bare(beside_png(PNG, chunk(b"eXIf", exif(orientation, order))))
        assert (b"eXIf" in chunked) is (2 <= orientation <= 8)
        assert bare(chunked) == chunked
    for cut in range(len(exif(6))):
        # Whatever stands in it: a picture is not refused for what is thrown away.
        assert shown(bare(beside_jpeg(JPEG, segment(0xE1, b"Exif\x00\x00" + exif(6)[:cut])))).height() in {32, 64}


def test_pictures_that_do_not_hold_together_are_refused() -> None:
    scan = jpeg().index(b"\xff\xda")
    broken = [
        *(whole[:cut] for whole in (jpeg(), png()) for cut in range(8, len(whole) - 1)),
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff a photograph",
        jpeg()[:scan] + b"\xff\xd9",
        jpeg()[:2] + jpeg()[scan:],
        jpeg(b"drawn", b"\xff\x01"),
        jpeg(b"drawn", b"\xff\xe1\x00\x01"),
        jpeg(b"drawn", segment(0xFE, b""), b"junk"),
        png(b"drawn", chunk(b"IHDR", bytes(13))),
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(12)) + chunk(b"IEND", b""),
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + chunk(b"IEND", b""),
        b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", b"") + chunk(b"IEND", b""),
        png().replace(b"IDAT", b"IDAX"),
    ]
    for each in broken:
        with pytest.raises(ConsoleError, match=r"attachment\.damaged"):
            bare(each)
    filled = jpeg(b"a\xff\x00b\xff\xd0c", b"\xff\xff\xff" + segment(0xDD, b"\x00\x01")[1:])
    assert bare(filled) == jpeg(b"a\xff\x00b\xff\xd0c", segment(0xDD, b"\x00\x01"))


def test_files_made_to_hold_us_up_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    many = 2_000_000
    for hostile in (
        b"\xff\xd8" + b"\xff" * many * 4,
        b"\xff\xd8" + segment(0xFE, b"") * many,
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + chunk(b"IDAT", b"") * (many // 4),
    ):
        with pytest.raises(ConsoleError):
            bare(hostile)
    assert bare(jpeg(b"\xff\x00" * many)) == jpeg(b"\xff\x00" * many)
    monkeypatch.setattr(bare_pictures, "MOST_PARTS", 2)
    with pytest.raises(ConsoleError):
        bare(jpeg())


WHOLE = (
    beside_jpeg(JPEG, app1(6), segment(0xFE, SERIAL)),
    beside_png(PNG, chunk(b"eXIf", exif(6)), chunk(b"tEXt", PLACE)),
)


def tried(content: bytes) -> bytes | str:
    try:
        return bare(content)
    except ConsoleError as refused:
        return refused.key


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(WHOLE),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=6),
    st.integers(0, 4000),
    st.binary(max_size=40),
)
def test_no_bytes_break_it_and_whatever_it_makes_is_bare(
    whole: bytes, changes: list[tuple[int, int]], cut: int, more: bytes
) -> None:
    made = bytearray(whole)
    for at, value in changes:
        made[at % len(made)] = value
    content = bytes(made[: max(8, cut)]) + more
    result = tried(content)
    if isinstance(result, str):
        assert result == "attachment.damaged"
    elif content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        assert tried(result) == result
        assert len(result) <= len(content) + 64
