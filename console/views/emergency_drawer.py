"""The drawer for an emergency override: by which law, for which incident, why; above the form what it will do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from console.i18n import N_, _, plain
from console.i18n.errors import deny_reason
from console.i18n.labels import label
from console.kernel import Denied, LegalBasis, Purpose
from console.services.commands import build
from console.services.emergencies import LASTS_MIN, BeginEmergency, Begun
from console.services.incidents import IncidentLine
from console.services.station import Station
from console.views.prose import Prose
from console.views.record_form import RecordForm
from console.views.record_spec import Choice, Field, FormSpec, LongText, Section, Values
from console.views.tool_button import tool_button
from console.views.ui import Ui
from console.views.wall_model import EmergencyChoice, PurposeChoice, WallCamera, WallIncident

WIDTH: Final = 440
DRAFTS: Final = "emergency_at"


def legal_bases() -> Mapping[LegalBasis, str]:
    return {basis: f"{number}  {plain(label(basis))}" for number, basis in enumerate(LegalBasis, start=1)}


def emergency_form(camera: WallCamera, incidents: Sequence[WallIncident]) -> FormSpec[IncidentLine]:
    """Return the form for one camera; the newest incident stands first."""

    def command(values: Values, line: IncidentLine | None) -> BeginEmergency:
        del line
        return build(BeginEmergency, camera_id=camera.id, **values)

    def numbers() -> Mapping[str, str]:
        return {incident.id: f"{incident.number}  {incident.title}" for incident in incidents}

    fields = (
        Field("legal_basis", N_("Legal basis"), Choice(legal_bases), required=True),
        Field("incident_id", N_("Open incident"), Choice(numbers), required=True),
        Field(
            "reason",
            N_("Why the owner cannot be asked first"),
            LongText(1000),
            required=True,
            hint=N_("At least 20 letters. The reason stays in the access log."),
        ),
    )
    return FormSpec(
        title=lambda _line: _("Emergency access"),
        sections=(Section("", fields),),
        stored=lambda _line: {},
        command=command,
        verb=N_("Open for 30 minutes"),
    )


class EmergencyDrawer(QFrame):
    """For one camera; the wall plays on beside it. What is typed is kept as a draft of this camera."""

    begun = Signal(object)
    """The override runs: the `PurposeChoice` by which the tile is to be opened."""
    closed = Signal()

    def __init__(self, ui: Ui, station: Station, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drawer")
        self.setFixedWidth(WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._ui = ui
        self._station = station
        self._incidents: Sequence[WallIncident] = ()
        self.form: RecordForm[IncidentLine] | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._told = QVBoxLayout()
        self._told.setContentsMargins(16, 0, 16, 6)
        self._told.setSpacing(8)
        self._column.addLayout(self._head())
        self._column.addLayout(self._told)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(16, 10, 10, 6)
        row.setSpacing(8)
        sign = QLabel()
        sign.setPixmap(self._ui.theme.pixmap("urgent", "bad", 24, self.devicePixelRatioF()))
        title = QLabel(plain(_("Emergency access")))
        title.setProperty("role", "title")
        row.addWidget(sign)
        row.addWidget(title, 1)
        close = tool_button(self._ui.theme, "close", _("Close (Esc)"))
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(self.leave)
        row.addWidget(close)
        return row

    def open_for(self, camera: WallCamera, denied: Denied | None, incidents: Sequence[WallIncident]) -> None:
        """Ask for what an override of this camera needs, and say what it will do."""
        self._incidents = incidents
        self._tell(f"{camera.code} {camera.name}", "name")
        if denied is not None:
            self._tell(_("Not permitted now: {reason}", reason=deny_reason(denied)))
        self._tell(
            _(
                "The picture opens on this tile only, for {n} minutes at most, with a red frame. It stands in the"
                " access log with your name, and the owner reads in the statement that the camera was opened in an"
                " emergency and for which incident. After a withdrawal nobody can open it, not even so.",
                n=LASTS_MIN,
            ),
            "warning",
        )
        if not incidents:
            self._tell(_("No incident is open. Press F2 to open one first; what you type here is kept."), "problem")
        spec = emergency_form(camera, incidents)
        self.form = RecordForm(self._ui, self._station, spec, f"{DRAFTS}:{camera.id}")
        self.form.saved.connect(self._saved)
        self.form.closed.connect(self.closed)
        self.form.filled.connect(self.form.focus_first)
        self._column.addWidget(self.form, 1)
        self.form.fill(None)

    def _tell(self, text: str, role: str = "text") -> None:
        self._told.addWidget(Prose(text, role))

    @Slot(object)
    def _saved(self, answer: Begun) -> None:
        form, self.form = self.form, None
        if form is not None:
            form.stop()
        emergency = EmergencyChoice(answer.id, answer.until)
        incident = next((each for each in self._incidents if each.id == answer.incident_id), None)
        self.begun.emit(PurposeChoice(Purpose.INCIDENT, incident, emergency))
        self.closed.emit()

    @Slot()
    def leave(self) -> None:
        """Close; what was typed and not saved stays a draft."""
        if self.form is None:
            self.closed.emit()
        else:
            self.form.try_close()

    def stop(self) -> None:
        """The drawer goes: keep what was typed."""
        if self.form is not None:
            self.form.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)
