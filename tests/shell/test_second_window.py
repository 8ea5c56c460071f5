"""A second window has a wall of its own and follows the first in whatever concerns the seat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from console.i18n import plain
from console.kernel import EndReason, Purpose, Role
from console.services.window_place import FILE, PlaceKeeper, WindowPlace
from console.views import second_window
from console.views.incident_form import IncidentDrawer
from console.views.matters_panel import MattersPanel
from console.views.second_window import SecondWindow
from console.views.wall import WallPage
from console.views.wall_keys import Act
from console.views.wall_layouts import layout_of
from console.views.wall_model import PurposeChoice, Waiting
from tests.gate.room import Room
from tests.shell.seat_stage import SeatStage, locked, panel_of, play, playing, seat_stage, unlock, watched_by

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support")

CTRL = Qt.KeyboardModifier.ControlModifier
RISK = PurposeChoice(Purpose.RISK_SPOT)


@pytest.fixture
def stage(room: Room, qapp: QApplication, qtbot: QtBot) -> Iterator[SeatStage]:
    with seat_stage(room, qapp) as made:
        yield made


def second(stage: SeatStage) -> SecondWindow:
    window = stage.seat.second.window
    assert window is not None
    return window


def both(stage: SeatStage) -> tuple[str, str]:
    """The private and the public camera stand on both walls; returns their ids."""
    private, public = play(stage)
    QTest.keyClick(stage.wall.canvas, Qt.Key.Key_W)
    board = second(stage).wall.board
    board.place(0, private)
    board.choose(RISK)
    board.place(1, public)
    assert sorted(playing(stage)) == sorted([private, private, public, public]), "two tiles are two views"
    tick(stage)
    return private, public


def tick(stage: SeatStage) -> None:
    for wall in (stage.wall, stage.seat.second.wall):
        if isinstance(wall, WallPage):
            for _number in range(4):
                wall.canvas.tick()
            wall._tell_count()


def come_again(stage: SeatStage) -> None:
    """The officer logs out, as at the entrance, and in again."""
    stage.seat.log_out()
    stage.reception.receive(stage.behind)
    stage.room.sessions.clear()
    stage.sit()


def waits(stage: SeatStage) -> set[Waiting]:
    return {wall.board.cells[0].waiting for wall in (stage.wall, second(stage).wall)}


def ends(stage: SeatStage) -> set[str]:
    stage.room.feeds.keep()
    return {str(data["reason"]) for data in stage.room.data("view.ended")}


def said(stage: SeatStage) -> str:
    return plain(" | ".join(label.text() for label in stage.shell.status.findChildren(QLabel)))


def test_it_has_a_wall_of_its_own_and_both_are_counted(stage: SeatStage) -> None:
    both(stage)
    assert "Live 4/4" in said(stage)
    board = second(stage).wall.board
    board.set_layout(layout_of(2))
    session = stage.seat.session
    first_saved, second_saved = (stage.room.station.walls.of(session, screen) for screen in (0, 1))
    assert first_saved is not None
    assert second_saved is not None
    assert (first_saved.layout, second_saved.layout) == ("9", "4")
    window = second(stage)
    stage.wall.act(Act.SECOND)
    assert second(stage) is window, "there is one"
    window.close()
    assert stage.seat.second.window is None
    assert len(playing(stage)) == 2
    assert ends(stage) == {EndReason.CLOSED}
    assert "Live 2/2" in said(stage)


def test_visitors_find_both_walls_dark_by_one_press(stage: SeatStage) -> None:
    private, public = both(stage)
    for canvas in (second(stage).wall.canvas, stage.wall.canvas):
        QTest.keyClick(canvas, Qt.Key.Key_F9)
        assert playing(stage) == [public, public]
        assert waits(stage) == {Waiting.VISITORS}
        QTest.keyClick(canvas, Qt.Key.Key_F9)
        assert playing(stage).count(private) == 2
    stage.wall.board.toggle_visitors()
    second(stage).close()
    stage.wall.act(Act.SECOND)
    assert second(stage).wall.board.visitors, "it comes while visitors are here"


def test_a_lock_darkens_both_and_leaves_no_keys_in_either(stage: SeatStage) -> None:
    private, public = both(stage)
    QTest.keyClick(second(stage), Qt.Key.Key_F12)
    assert locked(stage)
    assert playing(stage) == [public, public]
    assert waits(stage) == {Waiting.LOCKED}
    assert not second(stage).wall.isEnabled()
    assert not second(stage).wall.tools.isVisible()
    stage.wall.second_wanted.emit()
    unlock(stage)
    assert playing(stage).count(private) == 2
    assert second(stage).wall.isEnabled()


def test_the_next_officer_takes_over_both_and_a_log_out_ends_both(stage: SeatStage, room: Room) -> None:
    _private, public = both(stage)
    former = stage.seat.session
    stage.room.engine.facts_at_once = None
    stage.seat._taken_over(room.log_in(Role.SHIFT_LEAD))
    assert not stage.seat._seating_down
    assert room.station.sessions.holds(former), "the former officer's public views still stand in on both walls"
    room.clock.advance(5)
    stage.wall.board.hand_over.look()
    assert room.station.sessions.holds(former)
    second(stage).wall.board.hand_over.look()
    assert not room.station.sessions.holds(former)
    assert playing(stage) == [public, public]
    assert len(watched_by(stage)) == 1
    assert second(stage).wall.board.cells[0].waiting is Waiting.PURPOSE
    stage.seat.log_out()
    assert stage.seat.second.window is None


@pytest.mark.parametrize("leave", ["second window", "log out"])
def test_a_wall_that_goes_during_the_hand_over_keeps_no_former_officer(
    stage: SeatStage, room: Room, leave: str
) -> None:
    """Whoever waits for the hand-over's end hears of it, though nobody sees it: else he stays logged in, unseen."""
    both(stage)
    former = stage.seat.session
    stage.room.engine.facts_at_once = None
    stage.seat._taken_over(room.log_in(Role.SHIFT_LEAD))
    if leave == "second window":
        room.clock.advance(5)
        stage.wall.board.hand_over.look()
        assert room.station.sessions.holds(former), "the second wall still waits"
        second(stage).close()
    else:
        stage.seat.log_out()
        stage.reception.receive(stage.behind)
    assert not room.station.sessions.holds(former)
    assert former.id not in {live.opened.session.id for live in room.feeds.views()}


def test_a_role_without_a_wall_has_no_second_one(stage: SeatStage, room: Room) -> None:
    both(stage)
    stage.seat._taken_over(room.log_in(Role.AUDITOR))
    assert stage.seat.second.window is None
    assert playing(stage) == []
    assert EndReason.HANDOVER in ends(stage)


def test_it_comes_back_with_the_next_seat_where_it_stood(stage: SeatStage) -> None:
    both(stage)
    second(stage).setGeometry(QRect(30, 40, 860, 500))
    come_again(stage)
    assert second(stage).geometry() == QRect(30, 40, 860, 500)
    assert second(stage).wall.board.cells[1].feed is not None, "asked of the gate anew"
    second(stage).showMaximized()
    second(stage).toggle_full_screen()
    come_again(stage)
    assert second(stage).isFullScreen()
    second(stage).toggle_full_screen()
    assert second(stage).isMaximized(), "as it was before the full screen"
    second(stage).close()
    come_again(stage)
    assert stage.seat.second.window is None, "somebody had closed it"


def test_who_logs_out_before_it_is_there_does_not_move_it(stage: SeatStage) -> None:
    both(stage)
    second(stage).setGeometry(QRect(30, 40, 860, 500))
    stage.seat.log_out()
    stage.reception.receive(stage.behind)
    stage.room.sessions.clear()
    stage.tasks.hold = True
    stage.sit()
    stage.tasks.let_go()
    stage.seat.log_out()
    stage.tasks.hold = False
    stage.tasks.let_go()
    kept = PlaceKeeper(stage.room.data_dir).read()
    assert kept is not None
    assert (kept.left, kept.top, kept.width, kept.height, kept.open) == (30, 40, 860, 500, True)


def test_it_closes_with_the_first(stage: SeatStage, room: Room) -> None:
    both(stage)
    QTest.keyClick(second(stage), Qt.Key.Key_F11)
    stage.shell.close()
    assert stage.seat.second.window is None
    assert ends(stage) == {EndReason.SHUTDOWN}
    kept = PlaceKeeper(room.data_dir).read()
    assert kept is not None
    assert (kept.full, kept.open) == (True, True)


def test_pages_open_in_the_first_and_full_screen_is_each_windows_own(
    stage: SeatStage, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    both(stage)
    window = second(stage)
    QTest.keyClick(window.wall.canvas, Qt.Key.Key_F11)
    assert window.isFullScreen()
    assert not window.wall.tools.isVisible()
    assert not stage.shell.isFullScreen()
    QTest.keyClick(window.wall.canvas, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    QTest.keyClick(window, Qt.Key.Key_F11)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    QTest.keyClick(window.wall.canvas, Qt.Key.Key_F2)
    assert isinstance(stage.shell.panel, IncidentDrawer)
    QTest.keyClick(window, Qt.Key.Key_2, CTRL)
    assert stage.shell.pages.current == "incidents"
    QTest.keyClick(window.wall.canvas, Qt.Key.Key_F1)
    assert stage.shell._help is not None
    # What these keys open stands in the first window: that comes to the front, or nothing seems to happen.
    raised: list[str] = []
    monkeypatch.setattr(stage.shell, "raise_", lambda: raised.append("first"))
    QTest.keyClick(window.wall.canvas, Qt.Key.Key_F7)
    assert isinstance(panel_of(stage), MattersPanel)
    assert raised == ["first"]
    window.wall.open_wanted.emit("cameras", None)
    assert stage.shell.pages.current == "cameras"
    QTest.keyClick(window, Qt.Key.Key_F5)
    window.wall.act(Act.SECOND)


def test_who_works_in_the_second_window_is_not_away(stage: SeatStage) -> None:
    both(stage)
    idle = stage.seat._idle
    stage.room.clock.advance(60)
    before = idle._touched
    touch = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Shift, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(second(stage).windowHandle(), touch)
    assert idle._touched > before


def test_language_and_look_reach_both(stage: SeatStage) -> None:
    both(stage)
    tools = second(stage).wall.tools
    stage.seat.dress("light")
    assert second(stage).wall.tools is not tools
    assert second(stage).wall.board.ui.theme.name == "light"
    assert len(playing(stage)) == 4
    assert second(stage).windowTitle() == stage.shell.windowTitle()


def test_it_is_left_out_of_captures_like_the_first(stage: SeatStage, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(second_window, "leave_out_of_captures", asked.append)
    both(stage)
    assert asked == [second(stage)]


def test_a_place_that_is_on_no_screen_any_more_is_left(stage: SeatStage) -> None:
    gone = WindowPlace(9000, 9000, 800, 600)
    beside = second_window._room(stage.shell, gone)
    assert beside.topLeft() != QPoint(9000, 9000)
    assert stage.shell.screen().availableGeometry().contains(beside)


@pytest.mark.parametrize("place", [WindowPlace(9000, 0, 1920, 1080), WindowPlace(780, 590, 1920, 1080)])
def test_it_does_not_cover_the_first_when_its_screen_is_gone(stage: SeatStage, place: WindowPlace) -> None:
    play(stage)
    PlaceKeeper(stage.room.data_dir).keep(replace(place, full=True, maximised=True))
    come_again(stage)
    assert not second(stage).isFullScreen()
    assert not second(stage).isMaximized()
    assert stage.shell.screen().availableGeometry().contains(second(stage).geometry().center())


def test_it_opens_on_the_other_screen_if_there_is_one(stage: SeatStage, monkeypatch: pytest.MonkeyPatch) -> None:
    class Other:
        @staticmethod
        def availableGeometry() -> QRect:
            return QRect(5000, 0, 1920, 1080)

    class Screens:
        @staticmethod
        def screens() -> list[object]:
            return [stage.shell.screen(), Other]

    monkeypatch.setattr(second_window, "QGuiApplication", Screens)
    assert Other.availableGeometry().contains(second_window._room(stage.shell, None))
    stood = WindowPlace(10, 10, 300, 300)
    assert second_window._room(stage.shell, stood) == QRect(10, 10, 300, 300), "where it stood goes first"


def test_a_file_that_cannot_be_read_is_no_place(room: Room) -> None:
    keeper = PlaceKeeper(room.data_dir)
    assert keeper.read() is None
    (room.data_dir / FILE).write_text('{"left": "x"}', "utf-8")
    assert keeper.read() is None
    keeper.keep(WindowPlace(1, 2, 3, 4, full=True))
    assert keeper.read() == WindowPlace(1, 2, 3, 4, full=True)
