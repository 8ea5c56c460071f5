"""Tours: one named wall after the other, each for its time; what the next page needs is opened shortly before.

A page's cameras are held ready as views of their own (kind prewarm, without a picture). When the page turns, they are
opened as views of the tour, and the ready ones end as soon as those show a picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.i18n import _
from console.kernel import ConsoleError, Denied, EndReason, PixelSize, ViewKind
from console.services.named_walls import NamedWallRow, TourRow
from console.views.wall_board import PUBLIC_PURPOSE
from console.views.wall_handover import plays
from console.views.wall_layouts import layout_named
from console.views.wall_model import Ask, Cell, Feed, Waiting, WallCamera
from console.views.wall_named import WallShelf

AHEAD_S: Final = 5.0
"""So long before the page turns its cameras are opened."""
PATIENCE_S: Final = 4.0
"""How long a view that was held ready waits for the picture of the view that takes its place."""
LOOK_MS: Final = 100
NO_PICTURE: Final = PixelSize(0, 0)


@dataclass(slots=True)
class _Run:
    tour: TourRow
    pages: list[NamedWallRow]
    left_s: float
    looked: float
    page: int = 0
    held: bool = False
    asked: bool = False


class Tours(QObject):
    """At most one tour at a time. `seen` tells whether the wall is on the screen: unseen, a tour waits."""

    changed = Signal()

    def __init__(self, shelf: WallShelf, seen: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self._board = shelf.board
        self._seen = seen
        self._run: _Run | None = None
        self._last = ""
        self._ready: dict[str, Feed] = {}
        self._relieved_by: float | None = None
        self._ticket = 0
        self._words = ""
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        shelf.changed.connect(self._reread)
        shelf.opened.connect(self._give_way)
        self._board.layout_chosen.connect(self._give_way)
        self._board.tiles_moved.connect(self.hold)
        self._board.visitors_changed.connect(self._on_visitors)

    @property
    def running(self) -> TourRow | None:
        return None if self._run is None else self._run.tour

    @property
    def waits(self) -> bool:
        """Whether the page stays: somebody holds it, enlarged a tile, locked the console, or is on another page."""
        board = self._board
        held = self._run is not None and self._run.held
        return held or board.focused is not None or board.locked or not self._seen()

    def words(self) -> str:
        """Say where the tour is; nothing without one."""
        run = self._run
        if run is None:
            return ""
        page, pages = run.page + 1, len(run.pages)
        if self.waits:
            return _("Tour · page {page} of {pages} · held", page=page, pages=pages)
        return _("Tour · page {page} of {pages} · {n} s", page=page, pages=pages, n=max(0, int(run.left_s + 0.999)))

    # What somebody does

    def start(self, tour: TourRow) -> None:
        self._end_run(EndReason.CLOSED)
        pages = self._shelf.pages(tour)
        if not pages:
            self._board.failed.emit(ConsoleError("walls.tour_empty"))
            return
        now = self._board.ui.clock.monotonic()
        self._run, self._last = _Run(tour, pages, tour.dwell_s, now), tour.id
        self._show(pages[0])
        self._shelf.tell_missing(pages)
        self._timer.start()
        self._tell()

    def toggle(self) -> bool:
        """End the tour, or start the one that ran last, else the first; False if there is none."""
        if self._run is not None:
            self.stop()
            return True
        tours = [tour for tour in self._shelf.found.tours if self._shelf.pages(tour)]
        if tours:
            self.start(next((tour for tour in tours if tour.id == self._last), tours[0]))
        return bool(tours)

    def toggle_hold(self) -> None:
        """Hold the page, or go on; a tile that was enlarged takes its place again."""
        run = self._run
        if run is None:
            return
        waits = self.waits
        run.held = not waits
        if waits and self._board.focused is not None:
            self._board.toggle_focus()
        self.look()

    @Slot()
    def hold(self) -> None:
        """Stay on the page that somebody rearranged: turning it would take his work away."""
        if self._run is not None:
            self._run.held = True
            self.look()

    @Slot()
    def stop(self) -> None:
        """End the tour; the page it shows is the wall now."""
        if self._run is not None:
            self._end_run(EndReason.CLOSED)
            self._board.settle(save=True)

    @Slot()
    def _give_way(self) -> None:
        """Another wall was chosen, which is kept by whoever shows it."""
        self.leave(EndReason.CLOSED)

    def leave(self, reason: EndReason) -> None:
        """End it and keep nothing: at the officer's going, the next start restores the wall from before the tour."""
        if self._run is not None:
            self._end_run(reason)
            self._board.settle(save=False)

    # Time passes

    @Slot()
    def look(self) -> None:
        """Turn the page when its time is over; before that, open what the next one needs."""
        run, now = self._run, self._board.ui.clock.monotonic()
        if run is None:
            return
        passed, run.looked = now - run.looked, now
        if self._relieved_by is not None:
            self._relieve(now)
        if self.waits:
            if run.asked:
                self._drop(EndReason.CLOSED)
                run.asked = False
        else:
            run.left_s -= passed
            if run.left_s <= 0:
                self._turn(run, now)
            elif run.left_s <= AHEAD_S and not run.asked and self._relieved_by is None:
                run.asked = True
                self._make_ready(run.pages[(run.page + 1) % len(run.pages)])
        self._tell()

    def _turn(self, run: _Run, now: float) -> None:
        run.page = (run.page + 1) % len(run.pages)
        run.left_s, run.asked = run.tour.dwell_s, False
        # An answer that is still on its way would make ready what is already asked for.
        self._ticket += 1
        self._show(run.pages[run.page])
        self._relieved_by = now + PATIENCE_S
        self._relieve(now)

    def _show(self, page: NamedWallRow) -> None:
        layout = layout_named(page.layout)
        if layout is not None:
            self._board.arrange(layout, page.cells, ViewKind.TOUR)

    def _make_ready(self, page: NamedWallRow) -> None:
        """Ask for the cameras of a page that do not run on the wall. A refusal is no view, nothing else."""
        board, desk = self._board, self._board.desk
        layout = layout_named(page.layout)
        running = {cell.camera.id for cell in board.cells if cell.camera is not None and cell.feed is not None}
        wanted = [] if layout is None else page.cells[: layout.count]
        cameras = [
            board.cameras[cell] for cell in dict.fromkeys(wanted) if cell in board.cameras and cell not in running
        ]
        asks = [ask for camera in cameras if (ask := self._ask_for(camera)) is not None]
        self._ticket += 1
        ticket = self._ticket

        def answered(answers: Sequence[Feed | Denied]) -> None:
            for ask, answer in zip(asks, answers, strict=True):
                if isinstance(answer, Denied):
                    continue
                if ticket == self._ticket:
                    self._ready[ask.camera_id] = answer
                else:
                    answer.end(EndReason.CLOSED)

        if asks:
            board.ui.tasks.write(lambda: desk.open_many(asks), answered, board.fail)

    def _ask_for(self, camera: WallCamera) -> Ask | None:
        """With the purpose that its tile will have without anybody's choice; without one nobody may look yet."""
        board = self._board
        if camera.private and board.visitors:
            return None
        incident = board.purpose if board.purpose is not None and board.purpose.incident is not None else None
        choice = incident or (None if camera.private else PUBLIC_PURPOSE)
        return None if choice is None else Ask(camera.id, choice, NO_PICTURE, ViewKind.PREWARM)

    def _relieve(self, now: float) -> None:
        """End what was held ready and is shown now, or is not wanted any more, or was waited for long enough."""
        late = self._relieved_by is not None and now >= self._relieved_by
        cells = {cell.camera.id: cell for cell in self._board.cells if cell.camera is not None}
        for camera_id, feed in list(self._ready.items()):
            if late or not _awaited(cells.get(camera_id)):
                del self._ready[camera_id]
                feed.end(EndReason.CLOSED)
        if not self._ready:
            self._relieved_by = None

    @Slot()
    def _on_visitors(self) -> None:
        if self._board.visitors and self._run is not None:
            self._drop(EndReason.VISITORS)
            self._run.asked = False

    @Slot()
    def _reread(self) -> None:
        """Take a tour that was changed meanwhile; one that was deleted, or has no page left, ends."""
        run = self._run
        if run is None:
            return
        tour = next((tour for tour in self._shelf.found.tours if tour.id == run.tour.id), None)
        pages = [] if tour is None else self._shelf.pages(tour)
        if tour is None or not pages:
            self.stop()
            return
        shown = run.pages[run.page].id
        # Where the page shown is gone, the one that follows it has moved up into its place.
        run.page = next((at for at, page in enumerate(pages) if page.id == shown), (run.page - 1) % len(pages))
        run.tour, run.pages = tour, pages
        self._tell()

    def _drop(self, reason: EndReason) -> None:
        self._ticket += 1
        ready, self._ready, self._relieved_by = self._ready, {}, None
        for feed in ready.values():
            feed.end(reason)

    def _end_run(self, reason: EndReason) -> None:
        self._timer.stop()
        self._run = None
        self._drop(reason)
        self._tell()

    def _tell(self) -> None:
        words = self.words()
        if words != self._words:
            self._words = words
            self.changed.emit()


def _awaited(cell: Cell | None) -> bool:
    """Whether the tile of a camera still waits for its own first picture."""
    if cell is None or cell.denied is not None or (cell.feed is None and cell.waiting is not Waiting.GATE):
        return False
    return cell.feed is None or not plays(cell.feed)
