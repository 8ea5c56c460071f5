"""A camera's picture with its masks as outlines on it: drawing, selecting and moving them, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from console.i18n import _, plain
from console.masking import FEWEST_CORNERS, THOUSAND, Mask
from console.views.mask_draft import MaskDraft, Point, inside
from console.views.theme import Theme, font
from console.views.wall_keys import scan_code
from console.views.wall_model import Feed
from console.views.wall_paint import Overlay, TilePainter
from console.views.wall_tile import WIDE, image_of
from console.views.wall_words import NOTHING, Show, Words

STEP: Final = 2
LARGE_STEP: Final = 20
NEAR: Final = 9
"""So near to a corner, in pixels, a press takes hold of it."""

_SCAN_Z: Final = 0x2C
_WAYS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_BLANK: Final = QColor(96, 102, 110)
_COVER: Final = QColor(0, 0, 0, 150)
_SHADE: Final = QColor(0, 0, 0, 170)


@dataclass
class Shown:
    """What stands behind the outlines: the view, what its tile says, and what is written over a private picture."""

    feed: Feed | None = None
    words: Words = NOTHING
    shape: tuple[int, int] = WIDE
    lines: tuple[str, ...] = ()


class MaskCanvas(QWidget):
    """Paints and edits a draft. Where the picture is not there, the outlines stand on grey."""

    changed = Signal()
    refused = Signal(str)
    """What cannot be done, in words."""
    resized = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        # On a picture the colours made for the dark are seen best.
        self._dark = theme if theme.name == "dark" else Theme("dark")
        self._paint = TilePainter(theme, self.devicePixelRatioF())
        self.draft = MaskDraft()
        self.shown = Shown()
        self.sequence = -1
        self._shape = WIDE
        self._overlay: tuple[object, Overlay] | None = None
        self._pressed: QPoint | None = None
        self._dragging = False
        self._holding = False
        self._moved = False
        self._pointer: QPoint | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 150)
        self.setAccessibleName(plain(_("Picture with its masks")))

    # Where things are

    @property
    def target(self) -> QRect:
        """Where the picture lies: as large as there is room, in its own shape."""
        fitted = QSize(*self._shape).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - fitted.width()) // 2, (self.height() - fitted.height()) // 2
        return QRect(QPoint(left, top), fitted.expandedTo(QSize(1, 1)))

    def place_of(self, point: Point) -> QPointF:
        """Return where thousandths of the picture lie on the widget."""
        where = QRectF(self.target)
        across, down = point[0] * where.width() / THOUSAND, point[1] * where.height() / THOUSAND
        return QPointF(where.left() + across, where.top() + down)

    def point_at(self, place: QPoint) -> Point:
        """Return which thousandths of the picture a place on the widget is, the nearest inside the picture."""
        where = self.target
        x, y = (place.x() - where.left()) / where.width(), (place.y() - where.top()) / where.height()
        return inside((round(x * THOUSAND), round(y * THOUSAND)))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("window"))
        if self.shown.words.show is Show.NOTHING or not self._paint_picture(painter):
            self._shape = self.shown.shape
            painter.fillRect(self.target, _BLANK)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, mask in enumerate(self.draft.masks):
            self._paint_mask(painter, number, mask)
        self._paint_drawing(painter)
        painter.end()

    def _paint_picture(self, painter: QPainter) -> bool:
        feed = self.shown.feed
        picture = None if feed is None else feed.picture()
        if feed is None or picture is None:
            return False
        self.sequence = feed.sequence()
        self._shape = (picture.width, picture.height)
        target = self.target
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, image_of(picture, grey=self.shown.words.show is Show.GREY))
        if not picture.whole():
            self.sequence = -1
            return False
        self._paint_words(painter, target)
        return True

    def _paint_words(self, painter: QPainter, target: QRect) -> None:
        if self.shown.lines:
            key = (target, self.shown.lines)
            if self._overlay is None or self._overlay[0] != key:
                self._overlay = key, self._paint.overlay(target, self.shown.lines)
            for point in self._overlay[1].points:
                painter.drawPixmap(point, self._overlay[1].pixmap)
        if self.shown.words.plate:
            plate = self._paint.plate(self.shown.words, target.width())
            painter.drawPixmap(target.topLeft() + QPoint(4, 4), plate)

    def _paint_mask(self, painter: QPainter, number: int, mask: Mask) -> None:
        chosen = number == self.draft.selected
        stored = mask in self.draft.stored
        outline = QPolygonF([self.place_of(corner) for corner in mask.corners])
        if not stored:
            painter.setBrush(_COVER)
        elif self.shown.words.show is Show.NOTHING:
            painter.setBrush(QColor(0, 0, 0))
        else:
            # It is black in the picture itself.
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(_SHADE, 4 if chosen else 3))
        painter.drawPolygon(outline, Qt.FillRule.WindingFill)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        style = Qt.PenStyle.SolidLine if stored else Qt.PenStyle.DashLine
        painter.setPen(QPen(self._dark.colour("accent" if chosen else "text"), 2 if chosen else 1, style))
        painter.drawPolygon(outline)
        painter.setFont(font(bold=True))
        painter.drawText(outline.boundingRect(), Qt.AlignmentFlag.AlignCenter, str(number + 1))
        if chosen and not self.draft.fixed(number):
            for corner, place in enumerate(outline.toList()[: len(mask.corners)]):
                self._paint_corner(painter, place, chosen=corner == self.draft.corner)

    def _paint_corner(self, painter: QPainter, place: QPointF, *, chosen: bool) -> None:
        side = 11.0 if chosen else 8.0
        painter.setPen(QPen(_SHADE, 1))
        painter.setBrush(self._dark.colour("warning" if chosen else "accent"))
        painter.drawRect(QRectF(place.x() - side / 2, place.y() - side / 2, side, side))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_drawing(self, painter: QPainter) -> None:
        pen = QPen(self._dark.colour("warning"), 2, Qt.PenStyle.DashLine)
        if self._dragging and not self._holding and self._pressed is not None and self._pointer is not None:
            painter.fillRect(QRect(self._pressed, self._pointer).normalized() & self.target, _COVER)
            painter.setPen(pen)
            painter.drawRect(QRect(self._pressed, self._pointer).normalized() & self.target)
            return
        places = [self.place_of(point) for point in self.draft.drawing]
        if not places:
            return
        for place in places:
            self._paint_corner(painter, place, chosen=False)
        if self._pointer is not None:
            places.append(self.place_of(self.point_at(self._pointer)))
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(places))

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        place = event.position().toPoint()
        self._pressed, self._pointer, self._dragging, self._moved = place, place, False, False
        corner = None if self.draft.drawing else self._corner_at(place)
        self._holding = corner is not None
        if corner is not None:
            self.draft.select(self.draft.selected, corner)
            self._tell()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._pointer = event.position().toPoint()
        if self._pressed is not None and not self.draft.drawing:
            far = (place - self._pressed).manhattanLength() >= QApplication.startDragDistance()
            self._dragging = self._dragging or far
            if self._holding and self._dragging:
                self._moved = self.draft.move_corner(self.point_at(place), again=self._moved) or self._moved
                self._tell()
        if self._dragging or self.draft.drawing:
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        start, place = self._pressed, event.position().toPoint()
        dragged, held = self._dragging, self._holding
        self._pressed, self._dragging, self._holding = None, False, False
        if start is None or held or event.button() is not Qt.MouseButton.LeftButton:
            return
        if dragged:
            if not self.draft.add_rectangle(self.point_at(start), self.point_at(place)) and self.draft.full:
                self._refuse_more()
        else:
            self._click(place)
        self._tell()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.draft.drawing:
            self.draft.put(self.point_at(event.position().toPoint()))
            self.finish()

    def leaveEvent(self, event: object) -> None:
        del event
        self._pointer = None
        self.update()

    def _click(self, place: QPoint) -> None:
        point, drawing = self.point_at(place), self.draft.drawing
        if drawing:
            if len(drawing) >= FEWEST_CORNERS and _near(place, self.place_of(drawing[0])):
                self.finish()
            elif not self.draft.put(point):
                self.refused.emit(_("A mask has at most 32 corners. Enter closes it."))
            return
        under = self.draft.under(point)
        if under is not None or not self.target.contains(place):
            self.draft.select(under)
        elif not self.draft.put(point):
            self._refuse_more()

    def _corner_at(self, place: QPoint) -> int | None:
        number = self.draft.selected
        if number is None or self.draft.fixed(number):
            return None
        corners = self.draft.masks[number].corners
        return next((at for at, corner in enumerate(corners) if _near(place, self.place_of(corner))), None)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        way = _WAYS.get(Qt.Key(event.key()))
        if held == Qt.KeyboardModifier.ControlModifier and _is_z(event):
            self.do(self.draft.undo)
        elif way is not None and held in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier}:
            step = LARGE_STEP if held else STEP
            self.move_by((way[0] * step, way[1] * step))
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.draft.drawing:
            self.finish()
        elif event.key() == Qt.Key.Key_Backspace and self.draft.drawing:
            self.do(self.draft.undo)
        elif event.key() == Qt.Key.Key_Delete:
            self.remove()
        elif event.key() == Qt.Key.Key_Escape and (self.draft.drawing or self.draft.selected is not None):
            self.draft.drawing.clear()
            self.draft.select(None)
            self._tell()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001 - Qt's signature
        """Tab goes through masks and corners first, and leaves the picture after the last."""
        if not self.draft.drawing and self.draft.step(1 if forward else -1):
            self._tell()
            return True
        self._tell()
        return super().focusNextPrevChild(forward)

    # What is done

    def do(self, work: Callable[[], bool]) -> None:
        work()
        self._tell()

    def move_by(self, step: Point) -> None:
        if self.draft.selected is not None and self.draft.fixed(self.draft.selected):
            self._refuse_fixed()
        else:
            self.do(lambda: self.draft.move(step))

    def remove(self) -> None:
        if self.draft.selected is not None and self.draft.fixed(self.draft.selected):
            self._refuse_fixed()
        else:
            self.do(self.draft.remove)

    def finish(self) -> None:
        """End the polygon that is being drawn."""
        if not self.draft.close():
            self.refused.emit(_("A mask needs three corners or more, and a width and a height."))
        self._tell()

    def add_rectangle(self) -> None:
        """Put a rectangle into the middle, for the keyboard."""
        if not self.draft.add_in_the_middle():
            self._refuse_more()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._tell()

    def _refuse_more(self) -> None:
        self.refused.emit(_("A camera has at most 16 masks."))

    def _refuse_fixed(self) -> None:
        self.refused.emit(_("A stored mask is moved or taken off by the superintendent only."))

    def _tell(self) -> None:
        self.update()
        self.changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


def _near(place: QPoint, other: QPointF) -> bool:
    return max(abs(place.x() - other.x()), abs(place.y() - other.y())) <= NEAR


def _is_z(event: QKeyEvent) -> bool:
    """Z by its place on the keyboard, so that Thai may be active."""
    return event.key() == Qt.Key.Key_Z or scan_code(event) == _SCAN_Z
