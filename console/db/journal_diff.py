"""Turns what a flush does to a `Record` into journal rows and `Change`s, so that no handler can forget it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Mapper, UOWTransaction
from sqlalchemy.orm import Session as OrmSession

from console.db.base import Record, time_text
from console.db.journal import JournalEvent, append
from console.db.journal_format import JsonValue
from console.kernel import Change, new_id

if TYPE_CHECKING:
    from console.db.store import Tx

_OWN_COLUMNS = frozenset({"id", "station_id", "version"})


class WritingSession(OrmSession):
    """The session of a writing transaction; `info["tx"]` is its `Tx`."""


def _before_flush(session: OrmSession, _context: UOWTransaction, _instances: object) -> None:
    tx: Tx = session.info["tx"]
    for found in session.new:
        if isinstance(found, Record):
            found.station_id = found.station_id or tx.station_id
            # The column's default would come at the insert, too late for another row that names this one.
            found.id = found.id or new_id()
    # A flush that meets a stale version forgets what it was about to write.
    old = [found for found in (*session.dirty, *session.deleted) if isinstance(found, Record)]
    tx.flushing = [((found.kind, found.id), found.__tablename__) for found in old]


def _after_flush(session: OrmSession, _context: UOWTransaction) -> None:
    # Here new, dirty and deleted, and the history of the attributes, still show the state before the flush.
    tx: Tx = session.info["tx"]
    for found in session.new:
        if isinstance(found, Record):
            _note(tx, found, "created")
    for found in session.dirty:
        if isinstance(found, Record) and session.is_modified(found):
            _note(tx, found, "changed")
    for found in session.deleted:
        if isinstance(found, Record):
            _note(tx, found, "deleted")


def _note(tx: Tx, record: Record, verb: str) -> None:
    subject = (record.kind, record.id)
    tx.changes[subject] = Change(record.kind, record.id, record.version, tx.written_stamp.command_id)
    fields: dict[str, JsonValue] = {}
    personal: dict[str, str] = {}
    hidden: list[JsonValue] = []
    loud = verb == "deleted"
    for name, info, old, new in _differences(record):
        loud = loud or not info.get("quiet")
        if info.get("secret") or (info.get("personal") and new is None):
            hidden.append(name)
        elif info.get("personal"):
            personal[name] = str(new)
        else:
            fields[name] = [_plain(old), _plain(new)]
    if record.own_events or not loud:
        tx.owe(subject)
        return
    data: dict[str, JsonValue] = {"op": verb, "version": record.version, "fields": fields, "hidden": hidden}
    append(tx, JournalEvent("record.changed", subject, data, record.journal_camera(), personal))


def _differences(record: Record) -> list[tuple[str, dict[str, Any], Any, Any]]:
    mapper: Mapper[Any] = inspect(type(record))
    state = inspect(record)
    found = []
    for attribute in mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if attribute.key in _OWN_COLUMNS or not history.has_changes():
            continue
        old = history.deleted[0] if history.deleted else None
        new = history.added[0] if history.added else None
        if old != new:
            found.append((attribute.key, attribute.columns[0].info, old, new))
    return found


def _plain(value: Any) -> JsonValue:
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, bytes):
        raise TypeError("bytes do not enter the journal: mark the column secret")
    result: JsonValue = value
    return result


event.listen(WritingSession, "before_flush", _before_flush)
event.listen(WritingSession, "after_flush", _after_flush)
