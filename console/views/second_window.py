"""A second window with a wall of its own, on another screen. It follows the first in whatever concerns the seat.

Pages, help and forms open in the first. Visitors, lock, hand-over and log-out darken both by one press. The status
line stands in the first alone: it tells of the seat, and of the tiles of both walls. At the start each wall opens in
one call of the gate, so that the first does not wait until the second window is built.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from PySide6.QtCore import QObject, QRect, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from console.kernel import EndReason
from console.services.window_place import PlaceKeeper, WindowPlace
from console.views.captures import leave_out_of_captures
from console.views.full_screen import FullScreen
from console.views.rail import banner
from console.views.shell import LEAST_SIZE, Shell
from console.views.ui import Failed, Tasks, Ui
from console.views.wall import WallPage
from console.views.wall_model import WallDesk
from console.views.window_keys import WindowAct, WindowPress, read_window_key

BESIDE: Final = 48
"""So far from the first window's corner on the only screen."""

_IN_THE_FIRST: Final = frozenset({WindowAct.HELP, WindowAct.INCIDENT, WindowAct.MATTERS, WindowAct.PAGE})

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class OwnQuestions:
    """Tasks under names of their own: of two walls that ask alike, each gets its answer."""

    tasks: Tasks
    name: str

    def write(self, work: Callable[[], Answer], then: Callable[[Answer], None], failed: Failed) -> None:
        self.tasks.write(work, then, failed)

    def read(self, page: str, work: Callable[[], Answer], then: Callable[[Answer], None], failed: Failed) -> None:
        self.tasks.read(f"{self.name}:{page}", work, then, failed)


class SecondWindow(QWidget):
    """The window itself: the wall, and on a demonstration its banner."""

    pressed = Signal(object)
    """A key that counts anywhere, and not for this window alone."""
    closing = Signal()

    def __init__(self, wall: WallPage, *, demonstration: bool) -> None:
        super().__init__()
        self.wall = wall
        self.full = FullScreen(self)
        self._demonstration = demonstration
        self._banner: QFrame | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(wall, 1)
        self.setMinimumSize(*LEAST_SIZE)
        wall.full_screen_wanted.connect(self.toggle_full_screen)

    def dress(self, ui: Ui, title: str) -> None:
        """Take up the language and the look of now."""
        self.setWindowTitle(title)
        if self._demonstration:
            before, self._banner = self._banner, banner(ui.theme)
            self._column.insertWidget(0, self._banner)
            if before is not None:
                before.hide()
                before.deleteLater()

    @Slot()
    def toggle_full_screen(self) -> None:
        self.full.toggle()
        self.wall.show_full(full=self.full.on)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        press = read_window_key(event)
        if self.full.is_left_by(event) or (press is not None and press.act is WindowAct.FULL_SCREEN):
            self.toggle_full_screen()
        elif press is not None:
            self.pressed.emit(press)
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)


class SecondWall(QObject):
    """Opens the second window, keeps it in step with the first, and remembers where it stood."""

    opened = Signal(object)
    """The window is there: its wall."""

    def __init__(self, shell: Shell, keeper: PlaceKeeper) -> None:
        super().__init__(shell)
        self._shell = shell
        self._keeper = keeper
        self._place: WindowPlace | None = None
        self._window: SecondWindow | None = None
        shell.closing.connect(self._shut)
        shell.locking.connect(self._follow_lock)

    @property
    def window(self) -> SecondWindow | None:
        return self._window

    @property
    def wall(self) -> WallPage | None:
        return None if self._window is None else self._window.wall

    def restore(self, ui: Ui, make: Callable[[], None]) -> None:
        """Open it again if it was open when the seat ended."""

        def read(place: WindowPlace | None) -> None:
            if place is not None and self._window is None:
                self._place = place
                if place.open:
                    make()

        ui.tasks.read("second window", self._keeper.read, read, lambda _problem: None)

    def open(self, ui: Ui, desk: WallDesk, first: WallPage) -> None:
        """Show the window with its own saved wall, asked of the gate like any other; or bring it to the front."""
        if self._window is not None:
            self._window.activateWindow()
            self._window.raise_()
            return
        wall = WallPage(own(ui), desk)
        self._window = window = SecondWindow(wall, demonstration=self._shell.demonstration)
        window.dress(ui, self._shell.windowTitle())
        window.pressed.connect(self._pass_on)
        window.closing.connect(self._closed)
        wall.second_wanted.connect(self._to_first)
        wall.help_wanted.connect(self._help)
        wall.incident_wanted.connect(self._incident)
        wall.open_wanted.connect(self._go_to)
        wall.live_changed.connect(self._shell.show_second)
        wall.board.visitors_changed.connect(first.board.follow_visitors)
        first.board.visitors_changed.connect(wall.board.follow_visitors)
        wall.board.follow_visitors(on=first.board.visitors)
        if not self._shell.demonstration:
            leave_out_of_captures(window)
        self._show(window)

    def _show(self, window: SecondWindow) -> None:
        place = self._place
        window.setGeometry(_room(self._shell, place))
        window.show()
        apart = window.screen() is not self._shell.screen()
        if place is not None and not _stands(place):
            # Its screen is gone: it does not cover the first window.
            place = replace(place, full=place.full and apart, maximised=apart)
        if place.maximised if place is not None else apart:
            window.showMaximized()
        if place is not None and place.full:
            window.toggle_full_screen()
        window.wall.start()
        self.opened.emit(window.wall)
        self._keep(window, opened=True)

    def reseat(self, ui: Ui, desk: WallDesk) -> None:
        """Another officer, language or look."""
        if self._window is not None:
            self._window.dress(ui, self._shell.windowTitle())
            self._window.wall.reseat(own(ui), desk)

    def leave(self, reason: EndReason) -> None:
        """The seat ends: so does the window, which comes back with the next one."""
        window = self._window
        if window is not None:
            self._keep(window, opened=True)
            self._end(window, reason)
            window.close()

    @Slot()
    def _shut(self) -> None:
        self.leave(EndReason.SHUTDOWN)

    @Slot()
    def _closed(self) -> None:
        """Somebody closed it."""
        window = self._window
        if window is not None:
            self._keep(window, opened=False)
            self._end(window, EndReason.CLOSED)

    def _end(self, window: SecondWindow, reason: EndReason) -> None:
        self._window = None
        window.wall.stop(reason)
        self._shell.show_second(0, 0)
        window.deleteLater()

    def _keep(self, window: SecondWindow, *, opened: bool) -> None:
        full, maximised = window.full.on, window.isMaximized()
        where = window.normalGeometry() if full or maximised else window.geometry()
        place = WindowPlace(where.x(), where.y(), where.width(), where.height(), full, opened, maximised)
        keeper, self._place = self._keeper, place
        window.wall.board.ui.tasks.write(lambda: keeper.keep(place), _kept, lambda _problem: None)

    # What happens in one window and concerns the other

    @Slot(bool)
    def _follow_lock(self, locked: bool) -> None:  # noqa: FBT001 - Qt's signal
        if self._window is not None:
            self._window.wall.setEnabled(not locked)
            self._window.wall.show_locked(locked=locked)

    @Slot(object)
    def _pass_on(self, press: WindowPress) -> None:
        if self._shell.press(press) and press.act in _IN_THE_FIRST:
            self._to_first()

    @Slot()
    def _to_first(self) -> None:
        self._shell.activateWindow()
        self._shell.raise_()

    @Slot()
    def _help(self) -> None:
        self._pass_on(WindowPress(WindowAct.HELP))

    @Slot(object)
    def _incident(self, camera: object) -> None:
        self._shell.incident_wanted.emit(camera)
        self._to_first()

    @Slot(str, object)
    def _go_to(self, key: str, target: object) -> None:
        self._shell.go_to(key, target)
        self._to_first()


def own(ui: Ui) -> Ui:
    """Return the context of the second wall."""
    return replace(ui, tasks=OwnQuestions(ui.tasks, "second"))


def _room(shell: Shell, place: WindowPlace | None) -> QRect:
    """Return where to stand: where it stood if that is on a screen still, on another screen, or beside the first."""
    if place is not None and _stands(place):
        return _stood(place)
    others = [screen for screen in QGuiApplication.screens() if screen is not shell.screen()]
    if others:
        room = others[0].availableGeometry()
        return room.adjusted(BESIDE, BESIDE, -BESIDE, -BESIDE)
    room = shell.screen().availableGeometry()
    corner = shell.geometry().topLeft()
    return QRect(corner.x() + BESIDE, corner.y() + BESIDE, *LEAST_SIZE).intersected(room)


def _stood(place: WindowPlace) -> QRect:
    return QRect(place.left, place.top, place.width, place.height)


def _stands(place: WindowPlace) -> bool:
    """Whether it can be seen and moved where it stood."""
    middle = _stood(place).center()
    return any(screen.availableGeometry().contains(middle) for screen in QGuiApplication.screens())


def _kept(_answer: None) -> None:
    """Nothing to show: it stands there at the next start."""
