"""Probes, the gate's own threads, and the kinds of views."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest

from console.db.connection_tests import ConnectionTestRow, connection_tests
from console.kernel import (
    AccessLevel,
    AuthorityKind,
    Change,
    ConsoleError,
    Denied,
    DenyReason,
    EndReason,
    Fault,
    PixelSize,
    StreamFacts,
    TileState,
    ViewKind,
)
from console.services.feeds import AddressKind, Probe, gate
from tests.gate.room import Room

# Probe


def test_a_probe_tells_facts_and_shows_nothing(room: Room) -> None:
    camera = room.shop(AccessLevel.HOURS, hours=((0, 60),))
    room.engine.facts_at_once = StreamFacts("h264", 640, 360, 15.0)
    found = room.feeds.probe(room.registrar, camera)
    assert isinstance(found, Probe)
    assert found.facts.codec == "h264"
    assert found.fault is Fault.NONE
    assert room.engine.streams[0].size == PixelSize(0, 0)
    assert room.engine.streams[0].closed
    assert room.data("view.opened")[0]["kind"] == "probe"
    assert room.feeds.views() == []


def test_a_probe_tells_the_fault(room: Room) -> None:
    camera = room.shop()
    room.engine.fault_at_once = Fault.UNAUTHORISED
    found = room.feeds.probe(room.registrar, camera)
    assert isinstance(found, Probe)
    assert found.fault is Fault.UNAUTHORISED


def test_a_probe_that_is_stopped_notes_nothing(room: Room) -> None:
    camera = room.shop()
    stop = threading.Event()
    stop.set()
    with pytest.raises(ConsoleError, match=r"probe\.stopped"):
        room.feeds.probe(room.registrar, camera, stop=stop)
    assert room.engine.streams[-1].closed
    assert camera not in noted(room)
    assert room.data("view.ended")[-1]["reason"] == "closed"


def test_a_camera_that_says_nothing_does_not_answer(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "PROBE_S", 2 * gate.PROBE_LOOK_S)
    camera = room.shop()
    found = room.feeds.probe(room.registrar, camera)
    assert isinstance(found, Probe)
    assert found.fault is Fault.NO_ANSWER
    assert not found.answered
    assert note_of(room, camera) == (None, Fault.NO_ANSWER)


def test_a_right_that_ends_during_a_probe_ends_the_probe(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "PROBE_S", gate.PROBE_LOOK_S)
    camera = room.shop()

    class OwnerCalls(threading.Event):
        def is_set(self) -> bool:
            room.pause(camera)
            return False

    denied = room.feeds.probe(room.registrar, camera, stop=OwnerCalls())
    assert isinstance(denied, Denied)
    assert denied.reason is DenyReason.PAUSED_BY_OWNER
    assert camera not in noted(room)


def test_a_probe_is_denied_like_a_view(room: Room) -> None:
    camera = room.shop()
    room.pause(camera)
    denied = room.feeds.probe(room.registrar, camera)
    assert isinstance(denied, Denied)
    assert denied.reason is DenyReason.PAUSED_BY_OWNER


def test_what_a_probe_found_is_noted_with_the_camera(room: Room) -> None:
    camera = room.shop()
    room.engine.fault_at_once = Fault.UNAUTHORISED
    live = room.look(camera)
    live.end(EndReason.CLOSED)
    room.feeds.probe(room.registrar, camera)
    assert note_of(room, camera) == (None, Fault.UNAUTHORISED)
    room.engine.fault_at_once, room.engine.facts_at_once = Fault.NONE, StreamFacts("h264", 640, 360, 15.0, "tcp")
    room.clock.advance(60)
    view = room.look(camera)
    other = room.look(room.shop())
    found = room.feeds.probe(room.registrar, camera)
    assert isinstance(found, Probe)
    assert found.answered
    at = room.clock.now()
    assert note_of(room, camera) == (at, Fault.NONE)
    assert view.picture() is not None, "a test is no change of the camera"
    assert other.picture() is not None
    room.address(camera, "rtsp://10.2.2.2/new")
    assert camera not in noted(room)


def test_the_main_stream_may_be_tested_too_but_tiles_need_the_other(room: Room) -> None:
    camera = room.shop()
    room.address(camera, "rtsp://10.2.2.2/sub", AddressKind.SUB)
    room.engine.facts_at_once = StreamFacts("h265", 2560, 1440, 25.0)
    room.feeds.probe(room.registrar, camera, AddressKind.MAIN)
    assert room.engine.streams[-1].request.address.reveal().endswith("/live")
    assert camera not in noted(room)
    room.feeds.probe(room.registrar, camera)
    assert room.engine.streams[-1].request.address.reveal().endswith("/sub")
    assert note_of(room, camera)[1] is Fault.NONE


def test_a_picture_on_the_wall_is_a_test(room: Room) -> None:
    camera = room.shop()
    live = room.look(camera)
    room.stream(live).tell(TileState.LIVE, facts=StreamFacts("h264", 640, 360, 15.0))
    first = room.clock.now()
    assert note_of(room, camera) == (first, Fault.NONE)
    assert room.feeds.live_cameras() == {camera}
    live.end(EndReason.CLOSED)
    assert room.feeds.live_cameras() == frozenset()
    room.clock.advance(60)
    again = room.look(camera)
    room.stream(again).tell(TileState.LIVE)
    assert note_of(room, camera) == (first, Fault.NONE), "what is known is not written again with each view"
    assert noted(room)[camera].facts.codec == "h264"


def test_a_picture_of_the_address_before_says_nothing_of_the_new_one(room: Room) -> None:
    camera = room.shop()
    live = room.look(camera)
    room.stream(live).tell(TileState.LIVE)
    room.address(camera, "rtsp://10.2.2.2/new")
    assert camera not in noted(room)


def noted(room: Room) -> dict[str, ConnectionTestRow]:
    room.feeds.keep()
    return room.store.read(connection_tests)


def note_of(room: Room, camera_id: str) -> tuple[datetime | None, Fault]:
    row = noted(room)[camera_id]
    return row.tested_at, row.fault


# Threads


def test_the_threads_renew_and_write(room: Room) -> None:
    camera = room.shop()
    officer = room.officer
    room.feeds.start()
    live = room.look(camera, session=officer)
    room.stream(live).tell(TileState.LIVE)
    written = threading.Event()

    def listen(changes: tuple[Change, ...]) -> None:
        if any(change.kind == "view" and change.version == 3 for change in changes):
            written.set()

    room.store.on_change(listen)
    live.end(EndReason.CLOSED)
    assert written.wait(5)
    assert {thread.name for thread in threading.enumerate()} >= {"gate-leases", "gate-journal"}


def test_the_threads_survive_errors(room: Room) -> None:
    camera = room.shop()
    officer = room.officer
    room.feeds.start()
    failed = threading.Event()
    submit = room.store.submit

    def broken(*_: object, **__: object) -> None:
        failed.set()
        raise OSError("disk full")

    live = room.look(camera, session=officer)

    def refuse(*, renew: bool) -> None:
        del renew
        failed.set()
        raise OSError("engine")

    room.feeds.addresses.tick = refuse  # type: ignore[method-assign]
    room.clock.advance(5)
    room.feeds._lease_wake.set()
    assert failed.wait(5)
    failed.clear()
    room.store.submit = broken  # type: ignore[method-assign, assignment]
    live.end(EndReason.CLOSED)
    assert failed.wait(5)
    room.store.submit = submit  # type: ignore[method-assign]
    room.feeds.stop()
    assert room.data("view.ended")[-1]["reason"] == "closed"


def test_kinds_are_kept(room: Room) -> None:
    camera = room.shop()
    for kind in (ViewKind.WALL, ViewKind.FOCUS, ViewKind.TOUR, ViewKind.PREWARM):
        room.look(camera, kind=kind)
    assert [data["kind"] for data in room.data("view.opened")] == ["wall", "focus", "tour", "prewarm"]


def test_agency_cameras_are_not_private(room: Room) -> None:
    camera = room.camera()
    room.countersign(room.permit(camera, kind=AuthorityKind.AGENCY))
    live = room.look(camera)
    assert not live.private
    assert not room.stream(live).request.private
