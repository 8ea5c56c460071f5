"""Between finding a store and trusting it: drive, folders, health, revision. The fast path asks two questions."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, column, inspect, select, table

from console.db import schema
from console.db.journal_rows import JournalEntry
from console.db.places import NETWORK_DRIVES, PRIVATE, StorePlace, Writer, bind_writer, folder_refused
from console.db.vault_rows import VaultHead
from console.kernel import Unavailable

_MARK: Final = "store.clean"


def refuse_drive(place: StorePlace) -> None:
    """SQLite's write-ahead log needs shared memory of one machine: on a network drive it destroys data."""
    path = place.sqlite_path
    if path is not None and place.drive_kind(path.parent) in NETWORK_DRIVES:
        raise Unavailable("store.network_drive", path=str(path))


def make_folders(place: StorePlace) -> None:
    path = place.sqlite_path
    for folder in (place.data_dir, *([path.parent] if path is not None else [])):
        try:
            folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        except OSError as error:
            raise folder_refused(error, folder) from None


def make_ready(place: StorePlace, engine: Engine) -> None:
    """Make an empty store, or refuse one that is damaged, newer or older than this program."""
    path = place.sqlite_path
    if place.read_only and path is not None and not path.exists():
        raise Unavailable("store.unreachable", path=str(path))
    if path is not None and not place.read_only and path.exists():
        _check_health(place, engine, path)
    with engine.connect() as connection:
        found = schema.current_revision(connection)
        empty = found is None and not inspect(connection).get_table_names()
    if found is None and not empty:
        raise Unavailable("store.damaged", path=str(path or place.parsed.database))
    if empty:
        if place.read_only:
            raise Unavailable("store.unreachable", path=str(path or place.parsed.database))
        # Alembic costs a third of a second: only when there is something to do.
        from console.db.migrate import create

        create(engine)
        return
    refuse_revision(str(found))


def refuse_revision(found: str) -> None:
    """Refuse a database that this program does not know, or that must be upgraded first."""
    if found not in schema.KNOWN_REVISIONS:
        raise Unavailable("store.newer", found=found, known=schema.HEAD_REVISION)
    if found != schema.HEAD_REVISION:
        raise Unavailable("store.older", found=found, known=schema.HEAD_REVISION)


def refuse_other_station(place: StorePlace, engine: Engine, writer: Writer) -> None:
    """Refuse a store of another station: under a new name anybody would be the first person of an "empty" one.

    Of the journal the oldest and the newest row are asked, whatever its length.
    """
    row = select(JournalEntry.station_id).limit(1)
    oldest = row.order_by(JournalEntry.writer_id, JournalEntry.seq)
    newest = row.order_by(JournalEntry.at.desc())
    # The model of a person is built upon the store, which is built upon this.
    persons = select(table("person", column("station_id")).c.station_id).distinct()
    with engine.connect() as connection:
        questions = (oldest, newest, persons, select(VaultHead.station_id))
        found = {station for question in questions for station in connection.scalars(question)}
    others = found - {writer.station_id}
    if others:
        raise Unavailable("store.other_station", found=", ".join(sorted(others)), asked=writer.station_id)
    if found and not place.read_only:
        bind_writer(place.data_dir, writer)


def _check_health(place: StorePlace, engine: Engine, path: Path) -> None:
    """Read the whole file only after an end that was not clean, or if somebody else touched it since."""
    if not os.access(path, os.W_OK):
        # SQLite would open it without a word and fail at the first write.
        raise Unavailable("store.read_only", path=str(path))
    mark = place.data_dir / _MARK
    clean = mark.exists() and mark.read_text("utf-8", errors="replace") == _fingerprint(path)
    mark.unlink(missing_ok=True)
    if clean:
        return
    with engine.connect() as connection:
        answers = connection.exec_driver_sql("PRAGMA quick_check(1)").scalars().all()
    if answers != ["ok"]:
        raise Unavailable("store.damaged", path=str(path))


def mark_clean(place: StorePlace) -> None:
    """Remember a clean end; called last, when no connection is open."""
    path = place.sqlite_path
    if path is not None and path.exists() and not place.read_only:
        (place.data_dir / _MARK).write_text(_fingerprint(path), "utf-8")


def _fingerprint(path: Path) -> str:
    state = path.stat()
    wal = path.with_name(path.name + "-wal")
    return json.dumps([state.st_size, state.st_mtime_ns, wal.stat().st_size if wal.exists() else 0])
