"""The visitor book of the room. Its form has a field for each sector, so the sectors are read first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.i18n import _
from console.kernel import ConsoleError, EndReason
from console.services.station import Station
from console.services.visitors import NameSectors, SectorRow, VisitLine
from console.views.act_panel import ActPanel
from console.views.page import Page
from console.views.record_page import RecordPage
from console.views.states import StateStack
from console.views.ui import Ui
from console.views.visitor_spec import Book, Sectors, sector_form, visit_spec

_numbers = count()


class VisitList(RecordPage[VisitLine]):
    """The visits, counted by these sectors."""


class VisitorsPage(Page):
    """Reads the sectors, then shows the list; once they are named anew it is made anew."""

    def __init__(self, ui: Ui, station: Station, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self._station = station
        self._name = f"visitors-{next(_numbers)}"
        self._closed = False
        self._sectors: Sequence[SectorRow] | None = None
        self.list: VisitList | None = None
        self.act_panel: ActPanel[Any] | None = None
        self.states = StateStack(ui.theme, ui.clock)
        self.states.again.connect(self._read)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.states)

    def start(self) -> None:
        self._ui.changes.changed.connect(self._hear)
        self._read()

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        if self._closed:
            return
        self._closed = True
        self._ui.changes.changed.disconnect(self._hear)
        self.close_form()
        self.states.stop()
        if self.list is not None:
            self.list.stop(reason)

    def refresh(self) -> None:
        if self.list is not None:
            self.list.refresh()

    @Slot(object)
    def _hear(self, kinds: frozenset[str]) -> None:
        if "sector" in kinds:
            self._read()

    @Slot()
    def _read(self) -> None:
        if self.list is None:
            self.states.say_loading()
        self._ui.tasks.read(self._name, self._station.visitors.sectors, self._show, self._fail)

    def _show(self, sectors: Sequence[SectorRow]) -> None:
        if self._closed or sectors == self._sectors:
            return
        if self.list is not None and self.list.panel_shown and self.list.panel.is_dirty():
            # Somebody is writing: the other names come when he is done and the page is opened again.
            return
        self._sectors = sectors
        former = self.list
        made = self.list = VisitList(self._ui, self._station, visit_spec(Book(self._ui, self._station, sectors)))
        if self._station.dispatcher.may(NameSectors, self._ui.session):
            made.add_tool(_("Sectors"), "settings", self.open_sectors)
        self.states.show_content(made)
        self.setFocusProxy(made)
        made.start()
        if former is not None:
            former.stop()
            former.deleteLater()

    def _fail(self, problem: ConsoleError) -> None:
        if not self._closed and self.list is None:
            self.states.say_error(problem)

    # The sectors

    def open_sectors(self) -> None:
        """Show the form that names the sectors."""
        self.close_form()
        self.act_panel = ActPanel(self._ui, self._station, sector_form(), "sector.act", self)
        self.act_panel.form.closed.connect(self.close_form)
        self.act_panel.form.saved.connect(self._saved)
        self.act_panel.open(Sectors(self._sectors or ()))

    @Slot()
    def close_form(self) -> None:
        if self.act_panel is not None:
            self.act_panel.close_panel()
            self.act_panel = None
            if self.list is not None:
                self.list.table.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot(object)
    def _saved(self, _answer: object) -> None:
        self.close_form()
        self._read()
