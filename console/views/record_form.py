"""A form from its description: reading, asking, saving, and never losing what was typed.

What is typed is kept as a draft; a refused save, a conflict or a lock leaves it as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, Generic, cast

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.i18n.dates import format_moment
from console.i18n.errors import error_text
from console.kernel import Conflict, ConsoleError, Invalid, new_id
from console.services.commands import Command
from console.services.drafts import Draft
from console.services.station import Station
from console.views.flow import Flow
from console.views.record_body import FormBody
from console.views.record_conflict import Clash, ConflictPanel, Meeting, Sides, changed_by, meet
from console.views.record_draft import DraftKeeper, Kept, key_of_draft
from console.views.record_fields import FieldBox
from console.views.record_keys import RecordAct, read_record_key
from console.views.record_spec import Choice, FormSpec, Row, Several, Values
from console.views.record_strip import Strip
from console.views.record_values import Options, Raw
from console.views.ui import Ui

_numbers: Final = count()


@dataclass(frozen=True, slots=True)
class _Filling:
    """What a form needs before it can be shown, read beside the UI thread."""

    options: Mapping[str, Options]
    draft: Draft | None


class RecordForm(QWidget, Generic[Row]):
    """One record's form. `kind` is the record's kind; it also names the draft."""

    saved = Signal(object)
    """What the handler returned."""
    closed = Signal()
    dirty_changed = Signal(bool)
    filled = Signal()
    """The record, and a draft if there was one, stand in the fields: now somebody can write."""

    def __init__(self, ui: Ui, station: Station, spec: FormSpec[Row], kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("form")
        self._ui = ui
        self._station = station
        self._spec = spec
        self._kind = kind
        self._name = f"form-{next(_numbers)}"
        self._row: Row | None = None
        self._idle = True
        """No record stands in it: nothing was filled yet, or it was put aside."""
        self._filling = False
        """Codes to choose from and the draft are on the way."""
        self._save_wanted = False
        """Pressed while that was so."""
        self._options: Mapping[str, Options] = {}
        self._saving = False
        self._dirty = False
        self._closed = False
        self._focused: QWidget | None = None
        self._attempt: tuple[Mapping[str, Raw], Command] | None = None
        self._conflict: ConflictPanel | None = None
        self._undecided: Meeting[Row] | None = None
        """Of a draft and a record that was changed since: to be decided before anything is saved."""
        self.reread: Callable[[Row], Row | None] | None = spec.reread
        """How to read the record again after a conflict, on a reader's thread; the page fills it in."""
        self._draft = DraftKeeper(ui, station, self)
        self._strip = Strip(ui.theme)
        self._body = FormBody(ui, spec.sections)
        # It scrolls: where room is short it gives way before a question above it or the buttons below.
        self._body.setMinimumHeight(1)
        self._foot = self._make_foot()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._strip)
        column.addWidget(self._body, 1)
        column.addWidget(self._foot)
        self._stand(None)
        self._body.changed.connect(self._changed)
        self._draft.due.connect(self.keep_draft)
        self._draft.noted.connect(self._note.setText)

    def _make_foot(self) -> QWidget:
        foot = QFrame()
        foot.setObjectName("formFoot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(6)
        self._note = QLabel()
        self._note.setProperty("role", "hint")
        self._note.setWordWrap(True)
        row.addWidget(self._note, 1)
        self._save_button = QPushButton(f"{plain(_(self._spec.verb))}  Ctrl+S")
        self._save_button.setProperty("primary", True)
        self._save_button.clicked.connect(self.save)
        self._close_button = QPushButton(f"{plain(_('Back'))}  Esc")
        self._close_button.clicked.connect(self.try_close)
        buttons = QWidget()
        flow = Flow(buttons, at_end=True)
        for button in (self._close_button, self._save_button):
            flow.addWidget(button)
        row.addWidget(buttons)
        return foot

    @property
    def writable(self) -> bool:
        """Whether anything can be typed and saved here; else the form only shows what is stored."""
        return not self._spec.read_only and self._body.writable

    def _stand(self, row: Row | None) -> None:
        """Let this record be the one that is shown; what of it is settled can only be read."""
        self._row = row
        settled = None if row is None else self._spec.settled(row)
        self._body.fix(() if settled is None else settled.fields)
        self._note.setText(self._spec.read_only or ("" if settled is None else settled.why))
        self._save_button.setVisible(self.writable)

    # Filling

    def fill(self, row: Row | None, values: Values | None = None) -> None:
        """Show a record, or with None a new one, with some `values` filled in beforehand. A draft comes back."""
        self._begin(row)
        self._draft.begin(key_of_draft(self._kind, row))
        draft = self._draft
        self._read_filling(dict(values or {}), draft.read)

    def resume(self, draft: Draft) -> None:
        """Go on with a new record that was begun before."""
        self._begin(None)
        self._draft.begin(draft.key)
        self._read_filling({}, lambda: draft)

    def _begin(self, row: Row | None) -> None:
        self.keep_draft()
        self._drop_conflict()
        self._strip.close_strip()
        self._attempt = None
        self._undecided = None
        self._save_wanted = False
        self._stand(row)

    def _read_filling(self, values: dict[str, Any], read_draft: Callable[[], Draft | None]) -> None:
        """What is known stands there at once, so that no key is lost; codes to choose from and the draft follow."""
        self._body.load({**self._spec.stored(self._row), **values}, self._options)
        if not self._body.isAncestorOf(self.focusWidget() or self):
            self._body.verticalScrollBar().setValue(0)
        self._idle, self._filling = False, True
        self._tell_dirty()
        kinds = {name: box.field.kind for name, box in self._body.boxes.items()}

        def work() -> _Filling:
            options = {name: kind.options() for name, kind in kinds.items() if isinstance(kind, Choice | Several)}
            return _Filling(options, read_draft() if self.writable else None)

        def show(filling: _Filling) -> None:
            self._show(filling, offers=self._row is None and bool(values))

        self._ui.tasks.read(f"{self._name}:fill", work, show, self._fail)

    def _show(self, filling: _Filling, *, offers: bool) -> None:
        if self._closed:
            return
        self._options = filling.options
        self._body.offer(filling.options)
        self._filling = False
        meanwhile = self._body.typed()
        if filling.draft is not None:
            self._bring_back(filling.draft, offered=offers or (self._row is None and bool(meanwhile)))
        if meanwhile:
            self._draft.touch()
        self._tell_dirty()
        self.filled.emit()
        if self._save_wanted and filling.draft is None:
            self.save()

    def focus_first(self) -> None:
        """Put the cursor into the first field that can be written."""
        self._body.enter_first()

    @property
    def row(self) -> Row | None:
        return self._row

    @property
    def title(self) -> str:
        return self._spec.title(self._row)

    def box(self, name: str) -> FieldBox:
        """Return a field by its name."""
        return self._body.boxes[name]

    # What was typed

    def is_dirty(self) -> bool:
        return not self._idle and bool(self._body.typed())

    @Slot()
    def _changed(self) -> None:
        self._tell_dirty()
        if not self._filling and not self._idle:
            self._draft.touch()

    def _tell_dirty(self) -> None:
        dirty = self.is_dirty()
        if dirty is not self._dirty:
            self._dirty = dirty
            self.dirty_changed.emit(dirty)

    @Slot()
    def keep_draft(self) -> None:
        """Keep what is typed now, secrets left out."""
        if not (self._idle or self._filling or self._saving or self._closed):
            boxes = self._body.boxes
            typed = {name: raw for name, raw in self._body.typed().items() if not boxes[name].is_secret}
            self._draft.keep(typed, self._body.base)

    def _bring_back(self, draft: Draft, *, offered: bool) -> None:
        when = format_moment(draft.kept_at, self._ui.clock.now())
        leave = self._strip.close_strip
        if offered:
            text = _("There is an entry of {when} that was not saved.", when=when)
            # What is typed beside an offered draft must not take its place.
            self._draft.begin(f"{key_of_draft(self._kind, None)}:{new_id()}")
            answers = ((_("Bring it back"), lambda: self.resume(draft)), (_("Leave it"), leave))
        else:
            self._apply(draft)
            text = _("What you typed at {when} was brought back. It is not saved yet.", when=when)
            answers = ((_("Go on writing"), leave), (_("Discard it"), self.discard))
        self._strip.ask(text, answers, focus=False, harmless=1 if offered else 0)

    def _apply(self, draft: Draft) -> None:
        """Put the draft into the fields. Where the record was changed since, both versions stand side by side."""
        kept, base, boxes = Kept.of(draft), self._body.base, self._body.boxes
        typed = {name: raw for name, raw in kept.typed.items() if name in base}
        clashes = [
            Clash(name, raw, base[name])
            for name, raw in typed.items()
            if not boxes[name].same(kept.base.get(name), base[name]) and not boxes[name].same(raw, base[name])
        ]
        self._body.put({**typed, **self._body.typed()})
        self._draft.brought_back()
        self._tell_dirty()
        if clashes and self._row is not None:
            self._undecided = Meeting(self._row, clashes)
            self._open_conflict(self._undecided)

    @Slot()
    def discard(self) -> None:
        """Throw away what was typed."""
        self._body.reset()
        self._undecided = None
        self._drop_conflict()
        self._strip.close_strip()
        self._draft.drop()
        self._tell_dirty()

    # Saving

    @Slot()
    def save(self) -> None:
        """Read, ask what is doubtful, and send. What is wrong is said at its field; the first of them is entered."""
        self._save_wanted = self._filling
        if not self.writable or self._idle or self._saving or self._filling or self._conflict is not None:
            return
        if self._undecided is not None:
            self._open_conflict(self._undecided)
            return
        values = self._body.checked_values()
        if values is None or self._body.has_doubts(self._spec.doubt(values)):
            return
        try:
            command = self._command(values)
        except Invalid as wrong:
            self._blame(wrong)
            return
        self._set_saving(saving=True)
        dispatcher, session = self._station.dispatcher, self._ui.session
        work = self._draft.dropped_after(lambda: dispatcher.run(command, session))
        self._ui.tasks.write(work, self._take_saved, self._take_refusal)

    def _command(self, values: Values) -> Command:
        """The same contents go out again under the same command id: they may have been stored after all."""
        contents = self._body.raws()
        if self._attempt is None or self._attempt[0] != contents:
            self._attempt = (contents, self._spec.command(values, self._row))
        return self._attempt[1]

    def _set_saving(self, *, saving: bool) -> None:
        """While it is being stored nothing can be typed that would be left out."""
        if saving:
            self._focused = self.focusWidget()
        self._saving = saving
        self._body.setEnabled(not saving)
        self._save_button.setEnabled(not saving)
        if not saving and self._focused is not None:
            self._focused.setFocus()

    def _take_saved(self, answer: Any) -> None:
        if self._closed:
            return
        self._set_saving(saving=False)
        self._attempt = None
        self._body.settle()
        self._draft.forget()
        self._strip.close_strip()
        self._tell_dirty()
        self.saved.emit(answer)

    def _take_refusal(self, problem: ConsoleError) -> None:
        if self._closed:
            return
        self._set_saving(saving=False)
        if isinstance(problem, Invalid):
            self._blame(problem)
        elif isinstance(problem, Conflict) and self._row is not None and self.reread is not None:
            self.compare()
        else:
            self._strip.say(error_text(problem), "bad")

    def _blame(self, wrong: Invalid) -> None:
        self._attempt = None
        elsewhere = self._body.blame(wrong)
        if elsewhere:
            self._strip.say("\n".join(elsewhere), "bad")

    def _fail(self, problem: ConsoleError) -> None:
        if not self._closed:
            self._strip.say(error_text(problem), "bad")

    # Two people and one record

    def note_change(self, row: Row) -> None:
        """Tell the form what is stored now. Untouched it shows that; otherwise it says so and keeps what was typed."""
        if self._row is None or row.id != self._row.id or row.version == self._row.version or self._saving:
            return
        if not self.is_dirty():
            self.fill(row)
        elif self._conflict is None and not self._strip.asks:
            text = _("Somebody else has just changed this record. What you typed is still here.")
            answers = ((_("Compare"), self.compare), (_("Later"), self._strip.close_strip))
            self._strip.ask(text, answers, focus=False)

    def follow(self, row: Row) -> None:
        """Show the record as it is now, after an act or a save of the officer's own; what is being typed stays."""
        if self._row is None or row.id != self._row.id or self._idle:
            self.fill(row)
        elif not self.is_dirty():
            if row != self._row:
                self.fill(row)
        else:
            meeting = meet(self._sides(), row, "")
            if meeting.clashes:
                self.note_change(row)
            else:
                self._merge(meeting, {})

    def _sides(self) -> Sides[Row]:
        fields = {name: box.field for name, box in self._body.boxes.items()}
        return Sides(self._spec, fields, dict(self._body.base), self._body.typed())

    @Slot()
    def compare(self) -> None:
        """Read the record again and put both versions side by side."""
        row, reread = self._row, self.reread
        if row is None or reread is None:
            return
        sides, station, kind = self._sides(), self._station, self._kind

        def work() -> Meeting[Row]:
            return meet(sides, reread(row), changed_by(station, kind, row.id))

        self._ui.tasks.read(f"{self._name}:conflict", work, self._take_meeting, self._fail)

    def _take_meeting(self, meeting: Meeting[Row]) -> None:
        if self._closed:
            return
        self._strip.close_strip()
        if meeting.clashes:
            self._open_conflict(meeting)
        else:
            self._merge(meeting, {})
            self._strip.say(self._merged_text(meeting), "warning")

    def _merged_text(self, meeting: Meeting[Row]) -> str:
        names = ", ".join(plain(_(self._body.boxes[name].field.label)) for name, _raw in meeting.others)
        who = meeting.by or _("Somebody else")
        if not names:
            return _("{who} saved this record meanwhile. Save once more.", who=who)
        return _("{who} changed: {fields}. Your own changes stay beside that; save once more.", who=who, fields=names)

    def _open_conflict(self, meeting: Meeting[Row]) -> None:
        self._drop_conflict()
        panel = self._conflict = ConflictPanel(self._body.boxes, meeting)
        panel.decided.connect(self._decide)
        panel.left.connect(self._drop_conflict)
        cast("QVBoxLayout", self.layout()).insertWidget(1, panel, 1)
        self._body.hide()
        self._foot.hide()
        panel.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _drop_conflict(self) -> None:
        if self._conflict is not None:
            self._conflict.hide()
            self._conflict.deleteLater()
            self._conflict = None
            self._body.show()
            self._foot.show()

    @Slot(object)
    def _decide(self, chosen: dict[str, Raw]) -> None:
        if self._conflict is not None:
            meeting = cast("Meeting[Row]", self._conflict.meeting)
            self._drop_conflict()
            self._merge(meeting, chosen)
            self.save()

    def _merge(self, meeting: Meeting[Row], chosen: Mapping[str, Raw]) -> None:
        """The stored record becomes the one that is being changed; what was typed beside it stays."""
        self._stand(meeting.row)
        self._attempt = None
        self._undecided = None
        self._body.rebase(self._spec.stored(meeting.row), chosen)
        self._tell_dirty()
        self.keep_draft()

    # Leaving

    def leave(self, then: Callable[[], None]) -> None:
        """Go on with `then`, after asking if something would be lost."""
        if not self.is_dirty():
            then()
            return

        def put_aside() -> None:
            self.keep_draft()
            self._idle = True
            self._tell_dirty()
            then()

        def discard() -> None:
            self.discard()
            then()

        answers = (
            (_("Go on writing"), self._strip.close_strip),
            (_("Keep for later"), put_aside),
            (_("Discard"), discard),
        )
        self._strip.ask(_("What you typed is not saved yet."), answers, harmless=0)

    @Slot()
    def try_close(self) -> None:
        """Close, or answer harmlessly what is being asked."""
        if self._strip.asks and self._strip.isAncestorOf(self.focusWidget() or self):
            self._strip.leave()
            self.focus_first()
        else:
            self.leave(self.closed.emit)

    def stop(self) -> None:
        """Keep what is typed, and hear no answer any more."""
        self.keep_draft()
        self._draft.stop()
        self._strip.close_strip()
        self._closed = True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = read_record_key(event)
        if act is RecordAct.SAVE:
            self.save()
        elif act is RecordAct.BACK:
            self.try_close()
        else:
            super().keyPressEvent(event)
