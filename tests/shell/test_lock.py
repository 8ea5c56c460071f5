"""Lock over a playing wall: what stays visible, what is dark, what comes back; and the console that nobody touches."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from console.kernel import ConsoleError, Denied, DenyReason, Purpose, Role, Unavailable
from console.services.incidents import OpenIncident
from console.services.preferences import ChangePreferences
from console.views.help import HelpSheet
from console.views.idle import IdleWatch
from console.views.incident_form import IncidentDrawer
from console.views.wall_model import PurposeChoice, Waiting
from console.views.window_keys import WindowAct
from tests.gate.room import Room
from tests.shell.conftest import Wall
from tests.shell.seat_stage import (
    SeatStage,
    lock_panel,
    locked,
    panel_of,
    play,
    playing,
    seat_stage,
    unlock,
)
from tests.shell.wall_fakes import hours_denied

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support")


@pytest.fixture
def stage(room: Room, qapp: QApplication, qtbot: QtBot) -> Iterator[SeatStage]:
    with seat_stage(room, qapp) as made:
        yield made


@pytest.mark.parametrize(("key", "held"), [(Qt.Key.Key_F12, NONE), (Qt.Key.Key_L, CTRL)])
def test_a_key_locks_and_the_password_unlocks(stage: SeatStage, key: Qt.Key, held: Qt.KeyboardModifier) -> None:
    private, public = play(stage)
    QTest.keyClick(stage.wall.canvas, key, held)
    assert locked(stage)
    assert playing(stage) == [public]
    assert stage.wall.isVisible()
    assert not stage.wall.tools.isVisible()
    assert not stage.wall.panel.isVisible()
    assert not stage.shell.rail.isEnabled()
    assert not stage.shell.status.officer.isEnabled()
    assert [cell.waiting for cell in stage.wall.board.cells[:2]] == [Waiting.LOCKED, Waiting.NOTHING]
    assert "Locked" in stage.wall.canvas.words_of(0).badge
    assert QApplication.focusWidget() is lock_panel(stage).own.password.line
    unlock(stage)
    assert not locked(stage)
    assert panel_of(stage) is None
    assert sorted(playing(stage)) == sorted([private, public])
    assert stage.wall.tools.isVisible()
    assert [row.event_class for row in stage.room.rows("login.locked", "login.unlocked")] == [
        "login.locked",
        "login.unlocked",
    ]


def test_a_wrong_password_leaves_it_locked_and_counts(stage: SeatStage) -> None:
    private, _public = play(stage)
    stage.seat.lock()
    for _number in range(4):
        unlock(stage, "wrong")
        assert lock_panel(stage).form.said == "User name or password is not correct."
    unlock(stage, "wrong")
    assert "locked until" in lock_panel(stage).form.said
    unlock(stage)
    assert locked(stage)
    assert private not in playing(stage)


def test_keys_do_nothing_while_locked(stage: SeatStage) -> None:
    play(stage)
    stage.seat.lock()
    panel = lock_panel(stage)
    for key in (Qt.Key.Key_F1, Qt.Key.Key_F2, Qt.Key.Key_F9, Qt.Key.Key_F12, Qt.Key.Key_Escape):
        QTest.keyClick(panel, key)
    for digit in (Qt.Key.Key_1, Qt.Key.Key_3):
        QTest.keyClick(panel, digit, CTRL)
    QTest.keyClick(stage.wall.canvas, Qt.Key.Key_Delete)
    QTest.keyClick(stage.wall.canvas, Qt.Key.Key_1)
    stage.shell.act(WindowAct.LOG_OUT)
    assert locked(stage)
    assert panel_of(stage) is panel
    assert not stage.shell.findChildren(HelpSheet)
    assert not stage.wall.board.visitors
    assert stage.wall.board.cells[1].camera is not None
    assert stage.wall.board.layout.key == "9"
    QTest.keyClick(panel, Qt.Key.Key_F11)
    assert stage.shell.isFullScreen()
    assert panel.isVisible()
    assert not stage.wall.tools.isVisible()
    QTest.keyClick(panel, Qt.Key.Key_F11)


def test_visitors_stay_hidden_through_a_lock(stage: SeatStage) -> None:
    private, _public = play(stage)
    stage.wall.board.toggle_visitors()
    stage.seat.lock()
    unlock(stage)
    assert private not in playing(stage)
    assert stage.wall.board.cells[0].waiting is Waiting.VISITORS
    stage.wall.board.toggle_visitors()
    assert private in playing(stage)


def test_a_camera_that_was_being_opened_is_dark_when_the_lock_comes_first(stage: SeatStage) -> None:
    private, _public = play(stage)
    board = stage.wall.board
    board.clear(0)
    stage.tasks.hold = True
    board.place(0, private)
    board.choose(PurposeChoice(Purpose.RISK_SPOT))
    stage.seat.lock()
    stage.tasks.let_go()
    assert private not in playing(stage)
    stage.tasks.hold = False
    unlock(stage)
    assert private in playing(stage)


def test_nothing_private_is_asked_for_while_locked(make_wall: Callable[..., Wall]) -> None:
    """A refusal that time may lift is not tried again before somebody is back."""
    wall = make_wall(layout=4, count=4)
    private = [cell.camera for cell in wall.board.cells[:4] if cell.camera is not None and cell.private]
    wall.desk.denials = {camera.id: hours_denied() for camera in private}
    wall.board.choose(PurposeChoice(Purpose.RISK_SPOT))
    asked = len(wall.desk.calls)
    wall.page.show_locked(locked=True)
    wall.board.sweep()
    assert len(wall.desk.calls) == asked
    wall.desk.denials = {}
    wall.page.show_locked(locked=False)
    assert {ask.camera_id for ask in wall.desk.calls[-1]} == {camera.id for camera in private}


def test_a_form_left_open_is_there_again_with_all_that_was_typed(stage: SeatStage) -> None:
    play(stage)
    QTest.keyClick(stage.wall.canvas, Qt.Key.Key_F2)
    drawer = panel_of(stage)
    assert isinstance(drawer, IncidentDrawer)
    assert drawer.form is not None
    line = next(line for line in drawer.form.findChildren(QLineEdit) if line.isVisible())
    line.setText("something typed")
    line.setFocus()
    stage.seat.lock()
    assert not drawer.isVisible()
    unlock(stage)
    assert panel_of(stage) is drawer
    assert drawer.isVisible()
    assert line.text() == "something typed"
    assert QApplication.focusWidget() is line


def test_saving_while_locked_is_refused_in_a_sentence(stage: SeatStage) -> None:
    play(stage)
    session = stage.seat.session
    stage.seat.lock()
    with pytest.raises(Denied) as refused:
        stage.room.run(OpenIncident(title="x"), session)
    assert refused.value.reason is DenyReason.LOCKED


def test_a_page_that_is_not_the_wall_is_not_seen_while_locked(stage: SeatStage) -> None:
    play(stage)
    stage.shell.open_page("settings")
    settings = stage.shell.page
    stage.seat.lock()
    assert settings is not None
    assert not settings.isVisible()
    assert stage.wall.isVisible()
    unlock(stage)
    assert settings.isVisible()


def test_without_a_wall_nothing_is_seen_while_locked(stage: SeatStage) -> None:
    stage.sit(Role.IT)
    page = stage.shell.page
    assert page is not None
    stage.seat.lock()
    assert not page.isVisible()
    unlock(stage)
    assert page.isVisible()


def test_a_journal_that_takes_no_entry_hinders_no_lock(stage: SeatStage, monkeypatch: pytest.MonkeyPatch) -> None:
    private, _public = play(stage)
    problems: list[ConsoleError] = []
    stage.seat.problem.connect(problems.append)

    def full(*_words: object, **_more: object) -> None:
        raise Unavailable("store.disk_full", path="x")

    monkeypatch.setattr(stage.room.station.people, "note_lock", full)
    stage.seat.lock()
    assert locked(stage)
    assert private not in playing(stage)
    assert [problem.key for problem in problems] == ["store.disk_full"]


def test_menus_and_dialogs_do_not_outlive_the_lock(stage: SeatStage) -> None:
    play(stage)
    menu = QMenu(stage.shell)
    menu.addAction("x")
    menu.popup(stage.shell.mapToGlobal(stage.shell.rect().center()))
    assert QApplication.activePopupWidget() is menu
    stage.seat.lock()
    assert QApplication.activePopupWidget() is None


def test_settings_that_were_stored_as_the_lock_came_do_not_lift_it(stage: SeatStage) -> None:
    stage.sit(Role.SUPERINTENDENT)
    stage.room.run(ChangePreferences(values={"ui.theme": "light"}), stage.seat.session)
    stored = stage.room.station.preferences.settings
    stage.seat.lock()
    stage.seat.take_settings(stored)
    assert locked(stage)
    assert stage.seat.ui.theme.name == "dark"
    unlock(stage)
    assert not locked(stage)
    assert stage.seat.ui.theme.name == "light"
    stage.seat.lock()
    stage.seat.take_settings(stored.model_copy(update={"ui": stored.ui.model_copy(update={"theme": "dark"})}))
    stage.sit(Role.DUTY_OFFICER)
    assert stage.seat.ui.theme.name == "dark", "the next officer's window is made in it"


def test_no_page_and_no_panel_comes_in_front_of_a_lock(stage: SeatStage) -> None:
    stage.sit(Role.SUPERINTENDENT)
    stage.seat.lock()
    stage.shell.go_to("people", "nobody")
    stage.shell.incident_wanted.emit(None)
    assert stage.shell.made("people") is None
    assert stage.wall.isVisible()
    drawers = stage.shell.findChildren(IncidentDrawer)
    assert [drawer.isVisible() for drawer in drawers] == [False]
    unlock(stage)
    assert [drawer.isVisible() for drawer in drawers] == [True]


# Nobody there


def test_an_idle_console_locks_itself(stage: SeatStage) -> None:
    private, _public = play(stage)
    clock, idle = stage.room.clock, stage.seat._idle
    clock.advance(9 * 60 + 59)
    idle.look()
    assert not locked(stage)
    window = stage.shell.windowHandle()
    where = QPointF(5, 5)
    moved = QMouseEvent(QEvent.Type.MouseMove, where, where, Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, NONE)
    QApplication.sendEvent(window, moved)
    clock.advance(9 * 60)
    idle.look()
    assert not locked(stage), "somebody moved the mouse"
    clock.advance(60)
    idle.look()
    assert locked(stage)
    assert private not in playing(stage)
    assert stage.room.data("login.locked") == [{"why": "idle"}]


def test_no_idle_lock_where_it_is_switched_off(qtbot: QtBot, qapp: QApplication, room: Room) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    told: list[bool] = []
    watch = IdleWatch(room.clock, widget)
    watch.over.connect(lambda: told.append(True))
    watch.start(widget, 0.0)
    room.clock.advance(1e6)
    watch.look()
    assert not told
    watch.start(widget, 60.0)
    room.clock.advance(61)
    watch.look()
    watch.look()
    assert told == [True], "told once, then it counts anew"
    watch.stop()
