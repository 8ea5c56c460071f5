"""The window: rail at the left, the page, a panel at the right when one is open, the status line below.

Before anybody sits here it shows the entrance instead. On a demonstration its banner stands on every screen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from console.i18n import _, plain
from console.kernel import EndReason
from console.views.full_screen import FullScreen
from console.views.help import HelpSheet
from console.views.page import Page, PageSpec
from console.views.page_stack import PageStack
from console.views.pages import WALL
from console.views.rail import Rail, banner
from console.views.status_line import StatusLine
from console.views.theme import Theme
from console.views.ui import Ui
from console.views.wall_sheets import Notice
from console.views.window_keys import WindowAct, WindowPress, read_window_key

LEAST_SIZE: Final = (840, 460)
"""What is left of the smallest screen, 1366×768, at 150 %."""

LEAST_PANEL: Final = 360
MOST_OF_WINDOW: Final = 0.4
WHILE_LOCKED: Final = frozenset({WindowAct.FULL_SCREEN})


class Shell(QMainWindow):
    """The window of the console."""

    closing = Signal()
    acted = Signal(object)
    """What concerns the seat: lock, next officer, password, log-out. Pages, help and full screen it does itself."""
    language_wanted = Signal(str)
    theme_wanted = Signal(str)
    incident_wanted = Signal(object)
    """A new incident is to be written: with the camera that a page named, or None."""
    locking = Signal(bool)
    """The console is locked, or open again."""
    page_opened = Signal(str)
    """A page was brought to the front: its key."""

    rail: Rail
    status: StatusLine
    """Both are there as soon as somebody sits here."""

    def __init__(self, ui: Ui | None = None, pages: Sequence[PageSpec] = (), *, demonstration: bool = False) -> None:
        super().__init__()
        self._ui: Ui | None = None
        self._live = self._second_live = (0, 0)
        self._full = FullScreen(self)
        self._locked = False
        self._before_lock: QWidget | None = None
        self._demonstration = demonstration
        self._banner: QFrame | None = None
        self._help: HelpSheet | None = None
        self._entrance: QWidget | None = None
        self._panel: QWidget | None = None
        self._panel_ended: Callable[[], None] = lambda: None
        self._panel_width = LEAST_PANEL
        self._lock_panel: QWidget | None = None
        self._beside: QWidget | None = None
        self._notice: Notice | None = None
        self.pages = PageStack()
        self._middle = QHBoxLayout()
        self._row = QHBoxLayout()
        self._frame = QWidget()
        self._column = QVBoxLayout(self._frame)
        self._body = QStackedWidget()
        self._ground = QWidget()
        self._whole = QVBoxLayout(self._ground)
        self._build()
        self.setMinimumSize(*LEAST_SIZE)
        if ui is not None:
            self.seat(ui, pages)
        self._fit_screen()

    def _build(self) -> None:
        for layout in (self._middle, self._row, self._column, self._whole):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        self._middle.addWidget(self.pages, 1)
        self._row.addLayout(self._middle, 1)
        self._column.addLayout(self._row, 1)
        self._body.addWidget(self._frame)
        self._whole.addWidget(self._body, 1)
        self.setCentralWidget(self._ground)
        self.pages.live_changed.connect(self._on_live)
        self.pages.full_screen_wanted.connect(self.toggle_full_screen)
        self.pages.help_wanted.connect(self.open_help)
        self.pages.open_wanted.connect(self.go_to)
        self.pages.incident_wanted.connect(self.incident_wanted)
        self.pages.shown.connect(self._on_shown)

    # Who sits here

    def receive(self, entrance: QWidget, theme: Theme, station: str) -> None:
        """Show the entrance: nobody sits here. Pages of a former seat end."""
        self.unlock()
        self._close_help()
        self.close_panel()
        self.pages.leave(EndReason.LOGOUT)
        self._ui = None
        self._drop_entrance()
        self._entrance = entrance
        self._body.addWidget(entrance)
        self._body.setCurrentWidget(entrance)
        self._dress(theme, station)

    def seat(self, ui: Ui, pages: Sequence[PageSpec]) -> None:
        """Put this officer, language and look in place of what was; pages that can be told of it run on."""
        before, self._ui = self._ui, ui
        self._close_help()
        self.close_panel()
        self.pages.reseat(ui, pages)
        self.unlock()
        self._dress(ui.theme, ui.station)
        self._renew_rail()
        self._renew_status()
        self._body.setCurrentWidget(self._frame)
        self._drop_entrance()
        same = before is not None and before.session == ui.session
        self.open_page(self.pages.current if same else 0)

    def _drop_entrance(self) -> None:
        entrance, self._entrance = self._entrance, None
        if entrance is not None:
            self._body.removeWidget(entrance)
            entrance.deleteLater()

    def _dress(self, theme: Theme, station: str) -> None:
        self.setWindowTitle(plain(_("CCOC console – {station}", station=station)))
        if self._demonstration:
            if self._banner is not None:
                _remove(self._whole, self._banner)
            self._banner = banner(theme)
            self._whole.insertWidget(0, self._banner)

    def _renew_rail(self) -> None:
        assert self._ui is not None  # noqa: S101 - only called with somebody seated
        before = getattr(self, "rail", None)
        self.rail = Rail(self.pages.listed(), self._ui.theme)
        self.rail.chosen.connect(self.open_page)
        self._middle.insertWidget(0, self.rail)
        self.rail.setVisible(not self._full.on)
        if before is not None:
            _remove(self._middle, before)

    def _renew_status(self) -> None:
        assert self._ui is not None  # noqa: S101 - only called with somebody seated
        before = getattr(self, "status", None)
        self.status = StatusLine(self._ui)
        self.status.acted.connect(self.act)
        self.status.language_wanted.connect(self.language_wanted)
        self.status.theme_wanted.connect(self.theme_wanted)
        self._show_live()
        self._column.addWidget(self.status)
        if before is not None:
            _remove(self._column, before)

    # Pages

    @property
    def page(self) -> Page | None:
        """The page in front, None if it is one that may not be opened."""
        return self.pages.page

    def made(self, key: str) -> Page | None:
        """Return a page that was opened before; it runs, whether it is in front or not."""
        return self.pages.made(key)

    @Slot(str)
    def open_page(self, which: str | int = 0) -> None:
        """Show a page, by its key or its place in the rail, and give it the keyboard. Not while locked."""
        if self._locked:
            return
        self.pages.open(which)
        page, focused = self.pages.page, QApplication.focusWidget()
        if page is not None and (focused is None or not page.isAncestorOf(focused)):
            self._focus_page()

    @Slot(str)
    def _on_shown(self, key: str) -> None:
        self.rail.show_current(key)
        if key:
            self.page_opened.emit(key)

    @Slot(str, object)
    def go_to(self, key: str, target: object) -> None:
        """Open a page and let it show what was asked for."""
        self.open_page(key)
        page = self.pages.page
        if page is not None and self.pages.current == key and target is not None and not self._locked:
            page.go_to(target)

    @Slot(int, int)
    def _on_live(self, live: int, placed: int) -> None:
        self._live = (live, placed)
        self._show_live()

    @Slot(int, int)
    def show_second(self, live: int, placed: int) -> None:
        """Count the second window's tiles too."""
        self._second_live = (live, placed)
        self._show_live()

    def _show_live(self) -> None:
        if self._ui is not None:
            self.status.show_cameras(*(sum(each) for each in zip(self._live, self._second_live, strict=True)))

    # The panel at the right

    def open_panel(self, panel: QWidget, ended: Callable[[], None] = lambda: None) -> None:
        """Show a panel beside the page, in place of another one; if locked, later. `ended` is told before it goes."""
        self.close_panel()
        self._panel, self._panel_ended = panel, ended
        self._panel_width = panel.maximumWidth()
        self._fit_panel()
        self._middle.addWidget(panel)
        panel.setVisible(not self._locked)

    def _fit_panel(self) -> None:
        """On a narrow window the panel leaves more than half of it to the page."""
        if self._panel is not None:
            self._panel.setFixedWidth(min(self._panel_width, max(LEAST_PANEL, int(self.width() * MOST_OF_WINDOW))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_panel()

    @Slot()
    def close_panel(self) -> None:
        panel, self._panel = self._panel, None
        if panel is not None:
            self._panel_ended()
            _remove(self._middle, panel)
            self._focus_page()

    @property
    def panel(self) -> QWidget | None:
        """The panel in front."""
        return self._lock_panel or self._panel

    def put_beside(self, widget: QWidget) -> None:
        """Keep this at the far right, beside pages and panels, until it is replaced: the demonstration's guide."""
        before, self._beside = self._beside, widget
        self._row.addWidget(widget)
        if before is not None:
            _remove(self._row, before)

    def say(self, sentence: str) -> None:
        """Say something over the page in front, for a while."""
        assert self._ui is not None  # noqa: S101 - said to whoever sits here
        if self._notice is not None:
            self._notice.deleteLater()
        self._notice = Notice(self.pages, self._ui.theme)
        self.pages.currentChanged.connect(self._notice.raise_)
        self._notice.say(sentence)

    @property
    def demonstration(self) -> bool:
        return self._demonstration

    # Locking

    @property
    def locked(self) -> bool:
        return self._locked

    def lock(self, panel: QWidget) -> None:
        """Leave only what anybody may see, and this panel. The status line goes on."""
        if self._locked:
            return
        self._locked = True
        self._before_lock = QApplication.focusWidget()
        self._close_help()
        _close_what_is_in_front()
        self._lock_panel = panel
        self._middle.addWidget(panel)
        panel.show()
        if self._panel is not None:
            self._panel.hide()
        for part in self._controls():
            part.setEnabled(False)
        self.pages.lock()
        self.locking.emit(True)
        panel.setFocus(Qt.FocusReason.OtherFocusReason)

    def unlock(self) -> None:
        """Bring everything back as it was, with what was typed and the cursor where it stood."""
        if not self._locked:
            return
        self._locked = False
        if self._lock_panel is not None:
            _remove(self._middle, self._lock_panel)
            self._lock_panel = None
        if self._panel is not None:
            self._panel.show()
        for part in self._controls():
            part.setEnabled(True)
        self.pages.unlock()
        self.locking.emit(False)
        before, self._before_lock = self._before_lock, None
        if before is not None and _is_there(before):
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def _controls(self) -> list[QWidget]:
        return [self.rail, self.status.officer, *([] if self._beside is None else [self._beside])]

    # Keys and the window itself

    @Slot(object)
    def act(self, act: WindowAct) -> None:
        """Do what the officer's menu asks for."""
        self.press(WindowPress(act))

    def press(self, press: WindowPress) -> bool:
        """Do what a key means; False if it means nothing here and now."""
        if press.act is WindowAct.FULL_SCREEN:
            self.toggle_full_screen()
            return True
        if self._ui is None or (self._locked and press.act not in WHILE_LOCKED):
            return False
        if press.act is WindowAct.PAGE:
            self.open_page(press.digit - 1)
        elif press.act is WindowAct.HELP:
            self.open_help()
        elif press.act is WindowAct.INCIDENT:
            self.incident_wanted.emit(None)
        else:
            self.acted.emit(press.act)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        press = read_window_key(event)
        if press is not None and self.press(press):
            return
        if self._full.is_left_by(event):
            self.toggle_full_screen()
        else:
            super().keyPressEvent(event)

    @Slot()
    def open_help(self) -> None:
        """Show every key, those of the page in front first; the banner of a demonstration stays in sight."""
        if self._ui is None or self._locked:
            return
        self._close_help()
        self._help = HelpSheet(self._body, on_wall=self.pages.current == WALL)
        self._help.closed.connect(self._focus_page)
        self._help.open()

    @Slot()
    def _focus_page(self) -> None:
        """Give the keyboard back to the page, where it was there before."""
        page = self.page
        if page is not None and not self._locked:
            (page.focusWidget() or page).setFocus(Qt.FocusReason.OtherFocusReason)

    def _close_help(self) -> None:
        sheet, self._help = self._help, None
        if sheet is not None:
            sheet.close_sheet()
            sheet.deleteLater()

    @Slot()
    def toggle_full_screen(self) -> None:
        """Give the whole screen to the page. Status line and banner stay: state and demonstration are always told."""
        self._full.toggle()
        if self._ui is not None:
            self.rail.setVisible(not self._full.on)
        self.pages.show_full(full=self._full.on)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.pages.stop()
        self.closing.emit()
        super().closeEvent(event)

    def _fit_screen(self) -> None:
        room = QGuiApplication.primaryScreen().availableSize()
        self.resize(min(1920, room.width()), min(1080, room.height()))

    def appear(self, size: tuple[int, int] | None = None) -> None:
        """Show the window in this size, else as large as is useful.

        Where it takes the whole screen it is maximised: a frame around it would push the status line off the screen.
        """
        room = QGuiApplication.primaryScreen().availableSize()
        if size is not None:
            self.resize(*size)
        elif self.width() >= room.width() or self.height() >= room.height():
            self.setWindowState(self.windowState() | Qt.WindowState.WindowMaximized)
        self.show()


def _close_what_is_in_front() -> None:
    """Menus and the system's dialogs belong to who sat here; behind a lock nobody goes on with them."""
    while (popup := QApplication.activePopupWidget()) is not None and popup.close():
        pass
    while (dialog := QApplication.activeModalWidget()) is not None and dialog.close():
        pass


def _remove(layout: QBoxLayout, widget: QWidget) -> None:
    layout.removeWidget(widget)
    widget.hide()
    widget.deleteLater()


def _is_there(widget: QWidget) -> bool:
    from shiboken6 import isValid

    return isValid(widget) and widget.isVisible()
