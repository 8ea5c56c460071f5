"""The check of the whole journal, over its page: calm enough for visitors, with every finding by its number."""

from __future__ import annotations

import html
import threading
from itertools import count
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from console.i18n import _, plain
from console.i18n.errors import error_text
from console.i18n.words import broken
from console.kernel import ConsoleError
from console.services.journal import Checked
from console.services.station import Station
from console.views import access_log_words as words
from console.views.record_keys import read_record_key
from console.views.ui import Ui

MOST_FINDINGS: Final = 200
_TEXT_WIDTH: Final = 680
_ICON: Final = 72
_numbers = count()


class Stopped(ConsoleError):
    """Nobody waits for the result any more."""

    def __init__(self) -> None:
        super().__init__("journal.check_stopped")


class CheckSheet(QFrame):
    """First how far the check is, with a way to stop it; then what it found. Esc stops, then closes."""

    finished = Signal(object)
    closed = Signal()
    print_wanted = Signal()
    _moved = Signal(int, int)

    def __init__(self, ui: Ui, station: Station, ground: QWidget) -> None:
        super().__init__(ground)
        self.setObjectName("checkSheet")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._ui = ui
        self._station = station
        self._ground = ground
        self._stop = threading.Event()
        self._running = False
        self._open = True
        self._icon, self._title, self._text = _centred(), _centred("title"), _centred("text")
        self._small = _centred("hint")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(_TEXT_WIDTH // 2)
        self._findings = QLabel()
        self._findings.setTextFormat(Qt.TextFormat.RichText)
        self._findings.setWordWrap(True)
        self._findings.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._findings.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._list = QScrollArea()
        self._list.setObjectName("findings")
        self._list.setWidgetResizable(True)
        self._list.setFixedWidth(_TEXT_WIDTH)
        self._list.setWidget(self._findings)
        self._buttons = QStackedWidget()
        self._build()
        # From the thread that checks to the window.
        self._moved.connect(self._show_progress, Qt.ConnectionType.QueuedConnection)
        self.hide()

    def _build(self) -> None:
        stop = QPushButton(plain(_("Stop")))
        stop.clicked.connect(self.stop_check)
        close = QPushButton(plain(_("Close")))
        close.clicked.connect(self.closed)
        self.print_button = QPushButton(self._ui.theme.icon("print", "text"), plain(_("Print")))
        self.print_button.clicked.connect(self.print_wanted)
        self._stop_button, self._close_button = stop, close
        for buttons in ((stop,), (self.print_button, close)):
            line = QWidget()
            row = QHBoxLayout(line)
            row.addStretch(1)
            for button in buttons:
                row.addWidget(button)
            row.addStretch(1)
            self._buttons.addWidget(line)
        self._buttons.setFixedHeight(52)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(14)
        column.addStretch(1)
        for part in (self._icon, self._title, self._text, self._small, self._bar):
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._list, 5, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._buttons)
        column.addStretch(1)

    @property
    def said(self) -> str:
        return "\n".join(label.text() for label in (self._title, self._text, self._small) if label.text())

    @property
    def findings(self) -> str:
        return "" if self._list.isHidden() else self._findings.text()

    # Coming and going

    def open(self) -> None:
        self.setGeometry(self._ground.rect())
        self._ground.installEventFilter(self)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_sheet(self) -> None:
        if not self._open:
            return
        self._open = False
        self._stop.set()
        self._ground.removeEventFilter(self)
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._ground.rect())
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc gives up what runs, or closes; keys of the list behind the sheet end here."""
        if event.key() == Qt.Key.Key_Escape:
            if self._running:
                self.stop_check()
            else:
                self.closed.emit()
        else:
            event.setAccepted(read_record_key(event) is not None)

    # The check

    def begin(self, title: str) -> None:
        """Check on a reader's thread."""
        self._running = True
        self._say("verify", "accent", title, _("Every entry is read and compared with its fingerprint and the seals."))
        _put(self._small, " ")
        self._bar.setRange(0, 0)
        self._bar.show()
        self._list.hide()
        self._buttons.setCurrentIndex(0)
        journal, session, stop, moved = self._station.journal, self._ui.session, self._stop, self._moved

        def told(done: int, total: int) -> None:
            if stop.is_set():
                raise Stopped
            moved.emit(done, total)

        name = f"check-{next(_numbers)}"
        self._ui.tasks.read(name, lambda: journal.check(session, told), self._finish, self._fail)

    @Slot()
    def stop_check(self) -> None:
        self._stop.set()

    @Slot(int, int)
    def _show_progress(self, done: int, total: int) -> None:
        if not (self._open and self._running):
            return
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(done)
        _put(self._small, _("Entry {n} of {total}", n=f"{done:,}", total=f"{total:,}"))

    def _finish(self, checked: Checked) -> None:
        if not self._open:
            return
        self._end()
        sound = checked.report.sound
        self._say(
            "verify" if sound else "urgent", "good" if sound else "bad", words.title(checked), words.result(checked)
        )
        key = _("Key of the seals: {key}", key=checked.fingerprint[: words.SHOWN_OF_A_HASH])
        lines = (
            (words.sealed(checked), words.erased(checked), words.older(checked), key) if sound else (words.advice(),)
        )
        _put(self._small, "\n".join(line for line in lines if line))
        if not sound:
            self._list_findings(checked)
        self._close_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.finished.emit(checked)

    def _list_findings(self, checked: Checked) -> None:
        own = self._ui.session.writer_id
        problems = checked.report.problems
        found = (words.finding(problem, own) for problem in problems[:MOST_FINDINGS])
        lines = [
            _("{console}, number {seq}: {what}", console=place, seq=seq, what=what)
            if seq != words.NO_NUMBER
            else _("{record}: {what}", record=place, what=what)
            for place, seq, what in found
        ]
        if len(problems) > MOST_FINDINGS:
            lines.append(_("… and {n} more findings.", n=f"{len(problems) - MOST_FINDINGS:,}"))
        # Plain text would set the lines closer than Thai tone marks need.
        parts = (f"<p style='margin:0; line-height:125%'>{html.escape(broken(line))}</p>" for line in lines)
        self._findings.setText("".join(parts))
        self._list.show()

    def _fail(self, problem: ConsoleError) -> None:
        if not self._open:
            return
        self._end()
        if isinstance(problem, Stopped):
            self.closed.emit()
            return
        self._say("urgent", "bad", _("The access log could not be checked"), error_text(problem))
        _put(self._small, "")
        self.print_button.hide()
        self._close_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _end(self) -> None:
        self._running = False
        self._bar.hide()
        self._buttons.setCurrentIndex(1)

    def _say(self, icon: str, colour: str, title: str, text: str) -> None:
        self._icon.setPixmap(self._ui.theme.pixmap(icon, colour, _ICON, self.devicePixelRatioF()))
        _put(self._title, title)
        _put(self._text, text)


def _put(label: QLabel, text: str) -> None:
    """Centred in a column, a label is given the height of one line unless it asks for more."""
    label.setText("\n".join(broken(line) for line in text.split("\n")))
    label.setMinimumHeight(label.heightForWidth(_TEXT_WIDTH))


def _centred(role: str = "") -> QLabel:
    label = QLabel()
    label.setProperty("role", role)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    label.setWordWrap(True)
    label.setFixedWidth(_TEXT_WIDTH)
    return label
