"""Holds the tables of views and records against what the journal's rows say of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ColumnElement, CursorResult, Select, String, Table, func, select, type_coerce
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from console.db.base import Base, Record, TimeText, UtcTime, time_text
from console.db.journal_rows import JournalEntry
from console.db.journal_traces import REPLAYED, RawRecord, RawView, Traces

_BATCH: Final = 1000
_VIEWS: Final = "camera_view"
_OWN: Final = frozenset({"id", "station_id", "version"})


def raw_batches(session: OrmSession, query: Select[Any], size: int = _BATCH) -> Generator[Sequence[Any]]:
    """Give the rows of a query by the thousand; those of SQLite as the driver reads them, a million are many."""
    straight = session.get_bind().dialect.name == "sqlite"
    # In batches of its own making the toolkit would have read the first rows already.
    with session.execute(query if straight else query.execution_options(yield_per=size)) as found:
        if straight and isinstance(found, CursorResult) and found.cursor is not None:
            try:
                while batch := found.cursor.fetchmany(size):
                    yield batch
            except sqlite3.Error as error:
                raise DatabaseError(None, None, error) from None
        else:
            yield from found.partitions(size)


class StoredViews:
    """Reads the table of views beside the rows: their ids are in order of time, so one pass a writer finds them."""

    def __init__(self, session: OrmSession) -> None:
        self._session = session
        self._writer: str | None = None
        self._rows: Generator[Sequence[Any]] | None = None
        self._seen: dict[str, Any] = {}
        self._upto = ""

    def compare(self, traces: Traces) -> None:
        """Hold the views whose end went by against their rows, and forget them."""
        told, traces.ended = traces.ended, []
        for writer, group in groupby(told, key=lambda each: each[1].place[0]):
            self._compare(writer, list(group), traces)

    def _compare(self, writer: str, told: Sequence[tuple[str, Any]], traces: Traces) -> None:
        if writer != self._writer:
            self.close()
            self._writer = writer
            self._rows, self._seen, self._upto = raw_batches(self._session, _of_writer(self._session, writer)), {}, ""
        farthest = max(view_id for view_id, _view in told)
        while self._rows is not None and self._upto < farthest:
            batch = next(self._rows, None)
            if batch is None:
                break
            self._seen.update((row[0], RawView._make(row)) for row in batch)
            self._upto = str(batch[-1][0])
        elsewhere = []
        for each in told:
            found = self._seen.pop(each[0], None)
            if found is None:
                elsewhere.append(each)
            else:
                traces.view(each, found)
        look_up(self._session, elsewhere, traces)

    def close(self) -> None:
        """Ask for no more: a server keeps what it would still have to give."""
        if self._rows is not None:
            self._rows.close()


def look_up(session: OrmSession, told: Sequence[tuple[str, Any]], traces: Traces) -> None:
    """Hold views against their rows wherever they stand."""
    for start in range(0, len(told), _BATCH):
        batch = told[start : start + _BATCH]
        wanted = _columns(session).where(_table(_VIEWS).c.id.in_([view_id for view_id, _view in batch]))
        found = {row[0]: RawView._make(row) for batch_of in raw_batches(session, wanted) for row in batch_of}
        for each in batch:
            traces.view(each, found.get(each[0]))


def compare_tables(session: OrmSession, views: StoredViews, traces: Traces) -> None:
    """Hold everything else against the tables, when every row went by."""
    views.compare(traces)
    look_up(session, traces.left(), traces)
    table = _table(_VIEWS)
    if session.scalar(select(func.count()).select_from(table)) != traces.matched:
        for view_id, writer_id in _untold(session, table):
            traces.untold_view(view_id, writer_id)
    for model in _replayed():
        for raw in _records(session, model):
            traces.record(raw)
    traces.close()


def _table(name: str) -> Table:
    # By name: the models of features are built upon the journal.
    return Base.metadata.tables[name]


def _columns(session: OrmSession) -> Select[Any]:
    table = _table(_VIEWS)
    time = String() if session.get_bind().dialect.name == "sqlite" else TimeText()
    columns = (table.c[name] for name in RawView._fields)
    return select(*(type_coerce(column, time) if isinstance(column.type, UtcTime) else column for column in columns))


def _of_writer(session: OrmSession, writer_id: str) -> Select[Any]:
    table = _table(_VIEWS)
    # Not by the index of writers: its order is another, and sorting would hold the whole table.
    writer = table.c.writer_id.concat("") == writer_id
    return _columns(session).where(writer).order_by(table.c.id)


def _untold(session: OrmSession, table: Table) -> list[tuple[str, str]]:
    """Return the views that no row of the journal opened."""
    row = JournalEntry.__table__
    opened = (row.c.subject_kind == "view") & (row.c.subject_id == table.c.id) & (row.c.event_class == "view.opened")
    query = select(table.c.id, table.c.writer_id).where(~select(row.c.seq).where(opened).exists())
    return [(str(view_id), str(writer_id)) for view_id, writer_id in session.execute(query.limit(_BATCH))]


def _replayed() -> list[type[Record]]:
    models = [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Record)]
    return sorted((model for model in models if model.kind in REPLAYED), key=lambda model: model.kind)


def _records(session: OrmSession, model: type[Record]) -> Iterator[RawRecord]:
    """Read records a batch at a time; where somebody wrote what cannot be read, one at a time."""
    table = _table(model.__tablename__)
    ids = session.scalars(select(table.c.id).order_by(table.c.id)).all()
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        found = _read(session, model, table.c.id.in_(batch))
        if found is None:
            yield from (raw for each in batch for raw in _alone(session, model, str(each)))
        else:
            yield from found


def _alone(session: OrmSession, model: type[Record], record_id: str) -> Sequence[RawRecord]:
    found = _read(session, model, _table(model.__tablename__).c.id == record_id)
    return [RawRecord(model.kind, record_id, -1, {}, {}, {})] if found is None else found


def _read(session: OrmSession, model: type[Record], which: ColumnElement[bool]) -> list[RawRecord] | None:
    table = _table(model.__tablename__)
    shown = [column for column in table.c if not column.info.get("secret")]
    usual = _usual(table)
    try:
        rows = session.execute(select(*shown).where(which)).mappings().all()
        return [_record(model.kind, dict(row), table, usual) for row in rows]
    except (SQLAlchemyError, ValueError, TypeError, LookupError):
        return None


def _record(kind: str, row: dict[Any, Any], table: Table, usual: Mapping[str, Any]) -> RawRecord:
    private = {name: value for name, value in row.items() if table.c[name].info.get("personal")}
    personal = {name: None if value is None else str(value) for name, value in private.items()}
    columns = {name: _plain(value) for name, value in row.items() if name not in personal and name not in _OWN}
    return RawRecord(kind, str(row["id"]), row["version"], columns, personal, usual)


def _plain(value: Any) -> Any:
    return time_text(value) if isinstance(value, datetime) else value


def _usual(table: Table) -> Mapping[str, Any]:
    """Return what stands in a column that nobody set: also in rows that are older than the column."""
    return {
        column.name: column.default.arg for column in table.c if isinstance(column.default, ScalarElementColumnDefault)
    }
