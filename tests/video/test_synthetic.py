"""Clips of the demonstration: encoded small, looped without drift or seam, and reachable by no other way."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from console.kernel import Fault, Secret
from console.video.ingest import TICKS, NetworkSource, Packet, PacketSource, StreamFault, Timeouts, has_parameters
from console.video.synthetic import Frame, LoopSource, clip_name, encode_clip

RATE = 15
SECONDS = 2
SIZE = (320, 180)


def moving(count: int = RATE * SECONDS) -> Iterator[Frame]:
    """A bright bar that walks once across a grey picture."""
    width, height = SIZE
    for number in range(count):
        picture = np.full((height, width, 4), 90, np.uint8)
        at = number * width // count
        picture[:, at : at + 10, :3] = (40, 200, 240)
        yield picture


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("scenes")
    encode_clip(moving(), place / clip_name("bar", 3), RATE)
    return place


class StepClock:
    """Time as the loop sees it. Waiting is real but every due moment is already past, so nothing is waited for."""

    def __init__(self, step: float) -> None:
        self.time = 100.0
        self._step = step

    def __call__(self) -> float:
        self.time += self._step
        return self.time


def source(folder: Path, name: str = "bar", clock: StepClock | None = None) -> LoopSource:
    return LoopSource(Secret(f"demo://{name}"), folder, clock or StepClock(10.0))


def test_a_clip_is_what_a_camera_sends(folder: Path) -> None:
    loop: PacketSource = source(folder)
    facts = loop.open()
    assert facts.codec == "h264"
    assert (facts.stream.width, facts.stream.height, facts.stream.rate) == (*SIZE, RATE)
    packets = list(islice(loop.packets(), RATE * SECONDS))
    assert [packet.is_key for packet in packets] == [number % RATE == 0 for number in range(RATE * SECONDS)]
    assert all(packet.data.startswith((b"\x00\x00\x00\x01", b"\x00\x00\x01")) for packet in packets)
    assert all(has_parameters(packet.data, "h264") for packet in packets if packet.is_key)
    assert all(packet.pts == packet.dts for packet in packets)
    loop.close()


def test_times_run_on_over_the_seam(folder: Path) -> None:
    loop = source(folder)
    loop.open()
    packets = list(islice(loop.packets(), RATE * SECONDS * 4 + 1))
    assert {after.pts - before.pts for before, after in pairwise(packets)} == {TICKS // RATE}
    assert packets[-1].pts == SECONDS * 4 * TICKS
    assert packets[-1].data == packets[0].data
    loop.close()


def test_the_looped_packets_decode_over_the_seam(folder: Path) -> None:
    loop = source(folder)
    loop.open()
    decoder = av.CodecContext.create("h264", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    count = RATE * SECONDS * 2
    pictures = [
        picture for packet in islice(loop.packets(), count) for picture in decoder.decode(av.Packet(packet.data))
    ]
    pictures += decoder.decode(None)
    loop.close()
    assert len(pictures) == count
    first, again = (pictures[at].to_ndarray(format="gray") for at in (0, RATE * SECONDS))
    assert np.array_equal(first, again)


def test_the_pace_is_counted_from_one_start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However late each single wait ends, the next moment is not later for it."""
    now = [50.0]
    asked: list[float] = []

    def wait(_event: threading.Event, seconds: float) -> bool:
        asked.append(now[0] + seconds)
        now[0] += seconds + 0.004  # every wait ends late
        return False

    loop = LoopSource(Secret("demo://bar"), folder, lambda: now[0])
    loop.open()
    monkeypatch.setattr(threading.Event, "wait", wait)
    packets = list(islice(loop.packets(), RATE * SECONDS * 3))
    monkeypatch.undo()
    loop.close()
    assert asked == pytest.approx([50.0 + packet.pts / TICKS for packet in packets])


def test_interrupting_ends_a_wait_at_once(folder: Path) -> None:
    loop = LoopSource(Secret("demo://bar"), folder, lambda: 0.0)  # its clock stands: it waits for ever longer
    loop.open()
    got: list[Packet] = []
    first = threading.Event()

    def run() -> None:
        for packet in loop.packets():
            got.append(packet)
            first.set()

    reader = threading.Thread(target=run)
    reader.start()
    assert first.wait(5)
    loop.interrupt()
    reader.join(5)
    assert not reader.is_alive()
    assert len(got) < RATE * SECONDS
    loop.close()


def test_a_closed_source_opens_no_more(folder: Path) -> None:
    loop = source(folder)
    loop.close()
    loop.close()
    with pytest.raises(StreamFault):
        loop.open()
    with pytest.raises(StreamFault):
        next(loop.packets())


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../bar", "bar/../bar", "/etc/passwd", "bar.v3", "bar.v3.ts", "BAR", "bar ", "bar%2e", "bar?x=1",
     "bar@host", "bar:80", "bar\x00", "bar\n", "-bar", "b" * 60, "บาร์", "bar/", "bar//door", "bar/a/b",
     "bar/" + "d" * 60],
)  # fmt: skip
def test_a_name_is_checked_strictly(folder: Path, name: str) -> None:
    with pytest.raises(StreamFault) as refused:
        source(folder, name).open()
    assert refused.value.fault is Fault.BAD_ADDRESS


def test_two_cameras_may_look_at_one_painted_street(folder: Path) -> None:
    door, corner = source(folder, "bar/door"), source(folder, "bar/corner-2")
    assert door.open() == corner.open()
    door.close()
    corner.close()


@pytest.mark.parametrize("address", ["file:///etc/passwd", "DEMO://bar", "rtsp://bar", "bar"])
def test_only_its_own_scheme_is_taken(folder: Path, address: str) -> None:
    with pytest.raises(StreamFault) as refused:
        LoopSource(Secret(address), folder).open()
    assert refused.value.fault is Fault.FORBIDDEN_SCHEME


def test_links_out_of_the_folder_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / clip_name("bar", 1)).symlink_to(folder / clip_name("bar", 3))
    (tmp_path / clip_name("room", 1)).mkdir()
    for name in ("bar", "room"):
        with pytest.raises(StreamFault) as refused:
            source(tmp_path, name).open()
        assert refused.value.fault is Fault.NOT_FOUND


def test_the_newest_version_is_played(folder: Path, tmp_path: Path) -> None:
    encode_clip(moving(RATE), tmp_path / clip_name("bar", 9), RATE)
    encode_clip(moving(RATE * 3), tmp_path / clip_name("bar", 10), RATE)
    loop = source(tmp_path)
    loop.open()
    packets = list(islice(loop.packets(), RATE * 3 + 1))
    assert packets[0].data == packets[-1].data != packets[RATE].data
    loop.close()


@pytest.mark.parametrize("rubbish", [b"", b"\x00" * 5000, b"not a clip" * 400])
def test_a_broken_clip_is_said_to_be_broken(tmp_path: Path, rubbish: bytes) -> None:
    (tmp_path / clip_name("bar", 1)).write_bytes(rubbish)
    with pytest.raises(StreamFault) as refused:
        source(tmp_path).open()
    assert refused.value.fault is Fault.BROKEN_STREAM


def test_a_folder_that_is_gone_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(StreamFault) as refused:
        source(tmp_path / "gone").open()
    assert refused.value.fault is Fault.NOT_FOUND


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / clip_name("bar", 1)).open("wb") as file:
        file.truncate(9 * 1024 * 1024)
    with pytest.raises(StreamFault) as refused:
        source(tmp_path).open()
    assert refused.value.fault is Fault.UNSUPPORTED


def test_an_encoding_that_stops_halfway_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[Frame]:
        yield from moving(4)
        raise RuntimeError("the painter fell off")

    with pytest.raises(RuntimeError):
        encode_clip(broken(), tmp_path / clip_name("bar", 1), RATE)
    with pytest.raises(ValueError, match="without pictures"):
        encode_clip(iter(()), tmp_path / clip_name("bar", 1), RATE)
    assert list(tmp_path.iterdir()) == []


def test_clips_have_strict_names() -> None:
    assert clip_name("gold-shop", 12) == "gold-shop.v12.ts"
    for name in ("../x", "", "A", "x.y"):
        with pytest.raises(ValueError, match="^" + re.escape(name)):
            clip_name(name, 1)


@pytest.mark.parametrize("address", ["demo://bar", "DEMO://bar"])
def test_a_worker_without_a_folder_refuses_the_scheme(address: str) -> None:
    """Such a worker knows the network only, and there the scheme does not exist."""
    with pytest.raises(StreamFault) as refused:
        NetworkSource(Secret(address), "tcp", Timeouts(1, 1)).open()
    assert refused.value.fault is Fault.FORBIDDEN_SCHEME
