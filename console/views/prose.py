"""Sentences over several lines, at one and a half times the size of their letters: no tone mark is cut."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget


class Prose(QLabel):
    """A label that breaks its lines between words; empty, it takes no room. `role` is for the style sheet.

    It shows itself only once it has a parent: before that it would be a window of its own.
    """

    def __init__(self, text: str = "", role: str = "text", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setProperty("role", role)
        self._said = ""
        self.say(text)

    @property
    def said(self) -> str:
        """The text as it was given."""
        return self._said

    def say(self, text: str) -> None:
        self._said = text
        lines = html.escape(text).replace("\n", "<br>")
        self.setText(f'<p style="line-height:118%; margin:0">{lines}</p>')
        self.setAccessibleName(text)
        self._keep_lines()
        if not text:
            self.hide()
        elif self.parentWidget() is not None:
            self.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_lines()

    def _keep_lines(self) -> None:
        """Ask for the height of all lines: where room is short a layout would cut them, tone marks first."""
        if self.isVisible():
            keep_lines(self, self.width())
        else:
            # The width that it had once says nothing of the one that it gets.
            self.setMinimumHeight(0)


def keep_lines(label: QLabel, width: int) -> None:
    """Give a label the height that its lines need at this width. What it was given before would count as needed."""
    label.setMinimumHeight(0)
    label.setMinimumHeight(max(0, label.heightForWidth(width)))
