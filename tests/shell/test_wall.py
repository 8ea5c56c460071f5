"""The wall: what it asks of the gate, what it never asks for, and what its keys do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.i18n.errors import deny_reason
from console.kernel import AuthorityKind, ConsoleError, Denied, DenyReason, EndReason, Purpose, TileState, Unavailable
from console.views.wall_board import HIDDEN_S, PUBLIC_PURPOSE
from console.views.wall_keys import Act, Press
from console.views.wall_layouts import DEFAULT, LAYOUTS, Layout
from console.views.wall_model import PurposeChoice, Waiting
from tests.shell.conftest import Wall
from tests.shell.wall_fakes import INCIDENTS, FakeFeed, FakeStatus, camera, hours_denied

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
"""The offscreen platform says this at every window."""

MakeWall = Callable[..., Wall]
PRIVATE, PUBLIC = 0, 1
INCIDENT = PurposeChoice(Purpose.INCIDENT, INCIDENTS[0])
FOLLOW = PurposeChoice(Purpose.FOLLOW)


def asked(wall: Wall) -> list[str]:
    return [ask.camera_id for call in wall.desk.calls for ask in call]


def square(count: int) -> Layout:
    return next(layout for layout in LAYOUTS if layout.key == str(count))


def reason(feed: FakeFeed) -> EndReason | None:
    return feed.ended


def asking(wall: Wall) -> bool:
    return wall.page.tools.asking


def test_a_restored_wall_opens_public_cameras_in_one_call_and_asks_for_the_rest(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=9)
    public = [f"camera-{number}" for number in range(9) if not camera(number).private]
    assert asked(wall) == public
    assert len(wall.desk.calls) == 1
    assert {ask.choice for ask in wall.desk.calls[0]} == {PUBLIC_PURPOSE}
    assert wall.board.waiting_for_purpose() == [number for number in range(9) if camera(number).private]


def test_one_choice_opens_every_waiting_tile_in_one_call(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=9)
    waiting = wall.board.waiting_for_purpose()
    wall.board.choose(FOLLOW)
    assert len(wall.desk.calls) == 2
    assert [ask.camera_id for ask in wall.desk.calls[1]] == [f"camera-{number}" for number in waiting]
    assert {ask.choice for ask in wall.desk.calls[1]} == {FOLLOW}


def test_a_standing_purpose_is_not_kept_for_the_next_private_camera(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=1)
    wall.board.choose(FOLLOW)
    wall.board.place(1, "camera-3")
    assert wall.board.cells[1].waiting is Waiting.PURPOSE


def test_an_incident_is_kept_until_it_closes(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=1)
    wall.board.choose(INCIDENT)
    wall.board.place(1, "camera-3")
    assert wall.desk.calls[-1][0].choice == INCIDENT
    wall.desk.incidents.clear()
    wall.board.ui.changes.changed.emit(frozenset({"incident"}))
    assert wall.board.purpose is None
    wall.board.place(2, "camera-4")
    assert wall.board.cells[2].waiting is Waiting.PURPOSE


def test_urgent_needs_its_tile_and_is_never_armed(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=0)
    wall.page.act(Act.URGENT)
    wall.board.place(1, "camera-3")
    assert wall.board.cells[1].waiting is Waiting.PURPOSE
    wall.board.select(1)
    wall.page.act(Act.URGENT)
    assert wall.desk.calls[-1][0].choice.purpose is Purpose.URGENT


def test_changing_the_purpose_of_a_running_tile_ends_its_view(make_wall: MakeWall) -> None:
    wall = make_wall(layout=4, count=2)
    wall.board.select(PUBLIC)
    before = wall.desk.feed_of("camera-1")
    wall.board.clear(PRIVATE)
    wall.board.choose(PurposeChoice(Purpose.TRAFFIC))
    assert before.ended is EndReason.PURPOSE_CHANGED
    assert wall.desk.feed_of("camera-1").ask.choice.purpose is Purpose.TRAFFIC


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.key)
def test_relayout_resizes_and_never_reopens(make_wall: MakeWall, layout: Layout) -> None:
    wall = make_wall(layout=9, count=9)
    wall.board.choose(INCIDENT)
    opened = len(wall.desk.feeds)
    wall.board.set_layout(layout)
    shown = wall.desk.feed_of("camera-0")
    assert len(wall.desk.feeds) == opened
    assert shown.ended is None
    assert shown.sizes[-1] == wall.board.cells[0].size


def test_focus_goes_there_and_back_without_opening_anything(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=9)
    wall.board.choose(INCIDENT)
    calls = len(wall.desk.calls)
    wall.board.select(4)
    wall.page.press(Press(Act.FOCUS))
    assert list(wall.board.visible()) == [4]
    large = wall.desk.feed_of("camera-4").sizes[-1]
    wall.page.press(Press(Act.FOCUS))
    assert list(wall.board.visible()) == list(range(9))
    assert wall.desk.feed_of("camera-4").sizes[-1].width < large.width
    assert len(wall.desk.calls) == calls


def test_views_that_stay_hidden_end_after_a_minute_and_come_back_through_the_gate(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=9)
    wall.board.choose(INCIDENT)
    hidden = wall.desk.feed_of("camera-8")
    wall.board.set_layout(square(4))
    wall.board.sweep()
    assert reason(hidden) is None
    wall.clock.pass_time(HIDDEN_S)
    wall.board.sweep()
    assert reason(hidden) is EndReason.CLOSED
    wall.board.set_layout(square(9))
    assert wall.desk.feed_of("camera-8") is not hidden


def test_a_camera_stands_on_one_tile_only(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=3)
    wall.board.choose(INCIDENT)
    feed = wall.desk.feed_of("camera-0")
    wall.board.place(5, "camera-0")
    assert wall.board.cells[5].feed is feed
    assert wall.board.cells[0].camera is None
    assert feed.ended is None


def test_placing_over_a_camera_ends_its_view(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=3)
    wall.board.choose(INCIDENT)
    feed = wall.desk.feed_of("camera-0")
    wall.board.place(0, "camera-20")
    assert feed.ended is EndReason.REPLACED
    wall.board.clear(0)
    assert wall.desk.feed_of("camera-20").ended is EndReason.CLOSED
    wall.board.place(0, "no such camera")
    assert wall.board.cells[0].camera is None


def test_a_late_answer_for_a_tile_that_changed_is_ended_at_once(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=0)
    wall.board.choose(INCIDENT)
    wall.tasks.hold = True
    wall.board.place(0, "camera-0")
    wall.board.place(0, "camera-3")
    wall.tasks.hold = False
    wall.tasks.let_go()
    assert wall.desk.feed_of("camera-0").ended is EndReason.REPLACED
    assert wall.board.cells[0].feed is wall.desk.feed_of("camera-3")


def test_swapping_while_the_gate_opens_keeps_the_answer_with_its_tile(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=0)
    wall.board.choose(INCIDENT)
    wall.tasks.hold = True
    wall.board.place(0, "camera-0")
    wall.board.swap(0, 4)
    wall.tasks.hold = False
    wall.tasks.let_go()
    assert wall.board.cells[4].feed is wall.desk.feed_of("camera-0")


def test_visitors_darken_every_private_tile_at_once_and_come_back_through_the_gate(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=9)
    wall.board.choose(INCIDENT)
    calls = len(wall.desk.calls)
    wall.page.press(Press(Act.VISITORS))
    for number in range(9):
        feed = wall.desk.feed_of(f"camera-{number}")
        assert (feed.ended is EndReason.VISITORS) is camera(number).private
        assert (wall.board.cells[number].feed is None) is camera(number).private
    assert wall.desk.ends == [(EndReason.VISITORS, True)]
    wall.board.place(10, "camera-20")
    assert wall.board.cells[10].waiting is not Waiting.GATE
    wall.page.press(Press(Act.VISITORS))
    assert wall.desk.released == 1
    assert len(wall.desk.calls) == calls + 1
    assert all(wall.board.cells[number].feed is not None for number in range(9))


def test_a_private_answer_that_comes_after_f9_is_ended(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=0)
    wall.board.choose(INCIDENT)
    wall.tasks.hold = True
    wall.board.place(0, "camera-0")
    wall.board.toggle_visitors()
    wall.tasks.hold = False
    wall.tasks.let_go()
    assert wall.desk.feed_of("camera-0").ended is EndReason.VISITORS
    assert wall.board.cells[0].feed is None


def test_refused_tiles_are_asked_again_when_the_records_change(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=0)
    wall.desk.denials["camera-0"] = Denied(DenyReason.PAUSED_BY_OWNER)
    wall.board.choose(INCIDENT)
    wall.board.place(0, "camera-0")
    assert wall.board.cells[0].denied is not None
    wall.board.sweep()
    assert len(wall.desk.calls) == 1, "time does not lift a pause"
    wall.desk.denials.clear()
    wall.board.ui.changes.changed.emit(frozenset({"authority"}))
    assert wall.board.cells[0].feed is not None


def test_time_lifts_closed_hours(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=1)
    wall.board.choose(INCIDENT)
    wall.desk.feed_of("camera-0").status = FakeStatus(TileState.DENIED, deny=hours_denied())
    wall.board.sweep()
    assert len(wall.desk.feeds) == 2
    wall.board.retry(0)
    assert len(wall.desk.feeds) == 3


def test_a_view_that_was_replaced_is_asked_for_again_under_the_same_purpose(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=2)
    wall.board.choose(INCIDENT)
    first = wall.desk.feed_of("camera-0")
    calls = len(wall.desk.calls)
    first.status = FakeStatus(TileState.EMPTY, end=EndReason.REPLACED)
    wall.board.ui.changes.changed.emit(frozenset({"authority"}))
    assert len(wall.desk.calls) == calls + 1
    assert [(ask.camera_id, ask.choice) for ask in wall.desk.calls[-1]] == [("camera-0", INCIDENT)]
    assert wall.board.cells[0].feed is wall.desk.feed_of("camera-0") is not first
    wall.board.sweep()
    assert len(wall.desk.calls) == calls + 1, "once is enough"


def test_after_a_sleep_public_cameras_come_back_and_private_ones_wait_for_a_purpose(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=2)
    wall.board.choose(INCIDENT)
    private, public = wall.desk.feed_of("camera-0"), wall.desk.feed_of("camera-1")
    for feed in (private, public):
        feed.status = FakeStatus(TileState.EMPTY, end=EndReason.SLEPT)
    wall.board.sweep()
    assert wall.board.purpose is None
    assert wall.board.cells[0].waiting is Waiting.PURPOSE
    assert wall.board.cells[0].feed is None
    assert wall.board.cells[1].feed is wall.desk.feed_of("camera-1") is not public


def test_a_changed_camera_comes_back_without_any_change_being_heard(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=2)
    wall.desk.feed_of("camera-1").status = FakeStatus(TileState.EMPTY, end=EndReason.REPLACED)
    wall.board.sweep()
    assert len(wall.desk.feeds) == 2
    wall.desk.feed_of("camera-1").status = FakeStatus(TileState.EMPTY, end=EndReason.WITHDRAWN)
    wall.board.sweep()
    assert len(wall.desk.feeds) == 2, "what an owner ended stays ended"


def test_a_camera_that_became_private_waits_for_a_purpose(make_wall: MakeWall) -> None:
    """Its own pre-selected purpose was a public camera's; it must not open an owner's camera unasked."""
    wall = make_wall(layout=9, count=2)
    wall.desk.feed_of("camera-1").status = FakeStatus(TileState.EMPTY, end=EndReason.REPLACED)
    wall.desk.cameras[1] = replace(wall.desk.cameras[1], kind=AuthorityKind.OWNER)
    wall.board.ui.changes.changed.emit(frozenset({"authority"}))
    assert len(wall.desk.feeds) == 1
    assert wall.board.cells[1].waiting is Waiting.PURPOSE


def test_a_gate_that_fails_shows_no_picture_and_says_so(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=0)
    wall.desk.broken = Unavailable("store.disk_full", path="D:/")
    wall.board.choose(INCIDENT)
    wall.board.place(0, "camera-0")
    denied = wall.board.cells[0].denied
    assert denied is not None
    assert denied.reason is DenyReason.JOURNAL_UNAVAILABLE
    assert wall.page.notice.isVisible()


def test_the_arrangement_is_saved_and_a_broken_one_is_survived(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=2)
    assert wall.desk.writes == [], "restoring is no change"
    wall.board.set_layout(square(16))
    wall.board.swap(0, 3)
    assert wall.desk.writes[-1].layout == "16"
    assert wall.desk.writes[-1].cells[:4] == (None, "camera-1", None, "camera-0")
    odd = make_wall(layout=7, count=1)
    assert odd.board.layout is DEFAULT


def test_stopping_ends_every_view(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=9)
    wall.board.choose(INCIDENT)
    wall.page.stop(EndReason.LOGOUT)
    assert {feed.ended for feed in wall.desk.feeds} == {EndReason.LOGOUT}


def test_keys_of_the_page(make_wall: MakeWall, qtbot: QtBot) -> None:
    wall = make_wall(layout=9, count=9)
    canvas = wall.page.canvas
    for name, expected in ((Qt.Key.Key_Right, 1), (Qt.Key.Key_Down, 4), (Qt.Key.Key_Left, 3), (Qt.Key.Key_Up, 0)):
        QTest.keyClick(canvas, name)
        assert wall.board.selected == expected
    QTest.keyClick(canvas, Qt.Key.Key_Up)
    assert wall.board.selected == 0
    QTest.keyClick(canvas, Qt.Key.Key_4)
    assert wall.board.layout.key == "16"
    QTest.keyClick(canvas, Qt.Key.Key_P)
    assert asking(wall)
    QTest.keyClick(canvas, Qt.Key.Key_1)
    assert wall.board.purpose == INCIDENT
    assert wall.board.layout.key == "16"
    QTest.keyClick(canvas, Qt.Key.Key_P)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert not asking(wall)
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert wall.board.cells[0].camera is None
    with qtbot.waitSignal(wall.page.full_screen_wanted):
        QTest.keyClick(canvas, Qt.Key.Key_F11)
    QTest.keyClick(canvas, Qt.Key.Key_I)
    assert not wall.page.panel.isVisible()


def test_sheets_open_and_let_visitors_through(make_wall: MakeWall, qtbot: QtBot) -> None:
    wall = make_wall(layout=9, count=9)
    with qtbot.waitSignal(wall.page.help_wanted):
        QTest.keyClick(wall.page.canvas, Qt.Key.Key_F1)
    QTest.keyClick(wall.page.canvas, Qt.Key.Key_L)
    QTest.keyClick(wall.page.layouts, Qt.Key.Key_F9)
    assert wall.board.visitors
    QTest.keyClick(wall.page.layouts, Qt.Key.Key_Escape)
    assert not wall.page.layouts.isVisible()
    QTest.keyClick(wall.page.canvas, Qt.Key.Key_L)
    QTest.keyClick(wall.page.layouts, Qt.Key.Key_2)
    assert wall.board.layout.key == "4"
    assert not wall.page.layouts.isVisible()


@pytest.mark.usefixtures("_thai")
def test_find_filters_in_both_languages_and_enter_places(make_wall: MakeWall, qtbot: QtBot) -> None:
    wall = make_wall(layout=9, count=0)
    QTest.keyClick(wall.page.canvas, Qt.Key.Key_F)
    box, rows = wall.page.panel.list.box, wall.page.panel.list.view
    box.setText("sk-๐๐5")
    assert rows.model().rowCount() == 1
    QTest.keyClick(box, Qt.Key.Key_Return)
    placed = wall.board.cells[0].camera
    assert placed is not None
    assert placed.code == "SK-005"
    box.setText("ร้านค้า")
    assert rows.model().rowCount() > 1
    first = rows.currentIndex().row()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert rows.currentIndex().row() == first + 1
    box.setText("nothing like it")
    assert rows.model().rowCount() == 0
    QTest.keyClick(box, Qt.Key.Key_F9)
    assert wall.board.visitors, "visitors are hidden wherever the cursor is"
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert box.text() == ""


def test_a_filter_that_finds_nothing_stays_where_it_was(make_wall: MakeWall) -> None:
    found = make_wall(layout=9, count=1).page.panel.list
    found.resize(280, 600)
    layout = found.layout()
    assert layout is not None
    layout.activate()
    before = found.box.y()
    found.box.setText("ไม่มีกล้องนี้")
    layout.activate()
    assert found.view.isHidden()
    assert found.box.y() == before


def test_dragging_data_is_only_the_camera_id(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=0)
    model = wall.page.panel.list.view.model()
    data = model.mimeData([model.index(0, 0)])
    assert data.formats() == ["application/x-ccoc-camera"]


def test_the_wide_window_shows_layouts_the_narrow_one_a_button(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=9)
    assert wall.page.panel.isVisible()
    wall.page.resize(900, 500)
    assert not wall.page.panel.isVisible()
    wall.page.act(Act.FIND)
    assert wall.page.panel.list.isVisible()
    assert not wall.page.panel.card.isVisible()


def test_urgent_opens_the_selected_tile_alone(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=9)
    waiting = wall.board.waiting_for_purpose()
    assert len(waiting) > 1
    wall.board.select(waiting[-1])
    wall.page.act(Act.URGENT)
    assert [(ask.camera_id, ask.choice.purpose) for ask in wall.desk.calls[-1]] == [
        (f"camera-{waiting[-1]}", Purpose.URGENT)
    ]
    assert wall.board.waiting_for_purpose() == waiting[:-1]


def test_a_mistake_at_the_gate_leaves_a_tile_that_can_be_tried_again(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=0)
    wall.desk.broken = ConsoleError("unexpected")
    wall.board.place(PUBLIC, "camera-1")
    denied = wall.board.cells[PUBLIC].denied
    assert denied is not None
    assert "unexpected" in deny_reason(denied)
    wall.board.sweep()
    assert wall.board.cells[PUBLIC].denied is denied, "time alone asks no mistake again"
    wall.desk.broken = None
    wall.board.retry(PUBLIC)
    assert wall.board.cells[PUBLIC].feed is not None
