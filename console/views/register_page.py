"""A register of data protection as a page: a paper about one of its records stands in the journal before it is seen."""

from __future__ import annotations

from collections.abc import Callable

from console.services.papers import Made, Report
from console.services.registers import ExtractRegister, Register
from console.views.acting_page import ActingPage
from console.views.printing import show_preview
from console.views.record_output import made_by
from console.views.record_spec import Row


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
