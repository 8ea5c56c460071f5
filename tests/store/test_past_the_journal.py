"""What somebody did past the journal: its own rows are whole, and something beside them is not as they say."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from console.db import journal
from console.db.authorities import authorities_of, authority_snapshot
from console.db.cameras import Camera, CameraFacts, list_cameras, register_camera
from console.db.feeds import ViewOpening, end_view, justify, open_view, views_of_camera
from console.db.store import Store
from console.kernel import EndReason, OwnerType, Purpose, Role, ViewKind, new_id
from tests.store.history import KEY, live_a_little
from tests.store.world import START, HandClock, enrol, record, write


def _found(store: Store) -> set[str]:
    report = store.read(lambda tx: journal.verify(tx, KEY.public_key()))
    return {problem.kind for problem in report.problems}


def _past_us(store: Store, *statements: str) -> None:
    path = store.place.sqlite_path
    assert path is not None
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            assert connection.execute(statement).rowcount


@pytest.mark.parametrize(
    ("forgery", "kind"),
    [
        ("UPDATE authority SET level = 2", "record_past"),
        ("UPDATE authority SET expires_at = '2099-01-01T00:00:00.000000Z'", "record_past"),
        ("UPDATE authority SET valid_from = '2020-01-01T00:00:00.000000Z'", "record_past"),
        ("UPDATE authority SET valid_from = 'never'", "record_past"),
        ("UPDATE authority SET purposes = '[broken'", "record_past"),
        ("UPDATE authority SET permission_export = 1", "record_past"),
        ("UPDATE authority SET readdressed_by = 'x'", "record_past"),
        ("UPDATE authority SET withdrawn_at = NULL, version = version + 1", "record_past"),
        ("DELETE FROM authority WHERE rowid = 1", "record_past"),
        ("UPDATE camera SET name = 'x'", "record_past"),
        ("UPDATE camera SET owner_name = 'x'", "record_past"),
        ("UPDATE camera SET zone = 'inside' WHERE rowid = 1", "record_past"),
        ("UPDATE camera SET version = 9 WHERE rowid = 1", "record_past"),
        ("UPDATE camera SET masks = 'x' WHERE rowid = 1", "record_past"),
        ("UPDATE camera_view SET camera_id = (SELECT id FROM camera WHERE id <> camera_view.camera_id)", "view_record"),
        ("UPDATE camera_view SET person_id = 'x' WHERE rowid = 1", "view_record"),
        ("UPDATE camera_view SET purpose = 'sos' WHERE rowid = 1", "view_record"),
        ("UPDATE camera_view SET self_opened_incident = 1", "view_record"),
        ("UPDATE camera_view SET ended_at = opened_at", "view_record"),
        ("UPDATE camera_view SET ended_at = 7", "view_record"),
        ("UPDATE camera_view SET ended_at = NULL, end_reason = NULL", "view_record"),
        ("UPDATE camera_view SET first_picture_at = NULL", "view_record"),
        ("UPDATE camera_view SET justified_at = opened_at", "view_record"),
        ("DELETE FROM camera_view WHERE rowid = 1", "view_record"),
        ("UPDATE camera_view SET id = 'x' WHERE rowid = 1", "view_record"),
    ],
)  # fmt: skip
def test_what_was_changed_past_the_journal_is_found(
    lone_store: Store, clock: HandClock, forgery: str, kind: str
) -> None:
    live_a_little(lone_store, clock)
    _past_us(lone_store, forgery)
    assert _found(lone_store) == {kind}


@pytest.mark.parametrize(("table", "kind"), [("camera", "record_past"), ("camera_view", "view_record")])
def test_what_was_put_in_past_the_journal_is_found(lone_store: Store, clock: HandClock, table: str, kind: str) -> None:
    live_a_little(lone_store, clock)
    path = lone_store.place.sqlite_path
    assert path is not None
    with closing(sqlite3.connect(path)) as connection, connection:
        copied = {name: name for _place, name, *_rest in connection.execute(f"PRAGMA table_info({table})")}
        copied |= {"id": "'new'"} | ({"code": "'new'"} if "code" in copied else {})
        into, values = ", ".join(copied), ", ".join(copied.values())
        connection.execute(f"INSERT INTO {table} ({into}) SELECT {values} FROM {table} LIMIT 1")  # noqa: S608 - ours
    assert _found(lone_store) == {kind}


def test_a_view_that_runs_and_one_that_is_explained_later_are_sound(store: Store, clock: HandClock) -> None:
    live_a_little(store, clock)
    officer = enrol(store, "lek", Role.SUPERINTENDENT)
    camera, authority = store.read(lambda tx: next(iter(authority_snapshot(tx).values()))).camera_id, None
    new = ViewOpening(camera, Purpose.URGENT, ViewKind.FOCUS, authority)
    ended, runs = (write(store, lambda tx: open_view(tx, new), officer.session) for _number in range(2))
    write(store, lambda tx: end_view(tx, ended.id, EndReason.CLOSED, tx.now))
    clock.move(100)
    for view in (ended, runs):
        write(store, lambda tx, view=view: justify(tx, view.id, "เหตุด่วน"), officer.session)  # type: ignore[misc]  # bound
    assert _found(store) == set()


def test_a_record_that_was_deleted_through_the_journal_is_not_missed(store: Store) -> None:
    camera = write(store, lambda tx: register_camera(tx, CameraFacts("A1", "หน้าร้าน", "ถ.นครใน", OwnerType.SHOP)))
    write(store, lambda tx: tx.session.delete(tx.session.get_one(Camera, camera.id)))
    assert _found(store) == set()


def test_a_long_history_is_held_against_the_views_part_by_part(
    lone_store: Store, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept in memory of a million rows is a batch; a batch of one view shows that no part is lost."""
    monkeypatch.setattr("console.db.journal_verify._AT_ONCE", 1)
    live_a_little(lone_store, clock)
    assert _found(lone_store) == set()
    _past_us(lone_store, "UPDATE camera_view SET purpose = 'sos' WHERE rowid = 2")
    assert _found(lone_store) == {"view_record"}


def test_rows_that_stand_past_a_cameras_chain_are_found(lone_store: Store, clock: HandClock) -> None:
    """The forger writes honest chains with the program itself, but keeps the camera's owner out of them."""
    live_a_little(lone_store, clock)
    one, other = lone_store.read(lambda tx: [row.id for row in list_cameras(tx)])
    (view, *_rest) = lone_store.read(lambda tx: [row.id for row in views_of_camera(tx, one, START)])
    (authority,) = lone_store.read(lambda tx: [row.id for row in authorities_of(tx, one)])
    past: list[tuple[str, tuple[str, str], str | None, set[str]]] = [
        ("view.denied", ("camera", one), None, {"past_camera"}),
        ("view.denied", ("camera", one), other, {"past_camera"}),
        ("camera.address_destroyed", ("camera", one), None, {"past_camera"}),
        ("view.picture", ("view", view), None, {"past_camera"}),
        ("consent.withdrawn", ("consent", "c1"), None, {"past_camera"}),
        ("view.ended", ("view", view), other, {"view_record"}),
        ("view.reviewed", ("view", new_id()), other, {"view_record"}),
        ("record.changed", ("authority", authority), None, {"past_camera", "record_past"}),
    ]
    for event_class, subject, camera, kinds in past:
        record(lone_store, journal.JournalEvent(event_class, subject, {"reason": "paused_by_owner"}, camera))
        found = _found(lone_store)
        assert found >= kinds, event_class
    assert _found(lone_store) == {"past_camera", "view_record", "record_past", "consent_gone"}


def test_a_view_that_changes_cameras_on_its_way_is_found(lone_store: Store, clock: HandClock) -> None:
    live_a_little(lone_store, clock)
    one, other = lone_store.read(lambda tx: [row.id for row in list_cameras(tx)])
    view = ("view", new_id())
    for event_class, camera in (("view.opened", one), ("view.ended", other)):
        record(lone_store, journal.JournalEvent(event_class, view, {}, camera))
    assert _found(lone_store) == {"view_camera", "view_record"}


def test_an_unknown_camera_stands_on_no_chain(store: Store) -> None:
    denied = journal.JournalEvent("view.denied", ("camera", "nobody's"), {"reason": "unknown_camera"})
    record(store, denied)
    assert _found(store) == set()
