"""Emergency overrides: by which law, for which incident and why a superintendent looks past an owner's terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import ID_LENGTH, PERSONAL, Record, UtcTime
from console.db.facts import facts_of
from console.db.store import Tx
from console.kernel import LegalBasis

LASTS: Final = timedelta(minutes=30)


class Emergency(Record):
    """Never changed: it ends by itself, with the session, or with the incident."""

    __tablename__ = "emergency"
    kind: ClassVar[str] = "emergency"

    camera_id: Mapped[str] = mapped_column(ForeignKey("camera.id"), index=True)
    incident_id: Mapped[str] = mapped_column(ForeignKey("incident.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    session_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    legal_basis: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(String(1000), info=PERSONAL)
    begun_at: Mapped[datetime] = mapped_column(UtcTime)
    until: Mapped[datetime] = mapped_column(UtcTime, index=True)


@dataclass(frozen=True, slots=True)
class EmergencyRow:
    """An override as the pure decision reads it: one session's, for one camera and one incident."""

    id: str
    camera_id: str
    incident_id: str
    person_id: str
    session_id: str
    legal_basis: LegalBasis
    reason: str
    begun_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class NewEmergency:
    camera_id: str
    incident_id: str
    legal_basis: LegalBasis
    reason: str


def _row(found: Emergency) -> EmergencyRow:
    return facts_of(EmergencyRow, found)


def begin_emergency(tx: Tx, new: NewEmergency) -> EmergencyRow:
    """Begin an override of the acting session, for half an hour from now."""
    session = tx.acting_session
    made = Emergency(
        camera_id=new.camera_id,
        incident_id=new.incident_id,
        person_id=session.person_id,
        session_id=session.id,
        legal_basis=str(new.legal_basis),
        reason=new.reason,
        begun_at=tx.now,
        until=tx.now + LASTS,
    )
    tx.session.add(made)
    tx.session.flush()
    return _row(made)


def running_emergencies(tx: Tx) -> dict[str, EmergencyRow]:
    """Return the overrides whose half hour is not over, by id."""
    query = select(Emergency).where(Emergency.station_id == tx.station_id, Emergency.until > tx.now)
    return {found.id: _row(found) for found in tx.session.scalars(query)}
