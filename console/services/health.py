"""How cameras did while they were watched: availability by day, outages, and the last hours of one camera.

The station knows only what it watched: a camera that nobody looked at is “not watched”, never “up”. Where two consoles
watched at once, a minute counts as live as far as any of them had the picture.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from console.db import health as db
from console.db.cameras import CameraRow, list_cameras
from console.db.health import (
    HOUR_S,
    MINUTE_S,
    MINUTES,
    OF_MINUTES,
    Ending,
    Minute,
    Outage,
    SeenHour,
    Span,
    Sums,
    hour_of,
    sums_of,
)
from console.db.store import Store, Tx
from console.i18n.typed import day_begins
from console.kernel import STATION_ZONE, Clock

__all__ = [
    "Availability",
    "CameraHealth",
    "Chart",
    "DayFigures",
    "Ending",
    "Health",
    "HealthEntry",
    "Outage",
    "Piece",
    "Reach",
    "Sums",
]

DAY_HOURS: Final = 24
FULL_S: Final = MINUTE_S - 1
"""Seconds of a minute from which on the picture counts as never gone: sampling loses a moment at each end."""
FEW_S: Final = 600
"""With less time watched than this a share says little; whoever shows it says so."""


class Reach(StrEnum):
    """How far back a chart goes."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_REACH_HOURS: Final = {Reach.DAY: 24, Reach.WEEK: 168, Reach.MONTH: 720}
_PIECE_HOURS: Final = {Reach.WEEK: 1, Reach.MONTH: 4}
FINE_MINUTES: Final = 10
"""How long the pieces of the last day are."""


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One camera on one day of the station, as far as it was watched."""

    day: date
    sums: Sums
    outages: int
    longest_s: float


@dataclass(frozen=True, slots=True)
class Availability:
    """One camera over some days. An outage that goes through midnight counts once here, and on each of its days."""

    camera_id: str
    days: tuple[DayFigures, ...]
    sums: Sums
    outages: int
    longest_s: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a chart's time with what was seen in it."""

    began: datetime
    seconds: int
    sums: Sums


@dataclass(frozen=True, slots=True)
class Chart:
    """One camera's state and figures over time, oldest first, without a hole, and its outages in that time."""

    camera_id: str
    since: datetime
    until: datetime
    pieces: tuple[Piece, ...]
    outages: tuple[Outage, ...]


@dataclass(frozen=True, slots=True)
class CameraHealth:
    """What the list says of a camera: today, if it was watched today, and the last seven days with today."""

    today: DayFigures | None
    week: Availability
    last_outage: datetime | None


@dataclass(frozen=True, slots=True)
class HealthEntry:
    """A camera of the register with its health. `health` None: it was never watched."""

    camera: CameraRow
    health: CameraHealth | None

    @property
    def id(self) -> str:
        return self.camera.id

    @property
    def version(self) -> int:
        return self.camera.version


# Rules


def together(seen: Sequence[Minute]) -> Minute:
    """Return a minute that several consoles watched: as long as the longest, live as far as any had the picture."""
    longest = max(seen, key=lambda minute: minute.watched)
    best = max(seen, key=lambda minute: (minute.live, minute.watched))
    dark = longest.watched - best.live
    rest = {}
    for name in ("down", "reconnecting", "stale"):
        rest[name] = max(0, min(dark, getattr(longest, name)))
        dark -= rest[name]
    return replace(best, reconnects=max(minute.reconnects for minute in seen), **rest)


def joined(hours: Iterable[SeenHour]) -> dict[tuple[str, int], dict[int, Minute]]:
    """Return (camera, hour) → its minutes, those of several consoles together."""
    gathered: dict[tuple[str, int], dict[int, list[Minute]]] = defaultdict(lambda: defaultdict(list))
    for seen in hours:
        for number, minute in seen.minutes.items():
            gathered[seen.camera_id, seen.hour][number].append(minute)
    return {key: {number: together(several) for number, several in found.items()} for key, found in gathered.items()}


def merge_outages(seen: Iterable[Outage], live_minutes: frozenset[int] = frozenset()) -> list[Outage]:
    """Return one camera's outages as the station had them: what overlaps is one, with the fault of the longest.

    `live_minutes` (since 1970) are those that some console had live throughout: an outage within them was only a
    console's own.
    """
    merged: list[Outage] = []
    longest = 0.0
    for outage in sorted(seen, key=lambda each: (each.began, each.until)):
        if live_minutes and _covered(outage, live_minutes):
            continue
        if not merged or outage.began > merged[-1].until:
            merged.append(outage)
            longest = outage.seconds
            continue
        last = merged[-1]
        later = outage if (outage.until, outage.ending is Ending.GOES_ON) > (last.until, False) else last
        fault = outage.fault if outage.seconds > longest else last.fault
        longest = max(longest, outage.seconds)
        merged[-1] = replace(last, until=later.until, ending=later.ending, fault=fault)
    return merged


def _covered(outage: Outage, live_minutes: frozenset[int]) -> bool:
    first, last = (int(moment.timestamp()) // MINUTE_S for moment in (outage.began, outage.until))
    return all(minute in live_minutes for minute in range(first, last + 1))


def clipped(outages: Iterable[Outage], since: datetime, until: datetime) -> tuple[int, float]:
    """Return how many outages reach into the time, and the longest part of one that lies in it, in seconds."""
    parts = [
        (min(each.until, until) - max(each.began, since)).total_seconds()
        for each in outages
        if each.began < until and each.until >= since
    ]
    return len(parts), max(parts, default=0.0)


# The service


class Health:
    """Reads what the consoles saw. For reader threads."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def availability(self, first: date, last: date) -> dict[str, Availability]:
        """Return each camera that was watched on these days of the station, both included."""
        return self._store.read(lambda tx: _availability(tx, first, last))

    def entries(self) -> list[HealthEntry]:
        """Return every camera in use with its health, by code."""
        today = self._clock.now().astimezone(STATION_ZONE).date()

        def read(tx: Tx) -> list[HealthEntry]:
            week = _availability(tx, today - timedelta(days=6), today)
            last = db.last_outages(tx)
            cameras = list_cameras(tx)
            return [HealthEntry(each, _health(week.get(each.id), last.get(each.id), today)) for each in cameras]

        return self._store.read(read)

    def last_24h(self, camera_id: str) -> Chart:
        """Return the last day of one camera, for its strip."""
        return self.chart(camera_id, Reach.DAY)

    def chart(self, camera_id: str, reach: Reach) -> Chart:
        """Return one camera's time up to now, in pieces of some minutes or hours."""
        return self._store.read(lambda tx: _chart(tx, camera_id, reach, self._clock.now()))


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of a span: (camera, number of the piece) → sums, and the minutes that several consoles watched."""

    pieces: dict[tuple[str, int], Sums]
    shared: dict[tuple[str, int], dict[int, Minute]]


def _read(tx: Tx, span: Span, hours: int) -> _Read:
    """Read pieces of so many hours, counted from the span's first; a minute of several consoles counts once."""
    offset = -span.first % hours
    first = (span.first + offset) // hours
    pieces = {(camera, n - first): sums for (camera, n), sums in db.hour_sums(tx, span, hours, offset).items()}
    seen = db.shared_hours(tx, span)
    shared = joined(seen)
    for each in seen:
        key = (each.camera_id, (each.hour - span.first) // hours)
        pieces[key] = _less(pieces[key], sums_of(each.minutes.values()))
    for (camera_id, hour), found in shared.items():
        pieces[camera_id, (hour - span.first) // hours] += sums_of(found.values())
    return _Read(pieces, shared)


def _availability(tx: Tx, first: date, last: date) -> dict[str, Availability]:
    span = Span(hour_of(day_begins(first)), hour_of(day_begins(last)) + DAY_HOURS)
    read = _read(tx, span, DAY_HOURS)
    outages = _station_outages(tx, span, read.shared)
    cameras: dict[str, list[tuple[datetime, Sums]]] = defaultdict(list)
    for (camera_id, number), sums in sorted(read.pieces.items()):
        cameras[camera_id].append((span.since + timedelta(days=number), sums))
    return {camera_id: _of_camera(camera_id, days, outages, span) for camera_id, days in cameras.items()}


def _of_camera(
    camera_id: str, days: Sequence[tuple[datetime, Sums]], outages: Mapping[str, list[Outage]], span: Span
) -> Availability:
    own = outages.get(camera_id, [])
    figures, whole = [], Sums()
    for began, sums in days:
        figures.append(
            DayFigures(began.astimezone(STATION_ZONE).date(), sums, *clipped(own, began, began + timedelta(days=1)))
        )
        whole += sums
    return Availability(camera_id, tuple(figures), whole, *clipped(own, span.since, span.until))


def _less(whole: Sums, part: Sums) -> Sums:
    """Take out what consoles counted side by side; least rate and longest gap stay, as any console met them."""
    return replace(whole, **{name: getattr(whole, name) - getattr(part, name) for name in OF_MINUTES})


def _station_outages(
    tx: Tx, span: Span, minutes: Mapping[tuple[str, int], Mapping[int, Minute]]
) -> dict[str, list[Outage]]:
    live: dict[str, set[int]] = defaultdict(set)
    for (camera_id, hour), found in minutes.items():
        live[camera_id].update(hour * MINUTES + number for number, minute in found.items() if minute.live >= FULL_S)
    seen: dict[str, list[Outage]] = defaultdict(list)
    for outage in db.outages(tx, span.since, span.until, span.camera_id):
        seen[outage.camera_id].append(outage)
    return {camera_id: merge_outages(own, frozenset(live[camera_id])) for camera_id, own in seen.items()}


def _health(week: Availability | None, last_outage: datetime | None, today: date) -> CameraHealth | None:
    if week is None:
        return None
    return CameraHealth(next((each for each in week.days if each.day == today), None), week, last_outage)


def _chart(tx: Tx, camera_id: str, reach: Reach, now: datetime) -> Chart:
    end = hour_of(now) + 1
    span = Span(end - _REACH_HOURS[reach], end, camera_id)
    if reach is Reach.DAY:
        seconds, (sums, shared) = FINE_MINUTES * MINUTE_S, _fine(tx, span)
    else:
        hours = _PIECE_HOURS[reach]
        read = _read(tx, span, hours)
        seconds, sums, shared = hours * HOUR_S, {n: found for (_camera, n), found in read.pieces.items()}, read.shared
    begins = (span.since + timedelta(seconds=n * seconds) for n in range((span.end - span.first) * HOUR_S // seconds))
    pieces = [Piece(began, seconds, sums.get(n, Sums())) for n, began in enumerate(begins) if began <= now]
    outages = _station_outages(tx, span, shared).get(camera_id, [])
    return Chart(camera_id, span.since, span.until, tuple(pieces), tuple(reversed(outages)))


def _fine(tx: Tx, span: Span) -> tuple[dict[int, Sums], dict[tuple[str, int], dict[int, Minute]]]:
    """Return the last day's pieces of some minutes, and its minutes."""
    minutes = joined(db.seen_hours(tx, span))
    pieces: dict[int, list[Minute]] = defaultdict(list)
    for (_camera, hour), found in minutes.items():
        for number, minute in found.items():
            pieces[((hour - span.first) * MINUTES + number) // FINE_MINUTES].append(minute)
    return {number: sums_of(found) for number, found in pieces.items()}, minutes
