"""One connection for everybody in a worker who shows the same address; and in the engine, the same worker for them."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from console.kernel import Fault, Secret, StreamFacts, TileState
from console.video.connection import Phase
from console.video.ingest import Packet, SourceFacts
from console.video.intake import Intake, Intakes
from console.video.protocol import LINGER_S
from console.video.pulse import Pulse
from console.video.supervisor import StreamEnd
from tests.rtsp import ClipSpec, RtspServer, available, make_clip
from tests.video.engine_room import Room as ScriptedRoom
from tests.video.engine_room import live, until
from tests.video.live_room import Room

ADDRESS = Secret("rtsp://camera/1")
FACTS = SourceFacts("mjpeg", b"", StreamFacts("mjpeg", 320, 180, 10.0))
PACKET = Packet(b"picture", 0, 0, is_key=True)


class Silent:
    """A source that connects and says nothing until it is interrupted."""

    def __init__(self, _transport: str) -> None:
        self.ended = threading.Event()

    def open(self) -> SourceFacts:
        return FACTS

    def packets(self) -> Iterator[Packet]:
        self.ended.wait()
        yield from ()

    def interrupt(self) -> None:
        self.ended.set()

    def close(self) -> None:
        self.ended.set()


class Viewer:
    def __init__(self) -> None:
        self.content = False
        self.heard: list[str] = []

    def connected(self, _facts: SourceFacts) -> None:
        self.heard.append("connected")

    def packet(self, _packet: Packet, _arrived_ns: int, *, gap: bool) -> None:
        self.heard.append(f"packet {gap}")

    def lost(self, _now: float) -> None:
        self.heard.append("lost")


def joined(intakes: Intakes, *viewers: Viewer) -> Intake:
    intake = intakes.of(ADDRESS, lambda: Intake(Silent))
    with intake.lock:
        for viewer in viewers:
            intake.join(viewer)
    return intake


def left(intakes: Intakes, intake: Intake, viewer: Viewer, until_s: float) -> None:
    with intake.lock:
        intake.leave(viewer)
    intakes.left(ADDRESS, until_s)


def test_the_last_one_out_hangs_up_in_time_and_whoever_comes_before_finds_it_warm() -> None:
    intakes, first, second = Intakes(), Viewer(), Viewer()
    intake = joined(intakes, first, second)
    now = time.monotonic()
    left(intakes, intake, first, now + 60)
    assert intakes.next_end() == float("inf")
    left(intakes, intake, second, now + 60)
    assert now + LINGER_S <= intakes.next_end() <= time.monotonic() + LINGER_S
    intakes.tidy(now + LINGER_S - 0.1)
    assert joined(intakes, first) is intake
    intakes.tidy(now + 2 * LINGER_S)
    assert intake.packet(PACKET)
    # Never past the grant that was there, and not at all where none is left.
    soon = time.monotonic() + LINGER_S - 0.5
    left(intakes, intake, first, soon)
    assert intakes.next_end() == soon
    intakes.tidy(soon)
    assert intake.connection.join(5.0)
    assert (intake.packet(PACKET), intake.ring.held) == (False, 0)
    other = joined(intakes, first)
    assert other is not intake
    left(intakes, other, first, 0.0)
    assert other.connection.join(5.0)


def test_everybody_hears_the_same_and_nobody_loses_a_picture_for_somebody_else() -> None:
    intakes, first, second = Intakes(), Viewer(), Viewer()
    intake = joined(intakes, first, second)
    until(lambda: first.heard == second.heard == ["connected"])
    assert intake.packet(PACKET)
    assert first.heard == second.heard == ["connected", "packet False"]
    first.content = True
    with intake.lock:
        intake.reconnect(Fault.BROKEN_STREAM)
    assert "lost" not in first.heard
    first.content = False
    with intake.lock:
        intake.reconnect(Fault.BROKEN_STREAM)
    until(lambda: "lost" in first.heard and "lost" in second.heard)
    intakes.close()
    assert intake.connection.join(5.0)


def test_streams_of_one_camera_go_to_one_worker_as_long_as_it_has_a_tile(rooms: Callable[..., ScriptedRoom]) -> None:
    room = rooms(streams_per_worker=1)
    streams = [room.open("live", camera="one") for _ in range(2)]
    until(lambda: all(live(stream) for stream in streams))
    assert [facts.streams for facts in room.engine.workers()] == [2]
    others = [
        room.open("live", camera="one"),  # no tile is left
        room.open("live", camera="two"),
        room.open("live", camera="one", private=True),
    ]
    until(lambda: all(live(stream) for stream in others))
    assert sorted(facts.streams for facts in room.engine.workers()) == [1, 1, 1, 2]
    # Somebody else's turn: the worker that is still connected gets it, though others have room.
    worker = others[1].view.worker  # type: ignore[union-attr]
    streams[0].close()
    others[1].close(linger=True)
    again = room.open("live", camera="two")
    until(lambda: live(again))
    assert again.view.worker == worker  # type: ignore[union-attr]


def test_a_camera_that_kills_its_worker_is_quarantined_wherever_it_is_shown(room: ScriptedRoom) -> None:
    calm = room.open("live")
    until(lambda: live(calm))
    bad = [room.open("die", camera="bad") for _ in range(2)]
    until(lambda: all(stream.ended is StreamEnd.QUARANTINED for stream in bad), 30)
    until(lambda: live(calm))
    assert calm.ended is None


@pytest.mark.rtsp
@pytest.mark.timeout(120)
@pytest.mark.skipif(not available(), reason="no GStreamer RTSP server")
def test_a_camera_is_dialled_once_for_all_its_tiles(tmp_path: Path) -> None:
    spec = ClipSpec(size=(320, 180), seconds=8, gop_seconds=4, length_s=240)
    room = Room()
    clients: set[int] = set()

    def dialled() -> int:
        """Count the clients that the server ever had."""
        found = psutil.Process(server.pid).net_connections("tcp")
        clients.update(item.raddr.port for item in found if item.raddr and item.laddr.port == server.port)
        return len(clients)

    try:
        with RtspServer(make_clip(tmp_path / spec.name, spec)) as server:
            first = room.open(server.url())
            # In the middle of a group of pictures, where the key picture is plainly old.
            room.wait(lambda: len(first.shown) > 20 and 20 <= (first.shown[-1].counter or 0) % spec.gop <= 40)
            group = (first.shown[-1].counter or 0) // spec.gop
            second = room.open(server.url(), size=(240, 135))
            room.wait(lambda: second.shown and second.state is TileState.LIVE)
            assert (second.shown[0].counter or 0) // spec.gop == group, "it did not wait for the next key picture"
            behind = ((first.shown[-1].counter or 0) - (second.shown[0].counter or 0)) % spec.pictures
            assert behind <= 2 or behind > spec.pictures - 15
            assert dialled() == 1
            room.wait(lambda: len(second.shown) > 75)
            shown = len(first.shown)
            second.stream.close()
            room.cameras.remove(second)
            room.wait(lambda: len(first.shown) > shown + 30)
            assert first.steps_back(spec.pictures) == second.steps_back(spec.pictures) == []
            assert {status.state for status in first.said[2:]} <= {TileState.LIVE}
            # Somebody takes over: what was warm is shown at once.
            first.stream.close(linger=True)
            room.cameras.remove(first)
            third = room.open(server.url())
            room.wait(lambda: third.shown and third.state is TileState.LIVE)
            assert (dialled(), third.stream.status().reconnects) == (1, 0)
    finally:
        room.close()


def test_what_stays_behind_is_never_live_and_is_dialled_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("console.video.intake.time.monotonic_ns", lambda: int(now * 1e9))
    intake, pictures = Intake(Silent), itertools.count()
    intake.connected(replace(FACTS, stream=replace(FACTS.stream, rate=10.0)))
    pulse = Pulse(2.4, intake.arrivals)

    def comes(after: float) -> bool:
        nonlocal now
        now += after
        number = next(pictures)
        return intake.packet(Packet(b"picture", number * 9000, number * 9000, is_key=True))

    assert all(comes(0.1) for _ in range(5))
    newest = intake.ring.after(0)[-1].arrived_ns / 1e9
    assert newest == pytest.approx(now)
    assert comes(6.0)
    assert intake.ring.after(0)[-1].arrived_ns / 1e9 == pytest.approx(newest + 0.1, abs=0.11)
    pulse.shown(now)
    assert pulse.state(now, Phase.UP, Fault.NONE, warm_only=False)[0] is TileState.STALE
    assert all(comes(0.1) for _ in range(90))
    assert not all(comes(0.1) for _ in range(20)), "it does not catch up by itself"


def test_what_came_ever_later_begins_anew_once_the_link_lets_through_what_it_held_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A player that was given late pictures would show the rest at its own pace, late, under the word LIVE."""
    now = 100.0
    monkeypatch.setattr("console.video.intake.time.monotonic_ns", lambda: int(now * 1e9))
    intake, viewer, pictures = Intake(Silent), Viewer(), itertools.count()
    intake.connected(replace(FACTS, stream=replace(FACTS.stream, rate=10.0)))
    with intake.lock:
        intake.join(viewer)
    pulse = Pulse(2.4, intake.arrivals)

    def comes(after: float, count: int) -> None:
        nonlocal now
        for number in itertools.islice(pictures, count):
            now += after
            assert intake.packet(Packet(b"picture", number * 9000, number * 9000, is_key=True))

    try:
        comes(0.1, 700)  # the camera's clock is seen to run true
        comes(0.125, 60)
        comes(0.001, 10)
        pulse.shown(now)
        assert intake.arrivals.behind_s < intake.arrivals.late_s()
        assert pulse.state(now, Phase.UP, Fault.NONE, warm_only=False)[0] is TileState.STALE, "not yet the present"
        assert "packet True" not in viewer.heard
        comes(0.001, 10)
        assert viewer.heard.count("packet True") == 1
        assert not intake.arrivals.behind
        assert not intake.arrivals.steady(now), "no place to start a player"
        comes(0.1, 30)
        assert viewer.heard.count("packet True") == 1
        assert intake.arrivals.steady(now)
    finally:
        intake.close()
