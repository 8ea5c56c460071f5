"""Does the wall clock still run beside the monotonic clock? Sleep, and somebody setting the clock, part them."""

from __future__ import annotations

from typing import Final

from console.kernel import Clock

JUMP_S: Final = 5.0
DRIFT: Final = 0.001
"""Further apart than this, beyond a drift of one in a thousand, is a jump."""


class ClockWatch:
    """Compares with the last accepted offset, not with the last look: many small steps back are a jump too."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset, self._since = self._look()

    def jumped(self) -> float | None:
        """Return by how many seconds the wall clock jumped since the last time this said so, or None."""
        offset, now = self._look()
        moved = offset - self._offset
        if abs(moved) <= JUMP_S + DRIFT * (now - self._since):
            return None
        self._offset, self._since = offset, now
        return moved

    def _look(self) -> tuple[float, float]:
        now = self._clock.monotonic()
        return self._clock.now().timestamp() - now, now
