"""Where the plates of a tile lie: inside it, and never one over the other."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPixmap

from console.views.wall_paint import PLATE

GAP: Final = 4


SIGN: Final = PLATE + 2
"""What a plate without words takes from the other beside it."""

LEAST_FOR_TWO: Final = 90
"""A tile that is narrower holds no words beside the lock."""


def is_low(target: QRect) -> bool:
    """Tell whether a picture is too low for two plates, one over the other: then they stand in one line."""
    return target.height() < 2 * PLATE + 3 * GAP


def lock_point(area: QRect, target: QRect, lock: QPixmap, plate: QPixmap | None) -> QPoint:
    """At the picture's upper left; a narrow picture lends room from the dark beside it."""
    right = area.right() - _width(lock) - 1
    if plate is not None and is_low(target):
        right -= _width(plate) + 2
    left = max(area.left(), min(target.left() + GAP, right))
    return QPoint(left, target.top() + (GAP if target.height() >= PLATE + 2 * GAP else 0))


def plate_point(area: QRect, target: QRect, plate: QPixmap, lock: QPixmap | None) -> QPoint:
    """At the foot of the picture, in its middle; on a low one beside the lock."""
    width = _width(plate)
    left = target.left() + (target.width() - width) // 2
    if lock is not None and is_low(target):
        left = max(left, lock_point(area, target, lock, plate).x() + _width(lock) + 2)
    left = max(area.left(), min(left, area.right() - width))
    return QPoint(left, max(target.top(), target.bottom() - PLATE - GAP))


def _width(pixmap: QPixmap) -> int:
    return round(pixmap.width() / pixmap.devicePixelRatio())
