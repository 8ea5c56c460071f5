"""The form of a record page: what bad input gets, what a draft keeps, and two people at one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from console.i18n import install, plain
from console.i18n.labels import label
from console.kernel import (
    Denied,
    DenyReason,
    OwnerType,
    Right,
    Unavailable,
)
from console.services.commands import Command
from console.views.record_form import RecordForm
from console.views.record_spec import (
    Field,
    Section,
    Text,
)
from tests.gate.room import Room
from tests.shell.record_stage import FORM, change, furnish, kept, open_first, press, seated, ui_of
from tests.shell.wall_fakes import InlineTasks

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qapp")]

HIDDEN_SIGNS = "There are signs in it that nobody sees, such as marks that turn the writing. Take them out."
BAD = (
    ("code", "", "This must be filled in."),
    ("code", "   ", "This must be filled in."),
    ("code", "C" * 33, "At most 32 characters; these are 33."),
    (
        "code",
        "C0\u200f1",
        "There are signs in it that nobody sees, such as marks that turn the writing. Take them out.",
    ),
    (
        "name",
        "หน้า\u202eร้าน",
        "There are signs in it that nobody sees, such as marks that turn the writing. Take them out.",
    ),
    ("lat", "เจ็ด", "Enter a number."),
    ("lat", "7,2", "Enter a number."),
    ("lat", "91", "Enter a number from -90 to 90."),
    ("since", "22/11/3112", "There is no such day. Check day, month and year."),
    ("since", "31/2/2569", "There is no such day. Check day, month and year."),
    ("since", "เมื่อวาน", "This is not a date. Write it like 22/11/2569 or 2026-11-22."),
)


@pytest.mark.parametrize(("name", "typed", "said"), BAD)
def test_bad_input_gets_a_sentence_at_its_field_and_stays(room: Room, name: str, typed: str, said: str) -> None:
    camera = room.camera()
    version = room.station.cameras.camera(camera).version
    with seated(room) as seat:
        open_first(seat)
        seat.line(name).setText(typed)
        press(seat.line(name), Qt.Key.Key_S, ctrl=True)
        assert seat.form.box(name).said == said
        assert seat.line(name).text() == typed
        assert seat.line(name).hasFocus()
        assert room.station.cameras.camera(camera).version == version


def test_the_first_of_several_wrong_fields_gets_the_cursor(room: Room) -> None:
    room.camera()
    with seated(room) as seat:
        open_first(seat)
        seat.line("lat").setText("x")
        seat.line("name").setText("")
        seat.form.save()
        assert seat.line("name").hasFocus()
        assert seat.form.box("lat").said


def test_a_correction_takes_the_sentence_away_and_thai_digits_are_digits(room: Room) -> None:
    camera = room.camera()
    with seated(room) as seat:
        open_first(seat)
        seat.line("lat").setText("x")
        seat.form.save()
        assert seat.form.box("lat").said
        seat.line("lat").setText("๗.๑๘")
        assert seat.form.box("lat").said == ""
        seat.form.save()
        assert room.station.cameras.camera(camera).lat == 7.18


def test_pasted_lines_become_blanks_and_our_own_word_breaks_go(room: Room) -> None:
    camera = room.camera()
    with seated(room) as seat:
        open_first(seat)
        line = seat.line("name")
        data = QMimeData()
        data.setText("หน้า\u200bร้าน\r\nทอง\tใหม่")
        QApplication.clipboard().setMimeData(data)
        line.selectAll()
        line.paste()
        # What Python made and the clipboard holds at the end would be taken apart when Python is gone.
        QApplication.clipboard().clear()
        assert line.text() == "หน้าร้าน ทอง ใหม่"
        seat.form.save()
        assert room.station.cameras.camera(camera).name == "หน้าร้าน ทอง ใหม่"


def test_hidden_signs_are_taken_out_with_one_press(room: Room) -> None:
    room.camera()
    with seated(room) as seat:
        open_first(seat)
        seat.line("code").setText("C0\u200f1\u00ad")
        seat.form.save()
        box = seat.form.box("code")
        button = next(each for each in box.findChildren(QPushButton) if each.isVisible())
        button.click()
        assert seat.line("code").text() == "C01"
        assert box.said == ""


def test_leaving_a_wrong_field_says_so_but_an_empty_one_is_not_blamed_yet(room: Room) -> None:
    with seated(room) as seat:
        press(seat.page.table, Qt.Key.Key_N, ctrl=True)
        assert seat.line("code").hasFocus()
        press(seat.line("code"), Qt.Key.Key_Return)
        assert seat.line("name").hasFocus()
        assert seat.form.box("code").said == ""
        seat.line("lat").setFocus()
        QTest.keyClicks(seat.line("lat"), "abc")
        seat.line("code").setFocus()
        assert seat.form.box("lat").said == "Enter a number."


def test_what_the_command_and_the_handler_refuse_stands_at_the_field(room: Room) -> None:
    room.camera()
    room.camera()
    with seated(room) as seat:
        open_first(seat)
        seat.line("code").setText("C 01")
        seat.form.save()
        assert seat.form.box("code").said == "These letters or marks cannot be used here."
        seat.line("code").setText("C002")
        seat.form.save()
        assert seat.form.box("code").said == "Another camera already has this code. Choose another one."
        assert seat.line("code").text() == "C002"


def test_a_refusal_without_a_field_here_stands_above_the_form(room: Room) -> None:
    room.camera()
    ui = ui_of(room, room.officer)
    with seated(room, ui=ui) as seat:
        open_first(seat)
        seat.line("name").setText("อื่น")
        seat.form.save()
        assert "Register and change cameras" in seat.form._strip.said or "not include" in seat.form._strip.said
        assert seat.line("name").text() == "อื่น"


def test_a_doubt_is_asked_once_and_saving_again_means_yes(room: Room) -> None:
    camera = room.camera()
    with seated(room) as seat:
        open_first(seat)
        seat.line("lat").setText("48.85")
        seat.form.save()
        assert seat.form.box("lat").said == "These coordinates lie outside Thailand. Save once more if it is right."
        assert room.station.cameras.camera(camera).lat == 7.2
        seat.line("lat").setText("49")
        seat.form.save()
        assert seat.form.box("lat").said
        seat.form.save()
        assert room.station.cameras.camera(camera).lat == 49


def test_a_field_comes_and_goes_with_another_and_gives_nothing_while_it_is_away(room: Room) -> None:
    camera = room.camera()
    with seated(room) as seat:
        open_first(seat)
        assert seat.form.box("lon").isVisible()
        seat.line("lat").setText("")
        assert not seat.form.box("lon").isVisible()
        seat.form.save()
        row = room.station.cameras.camera(camera)
        assert (row.lat, row.lon) == (None, None)
        assert seat.page.strip.said == "Saved."


# Leaving


def test_escape_closes_an_untouched_form_at_once_and_asks_before_something_is_lost(room: Room) -> None:
    room.camera()
    with seated(room) as seat:
        open_first(seat)
        press(seat.line("code"), Qt.Key.Key_Escape)
        assert not seat.page.panel.isVisible()
        assert seat.page.table.hasFocus()
        open_first(seat)
        seat.line("name").setText("อื่น")
        press(seat.line("name"), Qt.Key.Key_Escape)
        assert seat.form._strip.said == "What you typed is not saved yet."
        focused = QApplication.focusWidget()
        assert isinstance(focused, QPushButton)
        assert focused.text() == "Go on writing"
        press(focused, Qt.Key.Key_Escape)
        assert seat.page.panel.isVisible()
        assert seat.line("name").text() == "อื่น"


@pytest.mark.parametrize(("answer", "left"), [(1, 1), (2, 0)])
def test_leaving_may_keep_for_later_or_discard(room: Room, answer: int, left: int) -> None:
    room.camera()
    with seated(room) as seat:
        open_first(seat)
        seat.line("name").setText("อื่น")
        press(seat.line("name"), Qt.Key.Key_Escape)
        seat.form._strip._answer(answer)
        assert not seat.page.panel.isVisible()
        assert len(kept(room)) == left
        open_first(seat)
        assert seat.line("name").text() == ("อื่น" if left else "กล้อง C001")


def test_keys_pressed_before_the_choices_came_are_not_lost(room: Room) -> None:
    furnish(room, 1)
    with seated(room) as seat:
        seat.tasks.hold = True
        seat.page.open_new()
        QTest.keyClicks(seat.line("code"), "Q1")
        seat.line("name").insert("รอ")
        seat.line("owner_type").setFocus()
        QTest.keyClicks(seat.line("owner_type"), "templ")
        assert len(seat.tasks.held) == 1
        seat.tasks.hold = False
        seat.tasks.let_go()
        assert seat.line("code").text() == "Q1"
        assert seat.form.is_dirty()
        seat.line("code").setFocus()
        assert seat.form.box("owner_type").read().value is OwnerType.TEMPLE


def test_a_save_pressed_before_the_choices_came_is_done_when_they_are_there(room: Room) -> None:
    camera = room.camera()
    with seated(room) as seat:
        seat.tasks.hold = True
        open_first(seat)
        seat.line("name").setText("เร็ว")
        press(seat.line("name"), Qt.Key.Key_S, ctrl=True)
        assert len(seat.tasks.held) == 1
        seat.tasks.hold = False
        seat.tasks.let_go()
        assert room.station.cameras.camera(camera).name == "เร็ว"


@pytest.mark.usefixtures("_thai")
def test_a_draft_typed_in_another_language_is_no_clash(room: Room) -> None:
    room.camera()
    stored = room.clock.now()
    form = replace(FORM, stored=lambda row: {**FORM.stored(row), "since": stored})
    with seated(room, form=form) as seat:
        open_first(seat)
        assert seat.line("since").text() == "22/11/2569"
        seat.line("since").setText("๒๓/๑๑/๒๕๖๙")
        seat.page.stop()
    install("en")
    with seated(room, form=form) as seat:
        open_first(seat)
        assert seat.form._conflict is None
        assert seat.form.box("since").read().value.date().isoformat() == "2026-11-23"


# Two people


def test_a_conflict_stands_side_by_side_and_each_field_is_decided(room: Room) -> None:
    camera = room.camera()
    with seated(room) as seat:
        open_first(seat)
        seat.line("name").setText("ของฉัน")
        seat.line("lat").setText("7.3")
        change(room, camera, name="ของเขา", lat=7.4, owner_type=OwnerType.TEMPLE)
        seat.form.save()
        panel = seat.form._conflict
        assert panel is not None
        texts = " ".join(each.text() for each in panel.findChildren(QLabel))
        for words in ("ของฉัน", "ของเขา", "7.3", "7.4", label(OwnerType.TEMPLE), "camera_registrar"):
            assert words in plain(texts)
        press(panel, Qt.Key.Key_S, ctrl=True)
        assert seat.form._conflict is panel
        assert room.station.cameras.camera(camera).name == "ของเขา"
        panel.choose("name", mine=True)
        panel.choose("lat", mine=False)
        press(panel, Qt.Key.Key_S, ctrl=True)
        row = room.station.cameras.camera(camera)
        assert (row.name, row.lat, row.owner_type) == ("ของฉัน", 7.4, OwnerType.TEMPLE)
        assert not seat.form.is_dirty()


def test_going_back_from_a_conflict_loses_nothing_and_overwrites_nothing(room: Room) -> None:
    camera = room.camera()
    with seated(room) as seat:
        open_first(seat)
        seat.line("name").setText("ของฉัน")
        change(room, camera, name="ของเขา")
        seat.form.save()
        panel = seat.form._conflict
        assert panel is not None
        press(panel, Qt.Key.Key_Escape)
        assert seat.line("name").text() == "ของฉัน"
        seat.form.save()
        assert seat.form._conflict is not None
        assert room.station.cameras.camera(camera).name == "ของเขา"


def test_changes_of_other_fields_come_together_and_are_told_before_they_are_saved(room: Room) -> None:
    camera = room.camera()
    with seated(room) as seat:
        open_first(seat)
        seat.line("name").setText("ของฉัน")
        change(room, camera, lat=7.4)
        seat.form.save()
        assert seat.form._conflict is None
        assert "Latitude" in seat.form._strip.said
        assert room.station.cameras.camera(camera).name == "กล้อง C001"
        assert seat.line("lat").text() == "7.4"
        seat.form.save()
        row = room.station.cameras.camera(camera)
        assert (row.name, row.lat) == ("ของฉัน", 7.4)


def test_a_draft_of_a_record_that_was_changed_since_is_decided_before_it_is_saved(room: Room) -> None:
    camera = room.camera()
    with seated(room) as seat:
        open_first(seat)
        seat.line("name").setText("ของฉัน")
        seat.page.stop()
    change(room, camera, name="ของเขา")
    with seated(room) as seat:
        open_first(seat)
        assert seat.form._conflict is not None
        press(seat.form._conflict, Qt.Key.Key_Escape)
        seat.form.save()
        assert room.station.cameras.camera(camera).name == "ของเขา"
        assert seat.form._conflict is not None
        seat.form._conflict.choose("name", mine=True)
        seat.form._conflict.decide()
        assert room.station.cameras.camera(camera).name == "ของฉัน"


def test_an_act_of_ones_own_leaves_what_is_being_typed_and_the_save_after_it_works(room: Room) -> None:
    camera = room.camera()
    with seated(room) as seat:
        open_first(seat)
        seat.line("name").setText("ของฉัน")
        room.address(camera, "rtsp://192.168.9.9/live")
        seat.page.panel.changed.emit(camera)
        assert not seat.form._strip.isVisible()
        assert seat.line("name").text() == "ของฉัน"
        seat.form.save()
        assert room.station.cameras.camera(camera).name == "ของฉัน"


def test_an_act_does_not_hide_that_somebody_changed_the_same_field(room: Room) -> None:
    camera = room.camera()
    with seated(room) as seat:
        open_first(seat)
        seat.line("name").setText("ของฉัน")
        change(room, camera, name="ของเขา")
        seat.page.panel.changed.emit(camera)
        seat.form.save()
        assert seat.form._conflict is not None
        assert room.station.cameras.camera(camera).name == "ของเขา"


# Not stored


class Stubborn(InlineTasks):
    """Writes fail as told, after or before the database had its say."""

    problem: Exception | None = None
    after = False

    def write(self, work: Any, then: Any, failed: Any) -> None:
        if self.problem is None:
            super().write(work, then, failed)
            return
        if self.after:
            work()
        failed(self.problem)


def test_an_unreachable_database_leaves_all_as_it_stands_and_the_second_try_stores_once(room: Room) -> None:
    tasks = Stubborn()
    with seated(room, ui=ui_of(room, tasks=tasks)) as seat:
        seat.page.open_new({"owner_type": OwnerType.SHOP})
        seat.line("code").setText("C900")
        seat.line("name").setText("ร้านใหม่")
        tasks.problem, tasks.after = Unavailable("store.unreachable"), True
        seat.form.save()
        assert "does not answer" in seat.form._strip.said
        assert seat.line("name").text() == "ร้านใหม่"
        tasks.problem = None
        seat.form.save()
        assert [row.code for row in room.station.cameras.cameras()] == ["C900"]
        assert seat.page.strip.said == "Saved."


def test_a_form_left_open_over_a_lock_keeps_what_was_typed(room: Room) -> None:
    tasks = Stubborn()
    camera = room.camera()
    with seated(room, ui=ui_of(room, tasks=tasks)) as seat:
        open_first(seat)
        seat.line("name").setText("ก่อนล็อก")
        tasks.problem = Denied(DenyReason.LOCKED)
        seat.form.save()
        assert "locked" in seat.form._strip.said
        assert seat.line("name").text() == "ก่อนล็อก"
        tasks.problem = None
        seat.form.save()
        assert room.station.cameras.camera(camera).name == "ก่อนล็อก"


def test_while_it_is_stored_nothing_more_can_be_typed(room: Room) -> None:
    camera = room.camera()
    with seated(room) as seat:
        open_first(seat)
        seat.line("name").setText("หนึ่ง")
        seat.line("name").setFocus()
        seat.tasks.hold = True
        seat.form.save()
        assert not seat.line("name").isEnabled()
        seat.form.save()
        assert len(seat.tasks.held) == 1
        seat.tasks.hold = False
        seat.tasks.let_go()
        assert seat.line("name").isEnabled()
        assert seat.line("name").hasFocus()
        assert room.station.cameras.camera(camera).name == "หนึ่ง"


def test_a_fixed_field_is_shown_and_not_changed(room: Room) -> None:
    camera = room.camera()
    fixed = replace(
        FORM, sections=(Section("", (Field("code", "Code", Text(), fixed=True), *FORM.sections[0].fields[1:])),)
    )

    def command(values: Mapping[str, Any], row: Any) -> Command:
        return FORM.command({"place": "", "lat": None, "lon": None, **values}, row)

    with seated(room, form=replace(fixed, command=command)) as seat:
        open_first(seat)
        assert seat.line("code").isReadOnly()
        assert seat.line("name").hasFocus()
        assert seat.line("code").focusPolicy() is Qt.FocusPolicy.ClickFocus, "Tab passes it over"
        seat.line("name").setText("ใหม่")
        seat.form.save()
        assert room.station.cameras.camera(camera).name == "ใหม่"
        assert room.station.cameras.camera(camera).code == "C001"


def test_whoever_may_not_change_a_record_reads_it(room: Room) -> None:
    """No Save, no draft that he could not save, nothing unsaved; and who may is said."""
    furnish(room)
    with seated(room) as seat:
        open_first(seat)
        seat.line("name").setText("ใหม่")
        seat.form.keep_draft()
    assert kept(room)
    with seated(room, may_add=False, may_change=False, right=Right.WRITE_CAMERAS) as seat:
        assert not seat.page.strip.said, "a draft that cannot be saved is not offered"
        open_first(seat)
        form = seat.form
        assert seat.line("name").isReadOnly()
        assert seat.line("code").hasFocus(), "the keys are in the panel all the same"
        assert form._save_button.isHidden()
        assert plain(form._note.text()).startswith("You can read this but not change it. It may be changed by: Super")
        assert not form._strip.said
        assert not form.is_dirty()
        press(seat.line("code"), Qt.Key.Key_S, ctrl=True)
        assert not form._saving
        press(seat.line("code"), Qt.Key.Key_Escape)
        assert not seat.page.panel_shown
    assert kept(room), "his draft waits until he may again"


def test_a_form_works_alone(room: Room, qtbot: QtBot) -> None:
    form: RecordForm[Any] = RecordForm(ui_of(room), room.station, FORM, "camera")
    qtbot.addWidget(form, before_close_func=lambda _form: form.stop())
    form.show()
    saved: list[object] = []
    closed: list[bool] = []
    form.saved.connect(saved.append)
    form.closed.connect(lambda: closed.append(True))
    form.fill(None, {"code": "C7", "name": "เจ็ด", "owner_type": OwnerType.SHOP})
    assert not form.is_dirty()
    press(form, Qt.Key.Key_S, ctrl=True)
    assert saved == [room.station.cameras.cameras()[0].id]
    press(form, Qt.Key.Key_Escape)
    assert closed == [True]


def test_a_long_text_takes_lines_and_tab_leaves_it(room: Room) -> None:
    camera = room.camera()
    with seated(room) as seat:
        open_first(seat)
        lines = seat.form.box("place").editor
        assert isinstance(lines, QPlainTextEdit)
        lines.setFocus()
        lines.setPlainText("")
        QTest.keyClicks(lines, "one")
        press(lines, Qt.Key.Key_Return)
        QTest.keyClicks(lines, "two")
        press(lines, Qt.Key.Key_Tab)
        assert not lines.hasFocus()
        lines.setPlainText("x" * 301)
        seat.form.save()
        assert seat.form.box("place").said == "At most 300 characters; these are 301."
        lines.setPlainText("ที่เดิม")
        seat.form.save()
        assert room.station.cameras.camera(camera).place == "ที่เดิม"
