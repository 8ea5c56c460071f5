"""Entries go past the toolkit on SQLite: in the same transaction, in the same order, with the same errors."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError, PendingRollbackError
from sqlalchemy.orm import Session as OrmSession

from console.db import cameras, journal
from console.db.cameras import Camera, CameraFacts
from console.db.journal import JournalEvent
from console.db.journal_format import Head
from console.db.journal_pen import DriverPen, Prepared, Transaction
from console.db.journal_rows import CommandDone
from console.db.store import Store, Tx
from console.kernel import Conflict, OwnerType
from tests.store.world import record, write

HAPPENED = JournalEvent("views.alive", ("console", "x"), {"views": []})
ASKED = Prepared(select(CommandDone.__table__.c.action).where(CommandDone.__table__.c.command_id == bindparam("id")))
PUT = Prepared(insert(CommandDone))


def waiting_camera(tx: Tx, code: str) -> None:
    """A record that the session holds and the database does not know yet."""
    camera = Camera(unencrypted_override=False, archived=False)
    cameras._enter(camera, CameraFacts(code, "หน้าร้าน", "ถ.นครใน", OwnerType.SHOP))
    tx.session.add(camera)


def classes(store: Store) -> list[str]:
    return [row.event_class for row in store.read(lambda tx: journal.read_rows(tx, {}, 100))]


def test_a_record_that_waits_is_told_before_the_entry_that_follows_it(store: Store) -> None:
    def work(tx: Tx) -> int:
        waiting_camera(tx, "A1")
        return tx.record(HAPPENED)

    before = len(classes(store))
    assert write(store, work) == before + 2
    assert classes(store)[before:] == ["record.changed", "views.alive"]


def test_what_the_session_and_the_pen_wrote_comes_to_nothing_together(store: Store) -> None:
    def fail(tx: Tx) -> None:
        tx.record(HAPPENED)
        waiting_camera(tx, "A2")
        tx.session.flush()
        raise ValueError

    before = classes(store)
    with pytest.raises(ValueError):
        write(store, fail)
    assert classes(store) == before
    assert not store.read(lambda tx: tx.session.scalars(select(Camera.id).where(Camera.code == "A2")).all())
    assert record(store, HAPPENED) == len(before) + 1


@pytest.mark.parametrize("recorded", [True, False])
def test_a_failure_that_is_passed_over_stores_nothing(store: Store, recorded: bool) -> None:  # noqa: FBT001 - a parameter
    """The failed flush has undone the transaction: what is written after it must not stand alone."""

    def work(tx: Tx) -> None:
        tx.record(HAPPENED)
        for _time in range(2):
            waiting_camera(tx, "A3")
        with contextlib.suppress(IntegrityError):
            tx.session.flush()
        if recorded:
            tx.record(HAPPENED)

    before = classes(store)
    with pytest.raises(PendingRollbackError):
        write(store, work)
    assert classes(store) == before


def test_an_entry_that_does_not_fit_is_a_conflict_and_the_next_one_is_written(lone_store: Store) -> None:
    def twice(tx: Tx) -> None:
        tx.record(HAPPENED)
        tx.chain_head = None
        tx.writing.pen.put(journal._PUT_ROW, [journal._columns(tx, HAPPENED, Head(1, "x")) | HOLLOW])

    with pytest.raises(Conflict):
        write(lone_store, twice)
    assert record(lone_store, HAPPENED) == 1


HOLLOW = {"at": "2026-11-22T01:02:03.000000Z", "prev": "", "body": b""}


def no_session() -> OrmSession:
    raise AssertionError("nobody asked for the objects")


def test_errors_of_the_driver_are_the_toolkits(tmp_path: Path) -> None:
    one, other = (sqlite3.connect(tmp_path / "x.db", isolation_level=None, timeout=0) for _time in range(2))
    pen = DriverPen(one)
    one.execute("BEGIN")
    with pytest.raises(OperationalError, match="no such table"):
        pen.first(ASKED, {"id": "x"})
    one.execute("CREATE TABLE command_done (command_id PRIMARY KEY, station_id, writer_id, action, digest, at, result)")
    row = dict.fromkeys(("command_id", "station_id", "writer_id", "action", "digest", "at", "result"), "x")
    pen.put(PUT, [row])
    assert pen.first(ASKED, {"id": "x"}) == ("x",)
    with pytest.raises(IntegrityError):
        pen.put(PUT, [row])
    one.execute("COMMIT")
    with pytest.raises(PendingRollbackError):
        pen.put(PUT, [row | {"command_id": "y"}])
    waiting = Transaction(one, no_session)
    with pytest.raises(OperationalError, match="locked"):
        Transaction(other, no_session)
    waiting.close()
    one.close()
    other.close()
