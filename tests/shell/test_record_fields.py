"""Every kind of field: what is put in comes out, choices by a few letters, and secrets that are never shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from console.i18n import plain
from console.i18n.labels import label
from console.kernel import OwnerType, Purpose, Role, Secret
from console.services.drafts import DRAFTS
from console.views.record_choice import LINE_WIDTH, ChoiceBox, TickList
from console.views.record_fields import FieldBox
from console.views.record_spec import Choice, Day, Field, Flag, Hidden, Hours, LongText, Moment, Number, Several, Text
from tests.gate.room import Room
from tests.shell.record_stage import press, seated, ui_of

pytestmark = [pytest.mark.qt_log_ignore("This plugin does not support"), pytest.mark.usefixtures("qapp")]

EVERY: tuple[tuple[Field, Any, str], ...] = (
    (Field("a", "Text", Text()), "กข", "กข"),
    (Field("b", "Long", LongText()), "ก\nข", "ก\nข"),
    (Field("c", "Number", Number(0, 99, unit="m")), 12, "12"),
    (Field("d", "Degrees", Number(-90, 90, 6)), 7.2, "7.2"),
    (Field("f", "Flag", Flag()), True, "yes"),
    (Field("g", "Hours", Hours()), ((1080, 360), (720, 780)), "18:00–06:00, 12:00–13:00"),
    (Field("h", "Choice", Choice(lambda: {role: label(role) for role in Role})), Role.AUDITOR, "Auditor"),
    (
        Field("i", "Several", Several(lambda: {each: label(each) for each in Purpose})),
        frozenset({Purpose.SOS, Purpose.TRAFFIC}),
        "",
    ),
)


@pytest.mark.parametrize(("field", "value", "words"), EVERY, ids=[type(each[0].kind).__name__ for each in EVERY])
def test_what_is_put_into_a_field_comes_out_of_it(
    room: Room, qtbot: QtBot, field: Field, value: Any, words: str
) -> None:
    box = FieldBox(ui_of(room), field)
    qtbot.addWidget(box)
    if isinstance(field.kind, Choice | Several):
        box.set_options(field.kind.options())
    raw = box.set_stored(value)
    assert box.raw() == raw
    assert box.read().value == value
    assert words in plain(box.describe(raw))
    box.set_stored(None)
    assert box.read().problem == ""


def test_days_and_moments_are_of_the_station_and_say_what_they_understood(room: Room, qtbot: QtBot) -> None:
    ends = FieldBox(ui_of(room), Field("until", "Until", Day(ends=True)))
    moment = FieldBox(ui_of(room), Field("at", "At", Moment()))
    for box in (ends, moment):
        qtbot.addWidget(box)
        box.show()
    ends.set_raw("๓๐/๖/๒๕๗๐")
    assert ends.read().value.isoformat() == "2027-07-01T00:00:00+07:00"
    assert ends._echo.text() == "Wednesday 30 June 2027"
    assert ends.set_stored(ends.read().value) == "30/6/2027"
    moment.set_raw("8.15")
    assert moment.read().value.isoformat() == "2026-11-22T08:15:00+07:00"
    assert moment._echo.text().endswith("08:15")


@pytest.mark.usefixtures("_thai")
def test_a_thai_form_shows_and_reads_the_buddhist_era(room: Room, qtbot: QtBot) -> None:
    box = FieldBox(ui_of(room), Field("until", "Until", Day(ends=True)))
    qtbot.addWidget(box)
    assert box.set_stored(room.clock.now() + timedelta(days=30)) == "22/12/2569"
    assert plain(box._echo.text()) == "วันอังคารที่ 22 ธันวาคม 2569"


def test_a_secret_is_never_shown_and_a_blank_at_its_end_counts(room: Room, qtbot: QtBot) -> None:
    box = FieldBox(ui_of(room), Field("password", "Password", Hidden()))
    qtbot.addWidget(box)
    assert box.set_stored("•••") == ""
    assert box.read().value is None
    box.set_raw("open sesame ")
    assert box.read().value == Secret("open sesame ")
    assert box.is_secret


def test_a_number_knows_whole_ones(room: Room, qtbot: QtBot) -> None:
    box = FieldBox(ui_of(room), Field("radius", "Radius", Number(1, 500, unit="m")))
    qtbot.addWidget(box)
    box.set_raw("๓๐๐")
    assert box.read().value == 300
    box.set_raw("2.5")
    assert box.read().problem == "Enter a whole number."


def choice_of(box: FieldBox) -> ChoiceBox:
    assert isinstance(box.editor, ChoiceBox)
    return box.editor


def test_a_choice_is_made_by_a_few_letters_of_either_language_or_its_place(room: Room) -> None:
    with seated(room) as seat:
        seat.page.open_new()
        choice = choice_of(seat.form.box("owner_type"))
        choice.setFocus()
        QTest.keyClicks(choice, "templ")
        assert choice.is_choosing()
        press(choice, Qt.Key.Key_Return)
        assert seat.form.box("owner_type").read().value is OwnerType.TEMPLE
        press(choice, Qt.Key.Key_Down)
        press(choice, Qt.Key.Key_Down)
        press(choice, Qt.Key.Key_Escape)
        assert not choice.is_choosing()
        assert seat.page.panel.isVisible()
        assert seat.form.box("owner_type").read().value is OwnerType.TEMPLE
        press(choice, Qt.Key.Key_Down)
        press(choice, Qt.Key.Key_Down)
        press(choice, Qt.Key.Key_Tab)
        assert seat.form.box("owner_type").read().value is OwnerType.HOSPITAL


def test_words_typed_before_the_choices_came_mean_what_they_would_have_meant(room: Room, qtbot: QtBot) -> None:
    box = FieldBox(ui_of(room), Field("owner", "Owner", Choice(dict), required=True))
    qtbot.addWidget(box)
    choice = choice_of(box)
    for typed, meant in (("templ", "t"), ("hou", "h"), ("zebra", None), ("o", None)):
        box.set_options({})
        box.set_raw("")
        QTest.keyClicks(choice, typed)
        assert not choice.is_choosing()
        box.say("Choose one of the given values.")
        box.set_options({"t": "Temple", "h": "House", "o1": "Other one", "o2": "Other two"})
        assert box.read().value == meant
        assert (box.said == "") is (meant is not None)
        assert choice.text() == {"t": "Temple", "h": "House", None: typed}[meant]
    box.set_options({})
    box.set_raw("")
    box.show()
    choice.setFocus()
    qtbot.waitUntil(choice.hasFocus)
    QTest.keyClicks(choice, "o")
    box.set_options({"t": "Temple", "o1": "Other one"})
    assert choice.is_choosing(), "who is still typing is shown what fits, and nothing is chosen for him"
    assert choice.text() == "o"


def test_words_that_name_no_choice_are_refused_and_kept(room: Room) -> None:
    with seated(room) as seat:
        seat.page.open_new()
        choice = choice_of(seat.form.box("owner_type"))
        choice.setFocus()
        QTest.keyClicks(choice, "zebra")
        seat.line("code").setFocus()
        assert choice.text() == "zebra"
        assert seat.form.box("owner_type").said == "Choose one of the given values."
        seat.form.keep_draft()
        assert "zebra" in (next((room.data_dir / DRAFTS).glob("*.json"))).read_text("utf-8")


def test_words_that_can_mean_one_choice_only_are_that_choice(room: Room) -> None:
    with seated(room) as seat:
        seat.page.open_new()
        choice = choice_of(seat.form.box("owner_type"))
        choice.setFocus()
        QTest.keyClicks(choice, "hosp")
        seat.line("code").setFocus()
        assert seat.form.box("owner_type").read().value is OwnerType.HOSPITAL
        assert seat.form.box("owner_type").said == ""


def test_saving_with_the_list_open_takes_what_is_typed_at_its_word(room: Room) -> None:
    with seated(room) as seat:
        seat.page.open_new()
        seat.line("code").setText("Z900")
        seat.line("name").setText("หน้าร้าน")
        choice = choice_of(seat.form.box("owner_type"))
        choice.setFocus()
        QTest.keyClicks(choice, "hosp")
        assert choice.is_choosing()
        press(choice, Qt.Key.Key_Control)
        assert choice.is_choosing()
        press(choice, Qt.Key.Key_S, ctrl=True)
        (saved,) = [row for row in room.station.cameras.cameras() if row.code == "Z900"]
        assert saved.owner_type is OwnerType.HOSPITAL


def test_a_stored_code_that_is_no_longer_offered_stays_in_its_words(room: Room, qtbot: QtBot) -> None:
    box = FieldBox(ui_of(room), Field("role", "Role", Choice(lambda: {Role.IT: "IT"})))
    qtbot.addWidget(box)
    box.set_stored(Role.AUDITOR)
    box.set_options({Role.IT: "IT"})
    assert box.read().value is Role.AUDITOR
    assert choice_of(box).text() == label(Role.AUDITOR)


def test_ticks_move_by_arrows(room: Room, qtbot: QtBot) -> None:
    box = FieldBox(ui_of(room), Field("purposes", "Purposes", Several(lambda: {each: each.value for each in Purpose})))
    qtbot.addWidget(box)
    box.set_options({each: each.value for each in Purpose})
    box.show()
    QTest.qWaitForWindowActive(box)
    assert isinstance(box.editor, TickList)
    ticks = box.editor.findChildren(QCheckBox)
    ticks[0].setFocus()
    press(ticks[0], Qt.Key.Key_Down)
    assert ticks[1].hasFocus()
    press(ticks[1], Qt.Key.Key_Space)
    assert box.read().value == {list(Purpose)[1]}


def test_a_long_tick_has_several_lines_and_no_word_is_cut(qtbot: QtBot) -> None:
    ticks = TickList()
    qtbot.addWidget(ticks)
    words = "ข้อมูลส่วนบุคคลที่มีความอ่อนไหว เช่น ข้อมูลสุขภาพ หรือข้อมูลชีวภาพ & อื่น ๆ ของเจ้าของกล้อง"
    ticks.set_options({"long": words, "short": "ชื่อ"})
    long, short = (box.text() for box in ticks.findChildren(QCheckBox))
    lines = long.replace("&&", "&").split("\n")
    assert len(lines) > 1
    assert all(ticks.fontMetrics().horizontalAdvance(line) <= LINE_WIDTH for line in lines)
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert all(line[0] not in "ะาำิีึืุูเ็่้๊๋์ํ" or line[0] == "เ" for line in lines)
    assert short == "ชื่อ"


def test_ticks_that_come_late_stand_in_the_order_of_the_form(qtbot: QtBot) -> None:
    """People are read while the form stands: Tab goes through them, and on to the next field."""
    window = QWidget()
    column, before, ticks, after = QVBoxLayout(window), QLineEdit(), TickList(), QLineEdit()
    for each in (before, ticks, after):
        column.addWidget(each)
    qtbot.addWidget(window)
    ticks.set_raw(("p1",))
    ticks.set_options({"p1": "p1"})
    window.show()
    ticks.set_options({"p1": "ด.ต.ก & ข"})
    (only,) = ticks.findChildren(QCheckBox)
    assert only.text() == "ด.ต.ก && ข", "the code was shown only until its words were known"
    ticks.set_options({"p1": "ก", "p2": "ข", "p3": "ค"})
    qtbot.waitUntil(lambda: all(box.isVisible() for box in ticks._boxes.values()))
    before.setFocus()
    seen = []
    for _step in range(5):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        seen.append(focused.text() if isinstance(focused, QCheckBox) else focused)
    assert seen == ["ก", "ข", "ค", after, before]
    assert ticks.raw() == ("p1",)
