"""The two streams of one view: the small one that tiles take, and the camera's main one while the picture is large.

Which of them is shown changes only to one whose picture is current; until then the other stays. The one that rests is
kept warm, hidden, for half a minute: somebody who looks closely goes back and forth. Then its connection is given
back, as many cameras serve very few viewers. Going back waits for nothing even so: the large picture, scaled, stays
until the small one is current.

Nothing here waits for a worker, the vault or the database. Connections are begun by the gate's lease thread, which is
told by `turn`; the painter, the engine and whoever resizes only say what they want or saw.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final, Protocol

from console.db.cameras import AddressKind
from console.kernel import Denied, Fault, PixelSize, TileState
from console.video.frames import Picture
from console.video.streams import HIDDEN, StreamRequest, StreamStatus

LARGER: Final = 1.34
"""How much larger than the small stream a tile must be on both sides; at the stream's own size it goes back."""

STEP: Final = 1.34
"""A size that changes by so much at once is somebody's wish (focus, another layout), not a window's edge in motion."""

REST_S: Final = 5.0
"""How soon after one change another may follow that nobody wished for in one step."""

WARM_S: Final = 30.0
PATIENCE_S: Final = 15.0
"""How long a main stream may take to show a current picture."""

PROVEN_S: Final = 60.0
FIRST_RETRY_S: Final = 10.0
LONGEST_RETRY_S: Final = 300.0
NEVER: Final = float("inf")


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
class Sealed:
    """An address as the opening's transaction read it."""

    kind: AddressKind
    text: bytes


@dataclass(slots=True, eq=False)
class Line:
    """One of a view's streams, or the way to it. Changed under its pair's lock only, but for the lease's end."""

    sealed: Sealed
    deadline: float
    """Until when (monotonic) its newest lease reaches."""

    stream: Stream | None = None
    size: PixelSize = HIDDEN
    asked: bool = False
    """The gate is about to open it."""

    way: str = ""
    """A digest of where it leads, to be compared with the other's."""

    since: float = 0.0
    """When it was asked for, or put before the viewer."""

    leaves_at: float | None = None
    failures: int = 0
    retry_at: float = 0.0
    why: Fault | Denied | None = None

    @property
    def status(self) -> StreamStatus | None:
        return None if self.stream is None else self.stream.status()

    def has_failed(self) -> bool:
        """Whether it says that it will not show anything soon."""
        status = self.status
        soon = {Fault.NONE, Fault.FROZEN, Fault.BEHIND}
        return status is not None and (status.end is not None or status.fault not in soon)

    def is_current(self, *, hidden: bool) -> bool:
        stream = self.stream
        live = stream is not None and stream.status().state is TileState.LIVE
        return live and stream is not None and (hidden or stream.picture() is not None)

    def ask(self, size: PixelSize) -> None:
        if self.stream is not None and size != self.size:
            self.size = size
            self.stream.resize(size)


class Pair:
    """Which of a view's streams is wanted, which is shown. For any thread; while nothing changes it takes no lock."""

    def __init__(self, sealed: tuple[Sealed, ...], size: PixelSize, now: float) -> None:
        """`sealed`: the address of the tiles' stream, and the main address if that is another one."""
        lines = [Line(each, now) for each in sealed]
        self.small = lines[0]
        self.small.asked = True
        self.large: Line | None = lines[1] if len(lines) > 1 else None
        self._lock = threading.Lock()
        self._shown = self._wanted = self.small
        self._turns = 0
        self._size = size
        self._native = HIDDEN
        self._wishes = self._asks = False
        self._allowed = True
        self._turned_at = -NEVER
        self._later: float | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        return (self.small,) if self.large is None else (self.small, self.large)

    @property
    def why_small(self) -> Fault | Denied | None:
        """Why a picture that should be the large one is not, after it was tried."""
        large = self.large
        return large.why if large is not None and self._asks else None

    def shown(self, now: float) -> tuple[Line, int]:
        """Return the line whose picture is shown, and a number that is another one after each change."""
        if self._shown is not self._wanted:
            with self._lock:
                self._update(now)
        return self._shown, self._turns

    @property
    def size(self) -> PixelSize:
        """How large the view's picture is to be."""
        return self._size

    @property
    def wish(self) -> int:
        """How many pixels are wished of the main stream; 0 where the small one will do."""
        return self._size.width * self._size.height if self._wishes else 0

    def allow(self, now: float, *, allowed: bool) -> None:
        """Say whether there is room for one more large picture."""
        if allowed is not self._allowed:
            with self._lock:
                self._allowed = allowed
                self._update(now)

    def attach(self, line: Line, stream: Stream, size: PixelSize, now: float) -> None:
        """Take the stream that was opened for this line in that size."""
        with self._lock:
            line.stream, line.size, line.asked = stream, size, False
            self._update(now)

    def failed(self, line: Line, why: Fault | Denied, now: float) -> None:
        """The gate could not open it: another time."""
        with self._lock:
            self._fail(line, why, now)

    def stay_small(self) -> None:
        """Both addresses lead to one stream: there is nothing larger."""
        with self._lock:
            self.large = None
            self._wanted = self.small
            self.small.ask(self._size)

    def resize(self, size: PixelSize, now: float) -> None:
        with self._lock:
            step = _is_step(self._size, size)
            self._size = size
            self._update(now, at_once=step)

    def look(self, now: float) -> None:
        """Something may have changed: see whether another line is wanted or can be shown."""
        if self.large is not None:
            with self._lock:
                self._update(now)

    def turn(self, now: float) -> tuple[Line | None, list[Stream]]:
        """Return the line to be opened now, if any, and the streams that are to be closed."""
        if self.large is None:
            return None, []
        with self._lock:
            self._update(now)
            left = [line for line in self.lines if line.leaves_at is not None and line.leaves_at <= now]
            closing = [line.stream for line in left if line.stream is not None]
            for line in left:
                line.stream = line.leaves_at = None
            lacking = next((line for line in self.lines if self._lacks(line) and line.retry_at <= now), None)
            if lacking is not None:
                lacking.asked, lacking.since, lacking.deadline = True, now, now
            return lacking, closing

    def due(self, now: float) -> float:
        """Return when (monotonic) `turn` has something to do that nobody will tell."""
        large = self.large
        if large is None:
            return NEVER
        with self._lock:
            times = [self._later, *(line.leaves_at for line in self.lines)]
            times += [max(line.retry_at, now) for line in self.lines if self._lacks(line)]
            if self._asks and large.stream is not None and self._shown is not large and large.leaves_at is None:
                times.append(large.since + PATIENCE_S)
            return min((time for time in times if time is not None), default=NEVER)

    # Inside, under the lock

    def _lacks(self, line: Line) -> bool:
        needed = self._asks if line is self.large else self._wanted is line
        return needed and line.stream is None and not line.asked

    def _update(self, now: float, *, at_once: bool = False) -> None:
        large = self.large
        if large is None:
            self.small.ask(self._size)
            return
        self._decide(large, now, at_once=at_once)
        hidden = self._size == HIDDEN
        waits = self._asks and large.stream is not None and self._shown is not large and large.leaves_at is None
        if waits and not large.is_current(hidden=hidden):
            status = large.status
            if large.has_failed() or now - large.since >= PATIENCE_S:
                self._fail(large, _fault_of(status), now)
        stands = self._shown is not large or large.is_current(hidden=hidden)
        self._wanted = large if self._asks and large.retry_at <= now and stands else self.small
        self._fit(large, now)
        if self._wanted is not self._shown and self._wanted.is_current(hidden=hidden):
            self._show(self._wanted, large, now)
            self._fit(large, now)

    def _decide(self, large: Line, now: float, *, at_once: bool) -> None:
        """Whether the picture is to be the large one: by its pixels and the small stream's own."""
        status = self.small.status
        if status is not None and status.facts.width and status.facts.height:
            self._native = PixelSize(status.facts.width, status.facts.height)
        wishes = _asks_large(self._size, self._native, already=self._wishes)
        self._later = None
        if wishes is not self._wishes:
            if at_once or now >= self._turned_at + REST_S:
                self._wishes = wishes
            else:
                self._later = self._turned_at + REST_S
        asks = self._wishes and self._allowed
        if asks is not self._asks:
            self._asks, self._turned_at = asks, now
            if self._shown is not large:
                large.since = now

    def _fit(self, large: Line, now: float) -> None:
        """Ask each line for the size that it is needed in, and note since when one is not needed."""
        shown, hidden = self._shown, self._size == HIDDEN
        if self._wanted is self.small or (shown is self.small and self.small.size == HIDDEN):
            self.small.ask(self._size)
        elif shown is large:
            self.small.ask(HIDDEN)
        # Else the large one is on its way: the small picture stays as it is, scaled.
        if self._asks or hidden:
            large.ask(self._size)
        elif shown is not large:
            large.ask(HIDDEN)
        elif now - self._turned_at >= PATIENCE_S:
            # The small one does not come back; until it does, the other need not be larger than the tile.
            large.ask(self._size)
        for line in self.lines:
            if line in {shown, self._wanted} or line.stream is None:
                line.leaves_at = None
            elif line.leaves_at is None:
                line.leaves_at = now + WARM_S

    def _show(self, line: Line, large: Line, now: float) -> None:
        if line is large:
            large.since, large.why = now, None
        elif self._asks:
            # It was shown, and is not current any more.
            if now - large.since >= PROVEN_S:
                large.failures = 0
            self._fail(large, _fault_of(large.status), now)
        self._shown = line
        self._turns += 1

    def _fail(self, line: Line, why: Fault | Denied, now: float) -> None:
        line.asked = False
        line.failures += 1
        line.retry_at = now + min(FIRST_RETRY_S * 2 ** (line.failures - 1), LONGEST_RETRY_S)
        line.why = why
        line.leaves_at = now


def _fault_of(status: StreamStatus | None) -> Fault:
    """Name what is wrong with a stream that shows nothing current; one that says nothing does not answer."""
    return Fault.NO_ANSWER if status is None or status.fault is Fault.NONE else status.fault


def _asks_large(size: PixelSize, native: PixelSize, *, already: bool) -> bool:
    """Compare a picture's place with the small stream's own size.

    Both sides must be larger, but one that stays larger is enough to remain: the two streams of a camera need not have
    one shape, and the place is fitted to the shape of the one that is shown.
    """
    if HIDDEN in {size, native}:
        return False
    across, down = size.width / native.width, size.height / native.height
    return max(across, down) > 1.0 if already else min(across, down) >= LARGER


def _is_step(former: PixelSize, size: PixelSize) -> bool:
    if HIDDEN in {former, size}:
        return True
    across, down = size.width / former.width, size.height / former.height
    return min(across, down) >= STEP or max(across, down) <= 1 / STEP
