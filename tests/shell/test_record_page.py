"""The shared record page over a real store: keys, filter, refresh, acts, CSV, paper and states."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QPushButton, QStackedWidget, QToolButton
from pytestqt.qtbot import QtBot

from console.i18n import plain
from console.kernel import Change, ConsoleError, OwnerType, Unavailable
from console.services.cameras import CameraRow, RegisterCamera
from console.views.record_page import RowPanel
from console.views.record_source import Shelf
from console.views.record_spec import Found, Query
from console.views.states import LOADING_MS, StateStack
from console.views.theme import Theme
from console.views.ui import ThreadTasks
from tests.gate.room import Room
from tests.shell.record_stage import CHIPS, COLUMNS, furnish, open_first, press, seated, ui_of
from tests.shell.wall_fakes import StillClock

pytestmark = [pytest.mark.qt_log_ignore("This plugin does not support"), pytest.mark.usefixtures("qapp")]


# Filter and order


def test_the_filter_counts_and_escape_brings_all_back(room: Room) -> None:
    furnish(room)
    with seated(room) as seat:
        assert seat.codes() == ["C001", "C002", "C003", "C004", "C005"]
        press(seat.page.table, Qt.Key.Key_F, ctrl=True)
        assert seat.page.filter.box.hasFocus()
        seat.type("c00๓")
        assert seat.codes() == ["C003"]
        assert seat.page.filter.counted.text() == "1 of 5"
        press(seat.page.filter.box, Qt.Key.Key_Escape)
        seat.page._ask()
        assert seat.page.filter.counted.text() == "5 of 5"
        press(seat.page.filter.box, Qt.Key.Key_Escape)
        assert seat.page.table.hasFocus()


def test_typing_waits_a_moment_and_then_asks_once(room: Room, qtbot: QtBot) -> None:
    furnish(room)
    with seated(room) as seat:
        asked: list[int] = []
        seat.page.table.records.answered.connect(asked.append)
        QTest.keyClicks(seat.page.filter.box, "C004")
        assert asked == []
        qtbot.waitUntil(lambda: asked == [1])


def test_letters_typed_in_the_table_start_the_filter(room: Room) -> None:
    furnish(room)
    with seated(room) as seat:
        QTest.keyClicks(seat.page.table, "0")
        QTest.keyClicks(seat.page.filter.box, "02")
        seat.page._ask()
        assert seat.codes() == ["C002"]
        press(seat.page.filter.box, Qt.Key.Key_Down)
        assert seat.page.table.hasFocus()


def test_chips_of_one_group_exclude_each_other_and_others_narrow(room: Room) -> None:
    furnish(room)
    with seated(room) as seat:
        chips = seat.page.filter.chips
        chips["shop"].click()
        assert seat.codes() == ["C001", "C003", "C005"]
        chips["police"].click()
        assert not chips["shop"].isChecked()
        assert seat.codes() == ["C002", "C004"]
        chips["bare"].click()
        assert seat.codes() == []
        assert seat.page.states.saying.startswith("Nothing matches the filter")


def test_order_by_keyboard_and_the_head_shows_it(room: Room) -> None:
    furnish(room)
    with seated(room) as seat:
        press(seat.page.table, Qt.Key.Key_Down, alt=True)
        assert seat.codes()[0] == "C005"
        head = seat.page.table.horizontalHeader()
        assert head.isSortIndicatorShown()
        assert (head.sortIndicatorSection(), head.sortIndicatorOrder()) == (0, Qt.SortOrder.DescendingOrder)
        press(seat.page.table, Qt.Key.Key_Right, alt=True)
        assert head.sortIndicatorSection() == 1


# Live


def test_a_change_elsewhere_comes_in_and_leaves_selection_and_typing(room: Room) -> None:
    cameras = furnish(room)
    with seated(room) as seat:
        seat.page.table.select_row(3)
        press(seat.page.table, Qt.Key.Key_Return)
        seat.line("name").setText("ยังไม่บันทึก")
        room.run(RegisterCamera(code="A000", name="ใหม่", owner_type=OwnerType.SHOP), room.registrar)
        seat.page.ui.changes.changed.emit(frozenset({"camera"}))
        assert seat.codes()[0] == "A000"
        assert seat.page.table.selected == cameras[3]
        assert seat.page.table.currentIndex().row() == 4
        assert seat.line("name").text() == "ยังไม่บันทึก"


def test_changes_of_other_kinds_are_not_read(room: Room) -> None:
    furnish(room, 1)
    with seated(room) as seat:
        asked: list[int] = []
        seat.page.table.records.answered.connect(asked.append)
        seat.page.ui.changes.changed.emit(frozenset({"person"}))
        assert asked == []


def test_a_hidden_page_reads_when_it_is_shown_again(room: Room) -> None:
    furnish(room, 1)
    with seated(room) as seat:
        seat.page.hide()
        furnish(room, 1)
        seat.page.ui.changes.changed.emit(frozenset({"camera"}))
        assert len(seat.codes()) == 1
        seat.page.show()
        assert len(seat.codes()) == 2


def test_the_store_itself_wakes_the_page(room: Room, qtbot: QtBot) -> None:
    furnish(room, 1)
    with seated(room) as seat:
        seat.page.ui.changes.hear((Change("camera", "x", 1, "w"),))
        furnish(room, 1)
        qtbot.waitUntil(lambda: len(seat.codes()) == 2)


def test_an_untouched_form_follows_a_change_and_a_touched_one_asks(room: Room) -> None:
    cameras = furnish(room, 2)
    with seated(room) as seat:
        seat.page.table.select_row(0)
        press(seat.page.table, Qt.Key.Key_Return)
        room.address(cameras[0], "rtsp://192.168.9.9/live")
        seat.page.ui.changes.changed.emit(frozenset({"camera"}))
        assert seat.form.row is not None
        assert seat.form.row.version == room.station.cameras.camera(cameras[0]).version
        seat.line("name").setText("ของฉัน")
        room.address(cameras[0], "rtsp://192.168.9.8/live")
        seat.page.ui.changes.changed.emit(frozenset({"camera"}))
        assert seat.form._strip.said.startswith("Somebody else has just changed this record.")
        assert seat.line("name").text() == "ของฉัน"


def test_on_a_low_page_an_open_record_has_the_height_of_its_head_too(room: Room) -> None:
    furnish(room)
    with seated(room) as seat:
        page = seat.page
        page.resize(820, 420)
        press(page.table, Qt.Key.Key_Return)
        assert (page.head.isHidden(), page.filter.isHidden()) == (True, True)
        press(page.table, Qt.Key.Key_F, ctrl=True)
        assert not page.filter.isHidden()
        assert page.filter.box.hasFocus()
        press(page.filter.box, Qt.Key.Key_Down)
        assert page.filter.isHidden()
        page.resize(820, 700)
        assert not page.head.isHidden()
        page.resize(820, 420)
        page.panel.try_close()
        assert (page.head.isHidden(), page.filter.isHidden()) == (False, False)


def test_the_panel_follows_the_selection_but_never_covers_what_is_typed(room: Room, qtbot: QtBot) -> None:
    furnish(room)
    with seated(room) as seat:
        seat.page.table.select_row(0)
        press(seat.page.table, Qt.Key.Key_Return)
        press(seat.page.table, Qt.Key.Key_Down)
        qtbot.waitUntil(lambda: seat.line("code").text() == "C002")
        seat.line("name").setText("ของฉัน")
        press(seat.page.table, Qt.Key.Key_Down)
        seat.page._follow()
        assert seat.line("code").text() == "C002"
        press(seat.page.table, Qt.Key.Key_Return)
        assert seat.form._strip.said == "What you typed is not saved yet."
        seat.form._strip._answer(2)
        assert seat.line("code").text() == "C003"


# New, saved, selected


def test_a_new_record_is_saved_by_keyboard_and_stands_selected(room: Room) -> None:
    furnish(room, 2)
    with seated(room) as seat:
        press(seat.page.table, Qt.Key.Key_N, ctrl=True)
        QTest.keyClicks(seat.line("code"), "B100")
        press(seat.line("code"), Qt.Key.Key_Return)
        QTest.keyClicks(seat.line("name"), "Corner")
        press(seat.line("name"), Qt.Key.Key_Return)
        QTest.keyClicks(seat.line("owner_type"), "schoo")
        press(seat.line("owner_type"), Qt.Key.Key_Return)
        press(seat.line("owner_type"), Qt.Key.Key_S, ctrl=True)
        assert seat.codes() == ["B100", "C001", "C002"]
        assert seat.page.table.currentIndex().row() == 0
        assert seat.page.strip.said == "Saved."
        assert seat.page.panel.row is not None
        assert seat.page.panel.row.code == "B100"
        seat.line("name").setText("Corner shop")
        press(seat.line("name"), Qt.Key.Key_S, ctrl=True)
        assert room.station.cameras.cameras()[0].name == "Corner shop"


def test_saving_works_from_the_table_too(room: Room) -> None:
    cameras = furnish(room, 1)
    with seated(room) as seat:
        seat.page.table.select_row(0)
        press(seat.page.table, Qt.Key.Key_Return)
        seat.line("name").setText("จากตาราง")
        seat.page.table.setFocus()
        press(seat.page.table, Qt.Key.Key_S, ctrl=True)
        assert room.station.cameras.camera(cameras[0]).name == "จากตาราง"


def test_a_record_asked_for_is_shown_whatever_the_filter_says(room: Room) -> None:
    cameras = furnish(room)
    with seated(room) as seat:
        seat.type("C001")
        seat.page.go_to(cameras[3])
        assert seat.page.filter.box.text() == ""
        assert seat.line("code").text() == "C004"
        assert seat.page.table.selected == cameras[3]
        seat.page.select("nobody")
        assert seat.page.strip.said.startswith("This record is not there any more.")


def test_without_the_right_there_is_no_button_and_no_key(room: Room) -> None:
    furnish(room, 1)
    with seated(room, may_add=False) as seat:
        assert "New camera" not in [each.text() for each in seat.page.findChildren(QPushButton)]
        press(seat.page.table, Qt.Key.Key_N, ctrl=True)
        assert not seat.page.panel.isVisible()


def test_a_save_that_names_no_record_does_not_leave_a_form_to_be_saved_twice(room: Room) -> None:
    class Silent:
        def run(self, command: object, session: object) -> None:
            room.station.dispatcher.run(command, session)  # type: ignore[arg-type]

    with seated(room) as seat:
        seat.page.open_new({"code": "S1", "name": "เงียบ", "owner_type": OwnerType.SHOP})
        station = SimpleNamespace(dispatcher=Silent(), drafts=room.station.drafts)
        seat.form._station = station  # type: ignore[assignment]
        seat.form.save()
        assert seat.codes() == ["S1"]
        assert not seat.page.panel.isVisible()


def test_with_real_threads_a_page_opens_filters_and_saves(room: Room, qtbot: QtBot) -> None:
    furnish(room, 3)
    tasks = ThreadTasks()
    try:
        with seated(room, ui=replace(ui_of(room), tasks=tasks)) as seat:
            qtbot.waitUntil(lambda: seat.codes() == ["C001", "C002", "C003"])
            QTest.keyClicks(seat.page.filter.box, "002")
            qtbot.waitUntil(lambda: seat.codes() == ["C002"])
            seat.page.table.select_row(0)
            press(seat.page.table, Qt.Key.Key_Return)
            qtbot.waitUntil(lambda: seat.line("owner_type").text() != "")
            seat.line("name").setText("จากเธรดจริง")
            press(seat.line("name"), Qt.Key.Key_S, ctrl=True)
            qtbot.waitUntil(lambda: seat.page.strip.said == "Saved.")
            qtbot.waitUntil(lambda: seat.form.row is not None and seat.form.row.name == "จากเธรดจริง")
            assert not seat.form.is_dirty()
    finally:
        tasks.close()


def test_a_name_that_looks_like_markup_is_shown_as_it_is(room: Room) -> None:
    room.run(RegisterCamera(code="H1", name="<b>x</b>", owner_type=OwnerType.SHOP), room.registrar)
    with seated(room) as seat:
        open_first(seat)
        title = next(each for each in seat.page.panel.findChildren(QLabel) if each.text() == "<b>x</b>")
        assert title.textFormat() is Qt.TextFormat.PlainText
        model = seat.page.table.records
        assert model.data(model.index(0, 1), Qt.ItemDataRole.ToolTipRole) == "<span>&lt;b&gt;x&lt;/b&gt;</span>"


# Acts


def test_an_act_warns_wants_its_reason_and_then_happens(room: Room) -> None:
    cameras = furnish(room, 2)
    with seated(room) as seat:
        seat.page.table.select_row(0)
        press(seat.page.table, Qt.Key.Key_Return)
        button = next(each for each in seat.page.panel.findChildren(QPushButton) if each.text() == "Archive")
        button.click()
        strip = seat.page.panel._strip
        assert strip.said == "กล้อง C001: the address is destroyed."
        focused = QApplication.focusWidget()
        assert focused is not None
        press(focused, Qt.Key.Key_Return)
        assert strip._missing.text() == "Give the reason."
        assert len(seat.codes()) == 2
        QTest.keyClicks(focused, "sold")
        press(focused, Qt.Key.Key_Return)
        assert seat.codes() == ["C002"]
        assert seat.page.strip.said == "กล้อง C001 is archived."
        assert not seat.page.panel.isVisible()
        assert room.station.cameras.camera(cameras[0]).archived


def test_escape_leaves_an_act_alone(room: Room) -> None:
    furnish(room, 1)
    with seated(room) as seat:
        seat.page.table.select_row(0)
        press(seat.page.table, Qt.Key.Key_Return)
        record = seat.page.table.selected_record()
        assert record is not None
        seat.page.panel.run_act(seat.page.spec.acts[0], record)
        focused = QApplication.focusWidget()
        assert focused is not None
        press(focused, Qt.Key.Key_Escape)
        assert not seat.page.panel._strip.isVisible()
        assert seat.page.panel.isVisible()
        assert seat.codes() == ["C001"]


def test_the_menu_key_lists_the_acts_of_the_selected_record(room: Room) -> None:
    furnish(room, 1)
    with seated(room) as seat:
        seat.page.table.select_row(0)
        press(seat.page.table, Qt.Key.Key_Menu)
        menu = seat.page.panel.findChild(QMenu)
        assert menu is not None
        assert [action.text() for action in menu.actions()] == ["Archive"]
        press(menu, Qt.Key.Key_Return)
        assert seat.page.panel.isVisible()
        assert seat.page.panel._strip.said == "กล้อง C001: the address is destroyed."


def test_an_act_on_a_record_that_somebody_changed_is_refused_and_read_again(room: Room) -> None:
    cameras = furnish(room, 1)
    with seated(room) as seat:
        seat.page.table.select_row(0)
        old = seat.page.table.selected_record()
        assert old is not None
        room.address(cameras[0], "rtsp://192.168.9.9/live")
        seat.page.panel._send(seat.page.spec.acts[0], old, "sold")
        assert seat.page.strip.said.startswith("Somebody else changed this record first.")
        assert not room.station.cameras.camera(cameras[0]).archived


def test_an_act_that_the_role_may_not_is_refused_in_words(room: Room) -> None:
    cameras = furnish(room, 1)
    with seated(room, ui=ui_of(room, room.officer)) as seat:
        record = room.station.cameras.camera(cameras[0])
        seat.page.panel._send(seat.page.spec.acts[0], record, "sold")
        assert seat.page.strip.said.startswith("Not permitted:")


# Tabs of a feature's own


class Told(RowPanel[CameraRow]):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[str | None] = []

    def show_row(self, row: CameraRow | None) -> None:
        self.rows.append(None if row is None else row.code)


def test_a_feature_puts_its_own_tab_tool_and_filter_into_the_page(room: Room) -> None:
    furnish(room, 2)
    with seated(room, form=None, history=False) as seat:
        told, pressed = Told(), []
        seat.page.add_panel("More", lambda: told)
        seat.page.add_tool("Verify", "check", lambda: pressed.append(True)).click()
        seat.page.add_filter(QLabel("span"))
        seat.page.table.select_row(1)
        press(seat.page.table, Qt.Key.Key_Return)
        assert told.rows == ["C002"]
        assert pressed == [True]
        told.changed.emit(None)
        press(seat.page.table, Qt.Key.Key_Escape)
        assert not seat.page.panel.isVisible()


# States


@pytest.mark.parametrize("count", [0, 2])
def test_what_is_read_behind_another_tab_takes_no_keyboard_from_it(room: Room, count: int) -> None:
    furnish(room, count)
    with seated(room) as seat:
        front = QStackedWidget()
        writing = QLineEdit()
        front.addWidget(seat.page)
        front.addWidget(writing)
        front.show()
        QTest.qWaitForWindowActive(front)
        try:
            front.setCurrentWidget(writing)
            writing.setFocus()
            seat.page.refresh()
            assert writing.hasFocus()
            front.setCurrentWidget(seat.page)
            focused = QApplication.focusWidget()
            assert focused is not None
            assert seat.page.isAncestorOf(focused)
        finally:
            front.removeWidget(seat.page)
            seat.page.setParent(None)
            front.close()
            front.deleteLater()


def test_an_empty_page_offers_the_first_step(room: Room) -> None:
    with seated(room) as seat:
        assert plain(seat.page.states.saying) == "No camera yet\nCameras of the station stand here."
        step = next(each for each in seat.page.states.findChildren(QPushButton) if each.isVisible())
        assert step.text() == "Register the first camera"
        step.click()
        assert seat.page.panel.isVisible()
        assert seat.line("code").hasFocus()


class Broken(Shelf[CameraRow]):
    problem: ConsoleError | None = Unavailable("store.unreachable")

    def find(self, query: Query, start: int, limit: int) -> Found[CameraRow]:
        if self.problem is not None:
            raise self.problem
        return super().find(query, start, limit)


def test_a_failed_reading_is_said_and_tried_again(room: Room) -> None:
    furnish(room, 2)
    source = Broken(room.station.cameras.cameras, COLUMNS, CHIPS)
    with seated(room, source=source) as seat:
        assert "The database does not answer." in seat.page.states.saying
        source.problem = None
        again = next(each for each in seat.page.states.findChildren(QPushButton) if each.isVisible())
        again.click()
        assert seat.page.states.saying == ""
        assert len(seat.codes()) == 2


def test_rows_that_were_read_stay_with_their_age_when_the_database_is_away(room: Room) -> None:
    furnish(room, 2)
    source = Broken(room.station.cameras.cameras, COLUMNS, CHIPS)
    source.problem = None
    with seated(room, source=source) as seat:
        room.clock.advance(600)
        source.problem = Unavailable("store.unreachable")
        press(seat.page.table, Qt.Key.Key_F5)
        assert seat.page.states.saying == ""
        assert len(seat.codes()) == 2
        said = [plain(each.text()) for each in seat.page.states.findChildren(QLabel) if each.isVisible()]
        assert any("These data are 10 min old." in text for text in said)
        source.problem = None
        assert seat.page._retry.isActive()
        seat.page._retry.timeout.emit()
        said = [each.text() for each in seat.page.states.findChildren(QLabel) if each.isVisible()]
        assert not any("old" in text for text in said)
        assert not seat.page._retry.isActive()


def test_f6_goes_from_the_list_to_the_form_and_back(room: Room) -> None:
    furnish(room, 1)
    with seated(room) as seat:
        open_first(seat)
        press(seat.line("code"), Qt.Key.Key_F6)
        assert seat.page.table.hasFocus()
        press(seat.page.table, Qt.Key.Key_F6)
        assert seat.line("code").hasFocus()


def test_a_slow_reading_says_so_after_a_moment(room: Room, qtbot: QtBot) -> None:
    furnish(room, 1)
    with seated(room) as seat:
        seat.tasks.hold = True
        seat.page.states.say_empty("x", "y")
        seat.page.refresh()
        assert seat.page.states.saying == "x\ny"
        qtbot.waitUntil(lambda: seat.page.states.saying == "Reading…", timeout=LOADING_MS * 20)
        seat.tasks.hold = False
        seat.tasks.let_go()
        assert seat.page.states.saying == ""


def test_the_other_states_say_what_is_and_who_can(qtbot: QtBot) -> None:
    clock = StillClock()
    stack = StateStack(Theme(), clock)
    qtbot.addWidget(stack)
    stack.show()
    since = clock.now()
    clock.pass_time(600)
    stack.say_offline(since)
    assert stack.saying.startswith("Offline\nNo connection to the database since 13:05.")
    content = QLabel("rows")
    stack.say_offline(since, content)
    assert stack.saying == ""
    assert content.isVisible()
    assert any("10 min old" in each.text() for each in stack.findChildren(QLabel) if each.isVisible())
    stack.show_content(content)
    assert not any("10 min old" in each.text() for each in stack.findChildren(QLabel) if each.isVisible())
    stack.say_not_allowed("Only auditors read this.", "Ask the superintendent.")
    assert stack.saying == "Not open to you\nOnly auditors read this.\nAsk the superintendent."
    assert not any(each.isVisible() for each in stack.findChildren(QPushButton))


def test_a_stopped_page_hears_nothing_any_more(room: Room) -> None:
    furnish(room, 1)
    with seated(room) as seat:
        seat.tasks.hold = True
        seat.page.refresh()
        seat.page.stop()
        seat.tasks.hold = False
        seat.tasks.let_go()
        furnish(room, 1)
        seat.page.ui.changes.changed.emit(frozenset({"camera"}))
        assert len(seat.codes()) == 1


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [(1270, 690), (1824, 1000)])
def test_nothing_is_cut_on_either_screen(room: Room, theme: str, size: tuple[int, int]) -> None:
    furnish(room, 3)
    with seated(room, ui=ui_of(room, theme=theme), size=size) as seat:
        open_first(seat)
        QApplication.processEvents()
        for button in seat.page.findChildren(QPushButton) + seat.page.findChildren(QToolButton):
            if button.isVisible() and button.text():
                assert button.width() >= button.minimumSizeHint().width() - 1, button.text()
        for label in seat.page.findChildren(QLabel):
            if label.isVisible() and label.text() and not label.wordWrap():
                assert label.width() >= label.minimumSizeHint().width() - 1, label.text()
                assert label.height() >= 21
