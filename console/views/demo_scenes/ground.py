"""The ground of a scene, computed for every pixel: asphalt, pavement, kerbs, markings, puddles and light pools."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from console.views.demo_scenes.lens import HEIGHT, WIDTH, Array, Lens
from console.views.demo_scenes.light import Light, Rgb, image_of

OVERSAMPLE: Final = 2
_LATTICE: Final = np.random.default_rng(7).uniform(-1, 1, (128, 128)).astype(np.float32)
_FINE: Final = 8


@cache
def _table() -> Array:
    """Return the lattice, smoothly filled in to 1024 x 1024 and tiled without seams."""
    step = np.arange(_FINE, dtype=np.float32) / _FINE
    ease = (step * step * (3 - 2 * step)).astype(np.float32)
    after = np.roll(_LATTICE, -1, axis=0)
    rows = (_LATTICE[:, None, :] + (after - _LATTICE)[:, None, :] * ease[None, :, None]).reshape(-1, 128)
    beside = np.roll(rows, -1, axis=1)
    out: Array = (rows[:, :, None] + (beside - rows)[:, :, None] * ease[None, None, :]).reshape(-1, 1024)
    return out


def noise(x: Array, z: Array, size: float) -> Array:
    """Return smooth random values in −1…1 that change over `size` metres."""
    u = (x * (_FINE / size)).astype(np.int32) & 1023
    v = (z * (_FINE / size)).astype(np.int32) & 1023
    out: Array = _table().ravel()[(u << 10) | v]
    return out


@dataclass
class Ground:
    """Every ground point the picture sees, and its colour so far."""

    x: Array
    z: Array
    foot: Array
    """Size of one pixel on the ground in metres: finer patterns than this are washed out."""
    rgb: Array

    def edge(self, value: Array, soft: float = 0.02) -> Array:
        """Return 0 where value < 0 and 1 where value > 0, softened to the pixel."""
        width = np.maximum(self.foot, soft)
        return np.clip(value / width + 0.5, 0, 1)

    def between(self, value: Array, low: float, high: float, soft: float = 0.02) -> Array:
        return self.edge(value - low, soft) * self.edge(high - value, soft)

    def box(self, left: float, right: float, near: float, far: float) -> Array:
        return self.between(self.x, left, right) * self.between(self.z, near, far)

    def paint(self, rgb: Rgb, mask: Array, strength: float = 1.0) -> None:
        share = (mask * strength)[..., None]
        self.rgb += (np.array(rgb, np.float32) - self.rgb) * share

    def shade(self, mask: Array, factor: float) -> None:
        """Darken (or lighten) what lies under the mask."""
        self.rgb *= (1 + (factor - 1) * mask)[..., None]

    def rough(self, mask: Array, fine: float = 5.0, coarse: float = 9.0) -> None:
        """Give the surface grain, patches and stains."""
        near = np.clip(0.05 / np.maximum(self.foot, 0.01), 0, 1)
        grain = noise(self.x, self.z, 0.07) * fine * near
        patch = noise(self.x, self.z, 1.3) * coarse * 0.5 + noise(self.x + 40, self.z, 4.7) * coarse
        self.rgb += ((grain + patch) * mask)[..., None]

    def asphalt(self, mask: Array, rgb: Rgb = (112, 113, 116)) -> None:
        self.paint(rgb, mask)
        self.rough(mask)

    def tiles(self, mask: Array, rgb: Rgb, size: float = 0.4) -> None:
        """Pavement slabs with joints and a slightly different tone for each."""
        self.paint(rgb, mask)
        cell = _LATTICE[np.floor(self.x / size).astype(np.int64) % 128, np.floor(self.z / size).astype(np.int64) % 128]
        wash: Array = np.clip(size / np.maximum(self.foot * 3, 0.001), 0, 1)
        self.rgb += (cell * 6 * mask * wash)[..., None]
        for axis in (self.x, self.z):
            joint = np.abs((axis / size) % 1 - 0.5) * size
            self.shade(self.edge(joint - size * 0.5 + 0.02, 0.015) * mask * wash, 0.8)
        self.rough(mask, 3, 5)

    def kerb(self, across: Array, along: Array, at: float, second: Rgb = (196, 44, 38)) -> None:
        """Paint a kerb in alternating white and another colour (red: no parking, yellow: no stopping)."""
        stripe = self.edge(0.25 - np.abs((along / 2.0) % 1 - 0.5), 0.03)
        line = self.between(across, at - 0.13, at + 0.13)
        self.paint((222, 220, 212), line)
        self.paint(second, line * stripe)
        self.shade(self.between(across, at + 0.13, at + 0.34), 0.72)

    def dashes(self, across: Array, along: Array, at: float, rgb: Rgb = (226, 224, 215)) -> None:
        dash = self.edge(0.28 - np.abs((along / 5.0) % 1 - 0.5), 0.03)
        self.paint(rgb, self.between(across, at - 0.07, at + 0.07) * dash, 0.85)

    def line(self, across: Array, at: float, rgb: Rgb = (226, 224, 215), width: float = 0.12) -> None:
        worn = 0.72 + 0.2 * noise(self.x, self.z, 0.8)
        self.paint(rgb, self.between(across, at - width / 2, at + width / 2) * worn)

    def zebra(self, area: tuple[float, float, float, float], *, along_x: bool) -> None:
        """Paint a crossing in (left, right, near, far); its bars lie side by side along x or z."""
        axis = self.x if along_x else self.z
        bars = self.edge(0.25 - np.abs((axis / 1.0) % 1 - 0.5), 0.02)
        worn = 0.8 + 0.16 * noise(self.x, self.z, 0.5)
        self.paint((228, 227, 220), self.box(*area) * bars * worn)

    def blot(self, at: tuple[float, float], size: tuple[float, float], strength: float) -> None:
        """Darken a soft ellipse: the standing shadow of a parked or fixed thing, an oil stain."""
        far = ((self.x - at[0]) / size[0]) ** 2 + ((self.z - at[1]) / size[1]) ** 2
        self.shade(np.clip(1.15 - far, 0, 1), 1 - strength)


@dataclass(frozen=True)
class Sky:
    """Colours from the horizon up, haze over distance, and clouds."""

    horizon: Rgb = (206, 216, 226)
    zenith: Rgb = (112, 156, 204)
    cloud: Rgb = (246, 247, 250)
    clouds: float = 0.8
    haze: float = 130.0


Painter = Callable[[Ground], None]


def _rays(lens: Lens) -> NDArray[np.float32]:
    height, width = HEIGHT * OVERSAMPLE, WIDTH * OVERSAMPLE
    v, u = np.mgrid[0:height, 0:width].astype(np.float32)
    axes = lens.axes.astype(np.float32)
    right = ((u + 0.5) / OVERSAMPLE - WIDTH / 2)[..., None]
    down = ((v + 0.5) / OVERSAMPLE - HEIGHT / 2)[..., None]
    rays = right * axes[0] + down * axes[1] + np.float32(lens.focal) * axes[2]
    out: NDArray[np.float32] = rays / np.linalg.norm(rays, axis=2, keepdims=True)
    return out


def _sky(rays: NDArray[np.float32], sky: Sky) -> Array:
    up = np.clip(rays[..., 1], 0, 1)
    share = (np.clip(up / 0.45, 0, 1) ** 0.7)[..., None]
    rgb: Array = np.array(sky.horizon, np.float32) * (1 - share) + np.array(sky.zenith, np.float32) * share
    if sky.clouds > 0:
        u, v = rays[..., 0] / (up + 0.12), rays[..., 2] / (up + 0.12)
        cover = noise(u, v, 1.1) * 0.55 + noise(u, v, 0.45) * 0.3 + noise(u, v, 0.17) * 0.15
        mask = np.clip((cover + 0.12) * 2.4, 0, 1) * np.clip(up * 9, 0, 1) * sky.clouds
        rgb = rgb + (np.array(sky.cloud, np.float32) - rgb) * mask[..., None]
    return rgb


def ground_image(lens: Lens, light: Light, sky: Sky, paint: Painter) -> QImage:
    """Paint the empty scene: the ground under its light, fading into haze, and the sky."""
    rays = _rays(lens)
    down = np.minimum(rays[..., 1], -0.004)
    far = np.minimum(lens.eye[1] / -down, 900)
    x, z = lens.eye[0] + rays[..., 0] * far, lens.eye[2] + rays[..., 2] * far
    foot = (far / lens.focal / np.maximum(-rays[..., 1], 0.05) / OVERSAMPLE).astype(np.float32)
    ground = Ground(x, z, foot, np.zeros((*x.shape, 3), np.float32))
    paint(ground)
    lit = ground.rgb * light.ground(x, z)
    haze = (1 - np.exp(-far / sky.haze))[..., None]
    lit += (np.array(sky.horizon, np.float32) - lit) * haze
    above = np.clip(rays[..., 1] * 200 + 0.5, 0, 1)[..., None]
    return image_of(lit * (1 - above) + _sky(rays, sky) * above)
