"""Tells the status line what the shift has left open, counts the time down, and opens the panel that settles it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from console.i18n import _
from console.kernel import ConsoleError, Right
from console.services.matters import OpenMatters
from console.services.matters_paper import hand_over_sheet
from console.services.papers import Made
from console.services.station import Station
from console.views.matters_panel import MattersPanel
from console.views.matters_words import status_sign, status_texts
from console.views.pages import INCIDENTS
from console.views.printing import show_preview
from console.views.shell import Shell
from console.views.status_line import StatusLine
from console.views.ui import Ui

NEWS: Final = frozenset({"view", "incident", "camera", "person"})
LOOK_EVERY: Final = 30
"""So many seconds after a look it looks again: another console may have settled something."""


class MattersWatch(QObject):
    """One a window. Nothing here keeps anybody from working: it says, and leads to where it can be settled."""

    changed = Signal(object)
    """What is open now is something else."""

    def __init__(self, shell: Shell, station: Station) -> None:
        super().__init__(shell)
        self._shell = shell
        self._station = station
        self._ui: Ui | None = None
        self._status: StatusLine | None = None
        self._seconds = 0
        self._late: frozenset[str] | None = None
        self.found = OpenMatters()
        shell.locking.connect(self.tell)

    def watch(self, ui: Ui) -> None:
        """Tell whoever sits here now."""
        if self._ui is None or self._ui.changes is not ui.changes:
            ui.changes.changed.connect(self._on_changed)
        if self._ui is None or self._ui.session != ui.session:
            self.found, self._late = OpenMatters(), None
        self._ui, self._status = ui, self._shell.status
        self._status.ticked.connect(self._tick)
        self._status.matters_wanted.connect(self.open)
        self.look()
        self.tell()

    def rest(self) -> None:
        """Nobody sits here."""
        self._ui = self._status = None
        self.found, self._late = OpenMatters(), None

    @Slot(object)
    def _on_changed(self, kinds: frozenset[str]) -> None:
        if kinds & NEWS:
            self.look()

    @Slot()
    def _tick(self) -> None:
        self._seconds += 1
        if self._seconds >= LOOK_EVERY:
            self.look()
        self.tell()

    @Slot()
    def look(self) -> None:
        """Read what is open, off the UI thread."""
        ui, self._seconds = self._ui, 0
        if ui is not None and ui.session.may(Right.VIEW_FEEDS):
            matters, session = self._station.matters, ui.session
            ui.tasks.read("matters", lambda: matters.open_ones(session), self._take, _silent)

    def _take(self, found: OpenMatters) -> None:
        before, self.found = self.found, found
        if found != before:
            self._say_news(before)
            self.changed.emit(found)
        self.tell()

    def _say_news(self, before: OpenMatters) -> None:
        """An urgent view is never refused; opened with others overdue, the sentence says who will see that."""
        if self._ui is None or self._shell.locked:
            return
        known = {debt.view_id for debt in before.mine}
        again = [debt for debt in self.found.mine if debt.view_id not in known and debt.overdue_before]
        if again and known:
            self._shell.say(
                _(
                    "The camera is open. {n} of your urgent views are overdue to be explained (F7); the superintendent"
                    " sees that this one was opened all the same.",
                    n=again[-1].overdue_before,
                )
            )

    @Slot()
    def tell(self) -> None:
        """Say it on the status line; and tell the shift lead of what has just run past its time."""
        ui, status = self._ui, self._status
        if ui is None or status is None:
            return
        now = ui.clock.now()
        status.show_matters(status_texts(self.found, now), *status_sign(self.found, now))
        late = frozenset(debt.view_id for debt in self.found.debts if debt.overdue(now))
        if self._late is not None and late - self._late and not self._shell.locked:
            new = [debt for debt in self.found.debts if debt.view_id in late - self._late]
            self._shell.say(
                _(
                    "Not explained within 15 minutes: urgent view of {camera} by {who} (F7)",
                    camera=new[-1].camera,
                    who=new[-1].who,
                )
            )
        self._late = late

    @Slot()
    def open(self) -> None:
        """Open the panel, or close it again."""
        ui, shell = self._ui, self._shell
        if ui is None or shell.locked or not ui.session.may(Right.VIEW_FEEDS):
            return
        if isinstance(shell.panel, MattersPanel):
            shell.close_panel()
            return
        panel = MattersPanel(ui, self._station)
        panel.closed.connect(shell.close_panel)
        panel.file_wanted.connect(self._show_file)
        panel.print_wanted.connect(self.print_sheet)
        self.changed.connect(panel.show_matters)
        self._status_ticks(panel)
        shell.open_panel(panel, panel.stop)
        panel.show_matters(self.found)
        if not panel.isAncestorOf(panel.focusWidget() or shell):
            panel.setFocus()
        self.look()

    def _status_ticks(self, panel: MattersPanel) -> None:
        if self._status is not None:
            self._status.ticked.connect(panel.tell_time)

    @Slot(str)
    def _show_file(self, incident_id: str) -> None:
        self._shell.go_to(INCIDENTS, incident_id)

    @Slot()
    def print_sheet(self) -> None:
        """Lay the hand-over sheet before whoever sits here, with the newest seal; without one if it cannot be read."""
        ui = self._ui
        if ui is None:
            return

        def show(seal: str) -> None:
            if self._ui is ui and not self._shell.locked:
                made = Made(ui.station, ui.session.display_name, ui.clock.now())
                show_preview(ui, hand_over_sheet(self.found, made, seal), self._shell)

        ui.tasks.read("matters.seal", self._station.journal.paper_code, show, lambda _problem: show(""))


def _silent(_problem: ConsoleError) -> None:
    """What was known stays: the next look comes by itself, and the status line of the database says what is wrong."""
