"""What urgent and self-opened views leave to be done: debts that ran past their time, notes, reviews."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from console.db.base import UtcTime
from console.db.feeds import DEBT_DUE, View, ViewRow, view_row
from console.db.journal import JournalEvent
from console.db.journal_rows import JournalEntry
from console.db.store import Tx, fetch
from console.kernel import Purpose


def note_overdue(tx: Tx) -> int:
    """Record `view.unjustified`, once each, for the urgent views that nobody explained in time; returns how many."""
    late = tx.session.scalars(
        select(View).where(
            View.station_id == tx.station_id,
            View.purpose == str(Purpose.URGENT),
            View.justified_at.is_(None),
            View.overdue_at.is_(None),
            View.opened_at <= tx.now - DEBT_DUE,
        )
    ).all()
    for view in late:
        view.overdue_at = tx.now
        tx.session.flush()
        tx.record(JournalEvent("view.unjustified", ("view", view.id), {}, view.camera_id))
    return len(late)


def next_debt_due(tx: Tx) -> datetime | None:
    """Return when the next debt that is not told as overdue yet runs past its time; None without such a debt."""
    oldest = tx.session.scalars(
        select(View.opened_at)
        .where(
            View.station_id == tx.station_id,
            View.purpose == str(Purpose.URGENT),
            View.justified_at.is_(None),
            View.overdue_at.is_(None),
        )
        .order_by(View.opened_at)
        .limit(1)
    ).first()
    return None if oldest is None else oldest + DEBT_DUE


def note_debt(tx: Tx, view_id: str, words: str) -> ViewRow:
    """Store what the shift lead has to say of a debt, and record `view.noted`; it settles nothing."""
    view = fetch(tx, View, view_id)
    view.lead_note = words
    view.noted_by = tx.actor_id
    tx.session.flush()
    tx.record(JournalEvent("view.noted", ("view", view.id), {}, view.camera_id, {"note": words}))
    return view_row(view)


def review_view(tx: Tx, view_id: str, *, ok: bool, words: str = "") -> ViewRow:
    """Store what somebody else found of a self-opened view, and record `view.reviewed`."""
    view = fetch(tx, View, view_id)
    view.reviewed_by = tx.actor_id
    view.reviewed_at = tx.now
    view.review_ok = ok
    view.review_note = words or None
    tx.session.flush()
    personal = {"note": words} if words else {}
    tx.record(JournalEvent("view.reviewed", ("view", view.id), {"ok": ok}, view.camera_id, personal))
    return view_row(view)


def waiting_for_review(tx: Tx, incident_id: str | None = None) -> list[ViewRow]:
    """Return the self-opened views that nobody has reviewed, of one incident or of all; oldest first."""
    query = select(View).where(
        View.station_id == tx.station_id, View.self_opened_incident.is_(True), View.reviewed_by.is_(None)
    )
    if incident_id is not None:
        query = query.where(View.incident_id == incident_id)
    return [view_row(view) for view in tx.session.scalars(query.order_by(View.opened_at, View.id))]


def noteworthy_since(tx: Tx, since: datetime) -> list[ViewRow]:
    """Return what the superintendent is told of: urgent views despite overdue ones, and reviews that found fault."""
    query = select(View).where(
        View.station_id == tx.station_id,
        View.opened_at >= since,
        (View.overdue_before > 0) | View.review_ok.is_(False),
    )
    return [view_row(view) for view in tx.session.scalars(query.order_by(View.opened_at.desc(), View.id))]


def last_hand_over(tx: Tx) -> datetime | None:
    """Return when a shift was handed over last."""
    newest = func.max(JournalEntry.at, type_=UtcTime())
    moment: datetime | None = tx.session.scalar(select(newest).where(JournalEntry.event_class == "shift.handed_over"))
    return moment
