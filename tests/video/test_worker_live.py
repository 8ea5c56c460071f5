"""Real cameras, real workers, real libVLC: what reaches the painter, and when."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import psutil
import pytest

from console.kernel import Fault, PixelSize, TileState
from console.masking import Mask, covered
from tests.rtsp import ClipSpec, Login, Manner, RtspServer, available, make_clip
from tests.video.live_room import Room, Shown

pytestmark = [
    pytest.mark.rtsp,
    pytest.mark.timeout(120),
    pytest.mark.skipif(not available(), reason="no GStreamer RTSP server"),
]

BASE = ClipSpec(size=(320, 180), seconds=8, gop_seconds=1, length_s=240)
LONG_GOP = ClipSpec(size=(320, 180), seconds=8, gop_seconds=4, length_s=240)
AWKWARD = 'p@ss:/?#%é"'


@pytest.fixture(name="clips", scope="module")
def make_clips(tmp_path_factory: pytest.TempPathFactory) -> Callable[[ClipSpec], Path]:
    folder = tmp_path_factory.mktemp("clips")
    return lambda spec: make_clip(folder / spec.name, spec)


@pytest.fixture(name="room")
def make_room() -> Iterator[Room]:
    room = Room()
    yield room
    room.close()


def spec_of(codec: str, b_frames: int) -> ClipSpec:
    return ClipSpec(size=(320, 180), seconds=8, gop_seconds=1, length_s=240, codec=codec, b_frames=b_frames)


@pytest.mark.parametrize(("codec", "b_frames"), [("h264", 0), ("h264", 2), ("h265", 0), ("h265", 2), ("mjpeg", 0)])
def test_every_codec_comes_alive_and_never_goes_back(
    room: Room, clips: Callable[[ClipSpec], Path], codec: str, b_frames: int
) -> None:
    spec = spec_of(codec, b_frames)
    with RtspServer(clips(spec), manner=Manner(codec=codec)) as server:
        camera = room.open(server.url())
        room.wait(lambda: len(camera.shown) > 60)
        assert camera.state is TileState.LIVE
        assert camera.steps_back(spec.pictures) == []
        # The first picture, once LIVE was said, is not followed by a gap in which nothing moves.
        assert TileState.STALE not in {said.state for said in camera.said}
        facts = camera.stream.status().facts
        # RTP counts a JPEG's size in eights.
        assert (facts.width, facts.height) == (320, 184 if codec == "mjpeg" else 180)
        assert facts.codec == {"h265": "hevc"}.get(codec, codec)


@pytest.mark.parametrize(
    ("login", "manner", "transport"),
    [
        (None, Manner(udp_only=True), "udp"),
        (Login("viewer", AWKWARD, "digest"), Manner(), "tcp"),
        (Login("viewer", AWKWARD, "basic"), Manner(), "tcp"),
    ],
)
def test_transport_and_log_in(
    room: Room, clips: Callable[[ClipSpec], Path], login: Login | None, manner: Manner, transport: str
) -> None:
    with RtspServer(clips(BASE), login=login, manner=manner) as server:
        camera = room.open(server.url(with_login=True))
        room.wait(lambda: len(camera.shown) > 10)
        assert camera.stream.status().facts.transport == transport


def test_a_wrong_password_is_not_hammered(room: Room, clips: Callable[[ClipSpec], Path]) -> None:
    with RtspServer(clips(BASE), login=Login("viewer", "right", "digest")) as server:
        camera = room.open(server.url().replace("rtsp://", "rtsp://viewer:wrong@"))
        room.wait(lambda: camera.stream.status().attempt >= 3)
        status = camera.stream.status()
        assert (status.state, status.fault) == (TileState.DOWN, Fault.UNAUTHORISED)


def test_resizing_keeps_the_picture_current(room: Room, clips: Callable[[ClipSpec], Path]) -> None:
    with RtspServer(clips(LONG_GOP)) as server:
        camera = room.open(server.url())
        room.wait(lambda: len(camera.shown) > 20)
        for width, height, most in ((480, 270, 15), (240, 134, 60), (480, 270, 15), (160, 90, 60)):
            before = len(camera.shown)
            camera.stream.resize(PixelSize(width, height))
            room.wait(lambda size=(width, height): camera.shown[-1].size == size)  # type: ignore[misc]
            # A larger one comes as the next picture or so; until a smaller one comes, the picture goes on.
            assert len(camera.shown) - before < most
        room.wait(lambda: len(camera.shown) - before > 75)
        assert camera.steps_back(LONG_GOP.pictures) == []
        assert all(status.state is TileState.LIVE for status in camera.said[2:])


@pytest.mark.parametrize("spec", [BASE, LONG_GOP])
def test_a_smaller_picture_follows_while_the_larger_one_plays_on(
    room: Room, clips: Callable[[ClipSpec], Path], spec: ClipSpec
) -> None:
    with RtspServer(clips(spec)) as server:
        camera = room.open(server.url())
        # Its player has taken over after the first key picture at the latest.
        room.wait(lambda: len(camera.shown) > spec.gop + 8)
        before = len(camera.shown)
        camera.stream.resize(PixelSize(160, 90))
        room.wait(lambda: camera.shown[-1].size == (160, 90))
        larger = [shown.counter for shown in camera.shown[before:] if shown.size == (320, 180)]
        assert len(larger) < 60
        room.wait(lambda: len(camera.shown) > before + 25)
        assert camera.steps_back(spec.pictures) == []
        assert all(status.state is TileState.LIVE for status in camera.said[2:])
        camera.stream.resize(PixelSize(128, 72))
        camera.stream.resize(PixelSize(160, 90))
        before = len(camera.shown)
        room.wait(lambda: len(camera.shown) > before + 25)
        assert {shown.size for shown in camera.shown[before:]} == {(160, 90)}


def test_a_warm_ring_shows_the_current_picture_and_not_the_old_key_picture(
    room: Room, clips: Callable[[ClipSpec], Path]
) -> None:
    with RtspServer(clips(LONG_GOP)) as server:
        live, warm = room.open(server.url()), room.open(server.url(), size=(0, 0))
        room.wait(lambda: len(live.shown) > 20 and warm.state is TileState.LIVE)
        # In the middle of a group of pictures, where the key picture is plainly old.
        room.wait(lambda: 25 <= (live.shown[-1].counter or 0) % LONG_GOP.gop <= 45)
        assert warm.shown == []
        warm.stream.resize(PixelSize(320, 180))
        room.wait(lambda: warm.shown)
        behind = ((live.shown[-1].counter or 0) - (warm.shown[0].counter or 0)) % LONG_GOP.pictures
        assert behind <= 2 or behind > LONG_GOP.pictures - 15
        room.wait(lambda: len(warm.shown) > 70)
        assert warm.steps_back(LONG_GOP.pictures) == []


def test_a_frozen_camera_is_stale_then_reconnected(room: Room, clips: Callable[[ClipSpec], Path]) -> None:
    with RtspServer(clips(BASE)) as server:
        camera = room.open(server.url())
        room.wait(lambda: len(camera.shown) > 20)
        server.pause()
        shown = len(camera.shown)
        room.wait(lambda: camera.state is not TileState.LIVE)
        assert camera.state is TileState.STALE
        # libVLC goes on sending the last picture; none of it counts as new.
        assert len(camera.shown) - shown < 15
        room.wait(lambda: camera.state is TileState.RECONNECTING)
        server.resume()
        room.wait(lambda: camera.state is TileState.LIVE)


def test_a_camera_that_comes_back_is_shown_again(room: Room, clips: Callable[[ClipSpec], Path]) -> None:
    with RtspServer(clips(BASE)) as server:
        camera = room.open(server.url())
        room.wait(lambda: camera.state is TileState.LIVE)
        server.kill()
        room.wait(lambda: camera.stream.status().fault in {Fault.REFUSED, Fault.STREAM_ENDED})
        room.wait(lambda: camera.stream.status().fault is Fault.REFUSED)
        server.start()
        shown = len(camera.shown)
        room.wait(lambda: camera.state is TileState.LIVE and len(camera.shown) > shown + 10)
        status = camera.stream.status()
        assert status.reconnects == 1
        assert status.kbps > 10


def test_masks_cover_every_picture_in_every_slot(room: Room, clips: Callable[[ClipSpec], Path]) -> None:
    masks = (Mask.rectangle(0, 500, 501, 1000), Mask(((700, 200), (990, 300), (600, 700))))
    slots: list[bytes] = []

    def scan(pictures: int) -> bool:
        """Look at the shared memory itself, also between two pictures; what it holds is of the first size."""
        reader = camera.stream._view.reader if camera.stream._view is not None else None
        if reader is not None and camera.shown:
            metrics = reader._memory.metrics
            for index in range(3):
                start = metrics.slot(reader._tile, index)
                slots.append(bytes(reader._memory.pixels[start : start + 320 * 180 * 4]))
        return len(camera.shown) > pictures

    with RtspServer(clips(BASE)) as server:
        camera = room.open(server.url(), masks=masks)
        camera.keep_pixels = True
        room.wait(lambda: scan(30))
        camera.stream.resize(PixelSize(160, 90))
        room.wait(lambda: len(camera.shown) > 60)
    assert {shown.size for shown in camera.shown} == {(320, 180), (160, 90)}
    assert len(slots) > 30
    assert all(any(slots[-1 - index]) for index in range(3))
    for pixels in slots:
        assert not any(_under(masks, pixels, 320, 180))
    for shown in camera.shown:
        assert not any(_under(masks, shown.pixels, *shown.size))
        width, height = shown.size
        assert any(shown.pixels[: width * 4 * (height // 2)])
        assert any(shown.pixels[-4 * (width // 3) :])


def _under(masks: tuple[Mask, ...], pixels: bytes, width: int, height: int) -> bytes:
    spans = [(row, *span) for row, found in covered(masks, width, height).items() for span in found]
    return b"".join(pixels[(row * width + left) * 4 : (row * width + right) * 4] for row, left, right in spans)


def test_a_mask_stays_on_what_it_covers_at_any_shape(room: Room, tmp_path: Path) -> None:
    """Pixels that are not square, and a size that the camera has to crop: a white box never looks out of its mask."""
    clip = tmp_path / "box.mp4"
    with av.open(str(clip), "w", format="mp4") as out:
        stream = out.add_stream(
            "libx264", rate=15, options={"preset": "ultrafast", "x264-params": "keyint=15:bframes=0"}
        )
        stream.width, stream.height, stream.pix_fmt = 330, 242, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(2, 1)
        picture = np.zeros((242, 330, 3), np.uint8)
        picture[97:169, 99:165] = 255  # 401–698 and 300–500 thousandths
        for number in range(15 * 60):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    with RtspServer(clip) as server:
        bare = room.open(server.url(), size=(500, 300))
        covering = room.open(server.url(), size=(500, 300), masks=(Mask.rectangle(290, 390, 510, 710),))
        bare.keep_pixels = covering.keep_pixels = True
        room.wait(lambda: len(bare.shown) > 2 and len(covering.shown) > 2 and covering.state is TileState.LIVE)
        room.wait(lambda: min(len(bare.shown), len(covering.shown)) > 12)
        for camera in (bare, covering):
            camera.stream.resize(PixelSize(333, 101))
        room.wait(lambda: all(camera.shown[-1].size[1] <= 101 for camera in (bare, covering)))
    shapes = {round(shown.size[0] / shown.size[1], 1) for shown in (*bare.shown, *covering.shown)}
    assert shapes == {2.7}
    assert all(max(shown.pixels) > 200 for shown in bare.shown)
    assert all(_brightest(shown) < 60 for shown in covering.shown)


def _brightest(shown: Shown) -> int:
    """Of blue, green and red; the fourth byte of a pixel, and what stands behind the end of a row, is anything."""
    width, height = shown.size
    return int(np.frombuffer(shown.pixels, np.uint8).reshape(height, -1, 4)[:, :width, :3].max())


def test_the_picture_keeps_its_shape(room: Room, clips: Callable[[ClipSpec], Path]) -> None:
    with RtspServer(clips(BASE)) as server:
        camera = room.open(server.url(), size=(200, 200))
        room.wait(lambda: camera.shown)
        assert camera.shown[0].size == (200, 112)


def test_without_renewal_the_stream_ends_dark(clips: Callable[[ClipSpec], Path]) -> None:
    room = Room()
    room.lease_s = 4.0
    try:
        with RtspServer(clips(BASE)) as server:
            camera = room.open(server.url())
            room.wait(lambda: camera.state is TileState.LIVE)
            worker = psutil.Process(room.engine.workers()[0].pid)
            assert any(item.raddr and item.raddr.port == server.port for item in worker.net_connections())
            camera.leased = False
            room.wait(lambda: camera.stream.picture() is None)
            # The worker leaves the camera alone as well.
            room.wait(
                lambda: (
                    not any(
                        item.raddr and item.raddr.port == server.port and item.status == psutil.CONN_ESTABLISHED
                        for item in worker.net_connections()
                    )
                )
            )
            assert camera.state is TileState.EMPTY
    finally:
        room.close()


def test_closing_leaves_nothing_of_the_stream_in_the_worker(room: Room, clips: Callable[[ClipSpec], Path]) -> None:
    with RtspServer(clips(BASE)) as server:
        other = room.open(server.url())
        room.wait(lambda: other.state is TileState.LIVE)
        worker = psutil.Process(room.engine.workers()[0].pid)
        threads = worker.num_threads()
        for _ in range(3):
            camera = room.open(server.url())
            room.wait(lambda camera=camera: len(camera.shown) > 3)  # type: ignore[misc]
            camera.stream.close()
            assert camera.stream.picture() is None
            room.cameras.remove(camera)
        room.wait(lambda: worker.num_threads() <= threads + 2)
        assert room.engine.workers()[0].restarts == 0
        assert other.state is TileState.LIVE


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere priorities belong to whole processes")
def test_pictures_give_way_and_the_control_thread_does_not(room: Room, clips: Callable[[ClipSpec], Path]) -> None:
    with RtspServer(clips(BASE)) as server:
        camera = room.open(server.url())
        room.wait(lambda: len(camera.shown) > 20)
        (facts,) = room.engine.workers()
        # Bridges and players that ended and began again: what they start is no lower than they are.
        for width, height in ((160, 90), (480, 270)):
            camera.stream.resize(PixelSize(width, height))
            room.wait(lambda size=(width, height): camera.shown[-1].size == size)  # type: ignore[misc]
        tasks = Path(f"/proc/{facts.pid}/task")
        # The next player has begun, on threads that descend from the one which reads the camera.
        room.wait(lambda: len(list(tasks.iterdir())) > 5)
        threads = [int(thread.name) for thread in tasks.iterdir()]
        nices = {}
        for thread in threads:
            # A player that was replaced ends on a thread of its own, which may be gone by now.
            with contextlib.suppress(ProcessLookupError):
                nices[thread] = os.getpriority(os.PRIO_PROCESS, thread)
        ours = os.getpriority(os.PRIO_PROCESS, 0)
        assert nices[facts.pid] == ours + 10
        # The control thread and the one that reads its orders.
        assert sum(nice == ours for nice in nices.values()) == 2
        assert set(nices.values()) == {ours, ours + 10}
