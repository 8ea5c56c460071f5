"""A scripted RTSP server that sins on purpose: silence, refusals, lies in its headers, broken and frozen streams.

    with SinServer(Sin.SILENT_SETUP) as server: … server.url … server.seen …
    with SinServer(Sin.FREEZE, clip=clip, after=30) as server: … server.sin = Sin.NONE   # repents

Sins that strike in mid-stream need a clip (H.264 in mp4); `after` pictures are sent right first.
"""

from __future__ import annotations

import base64
import contextlib
import random
import select
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import av
from av.bitstream import BitStreamFilterContext

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType


class Sin(StrEnum):
    NONE = "none"
    SILENT_OPTIONS = "silent_options"
    SILENT_DESCRIBE = "silent_describe"
    SILENT_SETUP = "silent_setup"
    SILENT_PLAY = "silent_play"
    SILENT_STREAM = "silent_stream"  # PLAY is answered, no packet ever comes
    UNAUTHORISED = "unauthorised"  # 401 for ever
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    EMPTY_SDP = "empty_sdp"
    NO_VIDEO = "no_video"
    ENDLESS_SDP = "endless_sdp"
    WRONG_LENGTH = "wrong_length"  # Content-Length says more than is sent, then silence
    HUGE_HEADER = "huge_header"  # one header of 1 GB
    GARBAGE = "garbage"  # an answer that is no RTSP
    CORRUPT = "corrupt"  # RTP payloads of random bytes
    BYE = "bye"  # RTCP BYE, then the connection is closed
    CLOSE = "close"  # closed without a word
    BAD_SLICE = "bad_slice"  # pictures whose slices hold nothing but zeros
    SEI_ONLY = "sei_only"  # access units without any picture
    HANG = "hang"  # nothing for HANG_S, then all of it at once, and on as if nothing had been
    FREEZE = "freeze"  # connection stays open, keep-alive is answered, no more packets


HANG_S: Final = 2.5
MEDIA_SINS: Final = frozenset(
    {Sin.NONE, Sin.CORRUPT, Sin.BYE, Sin.CLOSE, Sin.FREEZE, Sin.BAD_SLICE, Sin.SEI_ONLY, Sin.HANG}
)
_SEI: Final = b"\x06\x05\x11" + bytes(range(16, 33)) + b"\x80"
_SILENT: Final = {
    Sin.SILENT_OPTIONS: "OPTIONS",
    Sin.SILENT_DESCRIBE: "DESCRIBE",
    Sin.SILENT_SETUP: "SETUP",
    Sin.SILENT_PLAY: "PLAY",
}
_REFUSALS: Final = {Sin.FORBIDDEN: "403 Forbidden", Sin.NOT_FOUND: "404 Not Found"}
_MTU: Final = 1400
_FU_A: Final = 28
_TICKS: Final = 90_000
_SSRC: Final = 0x5EED


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it came in."""

    at: float
    method: str
    url: str
    headers: Mapping[str, str]


@dataclass(slots=True)
class _Track:
    """A clip taken apart: pictures as lists of NAL units, and what the SDP says about them."""

    rate: float = 15.0
    pictures: list[list[bytes]] = field(default_factory=list)
    parameter_sets: list[bytes] = field(default_factory=list)


def _nal_units(stream: bytes) -> Iterator[bytes]:
    for part in stream.split(b"\x00\x00\x01")[1:]:
        yield part.rstrip(b"\x00")


def _take_apart(clip: Path, pictures: int) -> _Track:
    track = _Track()
    with av.open(str(clip)) as source:
        video = source.streams.video[0]
        track.rate = float(video.average_rate or 15)
        annex_b = BitStreamFilterContext("h264_mp4toannexb", video)
        for packet in source.demux(video):
            for out in annex_b.filter(packet):
                units = [unit for unit in _nal_units(bytes(out)) if unit]
                if units:
                    track.pictures.append(units)
            if len(track.pictures) >= pictures:
                break
    for units in track.pictures[:1]:
        track.parameter_sets = [unit for unit in units if unit[0] & 31 in {7, 8}]
    return track


class SinServer:
    """Serves one URL; every connection gets the sin that is set at that moment."""

    def __init__(
        self, sin: Sin, *, clip: Path | None = None, after: int = 30, challenge: str = "Digest", port: int = 0
    ) -> None:
        if sin in MEDIA_SINS and clip is None:
            raise ValueError(f"{sin} needs a clip")
        self.sin = sin
        self.after = after
        self.challenge = challenge
        self.port = port
        self.seen: list[Seen] = []
        self.connections = 0
        """Connections accepted so far."""
        self.sent = 0
        """Pictures sent on the newest connection."""
        # The stream starts over at its first picture, a key frame.
        self._track = _take_apart(clip, 600) if clip is not None else _Track()
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None

    @property
    def url(self) -> str:
        return f"rtsp://127.0.0.1:{self.port}/cam"

    def url_with(self, userinfo: str) -> str:
        """`userinfo` as it stands before the @, percent-encoded by the caller."""
        return f"rtsp://{userinfo}@127.0.0.1:{self.port}/cam"

    @property
    def open_connections(self) -> int:
        return len(self._open)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._spawn(self._accept, self._listener)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        with self._lock:
            sockets = [*self._open, *([self._listener] if self._listener else [])]
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join(5)
        if self._listener is not None:
            self._listener.close()

    def _spawn(self, target: object, argument: socket.socket) -> None:
        thread = threading.Thread(target=target, args=(argument,), daemon=True, name="sin-server")  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while not self._ending.is_set():
            try:
                client, _ = listener.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            with self._lock:
                self._open.add(client)
            self._spawn(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        try:
            _Conversation(self, client, self._track, self._ending).run()
        except (OSError, EOFError):
            pass  # the client left, or the server ends
        finally:
            with self._lock:
                self._open.discard(client)
            client.close()


class _Conversation:
    """One client, from its first request to its end."""

    def __init__(self, server: SinServer, client: socket.socket, track: _Track, ending: threading.Event) -> None:
        self.server, self.client, self.track, self.ending = server, client, track, ending
        self.sin = server.sin
        self.buffer = b""
        self.random = random.Random(5)
        self.sequence = 1

    def run(self) -> None:
        while not self.ending.is_set():
            request = self._request(wait=True)
            if request is None:
                return
            if not self._answer(request):
                return

    # -- requests

    def _request(self, *, wait: bool) -> Seen | None:
        """Return the next request; skips interleaved frames of the client. None: nothing yet (only without wait)."""
        while True:
            self._skip_interleaved()
            if b"\r\n\r\n" in self.buffer and not self.buffer.startswith(b"$"):
                return self._parse()
            if not wait and not select.select([self.client], [], [], 0)[0]:
                return None
            data = self.client.recv(65536)
            if not data:
                raise EOFError
            self.buffer += data

    def _skip_interleaved(self) -> None:
        while self.buffer.startswith(b"$") and len(self.buffer) >= 4:
            end = 4 + struct.unpack(">H", self.buffer[2:4])[0]
            if len(self.buffer) < end:
                return
            self.buffer = self.buffer[end:]

    def _parse(self) -> Seen:
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        first, *rest = head.decode("utf-8", "replace").split("\r\n")
        method, url, *_ = [*first.split(" "), "", ""]
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        seen = Seen(time.monotonic(), method, url, headers)
        self.server.seen.append(seen)
        return seen

    # -- answers

    def _reply(self, request: Seen, status: str = "200 OK", headers: str = "", body: str = "") -> None:
        text = f"RTSP/1.0 {status}\r\nCSeq: {request.headers.get('cseq', '0')}\r\n{headers}"
        if body:
            text += f"Content-Length: {len(body)}\r\n"
        self.client.sendall(f"{text}\r\n{body}".encode())

    def _hush(self) -> None:
        """Keep the connection open and say nothing until the client leaves or the server ends."""
        while self.client.recv(65536):
            pass

    def _answer(self, request: Seen) -> bool:
        """Answer one request; False ends the conversation."""
        if _SILENT.get(self.sin) == request.method:
            self._hush()
            return False
        if request.method == "OPTIONS":
            self._reply(request, headers="Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n")
        elif request.method == "DESCRIBE":
            return self._describe(request)
        elif request.method == "SETUP":
            self._setup(request)
        elif request.method == "PLAY":
            self._reply(request, headers="Session: 5EED\r\nRange: npt=0-\r\n")
            if self.sin is Sin.SILENT_STREAM or not self.track.pictures:
                self._hush()
                return False
            return self._stream()
        elif request.method == "TEARDOWN":
            self._reply(request)
            return False
        else:
            self._reply(request, headers="Session: 5EED\r\n")
        return True

    def _setup(self, request: Seen) -> None:
        wanted = request.headers.get("transport", "")
        if "TCP" in wanted:
            self._reply(
                request, headers="Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 5EED;timeout=60\r\n"
            )
        else:
            self._reply(request, "461 Unsupported Transport")

    def _describe(self, request: Seen) -> bool:
        sin, kind = self.sin, "Content-Type: application/sdp\r\n"
        if sin is Sin.UNAUTHORISED:
            nonce = f', nonce="{self.random.getrandbits(64):x}"' if self.server.challenge == "Digest" else ""
            self._reply(
                request, "401 Unauthorized", f'WWW-Authenticate: {self.server.challenge} realm="cam"{nonce}\r\n'
            )
        elif sin in _REFUSALS:
            self._reply(request, _REFUSALS[sin])
        elif sin is Sin.EMPTY_SDP:
            self._reply(request, headers=f"{kind}Content-Length: 0\r\n")
        elif sin is Sin.NO_VIDEO:
            self._reply(request, headers=kind, body=f"{self._session_sdp()}m=audio 0 RTP/AVP 0\r\na=control:a\r\n")
        elif sin is Sin.WRONG_LENGTH:
            self._reply(request, headers=f"{kind}Content-Length: 1000000\r\n")
            self._hush()
            return False
        elif sin is Sin.GARBAGE:
            self.client.sendall(bytes(self.random.getrandbits(8) for _ in range(4096)))
            return False
        elif sin in {Sin.HUGE_HEADER, Sin.ENDLESS_SDP}:
            self._flood(request)
            return False
        else:
            self._reply(request, headers=kind, body=self._sdp())
        return True

    def _flood(self, request: Seen) -> None:
        if self.sin is Sin.HUGE_HEADER:
            start, chunk = f"RTSP/1.0 200 OK\r\nCSeq: {request.headers.get('cseq', '0')}\r\nX-Fill: ", b"a" * 65536
        else:
            start = f"RTSP/1.0 200 OK\r\nCSeq: {request.headers.get('cseq', '0')}\r\n"
            start += f"Content-Type: application/sdp\r\nContent-Length: 1000000000\r\n\r\n{self._session_sdp()}"
            chunk = b"a=fill:aaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 2000
        self.client.sendall(start.encode())
        sent = 0
        while sent < 1_000_000_000 and not self.ending.is_set():
            self.client.sendall(chunk)
            sent += len(chunk)

    @staticmethod
    def _session_sdp() -> str:
        return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=sin\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\na=control:*\r\n"

    def _sdp(self) -> str:
        sets = ",".join(base64.b64encode(unit).decode() for unit in self.track.parameter_sets)
        sprop = f";sprop-parameter-sets={sets}" if sets else ""
        return (
            f"{self._session_sdp()}m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/{_TICKS}\r\n"
            f"a=fmtp:96 packetization-mode=1{sprop}\r\na=control:v\r\n"
        )

    # -- the stream

    def _stream(self) -> bool:
        """Send pictures in real time; the sin strikes after `after` of them."""
        started, sent = time.monotonic(), 0
        while not self.ending.is_set():
            while (request := self._request(wait=False)) is not None:
                if not self._answer(request):
                    return False
            if sent >= self.server.after and self.sin in {Sin.BYE, Sin.CLOSE, Sin.FREEZE}:
                return self._strike()
            if sent == self.server.after and self.sin is Sin.HANG:
                self.ending.wait(HANG_S)
            units = self.track.pictures[sent % len(self.track.pictures)]
            self._send_picture(self._spoilt(units) if sent >= self.server.after else units, sent)
            sent += 1
            self.server.sent = sent
            self.ending.wait(max(0.0, started + sent / self.track.rate - time.monotonic()))
        return False

    def _strike(self) -> bool:
        if self.sin is Sin.FREEZE:
            while (request := self._request(wait=True)) is not None:
                if not self._answer(request):
                    return False
        if self.sin is Sin.BYE:
            bye = struct.pack(">BBHI", 0x81, 203, 1, _SSRC)
            self.client.sendall(b"$\x01" + struct.pack(">H", len(bye)) + bye)
        return False

    def _spoilt(self, units: list[bytes]) -> list[bytes]:
        if self.sin is Sin.SEI_ONLY:
            return [_SEI]
        if self.sin is Sin.BAD_SLICE:
            return [unit[:1] + bytes(len(unit) - 1) if unit[0] & 31 in {1, 5} else unit for unit in units][:1]
        return units

    def _send_picture(self, units: list[bytes], number: int) -> None:
        ticks = round(number * _TICKS / self.track.rate) & 0xFFFFFFFF
        payloads = [payload for unit in units for payload in _payloads(unit)]
        out = bytearray()
        for index, payload in enumerate(payloads):
            data = payload
            if self.sin is Sin.CORRUPT and number >= self.server.after:
                data = self.random.randbytes(len(payload))
            marker = 0x80 if index == len(payloads) - 1 else 0
            header = struct.pack(">BBHII", 0x80, marker | 96, self.sequence & 0xFFFF, ticks, _SSRC)
            self.sequence += 1
            out += b"$\x00" + struct.pack(">H", len(header) + len(data)) + header + data
        self.client.sendall(out)


def _payloads(unit: bytes) -> Iterator[bytes]:
    """A NAL unit as RTP payloads (RFC 6184): whole, or in FU-A fragments."""
    if len(unit) <= _MTU:
        yield unit
        return
    body = unit[1:]
    for start in range(0, len(body), _MTU):
        first, last = start == 0, start + _MTU >= len(body)
        flags = (0x80 if first else 0) | (0x40 if last else 0) | (unit[0] & 31)
        yield bytes([(unit[0] & 0xE0) | _FU_A, flags]) + body[start : start + _MTU]
