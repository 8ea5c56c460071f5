"""What the gate knows, held in memory: one immutable reading of authorities, cameras, incidents and people.

Renewals decide from the newest reading and never wait for the database. A reading carries a ticket taken before it
was read; an older ticket never replaces a newer one, so a slow reader cannot bring a withdrawn right back.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from console.db.authorities import AuthorityRow, authority_snapshot
from console.db.cameras import CameraRow, list_cameras
from console.db.emergencies import EmergencyRow, running_emergencies
from console.db.incidents import IncidentRow, open_incidents
from console.db.journal import clock_confirmations, newest_time
from console.db.people import PersonRow, list_people
from console.db.store import Tx
from console.db.told_rights import as_told
from console.services.permits import Happening, Place

NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One reading. `known_at` is when it was begun."""

    ticket: int
    known_at: datetime
    newest_record: datetime | None = None
    confirmations: int = 0
    authorities: Mapping[str, AuthorityRow] = field(default_factory=dict)
    cameras: Mapping[str, CameraRow] = field(default_factory=dict)
    incidents: Mapping[str, IncidentRow] = field(default_factory=dict)
    people: Mapping[str, PersonRow] = field(default_factory=dict)
    emergencies: Mapping[str, EmergencyRow] = field(default_factory=dict)

    def happening(self, incident_id: str | None) -> Happening | None:
        """Return the named incident; one that is not among the open ones counts as closed."""
        if incident_id is None:
            return None
        row = self.incidents.get(incident_id)
        if row is None:
            return Happening(incident_id, None, None, is_open=False)
        return Happening(row.id, place_of(row.lat, row.lon), row.opened_by, is_open=True, placed_by=row.placed_by)

    def same_facts(self, other: Knowledge) -> bool:
        return self._facts() == other._facts()

    def _facts(self) -> tuple[object, ...]:
        read = (self.authorities, self.cameras, self.incidents, self.people, self.emergencies)
        return *read, self.confirmations


NOTHING: Final = Knowledge(0, NEVER)


def place_of(lat: float | None, lon: float | None) -> Place | None:
    return None if lat is None or lon is None else Place(lat, lon)


def read_knowledge(tx: Tx, ticket: int, known_at: datetime, *, anew: bool = False) -> Knowledge:
    """Read what the gate decides by. `anew`: every row is loaded, also what was altered past the program."""
    return Knowledge(
        ticket=ticket,
        known_at=known_at,
        newest_record=newest_time(tx),
        confirmations=clock_confirmations(tx),
        authorities=as_told(tx, authority_snapshot(tx, anew=anew)),
        cameras={row.id: row for row in list_cameras(tx, anew=anew)},
        incidents={row.id: row for row in open_incidents(tx, anew=anew)},
        people={row.id: row for row in list_people(tx, anew=anew)},
        emergencies=running_emergencies(tx),
    )


class Memory:
    """The newest reading, and the tickets that order readings."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tickets = 0
        self.newest: Knowledge = NOTHING

    def ticket(self) -> int:
        with self._lock:
            self._tickets += 1
            return self._tickets

    def install(self, reading: Knowledge) -> bool:
        """Keep the reading if it is newer; return whether it told anything new."""
        with self._lock:
            old = self.newest
            if reading.ticket <= old.ticket:
                return False
            self.newest = self.with_newest(reading)
            return not reading.same_facts(old)

    def with_newest(self, reading: Knowledge) -> Knowledge:
        """Keep the newest moment ever seen: a restored or rewound store does not make the clock look right again.

        A former reading is a moment too: in a quiet hour no row tells that the clock was set back. Only a new
        confirmation of the clock does; what was seen before it is what it confirms to be wrong.
        """
        if reading.confirmations > self.newest.confirmations:
            return reading
        seen = (self.newest.known_at, self.newest.newest_record, reading.newest_record)
        newest = max((time for time in seen if time not in {None, NEVER}), default=None)
        return dataclasses.replace(reading, newest_record=newest)

    def distrust(self) -> None:
        """Something changed and could not be read: from now on what is remembered counts as infinitely old."""
        with self._lock:
            self._tickets += 1
            self.newest = dataclasses.replace(self.newest, ticket=self._tickets, known_at=NEVER)
