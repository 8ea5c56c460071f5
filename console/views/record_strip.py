"""A strip across a panel: something is said or asked there, inline, with the verbs on its buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from console.i18n import _, plain
from console.i18n.typed import holds_hidden_signs, one_line
from console.views.prose import Prose
from console.views.theme import Theme

Answers: TypeAlias = Sequence[tuple[str, Callable[[], None]]]
"""Label and what it does, the first being the one that Enter means."""

SAID_MS = 12_000


class Strip(QFrame):
    """Hidden until something is to be said. Esc gives the harmless answer."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, wide: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self._theme = theme
        self._answers: list[tuple[str, Callable[[], None]]] = []
        self._harmless = -1
        self._following = ""
        self._stays = False
        self._before: QWidget | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        self._sign = QLabel()
        self._sign.setFixedWidth(20)
        self._text = Prose(parent=self)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        column.addLayout(row)
        self._column = column
        self._buttons: list[QPushButton] = []
        self._button_row = QHBoxLayout()
        self._button_row.setSpacing(6)
        if not wide:
            self._button_row.addStretch(1)
        (row if wide else column).addLayout(self._button_row)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAID_MS)
        self._timer.timeout.connect(self.close_strip)
        self.hide()

    @property
    def said(self) -> str:
        return "" if self.isHidden() else self._text.said

    def say(self, text: str, tone: str = "good", *, passing: bool = False) -> None:
        """Say a sentence; `passing`: it goes by itself."""
        self._show(text, tone, ())
        if passing:
            self._timer.start()

    def tell(self, text: str, tone: str = "good") -> None:
        """Say what has to be read: it stays until somebody closes it, or something else is to be said."""
        self._show(text, tone, ((f"{plain(_('Close'))}  Esc", self.close_strip),), stays=True)

    def ask(self, text: str, answers: Answers, *, focus: bool = True, harmless: int = -1) -> None:
        """Ask; the first answer has the keyboard, so that Enter gives it, and the `harmless` one is what Esc means."""
        self._show(text, "warning", answers)
        self._harmless = harmless
        if focus and self._buttons:
            if not self._has_cursor():
                self._before = QApplication.focusWidget()
            self._buttons[0].setFocus(Qt.FocusReason.PopupFocusReason)

    def follow(self, text: str, verb: str, stop: Callable[[], None]) -> None:
        """Say how far something is, again and again, with a way to stop it."""
        if self._following != verb or self.isHidden():
            self._show(text, "good", ((verb, stop),))
            self._following = verb
        self._text.say(text)

    @Slot()
    def close_strip(self) -> None:
        self._timer.stop()
        self._answers = []
        before, self._before = self._before, None
        if before is not None and self._has_cursor() and isValid(before):
            # Else the cursor goes to whatever comes next, and the page's keys with it.
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()

    def _has_cursor(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    @property
    def asks(self) -> bool:
        return not self.isHidden() and bool(self._answers) and not self._stays

    @property
    def stays(self) -> bool:
        """Whether a sentence stands here that somebody has to close."""
        return not self.isHidden() and self._stays

    def leave(self) -> None:
        """Give the harmless answer, as Esc does; a strip that only says something closes."""
        if self._answers:
            self._answer(self._harmless % len(self._answers))
        else:
            self.close_strip()

    def _show(self, text: str, tone: str, answers: Answers, *, stays: bool = False) -> None:
        self._timer.stop()
        self._following = ""
        self._stays = stays
        self._text.say(text)
        icon = {"good": "check", "warning": "info", "bad": "urgent"}[tone]
        self._sign.setPixmap(self._theme.pixmap(icon, tone, 20, self.devicePixelRatioF()))
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            self.style().polish(self)
        self._answers = list(answers)
        for button in self._buttons:
            self._button_row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = []
        for number, (label, _act) in enumerate(answers):
            button = QPushButton(plain(label))
            button.setProperty("answer", number)
            button.setProperty("primary", number == 0 and not stays)
            if stays:
                # Nothing is asked: the cursor must not come here by itself, and Enter not take the sentence away.
                button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(self._pressed)
            self._button_row.addWidget(button)
            self._buttons.append(button)
        self.show()

    @Slot()
    def _pressed(self) -> None:
        self._answer(int(self.sender().property("answer")))

    def _answer(self, number: int) -> None:
        act = self._answers[number][1]
        self.close_strip()
        act()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            focused = self.focusWidget()
            self._answer(self._buttons.index(focused) if focused in self._buttons else 0)
        else:
            super().keyPressEvent(event)


class ReasonStrip(Strip):
    """A strip that also asks for a reason in one line; without one the verb does nothing but say so."""

    reason_typed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._label = QLabel()
        self._reason = QLineEdit()
        self._reason.textEdited.connect(self.reason_typed)
        self._missing = QLabel()
        self._missing.setProperty("tone", "bad")
        grid = QGridLayout()
        grid.setVerticalSpacing(2)
        grid.addWidget(self._label, 0, 0)
        grid.addWidget(self._reason, 1, 0)
        grid.addWidget(self._missing, 2, 0)
        self._column.insertLayout(1, grid)
        self._done: Callable[[str], None] = lambda _reason: None

    def ask_reason(self, text: str, label: str, verb: str, done: Callable[[str], None]) -> None:
        """Ask with a line for the reason, if `label` says what it is."""
        self._done = done
        asked = bool(label)
        for part in (self._label, self._reason):
            part.setVisible(asked)
        self._missing.hide()
        self._label.setText(plain(label))
        self._reason.clear()
        self.ask(text, ((verb, self._accept), (_("Cancel"), self.close_strip)))
        if asked:
            self._reason.setFocus(Qt.FocusReason.PopupFocusReason)

    def put_reason(self, reason: str) -> None:
        """Show again what was typed for an act that was then refused."""
        self._reason.setText(reason)

    def _answer(self, number: int) -> None:
        # Asked for again below if the reason is missing: the strip must stay open then.
        if number == 0 and self._reason.isVisibleTo(self) and self._problem():
            self._missing.setText(self._problem())
            self._missing.show()
            self._reason.setFocus()
            return
        super()._answer(number)

    def _problem(self) -> str:
        text = one_line(self._reason.text()).strip()
        if not text:
            return _("Give the reason.")
        return _("There are signs in it that nobody sees.") if holds_hidden_signs(text) else ""

    def _accept(self) -> None:
        self._done(one_line(self._reason.text()).strip())
