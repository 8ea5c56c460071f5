"""What the window asks of a page."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from console.kernel import EndReason


class Page(QWidget):
    """One page of the window. Made when first opened, started once, stopped when the window closes."""

    live_changed = Signal(int, int)
    """How many cameras are live, of how many that are placed: for the status line."""
    full_screen_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")

    def start(self) -> None:
        """Begin to work: read, open, listen."""

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        """End everything that runs."""

    def show_full(self, *, full: bool) -> None:
        """Fill the screen with what matters most, or come back."""
