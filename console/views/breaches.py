"""The register of breaches: the clock, the assessment, who was told, and the form of the notice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget

from console.i18n import _
from console.i18n.labels import label
from console.kernel import EndReason
from console.services.breach_papers import breach_notice, moment_text
from console.services.breaches import BreachLine, breach_clock
from console.services.station import Station
from console.views.breach_spec import Hands, breach_spec, clock_mark
from console.views.page import Page
from console.views.record_reading import ReadingPanel
from console.views.register_page import RegisterPage
from console.views.registers import told
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
        self.add_panel(_("Steps"), lambda: StepsPanel(ui))
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


class StepsPanel(ReadingPanel[BreachLine]):
    """The clock, and each step with its time and person."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui, "breach-steps")
        self._line: BreachLine | None = None

    def show_row(self, row: BreachLine | None) -> None:
        self._line = row
        self._read()

    @Slot()
    def _read(self) -> None:
        line, now, muted = self._line, self._ui.clock.now(), self._ui.theme.colours.muted

        def work() -> str:
            if line is None:
                return ""
            clock = breach_clock(line.row, now)
            mark = clock_mark(clock)
            facts = [(_("Came to be known"), moment_text(line.row.facts.discovered_at))]
            if clock is not None and mark is not None:
                facts.append((_("The office is told by"), f"{moment_text(clock.ends)} · {mark.text}"))
                facts.append((_("A late notice is explained by"), moment_text(clock.explained_by)))
            return told((*facts, *_steps(line)), muted)

        self._ui.tasks.read(self._name, work, self._show, self._fail)

    def _show(self, text: str) -> None:
        if self._closed:
            return
        if text:
            self._tell(text)
        else:
            self._states.say_empty(_("No step yet"), _("Once the breach is entered, every step stands here."))


def _steps(line: BreachLine) -> Iterator[tuple[str, str]]:
    for step in line.steps:
        yield label(step.step), " · ".join(filter(None, (moment_text(step.at), step.who, step.words)))
