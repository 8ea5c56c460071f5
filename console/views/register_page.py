"""A register of data protection as a page: each record's steps, and papers that are journaled before they are seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from PySide6.QtCore import Slot

from console.i18n import _
from console.services.papers import Made, Report
from console.services.registers import ExtractRegister, Register
from console.views.acting_page import ActingPage
from console.views.printing import show_preview
from console.views.record_output import made_by
from console.views.record_reading import ReadingPanel
from console.views.record_spec import Row
from console.views.registers import told
from console.views.ui import Ui


class RegisterPage(ActingPage[Row]):
    """`register` names it in the journal."""

    register: Register

    def show_paper(self, paper: Callable[[Made], Report]) -> None:
        """Show a paper, journaled before."""
        made = made_by(self.ui.session, self.ui.clock, self.ui.station)
        command = ExtractRegister(register=self.register, how="print", rows=1)
        dispatcher, session = self.station.dispatcher, self.ui.session

        def show(_answer: object) -> None:
            if not self._closed:
                show_preview(self.ui, paper(made), self)

        self.ui.tasks.write(lambda: dispatcher.run(command, session), show, self._fail)


class StepsPanel(ReadingPanel[Row]):
    """Until when the next step is due, and what was done, by whom and when; `steps` gives name and words of each."""

    def __init__(self, ui: Ui, steps: Callable[[Row, datetime], Iterable[tuple[str, str]]], nothing: str) -> None:
        super().__init__(ui, "steps")
        self._steps = steps
        self._nothing = nothing
        self._row: Row | None = None
        self.setObjectName("former")
        self._text.setObjectName("formerText")

    def show_row(self, row: Row | None) -> None:
        self._row = row
        self._read()

    @Slot()
    def _read(self) -> None:
        row, now, muted = self._row, self._ui.clock.now(), self._ui.theme.colours.muted
        self._ui.tasks.read(
            self._name, lambda: "" if row is None else told(self._steps(row, now), muted), self._show, self._fail
        )

    def _show(self, text: str) -> None:
        if self._closed:
            return
        if text:
            self._tell(text)
        else:
            self._states.say_empty(_("No step yet"), self._nothing)
