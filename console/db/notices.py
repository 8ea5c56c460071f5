"""Notices: what owners are told before they sign, version by version. A version is never changed: a new one follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import JSON, Integer, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import ID_LENGTH, Base, UtcTime
from console.db.journal import JournalEvent, JsonValue
from console.db.running_numbers import next_of
from console.db.store import Tx
from console.kernel import Change, ConsoleError, Purpose, new_id

KIND = "notice"


class Notice(Base):
    """One version. Guards of the database refuse to change or delete it (schema)."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("station_id", "number"),)

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    station_id: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    purposes: Mapped[list[Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(UtcTime)
    published_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A version of the notice. `sha256` is of the text's UTF-8 bytes; `purposes` are those it asks for."""

    id: str
    number: int
    text: str
    purposes: frozenset[Purpose]
    sha256: str
    published_at: datetime
    published_by: str | None

    @property
    def version(self) -> int:
        """A version never changes: its number says all."""
        return self.number


def _row(found: Notice) -> NoticeRow:
    purposes = frozenset(Purpose(code) for code in found.purposes)
    return NoticeRow(found.id, found.number, found.text, purposes, found.sha256, found.published_at, found.published_by)


def notices(tx: Tx) -> list[NoticeRow]:
    """Return every version, oldest first."""
    query = select(Notice).where(Notice.station_id == tx.station_id).order_by(Notice.number)
    return [_row(found) for found in tx.session.scalars(query)]


def current_notice(tx: Tx) -> NoticeRow | None:
    query = select(Notice).where(Notice.station_id == tx.station_id).order_by(Notice.number.desc()).limit(1)
    found = tx.session.scalars(query).one_or_none()
    return None if found is None else _row(found)


def get_notice(tx: Tx, notice_id: str) -> NoticeRow:
    """Return a version or raise `not_found`."""
    found = tx.session.get(Notice, notice_id)
    if found is None or found.station_id != tx.station_id:
        raise ConsoleError("not_found", kind=KIND, id=notice_id)
    return _row(found)


def publish_notice(tx: Tx, text: str, purposes: Iterable[Purpose]) -> NoticeRow:
    """Store the next version and journal its hash."""
    codes = sorted(str(purpose) for purpose in purposes)
    made = Notice(
        id=new_id(),
        station_id=tx.station_id,
        number=next_of(tx, Notice, Notice.number),
        text=text,
        purposes=codes,
        sha256=sha256(text.encode()).hexdigest(),
        published_at=tx.now,
        published_by=tx.actor_id,
    )
    tx.session.add(made)
    tx.session.flush()
    data: dict[str, JsonValue] = {"number": made.number, "sha256": made.sha256, "purposes": list(codes)}
    tx.record(JournalEvent("notice.published", (KIND, made.id), data))
    tx.changes[KIND, made.id] = Change(KIND, made.id, made.number, tx.written_stamp.command_id)
    return _row(made)
