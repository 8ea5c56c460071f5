"""Who changed a record, when, and what from and to: the journal in words. Read when it comes into sight."""

from __future__ import annotations

import html
from collections.abc import Sequence
from itertools import count

from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.i18n import _
from console.i18n.dates import format_date_time
from console.i18n.words import broken
from console.kernel import ConsoleError
from console.services.history import HistoryLine
from console.services.station import Station
from console.views.reading_text import ReadingText
from console.views.states import StateStack
from console.views.ui import Ui

MOST_LINES = 200
_numbers = count()


class HistoryPanel(QWidget):
    """The history of one record at a time."""

    def __init__(self, ui: Ui, station: Station, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self._station = station
        self._kind = kind
        self._name = f"history-{next(_numbers)}"
        self._record: str | None = None
        self._read_of: str | None = None
        self._closed = False
        self._states = StateStack(ui.theme, ui.clock)
        self._states.again.connect(self.read)
        self._area = ReadingText(self)
        self._text = self._area.label
        self._text.setObjectName("history")
        self.setFocusProxy(self._area)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._states)

    def show_record(self, record_id: str | None) -> None:
        """Be ready to tell of this record; it is read anew when the tab is opened."""
        self._record = record_id
        self._read_of = None

    def read(self) -> None:
        """Read the history, if it was not read since the record was shown."""
        record = self._record
        if record is None or record == self._read_of:
            return
        self._read_of = record
        self._states.say_loading()
        history, kind, theme = self._station.history, self._kind, self._ui.theme

        def work() -> str:
            return told(history.of(kind, record), theme.colours.muted)

        self._ui.tasks.read(self._name, work, self._show, self._fail)

    def stop(self) -> None:
        self._closed = True
        self._states.stop()

    @property
    def text(self) -> str:
        return self._text.text()

    def _show(self, text: str) -> None:
        if self._closed:
            return
        if text:
            self._text.setText(text)
            self._states.show_content(self._area)
        else:
            self._states.say_empty(_("No changes yet"), _("Every change of this record will stand here."))

    def _fail(self, problem: ConsoleError) -> None:
        if not self._closed:
            self._read_of = None
            self._states.say_error(problem)


def told(lines: Sequence[HistoryLine], muted: str) -> str:
    """Return the history as rich text, newest first; on a reader's thread, because finding Thai words takes time."""
    parts = []
    for line in lines[:MOST_LINES]:
        when = format_date_time(line.at)
        parts.append(_paragraph(f'<span style="color:{muted}">{html.escape(when)}</span> · {_safe(line.who)}'))
        told_lines = [_paragraph(_safe(detail), left=12) for detail in line.details]
        parts += [_paragraph(f"<b>{_safe(line.what)}</b>"), *told_lines, _paragraph("&nbsp;", size=6)]
    if len(lines) > MOST_LINES:
        parts.append(_paragraph(_safe(_("Older changes stand in the access log."))))
    return "".join(parts)


def _paragraph(text: str, *, left: int = 0, size: int = 14) -> str:
    return f'<p style="margin:0 0 0 {left}px; font-size:{size}px; line-height:120%">{text}</p>'


def _safe(text: str) -> str:
    return html.escape(broken(text))
