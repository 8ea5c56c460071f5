"""The cameras of one owner, beside the form: how each stands, the way to it, and parting it from the owner."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.i18n.errors import error_text
from console.kernel import ConsoleError
from console.services.camera_register import CameraEntry
from console.services.owners import OwnerLine, UnlinkCamera
from console.services.station import Station
from console.views.camera_words import camera_text, right_text, standing_mark
from console.views.incident_words import words_label
from console.views.record_panel import RowPanel
from console.views.states import StateStack
from console.views.ui import Ui


class CamerasPanel(RowPanel[OwnerLine]):
    """One line a camera."""

    camera_wanted = Signal(str)
    link_wanted = Signal()
    part_wanted = Signal(object)
    """A camera is to be parted from its owner: ask before."""
    said = Signal(str, str)

    def __init__(self, ui: Ui, station: Station, *, may_write: bool) -> None:
        super().__init__()
        self._ui = ui
        self._station = station
        self._may_write = may_write
        self._closed = False
        self._row: OwnerLine | None = None
        self.states = StateStack(ui.theme, ui.clock)
        self._area = QScrollArea(self)
        self._area.hide()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusProxy(self._area)
        self.states.step_taken.connect(self.link_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.states, 1)

    def show_row(self, row: OwnerLine | None) -> None:
        self._row = row
        may_add = self._may_write and row is not None and not row.row.archived
        if row is None or not row.cameras:
            self.states.say_empty(
                _("No camera yet"),
                _("A camera is registered in the list of cameras, then added here: then it is known whose it is."),
                _("Add a camera") if may_add else "",
            )
            return
        body = QWidget()
        body.setObjectName("recordPanel")
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 4, 16, 8)
        for entry in row.cameras:
            column.addWidget(self._line(entry))
        column.addStretch(1)
        self._area.setWidget(body)
        self.states.show_content(self._area)

    def _line(self, entry: CameraEntry) -> QWidget:
        mark = standing_mark(entry.standing)
        line = QFrame()
        line.setObjectName("entry")
        column = QVBoxLayout(line)
        column.setContentsMargins(0, 6, 0, 8)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(words_label(camera_text(entry.camera)), 1)
        head.addWidget(self._tool("camera", _("Go to the camera"), entry.id, self._go), 0, Qt.AlignmentFlag.AlignTop)
        if self._may_write:
            part = self._tool("strike", _("Part it from this owner"), entry.id, self._ask)
            head.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        state = QHBoxLayout()
        state.setSpacing(6)
        sign = QLabel()
        sign.setPixmap(self._ui.theme.pixmap(mark.icon, mark.colour, 16, self.devicePixelRatioF()))
        sign.setFixedWidth(18)
        state.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        told = " · ".join(filter(None, (mark.text, right_text(entry.authority))))
        state.addWidget(words_label(told, "quiet"), 1)
        column.addLayout(state)
        return line

    def _tool(self, icon: str, words: str, camera_id: str, pressed: object) -> QToolButton:
        button = QToolButton()
        button.setObjectName("tool")
        button.setIcon(self._ui.theme.icon(icon, "muted"))
        button.setToolTip(plain(words))
        button.setAccessibleName(plain(words))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setProperty("camera", camera_id)
        button.clicked.connect(pressed)
        return button

    @Slot()
    def _go(self) -> None:
        self.camera_wanted.emit(str(self.sender().property("camera")))

    @Slot()
    def _ask(self) -> None:
        camera_id = str(self.sender().property("camera"))
        entry = next((each for each in (self._row.cameras if self._row else ()) if each.id == camera_id), None)
        if entry is not None:
            self.part_wanted.emit(entry)

    def part(self, camera_id: str) -> None:
        """Part a camera from this owner; what is refused is said here."""
        if self._row is None:
            return
        command = UnlinkCamera(owner_id=self._row.id, camera_id=camera_id)
        dispatcher, session = self._station.dispatcher, self._ui.session
        self._ui.tasks.write(lambda: dispatcher.run(command, session), self._done, self._refuse)

    def _done(self, _answer: object) -> None:
        if not self._closed and self._row is not None:
            self.changed.emit(self._row.id)

    def _refuse(self, problem: ConsoleError) -> None:
        if not self._closed:
            self.said.emit(error_text(problem), "bad")

    def stop(self) -> None:
        self._closed = True
        self.states.stop()
