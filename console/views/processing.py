"""The record of processing activities: worded by the station, issued as versions, exported whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from console.i18n import _, plain
from console.i18n.errors import error_text
from console.kernel import ConsoleError
from console.services.processing import ActivityLine, IssueLine, IssueProcessing
from console.services.processing_papers import issued_record, version_text
from console.services.station import Station
from console.views.page import Page
from console.views.processing_spec import EVERY_ITEM, processing_spec
from console.views.record_output import ListOutput
from console.views.register_page import RegisterPage
from console.views.ui import Ui


def page(ui: Ui, station: Station) -> Page:
    return ProcessingPage(ui, station)


class ProcessingPage(RegisterPage[ActivityLine]):
    """The list; its head issues a version and shows former ones."""

    register = "processing"

    def __init__(self, ui: Ui, station: Station, parent: QWidget | None = None) -> None:
        super().__init__(ui, station, processing_spec(ui, station), parent)
        self.output.stop()
        whole = replace(self.spec, columns=EVERY_ITEM)
        self.output = ListOutput(ui, station, whole, self, self.strip)
        self.versions_button = self.add_tool(_("Versions"), "clock", self.list_versions)
        self.issue_button: QPushButton | None = None
        if station.dispatcher.may(IssueProcessing, ui.session):
            self.issue_button = self.add_tool(_("Issue a version"), "check", self.ask_issue)

    def ask_issue(self) -> None:
        """Ask before the record as it stands becomes a version."""
        text = _("The record as it stands becomes the next version: kept whole, with a fingerprint in the journal.")
        answers = ((_("Issue it"), self._issue), (_("Cancel"), self.strip.close_strip))
        self.strip.ask(text, answers, harmless=1)

    def _issue(self) -> None:
        self.strip.close_strip()
        dispatcher, session = self.station.dispatcher, self.ui.session
        self.ui.tasks.write(lambda: dispatcher.run(IssueProcessing(), session), self._issued, self._refused)

    def _issued(self, number: int) -> None:
        if not self._closed:
            self.strip.say(_("Version {number} was issued.", number=number), passing=True)

    def _refused(self, problem: ConsoleError) -> None:
        if not self._closed:
            self.strip.say(plain(error_text(problem)), "bad")

    def list_versions(self) -> None:
        """Offer the issued versions; the chosen one is shown as paper."""
        processing, session = self.station.processing, self.ui.session
        self.ui.tasks.read(f"{self._name}:issues", lambda: processing.issues(session), self._offer, self._fail)

    def _offer(self, issues: Sequence[IssueLine]) -> None:
        if self._closed:
            return
        if not issues:
            self.strip.say(_("No version was issued yet."), passing=True)
            return
        menu = QMenu(self)
        menu.setObjectName("versions")
        for issue in issues:
            action = menu.addAction(plain(version_text(issue)))
            action.triggered.connect(lambda _checked=False, each=issue: self.show_version(each))
        menu.popup(self.versions_button.mapToGlobal(QPoint(0, self.versions_button.height())))

    def show_version(self, issue: IssueLine) -> None:
        """Show a former version as paper."""
        self.show_paper(lambda made: issued_record(issue, made))
