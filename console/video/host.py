"""Between a worker and its channels: what the worker lends them, and what each of them has to say."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final

from console.kernel import Fault, StreamFacts, TileState
from console.video.easing import Eased
from console.video.player import VlcEngine

_STARTING: Final = 4
"""So many players of a worker start at a time: a start costs more than a second of playing; all at once come late."""

_LONGEST_START_S: Final = 3.0
_RENEWALS_S: Final = 2.0
"""A worker replaces one player at a time: all at once would be more work for a machine that has too much."""


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """How a channel behaves."""

    stale_after_s: float = 2.4
    hardware_decoding: bool = False


@dataclass(slots=True)
class Pace:
    """What the channels of a worker may not do all at once."""

    next_renewal: float = 0.0
    """When the next player may be replaced (monotonic)."""

    starting: dict[Hashable, float] = field(default_factory=dict)
    """Channels whose player has not shown a picture yet, and when it began."""

    def may_start(self, channel: Hashable, now: float) -> bool:
        """Take one of the few places for starting players; a player that does not come up holds it for a while only.

        Asked by several connections at the same moment, it may give one or two more.
        """
        starting = self.starting
        for other, began in list(starting.items()):
            if now - began > _LONGEST_START_S:
                starting.pop(other, None)
        if channel not in starting and len(starting) >= _STARTING:
            return False
        starting[channel] = now
        return True

    def may_renew(self, now: float) -> bool:
        """Take the turn to replace a player that plays; the next one comes a little later."""
        if now < self.next_renewal:
            return False
        self.next_renewal = now + _RENEWALS_S
        return True


@dataclass(frozen=True, slots=True)
class Host:
    """What a worker lends its channels. `background` runs a task that may wait; `untidy` says that memory was freed."""

    engine: VlcEngine
    settings: ChannelSettings
    background: Callable[[Callable[[], None]], None]
    untidy: threading.Event = field(default_factory=threading.Event)
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True, slots=True)
class ChannelState:
    """What a channel has to say; see protocol.Status."""

    state: TileState
    fault: Fault
    attempt: int
    packets: int
    decoded: int
    latency_ms: float
    facts: StreamFacts
    kbps: float = 0.0
    connections: int = 0
    eased: Eased = Eased.NOTHING
    shown_rate: float = 0.0
    """Pictures a second that are decoded; 0: all of them."""
