"""The window around the pages: status line, rail, banner, tasks and changes."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QScreen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from console.i18n import plain
from console.kernel import Change, ConsoleError, EndReason, Unavailable
from console.views.page import Page, PageSpec
from console.views.shell import Shell
from console.views.status_line import StatusLine, StoreFacts, StoreState
from console.views.theme import DARK, LIGHT, Theme, font, line_height, load_fonts
from console.views.ui import Changes, ThreadTasks
from console.views.window import OWED_S, StoreWatch
from tests.shell.wall_fakes import NOW, FakeDesk, InlineTasks, StillClock, context

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
"""The offscreen platform says this at every window."""


class PlainPage(Page):
    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def start(self) -> None:
        self.told.append("start")

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        self.told.append(reason.value)

    def show_full(self, *, full: bool) -> None:
        self.told.append(f"full {full}")


@pytest.mark.usefixtures("_thai")
def test_the_window_starts_pages_once_and_stops_them(qtbot: QtBot, qapp: QApplication) -> None:
    ui = context()
    ui.theme.apply(qapp)
    page = PlainPage()
    shell = Shell(ui, [PageSpec("wall", "Camera wall", "wall", lambda: page)], demonstration=True)
    qtbot.addWidget(shell)
    shell.resize(1500, 800)
    shell.show()
    shell.open_page(0)
    shell.open_page(0)
    texts = [label.text() for label in shell.findChildren(QLabel)]
    assert "โหมดสาธิต – ภาพและข้อมูลที่แสดงเป็นตัวอย่าง" in texts
    assert "วันอาทิตย์ที่ 22 พฤศจิกายน 2569  13.05.09 น." in texts
    assert "เวร 08.00–16.00 น." in texts
    page.live_changed.emit(15, 16)
    shell.status.show_store(StoreFacts(StoreState.OFFLINE, NOW, 4))
    texts = [label.text() for label in shell.findChildren(QLabel)]
    assert "ถ่ายทอดสด 15/16" in texts
    assert "ออฟไลน์ตั้งแต่ 13.05 น. · รอส่ง 4 รายการ" in texts
    QTest.keyClick(shell, Qt.Key.Key_F11)
    assert not shell.rail.isVisible()
    assert shell.status.isVisible()
    page.full_screen_wanted.emit()
    assert shell.rail.isVisible()
    shell.close()
    assert page.told == ["start", "full True", "full False", "shutdown"]


@pytest.mark.parametrize("before", [Qt.WindowState.WindowNoState, Qt.WindowState.WindowMaximized])
def test_full_screen_covers_the_screen_and_leaves_it_as_it_was(
    qtbot: QtBot, qapp: QApplication, before: Qt.WindowState
) -> None:
    ui = context()
    ui.theme.apply(qapp)
    shell = Shell(ui, [PageSpec("incidents", "Incident log", "incidents", PlainPage)])
    qtbot.addWidget(shell)
    shell.setMinimumSize(400, 300)
    shell.setGeometry(40, 30, 700, 500)
    shell.show()
    shell.setWindowState(before)
    qapp.processEvents()
    stood = shell.geometry()
    for leave in (Qt.Key.Key_F11, Qt.Key.Key_Escape):
        QTest.keyClick(shell, Qt.Key.Key_F11)
        qapp.processEvents()
        assert shell.isFullScreen()
        assert shell.frameGeometry() == shell.screen().geometry()
        assert not shell.rail.isVisible()
        QTest.keyClick(shell, leave)
        qapp.processEvents()
        assert (shell.windowState(), shell.geometry()) == (before, stood)
        assert shell.rail.isVisible()
    QTest.keyClick(shell, Qt.Key.Key_Escape)
    assert not shell.isFullScreen(), "Esc leaves the full screen, it does not open it"


def test_on_a_screen_without_room_for_a_frame_the_window_is_maximised(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown(room: QSize, size: tuple[int, int] | None = None) -> Shell:
        monkeypatch.setattr(QScreen, "availableSize", lambda _screen: room)
        shell = Shell(context(), [])
        qtbot.addWidget(shell)
        shell.appear(size)
        return shell

    assert shown(QSize(1366, 768)).isMaximized(), "a title above it would push the status line off the screen"
    assert shown(QSize(1920, 1040)).isMaximized()
    assert not shown(QSize(2560, 1440)).isMaximized()
    asked = shown(QSize(1366, 768), (1366, 768))
    assert (asked.width(), asked.height(), asked.isMaximized()) == (1366, 768, False), "somebody asked for this size"


def test_a_narrow_status_line_gives_up_words_and_no_state(qtbot: QtBot, qapp: QApplication) -> None:
    ui = context()
    ui.theme.apply(qapp)
    shell = Shell(ui, [])
    qtbot.addWidget(shell)
    shell.setMinimumSize(400, 300)
    shell.resize(760, 500)
    shell.show()
    texts = [label.text() for label in shell.status.findChildren(QLabel)]
    assert "Live 0/0" in texts
    assert "Database on this computer" in texts
    assert "22 Nov 2026  13:05" in texts


def test_themes_have_the_same_names_and_icons_take_their_colours(qapp: QApplication) -> None:
    load_fonts()
    load_fonts()
    theme = Theme("light")
    assert theme.colours is LIGHT
    image = theme.pixmap("live", "good", 16).toImage()
    assert image.pixelColor(8, 8).name() == LIGHT.good
    assert theme.pixmap("live", "good", 16) is theme.pixmap("live", "good", 16)
    assert "@" not in Theme()._sheet().replace("/* Every", "")
    assert DARK != LIGHT
    assert font().pixelSize() >= 14
    assert line_height() >= 21


def test_missing_fonts_are_said(qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("console.views.theme.QFontDatabase.families", list)
    monkeypatch.setattr("console.views.theme.QFontDatabase.addApplicationFont", lambda _path: -1)
    with pytest.raises(Unavailable) as caught:
        load_fonts()
    assert caught.value.key == "font.missing"


@pytest.fixture
def tasks(qtbot: QtBot) -> ThreadTasks:
    return ThreadTasks()


def test_answers_come_back_on_the_ui_thread_in_order(qtbot: QtBot, tasks: ThreadTasks) -> None:
    answers: list[tuple[int, bool]] = []
    here = threading.get_ident()

    def work(number: int) -> Callable[[], tuple[int, bool]]:
        return lambda: (number, threading.get_ident() != here)

    for number in range(20):
        tasks.write(work(number), answers.append, _unexpected)
    qtbot.waitUntil(lambda: len(answers) == 20)
    assert answers == [(number, True) for number in range(20)]
    tasks.close()


def test_only_the_newest_question_of_a_page_is_answered(qtbot: QtBot, tasks: ThreadTasks) -> None:
    gate, answers = threading.Event(), list[str]()

    def slow() -> str:
        gate.wait(5)
        return "old"

    tasks.read("page", slow, answers.append, _unexpected)
    tasks.read("page", lambda: "new", answers.append, _unexpected)
    tasks.read("other", lambda: "other", answers.append, _unexpected)
    qtbot.waitUntil(lambda: len(answers) == 2)
    gate.set()
    tasks.close()
    QApplication.processEvents()
    assert sorted(answers) == ["new", "other"]


def test_expected_errors_go_to_the_page_and_bugs_to_the_crash_handler(qtbot: QtBot, tasks: ThreadTasks) -> None:
    seen: list[ConsoleError] = []

    def refuse() -> None:
        raise Unavailable("store.unreachable")

    def mistake() -> None:
        raise ZeroDivisionError

    tasks.write(refuse, _nothing, seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    with qtbot.captureExceptions() as caught:
        tasks.write(mistake, _nothing, seen.append)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError
    assert [problem.key for problem in seen] == ["store.unreachable", "unexpected"], "who asked waits no longer"
    tasks.close()
    tasks.write(refuse, _nothing, seen.append)
    assert len(seen) == 2


def test_changes_are_gathered_and_told_once(qtbot: QtBot, qapp: QApplication) -> None:
    changes = Changes()
    told: list[object] = []
    changes.changed.connect(told.append)

    def commit() -> None:
        for kind in ("camera", "view"):
            changes.hear((Change(kind, "1", 1, "writer"),))

    thread = threading.Thread(target=commit)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(told))
    assert told == [frozenset({"camera", "view"})]
    assert plain("a\u200bb") == "ab"


def _unexpected(problem: ConsoleError) -> None:
    raise problem


def _nothing(answer: None) -> None:
    raise AssertionError(answer)


class Ledger:
    """A status line and a gate's queue, as the store watch sees them."""

    def __init__(self, qapp: QApplication) -> None:
        self.clock = StillClock()
        ui = context(InlineTasks(), self.clock)
        ui.theme.apply(qapp)
        self.line = StatusLine(ui)
        self.desk = FakeDesk()
        self.watch = StoreWatch()
        self.watch.watch(self.line, self.desk, self.clock)

    def pass_time(self, seconds: float) -> str:
        self.clock.pass_time(seconds)
        self.line.ticked.emit()
        return " ".join(label.text() for label in self.line.findChildren(QLabel))


def test_entries_that_the_journal_does_not_take_are_said(qtbot: QtBot, qapp: QApplication) -> None:
    """The gate writes ends of views by itself: no page hears of an error."""
    ledger = Ledger(qapp)
    ledger.desk.owed = 3
    assert "Database on this computer" in ledger.pass_time(1)
    assert "Database on this computer" in ledger.pass_time(OWED_S - 1), "a moment is no trouble"
    text = ledger.pass_time(1)
    assert "Database not available since" in text
    assert "3 entries waiting" in text
    ledger.desk.owed = 0
    assert "Database on this computer" in ledger.pass_time(1)


def test_a_journal_that_refuses_is_said_until_something_is_stored(qtbot: QtBot, qapp: QApplication) -> None:
    ledger = Ledger(qapp)
    ledger.watch.on_failed(Unavailable("vault.locked"))
    assert "Database on this computer" in ledger.pass_time(1)
    ledger.watch.on_failed(Unavailable("store.read_only", path="x"))
    assert "Database cannot be written" in ledger.pass_time(1)
    ledger.watch.on_changed(frozenset({"camera"}))
    assert "Database on this computer" in ledger.pass_time(1)
