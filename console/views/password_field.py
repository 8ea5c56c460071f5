"""A field for a password: shown only while a button is held, and it says when the keyboard is not what one thinks."""

from __future__ import annotations

import sys
from typing import Final

from PySide6.QtCore import QEvent, QLocale, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from console.i18n import N_, _, plain
from console.kernel import Secret
from console.views.theme import Theme

LONGEST: Final = 256
_THAI: Final = ("\u0e00", "\u0e7f")
_THAI_KEYBOARD: Final = N_("The keyboard is set to Thai.")
_CAPS_LOCK: Final = N_("Caps Lock is on.")


class PasswordField(QWidget):
    """One line for a password, with its hint below. What was typed leaves it only as a `Secret`."""

    submitted = Signal()

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = _Line()
        self.line.setAccessibleName(plain(name))
        self.line.returnPressed.connect(self.submitted)
        self.line.noticed.connect(self._hint_at)
        show = QToolButton()
        show.setObjectName("tool")
        show.setIcon(theme.icon("eye", "text"))
        show.setIconSize(QSize(18, 18))
        show.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        show.setToolTip(plain(_("Show the password while this is held")))
        show.setAccessibleName(show.toolTip())
        show.pressed.connect(self._reveal)
        show.released.connect(self._hide)
        self._hint = QLabel()
        self._hint.setObjectName("fieldHint")
        self._hint.hide()
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.line, 1)
        row.addWidget(show)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self._hint)
        self.setFocusProxy(self.line)

    def secret(self) -> Secret:
        return Secret(self.line.text())

    def is_empty(self) -> bool:
        return not self.line.text()

    def clear(self) -> None:
        self.line.clear()

    def hint(self) -> str:
        """What is said about the keyboard now."""
        return self._hint.text() if not self._hint.isHidden() else ""

    @Slot(str)
    def _hint_at(self, what: str) -> None:
        self._hint.setText(plain(_(what)))
        self._hint.setVisible(bool(what))

    @Slot()
    def _reveal(self) -> None:
        self.line.setEchoMode(QLineEdit.EchoMode.Normal)

    @Slot()
    def _hide(self) -> None:
        self.line.setEchoMode(QLineEdit.EchoMode.Password)


class _Line(QLineEdit):
    """Notices from what is typed, and on Windows from the chosen layout, what a hidden text does not show."""

    noticed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setMaxLength(LONGEST)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._thai = self._caps = False
        QGuiApplication.inputMethod().localeChanged.connect(self._look_at_layout)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        letter = event.text()
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if len(letter) == 1 and letter.isascii() and letter.isalpha():
            self._thai, self._caps = False, letter.isupper() is not shifted
        elif len(letter) == 1 and _THAI[0] <= letter <= _THAI[1]:
            self._thai, self._caps = True, False
        elif event.key() == Qt.Key.Key_CapsLock:
            self._caps = False
        self._tell()
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._look_at_layout()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            # Nobody looks at what was typed while it is being checked.
            self.setEchoMode(QLineEdit.EchoMode.Password)

    @Slot()
    def _look_at_layout(self) -> None:
        """Elsewhere Qt knows only the system's language, which says nothing about the keyboard."""
        if sys.platform == "win32" and self.hasFocus():
            self._thai = QGuiApplication.inputMethod().locale().language() == QLocale.Language.Thai
            self._tell()

    def _tell(self) -> None:
        self.noticed.emit(_THAI_KEYBOARD if self._thai else _CAPS_LOCK if self._caps else "")
