"""What is really on the screen: the X server's picture memory, read by another process without asking anybody.

The console does not know that it is looked at, and the look costs it nothing.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from tests.clips import CELLS, ROWS, read_counter

_HEADER: Final = struct.Struct(">25I")
_HEADER_SIZE, _BYTES_PER_LINE, _COLOURS = 0, 12, 19
_COLOUR_BYTES: Final = 12
_PIXEL_BYTES: Final = 4
_LOOKS: Final = 3
_FAINT: Final = 8


class Place(NamedTuple):
    """Where a camera's picture stands on the screen, in its pixels."""

    camera: str
    left: int
    top: int
    width: int
    height: int


class Screen:
    """The first screen of an Xvfb that was started with `-fbdir FOLDER`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "Xvfb_screen0"

    def __enter__(self) -> Self:
        with self._path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        self._memory = memoryview(self._map)
        head = _HEADER.unpack_from(self._memory)
        self._stride = head[_BYTES_PER_LINE]
        self._pixels = self._memory[head[_HEADER_SIZE] + head[_COLOURS] * _COLOUR_BYTES :]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pixels.release()
        self._memory.release()
        self._map.close()

    def counter(self, place: Place) -> int | None:
        """Read the counter of the picture at this place, None if no whole one is there.

        A picture that is being painted at this moment reads as none, so a second look decides.
        """
        start = place.top * self._stride + place.left * _PIXEL_BYTES
        for _look in range(_LOOKS):
            found = read_counter(self._pixels[start:], place.width, place.height, self._stride)
            if found is not None:
                return found
        return None

    def has_picture(self, place: Place) -> bool:
        """Whether anything of the test picture is there, even greyed: its code's two rows differ."""
        differ = 0
        for column in range(CELLS):
            left = place.left + (2 * column + 1) * place.width // (2 * CELLS)
            above, below = (
                self._pixels[(place.top + row * place.height // (2 * ROWS)) * self._stride + left * _PIXEL_BYTES + 1]
                for row in (1, 3)
            )
            differ += abs(above - below) > _FAINT
        return differ > CELLS // 2

    def counters(self, places: Sequence[Place]) -> tuple[int | None, ...]:
        return tuple(self.counter(place) for place in places)
