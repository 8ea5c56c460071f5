"""One view while it runs: what the painter asks sixty times a second, and the two ways in which it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

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
from console.services.permits import Permit
from console.video.frames import Picture
from console.video.streams import HIDDEN, StreamRequest, StreamStatus

SMALL_TILE = PixelSize(480, 270)
_WITH_RIGHTS: Final = frozenset({EndReason.CLOSED, EndReason.HANDOVER, EndReason.PURPOSE_CHANGED})
"""Ends by which nobody's right ended: the camera may be asked for again in a moment, and need not be dialled anew."""


class Stream(Protocol):
    """What the gate needs of a running stream; `video.supervisor.Stream` is the real one."""

    def renew(self) -> None: ...
    def resize(self, size: PixelSize) -> None: ...
    def close(self, *, linger: bool = False) -> None: ...
    def picture(self) -> Picture | None: ...
    def sequence(self) -> int: ...
    def status(self) -> StreamStatus: ...


class Engine(Protocol):
    """What the gate needs of the video engine; `video.supervisor.Supervisor` is the real one."""

    def open(self, request: StreamRequest) -> Stream: ...


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


@dataclass(frozen=True, slots=True)
class Opened:
    """A view that is in the journal: who looks at what, why, and under which reading of the camera's record."""

    view_id: str
    session: Session
    request: FeedRequest
    permit: Permit
    camera: CameraRow


@dataclass(frozen=True, slots=True)
class Ending:
    reason: EndReason
    deny: Denied | None
    at: datetime


class LiveFeed:
    """A running view. Shows nothing past its lease, whoever forgot to end it."""

    def __init__(
        self,
        opened: Opened,
        clock: Clock,
        ended: Callable[[LiveFeed, Ending], None],
        seen: Callable[[LiveFeed], None],
    ) -> None:
        self.opened = opened
        self.camera_id = opened.request.camera_id
        self.view_id = opened.view_id
        self.private = opened.permit.private
        self._clock = clock
        self._ended = ended
        self._tell_seen = seen
        self._lock = threading.Lock()
        self._stream: Stream | None = None
        self._ending: Ending | None = None
        self._deadline = clock.monotonic()
        self._started = clock.now()
        self._seen = False
        self._size = opened.request.size
        self._was_hidden = False

    @property
    def deadline(self) -> float:
        """Until when (monotonic) the newest lease reaches."""
        return self._deadline

    @property
    def unencrypted(self) -> bool:
        """Whether the picture crosses a public network in clear, by the superintendent's leave."""
        return self.opened.camera.unencrypted_override

    @property
    def ending(self) -> Ending | None:
        return self._ending

    def attach(self, stream: Stream) -> None:
        """Take the engine's stream; close it at once if the view ended while the engine was opening it."""
        with self._lock:
            self._stream = stream
            late = self._ending is not None
        if late:
            stream.close()

    def granted(self, deadline: float) -> bool:
        """Note a new lease. False once the view has ended: the grant must not leave the gate."""
        with self._lock:
            if self._ending is not None:
                return False
            self._deadline = deadline
            return True

    def first_seen(self) -> bool:
        """Return True once: at the first current picture. A connection test and a hidden view show none."""
        with self._lock:
            shows = self.opened.request.kind is not ViewKind.PROBE and self._size != HIDDEN
            first = shows and not self._seen and self._ending is None
            self._seen = self._seen or first
            return first

    def renew(self) -> None:
        stream = self._stream
        if stream is not None and self._ending is None:
            stream.renew()

    def picture(self) -> Picture | None:
        """Return the newest picture, or None at once when the view has ended or its lease has run out."""
        stream = self._stream
        if stream is None or self._ending is not None or self._clock.monotonic() >= self._deadline:
            return None
        picture = stream.picture()
        if self._was_hidden and not self._seen and picture is not None:
            # The engine tells news only, and a view that was warm before it was shown may be no news.
            self._tell_seen(self)
        return picture

    def sequence(self) -> int:
        stream = self._stream
        return 0 if stream is None else stream.sequence()

    def resize(self, size: PixelSize) -> None:
        stream = self._stream
        if stream is not None and self._ending is None:
            self._was_hidden = self._was_hidden or self._size == HIDDEN
            self._size = size
            stream.resize(size)

    def end(self, reason: EndReason, deny: Denied | None = None) -> None:
        """End the view, dark before this returns. A second call changes nothing: the first reason stands."""
        with self._lock:
            if self._ending is not None:
                return
            ending = Ending(reason, deny, self._clock.now())
            self._ending = ending
            self._deadline = self._clock.monotonic()
            stream = self._stream
        try:
            if stream is not None:
                stream.close(linger=reason in _WITH_RIGHTS)
        finally:
            self._ended(self, ending)

    def state(self) -> TileStatus:
        ending = self._ending
        if ending is not None:
            return _ended_status(ending)
        stream = self._stream
        if stream is None:
            return TileStatus(TileState.CONNECTING, Fault.NONE, None, None, 0, self._started)
        status = stream.status()
        now = self._clock.monotonic()
        state = status.state
        if state is TileState.LIVE and now >= self._deadline:
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
            reconnects=status.reconnects,
        )


def _ended_status(ending: Ending) -> TileStatus:
    state = TileState.EMPTY
    if ending.deny is not None:
        state = TileState.PAUSED if ending.deny.reason is DenyReason.PAUSED_BY_OWNER else TileState.DENIED
    return TileStatus(state, Fault.NONE, ending.deny, None, 0, ending.at, end=ending.reason)
