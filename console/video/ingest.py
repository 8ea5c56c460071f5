"""Packets from a camera: open, demux, and say in one word what went wrong.

One of the few places where PyAV is imported. Nothing is decoded here, audio is never asked for, and no address,
user name or password leaves this file in an exception, a log line or a fact.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final, NamedTuple, Protocol
from urllib.parse import urlsplit

import av
import av.error
import av.logging
from av.bitstream import BitStreamFilterContext
from av.container import InputContainer
from av.stream import Discard
from av.video.stream import VideoStream

from console.kernel import Fault, Secret, StreamFacts

TICKS: Final = 90_000
"""Packet times are counted in 1/90000 s, the clock of MPEG-TS and RTP video."""


class Packet(NamedTuple):
    """One coded picture: H.264 and H.265 as Annex B, parameter sets before each key picture; MJPEG as whole JPEGs."""

    data: bytes
    pts: int
    dts: int
    is_key: bool


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What is known once a source is open. `codec` is "h264", "hevc" or "mjpeg"; `extradata` is Annex B or empty."""

    codec: str
    extradata: bytes
    stream: StreamFacts
    pixel_aspect: float = 1.0


class PacketSource(Protocol):
    """Where packets come from. All but `interrupt` are called from one thread, the stream's own."""

    def open(self) -> SourceFacts:
        """Connect and learn what comes; raises StreamFault."""

    def packets(self) -> Iterator[Packet]:
        """Yield packets at the camera's own pace until the end of the stream; raises StreamFault."""

    def interrupt(self) -> None:
        """From any thread: make `open` and `packets` end soon."""

    def close(self) -> None:
        """Free everything; harmless to repeat."""


class StreamFault(Exception):
    """The source could not go on. Carries a code only: never an address, never FFmpeg's own text."""

    def __init__(self, fault: Fault, *, other_transport: bool = False) -> None:
        """`other_transport`: the server refused the way the pictures travel, not the rest."""
        super().__init__(fault.value)
        self.fault = fault
        self.other_transport = other_transport


_REFUSED: Final = frozenset({errno.ECONNREFUSED, errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED})
_SILENT: Final = frozenset({errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EAGAIN, errno.EHOSTDOWN})
_SCHEMES: Final = frozenset({"rtsp", "rtsps", "http", "https"})
_RTSP: Final = frozenset({"rtsp", "rtsps"})
_ENCRYPTED: Final = frozenset({"rtsps", "https"})
_PROTOCOLS: Final = {
    "rtsp": "rtp,udp,tcp",
    "rtsps": "rtp,srtp,udp,tcp,tls,crypto",
    "http": "http,https,tcp,tls,crypto",
    "https": "http,https,tcp,tls,crypto",
}
_FORMATS: Final = "rtsp,sdp,rtp,hls,mpegts,mpjpeg,mjpeg,jpeg_pipe,mov,flv,h264,hevc,matroska,asf"
_CODECS: Final = {"h264": "h264", "hevc": "hevc", "mjpeg": "mjpeg"}
_PORTS: Final = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
_ANCHORS: Final = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
_START_CODE: Final = b"\x00\x00\x01"
_HEVC_PICTURES: Final = frozenset(range(32))
_UNITS_BEFORE_PICTURE: Final = 8
_LONGEST_HEADER: Final = 4096
_PROBE_BYTES: Final = 256 * 1024
_PROBE_US: Final = 1_500_000
_BRIEFLY_US: Final = 1
_NEARLY: Final = 0.95


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for a connection and for the next packet."""

    open_s: float = 5.0
    read_s: float = 5.0


class NetworkSource:
    """A camera on the network (RTSP, HTTP). One connection: `open` once, then `packets` until it ends."""

    def __init__(self, address: Secret, transport: str, timeouts: Timeouts) -> None:
        """`transport` is "tcp" or "udp" and means something for RTSP only."""
        self._address = address
        self._transport = transport
        self._timeouts = timeouts
        self._container: InputContainer | None = None
        self._ended = False
        self._scheme = ""
        self._annex_b: BitStreamFilterContext | None = None
        self._parameters = b""
        self._codec = ""
        self._multipart = False
        self._last_dts = -1

    def open(self) -> SourceFacts:
        began = time.monotonic()
        try:
            self._scheme = _check(self._address)
            rtsp = self._scheme in _RTSP
            # An RTSP server describes its stream beforehand, as a rule: looking at packets only delays the picture.
            self._container = self._connect(_BRIEFLY_US if rtsp else _PROBE_US)
            if rtsp and self._container.streams.video and not self._container.streams.video[0].width:
                self._container.close()
                self._container = self._connect(_PROBE_US)
            return self._learn(self._container)
        except StreamFault as error:
            fault, other_transport = error.fault, False
        except (av.FFmpegError, OSError, ValueError, ArithmeticError, MemoryError) as error:
            fault = fault_of(error, encrypted=self._scheme in _ENCRYPTED)
            if time.monotonic() - began > min(self._timeouts.open_s, self._timeouts.read_s) * _NEARLY:
                # FFmpeg has many names for having waited in vain.
                fault = Fault.NO_ANSWER
            other_transport = getattr(error, "errno", 0) == errno.EPROTONOSUPPORT
        # Raised outside the handler: FFmpeg's error quotes the address and must not hang on ours as its context.
        self.close()
        raise StreamFault(fault, other_transport=other_transport)

    def packets(self) -> Iterator[Packet]:
        fault = Fault.STREAM_ENDED
        container = self._container
        if container is not None:
            stream = container.streams.video[0]
            step = Fraction(stream.time_base or Fraction(1, TICKS)) * TICKS
            whole = step.denominator == 1
            scale = int(step) if whole else step
            try:
                for raw in container.demux(stream):
                    if self._ended:
                        return
                    yield from self._packets_of(raw, scale)
            except (av.FFmpegError, OSError, ValueError) as error:
                fault = fault_of(error, encrypted=False)
                if fault is Fault.BAD_ADDRESS:
                    fault = Fault.BROKEN_STREAM
        if not self._ended:
            raise StreamFault(fault)

    def interrupt(self) -> None:
        # FFmpeg looks up between packets and at its time-outs; nothing can be shown by then anyway.
        self._ended = True

    def close(self) -> None:
        self._ended = True
        container, self._container = self._container, None
        self._annex_b = None
        if container is not None:
            with contextlib.suppress(av.FFmpegError, OSError, ValueError):
                container.close()

    def _connect(self, analyse_us: int) -> InputContainer:
        options = {"protocol_whitelist": _PROTOCOLS[self._scheme], "format_whitelist": _FORMATS}
        options |= {"probesize": str(_PROBE_BYTES), "analyzeduration": str(analyse_us), "fpsprobesize": "0"}
        rtsp = self._scheme in _RTSP
        socket_us = str(int(self._timeouts.read_s * 1_000_000))
        if rtsp:
            options |= {"rtsp_transport": self._transport, "allowed_media_types": "video", "timeout": socket_us}
        else:
            options |= {"rw_timeout": socket_us, "user_agent": "ccoc-console"}
        if self._scheme in _ENCRYPTED:
            options |= {"tls_verify": "1", "verify": "1"} | _trust_anchors()
        return av.open(
            self._address.reveal(),
            mode="r",
            format="rtsp" if rtsp else None,
            options=options,
            timeout=(self._timeouts.open_s, self._timeouts.read_s),
        )

    def _learn(self, container: InputContainer) -> SourceFacts:
        if not container.streams.video:
            raise StreamFault(Fault.NO_VIDEO)
        stream = container.streams.video[0]
        for other in container.streams:
            other.discard = Discard.default if other is stream else Discard.all
        context = stream.codec_context
        codec = _CODECS.get(context.name if context is not None else "", "")
        if not codec:
            raise StreamFault(Fault.UNSUPPORTED)
        self._codec = codec
        self._multipart = codec == "mjpeg" and self._scheme in {"http", "https"}
        extradata = bytes(context.extradata or b"")
        if codec != "mjpeg" and extradata and not extradata.startswith((b"\x00\x00\x00\x01", _START_CODE)):
            # Length-prefixed (MP4, FLV): the filter turns it into Annex B and repeats the parameter sets itself.
            self._annex_b = BitStreamFilterContext(f"{codec}_mp4toannexb", stream)
            extradata = b""
        self._parameters = extradata
        aspect = float(stream.sample_aspect_ratio or 1) or 1.0
        rate = float(stream.average_rate or stream.guessed_rate or 0)
        facts = StreamFacts(
            codec=codec,
            width=context.width,
            height=context.height,
            rate=rate,
            transport=self._transport if self._scheme in _RTSP else self._scheme,
            encrypted=self._scheme in _ENCRYPTED,
        )
        return SourceFacts(codec, extradata, facts, aspect)

    def _packets_of(self, raw: av.Packet[VideoStream], scale: int | Fraction) -> Iterator[Packet]:
        if self._annex_b is None:
            if raw.size:
                yield self._packet(raw, scale)
            return
        for filtered in self._annex_b.filter(raw if raw.size else None):
            if filtered.size:
                yield self._packet(filtered, scale)

    def _packet(self, raw: av.Packet[VideoStream], scale: int | Fraction) -> Packet:
        data = bytes(raw)
        if self._multipart:
            # A server's multipart stream bears no times: the moment of arrival is the time.
            pts = int(time.monotonic() * TICKS)
            return Packet(data, pts, pts, True)
        # RTSP's first packet often comes without times, those that follow count from nought; and for the first
        # pictures of a stream with B-pictures only the time of showing is known.
        pts = 0 if raw.pts is None else int(raw.pts * scale)
        dts = self._last_dts + 1 if raw.dts is None else int(raw.dts * scale)
        self._last_dts = dts
        key = raw.is_keyframe or self._codec == "mjpeg"
        if key and self._parameters and not has_parameters(data, self._codec):
            data = self._parameters + data
        return Packet(data, pts, dts, key)


def has_parameters(data: bytes, codec: str) -> bool:
    """Tell whether a key picture in Annex B brings its own sequence parameter set."""
    return parameters_of(data, codec) != b""


def parameters_of(data: bytes, codec: str) -> bytes:
    """Return the sequence parameter set that stands before a key picture, or nothing. Looks at the first units only."""
    wanted, shift, mask, pictures = (
        (7, 0, 0x1F, frozenset({1, 5})) if codec == "h264" else (33, 1, 0x3F, _HEVC_PICTURES)
    )
    at = data.find(_START_CODE)
    for _ in range(_UNITS_BEFORE_PICTURE):
        if at < 0 or at + 3 >= len(data):
            break
        kind = data[at + 3] >> shift & mask
        following = data.find(_START_CODE, at + 3, at + _LONGEST_HEADER)
        if kind == wanted:
            return data[at + 3 : following if following > 0 else at + _LONGEST_HEADER].rstrip(b"\x00")
        if kind in pictures:
            break
        at = following
    return b""


def fault_of(error: Exception, *, encrypted: bool) -> Fault:
    """Name what FFmpeg's error means to the people in the room."""
    for kind, fault in _KINDS:
        if isinstance(error, kind):
            return fault
    number = abs(getattr(error, "errno", 0) or 0)
    if number in _REFUSED:
        return Fault.REFUSED
    if number in _SILENT:
        return Fault.NO_ANSWER
    if number == errno.EPROTONOSUPPORT:
        return Fault.UNSUPPORTED
    if encrypted:
        # Name, connection and answer have their own errors above; what is left of a TLS address is TLS.
        return Fault.TLS
    return Fault.BROKEN_STREAM


_KINDS: Final[tuple[tuple[type[Exception], Fault], ...]] = (
    (av.error.HTTPUnauthorizedError, Fault.UNAUTHORISED),
    (av.error.HTTPForbiddenError, Fault.UNAUTHORISED),
    (av.error.HTTPNotFoundError, Fault.NOT_FOUND),
    (av.error.HTTPBadRequestError, Fault.BAD_ADDRESS),
    (av.error.HTTPOtherClientError, Fault.NOT_FOUND),
    (av.error.HTTPServerError, Fault.BROKEN_STREAM),
    (av.error.ExitError, Fault.NO_ANSWER),
    (av.error.ProtocolNotFoundError, Fault.FORBIDDEN_SCHEME),
    (av.error.DemuxerNotFoundError, Fault.UNSUPPORTED),
    (av.error.EOFError, Fault.STREAM_ENDED),
)


def _check(address: Secret) -> str:
    """Return the scheme if the address may be opened at all, after looking up its host; raises StreamFault."""
    try:
        parts = urlsplit(address.reveal())
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError:
        raise StreamFault(Fault.BAD_ADDRESS) from None
    if scheme not in _SCHEMES:
        raise StreamFault(Fault.FORBIDDEN_SCHEME if scheme else Fault.BAD_ADDRESS)
    if not host or any(sign.isspace() for sign in address.reveal()):
        raise StreamFault(Fault.BAD_ADDRESS)
    try:
        # FFmpeg answers an unknown name with a general input error; asked here, it is told apart.
        socket.getaddrinfo(host, port or _PORTS[scheme], type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise StreamFault(Fault.HOST_UNKNOWN) from None
    return scheme


def _trust_anchors() -> dict[str, str]:
    for place in (os.environ.get("SSL_CERT_FILE", ""), *_ANCHORS):
        if place and Path(place).is_file():
            return {"ca_file": place}
    return {}


def silence() -> None:
    """Keep FFmpeg from printing: its lines quote addresses with their passwords."""
    av.logging.set_level(None)
    av.logging.set_libav_level(av.logging.PANIC)


def versions() -> dict[str, str]:
    return {"av": av.__version__, "avformat": ".".join(str(part) for part in av.library_versions["libavformat"])}
