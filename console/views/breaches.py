"""The register of breaches: the clock, the assessment, who was told, and the form of the notice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from console.i18n import _
from console.i18n.labels import label
from console.kernel import EndReason
from console.services.breach_papers import breach_notice, moment_text
from console.services.breaches import BreachLine, breach_clock
from console.services.station import Station
from console.views.breach_spec import Hands, breach_spec, clock_mark
from console.views.page import Page
from console.views.register_page import RegisterPage, StepsPanel
from console.views.registers import step_text
from console.views.ui import Ui

MINUTE_MS: Final = 60_000
"""The clock goes on though nobody changes anything."""


def page(ui: Ui, station: Station) -> Page:
    return BreachesPage(ui, station)


class BreachesPage(RegisterPage[BreachLine]):
    """The register; the clock goes on by itself."""

    register = "breach"

    def __init__(self, ui: Ui, station: Station, parent: QWidget | None = None) -> None:
        super().__init__(ui, station, breach_spec(ui, station, Hands(self.open_act, self.print_notice)), parent)
        nothing = _("Once the breach is entered, every step stands here.")
        self.add_panel(_("Steps"), lambda: StepsPanel(ui, _steps, nothing))
        self._minute = QTimer(self)
        self._minute.setInterval(MINUTE_MS)
        self._minute.timeout.connect(self.refresh)

    def start(self) -> None:
        super().start()
        self._minute.start()

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        self._minute.stop()
        super().stop(reason)

    def print_notice(self, line: BreachLine) -> None:
        """Show the form as paper."""
        self.show_paper(lambda made: breach_notice(line, made))


def _steps(line: BreachLine, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield the clock, then each step with its time and person."""
    yield _("Came to be known"), moment_text(line.row.facts.discovered_at)
    clock = breach_clock(line.row, now)
    mark = clock_mark(clock)
    if clock is not None and mark is not None:
        yield _("The office is told by"), f"{moment_text(clock.ends)} · {mark.text}"
        yield _("A late notice is explained by"), moment_text(clock.explained_by)
    for step in line.steps:
        yield label(step.step), step_text(step.at, step.who, step.words)
