"""Light of a scene: what reaches a point, glows of lamps, and the finish of a painted background."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QRadialGradient

from console.views.demo_scenes.lens import HEIGHT, WIDTH, Array, Lens, Vec

Rgb = tuple[float, float, float]
GLOW_PIXELS: Final = 128


@dataclass(frozen=True)
class Lamp:
    """A light in the street. `reach` is the distance in metres at which it has lost most of its strength."""

    at: Vec
    colour: Rgb = (1.0, 0.82, 0.55)
    strength: float = 1.0
    reach: float = 5.0


@dataclass(frozen=True)
class Light:
    """All light of a scene. Colours are factors: 1.0 shows a thing in its own colour."""

    ambient: Rgb = (0.78, 0.80, 0.85)
    sun: Rgb = (0.50, 0.46, 0.38)
    sun_from: Vec = (-0.5, 0.75, -0.42)
    lamps: tuple[Lamp, ...] = ()
    shadow: float = 0.34
    night: bool = False
    wet: bool = False

    def on(self, point: Vec) -> Rgb:
        """Return what reaches a point from all sides, without the sun."""
        r, g, b = self.ambient
        for lamp in self.lamps:
            dx, dy, dz = point[0] - lamp.at[0], point[1] - lamp.at[1], point[2] - lamp.at[2]
            k = lamp.strength / (1.0 + (dx * dx + 0.35 * dy * dy + dz * dz) / (lamp.reach * lamp.reach)) ** 1.6
            r, g, b = r + k * lamp.colour[0], g + k * lamp.colour[1], b + k * lamp.colour[2]
        return (min(r, 1.5), min(g, 1.5), min(b, 1.5))

    def ground(self, x: Array, z: Array) -> Array:
        """Return the same for every point of the ground, with the sun."""
        out = np.empty((*x.shape, 3), np.float32)
        out[:] = np.array(self.ambient, np.float32) + np.array(self.sun, np.float32) * max(self.sun_from[1], 0.0)
        for lamp in self.lamps:
            far = ((x - lamp.at[0]) ** 2 + (z - lamp.at[2]) ** 2 + 0.35 * lamp.at[1] ** 2) / lamp.reach**2
            out += (lamp.strength / (1.0 + far) ** 1.6)[..., None] * np.array(lamp.colour, np.float32)
        return np.minimum(out, 1.6)

    def facing(self, normal: Vec, base: Rgb) -> Rgb:
        """Add the sun's part for a surface that faces `normal` (unit length)."""
        s = self.sun_from
        k = max(0.0, normal[0] * s[0] + normal[1] * s[1] + normal[2] * s[2])
        up = 0.86 + 0.14 * normal[1]
        return (
            base[0] * up + self.sun[0] * k * 1.25,
            base[1] * up + self.sun[1] * k * 1.25,
            base[2] * up + self.sun[2] * k * 1.25,
        )


def colour(rgb: Rgb, tint: Rgb = (1.0, 1.0, 1.0), alpha: float = 1.0) -> QColor:
    """Return a colour (0–255) under a light (factors)."""
    return QColor(
        max(0, min(255, int(rgb[0] * tint[0]))),
        max(0, min(255, int(rgb[1] * tint[1]))),
        max(0, min(255, int(rgb[2] * tint[2]))),
        max(0, min(255, int(255 * alpha))),
    )


@cache
def _glow(red: int, green: int, blue: int) -> QImage:
    image = QImage(GLOW_PIXELS, GLOW_PIXELS, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    half = GLOW_PIXELS / 2
    gradient = QRadialGradient(half, half, half)
    for i in range(11):
        r = i / 10
        gradient.setColorAt(r, QColor(red, green, blue, int(255 * max(0.0, (1 - r) ** 2.6))))
    painter = QPainter(image)
    painter.fillRect(image.rect(), gradient)
    painter.end()
    return image


def glow(p: QPainter, at: QPointF, size: tuple[float, float], rgb: Rgb, strength: float = 1.0) -> None:
    """Add light around a point of the picture; `size` is the half width and half height in pixels."""
    shade = _glow(int(rgb[0]) // 4 * 4, int(rgb[1]) // 4 * 4, int(rgb[2]) // 4 * 4)
    p.save()
    p.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
    p.setOpacity(min(1.0, strength))
    p.drawImage(QRectF(at.x() - size[0], at.y() - size[1], 2 * size[0], 2 * size[1]), shade)
    p.restore()


def shadow_spot(p: QPainter, lens: Lens, at: Vec, radius: float, dark: float) -> None:
    """Darken the ground softly under a thing."""
    here = lens.at((at[0], 0.0, at[2]))
    wide = radius * lens.scale((at[0], 0.0, at[2]))
    tall = abs(lens.at((at[0], 0.0, at[2] + radius)).y() - lens.at((at[0], 0.0, at[2] - radius)).y()) / 2
    gradient = QRadialGradient(QPointF(0, 0), 1.0)
    gradient.setColorAt(0.0, QColor(0, 0, 0, int(255 * dark)))
    gradient.setColorAt(0.55, QColor(0, 0, 0, int(160 * dark)))
    gradient.setColorAt(1.0, QColor(0, 0, 0, 0))
    p.save()
    p.translate(here)
    p.scale(max(wide, 1.0), max(tall, 0.6))
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(gradient)
    p.drawEllipse(QPointF(0, 0), 1.0, 1.0)
    p.restore()


def pixels(image: QImage) -> NDArray[np.uint8]:
    """Return a view of the image's bytes: rows, columns, blue green red x."""
    whole = np.frombuffer(image.bits(), np.uint8)
    rows = whole.reshape(image.height(), image.bytesPerLine() // 4, 4)
    return rows[:, : image.width()]


def image_of(rgb: NDArray[np.float32]) -> QImage:
    """Return a picture of floats (0–255, red green blue)."""
    height, width = rgb.shape[:2]
    image = QImage(width, height, QImage.Format.Format_RGB32)
    view = pixels(image)
    view[..., :3] = np.clip(rgb[..., ::-1], 0, 255).astype(np.uint8)
    view[..., 3] = 255
    return image


@dataclass(frozen=True)
class Finish:
    """How the camera renders: bloom of bright things, contrast, warmth and darkness towards the corners."""

    bloom: float = 0.0
    threshold: float = 170.0
    contrast: float = 1.06
    warmth: float = 1.0
    grain: float = 1.1
    corners: float = 0.24


def finish(image: QImage, look: Finish, seed: int) -> QImage:
    """Give a painted background (any size) the camera's rendering, at the picture's size."""
    small = image.scaled(
        WIDTH, HEIGHT, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    ).convertToFormat(QImage.Format.Format_RGB32)
    rgb = pixels(small)[..., 2::-1].astype(np.float32)
    if look.bloom > 0:
        bright = np.clip(rgb - look.threshold, 0, None) * (255 / (255 - look.threshold))
        for step, share in ((8, 0.6), (24, 0.4)):
            soft = image_of(bright).scaled(
                WIDTH // step,
                HEIGHT // step,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            back = soft.scaled(
                WIDTH, HEIGHT, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            ).convertToFormat(QImage.Format.Format_RGB32)
            rgb = rgb + pixels(back)[..., 2::-1].astype(np.float32) * (look.bloom * share)
    rgb = (rgb - 118) * look.contrast + 118
    rgb[..., 0] *= look.warmth
    rgb[..., 2] *= 2 - look.warmth
    rgb += np.random.default_rng(seed).normal(0, look.grain, rgb.shape[:2])[..., None].astype(np.float32)
    return image_of(rgb)


@cache
def vignette(corners: float) -> QImage:
    """Return the darkening towards the corners, to be laid over every frame."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    far = np.hypot((x / WIDTH - 0.5) / 0.72, (y / HEIGHT - 0.5) / 0.72)
    alpha = np.clip((far - 0.45) / 0.55, 0, 1) ** 2 * 255 * corners
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)
    view = pixels(image)
    view[:] = 0
    view[..., 3] = alpha.astype(np.uint8)
    return image


def blend(a: Rgb, b: Rgb, share: float) -> Rgb:
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)
