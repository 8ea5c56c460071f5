"""How far behind its camera a stream is, by the camera's own clock.

A network that stands still for a while and then delivers everything at once brings old pictures at a new time: by
their arrival alone they would be called LIVE. What a pause held up counts until it has been caught up with. Pictures
without a time of their own (MJPEG over HTTP) tell nothing of this.
"""

from __future__ import annotations

from typing import Final

_PAUSE_S: Final = 0.5
_PAUSE_PICTURES: Final = 2
"""Shorter waits are jitter, and a camera whose clock runs slow looks like many of them."""

_DRIFT: Final = 0.001
"""No camera's clock is wrong by more: without this share, a slow one would look ever later."""


class Delay:
    """Of one connection. Its intake has the lock."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._last: tuple[float, float] | None = None

    def packet(self, arrived: float, clock: float, rate: float) -> float:
        """Take when a packet came and its time by the camera (seconds); return how old it was when it came.

        `rate`: of the stream, in pictures a second; 0 if that is not known.
        """
        if self._last is not None:
            waited = arrived - self._last[0]
            # A clock that is set back tells nothing of the pictures since the last one.
            passed = max(0.0, clock - self._last[1])
            pause = max(_PAUSE_S, _PAUSE_PICTURES / rate) if rate else _PAUSE_S
            if self.seconds > 0.0 or waited > pause:
                self.seconds = max(0.0, self.seconds + waited - passed * (1.0 + _DRIFT))
        self._last = arrived, clock
        return self.seconds
