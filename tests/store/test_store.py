from __future__ import annotations

import logging
import threading
from dataclasses import replace

import pytest
from sqlalchemy.exc import SQLAlchemyError

from console.db import journal, people, walls
from console.db.base import Record
from console.db.feeds import View
from console.db.people import NewPerson, Person, PersonChange
from console.db.store import AlreadyDone, CommandStamp, Store, Tx, fetch
from console.kernel import Change, Conflict, ConsoleError, Role, Secret, Unavailable, new_id
from tests.store.world import STATION, HandClock, enrol, stamp, write

SOM = NewPerson("Som ", "สมชาย ใจดี", Role.DUTY_OFFICER, Secret("$argon2id$hash"))


def rows(store: Store) -> list[journal.JournalRow]:
    return store.read(lambda tx: journal.read_rows(tx, {}, 1000))


def test_a_change_and_its_journal_row_are_one(store: Store, clock: HandClock) -> None:
    row = store.submit(lambda tx: people.add_person(tx, SOM), command=CommandStamp("c-1", "add_person"))
    (entry,) = rows(store)
    assert (row.login, row.version, row.station_id) == ("som", 1, STATION)
    assert (entry.event_class, entry.subject, entry.seq) == ("record.changed", ("person", row.id), 1)
    assert (entry.command_id, entry.action, entry.at, entry.actor_id) == ("c-1", "add_person", clock.now(), None)
    assert entry.data["fields"] == {
        "active": [None, True],
        "failed_tries": [None, 0],
        "login": [None, "som"],
        "password_temporary": [None, False],
        "position": [None, ""],
        "rank": [None, ""],
        "role": [None, "duty_officer"],
    }
    assert entry.data["hidden"] == ["password_hash"]
    assert entry.personal_names == ("display_name",)


def test_personal_values_behind_a_number_stay(store: Store) -> None:
    """As after a restore: what was told since the erasure is none that was erased."""
    person = ("person", enrol(store).id)
    seq = rows(store)[-1].seq

    def forget(upto: int) -> dict[str, int]:
        return write(store, lambda tx: dict(journal.forget_personal(tx, person, {store.writer.id: upto})))

    assert forget(seq - 1) == {}
    assert forget(seq) == {"display_name": 1}


def test_a_change_is_journaled_field_by_field_with_its_actor(store: Store) -> None:
    officer = enrol(store)
    change = PersonChange(rank="ส.ต.อ.", role=Role.SHIFT_LEAD)
    row = write(store, lambda tx: people.change_person(tx, officer.id, 1, change), officer.session)
    entry = rows(store)[-1]
    assert row.version == 2
    assert entry.data["fields"] == {"rank": ["ด.ต.", "ส.ต.อ."], "role": ["duty_officer", "shift_lead"]}
    assert (entry.actor_id, entry.actor_role, entry.session_id) == (officer.id, "duty_officer", officer.session.id)


def test_what_fails_stores_nothing(store: Store) -> None:
    def work(tx: Tx) -> None:
        people.add_person(tx, SOM)
        raise ConsoleError("no")

    undone: list[str] = []

    def work_with_hook(tx: Tx) -> None:
        tx.on_rollback(lambda: undone.append("x"))
        tx.after_commit(lambda: undone.append("never"))
        work(tx)

    with pytest.raises(ConsoleError):
        write(store, work_with_hook)
    assert rows(store) == []
    assert store.read(people.count_people) == 0
    assert undone == ["x"]


def test_a_handler_that_flushes_and_one_that_does_not_are_both_journaled(store: Store) -> None:
    officer = enrol(store)

    def work(tx: Tx) -> None:
        fetch(tx, Person, officer.id).rank = "ร.ต.ต."

    write(store, work)
    assert rows(store)[-1].data["fields"] == {"rank": ["ด.ต.", "ร.ต.ต."]}


def test_a_field_set_to_what_it_was_is_no_change(store: Store) -> None:
    officer = enrol(store)
    before = rows(store)
    row = write(store, lambda tx: people.change_person(tx, officer.id, 1, PersonChange(rank="ด.ต.")))
    assert (row.version, rows(store)) == (1, before)


def test_deleting_a_record_is_journaled(store: Store) -> None:
    officer = enrol(store)
    wall = write(store, lambda tx: walls.save_wall(tx, walls.Whose(officer.id), "4", ["a", None]))
    write(store, lambda tx: tx.session.delete(fetch(tx, walls.WallLayout, wall.id)))
    entry = rows(store)[-1]
    assert (entry.subject, entry.data["op"]) == (("wall", wall.id), "deleted")


def test_a_stale_version_conflicts_and_stores_nothing(store: Store) -> None:
    officer = enrol(store)
    write(store, lambda tx: people.change_person(tx, officer.id, 1, PersonChange(rank="a")))
    before = rows(store)
    with pytest.raises(Conflict) as caught:
        write(store, lambda tx: people.change_person(tx, officer.id, 1, PersonChange(rank="b")))
    assert caught.value.params == {"kind": "person", "id": officer.id}
    assert rows(store) == before
    assert store.read(lambda tx: people.get_person(tx, officer.id)).rank == "a"


def test_a_version_that_moves_under_a_transaction_conflicts(store: Store) -> None:
    officer = enrol(store)

    def work(tx: Tx) -> None:
        person = fetch(tx, Person, officer.id)
        tx.session.connection().exec_driver_sql("UPDATE person SET version = version + 1")
        person.rank = "late"

    with pytest.raises(Conflict) as caught:
        write(store, work)
    assert caught.value.params == {"kind": "person", "id": officer.id}
    assert store.read(lambda tx: people.get_person(tx, officer.id)).version == 1


def test_a_deleted_row_that_was_already_gone_conflicts(store: Store) -> None:
    officer = enrol(store)
    wall = write(store, lambda tx: walls.save_wall(tx, walls.Whose(officer.id), "4", []))

    def work(tx: Tx) -> None:
        found = fetch(tx, walls.WallLayout, wall.id)
        tx.session.connection().exec_driver_sql("UPDATE wall_layout SET version = version + 1")
        tx.session.delete(found)

    with pytest.raises(Conflict):
        write(store, work)


def test_an_unknown_record_and_one_of_another_station_are_not_found(store: Store) -> None:
    officer = enrol(store)

    def steal(tx: Tx) -> None:
        tx.session.connection().exec_driver_sql("UPDATE person SET station_id = 'other'")

    with pytest.raises(ConsoleError, match="not_found"):
        store.read(lambda tx: people.get_person(tx, new_id()))
    write(store, steal)
    with pytest.raises(ConsoleError, match="not_found"):
        store.read(lambda tx: people.get_person(tx, officer.id))


def test_a_broken_constraint_is_a_conflict_without_values(store: Store) -> None:
    write(store, lambda tx: people.add_person(tx, SOM))
    with pytest.raises(Conflict) as caught:
        write(store, lambda tx: people.add_person(tx, SOM))
    assert caught.value.params["kind"] == "constraint"
    assert "สมชาย" not in str(caught.value)


@pytest.mark.parametrize("result", ["an-id", 7, 1.5, True, None])
def test_a_repeated_command_returns_its_plain_result(store: Store, result: object) -> None:
    runs: list[int] = []

    def work(tx: Tx) -> object:
        runs.append(1)
        tx.record(journal.JournalEvent("thing.done", ("thing", "1")))
        return result

    command = stamp("do_thing")
    assert store.submit(work, command=command) == result
    again = store.submit(work, command=command)
    assert (again, type(again)) == (result, type(result))
    assert (len(runs), len(rows(store))) == (1, 1)


@pytest.mark.parametrize("result", [["list"], "x" * 300, Secret("s"), Role.IT])
def test_a_repeated_command_without_plain_result_says_so(store: Store, result: object) -> None:
    command = stamp("do_thing")
    store.submit(lambda _tx: result, command=command)
    with pytest.raises(AlreadyDone) as caught:
        store.submit(lambda _tx: result, command=command)
    assert caught.value.params == {"command_id": command.command_id}


def test_a_command_id_that_is_used_for_something_else_is_refused(store: Store) -> None:
    store.submit(lambda _tx: 1, command=CommandStamp("c", "one", digest="aa"))
    for other in (CommandStamp("c", "two"), CommandStamp("c", "one", digest="bb")):
        with pytest.raises(ConsoleError, match=r"store\.command_reused"):
            store.submit(lambda _tx: 1, command=other)
    assert store.submit(lambda _tx: 2, command=CommandStamp("c", "one", digest="aa")) == 1


def test_changes_are_told_after_commit_and_no_more_after_unsubscribing(store: Store) -> None:
    told: list[tuple[tuple[Change, ...], int]] = []

    def listen(changes: tuple[Change, ...]) -> None:
        told.append((changes, store.read(people.count_people)))

    stop = store.on_change(listen)
    command = stamp()
    row = store.submit(lambda tx: people.add_person(tx, SOM), command=command)
    assert told == [((Change("person", row.id, 1, command.command_id),), 1)]
    stop()
    stop()
    write(store, lambda tx: people.change_person(tx, row.id, 1, PersonChange(rank="x")))
    assert len(told) == 1


def test_a_commit_of_many_records_is_told_once(store: Store) -> None:
    told: list[tuple[Change, ...]] = []
    store.on_change(told.append)

    def work(tx: Tx) -> None:
        for number in range(3):
            people.add_person(tx, replace(SOM, login=f"som{number}"))

    write(store, work)
    write(store, people.count_people)
    assert [len(changes) for changes in told] == [3], "and nothing is told of a commit without a record"


def test_entries_alone_are_told_as_a_change_of_the_journal(store: Store) -> None:
    told: list[tuple[Change, ...]] = []
    store.on_change(told.append)
    command = stamp()
    seq = store.submit(lambda tx: tx.record(journal.JournalEvent("login.failed", ("person", "x"))), command=command)
    assert told == [(Change("journal", store.writer.id, seq, command.command_id),)]


def test_a_listener_or_hook_that_fails_does_not_make_a_stored_command_look_failed(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_changes: tuple[Change, ...]) -> None:
        raise RuntimeError("listener")

    def hook() -> None:
        raise RuntimeError("hook")

    def work(tx: Tx) -> None:
        tx.after_commit(hook)
        people.add_person(tx, SOM)

    store.on_change(broken)
    with caplog.at_level(logging.ERROR):
        write(store, work)
    assert store.read(people.count_people) == 1
    assert len(caplog.records) == 2


def test_the_ui_thread_is_refused(store: Store) -> None:
    store.guard_thread(threading.get_ident())
    with pytest.raises(RuntimeError, match="UI thread"):
        store.read(people.count_people)
    with pytest.raises(RuntimeError, match="UI thread"):
        write(store, people.count_people)
    counted: list[int] = []
    other = threading.Thread(target=lambda: counted.append(store.read(people.count_people)))
    other.start()
    other.join()
    store.guard_thread(0)
    assert counted == [0]


def test_a_submit_inside_a_submit_is_refused(store: Store) -> None:
    with pytest.raises(RuntimeError, match="inside"):
        write(store, lambda _tx: write(store, people.count_people))
    assert write(store, people.count_people) == 0


def test_a_reading_transaction_cannot_write(store: Store) -> None:
    officer = enrol(store)

    def by_session(tx: Tx) -> None:
        fetch(tx, Person, officer.id).rank = "x"
        tx.session.flush()

    with pytest.raises((SQLAlchemyError, Unavailable)):
        store.read(by_session)
    with pytest.raises(RuntimeError, match="reading"):
        store.read(lambda tx: tx.record(journal.JournalEvent("x", ("y", "z"))))
    assert store.read(lambda tx: people.get_person(tx, officer.id)).rank == "ด.ต."


def test_a_reader_sees_one_moment(store: Store) -> None:
    def query(tx: Tx) -> tuple[int, int]:
        before = people.count_people(tx)
        writing = threading.Thread(target=enrol, args=(store,))
        writing.start()
        writing.join()
        return before, people.count_people(tx)

    assert store.read(query) == (0, 0)
    assert store.read(people.count_people) == 1


def test_a_change_that_no_event_tells_is_refused(store: Store) -> None:
    officer = enrol(store)

    def silent(tx: Tx) -> None:
        people.note_tries(tx, officer.id, 3, None)

    def told(tx: Tx) -> None:
        silent(tx)
        tx.record(journal.JournalEvent("login.failed", ("person", officer.id)))

    with pytest.raises(RuntimeError, match="without an event"):
        write(store, silent)
    write(store, told)
    assert [entry.event_class for entry in rows(store)] == ["record.changed", "login.failed"]
    assert store.read(lambda tx: people.get_person(tx, officer.id)).failed_tries == 3


def test_the_system_cannot_do_what_needs_a_person(store: Store) -> None:
    with pytest.raises(RuntimeError, match="needs a person"):
        write(store, lambda tx: tx.acting_session)
    assert write(store, lambda tx: tx.actor_id) is None


def test_bytes_never_enter_the_journal_by_accident(store: Store) -> None:
    officer = enrol(store)

    def work(tx: Tx) -> None:
        fetch(tx, Person, officer.id).rank = b"raw"  # type: ignore[assignment]  # the mistake under test

    with pytest.raises(TypeError, match="mark the column secret"):
        write(store, work)


def test_records_are_versioned_and_named() -> None:
    mapped = [mapper.class_ for mapper in Record.registry.mappers if issubclass(mapper.class_, Record)]
    assert {found.kind for found in mapped} >= {"person", "camera", "authority", "incident", "view", "wall"}
    assert all(found.__mapper__.version_id_col is not None for found in mapped)
    assert View.own_events
