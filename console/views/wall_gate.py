"""The wall asks the gate, for a whole layout in one call; each answer goes to the tile that still waits for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from console.kernel import ConsoleError, Denied, DenyReason, EndReason
from console.views.ui import UNEXPECTED, Ui
from console.views.wall_model import Ask, Cell, Feed, Waiting, WallDesk


@dataclass(frozen=True, slots=True)
class _Wanted:
    cell: Cell
    ticket: int
    ask: Ask


class GateCalls(QObject):
    """`why_late` says why a private view ends that is opened for a tile which does not wait for it any more."""

    answered = Signal(object)
    """Cells that were asked for; each has its view or its refusal, unless something else happened to it meanwhile."""
    failed = Signal(object)

    def __init__(self, why_late: Callable[[], EndReason], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._why_late = why_late
        self._stopped = False

    def stop(self) -> None:
        """What is opened from now on ends at once, and nobody is told of it."""
        self._stopped = True

    def ask(self, ui: Ui, desk: WallDesk, cells: Sequence[Cell]) -> None:
        """Ask for the cameras of these cells, which wait for the gate, each for its purpose."""
        wanted = [made for cell in cells if (made := _wanted(cell)) is not None]
        asks = [each.ask for each in wanted]

        def opened(answers: Sequence[Feed | Denied]) -> None:
            self._take(wanted, answers)

        def failed(problem: ConsoleError) -> None:
            self._take(wanted, [refusal(problem)] * len(wanted))
            if not self._stopped:
                self.failed.emit(problem)

        if wanted:
            ui.tasks.write(lambda: desk.open_many(asks), opened, failed)

    def _take(self, wanted: Sequence[_Wanted], answers: Sequence[Feed | Denied]) -> None:
        failures: dict[str, ConsoleError] = {}
        for each, answer in zip(wanted, answers, strict=True):
            if each.cell.ticket == each.ticket and each.cell.waiting is Waiting.GATE:
                _accept(each, answer)
                if isinstance(answer, Denied) and isinstance(cause := answer.params.get("cause"), ConsoleError):
                    failures[cause.key] = cause
            elif not isinstance(answer, Denied):
                # The tile was cleared, replaced or darkened while the gate was opening.
                answer.end(self._why_late() if answer.private else EndReason.REPLACED)
        if self._stopped:
            return
        self.answered.emit([each.cell for each in wanted])
        for failure in failures.values():
            self.failed.emit(failure)


def refusal(problem: ConsoleError) -> Denied:
    """Say on the tile why the gate gave no answer, so that it waits no longer and can be tried again."""
    if isinstance(problem, Denied):
        return problem
    if problem.key == UNEXPECTED:
        # Not one of the refusals that time lifts: asking on by itself would repeat the same mistake for ever.
        return Denied(DenyReason.ENGINE_UNAVAILABLE, problem=UNEXPECTED)
    return Denied(DenyReason.JOURNAL_UNAVAILABLE)


def _wanted(cell: Cell) -> _Wanted | None:
    if cell.camera is None or cell.choice is None:
        return None
    cell.ticket += 1
    return _Wanted(cell, cell.ticket, Ask(cell.camera.id, cell.choice, cell.size, cell.kind))


def _accept(each: _Wanted, answer: Feed | Denied) -> None:
    cell = each.cell
    cell.waiting = Waiting.NOTHING
    if isinstance(answer, Denied):
        cell.denied = answer
        return
    cell.feed = answer
    if cell.size != each.ask.size:
        answer.resize(cell.size)
