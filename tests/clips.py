"""Test clips with a counter burnt in as a bar code, and its reader.

The code stands in two rows at the top of the picture: cells of 1/20 of the width and 1/12 of the height, the second
row the complement of the first, so that it survives scaling to 240x136 and a torn or broken picture reads as None.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import av
import numpy as np
from av.bitstream import BitStreamFilterContext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from av.video.stream import VideoStream
    from numpy.typing import NDArray

CELLS: Final = 20
BITS: Final = 16
ROWS: Final = 12
"""The picture is ROWS code rows high; the code takes the first two."""

_WHITE_FROM: Final = 150
_BLACK_TO: Final = 105
_ENCODERS: Final = {"h264": "libx264", "h265": "libx265", "mjpeg": "mjpeg"}
_PIXELS: Final = {"h264": "yuv420p", "h265": "yuv420p", "mjpeg": "yuvj420p"}
_REPEAT_SECONDS: Final = 1800


@dataclass(frozen=True, slots=True)
class ClipSpec:
    """What a clip is made of. `seconds` of pictures are drawn and then repeated to `length_s` without re-encoding."""

    size: tuple[int, int] = (640, 360)
    rate: int = 15
    seconds: float = 20
    gop_seconds: float = 1
    codec: str = "h264"
    b_frames: int = 0
    length_s: float = _REPEAT_SECONDS
    bits_per_pixel: float = 0.15
    """About what cameras send for a substream: 518 kbit/s for 640x360@15."""

    @property
    def gop(self) -> int:
        return max(1, round(self.gop_seconds * self.rate))

    @property
    def pictures(self) -> int:
        """Whole GOPs only: the last picture of a round is followed by the key frame of the next one."""
        return max(1, -(-round(self.seconds * self.rate) // self.gop)) * self.gop

    @property
    def rounds(self) -> int:
        return max(1, -(-round(self.length_s * self.rate) // self.pictures))

    @property
    def name(self) -> str:
        width, height = self.size
        parts = (
            f"{width}x{height}@{self.rate}",
            f"g{self.gop}",
            f"b{self.b_frames}",
            f"n{self.pictures}x{self.rounds}",
            f"{self.bits_per_pixel:g}bpp",
        )
        return f"{self.codec}_{'_'.join(parts)}.mp4"


def make_clip(path: Path, spec: ClipSpec | None = None) -> Path:
    """Write the clip, an mp4, unless it is there already. Counters run from 0 to `spec.pictures` - 1 in each round."""
    if path.exists():
        return path
    spec = spec or ClipSpec()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    single = path.with_name(f".{path.name}.single.mp4")
    try:
        _encode(single, spec)
        _repeat(single, part, spec)
        part.replace(path)
    finally:
        single.unlink(missing_ok=True)
        part.unlink(missing_ok=True)
    return path


def _encode(path: Path, spec: ClipSpec) -> None:
    width, height = spec.size
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream(_ENCODERS[spec.codec], rate=spec.rate)
        stream = cast("VideoStream", stream)
        stream.width, stream.height, stream.pix_fmt = width, height, _PIXELS[spec.codec]
        stream.time_base = Fraction(1, spec.rate)
        stream.bit_rate = int(width * height * spec.rate * spec.bits_per_pixel)
        stream.options = _options(spec)
        stream.codec_context.gop_size = spec.gop
        stream.codec_context.max_b_frames = spec.b_frames
        stream.codec_context.thread_count = 1
        for counter, picture in enumerate(_pictures(spec)):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=_PIXELS[spec.codec])
            frame.pts, frame.time_base = counter, Fraction(1, spec.rate)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def _options(spec: ClipSpec) -> dict[str, object]:
    fixed = f"keyint={spec.gop}:min-keyint={spec.gop}:scenecut=0:open-gop=0:bframes={spec.b_frames}"
    if spec.codec == "h264":
        return {"preset": "veryfast", "profile": "main", "x264-params": f"{fixed}:threads=1"}
    if spec.codec == "h265":
        return {"preset": "ultrafast", "x265-params": f"{fixed}:log-level=none:pools=1:frame-threads=1"}
    return {"huffman": "default"}  # RTP's JPEG payload carries no Huffman tables


def _pictures(spec: ClipSpec) -> Iterator[NDArray[np.uint8]]:
    """A textured street-grey ground, six moving boxes and sensor noise: work for the decoder as a camera makes it."""
    width, height = spec.size
    random = np.random.default_rng(7)
    coarse = random.integers(40, 190, (height // 20 + 1, width // 20 + 1, 3), dtype=np.uint8)
    ground = coarse.repeat(20, axis=0).repeat(20, axis=1)[:height, :width].astype(np.int16)
    for counter in range(spec.pictures):
        picture = ground.copy()
        turn = counter / spec.pictures
        for box in range(6):
            left = int((turn * (box + 1) * 2 + box / 6) % 1 * (width - width // 8))
            top = height // 5 + (height * box) // 8
            picture[top : top + height // 9, left : left + width // 8] = (40 * box, 255 - 40 * box, 128)
        picture += random.integers(-3, 4, (height, width, 1), dtype=np.int16)
        burn(picture, counter)
        yield picture.clip(0, 255).astype(np.uint8)


def burn(picture: NDArray[np.int16] | NDArray[np.uint8], counter: int) -> None:
    """Draw the code of `counter` (modulo 2**16) into a picture of rows x columns x channels."""
    height, width = picture.shape[:2]
    cells = _cells(counter)
    for column, white in enumerate(cells):
        left, right = column * width // CELLS, (column + 1) * width // CELLS
        picture[: height // ROWS, left:right] = 235 if white else 16
        picture[height // ROWS : 2 * height // ROWS, left:right] = 16 if white else 235


def _cells(counter: int) -> list[bool]:
    """White, black, sixteen bits, parity, white."""
    bits = [bool(counter >> bit & 1) for bit in range(BITS)]
    return [True, False, *bits, sum(bits) % 2 == 1, True]


@lru_cache(maxsize=64)
def _places(width: int, height: int, stride: int) -> Callable[[memoryview], tuple[int, ...]]:
    """The green byte in the middle of each cell of both rows."""
    rows = (height // (2 * ROWS), 3 * height // (2 * ROWS))
    places = [
        row * stride + ((2 * column + 1) * width // (2 * CELLS)) * 4 + 1 for row in rows for column in range(CELLS)
    ]
    return cast("Callable[[memoryview], tuple[int, ...]]", itemgetter(*places))


def read_counter(pixels: memoryview, width: int, height: int, stride: int) -> int | None:
    """Read the counter of a picture of four bytes a pixel (BGRX or RGBX); None when the code is not whole."""
    if width < 2 * CELLS or height < 2 * ROWS:
        return None
    samples = _places(width, height, stride)(pixels)
    upper, lower = samples[:CELLS], samples[CELLS:]
    counter = 0
    cells = []
    for above, below in zip(upper, lower, strict=True):
        white = above > below
        if max(above, below) < _WHITE_FROM or min(above, below) > _BLACK_TO:
            return None
        cells.append(white)
    counter = sum(1 << bit for bit in range(BITS) if cells[2 + bit])
    return counter if cells == _cells(counter) else None


def _repeat(single: Path, path: Path, spec: ClipSpec) -> None:
    """Copy the packets round after round: the server plays one long file, without a seam and without re-encoding."""
    with av.open(str(single)) as source, av.open(str(path), "w", format="mp4") as out:
        origin = source.streams.video[0]
        target = out.add_stream_from_template(origin)
        time_base = cast("Fraction", origin.time_base)
        packets = [
            (bytes(packet), packet.pts, packet.dts, packet.is_keyframe)
            for packet in source.demux(origin)
            if packet.pts is not None and packet.dts is not None
        ]
        round_ticks = round(spec.pictures / spec.rate / time_base)
        for turn in range(spec.rounds):
            for payload, pts, dts, is_key in packets:
                packet = av.Packet(payload)
                packet.pts, packet.dts = pts + turn * round_ticks, dts + turn * round_ticks
                packet.time_base, packet.is_keyframe, packet.stream = time_base, is_key, target
                packet.duration = round_ticks // spec.pictures
                out.mux(packet)


def join_sizes(path: Path, clips: tuple[Path, Path], pictures: int) -> Path:
    """Write one transport stream (H.264): the first `pictures` of one clip, whole GOPs, then all else of the other.

    It must be made anew by its name when the clips change; their rates and counters are the same.
    """
    if path.exists():
        return path
    part = path.with_name(f".{path.name}.part")
    try:
        with av.open(str(part), "w", format="mpegts") as out:
            target: VideoStream | None = None
            for clip, start, end in ((clips[0], 0, pictures), (clips[1], pictures, None)):
                with av.open(str(clip)) as source:
                    origin = source.streams.video[0]
                    if target is None:
                        target = out.add_stream_from_template(origin)
                    annex_b = BitStreamFilterContext("h264_mp4toannexb", origin)
                    for packet in islice(source.demux(origin), start, end):
                        for ready in annex_b.filter(packet) if packet.pts is not None else ():
                            ready.stream = target
                            out.mux(ready)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path
