"""Qt's life from start to end: application, look, crash note, the shell with its pages, the demonstration's picture."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QTimer, QtMsgType, Signal, Slot, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QMessageBox

from console import logs
from console.i18n import N_, _, plain
from console.kernel import Change, Clock, ConsoleError, Session, SystemClock
from console.settings import UiSettings
from console.views.shell import PageSpec, Shell, StatusLine, StoreFacts, StoreState
from console.views.theme import Theme
from console.views.ui import Changes, ThreadTasks, Ui
from console.views.wall import WallPage
from console.views.wall_model import PurposeChoice, WallDesk

_LEVELS: Final = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


OWED_S: Final = 5.0
"""How long the gate's entries may wait for the journal before the status line says so."""

_GOODBYES: Final = (signal.SIGTERM, signal.SIGINT)
"""A session that ends, or Ctrl+C: views are ended and journaled as if the window had been closed."""


@dataclass(frozen=True, slots=True)
class Showing:
    """Who sits here, and what the pages work with."""

    session: Session
    clock: Clock
    station: str
    desk: WallDesk
    demonstration: bool = False
    purpose: PurposeChoice | None = None
    size: tuple[int, int] | None = None


class Window:
    """One a process. Made early, while the store opens beside it; shown when somebody is logged in."""

    def __init__(self, settings: UiSettings) -> None:
        qInstallMessageHandler(_log_qt)
        self.app = QApplication.instance() or QApplication(sys.argv[:1])
        assert isinstance(self.app, QApplication)  # noqa: S101 - nobody makes another kind before us
        self.app.setApplicationName("ccoc-console")
        self.theme = Theme(settings.theme)
        self.theme.apply(self.app)
        self._full_screen = settings.full_screen
        self._tasks = ThreadTasks()
        self._changes = Changes()
        self._crashes = CrashNote()
        self._store_watch = StoreWatch()
        self.shell: Shell | None = None
        self.wall: WallPage | None = None

    def hear(self, change: Change) -> None:
        """Take a committed change, on any thread."""
        self._changes.hear(change)

    def run(self, showing: Showing) -> int:
        """Show the window until it is closed; returns the exit code."""
        shell = self.open(showing)
        before = [signal.signal(number, lambda _number, _frame: shell.close()) for number in _GOODBYES]
        try:
            return int(self.app.exec())
        finally:
            for number, handler in zip(_GOODBYES, before, strict=True):
                signal.signal(number, handler)

    def shoot(self, showing: Showing, file: Path, after_s: float) -> bool:
        """Save a picture of the window after so many seconds, and say whether every placed camera was live."""
        if not showing.demonstration:
            raise RuntimeError("pictures are saved of the demonstration only")
        good: list[bool] = []
        shell = self.open(showing)

        def take() -> None:
            assert self.wall is not None  # noqa: S101 - the first page, opened with the shell
            live, placed = self.wall.canvas.live_count()
            saved = shell.grab().save(str(file))
            good.append(saved and placed > 0 and live == placed)
            shell.close()

        QTimer.singleShot(int(after_s * 1000), shell, take)
        self.app.exec()
        return good == [True]

    def open(self, showing: Showing) -> Shell:
        """Show the shell with the wall on it."""
        ui = Ui(self._tasks, self._changes, showing.session, showing.clock, self.theme, showing.station)

        def make_wall() -> WallPage:
            self.wall = WallPage(ui, showing.desk)
            self.wall.board.purpose = showing.purpose
            self.wall.board.failed.connect(self._store_watch.on_failed)
            return self.wall

        pages = [PageSpec("wall", N_("Camera wall"), "wall", make_wall)]
        self.shell = Shell(ui, pages, demonstration=showing.demonstration)
        self._store_watch.watch(self.shell.status, showing.desk, showing.clock)
        self._changes.changed.connect(self._store_watch.on_changed)
        if showing.size is not None:
            self.shell.resize(*showing.size)
        if not showing.demonstration:
            _leave_out_of_captures(self.shell)
        self.shell.open_page(0)
        self.shell.show()
        if self._full_screen:
            self.shell.toggle_full_screen()
        return self.shell

    def close(self) -> None:
        """End the pages and finish what was asked to be written."""
        self._crashes.close()
        if self.shell is not None:
            self.shell.close()
            self.shell.deleteLater()
        self._tasks.close()
        qInstallMessageHandler(None)


class StoreWatch(QObject):
    """Tells the status line that the database failed, and since when, until something is stored again.

    What a page asked for comes as an error. What the gate writes by itself is seen by its queue: entries that are not
    written after a while mean that the journal takes none.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tell: Callable[[StoreFacts], None] = lambda _facts: None
        self._waiting: Callable[[], int] = lambda: 0
        self._clock: Clock = SystemClock()
        self._owed_since: float | None = None
        self._failed: StoreFacts | None = None
        self._told = StoreFacts()

    def watch(self, status: StatusLine, desk: WallDesk, clock: Clock) -> None:
        """Tell this status line; ask the gate's queue whenever its clock ticks. Neither touches the database."""
        self.tell, self._waiting, self._clock = status.show_store, desk.waiting, clock
        status.ticked.connect(self.look)

    @Slot(object)
    def on_failed(self, problem: ConsoleError) -> None:
        if problem.key.startswith("store.") and self._failed is None:
            self._fail(StoreState.READ_ONLY if problem.key == "store.read_only" else StoreState.FAILED)
            self._show(self._waiting())

    @Slot(object)
    def on_changed(self, kinds: frozenset[str]) -> None:
        """A commit arrived: the database takes entries."""
        del kinds
        self._failed = self._owed_since = None
        self._show(0)

    @Slot()
    def look(self) -> None:
        """See whether the gate's entries reach the journal."""
        owed, now = self._waiting(), self._clock.monotonic()
        if not owed:
            if self._owed_since is not None and self._failed is not None:
                self._failed = None  # they were written: the database takes entries again
            self._owed_since = None
        elif self._owed_since is None:
            self._owed_since = now
        elif now - self._owed_since >= OWED_S and self._failed is None:
            self._fail(StoreState.FAILED)
        self._show(owed)

    def _fail(self, state: StoreState) -> None:
        self._failed = StoreFacts(state, self._clock.now())

    def _show(self, owed: int) -> None:
        facts = StoreFacts() if self._failed is None else replace(self._failed, waiting=owed)
        if facts != self._told:
            self._told = facts
            self.tell(facts)


class CrashNote(QObject):
    """One sentence on the screen for an error that nobody expected; the log has the rest. The wall goes on."""

    _happened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._box: QMessageBox | None = None
        self._happened.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self._forget = logs.on_crash(self._tell)

    def close(self) -> None:
        self._forget()
        if self._box is not None:
            self._box.close()

    def _tell(self, trace: str) -> None:
        del trace  # it stands in the log; an officer cannot use it
        self._happened.emit()

    @Slot()
    def _show(self) -> None:
        if self._box is not None and self._box.isVisible():
            return
        self._box = QMessageBox()
        self._box.setIcon(QMessageBox.Icon.Warning)
        self._box.setModal(False)
        self._box.setText(
            plain(
                _(
                    "Something unexpected happened in the program. What was saved is safe, and cameras stay behind"
                    " their owners' rights. You can go on; if a part no longer answers, start the program again"
                    " and tell IT: the details are in the log."
                )
            )
        )
        self._box.show()


def _log_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    del context
    logging.getLogger("qt").log(_LEVELS.get(kind, logging.WARNING), "%s", message)


def _leave_out_of_captures(shell: Shell) -> None:
    """Ask Windows to leave the window out of screen captures: a deterrent, see the threat model."""
    if sys.platform == "win32":
        import ctypes

        exclude_from_capture = 0x11
        ctypes.windll.user32.SetWindowDisplayAffinity(int(shell.winId()), exclude_from_capture)
