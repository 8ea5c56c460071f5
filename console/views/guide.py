"""The guide of the demonstration: the owner's circle step by step, at the side of every page.

A step is ticked when it really happened, read from the store; the guide itself writes nothing. “Do it for me” runs the
ordinary commands in the name of whoever sits here, or opens the page on which it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from console.i18n import _, plain
from console.i18n.errors import error_text
from console.kernel import ConsoleError, Purpose, Secret
from console.services.circle import Circle, Round, Standing, Step
from console.services.circle_check import PAGE as READER_PAGE
from console.services.circle_check import check, has_python
from console.services.consent_heads import Proof
from console.services.consent_papers import Drawn, filled_form
from console.services.consents import ConsentEntry
from console.services.papers import Made, grouped
from console.services.statement_papers import statement_report
from console.views.cameras import OWNER
from console.views.guide_words import DO_IT, WORDS
from console.views.log_tabs import STATEMENTS
from console.views.pages import ACCESS_LOG, CAMERAS, WALL
from console.views.paper_output import pdf_bytes
from console.views.prose import Prose
from console.views.seat import Seat
from console.views.shell import Shell
from console.views.statements import write_all
from console.views.ui import Ui
from console.views.wall_model import PlaceCamera, PurposeChoice

WIDTH: Final = 296
FOLDED_WIDTH: Final = 44
ASK_MS: Final = 1000
KEY: Final = "F8"
PAGE: Final = "guide"
KINDS: Final = frozenset({"authority", "camera", "consent", "owner_step", "view"})


@dataclass(frozen=True, slots=True)
class SamplePeople:
    """As whom a visitor may sit down: log-in names, and the password that they all have in this demonstration."""

    logins: tuple[str, ...]
    password: Secret


@dataclass(slots=True)
class GuideMemory:
    """What outlives a change of officer, language or look: which round runs, and whether its log was opened."""

    people: SamplePeople
    round: Round | None = None
    log_opened: bool = False
    checked: bool = False
    folded: bool = False
    done: set[Step] = field(default_factory=set)


class Guide(QFrame):
    """Stands beside the pages. `start` it when shown; `stop` it before it goes."""

    open_wanted = Signal(str, object)
    """A page is asked for, and what to show there."""

    def __init__(self, ui: Ui, circle: Circle, memory: GuideMemory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guide")
        self._ui = ui
        self._circle = circle
        self._memory = memory
        self._has_address = True
        self._verdict = ""
        self._steps = {step: StepRow(step, number, ui, self) for number, step in enumerate(Step, start=1)}
        self._camera = QLabel()
        self._said = QLabel()
        self._again = QPushButton(plain(_("Start again")))
        self._fold = QToolButton()
        self._area = QScrollArea()
        self._body = QWidget()
        self._body.setObjectName("guideBody")
        self._build()
        self._timer = QTimer(self)
        self._timer.setInterval(ASK_MS)
        self._timer.timeout.connect(self.refresh)
        ui.changes.changed.connect(self._on_changed)
        shortcut = QShortcut(QKeySequence(KEY), self)
        shortcut.activated.connect(self.take_key)
        self._show_folded()
        self._show_steps()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 8, 6, 8)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(6)
        self._fold.setObjectName("tool")
        self._fold.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._fold.setIcon(self._ui.theme.icon("guide"))
        self._fold.setToolTip(plain(_("Guide of the demonstration ({key})", key=KEY)))
        self._fold.clicked.connect(self.toggle)
        head.addWidget(self._fold)
        self._title = QLabel(plain(_("The owner stays in control")))
        self._title.setProperty("role", "title")
        head.addWidget(self._title, 1)
        column.addLayout(head)
        # On a low screen the steps scroll; a sentence is never cut.
        self._area.setWidget(self._body)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column.addWidget(self._area, 1)
        self._rest = QWidget()
        column.addWidget(self._rest)
        inner = QVBoxLayout(self._body)
        inner.setContentsMargins(2, 0, 2, 0)
        inner.setSpacing(4)
        self._camera.setProperty("role", "name")
        self._camera.setWordWrap(True)
        inner.addWidget(self._camera)
        for row in self._steps.values():
            row.show_wanted.connect(self._show_step)
            row.do_wanted.connect(self._do_step)
            inner.addWidget(row)
        self._said.setProperty("role", "said")
        self._said.setWordWrap(True)
        self._said.hide()
        inner.addWidget(self._said)
        self._again.clicked.connect(self.start_again)
        inner.addWidget(self._again)
        inner.addWidget(_people_note(self._memory.people))
        inner.addStretch(1)

    # Life

    def start(self) -> None:
        self.refresh()

    def stop(self) -> None:
        self._timer.stop()

    @Slot()
    def refresh(self) -> None:
        """Read how far the round has come; begin one if there is none."""
        this = self._memory.round
        if this is None:
            self._ui.tasks.read(PAGE, self._circle.begin, self._began, self._failed)
        else:
            self._ui.tasks.read(PAGE, lambda: self._circle.standing(this), self._take, self._failed)

    @Slot()
    def start_again(self) -> None:
        """Another round: with the next shop, or with a new permission of the one asked longest ago."""
        self._memory.round = None
        self.refresh()

    @Slot(str)
    def page_opened(self, key: str) -> None:
        """Take note of the page that is shown: the log counts as seen once it shows the view."""
        if key == ACCESS_LOG and Step.LOOK in self._memory.done:
            self._memory.log_opened = True
            self.refresh()

    @Slot(object)
    def _on_changed(self, kinds: frozenset[str]) -> None:
        if kinds & KINDS:
            self.refresh()

    def _began(self, this: Round) -> None:
        self._memory.round, self._memory.log_opened, self._memory.checked = this, False, False
        self._memory.done = set()
        self.refresh()

    def _take(self, standing: Standing) -> None:
        done = set(standing.done)
        if not self._memory.log_opened:
            done.discard(Step.LOG)
        if self._memory.checked:
            done.add(Step.CHECK)
        self._has_address = standing.has_address
        if self._memory.done != done:
            self._said.hide()
        self._memory.done = done
        self._show_steps()
        if self._verdict:
            self._say(self._verdict)
            self._verdict = ""

    def _failed(self, problem: ConsoleError) -> None:
        self._say(error_text(problem))

    def _say(self, text: str) -> None:
        self._said.setText(text)
        self._said.show()

    # Steps

    def current(self) -> Step | None:
        """Return the step that is next: after the last that was done, or one that was passed over; None at the end."""
        steps = list(Step)
        last = max((steps.index(step) for step in self._memory.done), default=-1)
        return next((step for step in (*steps[last + 1 :], *steps) if step not in self._memory.done), None)

    def _show_steps(self) -> None:
        this, current, here = self._memory.round, self.current(), self._holds_cursor()
        self._camera.setText("" if this is None else f"{this.code} · {this.name}")
        for step, row in self._steps.items():
            row.show_state(done=step in self._memory.done, current=step is current)
        lost = current is Step.PERMIT and not self._has_address
        self._steps[Step.PERMIT].tell_by_hand(
            _(
                "By hand: let a new consent be signed, then enter the camera's address again: the withdrawal destroyed"
                " it."
            )
            if lost
            else _(WORDS[Step.PERMIT].by_hand)
        )
        self._fold.setText("" if current is None else str(list(Step).index(current) + 1))
        if here and not self._memory.folded and not self._is_at(current):
            self._focus_step()
        # A refusal is no change of a record, so nobody tells of it.
        if current is Step.DARK:
            self._timer.start()
        else:
            self._timer.stop()

    @Slot(object)
    def _show_step(self, step: Step) -> None:
        this = self._memory.round
        if this is None:
            return
        if step is Step.CHECK:
            self._take_home(self._open_page)
        elif step is Step.VISIT:
            circle = self._circle
            self._ui.tasks.read(
                f"{PAGE}-owner",
                lambda: circle.owner_id(this),
                lambda owner_id: self.open_wanted.emit(CAMERAS, (OWNER, owner_id)),
                self._failed,
            )
        else:
            consents, wall = (CAMERAS, ("consent", "")), (WALL, None)
            self.open_wanted.emit(
                *{
                    Step.PERMIT: consents,
                    Step.LOOK: wall,
                    Step.LOG: (ACCESS_LOG, ("filter", this.code)),
                    Step.STATEMENT: (ACCESS_LOG, (STATEMENTS, this.camera_id)),
                    Step.WITHDRAW: consents,
                    Step.DARK: wall,
                }[step]
            )

    # What the owner takes home

    def _take_home(self, then: Callable[[tuple[Path, Proof]], None]) -> None:
        """Write the round's newest statement into a folder, as the page of statements does it."""
        this, session, circle = self._memory.round, self._ui.session, self._circle
        made = Made(self._ui.station, session.display_name, self._ui.clock.now())
        if this is None:
            return

        def work() -> tuple[Path, Proof]:
            given, proof = circle.at_home(this, session)
            circle.folder.mkdir(exist_ok=True)
            return write_all(circle.folder, given, statement_report(given, made)), proof

        self._ui.tasks.write(work, then, self._failed)

    def _open_page(self, taken: tuple[Path, Proof]) -> None:
        """Open the owner's page in the browser of this computer."""
        folder, proof = taken
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder / READER_PAGE)))
        said = _("Folder: {folder}. Fingerprint from the receipt: {key}", folder=folder, key=grouped(proof.fingerprint))
        self._say(said)

    def _check(self, taken: tuple[Path, Proof]) -> None:
        """Run the reader apart from this program; where no Python is at hand the owner's page shows it."""
        this, (folder, proof) = self._memory.round, taken
        if this is None:
            return
        if not has_python():
            self._open_page(taken)
            self._memory.checked = True
            self.refresh()
            return
        self._ui.tasks.read(f"{PAGE}-check", lambda: check(folder, proof, this.camera_id), self._checked, self._failed)

    def _checked(self, found: tuple[bool, str]) -> None:
        self._memory.checked, self._verdict = found
        self.refresh()

    def _form(self, entry: ConsentEntry, drawn: Drawn) -> bytes:
        """Return the form that the sample owner signs, as the page of consents would make it. On the writing thread."""
        made = Made(self._ui.station, self._ui.session.display_name, self._ui.clock.now())
        return pdf_bytes(filled_form(entry, made, drawn))

    @Slot(object)
    def _do_step(self, step: Step) -> None:
        this, session = self._memory.round, self._ui.session
        if this is None:
            return
        circle = self._circle
        doing: Mapping[Step, Callable[[], None]] = {
            Step.VISIT: lambda: circle.visit(this, session),
            Step.PERMIT: lambda: circle.permit(this, session, self._form),
            Step.STATEMENT: lambda: circle.statement(this, session),
            Step.WITHDRAW: lambda: circle.withdraw(this, session),
        }
        if step in doing:
            self._ui.tasks.write(doing[step], self._written, self._failed)
        elif step is Step.CHECK:
            self._take_home(self._check)
        else:
            self.open_wanted.emit(WALL, PlaceCamera(this.camera_id, PurposeChoice(Purpose.RISK_SPOT)))

    def _written(self, _answer: None) -> None:
        self.refresh()

    # Folding

    @Slot()
    def toggle(self) -> None:
        self._memory.folded = not self._memory.folded
        self._show_folded()

    @Slot()
    def take_key(self) -> None:
        """The key opens the guide and goes to its step; pressed there, it closes it."""
        if self._memory.folded or self._holds_cursor():
            self.toggle()
        if not self._memory.folded:
            self._focus_step()

    def _holds_cursor(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def _is_at(self, step: Step | None) -> bool:
        """Whether the cursor stands in this step, so that it need not be brought there."""
        focused = QApplication.focusWidget()
        row = self._again if step is None else self._steps[step]
        return focused is not None and (focused is row or row.isAncestorOf(focused))

    def _focus_step(self) -> None:
        current = self.current()
        target: QWidget = self._again if current is None else self._steps[current].first_button
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._area.ensureWidgetVisible(target)

    def _show_folded(self) -> None:
        folded = self._memory.folded
        self._area.setVisible(not folded)
        self._rest.setVisible(folded)
        self._title.setVisible(not folded)
        self._fold.setToolButtonStyle(
            Qt.ToolButtonStyle.ToolButtonTextUnderIcon if folded else Qt.ToolButtonStyle.ToolButtonIconOnly
        )
        self.setFixedWidth(FOLDED_WIDTH if folded else WIDTH)


class StepRow(QFrame):
    """One step: done, next with its sentence and buttons, or still to come."""

    show_wanted = Signal(object)
    do_wanted = Signal(object)

    def __init__(self, step: Step, number: int, ui: Ui, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("guideStep")
        self._step = step
        self._number = number
        self._ui = ui
        words = WORDS[step]
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 5, 8, 6)
        column.setSpacing(4)
        self._mark = QLabel()
        self._mark.setObjectName("guideMark")
        self._mark.setFixedWidth(22)
        self._name = QLabel(_(words.name))
        self._name.setWordWrap(True)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._name, 1)
        column.addLayout(head)
        self._more = QWidget()
        column.addWidget(self._more)
        inner = QVBoxLayout(self._more)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(6)
        self._by_hand = Prose(_(words.by_hand), role="name")
        inner.addWidget(Prose(_(words.sentence)))
        inner.addWidget(self._by_hand)
        self.first_button = QPushButton(plain(_("Show me")))
        self.first_button.clicked.connect(self._on_show)
        inner.addLayout(_side_by_side(self._buttons()))

    def _buttons(self) -> list[QPushButton]:
        if self._step not in DO_IT:
            return [self.first_button]
        do_it = QPushButton(plain(_(DO_IT[self._step])))
        do_it.clicked.connect(self._on_do)
        return [self.first_button, do_it]

    def show_state(self, *, done: bool, current: bool) -> None:
        """Show the mark (a shape, never only a colour) and, for the next step, what to do."""
        if done:
            self._mark.setPixmap(self._ui.theme.pixmap("done", "good", 20, self.devicePixelRatioF()))
        else:
            self._mark.setText(str(self._number))
        state = "done" if done else "current" if current else "later"
        self.setProperty("state", state)
        self._name.setAccessibleDescription(plain(_("done")) if done else "")
        self._more.setVisible(current)
        for widget in (self, *self.findChildren(QLabel)):
            widget.style().unpolish(widget)
            widget.style().polish(widget)

    def tell_by_hand(self, text: str) -> None:
        self._by_hand.say(text)

    @Slot()
    def _on_show(self) -> None:
        self.show_wanted.emit(self._step)

    @Slot()
    def _on_do(self) -> None:
        self.do_wanted.emit(self._step)


def _side_by_side(buttons: Sequence[QPushButton]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(6)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return row


def people_text(people: SamplePeople) -> str:
    """Say as whom a visitor may log in. Nothing is given away: nobody here exists, and the store ends with the show."""
    return _(
        "Sample people to log in as: {logins}. Password of all: {password}",
        logins=", ".join(people.logins),
        password=people.password.reveal(),
    )


def _people_note(people: SamplePeople) -> QLabel:
    note = Prose(people_text(people), role="name")
    note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return note


class GuideKeeper(QObject):
    """Puts a guide beside the pages whenever somebody sits down: another officer, another language or look."""

    def __init__(self, shell: Shell, seat: Seat, circle: Circle, memory: GuideMemory) -> None:
        super().__init__(shell)
        self._shell = shell
        self._seat = seat
        self._circle = circle
        self._memory = memory
        self.guide: Guide | None = None
        seat.seated.connect(self.renew)

    @Slot()
    def renew(self) -> None:
        if self.guide is not None:
            self.guide.stop()
        guide = self.guide = Guide(self._seat.ui, self._circle, self._memory)
        guide.open_wanted.connect(self._shell.go_to)
        self._shell.page_opened.connect(guide.page_opened)
        self._shell.put_beside(guide)
        guide.start()
