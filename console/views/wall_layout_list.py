"""The list of all layouts: one small picture each, chosen by mouse, by arrow keys and Enter, or by its digit."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from console.i18n import _, plain
from console.views.theme import Theme
from console.views.wall_layouts import LAYOUTS, Layout, digit_of

PICTURE: Final = QSize(72, 42)
COLUMNS: Final = 3


class ChoiceButton(QToolButton):
    """A button among many: Enter presses it, arrow keys are left to the sheet, which knows what lies where."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        elif event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down}:
            event.ignore()
        else:
            super().keyPressEvent(event)


class LayoutList(QWidget):
    """Every layout as a picture."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        self.buttons = {layout: self._button(layout) for layout in LAYOUTS}
        for number, button in enumerate(self.buttons.values()):
            grid.addWidget(button, number // COLUMNS, number % COLUMNS)
        grid.setRowStretch(len(LAYOUTS) // COLUMNS + 1, 1)

    def mark(self, layout: Layout) -> None:
        """Show which layout the wall has."""
        for each, button in self.buttons.items():
            button.setChecked(each == layout)

    def _button(self, layout: Layout) -> ChoiceButton:
        button = ChoiceButton()
        button.setObjectName("tool")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setCheckable(True)
        button.setIcon(layout_icon(self._theme, layout, self.devicePixelRatioF()))
        button.setIconSize(PICTURE)
        digit = digit_of(layout)
        button.setText(plain(layout.key if digit is None else f"{layout.key}  [{digit}]"))
        button.setToolTip(plain(layout_words(layout)))
        button.setAccessibleName(button.toolTip())
        button.setProperty("layout", layout)
        button.clicked.connect(self._clicked)
        return button

    @Slot()
    def _clicked(self) -> None:
        self.chosen.emit(self.sender().property("layout"))


def layout_words(layout: Layout) -> str:
    """Name a layout and its key: 9 tiles (key 3)."""
    digit = digit_of(layout)
    if digit is None:
        return _("{n} tiles", n=layout.count)
    if layout.cells[0].span > 1:
        return _("1 large tile and {n} small ones (key {key})", n=layout.count - 1, key=digit)
    return _("{n} tiles (key {key})", n=layout.count, key=digit)


def layout_icon(theme: Theme, layout: Layout, ratio: float) -> QIcon:
    """Draw how the tiles lie."""
    pixmap = QPixmap(PICTURE * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    wide, high = PICTURE.width() / layout.side, PICTURE.height() / layout.side
    for box in layout.cells:
        area = QRectF(box.column * wide, box.row * high, box.span * wide, box.span * high)
        gap = 0.5 if layout.side > 4 else 1.0  # noqa: PLR2004 - many tiles leave little room for what lies between
        painter.fillRect(area.adjusted(gap, gap, -gap, -gap), theme.colour("accent" if box.span > 1 else "muted"))
    painter.end()
    return QIcon(pixmap)
