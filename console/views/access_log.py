"""The access log: who looked at what, when and why; checked before visitors' eyes, printed with the result."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPushButton, QWidget

from console.i18n import _
from console.kernel import ConsoleError, EndReason, Right
from console.services.access_log import LogRow
from console.services.journal import Checked
from console.services.station import Station
from console.views.access_log_check import CheckSheet
from console.views.access_log_row import LogPanel
from console.views.access_log_span import SpanFields
from console.views.access_log_spec import KIND, access_log_spec
from console.views.page import Page
from console.views.record_page import RecordPage
from console.views.ui import Ui

__all__ = ["KIND", "AccessLogPage", "page"]

NEWS_MS: Final = 1000
FOLD_MS: Final = 200
"""So long after the first rows the names are folded, which would hold up their painting."""


def page(ui: Ui, station: Station) -> Page:
    return AccessLogPage(ui, station)


class AccessLogPage(RecordPage[LogRow]):
    """The list with the check of the whole journal over it. A row's panel shows it whole, as it is stored."""

    def __init__(self, ui: Ui, station: Station, parent: QWidget | None = None) -> None:
        self._checked: Checked | None = None
        spec = access_log_spec(ui, station, self.open_wanted_later, lambda: self._checked)
        super().__init__(ui, station, spec, parent)
        self.add_panel(_("The entry"), lambda: LogPanel(ui, station))
        self.span_fields = SpanFields(ui)
        self.span_fields.chosen.connect(self._choose_span)
        self.add_filter(self.span_fields)
        self.table.follows_top = True
        self._news = self._timer(NEWS_MS, self.refresh)
        self._fold = self._timer(FOLD_MS, self._prepare)
        self._folded = False
        self.sheet: CheckSheet | None = None
        self.check_button: QPushButton | None = None
        if self._may_check():
            self.check_button = self.add_tool(_("Check the log"), "verify", self.check)
            self.check_button.setProperty("primary", True)
            self.check_button.setIcon(ui.theme.icon("verify", "on_accent", "on_accent"))

    def open_wanted_later(self, key: str, target: object) -> None:
        self.open_wanted.emit(key, target)

    def _may_check(self) -> bool:
        return self.ui.session.may(Right.VERIFY_JOURNAL)

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        self._news.stop()
        self._fold.stop()
        self.close_sheet()
        super().stop(reason)

    def _warm(self) -> None:
        if not self._folded:
            self._folded = True
            self._fold.start()

    @Slot()
    def _prepare(self) -> None:
        """Nobody has typed yet: the first word shall not wait for the names."""
        log, session = self.station.access_log, self.ui.session
        self.ui.tasks.read("access-log:names", lambda: log.prepare(session), lambda _done: None, self._not_prepared)

    def catch_up(self) -> None:
        """Whatever was stored, the journal grew; on a busy wall that is often, and one reading serves for all."""
        if not self._news.isActive():
            self._news.start()

    def _not_prepared(self, problem: ConsoleError) -> None:
        """The list itself says what is wrong; names are then read with the first word."""

    @Slot(str)
    def _choose_span(self, text: str) -> None:
        self.filter.box.setText(text)
        self.table.setFocus()

    # The check

    def check(self) -> None:
        """Check the whole journal; the result stays in sight until it is closed."""
        self._open_sheet().begin(_("The access log is being checked"))

    def print_list(self) -> None:
        """A paper carries the result of a check: without one yet, the log is checked first."""
        if self._checked is None and self._may_check():
            self._open_sheet(printing=True).begin(_("Before it is printed, the access log is checked"))
        else:
            super().print_list()

    def _open_sheet(self, *, printing: bool = False) -> CheckSheet:
        self.close_sheet()
        self.sheet = CheckSheet(self.ui, self.station, self)
        self.sheet.finished.connect(self._keep_checked)
        self.sheet.closed.connect(self.close_sheet)
        self.sheet.print_wanted.connect(self._print_checked)
        if printing:
            self.sheet.finished.connect(self._go_on_printing)
        self.sheet.open()
        return self.sheet

    @Slot()
    def close_sheet(self) -> None:
        if self.sheet is not None:
            self.sheet.close_sheet()
            self.sheet = None
            self.table.setFocus()

    @Slot(object)
    def _keep_checked(self, checked: Checked) -> None:
        self._checked = checked

    @Slot(object)
    def _go_on_printing(self, checked: Checked) -> None:
        # Findings stay in sight: whoever reads them decides whether to print.
        if checked.report.sound:
            self._print_checked()

    @Slot()
    def _print_checked(self) -> None:
        self.close_sheet()
        super().print_list()
