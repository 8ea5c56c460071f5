"""Cameras that sin, addresses that lie, parents that break the rules: nothing crashes, nothing leaks, all is named."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest

from console.kernel import Fault, PixelSize, Secret, TileState
from console.video import protocol
from console.video.frames import FrameMemory
from console.video.grants import Grant, SignedGrant, Signer, digest_of
from console.video.protocol import LINGER_S
from tests.rtsp import ClipSpec, Sin, SinServer, make_clip
from tests.rtsp_sins import HANG_S
from tests.video.live_room import MAIN, Room

pytestmark = pytest.mark.timeout(180)

SPEC = ClipSpec(size=(320, 180), seconds=6, gop_seconds=1, length_s=60)
SINS = {
    Sin.SILENT_OPTIONS: Fault.NO_ANSWER,
    Sin.SILENT_DESCRIBE: Fault.NO_ANSWER,
    Sin.SILENT_SETUP: Fault.NO_ANSWER,
    Sin.SILENT_PLAY: Fault.NO_ANSWER,
    Sin.SILENT_STREAM: Fault.NO_ANSWER,
    Sin.UNAUTHORISED: Fault.UNAUTHORISED,
    Sin.FORBIDDEN: Fault.UNAUTHORISED,
    Sin.NOT_FOUND: Fault.NOT_FOUND,
    Sin.EMPTY_SDP: Fault.BROKEN_STREAM,
    Sin.NO_VIDEO: Fault.NO_VIDEO,
    Sin.WRONG_LENGTH: Fault.NO_ANSWER,
    Sin.GARBAGE: Fault.BROKEN_STREAM,
    Sin.BYE: Fault.STREAM_ENDED,
    Sin.CLOSE: Fault.STREAM_ENDED,
}
ADDRESSES = {
    "rtsp://127.0.0.1:9/cam": Fault.REFUSED,
    "rtsp://no-such-host.invalid/cam": Fault.HOST_UNKNOWN,
    "file:///etc/passwd": Fault.FORBIDDEN_SCHEME,
    "concat:/etc/passwd|/etc/hosts": Fault.FORBIDDEN_SCHEME,
    "udp://127.0.0.1:5000": Fault.FORBIDDEN_SCHEME,
    "demo://street": Fault.FORBIDDEN_SCHEME,
    "rtsp://": Fault.BAD_ADDRESS,
    "rtsp://127.0.0.1:99999/cam": Fault.BAD_ADDRESS,
    "rtsp://127.0.0.1/a b": Fault.BAD_ADDRESS,
    "street": Fault.BAD_ADDRESS,
}
CANARIES = [f'p@ss:/?#%é"{number:02}canary' for number in range(50)]


@pytest.fixture(name="clip", scope="module")
def make_one_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clips") / SPEC.name, SPEC)


@pytest.fixture(name="room")
def make_room() -> Iterator[Room]:
    room = Room()
    yield room
    room.close()


def test_every_sin_is_named_and_does_not_disturb_the_others(room: Room, clip: Path) -> None:
    with contextlib.ExitStack() as servers:
        good = room.open(servers.enter_context(SinServer(Sin.NONE, clip=clip)).url)
        sinners = {
            sin: room.open(servers.enter_context(SinServer(sin, clip=clip, after=20)).url, size=(160, 90))
            for sin in SINS
        }
        room.wait(lambda: all(SINS[sin] in camera.faults for sin, camera in sinners.items()), 60.0)
        assert {sin: SINS[sin] in camera.faults for sin, camera in sinners.items()} == dict.fromkeys(SINS, True)
        room.wait(lambda: good.state is TileState.LIVE)
        assert [facts.restarts for facts in room.engine.workers()] == [0]


@pytest.mark.parametrize("sin", [Sin.ENDLESS_SDP, Sin.HUGE_HEADER])
def test_an_endless_answer_is_cut_off(room: Room, clip: Path, sin: Sin) -> None:
    with SinServer(sin, clip=clip) as server, SinServer(Sin.NONE, clip=clip) as honest:
        good, bad = room.open(honest.url), room.open(server.url)
        room.wait(lambda: good.state is TileState.LIVE)
        worker = psutil.Process(room.engine.workers()[0].pid)
        room.wait(lambda: bad.state in {TileState.RECONNECTING, TileState.DOWN}, 60.0)
        assert worker.is_running()
        assert good.state is TileState.LIVE


def test_corrupt_packets_never_crash_and_the_truth_is_told(room: Room, clip: Path) -> None:
    with SinServer(Sin.CORRUPT, clip=clip, after=20) as server:
        camera = room.open(server.url)
        room.wait(lambda: camera.state is TileState.LIVE)
        room.wait(lambda: camera.state is not TileState.LIVE, 60.0)
        assert [facts.restarts for facts in room.engine.workers()] == [0]
        server.sin = Sin.NONE
        room.wait(lambda: camera.state is TileState.LIVE, 60.0)


# A row of 322 pixels is padded, one of 320 is not.
STALE_S = 3.0
SIZES = ((320, 180), (322, 181))


@pytest.mark.parametrize("sin", [Sin.BAD_SLICE, Sin.SEI_ONLY, Sin.FREEZE])
def test_a_picture_that_stands_still_grows_old(clip: Path, sin: Sin) -> None:
    # Given up in mid-freeze, FFmpeg hands out a picture that it had kept back.
    room = Room(read_timeout_s=6.0)
    told: dict[int, list[tuple[TileState, float]]] = {0: [], 1: []}
    try:
        with SinServer(sin, clip=clip, after=60) as server:
            cameras = [room.open(server.url, size=size) for size in SIZES]
            room.wait(lambda: all(camera.state is TileState.LIVE for camera in cameras))
            room.wait(lambda: server.sent >= server.after)
            room.wait(lambda: all(camera.state is TileState.STALE for camera in cameras))
            # A worker without processor time is not called LIVE either, and may be again while its picture is young.
            room.wait(lambda: all((camera.stream.status().age_s or 0.0) > STALE_S for camera in cameras))

            def old() -> bool:
                if server.connections > 1:
                    return True
                for number, camera in enumerate(cameras):
                    status = camera.stream.status()
                    told[number].append((status.state, status.age_s or 0.0))
                # Beyond the time after which the player is thrown away.
                return all(said[-1][1] > 11.0 for said in told.values())

            room.wait(old)
            assert [facts.restarts for facts in room.engine.workers()] == [0]
    finally:
        room.close()
    for said in told.values():
        assert TileState.LIVE not in {state for state, _ in said}
        ages = [age for _, age in said]
        assert ages == sorted(ages)


@pytest.mark.parametrize("size", SIZES)
def test_another_size_does_not_make_an_old_picture_young(clip: Path, size: tuple[int, int]) -> None:
    room = Room(read_timeout_s=20.0)
    try:
        with SinServer(Sin.FREEZE, clip=clip, after=40) as server:
            camera = room.open(server.url)
            room.wait(lambda: camera.state is TileState.LIVE)
            room.wait(lambda: camera.state is TileState.STALE)
            age = camera.stream.status().age_s or 0.0
            camera.stream.resize(PixelSize(size[0] * 2, size[1] * 2))
            room.wait(lambda: camera.shown[-1].size[0] > 600)
            status = camera.stream.status()
            assert status.state is TileState.STALE
            assert (status.age_s or 0.0) >= age - 0.5
    finally:
        room.close()


@pytest.mark.parametrize("size", SIZES)
def test_a_camera_that_hung_is_not_shown_late_and_called_live(room: Room, clip: Path, size: tuple[int, int]) -> None:
    with SinServer(Sin.HANG, clip=clip, after=47) as server:
        camera = room.open(server.url, size=size)
        room.wait(lambda: server.sent >= server.after and camera.state is TileState.LIVE)
        shown = len(camera.shown)
        late: list[int] = []

        def seen() -> bool:
            newest = camera.shown[-1]
            if server.sent > server.after + HANG_S * SPEC.rate and camera.state is TileState.LIVE:
                late.append((server.sent - 1 - (newest.counter or 0)) % SPEC.pictures)
            return server.sent > server.after + 180

        room.wait(seen)
        assert len(camera.shown) > shown + 60
        assert len(late) > 100
        # Half a second for the turn, a second at most for the rest of the way.
        assert max(late[len(late) // 10 :]) <= 1.25 * SPEC.rate
        assert camera.state is TileState.LIVE


def test_every_bad_address_is_named(room: Room) -> None:
    cameras = {address: room.open(address) for address in ADDRESSES}
    room.wait(lambda: all(fault in cameras[address].faults for address, fault in ADDRESSES.items()), 60.0)


def test_no_password_is_seen_anywhere(
    clip: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    room = Room(streams_per_worker=64)
    try:
        with contextlib.ExitStack() as servers:
            ports = [
                servers.enter_context(SinServer(sin, clip=clip, after=10)).url
                for sin in (Sin.NONE, Sin.UNAUTHORISED, Sin.NOT_FOUND, Sin.GARBAGE, Sin.CLOSE)
            ]
            ports += ["rtsp://127.0.0.1:9/cam", "rtsp://no-such-host.invalid/cam", "http://127.0.0.1:9/cam"]
            cameras = []
            for number, canary in enumerate(CANARIES):
                scheme, _, rest = ports[number % len(ports)].partition("://")
                cameras.append(room.open(f"{scheme}://user:{quote(canary, safe='')}@{rest}", size=(160, 90)))
            room.wait(lambda: all(len(camera.said) > 1 for camera in cameras), 60.0)
            seen = [str(camera.said) + repr(camera.stream.status()) for camera in cameras]
            for facts in room.engine.workers():
                own = Path(f"/proc/{facts.pid}")
                seen += [(own / name).read_bytes().decode("utf-8", "replace") for name in ("cmdline", "environ")]
                assert "core file size 0 0" in " ".join((own / "limits").read_text().lower().split())
                seen.append(repr(facts))
    finally:
        room.close()
    seen += [caplog.text, *capfd.readouterr()]
    for canary in CANARIES:
        for form in (canary, quote(canary, safe=""), canary[-8:]):
            assert not any(form in text for text in seen)


class Parent:
    """The other end of a worker's pipes, without an engine between."""

    def __init__(self, **environment: str) -> None:
        self.signer = Signer()
        self.memory = FrameMemory(2, 320 * 180 * 4)
        descriptor = self.memory.descriptor
        assert descriptor is not None
        self.process = subprocess.Popen(
            [sys.executable, str(MAIN), "worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(descriptor,),
            env={"PATH": os.environ["PATH"]} | environment,
            bufsize=0,
        )
        self.heard: list[protocol.Message] = []
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        receiver = protocol.Receiver(protocol.TO_PARENT)
        while data := os.read(self.process.stdout.fileno(), 65536):
            self.heard += receiver.feed(data)

    def say(self, message: protocol.Message) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(protocol.encode(message))

    def hello(self) -> None:
        self.say(protocol.Hello("worker-1", self.signer.public, 2, 1, 320 * 180 * 4, self.memory.handle))

    def grant(self, address: Secret, **changes: object) -> SignedGrant:
        fields: dict[str, object] = {
            "worker": "worker-1", "tile": 0, "camera_id": "camera", "counter": 1, "deadline": time.monotonic() + 10,
            "max_width": 320, "max_height": 180, "masks": (), "address_digest": digest_of(address),
        }  # fmt: skip
        return self.signer.sign(Grant(**(fields | changes)))  # type: ignore[arg-type]

    def wait(self, condition: Callable[[], object], within_s: float = 30.0) -> None:
        pause, started = threading.Event(), time.monotonic()
        while not condition():
            assert time.monotonic() - started < within_s, self.heard
            pause.wait(0.01)

    def of(self, kind: type[protocol.Message]) -> list[protocol.Message]:
        return [message for message in self.heard if isinstance(message, kind)]

    def end(self) -> bytes:
        if self.process.poll() is None:
            self.process.kill()
        assert self.process.stderr is not None
        said = self.process.stderr.read()
        self.process.wait()
        self._thread.join()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()
        self.memory.release_descriptor()
        return said


@pytest.fixture(name="parent")
def make_parent() -> Iterator[Parent]:
    parent = Parent()
    parent.hello()
    parent.wait(lambda: parent.of(protocol.Ready))
    yield parent
    parent.end()


@pytest.mark.parametrize("wrong", ["signature", "worker", "tile", "address", "expired", "far", "replayed"])
def test_no_picture_without_a_grant_for_exactly_this(parent: Parent, clip: Path, wrong: str) -> None:
    with SinServer(Sin.NONE, clip=clip) as server:
        address = Secret(server.url)
        changes: dict[str, dict[str, object]] = {
            "worker": {"worker": "worker-2"},
            "tile": {"tile": 1},
            "address": {"address_digest": digest_of(Secret("rtsp://elsewhere/"))},
            "expired": {"deadline": time.monotonic() - 0.1},
            "far": {"deadline": time.monotonic() + 60},
        }
        grant = parent.grant(address, **changes.get(wrong, {}))
        if wrong == "signature":
            grant = SignedGrant(grant.body, bytes(64))
        serial = 1
        if wrong == "replayed":
            parent.say(protocol.Open(0, 1, address, grant, 0, 0))
            parent.say(protocol.Close(0, 1))
            parent.wait(lambda: parent.of(protocol.Closed))
            serial = 2
        connections = server.open_connections
        parent.say(protocol.Open(0, serial, address, grant, 320, 180))
        refused = protocol.Status(0, serial, TileState.EMPTY)
        parent.wait(lambda: refused in parent.heard)
        reader = parent.memory.reader(0, serial, (320, 180))
        beats = len(parent.of(protocol.Heartbeat))
        parent.wait(lambda: len(parent.of(protocol.Heartbeat)) > beats + 3)
        assert reader.newest(time.monotonic()) is None
        assert server.open_connections <= connections


def test_the_end_of_a_grant_blanks_the_memory(parent: Parent, clip: Path) -> None:
    with SinServer(Sin.NONE, clip=clip) as server:
        address = Secret(server.url)
        grant = parent.grant(address, deadline=time.monotonic() + 4)
        parent.say(protocol.Open(0, 1, address, grant, 320, 180))
        reader = parent.memory.reader(0, 1, (320, 180))
        parent.wait(lambda: reader.newest(time.monotonic()))
        picture = reader.newest(time.monotonic())
        assert picture is not None
        parent.wait(lambda: protocol.Status(0, 1, TileState.EMPTY) in parent.heard)
        parent.wait(lambda: not any(picture.pixels))
        parent.wait(lambda: server.open_connections == 0)
        parent.say(protocol.Close(0, 1))
        parent.wait(lambda: protocol.Closed(0, 1) in parent.heard)


@pytest.mark.parametrize(("linger", "least_s"), [(True, LINGER_S), (False, 0.0)])
def test_what_is_kept_for_the_next_one_is_kept_a_moment_only(
    parent: Parent, clip: Path, least_s: float, *, linger: bool
) -> None:
    with SinServer(Sin.NONE, clip=clip) as server:
        address = Secret(server.url)
        parent.say(protocol.Open(0, 1, address, parent.grant(address, deadline=time.monotonic() + 15.0), 0, 0))
        parent.wait(
            lambda: TileState.LIVE in {said.state for said in parent.heard if isinstance(said, protocol.Status)}
        )
        closed_at = time.monotonic()
        parent.say(protocol.Close(0, 1, linger))
        parent.wait(lambda: protocol.Closed(0, 1) in parent.heard)
        parent.wait(lambda: server.open_connections == 0)
        assert time.monotonic() - closed_at >= least_s


def test_a_renewal_for_something_else_does_not_prolong(parent: Parent, clip: Path) -> None:
    with SinServer(Sin.NONE, clip=clip) as server:
        address = Secret(server.url)
        parent.say(protocol.Open(0, 1, address, parent.grant(address, deadline=time.monotonic() + 3), 320, 180))
        other = parent.grant(address, counter=2, camera_id="another")
        parent.say(protocol.Renew(0, 1, other))
        parent.wait(lambda: protocol.Status(0, 1, TileState.EMPTY) in parent.heard)


def test_a_close_for_an_unknown_stream_is_acknowledged(parent: Parent) -> None:
    parent.say(protocol.Close(1, 77))
    parent.wait(lambda: protocol.Closed(1, 77) in parent.heard)


def test_ping_and_bye(parent: Parent) -> None:
    beats = len(parent.of(protocol.Heartbeat))
    parent.say(protocol.Ping())
    parent.wait(lambda: len(parent.of(protocol.Heartbeat)) > beats)
    parent.say(protocol.Bye())
    assert parent.process.wait(10) == 0


def test_a_closed_pipe_ends_the_worker(parent: Parent) -> None:
    assert parent.process.stdin is not None
    parent.process.stdin.close()
    assert parent.process.wait(10) == 0


@pytest.mark.parametrize("data", [b"\xff\xff\xff\xff", b"\x00\x00\x00\x02{}", b"\x00\x00\x00\x00"])
def test_a_parent_that_breaks_the_rules_is_left(parent: Parent, data: bytes) -> None:
    assert parent.process.stdin is not None
    parent.process.stdin.write(data)
    assert parent.process.wait(10) == 0


def test_a_worker_without_libvlc_says_so(tmp_path: Path) -> None:
    parent = Parent(PYTHON_VLC_LIB_PATH=str(tmp_path / "libvlc.so"))
    try:
        parent.hello()
        parent.wait(lambda: parent.of(protocol.Fatal))
        fatal = parent.of(protocol.Fatal)[0]
        assert fatal == protocol.Fatal(Fault.ENGINE_MISSING, "engine.missing()")
        parent.process.wait(10)
    finally:
        parent.end()


def test_the_worker_dies_with_its_parent(tmp_path: Path) -> None:
    """The parent is killed outright: no goodbye, no closed pipe that anybody sees to."""
    script = tmp_path / "parent.py"
    script.write_text(
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, {str(MAIN)!r}, 'worker'], stdin=subprocess.PIPE,"
        " stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)\n"
        "print(child.pid, flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE) as middle:
        assert middle.stdout is not None
        worker = psutil.Process(int(middle.stdout.readline()))
        middle.kill()
        middle.wait()
    psutil.wait_procs([worker], timeout=10)
    assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE
