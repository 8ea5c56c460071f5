"""Panels at the right that concern the seat: locked, the next officer takes over, change of password."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from console.i18n import _, plain
from console.i18n.dates import format_time
from console.i18n.labels import label
from console.kernel import ConsoleError
from console.views.credentials import CredentialsForm, Wishes
from console.views.prose import Prose
from console.views.theme import line_height
from console.views.ui import Ui

WIDTH: Final = 340
MARGIN: Final = 22
LEAST_LINES: Final = 2
MOST_OF_IT: Final = 99


class OfficerPanel(QFrame):
    """A title, a sentence and the form of the door. Esc closes it where it may be closed."""

    closed = Signal()

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("officerPanel")
        self.setFixedWidth(WIDTH)
        self.ui = ui
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(MARGIN, 18, MARGIN, 20)
        self.column.setSpacing(10)

    def head(self, icon: str, title: str, *, closable: bool) -> None:
        row = QHBoxLayout()
        row.setSpacing(10)
        sign = QLabel()
        sign.setPixmap(self.ui.theme.pixmap(icon, "accent", 24, self.devicePixelRatioF()))
        text = QLabel(plain(title))
        text.setProperty("role", "title")
        row.addWidget(sign)
        row.addWidget(text, 1)
        if closable:
            close = QToolButton()
            close.setObjectName("tool")
            close.setIcon(self.ui.theme.icon("close", "text"))
            close.setToolTip(plain(_("Close (Esc)")))
            close.setAccessibleName(close.toolTip())
            close.clicked.connect(self.closed)
            row.addWidget(close)
        self.column.addLayout(row)

    def tell(self, sentence: str, *, role: str = "text") -> Prose:
        text = Prose(sentence, role)
        self.column.addWidget(text)
        return text

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class TakeOverPanel(OfficerPanel):
    """The next officer logs in beside the running wall."""

    submitted = Signal(object)
    matters_wanted = Signal()
    """Whoever hands over wants to settle first what is open."""

    def __init__(self, ui: Ui, left: Sequence[str] = (), parent: QWidget | None = None) -> None:
        """`left`: what the shift leaves open, line by line."""
        super().__init__(ui, parent)
        self.head("person", _("Next officer"), closable=True)
        dark = _(
            "Public cameras play on while you take over; private cameras go dark until you choose your own purpose."
            " {officer} is logged out.",
            officer=ui.session.display_name,
        )
        if not left:
            self.tell(dark)
        else:
            head = _("Still open, and handed over with the shift: {n}", n=len(left))
            goes_on = _("You can take over all the same. The access log says who left this to whom.")
            told = (Prose(head, "name"), Prose("\n".join(left)), Prose(goes_on), Prose(dark))
            # Nearly all the room that the form leaves.
            self.column.addWidget(_scrolled(told), MOST_OF_IT)
            settle = QPushButton(ui.theme.icon("review", "text"), plain(_("Settle it first (F7)")))
            settle.clicked.connect(self.matters_wanted)
            self.column.addWidget(settle)
        self.form = CredentialsForm(ui.theme, Wishes(_("Take over")))
        self.form.submitted.connect(self.submitted)
        self.column.addWidget(self.form)
        self.column.addStretch(1)
        self.setFocusProxy(self.form)


def _scrolled(told: Sequence[Prose]) -> QScrollArea:
    """Show all of it where there is room; where there is little it scrolls, and the form stays in sight."""
    body = QWidget()
    body.setObjectName("leftOpen")
    column = QVBoxLayout(body)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(10)
    for words in told:
        column.addWidget(words)
    column.addStretch(1)
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    area.setWidget(body)
    area.setMinimumHeight(LEAST_LINES * line_height())
    area.setMaximumHeight(column.heightForWidth(WIDTH - 2 * MARGIN) + line_height())
    return area


class PasswordPanel(OfficerPanel):
    """The officer's own password."""

    submitted = Signal(object)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        self.head("key", _("Change password"), closable=True)
        self.tell(_("Of {officer}. The new password counts from the next log-in on.", officer=ui.session.display_name))
        wishes = Wishes(_("Change password"), login=ui.session.login, new_password=True)
        self.form = CredentialsForm(ui.theme, wishes)
        self.form.submitted.connect(self.submitted)
        self.column.addWidget(self.form)
        self._done = self.tell("", role="good")
        self.column.addStretch(1)
        self.setFocusProxy(self.form)

    def say_done(self) -> None:
        self.form.reset()
        self.form.hide()
        self._done.say(_("The password was changed."))
        self.setFocus()


class LockPanel(OfficerPanel):
    """The console is locked: the officer unlocks it, or another one takes over. Nothing here closes it otherwise."""

    unlock_wanted = Signal(object)
    take_over_wanted = Signal(object)

    def __init__(self, ui: Ui, left: str = "", parent: QWidget | None = None) -> None:
        """`left`: how much the shift leaves open, in counts: nobody's name is told while the console is locked."""
        super().__init__(ui, parent)
        self.head("lock", _("Console locked"), closable=False)
        session = ui.session
        self.tell(f"{session.display_name} · {label(session.role)}", role="name")
        since = format_time(ui.clock.now())
        self.tell(_("Since {since}. Private cameras are dark, public ones stay visible.", since=since))
        self.own = CredentialsForm(ui.theme, Wishes(_("Unlock"), login=session.login))
        self.own.submitted.connect(self.unlock_wanted)
        self.other = CredentialsForm(ui.theme, Wishes(_("Take over")))
        self.other.submitted.connect(self.take_over_wanted)
        self.other.hide()
        stays = _("What was open and not saved stays {officer}'s.", officer=session.display_name)
        open_too = _("Handed over with the shift: {what}", what=left) if left else ""
        self._notice = self.tell("\n".join(filter(None, (stays, open_too))))
        self._notice.hide()
        self._switch = QPushButton(plain(_("Another officer…")))
        self._switch.clicked.connect(self._change)
        for part in (self.own, self.other, self._notice, self._switch):
            self.column.addWidget(part)
        self.column.addStretch(1)
        self.setFocusProxy(self.own)

    @property
    def form(self) -> CredentialsForm:
        """The form in front."""
        return self.other if self.own.isHidden() else self.own

    def refuse(self, problem: ConsoleError) -> None:
        self.form.refuse(problem)

    @Slot()
    def _change(self) -> None:
        """Ask for another officer, or for the one who locked it again."""
        other = self.other.isHidden()
        self.own.reset()
        self.other.reset()
        self.own.setVisible(not other)
        self.other.setVisible(other)
        self._notice.setVisible(other)
        self._switch.setText(plain(_("Unlock instead")) if other else plain(_("Another officer…")))
        self.setFocusProxy(self.form)
        self.form.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.own.isHidden():
            self._change()
        else:
            QFrame.keyPressEvent(self, event)
