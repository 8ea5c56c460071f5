"""One view while it runs: what the painter asks sixty times a second, and the two ways in which it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from console.db.cameras import AddressKind, CameraRow
from console.kernel import (
    Clock,
    Denied,
    DenyReason,
    EndReason,
    Fault,
    PixelSize,
    Purpose,
    Session,
    StreamFacts,
    TileState,
    ViewKind,
)
from console.services.feeds.pair import NEVER, Line, Pair, Sealed, Stream
from console.services.permits import Permit
from console.video.frames import Picture
from console.video.streams import HIDDEN

SMALL_TILE: Final = PixelSize(480, 270)
_WITH_RIGHTS: Final = frozenset({EndReason.CLOSED, EndReason.HANDOVER, EndReason.PURPOSE_CHANGED})
"""Ends by which nobody's right ended: the camera may be asked for again in a moment, and need not be dialled anew."""

_SHOWN: Final = frozenset({TileState.LIVE, TileState.STALE, TileState.RECONNECTING})
"""States in which a tile shows the picture that it is given, greyed if it is old."""

_STREAM_BITS: Final = 128
"""More than a stream's own number has."""


@dataclass(frozen=True, slots=True)
class FeedRequest:
    """What an officer asks for: a camera and why; the rest is how it will be shown.

    `address` SUB is what tiles take: the sub address, or the main one where there is no other.
    """

    camera_id: str
    purpose: Purpose
    incident_id: str | None = None
    kind: ViewKind = ViewKind.WALL
    size: PixelSize = SMALL_TILE
    address: AddressKind = AddressKind.SUB
    emergency_id: str | None = None
    """The superintendent's override by which the camera may be looked at, where its owner does not allow it now."""


@dataclass(frozen=True, slots=True)
class TileStatus:
    """What a tile may say now."""

    state: TileState
    fault: Fault
    deny: Denied | None
    age_s: float | None
    attempt: int
    since: datetime
    facts: StreamFacts = field(default_factory=StreamFacts)
    end: EndReason | None = None
    """Why the view is over. REPLACED: the camera's record or authority changed; ask the gate again."""

    kbps: float = 0.0
    reconnects: int = 0
    eased: int = 0
    shown_rate: float = 0.0
    """Pictures a second that the machine can show, where it cannot show all; else 0."""
    why_small: Fault | Denied | None = None
    """Why the main stream is not shown though the picture is large enough for it."""

    pictures: int = 0
    """How many pictures of the stream that is shown came before the painter; 0 while there is none."""

    turn: int = 0
    """Another number whenever another stream of the view is shown: their pictures are counted apart."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A view that is in the journal: who looks at what, why, and under which reading of the camera's record."""

    view_id: str
    session: Session
    request: FeedRequest
    permit: Permit
    camera: CameraRow
    sealed: tuple[Sealed, ...] = field(repr=False)
    """The address of the tiles' stream; the main one too where there is one besides."""


@dataclass(frozen=True, slots=True)
class Ending:
    reason: EndReason
    deny: Denied | None
    at: datetime


class LiveFeed:
    """A running view, of one stream or of two. Shows nothing past its lease, whoever forgot to end it."""

    def __init__(
        self,
        opened: Opened,
        clock: Clock,
        ended: Callable[[LiveFeed, Ending], None],
        seen: Callable[[LiveFeed], None],
        turn: Callable[[], None],
    ) -> None:
        """`turn` is called when there may be something for `LiveFeed.turn` to do."""
        self.opened = opened
        self.camera_id = opened.request.camera_id
        self.view_id = opened.view_id
        self.private = opened.permit.private
        self._clock = clock
        self._ended = ended
        self._tell_seen = seen
        self._tell_turn = turn
        self._lock = threading.Lock()
        self._pair = Pair(opened.sealed, opened.request.size, clock.monotonic())
        self._ending: Ending | None = None
        self._started, self._began = clock.now(), clock.monotonic()
        self._seen = False

    @property
    def line(self) -> Line:
        """The stream that tiles take, with which the view begins."""
        return self._pair.small

    @property
    def deadline(self) -> float:
        """Until when (monotonic) the newest leases reach; of two the one that ends first."""
        running = [line.deadline for line in self._pair.lines if line.stream is not None]
        return min(running, default=self.line.deadline)

    @property
    def unencrypted(self) -> bool:
        """Whether the picture crosses a public network in clear, by the superintendent's leave."""
        return self.opened.camera.unencrypted_override

    @property
    def emergency_until(self) -> datetime | None:
        """When the override ends by which this is looked at; None for what the owner allows."""
        return self.opened.permit.emergency_until

    @property
    def ending(self) -> Ending | None:
        return self._ending

    @property
    def size(self) -> PixelSize:
        """How large its picture is to be."""
        return self._pair.size

    def attach(self, line: Line, stream: Stream, size: PixelSize) -> None:
        """Take a stream of the engine; close it at once if the view ended while the engine was opening it."""
        with self._lock:
            self._pair.attach(line, stream, size, self._clock.monotonic())
            late = self._ending is not None
        if late:
            stream.close()
        self._told()

    def granted(self, line: Line, deadline: float) -> bool:
        """Note a new lease. False once the view has ended: the grant must not leave the gate."""
        with self._lock:
            if self._ending is not None:
                return False
            line.deadline = deadline
            return True

    def heard(self, line: Line) -> bool:
        """The engine said something of a stream, perhaps what a change waits for. Return whether it is shown now."""
        self._pair.look(self._clock.monotonic())
        self._told()
        return self._shown()[0] is line

    def turn(self) -> Line | None:
        """Close the stream that is not needed any more; return the one that the gate is to open now."""
        if self._ending is not None:
            return None
        line, closing = self._pair.turn(self._clock.monotonic())
        for stream in closing:
            stream.close()
        return line

    @property
    def shows_small(self) -> bool:
        return self._shown()[0] is self.line

    @property
    def turns_at(self) -> float:
        """When (monotonic) `turn` has something to do though nobody calls for it."""
        return NEVER if self._ending is not None else self._pair.due(self._clock.monotonic())

    @property
    def wish(self) -> int:
        """How many pixels it wishes of the main stream; 0 where the small one will do."""
        return 0 if self._ending is not None else self._pair.wish

    def allow_large(self, *, allowed: bool) -> None:
        self._pair.allow(self._clock.monotonic(), allowed=allowed)

    def not_opened(self, line: Line, why: Fault | Denied) -> None:
        """The other stream could not be opened; what is shown goes on."""
        self._pair.failed(line, why, self._clock.monotonic())

    def leads_elsewhere(self, line: Line) -> bool:
        """Whether this line leads to another stream than the view's other one; if not, it is never asked for again."""
        if all(other.way != line.way for other in self._pair.lines if other is not line):
            return True
        self._pair.stay_small()
        return False

    def first_seen(self) -> bool:
        """Return True once: at the first current picture. A connection test and a hidden view show none."""
        with self._lock:
            shows = self.opened.request.kind is not ViewKind.PROBE and self.size != HIDDEN
            first = shows and not self._seen and self._ending is None
            self._seen = self._seen or first
            return first

    def renew(self) -> None:
        for line in self._pair.lines:
            stream = line.stream
            if stream is not None and self._ending is None:
                stream.renew()

    def picture(self) -> Picture | None:
        """Return the newest picture, or None at once when the view has ended or its lease has run out."""
        line = self._shown()[0]
        picture = self._picture_of(line)
        if picture is None and (now_shown := self._shown()[0]) is not line:
            # Put to rest while we looked, for the other that is shown now.
            picture = self._picture_of(now_shown)
        if picture is not None and not self._seen and self.state().state in _SHOWN:
            # The engine tells news only: a stream that was warm before it was shown may be no news, and a picture
            # that is old from the start is seen all the same.
            self._tell_seen(self)
        return picture

    def _picture_of(self, line: Line) -> Picture | None:
        stream = line.stream
        if stream is None or self._ending is not None or self._clock.monotonic() >= line.deadline:
            return None
        return stream.picture()

    def _shown(self) -> tuple[Line, int]:
        return self._pair.shown(self._clock.monotonic())

    def sequence(self) -> int:
        """Return a number that differs whenever `picture` may give something else; 0 while dark."""
        line, turns = self._shown()
        stream = line.stream
        number = 0 if stream is None else stream.sequence()
        return number and turns << _STREAM_BITS | number

    def resize(self, size: PixelSize) -> None:
        """Say how large the picture is now. Waits for nothing; a large one is the main stream's as soon as it can."""
        if self._ending is None:
            self._pair.resize(size, self._clock.monotonic())
            self._told()

    def _told(self) -> None:
        if self.turns_at != NEVER:
            self._tell_turn()

    def end(self, reason: EndReason, deny: Denied | None = None) -> None:
        """End the view, dark before this returns. A second call changes nothing: the first reason stands."""
        with self._lock:
            if self._ending is not None:
                return
            now = self._clock.monotonic()
            # A clock that was set back meanwhile shortens nothing that an owner is told.
            at = max(self._clock.now(), self._started + timedelta(seconds=now - self._began))
            ending = Ending(reason, deny, at)
            self._ending = ending
            for line in self._pair.lines:
                line.deadline = now
            # Each looked at once: the lease thread may put one to rest at this moment.
            streams = [stream for line in self._pair.lines if (stream := line.stream) is not None]
        with ExitStack() as closing:
            # Whatever becomes of one, the other is closed and the end is told.
            closing.callback(self._ended, self, ending)
            for stream in streams:
                closing.callback(stream.close, linger=reason in _WITH_RIGHTS)

    def state(self) -> TileStatus:
        ending = self._ending
        if ending is not None:
            return _ended_status(ending)
        line, turns = self._shown()
        stream = line.stream
        if stream is None:
            return TileStatus(TileState.CONNECTING, Fault.NONE, None, None, 0, self._started)
        status = stream.status()
        now = self._clock.monotonic()
        state = status.state
        if state is TileState.LIVE and now >= line.deadline:
            # The engine has not noticed yet; a tile without a lease is not LIVE whatever the engine says.
            state = TileState.CONNECTING
        return TileStatus(
            state=state,
            fault=status.fault,
            deny=None,
            age_s=status.age_s,
            attempt=status.attempt,
            since=self._clock.now() - timedelta(seconds=max(0.0, now - status.since)),
            facts=status.facts,
            kbps=status.kbps,
            eased=status.eased,
            shown_rate=status.shown_rate,
            reconnects=status.reconnects,
            why_small=self._pair.why_small,
            pictures=status.pictures,
            turn=turns,
        )


def _ended_status(ending: Ending) -> TileStatus:
    state = TileState.EMPTY
    if ending.deny is not None:
        state = TileState.PAUSED if ending.deny.reason is DenyReason.PAUSED_BY_OWNER else TileState.DENIED
    return TileStatus(state, Fault.NONE, ending.deny, None, 0, ending.at, end=ending.reason)
