"""Qt's life from start to end: application, look, crash note, the shell with its pages, the demonstration's picture."""

from __future__ import annotations

import functools
import gc
import logging
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QTimer, QtMsgType, Signal, Slot, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QMessageBox

from console import logs
from console.i18n import _, plain
from console.kernel import Change, Clock, ConsoleError, Session, SystemClock
from console.settings import Settings
from console.views import pages
from console.views.captures import leave_out_of_captures
from console.views.look import Look
from console.views.reception import Opening, Reception
from console.views.seating import Behind, Seating
from console.views.shell import Shell
from console.views.status_line import StatusLine, StoreFacts, StoreState
from console.views.ui import Changes, ThreadTasks

if TYPE_CHECKING:
    # Whoever comes has to type a password first: what he needs then is loaded meanwhile.
    from console.views.guide import SamplePeople
    from console.views.seat import Seat
    from console.views.wall import WallPage
    from console.views.wall_model import PurposeChoice, WallDesk

_LEVELS: Final = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


SETTLED_MS: Final = 500
"""After the window is shown: what has to run at once runs by then, and pages are loaded beside it."""

OWED_S: Final = 5.0
"""How long the gate's entries may wait for the journal before the status line says so."""

_GOODBYES: Final = (signal.SIGTERM, signal.SIGINT)
"""A session that ends, or Ctrl+C: views are ended and journaled as if the window had been closed."""


@dataclass(frozen=True, slots=True)
class Showing:
    """Who sits here already, the room behind him, and what he looks for if that is settled."""

    behind: Behind
    session: Session
    purpose: PurposeChoice | None = None
    sample_people: SamplePeople | None = None
    """The demonstration's, for its guide."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How the window itself is to be."""

    demonstration: bool = False
    size: tuple[int, int] | None = None


class Window:
    """One a process. Made early, while the store opens beside it."""

    def __init__(self, settings: Settings, frame: Frame | None = None) -> None:
        qInstallMessageHandler(_log_qt)
        app = QApplication.instance() or QApplication(sys.argv[:1])
        assert isinstance(app, QApplication)  # noqa: S101 - nobody makes another kind before us
        self.app = app
        self.app.setApplicationName("ccoc-console")
        self._settings = settings
        self._frame = frame or Frame()
        self._tasks = ThreadTasks()
        self._changes = Changes()
        self._crashes = CrashNote()
        self._store_watch = StoreWatch()
        self._look = Look(self.app, settings.ui.theme)
        self.shell = Shell(demonstration=self._frame.demonstration)
        self._seating = Seating(self.shell, self._tasks, self._changes, self._look)
        self._settled = QTimer(self.shell)
        self._settled.setSingleShot(True)
        self._settled.timeout.connect(self._load_pages)
        self.reception = Reception(self._seating, settings.station)
        self.reception.came.connect(self._sit)
        self.seat: Seat | None = None

    @property
    def wall(self) -> WallPage | None:
        """The wall, if it is open."""
        return None if self.seat is None else self.seat.wall

    def hear(self, changes: tuple[Change, ...]) -> None:
        """Take what a commit changed, on any thread."""
        self._changes.hear(changes)

    def run(self) -> int:
        """Stay until the window is closed; returns the exit code."""
        before = [signal.signal(number, lambda _number, _frame: self.shell.close()) for number in _GOODBYES]
        try:
            return int(self.app.exec())
        finally:
            for number, handler in zip(_GOODBYES, before, strict=True):
                signal.signal(number, handler)

    def shoot(self, file: Path, after_s: float) -> bool:
        """Save a picture of the window after so many seconds, and say whether every placed camera was live."""
        if not self._frame.demonstration:
            raise RuntimeError("pictures are saved of the demonstration only")
        good: list[bool] = []

        def take() -> None:
            assert self.wall is not None  # noqa: S101 - the first page, opened with the shell
            live, placed = self.wall.canvas.live_count()
            saved = self.shell.grab().save(str(file))
            good.append(saved and placed > 0 and live == placed)
            self.shell.close()

        QTimer.singleShot(int(after_s * 1000), self.shell, take)
        self.app.exec()
        return good == [True]

    def open(self, showing: Showing) -> Shell:
        """Show the window to somebody who is logged in already."""
        self._sit(showing.behind, showing.session, showing.purpose)
        if showing.sample_people is not None:
            self._guide(showing.behind, showing.sample_people)
        return self._show()

    def _guide(self, behind: Behind, people: SamplePeople) -> None:
        from console.services.circle import Circle
        from console.views.guide import GuideKeeper, GuideMemory, people_text

        assert self.seat is not None  # noqa: S101 - somebody sits here
        GuideKeeper(self.shell, self.seat, Circle(behind.station), GuideMemory(people)).renew()
        self.reception.note = functools.partial(people_text, people)

    def receive(self, opening: Opening) -> Shell:
        """Show the entrance, and open the room behind it.

        `opening` may take its time and is called off the UI thread; again when it was refused and somebody wants it.
        """
        self.reception.open(opening)
        return self._show()

    def _show(self) -> Shell:
        if not self._frame.demonstration:
            leave_out_of_captures(self.shell)
        self.shell.appear(self._frame.size)
        if self._settings.ui.full_screen:
            self.shell.toggle_full_screen()
        self._settled.start(SETTLED_MS)
        return self.shell

    def _load_pages(self) -> None:
        self._tasks.read("pages", pages.load, self._loaded, self._loaded)

    def _loaded(self, _answer: object) -> None:
        """The start is over, well or badly: garbage is looked for again, but not among what it made, which stays."""
        gc.freeze()
        gc.enable()

    def _sit(self, behind: Behind, session: Session, purpose: PurposeChoice | None = None) -> None:
        if self.seat is None:
            from console.views.seat import Seat

            self.seat = Seat(self._seating, behind)
            self.seat.problem.connect(self._store_watch.on_failed)
            self.seat.seated.connect(self._watch_store)
            self.seat.left.connect(self._receive_next)
            self._changes.changed.connect(self._store_watch.on_changed)
        self.seat.sit(session, purpose)

    def _watch_store(self) -> None:
        assert self.seat is not None  # noqa: S101 - told by the seat
        self._store_watch.watch(self.shell.status, self.seat.desk(), self.seat.ui.clock)

    def _receive_next(self) -> None:
        assert self.seat is not None  # noqa: S101 - told by the seat
        self._store_watch.rest()
        self.reception.receive(self.seat.behind)

    def close(self) -> None:
        """End the pages and finish what was asked to be written."""
        self._settled.stop()
        self._crashes.close()
        self.shell.close()
        self.shell.deleteLater()
        self._tasks.close()
        gc.unfreeze()
        qInstallMessageHandler(None)


class StoreWatch(QObject):
    """Tells the status line that the database failed, and since when, until something is stored again.

    What a page asked for comes as an error. What the gate writes by itself is seen by its queue: entries that are not
    written after a while mean that the journal takes none.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tell: Callable[[StoreFacts], None] = _say_nothing
        self._waiting: Callable[[], int] = lambda: 0
        self._clock: Clock = SystemClock()
        self._owed_since: float | None = None
        self._failed: StoreFacts | None = None
        self._told = StoreFacts()

    def watch(self, status: StatusLine, desk: WallDesk, clock: Clock) -> None:
        """Tell this status line; ask the gate's queue whenever its clock ticks. Neither touches the database."""
        self.tell, self._waiting, self._clock = status.show_store, desk.waiting, clock
        status.ticked.connect(self.look)
        self.tell(self._told)

    def rest(self) -> None:
        """There is no status line to tell."""
        self.tell = _say_nothing

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


def _say_nothing(_facts: StoreFacts) -> None:
    """Nobody is there to be told."""


def _log_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    del context
    logging.getLogger("qt").log(_LEVELS.get(kind, logging.WARNING), "%s", message)
