"""A small form about one record, in the middle of the page: for an act that needs more than a reason."""

from __future__ import annotations

from typing import Final, Generic

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from console.services.station import Station
from console.views.record_form import RecordForm
from console.views.record_keys import read_record_key
from console.views.record_spec import FormSpec, Row
from console.views.ui import Ui

_WIDTH: Final = 480
_HEAD_AND_FOOT: Final = 170
_FIELD_HEIGHT: Final = 130


class ActPanel(QFrame, Generic[Row]):
    """Lies over its ground until the form is saved or closed; the list behind it stays as it is."""

    def __init__(self, ui: Ui, station: Station, spec: FormSpec[Row], kind: str, ground: QWidget) -> None:
        super().__init__(ground)
        self.setObjectName("sheet")
        self._ground = ground
        self._spec = spec
        fields = sum(len(section.fields) for section in spec.sections)
        self._size = QSize(_WIDTH, _HEAD_AND_FOOT + fields * _FIELD_HEIGHT)
        self.form: RecordForm[Row] = RecordForm(ui, station, spec, kind)
        self._title = QLabel()
        self._title.setProperty("role", "title")
        self._title.setContentsMargins(16, 0, 16, 0)
        self._title.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 14, 2, 2)
        column.addWidget(self._title)
        column.addWidget(self.form, 1)
        self.hide()

    def open(self, row: Row) -> None:
        self._title.setText(self._spec.title(row))
        self.form.fill(row)
        self._centre()
        self._ground.installEventFilter(self)
        self.show()
        self.raise_()
        self.form.focus_first()

    def close_panel(self) -> None:
        self._ground.removeEventFilter(self)
        self.form.stop()
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._centre()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the window go on to it; those of the list behind the panel end here."""
        event.setAccepted(read_record_key(event) is not None)

    def _centre(self) -> None:
        room = self._ground.size()
        size = self._size.boundedTo(room)
        self.setGeometry(
            (room.width() - size.width()) // 2, (room.height() - size.height()) // 2, size.width(), size.height()
        )
