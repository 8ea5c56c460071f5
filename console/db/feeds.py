"""Views: who looked at which camera, why, from when to when. Each change records an event on the camera's chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import ID_LENGTH, PERSONAL, Record, UtcTime
from console.db.emergencies import EmergencyRow
from console.db.incidents import Incident
from console.db.journal import JournalEvent, JsonValue
from console.db.journal_rows import JournalEntry
from console.db.store import Tx, fetch
from console.kernel import EndReason, Purpose, ViewKind

DEBT_DUE: Final = timedelta(minutes=15)
"""So long after an urgent view was opened somebody has to have said why it was needed."""

ALIVE_EVERY: Final = timedelta(seconds=60)
"""How often a console with open views records that it is alive."""


class View(Record):
    __tablename__ = "camera_view"
    kind: ClassVar[str] = "view"
    own_events: ClassVar[bool] = True

    writer_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    session_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    camera_id: Mapped[str] = mapped_column(ForeignKey("camera.id"), index=True)
    authority_id: Mapped[str | None] = mapped_column(ForeignKey("authority.id"))
    incident_id: Mapped[str | None] = mapped_column(ForeignKey("incident.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(32))
    view_kind: Mapped[str] = mapped_column(String(16))
    self_opened_incident: Mapped[bool] = mapped_column(Boolean)
    opened_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    first_picture_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    end_reason: Mapped[str | None] = mapped_column(String(32))
    justification: Mapped[str | None] = mapped_column(String(1000), info=PERSONAL)
    justified_at: Mapped[datetime | None] = mapped_column(UtcTime)
    justified_incident_id: Mapped[str | None] = mapped_column(ForeignKey("incident.id"))
    overdue_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """When it was journaled that nobody had said in time why it was urgent."""
    overdue_before: Mapped[int] = mapped_column(Integer, default=0)
    """How many urgent views the same person had left unexplained past their time when this one was opened."""
    lead_note: Mapped[str | None] = mapped_column(String(1000), info=PERSONAL)
    noted_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    emergency_id: Mapped[str | None] = mapped_column(ForeignKey("emergency.id"))
    reviewed_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    review_ok: Mapped[bool | None] = mapped_column(Boolean)
    review_note: Mapped[str | None] = mapped_column(String(1000), info=PERSONAL)

    __table_args__ = (
        Index("ix_camera_view_open", "writer_id", "ended_at"),
        Index("ix_camera_view_debt", "purpose", "justified_at"),
        Index("ix_camera_view_review", "self_opened_incident", "reviewed_by"),
    )

    def journal_camera(self) -> str | None:
        return self.camera_id


@dataclass(frozen=True, slots=True)
class ViewOpening:
    """The actor, station and writer come from the transaction."""

    camera_id: str
    purpose: Purpose
    kind: ViewKind
    authority_id: str | None
    incident_id: str | None = None
    self_opened_incident: bool = False
    emergency: EmergencyRow | None = None


@dataclass(frozen=True, slots=True)
class ViewRow:
    id: str
    version: int
    writer_id: str
    session_id: str
    person_id: str
    camera_id: str
    authority_id: str | None
    incident_id: str | None
    purpose: Purpose
    kind: ViewKind
    self_opened_incident: bool
    opened_at: datetime
    first_picture_at: datetime | None
    ended_at: datetime | None
    end_reason: EndReason | None
    justified_at: datetime | None
    overdue_at: datetime | None
    overdue_before: int
    lead_note: str
    noted_by: str | None
    emergency_id: str | None
    reviewed_by: str | None
    review_ok: bool | None
    review_note: str


def view_row(view: View) -> ViewRow:
    return ViewRow(
        id=view.id,
        version=view.version,
        writer_id=view.writer_id,
        session_id=view.session_id,
        person_id=view.person_id,
        camera_id=view.camera_id,
        authority_id=view.authority_id,
        incident_id=view.incident_id,
        purpose=Purpose(view.purpose),
        kind=ViewKind(view.view_kind),
        self_opened_incident=view.self_opened_incident,
        opened_at=view.opened_at,
        first_picture_at=view.first_picture_at,
        ended_at=view.ended_at,
        end_reason=EndReason(view.end_reason) if view.end_reason else None,
        justified_at=view.justified_at,
        overdue_at=view.overdue_at,
        overdue_before=view.overdue_before,
        lead_note=view.lead_note or "",
        noted_by=view.noted_by,
        emergency_id=view.emergency_id,
        reviewed_by=view.reviewed_by,
        review_ok=view.review_ok,
        review_note=view.review_note or "",
    )


def open_view(tx: Tx, new: ViewOpening) -> ViewRow:
    """Store a view and record `view.opened`. Nothing may be shown before this is committed."""
    session = tx.acting_session
    view = View(
        writer_id=tx.writer.id,
        session_id=session.id,
        person_id=session.person_id,
        camera_id=new.camera_id,
        authority_id=new.authority_id,
        incident_id=new.incident_id,
        purpose=str(new.purpose),
        view_kind=str(new.kind),
        self_opened_incident=new.self_opened_incident,
        opened_at=tx.now,
        overdue_before=_overdue_of(tx, session.person_id) if new.purpose is Purpose.URGENT else 0,
        emergency_id=new.emergency.id if new.emergency else None,
    )
    tx.session.add(view)
    tx.session.flush()
    data: dict[str, JsonValue] = {
        "purpose": view.purpose,
        "kind": view.view_kind,
        "authority": view.authority_id,
        "incident": view.incident_id,
        "incident_number": _incident_number(tx, view.incident_id),
        "self_opened_incident": view.self_opened_incident,
    }
    personal: dict[str, str] = {}
    if view.overdue_before:
        data["overdue"] = view.overdue_before
    if new.emergency is not None:
        data |= {"basis": "emergency", "legal_basis": new.emergency.legal_basis.value, "emergency": new.emergency.id}
        personal["reason"] = new.emergency.reason
    tx.record(JournalEvent("view.opened", ("view", view.id), data, view.camera_id, personal))
    return view_row(view)


def _overdue_of(tx: Tx, person_id: str) -> int:
    """Return how many urgent views this person has left unexplained past their time."""
    query = select(func.count()).where(
        View.station_id == tx.station_id,
        View.person_id == person_id,
        View.purpose == str(Purpose.URGENT),
        View.justified_at.is_(None),
        View.opened_at <= tx.now - DEBT_DUE,
    )
    return tx.session.scalar(query) or 0


def _incident_number(tx: Tx, incident_id: str | None) -> str | None:
    """The number stands in the journal too: a statement is computed from the journal alone."""
    return None if incident_id is None else fetch(tx, Incident, incident_id).number


def first_picture(tx: Tx, view_id: str, at: datetime) -> ViewRow:
    """Record `view.picture`, once: the first current picture was shown."""
    view = fetch(tx, View, view_id)
    if view.first_picture_at is None:
        view.first_picture_at = at
        tx.session.flush()
        waited = int((at - view.opened_at).total_seconds() * 1000)
        tx.record(JournalEvent("view.picture", ("view", view.id), {"after_ms": waited}, view.camera_id))
    return view_row(view)


def end_view(tx: Tx, view_id: str, reason: EndReason, at: datetime) -> ViewRow:
    """Record `view.ended`, once; a view that has ended keeps its first end."""
    view = fetch(tx, View, view_id)
    if view.ended_at is None:
        view.ended_at = at
        view.end_reason = str(reason)
        tx.session.flush()
        data: dict[str, JsonValue] = {
            "reason": str(reason),
            "seconds": max(0, int((at - view.opened_at).total_seconds())),
            "pictures": view.first_picture_at is not None,
        }
        tx.record(JournalEvent("view.ended", ("view", view.id), data, view.camera_id))
    return view_row(view)


def get_view(tx: Tx, view_id: str) -> ViewRow:
    """Return a view or raise `not_found`."""
    return view_row(fetch(tx, View, view_id))


def open_views(tx: Tx, *, all_writers: bool = False) -> list[ViewRow]:
    """Return the views without an end, of this console or of all; oldest first."""
    query = select(View).where(View.station_id == tx.station_id, View.ended_at.is_(None))
    if not all_writers:
        query = query.where(View.writer_id == tx.writer.id)
    return [view_row(view) for view in tx.session.scalars(query.order_by(View.opened_at, View.id))]


def views_of_camera(tx: Tx, camera_id: str, since: datetime) -> list[ViewRow]:
    """Return who looked at a camera since then, oldest first."""
    query = select(View).where(View.station_id == tx.station_id, View.camera_id == camera_id, View.opened_at >= since)
    return [view_row(view) for view in tx.session.scalars(query.order_by(View.opened_at, View.id))]


def self_opened_views(tx: Tx, incident_id: str) -> list[ViewRow]:
    """Return the views through an incident that the viewer opened or placed himself, oldest first."""
    query = select(View).where(
        View.station_id == tx.station_id, View.incident_id == incident_id, View.self_opened_incident.is_(True)
    )
    return [view_row(view) for view in tx.session.scalars(query.order_by(View.opened_at, View.id))]


def debts(tx: Tx, person_id: str | None = None) -> list[ViewRow]:
    """Return the urgent views that nobody has justified yet."""
    query = select(View).where(
        View.station_id == tx.station_id, View.purpose == str(Purpose.URGENT), View.justified_at.is_(None)
    )
    if person_id is not None:
        query = query.where(View.person_id == person_id)
    return [view_row(view) for view in tx.session.scalars(query.order_by(View.opened_at, View.id))]


def justify(tx: Tx, view_id: str, words: str, incident: tuple[str, str] | None = None) -> ViewRow:
    """Store why an urgent view was needed and record `view.justified`; the words are personal and erasable.

    `incident` is the one that it belonged to: its id and its number.
    """
    view = fetch(tx, View, view_id)
    view.justification = words or None
    view.justified_at = tx.now
    data: dict[str, JsonValue] = {}
    if incident is not None:
        view.justified_incident_id, number = incident
        data = {"incident": view.justified_incident_id, "incident_number": number}
    tx.session.flush()
    personal = {"justification": words} if words else {}
    tx.record(JournalEvent("view.justified", ("view", view.id), data, view.camera_id, personal))
    return view_row(view)


def _last_alive(tx: Tx) -> datetime | None:
    """Return when this console last said that it was alive."""
    query = select(func.max(JournalEntry.at)).where(
        JournalEntry.writer_id == tx.writer.id, JournalEntry.event_class == "views.alive"
    )
    return tx.session.scalar(query)


def close_crashed_views(tx: Tx) -> int:
    """End the views that a crash of this console left open; returns how many.

    The console says once a minute that it is alive: the view may have gone on for a minute after its last sign, and the
    owner is told so rather than too little. Never past now, unless the clock was set back behind that sign.
    """
    alive = _last_alive(tx)
    left = open_views(tx)
    for view in left:
        seen = [moment for moment in (view.opened_at, view.first_picture_at, alive) if moment is not None]
        last = max(seen)
        end_view(tx, view.id, EndReason.CRASHED, max(last, min(last + ALIVE_EVERY, tx.now)))
    return len(left)
