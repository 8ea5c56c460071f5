"""Charts that are painted here: the strip of one camera's health, and the strip with its curves over time.

Nothing is told by colour alone: each state has a pattern, a word in the legend, and its words on hover.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from console.i18n import _, plain
from console.i18n.dates import format_time, local
from console.services.health import Chart, Piece, Sums
from console.views.health_words import STATES, piece_text, strip_text
from console.views.theme import Theme, font

STRIP_HEIGHT: Final = 20
LEFT: Final = 46
RIGHT: Final = 14
CURVE_HEIGHT: Final = 96
LINE: Final = 24
HEAD: Final = 32
"""Of a curve: its title, and room for the uppermost figure of the axis."""
SWATCH: Final = 14
GAP: Final = 14
PALE: Final = 110
LEAST_DARK: Final = 3.0
"""Pixels: however short it was, what was dark is seen."""
SMALL_PX: Final = 14
_STEPS: Final = (1, 2, 5, 10)
_DAY_S: Final = 86_400


def nice_top(highest: float) -> float:
    """Return a round number that is not below the highest value."""
    if highest <= 0:
        return 1.0
    size = 10.0 ** (len(str(int(highest))) - 1)
    return next(step * size for step in _STEPS if step * size >= highest)


def paint_strip(painter: QPainter, rect: QRectF, chart: Chart, theme: Theme) -> None:
    """Paint one bar a piece, parted like its seconds; what nobody watched stays an empty line."""
    whole = (chart.until - chart.since).total_seconds()
    painter.fillRect(rect, theme.colour("raised"))
    middle = rect.center().y()
    painter.setPen(QPen(theme.colour("faint"), 1, Qt.PenStyle.DotLine))
    painter.drawLine(QPointF(rect.left(), middle), QPointF(rect.right(), middle))
    for piece in chart.pieces:
        if not piece.sums.watched:
            continue
        left = rect.left() + rect.width() * (piece.began - chart.since).total_seconds() / whole
        dark = piece.sums.watched > piece.sums.live
        width = max(LEAST_DARK if dark else 1.0, rect.width() * piece.seconds / whole)
        _paint_bar(painter, QRectF(left, rect.top(), width, rect.height()), piece.sums, theme)
    painter.setPen(QPen(theme.colour("line"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect)


def _paint_bar(painter: QPainter, rect: QRectF, sums: Sums, theme: Theme) -> None:
    """However short it was, an outage is seen: it takes a sixth of the height at least."""
    painter.fillRect(rect, theme.colour("surface"))
    dark = {name: getattr(sums, name) / sums.watched for name in STATES if name != "live"}
    heights = {name: max(rect.height() / 6, rect.height() * part) for name, part in dark.items() if part}
    spent = min(rect.height(), sum(heights.values()))
    if sums.live:
        live = QRectF(rect.left(), rect.top() + spent, rect.width(), max(rect.height() - spent, rect.height() / 6))
        fill(painter, live, theme, "live")
    top = rect.top()
    for name, height in heights.items():
        fill(painter, QRectF(rect.left(), top, rect.width(), min(height, rect.bottom() - top)), theme, name)
        top += height


def fill(painter: QPainter, rect: QRectF, theme: Theme, state: str) -> None:
    """Paint a state's pattern on a pale ground of its colour, so that a sliver of it is seen too."""
    _word, name, pattern = STATES[state]
    colour = theme.colour(name)
    ground = theme.colour(name)
    ground.setAlpha(PALE)
    painter.fillRect(rect, ground)
    painter.fillRect(rect, QBrush(colour, pattern))


class HealthStrip(QWidget):
    """One camera's last 24 hours in a line, as `Health.last_24h` gave them; nothing while they are not known."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chart: Chart | None = None
        self.setMouseTracking(True)
        self.setFixedHeight(STRIP_HEIGHT)
        self.setAccessibleName(plain(_("Health of the last 24 h")))

    def show_chart(self, chart: Chart | None) -> None:
        self._chart = chart
        self.setAccessibleDescription("" if chart is None else plain(strip_text(chart.pieces)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, STRIP_HEIGHT)

    def words_at(self, x: float) -> str:
        """Return what the strip says at this place."""
        return "" if self._chart is None else _words_at(self._chart, (x - 0.5) / max(1.0, self.width() - 1.0))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        QToolTip.showText(event.globalPosition().toPoint(), self.words_at(event.position().x()), self)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._chart is not None:
            painter = QPainter(self)
            paint_strip(painter, QRectF(0.5, 0.5, self.width() - 1, self.height() - 1), self._chart, self._theme)
            painter.end()


def _words_at(chart: Chart, part: float) -> str:
    moment = chart.since + (chart.until - chart.since) * part
    for piece in chart.pieces:
        if piece.began <= moment < piece.began + timedelta(seconds=piece.seconds):
            return plain(piece_text(piece))
    return ""


@dataclass(frozen=True, slots=True)
class _Curve:
    title: str
    value: Callable[[Sums], float | None]


class HealthChart(QWidget):
    """State, frame rate and bandwidth of one camera over time, with axes, units and a legend."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chart: Chart | None = None
        self._font = font(SMALL_PX)
        self._metrics = QFontMetrics(self._font)
        self._curves = (
            _Curve(plain(_("Frame rate (pictures per second)")), lambda sums: sums.rate),
            _Curve(plain(_("Bandwidth (kbit/s)")), lambda sums: sums.kbps),
        )
        self.setMouseTracking(True)
        self.setMinimumWidth(300)
        self.setAccessibleName(plain(_("Camera health")))

    def show_chart(self, chart: Chart) -> None:
        self._chart = chart
        self.setAccessibleDescription(plain(strip_text(chart.pieces)) if _is_day(chart) else "")
        self._fit()
        self.update()

    def _fit(self) -> None:
        self.setFixedHeight(STRIP_HEIGHT + self._legend_lines() * LINE + 2 * (CURVE_HEIGHT + HEAD) + 2 * LINE + 8)

    def resizeEvent(self, event: QEvent) -> None:
        del event
        self._fit()

    def leaveEvent(self, event: QEvent) -> None:
        del event
        QToolTip.hideText()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._chart is not None:
            part = (event.position().x() - LEFT) / max(1.0, self.width() - LEFT - RIGHT)
            QToolTip.showText(event.globalPosition().toPoint(), _words_at(self._chart, part), self)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._chart is None:
            return
        painter = QPainter(self)
        painter.setFont(self._font)
        width = self.width() - LEFT - RIGHT
        paint_strip(painter, QRectF(LEFT, 1, width, STRIP_HEIGHT), self._chart, self._theme)
        top = float(STRIP_HEIGHT + 4)
        top += self._paint_legend(painter, top)
        for curve in self._curves:
            self._paint_text(painter, QRectF(0, top, self.width(), LINE), curve.title, "muted")
            self._paint_curve(painter, QRectF(LEFT, top + HEAD, width, CURVE_HEIGHT - 8), curve)
            top += HEAD + CURVE_HEIGHT
        self._paint_times(painter, QRectF(LEFT, top - 4, width, LINE))
        painter.end()

    def _legend(self) -> list[tuple[str | None, str]]:
        return [*((name, plain(_(STATES[name][0]))) for name in STATES), (None, plain(_("Not watched")))]

    def _places(self) -> list[tuple[int, int, str | None, str]]:
        """Return x, line, state and word of each entry, as many in a line as there is room for."""
        found, x, line = [], 0, 0
        for state, word in self._legend():
            width = SWATCH + 6 + self._metrics.horizontalAdvance(word)
            if x and x + width > self.width():
                x, line = 0, line + 1
            found.append((x, line, state, word))
            x += width + GAP
        return found

    def _legend_lines(self) -> int:
        return self._places()[-1][1] + 1

    def _paint_legend(self, painter: QPainter, top: float) -> float:
        for x, line, state, word in self._places():
            y = top + line * LINE
            box = QRectF(x + 0.5, y + (LINE - SWATCH) / 2 + 0.5, SWATCH, SWATCH)
            if state is not None:
                fill(painter, box, self._theme, state)
            painter.setPen(QPen(self._theme.colour("faint"), 1))
            painter.drawRect(box)
            if state is None:
                painter.drawLine(
                    box.bottomLeft() + QPointF(2, -SWATCH / 2), box.bottomRight() + QPointF(-2, -SWATCH / 2)
                )
            self._paint_text(painter, QRectF(x + SWATCH + 6, y, self.width(), LINE), word, "text")
        return float(self._legend_lines() * LINE)

    def _paint_text(
        self,
        painter: QPainter,
        rect: QRectF,
        text: str,
        colour: str,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        painter.setPen(self._theme.colour(colour))
        painter.drawText(rect, int(align | Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_curve(self, painter: QPainter, rect: QRectF, curve: _Curve) -> None:
        assert self._chart is not None  # noqa: S101 - painted with a chart only
        values = [curve.value(piece.sums) for piece in self._chart.pieces]
        top = nice_top(max((value for value in values if value is not None), default=0.0))
        for part in (0.0, 0.5, 1.0):
            y = rect.bottom() - rect.height() * part
            painter.setPen(QPen(self._theme.colour("line"), 1))
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
            box = QRectF(0, y - LINE / 2, LEFT - 6, LINE)
            self._paint_text(painter, box, f"{top * part:,.4g}", "muted", Qt.AlignmentFlag.AlignRight)
        if all(value is None for value in values):
            self._paint_text(painter, rect, plain(_("Nothing was measured")), "muted", Qt.AlignmentFlag.AlignHCenter)
        for run in _runs(self._chart.pieces, values):
            points = [
                QPointF(self._x(rect, piece), rect.bottom() - rect.height() * value / top) for piece, value in run
            ]
            painter.setPen(QPen(self._theme.colour("accent"), 2 if len(points) > 1 else 4))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if len(points) > 1:
                painter.drawPolyline(QPolygonF(points))
            else:
                painter.drawPoint(points[0])
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _x(self, rect: QRectF, piece: Piece) -> float:
        assert self._chart is not None  # noqa: S101 - painted with a chart only
        middle = (piece.began - self._chart.since).total_seconds() + piece.seconds / 2
        return rect.left() + rect.width() * middle / (self._chart.until - self._chart.since).total_seconds()

    def _paint_times(self, painter: QPainter, rect: QRectF) -> None:
        chart = self._chart
        assert chart is not None  # noqa: S101 - painted with a chart only
        span = chart.until - chart.since
        for number in range(4):
            moment = chart.since + span * (number / 3)
            here = local(moment)
            text = plain(format_time(moment)) if _is_day(chart) else f"{here.day}/{here.month}"
            align = (
                Qt.AlignmentFlag.AlignLeft,
                Qt.AlignmentFlag.AlignHCenter,
                Qt.AlignmentFlag.AlignHCenter,
                Qt.AlignmentFlag.AlignRight,
            )[number]
            width = rect.width() / 2
            x = rect.left() + rect.width() * number / 3
            left = {0: x, 3: x - width}.get(number, x - width / 2)
            self._paint_text(painter, QRectF(left, rect.top(), width, LINE), text, "muted", align)
        title = _("Time of day") if _is_day(chart) else _("Day / month")
        middle = Qt.AlignmentFlag.AlignHCenter
        self._paint_text(painter, rect.translated(0, LINE - 4), plain(title), "muted", middle)


def _is_day(chart: Chart) -> bool:
    return (chart.until - chart.since).total_seconds() <= _DAY_S


def _runs(pieces: Sequence[Piece], values: Sequence[float | None]) -> list[list[tuple[Piece, float]]]:
    """Part the curve where nothing was measured: a line through a hole would tell what nobody saw."""
    runs: list[list[tuple[Piece, float]]] = [[]]
    for piece, value in zip(pieces, values, strict=True):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((piece, value))
    return [run for run in runs if run]
