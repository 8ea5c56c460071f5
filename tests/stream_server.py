"""A scripted camera server for many odd streams at once: RTSP over TCP and HTTP multipart on one port, one thread.

    with StreamServer() as server:
        url = server.add("cam0", Script.of(clip))                       # as the clip is
        url = server.add("cam1", replace(Script.of(clip), ticks=…))     # with a clock of its own

The bytes of a `Script` are sent as they stand, so that broken ones can be sent too. H.264, H.265 and MJPEG.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import av
from av.bitstream import BitStreamFilterContext

if TYPE_CHECKING:
    from types import TracebackType

TICKS: Final = 90_000
_MTU: Final = 1400
_SSRC: Final = 0x0DD
_BOUNDARY: Final = "frame"
_NAMES: Final = {"h264": "H264", "h265": "H265"}
_SETS: Final = {"h264": (7, 8), "h265": (32, 33, 34)}
Pictures = tuple[tuple[bytes, ...], ...]


def kind_of(unit: bytes, codec: str) -> int:
    """Return the type of a NAL unit."""
    return unit[0] & 31 if codec == "h264" else unit[0] >> 1 & 63


def split_units(stream: bytes) -> tuple[bytes, ...]:
    """Cut Annex B into NAL units."""
    return tuple(unit for part in stream.split(b"\x00\x00\x01")[1:] if (unit := part.rstrip(b"\x00")))


@dataclass(frozen=True)
class Script:
    """What one mount sends: pictures as NAL units (a JPEG is one unit), and what the SDP says of them."""

    codec: str
    pictures: Pictures
    parameter_sets: tuple[bytes, ...]
    rate: float
    ticks: Callable[[int], int] | None = None
    """RTP time of picture n; by default as the rate says."""

    due: Callable[[int], float] | None = None
    """Seconds from the start at which picture n is sent."""

    sound: bool = False
    session: int = 0
    """Pictures after which the server ends a session; 0: never."""

    sessions: int = 0
    """Sessions after which the stream is gone (404); 0: never."""

    keep: Callable[[int], bool] | None = None
    """Whether RTP packet n is sent at all."""

    once: bool = False
    """Stop after the last picture instead of starting over."""

    @classmethod
    def of(cls, clip: Path, most: int = 600) -> Script:
        """Take a clip of tests.clips apart."""
        pictures: list[tuple[bytes, ...]] = []
        with av.open(str(clip)) as source:
            video = source.streams.video[0]
            codec = {"hevc": "h265"}.get(video.codec_context.name, video.codec_context.name)
            annex_b = None if codec == "mjpeg" else BitStreamFilterContext(f"{codec_name(codec)}_mp4toannexb", video)
            for packet in source.demux(video):
                if annex_b is None:
                    pictures += [(bytes(packet),)] if packet.size else []
                else:
                    pictures += [units for out in annex_b.filter(packet) if (units := split_units(bytes(out)))]
                if len(pictures) >= most:
                    break
            rate = float(video.average_rate or 15)
        sets = tuple(unit for unit in pictures[0] if codec != "mjpeg" and kind_of(unit, codec) in _SETS[codec])
        return cls(codec, tuple(pictures), sets, rate)

    def sdp(self) -> str:
        name, sets = _NAMES[self.codec], [base64.b64encode(unit).decode() for unit in self.parameter_sets]
        if self.codec == "h264":
            sprop = f" packetization-mode=1;sprop-parameter-sets={','.join(sets)}"
        else:
            labels = ("sprop-vps", "sprop-sps", "sprop-pps")
            sprop = " " + ";".join(f"{label}={text}" for label, text in zip(labels, sets, strict=False))
        sound = "m=audio 0 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=control:sound\r\n" if self.sound else ""
        return (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=odd\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\na=control:*\r\n"
            f"{sound}m=video 0 RTP/AVP 96\r\na=rtpmap:96 {name}/{TICKS}\r\na=fmtp:96{sprop}\r\na=control:video\r\n"
        )

    def moment(self, number: int) -> float:
        return number / self.rate if self.due is None else self.due(number)

    def stamp(self, number: int) -> int:
        ticks = round(self.moment(number) * TICKS) if self.ticks is None else self.ticks(number)
        return ticks & 0xFFFFFFFF


def codec_name(codec: str) -> str:
    """Return FFmpeg's name."""
    return {"h265": "hevc"}.get(codec, codec)


@dataclass
class Mount:
    """One stream and what became of it."""

    script: Script
    sessions: int = 0
    sent: int = 0
    """Pictures sent in all sessions together."""

    asked: tuple[str, ...] = ()
    """What clients set up."""

    done: bool = False
    """A session has ended: all was sent, or the client went away."""


class StreamServer:
    """Serves until the end of the `with` block; mounts may be added and removed meanwhile."""

    def __init__(self) -> None:
        self.mounts: dict[str, Mount] = {}
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="stream server", daemon=True)
        self._ready = threading.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def add(self, name: str, script: Script) -> str:
        """Serve it from now on; returns the address."""
        self.mounts[name] = Mount(script)
        return f"{'http' if script.codec == 'mjpeg' else 'rtsp'}://127.0.0.1:{self.port}/{name}"

    def _run(self) -> None:
        loop = self._loop
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(asyncio.start_server(self._client, "127.0.0.1", 0, limit=1 << 20, backlog=256))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        loop.run_forever()
        server.close()
        for task in list(self._tasks):
            task.cancel()
        loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            with contextlib.suppress(OSError, RuntimeError):
                writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            # RTCP of the client stands between its requests.
            line = next(line for line in head.split("\r\n") if " RTSP/1.0" in line or " HTTP/1." in line)
            method, url, version = line[line.find(line.split()[-3].lstrip("$")) :].split()[-3:]
            mount = self.mounts.get(url.split("://")[-1].split("/", 1)[-1].split("/")[0])
            number = next(
                (one.split(":")[1].strip() for one in head.split("\r\n") if one.lower().startswith("cseq")), "0"
            )
            start = f"{version} {{}}\r\nCSeq: {number}\r\n"
            if mount is None or (mount.script.sessions and mount.sessions >= mount.script.sessions):
                writer.write(start.format("404 Not Found").encode() + b"Content-Length: 0\r\n\r\n")
                if "HTTP" in version:
                    return
            elif "HTTP" in version:
                await self._play(mount, reader, writer)
                return
            elif method.endswith("DESCRIBE"):
                body = mount.script.sdp()
                kind = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write((start.format("200 OK") + kind + body).encode())
            elif method.endswith("SETUP"):
                mount.asked += (url.rsplit("/", 1)[-1],)
                how = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 0DD;timeout=60\r\n\r\n"
                writer.write((start.format("200 OK") + how).encode())
            else:
                public = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\nSession: 0DD\r\n\r\n"
                writer.write((start.format("200 OK") + public).encode())
                if method.endswith("PLAY"):
                    await self._play(mount, reader, writer)
                    return
            await writer.drain()

    async def _play(self, mount: Mount, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Send until the script, the session or the client ends. What the client says meanwhile is not answered."""
        mount.sessions += 1
        listening = asyncio.ensure_future(self._drain(reader))
        try:
            await self._send(mount, writer, listening)
        finally:
            mount.done = True
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    @staticmethod
    async def _drain(reader: asyncio.StreamReader) -> None:
        while await reader.read(4096):
            pass

    async def _send(self, mount: Mount, writer: asyncio.StreamWriter, listening: asyncio.Future[None]) -> None:
        script, loop = mount.script, self._loop
        began, sequence = loop.time(), 0
        if script.codec == "mjpeg":
            head = f"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary={_BOUNDARY}\r\n\r\n"
            writer.write(head.encode())
        number = 0
        while not listening.done():
            if (script.session and number >= script.session) or (script.once and number >= len(script.pictures)):
                return
            await asyncio.sleep(max(0.0, began + script.moment(number) - loop.time()))
            units = script.pictures[number % len(script.pictures)]
            if script.codec == "mjpeg":
                for unit in units:
                    part = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(unit)}\r\n\r\n"
                    writer.write(part.encode() + unit + b"\r\n")
            else:
                sequence = self._send_units(script, units, (number, sequence), writer)
            await writer.drain()
            number += 1
            mount.sent += 1

    @staticmethod
    def _send_units(
        script: Script, units: tuple[bytes, ...], counts: tuple[int, int], writer: asyncio.StreamWriter
    ) -> int:
        number, sequence = counts
        payloads = [payload for unit in units for payload in payloads_of(unit, script.codec)]
        for index, payload in enumerate(payloads):
            marker = 0x80 if index == len(payloads) - 1 else 0
            header = struct.pack(">BBHII", 0x80, marker | 96, sequence & 0xFFFF, script.stamp(number), _SSRC)
            if script.keep is None or script.keep(sequence):
                writer.write(b"$\x00" + struct.pack(">H", len(header) + len(payload)) + header + payload)
            sequence += 1
        return sequence


def payloads_of(unit: bytes, codec: str) -> list[bytes]:
    """Return a NAL unit as RTP payloads (RFC 6184, RFC 7798): whole, or in fragments."""
    if len(unit) <= _MTU:
        return [unit]
    size = 1 if codec == "h264" else 2
    body, found = unit[size:], []
    for start in range(0, len(body), _MTU):
        flags = (0x80 if start == 0 else 0) | (0x40 if start + _MTU >= len(body) else 0) | kind_of(unit, codec)
        if codec == "h264":
            head = bytes([(unit[0] & 0xE0) | 28, flags])
        else:
            head = bytes([(unit[0] & 0x81) | 49 << 1, unit[1], flags])
        found.append(head + body[start : start + _MTU])
    return found
