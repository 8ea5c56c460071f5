"""The next officer takes over the wall: public cameras play on while their views change from one session to the other.

Each is opened through the gate for the next officer first; the former officer's view of it ends when the new one shows
a picture. So nothing goes black, and the journal has every second under the name of who looked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.kernel import Clock, ConsoleError, Denied, EndReason, TileState
from console.views.ui import Ui
from console.views.wall_gate import refusal
from console.views.wall_model import Ask, Cell, Feed, WallDesk

PATIENCE_S: Final = 4.0
"""How long the former officer's view stands in for one that shows no picture yet."""
LOOK_MS: Final = 50


@dataclass(slots=True)
class _Pending:
    cell: Cell
    ticket: int
    until: float | None = None

    @property
    def over(self) -> bool:
        """Whether the officer did something else with this tile meanwhile."""
        return self.cell.ticket != self.ticket or self.cell.feed is None


class HandOver(QObject):
    """One change of officer at a time; another one that begins meanwhile takes its place."""

    changed = Signal(object)
    """Cells whose view is another one now."""
    done = Signal()
    """No view of the former officer is left that this waits for."""
    failed = Signal(object)

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._pending: list[_Pending] = []
        self._stopped = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    @property
    def busy(self) -> bool:
        """Whether it still waits for a view."""
        return bool(self._pending)

    def begin(self, cells: Sequence[Cell], ui: Ui, desk: WallDesk) -> None:
        """Ask for these running cells in the name of who sits here now, each for its purpose, and wait for them."""
        asks = [Ask(cell.camera.id, cell.choice, cell.size) for cell in cells if cell.camera and cell.choice]
        for cell in cells:
            # Of an officer who goes before he took over: nobody waits for his view any more.
            _end(cell.relief)
            cell.relief = None
        waiting = [_Pending(cell, cell.ticket) for cell in cells]
        self._pending = list(waiting)

        def answered(answers: Sequence[Feed | Denied]) -> None:
            for each, answer in zip(waiting, answers, strict=True):
                self._take(each, answer)
            if self._pending:
                self.look()

        def failed(problem: ConsoleError) -> None:
            answered([refusal(problem)] * len(asks))
            if not self._stopped:
                self.failed.emit(problem)

        if asks:
            self._timer.start()
            ui.tasks.write(lambda: desk.open_many(asks), answered, failed)
        else:
            self.done.emit()

    def stop(self) -> None:
        """The wall goes, with the views of both: nobody's is waited for any more."""
        busy = self.busy
        self._stopped = True
        self._timer.stop()
        self._pending = []
        if busy:
            self.done.emit()

    def _take(self, each: _Pending, answer: Feed | Denied) -> None:
        cell = each.cell
        if each.over or each not in self._pending:
            if not isinstance(answer, Denied):
                answer.end(EndReason.REPLACED)
            return
        if isinstance(answer, Denied):
            _end(cell.feed)
            cell.feed, cell.denied = None, answer
            return
        cell.relief = answer
        answer.resize(cell.size)
        each.until = self._clock.monotonic() + PATIENCE_S

    @Slot()
    def look(self) -> None:
        """Put the new views in place where they show a picture, or will not in time."""
        touched: list[Cell] = []
        for each in list(self._pending):
            cell = each.cell
            ready = cell.relief is not None and (plays(cell.relief) or self._clock.monotonic() >= (each.until or 0))
            if ready and not each.over:
                _end(cell.feed)
                cell.feed, cell.relief = cell.relief, None
            elif not each.over:
                continue
            elif cell.relief is not None:
                cell.relief.end(EndReason.REPLACED)
                cell.relief = None
            self._pending.remove(each)
            touched.append(cell)
        if touched:
            self.changed.emit(touched)
        if not self._pending and self._timer.isActive():
            self._timer.stop()
            self.done.emit()


def plays(feed: Feed) -> bool:
    """Whether a view shows a current picture."""
    return feed.picture() is not None and feed.state().state is TileState.LIVE


def _end(feed: Feed | None) -> None:
    if feed is not None:
        feed.end(EndReason.HANDOVER)
