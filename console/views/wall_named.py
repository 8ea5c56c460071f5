"""The walls and tours a person finds: read from the desk, opened on the board, kept, changed and taken back."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot
from shiboken6 import isValid

from console.i18n import _
from console.kernel import ConsoleError
from console.services.commands import Command
from console.services.named_walls import (
    STATION,
    DeleteTour,
    DeleteWall,
    KeepTour,
    KeepWall,
    NamedWallRow,
    ReplaceWall,
    Shelf,
    TourRow,
    may_change,
)
from console.views.wall_board import Board
from console.views.wall_layouts import Layout, layout_named

PAGE = "wall.shelf"


@dataclass(frozen=True, slots=True)
class Said:
    """What was done, and the command that takes it back; `undo` None: it can be taken back in the usual way."""

    text: str
    undo: Command | None = None


class WallShelf(QObject):
    """Beside the board, for the same officer."""

    changed = Signal()
    said = Signal(object)
    refused = Signal(object)
    opened = Signal()

    def __init__(self, board: Board, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.board = board
        self.found = Shelf()
        board.ui.changes.changed.connect(self._on_changed)

    def read(self) -> None:
        self.board.ui.tasks.read(PAGE, self.board.desk.shelf, self._take, self.board.fail)

    @Slot(object)
    def _on_changed(self, kinds: frozenset[str]) -> None:
        if kinds & {"named_wall", "wall_tour"}:
            self.read()

    def _take(self, found: Shelf) -> None:
        if isValid(self) and found != self.found:
            self.found = found
            self.changed.emit()

    def pages(self, tour: TourRow) -> list[NamedWallRow]:
        """Return the walls of a tour that are still there and that this program can show."""
        known = {wall.id: wall for wall in self.found.walls if layout_named(wall.layout) is not None}
        return [known[wall_id] for wall_id in tour.walls if wall_id in known]

    def may_change(self, row: NamedWallRow | TourRow) -> bool:
        return may_change(row.person_id, self.board.ui.session)

    def may_change_stations(self) -> bool:
        return may_change(STATION, self.board.ui.session)

    # On the wall

    def open(self, wall: NamedWallRow) -> None:
        """Show a wall through the gate; it is then what the next start restores."""
        layout = layout_named(wall.layout)
        if layout is None:
            self.board.failed.emit(ConsoleError("walls.layout_unknown"))
            return
        self.opened.emit()
        self.board.arrange(layout, wall.cells)
        self.tell_missing([wall])

    def tell_missing(self, walls: list[NamedWallRow]) -> None:
        """Say how many cameras of these walls are archived or removed since: their tiles are empty."""
        missing = {cell for wall in walls for cell in wall.cells if cell is not None} - set(self.board.cameras)
        if missing:
            self.board.failed.emit(ConsoleError("walls.cameras_gone", n=len(missing)))

    def present(self) -> tuple[Layout, tuple[str | None, ...]]:
        """Return the wall as it is shown, an enlarged tile in its place."""
        layout = self.board.layout
        cells = self.board.cells[: layout.count]
        return layout, tuple(None if cell.camera is None else cell.camera.id for cell in cells)

    # Keeping

    def keep(self, command: Command, said: Said) -> None:
        """Run a command; `said` is told when it was done, `refused` when it was not."""
        desk = self.board.desk

        def done(_answer: None) -> None:
            if isValid(self):
                self.said.emit(said)
                self.read()

        def refused(problem: ConsoleError) -> None:
            if isValid(self):
                self.refused.emit(problem)

        self.board.ui.tasks.write(lambda: desk.keep(command), done, refused)

    def replace(self, wall: NamedWallRow) -> None:
        layout, cells = self.present()
        back = ReplaceWall(wall_id=wall.id, version=wall.version + 1, layout=wall.layout, cells=wall.cells)
        command = ReplaceWall(wall_id=wall.id, version=wall.version, layout=layout.key, cells=cells)
        self.keep(command, Said(_("“{name}” now shows the present wall.", name=wall.name), back))

    def delete(self, row: NamedWallRow | TourRow) -> None:
        """Delete at once; taken back, it has the same id, so that tours find their walls again."""
        command: Command
        back: Command
        station = row.person_id == STATION
        if isinstance(row, TourRow):
            command = DeleteTour(tour_id=row.id, version=row.version)
            back = KeepTour(tour_id=row.id, name=row.name, walls=row.walls, dwell_s=row.dwell_s, station=station)
        else:
            command = DeleteWall(wall_id=row.id, version=row.version)
            back = KeepWall(wall_id=row.id, name=row.name, layout=row.layout, cells=row.cells, station=station)
        self.keep(command, Said(_("“{name}” was deleted.", name=row.name), back))
