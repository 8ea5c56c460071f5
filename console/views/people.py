"""People and roles: who may log in here, as what, and who can reach the cameras."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from console.kernel import EndReason
from console.services.station import Station
from console.views.act_panel import ActPanel
from console.views.page import Page
from console.views.people_spec import KIND, Somebody, people_spec
from console.views.record_page import RecordPage
from console.views.record_spec import FormSpec
from console.views.ui import Ui


def page(ui: Ui, station: Station) -> Page:
    return PeoplePage(ui, station)


class PeoplePage(RecordPage[Somebody]):
    """The list with two more forms, each in a panel over it: access by the recovery sheet, and a new password."""

    def __init__(self, ui: Ui, station: Station, parent: QWidget | None = None) -> None:
        super().__init__(ui, station, people_spec(ui, station, self.open_act), parent)
        self.act_panel: ActPanel[Somebody] | None = None
        self._done = ""

    def open_act(self, person: Somebody, form: FormSpec[Somebody]) -> None:
        """Show a form about somebody over the list."""
        self.close_act()
        self._done = form.saved(None)
        self.act_panel = ActPanel(self.ui, self.station, form, f"{KIND}.act", self)
        self.act_panel.form.closed.connect(self.close_act)
        self.act_panel.form.saved.connect(self._saved_act)
        self.act_panel.open(person)

    @Slot()
    def close_act(self) -> None:
        if self.act_panel is not None:
            self.act_panel.close_panel()
            self.act_panel = None
            self.table.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot(object)
    def _saved_act(self, _answer: object) -> None:
        self.close_act()
        self.strip.say(self._done, passing=True)
        self.refresh()

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        self.close_act()
        super().stop(reason)
