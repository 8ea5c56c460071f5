"""What a tile may say; what a worker may print, see and leave behind."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable

import psutil
import pytest

from console.kernel import Fault, Secret, SystemClock, TileState
from console.video.supervisor import StreamEnd, StreamRequest, StreamStatus
from tests.video.engine_room import SIZE, Room, live, pixels_zero, until


def test_stale_is_decided_here_whatever_the_worker_says(rooms: Callable[..., Room]) -> None:
    room = rooms(stale_after_s=0.5)
    stream = room.open("stall")
    until(lambda: live(stream))
    until(lambda: stream.status().state is TileState.STALE)
    status = stream.status()
    assert status.fault is Fault.FROZEN
    assert status.age_s is not None
    assert status.age_s > 0.5
    assert stream.told.state is TileState.LIVE
    until(lambda: room.heard["stall"][-1].state is TileState.STALE)
    assert stream.picture() is not None


def test_live_without_a_picture_is_not_live(room: Room) -> None:
    stream = room.open("silent")
    until(lambda: stream.told.state is TileState.LIVE)
    assert stream.status().state is TileState.CONNECTING


class Leaping(SystemClock):
    """A clock that a test can push forward, as a computer does that was asleep."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


def test_our_own_delay_is_not_held_against_a_worker(rooms: Callable[..., Room]) -> None:
    clock = Leaping()
    room = rooms(clock=clock)
    stream = room.open()
    until(lambda: live(stream))
    (before,) = room.engine.workers()
    clock.ahead = 5.0
    pause = threading.Event()
    pause.wait(0.3)
    (after,) = room.engine.workers()
    assert after.name == before.name


def test_an_address_of_absurd_length_reaches_no_worker(room: Room) -> None:
    stream = room.engine.open(
        StreamRequest("c", private=False, address=Secret("x" * 5000), size=SIZE, lease=lambda _: None, on_status=print)
    )
    assert stream.ended is StreamEnd.REFUSED
    assert stream.status().fault is Fault.BAD_ADDRESS


def test_a_listener_that_fails_stops_nothing(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_status: StreamStatus) -> None:
        raise RuntimeError("listener")

    address = Secret("scripted://c/live")
    stream = room.engine.open(
        StreamRequest("c", False, address, SIZE, lambda place: room.gate.lease("c", address, place), broken)
    )
    until(lambda: live(stream))
    assert "listener failed" in caplog.text


def test_what_a_worker_prints_is_logged_without_secrets(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    address = Secret("scripted://user:p%40ss%3A%2F%3F%23%25%C3%A9%22word@host/print")
    stream = room.engine.open(
        StreamRequest("c", False, address, SIZE, lambda place: room.gate.lease("c", address, place), lambda _: None)
    )
    until(lambda: live(stream))
    until(lambda: "opening" in caplog.text)
    for leak in ("p%40ss", "p@ss", "word", "user:"):
        assert leak not in caplog.text
    command = psutil.Process(next(iter(room.pids().values())))
    assert "ss" not in " ".join(command.cmdline()[2:])
    assert all("p%40ss" not in value for value in command.environ().values())


def test_a_worker_that_prints_without_end_is_cut_short(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    stream = room.open("shout")
    until(lambda: "line 0 of many" in caplog.text)
    until(lambda: live(stream))
    assert caplog.text.count("of many") <= 150


def test_workers_have_a_bare_environment(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY_PASSWORD", "p")
    stream = room.open()
    # On a starved machine the first worker may already have been replaced by one that is not ready yet.
    until(lambda: live(stream) and all("home" in facts.versions for facts in room.engine.workers()))
    (facts,) = room.engine.workers()
    assert facts.versions["home"] == "none"
    assert "CANARY_PASSWORD" not in psutil.Process(facts.pid).environ()
    assert facts.sandbox.startswith("process limits only")


def test_bubblewrap_walls_a_worker_in_and_its_death_leaves_nobody(rooms: Callable[..., Room]) -> None:
    room = rooms(sandbox=True)
    stream = room.open()
    until(lambda: live(stream))
    (facts,) = room.engine.workers()
    if not facts.sandbox.startswith("bubblewrap"):
        pytest.skip(facts.sandbox)
    family = psutil.Process(facts.pid).children(recursive=True)
    assert family
    os.kill(facts.pid, 9)
    until(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in family))
    until(lambda: live(stream) and room.engine.workers())


def test_a_frozen_worker_behind_walls_is_killed_too(rooms: Callable[..., Room]) -> None:
    room = rooms(sandbox=True, heartbeat_s=0.8)
    stream = room.open("freeze")
    until(lambda: stream.ended is StreamEnd.QUARANTINED)


def test_close_leaves_no_process_even_of_workers_that_stay(rooms: Callable[..., Room]) -> None:
    room = rooms(leave_s=0.3)
    streams = [room.open("live"), room.open("stay", private=True)]
    until(lambda: all(live(stream) for stream in streams))
    kept = [stream.picture() for stream in streams]
    pids = list(room.pids().values())
    room.engine.close()
    assert all(stream.picture() is None for stream in streams)
    assert all(stream.ended is StreamEnd.ENGINE_CLOSED for stream in streams)
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert all(picture is not None and pixels_zero(picture) for picture in kept)
    assert room.open("live").ended is StreamEnd.ENGINE_CLOSED
    room.engine.close()
