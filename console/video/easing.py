"""What a worker leaves out when the machine cannot keep up, and when it takes it back. Pure rules; no clock of its own.

A player that cannot keep up falls behind: that is measured, and nothing else is believed. Steps down are quick, steps
back slow, and slower each time one was wrong. Of the tiles the larger ones are touched last.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Generic, NamedTuple, TypeVar

from console.video.ingest import Packet

STEP_S: Final = 5.0
"""Between two steps: what the former one brought must have shown."""

CALM_S: Final = 20.0
"""So long nothing may have been late before a step back is tried."""

_LONGEST_CALM_S: Final = 640.0
_WRONG_S: Final = 60.0
"""Trouble so soon after a step back was caused by it."""

_LATE_MS: Final = 500.0
_CALM_MS: Final = 250.0
_SUSTAINED_S: Final = 2.0
_MANY: Final = 0.25
_LARGER: Final = 2

_MEASURED_S: Final = 3.0
_ALL: Final = 0.95
_PICTURE_KINDS: Final = {"h264": frozenset({1, 5}), "hevc": frozenset(range(32))}
_UNITS_LOOKED_AT: Final = 8
_HEVC_FIRST_IRAP: Final = 16

Key = TypeVar("Key", bound=Hashable)


class Eased(IntEnum):
    """What is left out for a tile; each includes those before it."""

    NOTHING = 0
    LOOP_FILTER = 1
    NON_REFERENCE = 2
    RATE = 3
    FEW = 4


class _Cut(NamedTuple):
    """Of a group of pictures the first `one_of`-th part is shown, but its end never stands still for longer."""

    one_of: int
    standstill_s: float
    """Well below the age at which a picture is called old."""


_CUTS: Final = {Eased.RATE: _Cut(2, 1.2), Eased.FEW: _Cut(3, 1.5)}


class Load(NamedTuple):
    """One tile that shows a picture: how large, how far its player is behind, and how old what reaches it is."""

    area: int
    lag_ms: float
    behind_ms: float = 0.0


@dataclass(slots=True)
class Easing(Generic[Key]):
    """The levels of a worker's tiles."""

    levels: dict[Key, Eased] = field(default_factory=dict)
    _late_since: dict[Key, float] = field(default_factory=dict)
    _stepped_at: float = -STEP_S
    _eased_back_at: float = float("-inf")
    _troubled_at: float = 0.0
    _calm_s: float = CALM_S

    def look(self, now: float, loads: Mapping[Key, Load]) -> None:
        """Take how the tiles fare at `now` (monotonic); call it a few times a second."""
        self.levels = {key: self.levels.get(key, Eased.NOTHING) for key in loads}
        # A machine that cannot keep up comes late to its reading of most of them; a thin link is that camera's own.
        starved = 2 * sum(load.behind_ms > _LATE_MS for load in loads.values()) > len(loads)
        lags = {key: max(load.lag_ms, load.behind_ms if starved else 0.0) for key, load in loads.items()}
        late = {key for key, lag in lags.items() if lag > _LATE_MS}
        self._late_since = {key: self._late_since.get(key, now) for key in late}
        if any(lag > _CALM_MS for lag in lags.values()):
            self._troubled_at = now
        if now - self._stepped_at < STEP_S:
            return
        struggling = {key for key, since in self._late_since.items() if now - since >= _SUSTAINED_S}
        if struggling:
            self._down(now, loads, struggling)
        elif now - max(self._troubled_at, self._stepped_at) >= self._calm_s:
            self._back(now, loads)

    def _down(self, now: float, loads: Mapping[Key, Load], struggling: set[Key]) -> None:
        # One heavy stream among many is its own trouble; several that are late lack the same processor.
        many = len(struggling) >= max(2, _MANY * len(loads))
        open_to_it = [key for key in (loads if many else struggling) if self.levels[key] < Eased.FEW]
        if not open_to_it:
            return
        if now - self._eased_back_at < _WRONG_S:
            self._calm_s = min(2 * self._calm_s, _LONGEST_CALM_S)
            self._eased_back_at = float("-inf")
        ranks = self._ranks(loads)
        least = min(ranks[key] for key in open_to_it)
        for key in open_to_it:
            if ranks[key] == least:
                self.levels[key] = Eased(self.levels[key] + 1)
        self._stepped_at = now

    def _back(self, now: float, loads: Mapping[Key, Load]) -> None:
        eased = [key for key, level in self.levels.items() if level]
        if not eased:
            self._calm_s = CALM_S
            return
        ranks = self._ranks(loads)
        # Those that were touched last come back first.
        most = max(ranks[key] for key in eased)
        for key in eased:
            if ranks[key] == most:
                self.levels[key] = Eased(self.levels[key] - 1)
        self._stepped_at = self._eased_back_at = now

    def _ranks(self, loads: Mapping[Key, Load]) -> dict[Key, int]:
        smallest = min(load.area for load in loads.values())
        return {key: self.levels[key] + (load.area >= _LARGER * smallest) for key, load in loads.items()}


class Thinning:
    """Which packets of one stream a decoder is given. Every packet is shown to it, in order."""

    def __init__(self) -> None:
        self.level = Eased.NOTHING
        self._cut = False
        self._at = 0
        self._length = 0
        self._seen = 0
        self._wanted = 0
        self._share = 1.0
        self._turn = 0

    def wants(self, packet: Packet, codec: str, rate: float) -> bool:
        """Tell whether this packet is decoded. After one that others need, none is until the next key picture."""
        wanted = self._wants(packet, codec, rate)
        self._seen += 1
        self._wanted += wanted
        if self._seen >= _MEASURED_S * rate and packet.is_key:
            self._share, self._seen, self._wanted = self._wanted / self._seen, 0, 0
        return wanted

    def rate(self, rate: float) -> float:
        """Return how many of so many pictures a second are decoded; 0: all of them."""
        lowered = self.level >= Eased.NON_REFERENCE and self._share < _ALL
        return round(rate * self._share, 1) if lowered else 0.0

    def _wants(self, packet: Packet, codec: str, rate: float) -> bool:
        cut = _CUTS.get(self.level)
        if packet.is_key:
            self._length, self._at, self._cut = self._at, 0, False
        self._at += 1
        if codec == "mjpeg":
            self._turn += 1
            return self._turn % (cut.one_of if cut is not None else 1) == 0
        if not self._cut and cut is not None and self._at > self._kept(cut, rate):
            self._cut = True
        return not self._cut and not (self.level >= Eased.NON_REFERENCE and disposable(packet.data, codec))

    def _kept(self, cut: _Cut, rate: float) -> int:
        """Return how many pictures at the head of a group are shown."""
        if not self._length:
            return self._at
        return max(1, self._length // cut.one_of, self._length - int(cut.standstill_s * rate))


def disposable(data: bytes, codec: str) -> bool:
    """Tell whether no other picture refers to this one, so that a decoder does not miss it."""
    hevc = codec == "hevc"
    at = data.find(b"\x00\x00\x01")
    for _ in range(_UNITS_LOOKED_AT):
        if at < 0 or at + 3 >= len(data):
            return False
        head = data[at + 3]
        kind = head >> 1 & 0x3F if hevc else head & 0x1F
        if kind in _PICTURE_KINDS[codec]:
            return kind < _HEVC_FIRST_IRAP and kind % 2 == 0 if hevc else head >> 5 & 3 == 0
        at = data.find(b"\x00\x00\x01", at + 3)
    return False
