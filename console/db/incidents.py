"""Incidents: number, what and where, when opened and closed, whether a review waits; and the entries of their log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import Boolean, Float, ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import ID_LENGTH, PERSONAL, Record, UtcTime
from console.db.facts import facts_of
from console.db.rereading import Listing, reread
from console.db.running_numbers import Numbered, next_number
from console.db.store import Tx, fetch
from console.kernel import Category, Outcome, Priority, Zone


class Incident(Numbered):
    __tablename__ = "incident"
    kind: ClassVar[str] = "incident"

    number: Mapped[str] = mapped_column(String(64), index=True)
    title: Mapped[str] = mapped_column(String(300), info=PERSONAL)
    place: Mapped[str] = mapped_column(String(300), info=PERSONAL)
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    zone: Mapped[str] = mapped_column(String(16), default=Zone.UNKNOWN.value)
    category: Mapped[str] = mapped_column(String(32), default=Category.OTHER.value)
    priority: Mapped[str] = mapped_column(String(16), default=Priority.NORMAL.value)
    happened_at: Mapped[datetime | None] = mapped_column(UtcTime)
    camera_id: Mapped[str | None] = mapped_column(ForeignKey("camera.id"), index=True)
    placed_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    """Who gave the coordinates that stand: they decide which level-1 cameras may be seen through the incident."""
    opened_at: Mapped[datetime] = mapped_column(UtcTime)
    opened_by: Mapped[str] = mapped_column(String(ID_LENGTH))
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime, index=True)
    closed_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    outcome: Mapped[str | None] = mapped_column(String(32))
    needs_review: Mapped[bool] = mapped_column(Boolean)
    reviewed_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))


class IncidentEntry(Record):
    """One line of an incident's log. Never deleted: what was wrong is struck, with a reason, and stays readable."""

    __tablename__ = "incident_entry"
    kind: ClassVar[str] = "incident_entry"

    incident_id: Mapped[str] = mapped_column(ForeignKey("incident.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    person_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    words: Mapped[str] = mapped_column(String(4000), info=PERSONAL)
    struck_at: Mapped[datetime | None] = mapped_column(UtcTime)
    struck_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    strike_reason: Mapped[str | None] = mapped_column(String(1000), info=PERSONAL)


@dataclass(frozen=True, slots=True)
class NewIncident:
    title: str
    place: str = ""
    lat: float | None = None
    lon: float | None = None
    zone: Zone = Zone.UNKNOWN
    category: Category = Category.OTHER
    priority: Priority = Priority.NORMAL
    happened_at: datetime | None = None
    camera_id: str | None = None


@dataclass(frozen=True, slots=True)
class IncidentChange:
    """What may be corrected of an open incident: never its number, its words or when it was opened."""

    category: Category
    priority: Priority
    place: str
    lat: float | None
    lon: float | None
    zone: Zone


@dataclass(frozen=True, slots=True)
class IncidentRow:
    id: str
    version: int
    number: str
    title: str
    place: str
    lat: float | None
    lon: float | None
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str | None
    needs_review: bool
    reviewed_by: str | None
    zone: Zone = Zone.UNKNOWN
    category: Category = Category.OTHER
    priority: Priority = Priority.NORMAL
    happened_at: datetime | None = None
    camera_id: str | None = None
    outcome: Outcome | None = None
    placed_by: str | None = None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A line of an incident's log. A struck one keeps its words."""

    id: str
    version: int
    incident_id: str
    at: datetime
    person_id: str
    words: str
    struck_at: datetime | None
    struck_by: str | None
    strike_reason: str | None


def _row(found: Incident) -> IncidentRow:
    return facts_of(IncidentRow, found)


def _entry_row(found: IncidentEntry) -> EntryRow:
    return facts_of(EntryRow, found)


_OPEN: Final = Listing("open incidents", Incident, _row)


def open_incidents(tx: Tx, *, anew: bool = False) -> list[IncidentRow]:
    """Return the incidents that are open, newest first. `anew`: none is taken as known."""
    fits = (Incident.station_id == tx.station_id, Incident.closed_at.is_(None))
    rows = reread(tx, _OPEN, *fits, anew=anew)
    return sorted(rows, key=lambda row: (row.opened_at, row.id), reverse=True)


def list_incidents(tx: Tx, limit: int | None = None) -> list[IncidentRow]:
    """Return the station's incidents, newest first."""
    query = select(Incident).where(Incident.station_id == tx.station_id)
    query = query.order_by(Incident.opened_at.desc(), Incident.id.desc()).limit(limit)
    return [_row(found) for found in tx.session.scalars(query)]


def get_incident(tx: Tx, incident_id: str) -> IncidentRow:
    """Return an incident or raise `not_found`."""
    return _row(fetch(tx, Incident, incident_id))


def open_incident(tx: Tx, new: NewIncident) -> IncidentRow:
    """Open an incident with the station's next number of this Buddhist year (`station-year-running`)."""
    number = next_number(tx, Incident)
    person_id = tx.acting_session.person_id
    made = Incident(
        number=f"{tx.station_id}-{number.year_be}-{number.running:04d}",
        year_be=number.year_be,
        running=number.running,
        title=new.title,
        place=new.place,
        lat=new.lat,
        lon=new.lon,
        zone=str(new.zone),
        category=str(new.category),
        priority=str(new.priority),
        happened_at=new.happened_at,
        camera_id=new.camera_id,
        placed_by=None if new.lat is None else person_id,
        opened_at=tx.now,
        opened_by=person_id,
        needs_review=False,
    )
    tx.session.add(made)
    tx.session.flush()
    return _row(made)


def change_incident(tx: Tx, incident_id: str, version: int, change: IncidentChange) -> IncidentRow:
    """Correct an incident; the journal tells field by field what stood there before."""
    found = fetch(tx, Incident, incident_id, version)
    found.category = str(change.category)
    found.priority = str(change.priority)
    found.zone = str(change.zone)
    found.place = change.place
    if (found.lat, found.lon) != (change.lat, change.lon):
        found.lat, found.lon = change.lat, change.lon
        found.placed_by = tx.acting_session.person_id
    tx.session.flush()
    return _row(found)


def close_incident(tx: Tx, incident_id: str, version: int, outcome: Outcome) -> IncidentRow:
    found = fetch(tx, Incident, incident_id, version)
    found.closed_at = tx.now
    found.closed_by = tx.actor_id
    found.outcome = str(outcome)
    tx.session.flush()
    return _row(found)


def mark_for_review(tx: Tx, incident_id: str) -> IncidentRow:
    """Note that somebody viewed a private camera through an incident that he opened himself."""
    found = fetch(tx, Incident, incident_id)
    found.needs_review = True
    tx.session.flush()
    return _row(found)


def mark_reviewed(tx: Tx, incident_id: str, version: int) -> IncidentRow:
    found = fetch(tx, Incident, incident_id, version)
    found.needs_review = False
    found.reviewed_by = tx.actor_id
    tx.session.flush()
    return _row(found)


def add_entry(tx: Tx, incident_id: str, words: str) -> EntryRow:
    """Add a line to an incident's log, by whoever acts, now."""
    made = IncidentEntry(
        incident_id=fetch(tx, Incident, incident_id).id,
        at=tx.now,
        person_id=tx.acting_session.person_id,
        words=words,
    )
    tx.session.add(made)
    tx.session.flush()
    return _entry_row(made)


def get_entry(tx: Tx, entry_id: str) -> EntryRow:
    """Return an entry or raise `not_found`."""
    return _entry_row(fetch(tx, IncidentEntry, entry_id))


def strike_entry(tx: Tx, entry_id: str, version: int, reason: str) -> EntryRow:
    """Strike an entry out: it stays readable, with who struck it, when and why."""
    found = fetch(tx, IncidentEntry, entry_id, version)
    found.struck_at = tx.now
    found.struck_by = tx.actor_id
    found.strike_reason = reason
    tx.session.flush()
    return _entry_row(found)


def entries_of(tx: Tx, incident_id: str) -> list[EntryRow]:
    """Return an incident's log, oldest first."""
    query = select(IncidentEntry).where(
        IncidentEntry.station_id == tx.station_id, IncidentEntry.incident_id == incident_id
    )
    return [_entry_row(found) for found in tx.session.scalars(query.order_by(IncidentEntry.at, IncidentEntry.id))]


def entry_counts(tx: Tx) -> dict[str, int]:
    """Return how many entries stand (struck ones left out), by incident."""
    query = (
        select(IncidentEntry.incident_id, func.count())
        .where(IncidentEntry.station_id == tx.station_id, IncidentEntry.struck_at.is_(None))
        .group_by(IncidentEntry.incident_id)
    )
    return {found[0]: found[1] for found in tx.session.execute(query)}
