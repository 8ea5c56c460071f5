"""Verbs about the database: its version, upgrade, backup, restore."""

from __future__ import annotations

import tempfile
from pathlib import Path

from console.cli.book import Book
from console.cli.desk import FOUND, GOOD, Desk, say
from console.i18n import _
from console.kernel import ConsoleError, Denied, DenyReason, Right, SystemClock


def enter(book: Book) -> None:
    db = book.noun("db", "the database: version, upgrade, backup, restore")
    book.verb(db, "status", _db_status, "tell which version it has, and which one is needed")
    upgrade = book.verb(db, "upgrade", _db_upgrade, "back up, then bring it to this program's version")
    upgrade.add_argument("--backed-up", action="store_true", help="the server's administrator made a backup")
    book.verb(db, "backup", _db_backup, "copy it into the backups folder")
    book.verb(db, "restore", _db_restore, "put a backup in its place").add_argument(
        "file", type=Path, metavar="FILE", help="a backup that db backup or an upgrade made"
    )


def _db_status(desk: Desk) -> int:
    """Needs no log-in: it tells two version numbers, also of a store that is too old to be opened."""
    from console.db import migrate

    status = migrate.status(desk.place())
    say(_("Database version {found}; this program needs {known}.", found=status.found or "–", known=status.known))
    return GOOD if status.current else FOUND


def _db_upgrade(desk: Desk) -> int:
    """Needs no log-in: people cannot be read from an old schema, and nothing but the schema is touched."""
    from console.db import migrate

    done = migrate.upgrade(desk.place(), SystemClock(), backed_up=desk.words.backed_up)
    say(_("Database upgraded from {before} to {after}.", before=done.before or "–", after=done.after))
    if done.backup is not None:
        say(_("Backup made before: {path}", path=done.backup))
    return GOOD


def _db_backup(desk: Desk) -> int:
    from console.db import kept_files, migrate

    with desk.room() as room:
        session = desk.log_in(room)
        if not session.may(Right.MAINTAIN_STORE):
            raise Denied(DenyReason.ROLE, right=Right.MAINTAIN_STORE.value)
        path = migrate.backup(desk.place(), room.plan.clock)
    say(_("Backup: {path}", path=path))
    _tell_files(*kept_files.missing(desk.data_dir, path))
    return GOOD


def _tell_files(count: int, missing: int) -> None:
    if count:
        say(_("Photographs with it: {n}", n=count - missing))
    if missing:
        say(_("Photographs that are named and lie nowhere: {n}", n=missing))


def _db_restore(desk: Desk) -> int:
    """The backup itself says who may: the database that it replaces may be past reading."""
    from console.db import migrate
    from console.room import Room, RoomPlan
    from console.services import photo_files
    from console.services.people import station_vault

    backup: Path = desk.words.file
    clock = SystemClock()
    if desk.settings.database.url is not None:
        raise ConsoleError("restore.own_tools")
    # Beside the data, not in a common temporary folder: it holds people's names.
    with tempfile.TemporaryDirectory(prefix="restoring-", dir=desk.data_dir) as folder:
        aside = Desk(desk.words, Path(folder), desk.settings)
        staged = aside.place().sqlite_path
        assert staged is not None  # noqa: S101 - a place without a server's address is a file
        migrate.checked_copy(backup, staged)
        migrate.upgrade(aside.place(), clock)
        room = Room.open(RoomPlan(aside.data_dir, desk.settings, station_vault(), program="command line"))
        try:
            session = desk.log_in(room)
            if not session.may(Right.MAINTAIN_STORE):
                raise Denied(DenyReason.ROLE, right=Right.MAINTAIN_STORE.value)
        finally:
            room.close()
    kept = migrate.restore(desk.place(), backup, clock)
    migrate.upgrade(desk.place(), clock)
    put, gone = photo_files.put_back(desk.place(), backup)
    with desk.room():
        # Opening applies what was withdrawn since, and pauses owners' cameras if the backup is older than the journal.
        say(_("The backup is in place: {path}", path=backup))
    _tell_files(put + gone, gone)
    if kept is not None:
        say(_("The former database was kept: {path}", path=kept))
    say(
        _(
            "Withdrawals made since then count again. Owners’ cameras that were paused by this open after"
            " “main.py authority resume CODE”, when the owner's permission was looked at again."
        )
    )
    return GOOD
