"""From which day to which: two small fields behind a button, for whoever does not type the days into the filter."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from console.i18n import _, plain
from console.i18n.dates import local
from console.i18n.errors import field_text
from console.i18n.typed import parse_date
from console.kernel import Invalid
from console.views.ui import Ui


class SpanFields(QWidget):
    """`chosen` gives the span as the filter box takes it: what is asked for stands in one place only."""

    chosen = Signal(str)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = ui.clock
        self.button = QToolButton()
        self.button.setObjectName("chip")
        self.button.setText(plain(_("From–to…")))
        self.button.setCheckable(True)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.toggled.connect(self._unfold)
        self.first, self.last = self._field(_("from")), self._field(_("until"))
        self.wrong = QLabel()
        self.wrong.setProperty("tone", "bad")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for part in (self.button, self.first, self.last, self.wrong):
            row.addWidget(part)
        self._unfold(open_now=False)

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setPlaceholderText(plain(name))
        field.setAccessibleName(plain(name))
        field.setFixedWidth(96)
        field.returnPressed.connect(self._choose)
        return field

    @Slot(bool)
    def _unfold(self, open_now: bool) -> None:  # noqa: FBT001 - Qt's signature
        self.button.setVisible(not open_now)
        for part in (self.first, self.last):
            part.setVisible(open_now)
        self.wrong.hide()
        if open_now:
            self.first.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _choose(self) -> None:
        """An end left empty is today; a wrong day is said beside the fields."""
        try:
            first = parse_date(self.first.text(), "first")
            last = parse_date(self.last.text(), "last") if self.last.text().strip() else local(self._clock.now()).date()
        except Invalid as problem:
            (name, key), *_more = problem.fields.items()
            self.wrong.setText(plain(field_text(key)))
            self.wrong.show()
            (self.first if name == "first" else self.last).setFocus(Qt.FocusReason.OtherFocusReason)
            return
        typed = (self.first.text().strip(), self.last.text().strip() or f"{last:%d/%m/%Y}")
        self.button.setChecked(False)
        self.chosen.emit(" – ".join(typed if first <= last else typed[::-1]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.button.isChecked():
            self.button.setChecked(False)
            self.button.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)
