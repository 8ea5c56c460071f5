"""The protocol: what is sent is what arrives, and everything else is refused."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.kernel import Fault, Secret, StreamFacts, TileState
from console.video.grants import SignedGrant
from console.video.protocol import (
    MAX_DETAILS,
    MAX_FACT,
    MAX_MESSAGE,
    TO_PARENT,
    TO_WORKER,
    Bye,
    Close,
    Closed,
    Fatal,
    Heartbeat,
    Hello,
    Message,
    Open,
    Ping,
    ProtocolError,
    Ready,
    Receiver,
    Renew,
    Resize,
    Status,
    decode_all,
    encode,
)

SIGNED = SignedGrant(b"body", b"signature")
FACTS = StreamFacts("h264", 640, 360, 15.0, "tcp", encrypted=True, details={"profile": "สูง"})

DOWN: list[Message] = [
    Hello("w", b"key", 32, 16, 100, "fd:5", demo_folder="/tmp/x"),  # noqa: S108 - a name, not a file
    Hello("w", b"key", 32, 16, 100, "name:x"),
    Open(1, 2, Secret("rtsp://u:p@h/ถนน"), SIGNED, 480, 270),
    Renew(1, 2, SIGNED),
    Resize(1, 2, 960, 540),
    Close(1, 2),
    Ping(),
    Bye(),
]
UP: list[Message] = [
    Ready("limits", {"vlc": "3.0.24"}),
    Heartbeat(12.5),
    Status(1, 2, TileState.LIVE, Fault.NONE, 3, 100, 99, 250.0, FACTS, 512.5, 4),
    Closed(1, 2),
    Fatal(Fault.ENGINE_MISSING, "vlc.missing"),
]


def framed(body: object) -> bytes:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return struct.pack(">I", len(data)) + data


@pytest.mark.parametrize("message", DOWN, ids=lambda message: type(message).__name__)
def test_messages_to_the_worker_arrive_as_sent(message: Message) -> None:
    assert decode_all(encode(message), TO_WORKER) == [message]


@pytest.mark.parametrize("message", UP, ids=lambda message: type(message).__name__)
def test_messages_to_the_parent_arrive_as_sent(message: Message) -> None:
    assert decode_all(encode(message), TO_PARENT) == [message]


@given(cuts=st.lists(st.integers(1, 40), max_size=60))
def test_messages_arrive_whole_in_whatever_pieces(cuts: list[int]) -> None:
    data = b"".join(encode(message) for message in UP)
    receiver = Receiver(TO_PARENT)
    found: list[Message] = []
    for cut in cuts:
        found += receiver.feed(data[:cut])
        data = data[cut:]
    assert found + receiver.feed(data) == UP


@pytest.mark.parametrize("message", DOWN, ids=lambda message: type(message).__name__)
def test_a_worker_may_not_send_what_only_the_parent_sends(message: Message) -> None:
    with pytest.raises(ProtocolError, match="kind"):
        decode_all(encode(message), TO_PARENT)


def test_no_message_shows_the_address() -> None:
    assert "secret-word" not in repr(Open(1, 2, Secret("rtsp://u:secret-word@h/"), SIGNED, 1, 1))


@pytest.mark.parametrize(
    "data",
    [
        framed(b"")[:4],
        struct.pack(">I", MAX_MESSAGE + 1),
        b"\xff\xff\xff\xff",
        framed(b"\xff"),
        framed(b"not json"),
        framed(b"[" * 60000),
        framed([1, 2]),
        framed("Ping"),
        framed({}),
        framed({"kind": 5}),
        framed({"kind": ["Heartbeat"]}),
        framed({"kind": "Unknown"}),
        framed({"kind": "Heartbeat"}),
        framed({"kind": "Heartbeat", "monotonic": 1.0, "more": 1}),
        framed({"kind": "Heartbeat", "monotonic": "1"}),
        framed({"kind": "Heartbeat", "monotonic": True}),
        framed(b'{"kind":"Heartbeat","monotonic":NaN}'),
        framed(b'{"kind":"Heartbeat","monotonic":1e999}'),
        framed(b'{"kind":"Heartbeat","monotonic":1.0,"monotonic":2.0}'),
        framed({"kind": "Heartbeat", "monotonic": 2**60}),
        framed({"kind": "Closed", "tile": -1, "serial": 1}),
        framed({"kind": "Closed", "tile": 2**60, "serial": 1}),
        framed({"kind": "Closed", "tile": 1.0, "serial": 1}),
        framed({"kind": "Closed", "tile": None, "serial": 1}),
        framed({"kind": "Fatal", "fault": "no_such_fault", "detail": ""}),
        framed({"kind": "Fatal", "fault": "none", "detail": "x" * 9000}),
        framed({"kind": "Ready", "sandbox": "x", "versions": {str(n): "" for n in range(MAX_DETAILS + 1)}}),
        framed({"kind": "Ready", "sandbox": "x", "versions": {"a": 1}}),
        framed({"kind": "Ready", "sandbox": "x", "versions": {"a": "x" * (MAX_FACT + 1)}}),
        framed({"kind": "Ready", "sandbox": "x", "versions": []}),
    ],
)
def test_anything_else_from_a_worker_is_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode_all(data, TO_PARENT)


@pytest.mark.parametrize("grant", ["text", ["YQ=="], ["YQ==", "not base64!"], ["YQ==", 5]])
def test_a_grant_of_the_wrong_shape_is_refused(grant: object) -> None:
    with pytest.raises(ProtocolError):
        decode_all(framed({"kind": "Renew", "tile": 1, "serial": 2, "grant": grant}), TO_WORKER)


@pytest.mark.parametrize("changes", [{"codec": 5}, {"encrypted": 1}, {"rate": "x"}, {"details": {"a": 1}}, {"more": 1}])
def test_facts_of_the_wrong_shape_are_refused(changes: dict[str, object]) -> None:
    body = json.loads(encode(UP[2])[4:])
    body["facts"] |= changes
    with pytest.raises(ProtocolError):
        decode_all(framed(body), TO_PARENT)


def test_a_flag_must_be_a_flag() -> None:
    body = json.loads(encode(DOWN[0])[4:])
    body["prefer_tcp"] = 1
    with pytest.raises(ProtocolError, match="flag"):
        decode_all(framed(body), TO_WORKER)


def test_a_cut_message_is_not_a_message() -> None:
    with pytest.raises(ProtocolError, match="cut"):
        decode_all(encode(Heartbeat(1.0))[:-1], TO_PARENT)


def test_long_facts_are_cut_when_sent() -> None:
    facts = StreamFacts(codec="x" * 500, details={str(number): "y" * 500 for number in range(100)})
    (status,) = decode_all(encode(Status(1, 1, TileState.LIVE, facts=facts)), TO_PARENT)
    assert isinstance(status, Status)
    assert len(status.facts.codec) == MAX_FACT
    assert len(status.facts.details) == MAX_DETAILS


def test_a_message_that_is_too_long_is_not_sent() -> None:
    with pytest.raises(ProtocolError, match="too long"):
        encode(Fatal(Fault.NONE, "x" * MAX_MESSAGE))


def test_an_error_never_quotes_what_was_received() -> None:
    with pytest.raises(ProtocolError) as caught:
        decode_all(framed(b"rtsp://user:secret-word@host"), TO_PARENT)
    assert "secret-word" not in str(caught.value)
    assert caught.value.__cause__ is None


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_protocol_error(data: bytes) -> None:
    try:
        Receiver(TO_PARENT).feed(framed(data))
    except ProtocolError:
        return
