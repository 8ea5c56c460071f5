"""Frames: pictures in place, lies recognised, nothing shown twice, late, torn or of a former stream."""

from __future__ import annotations

import fcntl
import mmap
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.video.frames import (
    FUTURE_NS,
    SLOTS,
    FrameMap,
    FrameMemory,
    TileReader,
    TileWriter,
    Violation,
    layout,
    stride_of,
)

SLOT = 64 * 1024
NOW_NS = 5_000_000_000
NOW = NOW_NS / 1e9
LIMIT = (128, 128)


class Pair:
    """Both ends of one memory in one process."""

    def __init__(self, tiles: int = 2) -> None:
        self.memory = FrameMemory(tiles, SLOT)
        assert self.memory.descriptor is not None
        self.map = FrameMap(f"fd:{os.dup(self.memory.descriptor)}", tiles, SLOT)

    def reader(self, tile: int = 1, serial: int = 7) -> TileReader:
        return self.memory.reader(tile, serial, LIMIT)

    def writer(self, tile: int = 1, serial: int = 7) -> TileWriter:
        return self.map.writer(tile, serial)

    def words(self, tile: int = 1) -> int:
        return self.memory.metrics.head(tile) // 8


@pytest.fixture(name="pair")
def make_pair() -> Iterator[Pair]:
    pair = Pair()
    yield pair
    pair.memory.release_descriptor()
    pair.memory.release_descriptor()


def put(writer: TileWriter, value: int, width: int = 64, height: int = 36, at: int = NOW_NS) -> None:
    slot = writer.begin(width, height)
    assert slot is not None
    slot.pixels[: slot.stride * height] = bytes([value]) * (slot.stride * height)
    writer.publish(at)


def is_idle(writer: TileWriter) -> bool:
    return writer.idle


def test_a_picture_arrives_in_place(pair: Pair) -> None:
    writer, reader = pair.writer(), pair.reader()
    assert reader.newest(NOW) is None
    put(writer, 9)
    picture = reader.newest(NOW)
    assert picture is not None
    assert reader.has_picture
    assert (picture.width, picture.height, picture.stride, picture.generation) == (64, 36, 256, 1)
    assert picture.decoded_at == NOW
    assert bytes(picture.pixels) == b"\x09" * (256 * 36)
    assert picture.pixels.readonly
    assert reader.newest(NOW) is picture


def test_the_sequence_changes_with_each_picture_and_the_generation_with_each_size(pair: Pair) -> None:
    writer, reader = pair.writer(), pair.reader()
    seen = {reader.sequence()}
    for number in range(6):
        put(writer, number)
        seen.add(reader.sequence())
    assert len(seen) == 7
    put(writer, 1, width=32, height=18)
    picture = reader.newest(NOW)
    assert picture is not None
    assert (picture.width, picture.generation, picture.sequence) == (32, 2, 7)


def test_a_picture_stays_whole_until_its_slot_is_written_again(pair: Pair) -> None:
    writer, reader = pair.writer(), pair.reader()
    put(writer, 1)
    picture = reader.newest(NOW)
    assert picture is not None
    put(writer, 2)
    put(writer, 3)
    assert picture.whole()
    assert writer.begin(64, 36) is not None
    assert not picture.whole()
    newest = reader.newest(NOW)
    assert newest is not None
    assert newest.sequence == 3


def test_rows_start_on_32_bytes() -> None:
    assert [stride_of(width) for width in (1, 8, 9, 480, 481)] == [32, 32, 64, 1920, 1952]


def test_an_abandoned_picture_is_never_seen(pair: Pair) -> None:
    writer, reader = pair.writer(), pair.reader()
    assert writer.begin(64, 36) is not None
    assert not is_idle(writer)
    writer.abandon()
    assert is_idle(writer)
    assert reader.newest(NOW) is None


@pytest.mark.parametrize("size", [(0, 1), (1, 0), (SLOT, 1), (128, 129), (-1, 5)])
def test_a_picture_that_does_not_fit_gets_no_slot(pair: Pair, size: tuple[int, int]) -> None:
    writer = pair.writer()
    assert writer.begin(*size) is None
    assert writer.idle


def test_a_closed_writer_writes_no_more(pair: Pair) -> None:
    writer, reader = pair.writer(), pair.reader()
    put(writer, 1)
    assert writer.begin(64, 36) is not None
    assert not writer.close()
    writer.publish(NOW_NS)
    assert is_idle(writer)
    assert writer.begin(64, 36) is None
    assert writer.sequence == 1
    picture = reader.newest(NOW)
    assert picture is not None
    assert picture.sequence == 1


def test_a_picture_of_a_former_stream_is_not_seen(pair: Pair) -> None:
    former = pair.writer(serial=7)
    put(former, 1)
    reader = pair.reader(serial=8)
    assert reader.newest(NOW) is None
    put(former, 2)
    assert reader.newest(NOW) is None
    put(pair.writer(serial=8), 3)
    picture = reader.newest(NOW)
    assert picture is not None
    assert picture.pixels[0] == 3


def test_tiles_do_not_touch_each_other(pair: Pair) -> None:
    put(pair.writer(tile=0), 1)
    put(pair.writer(tile=1), 2)
    first, second = pair.reader(tile=0).newest(NOW), pair.reader(tile=1).newest(NOW)
    assert first is not None
    assert second is not None
    pair.memory.blank(0)
    assert bytes(first.pixels) == bytes(len(first.pixels))
    assert second.pixels[0] == 2


def test_wiping_zeroes_what_was_shown_and_blanking_the_whole_tile(pair: Pair) -> None:
    writer, reader = pair.writer(), pair.reader()
    for value in range(1, 5):
        put(writer, value)
        assert reader.newest(NOW) is not None
    start, length = pair.memory.metrics.slot(1, 0), SLOTS * pair.memory.metrics.slot_bytes
    pair.map.view[start + SLOT - 1] = 77
    reader.wipe()
    used = 256 * 36
    assert all(
        not any(pair.map.view[start + index * pair.memory.metrics.slot_bytes :][:used]) for index in range(SLOTS)
    )
    assert pair.map.view[start + SLOT - 1] == 77
    pair.memory.blank(1)
    assert not any(pair.map.view[start : start + length])


@pytest.mark.parametrize(
    ("word", "value"),
    [
        (0, 0),  # magic
        (1, 2 << 2 | 3),  # no such slot
        (8 + 2, 129 | 36 << 32),  # wider than the grant
        (8 + 2, 64 | 129 << 32),  # higher than the grant
        (8 + 2, 0 | 36 << 32),
        (8 + 2, 64),
        (8 + 2, 0xFFFFFFFF | 0xFFFFFFFF << 32),
        (8 + 3, 255),  # stride
        (8 + 3, 0xFFFFFFFF),
        (8 + 4, NOW_NS + FUTURE_NS + 1),
        (8 + 4, 2**64 - 1),
    ],
)
def test_a_header_that_cannot_be_true_is_a_violation(
    pair: Pair, word: int, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "monotonic_ns", lambda: NOW_NS)
    writer, reader = pair.writer(), pair.reader()
    put(writer, 1)
    put(writer, 2)
    put(writer, 3)  # slot 0
    pair.map.words[pair.words() + word] = value
    with pytest.raises(Violation):
        reader.newest(NOW)


def test_a_reader_that_was_held_up_does_not_blame_the_worker(pair: Pair) -> None:
    writer, reader = pair.writer(), pair.reader()
    put(writer, 1)
    put(writer, 2)
    put(writer, 3)
    pair.map.words[pair.words() + 8 + 4] = NOW_NS + 2 * FUTURE_NS  # later than `NOW`, long past by the clock
    found = reader.newest(NOW)
    assert found is not None
    assert found.decoded_at == NOW


@pytest.mark.parametrize("limit", [(63, 36), (64, 35)])
def test_a_picture_larger_than_the_grant_is_a_violation(pair: Pair, limit: tuple[int, int]) -> None:
    put(pair.writer(), 1)
    assert pair.memory.reader(1, 7, (64, 36)).newest(NOW) is not None
    with pytest.raises(Violation, match="size"):
        pair.memory.reader(1, 7, limit).newest(NOW)


def test_a_picture_larger_than_its_slot_is_a_violation() -> None:
    pair = Pair()
    reader = pair.memory.reader(1, 7, (10_000, 10_000))
    writer = pair.writer()
    put(writer, 1)
    word = pair.words() + 8 * 2
    pair.map.words[word + 2] = 5000 | 5000 << 32
    pair.map.words[word + 3] = stride_of(5000)
    with pytest.raises(Violation, match="stride"):
        reader.newest(NOW)
    pair.memory.release_descriptor()


def test_a_falling_sequence_is_a_violation(pair: Pair) -> None:
    writer, reader = pair.writer(), pair.reader()
    for value in range(3):
        put(writer, value)
    assert reader.newest(NOW) is not None
    head = pair.words()
    pair.map.words[head + 8] = 2
    pair.map.words[head + 1] = 1 << 2
    with pytest.raises(Violation, match="fell"):
        reader.newest(NOW)


def test_a_time_slightly_ahead_is_read_as_now(pair: Pair) -> None:
    put(pair.writer(), 1, at=NOW_NS + FUTURE_NS)
    picture = pair.reader().newest(NOW)
    assert picture is not None
    assert picture.decoded_at == NOW


def test_a_slot_in_the_middle_of_writing_gives_the_last_whole_picture(pair: Pair) -> None:
    writer, reader = pair.writer(), pair.reader()
    put(writer, 1)
    first = reader.newest(NOW)
    put(writer, 2)
    pair.map.words[pair.words() + 8 * 3] = 3  # its stamp says: being written
    assert reader.newest(NOW) is first


@given(words=st.lists(st.tuples(st.integers(0, 31), st.integers(0, 2**64 - 1)), max_size=8))
def test_no_header_makes_the_reader_raise_anything_else_or_read_outside(words: list[tuple[int, int]]) -> None:
    pair = Pair()
    writer, reader = pair.writer(), pair.reader()
    put(writer, 1)
    for word, value in words:
        pair.map.words[pair.words() + word] = value
    try:
        picture = reader.newest(NOW)
    except Violation:
        picture = None
    if picture is not None:
        assert picture.stride * picture.height == len(picture.pixels) <= pair.memory.metrics.slot_bytes
    pair.memory.release_descriptor()


def test_nobody_can_shrink_grow_or_unseal_the_memory(pair: Pair) -> None:
    descriptor = pair.memory.descriptor
    assert descriptor is not None
    for size in (0, pair.memory.metrics.total_bytes * 2):
        with pytest.raises(PermissionError):
            os.ftruncate(descriptor, size)
    with pytest.raises(PermissionError):
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE)


def test_blanking_gives_the_pages_back() -> None:
    pair = Pair()
    put(pair.writer(), 1)
    descriptor = pair.memory.descriptor
    assert descriptor is not None
    before = os.fstat(descriptor).st_blocks
    pair.memory.blank(1)
    assert os.fstat(descriptor).st_blocks < before
    pair.memory.release_descriptor()


def test_slots_are_whole_pages() -> None:
    metrics = layout(3, 1000)
    assert metrics.slot_bytes == mmap.ALLOCATIONGRANULARITY
    assert metrics.slot(0, 0) == metrics.heads_bytes
    assert metrics.slot(2, 2) + metrics.slot_bytes == metrics.total_bytes


@pytest.mark.parametrize(("tiles", "size"), [(0, 1), (1, 0)])
def test_an_empty_layout_is_refused(tiles: int, size: int) -> None:
    with pytest.raises(ValueError, match="layout"):
        layout(tiles, size)


def test_a_memory_that_is_not_what_was_agreed_is_refused(tmp_path: Path) -> None:
    assert sys.platform == "linux"
    with pytest.raises(ValueError, match="memory"):
        FrameMap("name:x", 1, SLOT)
    short = tmp_path / "short"
    short.write_bytes(b"x")
    descriptor = os.open(short, os.O_RDWR)
    with pytest.raises(ValueError, match="size"):
        FrameMap(f"fd:{descriptor}", 1, SLOT)
    os.close(descriptor)
