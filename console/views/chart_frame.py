"""What every chart stands in: a box of pyqtgraph with an axis at the left and one below, and a frame for the focus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from console.views.theme import Theme, font

FRAME: Final = 4
"""Around everything, where the focus is shown."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The two axes of a box, how much room each takes, and what is left above and at the right."""

    left: pg.AxisItem
    width: int
    bottom: pg.AxisItem
    height: int
    above: int
    right: int


def set_axes(view: pg.GraphicsView, box: pg.ViewBox, sides: Sides, theme: Theme, figures: str) -> None:
    """Put box and axes into the view; `figures` names the colour of what stands at the axes.

    No menu, no zoom and no keyboard: whoever points at the view points at the chart around it.
    """
    view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    layout = pg.GraphicsLayout()
    layout.setContentsMargins(0, sides.above, sides.right, 0)
    layout.setSpacing(0)
    layout.addItem(sides.left, 0, 0)
    layout.addItem(box, 0, 1)
    layout.addItem(sides.bottom, 1, 1)
    view.setCentralItem(layout)
    sides.left.setWidth(sides.width)
    sides.bottom.setHeight(sides.height)
    for axis in (sides.left, sides.bottom):
        axis.linkToView(box)
        axis.setStyle(tickFont=font(), tickLength=-4, hideOverlappingLabels=False, autoExpandTextSpace=False)
        axis.setPen(theme.colour("line"))
        axis.setTextPen(theme.colour(figures))


class ChartFrame(QWidget):
    """A chart with the keyboard's focus in it is framed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(self._theme.colour("accent"), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
            painter.end()
