"""Is this stream alive? Judged by packets and decoded pictures, never by what libVLC says of itself."""

from __future__ import annotations

from collections import deque
from typing import Final

from console.kernel import Fault, TileState
from console.video.connection import Phase

STALE_INTERVALS: Final = 5
_SLOWEST_RATE: Final = 0.5
_DOWN_S: Final = 60.0
_RATE_WINDOW_S: Final = 4.0
_RATE_DIFFERS: Final = 0.2


class Pulse:
    """Times and counts of one channel. Its channel has the lock."""

    def __init__(self, stale_after_s: float) -> None:
        self._stale_after_s = stale_after_s
        self.rate = 0.0
        self.packets = 0
        self.latency_ms = 0.0
        self.retried = False
        self._connected_at = 0.0
        self._packet_at = 0.0
        self._shown_at = 0.0
        self._decoded = 0
        self._failing_since: float | None = None
        self._window = (0.0, 0)
        self._lags: deque[int] = deque(maxlen=4)

    def connected(self, now: float, rate: float) -> None:
        self.rate = round(rate, 2)
        self.retried = False
        self._connected_at = now
        self._packet_at = 0.0
        self._window = (now, self.packets)
        self._decoded = -1
        self._lags.clear()

    def lost(self, now: float) -> None:
        if self._failing_since is None:
            self._failing_since = now

    def packet(self, now: float) -> None:
        self.packets += 1
        self._packet_at = now
        began, count = self._window
        if now - began >= _RATE_WINDOW_S:
            measured = (self.packets - count) / (now - began)
            # The camera's own word stays unless it is plainly wrong; facts that flicker would be sent all the time.
            if abs(measured - self.rate) > _RATE_DIFFERS * max(self.rate, 1.0):
                self.rate = round(measured, 1)
            self._window = (now, self.packets)

    def decoded(self, count: int, now: float) -> bool:
        """Take libVLC's count of decoded pictures; True if it moved. How far it moved means nothing."""
        moved = count not in {self._decoded, 0}
        self._decoded = count
        return moved and now > self._connected_at

    def shown(self, at: float) -> None:
        """Take the time of the newest picture shown that is known to be newly decoded."""
        if at > self._shown_at:
            self._shown_at = at
            self.retried = False

    def lag(self, pictures: int) -> None:
        """Take how many pictures the player holds that it has not shown, as far as libVLC's late figures tell."""
        self._lags.append(max(0, pictures))
        self.latency_ms = round(min(self._lags) * 1000.0 / self.rate, 1) if self.rate else 0.0

    def restarted(self, now: float) -> None:
        self._connected_at = now

    def stale_s(self) -> float:
        """Return after how many seconds without a new picture the tile is STALE."""
        rate = max(self.rate, _SLOWEST_RATE) if self.rate > 0.0 else 0.0
        return max(self._stale_after_s, STALE_INTERVALS / rate) if rate else self._stale_after_s

    def stuck_s(self, now: float) -> float:
        """Return for how long packets have come without a picture; 0 if no packets come either."""
        if now - self._packet_at > self.stale_s():
            return 0.0
        return now - max(self._shown_at, self._connected_at)

    def state(self, now: float, phase: Phase, fault: Fault, *, warm_only: bool) -> tuple[TileState, Fault]:
        if phase is Phase.UP:
            alive = now - self._packet_at <= self.stale_s()
            current = warm_only or (self._shown_at >= self._connected_at and now - self._shown_at <= self.stale_s())
            if alive and current:
                self._failing_since = None
                return TileState.LIVE, Fault.NONE
            started = self._packet_at > 0.0 if warm_only else self._shown_at >= self._connected_at
            if started:
                return TileState.STALE, Fault.FROZEN
        if self._failing_since is None:
            return TileState.CONNECTING, Fault.NONE
        if fault is Fault.UNAUTHORISED or now - self._failing_since > _DOWN_S:
            return TileState.DOWN, fault
        return TileState.RECONNECTING, fault
