"""The panel of what the shift has left open (F7): one's own urgent views to explain, those of others, reviews.

It stands beside the page and the wall plays on. What is typed is a draft until it is saved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.i18n.errors import error_text
from console.kernel import ConsoleError, Invalid
from console.services.commands import Command, build
from console.services.drafts import Draft
from console.services.matters import Debt, OpenMatters, WaitingReview
from console.services.station import Station
from console.services.views import JustifyView, NoteDebt, ReviewView
from console.views.incident_log import EntryBox
from console.views.incident_words import words_label
from console.views.matters_drafts import NOTE, REVIEW, LineDrafts
from console.views.matters_rows import DebtRow, ReviewRow
from console.views.matters_words import noteworthy_line
from console.views.record_choice import ChoiceBox
from console.views.record_strip import ReasonStrip
from console.views.tool_button import tool_button
from console.views.ui import Ui

WIDTH: Final = 440
DRAFT: Final = "debts:mine"


class ExplainForm(QWidget):
    """The incident that ticked urgent views belonged to, or a sentence. Enter in the sentence saves."""

    entered = Signal()
    kept = Signal(str)
    left = Signal()

    def __init__(self, ui: Ui, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(4)
        column.addWidget(words_label(_("The incident that the ticked views belonged to"), "name"))
        self.incident = ChoiceBox(ui.theme)
        self.incident.setAccessibleName(plain(_("The incident that the ticked views belonged to")))
        column.addWidget(self.incident)
        column.addWidget(words_label(_("or, without an incident, one sentence of at least 20 letters"), "name"))
        self.box = EntryBox(ui)
        if (inside := self.box.layout()) is not None:
            inside.setContentsMargins(0, 0, 0, 0)
        self.box.typed.setPlaceholderText(plain(_("Why was it urgent? Enter saves.")))
        self.box.typed.setAccessibleName(plain(_("Why was it urgent? Enter saves.")))
        column.addWidget(self.box)
        self.save = QPushButton(ui.theme.icon("check", "on_accent"), plain(_("Explain the ticked views")))
        self.save.setProperty("primary", True)
        column.addWidget(self.save)
        self.box.entered.connect(self.entered)
        self.box.kept.connect(self.kept)
        self.box.left.connect(self.left)
        self.save.clicked.connect(self.entered)
        self.incident.picked.connect(self.box.strip.close_strip)

    def show_incidents(self, numbers: Mapping[str, str]) -> None:
        self.incident.set_options(numbers)

    def refuse(self, problem: ConsoleError) -> None:
        self.box.strip.say(error_text(problem), "bad")

    def clear(self) -> None:
        self.incident.set_raw("")
        self.box.put("")


class MattersPanel(QFrame):
    """Shows what it is told by `show_matters`; what is done here goes to dispatch, which decides."""

    closed = Signal()
    file_wanted = Signal(str)
    print_wanted = Signal()

    def __init__(self, ui: Ui, station: Station, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drawer")
        self.setFixedWidth(WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._ui = ui
        self._station = station
        self._found = OpenMatters()
        self._shown = False
        self._stopped = False
        self.rows: list[DebtRow] = []
        self.reviews: list[ReviewRow] = []
        self.form = ExplainForm(ui, self)
        self.form.hide()
        self.form.entered.connect(self.explain)
        self.form.kept.connect(self._keep)
        self.form.left.connect(self.closed)
        self.strip = ReasonStrip(ui.theme)
        self._lines = LineDrafts(ui, station.drafts, self.strip)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(self.strip)
        self._body = QWidget()
        self._body.setObjectName("logBody")
        self._lists = QVBoxLayout(self._body)
        self._lists.setContentsMargins(16, 4, 16, 12)
        self._lists.setSpacing(0)
        self._area = QScrollArea()
        self._area.setObjectName("log")
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self._body)
        column.addWidget(self._area, 1)
        drafts, person = station.drafts, ui.session.person_id
        ui.tasks.read("matters.draft", lambda: drafts.take(person, DRAFT), self._bring_back, self._fail)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(16, 10, 10, 6)
        row.setSpacing(6)
        title = QLabel(plain(_("Open matters of the shift")))
        title.setProperty("role", "title")
        row.addWidget(title, 1)
        for icon, tip, done in (
            ("print", _("Print the hand-over sheet"), self.print_wanted),
            ("close", _("Close (Esc)"), self.closed),
        ):
            button = tool_button(self._ui.theme, icon, tip)
            button.clicked.connect(done)
            row.addWidget(button)
        return row

    # What is shown

    @Slot(object)
    def show_matters(self, found: OpenMatters) -> None:
        """Show what is open now; ticks and what is typed stay."""
        if self._stopped or (found == self._found and self._shown):
            return
        ticked, first, held = self.ticked(), not self._shown, self.focusWidget()
        self._found, self._shown = found, True
        self._clear()
        self.form.show_incidents({each.id: f"{each.number}  {each.title}" for each in found.incidents})
        may = self._station.dispatcher.may
        self._list(_("Urgent views that you have to explain"), [self._debt(debt) for debt in found.mine])
        if found.mine:
            self._add(self.form)
        else:
            self.form.hide()
        may_note = may(NoteDebt, self._ui.session)
        self._list(_("Urgent views of others"), [self._debt(debt, may_note=may_note) for debt in found.others])
        self._list(_("Views that wait for review"), [self._review(each) for each in found.reviews])
        now = self._ui.clock.now()
        told = [words_label(noteworthy_line(each, now)) for each in found.noteworthy]
        self._list(_("For the superintendent, of the last 7 days"), told)
        if not found and not told:
            self._add(words_label(_("Nothing is open: every urgent view is explained and reviewed."), "quiet"))
        self._lists.addStretch(1)
        self._tick(ticked)
        if first and found.mine:
            self.form.incident.setFocus(Qt.FocusReason.OtherFocusReason)
        elif held is not None and not self.form.isAncestorOf(held):
            # What had the keyboard may be gone; it stays in the panel.
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _list(self, title: str, rows: Sequence[QWidget]) -> None:
        if rows:
            if self._lists.count():
                self._lists.addSpacing(14)
            self._add(words_label(title, "section"))
        for row in rows:
            self._add(row)

    def _add(self, widget: QWidget) -> None:
        self._lists.addWidget(widget)
        # At once, not when the layout finds time: the keyboard may be given to it now.
        widget.show()

    def _debt(self, debt: Debt, *, may_note: bool = False) -> QWidget:
        row = DebtRow(self._ui.theme, debt, self._ui.clock.now(), may_note=may_note)
        row.note_wanted.connect(self._ask_note)
        self.rows.append(row)
        return row

    def _review(self, waiting: WaitingReview) -> QWidget:
        row = ReviewRow(self._ui.theme, waiting, self._ui.clock.now())
        row.in_order.connect(self._in_order)
        row.wrong.connect(self._ask_wrong)
        row.file_wanted.connect(self.file_wanted)
        self.reviews.append(row)
        return row

    def _clear(self) -> None:
        self.rows, self.reviews = [], []
        while (item := self._lists.takeAt(0)) is not None:
            widget = item.widget()
            # The form stays as it is, with the cursor in it: somebody may be typing.
            if widget is not None and widget is not self.form:
                widget.hide()
                widget.deleteLater()

    def ticked(self) -> tuple[str, ...]:
        """Return the views whose box is ticked."""
        return tuple(row.debt.view_id for row in self.rows if row.tick is not None and row.tick.isChecked())

    def _tick(self, before: tuple[str, ...]) -> None:
        """Keep the ticks; where none is left, tick the oldest and what else was opened of the same camera."""
        boxes = [row for row in self.rows if row.tick is not None]
        kept = [row for row in boxes if row.debt.view_id in before]
        for row in kept or [row for row in boxes if row.debt.camera == boxes[0].debt.camera]:
            if row.tick is not None:
                row.tick.setChecked(True)

    @Slot()
    def tell_time(self) -> None:
        """Say anew how much time is left."""
        now = self._ui.clock.now()
        for row in self.rows:
            row.tell_time(now)

    # What is done

    @Slot()
    def explain(self) -> None:
        """Say why the ticked views were urgent. Sent again after an answer that was lost, it is the same."""
        ticked = self.ticked()
        if not ticked:
            self.form.box.strip.say(_("Tick the views that this explains."), "bad")
            return
        incident = self.form.incident.raw() or None
        if incident is not None and incident not in {each.id for each in self._found.incidents}:
            self.form.box.strip.say(_("Choose an incident of the list, or leave the field empty."), "bad")
            return
        try:
            command = build(
                JustifyView, view_id=ticked[0], also=ticked[1:], words=self.form.box.words(), incident_id=incident
            )
        except Invalid as wrong:
            self.form.refuse(wrong)
            return
        self._run(command, self._explained, self.form.refuse)

    def _explained(self) -> None:
        drafts, person = self._station.drafts, self._ui.session.person_id
        self._ui.tasks.write(lambda: drafts.drop(person, DRAFT), _nothing, _nothing)
        self.form.clear()
        self.strip.say(_("Explained. It stands in the access log."), passing=True)

    @Slot(object)
    def _ask_note(self, debt: Debt, refused_why: str = "") -> None:
        def note(words: str) -> None:
            def refused(problem: ConsoleError) -> None:
                self._ask_note(debt, error_text(problem))
                self.strip.put_reason(words)

            self._send(lambda: build(NoteDebt, view_id=debt.view_id, words=words), refused, key)

        text = _(
            "The note stands beside the urgent view of {camera}. Only its viewer can explain it.", camera=debt.camera
        )
        key = f"{NOTE}:{debt.view_id}"
        self.strip.ask_reason("\n".join(filter(None, (refused_why, text))), _("Note"), _("Save the note"), note)
        self._lines.begin(key)

    @Slot(object)
    def _in_order(self, waiting: WaitingReview) -> None:
        text = _(
            "You have looked into this view of {camera} and found it in order. That stands in the journal with your"
            " name.",
            camera=waiting.camera,
        )

        def reviewed(_words: str) -> None:
            self._send(lambda: build(ReviewView, view_id=waiting.view_id, ok=True), self._fail)

        self._lines.begin("")
        self.strip.ask_reason(text, "", _("In order"), reviewed)

    @Slot(object)
    def _ask_wrong(self, waiting: WaitingReview, refused_why: str = "") -> None:
        def wrong(words: str) -> None:
            def refused(problem: ConsoleError) -> None:
                self._ask_wrong(waiting, error_text(problem))
                self.strip.put_reason(words)

            self._send(lambda: build(ReviewView, view_id=waiting.view_id, ok=False, words=words), refused, key)

        text = _("The view of {camera} was not in order. The superintendent sees this.", camera=waiting.camera)
        self.strip.ask_reason(
            "\n".join(filter(None, (refused_why, text))), _("What is not in order"), _("Not in order"), wrong
        )
        key = f"{REVIEW}:{waiting.view_id}"
        self._lines.begin(key)

    def _send(self, make: Callable[[], Command], failed: Callable[[ConsoleError], None], key: str = "") -> None:
        try:
            command = make()
        except Invalid as wrong:
            failed(wrong)
            return

        def saved() -> None:
            if key:
                self._lines.done(key)
            self.strip.say(_("Saved."), passing=True)

        self._run(command, saved, failed)

    def _run(self, command: Command, then: Callable[[], None], failed: Callable[[ConsoleError], None]) -> None:
        dispatcher, session = self._station.dispatcher, self._ui.session

        def done(_answer: object) -> None:
            if not self._stopped:
                then()

        def refused(problem: ConsoleError) -> None:
            if not self._stopped:
                failed(problem)

        self._ui.tasks.write(lambda: dispatcher.run(command, session), done, refused)

    def _fail(self, problem: ConsoleError) -> None:
        if not self._stopped:
            self.strip.say(error_text(problem), "bad")

    # Drafts

    def _bring_back(self, draft: Draft | None) -> None:
        if draft is not None and not self._stopped and not self.form.box.words():
            self.form.box.put(str(draft.values.get("words", "")))

    @Slot(str)
    def _keep(self, words: str) -> None:
        drafts, person = self._station.drafts, self._ui.session.person_id
        if words.strip():
            self._ui.tasks.write(lambda: drafts.keep(person, DRAFT, {"words": words}), _nothing, self._fail)
        else:
            self._ui.tasks.write(lambda: drafts.drop(person, DRAFT), _nothing, _nothing)

    def stop(self) -> None:
        """The panel goes: keep what was typed."""
        self.form.box.keep_now()
        self._lines.keep_now()
        self._stopped = True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.strip.asks:
                self.strip.leave()
            else:
                self.closed.emit()
        else:
            super().keyPressEvent(event)


def _nothing(_answer: object) -> None:
    """Nobody waits for this."""
