"""The log of one incident: its entries, oldest first, struck ones crossed out with the reason; and the next one's box.

Enter saves an entry, Shift+Enter begins a new line. What is typed is kept as a draft until it is saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from console.i18n import _, plain
from console.services.incidents import IncidentFile, LogEntry
from console.views.incident_head import FactsView
from console.views.incident_words import moment_text, words_label
from console.views.record_strip import Strip
from console.views.theme import Theme, line_height
from console.views.tool_button import tool_button
from console.views.ui import Ui

LINES_SHOWN: Final = 3
DRAFT_MS: Final = 400


class EntryView(QFrame):
    """One entry: when, who, words. Struck out: crossed through, with who struck it, when and why."""

    strike_wanted = Signal(object)

    def __init__(self, line: LogEntry, theme: Theme, *, may_strike: bool, late: bool) -> None:
        super().__init__()
        self.setObjectName("entry")
        self.line = line
        self.late = late
        entry = line.entry
        struck = entry.struck_at is not None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 8)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(words_label(f"{moment_text(entry.at)} · {line.who}", "quiet"), 1)
        if may_strike and not struck:
            head.addWidget(self._strike_button(theme), 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        self.words = words_label(entry.words, "quiet" if struck else "", struck=struck)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.words)
        if struck:
            column.addLayout(self._struck_line(theme))

    def _strike_button(self, theme: Theme) -> QToolButton:
        button = tool_button(theme, "strike", _("Strike this entry out"), 16)
        button.clicked.connect(self._strike)
        return button

    def _struck_line(self, theme: Theme) -> QHBoxLayout:
        entry = self.line.entry
        row = QHBoxLayout()
        row.setSpacing(6)
        sign = QLabel()
        sign.setPixmap(theme.pixmap("strike", "warning", 16, self.devicePixelRatioF()))
        sign.setFixedWidth(18)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        said = _(
            "Struck out by {name}, {when}: {reason}",
            name=self.line.struck_by,
            when=moment_text(entry.struck_at),
            reason=entry.strike_reason or "–",
        )
        row.addWidget(words_label(said), 1)
        return row

    @Slot()
    def _strike(self) -> None:
        self.strike_wanted.emit(self.line)


class LogView(QScrollArea):
    """The facts, then all entries; the newest is in sight when a file is opened and when one was added."""

    strike_wanted = Signal(object)
    review_wanted = Signal()

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("log")
        self._ui = ui
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._shown: IncidentFile | None = None
        self.facts: FactsView | None = None
        self.entries: list[EntryView] = []
        self.verticalScrollBar().rangeChanged.connect(self._to_end)
        self._follow = False

    def show_file(self, file: IncidentFile, *, may_strike: bool, may_review: bool) -> None:
        """Show facts and entries of a file; what is shown already is left alone: nothing moves under a reader."""
        before = self._shown
        if file == before:
            return
        self._follow = before is None or before.line.id != file.line.id or len(before.entries) < len(file.entries)
        self._shown = file
        body = QWidget()
        body.setObjectName("logBody")
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 4, 16, 8)
        column.setSpacing(0)
        self.facts = FactsView(file, self._ui, may_review=may_review)
        self.facts.review.clicked.connect(self.review_wanted)
        column.addWidget(self.facts)
        self.entries = []
        closed_at = file.line.incident.closed_at
        for line in file.entries:
            late = closed_at is not None and line.entry.at > closed_at
            if late and not (self.entries and self.entries[-1].late):
                column.addWidget(words_label(_("After closing"), "section"))
            view = EntryView(line, self._ui.theme, may_strike=may_strike, late=late)
            view.strike_wanted.connect(self.strike_wanted)
            column.addWidget(view)
            self.entries.append(view)
        if not file.entries:
            column.addWidget(words_label(_("No entry yet."), "quiet"))
        column.addStretch(1)
        keep = self.verticalScrollBar().value()
        self.setWidget(body)
        if not self._follow:
            self.verticalScrollBar().setValue(keep)

    @Slot()
    def _to_end(self) -> None:
        if self._follow:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())


class Typed(QPlainTextEdit):
    """Some lines of text; Enter is done, Shift+Enter a new line."""

    done = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setFixedHeight(LINES_SHOWN * line_height() + 14)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not shift:
            self.done.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class EntryBox(QWidget):
    """Where the next entry is typed."""

    entered = Signal(str)
    left = Signal()
    kept = Signal(str)
    """What stands in it now, a moment after the last key: for the draft."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        self.setObjectName("entryBox")
        column.setContentsMargins(16, 8, 16, 12)
        column.setSpacing(4)
        self.typed = Typed()
        self.typed.setPlaceholderText(plain(_("Write an entry. Enter saves it, Shift+Enter begins a new line.")))
        self.typed.setAccessibleName(plain(_("New entry")))
        self.strip = Strip(ui.theme)
        column.addWidget(self.typed)
        column.addWidget(self.strip)
        self._keeping = QTimer(self)
        self._keeping.setSingleShot(True)
        self._keeping.setInterval(DRAFT_MS)
        self._keeping.timeout.connect(self._keep)
        self.typed.done.connect(self._enter)
        self.typed.left.connect(self.left)
        self.typed.textChanged.connect(self._keeping.start)

    def words(self) -> str:
        return self.typed.toPlainText()

    def put(self, words: str) -> None:
        """Show what was kept, without keeping it again."""
        self.typed.setPlainText(words)
        self.typed.moveCursor(self.typed.textCursor().MoveOperation.End)
        self._keeping.stop()
        self.strip.close_strip()
        self.typed.setReadOnly(False)

    def keep_now(self) -> None:
        """Keep at once what was typed a moment ago."""
        if self._keeping.isActive():
            self._keeping.stop()
            self._keep()

    @Slot()
    def _keep(self) -> None:
        self.kept.emit(self.words())

    @Slot()
    def _enter(self) -> None:
        if self.words().strip() and not self.typed.isReadOnly():
            self.entered.emit(self.words())


def texts_of(file: IncidentFile) -> Sequence[str]:
    """Return everything of a file that is shown in wrapped lines, so that its words can be found beforehand."""
    row = file.line.incident
    entries = (text for line in file.entries for text in (line.entry.words, line.entry.strike_reason or "", line.who))
    return (row.title, row.place, *entries)
