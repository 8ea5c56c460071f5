"""The drawer for a new incident (F2): at a camera with time and place filled in, or from anywhere. The wall plays on.

What is typed is a draft of its own for each camera: a crash, a lock or another F2 loses nothing, and mixes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from console.i18n import _, plain
from console.i18n.dates import format_moment
from console.i18n.errors import error_text
from console.i18n.words import broken
from console.kernel import ConsoleError, Purpose, Session
from console.services.drafts import Draft
from console.services.incidents import IncidentFile, IncidentLine
from console.services.station import Station
from console.views.incident_specs import opening
from console.views.incident_words import near_text, words_label, wrapped
from console.views.record_form import RecordForm
from console.views.record_strip import Strip
from console.views.tool_button import tool_button
from console.views.ui import Ui
from console.views.wall_model import PurposeChoice, WallCamera, WallIncident

WIDTH: Final = 440
ANYWHERE: Final = "incident"
AT_CAMERA: Final = "incident_at"
NEW: Final = "new"
BEGUN: Final = "incident_begun"
"""Beside a draft: when it was begun. What was being written a while ago happened then, not now."""


def kind_of(camera: WallCamera | None) -> str:
    """Return the kind under which the form keeps its draft: one for each camera, one for anywhere."""
    return ANYWHERE if camera is None else f"{AT_CAMERA}:{camera.id}"


@dataclass(frozen=True, slots=True)
class _Left:
    """What was left unsaved: at this camera, and the newest at another."""

    begun: datetime | None
    elsewhere: Draft | None
    camera: WallCamera | None = None


def choice_of(line: IncidentLine) -> PurposeChoice:
    """Return an incident as a reason to look."""
    row = line.incident
    return PurposeChoice(Purpose.INCIDENT, WallIncident(row.id, row.number, row.title))


class IncidentDrawer(QFrame):
    """Opened by F2. Says what it saved, and what can be done with it next."""

    opened = Signal(str)
    """An incident was opened: its id."""
    closed = Signal()
    wall_wanted = Signal(object)
    """The new incident shall be the wall's purpose: a `PurposeChoice`."""
    file_wanted = Signal(str)
    """The new incident's file shall be shown: its id."""

    def __init__(self, ui: Ui, station: Station, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drawer")
        self.setFixedWidth(WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._ui = ui
        self._station = station
        self._camera: WallCamera | None = None
        self._stopped = False
        self.form: RecordForm[IncidentLine] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        self.strip = Strip(ui.theme)
        column.addWidget(self.strip)
        self._stack = QStackedWidget()
        self.done = DonePage(ui)
        self._stack.addWidget(self.done)
        column.addWidget(self._stack, 1)
        self.done.watch.connect(self._to_wall)
        self.done.file.connect(self._to_file)
        self.done.left.connect(self.closed)

    def _head(self) -> QVBoxLayout:
        head = QVBoxLayout()
        head.setContentsMargins(16, 10, 10, 6)
        head.setSpacing(2)
        row = QHBoxLayout()
        title = QLabel(plain(_("New incident")))
        title.setProperty("role", "title")
        row.addWidget(title, 1)
        close = tool_button(self._ui.theme, "close", _("Close (Esc)"))
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(self.leave)
        row.addWidget(close)
        head.addLayout(row)
        self._at = words_label("", "name")
        head.addWidget(self._at)
        return head

    def open_for(self, camera: WallCamera | None) -> None:
        """Begin an incident at this camera, or go on with the one that is being written there."""
        if self.form is not None and self._camera == camera:
            self.form.focus_first()
            return
        self._drop_form()
        self._camera = camera
        drafts, person = self._station.drafts, self._ui.session.person_id
        own = f"{kind_of(camera)}:{NEW}"

        def work() -> _Left:
            kept = [*drafts.kept(person, AT_CAMERA), *drafts.kept(person, ANYWHERE)]
            others = [draft for draft in kept if draft.key != own and draft.key.endswith(f":{NEW}")]
            elsewhere = max(others, key=lambda draft: draft.kept_at, default=None)
            begun = drafts.take(person, f"{BEGUN}:{own}") if drafts.take(person, own) is not None else None
            return _Left(_begun(begun), elsewhere, self._camera_of(elsewhere))

        self._ui.tasks.read("incident.drawer", work, self._begin, self._fail)

    def _camera_of(self, draft: Draft | None) -> WallCamera | None:
        """Return the camera that a draft was written at; on a reader's thread."""
        if draft is None or not draft.key.startswith(f"{AT_CAMERA}:"):
            return None
        camera_id = draft.key.removeprefix(f"{AT_CAMERA}:").removesuffix(f":{NEW}")
        row = next((row for row in self._station.cameras.cameras() if row.id == camera_id), None)
        if row is None:
            return None
        return WallCamera(
            row.id, row.code, row.name, row.place, row.owner_type, lat=row.lat, lon=row.lon, zone=row.zone
        )

    def _begin(self, left: _Left) -> None:
        if self._stopped:
            return
        camera = self._camera
        moment = left.begun
        if moment is None:
            moment = self._ui.clock.now()
            self._keep_begun(moment)
        self._show_camera(camera)
        self.form = RecordForm(self._ui, self._station, opening(camera, self._ui.clock, moment), kind_of(camera))
        self.form.saved.connect(self._saved)
        self.form.closed.connect(self.closed)
        self.form.filled.connect(self.form.focus_first)
        self._stack.addWidget(self.form)
        self._stack.setCurrentWidget(self.form)
        self.form.fill(None)
        self.strip.close_strip()
        if left.elsewhere is not None:
            self._offer(left.elsewhere, left.camera)

    def _begun_key(self) -> str:
        return f"{BEGUN}:{kind_of(self._camera)}:{NEW}"

    def _keep_begun(self, moment: datetime) -> None:
        drafts, person, key = self._station.drafts, self._ui.session.person_id, self._begun_key()
        self._ui.tasks.write(lambda: drafts.keep(person, key, {"at": moment.isoformat()}), _nothing, self._fail)

    def _show_camera(self, camera: WallCamera | None) -> None:
        self._at.setVisible(camera is not None)
        if camera is not None:
            self._at.setText(wrapped(_("At camera {camera}", camera=f"{camera.code} {camera.name}")))

    def _offer(self, draft: Draft, camera: WallCamera | None) -> None:
        """Say of the newest one left unsaved elsewhere, and let the officer go on with it."""
        when = format_moment(draft.kept_at, self._ui.clock.now())
        text = _("An incident begun at {when} is not saved yet.", when=when)
        if camera is not None:
            text = _("An incident begun at {when} at camera {camera} is not saved yet.", when=when, camera=camera.name)
        go_on, leave = (_("Go on with it"), lambda: self.open_for(camera)), (_("Later"), self.strip.close_strip)
        self.strip.ask(text, (go_on, leave), focus=False)

    def _saved(self, incident_id: str) -> None:
        self.opened.emit(incident_id)
        self._drop_form()
        self.done.wait()
        self._stack.setCurrentWidget(self.done)
        incidents, session = self._station.incidents, self._ui.session
        self._ui.tasks.read(
            "incident.done", lambda: _read(incidents.file, incident_id, session), self._tell, self._fail
        )

    def _tell(self, file: IncidentFile) -> None:
        if not self._stopped:
            self.done.say(file.line)

    def _fail(self, problem: ConsoleError) -> None:
        if not self._stopped:
            self.strip.say(error_text(problem), "bad")

    @Slot(object)
    def _to_wall(self, choice: PurposeChoice) -> None:
        self.wall_wanted.emit(choice)
        self.closed.emit()

    @Slot(str)
    def _to_file(self, incident_id: str) -> None:
        self.file_wanted.emit(incident_id)
        self.closed.emit()

    def _drop_form(self) -> None:
        form, self.form = self.form, None
        if form is not None:
            if not form.is_dirty():
                drafts, person, key = self._station.drafts, self._ui.session.person_id, self._begun_key()
                self._ui.tasks.write(lambda: drafts.drop(person, key), _nothing, self._fail)
            form.stop()
            self._stack.removeWidget(form)
            form.hide()
            form.deleteLater()

    @Slot()
    def leave(self) -> None:
        """Close; asks, inline, if something would be lost."""
        if self.form is not None:
            self.form.try_close()
        else:
            self.closed.emit()

    def stop(self) -> None:
        """Keep what is typed, and end."""
        self._stopped = True
        self._drop_form()
        self.strip.close_strip()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)


def _read(read: Callable[[str, Session], IncidentFile], incident_id: str, session: Session) -> IncidentFile:
    """Read a file, and find the words of what will be shown, beside the UI thread."""
    file = read(incident_id, session)
    broken(file.line.incident.title)
    return file


def _begun(draft: Draft | None) -> datetime | None:
    """Return what a draft says of its beginning; it is a file, so anything may stand in it."""
    try:
        moment = None if draft is None else datetime.fromisoformat(str(draft.values.get("at")))
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _nothing(_answer: object) -> None:
    """Nobody waits for this."""


class DonePage(QWidget):
    """What was saved, and what next: look through it, write on, or back to work. Enter takes the first."""

    watch = Signal(object)
    file = Signal(str)
    left = Signal()

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line: IncidentLine | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 24, 16, 16)
        column.setSpacing(8)
        sign = QLabel()
        sign.setPixmap(ui.theme.pixmap("done", "good", 44, self.devicePixelRatioF()))
        self._number = QLabel()
        self._number.setProperty("role", "title")
        self._what = words_label("")
        self._near = words_label("", "quiet")
        self._watch = QPushButton(ui.theme.icon("wall", "on_accent"), plain(_("Watch with this incident")))
        self._watch.setProperty("primary", True)
        self._file = QPushButton(ui.theme.icon("incidents", "text"), plain(_("Open its log")))
        self._leave = QPushButton(f"{plain(_('Back'))}  Esc")
        for part in (sign, self._number, self._what, self._near):
            column.addWidget(part)
        column.addSpacing(8)
        for button in (self._watch, self._file, self._leave):
            column.addWidget(button)
        column.addStretch(1)
        self._watch.clicked.connect(self._on_watch)
        self._file.clicked.connect(self._on_file)
        self._leave.clicked.connect(self.left)

    def wait(self) -> None:
        """Saved; its number is being read."""
        self._line = None
        self._number.setText(plain(_("Saved")))
        self._what.setText("")
        self._near.setText("")
        for button in (self._watch, self._file):
            button.setEnabled(False)
        self._leave.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, line: IncidentLine) -> None:
        """Name the incident, and offer what can be done with it."""
        self._line = line
        self._number.setText(plain(_("Incident {number} is open", number=line.incident.number)))
        self._what.setText(wrapped(line.incident.title))
        around = near_text(line.near)
        if line.near is not None and line.near.opened:
            around = f"{around}\n{', '.join(line.near.opened)}"
        self._near.setText(wrapped(around))
        for button in (self._watch, self._file):
            button.setEnabled(True)
        self._watch.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_watch(self) -> None:
        if self._line is not None:
            self.watch.emit(choice_of(self._line))

    @Slot()
    def _on_file(self) -> None:
        if self._line is not None:
            self.file.emit(self._line.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            button = self.focusWidget()
            if isinstance(button, QPushButton):
                button.click()
        else:
            super().keyPressEvent(event)
