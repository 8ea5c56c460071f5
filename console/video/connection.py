"""One camera's connection: opened, read and opened again, for ever, at a pace that does the camera no harm."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from console.kernel import Fault
from console.video.hardening import step_back
from console.video.ingest import Packet, PacketSource, SourceFacts, StreamFault

log = logging.getLogger(__name__)

_LOGIN_TRIES: Final = 3
_LOGIN_PAUSE_S: Final = 300.0
"""Cameras lock an account that is tried too often."""

_SETTLED_S: Final = 3.0
"""A connection that held so long was a good one: the next pause is short again."""


_UNHEARD: Final = frozenset({Fault.REFUSED, Fault.NO_ANSWER, Fault.HOST_UNKNOWN})
"""Nobody was there to answer: asking again costs the camera nothing, and its picture shall be back at once."""

_SHARE: Final = 16.0


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses between tries: anything up to the ceiling (full jitter), from `first_s` to `longest_s`.

    The ceiling doubles with each failure of a camera that answers; for one that does not it is a share of the time for
    which it has been away, so that a short outage ends soon after it is over.
    """

    first_s: float = 1.0
    longest_s: float = 30.0

    def pause(self, tries: int, fault: Fault, down_s: float) -> float:
        """Return the seconds to wait after the given number of failures in a row, the first of them `down_s` ago."""
        if fault is Fault.UNAUTHORISED and tries >= _LOGIN_TRIES:
            return _LOGIN_PAUSE_S
        wanted = down_s / _SHARE if fault in _UNHEARD else self.first_s * 2.0 ** min(tries - 1, 10)
        ceiling = min(self.longest_s, max(self.first_s, wanted))
        # Half a second at least: some cameras end a new session that comes while the old one is being cleared.
        return max(min(0.5, ceiling), random.uniform(0.0, ceiling))  # noqa: S311 - spreads load, guards nothing


class Phase(Enum):
    """Where a connection is."""

    OPENING = "opening"
    UP = "up"
    WAITING = "waiting"


class Sink(Protocol):
    """Who gets the packets. Called on the connection's thread."""

    def connected(self, facts: SourceFacts) -> None: ...
    def packet(self, packet: Packet) -> bool:
        """Take a packet; False asks for a new connection (the stream's format changed, or nothing can be decoded)."""

    def lost(self) -> None: ...


class Connection:
    """Runs one thread from `start` to the end of `stop`. Fields are for reading from other threads."""

    def __init__(
        self,
        make: Callable[[str], PacketSource],
        sink: Sink,
        *,
        prefer_tcp: bool = True,
        backoff: Backoff | None = None,
    ) -> None:
        """`make` gives a fresh source for the transport "tcp" or "udp"."""
        self._make = make
        self._sink = sink
        self._transports = ("tcp", "udp") if prefer_tcp else ("udp", "tcp")
        self._backoff = backoff or Backoff()
        self._wake = threading.Event()
        self._stopped = False
        self._asked_again: Fault | None = None
        self._source: PacketSource | None = None
        self._thread = threading.Thread(target=self._run, name="ingest", daemon=True)
        self.phase = Phase.OPENING
        self.fault = Fault.NONE
        self.attempt = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """No packet is delivered after the current one. Does not wait for the network."""
        self._stopped = True
        self._wake.set()
        source = self._source
        if source is not None:
            source.interrupt()

    def reconnect(self, fault: Fault) -> None:
        """From any thread: give this connection up and open another, because of `fault`."""
        self._asked_again = fault
        source = self._source
        if source is not None:
            source.interrupt()

    def join(self, timeout: float) -> bool:
        """Wait for the thread's end; True if it has ended."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        step_back()
        tries, down_at = 0, 0.0
        while not self._stopped:
            began = time.monotonic()
            fault = self._once()
            if self._ended():
                return
            now = time.monotonic()
            settled = self.phase is Phase.UP and now - began > _SETTLED_S
            tries = 1 if settled else tries + 1
            if tries == 1:
                down_at = now
            self.phase, self.fault = Phase.WAITING, fault
            self.attempt = tries
            self._sink.lost()
            self._wake.wait(self._backoff.pause(tries, fault, now - down_at))
            self.phase = Phase.OPENING

    def _ended(self) -> bool:
        return self._stopped

    def _once(self) -> Fault:
        self._asked_again = None
        try:
            source, facts = self._open()
        except StreamFault as error:
            return error.fault
        fault = Fault.STREAM_ENDED
        try:
            self.phase = Phase.UP
            self._sink.connected(facts)
            for packet in source.packets():
                if self._stopped:
                    break
                if not self._sink.packet(packet):
                    fault = Fault.BROKEN_STREAM
                    break
        except StreamFault as error:
            fault = error.fault
        except Exception as error:  # noqa: BLE001 - a camera's bytes must not end the thread that serves it
            # The kind only: the text of a foreign error may quote anything.
            log.error("A stream failed unexpectedly: %s", type(error).__name__)  # noqa: TRY400
            fault = Fault.BROKEN_STREAM
        finally:
            self._source = None
            source.close()
        return self._asked_again or fault

    def _open(self) -> tuple[PacketSource, SourceFacts]:
        fault: Fault | None = None
        for transport in self._transports:
            source = self._make(transport)
            self._source = source
            try:
                return source, source.open()
            except StreamFault as error:
                source.close()
                # The first refusal names the trouble better than the last resort's.
                fault = fault or error.fault
                if self._stopped or not error.other_transport:
                    break
            except Exception as error:  # noqa: BLE001 - as above
                log.error("A source failed unexpectedly: %s", type(error).__name__)  # noqa: TRY400
                source.close()
                fault = Fault.BROKEN_STREAM
                break
        raise StreamFault(fault or Fault.BROKEN_STREAM)
