"""The current picture at once: decodes the cached group of pictures, then what follows, until a player takes over.

A player of libVLC shows the key picture it starts with, which may be seconds old. The bridge decodes from the same
key picture without showing anything, as fast as it can, and shows only the newest picture.
"""

from __future__ import annotations

import ctypes
from collections import deque
from typing import Final

import av
from av.codec import CodecContext
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from console.video.ingest import Packet, SourceFacts
from console.video.screen import Pen

_FORMAT: Final = "bgra"
_LONGEST_REORDER: Final = 64


class BridgeBroken(Exception):
    """The packets cannot be decoded. Carries nothing of FFmpeg's text."""


class Bridge:
    """One decoder. Used by one thread at a time; its channel has the lock."""

    def __init__(self, facts: SourceFacts) -> None:
        self._context = _context(facts)
        self._reformatter = VideoReformatter()
        self._newest: VideoFrame | None = None
        self._started = False
        self._arrivals: deque[tuple[int, int]] = deque(maxlen=_LONGEST_REORDER)
        self.newest_ns = 0
        """When the packet of the newest picture came; 0 if that is not known."""

    def decode(self, packet: Packet, number: int, arrived_ns: int = 0) -> list[int]:
        """Take one packet; returns the numbers of the packets whose pictures came out, in the order of showing.

        A damaged packet gives none and is passed over. Numbers, because a camera's times jump as they please.
        """
        self._started = self._started or packet.is_key
        if not self._started:
            return []
        raw: av.Packet[Stream] = av.Packet(packet.data)
        raw.pts = raw.dts = number
        self._arrivals.append((number, arrived_ns))
        try:
            # What a damaged packet left out is patched from the picture before: old pixels with a new time.
            frames = [frame for frame in self._context.decode(raw) if not frame.is_corrupt]
        except (av.FFmpegError, ValueError):
            return []
        if frames:
            self._newest = frames[-1]
            shown = self._newest.pts
            self.newest_ns = next((at for came, at in self._arrivals if came == shown), 0)
        return [number if frame.pts is None else frame.pts for frame in frames]

    @property
    def has_picture(self) -> bool:
        return self._newest is not None

    def draw(self, pen: Pen) -> bool:
        """Draw the newest picture in the pen's size; False if there is none (or it is of no use)."""
        frame = self._newest
        if frame is None:
            return False
        try:
            scaled = self._reformatter.reformat(
                frame, pen.width, pen.height, _FORMAT, interpolation=Interpolation.FAST_BILINEAR, threads=1
            )
        except (av.FFmpegError, ValueError, MemoryError):
            return False
        plane = scaled.planes[0]
        target, source, pitch = pen.begin(), plane.buffer_ptr, plane.line_size
        if pitch == pen.stride:
            ctypes.memmove(target, source, pen.stride * pen.height)
        else:
            width = min(pitch, pen.stride)
            for row in range(pen.height):
                ctypes.memmove(target + row * pen.stride, source + row * pitch, width)
        pen.end()
        return True


def _context(facts: SourceFacts) -> VideoCodecContext:
    try:
        context = CodecContext.create(facts.codec, "r")
        if not isinstance(context, VideoCodecContext):
            raise BridgeBroken
        context.thread_count = 1
        context.thread_type = "SLICE"
        if facts.extradata:
            context.extradata = facts.extradata
    except (av.FFmpegError, ValueError, MemoryError):
        raise BridgeBroken from None
    return context
