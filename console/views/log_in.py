"""What stands on the entrance: log-in, or that the station's data are being opened, or why they could not be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from console.i18n import _, language, plain
from console.i18n.errors import error_text
from console.kernel import Clock, ConsoleError
from console.views.credentials import CredentialsForm, Wishes
from console.views.prose import Prose
from console.views.states import StateStack
from console.views.status_line import LANGUAGE_NAMES, THEME_NAMES
from console.views.theme import Theme

CARD_WIDTH: Final = 400

Typed = Mapping[str, str]
"""What stands in the fields of a card, by name: carried over when the language changes."""


class Card(QFrame):
    """One thing to do at the entrance, which may be refused.

    `typed` and `fill` carry what was typed over to the card of another language.
    """

    def __init__(self, width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setFixedWidth(width)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(28, 22, 28, 26)
        self.column.setSpacing(10)

    def typed(self) -> Typed:
        return {}

    def fill(self, typed: Typed) -> None:
        """Put back what was typed."""

    def refuse(self, problem: ConsoleError) -> None:
        """Say why not; what was typed stays."""
        raise NotImplementedError


class LogInCard(Card):
    """User name and password. The name stays after a refusal."""

    submitted = Signal(object)

    def __init__(self, theme: Theme, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(CARD_WIDTH, parent)
        title = QLabel(plain(_("Log in")))
        title.setProperty("role", "title")
        self.column.addWidget(title)
        self.form = CredentialsForm(theme, Wishes(_("Log in")))
        self.form.submitted.connect(self.submitted)
        self.column.addWidget(self.form)
        self.column.addWidget(Prose(note))
        self.setFocusProxy(self.form)

    def typed(self) -> Typed:
        return {"login": self.form.login.text(), "password": self.form.password.line.text()}

    def fill(self, typed: Typed) -> None:
        self.form.login.setText(typed.get("login", ""))
        self.form.password.line.setText(typed.get("password", ""))
        if self.form.login.text():
            self.setFocusProxy(self.form.password)

    def refuse(self, problem: ConsoleError) -> None:
        self.form.refuse(problem)


class OpeningCard(Card):
    """The data are being opened; or why they were not, with a way to try again."""

    again = Signal()

    def __init__(self, theme: Theme, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(CARD_WIDTH + 200, parent)
        self._states = StateStack(theme, clock)
        self._states.again.connect(self.again)
        self._states.setMinimumHeight(320)
        self._states.say_loading()
        self.column.addWidget(self._states)

    def refuse(self, problem: ConsoleError) -> None:
        self._states.say_error(problem)
        self.setAccessibleDescription(plain(error_text(problem)))

    @property
    def said(self) -> str:
        return self._states.saying


class Entrance(QWidget):
    """The window before anybody sits there: the station, one card, and language and look at the corner."""

    language_wanted = Signal(str)
    theme_wanted = Signal(str)

    def __init__(self, theme: Theme, station: str, card: Card, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("entrance")
        self.card = card
        inner = QWidget()
        inner.setObjectName("entranceInner")
        middle = QVBoxLayout(inner)
        middle.setContentsMargins(24, 0, 24, 24)
        middle.setSpacing(4)
        middle.addStretch(2)
        sign = QLabel()
        sign.setPixmap(theme.pixmap("wall", "accent", 40, self.devicePixelRatioF()))
        product = QLabel(plain(_("CCOC console")))
        product.setProperty("role", "product")
        name = QLabel(station)
        name.setProperty("role", "station")
        for part in (sign, product, name):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            middle.addWidget(part)
        middle.addSpacing(14)
        # Not by an alignment: that would give the card the height of lines that are not yet broken.
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card)
        row.addStretch(1)
        middle.addLayout(row)
        middle.addStretch(3)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._corner(theme))
        column.addWidget(area, 1)
        self.setFocusProxy(card)

    def _corner(self, theme: Theme) -> QHBoxLayout:
        corner = QHBoxLayout()
        corner.setContentsMargins(12, 10, 12, 0)
        corner.setSpacing(6)
        corner.addStretch(1)
        for code, name in LANGUAGE_NAMES.items():
            button = self._choice(name, on=code == language())
            button.setProperty("language", code)
            button.clicked.connect(self._on_language)
            corner.addWidget(button)
        corner.addSpacing(10)
        for code, text in THEME_NAMES.items():
            button = self._choice(plain(_(text)), on=code == theme.name)
            button.setProperty("theme", code)
            button.clicked.connect(self._on_theme)
            corner.addWidget(button)
        return corner

    @staticmethod
    def _choice(text: str, *, on: bool) -> QToolButton:
        button = QToolButton()
        button.setObjectName("chip")
        button.setText(text)
        button.setCheckable(True)
        button.setChecked(on)
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    @Slot()
    def _on_language(self) -> None:
        self.language_wanted.emit(self.sender().property("language"))

    @Slot()
    def _on_theme(self) -> None:
        self.theme_wanted.emit(self.sender().property("theme"))
