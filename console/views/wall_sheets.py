"""Sheets that lie over the wall for a moment: list of layouts, a notice. The wall plays on below."""

from __future__ import annotations

import html
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.views.theme import Theme
from console.views.wall_keys import Act, layout_of, read_key
from console.views.wall_model import LAYOUTS

NOTICE_MS: Final = 12_000


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
    """L: all layouts, by digit or by arrow keys and Enter."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Act.LAYOUT_LIST)
        title = QLabel(plain(_("Layouts")))
        title.setProperty("role", "title")
        self.column.addWidget(title)
        for digit, layout in enumerate(LAYOUTS, start=1):
            side = round(layout**0.5)
            button = QPushButton(plain(_("{digit}   {n} tiles ({side} × {side})", digit=digit, n=layout, side=side)))
            button.setStyleSheet("text-align: left")
            button.setProperty("layout", layout)
            button.setMinimumWidth(220)
            button.clicked.connect(self._clicked)
            self.column.addWidget(button)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        press = read_key(event)
        layout = layout_of(press.digit) if press is not None and press.act is Act.LAYOUT else None
        if layout is not None:
            self.close_sheet()
            self.chosen.emit(layout)
        elif press is not None and press.act in {Act.UP, Act.DOWN}:
            self.focusNextPrevChild(press.act is Act.DOWN)
        else:
            super().keyPressEvent(event)

    @Slot()
    def _clicked(self) -> None:
        self.close_sheet()
        self.chosen.emit(int(self.sender().property("layout")))


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
