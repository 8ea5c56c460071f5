"""What the pages of the incident log read: the board of open ones, the list of all, and one incident's file."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.db import incidents as db
from console.db.authorities import AuthorityRow, authority_snapshot
from console.db.cameras import CameraRow, list_cameras
from console.db.feeds import self_opened_views
from console.db.incidents import EntryRow, IncidentRow
from console.db.store import Store, Tx
from console.kernel import AccessLevel, Denied, Priority, Purpose, Session
from console.services.names import NameBook, Names, named
from console.services.permits import EARTH_RADIUS_M, Ages, Case, Happening, Place, decide, distance_m

NEAR_M: Final = 300
"""What the board calls near. Each owner of a level-1 camera sets a radius of his own."""

_JUST_READ: Final = Ages(private_s=60, agency_s=60, clock_slack_s=0)
_URGENCY: Final[Mapping[Priority, int]] = {priority: at for at, priority in enumerate(Priority)}


@dataclass(frozen=True, slots=True)
class Nearby:
    """How many cameras lie near an incident, and the names of those whose level 1 it opens."""

    within: int
    opened: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """An incident as a list shows it: names for ids. `near` is None for a closed one and one without coordinates."""

    incident: IncidentRow
    opened_by: str
    closed_by: str
    camera: str
    entries: int
    near: Nearby | None

    @property
    def id(self) -> str:
        return self.incident.id

    @property
    def version(self) -> int:
        return self.incident.version


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An entry with the names of who wrote and who struck it."""

    entry: EntryRow
    who: str
    struck_by: str


@dataclass(frozen=True, slots=True)
class ReviewedView:
    """A view through an incident that the viewer opened or placed himself."""

    who: str
    camera: str
    opened_at: datetime
    ended_at: datetime | None
    waits: bool
    """Whether nobody has reviewed it yet."""


@dataclass(frozen=True, slots=True)
class IncidentFile:
    """Everything about one incident."""

    line: IncidentLine
    entries: tuple[LogEntry, ...]
    views: tuple[ReviewedView, ...]
    reviewed_by: str


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """One reading of who and what an incident names."""

    now: datetime
    book: NameBook
    cameras: Mapping[str, CameraRow]
    """Those in use; an incident may also name one that was archived since."""
    authorities: Mapping[str, AuthorityRow]
    entries: Mapping[str, int]

    def name(self, person_id: str | None) -> str:
        """Return the name, or the id of somebody the store no longer knows."""
        return "" if person_id is None else named(self.book, "person", person_id)

    def camera(self, camera_id: str | None) -> str:
        return "" if camera_id is None else named(self.book, "camera", camera_id)


class Board:
    """Reads of the incident log. `session` tells for whom level-1 cameras would open."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._names = Names()

    def _around(self, tx: Tx) -> _Surroundings:
        return _Surroundings(
            now=tx.now,
            book=self._names.book(tx),
            cameras={row.id: row for row in list_cameras(tx)},
            authorities=authority_snapshot(tx),
            entries=db.entry_counts(tx),
        )

    def open_ones(self) -> list[IncidentRow]:
        """Return the open incidents, newest first."""
        return self._store.read(db.open_incidents)

    def incident(self, incident_id: str) -> IncidentRow:
        return self._store.read(lambda tx: db.get_incident(tx, incident_id))

    def incidents(self) -> list[IncidentRow]:
        return self._store.read(db.list_incidents)

    def board(self, session: Session) -> list[IncidentLine]:
        """Return the open incidents, most urgent first, of these the oldest first."""

        def query(tx: Tx) -> list[IncidentLine]:
            around = self._around(tx)
            return [_line(row, around, session) for row in sorted(db.open_incidents(tx), key=_place_in_line)]

        return self._store.read(query)

    def lines(self, session: Session) -> list[IncidentLine]:
        """Return all incidents, newest first."""

        def query(tx: Tx) -> list[IncidentLine]:
            around = self._around(tx)
            return [_line(row, around, session) for row in db.list_incidents(tx)]

        return self._store.read(query)

    def file(self, incident_id: str, session: Session) -> IncidentFile:
        """Return one incident with its log, or raise `not_found`."""

        def query(tx: Tx) -> IncidentFile:
            around = self._around(tx)
            row = db.get_incident(tx, incident_id)
            return IncidentFile(
                line=_line(row, around, session),
                entries=tuple(
                    LogEntry(entry, around.name(entry.person_id), around.name(entry.struck_by))
                    for entry in db.entries_of(tx, incident_id)
                ),
                views=tuple(_views(tx, incident_id, around)),
                reviewed_by=around.name(row.reviewed_by),
            )

        return self._store.read(query)


def _place_in_line(row: IncidentRow) -> tuple[int, datetime, str]:
    return _URGENCY[row.priority], row.opened_at, row.id


def _line(row: IncidentRow, around: _Surroundings, session: Session) -> IncidentLine:
    return IncidentLine(
        incident=row,
        opened_by=around.name(row.opened_by),
        closed_by=around.name(row.closed_by),
        camera=around.camera(row.camera_id),
        entries=around.entries.get(row.id, 0),
        near=_nearby(row, around, session) if row.is_open else None,
    )


def _views(tx: Tx, incident_id: str, around: _Surroundings) -> Iterable[ReviewedView]:
    for view in self_opened_views(tx, incident_id):
        yield ReviewedView(
            around.name(view.person_id),
            around.camera(view.camera_id),
            view.opened_at,
            view.ended_at,
            waits=view.reviewed_by is None,
        )


def _nearby(row: IncidentRow, around: _Surroundings, session: Session) -> Nearby | None:
    """Look around an incident: by the gate's own decision, so that the board promises what the gate will do."""
    if row.lat is None or row.lon is None:
        return None
    spot = Place(row.lat, row.lon)
    happening = Happening(row.id, spot, row.opened_by, row.is_open, row.placed_by)
    within, opened = 0, list[str]()
    for camera in around.cameras.values():
        authority = around.authorities.get(camera.id)
        level_1 = authority is not None and authority.level is AccessLevel.INCIDENT
        reach = max(NEAR_M, authority.radius_m) if authority is not None and level_1 else NEAR_M
        if camera.lat is None or camera.lon is None or not _within_box(spot, camera.lat, camera.lon, reach):
            continue
        place = Place(camera.lat, camera.lon)
        within += distance_m(spot, place) <= NEAR_M
        case = Case(session, Purpose.INCIDENT, around.now, around.now, place, happening)
        if level_1 and camera.has_address and not isinstance(decide(authority, case, _JUST_READ), Denied):
            opened.append(camera.name)
    return Nearby(within, tuple(opened))


def _within_box(spot: Place, lat: float, lon: float, reach_m: float) -> bool:
    """Whether a place can be within reach at all: cheaper than its distance, of which a thousand would be asked."""
    degrees = math.degrees(reach_m / EARTH_RADIUS_M)
    return abs(lat - spot.lat) <= degrees and abs(lon - spot.lon) * math.cos(math.radians(spot.lat)) <= degrees * 1.01
