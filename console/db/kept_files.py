"""Files of records in backups: a store of their own beside the backups, where each file lies once however many name it.

What a backup needs is read from the backup itself. Whatever keeps files with its records stands in `HOLDERS`: what no
column there names is in no backup, and is deleted as nobody's.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Select, column, select, table

from console.db.attachments import Attachments, FileKind
from console.db.backups import BACKUPS, backups_of
from console.db.places import StorePlace
from console.db.store import Tx
from console.kernel import ConsoleError

HOLDERS: Final = (("owner_step", "photos"),)
"""Tables and their columns with lists of files' names."""
_HEADER: Final = b"SQLite format 3\0"


def beside_backups(data_dir: Path) -> Attachments:
    """Return the store of the files that backups need."""
    return Attachments(data_dir / BACKUPS)


def named(tx: Tx) -> frozenset[str]:
    """Return the files that records of the open store name."""
    queries: list[Select[Any]] = [select(column(name)).select_from(table(holder)) for holder, name in HOLDERS]
    return _names(found for query in queries for found in tx.session.scalars(query))


def named_in(database: Path) -> frozenset[str] | None:
    """Return the files that a copy of a SQLite store names; None if it is one and cannot be read."""
    try:
        with database.open("rb") as file:
            if file.read(len(_HEADER)) != _HEADER:
                return frozenset()
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            tables = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            known = [(holder, name) for holder, name in HOLDERS if holder in tables]
            # Both names are our own, from the list above.
            return _names(row[0] for holder, name in known for row in copy.execute(f"SELECT {name} FROM {holder}"))  # noqa: S608
    except (OSError, sqlite3.Error, ValueError):
        return None


def _names(lists: Iterable[object]) -> frozenset[str]:
    """Read lists of names: as text, or as the driver of a server has read them already."""
    read = (json.loads(each) if isinstance(each, str) else each for each in lists)
    return frozenset(str(name) for names in read if isinstance(names, list) for name in names)


def save(data_dir: Path, database: Path) -> None:
    """Copy what the database names and no backup has yet. A file that is gone or altered here is left out."""
    saved = beside_backups(data_dir)
    _copy(Attachments(data_dir), saved, (named_in(database) or frozenset()) - saved.names())


def save_all(data_dir: Path) -> None:
    """Copy everything that lies here: the database that names it may be past reading."""
    files, saved = Attachments(data_dir), beside_backups(data_dir)
    _copy(files, saved, files.names() - saved.names())


def missing(data_dir: Path, database: Path) -> tuple[int, int]:
    """Return how many files a backup names, and how many of them lie in no backup."""
    names = named_in(database) or frozenset()
    return len(names), len(names - beside_backups(data_dir).names())


def put_back(data_dir: Path, backup_file: Path, apart_from: Collection[str]) -> tuple[int, int]:
    """Put back the files that a backup names, from beside it or from our own backups; `apart_from`: erased since.

    Returns how many were put back, and how many are nowhere.
    """
    wanted = (named_in(backup_file) or frozenset()) - frozenset(apart_from)
    files = Attachments(data_dir)
    lacking = [name for name in wanted if not files.sound(name)]
    for source in (Attachments(backup_file.parent), beside_backups(data_dir)):
        _copy(source, files, [name for name in lacking if not files.sound(name)])
    gone = sum(not files.sound(name) for name in lacking)
    return len(lacking) - gone, gone


def prune(place: StorePlace) -> int:
    """Delete the saved files that no backup needs any more; none as long as one backup cannot be read."""
    saved = beside_backups(place.data_dir)
    kept = saved.names()
    if not kept:
        return 0
    needed: set[str] = set()
    for each in backups_of(place):
        names = named_in(each.path)
        if names is None:
            return 0
        needed |= names
    for name in kept - needed:
        saved.forget(name)
    return len(kept - needed)


def _copy(source: Attachments, to: Attachments, names: Iterable[str]) -> None:
    for name in sorted(names):
        try:
            content = source.read(name)
        except ConsoleError:
            continue
        to.keep_bytes(content, frozenset(FileKind))
