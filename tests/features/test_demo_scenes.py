"""The painted streets: different, moving, without a seam, drawn with our own font, written once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication, QImage, QPainter

from console.video.synthetic import encode_clip
from console.views import demo_scenes
from console.views.demo_scenes import SCENES, write_scenes
from console.views.demo_scenes.lens import HEIGHT, WIDTH, Lens, upright
from console.views.demo_scenes.light import pixels
from console.views.demo_scenes.stage import FRAMES, PERIOD, RATE, Stage
from console.views.demo_scenes.surfaces import FONT_FILES, family

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture(scope="module")
def stages(qapp: QGuiApplication) -> dict[str, Stage]:
    return {name: make() for name, make in SCENES.items()}


def painted(stage: Stage, t: float) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    p = QPainter(image)
    stage.paint(p, t)
    p.end()
    return pixels(image)[..., :3].astype(np.int16)


@pytest.mark.parametrize("name", sorted(SCENES))
def test_a_scene_moves_and_comes_back(stages: dict[str, Stage], name: str) -> None:
    stage = stages[name]
    start, step, middle = painted(stage, 0.0), painted(stage, 1 / RATE), painted(stage, PERIOD / 3)
    # Equal but for the last digit of a sine.
    assert np.abs(start - painted(stage, PERIOD)).max() <= 4, "the last picture must run into the first"
    assert np.mean(np.abs(start - step).max(axis=2) > 12) > 0.0005
    assert np.mean(np.abs(start - middle).max(axis=2) > 12) > 0.01


@pytest.mark.parametrize("name", sorted(SCENES))
def test_no_jump_at_the_seam(stages: dict[str, Stage], name: str) -> None:
    """The step over the seam is not larger than steps within the period."""
    stage = stages[name]

    def change(number: int) -> float:
        before, after = painted(stage, number / RATE), painted(stage, ((number + 1) % FRAMES) / RATE)
        return float(np.mean(np.abs(before - after)))

    within = [change(number) for number in range(0, FRAMES - 1, 29)]
    assert change(FRAMES - 1) <= 2.0 * max(within)


def test_scenes_are_clearly_different(stages: dict[str, Stage]) -> None:
    assert len(stages) >= 9
    small = [painted(stage, 0.0)[::8, ::8].astype(float) for stage in stages.values()]
    for number, one in enumerate(small):
        for other in small[number + 1 :]:
            assert np.mean(np.abs(one - other)) > 15


def test_day_dusk_and_night_are_among_them(stages: dict[str, Stage]) -> None:
    bright = sorted(float(np.mean(painted(stage, 0.0))) for stage in stages.values())
    assert bright[0] < 60
    assert bright[-1] > 120


def test_the_font_is_our_own_file() -> None:
    assert family() == "Sarabun"
    assert (FONT_FILES / "Sarabun-Bold.ttf").is_file()


def test_text_on_a_wall_seen_edge_on_is_refused() -> None:
    lens = Lens((0.0, 5.0, 0.0))
    with pytest.raises(ValueError, match="edge-on"):
        lens.onto(upright((-3.0, 8.0), (-3.0, 8.0001), 0.0))


def test_scenes_are_written_once_and_again_when_they_change(
    tmp_path: Path, stages: dict[str, Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_scenes, "SCENES", {"pier": lambda: stages["pier"], "soi": lambda: stages["soi"]})
    told: list[tuple[str, int, int]] = []
    written = write_scenes(tmp_path, encode_clip, lambda *what: told.append(what))
    assert [path.name for path in written] == ["pier.v1.ts", "soi.v1.ts"]
    assert told == [("pier", 0, 2), ("soi", 1, 2), ("", 2, 2)]
    assert all(path.stat().st_size <= 600_000 for path in written)
    assert write_scenes(tmp_path, encode_clip) == []
    monkeypatch.setattr(demo_scenes, "VERSION", 2)

    def encode(_frames: Iterator[object], path: Path, rate: int) -> None:
        assert rate == RATE
        path.write_bytes(b"new")

    assert [path.name for path in write_scenes(tmp_path, encode)] == ["pier.v2.ts", "soi.v2.ts"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pier.v2.ts", "soi.v2.ts"]
