"""What a store refuses to open, in words a person can act on, and what a crash leaves."""

from __future__ import annotations

import errno
import json
import os
import signal
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import main
from console import cli
from console.db import journal, migrate, people, places
from console.db.base import parse_time
from console.db.keyrings import MemoryKeyring
from console.db.opening import refuse_revision
from console.db.places import StorePlace, Writer, load_writer
from console.db.schema import HEAD_REVISION
from console.db.store import Store, Tx
from console.db.vault import Vault
from console.kernel import Unavailable
from tests.postgres import PostgresServer
from tests.store.history import KEY
from tests.store.processes import answer, child
from tests.store.world import STATION, HandClock, enrol, record, write

PERSON_ALONE = (
    "INSERT INTO person (id, station_id, version, login, display_name, rank, role, password_hash, failed_tries, active)"
    " VALUES ('p', 'sk01', 1, 'som', 'x', '', 'superintendent', 'x', 0, TRUE)"
)


def opened(place: StorePlace, clock: HandClock, writer: Writer) -> Store:
    return Store.open(place, clock=clock, writer=writer)


def refusal(place: StorePlace, clock: HandClock, writer: Writer) -> tuple[str, dict[str, object]]:
    with pytest.raises(Unavailable) as caught:
        opened(place, clock, writer).close()
    return caught.value.key, dict(caught.value.params)


@pytest.fixture
def filled(lone_place: StorePlace, clock: HandClock, writer: Writer) -> Path:
    """A closed store with a person in it."""
    store = opened(lone_place, clock, writer)
    enrol(store)
    store.close()
    assert lone_place.sqlite_path is not None
    return lone_place.sqlite_path


def test_a_second_process_on_the_same_store_is_told_who_holds_it(
    place: StorePlace, clock: HandClock, writer: Writer
) -> None:
    with child("hold", place) as process:
        assert answer(process)["open"]
        key, params = refusal(place, clock, writer)
        assert (key, params["pid"], params["holder"]) == ("store.locked", process.pid, "child")
        parse_time(str(params["since"]))
    # The lock dies with its process, the note that it left does no harm.
    store = opened(place, clock, writer)
    with child("hold", place) as process:
        assert answer(process) == {"error": "store.locked"}
    store.close()


@pytest.mark.parametrize("note", [None, "", "[]", "[" * 200_000, '{"pid": "x", "program": 1, "since": 2}'])
def test_a_holder_whose_note_cannot_be_read_still_locks(
    lone_place: StorePlace, clock: HandClock, writer: Writer, note: str | None
) -> None:
    store = opened(lone_place, clock, writer)
    path = lone_place.data_dir / "store.holder"
    path.unlink()
    if note is not None:
        path.write_text(note, "utf-8")
    assert refusal(lone_place, clock, writer) == ("store.locked", {"holder": "", "pid": 0, "since": ""})
    store.close()


def test_a_network_drive_is_refused_before_anything_is_written(
    lone_place: StorePlace, clock: HandClock, writer: Writer, tmp_path: Path
) -> None:
    kinds = iter(("nfs4", "cifs", "remote"))
    place = StorePlace(lone_place.url, tmp_path / "other", drive_kind=lambda _path: next(kinds))
    for _ in range(3):
        assert refusal(place, clock, writer)[0] == "store.network_drive"
    assert not (tmp_path / "other").exists()
    place = replace(lone_place, drive_kind=lambda _path: "ext4")
    opened(place, clock, writer).close()


def test_the_kind_of_a_drive_is_read_from_the_mounts(tmp_path: Path) -> None:
    mounts = (
        "1 0 0:1 / / rw - ext4 /dev/a rw\n"
        "2 1 0:2 / /mnt/share rw shared:1 - cifs //server/x rw\n"
        "3 1 0:3 / /mnt/my\\040disk rw - nfs4 server:/y rw\n"
        "4 1 0:4 / /mnt/share rw - ext4 /dev/b rw\n"
    )
    assert places._mount_kind(mounts, Path("/home/x")) == "ext4"
    assert places._mount_kind(mounts, Path("/mnt/my disk/data")) == "nfs4"
    assert places._mount_kind(mounts, Path("/mnt/shared")) == "ext4"
    assert places._mount_kind(mounts, Path("/mnt/share/data")) == "ext4"
    assert places._mount_kind("\n".join(mounts.splitlines()[:3]), Path("/mnt/share/data")) == "cifs"
    assert places.drive_kind(tmp_path) not in places.NETWORK_DRIVES


def test_a_newer_database_is_refused(place: StorePlace, clock: HandClock, writer: Writer) -> None:
    store = opened(place, clock, writer)
    write(store, lambda tx: tx.session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    assert refusal(place, clock, writer) == ("store.newer", {"found": "9999", "known": HEAD_REVISION})


def test_an_older_database_is_refused_until_it_is_upgraded(place: StorePlace, clock: HandClock, writer: Writer) -> None:
    store = opened(place, clock, writer)
    write(store, lambda tx: tx.session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0001'"))
    store.close()
    assert refusal(place, clock, writer) == ("store.older", {"found": "0001", "known": HEAD_REVISION})
    refuse_revision(HEAD_REVISION)


def test_a_database_of_another_program_is_refused(filled: Path, clock: HandClock, writer: Writer) -> None:
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute("DROP TABLE alembic_version")
    assert refusal(StorePlace.standalone(filled.parent), clock, writer)[0] == "store.damaged"


@pytest.mark.parametrize("damage", ["header", "middle", "cut", "text"])
def test_a_damaged_file_is_refused_and_left_as_it_is(
    filled: Path, clock: HandClock, writer: Writer, damage: str
) -> None:
    raw = bytearray(filled.read_bytes())
    if damage == "header":
        raw[0:16] = b"\0" * 16
    elif damage == "middle":
        raw[4096 : 4096 * 12] = b"\xa5" * (4096 * 11)
    elif damage == "cut":
        del raw[len(raw) // 2 :]
    else:
        raw[:] = b"this is no database, only somebody's notes\n" * 40
    filled.write_bytes(raw)
    place = StorePlace.standalone(filled.parent)
    assert refusal(place, clock, writer) == ("store.damaged", {"path": str(filled)})
    assert filled.read_bytes() == bytes(raw)
    assert refusal(place, clock, writer)[0] == "store.damaged"


@pytest.mark.parametrize("seen", ["touched", "untouched"])
def test_damage_far_inside_is_found_at_start_or_told_while_working(
    lone_place: StorePlace, clock: HandClock, writer: Writer, seen: str
) -> None:
    """The whole file is read only if it is not as it was left; damage that kept size and time shows in use."""
    store = opened(lone_place, clock, writer)
    for number in range(100):
        record(store, journal.JournalEvent("test.row", ("test", str(number)), {"text": "x" * 2000}))
    store.close()
    path = lone_place.sqlite_path
    assert path is not None
    state, raw = path.stat(), bytearray(path.read_bytes())
    # Neither the first nor the last row, which are looked at whenever the store is opened.
    middle = raw.index(b"x" * 1000, len(raw) * 3 // 4) // 4096 * 4096
    raw[middle : middle + 4096] = b"\xa5" * 4096
    path.write_bytes(raw)
    if seen == "touched":
        assert refusal(lone_place, clock, writer)[0] == "store.damaged"
        return
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    store = opened(lone_place, clock, writer)
    with pytest.raises(Unavailable, match=r"store\.damaged"):
        store.read(lambda tx: journal.verify(tx, None))
    store.close()


def test_a_store_that_may_only_be_read_is_read(filled: Path, clock: HandClock, writer: Writer) -> None:
    place = StorePlace(StorePlace.standalone(filled.parent).url, filled.parent, read_only=True)
    with child("hold", StorePlace.standalone(filled.parent)) as process:
        assert answer(process)["open"]
        store = opened(place, clock, writer)
        assert store.read(people.count_people) == 1
        with pytest.raises(Unavailable, match=r"store\.read_only"):
            write(store, people.count_people)
        store.close()


def test_a_store_that_may_only_be_read_is_not_made(tmp_path: Path, clock: HandClock, writer: Writer) -> None:
    place = StorePlace(StorePlace.standalone(tmp_path / "data").url, tmp_path / "data", read_only=True)
    assert refusal(place, clock, writer)[0] == "store.unreachable"


@pytest.mark.postgres
def test_an_empty_server_database_that_may_only_be_read_is_not_made(
    postgres_server: PostgresServer, tmp_path: Path, clock: HandClock, writer: Writer
) -> None:
    with postgres_server.database() as url:
        place = StorePlace(url, tmp_path / "data", read_only=True)
        assert refusal(place, clock, writer)[0] == "store.unreachable"


def test_a_drive_that_cannot_be_written_is_told(filled: Path) -> None:
    folder = filled.parent
    before = f'mount --bind "{folder}" "{folder}"\nmount -o remount,bind,ro "{folder}"'
    with child("hold", StorePlace.standalone(folder), before) as process:
        assert answer(process) == {"error": "store.read_only"}
    before = f'mount --bind "{folder.parent}" "{folder.parent}"\nmount -o remount,bind,ro "{folder.parent}"'
    with child("hold", StorePlace.standalone(folder.parent / "new"), before) as process:
        assert answer(process) == {"error": "store.read_only"}


def test_a_database_file_that_cannot_be_written_is_told(filled: Path) -> None:
    before = f'mount --bind "{filled}" "{filled}"\nmount -o remount,bind,ro "{filled}"'
    with child("hold", StorePlace.standalone(filled.parent), before) as process:
        assert answer(process) == {"error": "store.read_only"}


def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    before = f'mount -t tmpfs -o size=8m tmpfs "{folder}"'
    with child("write", StorePlace.standalone(folder), before) as process:
        assert answer(process)["open"]
        said = answer(process)
        stored = 0
        while "stored" in said:
            stored += 1
            said = answer(process)
    assert (said, stored > 50) == ({"error": "store.disk_full"}, True)


def test_a_full_database_stores_nothing_and_goes_on_when_there_is_room(lone_store: Store) -> None:
    def limit(pages: int) -> None:
        assert lone_store._writing is not None
        with lone_store._writing.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    def fill(number: int) -> int:
        event = journal.JournalEvent("test.row", ("test", str(number)), {"text": "x" * 20_000})
        return write(lone_store, lambda tx: tx.record(event))

    def fill_up() -> None:
        while True:
            stored.append(fill(len(stored)))

    stored: list[int] = []
    limit(60)
    with pytest.raises(Unavailable, match=r"store\.disk_full"):
        fill_up()
    limit(100_000)
    assert fill(len(stored)) == len(stored) + 1
    assert lone_store.read(lambda tx: journal.verify(tx, KEY.public_key())).rows == len(stored) + 1


@pytest.mark.parametrize("way", ["clean", "killed"])
def test_a_current_store_opens_without_alembic(filled: Path, way: str) -> None:
    place = StorePlace.standalone(filled.parent)
    if way == "killed":
        with child("write", place) as process:
            assert answer(process)["open"]
            assert "stored" in answer(process)
            process.send_signal(signal.SIGKILL)
    with child("hold", place) as process:
        assert answer(process) == {"open": True, "alembic": False}


@pytest.mark.parametrize("round_", range(3))
def test_a_kill_loses_no_row_that_was_acknowledged(
    place: StorePlace, clock: HandClock, writer: Writer, round_: int
) -> None:
    acknowledged: list[str] = []
    with child("write", place) as process:
        assert answer(process)["open"]
        while len(acknowledged) < 20 + 7 * round_:
            acknowledged.append(answer(process)["stored"])
        process.send_signal(signal.SIGKILL)
        assert process.stdout is not None
        acknowledged += [json.loads(line)["stored"] for line in process.stdout if line.endswith("\n")]
    store = opened(place, clock, writer)
    rows = store.read(lambda tx: journal.read_rows(tx, {}, 100_000))
    assert [row.subject[1] for row in rows][: len(acknowledged)] == acknowledged
    assert len(rows) - len(acknowledged) <= 1
    assert store.read(lambda tx: journal.verify(tx, None)).sound
    store.close()


def test_a_server_that_does_not_answer_is_told(tmp_path: Path, clock: HandClock, writer: Writer) -> None:
    place = StorePlace("postgresql+psycopg://u:geheim@127.0.0.1:9/x", tmp_path / "data")
    key, params = refusal(place, clock, writer)
    assert key == "store.unreachable"
    assert "geheim" not in str(params)


@pytest.mark.postgres
def test_a_server_that_refuses_or_goes_away_is_told(
    postgres_server: PostgresServer, tmp_path: Path, clock: HandClock, writer: Writer
) -> None:
    with postgres_server.database() as url:
        wrong = StorePlace(url.replace(postgres_server.password, "wrong"), tmp_path / "data")
        assert refusal(wrong, clock, writer)[0] in {"store.refused", "store.unreachable"}
        store = opened(StorePlace(url, tmp_path / "data"), clock, writer)
        enrol(store)
        with postgres_server.connect() as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        assert store.read(people.count_people) == 1

        def cut(tx: Tx) -> int:
            with postgres_server.connect() as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                )
            return people.count_people(tx)

        with pytest.raises(Unavailable, match=r"store\.unreachable"):
            write(store, cut)
        assert write(store, people.count_people) == 1
        store.close()


def test_the_writer_identity_stays_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    made = load_writer(tmp_path / "data", STATION)
    assert load_writer(tmp_path / "data", STATION, "cli") == replace(made, program="cli")
    for text in ("", "[]", "{}", "[" * 200_000):
        (tmp_path / "data" / "writer.json").write_text(text, "utf-8")
        with pytest.raises(Unavailable, match=r"store\.damaged"):
            load_writer(tmp_path / "data", STATION)


@pytest.mark.parametrize("trace", ["journal", "people", "vault"])
def test_a_store_of_another_station_is_refused(
    place: StorePlace, clock: HandClock, writer: Writer, tmp_path: Path, trace: str
) -> None:
    """Under a new station id anybody would be the first person of a store in use, and poison its proof."""
    store = opened(place, clock, writer)
    if trace == "journal":
        record(store, journal.JournalEvent("test.row", ("test", "1")))
    elif trace == "people":
        write(store, lambda tx: tx.session.connection().exec_driver_sql(PERSON_ALONE))
    else:
        write(store, lambda tx: Vault(MemoryKeyring()).create(tx))
    store.close()
    mallory = load_writer(tmp_path / "elsewhere", "mallory")
    expected = ("store.other_station", {"found": STATION, "asked": "mallory"})
    assert refusal(place, clock, mallory) == expected
    assert refusal(replace(place, read_only=True), clock, mallory) == expected
    opened(place, clock, writer).close()


def test_the_folder_is_bound_to_its_station(lone_place: StorePlace, clock: HandClock, writer: Writer) -> None:
    folder = lone_place.data_dir
    opened(lone_place, clock, load_writer(folder, "before-it-was-named")).close()
    store = opened(lone_place, clock, load_writer(folder, STATION))
    record(store, journal.JournalEvent("test.row", ("test", "1")))
    store.close()
    note = (folder / "writer.json").read_text("utf-8")
    opened(replace(lone_place, read_only=True), clock, writer).close()
    assert (folder / "writer.json").read_text("utf-8") == note, "reading changes nothing"
    opened(lone_place, clock, writer).close()
    with pytest.raises(Unavailable) as caught:
        load_writer(folder, "mallory")
    assert caught.value.key == "store.other_station"
    assert caught.value.params == {"found": STATION, "asked": "mallory"}
    assert load_writer(folder, STATION).id == writer.id


@pytest.mark.skipif(sys.platform == "win32", reason="the account's own folders are private on Windows")
def test_nobody_else_can_read_what_is_made(tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(arguments: list[str]) -> int:
        (tmp_path / "made").touch()
        return len(arguments)

    before = os.umask(0o022)
    try:
        place = StorePlace.standalone(tmp_path / "data")
        opened(place, clock, load_writer(place.data_dir, STATION)).close()
        saved = migrate.backup(place, clock)
        assert [path.stat().st_mode & 0o777 for path in (place.data_dir, saved.parent)] == [0o700, 0o700]
        monkeypatch.setattr(sys, "argv", ["main.py", "nothing"])
        monkeypatch.setattr(cli, "run", run)
        assert main.main() == 1
        assert (tmp_path / "made").stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(before)


def test_two_writers_have_two_chains_in_one_store(
    place: StorePlace, clock: HandClock, writer: Writer, tmp_path: Path
) -> None:
    other = load_writer(tmp_path / "other", STATION)
    for who in (writer, other, writer):
        store = opened(place, clock, who)
        enrol(store, f"p{clock.seconds}")
        clock.move(1)
        write(store, lambda tx: journal.checkpoint(tx, KEY))
        store.close()
    store = opened(place, clock, writer)
    rows = store.read(lambda tx: journal.read_rows(tx, {}, 10))
    assert sorted((row.writer_id, row.seq) for row in rows) == sorted([(writer.id, 1), (writer.id, 2), (other.id, 1)])
    report = store.read(lambda tx: journal.verify(tx, KEY.public_key()))
    assert (report.problems, report.writers, report.unsealed) == ((), 2, 0)
    store.close()


@pytest.mark.skipif(sys.platform != "linux", reason="SQLite's settings are the same everywhere; looked at once")
def test_sqlite_runs_with_the_settings_that_were_decided(lone_store: Store) -> None:
    def pragmas(connection: object) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "trusted_schema", "wal_autocheckpoint")
        execute = connection.exec_driver_sql  # type: ignore[attr-defined]  # a Connection of either engine
        return {name: execute(f"PRAGMA {name}").scalar() for name in names}

    common = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "trusted_schema": 0}
    assert lone_store.read(lambda tx: pragmas(tx.session.connection())) == common | {"wal_autocheckpoint": 0}
    assert write(lone_store, lambda tx: pragmas(tx.session.connection())) == common | {"wal_autocheckpoint": 1000}


@pytest.mark.parametrize(
    "url", ["geheim", "mysql://u:geheim@h/x", "sqlite://", "sqlite:///:memory:", "postgresql://h/x"]
)
def test_an_address_of_no_database_of_ours_is_refused_unshown(
    tmp_path: Path, clock: HandClock, writer: Writer, url: str
) -> None:
    assert refusal(StorePlace(url, tmp_path / "data"), clock, writer) == ("store.bad_address", {})


def test_what_the_file_system_says_is_told_in_our_words(tmp_path: Path, clock: HandClock) -> None:
    assert places.folder_refused(OSError(errno.ENOSPC, "full"), tmp_path).key == "store.disk_full"
    assert places.folder_refused(OSError(errno.EROFS, "read-only"), tmp_path).key == "store.read_only"
    (tmp_path / "store.holder").mkdir()
    lock = places.StoreLock(tmp_path)
    with pytest.raises(Unavailable, match=r"store\.read_only"):
        lock.take("tests", clock.now())
    (tmp_path / "store.holder").rmdir()
    lock.take("tests", clock.now())
    lock.release()
