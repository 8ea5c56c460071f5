"""A player of a channel, on the screen or on its way there, and when it is as far as what was shown before it.

Pictures are counted by the numbers of their packets, never by the camera's times, which jump as they please.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from console.kernel import PixelSize
from console.video.player import Player

_TAKE_OVER_S: Final = 1.0
"""A player whose pictures all look alike cannot be counted: so long after its first one it is current anyway."""

_APART_S: Final = 0.2
_USUAL_RATE: Final = 15.0


@dataclass(slots=True, eq=False)
class Playing:
    """One player. Without a lock: libVLC's thread writes `first_at` and `shown`, whoever runs the bridge `bridged`."""

    player: Player
    first_number: int
    """The ring's number of the key picture it started with."""

    box: PixelSize
    began: float
    filtered: bool = True
    """Whether its decoder runs the loop filter."""

    first_at: float = 0.0
    shown: int = 0
    bridged: int = 0
    """Pictures since the player's first one that were shown already: the player must draw level."""

    fed: int = 0

    def follow(self, rate: float) -> None:
        """Come after a player: which picture that one has shown is not known; between two lies no more than this."""
        self.bridged = math.ceil(_APART_S * (rate or _USUAL_RATE))

    def count(self, numbers: Iterable[int]) -> None:
        """Take the numbers of pictures that the bridge has decoded."""
        self.bridged += sum(number >= self.first_number for number in numbers)

    def is_level(self, now: float, rate: float) -> bool:
        """Tell whether it has drawn what was shown already, or has drawn for so long that it must have."""
        # A slow camera's player needs longer than that to draw level: twice the time of what it has to repeat.
        patience_s = max(_TAKE_OVER_S, 2 * self.bridged / rate) if rate else _TAKE_OVER_S
        return self.shown >= self.bridged or now - self.first_at > patience_s
