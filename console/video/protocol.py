"""Messages between the engine and one worker, over descriptors that nobody else holds.

On the wire: four bytes of length (big-endian, at most MAX_MESSAGE), then one JSON object {"kind": …, fields}.
Both sides read strictly: an unknown kind, a missing or surplus field, a wrong type, an over-long text or a number out
of bounds is a ProtocolError. A worker that causes one is ended; a worker that receives one ends itself.

The camera's address travels in `Open` only, as a Secret, so that no `repr` of a message shows it.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Final, get_type_hints

from console.kernel import Fault, Secret, StreamFacts, TileState
from console.video.grants import SignedGrant

VERSION: Final = 1
MAX_MESSAGE: Final = 64 * 1024
MAX_TEXT: Final = 8192
MAX_FACT: Final = 200
MAX_DETAILS: Final = 32
"""Facts go to the screen: longer ones are cut when sent and refused when received."""

LINGER_S: Final = 3.0
"""So long a worker keeps a connection that nobody shows for whoever may come, if `Close` says so."""

_MAX_NUMBER: Final = 2**53
_LENGTH: Final = struct.Struct(">I")


class ProtocolError(Exception):
    """The other side broke the rules. The text never quotes what was received."""


@dataclass(frozen=True, slots=True)
class Hello:
    """First message: who the worker is, whose grants it may believe, and its memory.

    `memory` is "fd:N" (inherited descriptor) or "name:…" (Windows mapping). `tiles` is twice `streams`, so that new
    streams need not wait for the closing ones; the memory is tiles × (headers + 3 slots), sparse (frames.layout).
    """

    worker: str
    public_key: bytes
    tiles: int
    streams: int
    slot_bytes: int
    memory: str
    demo_folder: str | None = None
    open_timeout_s: float = 5.0
    read_timeout_s: float = 5.0
    stale_after_s: float = 2.4
    prefer_tcp: bool = True
    hardware_decoding: bool = False
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Open:
    """Start a stream on a free tile. `serial` marks everything that belongs to it, header and messages alike.

    Width and height 0: keep the ring warm, decode nothing.
    """

    tile: int
    serial: int
    address: Secret
    grant: SignedGrant
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Renew:
    tile: int
    serial: int
    grant: SignedGrant


@dataclass(frozen=True, slots=True)
class Resize:
    tile: int
    serial: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Close:
    """Stop the stream; answered by Closed within 300 ms, else the worker is killed.

    `linger`: somebody else may want this camera in a moment; the connection stays a little, within the ended grant.
    """

    tile: int
    serial: int
    linger: bool = False


@dataclass(frozen=True, slots=True)
class Ping:
    """Answer with a Heartbeat at once."""


@dataclass(frozen=True, slots=True)
class Bye:
    """End: stop every stream and exit within 2 s."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker can take streams. `sandbox` says what it did to itself; versions name the engines it loaded."""

    sandbox: str
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Every 250 ms, from a thread that shares its fate with the work: monotonic seconds."""

    monotonic: float


@dataclass(frozen=True, slots=True)
class Status:
    """What one stream is doing: on change, and at most once a second. Counters only grow within one serial.

    `connections` are those that succeeded; `kbps` is what came over the last seconds. `eased` says what is left out
    (easing.Eased) and `shown_rate` how many pictures a second are shown then, 0 if that is all of them.
    """

    tile: int
    serial: int
    state: TileState
    fault: Fault = Fault.NONE
    attempt: int = 0
    packets: int = 0
    decoded: int = 0
    latency_ms: float = 0.0
    facts: StreamFacts = field(default_factory=StreamFacts)
    kbps: float = 0.0
    connections: int = 0
    eased: int = 0
    shown_rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing more will be written into this tile's slots: sent as soon as that is certain, before slow clean-up."""

    tile: int
    serial: int


@dataclass(frozen=True, slots=True)
class Fatal:
    """The worker cannot work at all (libVLC missing or too old, memory not mappable). It exits after this."""

    fault: Fault
    detail: str = ""


ToWorker = Hello | Open | Renew | Resize | Close | Ping | Bye
ToParent = Ready | Heartbeat | Status | Closed | Fatal
Message = ToWorker | ToParent

TO_WORKER: Final[tuple[type[Message], ...]] = (Hello, Open, Renew, Resize, Close, Ping, Bye)
TO_PARENT: Final[tuple[type[Message], ...]] = (Ready, Heartbeat, Status, Closed, Fatal)


def encode(message: Message) -> bytes:
    """Return the message with its length before it; raises ProtocolError if it is too long to send."""
    body: dict[str, object] = {"kind": type(message).__name__}
    for item in fields(message):
        body[item.name] = _out(getattr(message, item.name))
    data = json.dumps(body, separators=(",", ":"), allow_nan=False).encode()
    if len(data) > MAX_MESSAGE:
        raise ProtocolError("too long")
    return _LENGTH.pack(len(data)) + data


class Receiver:
    """Cuts a byte stream into messages of the given kinds. `feed` what was read, in any pieces."""

    def __init__(self, kinds: tuple[type[Message], ...]) -> None:
        self._kinds = {kind.__name__: kind for kind in kinds}
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """Return the messages that are now complete; raises ProtocolError at the first bad byte it can know of."""
        self._pending += data
        found: list[Message] = []
        while len(self._pending) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._pending)
            if not 0 < length <= MAX_MESSAGE:
                raise ProtocolError("length")
            end = _LENGTH.size + length
            if len(self._pending) < end:
                break
            found.append(self._decode(bytes(self._pending[_LENGTH.size : end])))
            del self._pending[:end]
        return found

    def _decode(self, data: bytes) -> Message:
        try:
            # Numbers that JSON does not know (NaN, Infinity) and repeated names are refused, not interpreted.
            body = json.loads(data, parse_constant=_refuse, object_pairs_hook=_once)
        except (ValueError, RecursionError):
            raise ProtocolError("json") from None
        if not isinstance(body, dict):
            raise ProtocolError("shape")
        kind = body.pop("kind", None)
        message = self._kinds.get(kind) if isinstance(kind, str) else None
        if message is None:
            raise ProtocolError("kind")
        return _build(message, body)


def decode_all(data: bytes, kinds: tuple[type[Message], ...]) -> list[Message]:
    """Decode complete messages; raises ProtocolError if a piece is left over."""
    receiver = Receiver(kinds)
    found = receiver.feed(data)
    if receiver._pending:  # noqa: SLF001 - same file; tells a cut message from a whole one
        raise ProtocolError("cut")
    return found


def _refuse(_text: str) -> object:
    raise ValueError("constant")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise ValueError("repeated")
    return body


def _build(kind: type[Message], body: Mapping[str, object]) -> Message:
    shape = _SHAPES[kind]
    if body.keys() != shape.keys():
        raise ProtocolError("fields")
    values = {name: read(body[name]) for name, read in shape.items()}
    make: Callable[..., Message] = kind
    return make(**values)


def _out(value: object) -> object:
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, SignedGrant):
        return [_out(value.body), _out(value.signature)]
    if isinstance(value, StreamFacts):
        cut = replace(value, codec=value.codec[:MAX_FACT], transport=value.transport[:MAX_FACT])
        return {item.name: _out(getattr(cut, item.name)) for item in fields(cut)}
    if isinstance(value, Mapping):
        return {name[:MAX_FACT]: text[:MAX_FACT] for name, text in list(value.items())[:MAX_DETAILS]}
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise ProtocolError("text")
    return value


def _optional_text(value: object) -> str | None:
    return None if value is None else _text(value)


def _number(value: object) -> int:
    if type(value) is not int or not 0 <= value <= _MAX_NUMBER:
        raise ProtocolError("number")
    return value


def _real(value: object) -> float:
    if type(value) is int and abs(value) <= _MAX_NUMBER:
        return float(value)
    if type(value) is not float or not math.isfinite(value):
        raise ProtocolError("real")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ProtocolError("flag")
    return value


def _bytes(value: object) -> bytes:
    try:
        return base64.b64decode(_text(value), validate=True)
    except (binascii.Error, ValueError):
        raise ProtocolError("bytes") from None


def _secret(value: object) -> Secret:
    return Secret(_text(value))


def _grant(value: object) -> SignedGrant:
    if not isinstance(value, list) or len(value) != len(("body", "signature")):
        raise ProtocolError("grant")
    return SignedGrant(_bytes(value[0]), _bytes(value[1]))


def _texts(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict) or len(value) > MAX_DETAILS:
        raise ProtocolError("details")
    return {_fact(name): _fact(text) for name, text in value.items()}


def _fact(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_FACT:
        raise ProtocolError("fact")
    return value


def _facts(value: object) -> StreamFacts:
    if not isinstance(value, dict) or value.keys() != {item.name for item in fields(StreamFacts)}:
        raise ProtocolError("facts")
    return StreamFacts(
        codec=_fact(value["codec"]),
        width=_number(value["width"]),
        height=_number(value["height"]),
        rate=_real(value["rate"]),
        transport=_fact(value["transport"]),
        encrypted=_flag(value["encrypted"]),
        details=_texts(value["details"]),
    )


def _choice(kind: type[StrEnum]) -> Callable[[object], StrEnum]:
    def read(value: object) -> StrEnum:
        try:
            return kind(_text(value))
        except ValueError:
            raise ProtocolError("choice") from None

    return read


_READERS: Final[Mapping[object, Callable[[object], object]]] = {
    str: _text,
    str | None: _optional_text,
    int: _number,
    float: _real,
    bool: _flag,
    bytes: _bytes,
    Secret: _secret,
    SignedGrant: _grant,
    StreamFacts: _facts,
    Mapping[str, str]: _texts,
    TileState: _choice(TileState),
    Fault: _choice(Fault),
}

_SHAPES: Final[Mapping[type[Message], Mapping[str, Callable[[object], object]]]] = {
    kind: {name: _READERS[hint] for name, hint in get_type_hints(kind).items()} for kind in (*TO_WORKER, *TO_PARENT)
}
"""Resolved once: heartbeats of many workers arrive many times a second."""
