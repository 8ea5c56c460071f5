"""What comes from one address, for all the tiles of a worker that show it: one connection, one ring, one pulse.

Channels come and go; the connection is made once. When the last one has left, an intake may be kept for a moment so
that the next one need not dial again, but never longer than the last grant under which its packets were read.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

from console.kernel import Fault, Secret
from console.video.connection import Connection
from console.video.delay import Delay
from console.video.ingest import TICKS, Packet, PacketSource, SourceFacts, parameters_of
from console.video.meter import Meter
from console.video.protocol import LINGER_S
from console.video.pulse import Arrivals
from console.video.ring import Ring

_CATCH_UP_S: Final = 10.0
"""A stream that is behind for so long does not catch up by itself; a new connection begins with the present."""


class Member(Protocol):
    """A channel that shows what comes. Everything with the intake's lock held."""

    content: bool
    """It shows a picture, and must not lose it because another member cannot."""

    def connected(self, facts: SourceFacts) -> None: ...
    def packet(self, packet: Packet, arrived_ns: int, *, gap: bool) -> None: ...
    def lost(self, now: float) -> None: ...


class Intake:
    """One connection. `lock` guards it and every channel that shows it: they share what they would wait for anyway."""

    def __init__(self, make: Callable[[str], PacketSource], *, prefer_tcp: bool = True) -> None:
        self.lock = threading.Lock()
        self.ring = Ring()
        self.arrivals = Arrivals()
        self.meter = Meter()
        self.facts: SourceFacts | None = None
        self.lost_at: float | None = None
        """Since when it fails; None while packets come."""

        self.connection = Connection(make, self, prefer_tcp=prefer_tcp)
        self._members: tuple[Member, ...] = ()
        self._parameters = b""
        self._packet_ns = 0
        self._delay = Delay()
        self._behind_since: float | None = None
        self._started = False
        self._closed = False

    @property
    def empty(self) -> bool:
        return not self._members

    def join(self, member: Member) -> None:
        """Give the member what comes from now on; the first one starts the connection. With the lock held."""
        self._members = (*self._members, member)
        if not self._started:
            self._started = True
            self.connection.start()

    def leave(self, member: Member) -> None:
        """Give the member nothing more, but for what is being given at this moment; harmless to repeat. Needs no lock.

        As `join`, for the worker's control thread only.
        """
        self._members = tuple(other for other in self._members if other is not member)

    def reconnect(self, fault: Fault) -> None:
        """Dial anew because a member gets packets and no picture, unless another one is content. With the lock held."""
        if not any(member.content for member in self._members):
            self.connection.reconnect(fault)

    def close(self) -> None:
        """Hang up and forget what came. For good, and without waiting for the thread that brings it."""
        self._closed = True
        self.ring.clear()
        if self._started:
            self.connection.stop()

    # What the connection calls, on its thread

    def connected(self, facts: SourceFacts) -> None:
        with self.lock:
            self.ring.clear()
            self.facts = facts
            self._parameters = b""
            self.arrivals.connected(time.monotonic(), facts.stream.rate)
            self._delay, self._behind_since = Delay(proven=self._delay.proven), None
            for member in self._members:
                member.connected(facts)

    def packet(self, packet: Packet) -> bool:
        with self.lock:
            if self._closed:
                # It may have been clearing up while this came.
                self.ring.clear()
                return False
            if packet.is_key and not self._same_format(packet):
                return False
            now_ns = time.monotonic_ns()
            gap = self.arrivals.packet(now_ns / 1e9)
            behind_s = self._delay.packet(now_ns / 1e9, packet.dts / TICKS, self.arrivals.rate)
            caught_up = self.arrivals.aged(behind_s)
            if not self._catches_up(now_ns / 1e9):
                return False
            # FFmpeg keeps the last picture back until more comes or it gives up: after a gap it is as old as the gap.
            arrived_ns = min(self._packet_ns if gap else now_ns, now_ns - int(behind_s * 1e9))
            self._packet_ns = now_ns
            self.lost_at = None
            self.meter.add(len(packet.data), now_ns / 1e9)
            self.ring.append(packet, arrived_ns)
            for member in self._members:
                member.packet(packet, arrived_ns, gap=gap or caught_up)
        return True

    def _catches_up(self, now: float) -> bool:
        """Tell whether what comes is of the present, or has not been of the past for long."""
        if self.arrivals.behind_s <= self.arrivals.late_s():
            self._behind_since = None
        elif self._behind_since is None:
            self._behind_since = now
        return self._behind_since is None or now - self._behind_since < _CATCH_UP_S

    def lost(self) -> None:
        with self.lock:
            now = time.monotonic()
            self.lost_at = self.lost_at or now
            for member in self._members:
                member.lost(now)

    def _same_format(self, packet: Packet) -> bool:
        codec = self.facts.codec if self.facts is not None else ""
        if codec != "mjpeg":
            parameters = parameters_of(packet.data, codec)
            if self._parameters and parameters and parameters != self._parameters:
                return False
            self._parameters = parameters or self._parameters
        return True


class Intakes:
    """A worker's intakes by address. For its control thread only."""

    def __init__(self) -> None:
        self._open: dict[Secret, Intake] = {}
        self._idle: dict[Secret, float] = {}

    def of(self, address: Secret, make: Callable[[], Intake]) -> Intake:
        """Return the intake of this address, which may be warm; a new one must be started by whoever joins it."""
        self._idle.pop(address, None)
        intake = self._open.get(address)
        if intake is None:
            intake = self._open[address] = make()
        return intake

    def left(self, address: Secret, until: float) -> None:
        """A channel has gone. The last one's intake stays for LINGER_S, and not past `until` (monotonic)."""
        intake = self._open.get(address)
        if intake is not None and intake.empty:
            self._idle[address] = min(until, time.monotonic() + LINGER_S)
            self.tidy(time.monotonic())

    def tidy(self, now: float) -> None:
        """Hang up where nobody came back in time."""
        for address, until in list(self._idle.items()):
            if now >= until:
                del self._idle[address]
                self._open.pop(address).close()

    def next_end(self) -> float:
        """Return when the next idle intake has to go."""
        return min(self._idle.values(), default=float("inf"))

    def close(self) -> None:
        for intake in self._open.values():
            intake.close()
        self._open.clear()
        self._idle.clear()
