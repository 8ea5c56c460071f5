"""The wall's state and its rules, without a pixel: which camera stands where, why it is watched, which view runs.

Every opening goes through the gate, a whole layout in one call. Re-layout, focus and swapping keep running views; views
that stay hidden for a minute end. An incident stays the purpose until it closes; any other purpose counts for the tiles
it was chosen for. Public cameras need no choice, private ones always do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.kernel import ConsoleError, DenyReason, EndReason, PixelSize, Purpose, ViewKind
from console.views.ui import Ui
from console.views.wall_gate import GateCalls
from console.views.wall_handover import HandOver
from console.views.wall_layouts import CELLS, DEFAULT, ONE, Layout, large_enough, layout_named
from console.views.wall_model import (
    Cell,
    PlaceCamera,
    PurposeChoice,
    SavedWall,
    Waiting,
    WallCamera,
    WallContents,
    WallDesk,
)

PUBLIC_PURPOSE: Final = PurposeChoice(Purpose.RISK_SPOT)
"""What the station's own and agencies' cameras are watched for unless something else is chosen."""
HIDDEN_S: Final = 60.0
SWEEP_MS: Final = 10_000
PAGE: Final = "wall"
TIMED_REASONS: Final = frozenset(
    {
        DenyReason.OUTSIDE_HOURS,
        DenyReason.NOT_YET_VALID,
        DenyReason.KNOWLEDGE_TOO_OLD,
        DenyReason.CLOCK_SET_BACK,
        DenyReason.JOURNAL_UNAVAILABLE,
    }
)
"""Refusals that time alone may lift. The others wait for a change of the records or for the officer."""

ENDED_FOR_NOW: Final = frozenset({EndReason.REPLACED, EndReason.SLEPT})
"""Ends that say nothing against looking on: the wall asks the gate by itself instead of leaving a dark tile."""


class Board(QObject):
    """Cells, selection, layout, purpose. All on the UI thread; what may wait goes through `ui.tasks`."""

    cells_changed = Signal(object)
    layout_changed = Signal()
    selection_changed = Signal(int)
    purpose_changed = Signal()
    contents_changed = Signal()
    visitors_changed = Signal(bool)
    layout_chosen = Signal()
    """Somebody chose another layout."""
    tiles_moved = Signal()
    """Somebody put cameras elsewhere."""
    failed = Signal(object)

    def __init__(self, ui: Ui, desk: WallDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ui = ui
        self._desk = desk
        self.cells = [Cell() for _index in range(CELLS)]
        self.contents = WallContents()
        self.cameras: dict[str, WallCamera] = {}
        self.layout = DEFAULT
        self.focused: int | None = None
        self.selected = 0
        self.purpose: PurposeChoice | None = None
        self.visitors = False
        self.locked = False
        self._ready = self._stopped = False
        self._sweeper = QTimer(self)
        self._sweeper.setInterval(SWEEP_MS)
        self._sweeper.timeout.connect(self.sweep)
        self.hand_over = HandOver(ui.clock, self)
        self.hand_over.changed.connect(self._tell_cells)
        self.hand_over.failed.connect(self.failed)
        self._gate = GateCalls(self._why_dark, self)
        self._gate.answered.connect(self._answered)
        self._gate.failed.connect(self.failed)
        ui.changes.changed.connect(self._on_changed)

    @property
    def desk(self) -> WallDesk:
        """The desk of the officer who sits here now."""
        return self._desk

    # What is shown

    def visible(self) -> range:
        """Return the cells that are on the wall now."""
        return range(self.focused, self.focused + 1) if self.focused is not None else range(self.layout.count)

    def shape(self) -> Layout:
        """Return how the visible cells lie: an enlarged tile has the wall for itself."""
        return self.layout if self.focused is None else ONE

    def waiting_for_purpose(self) -> list[int]:
        return [index for index in self.visible() if self.cells[index].waiting is Waiting.PURPOSE]

    def restore(self) -> None:
        """Read cameras, incidents and the saved wall; the saved wall opens through the gate like any other."""
        self.ui.tasks.read(PAGE, self._read_all, self._restored, self.fail)
        self._sweeper.start()

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        """End every view of the wall; an answer that comes later opens none."""
        self._stopped = True
        self._sweeper.stop()
        self._gate.stop()
        for cell in self.cells:
            self._end(cell, reason)
            cell.waiting = Waiting.NOTHING
        self.hand_over.stop()

    def fail(self, problem: ConsoleError) -> None:
        """Tell what could not be done, as long as the wall is there."""
        if not self._stopped:
            self.failed.emit(problem)

    # Another seat

    def reseat(self, ui: Ui, desk: WallDesk) -> None:
        """Go on with another look or language; or for another officer, for whom the gate is asked anew.

        Private tiles go dark and wait for his own purpose; public ones play on until his own view of them does.
        """
        same = ui.session == self.ui.session
        self.ui, self._desk = ui, desk
        if same:
            return
        self.locked = False
        self.purpose = None
        public: list[Cell] = []
        others: list[int] = []
        for index, cell in enumerate(self.cells):
            if cell.feed is not None and not cell.private and index in self.visible():
                public.append(cell)
                cell.choice = PUBLIC_PURPOSE
            else:
                self._end(cell, EndReason.HANDOVER)
                others.append(index)
                cell.choice = None
            cell.denied, cell.waiting = None, Waiting.NOTHING
        self._open([index for index in others if index in self.visible()])
        self.hand_over.begin(public, ui, desk)
        self.purpose_changed.emit()

    @Slot(object)
    def _tell_cells(self, cells: Sequence[Cell]) -> None:
        named = {id(cell) for cell in cells}
        self.cells_changed.emit(tuple(index for index, cell in enumerate(self.cells) if id(cell) in named))

    def _read_all(self) -> tuple[WallContents, SavedWall | None]:
        return self._desk.contents(), self._desk.saved_wall()

    def _restored(self, answer: tuple[WallContents, SavedWall | None]) -> None:
        if self._stopped:
            return
        contents, saved = answer
        self._take(contents)
        if saved is not None:
            self.layout = layout_named(saved.layout) or DEFAULT
            for index, camera_id in enumerate(saved.cells[:CELLS]):
                self.cells[index].camera = None if camera_id is None else self.cameras.get(camera_id)
        self._ready = True
        self.layout_changed.emit()
        self._open(self.visible())

    @Slot(object)
    def _on_changed(self, kinds: frozenset[str]) -> None:
        if kinds & {"camera", "authority", "incident", "owner"}:
            self.ui.tasks.read(f"{PAGE}.contents", self._desk.contents, self._take, self.fail)

    def _take(self, contents: WallContents) -> None:
        if self._stopped:
            return
        self.contents = contents
        self.cameras = {camera.id: camera for camera in contents.cameras}
        for index, cell in enumerate(self.cells):
            if cell.camera is not None and cell.camera != self.cameras.get(cell.camera.id, cell.camera):
                cell.camera = self.cameras[cell.camera.id]
                self.cells_changed.emit((index,))
        known = {incident.id for incident in contents.incidents}
        if self.purpose is not None and self.purpose.incident_id not in known | {None}:
            self.purpose = None
            self.purpose_changed.emit()
        self.contents_changed.emit()
        if self._ready:
            self._ask_denied_again(frozenset(DenyReason))

    # Selection and layout

    def select(self, index: int) -> None:
        if index in range(CELLS) and index != self.selected:
            before, self.selected = self.selected, index
            self.selection_changed.emit(before)

    def move(self, right: int, down: int) -> None:
        """Select the neighbour; at the edge the selection stays."""
        if self.focused is not None:
            return
        beside = self.layout.neighbour(self.selected, right, down)
        if beside is not None:
            self.select(beside)

    def set_layout(self, layout: Layout) -> None:
        if layout == self.layout and self.focused is None:
            return
        self.layout, self.focused = layout, None
        if self.selected >= layout.count:
            self.select(0)
        self._shown()
        self._save()
        self.layout_chosen.emit()

    def arrange(self, layout: Layout, camera_ids: Sequence[str | None], kind: ViewKind = ViewKind.WALL) -> None:
        """Show another wall: cameras that stay keep their views, the others' end, all new ones open in one call.

        Pages of a tour are not what the next start restores.
        """
        if not self._ready:
            return
        there = {cell.camera.id: cell for cell in self.cells if cell.camera is not None}
        cells = [Cell() for _index in range(CELLS)]
        placed = set[str]()
        for index, camera_id in enumerate(camera_ids[: layout.count]):
            if camera_id is not None and camera_id in self.cameras and camera_id not in placed:
                placed.add(camera_id)
                new = Cell(self.cameras[camera_id], kind=kind)
                cells[index] = there.pop(camera_id, new)
        for cell in there.values():
            self._end(cell, EndReason.CLOSED)
            cell.waiting = Waiting.NOTHING
        self.cells, self.layout, self.focused = cells, layout, None
        if self.selected >= layout.count:
            self.select(0)
        self._shown()
        if kind is ViewKind.WALL:
            self._save()

    def settle(self, *, save: bool) -> None:
        """Take what is shown, a page of a tour, for the wall from now on."""
        for cell in self.cells:
            cell.kind = ViewKind.WALL
        if save:
            self._save()

    def toggle_focus(self) -> None:
        """Show the selected tile alone, or the whole wall again. No view is closed or opened by it."""
        if self.focused is not None:
            self.focused = None
        elif self.cells[self.selected].camera is not None and self.layout != ONE:
            self.focused = self.selected
        else:
            return
        self._shown()

    def _shown(self) -> None:
        shown = self.visible()
        now = self.ui.clock.monotonic()
        for index, cell in enumerate(self.cells):
            if index in shown:
                cell.hidden_since = None
            elif cell.feed is not None and cell.hidden_since is None:
                cell.hidden_since = now
        self.layout_changed.emit()
        self._open(index for index in shown if self.cells[index].waiting in {Waiting.NOTHING, Waiting.HIDDEN})

    @Slot()
    def sweep(self) -> None:
        """End views that nobody has seen for a minute, and ask again where only time stood in the way.

        The owner's statement counts what was looked at, so a view does not run on unseen.
        """
        now = self.ui.clock.monotonic()
        for cell in self.cells:
            if cell.hidden_since is not None and now - cell.hidden_since >= HIDDEN_S:
                self._end(cell, EndReason.CLOSED)
                cell.waiting = Waiting.HIDDEN
                _spend_urgent(cell)
        self._ask_denied_again(TIMED_REASONS)

    def _ask_denied_again(self, reasons: frozenset[DenyReason]) -> None:
        """Ask the gate again for refused tiles; it journals the same refusal only once.

        And for those whose view ended because the camera's record or authority changed, or because the computer slept
        or its clock was set: what they showed before is over, what is allowed now is the gate's to say.
        """
        again: list[int] = []
        for index in self.visible():
            cell = self.cells[index]
            if cell.feed is not None and (end := cell.feed.state().end) in ENDED_FOR_NOW:
                slept = end is EndReason.SLEPT
                if cell.camera is not None and cell.camera.private and (slept or not cell.feed.private):
                    # It was watched as a public camera, or nobody says who sits here after the sleep: as a private
                    # one it waits for somebody's purpose.
                    cell.choice = None
                if slept and self.purpose is not None:
                    self.purpose = None
                    self.purpose_changed.emit()
                cell.feed = None
                again.append(index)
                continue
            if cell.feed is not None and (deny := cell.feed.state().deny) is not None and deny.reason in reasons:
                cell.feed, cell.denied = None, deny
            if cell.denied is not None and cell.denied.reason in reasons:
                cell.denied = None
                again.append(index)
        if again:
            self._open(again)

    # Placing

    def place(self, index: int, camera_id: str) -> None:
        """Put a camera on a tile. If it already stands on the wall, the two tiles are swapped: one camera, one view."""
        camera = self.cameras.get(camera_id)
        if camera is None:
            return
        there = next((at for at, cell in enumerate(self.cells) if cell.camera and cell.camera.id == camera_id), None)
        if there is not None and there != index:
            self.swap(there, index)
            return
        if there is None:
            self._drop(index, EndReason.REPLACED)
            self.cells[index].camera = camera
        self.cells_changed.emit((index,))
        self._open((index,))
        self._moved()

    def show_camera(self, wanted: PlaceCamera) -> None:
        """Choose the tile of a camera, on a larger layout if need be, and ask the gate for it."""
        camera_id = wanted.camera_id
        if camera_id not in self.cameras:
            return
        there = next((at for at, cell in enumerate(self.cells) if cell.camera and cell.camera.id == camera_id), None)
        free = next((at for at, cell in enumerate(self.cells) if cell.camera is None), self.selected)
        index = free if there is None else there
        if self.focused is not None:
            self.toggle_focus()
        self.set_layout(large_enough(self.layout, index))
        self.select(index)
        self.tiles_moved.emit()
        if there is None:
            self.place(index, camera_id)
        else:
            self.retry(index)
        if self.cells[index].waiting is Waiting.PURPOSE and wanted.choice is not None:
            self.cells[index].choice = wanted.choice
            self._open((index,))

    def clear(self, index: int) -> None:
        self._drop(index, EndReason.CLOSED)
        self.cells_changed.emit((index,))
        self._moved()

    def swap(self, one: int, other: int) -> None:
        """Exchange two tiles; running views move along and are not reopened."""
        if one == other:
            return
        self.cells[one], self.cells[other] = self.cells[other], self.cells[one]
        self.cells_changed.emit((one, other))
        self._shown()
        self._moved()

    def _moved(self) -> None:
        self._save()
        self.tiles_moved.emit()

    def _drop(self, index: int, reason: EndReason) -> None:
        old = self.cells[index]
        self._end(old, reason)
        old.waiting = Waiting.NOTHING
        self.cells[index] = Cell(size=old.size)

    # Purpose

    def choose(self, choice: PurposeChoice) -> None:
        """Take a purpose: for the tiles that wait for one, else for the selected tile, else for the next placed one.

        Urgent is for the selected tile alone, whatever else waits: each urgent view leaves a debt of its own.
        """
        urgent = choice.purpose is Purpose.URGENT
        meant = [self.selected] if urgent else self.waiting_for_purpose() or [self.selected]
        meant = [index for index in meant if self.cells[index].camera is not None]
        # Urgent is never armed for later: it leaves a debt, so it needs the tile it was pressed for.
        kept = choice.incident is not None or (not meant and not urgent)
        self.purpose = choice if kept else None
        for index in meant:
            cell = self.cells[index]
            if cell.feed is not None and cell.choice == choice:
                continue
            self._end(cell, EndReason.PURPOSE_CHANGED)
            cell.choice, cell.waiting, cell.denied = choice, Waiting.NOTHING, None
        self._open(meant)
        self.purpose_changed.emit()

    def open_in_emergency(self, camera_id: str, choice: PurposeChoice) -> None:
        """Look at one camera by a superintendent's override. It is that tile's alone and no other's purpose."""
        meant = [index for index, cell in enumerate(self.cells) if cell.camera and cell.camera.id == camera_id]
        for index in meant:
            cell = self.cells[index]
            self._end(cell, EndReason.PURPOSE_CHANGED)
            cell.choice, cell.waiting, cell.denied = choice, Waiting.NOTHING, None
        self._open([index for index in meant if index in self.visible()])

    def retry(self, index: int) -> None:
        """Ask the gate again for this tile."""
        cell = self.cells[index]
        if cell.camera is None or cell.waiting is Waiting.GATE:
            return
        self._end(cell, EndReason.CLOSED)
        cell.waiting, cell.denied = Waiting.NOTHING, None
        self._open((index,))

    def preselected(self, cell: Cell) -> PurposeChoice | None:
        """Return the purpose a tile may open with unasked: its own, the chosen one, or the public one."""
        if cell.choice is not None and self._still_open(cell.choice):
            return cell.choice
        if self.purpose is not None:
            return self.purpose
        return PUBLIC_PURPOSE if cell.camera is not None and not cell.camera.private else None

    def _still_open(self, choice: PurposeChoice) -> bool:
        if choice.emergency is not None and self.ui.clock.now() >= choice.emergency.until:
            return False
        return choice.incident is None or any(known.id == choice.incident_id for known in self.contents.incidents)

    # Visitors

    def toggle_visitors(self) -> None:
        """Darken every private tile at once; the second time they come back through the gate."""
        self.visitors = not self.visitors
        if self.visitors:
            self._darken(EndReason.VISITORS, Waiting.VISITORS)
            self._desk.end_all(EndReason.VISITORS, private_only=True)
        else:
            self._desk.release()
            self._lighten(Waiting.VISITORS)
        self.visitors_changed.emit(self.visitors)

    @Slot(bool)
    def follow_visitors(self, on: bool) -> None:  # noqa: FBT001 - a signal gives it
        """Do as the other wall does."""
        if on != self.visitors:
            self.toggle_visitors()

    def lock(self) -> None:
        """Darken every private tile: the console is locked. The gate does the same by itself."""
        if not self.locked:
            self.locked = True
            self._darken(EndReason.LOCK, Waiting.LOCKED)

    def unlock(self) -> None:
        """The same officer is back: private tiles come back through the gate."""
        if self.locked:
            self.locked = False
            self._lighten(Waiting.LOCKED)

    def _darken(self, reason: EndReason, waiting: Waiting) -> None:
        touched = [index for index, cell in enumerate(self.cells) if cell.camera is not None and cell.private]
        for index in touched:
            self._end(self.cells[index], reason)
            self.cells[index].waiting = waiting
            _spend_urgent(self.cells[index])
        self.cells_changed.emit(tuple(touched))

    def _lighten(self, waiting: Waiting) -> None:
        touched = [index for index, cell in enumerate(self.cells) if cell.waiting is waiting]
        for index in touched:
            self.cells[index].waiting = Waiting.NOTHING
        self.cells_changed.emit(tuple(touched))
        self._open([index for index in touched if index in self.visible()])

    # The gate

    def _open(self, indices: Iterable[int]) -> None:
        touched = list(indices)
        wanted = [cell for index in touched if self._may_ask(cell := self.cells[index])]
        if wanted and self.purpose is not None and self.purpose.incident is None:
            self.purpose = None
        if touched:
            self.cells_changed.emit(tuple(touched))
            self.purpose_changed.emit()
        self._gate.ask(self.ui, self._desk, wanted)

    def _may_ask(self, cell: Cell) -> bool:
        """Whether the gate is to be asked for this tile, and for which purpose; else what it waits for."""
        if cell.camera is None or cell.feed is not None or cell.denied is not None:
            return False
        if cell.private and (self.locked or self.visitors):
            cell.waiting = Waiting.LOCKED if self.locked else Waiting.VISITORS
            return False
        choice = self.preselected(cell)
        if choice is None:
            cell.waiting = Waiting.PURPOSE
            return False
        cell.choice, cell.waiting = choice, Waiting.GATE
        return True

    @Slot(object)
    def _answered(self, cells: Sequence[Cell]) -> None:
        shown = {id(self.cells[index]) for index in self.visible()}
        for cell in cells:
            if cell.feed is not None and cell.hidden_since is None and id(cell) not in shown:
                cell.hidden_since = self.ui.clock.monotonic()
        self._tell_cells(cells)

    def _why_dark(self) -> EndReason:
        if self.locked:
            return EndReason.LOCK
        return EndReason.VISITORS if self.visitors else EndReason.REPLACED

    def resize(self, index: int, size: PixelSize) -> None:
        """Tell a cell how many pixels its picture has now; a running view follows without being reopened."""
        cell = self.cells[index]
        if cell.size != size:
            cell.size = size
            for feed in (cell.feed, cell.relief):
                if feed is not None:
                    feed.resize(size)

    @staticmethod
    def _end(cell: Cell, reason: EndReason) -> None:
        feeds = (cell.feed, cell.relief)
        cell.feed = cell.relief = None
        cell.hidden_since = None
        for feed in feeds:
            if feed is not None:
                feed.end(reason)

    def _save(self) -> None:
        if not self._ready:
            return
        cells = tuple(None if cell.camera is None else cell.camera.id for cell in self.cells)
        wall, desk = SavedWall(self.layout.key, cells), self._desk
        self.ui.tasks.write(lambda: desk.save_wall(wall), _saved, self.fail)


def _spend_urgent(cell: Cell) -> None:
    """Whoever comes back to an urgent view says anew why he looks: each one leaves a debt of its own."""
    if cell.choice is not None and cell.choice.purpose is Purpose.URGENT:
        cell.choice = None


def _saved(_answer: None) -> None:
    """Nothing to show: the arrangement is simply there at the next start."""
