"""What concerns the seat beside log-in and lock: password, language, look, the pages of a role, keys, help."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from console.i18n import language, plain
from console.kernel import ConsoleError, Purpose, Role, Secret, Unavailable
from console.services.people import ResetPassword
from console.views.help import HelpSheet, sections
from console.views.incident_form import IncidentDrawer
from console.views.incidents import IncidentsPage
from console.views.officer_panel import PasswordPanel
from console.views.pages import Place, all_pages
from console.views.tabs import TabPage
from console.views.wall_model import PurposeChoice
from console.views.window_keys import WindowAct, WindowPress, read_window_key, tab_step
from tests.gate.room import PASSWORD, Room
from tests.shell.seat_stage import (
    SeatStage,
    locked,
    panel_of,
    play,
    playing,
    seat_stage,
    unlock,
)

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
OWN = "my-own-words-2569-x"

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support")


@pytest.fixture
def stage(room: Room, qapp: QApplication, qtbot: QtBot) -> Iterator[SeatStage]:
    with seat_stage(room, qapp) as made:
        yield made


# Password


def test_the_officer_changes_his_password(stage: SeatStage) -> None:
    play(stage)
    stage.shell.act(WindowAct.PASSWORD)
    panel = panel_of(stage)
    assert isinstance(panel, PasswordPanel)
    assert panel.form.asks_new
    for field, text in ((panel.form.password, "wrong"), (panel.form.new, OWN), (panel.form.again, OWN)):
        field.line.setText(text)
    panel.form.verb.click()
    assert panel.form.said == "This is not your present password."
    panel.form.password.line.setText(PASSWORD.reveal())
    panel.form.verb.click()
    assert panel._done.said == "The password was changed."
    assert panel.form.password.is_empty()
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert panel_of(stage) is None
    stage.seat.lock()
    unlock(stage)
    assert locked(stage), "the old one opens nothing any more"
    unlock(stage, OWN)
    assert not locked(stage)


def test_a_password_that_was_reset_meanwhile_does_not_unlock(stage: SeatStage) -> None:
    play(stage)
    room = stage.room
    row = room.station.people.by_login("duty_officer")
    assert row is not None
    room.run(ResetPassword(person_id=row.id, version=row.version, password=Secret("for-the-first-day")), room.chief)
    stage.seat.lock()
    unlock(stage)
    assert locked(stage)


# Language and look


def test_another_look_leaves_every_view_running(stage: SeatStage) -> None:
    private, public = play(stage)
    views = {live.view_id for live in stage.room.feeds.views()}
    stage.shell.open_page("settings")
    stage.seat.dress("light")
    assert {live.view_id for live in stage.room.feeds.views()} == views
    assert stage.seat.ui.theme.name == "light"
    assert stage.wall.board.ui.theme.name == "light"
    assert stage.shell.page is stage.shell.made("settings")
    assert sorted(playing(stage)) == sorted([private, public])
    assert stage.room.station.preferences.settings.ui.theme == "light"
    assert stage.wall.board.cells[0].choice == PurposeChoice(Purpose.RISK_SPOT)


@pytest.mark.usefixtures("_thai")
def test_another_language_retells_the_whole_window(stage: SeatStage) -> None:
    play(stage)
    rail = stage.shell.rail
    assert "กระดานกล้อง" in plain(rail.names()["wall"])
    stage.seat.speak("en")
    assert language() == "en"
    assert stage.shell.rail.names()["wall"] == "Camera wall"
    assert "Visitors F9" in stage.wall.tools._visitors.text()
    assert stage.wall.canvas.words_of(1).badge == "LIVE"
    assert "Sample station" in stage.shell.windowTitle()
    stage.seat.dress("light")
    assert language() == "en", "the language that was chosen stays chosen"


def test_a_choice_that_cannot_be_kept_counts_all_the_same(stage: SeatStage, monkeypatch: pytest.MonkeyPatch) -> None:
    play(stage)
    problems: list[ConsoleError] = []
    stage.seat.problem.connect(problems.append)

    def refuse(*_words: object) -> None:
        raise Unavailable("preferences.not_written", path="x")

    monkeypatch.setattr(stage.room.station.dispatcher, "run", refuse)
    stage.seat.dress("light")
    assert stage.seat.ui.theme.name == "light"
    assert [problem.key for problem in problems] == ["preferences.not_written"]


def test_the_settings_page_changes_look_and_lock_at_once(stage: SeatStage) -> None:
    play(stage)
    settings = stage.room.station.preferences.settings
    ui = settings.ui.model_copy(update={"theme": "light", "language": "en", "idle_lock_min": 0})
    stage.seat.take_settings(settings.model_copy(update={"ui": ui}))
    assert stage.seat.ui.theme.name == "light"


# Pages and keys


def listed(stage: SeatStage) -> list[str]:
    return list(stage.shell.rail.names())


def test_the_rail_has_what_the_role_may_open(stage: SeatStage) -> None:
    stage.sit(Role.IT)
    assert "wall" not in listed(stage)
    assert listed(stage)[-2:] == ["people", "settings"]
    stage.sit(Role.DUTY_OFFICER)
    assert listed(stage)[:2] == ["wall", "incidents"]
    assert "people" not in listed(stage)
    stage.sit(Role.AUDITOR)
    assert "wall" not in listed(stage)
    assert "settings" in listed(stage)


def test_every_page_of_every_role_opens(stage: SeatStage) -> None:
    for role in Role:
        stage.sit(role)
        for number, key in enumerate(listed(stage), start=1):
            QTest.keyClick(stage.shell, Qt.Key(Qt.Key.Key_0 + number), CTRL)
            assert stage.shell.pages.current == key
            assert stage.shell.page is not None
            assert stage.shell.page.isVisible()
        QTest.keyClick(stage.shell, Qt.Key.Key_9, CTRL)
        assert stage.shell.pages.current == key


class Windows(QObject):
    """What came up as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(type(watched).__name__)
        return False


def test_no_part_of_a_page_is_a_window_of_its_own_for_a_moment(stage: SeatStage, qapp: QApplication) -> None:
    """It would flash up somewhere on the screen and take the keyboard from what is in front."""
    windows = Windows()
    qapp.installEventFilter(windows)
    try:
        stage.sit(Role.SUPERINTENDENT)
        for key in listed(stage):
            stage.shell.open_page(key)
            bars = stage.shell.page.findChildren(QTabBar) if stage.shell.page else []
            for bar in bars:
                for number in range(bar.count()):
                    bar.setCurrentIndex(number)
    finally:
        qapp.removeEventFilter(windows)
    assert windows.shown == []


def test_a_page_that_a_role_may_not_open_says_who_may(stage: SeatStage) -> None:
    stage.sit()
    stage.wall.open_wanted.emit("people", None)
    refusal = stage.shell.pages.refusal
    assert refusal is not None
    assert refusal.isVisible()
    assert "CCOC duty officer" in refusal.saying
    assert "Superintendent" in refusal.saying
    stage.seat.lock()
    unlock(stage)
    assert refusal.isVisible()
    stage.shell.open_page("wall")
    assert stage.shell.pages.refusal is None
    stage.wall.open_wanted.emit("nothing like it", None)
    assert stage.wall.isVisible()


@pytest.mark.parametrize("held", [False, True])
def test_the_incidents_are_worked_with_from_the_first_key_on(stage: SeatStage, *, held: bool) -> None:
    """Ctrl+2 on the wall, then Enter: the way of the guide. The rows come after the page, as on a real database."""
    incident = stage.room.incident()
    stage.sit(Role.SHIFT_LEAD)
    stage.shell.activateWindow()
    stage.wall.canvas.setFocus()
    stage.tasks.hold = held
    QTest.keyClick(stage.wall.canvas, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    stage.tasks.hold = False
    stage.tasks.let_go()
    page = stage.shell.made("incidents")
    assert isinstance(page, IncidentsPage)
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_Return)
    assert page.panel.isVisible()
    assert page.panel.shown is not None
    assert page.panel.shown.line.id == incident


def test_a_page_shows_another_what_it_asks_for(stage: SeatStage) -> None:
    stage.sit(Role.SUPERINTENDENT)
    stage.wall.open_wanted.emit("settings", "about")
    page = stage.shell.page
    assert isinstance(page, TabPage)
    assert page.bar.currentIndex() == 1
    for key, held, at in (
        (Qt.Key.Key_Tab, CTRL, 0),
        (Qt.Key.Key_PageDown, CTRL, 1),
        (Qt.Key.Key_PageUp, CTRL, 0),
        (Qt.Key.Key_Backtab, CTRL | SHIFT, 1),
        (Qt.Key.Key_Tab, CTRL, 0),
    ):
        QTest.keyClick(page, key, held)
        assert page.bar.currentIndex() == at
    stage.wall.open_wanted.emit("settings", "video")
    assert page.bar.currentIndex() == 0


def test_f2_opens_the_incident_drawer_from_anywhere_and_for_whom_it_is_not_says_who(stage: SeatStage) -> None:
    stage.sit()
    stage.shell.open_page("settings")
    QTest.keyClick(stage.shell, Qt.Key.Key_F2)
    drawer = panel_of(stage)
    assert isinstance(drawer, IncidentDrawer)
    QTest.keyClick(stage.shell, Qt.Key.Key_F2)
    assert panel_of(stage) is drawer
    stage.sit(Role.IT)
    QTest.keyClick(stage.shell, Qt.Key.Key_F2)
    assert panel_of(stage) is None
    assert stage.shell.pages.refusal is not None


def test_f9_hides_private_cameras_from_any_page(stage: SeatStage) -> None:
    private, _public = play(stage)
    stage.shell.open_page("settings")
    QTest.keyClick(stage.shell, Qt.Key.Key_F9)
    assert private not in playing(stage)
    stage.shell.open_help()
    (sheet,) = stage.shell.findChildren(HelpSheet)
    QTest.keyClick(sheet, Qt.Key.Key_F9)
    assert private in playing(stage)


def test_help_shows_every_key_and_goes_away(stage: SeatStage) -> None:
    stage.sit()
    QTest.keyClick(stage.wall.canvas, Qt.Key.Key_F1)
    (sheet,) = stage.shell.findChildren(HelpSheet)
    assert sheet.isVisible()
    QTest.keyClick(sheet, Qt.Key.Key_PageDown)
    QTest.keyClick(sheet, Qt.Key.Key_Up)
    QTest.keyClick(sheet, Qt.Key.Key_F1)
    assert not sheet.isVisible()
    QTest.keyClick(stage.shell, Qt.Key.Key_F1)
    QTest.keyClick(stage.shell, Qt.Key.Key_F12)
    assert not [sheet for sheet in stage.shell.findChildren(HelpSheet) if sheet.isVisible()]


def test_the_help_has_no_line_twice_and_leads_with_the_page_in_front() -> None:
    for on_wall in (True, False):
        lines = [line for section in sections(on_wall=on_wall) for line in section.lines]
        assert len(lines) == len(set(lines))
        keys = [line[0] for line in lines]
        assert keys.count(("F1",)) == keys.count(("F9",)) == keys.count(("F11",)) == 1
    assert sections(on_wall=True)[0].name == "Move on the wall"
    assert sections(on_wall=False)[0].name == "Lists and forms"


def key_event(key: int, held: Qt.KeyboardModifier, text: str = "", scan: int = 0) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, held, scan, 0, 0, text)


@pytest.mark.parametrize("digit", range(1, 10))
def test_ctrl_digits_count_by_their_place(digit: int) -> None:
    expected = WindowPress(WindowAct.PAGE, digit)
    thai = ord("ๅ/-ภถุึคต"[digit - 1])
    assert read_window_key(key_event(thai, CTRL, scan=digit + 1), "win32") == expected
    assert read_window_key(key_event(thai, CTRL, scan=digit + 9), "linux") == expected
    assert read_window_key(key_event(Qt.Key.Key_0 + digit, CTRL)) == expected


def test_other_keys_mean_nothing_to_the_window() -> None:
    assert read_window_key(key_event(ord("ส"), CTRL, scan=0x26), "win32") == WindowPress(WindowAct.LOCK)
    assert read_window_key(key_event(Qt.Key.Key_K, CTRL)) is None
    assert read_window_key(key_event(Qt.Key.Key_K, CTRL, scan=0x25), "win32") is None
    assert read_window_key(key_event(Qt.Key.Key_1, CTRL | SHIFT, scan=2), "win32") is None
    assert read_window_key(key_event(Qt.Key.Key_F12, SHIFT)) is None
    assert read_window_key(key_event(Qt.Key.Key_A, NONE)) is None
    assert tab_step(key_event(Qt.Key.Key_Tab, NONE)) == 0


def test_every_page_of_the_list_is_named_once(stage: SeatStage) -> None:
    stage.sit(Role.SUPERINTENDENT)
    place = Place(stage.seat.ui, stage.room.station, stage.room.feeds, stage.seat.take_settings)
    keys = [spec.key for spec in all_pages(place, stage.seat._wall_spec())]
    assert len(keys) == len(set(keys))
    assert listed(stage) == keys
