"""The foot of a paper's preview: what is being made and how far it is, or what became of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton

from console.i18n import _, plain
from console.views.paper_marks import Stopped

Answer = TypeVar("Answer")


class Meter(QObject):
    """Carries news from the thread that works, and the word that nobody waits any more to it."""

    moved = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def heard(self, done: int, of: int) -> None:
        """The work's `Progress`."""
        if self._stopped.is_set():
            raise Stopped
        self.moved.emit(done, of)

    def run(self, work: Callable[[], Answer]) -> Answer | None:
        """Return what the work gives, None when it was stopped."""
        try:
            return work()
        except Stopped:
            return None


class WorkLine(QFrame):
    """One line: a sentence, and while something is made a bar and a button to stop it."""

    stop_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("paperFoot")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(10)
        self._said = QLabel()
        self._said.setWordWrap(True)
        row.addWidget(self._said, 1)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(240)
        row.addWidget(self._bar)
        self._stop = QPushButton(plain(_("Cancel")))
        self._stop.setToolTip(f"{plain(_('Stop this'))} (Esc)")
        self._stop.clicked.connect(self.stop_wanted)
        row.addWidget(self._stop)
        self.say("")

    @property
    def said(self) -> str:
        return self._said.text()

    def say(self, text: str) -> None:
        """Nothing is made now; a sentence stays, an empty one takes the line away."""
        self._show(text, busy=False)
        self.setVisible(bool(text))

    def work(self, text: str) -> Meter:
        """Something is made from now on; give the meter to whoever makes it."""
        self._show(text, busy=True)
        self._bar.setRange(0, 0)
        self.show()
        meter = Meter()
        meter.moved.connect(self._moved, Qt.ConnectionType.QueuedConnection)
        return meter

    def _moved(self, done: int, of: int) -> None:
        self._bar.setRange(0, of)
        self._bar.setValue(done)

    def _show(self, text: str, *, busy: bool) -> None:
        self._said.setText(text)
        self._bar.setVisible(busy)
        self._stop.setVisible(busy)
