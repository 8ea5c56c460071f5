"""Charts over time, drawn by pyqtgraph: curves above one another on one axis of station time, read out by keyboard.

Takes some tenths of a second to import: only where a chart is about to be shown, and on a reader's thread.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.i18n.dates import format_clock, format_date, format_day, local
from console.views.chart_frame import FRAME, ChartFrame, Sides, set_axes
from console.views.theme import Theme, font, line_height

LEFT: Final = 52
RIGHT: Final = 26
"""What stands beside the curves: the figures of the values' axis, and half of the last time on the other one."""

CURVE_HEIGHT: Final = 100
EDGE: Final = 11
"""Above and below a curve: half the height of an axis' figure."""

GAP_PX: Final = 14
"""Between two times on the axis, at least."""

_HOUR_S: Final = 3600
_DAY_S: Final = 24 * _HOUR_S
_SPACINGS: Final = (*(n * _HOUR_S for n in (1, 2, 3, 4, 6, 12)), *(n * _DAY_S for n in (1, 2, 5, 7, 10, 14, 28)))
_STEPS: Final = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The time that a chart shows, and its stretches: when each began, and its words when it is read out."""

    since: datetime
    until: datetime
    began: Sequence[datetime]
    seconds: int
    words: Callable[[int], str]

    def middle(self, number: int) -> float:
        return self.began[number].timestamp() + self.seconds / 2

    def at(self, part: float) -> int | None:
        """Return the stretch at this part of the time; None where there is none yet."""
        moment = self.since + (self.until - self.since) * part
        after = timedelta(seconds=self.seconds)
        return next((n for n, began in enumerate(self.began) if began <= moment < began + after), None)


def nice_top(highest: float) -> float:
    """Return a round number that is not below the highest value."""
    if highest <= 0:
        return 1.0
    size = 10.0 ** (len(str(int(highest))) - 1)
    return next(step * size for step in _STEPS if step * size >= highest)


def ticks(since: float, until: float, most: int) -> tuple[int, list[float]]:
    """Return whole hours or days of the station's clock, `most` at most, and how many seconds lie between them."""
    fitting = (each for each in _SPACINGS if (until - since) / each < most)
    spacing = next(fitting, _SPACINGS[-1])
    offset = local(datetime.fromtimestamp(since, UTC)).utcoffset() or timedelta()
    shift = offset.total_seconds()
    first = math.ceil((since + shift) / spacing) * spacing - shift
    return spacing, [first + n * spacing for n in range(int((until - first) // spacing) + 1)]


def tick_text(moment: float, spacing: float) -> str:
    """The hour; at midnight and between days the day."""
    here = local(datetime.fromtimestamp(moment, UTC))
    return plain(format_day(here)) if spacing >= _DAY_S or here.hour == 0 else format_clock(here)


class TimeAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph tells no types
    """Whole hours and days of the station's clock, as many as there is room for."""

    def tickValues(self, since: float, until: float, size: float) -> list[tuple[float, list[float]]]:
        widest = QFontMetrics(font()).horizontalAdvance(tick_text(0, _DAY_S) + "00")
        spacing, found = ticks(since, until, max(2, int(size / (widest + GAP_PX))))
        return [(spacing, found)]

    def tickStrings(self, values: Sequence[float], _scale: float, spacing: float) -> list[str]:
        return [tick_text(value, spacing) for value in values]


class _Plot(pg.GraphicsView):  # type: ignore[misc]  # pyqtgraph tells no types
    """One curve with its axes."""

    def __init__(self, theme: Theme, parent: QWidget, *, times: bool) -> None:
        super().__init__(parent, useOpenGL=False, background=theme.colour("surface"))
        self._theme = theme
        self._box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0)
        left, bottom = pg.AxisItem("left"), TimeAxis("bottom", showValues=times)
        under = line_height() + 6 if times else EDGE
        set_axes(self, self._box, Sides(left, LEFT, bottom, under, above=EDGE, right=RIGHT), theme, "muted")
        self._left = left
        self._curve = pg.PlotCurveItem(pen=pg.mkPen(theme.colour("accent"), width=2), antialias=True, connect="finite")
        colour = theme.colour("accent")
        self._dots = pg.ScatterPlotItem(size=4, pen=None, brush=colour, antialias=True)
        self._lines = [pg.InfiniteLine(angle=0, pen=theme.colour("line")) for _number in range(3)]
        self.cursor = pg.InfiniteLine(angle=90, pen=pg.mkPen(theme.colour("text"), style=Qt.PenStyle.DashLine))
        self.cursor.hide()
        for item in (*self._lines, self._curve, self._dots, self.cursor):
            self._box.addItem(item, ignoreBounds=True)
        self.setFixedHeight(EDGE + CURVE_HEIGHT + under)

    def show_values(self, time: Timeline, values: Sequence[float | None]) -> None:
        top = nice_top(max((value for value in values if value is not None), default=0.0))
        self._box.setRange(xRange=(time.since.timestamp(), time.until.timestamp()), yRange=(0, top), padding=0)
        figures = [0.0, top / 2, top]
        self._left.setTicks([[(value, f"{value:,.4g}") for value in figures]])
        for line, value in zip(self._lines, figures, strict=True):
            line.setPos(value)
        x = [time.middle(number) for number in range(len(values))]
        self._curve.setData(x, [math.nan if value is None else value for value in values])
        lone = _lone(values)
        self._dots.setData([x[number] for number in lone], [values[number] for number in lone])

    def drop(self) -> None:
        """Let go of the scene: what pyqtgraph holds of it in cycles would outlive the page."""
        self._box.close()
        self.close()


def _lone(values: Sequence[float | None]) -> list[int]:
    """Return what has nothing measured on either side: no line would show it."""
    around = [None, *values, None]
    neighbours = [(one, other) for one, other in zip(around, around[2:], strict=False)]
    return [n for n, pair in enumerate(neighbours) if values[n] is not None and pair == (None, None)]


class TimeChart(ChartFrame):
    """Curves above one another over one time. ← → Home End and the mouse move a line that reads out what was there.

    Its accessible description is `summary` and, once the line stands somewhere, the words of that place.
    """

    def __init__(self, theme: Theme, titles: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._time: Timeline | None = None
        self._summary = ""
        self._plots: list[_Plot] = []
        self._nothing: list[QLabel] = []
        self.place: int | None = None
        """The stretch that is read out."""

        column = QVBoxLayout(self)
        column.setContentsMargins(FRAME, FRAME, FRAME, FRAME)
        column.setSpacing(0)
        for title in titles:
            heading = QLabel(title)
            heading.setProperty("role", "hint")
            heading.setWordWrap(True)
            plot = _Plot(theme, self, times=title is titles[-1])
            nothing = QLabel(plain(_("Nothing was measured")), plot)
            nothing.setProperty("role", "hint")
            nothing.move(LEFT + GAP_PX, EDGE + CURVE_HEIGHT // 3)
            self._plots.append(plot)
            self._nothing.append(nothing)
            column.addWidget(heading)
            column.addWidget(plot)
        self._axis = QLabel()
        self._axis.setProperty("role", "hint")
        self._axis.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setMinimumHeight(3 * line_height())
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addWidget(self._axis)
        column.addWidget(self.told)
        for label in self.findChildren(QLabel):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setMouseTracking(True)

    @property
    def moment(self) -> datetime | None:
        """When the stretch that is read out began."""
        return None if self._time is None or self.place is None else self._time.began[self.place]

    def show_series(
        self, time: Timeline, values: Sequence[Sequence[float | None]], summary: str, moment: datetime | None = None
    ) -> None:
        """Show one row of values a title; the line that reads out goes to the stretch that began at this moment."""
        self._time, self._summary = time, summary
        for plot, nothing, row in zip(self._plots, self._nothing, values, strict=True):
            plot.show_values(time, row)
            nothing.setVisible(all(value is None for value in row))
        days = f"{format_day(time.since)} – {format_date(time.until)}"
        self._axis.setText(plain(f"{_('Time')} · {days}"))
        self.read_out(time.began.index(moment) if moment in time.began else None)

    def read_out(self, place: int | None) -> None:
        """Put the line there and say what was seen there; None: say how to do that."""
        time, self.place = self._time, place
        if time is None:
            return
        words = _("← and → read out what was seen.") if place is None else time.words(place)
        self.told.setText(words)
        self.setAccessibleDescription(plain(" ".join(filter(None, (self._summary, words)))))
        for plot in self._plots:
            plot.cursor.setVisible(place is not None)
            if place is not None:
                plot.cursor.setPos(time.middle(place))

    def drop(self) -> None:
        """The page closes."""
        self._time = None
        for plot in self._plots:
            plot.drop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = -1 if self._time is None else len(self._time.began) - 1
        here = last + 1 if self.place is None else self.place
        moved = {
            Qt.Key.Key_Left: here - 1,
            Qt.Key.Key_Right: 0 if self.place is None else here + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        place = moved.get(Qt.Key(event.key()))
        if place is None or last < 0:
            super().keyPressEvent(event)
        else:
            self.read_out(min(max(place, 0), last))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        width = self.width() - LEFT - RIGHT - 2 * FRAME
        if self._time is not None and width > 0:
            self.read_out(self._time.at((event.position().x() - LEFT - FRAME) / width))
