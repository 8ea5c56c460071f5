"""Looking closer at one tile: which part of its picture is shown, and how many pixels are wanted for that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, QSizeF
from PySide6.QtGui import QImage, QPainter

from console.views.wall_keys import Act

if TYPE_CHECKING:
    from console.views.wall_model import Cell

MOST: Final = 8.0
WHEEL_STEP: Final = 2 ** (1 / 3)
"""Of one notch: three of them double."""
KEY_STEP: Final = 2**0.5
PAN_STEP: Final = 0.15
"""Of the visible part, with each press of an arrow."""
_NEARLY_WHOLE: Final = 1.02
_MIDDLE: Final = QPointF(0.5, 0.5)


@dataclass(frozen=True, slots=True)
class Zoom:
    """The visible part of a camera's picture, in shares of the whole: its upper left corner, and 1/`factor` of it."""

    camera_id: str = ""
    factor: float = 1.0
    left: float = 0.0
    top: float = 0.0

    def by(self, step: float, at: QPointF = _MIDDLE) -> Zoom:
        """Zoom so that what lies under `at` (in shares of the visible part) stays there."""
        factor = min(MOST, self.factor * step)
        if factor < _NEARLY_WHOLE:
            return replace(self, factor=1.0, left=0.0, top=0.0)
        left = self.left + at.x() / self.factor - at.x() / factor
        top = self.top + at.y() / self.factor - at.y() / factor
        return _placed(replace(self, factor=factor), left, top)

    def moved(self, right: float, down: float) -> Zoom:
        """Look further by shares of the visible part; the edge of the picture is the end."""
        return _placed(self, self.left + right / self.factor, self.top + down / self.factor)

    @property
    def words(self) -> str:
        return f"{self.factor:.1f}×"

    def part(self, picture: QSize, shown: QSize) -> QRectF:
        """Return the visible part of a picture; on whole pixels where it has as many as are shown."""
        width, height = picture.width() / self.factor, picture.height() / self.factor
        left, top = self.left * picture.width(), self.top * picture.height()
        if abs(width - shown.width()) < 1 and abs(height - shown.height()) < 1:
            right, below = picture.width() - shown.width(), picture.height() - shown.height()
            return QRectF(QRect(QPoint(min(round(left), right), min(round(top), below)), shown))
        return QRectF(left, top, width, height)

    def paint(self, painter: QPainter, image: QImage, target: QRect, shown: QSize) -> None:
        """Paint the visible part alone; smoothly where it does not have the pixels that are shown."""
        part = self.part(image.size(), shown)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, part.size() != QSizeF(shown))
        painter.drawImage(QRectF(target), image, part)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)


WHOLE: Final = Zoom()

_STEPS: Final[Mapping[Act, tuple[float, float, float]]] = {
    Act.ZOOM_IN: (KEY_STEP, 0.0, 0.0),
    Act.ZOOM_OUT: (1 / KEY_STEP, 0.0, 0.0),
    Act.ZOOM_RESET: (0.0, 0.0, 0.0),
    Act.PAN_LEFT: (1.0, -PAN_STEP, 0.0),
    Act.PAN_RIGHT: (1.0, PAN_STEP, 0.0),
    Act.PAN_UP: (1.0, 0.0, -PAN_STEP),
    Act.PAN_DOWN: (1.0, 0.0, PAN_STEP),
}
LOOKS: Final = frozenset(_STEPS)
"""What keys do with the picture of the selected tile."""


def looked(zoom: Zoom, act: Act) -> Zoom:
    """Return what is visible after a key."""
    step, right, down = _STEPS[act]
    return zoom.by(step).moved(right, down)


def share_of(target: QRect, point: QPointF) -> QPointF:
    """Return where in a picture's place a point lies, in shares of it; beside it, the nearest edge."""
    right = (point.x() - target.left()) / target.width()
    down = (point.y() - target.top()) / target.height()
    return QPointF(min(1.0, max(0.0, right)), min(1.0, max(0.0, down)))


def zoom_of(cell: Cell) -> Zoom:
    """Return how close a tile looks: another camera on it is looked at whole."""
    if cell.camera is None:
        return WHOLE
    return cell.zoom if cell.zoom.camera_id == cell.camera.id else replace(WHOLE, camera_id=cell.camera.id)


def _placed(zoom: Zoom, left: float, top: float) -> Zoom:
    most = 1.0 - 1.0 / zoom.factor
    return replace(zoom, left=min(most, max(0.0, left)), top=min(most, max(0.0, top)))
