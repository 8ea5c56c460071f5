"""A permission counts only as the journal tells it: whoever writes it into the database gets no picture."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from console.db.authorities import AuthorityTerms
from console.db.store import CommandStamp
from console.kernel import AccessLevel, AuthorityKind, DenyReason, Purpose, new_id
from console.services.feeds.gate import FRESHEN_S
from tests.gate.room import Room
from tests.signing import permitted


def past_us(room: Room, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(room.data_dir / "console.db")) as database, database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        assert database.execute(statement, values).rowcount == 1


def freshened(room: Room) -> None:
    room.clock.advance(FRESHEN_S)
    room.feeds.keep()
    room.feeds.tick()


FORGED = (
    "UPDATE authority SET expires_at = '2031-01-01T00:00:00.000000Z' WHERE id = ?",
    "UPDATE authority SET permission_export = 1 WHERE id = ?",
    "UPDATE authority SET version = 7 WHERE id = ?",
    "UPDATE authority SET recorded_by = NULL WHERE id = ?",
)
FORGED_ENTRIES = (
    "UPDATE journal SET body = x'01' WHERE event_class = 'record.changed' AND subject_id = ?",
    "UPDATE journal SET body = CAST(body || ' ' AS BLOB) WHERE event_class = 'record.changed' AND subject_id = ?",
    "UPDATE journal SET hash = 'x' WHERE event_class = 'record.changed' AND subject_id = ?",
    "UPDATE journal SET subject_id = 'x' WHERE event_class = 'record.changed' AND subject_id = ?",
)


def test_what_is_changed_past_the_journal_goes_dark_and_stays_so(room: Room) -> None:
    cameras = [room.shop() for _forgery in FORGED]
    other, rights = room.shop(), [room.current(camera).id for camera in cameras]
    views, beside = [room.look(camera) for camera in cameras], room.look(other)
    for right, forgery in zip(rights, FORGED, strict=True):
        past_us(room, forgery, right)
    freshened(room)
    assert [view.picture() for view in views] == [None] * len(FORGED)
    assert [room.refusal(camera).reason for camera in cameras] == [DenyReason.NO_AUTHORITY] * len(FORGED)
    assert beside.picture() is not None, "what the journal tells of goes on"
    past_us(room, "UPDATE authority SET permission_export = 0 WHERE id = ?", rights[1])
    freshened(room)
    assert room.look(cameras[1]).picture() is not None, "as it was"


def test_an_entry_that_is_not_as_it_was_written_gives_no_right(room: Room) -> None:
    """What was read before it was forged stands; the next start asks the journal anew."""
    cameras = [room.shop() for _forgery in FORGED_ENTRIES]
    rights = [room.current(camera).id for camera in cameras]
    room.feeds.stop()
    room.store.close()
    for right, forgery in zip(rights, FORGED_ENTRIES, strict=True):
        past_us(room, forgery, right)
    room.reopen()
    room.sessions.clear()
    assert [room.refusal(camera).reason for camera in cameras] == [DenyReason.NO_AUTHORITY] * len(FORGED_ENTRIES)


def test_an_owners_permission_needs_the_entry_of_the_signature_that_names_the_camera(room: Room) -> None:
    camera = room.camera()
    terms = AuthorityTerms(AuthorityKind.OWNER, AccessLevel.ALWAYS, frozenset({Purpose.RISK_SPOT}), room.clock.now())
    room.store.submit(
        lambda tx: permitted(tx, camera, terms).id, command=CommandStamp(new_id(), "permit", room.registrar)
    )
    assert room.refusal(camera).reason is DenyReason.NO_AUTHORITY


def test_it_is_asked_once_and_not_at_each_reading(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    room.shop()

    def told(_tx: object, rows: list[object]) -> set[str]:
        asked.append(len(rows))
        return set()

    room.feeds.refresh()
    monkeypatch.setattr("console.db.told_rights._untold", told)
    room.feeds.refresh()
    room.feeds.refresh(anew=False)
    assert asked == []
    room.shop()
    assert sum(asked) >= 1
