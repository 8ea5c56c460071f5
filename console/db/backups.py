"""The backups beside a SQLite store: how old they are, when the last of them goes, and the going itself.

A backup bears in its name when it was made. A file without that was put there by hand: nobody here touches it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from console.db.places import StorePlace
from console.kernel import Clock

BACKUPS: Final = "backups"
REPLACED: Final = "replaced"
"""Former databases, in whose place a backup was put."""
_NAMED: Final = re.compile(r"console-(\d{8}T\d{6}Z)(?:-\d+)?\.db")
_STAMP: Final = "%Y%m%dT%H%M%SZ"
_BESIDE: Final = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of the database. `made` None: its name does not say when."""

    path: Path
    made: datetime | None


def backups_of(place: StorePlace) -> list[Backup]:
    """Return what lies in the folders of backups and of replaced databases, the oldest first, those unnamed last."""
    found = [Backup(path, _made(path)) for folder in (BACKUPS, REPLACED) for path in _files(place.data_dir / folder)]
    return sorted(found, key=lambda backup: (backup.made is None, backup.made, backup.path))


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if path.is_file() and not path.name.endswith(_BESIDE))


def _made(path: Path) -> datetime | None:
    named = _NAMED.fullmatch(path.name)
    try:
        return None if named is None else datetime.strptime(named[1], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long what is erased now lives on in backups.

    `until` None: no dated backup holds it. `unnamed` files lie there whose age nobody knows; nobody deletes them.
    """

    until: datetime | None
    unnamed: int = 0


def lifetime(place: StorePlace, now: datetime, keep_days: int) -> Lifetime:
    """Return when the last backup that exists now will have been deleted."""
    found = backups_of(place)
    made = [min(backup.made, now) for backup in found if backup.made is not None]
    # Looked for once a day: the last one may be there for a day longer than it lives.
    until = max(made) + timedelta(days=keep_days + 1) if made else None
    return Lifetime(until, sum(backup.made is None for backup in found))


def prune(place: StorePlace, clock: Clock, keep_days: int) -> Sequence[Path]:
    """Delete the backups that are too old and return them; a store that had backups keeps one: it is made first."""
    if place.sqlite_path is None:
        return ()
    oldest = clock.now() - timedelta(days=keep_days)
    found = backups_of(place)
    old = [backup for backup in found if backup.made is not None and backup.made < oldest]
    saved = [backup for backup in found if backup.made is not None and backup.path.parent.name == BACKUPS]
    if saved and all(backup in old for backup in saved):
        from console.db.migrate import backup as make_backup

        make_backup(place, clock)
    for each in old:
        for path in (each.path, *(each.path.with_name(each.path.name + ending) for ending in _BESIDE)):
            path.unlink(missing_ok=True)
    return [each.path for each in old]
