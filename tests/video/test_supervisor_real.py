"""The engine with the real worker and a real RTSP camera: alive, frozen, killed, locked up, dark."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from console.kernel import PixelSize, Secret, TileState
from console.video.supervisor import Stream, StreamRequest
from tests.rtsp import ClipSpec, Login, RtspServer, available, make_clip, read_counter
from tests.video.engine_room import Room, live, shorten, until

pytestmark = [pytest.mark.rtsp, pytest.mark.skipif(not available(), reason="no GStreamer RTSP server")]

MAIN = Path(__file__).resolve().parents[2] / "main.py"
CLIP = ClipSpec(seconds=2, length_s=60)
PASSWORD = 'p@ss:/?#%é"'


@pytest.fixture(scope="module", name="clip")
def make_the_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clips") / CLIP.name, CLIP)


@pytest.fixture(name="server")
def make_server(clip: Path) -> Iterator[RtspServer]:
    with RtspServer(clip, mounts=4, login=Login("viewer", PASSWORD)) as server:
        yield server


@pytest.fixture(name="real")
def make_real(rooms: Callable[..., Room]) -> Room:
    return rooms(
        worker_command=(sys.executable, str(MAIN), "worker"),
        slot_bytes=640 * 360 * 4,
        sandbox=True,
        read_timeout_s=30.0,
    )


def watch(room: Room, server: RtspServer, number: int = 0) -> Stream:
    camera, address = f"cam{number}", Secret(server.url(number, with_login=True))
    return room.engine.open(
        StreamRequest(
            camera_id=camera,
            private=False,
            address=address,
            size=PixelSize(480, 270),
            lease=lambda place: room.gate.lease(camera, address, place),
            on_status=lambda _: None,
        )
    )


def shown(stream: Stream) -> int | None:
    """Return the counter of the picture on the screen, if it was not torn meanwhile."""
    picture = stream.picture()
    if picture is None:
        return None
    number = read_counter(picture.pixels, picture.width, picture.height, picture.stride)
    return number if picture.whole() else None


def test_a_real_camera_is_alive_in_a_walled_worker_and_dark_when_closed(
    real: Room, server: RtspServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stream = watch(real, server)
    until(lambda: live(stream))
    seen: list[int] = []

    def moved() -> bool:
        number = shown(stream)
        if number is not None and number not in seen[-1:]:
            seen.append(number)
        return len(seen) > 10

    until(moved)
    status = stream.status()
    assert (status.facts.codec, status.facts.width, status.facts.height) == ("h264", 640, 360)
    assert status.age_s is not None
    (facts,) = real.engine.workers()
    assert "no new privileges" in facts.sandbox
    kept = stream.picture()
    assert kept is not None
    family = [psutil.Process(facts.pid), *psutil.Process(facts.pid).children(recursive=True)]
    for process in family:
        assert "p%40ss" not in " ".join([*process.cmdline(), *process.environ().values()])
    assert "p%40ss" not in caplog.text
    stream.close()
    assert stream.picture() is None
    until(lambda: not any(kept.pixels))
    until(lambda: real.engine.workers()[0].streams == 0)
    assert real.engine.workers()[0].pid == facts.pid, "closed in time: the worker lives"


def test_a_frozen_camera_is_marked_and_comes_back(real: Room, server: RtspServer) -> None:
    stream = watch(real, server)
    until(lambda: live(stream))
    server.pause()
    until(lambda: stream.status().state is TileState.STALE)
    assert stream.picture() is not None
    server.resume()
    until(lambda: live(stream))


def test_a_killed_worker_is_replaced(real: Room, server: RtspServer) -> None:
    streams = [watch(real, server, number) for number in range(4)]
    until(lambda: all(live(stream) for stream in streams))
    (facts,) = real.engine.workers()
    os.kill(facts.pid, signal.SIGKILL)
    until(lambda: all(stream.status().state is TileState.RECONNECTING for stream in streams))
    until(lambda: all(live(stream) for stream in streams))


def test_a_real_worker_that_is_stopped_gives_no_picture_past_its_lease(real: Room, server: RtspServer) -> None:
    stream = watch(real, server)
    until(lambda: live(stream))
    shorten(real, stream)
    (facts,) = real.engine.workers()
    innermost = [psutil.Process(facts.pid), *psutil.Process(facts.pid).children(recursive=True)][-1]
    innermost.send_signal(signal.SIGSTOP)
    kept = stream.picture()
    assert kept is not None
    until(lambda: stream.picture() is None)
    until(lambda: not any(kept.pixels))


def test_renewals_keep_a_real_stream_alive_and_their_end_ends_it(real: Room, server: RtspServer) -> None:
    stream = watch(real, server)
    until(lambda: live(stream))
    shorten(real, stream)
    for _ in range(4):
        before = stream.deadline
        stream.renew()
        until(lambda before=before: stream.deadline > before)  # type: ignore[misc]
        assert stream.picture() is not None
    until(lambda: stream.status().state is TileState.EMPTY)
    real.gate.lease_s = 10.0
    stream.renew()
    until(lambda: live(stream))


def test_the_running_picture_stays_until_the_new_size_comes(real: Room, server: RtspServer) -> None:
    stream = watch(real, server)
    until(lambda: live(stream))
    stream.resize(PixelSize(240, 136))
    sizes = []

    def resized() -> bool:
        picture = stream.picture()
        sizes.append(None if picture is None else picture.width)
        return sizes[-1] is not None and sizes[-1] < 480

    until(resized)
    assert None not in sizes
