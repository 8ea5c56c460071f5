"""Drafts of a form: kept while it is typed, brought back after a crash, never a secret, never another person's."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.services.drafts import DRAFTS
from console.views.record_draft import DRAFT_MS
from tests.gate.room import Room
from tests.shell.record_stage import kept, open_first, seated, ui_of

pytestmark = [pytest.mark.qt_log_ignore("This plugin does not support"), pytest.mark.usefixtures("qapp")]


def test_what_is_typed_is_kept_and_a_secret_is_not(room: Room, qtbot: QtBot) -> None:
    with seated(room) as seat:
        seat.page.open_new()
        QTest.keyClicks(seat.line("name"), "Corner")
        QTest.keyClicks(seat.line("password"), "hunter-two")
        qtbot.waitUntil(lambda: bool(kept(room)), timeout=DRAFT_MS * 10)
        assert "Corner" in kept(room)[0]
        assert "hunter-two" not in kept(room)[0]


def test_a_crash_loses_nothing_and_the_page_offers_what_waits(room: Room) -> None:
    with seated(room) as seat:
        seat.page.open_new()
        seat.line("name").insert("มุมตลาด")
        seat.form.keep_draft()
    with seated(room) as seat:
        assert seat.page.strip.said == "What you typed at 10:01 is not saved yet."
        seat.page.strip._answer(0)
        assert seat.line("name").text() == "มุมตลาด"
        assert seat.form.is_dirty()
        assert seat.form._strip.said == "What you typed at 10:01 was brought back. It is not saved yet."


def test_a_draft_of_a_record_comes_back_when_it_is_opened_and_goes_when_it_is_saved(room: Room) -> None:
    camera = room.camera()
    with seated(room) as seat:
        open_first(seat)
        seat.line("name").setText("ชื่อใหม่")
        seat.page.stop()
    assert len(kept(room)) == 1
    with seated(room) as seat:
        open_first(seat)
        assert seat.line("name").text() == "ชื่อใหม่"
        seat.form.save()
        assert room.station.cameras.camera(camera).name == "ชื่อใหม่"
        assert kept(room) == []


def test_a_draft_is_not_another_persons(room: Room) -> None:
    room.camera()
    with seated(room) as seat:
        open_first(seat)
        seat.line("name").setText("ของฉัน")
        seat.page.stop()
    with seated(room, ui=ui_of(room, room.registrar)) as seat:
        assert seat.page.strip.said == ""
        open_first(seat)
        assert seat.line("name").text() == "กล้อง C001"


def test_discarding_ends_the_draft_and_going_back_to_the_first_contents_too(room: Room) -> None:
    room.camera()
    with seated(room) as seat:
        open_first(seat)
        seat.line("name").setText("อื่น")
        seat.form.keep_draft()
        assert len(kept(room)) == 1
        seat.form.discard()
        assert kept(room) == []
        assert seat.line("name").text() == "กล้อง C001"
        seat.line("name").setText("อื่น")
        seat.form.keep_draft()
        seat.line("name").setText("กล้อง C001")
        seat.form.keep_draft()
        assert kept(room) == []


def test_an_offered_draft_is_not_overwritten_by_what_is_typed_beside_it(room: Room) -> None:
    with seated(room) as seat:
        seat.page.open_new()
        seat.line("name").setText("เรื่องแรก")
        seat.page.stop()
    with seated(room) as seat:
        seat.page.open_new({"place": "ตลาด"})
        assert seat.line("name").text() == ""
        assert seat.form._strip.said == "There is an entry of 10:01 that was not saved."
        seat.line("name").setText("เรื่องที่สอง")
        seat.form.keep_draft()
        assert len(kept(room)) == 2
        seat.form._strip._answer(0)
        assert seat.line("name").text() == "เรื่องแรก"


def test_a_disk_that_takes_no_draft_is_said_and_saving_still_works(room: Room) -> None:
    camera = room.camera()
    (room.data_dir / DRAFTS).write_text("no folder")
    with seated(room) as seat:
        open_first(seat)
        seat.line("name").setText("ยังบันทึกได้")
        seat.form.keep_draft()
        assert "cannot be kept as a draft" in seat.form._note.text()
        seat.form.save()
        assert room.station.cameras.camera(camera).name == "ยังบันทึกได้"


def test_what_is_stored_after_its_form_was_closed_is_not_offered_again(room: Room) -> None:
    camera = room.camera()
    with seated(room) as seat:
        open_first(seat)
        seat.line("name").setText("ชื่อใหม่")
        seat.form.keep_draft()
        assert len(kept(room)) == 1
        seat.tasks.hold = True
        seat.form.save()
        seat.page.stop()
        seat.tasks.let_go()
        assert room.station.cameras.camera(camera).name == "ชื่อใหม่"
        assert kept(room) == []
