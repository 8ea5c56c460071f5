"""A window over the whole screen without a frame, and back exactly where it was."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget


class FullScreen:
    """One a window. It was maximised, or stood somewhere: so it comes back."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._before = Qt.WindowState.WindowNoState
        self.on = False

    def toggle(self) -> None:
        self.on = not self.on
        if self.on:
            self._before = self._window.windowState() & ~Qt.WindowState.WindowFullScreen
            self._window.setWindowState(self._before | Qt.WindowState.WindowFullScreen)
        else:
            self._window.setWindowState(self._before)

    def is_left_by(self, event: QKeyEvent) -> bool:
        """Whether a key that nothing in the window wanted means: out of the full screen."""
        return self.on and event.key() == Qt.Key.Key_Escape and event.modifiers() == Qt.KeyboardModifier.NoModifier
