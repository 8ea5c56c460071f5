"""A small button that shows a sign only; its words are told by the tip and to a screen reader."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton

from console.i18n import plain
from console.views.theme import Theme


def tool_button(theme: Theme, icon: str, words: str, size: int = 18) -> QToolButton:
    """Return the button, reached by Tab."""
    button = QToolButton()
    button.setObjectName("tool")
    button.setIcon(theme.icon(icon, "muted"))
    button.setIconSize(QSize(size, size))
    button.setToolTip(plain(words))
    button.setAccessibleName(plain(words))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
