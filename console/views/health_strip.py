"""The strip of one camera's health over time, and what its patterns mean.

Nothing is told by colour alone: each state has a pattern, a word in the legend, and its words on hover.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from console.i18n import _, plain
from console.services.health import Chart, Sums
from console.views.health_words import STATES, piece_text
from console.views.theme import Theme, font

STRIP_HEIGHT: Final = 20
LINE: Final = 24
SWATCH: Final = 14
GAP: Final = 14
PALE: Final = 110
LEAST_DARK: Final = 3.0
"""Pixels: however short it was, what was dark is seen."""
SMALL_PX: Final = 14


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
    """How one camera did over a time, in a line; nothing while that is not known. Which time, says whoever shows it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chart: Chart | None = None
        self.setMouseTracking(True)
        self.setFixedHeight(STRIP_HEIGHT)

    def show_chart(self, chart: Chart | None, told: str) -> None:
        """Show it; `told` are the words of it for who does not see it."""
        self._chart = chart
        self.setAccessibleDescription(plain(told))
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


class Legend(QWidget):
    """What the strip's colours and patterns mean; as many in a line as there is room for."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._metrics = QFontMetrics(font(SMALL_PX))
        self.setMinimumWidth(200)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self.setFixedHeight((self._places()[-1][1] + 1) * LINE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(font(SMALL_PX))
        for x, line, state, word in self._places():
            y = line * LINE
            box = QRectF(x + 0.5, y + (LINE - SWATCH) / 2 + 0.5, SWATCH, SWATCH)
            if state is not None:
                fill(painter, box, self._theme, state)
            painter.setPen(QPen(self._theme.colour("faint"), 1))
            painter.drawRect(box)
            if state is None:
                painter.drawLine(
                    box.bottomLeft() + QPointF(2, -SWATCH / 2), box.bottomRight() + QPointF(-2, -SWATCH / 2)
                )
            painter.setPen(self._theme.colour("text"))
            rect = QRectF(x + SWATCH + 6, y, self.width(), LINE)
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), word)
        painter.end()

    @staticmethod
    def _legend() -> list[tuple[str | None, str]]:
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
