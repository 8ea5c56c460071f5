"""Is this stream alive? Judged by packets and decoded pictures, never by what libVLC says of itself."""

from __future__ import annotations

from collections import deque
from typing import Final

from console.kernel import SLOWEST_RATE, Fault, TileState, stale_after
from console.video.connection import Phase

_DOWN_S: Final = 60.0
_RATE_WINDOW_S: Final = 4.0
_RATE_DIFFERS: Final = 0.2
_LATE_S: Final = 1.0
_LATE_INTERVALS: Final = 3
_CAUGHT_UP: Final = 0.5
"""Of that limit: below this share nothing is held up any more; in between, a busy machine would go to and fro."""
_LAGS: Final = 4
_BURST_PACKETS: Final = 4
_SURE: Final = 2
_SURE_S: Final = 0.2
"""Of libVLC's two counts one may be ahead of the other by a packet, or by what a busy machine has not decoded yet."""


class Arrivals:
    """When packets come, and how many: of one connection, whoever shows it. Its intake has the lock."""

    def __init__(self) -> None:
        self.rate = 0.0
        self.packets = 0
        self.connected_at = 0.0
        self.packet_at = 0.0
        self.packet_rate = 0.0
        self.behind_s = 0.0
        """How old what comes now is, by the camera's clock."""

        self.behind = False
        """Whether what comes now is too old to be called LIVE; once it is, until it has come close to the present."""

        self._window = (0.0, 0)
        self._recent: deque[float] = deque(maxlen=_BURST_PACKETS)
        self._burst_until = 0.0

    def connected(self, now: float, rate: float) -> None:
        self.rate = round(rate, 2)
        self.connected_at = now
        self.packet_at = 0.0
        self.packet_rate = self.behind_s = 0.0
        self.behind = False
        self._window = (now, self.packets)
        self._recent.clear()
        self._burst_until = 0.0

    def packet(self, now: float) -> bool:
        """Count a packet; True if it ends a gap, after which what was held up may come all at once."""
        self.packets += 1
        pause = now - self.packet_at if self.packet_at else 0.0
        gap = pause > self.late_s()
        if gap:
            self._burst_until = now + pause + _LATE_S
            self._recent.clear()
        self.packet_at = now
        self._recent.append(now)
        began, count = self._window
        if now - began >= _RATE_WINDOW_S:
            measured = (self.packets - count) / (now - began)
            # Few packets may mean a damaged stream, so they never lower the rate: the limit of STALE hangs on it.
            if self.rate > 0.0 and measured - self.rate > _RATE_DIFFERS * max(self.rate, 1.0):
                self.rate = round(measured, 1)
            self.packet_rate = measured
            self._window = (now, self.packets)
        return gap

    def steady(self, now: float) -> bool:
        """Tell whether packets come at the camera's pace: a player started within a burst would stay late."""
        if now >= self._burst_until or not self.rate:
            return True
        steps = len(self._recent) - 1
        return steps == _BURST_PACKETS - 1 and now - self._recent[0] > steps / self.rate / 2

    def aged(self, behind_s: float) -> bool:
        """Take how old the packet was that just came; True if that ends a time in which all were too old.

        A player that was given those would show at its own pace what comes all at once now, and stay late.
        """
        self.behind_s = behind_s
        before, self.behind = self.behind, behind_s > self.late_s() * (_CAUGHT_UP if self.behind else 1.0)
        caught_up = before and not self.behind
        if caught_up:
            self._burst_until = max(self._burst_until, self.packet_at + _LATE_S)
            self._recent.clear()
        return caught_up

    def late_s(self) -> float:
        """Return the longest lag with which a picture may be called LIVE; a slow camera's next picture is far off."""
        return max(_LATE_S, _LATE_INTERVALS / max(self.rate, SLOWEST_RATE)) if self.rate > 0.0 else _LATE_S


class Pulse:
    """Times and counts of one channel, over the arrivals that it shares with others. Its channel has the lock."""

    def __init__(self, stale_after_s: float, arrivals: Arrivals) -> None:
        self.arrivals = arrivals
        self._stale_after_s = stale_after_s
        self.latency_ms = 0.0
        self.retried = False
        self._connected_at = 0.0
        self._tried_at = 0.0
        self._shown_at = 0.0
        self._decoded: deque[tuple[float, int]] = deque()
        """The highest counts of decoded pictures so far, and when each was last the highest."""

        self._failing_since: float | None = None
        self._shown_window: tuple[float, int] | None = None
        self._live = False
        self._lags: deque[int] = deque(maxlen=_LAGS)
        self._least_held: int | None = None

    def connected(self, now: float) -> None:
        """Begin with a connection, new or (its time is that of the arrivals then) one that runs since long."""
        self.retried = False
        self._connected_at = self.arrivals.connected_at
        self._tried_at = now
        self._shown_window = None
        self._live = False
        self.renewed()

    def lost(self, now: float) -> None:
        if self._failing_since is None:
            self._failing_since = now

    def decoded(self, count: int, now: float) -> float | None:
        """Take the player's count of decoded pictures; return a time after which surely one was decoded, if any."""
        highest = self._decoded
        surely = count - _SURE - int(_SURE_S * self.arrivals.rate)
        while len(highest) > 1 and highest[1][1] <= surely:
            highest.popleft()
        after = highest[0][0] if highest and highest[0][1] <= surely else None
        if highest and count <= highest[-1][1]:
            count = highest.pop()[1]
        highest.append((now, count))
        return after if after is not None and after > self._connected_at else None

    def shown(self, at: float, count: int = 0) -> None:
        """Take the time of the newest picture shown that is known to be newly decoded, and how many there were."""
        if at <= self._shown_at:
            return
        self._shown_at = at
        self.retried = False
        if not self._live or self._shown_window is None:
            self._shown_window = (at, count)
            return
        began, before = self._shown_window
        if at - began >= _RATE_WINDOW_S:
            # Equal pictures are not all counted: of the two figures the higher is the truth.
            measured = max((count - before) / (at - began), self.arrivals.packet_rate)
            # The camera's own word stays unless it is plainly wrong; facts that flicker would be sent all the time.
            if abs(measured - self.arrivals.rate) > _RATE_DIFFERS * max(self.arrivals.rate, 1.0):
                self.arrivals.rate = round(measured, 1)
            self._shown_window = (at, count)

    def renewed(self) -> None:
        """Forget the lag and the count of the player before."""
        self._lags.clear()
        self._least_held = None
        self._decoded.clear()
        self.latency_ms = 0.0

    def lag(self, pictures: int) -> None:
        """Take how many pictures the player holds that it has not shown, by libVLC's counts.

        An idle player shows its last picture again, and libVLC counts that: the figure falls, below nought in the end.
        It falls only while nothing is held, so what exceeds the lowest figure so far is what is held.
        """
        self._least_held = pictures if self._least_held is None else min(self._least_held, pictures)
        self._lags.append(pictures - self._least_held)
        self.latency_ms = round(min(self._lags) * 1000.0 / self.arrivals.rate, 1) if self.arrivals.rate else 0.0

    @property
    def late(self) -> bool:
        return len(self._lags) == _LAGS and self.latency_ms > self.arrivals.late_s() * 1000.0

    def restarted(self, now: float) -> None:
        """What was shown until now no longer counts."""
        self.retried = False
        self._connected_at = now

    @property
    def started(self) -> bool:
        """Whether a picture of this connection was shown."""
        return self._shown_at >= self._connected_at

    def stale_s(self) -> float:
        """Return after how many seconds without a new picture the tile is STALE."""
        return stale_after(self._stale_after_s, self.arrivals.rate)

    def stuck_s(self, now: float) -> float:
        """Return for how long packets have come without a picture; 0 if no packets come either."""
        if now - self.arrivals.packet_at > self.stale_s():
            return 0.0
        return now - max(self._shown_at, self._connected_at, self._tried_at)

    def _comes_late(self, now: float, *, warm_only: bool) -> bool:
        """Whether pictures do come, only old ones."""
        lag_s = self.latency_ms / 1e3 if self.late else 0.0
        if self.arrivals.behind:
            lag_s += self.arrivals.behind_s
        return lag_s > 0.0 and (warm_only or now - self._shown_at <= self.stale_s() + lag_s)

    def state(self, now: float, phase: Phase, fault: Fault, *, warm_only: bool) -> tuple[TileState, Fault]:
        self._live = False
        if phase is Phase.UP:
            alive = now - self.arrivals.packet_at <= self.stale_s()
            current = warm_only or (self.started and now - self._shown_at <= self.stale_s())
            if alive and current and not self.arrivals.behind and (warm_only or not self.late):
                self._failing_since = None
                self._live = True
                return TileState.LIVE, Fault.NONE
            started = self.arrivals.packet_at > 0.0 if warm_only else self.started
            if started:
                behind = alive and self._comes_late(now, warm_only=warm_only)
                return TileState.STALE, Fault.BEHIND if behind else Fault.FROZEN
        if self._failing_since is None:
            return TileState.CONNECTING, Fault.NONE
        if fault is Fault.UNAUTHORISED or now - self._failing_since > _DOWN_S:
            return TileState.DOWN, fault
        return TileState.RECONNECTING, fault
