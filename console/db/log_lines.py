"""What the found rows of the journal say: the row itself, what ended a view, one row whole, the rows about a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Row, func, select, type_coerce

from console.db.access_log import RowKey
from console.db.base import AnyTime
from console.db.journal import JournalRow, personal_values, row_of
from console.db.journal_examine import RawRow
from console.db.journal_format import FormatError, JsonValue, decode
from console.db.journal_rows import JournalEntry, JournalPersonal
from console.db.journal_verify import BESIDE
from console.db.store import Tx
from console.kernel import ConsoleError

_JOURNAL: Final[FromClause] = JournalEntry.__table__


def keys_of(tx: Tx, writer_id: str, seq: int) -> list[RowKey]:
    """Return the place of one row; empty if there is none."""
    query = select(type_coerce(_JOURNAL.c.at, AnyTime)).where(_JOURNAL.c.writer_id == writer_id, _JOURNAL.c.seq == seq)
    return [(at, writer_id, seq) for at in tx.session.scalars(query)]


def read_lines(tx: Tx, keys: Sequence[RowKey]) -> list[JournalRow]:
    """Return the rows of these places, in this order. Of one whose bytes cannot be read, what the columns say."""
    seqs: dict[str, list[int]] = {}
    for _at, writer_id, seq in keys:
        seqs.setdefault(writer_id, []).append(seq)
    found: dict[tuple[str, int], JournalRow] = {}
    for writer_id, wanted in seqs.items():
        rows = _rows(tx, _JOURNAL.c.writer_id == writer_id, _JOURNAL.c.seq.in_(wanted))
        found |= {(row.writer_id, row.seq): row for row in rows}
    return [found[writer_id, seq] for _at, writer_id, seq in keys if (writer_id, seq) in found]


def view_ends(tx: Tx, view_ids: Sequence[str]) -> dict[str, JournalRow]:
    """Return the row that ended each of these views, as far as they have ended."""
    if not view_ids:
        return {}
    # No bare column: SQLite would take the index of the kinds for it, and read every view that ever ended.
    is_end = func.coalesce(_JOURNAL.c.event_class, "") == "view.ended"
    rows = _rows(tx, _JOURNAL.c.subject_kind == "view", _JOURNAL.c.subject_id.in_(view_ids), is_end)
    return {row.subject[1]: row for row in rows}


_READ: Final = [column.name for column in JournalEntry.__table__.columns]


def _rows(tx: Tx, *conditions: ColumnElement[bool], newest: int | None = None) -> list[JournalRow]:
    """Read rows as they lie: one that was tampered with must not hide the others."""
    columns = (type_coerce(_JOURNAL.c[name], AnyTime) if name == "at" else _JOURNAL.c[name] for name in _READ)
    query = select(*columns).where(*conditions)
    if newest is not None:
        order = (_JOURNAL.c.at.desc(), _JOURNAL.c.writer_id.desc(), _JOURNAL.c.seq.desc())
        query = query.order_by(*order).limit(newest)
    return [_row(entry) for entry in tx.session.execute(query)]


def _row(entry: Row[Any]) -> JournalRow:
    """Read what was found as the object would be: its columns bear the same names."""
    try:
        return row_of(entry)
    except (FormatError, LookupError, TypeError, ValueError):
        return _unreadable(entry)


def _unreadable(entry: Row[Any]) -> JournalRow:
    return JournalRow(
        writer_id=entry.writer_id,
        seq=entry.seq,
        at=entry.at,
        event_class=UNREADABLE,
        subject=(str(entry.subject_kind), str(entry.subject_id)),
        camera_id=entry.camera_id,
        camera_seq=entry.camera_seq,
        actor_id=entry.actor_id,
        actor_role=None,
        session_id=None,
        command_id=entry.command_id,
        action="",
        data={},
        personal_names=(),
        hash=str(entry.hash),
    )


UNREADABLE: Final = "unreadable"
"""The class of a row whose bytes say nothing: somebody changed them. The check tells where and how."""


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row as it lies in the database: `body` is what was hashed, `values` what it says.

    `clear` is the clear text that still lies beside it: the names in the bytes that are missing here were erased.
    """

    raw: RawRow
    values: Mapping[str, JsonValue]
    clear: Mapping[str, str]


def stored_row(tx: Tx, writer_id: str, seq: int) -> StoredRow:
    """Return one row whole, or raise `not_found`. Bytes that cannot be read give no values: the check tells why."""
    names = [made.name for made in fields(RawRow) if made.name not in BESIDE]
    columns = (type_coerce(_JOURNAL.c[name], AnyTime) if name == "at" else _JOURNAL.c[name] for name in names)
    query = select(*columns).where(_JOURNAL.c.writer_id == writer_id, _JOURNAL.c.seq == seq)
    found = tx.session.execute(query).one_or_none()
    if found is None:
        raise ConsoleError("not_found", kind="journal", id=f"{writer_id}:{seq}")
    raw = RawRow(**dict(zip(names, found, strict=True)))
    try:
        values = decode(raw.body)
    except (FormatError, TypeError, LookupError):
        values = {}
    return StoredRow(raw, values, personal_values(tx, writer_id, seq))


def subject_rows(tx: Tx, subject: tuple[str, str], classes: Sequence[str], limit: int) -> list[JournalRow]:
    """Return the newest rows about one record, newest first."""
    is_subject = (_JOURNAL.c.subject_kind == subject[0], _JOURNAL.c.subject_id == subject[1])
    return _rows(tx, *is_subject, _JOURNAL.c.event_class.in_(classes), newest=limit)


def first_time(tx: Tx) -> datetime | None:
    """Return the earliest moment that a row names."""
    return tx.session.scalar(select(type_coerce(_JOURNAL.c.at, AnyTime)).order_by(_JOURNAL.c.at).limit(1))


def clear_texts(tx: Tx, subject: tuple[str, str]) -> dict[tuple[str, int], dict[str, str]]:
    """Return the personal values of a record's rows that were not erased: writer and number → name → text."""
    query = (
        select(JournalPersonal.writer_id, JournalPersonal.seq, JournalPersonal.name, JournalPersonal.value)
        .join(
            JournalEntry,
            (JournalEntry.writer_id == JournalPersonal.writer_id) & (JournalEntry.seq == JournalPersonal.seq),
        )
        .where(JournalEntry.subject_kind == subject[0], JournalEntry.subject_id == subject[1])
    )
    found: dict[tuple[str, int], dict[str, str]] = {}
    for writer_id, seq, name, value in tx.session.execute(query):
        found.setdefault((writer_id, seq), {})[name] = value
    return found
