"""Makes and upgrades the schema: backup first, then the migrations and the guards in one transaction, then proof.

The running program never comes here on its fast path; Alembic is imported by this module only.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alembic import command as alembic_command
from alembic.config import Config
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from console.db import engines, kept_files, opening, schema
from console.db.places import PRIVATE, StoreLock, StorePlace, folder_refused
from console.kernel import Clock, Unavailable

_SCRIPTS: Final = Path(__file__).parent / "migrations"
_LOCK_NUMBER: Final = 0x43434F43
"""PostgreSQL advisory lock of whoever migrates."""


@dataclass(frozen=True, slots=True)
class SchemaStatus:
    """`found` is None for a database without tables of ours."""

    found: str | None
    known: str

    @property
    def current(self) -> bool:
        return self.found == self.known


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What `upgrade` did; `backup` is None where nothing had to be saved."""

    before: str | None
    after: str
    backup: Path | None


def status(place: StorePlace) -> SchemaStatus:
    """Return the revision of a database and the one this program needs."""
    with _reading(place) as connection:
        return SchemaStatus(schema.current_revision(connection), schema.HEAD_REVISION)


def create(engine: Engine, target: str = schema.HEAD_REVISION) -> None:
    """Make the schema in an empty database, guards included, in one transaction."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})
        _migrate(connection, target)


def upgrade(place: StorePlace, clock: Clock, *, backed_up: bool = False) -> Upgrade:
    """Bring a database to this program's revision.

    SQLite is backed up and the copy checked before anything is touched. A server is backed up by whoever runs it:
    `backed_up` says that this was done, without it an upgrade of existing data is refused (`store.backup_first`).
    """
    opening.refuse_drive(place)
    opening.make_folders(place)
    lock = StoreLock(place.data_dir)
    lock.take("db upgrade", clock.now())
    try:
        return _upgrade(place, clock, backed_up=backed_up)
    finally:
        lock.release()


def _upgrade(place: StorePlace, clock: Clock, *, backed_up: bool) -> Upgrade:
    found = status(place).found if place.sqlite_path is None or place.sqlite_path.exists() else None
    if found is not None and found not in schema.KNOWN_REVISIONS:
        raise Unavailable("store.newer", found=found, known=schema.HEAD_REVISION)
    saved: Path | None = None
    if found == schema.HEAD_REVISION:
        return Upgrade(found, found, None)
    if found is not None and place.sqlite_path is not None:
        saved = backup(place, clock)
    elif found is not None and not backed_up:
        raise Unavailable("store.backup_first", found=found, known=schema.HEAD_REVISION)
    engine = engines.writer_engine(place)
    try:
        with _our_errors(place):
            create(engine)
    finally:
        engine.dispose()
    return Upgrade(found, schema.HEAD_REVISION, saved)


def _migrate(connection: Connection, target: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    rows = _journal_rows(connection)
    alembic_command.upgrade(config, target)
    schema.install_guards(connection)
    missing = schema.missing_guards(connection)
    if missing:
        raise RuntimeError(f"guards are missing after the migration: {missing}")
    if _journal_rows(connection) < rows:
        raise RuntimeError("the migration lost journal rows")
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise RuntimeError("the migration broke foreign keys")


def _journal_rows(connection: Connection) -> int:
    if not inspect(connection).has_table("journal"):
        return 0
    return int(connection.execute(text("SELECT count(*) FROM journal")).scalar_one())


def backup(place: StorePlace, clock: Clock) -> Path:
    """Copy a SQLite store while it runs with the files it names, check the copy, and only then give it its name."""
    path = place.sqlite_path
    if path is None:
        raise Unavailable("store.backup_first", found="", known="")
    folder = place.data_dir / "backups"
    folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    target = _free_name(folder, clock.now().strftime("%Y%m%dT%H%M%SZ"))
    partial = target.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(partial)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            sound = copy.execute("PRAGMA integrity_check(1)").fetchall() == [("ok",)]
            if not sound or copy.execute("PRAGMA foreign_key_check").fetchone():
                raise Unavailable("store.damaged", path=str(path))
    except sqlite3.Error as error:
        raise _backup_failed(error, place) from None
    kept_files.save(place.data_dir, partial)
    _force_to_disk(partial)
    partial.replace(target)
    return target


def restore(place: StorePlace, backup_file: Path, clock: Clock) -> Path | None:
    """Put a backup in the database's place. What lay there is kept under another name, which is returned.

    The backup is copied and the copy checked before anything is moved. Whoever opens the store next withdraws again
    what the backup has forgotten and journals the return.
    """
    path = place.sqlite_path
    if path is None:
        raise Unavailable("restore.own_tools")
    opening.refuse_drive(place)
    opening.make_folders(place)
    lock = StoreLock(place.data_dir)
    lock.take("db restore", clock.now())
    try:
        partial = checked_copy(backup_file, path.with_suffix(".restoring"))
        # What lay there names files too, and may be wanted again.
        kept_files.save_all(place.data_dir)
        kept = _put_aside(place, path, clock)
        partial.replace(path)
    except OSError as error:
        raise folder_refused(error, path.parent) from None
    finally:
        lock.release()
    return kept


def checked_copy(backup_file: Path, to: Path) -> Path:
    """Copy a backup and check the copy, or raise: not readable, not a sound database, made by a newer program."""
    try:
        shutil.copyfile(backup_file, to)
    except FileNotFoundError:
        raise Unavailable("restore.no_file", path=str(backup_file)) from None
    except OSError as error:
        raise folder_refused(error, to.parent) from None
    try:
        with closing(sqlite3.connect(to)) as copy:
            sound = copy.execute("PRAGMA integrity_check(1)").fetchall() == [("ok",)]
            found = copy.execute("SELECT version_num FROM alembic_version").fetchone() if sound else None
    except sqlite3.Error:
        found = None
    if found is None or found[0] not in schema.KNOWN_REVISIONS:
        to.unlink(missing_ok=True)
        if found is not None:
            raise Unavailable("store.newer", found=found[0], known=schema.HEAD_REVISION)
        raise Unavailable("restore.not_sound", path=str(backup_file))
    _force_to_disk(to)
    return to


def _put_aside(place: StorePlace, path: Path, clock: Clock) -> Path | None:
    if not path.exists():
        return None
    folder = place.data_dir / "replaced"
    folder.mkdir(mode=PRIVATE, exist_ok=True)
    kept = _free_name(folder, clock.now().strftime("%Y%m%dT%H%M%SZ"))
    # The write-ahead log belongs to the file it was written for; beside another one it would spoil it.
    for ending in ("-wal", "-shm", ""):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.replace(kept.with_name(kept.name + ending))
    return kept


def _backup_failed(error: sqlite3.Error, place: StorePlace) -> Exception:
    return engines.sqlite_error(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR), place)


def _free_name(folder: Path, stamp: str) -> Path:
    """Never overwrite a backup: a second one within the second gets a number."""
    number = 1
    target = folder / f"console-{stamp}.db"
    while target.exists():
        number += 1
        target = folder / f"console-{stamp}-{number}.db"
    return target


def _force_to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


@contextmanager
def _reading(place: StorePlace) -> Iterator[Connection]:
    engine = engines.reader_engine(place)
    try:
        with _our_errors(place), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _our_errors(place: StorePlace) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        meant = engines.translate(error, place)
        if meant is error:
            raise
        raise meant from None
