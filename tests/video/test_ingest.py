"""Packets and containers without a network: what goes into libVLC, and what never goes into an error."""

from __future__ import annotations

import contextlib
import queue
import socket
import ssl
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import av
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from console.kernel import Fault, Secret
from console.video.ingest import (
    NetworkSource,
    Packet,
    StreamFault,
    Timeouts,
    fault_of,
    has_parameters,
    parameters_of,
    silence,
)
from tests.rtsp import ClipSpec, Sin, SinServer, make_clip

SPEC = ClipSpec(size=(320, 180), seconds=2, gop_seconds=1, length_s=4)
BRIEF = Timeouts(2.0, 2.0)


@pytest.fixture(name="clip", scope="module")
def make_one_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    silence()
    return make_clip(tmp_path_factory.mktemp("clips") / SPEC.name, SPEC)


def packets_of(clip: Path, count: int) -> list[Packet]:
    with SinServer(Sin.NONE, clip=clip) as server:
        source = NetworkSource(Secret(server.url), "tcp", BRIEF)
        facts = source.open()
        assert (facts.codec, facts.stream.width, facts.stream.height) == ("h264", 320, 180)
        found = []
        for packet in source.packets():
            found.append(packet)
            if len(found) == count:
                break
        source.close()
        return found


def test_packets_decode_whole_from_the_key_picture_on(clip: Path) -> None:
    packets = packets_of(clip, 20)
    key = next(number for number, packet in enumerate(packets) if packet.is_key)
    assert has_parameters(packets[key].data, "h264")
    decoder = av.CodecContext.create("h264", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    pictures = [picture for packet in packets[key:] for picture in decoder.decode(av.Packet(packet.data))]
    pictures += decoder.decode(None)
    assert len(pictures) == len(packets) - key
    assert (pictures[0].width, pictures[0].height) == (320, 180)


def test_parameters_are_found_before_a_key_picture_only() -> None:
    start = b"\x00\x00\x00\x01"
    sps, pps, key, other = b"\x67\x42\x01", b"\x68\x01", b"\x65\x88\x80", b"\x41\x9a"
    assert parameters_of(start + sps + start + pps + start + key, "h264") == sps
    assert parameters_of(start + b"\x09\xf0" + start + sps + start + key, "h264") == sps
    assert not has_parameters(start + key, "h264")
    assert not has_parameters(start + other + start + sps, "h264")
    assert not has_parameters(b"", "h264")
    assert not has_parameters(start, "h264")
    assert has_parameters(start + b"\x40\x01\x0c" + start + b"\x42\x01\x01" + start + b"\x26\x01", "hevc")
    assert not has_parameters(start + b"\x26\x01\xaf", "hevc")


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (av.error.HTTPUnauthorizedError(0, ""), Fault.UNAUTHORISED),
        (av.error.HTTPForbiddenError(0, ""), Fault.UNAUTHORISED),
        (av.error.HTTPNotFoundError(0, ""), Fault.NOT_FOUND),
        (av.error.HTTPServerError(0, ""), Fault.BROKEN_STREAM),
        (av.error.ExitError(0, ""), Fault.NO_ANSWER),
        (ConnectionRefusedError(111, ""), Fault.REFUSED),
        (TimeoutError(110, ""), Fault.NO_ANSWER),
        (ValueError("strange"), Fault.BROKEN_STREAM),
    ],
)
def test_errors_have_names(error: Exception, fault: Fault) -> None:
    assert fault_of(error, encrypted=False) is fault


def test_what_is_left_of_an_encrypted_address_is_its_encryption() -> None:
    assert fault_of(OSError(5, ""), encrypted=True) is Fault.TLS


@pytest.mark.parametrize(
    "address",
    [
        "rtsp://user:s3cr3t@127.0.0.1:9/cam",
        "rtsp://user:s3cr3t@no-such-host.invalid/cam",
        "http://user:s3cr3t@127.0.0.1:9/cam",
        "ftp://user:s3cr3t@127.0.0.1/cam",
        "rtsp://user:s3cr3t@[::1/cam",
        "rtsps://user:s3cr3t@127.0.0.1:9/cam",
    ],
)
def test_an_error_holds_no_address_not_even_as_its_cause(address: str) -> None:
    silence()
    source = NetworkSource(Secret(address), "tcp", BRIEF)
    with pytest.raises(StreamFault) as caught:
        source.open()
    error: BaseException | None = caught.value
    text = "".join(traceback.format_exception(caught.value))
    while error is not None:
        text += repr(error) + str(error) + repr(error.args)
        error = error.__cause__ or error.__context__
    assert "s3cr3t" not in text.replace(address, "")
    assert "s3cr3t" not in repr(source)


def test_a_source_that_is_interrupted_ends_without_a_fault(clip: Path) -> None:
    with SinServer(Sin.NONE, clip=clip) as server:
        source = NetworkSource(Secret(server.url), "tcp", BRIEF)
        source.open()
        for number, _ in enumerate(source.packets()):
            if number == 3:
                source.interrupt()
        source.close()
        source.close()


@pytest.fixture(name="impostor")
def make_impostor(tmp_path: Path) -> Iterator[tuple[int, queue.SimpleQueue[bool]]]:
    """A TLS server whose certificate nobody vouches for: its port, and for each caller whether he believed it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "impostor.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    believed: queue.SimpleQueue[bool] = queue.SimpleQueue()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    client.settimeout(2.0)
                    try:
                        with context.wrap_socket(client, server_side=True) as caller:
                            believed.put(bool(caller.recv(1)))
                    except OSError:
                        believed.put(False)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1], believed
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


@pytest.mark.parametrize("scheme", ["rtsps", "https"])
def test_a_certificate_that_nobody_vouches_for_is_not_believed(
    impostor: tuple[int, queue.SimpleQueue[bool]], scheme: str
) -> None:
    port, believed = impostor
    source = NetworkSource(Secret(f"{scheme}://user:s3cr3t@127.0.0.1:{port}/cam"), "tcp", BRIEF)
    with pytest.raises(StreamFault) as caught:
        source.open()
    assert caught.value.fault is Fault.TLS
    assert believed.get(timeout=10) is False
