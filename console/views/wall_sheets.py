"""Sheets that lie over the wall for a moment: list of layouts, a notice. The wall plays on below."""

from __future__ import annotations

import html
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.views.theme import Theme
from console.views.wall_keys import Act, read_key
from console.views.wall_layout_list import LayoutList
from console.views.wall_layouts import Layout, layout_of
from console.views.wall_named import WallShelf
from console.views.wall_shelf import ShelfPanel
from console.views.wall_tours import Tours

NOTICE_MS: Final = 12_000
_STEPS: Final = {Act.LEFT: (-1, 0), Act.RIGHT: (1, 0), Act.UP: (0, -1), Act.DOWN: (0, 1)}

_OF_THE_TILE: Final = frozenset({Act.CLEAR, Act.FIND, Act.PURPOSE, Act.RETRY})


class Sheet(QFrame):
    """A panel in the middle of its parent. Esc, or the key that opened it, closes it."""

    closed = Signal()

    def __init__(self, parent: QWidget, opener: Act) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._opener = opener
        self._ground = parent
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(22, 16, 22, 18)
        self.column.setSpacing(8)
        self.hide()

    def open(self) -> None:
        self.adjustSize()
        self._centre()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        self._ground.installEventFilter(self)

    def close_sheet(self) -> None:
        self._ground.removeEventFilter(self)
        self.hide()
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._centre()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        press = read_key(event)
        if press is not None and press.act in {Act.BACK, self._opener}:
            self.close_sheet()
            return
        # Other keys reach the wall: visitors must find the private tiles dark whatever lies open.
        event.ignore()

    def _centre(self) -> None:
        room = self._ground.size()
        size = self.size().boundedTo(room)
        self.resize(size)
        self.move((room.width() - size.width()) // 2, (room.height() - size.height()) // 2)


class LayoutSheet(Sheet):
    """L: all layouts, by digit or by arrow keys and Enter; beside them the named walls and tours."""

    chosen = Signal(object)

    def __init__(self, shelf: WallShelf, tours: Tours, parent: QWidget) -> None:
        super().__init__(parent, Act.LAYOUT_LIST)
        self._board = shelf.board
        title = QLabel(plain(_("Layouts")))
        title.setProperty("role", "title")
        self.column.addWidget(title)
        self.list = LayoutList(self._board.ui.theme)
        self.list.chosen.connect(self._choose)
        self.shelf = ShelfPanel(shelf, tours)
        self.shelf.done.connect(self.close_sheet)
        halves = QHBoxLayout()
        halves.setSpacing(22)
        halves.addWidget(self.list, 0, Qt.AlignmentFlag.AlignTop)
        halves.addWidget(self.shelf)
        self.column.addLayout(halves)
        # Arrows walk through what is seen; Tab goes to the form first, a dozen layouts would lie before it.
        for before, after in pairwise((self, *self.shelf.form_parts)):
            QWidget.setTabOrder(before, after)

    def open(self) -> None:
        self.list.mark(self._board.layout)
        self.shelf.begin()
        super().open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        press = read_key(event)
        if press is not None and press.act in _OF_THE_TILE:
            # Who looks at a list of walls, or types a name too soon, does not mean the tile behind it.
            return
        if press is not None and press.act is Act.LAYOUT:
            self._choose(layout_of(press.digit))
        elif press is not None and press.act in _STEPS:
            self._step(*_STEPS[press.act])
        else:
            super().keyPressEvent(event)

    @Slot(object)
    def _choose(self, layout: Layout) -> None:
        self.close_sheet()
        self.chosen.emit(layout)

    def _step(self, right: int, down: int) -> None:
        """Go to what lies next in that direction; from nowhere to the layout in use."""
        reached = [each for each in self.findChildren(QWidget) if _takes_keys(each)]
        here = self.focusWidget()
        if here is None or here not in reached:
            self.list.buttons[self._board.layout].setFocus(Qt.FocusReason.TabFocusReason)
            return
        start = self._area(here)

        def far(each: QWidget) -> int | None:
            area = self._area(each)
            if right:
                ahead = area.left() - start.right() if right > 0 else start.left() - area.right()
                aside = max(0, area.top() - start.bottom(), start.top() - area.bottom())
            else:
                ahead = area.top() - start.bottom() if down > 0 else start.top() - area.bottom()
                aside = max(0, area.left() - start.right(), start.left() - area.right())
            return ahead + 3 * aside if ahead > 0 else None

        ahead = [(way, at) for at, each in enumerate(reached) if (way := far(each)) is not None]
        if ahead:
            there = reached[min(ahead)[1]]
            there.setFocus(Qt.FocusReason.TabFocusReason)
            self.shelf.reveal(there)

    def _area(self, child: QWidget) -> QRect:
        return QRect(child.mapTo(self, QPoint(0, 0)), child.size())


def _takes_keys(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


class Notice(QFrame):
    """A sentence at the foot of the wall that goes away by itself: something could not be done, and what is safe."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._said = ""
        self._ground = parent
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(10)
        sign = QLabel()
        sign.setPixmap(theme.pixmap("urgent", "warning", 20, self.devicePixelRatioF()))
        sign.setFixedWidth(22)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.RichText)
        row.addWidget(self._text, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(NOTICE_MS)
        self._timer.timeout.connect(self.hide)
        self._ground.installEventFilter(self)
        self.hide()

    @property
    def said(self) -> str:
        """What stands there, or stood there last."""
        return self._said

    def say(self, text: str) -> None:
        self._said = text
        lines = html.escape(text).replace("\n", "<br>")
        self._text.setText(f'<p style="line-height:118%; margin:0">{lines}</p>')
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        room = self._ground.size()
        width = min(620, room.width() - 24)
        self.resize(width, self.heightForWidth(width))
        self.move((room.width() - width) // 2, room.height() - self.height() - 14)
