"""The journal: audit trail, change feed and proof. A row joins the transaction it tells about and is never changed.

Format and reasons: docs/decisions/001. Appending is `append` (or `Tx.record`, or by itself for changes of a `Record`);
sealing is `checkpoint`; checking is `verify`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Row, bindparam, func, insert, select
from sqlalchemy.orm import Session as OrmSession

from console.db.base import time_text
from console.db.journal_examine import Problem, VerifyReport
from console.db.journal_format import Head, JsonValue, commitment, decode, encode, key_id, new_salt, row_hash
from console.db.journal_pen import Prepared
from console.db.journal_rows import JournalEntry, JournalPersonal, JournalTopic
from console.db.journal_seal import (
    SEAL_EVERY,
    Checkpoint,
    Vector,
    checkpoint,
    lacks,
    newest_checkpoint_hash,
    sealed_outside,
    sealed_until,
    seals,
    vector,
)
from console.db.journal_topics import topics_of
from console.db.journal_verify import CHECKPOINT_LOG, Known, Progress, guard_problem, verify
from console.kernel import Change

if TYPE_CHECKING:
    from console.db.store import Tx

__all__ = [
    "CHECKPOINT_LOG",
    "SEAL_EVERY",
    "Checkpoint",
    "JournalEvent",
    "JournalRow",
    "JsonValue",
    "Known",
    "Problem",
    "Progress",
    "RowFilter",
    "Vector",
    "VerifyReport",
    "append",
    "checkpoint",
    "clock_confirmations",
    "confirm_clock",
    "erase_personal",
    "forget_personal",
    "guard_problem",
    "journal_head",
    "key_id",
    "lacks",
    "newest_checkpoint_hash",
    "newest_time",
    "personal_values",
    "read_rows",
    "row_of",
    "sealed_outside",
    "sealed_until",
    "seals",
    "vector",
    "verify",
]

CLOCK_CONFIRMED: Final = "clock.confirmed"
KIND: Final = "journal"
"""The journal itself, as a kind of change: told where entries came and no record was changed."""


@dataclass(frozen=True, slots=True)
class JournalEvent:
    """Something that happened. `data` holds codes and ids; what names a person belongs into `personal`."""

    event_class: str
    subject: tuple[str, str]
    data: Mapping[str, JsonValue] = field(default_factory=dict)
    camera_id: str | None = None
    personal: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JournalRow:
    """A row as it is read back. `data` comes from the hashed bytes."""

    writer_id: str
    seq: int
    at: datetime
    event_class: str
    subject: tuple[str, str]
    camera_id: str | None
    camera_seq: int | None
    actor_id: str | None
    actor_role: str | None
    session_id: str | None
    command_id: str
    action: str
    data: Mapping[str, JsonValue]
    personal_names: tuple[str, ...]
    hash: str


_JOURNAL: Final = JournalEntry.__table__
_HEAD: Final = Prepared(
    select(_JOURNAL.c.seq, _JOURNAL.c.hash)
    .where(_JOURNAL.c.writer_id == bindparam("writer"))
    .order_by(_JOURNAL.c.seq.desc())
    .limit(1)
)
_CAMERA_HEAD: Final = Prepared(
    select(_JOURNAL.c.camera_seq, _JOURNAL.c.hash)
    .where(_JOURNAL.c.writer_id == bindparam("writer"), _JOURNAL.c.camera_id == bindparam("camera"))
    .order_by(_JOURNAL.c.camera_seq.desc())
    .limit(1)
)
_PUT_ROW: Final = Prepared(insert(JournalEntry))
_PUT_WORDS: Final = Prepared(insert(JournalPersonal))
_PUT_TOPIC: Final = Prepared(insert(JournalTopic))


def journal_head(session: OrmSession, writer_id: str) -> Head:
    """Return the end of a writer's chain."""
    return _head(session.connection().execute(_HEAD.made, {"writer": writer_id}).first())


def _head(found: Sequence[Any] | None) -> Head:
    return Head(int(found[0] or 0), found[1]) if found else Head()


def _chain_head(tx: Tx) -> Head:
    """Return the end of the own chain, in a transaction that has not written to it yet."""
    if tx.writing.waits:
        # Whatever waits is told first, and stands before what asks.
        tx.session.scalar(select(JournalEntry.seq).limit(0))
        if tx.chain_head is not None:
            return tx.chain_head
    return _head(tx.writing.pen.first(_HEAD, {"writer": tx.writer.id}))


def _camera_head(tx: Tx, camera_id: str) -> Head:
    """Return the end of a camera's own chain at this writer."""
    return _head(tx.writing.pen.first(_CAMERA_HEAD, {"writer": tx.writer.id, "camera": camera_id}))


def append(tx: Tx, event: JournalEvent) -> int:
    """Add a row to this writer's chain, in the running transaction; returns its number."""
    pen, writer = tx.writing.pen, tx.writer
    head = tx.chain_head or _chain_head(tx)
    camera: Head | None = None
    if event.camera_id is not None:
        camera = tx.camera_heads.get(event.camera_id) or _camera_head(tx, event.camera_id)
    salts = {name: new_salt() for name in event.personal}
    body = _body(tx, event, (head, camera), salts)
    new = Head(head.seq + 1, row_hash(body))
    entry = _columns(tx, event, new) | {"at": pen.moment(tx.now), "prev": head.hash, "body": body}
    if event.camera_id is not None and camera is not None:
        entry["camera_seq"] = camera.seq + 1
        tx.camera_heads[event.camera_id] = Head(camera.seq + 1, new.hash)
    pen.put(_PUT_ROW, [entry])
    if event.personal:
        place = {"writer_id": writer.id, "seq": new.seq, "station_id": writer.station_id}
        words = event.personal.items()
        pen.put(_PUT_WORDS, [place | {"name": name, "salt": salts[name], "value": value} for name, value in words])
    topics = topics_of(event.event_class, event.subject, event.data)
    if topics:
        found_by = {name: entry[name] for name in _FOUND_BY}
        pen.put(_PUT_TOPIC, [found_by | {"topic": topic} for topic in sorted(topics)])
    tx.chain_head = new
    tx.seal_at_once |= seals(event.event_class, event.data)
    tx.subjects.add(event.subject)
    return new.seq


def _body(tx: Tx, event: JournalEvent, heads: tuple[Head, Head | None], salts: Mapping[str, bytes]) -> bytes:
    """Return the bytes that are stored and hashed."""
    (head, camera), stamp = heads, tx.written_stamp
    actor: JsonValue = None
    if stamp.session is not None:
        actor = {"person": stamp.session.person_id, "role": str(stamp.session.role), "session": stamp.session.id}
    return encode(
        {
            "station": tx.writer.station_id,
            "writer": tx.writer.id,
            "seq": head.seq + 1,
            "prev": head.hash,
            "at": time_text(tx.now),
            "class": event.event_class,
            "subject": list(event.subject),
            "camera": None if camera is None else {"id": event.camera_id, "seq": camera.seq + 1, "prev": camera.hash},
            "actor": actor,
            "command": stamp.command_id,
            "action": stamp.action,
            "data": dict(event.data),
            "personal": {name: commitment(salts[name], value) for name, value in event.personal.items()},
        }
    )


def _columns(tx: Tx, event: JournalEvent, new: Head) -> dict[str, Any]:
    """Return the columns that repeat parts of the body."""
    stamp = tx.written_stamp
    return {
        "writer_id": tx.writer.id,
        "seq": new.seq,
        "station_id": tx.writer.station_id,
        "at": tx.now,
        "event_class": event.event_class,
        "subject_kind": event.subject[0],
        "subject_id": event.subject[1],
        "camera_id": event.camera_id,
        "camera_seq": None,
        "actor_id": stamp.session.person_id if stamp.session else None,
        "command_id": stamp.command_id,
        "hash": new.hash,
    }


_FOUND_BY: Final = ("at", "writer_id", "seq", "station_id", "event_class", "actor_id", "camera_id")
"""Columns that stand beside a row's topics too, so that a topic and a person are asked in one index."""


def row_of(entry: JournalEntry | Row[Any]) -> JournalRow:
    values = decode(entry.body)
    actor = values["actor"] if isinstance(values["actor"], dict) else {}
    data, personal = values["data"], values["personal"]
    return JournalRow(
        writer_id=entry.writer_id,
        seq=entry.seq,
        at=entry.at,
        event_class=entry.event_class,
        subject=(entry.subject_kind, entry.subject_id),
        camera_id=entry.camera_id,
        camera_seq=entry.camera_seq,
        actor_id=entry.actor_id,
        actor_role=str(actor["role"]) if actor else None,
        session_id=str(actor["session"]) if actor else None,
        command_id=entry.command_id,
        action=str(values["action"]),
        data=data if isinstance(data, dict) else {},
        personal_names=tuple(personal) if isinstance(personal, dict) else (),
        hash=entry.hash,
    )


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which rows `read_rows` gives; empty means all."""

    writer_id: str | None = None
    event_classes: Sequence[str] = ()
    subject: tuple[str, str] | None = None
    camera_id: str | None = None
    since: datetime | None = None


def read_rows(tx: Tx, after: Mapping[str, int], limit: int, only: RowFilter | None = None) -> list[JournalRow]:
    """Return rows behind the positions `after` (writer → seq), by writer and seq; page with the last of each."""
    only = only or RowFilter()
    query = select(JournalEntry).order_by(JournalEntry.writer_id, JournalEntry.seq).limit(limit)
    for writer_id, seq in after.items():
        query = query.where((JournalEntry.writer_id != writer_id) | (JournalEntry.seq > seq))
    if only.writer_id is not None:
        query = query.where(JournalEntry.writer_id == only.writer_id)
    if only.event_classes:
        query = query.where(JournalEntry.event_class.in_(only.event_classes))
    if only.subject is not None:
        query = query.where(JournalEntry.subject_kind == only.subject[0], JournalEntry.subject_id == only.subject[1])
    if only.camera_id is not None:
        query = query.where(JournalEntry.camera_id == only.camera_id)
    if only.since is not None:
        query = query.where(JournalEntry.at >= only.since)
    return [row_of(entry) for entry in tx.session.scalars(query)]


def newest_time(tx: Tx) -> datetime | None:
    """Return the latest moment any row names: a wall clock far behind it was set back.

    Rows that a confirmation of the clock covers do not count: they were written while the clock stood in the future.
    """
    query = select(JournalEntry.at).order_by(JournalEntry.at.desc()).limit(1)
    for writer_id, seq in _confirmed_heads(tx).items():
        query = query.where((JournalEntry.writer_id != writer_id) | (JournalEntry.seq > seq))
    return tx.session.scalar(query)


def clock_confirmations(tx: Tx) -> int:
    """Return how often the clock was confirmed."""
    query = select(func.count()).where(JournalEntry.event_class == CLOCK_CONFIRMED)
    return tx.session.scalar(query) or 0


def confirm_clock(tx: Tx) -> None:
    """Record that the clock is right now, with the heads of all chains: what stands before them no longer counts."""
    newest = newest_time(tx)
    heads = select(JournalEntry.writer_id, func.max(JournalEntry.seq)).group_by(JournalEntry.writer_id)
    data: dict[str, JsonValue] = {
        "heads": {writer_id: int(seq) for writer_id, seq in tx.session.execute(heads)},
        "newest": None if newest is None else time_text(newest),
    }
    append(tx, JournalEvent(CLOCK_CONFIRMED, ("clock", tx.station_id), data))
    tx.changes["clock", tx.station_id] = Change("clock", tx.station_id, 1, tx.written_stamp.command_id)


def _confirmed_heads(tx: Tx) -> dict[str, int]:
    """Return, for each writer, up to which row the clock was confirmed; the order of confirmations plays no part."""
    confirmed: dict[str, int] = {}
    query = select(JournalEntry).where(JournalEntry.event_class == CLOCK_CONFIRMED)
    for entry in tx.session.scalars(query):
        heads = row_of(entry).data["heads"]
        for writer_id, seq in heads.items() if isinstance(heads, dict) else ():
            confirmed[writer_id] = max(confirmed.get(writer_id, 0), seq if isinstance(seq, int) else 0)
    return confirmed


def personal_values(tx: Tx, writer_id: str, seq: int) -> dict[str, str]:
    """Return the clear text of a row's personal values, as far as it was not erased."""
    query = select(JournalPersonal).where(JournalPersonal.writer_id == writer_id, JournalPersonal.seq == seq)
    return {entry.name: entry.value for entry in tx.session.scalars(query)}


def forget_personal(tx: Tx, subject: tuple[str, str], until: Mapping[str, int] | None = None) -> Counter[str]:
    """Take away the clear text of a subject's personal values; the chain stays valid. Returns how many of each name.

    `until`: of these writers only, and no row behind this number. The caller records that it was done.
    """
    query = (
        select(JournalPersonal)
        .join(
            JournalEntry,
            (JournalEntry.writer_id == JournalPersonal.writer_id) & (JournalEntry.seq == JournalPersonal.seq),
        )
        .where(JournalEntry.subject_kind == subject[0], JournalEntry.subject_id == subject[1])
    )
    taken: Counter[str] = Counter()
    for entry in tx.session.scalars(query).all():
        if until is None or entry.seq <= until.get(entry.writer_id, 0):
            tx.session.delete(entry)
            taken[entry.name] += 1
    return taken


def erase_personal(
    tx: Tx, subject: tuple[str, str], data: Mapping[str, JsonValue] | None = None, camera_id: str | None = None
) -> int:
    """Erase the clear text of a subject's personal values and journal it, with `data`; returns how many they were."""
    taken = forget_personal(tx, subject)
    told: dict[str, JsonValue] = {"values": taken.total(), "names": dict(taken)}
    append(tx, JournalEvent("personal.erased", subject, told | dict(data or {}), camera_id))
    return taken.total()
