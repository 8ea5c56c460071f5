"""The newest packets of one stream, always from a key picture on, so that a decoder can start at any moment."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import Final, NamedTuple

from console.video.ingest import Packet

MAX_BYTES: Final = 32 * 1024 * 1024
"""A group of pictures larger than this is not kept; the ring then fills again from the next key picture."""


class Held(NamedTuple):
    """A packet, and when it came: a picture is as old as its packet, whenever it is decoded."""

    packet: Packet
    arrived_ns: int


class Ring:
    """Holds the current group of pictures. Not for several threads at a time: its channel has the lock."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._packets: deque[Held] = deque()
        self._bytes = 0
        self._max_bytes = max_bytes
        self.total = 0

    def append(self, packet: Packet, arrived_ns: int) -> None:
        self.total += 1
        if packet.is_key:
            self.clear()
        elif not self._packets:
            return
        self._packets.append(Held(packet, arrived_ns))
        self._bytes += len(packet.data)
        if self._bytes > self._max_bytes:
            self.clear()

    def clear(self) -> None:
        self._packets.clear()
        self._bytes = 0

    @property
    def held(self) -> int:
        return len(self._packets)

    def after(self, number: int) -> tuple[Held, ...]:
        """Return what came after packet `number` (of `total`), or all from the last key picture on if that is later."""
        newer = self.total - number
        held = len(self._packets)
        return tuple(islice(self._packets, max(0, held - newer), held))
