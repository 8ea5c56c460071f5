"""Notices that nobody has touched keyboard or mouse for a while."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QWidget

from console.kernel import Clock

LOOK_MS: Final = 2000
TOUCHES: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class IdleWatch(QObject):
    """Watches one window. It listens at the window of the system, so that painting costs nothing here."""

    over = Signal()

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._limit_s = 0.0
        self._touched = clock.monotonic()
        self._window: QWindow | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def start(self, widget: QWidget, limit_s: float) -> None:
        """Tell `over` each time nothing was touched for so long; 0: never."""
        self._limit_s = limit_s
        self.note()
        window = widget.windowHandle()
        if window is not None and window is not self._window:
            window.installEventFilter(self)
            self._window = window
        if limit_s > 0:
            self._timer.start()
        else:
            self._timer.stop()

    def listen(self, widget: QWidget) -> None:
        """Take what is touched in this window too; it goes with the window."""
        window = widget.windowHandle()
        if window is not None:
            window.installEventFilter(self)

    def stop(self) -> None:
        self._timer.stop()

    def note(self) -> None:
        """Somebody is here."""
        self._touched = self._clock.monotonic()

    @Slot()
    def look(self) -> None:
        if self._limit_s and self._clock.monotonic() - self._touched >= self._limit_s:
            self.note()
            self.over.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in TOUCHES:
            self.note()
        return super().eventFilter(watched, event)
