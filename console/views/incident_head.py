"""The head of an incident's file: number, signs, title and acts; and the facts that stand above its log."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.i18n.labels import label
from console.i18n.words import broken
from console.services.incidents import IncidentFile
from console.views.flow import Flow
from console.views.incident_words import (
    coordinates_text,
    happened_text,
    moment_text,
    near_text,
    place_text,
    priority_mark,
    state_mark,
    words_label,
    wrapped,
)
from console.views.record_spec import Mark
from console.views.tool_button import tool_button
from console.views.ui import Ui

MOST_VIEWS: Final = 5
"""How many of the views that wait are told one by one, the newest."""


class FileHead(QWidget):
    """Number, signs and title, and the acts in a row. While a form is open its name stands in their place."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 10, 8)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(10)
        self._number = QLabel()
        self._number.setProperty("role", "title")
        self._marks = MarkLine(ui, self._number)
        row.addWidget(self._marks, 1)
        self.history = tool_button(ui.theme, "clock", _("History of changes"))
        self.history.setCheckable(True)
        self.away = tool_button(ui.theme, "close", _("Back to the list (Esc)"))
        self.away.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for tool in (self.history, self.away):
            row.addWidget(tool, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(row)
        self._title = words_label("", "strong")
        column.addWidget(self._title)
        self._acting = words_label("", "section")
        column.addWidget(self._acting)
        self.wall = self._button(_("Show on the wall"), "wall")
        self.correct = self._button(_("Correct"), "note")
        self.end = self._button(_("Close incident"), "done")
        self._acts = QWidget()
        acts = Flow(self._acts)
        for button in (self.wall, self.correct, self.end):
            acts.addWidget(button)
        column.addWidget(self._acts)
        self.set_acting("")

    def _button(self, text: str, icon: str) -> QPushButton:
        button = QPushButton(self._ui.theme.icon(icon, "text"), plain(text))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def show_file(self, file: IncidentFile) -> None:
        row = file.line.incident
        self._number.setText(row.number)
        self._marks.show_marks([priority_mark(row.priority), state_mark(row)])
        self._title.setText(wrapped(f"{plain(label(row.category))} – {row.title}"))
        self.wall.setVisible(row.is_open)

    def set_acting(self, title: str) -> None:
        """Name the form that is open in place of the acts; empty: none is."""
        self._acting.setText(wrapped(title))
        self._acting.setVisible(bool(title))
        self._acts.setVisible(not title)
        self.history.setVisible(not title)


class FactsView(QWidget):
    """When, where, who; and what waits for the shift lead, with the word that settles it."""

    def __init__(self, file: IncidentFile, ui: Ui, *, may_review: bool) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(6)
        facts = QLabel(_table(_facts(file, ui), ui.theme.colours.muted))
        facts.setWordWrap(True)
        facts.setTextFormat(Qt.TextFormat.RichText)
        column.addWidget(facts)
        self.review = QPushButton(ui.theme.icon("review", "text"), plain(_("Reviewed")), self)
        self.review.setVisible(may_review and file.line.incident.needs_review)
        if file.line.incident.needs_review:
            column.addWidget(self._waiting(file, ui))

    def _waiting(self, file: IncidentFile, ui: Ui) -> QFrame:
        box = QFrame()
        box.setObjectName("waiting")
        column = QVBoxLayout(box)
        column.setContentsMargins(10, 6, 10, 8)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(6)
        sign = QLabel()
        sign.setPixmap(ui.theme.pixmap("review", "warning", 18, self.devicePixelRatioF()))
        head.addWidget(sign)
        head.addWidget(words_label(_("Waits for review"), "warning"), 1)
        head.addWidget(self.review)
        column.addLayout(head)
        column.addWidget(words_label(_review_text(file)))
        return box


class MarkLine(QWidget):
    """A number and signs with their words, side by side, or below each other where it is narrow."""

    def __init__(self, ui: Ui, number: QLabel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = ui.theme
        self._flow = Flow(self, spacing=12)
        self._flow.addWidget(number)
        self._parts: list[QWidget] = []

    def show_marks(self, marks: Sequence[Mark]) -> None:
        for part in self._parts:
            self._flow.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts = [self._part(mark) for mark in marks]
        for part in self._parts:
            self._flow.addWidget(part)

    def _part(self, mark: Mark) -> QWidget:
        part = QWidget(self)
        row = QHBoxLayout(part)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        sign, word = QLabel(), QLabel(mark.text)
        sign.setPixmap(self._theme.pixmap(mark.icon, mark.colour, 18, self.devicePixelRatioF()))
        word.setStyleSheet(f"color: {getattr(self._theme.colours, mark.colour)}; font-weight: bold")
        row.addWidget(sign)
        row.addWidget(word)
        return part


def _table(facts: Sequence[tuple[str, str]], muted: str) -> str:
    body = "".join(
        f'<tr><td style="color:{muted}; padding-right:12px">{html.escape(plain(name))}</td>'
        f'<td style="line-height:118%">{html.escape(broken(value)).replace(chr(10), "<br>")}</td></tr>'
        for name, value in facts
    )
    return f'<table cellspacing="0" cellpadding="1">{body}</table>'


def _facts(file: IncidentFile, ui: Ui) -> list[tuple[str, str]]:
    line, row, now = file.line, file.line.incident, ui.clock.now()
    where = "\n".join(filter(None, (place_text(row), coordinates_text(row))))
    facts = [
        (_("Happened"), happened_text(row, now)),
        (_("Place of the incident"), where or _("not known")),
        (_("Camera"), line.camera),
        (_("Opened"), f"{moment_text(row.opened_at)} · {line.opened_by}"),
    ]
    if row.is_open:
        opened = "" if line.near is None else ", ".join(line.near.opened)
        facts.append((_("Around"), "\n".join(filter(None, (near_text(line.near), opened)))))
    else:
        outcome = _("Closed") if row.outcome is None else label(row.outcome)
        facts.append((_("Closed"), f"{moment_text(row.closed_at)} · {line.closed_by}\n{plain(outcome)}"))
    if file.reviewed_by and not row.needs_review:
        facts.append((_("Reviewed by"), file.reviewed_by))
    return [(name, value) for name, value in facts if value]


def _review_text(file: IncidentFile) -> str:
    """Say which views wait for the shift lead, the newest last."""
    lines = [f"{moment_text(view.opened_at)} · {view.who} · {view.camera}" for view in file.views if view.waits]
    return "\n".join((_("Viewed through an incident that the viewer opened or placed there:"), *lines[-MOST_VIEWS:]))
