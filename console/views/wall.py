"""The wall page: tools above, tiles in the middle, card and camera list at the right. All its keys end here."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.i18n.errors import error_text
from console.kernel import ConsoleError, EndReason, Purpose
from console.views.page import Page
from console.views.pages import ACCESS_LOG
from console.views.ui import Ui
from console.views.wall_board import Board
from console.views.wall_canvas import Canvas
from console.views.wall_hint import TileHint
from console.views.wall_keys import Act, Press, read_key
from console.views.wall_layouts import layout_of
from console.views.wall_model import PlaceCamera, PurposeChoice, WallDesk
from console.views.wall_named import WallShelf
from console.views.wall_panel import SidePanel
from console.views.wall_sheets import LayoutSheet, Notice
from console.views.wall_tools import ToolLine
from console.views.wall_tours import Tours
from console.views.wall_zoom import LOOKS

COUNT_MS: Final = 500
ROOM_FOR_PANEL: Final = 1000


class WallPage(Page):
    """`start` restores the saved wall through the gate; `stop` ends every view."""

    second_wanted = Signal()
    """The other window is asked for."""
    emergency_wanted = Signal(object, object)
    """A superintendent wants past what an owner allows now: the camera, and the board that shall show it."""

    def __init__(self, ui: Ui, desk: WallDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.board = Board(ui, desk, self)
        self.canvas = Canvas(self.board, self)
        self._hint = TileHint(self.board, self.canvas)
        self.shelf = WallShelf(self.board, self)
        self.tours = Tours(self.shelf, self.canvas.isVisible, self)
        self._full = self._locked = False
        self._panel_wanted: bool | None = None
        self._count = (-1, -1)
        self._middle = QHBoxLayout()
        self._middle.setContentsMargins(0, 0, 0, 0)
        self._middle.setSpacing(0)
        self._middle.addWidget(self.canvas, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(self._middle, 1)
        self._furnish()
        self._acts = self._act_table()
        self._connect()

    def _furnish(self) -> None:
        """Make what stands around the tiles, in the language and the look of now."""
        self.tools = ToolLine(self.board, self)
        self.panel = SidePanel(self.board, self)
        self.layouts = LayoutSheet(self.shelf, self.tours, self)
        self.notice = Notice(self.canvas, self.board.ui.theme)
        self._column.insertWidget(0, self.tools)
        self._middle.addWidget(self.panel)
        self.tools.acted.connect(self.act)
        self.panel.acted.connect(self.act)
        self.panel.left.connect(self._to_canvas)
        self.panel.log_wanted.connect(self._open_log)
        self.panel.emergency_wanted.connect(self._want_emergency)
        self.layouts.closed.connect(self._to_canvas)
        self.layouts.chosen.connect(self.board.set_layout)
        self._show_tour()

    def reseat(self, ui: Ui, desk: WallDesk) -> None:
        """Play on for another officer, or in another language or look: only what stands around the tiles is new."""
        before = (self.tools, self.panel, self.layouts, self.notice)
        if ui.session != self.board.ui.session:
            self.tours.leave(EndReason.HANDOVER)
        self.board.reseat(ui, desk)
        for widget in before:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        self.shelf.read()
        self._locked = False
        self._furnish()
        self.canvas.retell()
        self.tools.setVisible(not self._full)
        self._show_panel()
        self._count = (-1, -1)
        self._tell_count()

    def _connect(self) -> None:
        self.canvas.pressed.connect(self.press)
        self.canvas.activated.connect(self.board.toggle_focus)
        self.canvas.state_changed.connect(self._on_state)
        self.board.failed.connect(self._on_failed)
        self.tours.changed.connect(self._show_tour)
        self.board.cells_changed.connect(self._tell_count)
        self.board.layout_changed.connect(self._tell_count)
        self._counting = QTimer(self)
        self._counting.setInterval(COUNT_MS)
        self._counting.timeout.connect(self._tell_count)

    def start(self) -> None:
        self._counting.start()
        self.canvas.setFocus()
        self.board.restore()
        self.shelf.read()

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        self._counting.stop()
        self.tours.leave(reason)
        self.board.stop(reason)

    def go_to(self, target: object) -> None:
        """Show a camera that another page asks for, or look for the purpose that it names."""
        if isinstance(target, PlaceCamera):
            self.board.show_camera(target)
            self._to_canvas()
        elif isinstance(target, PurposeChoice):
            self.board.choose(target)
            self._to_canvas()

    def show_full(self, *, full: bool) -> None:
        """Leave only the wall and the status line, or bring everything back."""
        self._full = full
        self.tools.setVisible(not full and not self._locked)
        self._to_canvas()

    def show_locked(self, *, locked: bool) -> None:
        """Leave the tiles alone on the page, the private ones dark; or bring the controls back."""
        self._locked = locked
        self.layouts.hide()
        self.notice.hide()
        self.tools.setVisible(not locked and not self._full)
        if locked:
            self.board.lock()
        else:
            self.board.unlock()
        self._show_panel()

    @Slot(object)
    def press(self, press: Press) -> None:
        """Do what a key means. After P the next digit is a purpose, else a digit is a layout."""
        if press.act is Act.LAYOUT:
            if self.tools.asking:
                self._ask_purpose(asking=False)
                self.tools.chips.choose_number(press.digit)
            else:
                self.board.set_layout(layout_of(press.digit))
            return
        if self.tools.asking and press.act is Act.BACK:
            self._ask_purpose(asking=False)
            return
        self.act(press.act)

    @Slot(object)
    def act(self, act: Act) -> None:
        self._acts[act]()

    def _act_table(self) -> Mapping[Act, Callable[[], None]]:
        board = self.board
        return {
            Act.LEFT: lambda: board.move(-1, 0),
            Act.RIGHT: lambda: board.move(1, 0),
            Act.UP: lambda: board.move(0, -1),
            Act.DOWN: lambda: board.move(0, 1),
            Act.FOCUS: board.toggle_focus,
            Act.BACK: self._back,
            Act.CLEAR: lambda: board.clear(board.selected),
            Act.RETRY: lambda: board.retry(board.selected),
            Act.LAYOUT_LIST: self._open_list,
            Act.TOUR: self._toggle_tour,
            Act.HOLD: self.tours.toggle_hold,
            Act.FIND: self._find,
            Act.PURPOSE: lambda: self._ask_purpose(asking=not self.tools.asking),
            Act.URGENT: lambda: board.choose(PurposeChoice(Purpose.URGENT)),
            Act.INCIDENT: lambda: self.incident_wanted.emit(board.cells[board.selected].camera),
            Act.VISITORS: board.toggle_visitors,
            Act.PANEL: self._toggle_panel,
            Act.FULL_SCREEN: self.full_screen_wanted.emit,
            Act.SECOND: self.second_wanted.emit,
            Act.HELP: self.help_wanted.emit,
            **{act: functools.partial(self.look, act) for act in LOOKS},
        }

    def look(self, act: Act) -> None:
        """Look closer at the selected tile, or elsewhere in its picture."""
        self.canvas.look(act)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that a child did not use: function keys work wherever the cursor is."""
        press = read_key(event)
        if press is None or press.act is Act.FOCUS:
            super().keyPressEvent(event)
        else:
            self.press(press)

    @Slot(object)
    def _open_log(self, target: object) -> None:
        self.open_wanted.emit(ACCESS_LOG, target)

    @Slot(object)
    def _want_emergency(self, camera: object) -> None:
        self.emergency_wanted.emit(camera, self.board)

    def _ask_purpose(self, *, asking: bool) -> None:
        if asking and self._full:
            self.tools.show()
        self.tools.ask(asking=asking)
        if not asking and self._full:
            self.tools.hide()

    def _open_list(self) -> None:
        # The list of now: another look or officer has brought a new one.
        self.layouts.open()

    def _toggle_tour(self) -> None:
        if not self.tours.toggle():
            self._open_list()

    @Slot()
    def _show_tour(self) -> None:
        self.tools.show_tour(self.tours.words())

    def _find(self) -> None:
        self.panel.show()
        self.panel.find_camera()

    def _back(self) -> None:
        """One step back: from a closer look, from the enlarged tile, from full screen, from the list."""
        if self.canvas.look(Act.ZOOM_RESET):
            pass
        elif self.board.focused is not None:
            self.board.toggle_focus()
        elif self._full:
            self.full_screen_wanted.emit()
        self._to_canvas()

    @Slot()
    def _to_canvas(self) -> None:
        self._show_panel()
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self.panel.list.box.hasFocus():
            self._show_panel()

    def _show_panel(self) -> None:
        """The panel stands beside the wall where there is room, unless the officer decided otherwise."""
        wanted = self._panel_wanted if self._panel_wanted is not None else self.width() >= ROOM_FOR_PANEL
        self.panel.setVisible(wanted and not self._full and not self._locked)
        self.panel.show_card()

    def _toggle_panel(self) -> None:
        self._panel_wanted = not self.panel.isVisible()
        self._show_panel()

    @Slot(int)
    def _on_state(self, index: int) -> None:
        if index == self.board.selected:
            self.panel.card.refresh()

    @Slot()
    def _tell_count(self) -> None:
        count = self.canvas.live_count()
        if count != self._count:
            self._count = count
            self.live_changed.emit(*count)

    @Slot(object)
    def _on_failed(self, problem: ConsoleError) -> None:
        self.notice.say(error_text(problem))
