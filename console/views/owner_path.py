"""The path to one owner's consent, beside the form: every step with who went, what came of it, and its photos."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from console.i18n import _, plain
from console.i18n.dates import format_date
from console.i18n.errors import error_text
from console.i18n.labels import label
from console.i18n.words import broken
from console.kernel import Conflict, ConsoleError
from console.services.commands import Command
from console.services.owner_path import AttachPhoto, StepLine
from console.services.owners import NextStep, OwnerLine
from console.services.station import Station
from console.views.flow import Flow
from console.views.incident_words import words_label
from console.views.owner_words import next_text
from console.views.photos import SMALL, Shown, SmallPhoto, load
from console.views.record_panel import RowPanel
from console.views.states import StateStack
from console.views.tool_button import tool_button
from console.views.ui import Ui

_numbers = count()
PICTURES: Final = "*.jpg *.jpeg *.png *.JPG *.JPEG *.PNG"


@dataclass(frozen=True, slots=True)
class Step:
    """A step with its photos as they can be shown, and its sentences with their Thai words found."""

    line: StepLine
    facts: tuple[tuple[str, str], ...]
    photos: tuple[Shown, ...]


class StepView(QFrame):
    """One step. Struck out: crossed through, with who struck it and why."""

    pressed = Signal(str, object)
    """What is wanted ("correct", "photo", "strike") of this step."""
    photo_wanted = Signal(str, object)

    def __init__(self, step: Step, ui: Ui, *, may_write: bool) -> None:
        super().__init__()
        self.setObjectName("entry")
        self.step = step
        self._ui = ui
        facts, stands = step.line.step.facts, step.line.step.stands
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 8)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(4)
        title = f"{format_date(facts.day)} · {label(facts.kind)}"
        head.addWidget(words_label(title, "" if stands else "quiet", struck=not stands), 1)
        for key, icon, words in (
            ("photo", "plus", _("Add a photo")),
            ("correct", "note", _("Correct this step")),
            ("strike", "strike", _("Strike this step out")),
        ):
            if may_write and stands:
                head.addWidget(self._tool(key, icon, words), 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        for name, text in step.facts:
            column.addWidget(self._fact(name, text))
        if step.photos:
            shelf = QWidget()
            flow = Flow(shelf)
            for shown in step.photos:
                button = SmallPhoto(shown, ui.theme)
                button.clicked.connect(self._show_photo)
                flow.addWidget(button)
            column.addWidget(shelf)

    def _fact(self, name: str, text: str) -> QLabel:
        fact = words_label(f"{name}: {text}", "quiet")
        fact.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return fact

    def _tool(self, key: str, icon: str, words: str) -> QToolButton:
        button = tool_button(self._ui.theme, icon, words, 16)
        button.setProperty("key", key)
        button.clicked.connect(self._press)
        return button

    @Slot()
    def _press(self) -> None:
        self.pressed.emit(str(self.sender().property("key")), self.step.line)

    @Slot()
    def _show_photo(self) -> None:
        self.photo_wanted.emit(str(self.sender().property("photo")), self.step.line)


class PathPanel(RowPanel[OwnerLine]):
    """The steps, newest first. The next one is an act of the record, above."""

    step_wanted = Signal()
    correction_wanted = Signal(object)
    strike_wanted = Signal(object)
    photo_wanted = Signal(str, object)
    said = Signal(str, str)
    """A sentence and its tone: the panel may be too low for it."""

    def __init__(self, ui: Ui, station: Station, *, may_write: bool) -> None:
        super().__init__()
        self._ui = ui
        self._station = station
        self._may_write = may_write
        self._may_add = False
        self._name = f"path-{next(_numbers)}"
        self._closed = False
        self._owner_id = ""
        self.steps: list[StepView] = []
        self.states = StateStack(ui.theme, ui.clock)
        self.states.again.connect(self.read)
        self.states.step_taken.connect(self.step_wanted)
        self._area = QScrollArea(self)
        self._area.hide()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusProxy(self._area)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.states, 1)

    def show_row(self, row: OwnerLine | None) -> None:
        self._owner_id = "" if row is None else row.id
        self._may_add = self._may_write and row is not None and not row.row.archived
        self.read()

    @Slot()
    def read(self) -> None:
        owner_id, path, session = self._owner_id, self._station.owner_path, self._ui.session

        def work() -> tuple[str, list[Step]]:
            if not owner_id:
                return "", []
            return owner_id, [
                _step(line, lambda name: path.photo(name, session)) for line in path.steps(owner_id, session)
            ]

        self._ui.tasks.read(self._name, work, self._show, self._fail)

    def _show(self, found: tuple[str, Sequence[Step]]) -> None:
        owner_id, steps = found
        if self._closed or owner_id != self._owner_id:
            return
        if not steps:
            self.steps = []
            self.states.say_empty(
                _("No step yet"),
                _("First contact, visit by the superintendent, briefing or visit to the room: each stands here."),
                _("Record the first step") if self._may_add else "",
            )
            return
        body = QWidget()
        body.setObjectName("recordPanel")
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 4, 16, 8)
        column.setSpacing(0)
        self.steps = []
        for step in steps:
            view = StepView(step, self._ui, may_write=self._may_write)
            view.pressed.connect(self._act)
            view.photo_wanted.connect(self.photo_wanted)
            column.addWidget(view)
            self.steps.append(view)
        column.addStretch(1)
        keep = self._area.verticalScrollBar().value()
        self._area.setWidget(body)
        self.states.show_content(self._area)
        self._area.verticalScrollBar().setValue(keep)

    @Slot(str, object)
    def _act(self, key: str, line: StepLine) -> None:
        if key == "correct":
            self.correction_wanted.emit(line)
        elif key == "photo":
            self._choose(line)
        else:
            self.strike_wanted.emit(line)

    def _choose(self, line: StepLine) -> None:
        """Let the person choose a picture; the window stays alive meanwhile."""
        dialog = QFileDialog(self, plain(_("Add a photo")))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([f"{plain(_('Photos'))} ({PICTURES})", f"{plain(_('All files'))} (*)"])
        dialog.fileSelected.connect(lambda chosen: self.attach(line, Path(chosen)))
        dialog.open()

    def attach(self, line: StepLine, path: Path) -> None:
        """Keep a copy of this file with a step."""
        self.run(AttachPhoto(step_id=line.id, version=line.version, path=path))

    def run(self, command: Command) -> None:
        """Do it beside the UI thread, and read the steps again; what is refused is said here."""
        dispatcher, session = self._station.dispatcher, self._ui.session
        self._ui.tasks.write(lambda: dispatcher.run(command, session), self._done, self._refuse)

    def _done(self, _answer: object) -> None:
        if not self._closed:
            self.said.emit(_("Done."), "good")
            self.changed.emit(self._owner_id)

    def _refuse(self, problem: ConsoleError) -> None:
        if self._closed:
            return
        self.said.emit(error_text(problem), "bad")
        if isinstance(problem, Conflict):
            self.read()

    def _fail(self, problem: ConsoleError) -> None:
        if not self._closed:
            self.states.say_error(problem)

    def stop(self) -> None:
        self._closed = True
        self.states.stop()


def _step(line: StepLine, read: Callable[[str], bytes]) -> Step:
    """Put a step into words and find its photos; on a reader's thread."""
    facts = line.step.facts
    following = NextStep(facts.next_step, facts.next_day) if facts.next_step else None
    told = (
        (_("Who went"), ", ".join(line.went)),
        (_("Also there"), facts.others),
        (_("Result"), facts.result),
        (_("Next step"), next_text(following)),
        (_("Struck out by {name}", name=line.struck_by), line.step.strike_reason or ""),
    )
    pairs = tuple((broken(name), broken(text)) for name, text in told if text)
    return Step(line, pairs, tuple(load(photo, read, SMALL) for photo in line.step.photos))
