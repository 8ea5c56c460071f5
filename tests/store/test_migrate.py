"""Every revision's data survives the way to the newest, on both databases; nothing is touched before it is saved."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from console.db import cameras, engines, incidents, journal, migrate, people, schema
from console.db.journal_examine import RawRow
from console.db.journal_verify import raw_rows
from console.db.places import StorePlace, Writer
from console.db.store import Store, Tx
from console.db.tables import METADATA
from console.kernel import Category, Priority, Unavailable, Zone
from tests.postgres import PostgresServer
from tests.store.history import KEY, live_a_little
from tests.store.world import HandClock, enrol, write

HEAD = schema.HEAD_REVISION


def at_revision(place: StorePlace, revision: str) -> None:
    place.data_dir.mkdir(parents=True, exist_ok=True)
    engine = engines.writer_engine(place)
    migrate.create(engine, revision)
    engine.dispose()


PERSON = {
    "id": "p1",
    "station_id": "sk01",
    "version": 1,
    "login": "som",
    "rank": "",
    "display_name": "สมชาย ใจดี",
    "role": "superintendent",
    "password_hash": "$argon2id$x",
    "active": True,
    "failed_tries": 0,
}
CAMERA = {
    "id": "c1",
    "station_id": "sk01",
    "version": 1,
    "code": "A-01",
    "name": "หน้าร้านทอง",
    "place": "ถ.นครใน",
    "owner_type": "shop",
    "masks": "[]",
    "unencrypted_override": False,
    "archived": False,
}
INCIDENT = {
    "id": "i1",
    "station_id": "sk01",
    "version": 1,
    "number": "sk01-2569-0001",
    "year_be": 2569,
    "running": 1,
    "title": "เหตุสมมติ",
    "place": "",
    "opened_at": "2026-11-22T01:02:03.000000Z",
    "opened_by": "p1",
    "needs_review": False,
}


def put(tx: Tx, table: str, row: dict[str, object]) -> None:
    """Write a row as the program of that revision did; today's models know columns that it lacks."""
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    tx.session.connection().execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), row)  # noqa: S608 - our names


def fill(place: StorePlace, clock: HandClock, writer: Writer, *, room: bool = False) -> list[RawRow]:
    """Write people and journal rows, with `room` also a camera and an incident; returns the journal's rows."""
    store = Store(place, clock, writer, None)
    write(store, lambda tx: put(tx, "person", PERSON | {"station_id": writer.station_id}))
    happened = journal.JournalEvent("guards.restored", ("store", "guards"), {"names": ["guard_journal_update"]})
    write(store, lambda tx: tx.record(happened))
    if room:
        write(store, lambda tx: put(tx, "camera", CAMERA | {"station_id": writer.station_id}))
        write(store, lambda tx: put(tx, "incident", INCIDENT | {"station_id": writer.station_id}))
    write(store, lambda tx: journal.checkpoint(tx, KEY))
    rows = store.read(lambda tx: list(chain.from_iterable(raw_rows(tx.session))))
    store.close()
    return rows


def test_the_programs_list_of_revisions_is_alembics(lone_place: StorePlace) -> None:
    scripts = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == schema.KNOWN_REVISIONS
    assert scripts.get_heads() == [schema.HEAD_REVISION]


def test_the_newest_revision_is_what_the_models_say(store: Store) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA))

    assert store.read(lambda tx: differences(tx.session.connection())) == []


@pytest.mark.parametrize("revision", schema.KNOWN_REVISIONS[:-1])
def test_data_of_each_revision_comes_through(
    place: StorePlace, clock: HandClock, writer: Writer, revision: str
) -> None:
    at_revision(place, revision)
    assert migrate.status(place) == migrate.SchemaStatus(revision, HEAD)
    assert not migrate.status(place).current
    before = fill(place, clock, writer, room=revision > "0001")
    done = migrate.upgrade(place, clock, backed_up=True)
    assert (done.before, done.after) == (revision, HEAD)
    assert migrate.status(place).current
    store = Store.open(place, clock=clock, writer=writer)
    try:
        assert store.read(lambda tx: list(chain.from_iterable(raw_rows(tx.session)))) == before
        (person,) = store.read(people.list_people)
        assert (person.login, person.display_name, person.version) == ("som", "สมชาย ใจดี", 1)
        if revision > "0001":
            (camera,) = store.read(cameras.list_cameras)
            assert (camera.code, camera.zone, camera.has_sub_address) == ("A-01", Zone.UNKNOWN, False)
            (incident,) = store.read(incidents.list_incidents)
            assert (incident.category, incident.priority, incident.outcome) == (Category.OTHER, Priority.NORMAL, None)
        assert store.read(lambda tx: schema.missing_guards(tx.session.connection())) == []
        live_a_little_more(store, clock)
        report = store.read(lambda tx: journal.verify(tx, KEY.public_key()))
        # The camera was put in past the journal, which the check tells; nothing that the upgrade did is strange to it.
        strange = {("record_past", "camera c1")} if revision > "0001" else set()
        assert {(problem.kind, problem.record) for problem in report.problems} == strange
    finally:
        store.close()


def live_a_little_more(store: Store, clock: HandClock) -> None:
    write(store, lambda tx: tx.session.connection().exec_driver_sql("UPDATE person SET login = 'other'"))
    live_a_little(store, clock)


def test_an_upgrade_saves_the_store_first(lone_place: StorePlace, clock: HandClock, writer: Writer) -> None:
    at_revision(lone_place, "0001")
    fill(lone_place, clock, writer)
    done = migrate.upgrade(lone_place, clock)
    assert done.backup is not None
    assert done.backup.name == "console-20261122T010203Z.db"
    with closing(sqlite3.connect(done.backup)) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        assert copy.execute("SELECT count(*) FROM journal").fetchone() == (1,)
    assert list(done.backup.parent.iterdir()) == [done.backup]


def test_a_current_or_empty_store_needs_no_backup(lone_place: StorePlace, clock: HandClock) -> None:
    assert migrate.upgrade(lone_place, clock) == migrate.Upgrade(None, HEAD, None)
    assert migrate.upgrade(lone_place, clock) == migrate.Upgrade(HEAD, HEAD, None)


@pytest.mark.postgres
def test_data_on_a_server_is_not_touched_before_somebody_says_it_is_saved(
    postgres_server: PostgresServer, tmp_path: Path, clock: HandClock
) -> None:
    with postgres_server.database() as url:
        place = StorePlace(url, tmp_path / "data")
        at_revision(place, "0001")
        with pytest.raises(Unavailable, match=r"store\.backup_first"):
            migrate.upgrade(place, clock)
        assert migrate.status(place).found == "0001"
        with pytest.raises(Unavailable, match=r"store\.backup_first"):
            migrate.backup(place, clock)


def test_a_migration_that_fails_leaves_everything_as_it_was(
    place: StorePlace, clock: HandClock, writer: Writer
) -> None:
    at_revision(place, "0001")
    before = fill(place, clock, writer)
    engine = engines.writer_engine(place)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE wall_layout (x integer)"))
    with pytest.raises(Exception, match="wall_layout"):
        migrate.upgrade(place, clock, backed_up=True)
    with engine.connect() as connection:
        assert schema.current_revision(connection) == "0001"
        assert schema.missing_guards(connection) == []
        assert not connection.dialect.has_table(connection, "camera")
    engine.dispose()
    store = Store(place, clock, writer, None)
    assert store.read(lambda tx: list(chain.from_iterable(raw_rows(tx.session)))) == before
    store.close()


def test_a_newer_database_is_not_upgraded(place: StorePlace, clock: HandClock, writer: Writer) -> None:
    store = Store.open(place, clock=clock, writer=writer)
    write(store, lambda tx: tx.session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9'"))
    store.close()
    with pytest.raises(Unavailable, match=r"store\.newer"):
        migrate.upgrade(place, clock, backed_up=True)


def test_a_store_in_use_is_not_upgraded(lone_store: Store, clock: HandClock) -> None:
    with pytest.raises(Unavailable, match=r"store\.locked"):
        migrate.upgrade(lone_store.place, clock)


def test_a_network_drive_is_not_upgraded(lone_place: StorePlace, clock: HandClock) -> None:
    with pytest.raises(Unavailable, match=r"store\.network_drive"):
        migrate.upgrade(replace(lone_place, drive_kind=lambda _path: "nfs"), clock)


def test_guards_that_a_migration_loses_are_made_again(place: StorePlace, clock: HandClock, writer: Writer) -> None:
    """What a table copy does: the trigger is gone afterwards; here the guards are dropped by hand before `create`."""
    at_revision(place, "0001")
    fill(place, clock, writer)
    engine = engines.writer_engine(place)
    sqlite = place.sqlite_path is not None
    table = "" if sqlite else " ON journal"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER guard_journal_insert{table}")
        assert schema.missing_guards(connection) == ["guard_journal_insert"]
    migrate.create(engine)
    with engine.connect() as connection:
        assert schema.missing_guards(connection) == []
    engine.dispose()


def test_a_backup_is_taken_while_the_store_runs_and_never_overwrites_another(
    lone_store: Store, clock: HandClock
) -> None:
    live_a_little(lone_store, clock)
    first = migrate.backup(lone_store.place, clock)
    enrol(lone_store, "second")
    second = migrate.backup(lone_store.place, clock)
    third = migrate.backup(lone_store.place, clock)
    assert [path.name[-8:] for path in (first, second, third)] == ["0406Z.db", "06Z-2.db", "06Z-3.db"]
    for path, count in ((first, 1), (second, 2)):
        with closing(sqlite3.connect(path)) as copy:
            assert copy.execute("SELECT count(*) FROM person").fetchone() == (count,)


def test_a_damaged_store_is_not_passed_off_as_a_backup(
    lone_place: StorePlace, clock: HandClock, writer: Writer
) -> None:
    store = Store.open(lone_place, clock=clock, writer=writer)
    live_a_little(store, clock)
    store.close()
    path = lone_place.sqlite_path
    assert path is not None
    raw = path.read_bytes()
    for damaged in (raw[:4096] + b"\xa5" * 4096 * 8 + raw[4096 * 9 :], b"no database" * 500):
        path.write_bytes(damaged)
        with pytest.raises(Unavailable, match=r"store\.damaged"):
            migrate.backup(lone_place, clock)
    assert list((lone_place.data_dir / "backups").glob("*.db")) == []


def test_a_backup_with_broken_references_is_refused(lone_store: Store, clock: HandClock) -> None:
    enrol(lone_store)
    assert lone_store.place.sqlite_path is not None
    with closing(sqlite3.connect(lone_store.place.sqlite_path)) as connection, connection:
        connection.execute("UPDATE journal_personal SET seq = 99")
    with pytest.raises(Unavailable, match=r"store\.damaged"):
        migrate.backup(lone_store.place, clock)


def test_the_status_of_nothing_and_of_an_unreachable_server(tmp_path: Path) -> None:
    place = StorePlace("postgresql+psycopg://u:p@127.0.0.1:9/x", tmp_path)
    with pytest.raises(Unavailable, match=r"store\.unreachable"):
        migrate.status(place)
    assert "alembic" in sys.modules
