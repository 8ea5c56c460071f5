"""The file of one incident beside the list: what it is, its log, and what can be done with it.

Its three faces: the log with the box for the next entry, the form that corrects it, the form that closes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from console.i18n import _
from console.i18n.errors import error_text
from console.i18n.words import broken
from console.kernel import ConsoleError, Invalid
from console.services.commands import Command, build
from console.services.drafts import Draft
from console.services.incidents import (
    AddEntry,
    ChangeIncident,
    CloseIncident,
    IncidentFile,
    IncidentLine,
    LogEntry,
    ReviewIncident,
    StrikeEntry,
)
from console.services.station import Station
from console.views.incident_form import choice_of
from console.views.incident_head import FileHead
from console.views.incident_log import EntryBox, LogView, texts_of
from console.views.incident_specs import correction, ending
from console.views.incident_words import moment_text
from console.views.record_form import RecordForm
from console.views.record_history import HistoryPanel
from console.views.record_spec import FormSpec
from console.views.record_strip import ReasonStrip, Strip
from console.views.ui import Ui

WIDTH: Final = 460
ENTRY: Final = "incident_entry"
"""The kind under which an entry that is being written keeps its draft."""

WATCHED: Final = frozenset({"incident", "incident_entry", "person", "camera", "authority"})
"""Kinds of change after which the file is read again."""


@dataclass(frozen=True, slots=True)
class _Read:
    file: IncidentFile
    draft: Draft | None


class IncidentPanel(QFrame):
    """`show_incident` reads and shows one; `left` asks for the list to have the keyboard again."""

    left = Signal()
    wall_wanted = Signal(object)
    """This incident shall be the wall's purpose: a `PurposeChoice`."""

    def __init__(self, ui: Ui, station: Station, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("file")
        self._ui = ui
        self._station = station
        self.shown: IncidentFile | None = None
        self._wanted = ""
        self._entry: AddEntry | None = None
        self.form: RecordForm[IncidentLine] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.head = FileHead(ui)
        self.strip = Strip(ui.theme)
        self._stack = QStackedWidget()
        column.addWidget(self.head)
        column.addWidget(self.strip)
        column.addWidget(self._stack, 1)
        self.log = LogView(ui)
        self.box = EntryBox(ui)
        self.reason = ReasonStrip(ui.theme)
        self.history = HistoryPanel(ui, station, "incident")
        self._log_face = self._make_log_face()
        self._stack.addWidget(self._log_face)
        self._stack.addWidget(self.history)
        self._connect()

    def _make_log_face(self) -> QWidget:
        face = QWidget()
        column = QVBoxLayout(face)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.log, 1)
        column.addWidget(self.reason)
        column.addWidget(self.box)
        return face

    def _connect(self) -> None:
        self.head.wall.clicked.connect(self._to_wall)
        self.head.correct.clicked.connect(self._correct)
        self.head.end.clicked.connect(self._close_incident)
        self.head.history.toggled.connect(self._show_history)
        self.head.away.clicked.connect(self.left)
        self.log.strike_wanted.connect(self._ask_strike)
        self.log.review_wanted.connect(self._ask_review)
        self.box.entered.connect(self._add)
        self.box.kept.connect(self._keep)
        self.box.left.connect(self.left)
        self._ui.changes.changed.connect(self._on_changed)

    # Reading

    def show_incident(self, incident_id: str, *, write: bool = False) -> None:
        """Read an incident and show it; `write` puts the cursor into the box for the next entry."""
        if incident_id != self._wanted:
            self._turn_away()
            self._wanted = incident_id
        self._read(then=self.box.typed.setFocus if write else None)

    def _read(self, then: Callable[[], object] | None = None) -> None:
        if not self._wanted:
            return
        incident_id, session = self._wanted, self._ui.session
        incidents, drafts = self._station.incidents, self._station.drafts

        def work() -> _Read:
            file = incidents.file(incident_id, session)
            # The first search for words takes the better part of a second: not on the UI thread.
            for text in texts_of(file):
                broken(text)
            return _Read(file, drafts.take(session.person_id, f"{ENTRY}:{incident_id}"))

        def show(read: _Read) -> None:
            self._show(read)
            if then is not None:
                then()

        self._ui.tasks.read("incident.file", work, show, self._fail)

    def _show(self, read: _Read) -> None:
        file = read.file
        if file.line.id != self._wanted:
            return
        new = self.shown is None or self.shown.line.id != file.line.id
        self.shown = file
        may = self._station.dispatcher.may
        session = self._ui.session
        self.head.show_file(file)
        self.head.correct.setVisible(file.line.incident.is_open and may(ChangeIncident, session))
        self.head.end.setVisible(file.line.incident.is_open and may(CloseIncident, session))
        self.history.show_record(file.line.id)
        if self.head.history.isChecked():
            self.history.read()
        self.log.show_file(file, may_strike=may(StrikeEntry, session), may_review=may(ReviewIncident, session))
        self.box.setVisible(may(AddEntry, session))
        if new:
            self.box.put("" if read.draft is None else str(read.draft.values.get("words", "")))
        if self.form is not None:
            self.form.note_change(file.line)

    def _fail(self, problem: ConsoleError) -> None:
        if not self._wanted:
            return
        self.strip.say(error_text(problem), "bad")

    @Slot(object)
    def _on_changed(self, kinds: frozenset[str]) -> None:
        if kinds & WATCHED and self._wanted and self.isVisible():
            self._read()

    @Slot(bool)
    def _show_history(self, wanted: bool) -> None:  # noqa: FBT001 - the signal's own argument
        if wanted:
            self._stack.setCurrentWidget(self.history)
            self.history.read()
        else:
            self._stack.setCurrentWidget(self._log_face)

    def _turn_away(self) -> None:
        """Keep what is being written here before another incident is shown."""
        self.box.keep_now()
        self.reason.close_strip()
        self.strip.close_strip()
        self._drop_form()
        self._entry = None

    def stop(self) -> None:
        """Keep what is typed, and end."""
        self._turn_away()
        self._wanted = ""
        self.history.stop()

    # Entries

    @Slot(str)
    def _add(self, words: str) -> None:
        try:
            # The same words again, after an answer that did not come, are the same entry.
            command = self._entry or build(AddEntry, incident_id=self._wanted, words=words)
            if command.words != words.strip():
                command = build(AddEntry, incident_id=self._wanted, words=words)
        except Invalid as wrong:
            self._refuse_entry(wrong)
            return
        self._entry = command
        self.box.typed.setReadOnly(True)
        self._run(command, lambda _answer: self._added(command), self._refuse_entry)

    def _added(self, command: AddEntry) -> None:
        drafts, person = self._station.drafts, self._ui.session.person_id
        self._ui.tasks.write(lambda: drafts.drop(person, f"{ENTRY}:{command.incident_id}"), _nothing, _nothing)
        if command.incident_id == self._wanted:
            self._entry = None
            self.box.put("")
            self._read()

    def _refuse_entry(self, problem: ConsoleError) -> None:
        if not self._wanted:
            return
        self.box.typed.setReadOnly(False)
        self.box.strip.say(error_text(problem), "bad")

    @Slot(str)
    def _keep(self, words: str) -> None:
        drafts, person, key = self._station.drafts, self._ui.session.person_id, f"{ENTRY}:{self._wanted}"
        if words.strip():
            self._ui.tasks.write(lambda: drafts.keep(person, key, {"words": words}), _nothing, self._fail)
        else:
            self._ui.tasks.write(lambda: drafts.drop(person, key), _nothing, _nothing)

    @Slot(object)
    def _ask_strike(self, line: LogEntry) -> None:
        text = _(
            "The entry of {when} is crossed out. It stays readable, with your name and the reason.",
            when=moment_text(line.entry.at),
        )
        self.reason.ask_reason(text, _("Reason"), _("Strike out"), lambda reason: self._strike(line, reason))

    def _strike(self, line: LogEntry, reason: str) -> None:
        def refused(problem: ConsoleError) -> None:
            # Whatever the refusal: the reason that was typed stands there again, beside the entry as it is now.
            self._ask_strike(line)
            self.reason.put_reason(reason)
            self._read()
            self._fail(problem)

        entries = () if self.shown is None else self.shown.entries
        now = next((each.entry for each in entries if each.entry.id == line.entry.id), line.entry)
        command = StrikeEntry(entry_id=now.id, version=now.version, reason=reason)
        self._run(command, lambda _answer: self._struck(), refused)

    def _struck(self) -> None:
        self._read()
        self.box.typed.setFocus()

    # The incident itself

    @Slot()
    def _to_wall(self) -> None:
        if self.shown is not None:
            self.wall_wanted.emit(choice_of(self.shown.line))

    @Slot()
    def _correct(self) -> None:
        self._open_form(correction(self._ui.clock), "incident_change")

    @Slot()
    def _close_incident(self) -> None:
        self._open_form(ending(), "incident_end")

    def _open_form(self, spec: FormSpec[IncidentLine], kind: str) -> None:
        if self.shown is None:
            return
        self._drop_form()
        self.head.history.setChecked(False)
        form = self.form = RecordForm(self._ui, self._station, spec, kind)
        form.reread = lambda line: self._station.incidents.file(line.id, self._ui.session).line
        form.saved.connect(self._form_saved)
        form.closed.connect(self._form_closed)
        form.filled.connect(form.focus_first)
        self.head.set_acting(spec.title(self.shown.line))
        self._stack.addWidget(form)
        self._stack.setCurrentWidget(form)
        form.fill(self.shown.line)

    @Slot()
    def _form_saved(self) -> None:
        self._form_closed()
        self._read()

    @Slot()
    def _form_closed(self) -> None:
        self._drop_form()
        self.box.typed.setFocus()

    def _drop_form(self) -> None:
        form, self.form = self.form, None
        if form is not None:
            form.stop()
            self._stack.removeWidget(form)
            form.hide()
            form.deleteLater()
            self.head.set_acting("")
            self._stack.setCurrentWidget(self._log_face)

    @Slot()
    def _ask_review(self) -> None:
        text = _("You have looked at these views and found them in order. That stands in the journal with your name.")
        answers = ((_("Reviewed"), self._review), (_("Cancel"), self.strip.close_strip))
        self.strip.ask(text, answers)

    def _review(self) -> None:
        if self.shown is None:
            return
        line = self.shown.line
        command = ReviewIncident(incident_id=line.id, version=line.version)
        self._run(command, lambda _answer: self._read(), self._refused)

    def _refused(self, problem: ConsoleError) -> None:
        self._read()
        self._fail(problem)

    def _run(self, command: Command, then: Callable[[object], None], failed: Callable[[ConsoleError], None]) -> None:
        dispatcher, session = self._station.dispatcher, self._ui.session
        self._ui.tasks.write(lambda: dispatcher.run(command, session), then, failed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.strip.asks:
                self.strip.leave()
            else:
                self.left.emit()
        else:
            super().keyPressEvent(event)


def _nothing(_answer: object) -> None:
    """Nobody waits for this."""
