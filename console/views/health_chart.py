"""One camera's health over time: the strip of its states, and its frame rate and bandwidth below on the same time."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.services.health import Chart
from console.views.chart_frame import FRAME
from console.views.charts import LEFT, RIGHT, TimeChart, Timeline
from console.views.health_strip import HealthStrip, Legend
from console.views.health_words import figures_text, sum_text
from console.views.theme import Theme


class HealthChart(QWidget):
    """State, frame rate and bandwidth of one camera, with axes, units and a legend."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._of: tuple[str, int] | None = None
        """Camera and fineness of what is shown."""

        self.strip = HealthStrip(theme)
        self.strip.setAccessibleName(plain(_("Camera health")))
        self.curves = TimeChart(theme, (_("Frame rate (pictures per second)"), _("Bandwidth (kbit/s)")))
        self.curves.setAccessibleName(plain(_("Camera health")))
        self.setFocusProxy(self.curves)
        aside = QHBoxLayout()
        aside.setContentsMargins(LEFT + FRAME, 0, RIGHT + FRAME, 0)
        aside.addWidget(self.strip)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(aside)
        column.addWidget(Legend(theme))
        column.addWidget(self.curves)

    def show_chart(self, chart: Chart) -> None:
        pieces = chart.pieces
        seconds = pieces[0].seconds if pieces else 1
        began = [piece.began for piece in pieces]
        time = Timeline(chart.since, chart.until, began, seconds, lambda number: figures_text(pieces[number]))
        values = [[piece.sums.rate for piece in pieces], [piece.sums.kbps for piece in pieces]]
        told = sum_text(pieces)
        self.strip.show_chart(chart, told)
        # Read again while somebody reads it out, it goes on where he is.
        of = (chart.camera_id, seconds)
        moment = self.curves.moment if of == self._of else None
        self._of = of
        self.curves.show_series(time, values, told, moment)

    def drop(self) -> None:
        """The page closes."""
        self.curves.drop()
