"""The desk for people's rights over their data: the register, each request's way, and the answer on paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from PySide6.QtWidgets import QWidget

from console.i18n import _
from console.i18n.dates import format_date
from console.i18n.labels import label
from console.services.erasure import Certificate
from console.services.erasure_papers import erasure_certificate
from console.services.retention import BackupsLeft
from console.services.retention_papers import backups_text
from console.services.rights_papers import answer_letter
from console.services.rights_requests import RequestLine, days_beyond, deadline
from console.services.station import Station
from console.views.page import Page
from console.views.register_page import RegisterPage, StepsPanel
from console.views.registers import days_mark, step_text
from console.views.rights_request_spec import Hands, request_spec
from console.views.ui import Ui


def page(ui: Ui, station: Station) -> Page:
    return RightsRequestsPage(ui, station)


class RightsRequestsPage(RegisterPage[RequestLine]):
    """The register; beside the form of a request stands how far it is."""

    register = "rights_request"

    def __init__(self, ui: Ui, station: Station, parent: QWidget | None = None) -> None:
        hands = Hands(self.open_act, self.print_letter, self.print_certificate)
        super().__init__(ui, station, request_spec(ui, station, hands), parent)
        nothing = _("Once the request is entered, every step stands here.")
        self.add_panel(_("Steps"), lambda: StepsPanel(ui, steps, nothing))

    def print_letter(self, line: RequestLine) -> None:
        """Show the answer as paper."""
        self.show_paper(lambda made: answer_letter(line, made))

    def print_certificate(self, line: RequestLine) -> None:
        """Show what was erased as paper."""
        erased = line.erased
        if erased is not None:
            self.show_paper(lambda made: erasure_certificate(erased, made, by=line.carried_by))


def steps(line: RequestLine, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield until when the next step is due, then name and words of each step, in order."""
    row = line.row
    due = deadline(row, now)
    mark = days_mark(due)
    if due is not None and mark is not None:
        yield _("Next step by"), f"{format_date(due.ends)} · {mark.text}"
    yield _("Received"), step_text(row.facts.received_at, label(row.facts.way))
    if row.identity is not None and row.identified_at is not None:
        yield (
            _("Identity checked"),
            step_text(row.identified_at, line.identified_by, label(row.identity), row.identity_words),
        )
    if row.ruling is not None and row.decided_at is not None:
        refusal = "" if row.ruling.refusal is None else label(row.ruling.refusal)
        words = (label(row.ruling.decision), refusal, row.ruling.decision_words)
        yield _("Decided"), step_text(row.decided_at, line.decided_by, *words)
    if row.carried_at is not None:
        yield _("Carried out"), step_text(row.carried_at, line.carried_by, row.carried_words)
    if line.erased is not None:
        yield _("Backups"), _backups(line, line.erased)
    if row.closed_at is not None:
        yield _("Closed"), step_text(row.closed_at, line.closed_by)


def _backups(line: RequestLine, erased: Certificate) -> str:
    """Until when what was erased lives on in backups, and whether that is longer than the law gives."""
    text = backups_text(BackupsLeft(erased.backups_until, erased.unnamed_backups, erased.elsewhere))
    beyond = days_beyond(line.row.facts.received_at, erased.backups_until)
    if not beyond:
        return text
    late = _(
        "That is {n} days after the 90 days: IT deletes the older backups by hand, or keeps them shorter.", n=beyond
    )
    return f"{text} {late}"
