"""The streets of the demonstration, painted by code: no recording of a real place or person is shown.

`write_scenes` paints and encodes what is not there yet; the encoder is handed in, as views do not know the video layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.views.demo_scenes import (
    car_park,
    footbridge,
    gold_shop,
    junction,
    market,
    old_town,
    petrol,
    pier,
    school,
    soi,
    temple,
    walking_street,
)
from console.views.demo_scenes.light import pixels
from console.views.demo_scenes.stage import RATE, Stage

VERSION: Final = 1
"""Raise it whenever a picture changes: older clips are then painted anew."""

SCENES: Final[Mapping[str, Callable[[], Stage]]] = {
    "gold-shop": gold_shop.stage,
    "market": market.stage,
    "junction": junction.stage,
    "school": school.stage,
    "temple": temple.stage,
    "footbridge": footbridge.stage,
    "pier": pier.stage,
    "old-town": old_town.stage,
    "walking-street": walking_street.stage,
    "petrol": petrol.stage,
    "car-park": car_park.stage,
    "soi": soi.stage,
}

Frame = NDArray[np.uint8]
Encode = Callable[[Iterator[Frame], Path, int], None]
Progress = Callable[[str, int, int], None]


def frames(name: str) -> Iterator[Frame]:
    """Yield one period of a scene. Each picture is valid until the next is asked for."""
    for image in SCENES[name]().frames():
        yield pixels(image)


def write_scenes(folder: Path, encode: Encode, progress: Progress | None = None) -> list[Path]:
    """Write every clip that is missing or of another version; return those written. Needs a QGuiApplication.

    `progress` is told the scene, how many are done and how many there are; it may raise to give up: what is done stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number, name in enumerate(SCENES):
        if progress:
            progress(name, number, len(SCENES))
        path = folder / f"{name}.v{VERSION}.ts"
        if path.exists():
            continue
        encode(frames(name), path, RATE)
        written.append(path)
        for old in folder.glob(f"{name}.v*.ts"):
            if old != path:
                old.unlink()
    if progress:
        progress("", len(SCENES), len(SCENES))
    return written
