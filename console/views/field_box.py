"""A field with its label above and its sentence below: what the door's forms are made of."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from console.i18n import plain
from console.views.prose import Prose


class FieldBox(QWidget):
    """`say` puts the sentence under the field, an empty one takes it away."""

    def __init__(self, label: str, field: QWidget, parent: QWidget | None = None, *, required: bool = False) -> None:
        super().__init__(parent)
        self.field = field
        name = QLabel(plain(label) + (" *" if required else ""))
        name.setObjectName("fieldName")
        name.setBuddy(field)
        if not field.accessibleName():
            field.setAccessibleName(plain(label))
        self._problem = Prose(role="problem")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(name)
        column.addWidget(field)
        column.addWidget(self._problem)

    def say(self, sentence: str) -> None:
        self._problem.say(sentence)

    @property
    def said(self) -> str:
        return self._problem.said
