"""How a writing transaction writes: its objects' session, begun when somebody asks for it, and a pen for entries.

Every command puts the same few rows. On SQLite the pen hands them to the driver, past the toolkit, which takes several
times as long for them as the database does; both write in one transaction on one connection.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol, cast

from sqlalchemy import Engine, Insert, Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.orm import Session as OrmSession

from console.db.base import time_text

_DIALECT: Final = sqlite.dialect(paramstyle="qmark")


class Prepared:
    """A statement that is made once: as the toolkit has it, and as the text that SQLite's driver takes."""

    __slots__ = ("_names", "_own", "made", "text")

    def __init__(self, made: Select[Any] | Insert) -> None:
        compiled = made.compile(dialect=_DIALECT)
        self.made, self.text = made, str(compiled)
        self._names = tuple(compiled.positiontup or ())
        self._own = {name: value for name, value in compiled.params.items() if value is not None}

    def in_order(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the values as the driver takes them, with those that the statement brings itself."""
        given = {**self._own, **values} if self._own else values
        return [given[name] for name in self._names]


class Pen(Protocol):
    """Asks and puts what is prepared. What waits in the session is not told first: whoever asks sees to that."""

    def moment(self, at: datetime) -> Any:
        """Return a time as it is put."""

    def first(self, asked: Prepared, values: Mapping[str, Any]) -> Sequence[Any] | None:
        """Return the first row of an answer, None if there is none."""

    def put(self, into: Prepared, rows: Sequence[Mapping[str, Any]]) -> None: ...


class DriverPen:
    """Writes through SQLite's driver."""

    __slots__ = ("_at", "_connection", "_text")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._at: datetime | None = None
        self._text = ""

    def moment(self, at: datetime) -> str:
        if at is not self._at:
            # A transaction has one time.
            self._at, self._text = at, time_text(at)
        return self._text

    def first(self, asked: Prepared, values: Mapping[str, Any]) -> Sequence[Any] | None:
        refuse_ended(self._connection)
        try:
            return cast("Sequence[Any] | None", self._connection.execute(asked.text, asked.in_order(values)).fetchone())
        except sqlite3.Error as error:
            raise _of_toolkit(error) from None

    def put(self, into: Prepared, rows: Sequence[Mapping[str, Any]]) -> None:
        refuse_ended(self._connection)
        try:
            for row in rows:
                self._connection.execute(into.text, into.in_order(row))
        except sqlite3.Error as error:
            raise _of_toolkit(error) from None


class SessionPen:
    """Writes through the session's connection, to a server."""

    __slots__ = ("_writing",)

    def __init__(self, writing: Transaction) -> None:
        self._writing = writing

    def moment(self, at: datetime) -> datetime:
        return at

    def first(self, asked: Prepared, values: Mapping[str, Any]) -> Sequence[Any] | None:
        return self._writing.session.connection().execute(asked.made, values).first()

    def put(self, into: Prepared, rows: Sequence[Mapping[str, Any]]) -> None:
        self._writing.session.connection().execute(into.made, rows)


class Transaction:
    """One writing transaction, on SQLite from its making on. `begin` makes the session."""

    def __init__(self, driver: sqlite3.Connection | None, begin: Callable[[], OrmSession]) -> None:
        self._driver = driver
        self._begin = begin
        self._session: OrmSession | None = None
        self.pen: Pen = SessionPen(self) if driver is None else DriverPen(driver)
        if driver is not None:
            _do(driver, "BEGIN IMMEDIATE")

    @property
    def session(self) -> OrmSession:
        if self._session is None:
            self._session = self._begin()
        return self._session

    @property
    def waits(self) -> bool:
        """Whether the session holds something that the database does not know yet."""
        session = self._session
        return session is not None and bool(session.new or session.dirty or session.deleted)

    def flush(self) -> None:
        if self._session is not None:
            self._session.flush()

    def commit(self) -> None:
        if self._driver is not None:
            refuse_ended(self._driver)
        if self._session is not None:
            self._session.commit()
        # A session that asked for nothing left the transaction open.
        if self._driver is not None and self._driver.in_transaction:
            _do(self._driver, "COMMIT")

    def rollback(self) -> None:
        if self._session is not None:
            self._session.rollback()
        if self._driver is not None and self._driver.in_transaction:
            _do(self._driver, "ROLLBACK")

    def close(self) -> None:
        """End it; what was not committed comes to nothing."""
        if self._session is not None:
            self._session.close()
        if self._driver is not None and self._driver.in_transaction:
            _do(self._driver, "ROLLBACK")


def refuse_ended(driver: sqlite3.Connection) -> None:
    """Refuse what would stand alone: an error that was passed over has already undone the transaction."""
    if not driver.in_transaction:
        raise PendingRollbackError("the transaction was undone")


def driver_of(engine: Engine) -> sqlite3.Connection | None:
    """Return the one connection of SQLite's writing engine; None for a server's."""
    if engine.dialect.name != "sqlite":
        return None
    pooled = engine.raw_connection()
    try:
        return cast("sqlite3.Connection", pooled.dbapi_connection)
    finally:
        pooled.close()


def _do(driver: sqlite3.Connection, text: str) -> None:
    try:
        driver.execute(text)
    except sqlite3.Error as error:
        raise _of_toolkit(error) from None


def _of_toolkit(error: sqlite3.Error) -> BaseException:
    """Return the error as the toolkit would have raised it: `engines.translate` knows that."""
    return DBAPIError.instance(None, None, error, sqlite3.Error, hide_parameters=True)
