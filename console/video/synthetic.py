"""The demonstration's cameras: clips of painted streets, encoded once, then looped in real time.

A clip is MPEG-TS with H.264 and parameter sets before each key picture, so that its packets are what a camera sends.
Nothing here opens the network, and a name can mean only a clip in the folder that the worker was given.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from console.kernel import Fault, Secret, StreamFacts
from console.video.ingest import TICKS, Packet, SourceFacts, StreamFault

SCHEME: Final = "demo://"
SUFFIX: Final = ".ts"
LARGEST: Final = 8 * 1024 * 1024
"""Bytes of a clip that is still taken to be ours."""

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_NAME_LENGTH: Final = 40
_FILE: Final = re.compile(r"(?P<name>[a-z0-9-]+)\.v(?P<version>[0-9]{1,6})\.ts")
_CODEC: Final = "h264"

Frame = NDArray[np.uint8]
"""Rows, columns, blue green red x."""


@dataclass(frozen=True, slots=True)
class _Clip:
    packets: tuple[Packet, ...]
    extradata: bytes
    length: int
    facts: StreamFacts


def clip_name(name: str, version: int) -> str:
    """Return the file name of a scene; the version tells whether it is current."""
    if not _NAME.fullmatch(name) or len(name) > _NAME_LENGTH:
        raise ValueError(name)
    return f"{name}.v{version}{SUFFIX}"


def encode_clip(frames: Iterable[Frame], path: Path, rate: int) -> None:
    """Encode one period of pictures, a key picture each second, so that the last runs into the first.

    Written beside the target and moved there when whole: a stop halfway leaves no broken clip.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with av.open(str(partial), mode="w", format="mpegts") as container:
            _encode(container, frames, rate)
        partial.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            partial.unlink()


def _encode(container: av.container.OutputContainer, frames: Iterable[Frame], rate: int) -> None:
    # No B pictures and no look-ahead: as an IP camera sends, and each packet is one picture in showing order.
    options = {
        "preset": "veryfast",
        "tune": "zerolatency",
        "crf": "30",
        "x264-params": f"keyint={rate}:min-keyint={rate}:scenecut=0:bframes=0:threads=1:sliced-threads=0:open-gop=0",
    }
    stream = None
    for number, frame in enumerate(frames):
        height, width = frame.shape[:2]
        if stream is None:
            stream = container.add_stream("libx264", rate=rate, options=options)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            stream.codec_context.thread_count = 1
        picture = av.VideoFrame.from_ndarray(frame, format="bgra").reformat(format="yuv420p")
        picture.pts = number
        picture.time_base = Fraction(1, rate)
        container.mux(stream.encode(picture))
    if stream is None:
        raise ValueError("a clip without pictures")
    container.mux(stream.encode(None))


class LoopSource:
    """One clip for ever, at the pace of its own times from one start; times run on over the seam.

    Stands for a camera (`PacketSource`), for addresses `demo://name` in a worker that was given a folder. What follows
    a slash tells cameras apart that look at the same painted street: `demo://name/door`.
    """

    def __init__(self, address: Secret, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._address = address
        self._folder = folder
        self._clock = clock
        self._clip: _Clip | None = None
        self._stop = threading.Event()

    def open(self) -> SourceFacts:
        if self._stop.is_set():
            raise StreamFault(Fault.STREAM_ENDED)
        self._clip = _read(_find(self._address, self._folder))
        return SourceFacts(_CODEC, self._clip.extradata, self._clip.facts)

    def packets(self) -> Iterator[Packet]:
        clip = self._clip
        if clip is None:
            raise StreamFault(Fault.STREAM_ENDED)
        start, offset = self._clock(), 0
        while True:
            for packet in clip.packets:
                # Every moment is counted from the one start, so waiting late once never adds up.
                due = start + (packet.dts + offset) / TICKS
                if self._stop.wait(max(0.0, due - self._clock())):
                    return
                yield Packet(packet.data, packet.pts + offset, packet.dts + offset, packet.is_key)
            offset += clip.length

    def interrupt(self) -> None:
        self._stop.set()

    def close(self) -> None:
        self._stop.set()
        self._clip = None


def _find(address: Secret, folder: Path) -> Path:
    """Return the newest clip of that name, a plain file directly in the folder; raises StreamFault."""
    text = address.reveal()
    if not text.startswith(SCHEME):
        raise StreamFault(Fault.FORBIDDEN_SCHEME)
    name, slash, corner = text.removeprefix(SCHEME).partition("/")
    words = (name, corner) if slash else (name,)
    if any(len(word) > _NAME_LENGTH or not _NAME.fullmatch(word) for word in words):
        raise StreamFault(Fault.BAD_ADDRESS)
    found: tuple[int, Path] | None = None
    try:
        for path in folder.iterdir():
            match = _FILE.fullmatch(path.name)
            if match and match["name"] == name and path.is_file() and not path.is_symlink():
                found = max(found or (-1, path), (int(match["version"]), path))
    except OSError:
        raise StreamFault(Fault.NOT_FOUND) from None
    if found is None:
        raise StreamFault(Fault.NOT_FOUND)
    return found[1]


def _read(path: Path) -> _Clip:
    """Read a whole clip into memory: it is small, and the disk is then out of the loop."""
    try:
        if path.stat().st_size > LARGEST:
            raise StreamFault(Fault.UNSUPPORTED)
        with av.open(str(path), format="mpegts") as container:
            return _demux(container)
    except (av.FFmpegError, OSError, ValueError, IndexError):
        raise StreamFault(Fault.BROKEN_STREAM) from None


def _demux(container: av.container.InputContainer) -> _Clip:
    stream = container.streams.video[0]
    context = stream.codec_context
    rate = float(stream.average_rate or 0)
    if context.name != _CODEC or stream.time_base is None or rate <= 0:
        raise StreamFault(Fault.UNSUPPORTED)
    step = stream.time_base * TICKS
    raw = [
        (bytes(packet), packet.pts, packet.dts, packet.is_keyframe) for packet in container.demux(stream) if packet.size
    ]
    times = [(pts, dts) for _, pts, dts, _ in raw if pts is not None and dts is not None]
    if len(times) != len(raw) or not raw or not raw[0][3]:
        raise StreamFault(Fault.BROKEN_STREAM)
    first = times[0][1]
    packets = tuple(
        Packet(data, int((pts - first) * step), int((dts - first) * step), key)
        for (data, _, _, key), (pts, dts) in zip(raw, times, strict=True)
    )
    facts = StreamFacts(codec=_CODEC, width=context.width, height=context.height, rate=rate, transport="demo")
    length = packets[-1].dts + round(TICKS / rate)
    return _Clip(packets, bytes(context.extradata or b""), length, facts)
