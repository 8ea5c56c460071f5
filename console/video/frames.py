"""Pictures in memory that the window's process owns and one worker process writes.

The engine creates one memory for each worker process and never uses it again for another. It is sealed against
shrinking and growing, so that a child cannot take it away under the painter (SIGBUS). For each tile it holds a head,
three slot heads and three slots. There are no locks that a dying writer could leave held:

- the writer marks a slot's stamp odd, fills its head and pixels, marks the stamp even, and then publishes
  sequence and slot index in one aligned 64-bit word;
- the reader takes that word, checks the stamp before and after reading the slot's head, and hands out the pixels
  in place; `Picture.whole()` tells after painting whether they stayed untouched.

Every field is hostile to the reader: what cannot be true is a Violation, and a picture of a former stream is not
seen because its serial is not the expected one.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import secrets
import struct
import sys
import time
from dataclasses import dataclass
from typing import Final, NamedTuple

MAGIC: Final = 0x43434F43_46524D31
SLOTS: Final = 3
DEFAULT_SLOT_BYTES: Final = 1920 * 1080 * 4
BYTES_PER_PIXEL: Final = 4
_ALIGN: Final = 32
"""libVLC writes planes with vector instructions: rows start on 32 bytes."""

FUTURE_NS: Final = 250_000_000
"""A picture from further in the future than this is a lie: the clock is the same for all processes."""

_HEAD_BYTES: Final = 64
_TILE_HEADS: Final = _HEAD_BYTES * (1 + SLOTS)
_WORD: Final = 8
_SLOT_HEAD: Final = struct.Struct("=QIIIIIIQ")
"""stamp, serial, generation, width, height, stride, spare, decoded_ns. Native and aligned: each word moves whole."""

_TRIES: Final = 4


class Violation(Exception):
    """The worker wrote what no honest worker writes. Ends the worker."""


class SlotMetrics(NamedTuple):
    """Where everything is: computed alike on both sides, never read from the memory."""

    tiles: int
    slot_bytes: int
    heads_bytes: int
    total_bytes: int

    def head(self, tile: int) -> int:
        return tile * _TILE_HEADS

    def slot(self, tile: int, index: int) -> int:
        return self.heads_bytes + (tile * SLOTS + index) * self.slot_bytes


def layout(tiles: int, slot_bytes: int) -> SlotMetrics:
    """Return the places for `tiles` tiles; slots are whole pages, so that they can be given back to the system."""
    if tiles < 1 or slot_bytes < 1:
        raise ValueError("layout")
    heads = _pages(tiles * _TILE_HEADS)
    slot = _pages(slot_bytes)
    return SlotMetrics(tiles, slot, heads, heads + tiles * SLOTS * slot)


def _pages(size: int) -> int:
    return -(-size // mmap.ALLOCATIONGRANULARITY) * mmap.ALLOCATIONGRANULARITY


def stride_of(width: int) -> int:
    """Return the bytes of one row: BGRX pixels, rounded up to 32 bytes."""
    return -(-width * BYTES_PER_PIXEL // _ALIGN) * _ALIGN


class FrameMemory:
    """The memory of one worker process, on the owner's side."""

    def __init__(self, tiles: int, slot_bytes: int = DEFAULT_SLOT_BYTES) -> None:
        self.metrics = layout(tiles, slot_bytes)
        self._descriptor: int | None = None
        if sys.platform == "win32":
            # The name is unguessable and lives only as long as somebody holds the mapping.
            name = f"Local\\ccoc-{secrets.token_hex(16)}"
            self._map = mmap.mmap(-1, self.metrics.total_bytes, tagname=name)
            self.handle = f"name:{name}"
        else:
            self._descriptor = _sealed_memory(self.metrics.total_bytes)
            self._map = mmap.mmap(self._descriptor, self.metrics.total_bytes)
            self.handle = f"fd:{self._descriptor}"
        self._view = memoryview(self._map)
        self._address = _address(self._view)
        self.words = self._view[: self.metrics.heads_bytes].cast("Q")
        self.heads = self._view[: self.metrics.heads_bytes]
        self.pixels = self._view.toreadonly()

    @property
    def descriptor(self) -> int | None:
        """What the child must inherit (Linux), until `release_descriptor`."""
        return self._descriptor

    def release_descriptor(self) -> None:
        """Close our descriptor once the child has its own; the mapping stays as long as anybody looks at it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def reader(self, tile: int, serial: int, limit: tuple[int, int]) -> TileReader:
        """Return the only thing that may read this tile for the stream `serial`; larger than `limit` is a Violation."""
        return TileReader(self, tile, serial, limit)

    def blank(self, tile: int) -> None:
        """Make every pixel of the tile zero, whatever the worker claims to have used. Safe from any thread."""
        start = self.metrics.slot(tile, 0)
        length = SLOTS * self.metrics.slot_bytes
        if not _give_back(self._address + start, length):
            _zero(self._address + start, length)

    def wipe(self, tile: int, used: int) -> None:
        """Zero the first `used` bytes of each slot of the tile."""
        for index in range(SLOTS):
            _zero(self._address + self.metrics.slot(tile, index), min(used, self.metrics.slot_bytes))


def _sealed_memory(size: int) -> int:
    if sys.platform == "win32":
        raise OSError("memfd")
    import fcntl

    descriptor = os.memfd_create("ccoc-frames", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.ftruncate(descriptor, size)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _zero(address: int, length: int) -> None:
    """Zero memory without letting go of the GIL: a wall of tiles closes in one go, not in one turn of threads each."""
    if sys.platform == "win32":
        ctypes.memset(address, 0, length)
    else:
        ctypes.PyDLL(None).memset(ctypes.c_void_p(address), 0, ctypes.c_size_t(length))


def _give_back(address: int, length: int) -> bool:
    """Take the pages away from every process that maps them: the next look finds zeros. False where that cannot be."""
    if sys.platform != "linux":
        return False
    # By ctypes, not mmap.madvise: taking 25 MB away lasts some milliseconds, and the painter must have the GIL.
    failed: int = ctypes.CDLL(None).madvise(ctypes.c_void_p(address), ctypes.c_size_t(length), mmap.MADV_REMOVE)
    return not failed


def _address(view: memoryview) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(view))


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture in place: BGRX rows of `stride` bytes (QImage.Format_RGB32), read-only, not copied.

    Paint at once and do not keep it: the slot is written again two pictures later.
    """

    pixels: memoryview
    width: int
    height: int
    stride: int
    sequence: int
    decoded_at: float
    generation: int
    _words: memoryview
    _stamp_word: int
    _stamp: int

    def whole(self) -> bool:
        """Tell, after painting, whether the pixels are still those of this picture; otherwise paint the newest."""
        untouched: bool = self._words[self._stamp_word] == self._stamp
        return untouched


class TileReader:
    """Reads one tile for one stream. `sequence` and `newest` are cheap and take no lock."""

    def __init__(self, memory: FrameMemory, tile: int, serial: int, limit: tuple[int, int]) -> None:
        self._memory = memory
        self._words = memory.words
        self._tile = tile
        self._serial = serial
        self._limit = limit
        self._head = memory.metrics.head(tile)
        self._newest_word = self._head // _WORD + 1
        self._last: Picture | None = None
        self._used = 0

    def sequence(self) -> int:
        """Return a number that changes with each published picture; unchecked, says only that a look is worth it."""
        number: int = self._words[self._newest_word]
        return number

    def newest(self, now: float) -> Picture | None:
        """Return the newest picture of this stream, if there is one; raises Violation."""
        for _ in range(_TRIES):
            # Taken before the word: another thread may read too, and the honest word only grows.
            last = self._last
            published: int = self._words[self._newest_word]
            sequence, index = published >> 2, published & 3
            if sequence == 0 or (last is not None and last.sequence == sequence):
                return last
            picture = self._read(sequence, index, now)
            if picture is not None:
                if last is not None and sequence < last.sequence:
                    raise Violation("sequence fell")
                self._last = picture
                self._used = max(self._used, picture.stride * picture.height)
                return picture
        return self._last

    @property
    def has_picture(self) -> bool:
        return self._last is not None

    @property
    def pictures(self) -> int:
        """How many pictures of this stream had been published by the last look; only grows."""
        last = self._last
        return 0 if last is None else last.sequence

    def wipe(self) -> None:
        """Zero what was shown, quickly, in the calling thread; `FrameMemory.blank` does the whole tile afterwards."""
        self._memory.wipe(self._tile, self._used)

    def _read(self, sequence: int, index: int, now: float) -> Picture | None:
        if index >= SLOTS or self._words[self._head // _WORD] != MAGIC:
            raise Violation("head")
        place = self._head + _HEAD_BYTES * (1 + index)
        stamp_word = place // _WORD
        before = self._words[stamp_word]
        if before != sequence * 2:
            return None
        _, serial, generation, width, height, stride, _, decoded_ns = _SLOT_HEAD.unpack_from(self._memory.heads, place)
        if self._words[stamp_word] != before or serial != self._serial:
            return None
        if not 0 < width <= self._limit[0] or not 0 < height <= self._limit[1]:
            raise Violation("size")
        if stride != stride_of(width) or stride * height > self._memory.metrics.slot_bytes:
            raise Violation("stride")
        # The reader may have been held up since `now`: an honest worker is judged by the clock as it is.
        if decoded_ns > now * 1e9 + FUTURE_NS and decoded_ns > time.monotonic_ns() + FUTURE_NS:
            raise Violation("future")
        start = self._memory.metrics.slot(self._tile, index)
        return Picture(
            pixels=self._memory.pixels[start : start + stride * height],
            width=width,
            height=height,
            stride=stride,
            sequence=sequence,
            decoded_at=min(decoded_ns / 1e9, now),
            generation=generation,
            _words=self._words,
            _stamp_word=stamp_word,
            _stamp=before,
        )


class FrameMap:
    """The same memory on the worker's side. Mapped once, at start; lives as long as the worker."""

    def __init__(self, handle: str, tiles: int, slot_bytes: int) -> None:
        """Map what `Hello.memory` names; raises ValueError or OSError if it is not what was agreed."""
        self.metrics = layout(tiles, slot_bytes)
        kind, _, name = handle.partition(":")
        if sys.platform == "win32":
            if kind != "name":
                raise ValueError("memory")
            self._map = mmap.mmap(-1, self.metrics.total_bytes, tagname=name)
        else:
            if kind != "fd":
                raise ValueError("memory")
            descriptor = int(name)
            self._map = mmap.mmap(descriptor, self.metrics.total_bytes)
            os.close(descriptor)
        self.view = memoryview(self._map)
        self.words = self.view[: self.metrics.heads_bytes].cast("Q")
        self.address = _address(self.view)

    def writer(self, tile: int, serial: int) -> TileWriter:
        """Return the writer for the stream `serial` on this tile; the former writer must be closed."""
        return TileWriter(self, tile, serial)


class Slot(NamedTuple):
    """Where the next picture goes: `address` for libVLC, `pixels` for everybody else; rows of `stride` bytes."""

    address: int
    pixels: memoryview
    stride: int


class TileWriter:
    """Writes the pictures of one stream. One writing thread at a time; nothing here blocks or waits.

    begin → fill → publish, or begin → abandon. `close` may come from another thread: from then on `begin` gives None
    and `publish` shows nothing. `Closed` may be sent once `idle` is true after `close`: no slot address is in use then.
    """

    def __init__(self, memory: FrameMap, tile: int, serial: int) -> None:
        self._memory = memory
        self._words = memory.words
        self._head = memory.metrics.head(tile)
        self._serial = serial
        self._sequence = 0
        self._index = 0
        self._generation = 0
        self._size = (0, 0)
        self._stride = 0
        self._open = True
        self._writing = False
        starts = [memory.metrics.slot(tile, index) for index in range(SLOTS)]
        size = memory.metrics.slot_bytes
        self._slots = tuple(Slot(memory.address + at, memory.view[at : at + size], 0) for at in starts)
        self._words[self._head // _WORD + 1] = 0
        self._words[self._head // _WORD] = MAGIC

    @property
    def idle(self) -> bool:
        """True when no picture is being written."""
        return not self._writing

    @property
    def sequence(self) -> int:
        """How many pictures were published."""
        return self._sequence

    def begin(self, width: int, height: int) -> Slot | None:
        """Give the next slot, marked as being written; None when closed or when the picture would not fit."""
        # Marked before looking at `_open`: `close` sets `_open` first and looks at the mark second, so one of us sees.
        self._writing = True
        if not self._open or width < 1 or height < 1 or stride_of(width) * height > self._memory.metrics.slot_bytes:
            self._writing = False
            return None
        if (width, height) != self._size:
            self._size = (width, height)
            self._stride = stride_of(width)
            self._generation += 1
            self._slots = tuple(Slot(slot.address, slot.pixels, self._stride) for slot in self._slots)
        self._index = (self._sequence + 1) % SLOTS
        place = self._head + _HEAD_BYTES * (1 + self._index)
        self._words[place // _WORD] = self._sequence * 2 + 1
        return self._slots[self._index]

    def publish(self, decoded_ns: int) -> None:
        """Show what was written since `begin`; `decoded_ns` is time.monotonic_ns() of the decoding, never later."""
        if self._open:
            sequence = self._sequence + 1
            width, height = self._size
            word = (self._head + _HEAD_BYTES * (1 + self._index)) // _WORD
            words = self._words
            words[word + 1] = _pair(self._serial, self._generation)
            words[word + 2] = _pair(width, height)
            words[word + 3] = _pair(self._stride, 0)
            words[word + 4] = decoded_ns
            words[word] = sequence * 2
            words[self._head // _WORD + 1] = sequence << 2 | self._index
            self._sequence = sequence
        self._writing = False

    def abandon(self) -> None:
        """Give the slot of `begin` back unshown."""
        self._writing = False

    def close(self) -> bool:
        """Show nothing from now on; returns `idle`."""
        self._open = False
        return not self._writing


def _pair(low: int, high: int) -> int:
    return (high << 32 | low) if sys.byteorder == "little" else (low << 32 | high)
