"""What the engine shows, under which lease, and how it ends."""

from __future__ import annotations

import os
import signal
import time
import weakref
from collections.abc import Callable
from dataclasses import replace

import pytest

from console.kernel import (
    Fault,
    PixelSize,
    Secret,
    TileState,
)
from console.masking import Mask
from console.video.grants import Grant, Placement, SignedGrant
from console.video.supervisor import StreamEnd, StreamRequest
from tests.video.engine_room import SIZE, Room, counter, live, pixels_zero, shorten, until


def test_a_stream_comes_alive_and_its_pictures_move(room: Room) -> None:
    stream = room.open()
    assert stream.status().state is TileState.CONNECTING
    assert stream.sequence() == 0
    until(lambda: live(stream))
    before, first = stream.sequence(), stream.picture()
    until(lambda: stream.sequence() != before)
    second = stream.picture()
    assert first is not None
    assert second is not None
    assert second.sequence > first.sequence
    assert stream.status().facts.codec == "h264"
    assert (second.width, second.height) == (SIZE.width, SIZE.height)
    until(lambda: room.heard["live"][-1].state is TileState.LIVE)


def test_closing_is_dark_at_once_and_blanks_the_memory(room: Room) -> None:
    stream = room.open()
    until(lambda: live(stream))
    picture = stream.picture()
    assert picture is not None
    stream.close()
    assert stream.picture() is None
    assert stream.sequence() == 0
    # The worker may have been in the middle of a next one: what it wrote goes with its acknowledgement.
    until(lambda: pixels_zero(picture))
    until(lambda: stream.ended is StreamEnd.CLOSED)
    stream.close()
    stream.renew()
    stream.resize(PixelSize(1, 1))
    assert stream.status().state is TileState.EMPTY


def test_no_lease_no_picture(room: Room) -> None:
    room.gate.says_no = True
    stream = room.open()
    until(lambda: stream.ended is StreamEnd.REFUSED)
    assert stream.status().state is TileState.DENIED
    assert stream.picture() is None
    assert room.engine.workers()[0].streams == 0


def test_a_renewal_that_is_refused_ends_the_stream_dark(room: Room) -> None:
    stream = room.open()
    until(lambda: live(stream))
    picture = stream.picture()
    assert picture is not None
    room.gate.says_no = True
    stream.renew()
    until(lambda: stream.picture() is None)
    assert stream.ended is StreamEnd.REFUSED
    until(lambda: pixels_zero(picture))


def test_a_lease_that_raises_means_no(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_grant: Grant) -> Grant:
        raise RuntimeError("the gate fell over")

    room.gate.alter = broken
    stream = room.open()
    until(lambda: stream.ended is StreamEnd.REFUSED)
    assert "taken as no" in caplog.text


@pytest.mark.parametrize(
    "alter",
    [
        lambda grant: replace(grant, worker="worker-other"),
        lambda grant: replace(grant, tile=grant.tile + 1),
        lambda grant: replace(grant, camera_id="camera-other"),
        lambda grant: replace(grant, address_digest="0" * 64),
        lambda grant: replace(grant, deadline=time.monotonic() - 1),
        lambda grant: replace(grant, deadline=time.monotonic() + 3600),
    ],
    ids=["worker", "tile", "camera", "address", "expired", "too-far"],
)
def test_a_grant_for_anything_else_is_refused_here_too(
    room: Room, alter: Callable[[Grant], Grant], caplog: pytest.LogCaptureFixture
) -> None:
    room.gate.alter = alter
    stream = room.open()
    until(lambda: stream.ended is StreamEnd.REFUSED)
    assert stream.picture() is None
    assert "A grant of the gate was refused" in caplog.text


def test_a_replayed_grant_is_refused(room: Room) -> None:
    kept: list[SignedGrant] = []

    def replay(place: Placement) -> SignedGrant | None:
        kept.append(kept[0] if kept else room.gate.lease("c", Secret("scripted://c/live"), place) or kept[0])
        return kept[-1]

    request = StreamRequest(
        "c", private=False, address=Secret("scripted://c/live"), size=SIZE, lease=replay, on_status=lambda _: None
    )
    stream = room.engine.open(request)
    until(lambda: live(stream))
    stream.renew()
    until(lambda: stream.ended is StreamEnd.REFUSED)


@pytest.mark.parametrize("behaviour", ["live", "freeze"])
def test_no_picture_is_given_past_the_deadline_also_of_a_frozen_worker(room: Room, behaviour: str) -> None:
    stream = room.open(behaviour)
    until(lambda: stream.picture() is not None)
    shorten(room, stream)
    kept = stream.picture()
    assert kept is not None
    deadline = stream.deadline
    while (now := time.monotonic()) < deadline:
        given = stream.picture()
        assert given is None or now < deadline
    assert stream.picture() is None
    assert stream.sequence() == 0
    until(lambda: pixels_zero(kept))
    until(lambda: stream.status().state is TileState.EMPTY or stream.told.fault is Fault.WORKER_LOST)
    assert stream.ended is None


def test_a_lapsed_stream_comes_back_when_it_is_renewed(room: Room) -> None:
    stream = room.open()
    until(lambda: live(stream))
    shorten(room, stream)
    # Nobody paints: the lease ends all the same.
    until(lambda: stream.told.state is TileState.EMPTY)
    assert stream.picture() is None
    room.gate.lease_s = 10.0
    stream.renew()
    until(lambda: live(stream))
    assert len(room.pids()) == 1


def test_a_renewal_that_comes_too_late_starts_the_stream_anew(room: Room) -> None:
    stream, other = room.open("punctual"), room.open(camera="other")
    until(lambda: live(stream) and live(other))
    shorten(room, stream, 0.5)

    def past_the_end(grant: Grant) -> Grant:
        if grant.camera_id == "other":
            until(lambda: time.monotonic() > stream.deadline + 0.1)
        return grant

    # The engine is busy when the lease ends; its worker has stopped by its own clock.
    room.gate.alter, room.gate.lease_s = past_the_end, 10.0
    other.renew()
    stream.renew()

    def anew() -> bool:
        picture = stream.picture()
        return picture is not None and counter(picture)[1] > 2

    until(anew)


def test_a_stream_that_its_worker_gave_up_comes_back_with_the_next_renewal(room: Room) -> None:
    stream = room.open("give-up")
    until(lambda: stream.told.state is TileState.EMPTY)
    assert stream.picture() is None
    assert stream.ended is None
    stream.renew()
    until(lambda: live(stream))


def test_messages_about_another_stream_of_the_tile_change_nothing(room: Room) -> None:
    stream = room.open("gossip")
    until(lambda: live(stream) and stream.sequence() & 0xFFFF > 20 << 2)
    assert stream.told.state is TileState.LIVE
    assert stream.told.fault is Fault.NONE


def test_a_lease_over_while_the_worker_is_gone_darkens_the_last_picture(rooms: Callable[..., Room]) -> None:
    room = rooms()
    stream = room.open()
    until(lambda: live(stream))
    shorten(room, stream)
    kept = stream.picture()
    assert kept is not None
    room.gate.says_no = True
    os.kill(next(iter(room.pids().values())), signal.SIGKILL)
    until(lambda: stream.ended is StreamEnd.REFUSED)
    assert stream.picture() is None
    until(lambda: pixels_zero(kept))


def test_an_ended_stream_lets_go_of_its_workers_memory(room: Room) -> None:
    stream = room.open()
    until(lambda: live(stream) and stream.status().pictures > 2)
    view = stream._view
    assert view is not None
    reader = weakref.ref(view.reader)
    del view
    stream.close()
    until(lambda: reader() is None)


def test_renewals_prolong_with_rising_counters(room: Room) -> None:
    stream = room.open()
    until(lambda: live(stream))
    for _ in range(8):
        before = stream.deadline
        stream.renew()
        until(lambda before=before: stream.deadline > before)  # type: ignore[misc]
        assert stream.picture() is not None
    counters = [place.counter for place in room.gate.placements]
    assert counters == sorted(set(counters))
    assert len({(place.worker, place.tile) for place in room.gate.placements}) == 1


def test_new_masks_start_the_stream_anew_so_that_no_older_picture_is_seen(room: Room) -> None:
    stream = room.open()
    until(lambda: live(stream))
    old = stream.picture()
    assert old is not None
    room.gate.masks = (Mask.rectangle(0, 0, 500, 500),)
    stream.renew()
    until(lambda: pixels_zero(old))
    until(lambda: live(stream))
    picture = stream.picture()
    assert picture is not None
    assert counter(picture)[1] > 1


def test_a_tile_is_not_used_again_before_its_close_is_acknowledged(room: Room) -> None:
    first, other = room.open("deaf-to-close"), room.open("live")
    until(lambda: live(first) and live(other))
    first.close()
    second = room.open("live", camera="second")
    until(lambda: len(room.gate.placements) >= 3)
    tiles = [place.tile for place in room.gate.placements]
    assert len(set(tiles[:3])) == 3
    until(lambda: second.ended is None and live(second))


def test_pictures_written_after_a_close_are_never_seen(room: Room) -> None:
    first = room.open("late")
    until(lambda: live(first))
    first.close()
    until(lambda: first.ended is StreamEnd.CLOSED)
    assert first.picture() is None
    until(lambda: not any(running.closing for _, running in room.engine._book.running()))
    seen = []
    second = room.open("live", camera="second")

    def moved() -> bool:
        picture = second.picture()
        if picture is not None:
            serial = counter(picture)[1]
            # Asked after reading, as the painter asks after painting: the late writer may take the slot in between.
            if picture.whole():
                seen.append(serial)
        return len(seen) > 30

    until(moved)
    assert {place.tile for place in room.gate.placements} == {0}
    assert set(seen) == {2}
