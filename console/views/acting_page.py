"""A record page with acts that ask for more than a reason: each has a small form in a panel over the list."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from console.kernel import EndReason
from console.services.station import Station
from console.views.act_panel import ActPanel
from console.views.record_page import RecordPage
from console.views.record_spec import FormSpec, RecordSpec, Row
from console.views.ui import Ui


class ActingPage(RecordPage[Row]):
    """The list with one act's form over it at a time."""

    def __init__(self, ui: Ui, station: Station, spec: RecordSpec[Row], parent: QWidget | None = None) -> None:
        super().__init__(ui, station, spec, parent)
        self.act_panel: ActPanel[Row] | None = None
        self._acting: FormSpec[Row] | None = None
        self._acted = ""

    def open_act(self, row: Row, form: FormSpec[Row], key: str = "act") -> None:
        """Show a form about a row over the list. `key` names its draft, so that two acts do not share one."""
        self.close_act()
        self._acting, self._acted = form, row.id
        self.act_panel = ActPanel(self.ui, self.station, form, f"{self.spec.kind}.{key}", self)
        self.act_panel.form.closed.connect(self.close_act)
        self.act_panel.form.saved.connect(self._saved_act)
        self.act_panel.open(row)

    @Slot()
    def close_act(self) -> None:
        if self.act_panel is not None:
            self.act_panel.close_panel()
            self.act_panel = None
            self.table.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot(object)
    def _saved_act(self, answer: object) -> None:
        said = "" if self._acting is None else self._acting.saved(answer)
        self.close_act()
        self.strip.say(said, passing=True)
        self._after_change(self._acted)

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        self.close_act()
        super().stop(reason)
