"""Erasure of personal values: in the records, and in the clear text beside the journal. The chain stays as it was.

Each subject gets a `personal.erased` of its own, so that what was done to a camera stands on that camera's chain. All
of one erasure bear its id and the heads of all chains before it; counts and names of fields, never a value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import inspect, select

from console.db.base import Base, Record, parse_time, time_text
from console.db.journal import JournalEvent, JournalRow, append, forget_personal, row_of
from console.db.journal_format import NO_HASH, Head, JsonValue
from console.db.journal_rows import JournalEntry
from console.db.journal_seal import chain_heads
from console.db.store import Tx
from console.kernel import ConsoleError, ErasureGround

ERASED: Final = "personal.erased"
Subject = tuple[str, str]
"""Kind and id of a record."""


@dataclass(frozen=True, slots=True)
class ErasureFacts:
    """What is journaled of an erasure beside what it found. `request` is the number of a request, never a name."""

    id: str
    ground: ErasureGround
    request: str = ""
    backups_until: datetime | None = None
    unnamed_backups: int = 0
    elsewhere: bool = False
    """The database is a server's, and so are its backups."""


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """An erasure as the journal tells it. `record` counts values in records, `journal` those beside the journal."""

    facts: ErasureFacts
    at: datetime
    actor_id: str | None
    subjects: tuple[Subject, ...]
    record: Mapping[str, int]
    journal: Mapping[str, int]
    writer_id: str
    before: Head
    after: Head
    heads: Mapping[str, Head] = field(default_factory=dict)

    @property
    def values(self) -> int:
        return sum(self.record.values()) + sum(self.journal.values())


def erase(tx: Tx, subjects: Sequence[Subject], facts: ErasureFacts) -> ErasureRow:
    """Erase every personal value of these records, told in this transaction's journal; an unknown one: `not_found`."""
    heads = chain_heads(tx.session)
    for subject in dict.fromkeys(subjects):
        found = _record(tx, subject)
        if found is None:
            raise ConsoleError("not_found", kind=subject[0], id=subject[1])
        _erase_one(tx, found, heads, facts)
    (row,) = [row for row in erasures(tx) if row.facts.id == facts.id]
    return row


def _erase_one(
    tx: Tx, found: Record, heads: Mapping[str, Head], facts: ErasureFacts, until: Mapping[str, int] | None = None
) -> None:
    """Erase what belongs to one record. `until`: what a backup brought back, no row behind these numbers."""
    # First what was: that the fields are empty now stays beside the journal, so that a word put in later is found.
    taken = forget_personal(tx, (found.kind, found.id), until)
    emptied = _empty(found)
    tx.session.flush()
    data: dict[str, JsonValue] = {
        "erasure": facts.id,
        "again": until is not None,
        "values": taken.total() + len(emptied),
        "names": dict(taken),
        "record": [*sorted(emptied)],
        "ground": facts.ground.value,
        "request": facts.request,
        "backups_until": None if facts.backups_until is None else time_text(facts.backups_until),
        "unnamed_backups": facts.unnamed_backups,
        "elsewhere": facts.elsewhere,
        "heads": {writer: [head.seq, head.hash] for writer, head in heads.items()},
    }
    append(tx, JournalEvent(ERASED, (found.kind, found.id), data, found.journal_camera()))


def _empty(found: Record) -> list[str]:
    """Empty a record's personal fields, and return the names of those that held something."""
    emptied = []
    for attribute in inspect(type(found)).column_attrs:
        column = attribute.columns[0]
        if column.info.get("personal") and getattr(found, attribute.key) not in (None, ""):
            setattr(found, attribute.key, None if column.nullable else "")
            emptied.append(attribute.key)
    return emptied


def _record(tx: Tx, subject: Subject) -> Record | None:
    model = _models().get(subject[0])
    found = None if model is None else tx.session.get(model, subject[1])
    return found if found is not None and found.station_id == tx.station_id else None


def _models() -> Mapping[str, type[Record]]:
    made: dict[str, type[Record]] = {}
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Record):
            made[mapper.class_.kind] = mapper.class_
    return made


def held(tx: Tx, subjects: Iterable[Subject]) -> Mapping[str, int]:
    """Return how many personal values an erasure would find now, by kind of record and field."""
    counts: Counter[str] = Counter()
    for subject in dict.fromkeys(subjects):
        found = _record(tx, subject)
        for attribute in inspect(type(found)).column_attrs if found is not None else ():
            if attribute.columns[0].info.get("personal") and getattr(found, attribute.key) not in (None, ""):
                counts[f"{subject[0]}.{attribute.key}"] += 1
    return counts


# What was erased


def erasures(tx: Tx) -> list[ErasureRow]:
    """Return every erasure that the journal tells of, the newest first."""
    query = select(JournalEntry).where(JournalEntry.event_class == ERASED)
    told: dict[str, list[JournalRow]] = {}
    for entry in tx.session.scalars(query.order_by(JournalEntry.at, JournalEntry.writer_id, JournalEntry.seq)):
        row = row_of(entry)
        if isinstance(row.data.get("erasure"), str):
            told.setdefault(str(row.data["erasure"]), []).append(row)
    return [_erasure(rows) for rows in reversed(told.values())]


def _erasure(rows: Sequence[JournalRow]) -> ErasureRow:
    first, last = rows[0], rows[-1]
    data: Mapping[str, Any] = first.data
    record: Counter[str] = Counter()
    beside: Counter[str] = Counter()
    for row in rows:
        told: Mapping[str, Any] = row.data
        record.update(f"{row.subject[0]}.{name}" for name in told["record"])
        beside.update({f"{row.subject[0]}.{name}": count for name, count in told["names"].items()})
    heads = {writer: Head(head[0], head[1]) for writer, head in data["heads"].items()}
    until = data["backups_until"]
    facts = ErasureFacts(
        id=str(data["erasure"]),
        ground=ErasureGround(str(data["ground"])),
        request=str(data["request"]),
        backups_until=None if until is None else parse_time(until),
        unnamed_backups=int(data["unnamed_backups"]),
        elsewhere=bool(data["elsewhere"]),
    )
    return ErasureRow(
        facts=facts,
        at=first.at,
        actor_id=first.actor_id,
        subjects=tuple(dict.fromkeys(row.subject for row in rows)),
        record=record,
        journal=beside,
        writer_id=first.writer_id,
        before=heads.get(first.writer_id, Head(0, NO_HASH)),
        after=Head(last.seq, last.hash),
        heads=heads,
    )


def erase_again(tx: Tx, row: ErasureRow) -> bool:
    """Repeat an erasure that a restored database has forgotten; False if it holds none of these records any more.

    Only what was written before the erasure goes: nothing is known of what came later.
    """
    until = {writer: head.seq for writer, head in row.heads.items()}
    here = [found for subject in row.subjects if (found := _record(tx, subject)) is not None]
    for found in here:
        _erase_one(tx, found, row.heads, row.facts, until)
    return bool(here)
