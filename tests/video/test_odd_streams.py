"""What cameras really send: sound beside the picture, odd sizes, odd clocks, sessions that end. All play, or say why.

What goes through the GStreamer server (codecs, B-pictures, UDP only, log-ins) stands in test_worker_live.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from console.kernel import Fault, TileState
from tests.clips import ClipSpec, make_clip
from tests.stream_server import TICKS, Script, StreamServer
from tests.video.live_room import Camera, Room

pytestmark = pytest.mark.timeout(150)

SMALL = ClipSpec(size=(320, 180), seconds=8, length_s=8)
BOX = (480, 270)
JUMP_AT = 45
"""Picture at which a clock jumps: three seconds after the start."""

MOST_DIFFERENT = 40
"""Without its loop filter a large picture drifts by some 20 until the next key picture; a shifted one by far more."""


def jumping(by_s: float) -> Callable[[int], int]:
    return lambda number: round((number / SMALL.rate + (by_s if number >= JUMP_AT else 0.0) + 7200.0) * TICKS)


def wrapping(number: int) -> int:
    """Passes 2**32 at picture `JUMP_AT`."""
    return 2**32 + round((number - JUMP_AT) / SMALL.rate * TICKS)


def uneven(number: int) -> float:
    """Pictures in bursts of four, as of a camera that saves on bits when little moves: 15 a second on average."""
    whole, part = divmod(number, 4)
    return (whole * 4 + part * 0.45) / SMALL.rate


@dataclass(frozen=True)
class Odd:
    """A stream, and what the tile must show of it."""

    spec: ClipSpec = SMALL
    change: Callable[[Script], Script] = lambda script: script
    shown: tuple[int, int] = (480, 270)
    pictures: int = 90


STREAMS = {
    "sound": Odd(change=lambda script: replace(script, sound=True)),
    "multipart": Odd(ClipSpec(size=(320, 180), seconds=8, length_s=8, codec="mjpeg")),
    "h265": Odd(ClipSpec(size=(320, 180), seconds=8, length_s=8, codec="h265")),
    "160x120": Odd(ClipSpec(size=(160, 120), seconds=8, length_s=8), shown=(360, 270)),
    "2592x1944": Odd(
        ClipSpec(size=(2592, 1944), rate=3, seconds=3, length_s=3, bits_per_pixel=0.02), shown=(360, 270), pictures=15
    ),
    "1920x1088": Odd(ClipSpec(size=(1920, 1080), rate=4, seconds=3, length_s=3, bits_per_pixel=0.05), pictures=20),
    "uneven": Odd(change=lambda script: replace(script, due=uneven)),
    "forward": Odd(change=lambda script: replace(script, ticks=jumping(3600.0))),
    "back": Odd(change=lambda script: replace(script, ticks=jumping(-3600.0))),
    "wraps": Odd(change=lambda script: replace(script, ticks=wrapping)),
    "cut": Odd(change=lambda script: replace(script, session=60)),
}


def difference(camera: Camera, clip: Path) -> float:
    """Return how far the last picture is from the clip's own, decoded and scaled by FFmpeg (of 255, worst cell).

    Cells, not pixels: the noise is not worth comparing, where things stand in the picture is.
    """
    shown = camera.shown[-1]
    width, height = shown.size
    with av.open(str(clip)) as source:
        frame = next(frame for number, frame in enumerate(source.decode(video=0)) if number == shown.counter)
    stride = len(shown.pixels) // height
    found = np.frombuffer(shown.pixels, np.uint8)[: stride * height].reshape(height, stride)[:, : width * 4]
    # libVLC is told to scale like this.
    wanted = frame.reformat(width, height, "bgra", interpolation="FAST_BILINEAR").to_ndarray()
    return float(np.abs(in_cells(found.reshape(height, width, 4)) - in_cells(wanted)).max())


def in_cells(picture: NDArray[Any]) -> NDArray[Any]:
    """Return the mean colours of 18 x 24 cells."""
    height, width = picture.shape[:2]
    cut = picture[: height // 18 * 18, : width // 24 * 24, :3].astype(float)
    means: NDArray[Any] = cut.reshape(18, height // 18, 24, width // 24, 3).mean(axis=(1, 3))
    return means


def test_every_odd_stream_plays(tmp_path: Path) -> None:
    clips = {name: make_clip(tmp_path / odd.spec.name, odd.spec) for name, odd in STREAMS.items()}
    room = Room()
    try:
        with StreamServer() as server:
            scripts = {name: odd.change(Script.of(clips[name])) for name, odd in STREAMS.items()}
            cameras = {name: room.open(server.add(name, script), size=BOX) for name, script in scripts.items()}
            gone = room.open(server.add("gone", replace(Script.of(clips["sound"]), session=30, sessions=1)), size=BOX)
            room.wait(lambda: all(len(cameras[name].shown) >= odd.pictures for name, odd in STREAMS.items()), 60.0)
            for camera in cameras.values():
                camera.keep_pixels = True
            counts = {name: len(camera.shown) for name, camera in cameras.items()}
            room.wait(lambda: all(len(camera.shown) > counts[name] for name, camera in cameras.items()))
            room.wait(lambda: Fault.NOT_FOUND in gone.faults)
            assert cameras["cut"].stream.status().reconnects
            for name, odd in STREAMS.items():
                camera, facts = cameras[name], cameras[name].stream.status().facts
                assert difference(camera, clips[name]) < MOST_DIFFERENT, name
                assert camera.shown[-1].size == odd.shown, name
                assert (facts.width, facts.height) == odd.spec.size, name
                # A session that was cut begins at the first picture again.
                assert name == "cut" or camera.steps_back(len(scripts[name].pictures)) == [], name
            assert server.mounts["sound"].asked == ("video",)
            assert gone.state in {TileState.RECONNECTING, TileState.DOWN}
            assert {facts.restarts for facts in room.engine.workers()} == {0}
    finally:
        room.close()
