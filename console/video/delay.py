"""How far behind its camera a stream is, by the camera's own clock.

A network that stands still for a while and then delivers everything at once brings old pictures at a new time: by
their arrival alone they would be called LIVE. What a pause held up counts until it has been caught up with.

A link slightly too thin, or a machine that comes late to its reading, makes pictures ever later without any pause.
That looks like a camera whose clock runs slow; it counts once the clock was seen to run true for a while, on this
connection or an earlier one. Pictures without a time of their own (MJPEG over HTTP) tell nothing of all this.
"""

from __future__ import annotations

from typing import Final

_PAUSE_S: Final = 0.5
_PAUSE_PICTURES: Final = 2
"""Shorter waits are jitter, and a camera whose clock runs slow looks like many of them."""

_DRIFT: Final = 0.001
"""No camera's clock is wrong by more: without this share, a slow one would look ever later."""


_PROOF_S: Final = 30.0
_ENDS_S: Final = 3.0
_TRUE_S: Final = 0.05
"""A clock runs true if the least delay at the end of so long a time differs from that at its beginning by no more."""


class Delay:
    """Of one connection. Its intake has the lock."""

    def __init__(self, *, proven: bool = False) -> None:
        """`proven`: this camera's clock was seen to run true."""
        self.seconds = 0.0
        self.proven = proven
        self._held = 0.0
        self._last: tuple[float, float] | None = None
        self._least: float | None = None
        self._began = float("-inf")
        self._first = self._final = float("inf")

    def packet(self, arrived: float, clock: float, rate: float) -> float:
        """Take when a packet came and its time by the camera (seconds); return how old it was when it came.

        `rate`: of the stream, in pictures a second; 0 if that is not known.
        """
        offset = arrived - clock
        waited = 0.0
        if self._last is not None:
            waited = arrived - self._last[0]
            # A clock that is set back tells nothing of the pictures since the last one.
            passed = max(0.0, clock - self._last[1])
            pause = max(_PAUSE_S, _PAUSE_PICTURES / rate) if rate else _PAUSE_S
            if self._held > 0.0 or waited > pause:
                self._held = max(0.0, self._held + waited - passed * (1.0 + _DRIFT))
            if clock < self._last[1]:
                self._least, self._began = None, float("-inf")
        self._last = arrived, clock
        least = offset if self._least is None else min(self._least + waited * _DRIFT, offset)
        self._least = least
        if not self.proven:
            self._prove(arrived, offset)
        self.seconds = max(self._held, offset - least if self.proven else 0.0)
        return self.seconds

    def _prove(self, arrived: float, offset: float) -> None:
        passed = arrived - self._began
        if passed > _PROOF_S:
            self.proven = abs(self._final - self._first) <= _TRUE_S
            self._began, self._first, self._final = arrived, offset, float("inf")
        elif passed <= _ENDS_S:
            self._first = min(self._first, offset)
        elif passed > _PROOF_S - _ENDS_S:
            self._final = min(self._final, offset)
