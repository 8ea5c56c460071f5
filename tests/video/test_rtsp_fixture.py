"""The test servers themselves: what other tests rely on."""

from __future__ import annotations

import socket
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import av
import pytest
from av.logging import Capture

from tests.rtsp import ClipSpec, Login, Manner, RtspServer, Sin, SinServer, make_clip, read_counter
from tests.rtsp import available as rtsp_available
from tests.rtsp_sins import MEDIA_SINS

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORT = ClipSpec(seconds=2, length_s=60)
OPTIONS = {"rtsp_transport": "tcp", "timeout": "3000000"}
needs_gstreamer = pytest.mark.skipif(not rtsp_available(), reason="no GStreamer RTSP server")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clips") / SHORT.name, SHORT)


def counters(url: str, count: int, size: tuple[int, int] = (240, 136), **options: str) -> Iterator[int | None]:
    limit = int(options.get("timeout", OPTIONS["timeout"])) / 1e6
    with Capture(), av.open(url, options=OPTIONS | options, timeout=limit) as source:
        for number, frame in enumerate(source.decode(source.streams.video[0])):
            plane = frame.reformat(width=size[0], height=size[1], format="bgra").planes[0]
            yield read_counter(memoryview(plane), *size, plane.line_size)
            if number + 1 >= count:
                return


@pytest.mark.parametrize("codec", ["h264", "h265", "mjpeg"])
def test_counter_survives_encoding_and_scaling(tmp_path: Path, codec: str) -> None:
    spec = replace(SHORT, codec=codec, b_frames=2 if codec == "h264" else 0, seconds=1, length_s=3)
    path = make_clip(tmp_path / spec.name, spec)
    for size in ((640, 360), (480, 270), (240, 136)):
        seen = list(counters(str(path), 45, size))
        assert seen == [number % 15 for number in range(45)], size


def test_a_broken_code_reads_as_none() -> None:
    assert read_counter(memoryview(bytes(240 * 136 * 4)), 240, 136, 960) is None
    assert read_counter(memoryview(bytes(16)), 2, 2, 8) is None


@pytest.mark.rtsp
@needs_gstreamer
def test_server_plays_over_tcp_in_order_and_past_the_seam(clip: Path) -> None:
    with RtspServer(clip, mounts=2) as server:
        seen = list(counters(server.url(1), 45))
    assert None not in seen
    numbers = [number for number in seen if number is not None]
    assert all((after - before) % SHORT.pictures == 1 for before, after in pairwise(numbers))


@pytest.mark.rtsp
@needs_gstreamer
@pytest.mark.parametrize("method", ["basic", "digest"])
def test_server_asks_for_the_log_in(clip: Path, method: str) -> None:
    with RtspServer(clip, login=Login("viewer", "plain-word", method)) as server:
        with pytest.raises(av.error.HTTPUnauthorizedError):
            list(counters(server.url(), 1))
        assert len(list(counters(server.url(with_login=True), 2))) == 2


def test_the_log_in_stands_percent_encoded_in_the_url() -> None:
    server = RtspServer(Path("clip.mp4"), login=Login("viewer", "p@ss:/?#%é"), port=554)
    assert server.url(with_login=True) == "rtsp://viewer:p%40ss%3A%2F%3F%23%25%C3%A9@127.0.0.1:554/cam0"


@pytest.mark.rtsp
@needs_gstreamer
def test_udp_only_refuses_tcp(clip: Path) -> None:
    with RtspServer(clip, manner=Manner(udp_only=True)) as server:
        with pytest.raises(av.error.FFmpegError):
            list(counters(server.url(), 1))
        assert len(list(counters(server.url(), 3, rtsp_transport="udp"))) == 3


@pytest.mark.rtsp
@needs_gstreamer
def test_server_comes_back_on_its_port_after_a_kill(clip: Path) -> None:
    with RtspServer(clip) as server:
        port = server.port
        server.kill()
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), 1)
        server.start()
        assert server.port == port
        assert len(list(counters(server.url(), 2))) == 2


def test_scripted_server_streams_when_it_does_not_sin(clip: Path) -> None:
    with SinServer(Sin.NONE, clip=clip) as server:
        numbers = list(counters(server.url, 20))
    assert numbers == list(range(20))
    assert [seen.method for seen in server.seen][:4] == ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"]


# The endless SDP is left out: FFmpeg sets a gigabyte aside for it.
@pytest.mark.parametrize("sin", sorted(set(Sin) - MEDIA_SINS - {Sin.ENDLESS_SDP}))
def test_every_sin_fails_a_client(sin: Sin) -> None:
    with SinServer(sin) as server, pytest.raises((av.error.FFmpegError, IndexError)):  # no video stream
        list(counters(server.url, 1, timeout="500000"))
    assert server.seen
    assert not server.open_connections


@pytest.mark.parametrize("sin", [Sin.BYE, Sin.CLOSE])
def test_a_stream_that_ends(clip: Path, sin: Sin) -> None:
    with SinServer(sin, clip=clip, after=5) as server:
        seen = [number for number in counters(server.url, 100, timeout="1000000") if number is not None]
    assert seen == list(range(len(seen)))
    assert 1 <= len(seen) <= 5


def test_wanted_log_in_is_recorded(clip: Path) -> None:
    with SinServer(Sin.UNAUTHORISED, challenge="Basic") as server, pytest.raises(av.error.FFmpegError):
        list(counters(server.url_with("viewer:secret"), 1))
    assert any("authorization" in seen.headers for seen in server.seen)
