"""Flat things of the street, painted in their own centimetres and seen in perspective: walls and signs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QLinearGradient, QPainter, QPen

from console.i18n import RESOURCES
from console.views.demo_scenes.lens import CM, Lens, Wall
from console.views.demo_scenes.light import Light, Rgb, blend, colour

FONT_FILES: Final = RESOURCES / "fonts"


@cache
def family() -> str:
    """Load Sarabun from our own files (never the machine's) and return its family name."""
    for name in ("Sarabun-Bold.ttf", "Sarabun-Regular.ttf"):
        number = QFontDatabase.addApplicationFont(str(FONT_FILES / name))
        if number < 0:
            raise FileNotFoundError(FONT_FILES / name)
    return "Sarabun"


@contextmanager
def on_wall(p: QPainter, lens: Lens, wall: Wall) -> Iterator[QRectF]:
    """Paint on a wall; gives its rectangle in centimetres."""
    p.save()
    p.setTransform(lens.onto(wall), combine=True)
    try:
        yield QRectF(0, 0, wall.width * CM, wall.height * CM)
    finally:
        p.restore()


def lit(p: QPainter, rect: QRectF, wall: Wall, light: Light, gain: float = 1.0) -> None:
    """Lay the scene's light over what was painted on the wall so far."""
    across = QLinearGradient(rect.topLeft(), rect.topRight())
    normal = (wall.along[2], 0.0, -wall.along[0])
    for i in range(9):
        point = wall.point(wall.width * i / 8, wall.height * 0.6)
        tint = light.facing(normal, light.on(point))
        across.setColorAt(i / 8, colour((255 * gain, 255 * gain, 255 * gain), tint))
    p.save()
    p.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
    p.fillRect(rect, across)
    down = QLinearGradient(rect.topLeft(), rect.bottomLeft())
    dark = 150 if light.night else 216
    down.setColorAt(0.0, QColor(dark, dark, dark + 8))
    down.setColorAt(0.45, QColor(250, 250, 250))
    down.setColorAt(0.9, QColor(255, 255, 255))
    down.setColorAt(1.0, QColor(190, 190, 190))
    p.fillRect(rect, down)
    p.restore()


def text_in(p: QPainter, rect: QRectF, text: str, rgb: Rgb) -> None:
    """Write one line as large as the rectangle allows."""
    font = QFont(family())
    font.setBold(True)
    font.setPixelSize(100)
    metrics = QFontMetricsF(font)
    size = min(rect.width() / max(metrics.horizontalAdvance(text), 1.0), rect.height() / 138.0) * 100
    font.setPixelSize(max(4, int(size)))
    p.setFont(font)
    p.setPen(QPen(colour(rgb)))
    p.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text)


@dataclass(frozen=True)
class Sign:
    text: str
    ground: Rgb = (196, 30, 40)
    ink: Rgb = (255, 240, 190)
    second: str = ""
    shines: bool = False


def paint_sign(p: QPainter, rect: QRectF, sign: Sign) -> None:
    """Paint a shop sign with a frame, one or two lines of text and a soft sheen."""
    sheen = QLinearGradient(rect.topLeft(), rect.bottomLeft())
    sheen.setColorAt(0.0, colour(blend(sign.ground, (255, 255, 255), 0.22)))
    sheen.setColorAt(0.5, colour(sign.ground))
    sheen.setColorAt(1.0, colour(blend(sign.ground, (0, 0, 0), 0.18)))
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(sheen)
    p.drawRect(rect)
    edge = rect.adjusted(4, 4, -4, -4)
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.setPen(QPen(colour(sign.ink, alpha=0.7), 3))
    p.drawRect(edge)
    inner = edge.adjusted(10, 4, -10, -4)
    if sign.second:
        upper = QRectF(inner.left(), inner.top(), inner.width(), inner.height() * 0.64)
        text_in(p, upper, sign.text, sign.ink)
        text_in(p, QRectF(inner.left(), upper.bottom(), inner.width(), inner.height() * 0.36), sign.second, sign.ink)
    else:
        text_in(p, inner, sign.text, sign.ink)


def stains(p: QPainter, rect: QRectF, seed: int) -> None:
    """Run rain marks and patches down an old wall."""
    rng = np.random.default_rng(seed)
    p.setPen(Qt.PenStyle.NoPen)
    for _ in range(int(rect.width() / 28)):
        x, y = rect.left() + rng.uniform(0, rect.width()), rect.top() + rng.uniform(0, rect.height() * 0.6)
        fade = QLinearGradient(x, y, x, y + rng.uniform(60, 240))
        fade.setColorAt(0, QColor(40, 36, 30, int(rng.uniform(12, 40))))
        fade.setColorAt(1, QColor(40, 36, 30, 0))
        p.fillRect(QRectF(x, y, rng.uniform(4, 26), 240).intersected(rect), fade)


def blade(p: QPainter, scene: tuple[Lens, Light], wall: Wall, sign: Sign) -> None:
    """Paint a sign that stands out from a front; lit at night when it shines."""
    lens, light = scene
    with on_wall(p, lens, wall) as rect:
        paint_sign(p, rect, sign)
        if not (light.night and sign.shines):
            lit(p, rect, wall, light, 1.05)


def plain_wall(p: QPainter, scene: tuple[Lens, Light], wall: Wall, rgb: Rgb, seed: int = 1) -> None:
    """Paint a blank side or garden wall."""
    lens, light = scene
    with on_wall(p, lens, wall) as rect:
        base = QLinearGradient(rect.topLeft(), rect.bottomLeft())
        base.setColorAt(0, colour(rgb))
        base.setColorAt(1, colour(blend(rgb, (50, 44, 36), 0.22)))
        p.fillRect(rect, base)
        stains(p, rect, seed)
        lit(p, rect, wall, light)
