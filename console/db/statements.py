"""What a statement is made of: a camera's rows as bytes, when each writer was heard last, and which lines must wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import ColumnElement, ForeignKey, String, and_, exists, false, func, or_, select, tuple_
from sqlalchemy.orm import Mapped, aliased, mapped_column

from console.db.base import ID_LENGTH, PERSONAL, Record, UtcTime, parse_time, time_text
from console.db.camera_heads import CameraHead, writer_ids
from console.db.feeds import View
from console.db.incidents import Incident
from console.db.journal import JournalEvent, row_of
from console.db.journal_format import Head, JsonValue
from console.db.journal_rows import JournalEntry, JournalTopic
from console.db.journal_topics import DENIED, PURPOSE, RECORD
from console.db.store import Tx

ISSUED: Final = "statement.issued"
_DELAYED: Final = "statement.delayed"


class StatementDelay(Record):
    """Lines of a sensitive case wait in the owners' statements, until a day. A later decision about a case counts."""

    __tablename__ = "statement_delay"
    kind: ClassVar[str] = "statement_delay"
    own_events: ClassVar[bool] = True

    incident_id: Mapped[str] = mapped_column(ForeignKey("incident.id"), index=True)
    until: Mapped[datetime] = mapped_column(UtcTime)
    reason: Mapped[str] = mapped_column(String(1000), info=PERSONAL)
    decided_by: Mapped[str] = mapped_column(String(ID_LENGTH))
    decided_at: Mapped[datetime] = mapped_column(UtcTime)


@dataclass(frozen=True, slots=True)
class StoredLink:
    """A row of a camera's chain as it is stored: `seq` is the camera's own number at this writer."""

    writer_id: str
    seq: int
    hash: str
    body: bytes


Ends = tuple[Mapping[str, Head], Mapping[str, Head]]


def camera_links(tx: Tx, camera_id: str, after: Mapping[str, Head], upto: Mapping[str, Head]) -> list[StoredLink]:
    """Return the camera's rows behind one head and up to another, by writer and number."""
    found: list[StoredLink] = []
    for writer_id, end in sorted(upto.items()):
        begin = after.get(writer_id, Head()).seq
        query = (
            select(JournalEntry.writer_id, JournalEntry.camera_seq, JournalEntry.hash, JournalEntry.body)
            .where(
                JournalEntry.writer_id == writer_id,
                JournalEntry.camera_id == camera_id,
                JournalEntry.camera_seq > begin,
                JournalEntry.camera_seq <= end.seq,
            )
            .order_by(JournalEntry.camera_seq)
        )
        found += [StoredLink(row[0], int(row[1] or 0), row[2], row[3]) for row in tx.session.execute(query)]
    return found


def first_needed(tx: Tx, camera_id: str, period: tuple[datetime, datetime], heads: Ends) -> dict[str, int]:
    """Return, by writer, the camera's first row up to the first of two heads that a period cannot be told without.

    That is what is dated in the period though it stands before (a clock was set back), and the opening of a view of
    which no row before the period tells the end, as far as the second head knows.
    """
    (since, until), (former, newest) = period, heads
    opened, ended = aliased(JournalEntry), aliased(JournalEntry)
    # An end that is dated before its opening was written after a clock was set back: only its seconds tell.
    told = exists().where(
        ended.subject_kind == "view",
        ended.subject_id == opened.subject_id,
        ended.event_class == "view.ended",
        ended.camera_id == camera_id,
        ended.at >= opened.at,
        ended.at < since,
        _upto(ended, newest),
    )
    dated = and_(opened.at >= since, opened.at < until)
    running = and_(opened.event_class == "view.opened", opened.at < since, ~told)
    found = {}
    for writer_id, end in former.items():
        here = (opened.writer_id == writer_id, opened.camera_id == camera_id, opened.camera_seq <= end.seq)
        number = tx.session.scalar(select(func.min(opened.camera_seq)).where(*here, or_(dated, running)))
        if number is not None:
            found[writer_id] = number
    return found


def _upto(row: type[JournalEntry], ends: Mapping[str, Head]) -> ColumnElement[bool]:
    known = (and_(row.writer_id == writer_id, row.camera_seq <= end.seq) for writer_id, end in ends.items())
    return or_(false(), *known)


def issued(tx: Tx, head: CameraHead) -> Mapping[str, JsonValue] | None:
    """Return what the journal tells of the statement that a head closes: its period, and the head it begins at."""
    ends = [(writer_id, end.seq) for writer_id, end in head.writers.items()]
    query = select(JournalEntry).where(
        JournalEntry.camera_id == head.camera_id,
        JournalEntry.event_class == ISSUED,
        tuple_(JournalEntry.writer_id, JournalEntry.camera_seq).in_(ends),
    )
    found = (row_of(entry).data for entry in tx.session.scalars(query))
    return next((data for data in found if data["number"] == head.number), None)


def last_heard(tx: Tx) -> dict[str, datetime]:
    """Return the moment of the last row of every writer."""
    found: dict[str, datetime] = {}
    for writer_id in writer_ids(tx.session):
        query = select(JournalEntry.at).where(JournalEntry.writer_id == writer_id)
        moment = tx.session.scalar(query.order_by(JournalEntry.seq.desc()).limit(1))
        if moment is not None:
            found[writer_id] = moment
    return found


def delay_lines(tx: Tx, incident_id: str, until: datetime, reason: str) -> None:
    """Let the lines of an incident wait; told on the chain of every camera that was seen through it so far."""
    made = StatementDelay(
        incident_id=incident_id, until=until, reason=reason, decided_by=tx.actor_id or "", decided_at=tx.now
    )
    tx.session.add(made)
    tx.session.flush()
    # The decision stands under its own name, then on each chain; the reason is personal and stands once.
    data = {"incident": incident_id, "until": time_text(until)}
    tx.record(JournalEvent(_DELAYED, (made.kind, made.id), data, personal={"reason": reason}))
    for camera_id in _cameras_seen(tx, incident_id):
        event = JournalEvent(_DELAYED, ("incident", incident_id), {"until": time_text(until)}, camera_id)
        tx.record(event)


def _cameras_seen(tx: Tx, incident_id: str) -> list[str]:
    query = select(View.camera_id).where(View.station_id == tx.station_id, View.incident_id == incident_id)
    return sorted(set(tx.session.scalars(query)))


def views_through(tx: Tx, camera_id: str, incident_ids: frozenset[str]) -> frozenset[str]:
    """Return the views of a camera that were opened through these incidents; an emergency's never wait."""
    through = View.incident_id.in_(sorted(incident_ids))
    query = select(View.id).where(View.camera_id == camera_id, through, View.emergency_id.is_(None))
    return frozenset(tx.session.scalars(query))


def tell_delays(tx: Tx, camera_id: str) -> None:
    """Tell on a camera's chain of the decisions by which its lines wait, where they do not stand there yet.

    A camera that was seen only after a decision has no row of it. The row comes with the statement, not with the view:
    otherwise it would tell when somebody looked, and who.
    """
    waiting = waiting_delays(tx)
    if not waiting:
        return
    through = View.incident_id.in_(sorted(waiting))
    query = select(View.incident_id).where(View.camera_id == camera_id, through, View.emergency_id.is_(None))
    told = _delays_told(tx, camera_id)
    for incident_id in sorted({str(found) for found in tx.session.scalars(query)}):
        until = time_text(waiting[incident_id])
        if told.get(incident_id) != until:
            tx.record(JournalEvent(_DELAYED, ("incident", incident_id), {"until": until}, camera_id))


def _delays_told(tx: Tx, camera_id: str) -> dict[str, str]:
    """Return until when an incident's lines wait, as the newest row on this camera's own chain says."""
    rows = _in_order(tx, JournalEntry.camera_id == camera_id, JournalEntry.event_class == _DELAYED)
    return {row.subject_id: str(row_of(row).data["until"]) for row in rows}


def waiting_delays(tx: Tx) -> dict[str, datetime]:
    """Return until when the lines of an incident wait, of those that wait now."""
    return {incident: until for incident, until in delays(tx).items() if until > tx.now}


def delays(tx: Tx) -> dict[str, datetime]:
    """Return until when the lines of an incident wait: the last decision about each that the journal tells of.

    The table of decisions is not asked: whoever writes into it past the journal keeps nothing from an owner.
    """
    told = [row_of(row).data for row in _decisions(tx)]
    return {str(data["incident"]): parse_time(str(data["until"])) for data in told}


def first_delayed(tx: Tx, incident_id: str) -> datetime | None:
    """Return when the lines of an incident were first made to wait."""
    return next((row.at for row in _decisions(tx) if row_of(row).data["incident"] == incident_id), None)


def _decisions(tx: Tx) -> Sequence[JournalEntry]:
    of_table = JournalEntry.event_class == _DELAYED, JournalEntry.subject_kind == StatementDelay.kind
    return _in_order(tx, JournalEntry.station_id == tx.station_id, *of_table)


def _in_order(tx: Tx, *conditions: ColumnElement[bool]) -> Sequence[JournalEntry]:
    query = select(JournalEntry).where(*conditions)
    return tx.session.scalars(query.order_by(JournalEntry.at, JournalEntry.writer_id, JournalEntry.seq)).all()


def incident_ids(tx: Tx, numbers: frozenset[str]) -> dict[str, str]:
    """Return the ids of these incidents, by number."""
    query = select(Incident.number, Incident.id).where(
        Incident.station_id == tx.station_id, Incident.number.in_(sorted(numbers))
    )
    return {str(number): str(record_id) for number, record_id in tx.session.execute(query)}


def outcomes(tx: Tx, numbers: frozenset[str]) -> dict[str, str]:
    """Return how these incidents ended, by number; empty for one that is open."""
    query = select(Incident.number, Incident.outcome).where(
        Incident.station_id == tx.station_id, Incident.number.in_(sorted(numbers))
    )
    return {number: outcome or "" for number, outcome in tx.session.execute(query)}


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """What happened at all cameras in a time, counted: codes and figures, nobody's name."""

    purposes: Mapping[str, int]
    refusals: Mapping[str, int]
    cameras: int
    statements: int
    justified: int
    permissions: int


def month_counts(tx: Tx, since: datetime, until: datetime) -> MonthCounts:
    """Count through the indexes of the journal; no row is read."""

    def topics(kind: str, event_class: str) -> dict[str, int]:
        # `;` follows `:` in ASCII: the topics of this kind and no others, by their key.
        row = JournalTopic
        query = select(row.topic, func.count()).where(row.topic > f"{kind}:", row.topic < f"{kind};")
        query = query.where(row.at >= since, row.at < until, row.event_class == event_class).group_by(row.topic)
        return {topic.partition(":")[2]: count for topic, count in tx.session.execute(query)}

    def events(event_class: str) -> int:
        query = select(func.count()).where(JournalEntry.event_class == event_class)
        return tx.session.scalar(query.where(JournalEntry.at >= since, JournalEntry.at < until)) or 0

    seen = select(func.count(JournalEntry.camera_id.distinct())).where(JournalEntry.event_class == "view.opened")
    return MonthCounts(
        purposes=topics(PURPOSE, "view.opened"),
        refusals=topics(DENIED, "view.denied"),
        cameras=tx.session.scalar(seen.where(JournalEntry.at >= since, JournalEntry.at < until)) or 0,
        statements=events(ISSUED),
        justified=events("view.justified"),
        permissions=topics(RECORD, "record.changed").get("authority", 0),
    )
