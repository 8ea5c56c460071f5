"""Consents when somebody did something past the program: an older backup put back, guards taken off the database."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from console.cli.journal import _finding
from console.kernel import ConsentEventKind, ConsentState, DenyReason
from console.services.consent_commands import VoidConsent
from console.services.tombstones import TOMBSTONES
from tests.consent_desk import Desk
from tests.gate.room import Room


@pytest.fixture
def desk(room: Room) -> Desk:
    return Desk(room.station, room.registrar)


def test_a_restored_backup_tells_a_void_paper_from_a_withdrawn_one(room: Room, desk: Desk) -> None:
    """Both cameras of a void consent, told once; a line from before the kind was told says withdrawn, as it did."""
    cameras = [room.camera(), room.camera()]
    consent, other = desk.signed(*cameras), desk.signed(room.camera())
    folder = room.store.place.data_dir
    room.feeds.stop()
    room.store.close()
    backup = (folder / "console.db").read_bytes()
    room.reopen()
    room.sessions.clear()
    desk = Desk(room.station, room.registrar)
    desk.run(VoidConsent(**desk.on(consent), reason="ผู้ลงนามไม่ใช่เจ้าของ"))
    desk.withdraw(other)
    lines = [json.loads(line) for line in (folder / TOMBSTONES).read_text("utf-8").splitlines()]
    assert [line["kind"] for line in lines] == ["voided", "voided", "withdrawn"]
    room.feeds.stop()
    room.store.close()
    (folder / "console.db").write_bytes(backup)
    room.reopen()
    room.sessions.clear()
    desk = Desk(room.station, room.registrar)
    assert desk.entry(consent).state is ConsentState.IN_FORCE, "an older backup was put back"
    assert room.station.authorities.reapply_tombstones() > 0
    assert (desk.entry(consent).state, desk.entry(other).state) == (ConsentState.VOID, ConsentState.WITHDRAWN)
    assert [event.event for event in desk.entry(consent).row.events].count(ConsentEventKind.VOIDED) == 1
    assert [row.camera_id for row in room.rows("consent.voided")] == cameras
    assert room.refusal(cameras[0]).reason is DenyReason.WITHDRAWN
    assert room.station.authorities.reapply_tombstones() == 0, "once is enough"


def test_guards_that_the_opening_put_back_are_told_by_its_check(room: Room) -> None:
    """What was changed meanwhile is named too, by the command line in words; the opening after that finds all there."""
    room.feeds.stop()
    room.store.close()
    with closing(sqlite3.connect(room.data_dir / "console.db")) as connection, connection:
        connection.execute("DROP TRIGGER guard_notice_insert")
        connection.execute(
            "INSERT INTO notice (id, station_id, number, text, purposes, sha256, published_at)"
            " VALUES ('x', 'SKA', 7, 'x', '[]', 'x', '2026-01-01T00:00:00.000000Z')"
        )
    notice = "notice to owners 7: it is not as the journal says that it was published"
    guard = "guard of the database guard_notice_insert: it was missing or altered"
    for found in ((notice, guard), (notice,)):
        room.reopen()
        room.sessions.clear()
        said = [_finding(problem) for problem in room.station.journal.verify(room.chief).problems]
        assert [line[: len(words)] for line, words in zip(said, found, strict=True)] == [*found]
        room.feeds.stop()
        room.store.close()
    room.reopen()
