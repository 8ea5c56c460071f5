"""The bridge: what it decodes, what it counts, what it draws."""

from __future__ import annotations

import ctypes
from pathlib import Path

import av
import pytest

from console.kernel import StreamFacts
from console.video.bridge import Bridge, BridgeBroken
from console.video.ingest import Packet, SourceFacts, silence
from tests.rtsp import ClipSpec, make_clip, read_counter


class Paper:
    """Stands where a pen stands."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.stride = -(-width * 4 // 32) * 32
        self.memory = (ctypes.c_char * (self.stride * height))()
        self.ended = 0

    def begin(self) -> int:
        return ctypes.addressof(self.memory)

    def end(self) -> None:
        self.ended += 1

    @property
    def counter(self) -> int | None:
        return read_counter(memoryview(self.memory).cast("B"), self.width, self.height, self.stride)


def packets(folder: Path, b_frames: int) -> tuple[list[Packet], bytes]:
    silence()
    spec = ClipSpec(size=(320, 180), seconds=2, gop_seconds=1, length_s=2, b_frames=b_frames)
    with av.open(str(make_clip(folder / spec.name, spec)), mode="r") as container:
        stream = container.streams.video[0]
        found = [
            Packet(bytes(raw), raw.pts or 0, raw.dts or 0, raw.is_keyframe)
            for raw in container.demux(stream)
            if raw.size
        ]
        return found, bytes(stream.codec_context.extradata or b"")


@pytest.mark.parametrize("b_frames", [0, 2])
def test_the_newest_picture_of_the_group_is_drawn_in_any_size(tmp_path: Path, b_frames: int) -> None:
    sent, extradata = packets(tmp_path, b_frames)
    bridge = Bridge(SourceFacts("h264", extradata, StreamFacts()))
    numbers: list[int] = []
    for number, packet in enumerate(sent[:14], 100):
        numbers += bridge.decode(packet, number)
    # Each picture once, in the order of showing, each known by the number of its packet.
    assert len(set(numbers)) == len(numbers) >= 14 - 1 - b_frames
    if not b_frames:
        assert numbers == list(range(100, 114))
    for size in ((320, 180), (240, 136), (481, 271)):
        paper = Paper(*size)
        assert bridge.draw(paper)  # type: ignore[arg-type]
        assert paper.counter == len(numbers) - 1
        assert paper.ended == 1


def test_it_waits_for_a_key_picture_and_survives_damage(tmp_path: Path) -> None:
    sent, extradata = packets(tmp_path, 0)
    bridge = Bridge(SourceFacts("h264", extradata, StreamFacts()))
    paper = Paper(320, 180)
    assert bridge.decode(sent[3], 1) == []
    assert not bridge.draw(paper)  # type: ignore[arg-type]
    assert paper.ended == 0
    assert bridge.decode(sent[0], 2) == [2]
    bridge.decode(Packet(b"\x00" * 50, 0, 0, is_key=False), 3)
    bridge.decode(Packet(b"\xff" * 500, 0, 0, is_key=True), 4)
    assert bridge.decode(sent[15], 5)[-1:] == [5]
    assert bridge.draw(paper)  # type: ignore[arg-type]
    assert paper.counter == 15


def torn(packet: Packet) -> Packet:
    """Return the packet with slices whose second half was lost; the lengths before them stay (MP4: 4 bytes each)."""
    data, at = bytearray(packet.data), 0
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4], "big")
        if data[at + 4] & 31 in {1, 5}:
            middle = (at + 5 + end) // 2
            data[middle:end] = bytes(end - middle)
        at = end
    return Packet(bytes(data), packet.pts, packet.dts, packet.is_key)


@pytest.mark.parametrize("first_torn", [15, 20])
def test_a_picture_that_was_patched_from_an_older_one_is_none(tmp_path: Path, first_torn: int) -> None:
    """FFmpeg hands out the old pixels under the new packet's time: shown, they would be called LIVE."""
    sent, extradata = packets(tmp_path, 0)
    bridge = Bridge(SourceFacts("h264", extradata, StreamFacts()))
    numbers: list[int] = []
    for number, packet in enumerate(sent):
        numbers += bridge.decode(packet if number < first_torn else torn(packet), number, number)
    assert numbers == list(range(first_torn))
    assert bridge.newest_ns == first_torn - 1


@pytest.mark.parametrize("codec", ["no-such-codec", "aac"])
def test_what_ffmpeg_cannot_decode_is_named(codec: str) -> None:
    with pytest.raises(BridgeBroken):
        Bridge(SourceFacts(codec, b"", StreamFacts(), 1.0))
