"""The features' tables: what their functions store, journal and give back, on both databases."""

from __future__ import annotations

import dataclasses
import sqlite3
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import StatementError

from console.db import authorities, base, camera_addresses, cameras, feeds, incidents, journal, people, rereading, walls
from console.db.authorities import AuthorityTerms
from console.db.cameras import CameraFacts
from console.db.feeds import ViewOpening
from console.db.incidents import NewIncident
from console.db.people import NewPerson, PersonChange
from console.db.places import Writer
from console.db.store import Store, Tx
from console.kernel import (
    AccessLevel,
    AuthorityKind,
    Conflict,
    ConsoleError,
    EndReason,
    Outcome,
    OwnerType,
    Purpose,
    Role,
    Secret,
    ViewKind,
)
from console.masking import Mask
from tests.signing import permitted
from tests.store.history import Export
from tests.store.world import START, STATION, HandClock, Officer, enrol, write

FACTS = CameraFacts(
    "A-01", "หน้าร้านทอง", "ถ.นครใน", OwnerType.BANK_OR_GOLD, 7.2, 100.6, (Mask.rectangle(0, 0, 500, 250),)
)
TERMS = AuthorityTerms(
    AuthorityKind.OWNER,
    AccessLevel.HOURS,
    frozenset({Purpose.TRAFFIC, Purpose.INCIDENT}),
    START,
    START + timedelta(days=365),
    ((1080, 360), (0, 30)),
    250,
    permission_clip=True,
    reference="7/2569",
)


def events(store: Store) -> list[journal.JournalRow]:
    return store.read(lambda tx: journal.read_rows(tx, {}, 1000))


@pytest.fixture
def officer(store: Store) -> Officer:
    return enrol(store, role=Role.SUPERINTENDENT)


@pytest.fixture
def camera(store: Store, officer: Officer) -> cameras.CameraRow:
    return write(store, lambda tx: cameras.register_camera(tx, FACTS), officer.session)


def test_people_are_found_listed_changed_and_counted(store: Store, officer: Officer) -> None:
    write(store, lambda tx: people.add_person(tx, NewPerson(" IT ", "ช่าง", Role.IT, Secret("h"))))
    assert store.read(people.count_people) == 2
    assert [row.login for row in store.read(people.list_people)] == ["it", "som"]
    assert store.read(lambda tx: people.find_person(tx, "SOM ")) == store.read(
        lambda tx: people.get_person(tx, officer.id)
    )
    assert store.read(lambda tx: people.find_person(tx, "nobody")) is None
    change = PersonChange(rank="ร.ต.อ.", display_name="สมศักดิ์", role=Role.AUDITOR, active=False)
    row = write(store, lambda tx: people.change_person(tx, officer.id, 1, change))
    assert (row.rank, row.display_name, row.role, row.active) == ("ร.ต.อ.", "สมศักดิ์", Role.AUDITOR, False)
    last = events(store)[-1]
    assert last.personal_names == ("display_name",)
    assert write(store, lambda tx: people.change_person(tx, officer.id, 2, PersonChange(active=True))).active
    assert "display_name" not in dict(last.data["fields"])  # type: ignore[arg-type]  # a dict of the body


def test_a_password_hash_is_kept_and_never_told(store: Store, officer: Officer) -> None:
    write(store, lambda tx: people.set_password_hash(tx, officer.id, Secret("$argon2id$new")))
    assert store.read(lambda tx: people.password_hash(tx, officer.id)) == Secret("$argon2id$new")
    assert events(store)[-1].data == {"op": "changed", "version": 2, "fields": {}, "hidden": ["password_hash"]}
    assert not any(b"argon2id" in row.body for row in Export.of(store).rows)


def test_tries_and_locks_are_stored(store: Store, officer: Officer, clock: HandClock) -> None:
    until = clock.now() + timedelta(minutes=15)

    def work(tx: Tx) -> people.PersonRow:
        tx.record(journal.JournalEvent("login.failed", ("person", officer.id), {"tries": 5}))
        return people.note_tries(tx, officer.id, 5, until)

    row = write(store, work)
    assert (row.failed_tries, row.locked_until) == (5, until)
    assert store.read(lambda tx: people.get_person(tx, officer.id)) == row


def test_a_camera_keeps_its_facts_and_stands_on_its_own_chain(store: Store, camera: cameras.CameraRow) -> None:
    assert store.read(lambda tx: cameras.get_camera(tx, camera.id)) == camera
    assert (camera.masks, camera.has_address, camera.owner_type) == (FACTS.masks, False, OwnerType.BANK_OR_GOLD)
    changed = write(
        store, lambda tx: cameras.change_camera(tx, camera.id, 1, cameras.facts_of(camera, name="ใหม่", masks=()))
    )
    assert (changed.name, changed.masks, changed.lat) == ("ใหม่", (), 7.2)
    last = events(store)[-1]
    assert (last.camera_id, last.camera_seq) == (camera.id, 2)
    assert last.data["fields"] == {"name": ["หน้าร้านทอง", "ใหม่"], "masks": [[[0, 0, 500, 250]], []]}
    assert store.read(lambda tx: cameras.find_camera(tx, "A-01")) == changed
    assert store.read(lambda tx: cameras.find_camera(tx, "a-01")) == changed, "it would be taken for the same camera"
    assert store.read(lambda tx: cameras.find_camera(tx, "A-02")) is None
    allowed = write(store, lambda tx: cameras.set_unencrypted_override(tx, camera.id, 2, allowed=True))
    assert allowed.unencrypted_override
    assert [row.id for row in store.read(cameras.list_cameras)] == [camera.id]


def test_what_is_known_is_not_loaded_again_unless_it_changed(store: Store, officer: Officer) -> None:
    def enter(tx: Tx, code: str) -> cameras.CameraRow:
        return cameras.register_camera(tx, cameras.facts_of(first, code=code))

    first = write(store, lambda tx: cameras.register_camera(tx, FACTS), officer.session)
    write(store, lambda tx: enter(tx, "B-01"), officer.session)
    known = store.read(cameras.list_cameras)
    changed = cameras.facts_of(first, name="ประตูหลัง")
    write(store, lambda tx: cameras.change_camera(tx, first.id, first.version, changed), officer.session)
    third = write(store, lambda tx: enter(tx, "C-01"), officer.session)
    again = store.read(cameras.list_cameras)
    assert [row.name for row in again] == ["ประตูหลัง", FACTS.name, FACTS.name]
    assert again[1] is known[1]
    anew = store.read(lambda tx: cameras.list_cameras(tx, anew=True))
    assert anew == again
    assert anew[1] is not again[1]
    write(store, lambda tx: camera_addresses.archive_camera(tx, third.id, third.version), officer.session)
    assert [row.code for row in store.read(cameras.list_cameras)] == ["A-01", "B-01"]
    assert [row.code for row in store.read(cameras.archived_cameras)] == ["C-01"]


def test_what_a_transaction_read_of_its_own_is_not_known_to_others(store: Store, officer: Officer) -> None:
    first = write(store, lambda tx: cameras.register_camera(tx, FACTS), officer.session)
    store.read(cameras.list_cameras)

    def comes_to_nothing(tx: Tx) -> None:
        cameras.change_camera(tx, first.id, first.version, cameras.facts_of(first, name="ไม่เคยเก็บ"))
        assert [row.name for row in cameras.list_cameras(tx)] == ["ไม่เคยเก็บ"]
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        write(store, comes_to_nothing, officer.session)
    stored = cameras.facts_of(first, name="เก็บแล้ว")
    write(store, lambda tx: cameras.change_camera(tx, first.id, first.version, stored), officer.session)
    assert [row.name for row in store.read(cameras.list_cameras)] == ["เก็บแล้ว"], "both had the same version"


def test_an_archived_camera_is_read_as_it_is_stored_however_it_was_altered(store: Store, officer: Officer) -> None:
    made = write(store, lambda tx: cameras.register_camera(tx, FACTS), officer.session)
    write(store, lambda tx: camera_addresses.archive_camera(tx, made.id, made.version), officer.session)
    store.read(cameras.archived_cameras)

    def past_the_program(tx: Tx) -> None:
        tx.session.execute(text("UPDATE camera SET name = 'อื่น'"))

    write(store, past_the_program)
    assert [row.name for row in store.read(cameras.archived_cameras)] == ["อื่น"]


def test_any_number_of_changes_is_read_in_one_question(lone_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rereading, "MOST_NAMED", 20)

    def enter(tx: Tx, numbers: range) -> None:
        for number in numbers:
            cameras.register_camera(tx, dataclasses.replace(FACTS, code=f"N{number:03}"))

    def with_few_places(tx: Tx) -> list[cameras.CameraRow]:
        driver = tx.session.connection().connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 30)
        return cameras.list_cameras(tx)

    write(lone_store, lambda tx: enter(tx, range(1)))
    assert len(lone_store.read(with_few_places)) == 1
    write(lone_store, lambda tx: enter(tx, range(1, 40)))
    assert len(lone_store.read(with_few_places)) == 40
    write(lone_store, lambda tx: enter(tx, range(40, 50)))
    assert [row.code for row in lone_store.read(with_few_places)] == [f"N{number:03}" for number in range(50)]


def test_an_authority_is_recorded_whole_and_the_newest_is_current(
    store: Store, camera: cameras.CameraRow, officer: Officer, clock: HandClock
) -> None:
    first = write(store, lambda tx: permitted(tx, camera.id, TERMS), officer.session)
    assert (first.kind, first.level, first.purposes, first.hours) == (
        TERMS.kind,
        TERMS.level,
        TERMS.purposes,
        TERMS.hours,
    )
    assert (first.radius_m, first.valid_from, first.expires_at) == (250, TERMS.valid_from, TERMS.expires_at)
    permissions = (
        first.permission_snapshot,
        first.permission_clip,
        first.permission_export,
        first.permission_demonstration,
    )
    assert permissions == (False, True, False, False)
    assert (first.recorded_by, first.recorded_at, first.reference) == (officer.id, clock.now(), "7/2569")
    assert (first.countersign_needed, first.private, first.paused, first.withdrawn_at) == (False, True, False, None)
    clock.move(60)
    own = AuthorityTerms(AuthorityKind.OWN, AccessLevel.ALWAYS, frozenset(), START)
    second = write(store, lambda tx: authorities.record_authority(tx, camera.id, own), officer.session)
    assert (second.countersign_needed, second.private) == (True, False)
    assert store.read(authorities.authority_snapshot) == {camera.id: second}
    assert store.read(lambda tx: authorities.current_authority(tx, camera.id)) == second
    assert store.read(lambda tx: authorities.current_authority(tx, "none")) is None
    assert [row.id for row in store.read(lambda tx: authorities.authorities_of(tx, camera.id))] == [first.id, second.id]
    assert {row.camera_id for row in events(store) if row.subject[0] == "authority"} == {camera.id}


def test_an_authority_is_countersigned_paused_and_withdrawn(
    store: Store, camera: cameras.CameraRow, officer: Officer, clock: HandClock
) -> None:
    made = write(store, lambda tx: permitted(tx, camera.id, TERMS), officer.session)
    signed = write(store, lambda tx: authorities.countersign(tx, made.id, 1), officer.session)
    assert (signed.countersigned_by, signed.countersigned_at) == (officer.id, clock.now())
    assert write(store, lambda tx: authorities.set_paused(tx, made.id, 2, paused=True)).paused
    with pytest.raises(Conflict):
        write(store, lambda tx: authorities.set_paused(tx, made.id, 2, paused=False))
    gone = write(store, lambda tx: authorities.withdraw(tx, made.id, 3))
    clock.move(60)
    assert write(store, lambda tx: authorities.withdraw(tx, made.id)).withdrawn_at == gone.withdrawn_at
    assert store.read(authorities.authority_snapshot)[camera.id].withdrawn_at == gone.withdrawn_at
    assert store.read(lambda tx: authorities.get_authority(tx, made.id)).paused


def test_incidents_are_numbered_by_station_and_buddhist_year(store: Store, officer: Officer, clock: HandClock) -> None:
    def open_one(title: str) -> incidents.IncidentRow:
        new = NewIncident(title, "ตลาด", 7.2, 100.6)
        return write(store, lambda tx: incidents.open_incident(tx, new), officer.session)

    clock.time = datetime(2026, 12, 31, 16, 59, tzinfo=UTC)
    first, second = open_one("ลักทรัพย์"), open_one("ทะเลาะวิวาท")
    clock.move(60)
    third = open_one("ไฟไหม้")
    assert [row.number for row in (first, second, third)] == ["sk01-2569-0001", "sk01-2569-0002", "sk01-2570-0001"]
    assert (first.opened_by, first.is_open, first.place, first.lat) == (officer.id, True, "ตลาด", 7.2)
    closed = write(store, lambda tx: incidents.close_incident(tx, first.id, 1, Outcome.SETTLED), officer.session)
    assert (closed.is_open, closed.closed_by, closed.closed_at) == (False, officer.id, clock.now())
    assert [row.id for row in store.read(incidents.open_incidents)] == [third.id, second.id]
    assert [row.id for row in store.read(lambda tx: incidents.list_incidents(tx, 2))] == [third.id, second.id]
    assert write(store, lambda tx: incidents.mark_for_review(tx, second.id)).needs_review
    reviewed = write(store, lambda tx: incidents.mark_reviewed(tx, second.id, 2), officer.session)
    assert (reviewed.needs_review, reviewed.reviewed_by) == (False, officer.id)
    assert store.read(lambda tx: incidents.get_incident(tx, second.id)) == reviewed
    assert not any("ไฟไหม้".encode() in raw.body for raw in Export.of(store).rows)


def test_a_view_goes_from_opening_over_the_first_picture_to_its_end(
    store: Store, camera: cameras.CameraRow, officer: Officer, clock: HandClock
) -> None:
    made = write(store, lambda tx: permitted(tx, camera.id, TERMS), officer.session)
    new = ViewOpening(camera.id, Purpose.TRAFFIC, ViewKind.FOCUS, made.id)
    view = write(store, lambda tx: feeds.open_view(tx, new), officer.session)
    assert (view.person_id, view.session_id, view.writer_id) == (officer.id, officer.session.id, store.writer.id)
    assert store.read(feeds.open_views) == [view]
    assert store.read(lambda tx: feeds.open_views(tx, all_writers=True)) == [view]
    clock.move(0.5)
    for _ in range(2):
        seen = write(store, lambda tx: feeds.first_picture(tx, view.id, tx.now))
    assert seen.first_picture_at == clock.now()
    clock.move(59.5)
    ended = write(store, lambda tx: feeds.end_view(tx, view.id, EndReason.WITHDRAWN, tx.now))
    assert write(store, lambda tx: feeds.end_view(tx, view.id, EndReason.CLOSED, tx.now)) == ended
    assert (ended.end_reason, ended.ended_at) == (EndReason.WITHDRAWN, clock.now())
    assert store.read(feeds.open_views) == []
    assert store.read(lambda tx: feeds.get_view(tx, view.id)) == ended
    assert store.read(lambda tx: feeds.views_of_camera(tx, camera.id, START)) == [ended]
    assert store.read(lambda tx: feeds.views_of_camera(tx, camera.id, clock.now())) == []
    told = [row for row in events(store) if row.subject == ("view", view.id)]
    assert [(row.event_class, row.camera_seq) for row in told] == [
        ("view.opened", 3),
        ("view.picture", 4),
        ("view.ended", 5),
    ]
    assert told[0].data == {
        "purpose": "traffic",
        "kind": "focus",
        "authority": made.id,
        "incident": None,
        "incident_number": None,
        "self_opened_incident": False,
    }
    assert told[1].data == {"after_ms": 500}
    assert told[2].data == {"reason": "withdrawn", "seconds": 60, "pictures": True}


def test_an_urgent_view_is_a_debt_until_it_is_justified(
    store: Store, camera: cameras.CameraRow, officer: Officer
) -> None:
    new = ViewOpening(camera.id, Purpose.URGENT, ViewKind.WALL, None)
    view = write(store, lambda tx: feeds.open_view(tx, new), officer.session)
    assert store.read(feeds.debts) == store.read(lambda tx: feeds.debts(tx, officer.id)) == [view]
    assert store.read(lambda tx: feeds.debts(tx, "another")) == []
    paid = write(store, lambda tx: feeds.justify(tx, view.id, "มีผู้ร้องขอความช่วยเหลือ"), officer.session)
    assert paid.justified_at is not None
    assert store.read(feeds.debts) == []
    last = events(store)[-1]
    assert (last.event_class, last.personal_names) == ("view.justified", ("justification",))


def test_views_that_a_crash_left_open_end_a_minute_after_the_last_sign_of_life(
    store: Store, camera: cameras.CameraRow, officer: Officer, clock: HandClock
) -> None:
    new = ViewOpening(camera.id, Purpose.URGENT, ViewKind.WALL, None)
    first = write(store, lambda tx: feeds.open_view(tx, new), officer.session)
    clock.move(10)
    restart = clock.now()
    assert write(store, feeds.close_crashed_views) == 1
    second = write(store, lambda tx: feeds.open_view(tx, new), officer.session)
    clock.move(60)
    alive = clock.now()
    write(store, lambda tx: tx.record(journal.JournalEvent("views.alive", ("console", "x"), {"views": [second.id]})))
    clock.move(3600)
    assert write(store, feeds.close_crashed_views) == 1
    rows = {row.id: row for row in store.read(lambda tx: feeds.views_of_camera(tx, camera.id, START))}
    assert (rows[first.id].ended_at, rows[first.id].end_reason) == (restart, EndReason.CRASHED)
    assert rows[second.id].ended_at == alive + timedelta(seconds=60)
    assert write(store, feeds.close_crashed_views) == 0
    third = write(store, lambda tx: feeds.open_view(tx, new), officer.session)
    clock.move(-600)
    assert write(store, feeds.close_crashed_views) == 1
    assert store.read(lambda tx: feeds.get_view(tx, third.id)).ended_at == third.opened_at, "never before its begin"


def test_another_consoles_views_are_not_ours_to_end(
    clock: HandClock, store: Store, camera: cameras.CameraRow, officer: Officer
) -> None:
    new = ViewOpening(camera.id, Purpose.URGENT, ViewKind.WALL, None)
    write(store, lambda tx: feeds.open_view(tx, new), officer.session)
    other = Store(store.place, clock, Writer("01920000-0000-7000-8000-00000000000f", STATION), None)
    assert other.read(feeds.open_views) == []
    assert len(other.read(lambda tx: feeds.open_views(tx, all_writers=True))) == 1
    other._dispose()


def test_the_system_opens_no_view_and_a_view_needs_its_event(store: Store, camera: cameras.CameraRow) -> None:
    new = ViewOpening(camera.id, Purpose.TRAFFIC, ViewKind.WALL, None)
    with pytest.raises(RuntimeError, match="needs a person"):
        write(store, lambda tx: feeds.open_view(tx, new))
    with pytest.raises(ConsoleError, match="not_found"):
        write(store, lambda tx: feeds.end_view(tx, "none", EndReason.CLOSED, tx.now))


def test_a_wall_is_kept_for_each_person(store: Store, officer: Officer) -> None:
    assert store.read(lambda tx: walls.wall_of(tx, walls.Whose(officer.id))) is None
    first = write(store, lambda tx: walls.save_wall(tx, walls.Whose(officer.id), "4", ["a", None, "b", None]))
    assert (first.layout, first.cells, first.version) == ("4", ("a", None, "b", None), 1)
    second = write(store, lambda tx: walls.save_wall(tx, walls.Whose(officer.id), "1", ["b"], 1))
    assert store.read(lambda tx: walls.wall_of(tx, walls.Whose(officer.id))) == second
    with pytest.raises(Conflict):
        write(store, lambda tx: walls.save_wall(tx, walls.Whose(officer.id), "9", [], 1))
    assert write(store, lambda tx: walls.save_wall(tx, walls.Whose(officer.id), "9", [])).version == 3


def test_a_naive_time_is_refused_and_any_zone_is_stored_as_utc(store: Store, officer: Officer) -> None:
    def lock_until(moment: datetime) -> None:
        def work(tx: Tx) -> None:
            people.note_tries(tx, officer.id, 1, moment)
            tx.record(journal.JournalEvent("login.failed", ("person", officer.id)))

        write(store, work)

    with pytest.raises((StatementError, ValueError), match="aware"):
        lock_until(datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake under test
    lock_until(datetime(2026, 1, 1, 7, tzinfo=timezone(timedelta(hours=7))))
    stored = store.read(lambda tx: people.get_person(tx, officer.id)).locked_until
    assert stored == datetime(2026, 1, 1, tzinfo=UTC)
    assert stored.tzinfo is UTC


def test_times_have_one_spelling() -> None:
    assert base.time_text(START) == "2026-11-22T01:02:03.456789Z"
    assert base.parse_time(base.time_text(START)) == START
    for wrong in ("2026-11-22T01:02:03.4567Z", "2026-1-2T01:02:03.000001Z", "x"):
        with pytest.raises(ValueError):
            base.parse_time(wrong)


def test_every_row_carries_its_station(store: Store) -> None:
    def tables(tx: Tx) -> dict[str, set[str]]:
        found = inspect(tx.session.connection())
        return {name: {column["name"] for column in found.get_columns(name)} for name in found.get_table_names()}

    named = store.read(tables)
    assert {name for name, columns in named.items() if "station_id" not in columns} == {"alembic_version"}
    assert {"journal", "camera_view", "vault_slot"} <= named.keys()
    assert store.read(lambda tx: tx.session.execute(text("SELECT count(*) FROM journal")).scalar()) == 0
