"""One tile of the wall: where it lies, what of it is ready to be drawn, and how it is painted.

Pictures are taken from the gate at the moment of painting (`Feed.picture`), so nothing is shown past its lease; a
picture that was written over meanwhile is painted again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from console.views.emergency_words import paint_border
from console.views.emergency_words import plate_point as head_point
from console.views.theme import Theme
from console.views.wall_model import Cell, Picture
from console.views.wall_paint import STRIP, Overlay
from console.views.wall_plates import lock_point, plate_point
from console.views.wall_words import NOTHING, Show, Words
from console.views.wall_zoom import WHOLE, Zoom

WIDE: Final = (16, 9)
"""The shape of a picture that is not known yet."""
_GREY: Final = QColor(8, 11, 15, 120)


@dataclass(slots=True)
class Tile:
    """A visible cell; everything the hot path needs is ready here."""

    index: int
    cell: Cell
    frame: QRect
    area: QRect
    strip_at: QPoint
    target: QRect
    device: QSize
    words: Words = NOTHING
    said: object = None
    sequence: int = -1
    painted: bool = False
    aspect: tuple[int, int] = WIDE
    strip: QPixmap | None = None
    message: QPixmap | None = None
    plate: QPixmap | None = None
    lock_plate: QPixmap | None = None
    zoom: Zoom = WHOLE
    zoom_plate: QPixmap | None = None
    overlay: Overlay | None = None
    overlay_of: object = None
    emergency: bool = False
    emergency_plate: QPixmap | None = None

    @property
    def strip_area(self) -> QRect:
        return QRect(self.strip_at, QSize(self.area.width(), STRIP))

    def paint_frame(self, painter: QPainter, theme: Theme, *, selected: bool) -> None:
        """Paint what lies around the picture."""
        painter.setClipRect(self.frame)
        painter.fillRect(self.frame, theme.colour("accent" if selected else "wall"))
        painter.fillRect(self.area, theme.colour("tile"))
        if self.strip is not None:
            painter.drawPixmap(self.strip_at, self.strip)

    def paint_area(self, painter: QPainter, theme: Theme, ratio: float) -> None:
        """Paint the newest picture the gate gives with what stands on it, else the tile's message."""
        # Clipping to the one tile lets Qt copy the picture as a whole instead of line by line.
        painter.setClipRect(self.area)
        self._paint_inside(painter, theme, ratio)
        if self.emergency:
            paint_border(painter, theme, self.area)
            if self.emergency_plate is not None:
                beside = self.painted and (self.lock_plate is not None or self.zoom_plate is not None)
                point = head_point(self.area, self.target, self.emergency_plate, beside=beside)
                painter.drawPixmap(point, self.emergency_plate)

    def _paint_inside(self, painter: QPainter, theme: Theme, ratio: float) -> None:
        self.painted = self.words.show is not Show.NOTHING and self._paint_picture(painter, ratio)
        if not self.painted:
            if self.message is not None:
                painter.drawPixmap(self.area.topLeft(), self.message)
            else:
                painter.fillRect(self.area, theme.colour("tile"))
            return
        if self.overlay is not None:
            for point in self.overlay.points:
                painter.drawPixmap(point, self.overlay.pixmap)
        if self.lock_plate is not None:
            point = lock_point(self.area, self.target, self.lock_plate, self.plate)
            painter.drawPixmap(point, self.lock_plate)
        if self.zoom_plate is not None:
            painter.drawPixmap(self.target.topRight() + QPoint(-_width(self.zoom_plate) - 3, 4), self.zoom_plate)
        if self.plate is not None:
            point = plate_point(self.area, self.target, self.plate, self.lock_plate)
            painter.drawPixmap(point, self.plate)

    def _paint_picture(self, painter: QPainter, ratio: float) -> bool:
        """Paint the newest picture the gate gives; False if it gives none."""
        feed = self.cell.feed
        if feed is None:
            return False
        for _attempt in range(2):
            self.sequence = feed.sequence()
            picture = feed.picture()
            if picture is None:
                return False
            self._draw(painter, image_of(picture, grey=self.words.show is Show.GREY), ratio)
            if picture.whole():
                return True
        # Written over twice within one painting: nothing is shown rather than something torn; the next tick tries anew.
        self.sequence = -1
        return False

    def _draw(self, painter: QPainter, image: QImage, ratio: float) -> None:
        grey = self.words.show is Show.GREY
        if self.zoom.factor != 1.0:
            self.zoom.paint(painter, image, self.target, self.device)
        elif grey:
            painter.drawImage(self.target, image)
        elif ratio == 1.0 and image.size() == self.target.size():
            painter.drawImage(self.target.topLeft(), image)
        elif image.size() == self.device:
            painter.drawImage(self.target, image)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
            painter.drawImage(self.target, image)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        if grey:
            painter.fillRect(self.target, _GREY)


def image_of(picture: Picture, *, grey: bool) -> QImage:
    """Return the picture for painting, over the same memory unless it is greyed: `whole` tells whether it was torn."""
    image = QImage(picture.pixels, picture.width, picture.height, picture.stride, QImage.Format.Format_RGB32)
    return image.convertToFormat(QImage.Format.Format_Grayscale8) if grey else image


def _width(pixmap: QPixmap) -> int:
    return round(pixmap.width() / pixmap.devicePixelRatio())
