"""Connections with the settings that durability and safety ask for, and foreign errors made ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine, QueuePool, StaticPool, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from console.db.places import StorePlace
from console.kernel import Conflict, Unavailable

_PRAGMAS: Final = (
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA synchronous=FULL",
)
_WRITER_PRAGMAS: Final = ("PRAGMA journal_mode=WAL", "PRAGMA wal_autocheckpoint=1000")
# Debian's 3.40.1 is inside the WAL-reset bug's range: nobody but the one writer connection may checkpoint.
_READER_PRAGMAS: Final = ("PRAGMA wal_autocheckpoint=0", "PRAGMA query_only=ON")
_POSTGRES: Final[dict[str, Any]] = {
    "pool_pre_ping": True,
    "pool_recycle": 1800,
    "pool_size": 3,
    "max_overflow": 2,
    "hide_parameters": True,
    "connect_args": {
        "connect_timeout": 5,
        "keepalives": 1,
        "keepalives_idle": 15,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 15000,
        "options": "-c timezone=UTC -c statement_timeout=60000 -c lock_timeout=3000"
        " -c idle_in_transaction_session_timeout=30000",
    },
}


_WAL_RESET_FIRST: Final = (3, 7, 0)
_WAL_RESET_FIXED: Final = (3, 51, 3)
_WAL_RESET_BACKPORTS: Final = ((3, 44, 6), (3, 50, 7))


@dataclass(frozen=True, slots=True)
class SqliteFacts:
    """Which SQLite this program runs on, and whether it has the WAL-reset fault (sqlite.org/wal.html#walresetbug)."""

    version: str
    wal_reset: bool


def sqlite_facts(version: tuple[int, int, int] | None = None) -> SqliteFacts:
    found = version or (sqlite3.sqlite_version_info[0], sqlite3.sqlite_version_info[1], sqlite3.sqlite_version_info[2])
    mended = any(found[:2] == fix[:2] and found >= fix for fix in _WAL_RESET_BACKPORTS)
    return SqliteFacts(".".join(map(str, found)), _WAL_RESET_FIRST <= found < _WAL_RESET_FIXED and not mended)


def writer_engine(place: StorePlace) -> Engine:
    """Return the engine of the one writing connection (SQLite) or of the writing pool (PostgreSQL)."""
    if place.sqlite_path is None:
        return create_engine(place.parsed, **_POSTGRES)
    engine = create_engine(
        place.parsed,
        poolclass=StaticPool,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": 5},
    )
    _prepare_sqlite(engine, (*_PRAGMAS, *_WRITER_PRAGMAS), "BEGIN IMMEDIATE")
    return engine


def reader_engine(place: StorePlace) -> Engine:
    """Return the engine of the reading pool: a query sees one moment and cannot write."""
    if place.sqlite_path is None:
        engine = create_engine(place.parsed, **_POSTGRES)
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    url = place.parsed
    if place.read_only:
        database = place.sqlite_path.absolute().as_uri() + "?mode=ro"
        url = URL.create("sqlite", database=database, query={"uri": "true"})
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=4,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": 5},
    )
    _prepare_sqlite(engine, (*_PRAGMAS, *_READER_PRAGMAS), "BEGIN")
    return engine


def _prepare_sqlite(engine: Engine, pragmas: tuple[str, ...], begin: str) -> None:
    def on_connect(connection: DBAPIConnection, _record: object) -> None:
        # sqlite3's own transaction handling would begin too late, and not at all for reads.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    def on_begin(connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        # A writing transaction may have begun past the toolkit: the session joins it.
        if not driver.in_transaction:
            connection.exec_driver_sql(begin)

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)


def sqlite_error(code: int, place: StorePlace) -> Unavailable:
    path = str(place.sqlite_path)
    known: dict[int, Callable[[], Unavailable]] = {
        sqlite3.SQLITE_FULL: lambda: Unavailable("store.disk_full", path=path),
        sqlite3.SQLITE_READONLY: lambda: Unavailable("store.read_only", path=path),
        sqlite3.SQLITE_CORRUPT: lambda: Unavailable("store.damaged", path=path),
        sqlite3.SQLITE_NOTADB: lambda: Unavailable("store.damaged", path=path),
    }
    # The low byte is the error, the others are detail.
    return known.get(code & 0xFF, lambda: Unavailable("store.unreachable", path=path))()


_POSTGRES_STATES: Final = {
    "53100": "store.disk_full",
    "25006": "store.read_only",
    "42501": "store.refused",
    "28P01": "store.refused",
    "28000": "store.refused",
    "XX001": "store.damaged",
    "XX002": "store.damaged",
}


_POSTGRES_AWAY: Final = frozenset(("", "08", "53", "55", "57"))
"""Classes of SQLSTATE: no answer, connection lost, out of resources, busy, shut down."""


def translate(error: SQLAlchemyError, place: StorePlace) -> Exception:
    """Return the expected error that a database error means; a bug of ours comes back unchanged."""
    if isinstance(error, IntegrityError):
        return Conflict("constraint", _constraint(error))
    meant: Exception | None = None
    if isinstance(error, DBAPIError):
        meant = _from_postgres(error, place) if place.sqlite_path is None else _from_sqlite(error, place)
    return meant or error


def _from_sqlite(error: DBAPIError, place: StorePlace) -> Exception | None:
    code = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    # The plain SQLITE_ERROR is wrong SQL: our mistake.
    return None if code == sqlite3.SQLITE_ERROR else sqlite_error(code, place)


def _from_postgres(error: DBAPIError, place: StorePlace) -> Exception | None:
    shown = place.parsed.render_as_string(hide_password=True)
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if state in _POSTGRES_STATES:
        return Unavailable(_POSTGRES_STATES[state], path=shown)
    if error.connection_invalidated or state[:2] in _POSTGRES_AWAY:
        return Unavailable("store.unreachable", path=shown)
    return None


def _constraint(error: IntegrityError) -> str:
    """Return the name of what was violated, never a value."""
    named = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    return str(named or error.orig).splitlines()[0][:120]
