"""A panel beside the form that only tells: rich text about the chosen row, made on a reader's thread."""

from __future__ import annotations

from itertools import count

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.kernel import ConsoleError
from console.views.reading_text import ReadingText
from console.views.record_panel import RowPanel
from console.views.record_spec import Row
from console.views.states import StateStack
from console.views.ui import Ui

_numbers = count()


class ReadingPanel(RowPanel[Row]):
    """Text that scrolls, or the state in its place. Whoever makes one says in `_read` what is asked for."""

    def __init__(self, ui: Ui, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self._name = f"{name}-{next(_numbers)}"
        self._closed = False
        self._states = StateStack(ui.theme, ui.clock)
        self._states.again.connect(self._read)
        self._area = ReadingText(self)
        self._text = self._area.label
        self.setFocusProxy(self._area)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._states)

    @property
    def text(self) -> str:
        return self._text.text()

    @Slot()
    def _read(self) -> None:
        """Ask for the text; also at “try again”."""
        raise NotImplementedError

    def _tell(self, text: str) -> None:
        self._text.setText(text)
        self._states.show_content(self._area)

    def _fail(self, problem: ConsoleError) -> None:
        if not self._closed:
            self._states.say_error(problem)

    def stop(self) -> None:
        self._closed = True
        self._states.stop()
