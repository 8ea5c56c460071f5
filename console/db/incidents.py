"""Incidents: number, what and where, when opened and closed, whether a review waits; and the entries of their log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Boolean, Float, ForeignKey, Integer, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import ID_LENGTH, PERSONAL, Record, UtcTime
from console.db.store import Tx, fetch
from console.kernel import BUDDHIST_ERA, STATION_ZONE, Category, Outcome, Priority, Zone


class Incident(Record):
    __tablename__ = "incident"
    __table_args__ = (UniqueConstraint("station_id", "year_be", "running"),)
    kind: ClassVar[str] = "incident"

    number: Mapped[str] = mapped_column(String(64), index=True)
    year_be: Mapped[int] = mapped_column(Integer)
    running: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(300), info=PERSONAL)
    place: Mapped[str] = mapped_column(String(300), info=PERSONAL)
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    zone: Mapped[str] = mapped_column(String(16), default=Zone.UNKNOWN.value)
    category: Mapped[str] = mapped_column(String(32), default=Category.OTHER.value)
    priority: Mapped[str] = mapped_column(String(16), default=Priority.NORMAL.value)
    happened_at: Mapped[datetime | None] = mapped_column(UtcTime)
    camera_id: Mapped[str | None] = mapped_column(ForeignKey("camera.id"), index=True)
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

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


def _row(found: Incident) -> IncidentRow:
    return IncidentRow(
        id=found.id,
        version=found.version,
        number=found.number,
        title=found.title,
        place=found.place,
        lat=found.lat,
        lon=found.lon,
        opened_at=found.opened_at,
        opened_by=found.opened_by,
        closed_at=found.closed_at,
        closed_by=found.closed_by,
        needs_review=found.needs_review,
        reviewed_by=found.reviewed_by,
        zone=Zone(found.zone),
        category=Category(found.category),
        priority=Priority(found.priority),
        happened_at=found.happened_at,
        camera_id=found.camera_id,
        outcome=Outcome(found.outcome) if found.outcome else None,
    )


def open_incidents(tx: Tx) -> list[IncidentRow]:
    """Return the incidents that are open, newest first."""
    query = select(Incident).where(Incident.station_id == tx.station_id, Incident.closed_at.is_(None))
    return [_row(found) for found in tx.session.scalars(query.order_by(Incident.opened_at.desc(), Incident.id.desc()))]


def list_incidents(tx: Tx, limit: int = 200) -> list[IncidentRow]:
    query = select(Incident).where(Incident.station_id == tx.station_id)
    query = query.order_by(Incident.opened_at.desc(), Incident.id.desc()).limit(limit)
    return [_row(found) for found in tx.session.scalars(query)]


def get_incident(tx: Tx, incident_id: str) -> IncidentRow:
    """Return an incident or raise `not_found`."""
    return _row(fetch(tx, Incident, incident_id))


def open_incident(tx: Tx, new: NewIncident) -> IncidentRow:
    """Open an incident with the station's next number of this Buddhist year (`station-year-running`)."""
    year = tx.now.astimezone(STATION_ZONE).year + BUDDHIST_ERA
    last = tx.session.scalar(
        select(func.max(Incident.running)).where(Incident.station_id == tx.station_id, Incident.year_be == year)
    )
    running = (last or 0) + 1
    made = Incident(
        number=f"{tx.station_id}-{year}-{running:04d}",
        year_be=year,
        running=running,
        title=new.title,
        place=new.place,
        lat=new.lat,
        lon=new.lon,
        zone=str(new.zone),
        category=str(new.category),
        priority=str(new.priority),
        happened_at=new.happened_at,
        camera_id=new.camera_id,
        opened_at=tx.now,
        opened_by=tx.acting_session.person_id,
        needs_review=False,
    )
    tx.session.add(made)
    tx.session.flush()
    return _row(made)


def close_incident(tx: Tx, incident_id: str, version: int) -> IncidentRow:
    found = fetch(tx, Incident, incident_id, version)
    found.closed_at = tx.now
    found.closed_by = tx.actor_id
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
