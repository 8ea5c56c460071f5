"""The record of processing activities (PDPA s.39): what the station worded itself, and the versions it issued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import JSON, Boolean, Integer, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import ID_LENGTH, Record, UtcTime
from console.db.facts import enter, facts_of
from console.db.fixed_ids import fixed_id
from console.db.journal import JournalEvent, JsonValue
from console.db.running_numbers import next_of
from console.db.store import Tx, fetch
from console.kernel import new_id
from console.protection import LegalBasis

KIND: Final = "processing"
ISSUE: Final = "processing_issue"


class ProcessingActivity(Record):
    """An activity as the station words it. One that it never changed has no row: it is as the program delivers it."""

    __tablename__ = "processing_activity"
    __table_args__ = (UniqueConstraint("station_id", "code"),)
    kind: ClassVar[str] = KIND

    code: Mapped[str] = mapped_column(String(ID_LENGTH))
    name: Mapped[str] = mapped_column(String(200))
    basis: Mapped[list[Any]] = mapped_column(JSON)
    data: Mapped[str] = mapped_column(String(2000))
    purposes: Mapped[str] = mapped_column(String(2000))
    controller: Mapped[str] = mapped_column(String(2000))
    retention: Mapped[str] = mapped_column(String(2000))
    access: Mapped[str] = mapped_column(String(2000))
    disclosure: Mapped[str] = mapped_column(String(2000))
    refusals: Mapped[str] = mapped_column(String(2000))
    security: Mapped[str] = mapped_column(String(2000))
    archived: Mapped[bool] = mapped_column(Boolean)


class ProcessingIssue(Record):
    """A version as it was issued, whole; told by `processing.issued`, written once."""

    __tablename__ = "processing_issue"
    __table_args__ = (UniqueConstraint("station_id", "number"),)
    kind: ClassVar[str] = ISSUE
    own_events: ClassVar[bool] = True

    number: Mapped[int] = mapped_column(Integer)
    issued_at: Mapped[datetime] = mapped_column(UtcTime)
    issued_by: Mapped[str] = mapped_column(String(ID_LENGTH))
    content: Mapped[list[Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True, slots=True)
class ActivityFacts:
    """The eight items of s.39, with a name and the legal basis."""

    name: str
    basis: frozenset[LegalBasis]
    data: str
    purposes: str
    controller: str
    retention: str
    access: str
    disclosure: str
    refusals: str
    security: str


@dataclass(frozen=True, slots=True)
class ActivityRow:
    id: str
    version: int
    code: str
    facts: ActivityFacts
    archived: bool


@dataclass(frozen=True, slots=True)
class IssueRow:
    """`content` gives for each activity its facts as plain values, in order."""

    id: str
    number: int
    issued_at: datetime
    issued_by: str
    content: tuple[Mapping[str, Any], ...]
    digest: str


def _row(found: ProcessingActivity) -> ActivityRow:
    return facts_of(ActivityRow, found)


def activities(tx: Tx) -> dict[str, ActivityRow]:
    """Return what the station changed or added, by code, in the order it came."""
    query = select(ProcessingActivity).where(ProcessingActivity.station_id == tx.station_id)
    return {found.code: _row(found) for found in tx.session.scalars(query.order_by(ProcessingActivity.id))}


def put_activity(tx: Tx, code: str, version: int, facts: ActivityFacts, *, archived: bool = False) -> ActivityRow:
    """Store an activity; `version` 0: it has no row yet."""
    known = activities(tx).get(code)
    if known is None:
        found = ProcessingActivity(id=fixed_id(tx, KIND, code), code=code)
        tx.session.add(found)
    else:
        found = fetch(tx, ProcessingActivity, known.id, version)
    enter(found, facts)
    found.archived = archived
    tx.session.flush()
    return _row(found)


def issue(tx: Tx, content: list[Any], digest: str) -> IssueRow:
    """Keep the whole record as the next version."""
    number, issue_id = next_of(tx, ProcessingIssue, ProcessingIssue.number), new_id()
    told: dict[str, JsonValue] = {"number": number, "sha256": digest, "activities": len(content)}
    tx.record(JournalEvent("processing.issued", (ISSUE, issue_id), told))
    made = ProcessingIssue(
        id=issue_id,
        number=number,
        issued_at=tx.now,
        issued_by=tx.acting_session.person_id,
        content=content,
        digest=digest,
    )
    tx.session.add(made)
    tx.session.flush()
    return _issue(made)


def issues(tx: Tx) -> list[IssueRow]:
    """Return every issued version, the newest first."""
    query = select(ProcessingIssue).where(ProcessingIssue.station_id == tx.station_id)
    return [_issue(found) for found in tx.session.scalars(query.order_by(ProcessingIssue.number.desc()))]


def _issue(found: ProcessingIssue) -> IssueRow:
    return IssueRow(found.id, found.number, found.issued_at, found.issued_by, tuple(found.content), found.digest)
