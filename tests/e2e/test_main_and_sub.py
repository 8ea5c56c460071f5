"""Real cameras with two streams: the wall's small one, the large one in focus, and a picture at every moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from console.kernel import Fault, PixelSize, Purpose, Secret, TileState
from console.room import Room
from console.services.cameras import AddressKind, SetAddress
from console.services.feeds import FeedRequest, LiveFeed
from tests.rtsp import ClipSpec, RtspServer, available, make_clip, read_counter
from tests.station import OFFICER, PASSWORD, REGISTRAR, Wishes, furnish

pytestmark = [
    pytest.mark.rtsp,
    pytest.mark.timeout(180),
    pytest.mark.skipif(not available(), reason="no GStreamer RTSP server"),
]

PATIENCE_S = 40.0
SMALL, LARGE = (320, 180), (1280, 720)
TILE, FOCUS = PixelSize(*SMALL), PixelSize(*LARGE)


@dataclass
class Tile:
    """A tile that is painted again and again; `gaps` is when there was nothing to paint."""

    live: LiveFeed
    gaps: list[float] = field(default_factory=list)

    @property
    def source(self) -> tuple[int, int]:
        facts = self.live.state().facts
        return facts.width, facts.height

    def paint(self) -> None:
        if self.live.picture() is None:
            self.gaps.append(time.monotonic())

    def painted(self) -> tuple[tuple[int, int], int | None]:
        """Return the size of the picture itself and the number that is burnt into it."""
        picture = self.live.picture()
        assert picture is not None
        size = picture.width, picture.height
        return size, read_counter(picture.pixels, *size, picture.stride)

    def until(self, condition: Callable[[], bool]) -> None:
        pause, started = threading.Event(), time.monotonic()
        while not condition():
            self.paint()
            assert time.monotonic() - started < PATIENCE_S, self.live.state()
            pause.wait(0.005)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RtspServer, RtspServer]]:
    """Two servers, so that one stream of the camera can die without the other."""
    folder = tmp_path_factory.mktemp("clips")
    specs = [ClipSpec(size, seconds=4, length_s=120) for size in (SMALL, LARGE)]
    clips = [make_clip(folder / spec.name, spec) for spec in specs]
    with RtspServer(clips[0]) as small, RtspServer(clips[1]) as large:
        yield small, large


def test_there_and_back_and_on_when_the_main_stream_dies(
    tmp_path: Path, servers: tuple[RtspServer, RtspServer]
) -> None:
    small, large = servers
    station = furnish(tmp_path, Wishes([large.url()], private=False))
    camera = station.cameras[0]
    with ExitStack() as closing:
        room = Room.open(station.plan)
        closing.callback(room.close)
        registrar = room.log_in(REGISTRAR, Secret(PASSWORD))
        version = room.station.cameras.camera(camera).version
        which = AddressKind.SUB
        command = SetAddress(camera_id=camera, version=version, address=Secret(small.url()), which=which)
        room.station.dispatcher.run(command, registrar)
        officer = room.log_in(OFFICER, Secret(PASSWORD))
        room.start_gate()
        live = room.feeds.open(officer, FeedRequest(camera, Purpose.RISK_SPOT, size=TILE))
        assert isinstance(live, LiveFeed), live
        tile = Tile(live)
        tile.until(lambda: live.state().state is TileState.LIVE and tile.source == SMALL)
        tile.gaps.clear()

        live.resize(FOCUS)
        tile.until(lambda: tile.source == LARGE)
        assert live.state().state is TileState.LIVE
        tile.until(lambda: tile.painted()[0] == LARGE and tile.painted()[1] is not None)

        live.resize(TILE)
        tile.until(lambda: tile.source == SMALL)
        assert tile.painted()[0] == SMALL

        live.resize(FOCUS)
        tile.until(lambda: tile.source == LARGE)
        large.kill()
        tile.until(lambda: tile.source == SMALL and live.state().state is TileState.LIVE)
        why = live.state().why_small
        assert isinstance(why, Fault)
        first = tile.painted()[1]
        tile.until(lambda: tile.painted()[1] != first)
        assert tile.gaps == []
