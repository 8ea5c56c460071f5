"""How long things are kept, what is held back from deletion, and what was deleted when.

Rows of the journal are never deleted: each holds the fingerprint of the one before it, so that a missing row would look
like one that somebody took away. What names a person stands beside it in clear text, and that goes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Integer,
    Select,
    String,
    UniqueConstraint,
    and_,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import ID_LENGTH, PERSONAL, Record, UtcTime, parse_time, time_text
from console.db.consents import Consent
from console.db.fixed_ids import fixed_id
from console.db.health import HealthHour, HealthOutage, forget_before, hour_begins, hour_of
from console.db.incidents import IncidentEntry
from console.db.journal import JournalEvent
from console.db.journal_format import Head
from console.db.journal_rows import JournalEntry, JournalPersonal
from console.db.journal_seal import chain_heads
from console.db.owner_steps import OwnerStep
from console.db.running_numbers import Numbered, next_number
from console.db.store import Tx, discard, fetch
from console.kernel import new_id
from console.protection import HoldKind, Kept

HOLD: Final = "legal_hold"
RULE: Final = "retention_rule"
RUN: Final = "retention_run"


class RetentionRule(Record):
    """A term that the station chose itself; what it did not choose is as the program delivers it."""

    __tablename__ = "retention_rule"
    __table_args__ = (UniqueConstraint("station_id", "kept"),)
    kind: ClassVar[str] = RULE

    kept: Mapped[str] = mapped_column(String(32))
    days: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(500))


class LegalHold(Record):
    """As long as it stands, nothing of the record is erased."""

    __tablename__ = "legal_hold"
    kind: ClassVar[str] = HOLD

    hold_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    reference: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(2000), info=PERSONAL)
    held_at: Mapped[datetime] = mapped_column(UtcTime)
    held_by: Mapped[str] = mapped_column(String(ID_LENGTH))
    released_at: Mapped[datetime | None] = mapped_column(UtcTime)
    released_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    release_reason: Mapped[str] = mapped_column(String(2000), info=PERSONAL)


class RetentionRun(Numbered):
    """What one run deleted. Told by `retention.run`, written once."""

    __tablename__ = "retention_run"
    kind: ClassVar[str] = RUN
    own_events: ClassVar[bool] = True

    at: Mapped[datetime] = mapped_column(UtcTime)
    person_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    items: Mapped[list[Any]] = mapped_column(JSON)
    heads_before: Mapped[dict[str, Any]] = mapped_column(JSON)
    heads_after: Mapped[dict[str, Any]] = mapped_column(JSON)
    backups_until: Mapped[datetime | None] = mapped_column(UtcTime)
    unnamed_backups: Mapped[int] = mapped_column(Integer)
    elsewhere: Mapped[bool] = mapped_column(Boolean)


@dataclass(frozen=True, slots=True)
class RuleRow:
    id: str
    version: int
    kept: Kept
    days: int
    reason: str


@dataclass(frozen=True, slots=True)
class HoldRow:
    id: str
    version: int
    hold_kind: HoldKind
    subject_id: str
    reference: str
    reason: str
    held_at: datetime
    held_by: str
    released_at: datetime | None
    released_by: str | None
    release_reason: str

    @property
    def stands(self) -> bool:
        return self.released_at is None


@dataclass(frozen=True, slots=True)
class Due:
    """How much there is of one kind that is older than its term, from when to when; `held`: how much is held back."""

    count: int = 0
    oldest: datetime | None = None
    newest: datetime | None = None
    held: int = 0


@dataclass(frozen=True, slots=True)
class RunItem:
    """What a run deleted of one kind: everything from before `before`."""

    kept: Kept
    days: int
    before: datetime
    due: Due


@dataclass(frozen=True, slots=True)
class BackupsLeft:
    """Where what was deleted still lives on."""

    until: datetime | None = None
    unnamed: int = 0
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class RunRow:
    id: str
    version: int
    number: str
    year_be: int
    running: int
    at: datetime
    person_id: str
    items: tuple[RunItem, ...]
    heads_before: Mapping[str, Head]
    heads_after: Mapping[str, Head]
    backups: BackupsLeft

    @property
    def count(self) -> int:
        return sum(item.due.count for item in self.items)


# Terms


def rules(tx: Tx) -> dict[Kept, RuleRow]:
    """Return the terms that the station chose."""
    query = select(RetentionRule).where(RetentionRule.station_id == tx.station_id)
    return {
        Kept(each.kept): RuleRow(each.id, each.version, Kept(each.kept), each.days, each.reason)
        for each in tx.session.scalars(query)
    }


def put_rule(tx: Tx, kept: Kept, version: int, term: tuple[int, str]) -> None:
    """Store a term and its reason; `version` 0: none was chosen before."""
    known = rules(tx).get(kept)
    if known is None:
        made = RetentionRule(id=fixed_id(tx, RULE, str(kept)), kept=str(kept), days=term[0], reason=term[1])
        tx.session.add(made)
    else:
        found = fetch(tx, RetentionRule, known.id, version)
        found.days, found.reason = term
    tx.session.flush()


# Holds


def _hold(found: LegalHold) -> HoldRow:
    return HoldRow(
        id=found.id,
        version=found.version,
        hold_kind=HoldKind(found.hold_kind),
        subject_id=found.subject_id,
        reference=found.reference,
        reason=found.reason,
        held_at=found.held_at,
        held_by=found.held_by,
        released_at=found.released_at,
        released_by=found.released_by,
        release_reason=found.release_reason,
    )


def list_holds(tx: Tx) -> list[HoldRow]:
    """Return every hold, those that ended too, newest first."""
    query = select(LegalHold).where(LegalHold.station_id == tx.station_id).order_by(LegalHold.held_at.desc())
    return [_hold(found) for found in tx.session.scalars(query)]


def get_hold(tx: Tx, hold_id: str) -> HoldRow:
    """Return a hold or raise `not_found`."""
    return _hold(fetch(tx, LegalHold, hold_id))


def held_subjects(tx: Tx) -> frozenset[tuple[str, str]]:
    """Return kind and id of everything that is held now."""
    query = select(LegalHold).where(LegalHold.station_id == tx.station_id, LegalHold.released_at.is_(None))
    return frozenset((each.hold_kind, each.subject_id) for each in tx.session.scalars(query))


def any_held(tx: Tx, subjects: Iterable[tuple[str, str]]) -> bool:
    """Whether one of these records is held, or an entry among them belongs to an incident that is."""
    held = held_subjects(tx)
    if not held:
        return False
    asked = set(subjects)
    entries = [subject_id for kind, subject_id in asked if kind == IncidentEntry.kind]
    query = select(IncidentEntry.incident_id).where(IncidentEntry.id.in_(entries))
    asked |= {(str(HoldKind.INCIDENT), incident_id) for incident_id in tx.session.scalars(query)}
    return bool(asked & held)


def hold(tx: Tx, subject: tuple[HoldKind, str], reference: str, reason: str) -> HoldRow:
    made = LegalHold(
        hold_kind=str(subject[0]),
        subject_id=subject[1],
        reference=reference,
        reason=reason,
        held_at=tx.now,
        held_by=tx.acting_session.person_id,
        release_reason="",
    )
    tx.session.add(made)
    tx.session.flush()
    return _hold(made)


def release(tx: Tx, hold_id: str, version: int, reason: str) -> HoldRow:
    found = fetch(tx, LegalHold, hold_id, version)
    found.released_at, found.released_by, found.release_reason = tx.now, tx.actor_id, reason
    tx.session.flush()
    return _hold(found)


# What is due


def due_health(tx: Tx, before: datetime) -> Due:
    """Return how many hours and outages of cameras' health are older."""
    hours = tx.session.execute(
        select(func.count(), func.min(HealthHour.hour), func.max(HealthHour.hour)).where(
            HealthHour.station_id == tx.station_id, HealthHour.hour < hour_of(before)
        )
    ).one()
    outages = tx.session.execute(
        select(
            func.count(),
            func.min(HealthOutage.began, type_=UtcTime()),
            func.max(HealthOutage.until, type_=UtcTime()),
        ).where(HealthOutage.station_id == tx.station_id, HealthOutage.until < before)
    ).one()
    first = [hour_begins(hours[1])] if hours[0] else []
    last = [hour_begins(hours[2])] if hours[0] else []
    if outages[0]:
        first.append(outages[1])
        last.append(outages[2])
    return Due(hours[0] + outages[0], min(first, default=None), max(last, default=None))


def forget_health(tx: Tx, before: datetime) -> None:
    forget_before(tx, before)


def due_words(tx: Tx, before: datetime) -> Due:
    """Return how many personal values beside the journal are older, and how many of those are held."""
    every = tx.session.execute(_words(tx, before)).one()
    held = held_subjects(tx)
    kept = tx.session.execute(_words(tx, before, held)).one()[0] if held else 0
    if every[0] == kept:
        return Due(held=kept)
    free = tx.session.execute(_words(tx, before, held, among_held=False)).one() if held else every
    return Due(free[0], free[1], free[2], kept)


def _words(
    tx: Tx, before: datetime, held: Collection[tuple[str, str]] | None = None, *, among_held: bool = True
) -> Select[int, datetime, datetime]:
    query = (
        select(func.count(), func.min(JournalEntry.at, type_=UtcTime()), func.max(JournalEntry.at, type_=UtcTime()))
        .select_from(JournalPersonal)
        .join(JournalEntry, _of_its_row())
        .where(JournalPersonal.station_id == tx.station_id, JournalEntry.at < before)
    )
    if held is None:
        return query
    meant = _held_rows(held)
    return query.where(meant if among_held else ~meant)


def _of_its_row() -> ColumnElement[bool]:
    return and_(JournalEntry.writer_id == JournalPersonal.writer_id, JournalEntry.seq == JournalPersonal.seq)


def _held_rows(held: Collection[tuple[str, str]]) -> ColumnElement[bool]:
    """Return what tells a row of something held: of the record itself, of what hangs on it, of a camera's chain."""
    meant: list[ColumnElement[bool]] = []
    for kind, subject_id in sorted(held):
        meant.append(and_(JournalEntry.subject_kind == kind, JournalEntry.subject_id == subject_id))
        if kind == HoldKind.CAMERA:
            meant.append(func.coalesce(JournalEntry.camera_id, "") == subject_id)
        if kind == HoldKind.INCIDENT:
            entries = select(IncidentEntry.id).where(IncidentEntry.incident_id == subject_id)
            meant.append(and_(JournalEntry.subject_kind == IncidentEntry.kind, JournalEntry.subject_id.in_(entries)))
        if kind == HoldKind.OWNER:
            steps = select(OwnerStep.id).where(OwnerStep.owner_id == subject_id)
            papers = select(Consent.id).where(Consent.owner_id == subject_id)
            meant.append(and_(JournalEntry.subject_kind == OwnerStep.kind, JournalEntry.subject_id.in_(steps)))
            meant.append(and_(JournalEntry.subject_kind == Consent.kind, JournalEntry.subject_id.in_(papers)))
    return or_(*meant)


def forget_words(tx: Tx, before: datetime) -> None:
    """Delete the clear text of personal values in rows that are older and not held; the rows themselves stay."""
    held = held_subjects(tx)
    older = [_of_its_row(), JournalEntry.at < before]
    if held:
        older.append(~_held_rows(held))
    discard(tx, JournalPersonal, JournalPersonal.station_id == tx.station_id, exists().where(*older))


# Runs


def heads(tx: Tx) -> Mapping[str, Head]:
    """Return the heads of all chains as they are now."""
    return chain_heads(tx.session)


def record_run(tx: Tx, items: Sequence[RunItem], before: Mapping[str, Head], backups: BackupsLeft) -> RunRow:
    """Journal what was deleted and keep it for the certificate, with the heads before and after."""
    number, run_id = next_number(tx, RetentionRun), new_id()
    told = [_item_data(item) for item in items]
    tx.record(JournalEvent("retention.run", (RUN, run_id), {"number": str(number), "items": list(told)}))
    made = RetentionRun(
        id=run_id,
        number=str(number),
        year_be=number.year_be,
        running=number.running,
        at=tx.now,
        person_id=tx.acting_session.person_id,
        items=told,
        heads_before=_heads_data(before),
        heads_after=_heads_data(heads(tx)),
        backups_until=backups.until,
        unnamed_backups=backups.unnamed,
        elsewhere=backups.elsewhere,
    )
    tx.session.add(made)
    tx.session.flush()
    return _run(made)


def list_runs(tx: Tx) -> list[RunRow]:
    """Return every run, newest first."""
    query = select(RetentionRun).where(RetentionRun.station_id == tx.station_id).order_by(RetentionRun.at.desc())
    return [_run(found) for found in tx.session.scalars(query)]


def _run(found: RetentionRun) -> RunRow:
    return RunRow(
        id=found.id,
        version=found.version,
        number=found.number,
        year_be=found.year_be,
        running=found.running,
        at=found.at,
        person_id=found.person_id,
        items=tuple(map(_item, found.items)),
        heads_before=_heads_of(found.heads_before),
        heads_after=_heads_of(found.heads_after),
        backups=BackupsLeft(found.backups_until, found.unnamed_backups, found.elsewhere),
    )


def _heads_data(found: Mapping[str, Head]) -> dict[str, Any]:
    return {writer: [head.seq, head.hash] for writer, head in found.items()}


def _heads_of(data: Mapping[str, Any]) -> dict[str, Head]:
    return {writer: Head(seq, digest) for writer, (seq, digest) in data.items()}


def _item_data(item: RunItem) -> dict[str, Any]:
    return {
        "kept": str(item.kept),
        "days": item.days,
        "before": time_text(item.before),
        "count": item.due.count,
        "oldest": _text(item.due.oldest),
        "newest": _text(item.due.newest),
        "held": item.due.held,
    }


def _item(data: Mapping[str, Any]) -> RunItem:
    due = Due(data["count"], _moment(data["oldest"]), _moment(data["newest"]), data["held"])
    return RunItem(Kept(data["kept"]), data["days"], parse_time(data["before"]), due)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else time_text(moment)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else parse_time(text)
