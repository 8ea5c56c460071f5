"""A window with little room: nothing lies over something else, nothing that must be read is cut, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from console.i18n import install
from console.kernel import Purpose, Role, Unavailable
from console.views.flow import ButtonRow, FoldingLine
from console.views.health_words import trouble_texts
from console.views.incident_form import IncidentDrawer
from console.views.incidents import IncidentsPage
from console.views.page import Page
from console.views.printing import Preview
from console.views.record_page import RecordPage
from console.views.record_widths import Ruler, Wish, shared
from console.views.shell import LEAST_PANEL, LEAST_SIZE
from console.views.side_by_side import LEAST_LIST, SideBySide
from console.views.states import StateStack
from console.views.theme import font, line_height
from console.views.wall_model import PurposeChoice, WallIncident
from console.views.wall_tools import Chips
from tests.gate.room import Room
from tests.shell.conftest import Wall
from tests.shell.incident_stage import open_one
from tests.shell.seat_stage import SeatStage, seat_stage
from tests.shell.wall_fakes import INCIDENTS, context

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support")

SMALLEST = (910, 512)
"""1366×768 at 150 %."""
LISTS = ("cameras", "access_log", "people", "incidents")
MakeWall = Callable[..., Wall]


@pytest.fixture(params=["th", "en"])
def _language(request: pytest.FixtureRequest, _built_catalogues: None) -> Iterator[None]:
    install(str(request.param))
    yield
    install("en")


@pytest.fixture
def stage(room: Room, qapp: QApplication, qtbot: QtBot, _language: None) -> Iterator[SeatStage]:
    del qtbot
    with seat_stage(room, qapp) as made:
        made.shell.resize(*SMALLEST)
        for number in range(5):
            room.camera(place=f"ถนนตัวอย่างยาว ๆ สายที่ {number}")
        open_one(room, "เด็กพลัดหลงกับผู้ปกครองในตลาด")
        made.sit(Role.SUPERINTENDENT)
        yield made


def place(widget: QWidget) -> QRect:
    """Where a widget stands in its window."""
    return QRect(widget.mapTo(widget.window(), widget.rect().topLeft()), widget.size())


def settle() -> None:
    for _turn in range(3):
        QApplication.processEvents()


def assert_all_lines(label: QLabel) -> None:
    """All lines of a text have room, and no more than that is kept for them."""
    kept = label.minimumHeight()
    label.setMinimumHeight(0)
    needed = label.heightForWidth(label.width())
    label.setMinimumHeight(kept)
    assert needed <= label.height() <= needed + line_height()


def controls(top: QWidget) -> list[QWidget]:
    kinds: tuple[type[QWidget], ...] = (QPushButton, QToolButton, QLabel)
    found = [widget for kind in kinds for widget in top.findChildren(kind)]
    return [widget for widget in found if widget.isVisible() and not isinstance(widget.parent(), QLineEdit)]


def assert_whole(top: QWidget) -> None:
    """No button or line of text lies over another, outside the window, or narrower than its words."""
    shown, room = controls(top), top.window().rect()
    assert shown
    for widget in shown:
        assert room.contains(place(widget)), widget
        if not (isinstance(widget, QLabel) and widget.wordWrap()):
            assert widget.width() >= widget.sizeHint().width(), (widget, getattr(widget, "text", str)())
    for one, other in combinations(shown, 2):
        assert not place(one).intersects(place(other)), (one, other)


def open_list(stage: SeatStage, key: str) -> RecordPage[object]:  # type: ignore[type-var]  # any kind of row
    stage.shell.open_page(key)
    page = stage.shell.made(key)
    assert isinstance(page, Page)
    if isinstance(page, IncidentsPage):
        page.tabs.setCurrentIndex(1)
    settle()
    return next(made for made in [page, *page.findChildren(RecordPage)] if isinstance(made, RecordPage))


@pytest.mark.parametrize("key", LISTS)
def test_the_head_of_a_list_lies_over_nothing(stage: SeatStage, key: str) -> None:
    page = open_list(stage, key)
    for width in (SMALLEST[0], LEAST_SIZE[0], 1366, 1920):
        stage.shell.resize(width, SMALLEST[1])
        settle()
        assert_whole(page.head)
        assert_whole(page.filter)
        box = place(page.filter.box)
        assert not any(box.intersects(place(chip)) for chip in page.filter.chips.values())
        assert page.filter.folded is (page.filter.needed() > page.filter.width())
        assert stage.shell.width() == width


@pytest.mark.parametrize("key", LISTS)
def test_states_and_dates_of_a_narrow_table_are_whole(stage: SeatStage, key: str) -> None:
    page = open_list(stage, key)
    table, metrics = page.table, QFontMetrics(font())
    room = 0
    for number, column in enumerate(table.records.columns):
        if table.isColumnHidden(number):
            continue
        room += table.columnWidth(number)
        if column.mark is None and not column.whole:
            continue
        for row in range(table.records.total):
            cells = table.records.cells(row)
            assert cells is not None
            needed = metrics.horizontalAdvance(cells[number].text) + 20 + (22 if column.mark is not None else 0)
            assert table.columnWidth(number) >= min(needed, 300), cells[number].text
    assert room <= table.viewport().width()
    assert not table.horizontalScrollBar().isVisible()


def test_columns_give_way_in_order_and_share_what_is_left() -> None:
    wishes = [
        Wish(80, 80, 0),
        Wish(160, 260, 0, opened=True),
        Wish(120, 120, 2),
        Wish(100, 200, 7),
        Wish(60, 60, 8, grows=False),
    ]
    assert shared(wishes, 400) == [80, 200, 120, 0, 0]
    assert shared(wishes, 300)[2:] == [0, 0, 0]
    assert sum(shared(wishes, 620)) in range(616, 621)
    assert shared(wishes, 620)[1] > 160
    wide = shared(wishes, 1500)
    assert sum(wide) in range(1496, 1501)
    assert wide[4] == 60
    assert all(width >= wish.whole for width, wish in zip(wide, wishes, strict=True))


def test_a_ruler_forgets_texts_but_never_a_width(
    monkeypatch: pytest.MonkeyPatch, room: Room, qapp: QApplication
) -> None:
    from tests.shell.record_stage import COLUMNS

    del room, qapp
    monkeypatch.setattr("console.views.record_widths.MOST_KNOWN", 1)
    ruler = Ruler(COLUMNS)
    assert ruler.take([["C001", "a long name of a camera that wants room", "p", "o", "s", "1"]])
    wished = ruler.wishes()
    assert not ruler.take([["C1", "short", "p", "o", "s", "1"]])
    assert ruler.wishes() == wished


@pytest.mark.parametrize("width", [360, 440])
def test_acts_that_find_no_room_stand_behind_more(qtbot: QtBot, qapp: QApplication, width: int) -> None:
    context().theme.apply(qapp)
    more = QPushButton("More")
    row = ButtonRow(more)
    qtbot.addWidget(row)
    row.resize(width, 80)
    row.show()
    few = [QPushButton(f"Act number {number}", row) for number in range(3)]
    row.fill(few)
    settle()
    assert all(button.isVisible() for button in few)
    assert not more.isVisible()
    many = [QPushButton(f"A longer act number {number}", row) for number in range(8)]
    row.fill(many)
    settle()
    assert not any(button.isVisible() for button in few)
    shown = [button for button in many if button.isVisible()]
    assert 2 <= len(shown) < 8
    assert shown == many[: len(shown)]
    assert more.isVisible()
    assert_whole(row)
    assert len({button.y() for button in [*shown, more]}) <= 2


def test_every_act_of_a_record_is_in_reach_beside_a_narrow_list(stage: SeatStage) -> None:
    page = open_list(stage, "cameras")
    page.table.select_row(0)
    record = page.table.selected_record()
    page.open_row(record)
    settle()
    assert page.panel.width() >= 360
    assert page.states.isVisible()
    assert page.states.width() >= LEAST_LIST
    assert_whole(page.panel._acts)


def test_a_question_above_a_form_has_all_its_lines(stage: SeatStage) -> None:
    page = open_list(stage, "cameras")
    page.table.select_row(0)
    page.open_row(page.table.selected_record())
    settle()
    strip, record = page.panel._strip, page.panel.row
    act = next(act for act in page.spec.acts if act.key == "archive")
    page.panel.run_act(act, record)
    settle()
    assert strip.asks
    assert_all_lines(strip._text)
    assert_whole(strip)
    strip.leave()
    settle()
    form = page.panel.form
    assert form is not None
    assert place(page.panel).contains(place(form._foot))
    assert_whole(form._foot)
    assert stage.shell.height() == SMALLEST[1]


# The wall beside an open drawer


def chip_of(chips: Chips, choice: PurposeChoice) -> QToolButton:
    return next(
        button
        for button in chips.findChildren(QToolButton)
        if button.property("choice") == choice and not button.isHidden()
    )


@pytest.mark.usefixtures("_language")
@pytest.mark.parametrize("width", [340, 406, 786, 1270])
def test_the_purpose_in_force_and_urgent_are_always_in_sight(make_wall: MakeWall, width: int) -> None:
    wall = make_wall(layout=9, count=9)
    wall.page.resize(width, 460)
    settle()
    tools = wall.page.tools
    assert wall.board.waiting_for_purpose()
    assert_whole(tools)
    choices = [PurposeChoice(Purpose.INCIDENT, INCIDENTS[1]), PurposeChoice(Purpose.DEMONSTRATION)]
    older = PurposeChoice(Purpose.INCIDENT, WallIncident("incident-9", "2569-0007", "ไฟไหม้"))
    for choice in (*choices, older, PurposeChoice(Purpose.URGENT)):
        wall.board.choose(choice)
        settle()
        chip, urgent = chip_of(tools.chips, choice), chip_of(tools.chips, PurposeChoice(Purpose.URGENT))
        assert chip.isVisible()
        assert chip.isChecked()
        assert urgent.isVisible()
        assert_whole(tools)
        assert tools.chips.rect().contains(chip.geometry())
        assert tools.chips.rect().contains(urgent.geometry())
    assert wall.page.width() == width


def test_what_has_no_chip_stands_in_the_menu(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=9)
    wall.page.resize(406, 460)
    settle()
    chips = wall.page.tools.chips
    listed = [action.property("choice") for action in chips._menu.actions()]
    shown = [button.property("choice") for button in chips._buttons.values() if button.isVisible()]
    assert {*listed, *shown} == set(chips._offered.values())


def test_a_drawer_leaves_more_than_half_of_a_narrow_window_to_the_wall(stage: SeatStage) -> None:
    stage.shell.open_page("wall")
    stage.shell.incident_wanted.emit(None)
    settle()
    drawer = stage.shell.panel
    assert isinstance(drawer, IncidentDrawer)
    assert drawer.width() == max(LEAST_PANEL, int(SMALLEST[0] * 0.4))
    assert stage.shell.size().toTuple() == SMALLEST
    stage.shell.resize(1366, 768)
    settle()
    assert drawer.width() == 440


# List and panel


def test_the_panel_narrows_first_and_then_covers_the_list(qtbot: QtBot) -> None:
    content, panel = QWidget(), QWidget()
    sides = SideBySide(content, 440)
    qtbot.addWidget(sides)
    sides.put_panel(panel)
    sides.resize(1200, 400)
    sides.show()
    sides.open_panel()
    settle()
    assert panel.width() == 440
    sides.close_panel()
    sides.resize(770, 400)
    sides.open_panel()
    settle()
    assert LEAST_PANEL <= panel.width() < 440
    assert content.width() >= LEAST_LIST
    assert content.isVisible()
    sides.resize(600, 400)
    settle()
    assert (content.isVisible(), panel.width()) == (False, 600)
    sides.close_panel()
    assert content.isVisible()
    sides.open_panel()
    assert sides.covered
    sides.resize(900, 400)
    settle()
    assert (content.isVisible(), panel.width()) == (True, 440)


def test_a_file_beside_the_board_has_all_its_words(stage: SeatStage) -> None:
    stage.shell.open_page("incidents")
    page = stage.shell.made("incidents")
    assert isinstance(page, IncidentsPage)
    line = page.board.cards.lines[0]
    page.open_incident(line.id)
    settle()
    assert_whole(page.panel.head)
    assert page.board.width() >= LEAST_LIST


# States


@pytest.mark.usefixtures("_language")
@pytest.mark.parametrize("width", [340, 600, 1504])
def test_the_words_of_an_empty_page_have_the_height_that_they_need(
    qtbot: QtBot, qapp: QApplication, width: int
) -> None:
    ui = context()
    ui.theme.apply(qapp)
    states = StateStack(ui.theme, ui.clock)
    qtbot.addWidget(states)
    states.resize(width, 300)
    states.show()
    words = "เหตุที่ห้องรับแจ้งจะแสดงที่นี่ จนกว่าจะปิดเหตุ " * 4
    states.say_empty("Nothing has happened yet", words, "The first step")
    settle()
    shown = states._said
    assert_all_lines(shown._text)
    assert_whole(shown)
    states.resize(320, 300)
    settle()
    assert_all_lines(shown._text)


# What lies over the page


def test_the_table_of_keys_has_as_many_columns_as_there_is_room_for(stage: SeatStage) -> None:
    for width in (*SMALLEST[:1], LEAST_SIZE[0], 1366):
        stage.shell.resize(width, SMALLEST[1])
        settle()
        stage.shell.open_help()
        settle()
        sheet = stage.shell._help
        assert sheet is not None
        body = sheet._area.widget()
        assert body is not None
        assert body.width() <= sheet._area.viewport().width()
        assert stage.shell.rect().contains(place(sheet))
        assert stage.shell._banner is None or place(sheet).top() > place(stage.shell._banner).bottom()


def test_the_status_line_cuts_no_word_but_the_stations_name(stage: SeatStage) -> None:
    line = stage.shell.status
    line.show_troubles(trouble_texts([("C001", "หน้าร้านทองถนนนครใน"), ("C002", "แยกวชิรา")], named=True))
    line.show_cameras(7, 9)
    settle()
    for part in line.findChildren(QLabel) + line.findChildren(QToolButton):
        if part.isVisible():
            assert part.width() >= part.sizeHint().width(), part.text()
    assert not line.troubles.text().endswith("…")


def test_the_head_of_a_paper_lies_over_nothing(stage: SeatStage) -> None:
    page = open_list(stage, "access_log")
    # Without the check of the whole log that comes before it.
    page.output.print_paper(page._query, page.table.records.total)
    settle()
    previews = page.findChildren(Preview)
    assert len(previews) == 1
    head = previews[0].findChild(FoldingLine, "paperHead")
    assert isinstance(head, FoldingLine)
    for width in (SMALLEST[0], LEAST_SIZE[0], 1366):
        stage.shell.resize(width, SMALLEST[1])
        settle()
        assert_whole(head)
    previews[0].close_preview()


def test_a_notice_stays_whole_when_the_wall_gets_narrower(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=9)
    wall.board.failed.emit(Unavailable("store.disk_full", path="D:/ccoc"))
    for width, height in ((1366, 700), (600, 460), (406, 400)):
        wall.page.resize(width, height)
        settle()
        notice = wall.page.notice
        assert wall.page.canvas.rect().contains(notice.geometry())
        assert_all_lines(notice._text)


def test_the_window_goes_on_the_smallest_screen(stage: SeatStage) -> None:
    least = stage.shell.minimumSize()
    assert least.width() <= SMALLEST[0]
    assert least.height() <= SMALLEST[1] - 40
