"""The engine: gives each stream a place in a worker, and keeps the workers alive, apart and honest.

One lasting thread does everything that changes state and starts all processes (a child started by a shorter thread
would be killed with it). Callers leave a note in its inbox and go on; pictures and statuses are read past it.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Final

from console.kernel import Clock, Fault, TileState
from console.video.engine import EngineConfig, WorkerFacts
from console.video.fleet import Fleet
from console.video.grants import Placement, SignedGrant
from console.video.groups import Book
from console.video.seating import Seating
from console.video.streams import Stream, StreamEnd, StreamRequest, StreamStatus

__all__ = [
    "EngineConfig",
    "Placement",
    "SignedGrant",
    "Stream",
    "StreamEnd",
    "StreamRequest",
    "StreamStatus",
    "Supervisor",
    "WorkerFacts",
]

log = logging.getLogger(__name__)

LONGEST_ADDRESS: Final = 4096
_TICK_S: Final = 0.05
_LOOK_S: Final = 0.2
"""How often ages and leases are looked at when nobody paints; the painter itself looks each time."""

_OWN_DELAY_S: Final = 1.0
"""If this thread itself was held up for so long (sleep, a debugger), silence is not the workers' fault."""


class Supervisor:
    """Open streams here. `close` before the program ends: no process stays."""

    def __init__(self, config: EngineConfig, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._book = Book()
        self._seating = Seating(self._book, config, clock)
        self._fleet = Fleet(self._book, self._seating, config, clock, self._inbox.put)
        self._facts: tuple[WorkerFacts, ...] = ()
        self._closed = False
        self._next_look = 0.0
        self._thread = threading.Thread(target=self._run, name="video engine", daemon=True)
        self._thread.start()

    def open(self, request: StreamRequest) -> Stream:
        """Return at once; the stream connects by itself, or ends (`Stream.ended`) if its lease says no."""
        stream = Stream(request, self, self._clock, self._config.stale_after_s)
        if len(request.address.reveal()) > LONGEST_ADDRESS:
            stream.finish(StreamEnd.REFUSED, StreamStatus(TileState.DOWN, Fault.BAD_ADDRESS))
        elif self._closed:
            stream.finish(StreamEnd.ENGINE_CLOSED, StreamStatus(TileState.EMPTY))
        else:
            self._inbox.put(lambda: self._enter(stream))
        return stream

    def close(self) -> None:
        """Darken everything, say goodbye, kill what does not leave within two seconds. Returns when all are gone."""
        if not self._closed:
            self._closed = True
            self._inbox.put(self._say_goodbye)
        self._thread.join()

    def workers(self) -> list[WorkerFacts]:
        """Return what is running, as of the engine's last step."""
        return list(self._facts)

    # What streams ask; each returns at once.

    def ask_renew(self, stream: Stream) -> None:
        self._inbox.put(lambda: self._seating.renew(stream))

    def ask_resize(self, stream: Stream) -> None:
        self._inbox.put(lambda: self._seating.resize(stream))

    def ask_close(self, stream: Stream) -> None:
        self._inbox.put(lambda: self._seating.leave(stream))

    def tell_lapsed(self, stream: Stream) -> None:
        self._inbox.put(lambda: self._seating.lapse(stream))

    def tell_violation(self, worker: str, why: str) -> None:
        self._inbox.put(lambda: self._fleet.violated(worker, why))

    # The engine's thread

    def _run(self) -> None:
        last = self._clock.monotonic()
        while not self._fleet.all_gone:
            self._drain(_TICK_S)
            now = self._clock.monotonic()
            if now - last > _OWN_DELAY_S:
                self._do(lambda delay=now - last: self._fleet.forgive(delay))  # type: ignore[misc]
            last = now
            self._do(self._tick)
        self._drain(0.0)

    def _drain(self, wait_s: float) -> None:
        try:
            self._do(self._inbox.get(timeout=wait_s))
            while True:
                self._do(self._inbox.get_nowait())
        except queue.Empty:
            pass

    def _do(self, task: Callable[[], None]) -> None:
        try:
            task()
        except Exception:
            # The engine outlives its errors: leases run out by themselves, but nobody else would end a worker.
            log.exception("The video engine failed at a task")

    def _tick(self) -> None:
        now = self._clock.monotonic()
        self._fleet.tick(now)
        if now >= self._next_look:
            self._next_look = now + _LOOK_S
            self._seating.tick(now)
        self._facts = self._fleet.facts()

    def _enter(self, stream: Stream) -> None:
        if self._closed:
            stream.finish(StreamEnd.ENGINE_CLOSED, StreamStatus(TileState.EMPTY))
        else:
            self._seating.enter(stream)

    def _say_goodbye(self) -> None:
        for stream in list(self._book.place):
            self._seating.finish(stream, StreamEnd.ENGINE_CLOSED, TileState.EMPTY)
        self._fleet.dismiss_all()
