"""Workers that behave badly: what is killed, what comes back, and who is not disturbed."""

from __future__ import annotations

import os
from collections.abc import Callable

import psutil
import pytest

from console.kernel import Fault, TileState
from console.masking import Mask
from console.video.supervisor import StreamEnd
from tests.video.engine_room import Eye, Room, live, pixels_zero, until


def test_a_close_that_is_not_acknowledged_kills_the_worker_and_the_others_come_back(
    rooms: Callable[..., Room],
) -> None:
    room = rooms(ack_s=0.3)
    stubborn, other = room.open("deaf-to-close"), room.open("live")
    until(lambda: live(stubborn) and live(other))
    (pid,) = room.pids().values()
    stubborn.close()
    assert stubborn.picture() is None
    took = until(lambda: not psutil.pid_exists(pid))
    assert took > 0.2, "not before its time"
    assert other.picture() is not None, "the last picture stays while the worker starts again"
    assert (other.status().reconnects, other.status().kbps) == (0, 0.0)
    until(lambda: live(other) and room.pids())
    assert other.ended is None
    newest = other.picture()
    assert newest is not None
    assert other.status().pictures > newest.sequence, "a new worker counts from one, the stream goes on"
    # The new worker dialled the camera anew; a lease that is signed anew is no reconnection.
    assert (other.status().reconnects, other.status().kbps) == (1, 500.0)
    room.gate.masks = (Mask.rectangle(0, 0, 500, 500),)
    seen = len(room.heard["live"])
    other.renew()
    until(lambda: TileState.CONNECTING in {status.state for status in room.heard["live"][seen:]} and live(other))
    assert other.status().reconnects == 1


MISDEEDS = [
    "die",
    "segfault",
    "garbage",
    "flood",
    "lie-width",
    "lie-stride",
    "lie-index",
    "lie-future",
    "lie-magic",
    "lie-falling",
    "lie-state",
]


@pytest.mark.parametrize("misdeed", [*MISDEEDS, "freeze", "no-heartbeat"])
def test_other_workers_lose_no_picture_whatever_one_worker_does(rooms: Callable[..., Room], misdeed: str) -> None:
    room = rooms(heartbeat_s=1.5, starved_s=3.0)
    calm = room.open("live", private=False)
    until(lambda: live(calm))
    with Eye(calm) as eye:
        bad = room.open(misdeed, private=True)
        # Looked at as the wall does: some lies are only lies to who saw the picture before.
        until(lambda: bad.picture() is None and bad.ended is StreamEnd.QUARANTINED, 30)
    assert (eye.dark, eye.lost) == (0, 0)
    assert eye.seen > 10
    until(lambda: len(room.pids()) == 1)
    assert bad.picture() is None
    assert bad.status().state is TileState.QUARANTINED
    assert bad.status().fault is Fault.QUARANTINED


@pytest.mark.parametrize("sandbox", [False, True])
def test_a_worker_that_works_on_in_silence_is_doubted_and_not_killed(
    rooms: Callable[..., Room], *, sandbox: bool
) -> None:
    room = rooms(heartbeat_s=0.6, starved_s=30.0, sandbox=sandbox, stale_after_s=60.0)
    stream = room.open("starve")
    until(lambda: live(stream))
    (pid,) = room.pids().values()
    until(lambda: stream.status().state is TileState.STALE)
    until(lambda: live(stream))
    assert list(room.pids().values()) == [pid]
    assert [facts.restarts for facts in room.engine.workers()] == [0]


def test_a_worker_that_is_silent_for_too_long_is_killed_whatever_it_does(rooms: Callable[..., Room]) -> None:
    room = rooms(heartbeat_s=0.6, starved_s=1.8)
    stream = room.open("spin")
    until(lambda: stream.ended is StreamEnd.QUARANTINED, 30)


def test_a_worker_that_lies_loses_its_last_picture_too(room: Room) -> None:
    liar, neighbour = room.open("lie-width"), room.open("live")
    until(lambda: neighbour.picture() is not None)
    kept = neighbour.picture()
    assert kept is not None
    until(lambda: neighbour.told.fault is Fault.WORKER_LOST)
    assert neighbour.picture() is None
    until(lambda: pixels_zero(kept))
    until(lambda: liar.ended is StreamEnd.QUARANTINED)
    until(lambda: live(neighbour))


def test_the_streams_of_a_killed_worker_are_back_within_three_seconds(room: Room) -> None:
    streams = [room.open("live", camera=f"camera-{number}") for number in range(4)]
    until(lambda: all(live(stream) for stream in streams))
    (pid,) = room.pids().values()
    os.kill(pid, 9)
    until(lambda: all(stream.status().state is TileState.RECONNECTING for stream in streams))
    assert all(stream.picture() is not None for stream in streams), "marked, but not black"
    assert all(stream.status().fault is Fault.WORKER_LOST for stream in streams)
    until(lambda: all(live(stream) for stream in streams))
    assert room.engine.workers()[0].restarts == 1


def test_bisection_quarantines_the_one_stream_that_kills(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    good = [room.open("live", camera=f"good-{number}") for number in range(3)]
    until(lambda: all(live(stream) for stream in good))
    bad = room.open("die")
    good += [room.open("live", camera=f"good-{number}") for number in range(3, 7)]
    until(lambda: bad.ended is StreamEnd.QUARANTINED, 30)
    until(lambda: all(live(stream) for stream in good))
    assert all(stream.ended is None for stream in good)
    assert "Camera die quarantined" in caplog.text
    # Opened anew it starts alone, and its death disturbs nobody.
    with Eye(good[0]) as eye:
        again = room.open("die")
        until(lambda: again.ended is StreamEnd.QUARANTINED)
    assert (eye.dark, eye.lost) == (0, 0)


def test_a_worker_that_cannot_work_is_said_so_and_tried_again(rooms: Callable[..., Room]) -> None:
    room = rooms("--missing")
    stream = room.open()
    until(lambda: stream.status().fault is Fault.ENGINE_MISSING)
    assert stream.status().state is TileState.DOWN
    until(lambda: stream.status().attempt >= 2)
    assert stream.ended is None, "a missing engine is no stream's fault"


def test_a_worker_that_never_gets_ready_quarantines_nobody(rooms: Callable[..., Room]) -> None:
    room = rooms("--stillborn")
    stream = room.open()
    until(lambda: stream.status().attempt >= 3)
    assert stream.ended is None
    assert stream.status().state is TileState.RECONNECTING


def test_a_program_that_is_not_there_is_said_so(rooms: Callable[..., Room]) -> None:
    room = rooms(worker_command=("/nonexistent/worker",))
    stream = room.open()
    until(lambda: stream.status().fault is Fault.ENGINE_MISSING)


def test_private_and_own_cameras_never_share_a_worker(room: Room) -> None:
    own = [room.open("live", camera=f"own-{number}") for number in range(3)]
    private = [room.open("live", camera=f"private-{number}", private=True) for number in range(3)]
    until(lambda: all(live(stream) for stream in own + private))
    facts = room.engine.workers()
    assert sorted((worker.private, worker.streams) for worker in facts) == [(False, 3), (True, 3)]
    for stream in private:
        stream.close()
    until(lambda: all(worker.streams == 0 for worker in room.engine.workers() if worker.private))
    more = room.open("live", camera="own-9")
    until(lambda: live(more))
    assert [worker.streams for worker in room.engine.workers() if worker.private] == [0]


def test_a_worker_has_no_more_streams_than_it_may(rooms: Callable[..., Room]) -> None:
    room = rooms(streams_per_worker=2)
    streams = [room.open("live", camera=f"camera-{number}") for number in range(5)]
    until(lambda: all(live(stream) for stream in streams))
    assert sorted(worker.streams for worker in room.engine.workers()) == [1, 2, 2]


def test_a_spare_worker_waits_and_is_taken(rooms: Callable[..., Room]) -> None:
    room = rooms(spare_workers=1)
    until(lambda: room.engine.workers() and room.engine.workers()[0].ready)
    (spare,) = room.engine.workers()
    assert spare.private is None
    stream = room.open(private=True)
    until(lambda: live(stream))
    assert room.gate.placements[0].worker == spare.name
    until(lambda: len(room.engine.workers()) == 2)


def test_a_worker_that_nobody_needs_is_let_go(rooms: Callable[..., Room]) -> None:
    room = rooms(idle_s=0.2)
    stream = room.open()
    until(lambda: live(stream))
    (pid,) = room.pids().values()
    stream.close()
    until(lambda: not room.engine.workers())
    until(lambda: not psutil.pid_exists(pid))
