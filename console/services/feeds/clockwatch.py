"""Does the wall clock still run beside the monotonic clock? Sleep, and somebody setting the clock, part them."""

from __future__ import annotations

import threading
from typing import Final

from console.kernel import Clock

JUMP_S: Final = 5.0
DRIFT: Final = 0.001
"""Further apart than this, beyond a drift of one in a thousand since the last look, is a jump."""


class ClockWatch:
    """Compares with a base line, not with the last look: many small steps back are a jump too.

    At each look the base line follows by no more than the drift allows, so that a console which has run for months
    notices a short sleep as surely as one just started.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._offset, self._at = self._look()

    def jumped(self) -> float | None:
        """Return by how many seconds the wall clock jumped since the last time this said so, or None.

        For any thread: a jump is told to one caller.
        """
        with self._lock:
            offset, now = self._look()
            drift = DRIFT * (now - self._at)
            moved = offset - self._offset
            self._at = now
            if abs(moved) > JUMP_S + drift:
                self._offset = offset
                return moved
            self._offset += max(-drift, min(drift, moved))
            return None

    def _look(self) -> tuple[float, float]:
        now = self._clock.monotonic()
        return self._clock.now().timestamp() - now, now
