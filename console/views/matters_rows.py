"""The rows of the panel of open matters: urgent views to explain and views to review, with what can be done."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.services.matters import Debt, WaitingReview
from console.views.flow import Flow
from console.views.incident_words import words_label
from console.views.matters_words import debt_line, due_text, review_line
from console.views.theme import Theme

SIGN: Final = 18


class Row(QFrame):
    """Words at the left, and below them what is to be said in a colour with its shape."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        self.setObjectName("entry")
        self.theme = theme
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 6, 0, 8)
        self.column.setSpacing(4)
        self.words = words_label(text)
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        self.head.addWidget(self.words, 1)
        self.column.addLayout(self.head)

    def mark(self) -> tuple[QLabel, QLabel]:
        """Add a line of a shape and a word, both to be filled in."""
        sign, word = QLabel(), words_label("")
        sign.setFixedWidth(SIGN)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(word, 1)
        self.column.addLayout(line)
        return sign, word

    def button(self, text: str, icon: str, name: str) -> QPushButton:
        made = QPushButton(self.theme.icon(icon, "text"), plain(text))
        made.setAccessibleName(plain(f"{text}: {name}"))
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return made

    def acts(self, *buttons: QWidget) -> None:
        holder = QWidget()
        line = Flow(holder)
        for button in buttons:
            line.addWidget(button)
        self.column.addWidget(holder)


class DebtRow(Row):
    """One urgent view that nobody has explained. One's own has a box to tick; the shift lead may note something."""

    note_wanted = Signal(object)

    def __init__(self, theme: Theme, debt: Debt, now: datetime, *, may_note: bool) -> None:
        super().__init__(theme, debt_line(debt, now))
        self.debt = debt
        self.tick: QCheckBox | None = None
        if debt.mine:
            self.tick = QCheckBox()
            self.tick.setAccessibleName(plain(debt_line(debt, now).replace("\n", " · ")))
            self.head.insertWidget(0, self.tick, 0, Qt.AlignmentFlag.AlignTop)
        self._late: bool | None = None
        self._sign, self._due = self.mark()
        if debt.overdue_before:
            said = _("Opened with urgent views overdue: {n}. The superintendent sees this.", n=debt.overdue_before)
            self.column.addWidget(words_label(said, "quiet"))
        if debt.note:
            who = f"{debt.noted_by}: " if debt.noted_by else ""
            self.column.addWidget(words_label(_("Note: {words}", words=who + debt.note), "quiet"))
        if may_note and not debt.mine:
            note = self.button(_("Note…"), "note", debt.camera)
            note.clicked.connect(self._note)
            self.acts(note)
        self.tell_time(now)

    def tell_time(self, now: datetime) -> None:
        """Say how much time is left."""
        late = self.debt.overdue(now)
        if late is not self._late:
            self._late = late
            icon, colour = ("urgent", "bad") if late else ("clock", "warning")
            self._sign.setPixmap(self.theme.pixmap(icon, colour, SIGN, self.devicePixelRatioF()))
            self._due.setStyleSheet(f"color: {getattr(self.theme.colours, colour)}; font-weight: bold")
        text = plain(due_text(self.debt, now))
        if self._due.text() != text:
            self._due.setText(text)

    @Slot()
    def _note(self) -> None:
        self.note_wanted.emit(self.debt)


class ReviewRow(Row):
    """One view that waits for somebody who has no part in it."""

    in_order = Signal(object)
    wrong = Signal(object)
    file_wanted = Signal(str)

    def __init__(self, theme: Theme, waiting: WaitingReview, now: datetime) -> None:
        super().__init__(theme, review_line(waiting, now))
        self.waiting = waiting
        file = self.button(_("Show the incident"), "incidents", waiting.incident)
        file.clicked.connect(self._file)
        if not waiting.may_review:
            self.column.addWidget(words_label(_("Waits for somebody who neither opened nor looked."), "quiet"))
            self.acts(file)
            return
        good = self.button(_("In order"), "review", waiting.camera)
        bad = self.button(_("Not in order…"), "denied", waiting.camera)
        good.clicked.connect(self._good)
        bad.clicked.connect(self._bad)
        self.acts(good, bad, file)

    @Slot()
    def _good(self) -> None:
        self.in_order.emit(self.waiting)

    @Slot()
    def _bad(self) -> None:
        self.wrong.emit(self.waiting)

    @Slot()
    def _file(self) -> None:
        self.file_wanted.emit(self.waiting.incident_id)
