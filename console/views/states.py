"""The states of a page beside its contents: empty, loading, error, offline, not allowed. In words, never a blank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.i18n.dates import format_age, format_moment
from console.i18n.errors import error_text
from console.kernel import Clock, ConsoleError
from console.views.prose import Prose, keep_lines
from console.views.theme import Theme

LOADING_MS: Final = 200
"""What comes sooner needs no word of waiting."""

TEXT_WIDTH: Final = 520
LEAST_WIDTH: Final = 240
MARGIN: Final = 16


@dataclass(frozen=True, slots=True)
class _Saying:
    icon: str
    colour: str
    title: str
    text: str
    verb: str = ""


class StateStack(QStackedWidget):
    """Shows the contents, or says why there are none. A notice that contents are old stands above them."""

    step_taken = Signal()
    """The first step that an empty page offers."""
    again = Signal()
    """Try once more what failed."""

    def __init__(self, theme: Theme, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._clock = clock
        self._said = _StatePage(theme)
        self._said.pressed.connect(self._press)
        self._verb = self.step_taken
        self._framed = QWidget()
        self._column = QVBoxLayout(self._framed)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._offline = _OfflineLine(theme)
        self._column.addWidget(self._offline)
        self._content: QWidget | None = None
        self.addWidget(self._framed)
        self.addWidget(self._said)
        self._loading = QTimer(self)
        self._loading.setSingleShot(True)
        self._loading.setInterval(LOADING_MS)
        self._loading.timeout.connect(self._show_loading)

    def show_content(self, widget: QWidget) -> None:
        """Show the contents; they are current."""
        self._loading.stop()
        self._offline.hide()
        self._hold(widget)
        self.setCurrentWidget(self._framed)

    def say_empty(self, title: str, text: str, step: str = "") -> None:
        """Say what the page is for, and offer the first step (its label)."""
        self._say(_Saying("empty", "muted", title, text, step))
        self._verb = self.step_taken

    def say_loading(self) -> None:
        """Say that something is being read, if it takes longer than a moment."""
        if not self._loading.isActive():
            self._loading.start()

    def say_error(self, problem: ConsoleError) -> None:
        """Say what happened, what is safe and what to do, with a way to try again."""
        self._say(_Saying("urgent", "bad", _("This could not be shown"), error_text(problem), _("Try again")))
        self._verb = self.again

    def say_offline(self, since: datetime, content: QWidget | None = None) -> None:
        """Say how old the data are: above the contents if there are any, instead of them otherwise."""
        self._loading.stop()
        now = self._clock.now()
        age = format_age((now - since).total_seconds())
        text = _(
            "No connection to the database since {since}. These data are {age} old.",
            since=format_moment(since, now),
            age=age,
        )
        if content is None and self._content is None:
            self._say(_Saying("database", "warning", _("Offline"), text, _("Try again")))
            self._verb = self.again
            return
        if content is not None:
            self._hold(content)
        self._offline.say(text)
        self.setCurrentWidget(self._framed)

    def say_not_allowed(self, why: str, who_can: str) -> None:
        """Say why this page is closed to the officer, and who may open it."""
        self._say(_Saying("denied", "quiet", _("Not open to you"), f"{why}\n{who_can}" if who_can else why))

    @property
    def saying(self) -> str:
        """What stands there instead of contents; empty while contents are shown."""
        return self._said.text() if self.currentWidget() is self._said else ""

    def enter(self) -> None:
        """Give the keyboard to the button of what is said, if it has one."""
        self._said.enter()

    def stop(self) -> None:
        """Wait for nothing any more."""
        self._loading.stop()

    def _hold(self, widget: QWidget) -> None:
        if widget is self._content:
            return
        if self._content is not None:
            self._column.removeWidget(self._content)
            self._content.hide()
        self._content = widget
        self._column.addWidget(widget, 1)
        widget.show()

    def _say(self, saying: _Saying) -> None:
        self._loading.stop()
        self._said.say(saying)
        self.setCurrentWidget(self._said)

    @Slot()
    def _show_loading(self) -> None:
        self._say(_Saying("connecting", "muted", _("Reading…"), ""))

    @Slot()
    def _press(self) -> None:
        self._verb.emit()


class _StatePage(QFrame):
    """Icon, title, text and one button, in the middle."""

    pressed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("statePage")
        self._theme = theme
        # A frame of a fixed width, so that wrapped lines are counted before their height is given.
        self._frame = QWidget()
        middle = QVBoxLayout(self._frame)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(8)
        self._icon = QLabel()
        self._title = QLabel()
        self._title.setProperty("role", "title")
        self._text = Prose()
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        for part in (self._icon, self._title, self._text):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            part.setWordWrap(True)
            middle.addWidget(part)
        self._button = QPushButton()
        self._button.setProperty("primary", True)
        self._button.clicked.connect(self.pressed)
        middle.addSpacing(6)
        middle.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._frame)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addLayout(row)
        column.addStretch(3)

    def say(self, saying: _Saying) -> None:
        self._icon.setPixmap(self._theme.pixmap(saying.icon, saying.colour, 44, self.devicePixelRatioF()))
        self._title.setText(saying.title)
        self._text.say(saying.text)
        self._button.setText(plain(saying.verb))
        self._button.setVisible(bool(saying.verb))
        self._count_lines()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._count_lines()

    def minimumSizeHint(self) -> QSize:
        """Lines are broken for whatever width there is."""
        return QSize(LEAST_WIDTH, super().minimumSizeHint().height())

    def _count_lines(self) -> None:
        width = max(LEAST_WIDTH, min(TEXT_WIDTH, self.width() - 2 * MARGIN))
        self._frame.setFixedWidth(width)
        for part in (self._title, self._text):
            part.ensurePolished()
            keep_lines(part, width)

    def enter(self) -> None:
        if not self._button.isHidden():
            self._button.setFocus(Qt.FocusReason.OtherFocusReason)

    def text(self) -> str:
        return "\n".join(filter(None, (self._title.text(), self._text.said)))


class _OfflineLine(QFrame):
    """A line above contents that are not current."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("offlineLine")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(8)
        sign = QLabel()
        sign.setPixmap(theme.pixmap("database", "on_banner", 16, self.devicePixelRatioF()))
        self._text = QLabel()
        self._text.setWordWrap(True)
        row.addWidget(sign)
        row.addWidget(self._text, 1)
        self.hide()

    def say(self, text: str) -> None:
        self._text.setText(text)
        self.show()
