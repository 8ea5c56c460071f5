"""Incidents, as far as the gate needs them: number, place, when opened and closed, and whether a review waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Boolean, Float, Integer, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import ID_LENGTH, PERSONAL, Record, UtcTime
from console.db.store import Tx, fetch
from console.kernel import BUDDHIST_ERA, STATION_ZONE


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
    opened_at: Mapped[datetime] = mapped_column(UtcTime)
    opened_by: Mapped[str] = mapped_column(String(ID_LENGTH))
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime, index=True)
    closed_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    needs_review: Mapped[bool] = mapped_column(Boolean)
    reviewed_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))


@dataclass(frozen=True, slots=True)
class NewIncident:
    title: str
    place: str = ""
    lat: float | None = None
    lon: float | None = None


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
