"""Fakes of what tests cannot have: time that obeys, and a worker transport that answers at once.

Nothing of ours is patched; these are typed against the same protocols as the real things.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from console.kernel import Fault, PixelSize, StreamFacts, TileState
from console.video.frames import Picture
from console.video.grants import Grant, Placement, Signer, Verifier
from console.video.streams import StreamRequest, StreamStatus

if TYPE_CHECKING:
    from console.services.feeds import Engine

FIRST_MOMENT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
"""10.00 in Bangkok."""


class FakeClock:
    """Both clocks. `advance` moves them together, `set_wall` moves the wall clock alone."""

    def __init__(self, now: datetime = FIRST_MOMENT) -> None:
        self._now = now
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def set_wall(self, now: datetime) -> None:
        self._now = now

    def shift_wall(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


class FakeStream:
    """A stream whose worker answers at once. With `obeys` False it goes on whatever its lease says, as a liar would."""

    def __init__(self, engine: FakeEngine, request: StreamRequest, tile: int) -> None:
        self.request = request
        self.tile = tile
        self.size = request.size
        self.grants: list[Grant] = []
        self.closed = False
        self.lingers = False
        self.refused = False
        self._engine = engine
        self._status = StreamStatus(TileState.CONNECTING, since=engine.clock.monotonic())
        self._shown = 0

    @property
    def deadline(self) -> float:
        return self.grants[-1].deadline if self.grants else 0.0

    def ask(self) -> None:
        """Ask the gate for a grant and check it as a worker would."""
        if self.closed or self.refused:
            return
        place = Placement(self._engine.worker, self.tile, self._engine.next_counter())
        signed = self.request.lease(place)
        if signed is None:
            self.refused = True
            return
        grant = self._engine.verifier.check(signed, self._engine.clock.monotonic())
        assert grant.is_for_address(self.request.address)
        assert (grant.camera_id, grant.tile) == (self.request.camera_id, self.tile)
        self.grants.append(grant)

    def renew(self) -> None:
        if not self._engine.deaf:
            self.ask()

    def resize(self, size: PixelSize) -> None:
        self.size = size

    def close(self, *, linger: bool = False) -> None:
        self.closed = True
        self.lingers = linger

    def picture(self) -> Picture | None:
        if self._engine.obeys and not self.has_right():
            return None
        self._shown += 1
        pixels = memoryview(bytes(4))
        words = memoryview(bytearray(8)).cast("Q")
        return Picture(pixels, 1, 1, 4, self._shown, self._engine.clock.monotonic(), 1, words, 0, 0)

    def has_right(self) -> bool:
        return not self.closed and not self.refused and self._engine.clock.monotonic() < self.deadline

    def sequence(self) -> int:
        return self._shown

    def status(self) -> StreamStatus:
        return self._status

    def tell(
        self, state: TileState, fault: Fault = Fault.NONE, facts: StreamFacts | None = None, **counts: float
    ) -> None:
        """Let the worker say something."""
        facts = facts or self._status.facts
        now = self._engine.clock.monotonic()
        self._status = replace(self._status, state=state, fault=fault, facts=facts, since=now, **counts)  # type: ignore[arg-type]
        self.request.on_status(self._status)


class FakeEngine:
    """An engine without processes: it checks every grant with the real verifier."""

    def __init__(self, clock: FakeClock, signer: Signer) -> None:
        self.clock = clock
        self.worker = "worker-fake"
        self.verifier = Verifier(signer.public, self.worker)
        self.streams: list[FakeStream] = []
        self.obeys = True
        self.deaf = False
        """True: renewals are not answered, as by a worker that hangs."""
        self.broken = False
        self.facts_at_once: StreamFacts | None = None
        self.fault_at_once: Fault = Fault.NONE
        self._counter = 0

    def next_counter(self) -> int:
        self._counter += 1
        return self._counter

    def open(self, request: StreamRequest) -> FakeStream:
        if self.broken:
            raise OSError("no worker starts")
        stream = FakeStream(self, request, len(self.streams))
        self.streams.append(stream)
        stream.ask()
        if self.facts_at_once is not None or self.fault_at_once is not Fault.NONE:
            state = TileState.LIVE if self.fault_at_once is Fault.NONE else TileState.RECONNECTING
            stream.tell(state, self.fault_at_once, self.facts_at_once)
        return stream


def check_protocols(engine: FakeEngine) -> Engine:
    """For mypy: the fake is what the gate asks for."""
    return engine
