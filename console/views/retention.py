"""How long data are kept: the terms with what is due now, its deletion with a certificate, and what is held back."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QWidget

from console.i18n import _, plain
from console.i18n.errors import error_text
from console.i18n.labels import label
from console.kernel import ConsoleError
from console.services.retention import HoldLine, Plan, RetentionLine, RunLine, RunRetention
from console.services.retention_papers import run_certificate
from console.services.station import Station
from console.views.page import Page
from console.views.record_page import RecordPage
from console.views.register_page import RegisterPage
from console.views.retention_spec import hold_spec, rule_spec, run_spec
from console.views.ui import Ui


def retention_page(ui: Ui, station: Station) -> Page:
    return RetentionPage(ui, station)


def holds_page(ui: Ui, station: Station) -> Page:
    made: RecordPage[HoldLine] = RecordPage(ui, station, hold_spec(ui, station))
    return made


def deletions_page(ui: Ui, station: Station) -> Page:
    return DeletionsPage(ui, station)


class RetentionPage(RegisterPage[RetentionLine]):
    """The terms. Deleting looks first, says what would go, and asks."""

    register = "retention"

    def __init__(self, ui: Ui, station: Station, parent: QWidget | None = None) -> None:
        super().__init__(ui, station, rule_spec(ui, station), parent)
        self.delete_button: QPushButton | None = None
        if station.dispatcher.may(RunRetention, ui.session):
            self.delete_button = self.add_tool(_("Delete what is due…"), "strike", self.look)

    def look(self) -> None:
        """Say what would be deleted; nothing is yet."""
        retention, session = self.station.retention, self.ui.session
        self.ui.tasks.read(f"{self._name}:plan", lambda: retention.plan(session), self._ask_for, self._fail)

    def _ask_for(self, plan: Plan) -> None:
        if self._closed:
            return
        if plan.count == 0:
            self.strip.say(_("Nothing is due. Nothing was deleted."), passing=True)
            return
        due = [f"{label(item.kept)}: {item.due.count:,}" for item in plan.items if item.due.count]
        held = sum(item.due.held for item in plan.items)
        text = _("This would be deleted, for good: {what}.", what=" · ".join(due))
        if held:
            text += "\n" + _("{n} values are held and stay.", n=f"{held:,}")
        text += "\n" + _("Rows of the journal stay; a certificate is made.")
        answers = ((_("Delete"), lambda: self._delete(plan)), (_("Cancel"), self.strip.close_strip))
        self.strip.ask(text, answers, harmless=1)

    def _delete(self, plan: Plan) -> None:
        self.strip.close_strip()
        dispatcher, session, retention = self.station.dispatcher, self.ui.session, self.station.retention
        command = RunRetention(as_of=plan.as_of)

        def work() -> RunLine:
            run_id = dispatcher.run(command, session)
            return next(line for line in retention.runs(session) if line.id == run_id)

        self.ui.tasks.write(work, self._deleted, self._refused)

    def _deleted(self, line: RunLine) -> None:
        if self._closed:
            return
        self.refresh()
        text = _("{n} were deleted. The certificate stands under “Deletions”.", n=f"{line.row.count:,}")
        answers = ((_("Certificate"), lambda: self._certificate(line)), (_("Close"), self.strip.close_strip))
        self.strip.ask(text, answers)

    def _certificate(self, line: RunLine) -> None:
        self.strip.close_strip()
        self.show_paper(lambda made: run_certificate(line, made))

    def _refused(self, problem: ConsoleError) -> None:
        if not self._closed:
            self.strip.say(plain(error_text(problem)), "bad")


class DeletionsPage(RegisterPage[RunLine]):
    """Every deletion, with its certificate to be printed again."""

    register = "retention"

    def __init__(self, ui: Ui, station: Station, parent: QWidget | None = None) -> None:
        super().__init__(ui, station, run_spec(ui, station, self.print_certificate), parent)

    def print_certificate(self, line: RunLine) -> None:
        self.show_paper(lambda made: run_certificate(line, made))
