"""Rows that break where the window is narrow, so that nothing on them is cut or laid over something else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QLayoutItem, QVBoxLayout, QWidget

LEAST_LINE: Final = 320


class Flow(QLayout):
    """Side by side, each as wide as it wishes to be; what finds no room goes to the next line."""

    def __init__(self, parent: QWidget | None = None, *, spacing: int = 6, at_end: bool = False) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._at_end = at_end
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        lines = self._lines(width)
        return sum(map(_height, lines)) + self.spacing() * max(0, len(lines) - 1)

    def sizeHint(self) -> QSize:
        """One line of all of them."""
        shown = self._shown()
        wide = sum(item.sizeHint().width() for item in shown) + self.spacing() * max(0, len(shown) - 1)
        return QSize(wide, _height(shown))

    def minimumSize(self) -> QSize:
        shown = self._shown()
        return QSize(max((item.sizeHint().width() for item in shown), default=0), _height(shown))

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        top = rect.top()
        for line in self._lines(rect.width()):
            sizes = [item.sizeHint() for item in line]
            left = rect.left()
            if self._at_end:
                left += max(0, rect.width() - sum(size.width() + self.spacing() for size in sizes) + self.spacing())
            for item, size in zip(line, sizes, strict=True):
                middle = top + (_height(line) - size.height()) // 2
                item.setGeometry(QRect(QPoint(left, middle), QSize(min(size.width(), rect.width()), size.height())))
                left += size.width() + self.spacing()
            top += _height(line) + self.spacing()

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        used = 0
        for item in self._shown():
            wish = item.sizeHint().width()
            if lines and used + self.spacing() + wish <= width:
                lines[-1].append(item)
                used += self.spacing() + wish
            else:
                lines.append([item])
                used = wish
        return lines


def _height(line: list[QLayoutItem]) -> int:
    return max((item.sizeHint().height() for item in line), default=0)


class ButtonRow(QWidget):
    """Buttons in order of use over at most so many lines; those without room there stand behind the last, `more`."""

    def __init__(self, more: QWidget, lines: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._more = more
        self._lines = lines
        self._buttons: list[QWidget] = []
        self._flow = Flow(self)
        self._flow.addWidget(more)
        more.hide()

    def fill(self, buttons: Sequence[QWidget]) -> None:
        """Show these; those that were there before go."""
        for widget in (*self._buttons, self._more):
            self._flow.removeWidget(widget)
        for widget in self._buttons:
            widget.hide()
            widget.deleteLater()
        self._buttons = list(buttons)
        for widget in (*self._buttons, self._more):
            self._flow.addWidget(widget)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        widths, more = [_wish(button) for button in self._buttons], _wish(self._more)
        shown = len(widths)
        while shown and self._count([*widths[:shown], *([more] if shown < len(widths) else [])]) > self._lines:
            shown -= 1
        for number, button in enumerate(self._buttons):
            button.setVisible(number < shown)
        self._more.setVisible(shown < len(widths))

    def _count(self, widths: Sequence[int]) -> int:
        lines, left = 0, -1
        for width in widths:
            left -= width + self._flow.spacing()
            if left < 0:
                lines, left = lines + 1, self.width() - width
        return lines


class FoldingLine(QFrame):
    """Three parts on one line; where they find no room there, the middle one goes to a line of its own below."""

    def __init__(self, first: QWidget, middle: QWidget, last: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts = (first, middle, last)
        self._middle = middle
        self.folded = False
        self._line = QHBoxLayout()
        self._line.setContentsMargins(0, 0, 0, 0)
        for part in self._parts:
            self._line.addWidget(part)
        self.column = QVBoxLayout(self)
        self.column.addLayout(self._line)

    def set_spacing(self, between: int, lines: int) -> None:
        """Set the gaps between the parts and between the two lines."""
        self._line.setSpacing(between)
        self.column.setSpacing(lines)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            # A part wishes for another width than before.
            self._fold()
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        """The line folds for whatever width there is; what stands on it now must not hold the window open."""
        return QSize(LEAST_LINE, super().minimumSizeHint().height())

    def needed(self) -> int:
        """Return the width that one line needs."""
        margins = self.column.contentsMargins()
        gaps = self._line.spacing() * (len(self._parts) - 1)
        return margins.left() + margins.right() + gaps + sum(_wish(part) for part in self._parts)

    def _fold(self) -> None:
        folded = self.needed() > self.width() and _wish(self._middle) > 0
        if folded == self.folded:
            return
        self.folded = folded
        if folded:
            self._line.removeWidget(self._middle)
            self.column.addWidget(self._middle)
        else:
            self.column.removeWidget(self._middle)
            self._line.insertWidget(1, self._middle)


def _wish(part: QWidget) -> int:
    part.ensurePolished()
    return max(part.minimumWidth(), part.sizeHint().width())
