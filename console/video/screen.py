"""Who may draw on a tile, and what: one pen at a time, masks blacked out first, repeated pictures not counted.

A tile's pictures come from a bridge and from players, each on a thread of its own. Each has a pen; only the pen that
holds the screen reaches the shared memory, the others draw on private paper. Everything here runs inside libVLC's
callbacks, so it never waits, never raises and allocates next to nothing.
"""

from __future__ import annotations

import ctypes
import sys
import threading
import time
import zlib
from collections.abc import Callable
from typing import Final

from console.masking import Mask, covered
from console.video.frames import TileWriter, stride_of

_ALIGN: Final = 64
_BYTES_PER_PIXEL: Final = 4

# PyDLL: the comparison ends at the first differing byte, mostly at once; giving the GIL away would cost more.
_C: Final = ctypes.PyDLL("msvcrt" if sys.platform == "win32" else None)
_memcmp: Final = _C.memcmp
_memcmp.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
_memcmp.restype = ctypes.c_int


class Screen:
    """One tile's slots while one stream is shown on it."""

    def __init__(self, writer: TileWriter, masks: tuple[Mask, ...], blank: Callable[[int], None]) -> None:
        """`blank` zeroes the first so many bytes of each slot."""
        self.writer = writer
        self.masks = masks
        self._blank = blank
        self._used = 0
        self.holder: Pen | None = None
        self.drawing = threading.Lock()
        self.shown_address = 0
        self.shown_size = (0, 0)
        self.shown_ns = 0
        self.lag_ns = 0
        """How late the player shows what came (the watchdog writes it): its pictures are so much older than now."""

        self.moved_ns = 0
        """When decoding was last seen to move (the watchdog writes it): the proof for a picture equal to the last."""

    def close(self) -> bool:
        """Show nothing from now on; True if no picture is being drawn at this moment."""
        self.holder = None
        return self.writer.close()

    def blank_when_idle(self) -> None:
        """After `close`: wait until the last drawing has ended, and zero what was shown. For a thread that may wait."""
        with self.drawing:
            self._blank_used()

    def blank_if_idle(self) -> bool:
        """After `close`: zero what was shown, unless a picture is being drawn; tells whether it was done."""
        if not self.drawing.acquire(blocking=False):
            return False
        self._blank_used()
        self.drawing.release()
        return True

    def _blank_used(self) -> None:
        if self._used:
            self._blank(self._used)

    def use(self, size: int) -> None:
        """Remember how much of a slot was ever written."""
        self._used = max(self._used, size)


class Pen:
    """What one bridge or player draws with. `begin` and `end` come from one thread, in turn."""

    def __init__(
        self, screen: Screen, width: int, height: int, on_private: Callable[[bool], None] | None = None
    ) -> None:
        """`on_private` is told of each picture drawn while not holding the screen, and whether it is a new one."""
        self._screen = screen
        self.width = width
        self.height = height
        self.stride = stride_of(width)
        self._size = self.stride * height
        self._on_private = on_private
        self._memory = (ctypes.c_char * (self._size + _ALIGN))()
        screen.use(self._size)
        self._paper = -(-ctypes.addressof(self._memory) // _ALIGN) * _ALIGN
        self._at = self._paper
        self._dark = self._runs()
        self._held = False
        self._check = -1
        self.resting = False
        """Set while another pen draws level with this one: the screen keeps what it shows."""

        self.drawn = 0
        self.arrived_ns: int | None = None
        """When the packet of the next picture came, if that is known: the picture is never newer than that."""

    @property
    def _reaches(self) -> bool:
        return self._screen.holder is self and not self.resting

    def begin(self) -> int:
        """Return where the next picture goes: always writable memory of `stride` × `height` bytes."""
        if self._held:
            # The former picture was never ended (libVLC dropped it): the slot is still ours.
            return self._at
        screen = self._screen
        if self._reaches and not screen.masks and screen.drawing.acquire(blocking=False):
            slot = screen.writer.begin(self.width, self.height)
            if slot is not None:
                self._held = True
                self._at = slot.address
                return self._at
            screen.drawing.release()
        self._at = self._paper
        return self._at

    def end(self) -> None:
        """Show what was drawn since `begin`, if this pen holds the screen."""
        self.drawn += 1
        screen = self._screen
        if self._held:
            self._held = False
            self._publish(self._at)
            screen.drawing.release()
        elif self._reaches and screen.masks:
            self._end_masked()
        elif self._on_private is not None:
            check = self._sum()
            new, self._check = check != self._check, check
            self._on_private(new)

    def give_up(self) -> None:
        """Let go of the slot and of the listener. Only once nobody calls `begin` or `end` any more."""
        self._on_private = None
        if self._held:
            self._held = False
            self._screen.writer.abandon()
            self._screen.drawing.release()

    def _end_masked(self) -> None:
        screen = self._screen
        if screen.drawing.acquire(blocking=False):
            slot = screen.writer.begin(self.width, self.height)
            if slot is not None:
                self._black_out()
                ctypes.memmove(slot.address, self._paper, self._size)
                self._publish(slot.address)
            screen.drawing.release()

    def _black_out(self) -> None:
        for at, length in self._dark:
            ctypes.memset(at, 0, length)

    def _runs(self) -> list[tuple[int, int]]:
        """Return where on the paper the masks lie: address and length. Whole rows that follow each other are one."""
        runs: list[tuple[int, int]] = []
        for row, spans in covered(self._screen.masks, self.width, self.height).items():
            for left, right in spans:
                at = self._paper + row * self.stride + left * _BYTES_PER_PIXEL
                # The padding behind a row that is covered to its end is nobody's.
                length = (
                    (right - left) * _BYTES_PER_PIXEL if right < self.width else self.stride - left * _BYTES_PER_PIXEL
                )
                if runs and sum(runs[-1]) == at:
                    at, length = runs[-1][0], runs.pop()[1] + length
                runs.append((at, length))
        return runs

    def _rows(self) -> tuple[int, int]:
        """Return how many bytes to look at in one go and how many times: libVLC leaves anything in the padding."""
        visible = self.width * _BYTES_PER_PIXEL
        return (self._size, 1) if visible == self.stride else (visible, self.height)

    def _sum(self) -> int:
        length, rows = self._rows()
        start = self._paper - ctypes.addressof(self._memory)
        pixels, check = memoryview(self._memory), 0
        for at in range(start, start + rows * self.stride, self.stride):
            check = zlib.crc32(pixels[at : at + length], check)
        return check

    def _same(self, one: int, other: int) -> bool:
        length, rows = self._rows()
        return all(_memcmp(one + at, other + at, length) == 0 for at in range(0, rows * self.stride, self.stride))

    def _publish(self, address: int) -> None:
        screen = self._screen
        size = (self.width, self.height)
        decoded_ns = time.monotonic_ns() - screen.lag_ns if self.arrived_ns is None else self.arrived_ns
        if size == screen.shown_size and self._same(address, screen.shown_address):
            # libVLC sends the last picture again and again when nothing comes: only decoding makes it current.
            if self.arrived_ns is None:
                decoded_ns = screen.moved_ns - screen.lag_ns
            if decoded_ns <= screen.shown_ns:
                screen.writer.abandon()
                return
        screen.writer.publish(decoded_ns)
        screen.shown_address, screen.shown_size, screen.shown_ns = address, size, decoded_ns
