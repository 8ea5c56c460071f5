"""A pair of hands on the keyboard: keys go where the cursor is, as an officer's do.

hands = Hands(window)
hands.press("Ctrl+N")
hands.type("ตลาดสด")
hands.press("Tab", "Ctrl+S")
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget


class Hands:
    """Types into the widget that has the cursor, else into the window."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    @property
    def at(self) -> QWidget:
        """Where the next key goes."""
        return QApplication.focusWidget() or QApplication.activePopupWidget() or self._window

    def press(self, *keys: str) -> None:
        """Press keys, each written as in a menu: `Ctrl+S`, `Return`, `F2`, `Down`."""
        for name in keys:
            combination = QKeySequence(name)[0]  # type: ignore[index]  # the stubs forget it
            QTest.keyClick(
                QApplication.activePopupWidget() or self.at, combination.key(), combination.keyboardModifiers()
            )

    def type(self, text: str) -> None:
        """Type a text, Thai or not: what a key press brings, not what a clipboard would."""
        for sign in text:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, _key_of(sign), Qt.KeyboardModifier.NoModifier, sign)
                QApplication.sendEvent(self.at, event)

    def tab_to(self, found: Callable[[QWidget], bool], *, most: int = 60) -> QWidget:
        """Go on with Tab until the cursor is where it is wanted; fails if it never gets there."""
        for _step in range(most):
            widget = QApplication.focusWidget()
            if widget is not None and found(widget):
                return widget
            self.press("Tab")
        inner = self._window.focusWidget()
        raise AssertionError(f"Tab does not lead there; the cursor is at {QApplication.focusWidget()}, kept {inner}")


def _key_of(sign: str) -> int:
    latin = sign.upper()
    return ord(latin) if len(latin) == 1 and " " <= latin <= "Z" else 0
