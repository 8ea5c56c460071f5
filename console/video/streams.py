"""One stream as its user holds it: picture, status, renewal, end. The painter's side of the lease stands here.

`picture`, `sequence` and `status` may be called from any thread, take no lock and never wait for a worker. What a
worker claims is believed only as far as the parent can see it: LIVE needs a young picture in our own memory.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Protocol

from console.kernel import (
    Clock,
    Fault,
    PixelSize,
    Secret,
    StreamFacts,
    TileState,
    stale_after,
)
from console.masking import Mask
from console.video.frames import Picture, TileReader, Violation
from console.video.grants import Grant, Placement, SignedGrant

HIDDEN: Final = PixelSize(0, 0)
"""Asks for a warm connection and no picture."""


class StreamEnd(StrEnum):
    """Why a stream will never show a picture again."""

    CLOSED = "closed"
    REFUSED = "refused"
    QUARANTINED = "quarantined"
    ENGINE_CLOSED = "engine_closed"


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """What a stream does. `since` is when the state began, `decoded_at` the time of the newest picture (monotonic).

    `kbps` is what came from the camera over the last seconds, `reconnects` how many connections succeeded after the
    stream's first one. `eased` is what is left out because the machine cannot keep up (easing.Eased), `shown_rate` how
    many pictures a second are shown then; 0: all of them. `pictures` counts those that came before the painter since
    the stream began, over all its workers; 0 while there is none.
    """

    state: TileState
    fault: Fault = Fault.NONE
    attempt: int = 0
    since: float = 0.0
    decoded_at: float | None = None
    age_s: float | None = None
    latency_ms: float = 0.0
    facts: StreamFacts = field(default_factory=StreamFacts)
    end: StreamEnd | None = None
    kbps: float = 0.0
    reconnects: int = 0
    eased: int = 0
    shown_rate: float = 0.0
    pictures: int = 0


@dataclass(frozen=True, slots=True)
class StreamRequest:
    """What to show. `private` keeps it out of workers with own cameras.

    `lease` is asked on the engine's thread for each placement and each renewal and must answer from memory; None
    means no: the stream ends dark. `on_status` is called on the engine's thread. Neither may wait for the caller of
    a Stream method. A size of 0×0 keeps the stream warm without pictures.
    """

    camera_id: str
    private: bool
    address: Secret
    size: PixelSize
    lease: Callable[[Placement], SignedGrant | None]
    on_status: Callable[[StreamStatus], None]


class Engine(Protocol):
    """What a stream asks of the engine. Each call returns at once."""

    def ask_renew(self, stream: Stream) -> None: ...
    def ask_resize(self, stream: Stream) -> None: ...
    def ask_close(self, stream: Stream) -> None: ...
    def tell_lapsed(self, stream: Stream) -> None: ...
    def tell_violation(self, worker: str, why: str) -> None: ...


@dataclass(frozen=True, slots=True)
class View:
    """Where the stream's pictures are at present; replaced whole, so that readers need no lock."""

    worker: str
    reader: TileReader
    epoch: int


class Stream:
    """A stream that was asked for. Made by Supervisor.open only."""

    def __init__(self, request: StreamRequest, engine: Engine, clock: Clock, stale_after_s: float) -> None:
        self.request = request
        self.size = request.size
        self._engine = engine
        self._clock = clock
        self._stale_after_s = stale_after_s
        self._view: View | None = None
        self._former: View | None = None
        self._counted: tuple[int, TileReader | None] = (0, None)
        """Pictures of former places, and the place that counts now; replaced whole."""

        self._deadline = 0.0
        self._shut = False
        self.lingers = False
        """Whether its connection may be kept for a moment once it is closed."""

        self._blanking = threading.Lock()
        self._told = StreamStatus(TileState.CONNECTING, since=clock.monotonic())
        self._epoch = 0
        self._shown_from = 0.0
        self._masks: tuple[Mask, ...] = ()
        self.connections = 0
        """Of all its workers together; the engine's thread writes it."""

    # For the user of the stream

    @property
    def ended(self) -> StreamEnd | None:
        """Why the stream is over, or None."""
        return self._told.end

    @property
    def deadline(self) -> float:
        """The newest grant's deadline (monotonic seconds): no picture is given at or after it."""
        return self._deadline

    def sequence(self) -> int:
        """Return a number that differs whenever `picture` may give something else; 0 while dark."""
        view = self._view
        if self._shut or self._clock.monotonic() >= self._deadline:
            return 0
        if view is None:
            return 0 if self._former is None else 1
        return view.epoch << 64 | view.reader.sequence()

    def picture(self) -> Picture | None:
        """Return the newest picture in place, or None: not there yet, closed, or past the lease (then blanked)."""
        now = self._clock.monotonic()
        if self._shut:
            return None
        if now >= self._deadline:
            self._lapse()
            return None
        picture = self._look(now)
        # Closed while we looked: the pixels are blanked, and the answer is no.
        return None if self._shut else picture

    def status(self) -> StreamStatus:
        """Return what the tile may say. STALE is decided here from the picture's age, whatever the worker says."""
        told = self._told
        if told.end is not None or self._shut:
            return told
        now = self._clock.monotonic()
        if told.state in {TileState.LIVE, TileState.STALE} and now >= self._deadline:
            return replace(told, state=TileState.EMPTY)
        picture = self._look(now)
        if picture is None:
            waits = told.state is TileState.LIVE and self.size != HIDDEN
            return replace(told, state=TileState.CONNECTING) if waits else told
        age = max(0.0, now - picture.decoded_at)
        shown = replace(told, decoded_at=picture.decoded_at, age_s=age, pictures=self._pictures())
        if told.state is TileState.LIVE and age > stale_after(self._stale_after_s, told.facts.rate):
            return replace(shown, state=TileState.STALE, fault=Fault.FROZEN, since=picture.decoded_at)
        return shown

    def renew(self) -> None:
        """Ask the lease again, on the engine's thread; a stream whose lease lapsed starts anew if it is given."""
        if not self._shut:
            self._engine.ask_renew(self)

    def resize(self, size: PixelSize) -> None:
        """Ask for pictures of another size; the running picture stays until they come."""
        if not self._shut and size != self.size:
            if self.size == HIDDEN:
                # What was decoded before it was hidden is as old as the time it was hidden.
                self._shown_from = self._clock.monotonic()
            self.size = size
            self._engine.ask_resize(self)

    def close(self, *, linger: bool = False) -> None:
        """Dark at once, from any thread; the worker has 300 ms to acknowledge. Harmless to repeat.

        `linger`: nobody withdrew anything, and the same camera may be opened again in a moment. The worker stays
        connected to it for that moment, without a picture, within the lease that it has.
        """
        if self._shut:
            return
        self.lingers = linger
        self._shut = True
        self.darken()
        self._engine.ask_close(self)

    # For the engine

    @property
    def view(self) -> View | None:
        return self._view

    @property
    def told(self) -> StreamStatus:
        """The last status that does not depend on the moment."""
        return self._told

    @property
    def shut(self) -> bool:
        return self._shut

    def show(self, worker: str, reader: TileReader, grant: Grant) -> None:
        """Read from here from now on, until the grant's deadline."""
        if grant.masks != self._masks:
            # The last picture of the dead worker was made under other masks.
            self.darken()
        self._masks = grant.masks
        self._epoch += 1
        self._counted = (self._pictures(), reader)
        self._deadline = grant.deadline
        self._view = View(worker, reader, self._epoch)

    def prolong(self, deadline: float) -> None:
        self._deadline = deadline

    def tell(self, status: StreamStatus) -> None:
        """Set the status; `since` moves only when the state does."""
        since = self._told.since if status.state is self._told.state else self._clock.monotonic()
        self._told = replace(status, since=since)

    def keep_last(self) -> None:
        """The worker died: its last picture may stay, within the lease, until the next worker has one."""
        view = self._view
        if view is not None and view.reader.has_picture:
            self._former = view
        self._view = None

    def finish(self, end: StreamEnd, status: StreamStatus) -> None:
        self._shut = True
        self.darken()
        self.tell(replace(status, end=end))

    def darken(self) -> None:
        """Give no picture of the present place any more and zero what was shown there."""
        # The lock keeps a second caller from blanking a tile that has been given to another stream meanwhile.
        with self._blanking:
            views = (self._view, self._former)
            self._view = self._former = None
            # A reader holds the memory of its whole worker, and an ended stream may be held for long.
            self._counted = self._pictures(), None
            for view in views:
                if view is not None:
                    view.reader.wipe()

    def _pictures(self) -> int:
        before, reader = self._counted
        return before + (0 if reader is None else reader.pictures)

    def _look(self, now: float) -> Picture | None:
        former = self._former
        picture = self._newest(self._view, now)
        if picture is not None:
            self._former = None
        else:
            picture = self._newest(former, now)
        return None if picture is None or picture.decoded_at < self._shown_from else picture

    def _newest(self, view: View | None, now: float) -> Picture | None:
        if view is None:
            return None
        try:
            return view.reader.newest(now)
        except Violation as violation:
            self.darken()
            self._engine.tell_violation(view.worker, str(violation))
            return None

    def _lapse(self) -> None:
        if self._view is not None or self._former is not None:
            self.darken()
            self._engine.tell_lapsed(self)
