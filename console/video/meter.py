"""How much comes from a camera, over the last seconds."""

from __future__ import annotations

from collections import deque
from typing import Final

WINDOW_S: Final = 5.0
"""Longer than the usual group of pictures: a key picture alone is many times the size of the others."""

_STEP_S: Final = 0.25
_SHORTEST_S: Final = 1.0


class Meter:
    """Counts bytes as they come. Whoever owns it has the lock."""

    def __init__(self) -> None:
        self._steps: deque[tuple[float, int]] = deque()
        self._began = 0.0

    def add(self, size: int, now: float) -> None:
        """Count bytes that came at `now` (monotonic)."""
        self._forget(now)
        if not self._steps:
            self._began = now
        if self._steps and now - self._steps[-1][0] < _STEP_S:
            at, before = self._steps[-1]
            self._steps[-1] = (at, before + size)
        else:
            self._steps.append((now, size))

    def kbps(self, now: float) -> float:
        """Return thousands of bits a second; 0 once nothing has come for a while."""
        self._forget(now)
        span = min(WINDOW_S, max(_SHORTEST_S, now - self._began))
        return round(sum(size for _, size in self._steps) * 8 / 1000 / span, 1)

    def _forget(self, now: float) -> None:
        while self._steps and now - self._steps[0][0] > WINDOW_S:
            self._steps.popleft()
