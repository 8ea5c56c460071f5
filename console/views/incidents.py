"""The incident log: the board of open ones, the list of all, and beside them the file of the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from console.i18n import N_, _, plain
from console.i18n.dates import sort_key
from console.i18n.labels import label
from console.kernel import Clock, ConsoleError, EndReason, Priority
from console.services.incidents import IncidentLine
from console.services.station import Station
from console.views.incident_list import BoardList
from console.views.incident_panel import WATCHED, WIDTH, IncidentPanel
from console.views.incident_words import happened_text, moment_text, priority_mark, review_mark, state_mark
from console.views.page import Page
from console.views.record_keys import RecordAct, read_record_key
from console.views.record_page import RecordPage
from console.views.record_source import Shelf
from console.views.record_spec import Chip, Column, Empty, Mark, RecordSpec, Values
from console.views.side_by_side import SideBySide
from console.views.states import StateStack
from console.views.ui import Ui
from console.views.window_keys import tab_step

AGE_MS: Final = 20_000
"""How often the ages on the board are drawn anew; the shortest that is told in minutes."""

FOLLOW_MS: Final = 90
_URGENCY: Final = {priority: at for at, priority in enumerate(Priority)}


def page(ui: Ui, station: Station) -> Page:
    """Return the page of incidents."""
    return IncidentsPage(ui, station)


def columns(clock: Clock) -> tuple[Column[IncidentLine], ...]:
    """Return the columns of the list of all."""
    return (
        Column(
            "number",
            N_("Number"),
            lambda line: line.incident.number,
            14,
            sort=lambda line: line.incident.number,
            whole=True,
        ),
        Column(
            "state",
            N_("State"),
            lambda line: _state(line).text,
            19,
            sort=lambda line: (not line.incident.is_open, _state(line).text),
            mark=_state,
        ),
        Column(
            "priority",
            N_("Urgency"),
            lambda line: priority_mark(line.incident.priority).text,
            13,
            sort=lambda line: _URGENCY[line.incident.priority],
            mark=lambda line: priority_mark(line.incident.priority),
        ),
        Column(
            "category",
            N_("Category"),
            lambda line: label(line.incident.category),
            15,
            sort=lambda line: sort_key(plain(label(line.incident.category))),
        ),
        Column("title", N_("What happened"), lambda line: line.incident.title, 0),
        Column(
            "happened",
            N_("Happened"),
            lambda line: happened_text(line.incident, clock.now()),
            16,
            sort=lambda line: line.incident.happened_at,
            whole=True,
        ),
    )


def _state(line: IncidentLine) -> Mark:
    """What waits for somebody comes before how it stands."""
    return review_mark(line.incident) or state_mark(line.incident)


CHIPS: Final[tuple[Chip[IncidentLine], ...]] = (
    Chip("open", N_("Still open"), lambda line: line.incident.is_open, "state"),
    Chip("closed", N_("Closed"), lambda line: not line.incident.is_open, "state"),
    Chip("review", N_("Waits for review"), lambda line: line.incident.needs_review),
)


def words(line: IncidentLine) -> Sequence[object]:
    """Return what else of an incident the filter finds: codes, dates of both eras, names."""
    row = line.incident
    return (
        row.category,
        row.priority,
        row.outcome,
        row.zone,
        row.happened_at,
        row.opened_at,
        row.closed_at,
        moment_text(row.opened_at),
        state_mark(row).text,
        row.place,
        line.camera,
        line.opened_by,
        line.closed_by,
    )


class IncidentList(RecordPage[IncidentLine]):
    """The list of all. Opening a line shows the file, which is the page's own panel."""

    opened = Signal(str)
    new_wanted = Signal()

    def __init__(self, ui: Ui, station: Station) -> None:
        shown = columns(ui.clock)
        incidents, session = station.incidents, ui.session
        spec = RecordSpec(
            kind="incident",
            title=N_("All incidents"),
            source=Shelf(lambda: incidents.lines(session), shown, CHIPS, words),
            columns=shown,
            empty=Empty(
                N_("No incident yet"), N_("Every incident of the station will stand here."), N_("New incident (F2)")
            ),
            watch=WATCHED,
            may_add=True,
            chips=CHIPS,
            sort="number",
            descending=True,
            history=False,
        )
        super().__init__(ui, station, spec)

    @Slot(object)
    def open_row(self, record: IncidentLine) -> None:
        self.opened.emit(record.id)

    @Slot()
    def open_new(self, values: Values | None = None) -> None:
        del values
        self.new_wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if read_record_key(event) is RecordAct.BACK and not self.strip.asks:
            event.ignore()
        else:
            super().keyPressEvent(event)


class IncidentsPage(Page):
    """Board and list at the left, the file at the right. F2 opens the drawer for a new one anywhere."""

    def __init__(self, ui: Ui, station: Station, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self._station = station
        self._stale = False
        self._listed = False
        self._stopped = False
        self.tabs = QTabBar()
        self.tabs.setDocumentMode(True)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.addTab(plain(_("Open incidents")))
        self.tabs.addTab(plain(_("All incidents")))
        self.board = BoardList(ui, self)
        self.board.hide()
        self.states = StateStack(ui.theme, ui.clock)
        self.list = IncidentList(ui, station)
        self.panel = IncidentPanel(ui, station)
        self._faces = QStackedWidget()
        self._build()
        self._aging = QTimer(self)
        self._aging.setInterval(AGE_MS)
        self._following = QTimer(self)
        self._following.setSingleShot(True)
        self._following.setInterval(FOLLOW_MS)
        self._connect()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QFrame()
        head.setObjectName("tabLine")
        row = QHBoxLayout(head)
        row.setContentsMargins(8, 6, 16, 0)
        row.addWidget(self.tabs, 1)
        self.new = QPushButton(self._ui.theme.icon("plus", "on_accent"), plain(_("New incident (F2)")))
        self.new.setProperty("primary", True)
        row.addWidget(self.new)
        column.addWidget(head)
        self._faces.addWidget(self.states)
        self._faces.addWidget(self.list)
        self.sides = SideBySide(self._faces, WIDTH)
        self.sides.put_panel(self.panel)
        column.addWidget(self.sides, 1)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._show_tab)
        self.new.clicked.connect(self._new)
        self.board.chosen.connect(self._following.start)
        self.board.opened.connect(self.open_incident)
        self.states.step_taken.connect(self._new)
        self.states.again.connect(self.refresh)
        self.list.opened.connect(self.open_incident)
        self.list.new_wanted.connect(self._new)
        self.list.table.chosen.connect(self._following.start)
        self.panel.left.connect(self.close_panel)
        self.panel.wall_wanted.connect(self._to_wall)
        self._aging.timeout.connect(self.board.viewport().update)
        self._following.timeout.connect(self._follow)
        self._ui.changes.changed.connect(self._on_changed)

    # Life

    def start(self) -> None:
        self.states.say_loading()
        self._aging.start()
        self.refresh()

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        self._stopped = True
        self._aging.stop()
        self._following.stop()
        self.panel.stop()
        self.list.stop(reason)
        self.states.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the board again; the choice and the open file stay."""
        self._stale = False
        incidents, session = self._station.incidents, self._ui.session
        self._ui.tasks.read("incidents.board", lambda: incidents.board(session), self._show_board, self._fail)

    @Slot(object)
    def _on_changed(self, kinds: frozenset[str]) -> None:
        if self._stopped or not kinds & WATCHED:
            return
        if self.isVisible():
            self.refresh()
        else:
            self._stale = True

    def _show_board(self, lines: Sequence[IncidentLine]) -> None:
        if self._stopped:
            return
        self.tabs.setTabText(0, plain(_("Open incidents ({n})", n=len(lines)) if lines else _("Open incidents")))
        self.board.show_lines(lines)
        if lines:
            first = self.states.saying != "" or not self.board.isVisible()
            self.states.show_content(self.board)
            if first and not self.board.currentIndex().isValid():
                self.board.setCurrentIndex(self.board.cards.index(0))
            if first and self._keyboard_is_idle():
                self._focus_list()
        else:
            self.states.say_empty(
                _("No incident is open"),
                _("Whatever the room is called to stands here until it is closed. F2 opens an incident from any page."),
                _("New incident (F2)"),
            )

    def _fail(self, problem: ConsoleError) -> None:
        if not self._stopped:
            self.states.say_error(problem)

    # What is shown

    @Slot(int)
    def _show_tab(self, number: int) -> None:
        self._faces.setCurrentIndex(number)
        if number == 1 and not self._listed:
            self._listed = True
            self.list.start()
        self._focus_list()

    @Slot()
    def _follow(self) -> None:
        """The file shows the chosen incident, unless a form with something typed would be covered."""
        form = self.panel.form
        chosen = self._chosen()
        if chosen and self.panel.isVisible() and (form is None or not form.is_dirty()):
            self.panel.show_incident(chosen)

    def _chosen(self) -> str:
        if self._faces.currentIndex() == 0:
            line = self.board.chosen_line()
            return "" if line is None else line.id
        return self.list.table.selected or ""

    @Slot(str)
    def open_incident(self, incident_id: str) -> None:
        """Show an incident's file, ready for the next entry."""
        self._following.stop()
        self.sides.open_panel()
        self.panel.show_incident(incident_id, write=True)

    @Slot()
    def close_panel(self) -> None:
        self.sides.close_panel()
        self._focus_list()

    def _keyboard_is_idle(self) -> bool:
        """Whether the keyboard is with nothing that somebody works with: Qt gives it to the first thing on a page."""
        focused = self.window().focusWidget()
        return focused is None or focused in {self, self.tabs, self.new} or self.states.isAncestorOf(focused)

    def _focus_list(self) -> None:
        target = self.board if self._faces.currentIndex() == 0 else self.list.table
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_to(self, target: object) -> None:
        """Show the incident whose id is given."""
        if isinstance(target, str):
            self.board.choose(target)
            self.open_incident(target)

    @Slot()
    def _new(self) -> None:
        self.incident_wanted.emit(None)

    @Slot(object)
    def _to_wall(self, choice: object) -> None:
        self.open_wanted.emit("wall", choice)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = read_record_key(event)
        if act is RecordAct.NEW:
            self._new()
        elif act is RecordAct.REFRESH:
            self.refresh()
        elif act is RecordAct.BACK and self.panel.isVisible():
            self.close_panel()
        elif (step := tab_step(event)) != 0:
            self.tabs.setCurrentIndex((self.tabs.currentIndex() + step) % self.tabs.count())
        else:
            super().keyPressEvent(event)
