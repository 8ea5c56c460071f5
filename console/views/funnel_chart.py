"""The funnel as bars: for each group registered, linked and online, one below the other. Read out by keyboard.

Takes some tenths of a second to import: only where the chart is about to be shown, and on a reader's thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.views.chart_frame import FRAME, ChartFrame, Sides, set_axes
from console.views.charts import nice_top
from console.views.funnel_words import FunnelRow, group_words
from console.views.theme import Theme, font, line_height

MOST_GROUPS: Final = 10
"""More bars than this are no picture any more; the table tells of all."""

BAR: Final = 0.24
ROOM: Final = 1.06
"""Beyond the longest bar, for its figure."""

GROUP_PX: Final = 54
NAME_PX: Final = 210
_TICKS: Final = 5


class _Names(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph tells no types
    """The groups' names, cut in the middle where they are too long."""

    def __init__(self) -> None:
        super().__init__("left")
        self.names: Sequence[str] = ()

    def tickValues(self, _low: float, _high: float, _size: float) -> list[tuple[float, list[float]]]:
        return [(1.0, [float(number) for number in range(len(self.names))])]

    def tickStrings(self, values: Sequence[float], _scale: float, _spacing: float) -> list[str]:
        metrics = QFontMetrics(font())
        return [
            metrics.elidedText(self.names[int(value)], Qt.TextElideMode.ElideMiddle, NAME_PX - 2 * line_height())
            if 0 <= int(value) < len(self.names)
            else ""
            for value in values
        ]


class FunnelChart(ChartFrame):
    """Bars of the largest groups. ↑ ↓ Home End read a group out; the sentence stands below and is the description."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._rows: Sequence[FunnelRow] = ()
        self.place: int | None = None
        self._view = pg.GraphicsView(self, useOpenGL=False, background=theme.colour("surface"))
        self._box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0, invertY=True)
        self._names = _Names()
        self._cameras = pg.AxisItem("bottom")
        below = line_height() + 6
        set_axes(
            self._view, self._box, Sides(self._names, NAME_PX, self._cameras, below, above=4, right=34), theme, "text"
        )
        self.axis = QLabel(plain(_("Number of cameras")))
        self._title = QLabel()
        self.told = QLabel()
        for label in (self.axis, self._title, self.told):
            label.setProperty("role", "hint")
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.axis.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.told.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(FRAME, FRAME, FRAME, FRAME)
        column.setSpacing(2)
        column.addWidget(self._legend())
        column.addWidget(self._view)
        column.addWidget(self.axis)
        column.addWidget(self.told)
        self.setAccessibleName(plain(_("Funnel of the zone")))

    def _brushes(self) -> list[tuple[QColor, Qt.BrushStyle]]:
        """Hollow, hatched, full: what each bar means is not only in its colour."""
        theme = self._theme
        return [
            (theme.colour("muted"), Qt.BrushStyle.NoBrush),
            (theme.colour("accent"), Qt.BrushStyle.BDiagPattern),
            (theme.colour("good"), Qt.BrushStyle.SolidPattern),
        ]

    def _legend(self) -> QWidget:
        legend = QWidget()
        row = QHBoxLayout(legend)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._title.setFixedWidth(NAME_PX - 6)
        self._title.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._title)
        for (colour, style), name in zip(
            self._brushes(), (_("Registered"), _("Linked to CCOC"), _("Online now")), strict=True
        ):
            sample = _Sample(colour, style)
            text = QLabel(plain(name))
            text.setProperty("role", "hint")
            row.addWidget(sample)
            row.addWidget(text)
            row.addSpacing(12)
        row.addStretch(1)
        return legend

    def show_rows(self, rows: Sequence[FunnelRow], title: str) -> None:
        """Show the largest groups (`title`: of what); whoever reads one out goes on where he is."""
        self._rows = rows[:MOST_GROUPS]
        self._names.names = [row.name for row in self._rows]
        self._box.clear()
        self._title.setText(plain(title))
        top = nice_top(max((row.counts.registered for row in self._rows), default=0))
        self._box.setRange(xRange=(0, top * ROOM), yRange=(-0.5, max(len(self._rows), 1) - 0.5), padding=0)
        step = max(1, round(top / _TICKS))
        self._cameras.setTicks([[(value, f"{value:,}") for value in range(0, int(top) + 1, step)]])
        for number, brush in enumerate(self._brushes()):
            self._draw(number, brush)
        self._view.setFixedHeight(max(len(self._rows), 1) * GROUP_PX + line_height() + 14)
        more = len(rows) - len(self._rows)
        self.read_out(self.place if self.place is not None and self.place < len(self._rows) else None)
        if more > 0 and self.place is None:
            self.told.setText(_("The {n} largest groups; the table has {more} more.", n=MOST_GROUPS, more=more))

    def _draw(self, number: int, brush: tuple[QColor, Qt.BrushStyle]) -> None:
        colour, style = brush
        values = [(row.counts.registered, row.counts.linked, row.counts.online)[number] for row in self._rows]
        heights = [at + (number - 1) * (BAR + 0.03) for at in range(len(values))]
        bars = pg.BarGraphItem(
            x0=0,
            y=heights,
            height=BAR,
            width=values,
            pen=pg.mkPen(colour),
            brush=pg.mkBrush(pg.QtGui.QBrush(colour, style)),
        )
        self._box.addItem(bars, ignoreBounds=True)
        for value, height in zip(values, heights, strict=True):
            figure = pg.TextItem(f"{value:,}", color=self._theme.colour("text"), anchor=(0, 0.5))
            figure.setFont(font())
            figure.setPos(value, height)
            self._box.addItem(figure, ignoreBounds=True)

    def read_out(self, place: int | None) -> None:
        """Say the figures of a group; None: say how to do that."""
        self.place = place
        words = _("↑ and ↓ read out the groups.") if place is None else group_words(self._rows[place])
        self.told.setText(words)
        self.setAccessibleDescription(plain(words))

    def read_out_id(self, row_id: str) -> None:
        """Say the figures of the group that stands in this row of the table."""
        place = next((at for at, row in enumerate(self._rows) if row.id == row_id), None)
        if place is not None:
            self.read_out(place)

    def drop(self) -> None:
        """The page closes: what pyqtgraph holds in cycles would outlive it."""
        self._box.close()
        self._view.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._rows) - 1
        here = -1 if self.place is None else self.place
        moved = {
            Qt.Key.Key_Up: here - 1,
            Qt.Key.Key_Down: here + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        place = moved.get(Qt.Key(event.key()))
        if place is None or last < 0:
            super().keyPressEvent(event)
        else:
            self.read_out(min(max(place, 0), last))


class _Sample(QWidget):
    """A bar of the legend."""

    def __init__(self, colour: QColor, style: Qt.BrushStyle) -> None:
        super().__init__()
        self._colour, self._style = colour, style
        self.setFixedSize(26, 12)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._colour)
        painter.setBrush(pg.QtGui.QBrush(self._colour, self._style))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
