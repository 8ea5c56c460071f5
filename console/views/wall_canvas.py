"""The wall itself: one widget paints every tile, and only what changed.

The edges of tiles lie on whole device pixels, so that a picture of the tile's size is copied without scaling.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QMimeData,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from console.i18n import _, plain
from console.kernel import PixelSize, TileState
from console.views.emergency_words import emergency_of, plate_words
from console.views.wall_board import Board
from console.views.wall_keys import Act, read_key
from console.views.wall_model import TileStatus
from console.views.wall_paint import PLATE, STRIP, TilePainter
from console.views.wall_plates import LEAST_FOR_TWO, SIGN, is_low
from console.views.wall_tile import WIDE, Tile
from console.views.wall_words import NOTHING, Show, Words, cell_words, connecting_words, overlay_lines
from console.views.wall_zoom import WHEEL_STEP, Zoom, looked, share_of, zoom_of

TICK_MS: Final = 33
"""Pictures that came meanwhile are painted together, at half the cost of 16 ms."""

FAST_TICK_MS: Final = 16
"""For a few large tiles, where motion is looked at."""

SETTLE_MS: Final = 250
"""Who zooms turns the wheel several times: only then another size is asked for."""

NOTCH: Final = 120
"""What Qt calls one step of a wheel."""

FEW: Final = 4
LARGEST: Final = PixelSize(1920, 1080)
STATUS_EVERY: Final = 3
"""Every tile's state is asked each third tick: ten times a second or more, spread over the ticks."""
CAMERA_MIME: Final = "application/x-ccoc-camera"
TILE_MIME: Final = "application/x-ccoc-tile"
_MARGIN: Final = 2
_DATE_ROOM: Final = 240
"""From this width of a picture on, the overlay has room for the date beside the time."""


class Canvas(QWidget):
    """Paints the board's visible cells; selection, dragging and keys come in here."""

    pressed = Signal(object)
    activated = Signal()
    state_changed = Signal(int)

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._tiles: list[Tile] = []
        self._by_index: dict[int, Tile] = {}
        self._rest = QRegion()
        self._paint = TilePainter(board.ui.theme, self.devicePixelRatioF())
        self._tick_number = 0
        self._drag_from: QPoint | None = None
        self._pan_from: QPoint | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.setAccessibleName(plain(_("Camera wall")))
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self.settle)
        board.layout_changed.connect(self.relayout)
        board.cells_changed.connect(self._on_cells)
        board.selection_changed.connect(self._on_selection)

    def sizeHint(self) -> QSize:
        return QSize(960, 540)

    def retell(self) -> None:
        """Draw every word and colour anew, in the language and the look of now; pictures run on."""
        self.setAccessibleName(plain(_("Camera wall")))
        self._paint = TilePainter(self._board.ui.theme, self.devicePixelRatioF())
        self.relayout()

    # Where everything lies

    @Slot()
    def relayout(self) -> None:
        """Lay the visible cells out anew; running views only change their size."""
        if not self.isVisible():
            return
        ratio = self.devicePixelRatioF()
        if ratio != self._paint.ratio:
            self._paint = TilePainter(self._board.ui.theme, ratio)
        shown = self._board.visible()
        shape = self._board.shape()
        grain = _grain(ratio)
        origin = self.mapTo(self.window(), QPoint(0, 0))
        xs = _edges(self.width(), shape.side, grain, origin.x())
        ys = _edges(self.height(), shape.side, grain, origin.y())
        margin = max(_MARGIN, grain)
        old = self._by_index
        self._tiles = []
        for index, box in zip(shown, shape.cells, strict=True):
            frame = QRect(QPoint(xs[box.column], ys[box.row]), QPoint(xs[box.right] - 1, ys[box.bottom] - 1))
            inner = frame.adjusted(margin, margin, -margin, -margin)
            area = inner.adjusted(0, 0, 0, -STRIP)
            cell = self._board.cells[index]
            before = old.get(index)
            aspect = before.aspect if before is not None and before.cell is cell else WIDE
            tile = Tile(index, cell, frame, area, QPoint(inner.left(), area.bottom() + 1), area, QSize())
            self._tiles.append(tile)
            self._fit(tile, aspect)
        self._by_index = {tile.index: tile for tile in self._tiles}
        grid = QRect(QPoint(xs[0], ys[0]), QPoint(xs[-1] - 1, ys[-1] - 1))
        self._rest = QRegion(self.rect()).subtracted(QRegion(grid))
        self._timer.setInterval(FAST_TICK_MS if len(self._tiles) <= FEW else TICK_MS)
        for tile in self._tiles:
            self._ask_state(tile, anew=True)
        self.update()

    def _fit(self, tile: Tile, aspect: tuple[int, int]) -> None:
        """Place the picture at its true aspect in the tile, on whole device pixels, and ask the view for that size."""
        ratio = self._paint.ratio
        grain = _grain(ratio)
        tile.aspect = aspect
        room = tile.area.size()
        fitted = QSize(*aspect).scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        # Two pixels of aspect are given away rather than scaling every picture; FFmpeg scales to even widths only fast.
        step = grain if round(grain * ratio) % 2 == 0 else 2 * grain
        fitted = QSize(max(step, fitted.width() // step * step), max(grain, fitted.height() // grain * grain))
        left = tile.area.left() + (room.width() - fitted.width()) // 2 // grain * grain
        top = tile.area.top() + (room.height() - fitted.height()) // 2 // grain * grain
        tile.target = QRect(QPoint(left, top), fitted)
        tile.overlay_of = None
        tile.device = QSize(round(fitted.width() * ratio), round(fitted.height() * ratio))
        self._dress_zoom(tile)
        self._ask_size(tile)

    def _ask_size(self, tile: Tile) -> None:
        """Ask for as many pixels as the visible part needs to fill its place."""
        wide, high = tile.device.width() * tile.zoom.factor, tile.device.height() * tile.zoom.factor
        self._board.resize(tile.index, affordable(PixelSize(round(wide), round(high))))

    # Looking closer

    def look(self, act: Act) -> bool:
        """Zoom the selected tile's picture or move it; False if that changes nothing or there is no picture."""
        tile = self._by_index.get(self._board.selected)
        return tile is not None and self._look(tile, looked(tile.zoom, act))

    def _look(self, tile: Tile, zoom: Zoom) -> bool:
        if zoom == tile.zoom or tile.words.show is Show.NOTHING:
            return False
        tile.cell.zoom = zoom
        self._dress_zoom(tile)
        self.update(tile.area)
        self._settling.start()
        return True

    def _dress_zoom(self, tile: Tile) -> None:
        before, tile.zoom = tile.zoom, zoom_of(tile.cell)
        if tile.zoom.factor == 1.0:
            tile.zoom_plate = None
        elif tile.zoom_plate is None or tile.zoom.words != before.words:
            words = Words("search", "text", "", plate=tile.zoom.words)
            tile.zoom_plate = self._paint.plate(words, tile.area.width())

    @Slot()
    def settle(self) -> None:
        """Ask the gate for pictures as large as is looked at now."""
        self._settling.stop()
        for tile in self._tiles:
            self._ask_size(tile)

    # What the tiles say

    @Slot()
    def tick(self) -> None:
        """Look which pictures are new, and at a third of the tiles whether their state changed."""
        phase = self._tick_number = (self._tick_number + 1) % STATUS_EVERY
        for number, tile in enumerate(self._tiles):
            feed = tile.cell.feed
            if feed is None:
                continue
            if tile.words.show is not Show.NOTHING and feed.sequence() != tile.sequence:
                self.update(tile.target)
            if number % STATUS_EVERY == phase:
                self._ask_state(tile)

    def _ask_state(self, tile: Tile, *, anew: bool = False) -> None:
        """Compare what the tile says with what the gate says now; draw its words again only if they differ."""
        cell = tile.cell
        feed = cell.feed
        status = None if feed is None else feed.state()
        dark = feed is None or feed.picture() is None
        now = self._board.ui.clock.now()
        until = emergency_of(feed)
        emergency = None if until is None else plate_words(until, now)
        said = (cell.camera, cell.waiting, cell.denied, _essence(status), dark, now.minute, emergency)
        if said == tile.said and not anew:
            return
        if dark and tile.painted:
            # The lease ended: the pixels on the screen go now, not with the next picture.
            self.update(tile.area)
        news, tile.said = said != tile.said, said
        words = cell_words(cell, status, now)
        if words.show is not Show.NOTHING and dark:
            words = _without_picture(words)
        if status is not None and status.facts.width and status.facts.height:
            aspect = (status.facts.width, status.facts.height)
            if aspect != tile.aspect:
                self._fit(tile, aspect)
        news = news or words != tile.words
        self._dress_emergency(tile, emergency)
        self._dress(tile, words)
        if news:
            # Also without new words: the card tells what kind of picture it is.
            self.state_changed.emit(tile.index)

    def _dress_emergency(self, tile: Tile, words: Words | None) -> None:
        """A tile that is seen by a superintendent's override bears a red frame, and says how long it does."""
        tile.emergency = words is not None
        tile.emergency_plate = None if words is None else self._paint.plate(words, tile.area.width())

    def _dress(self, tile: Tile, words: Words) -> None:
        """Make the pixmaps that these words need."""
        tile.words = words
        selected = tile.index == self._board.selected
        tile.strip = self._paint.strip(tile.area.size(), tile.cell.camera, words, tile.index)
        tile.message = tile.plate = tile.lock_plate = None
        if tile.cell.camera is None:
            tile.message = self._paint.empty(tile.area.size(), selected=selected)
        elif words.show is Show.NOTHING:
            tile.message = self._paint.message(tile.area.size(), words)
        else:
            self._dress_picture(tile, words)
        self.update(tile.frame)

    def _dress_picture(self, tile: Tile, words: Words) -> None:
        feed, camera = tile.cell.feed, tile.cell.camera
        room = tile.area.width() if tile.area.height() >= PLATE else 0
        low = is_low(tile.target)
        # Where there is no room for both, the state is what must be read.
        unsafe = feed is not None and feed.unencrypted and not (words.plate and low and room < LEAST_FOR_TWO)
        if words.plate and room:
            tile.plate = self._paint.plate(words, room - (SIGN if unsafe and low else 0))
        if unsafe and room:
            lock = Words("unencrypted", "warning", "", plate=_("Unencrypted"))
            tile.lock_plate = self._paint.plate(lock, 0 if tile.plate is not None and low else room)
        if feed is not None and feed.private and camera is not None:
            lines = self._overlay_lines(tile, camera.code)
            if tile.overlay_of != lines:
                tile.overlay_of = lines
                tile.overlay = self._paint.overlay(tile.target, lines)
        else:
            tile.overlay = tile.overlay_of = None

    def _overlay_lines(self, tile: Tile, code: str) -> tuple[str, ...]:
        ui = self._board.ui
        return overlay_lines(ui.session, code, ui.clock.now(), dated=tile.target.width() >= _DATE_ROOM)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        region = event.region()
        painter = QPainter(self)
        theme = self._board.ui.theme
        ground = theme.colour("wall")
        if not self._tiles:
            painter.fillRect(event.rect(), ground)
        elif region.intersects(self._rest):
            painter.setClipRegion(self._rest)
            painter.fillRect(self.rect(), ground)
        for tile in self._tiles:
            if not region.intersects(tile.frame):
                continue
            if region.intersects(tile.strip_area):
                tile.paint_frame(painter, theme, selected=tile.index == self._board.selected)
            tile.paint_area(painter, theme, self._paint.ratio)
        painter.end()

    # Events of the board

    @Slot(object)
    def _on_cells(self, indices: tuple[int, ...]) -> None:
        for index in indices:
            tile = self._by_index.get(index)
            if tile is None:
                continue
            cell = self._board.cells[index]
            if cell is not tile.cell:
                tile.cell, tile.sequence = cell, -1
                tile.overlay, tile.overlay_of = None, None
                self._fit(tile, WIDE)
            elif tile.zoom != zoom_of(cell):
                self._fit(tile, tile.aspect)
            self._ask_state(tile, anew=True)

    @Slot(int)
    def _on_selection(self, before: int) -> None:
        for index in (before, self._board.selected):
            tile = self._by_index.get(index)
            if tile is not None:
                self._ask_state(tile, anew=True)

    def words_of(self, index: int) -> Words:
        """Return what a visible tile says now."""
        tile = self._by_index.get(index)
        return NOTHING if tile is None else tile.words

    def pause(self) -> None:
        """Stop ticking by itself: for tests and still pictures, which tick by hand."""
        self._timer.stop()

    def live_count(self) -> tuple[int, int]:
        """Return how many of the placed visible tiles are LIVE, and how many are placed, whatever page is in front."""
        if not self.isVisible():
            # No tick asks the tiles then, and what they said last may be long over.
            for tile in self._tiles:
                self._ask_state(tile)
        placed = [tile for tile in self._tiles if tile.cell.camera is not None]
        return sum(1 for tile in placed if tile.words.show is Show.PICTURE), len(placed)

    def tile_at(self, point: QPoint) -> int | None:
        return next((tile.index for tile in self._tiles if tile.frame.contains(point)), None)

    # Events of Qt

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.relayout()
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.relayout()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.relayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        press = read_key(event)
        if press is None:
            super().keyPressEvent(event)
        else:
            self.pressed.emit(press)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        point = event.position().toPoint()
        index = self.tile_at(point)
        if index is None:
            return
        self._board.select(index)
        tile = self._by_index[index]
        # The strip with the name still carries the tile itself.
        if tile.zoom.factor != 1.0 and tile.words.show is not Show.NOTHING and tile.target.contains(point):
            self._pan_from = point
        else:
            self._drag_from = point

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        del event
        self._drag_from = self._pan_from = None
        self.activated.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        del event
        self._drag_from = self._pan_from = None
        self.unsetCursor()

    def wheelEvent(self, event: QWheelEvent) -> None:
        index = self.tile_at(event.position().toPoint())
        if index is not None:
            tile = self._by_index[index]
            step = WHEEL_STEP ** (event.angleDelta().y() / NOTCH)
            self._look(tile, tile.zoom.by(step, share_of(tile.target, event.position())))
        event.accept()

    def _pan(self, tile: Tile, way: QPoint) -> None:
        """Let the picture follow the hand."""
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._look(tile, tile.zoom.moved(-way.x() / tile.target.width(), -way.y() / tile.target.height()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None:
            way, self._pan_from = event.position().toPoint() - self._pan_from, event.position().toPoint()
            if (tile := self._by_index.get(self._board.selected)) is not None:
                self._pan(tile, way)
            return
        start = self._drag_from
        if start is None:
            return
        if (event.position().toPoint() - start).manhattanLength() < QApplication.startDragDistance():
            return
        self._drag_from = None
        index = self.tile_at(start)
        camera = None if index is None else self._board.cells[index].camera
        if index is None or camera is None:
            return
        data = QMimeData()
        data.setData(TILE_MIME, QByteArray(str(index).encode()))
        # For the wall of the other window, on which this tile's number is another tile.
        data.setData(CAMERA_MIME, QByteArray(camera.id.encode()))
        drag = QDrag(self)
        drag.setMimeData(data)
        strip = self._by_index[index].strip
        if strip is not None:
            # The name travels with the pointer, the camera's picture does not leave its tile.
            drag.setPixmap(strip)
        drag.exec(Qt.DropAction.MoveAction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(CAMERA_MIME) or event.mimeData().hasFormat(TILE_MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if self.tile_at(event.position().toPoint()) is None:
            event.ignore()
        else:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        index = self.tile_at(event.position().toPoint())
        if index is None:
            return
        data = event.mimeData()
        if event.source() is self and data.hasFormat(TILE_MIME):
            self._board.swap(int(bytes(data.data(TILE_MIME).data()).decode()), index)
        elif data.hasFormat(CAMERA_MIME):
            self._board.place(index, bytes(data.data(CAMERA_MIME).data()).decode())
        self._board.select(index)
        event.acceptProposedAction()


def _essence(status: TileStatus | None) -> object:
    """What of a status changes the words: the age counts in whole seconds."""
    if status is None:
        return None
    age = None if status.age_s is None or status.state is TileState.LIVE else int(status.age_s)
    told = status.state, status.fault, status.deny, status.attempt, status.facts
    return *told, age, status.why_small, status.eased, status.shown_rate


def _without_picture(words: Words) -> Words:
    """A tile for which the gate gives no picture claims none."""
    if words.show is Show.GREY:
        return Words(words.icon, words.colour, words.badge, message=words.plate or words.badge, short=words.short)
    return connecting_words()


def affordable(size: PixelSize) -> PixelSize:
    """Ask for no larger picture than a worker's memory holds; on a larger screen it is scaled up."""
    share = min(1.0, LARGEST.width / size.width, LARGEST.height / size.height)
    return size if share == 1.0 else PixelSize(int(size.width * share), int(size.height * share))


def _grain(ratio: float) -> int:
    """Return the smallest step of logical pixels that is a whole number of device pixels."""
    return next((step for step in (1, 2, 3, 4) if abs(step * ratio - round(step * ratio)) < 1e-6), 1)  # noqa: PLR2004


def _edges(length: int, parts: int, grain: int, origin: int) -> list[int]:
    """Cut a length into parts whose edges lie on whole device pixels of the window."""
    first = -origin % grain
    return [first + (length - first) * part // parts // grain * grain for part in range(parts + 1)]
