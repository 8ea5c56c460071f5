"""Looks at the running views once a second and writes once a minute how their cameras did. Dials no camera for it.

What is not written yet at a crash is a minute at most. A store that cannot be written ends no view: what could not be
written waits; of more than an hour of a hundred cameras the oldest is dropped.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from console.db import health as db
from console.db.health import MINUTE_S, MINUTES, Ending, Hour, Minute, Outage, hour_begins, hour_of
from console.db.store import Store, Tx
from console.kernel import Clock, Fault, TileState, ViewKind, new_id
from console.services.feeds.live import LiveFeed, TileStatus

log = logging.getLogger(__name__)

LOOK_S: Final = 1.0
LONGEST_STEP_S: Final = 5.0
"""A longer pause between two looks was not watched: the machine slept, or starved."""
RATE_S: Final = 5.0
"""The frame rate is measured over so long."""
SHORTEST_OUTAGE_S: Final = 5.0
"""A shorter break is counted with the reconnects and in the seconds, and is no outage of its own."""
UNWATCHED_S: Final = 10.0
"""After so long without a view an outage counts as no longer watched; a new layout takes less."""
CONNECTING_S: Final = 15.0
"""A camera that has been connecting for so long counts as reconnecting, whatever nobody said yet."""
MOST_WAITING: Final = 100 * MINUTES
"""Minutes of cameras, and outages."""
HOUSEKEEPING: Final = timedelta(hours=24)

_ORDER: Final = (
    TileState.LIVE,
    TileState.STALE,
    TileState.RECONNECTING,
    TileState.DOWN,
    TileState.QUARANTINED,
    TileState.CONNECTING,
)
"""Of several views of a camera the best one tells. Any other state is not watched: nobody let us look."""

DARK: Final = {
    TileState.STALE: "stale",
    TileState.RECONNECTING: "reconnecting",
    TileState.DOWN: "down",
    TileState.QUARANTINED: "down",
}
"""States without a current picture, and what they count as."""

_STATES: Final = ("live", "stale", "reconnecting", "down")
_FASTEST: Final = 240.0
"""Pictures a second that no camera sends: what a worker counts beyond is not believed."""


class Watched(Protocol):
    """What is asked of a running view."""

    @property
    def camera_id(self) -> str: ...
    @property
    def view_id(self) -> str: ...
    def state(self) -> TileStatus: ...


@dataclass(frozen=True, slots=True)
class Look:
    """One camera at one moment, as its best view shows it."""

    view_id: str
    status: TileStatus


def best_looks(views: Iterable[Watched]) -> dict[str, Look]:
    """Return camera → its best view, of those that are watched at all."""
    found: dict[str, Look] = {}
    for view in views:
        status = view.state()
        if status.state not in _ORDER:
            continue
        known = found.get(view.camera_id)
        if known is None or _ORDER.index(status.state) < _ORDER.index(known.status.state):
            found[view.camera_id] = Look(view.view_id, status)
    return found


@dataclass(slots=True)
class _Tally:
    """One minute of one camera while it is counted."""

    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(_STATES, 0.0))
    reconnects: int = 0
    pictures: float = 0.0
    rated: float = 0.0
    least: float | None = None
    kbits: float = 0.0
    measured: float = 0.0
    gap_s: float = 0.0

    def minute(self) -> Minute:
        seconds = {name: round(value) for name, value in self.seconds.items()}
        return Minute(
            **seconds,
            reconnects=self.reconnects,
            rate=self.pictures / self.rated if self.rated else 0.0,
            least=self.least or 0.0,
            kbps=round(self.kbits / self.measured) if self.measured else 0,
            measured=min(MINUTE_S, round(self.rated)),
        )


@dataclass(slots=True)
class _Camera:
    """What is remembered of one camera from look to look."""

    view_id: str = ""
    reconnects: int = 0
    mark: tuple[int, int, float] | None = None
    """Turn and pictures when the frame rate's measurement began, and when that was."""

    connecting_since: float | None = None
    seen_at: float = 0.0
    dark_since: datetime | None = None
    outage: Outage | None = None


class Ledger:
    """Counts looks into minutes and outages. No thread and no store: the rules alone."""

    def __init__(self) -> None:
        self._at: tuple[datetime, float] | None = None
        """The last look, by the wall clock and by the monotonic one."""

        self._cameras: dict[str, _Camera] = {}
        self._tallies: dict[tuple[str, int], _Tally] = {}
        self._outages: dict[str, Outage] = {}

    def look(self, looks: Mapping[str, Look], now: datetime, mono: float) -> None:
        """Count the time since the last look as it is seen now."""
        before, began = self._at or (now, mono)
        self._at = now, mono
        step = mono - began
        # The monotonic clock may stand still while the machine sleeps; the other one also moves when somebody sets it.
        if max(step, abs((now - before).total_seconds() - step)) > UNWATCHED_S:
            self.leave_all()
        step = step if step <= LONGEST_STEP_S else 0.0
        for camera_id, look in looks.items():
            self._count(camera_id, look, (now, mono, step))
        for camera_id, camera in list(self._cameras.items()):
            if mono - camera.seen_at > UNWATCHED_S:
                self._leave(camera)
                del self._cameras[camera_id]

    def _count(self, camera_id: str, look: Look, when: tuple[datetime, float, float]) -> None:
        now, mono, step = when
        camera = self._cameras.setdefault(camera_id, _Camera())
        camera.seen_at = mono
        state = self._judged(camera, look.status.state, mono)
        tally = self._tallies.setdefault((camera_id, int(now.timestamp()) // MINUTE_S), _Tally())
        if camera.view_id != look.view_id:
            camera.view_id, camera.mark, camera.reconnects = look.view_id, None, look.status.reconnects
        tally.reconnects += max(0, look.status.reconnects - camera.reconnects)
        camera.reconnects = look.status.reconnects
        if state is TileState.LIVE:
            tally.seconds["live"] += step
            self._measure(camera, tally, look, (mono, step))
            self._back(camera, now)
        elif state in DARK:
            tally.seconds[DARK[state]] += step
            tally.gap_s = max(tally.gap_s, look.status.age_s or 0.0)
            camera.mark = None
            self._dark(camera_id, camera, look.status.fault, now)

    @staticmethod
    def _judged(camera: _Camera, state: TileState, mono: float) -> TileState:
        """Opening a camera is neither live nor dark, until it takes too long; within an outage it goes on with it."""
        if state is not TileState.CONNECTING:
            camera.connecting_since = None
            return state
        if camera.connecting_since is None:
            camera.connecting_since = mono
        late = mono - camera.connecting_since >= CONNECTING_S
        return TileState.RECONNECTING if late or camera.dark_since is not None else state

    @staticmethod
    def _measure(camera: _Camera, tally: _Tally, look: Look, when: tuple[float, float]) -> None:
        """Count pictures from mark to mark. One stream's count only grows: what fell was a restart, and starts anew."""
        mono, step = when
        told = look.status
        if told.kbps > 0.0:
            tally.kbits += told.kbps * step
            tally.measured += step
        if told.age_s is None:
            # A hidden view shows no pictures.
            camera.mark = None
            return
        new = (told.turn, told.pictures, mono)
        if camera.mark is None or camera.mark[0] != told.turn or told.pictures < camera.mark[1]:
            camera.mark = new
        elif mono - camera.mark[2] >= RATE_S:
            seconds, pictures = mono - camera.mark[2], told.pictures - camera.mark[1]
            camera.mark = new
            if pictures / seconds <= _FASTEST:
                tally.pictures += pictures
                tally.rated += seconds
                tally.least = min(value for value in (tally.least, pictures / seconds) if value is not None)

    def _dark(self, camera_id: str, camera: _Camera, fault: Fault, now: datetime) -> None:
        camera.dark_since = camera.dark_since or now
        if (now - camera.dark_since).total_seconds() < SHORTEST_OUTAGE_S:
            return
        before = camera.outage or Outage(camera_id, camera.dark_since, now, fault, id=new_id())
        # A camera that fell silent is then not reached: what it says last is what somebody has to mend.
        told = before.fault if fault is Fault.NONE else fault
        camera.outage = self._outages[before.id] = replace(before, until=now, fault=told)

    def _back(self, camera: _Camera, now: datetime) -> None:
        if camera.outage is not None:
            self._outages[camera.outage.id] = replace(camera.outage, until=now, ending=Ending.BACK)
        camera.outage = camera.dark_since = None

    def _leave(self, camera: _Camera) -> None:
        if camera.outage is not None:
            self._outages[camera.outage.id] = replace(camera.outage, ending=Ending.UNWATCHED)
        camera.outage = camera.dark_since = None

    def leave_all(self) -> None:
        """The console stops watching."""
        for camera in self._cameras.values():
            self._leave(camera)
        self._cameras.clear()

    def finished(self, now: datetime | None = None) -> tuple[list[Hour], list[Outage]]:
        """Take out the minutes that are over (all, if no moment is given) and the outages as they stand."""
        current = None if now is None else int(now.timestamp()) // MINUTE_S
        over = sorted(key for key in self._tallies if key[1] != current)
        hours: dict[tuple[str, int], tuple[dict[int, Minute], float]] = {}
        for camera_id, number in over:
            tally = self._tallies.pop((camera_id, number))
            minute = tally.minute()
            minutes, gap_s = hours.get((camera_id, number // MINUTES), ({}, 0.0))
            if minute.watched or minute.reconnects:
                minutes[number % MINUTES] = minute
                hours[camera_id, number // MINUTES] = (minutes, max(gap_s, tally.gap_s))
        outages, self._outages = list(self._outages.values()), {}
        return [Hour(*key, *found) for key, found in hours.items()], outages


class HealthWatch:
    """The thread that looks and writes. `views` gives the running views; those of connection tests are not watched."""

    def __init__(self, store: Store, clock: Clock, views: Callable[[], Sequence[LiveFeed]], keep_days: int) -> None:
        self._store = store
        self._clock = clock
        self._views = views
        self._keep = timedelta(days=keep_days)
        self._ledger = Ledger()
        self._waiting: tuple[list[Hour], list[Outage]] = ([], [])
        self._minute = 0
        self._swept: datetime | None = None
        self._failing = False
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="health", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what was seen and end the thread. The store must still be open."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self._ledger.leave_all()
        self._write(*self._ledger.finished())

    def look(self) -> None:
        """Look once; when a minute is over, write it."""
        now = self._clock.now()
        watched = [view for view in self._views() if view.opened.request.kind is not ViewKind.PROBE]
        self._ledger.look(best_looks(watched), now, self._clock.monotonic())
        minute = int(now.timestamp()) // MINUTE_S
        if minute != self._minute:
            self._minute = minute
            self._write(*self._ledger.finished(now))

    def _run(self) -> None:
        while not self._stop.wait(LOOK_S):
            try:
                self.look()
            except Exception:  # the border: what is told about views must never end one
                log.exception("the cameras' health could not be read")

    def _write(self, hours: list[Hour], outages: list[Outage]) -> None:
        waiting = ([*self._waiting[0], *hours][-MOST_WAITING:], [*self._waiting[1], *outages][-MOST_WAITING:])
        self._waiting = waiting
        first = self._swept is None
        sweep = self._swept is None or self._clock.now() - self._swept >= HOUSEKEEPING

        def work(tx: Tx) -> None:
            if first:
                db.close_crashed_outages(tx)
            db.add_hours(tx, waiting[0])
            db.put_outages(tx, waiting[1])
            if sweep:
                db.forget_before(tx, hour_begins(hour_of(tx.now)) - self._keep)

        if (waiting[0] or waiting[1] or sweep) and self._try(work):
            self._waiting = ([], [])
            self._swept = self._clock.now() if sweep else self._swept

    def _try(self, work: Callable[[Tx], object]) -> bool:
        """Write; whatever the store says is told once, and what waits is tried again with the next minute."""
        try:
            self._store.note(work)
        except Exception:  # the border: whatever the store says, the looks go on and what was seen waits
            if not self._failing:
                log.exception("the cameras' health could not be written")
            self._failing = True
            return False
        self._failing = False
        return True
