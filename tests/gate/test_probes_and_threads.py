"""Probes, the gate's own threads, and the kinds of views."""

from __future__ import annotations

import threading

from console.kernel import (
    AccessLevel,
    AuthorityKind,
    Denied,
    DenyReason,
    EndReason,
    Fault,
    PixelSize,
    StreamFacts,
    TileState,
    ViewKind,
)
from console.services.feeds import Probe
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


def test_a_probe_is_denied_like_a_view(room: Room) -> None:
    camera = room.shop()
    room.pause(camera)
    denied = room.feeds.probe(room.registrar, camera)
    assert isinstance(denied, Denied)
    assert denied.reason is DenyReason.PAUSED_BY_OWNER


# Threads


def test_the_threads_renew_and_write(room: Room) -> None:
    camera = room.shop()
    officer = room.officer
    room.feeds.start()
    live = room.look(camera, session=officer)
    room.stream(live).tell(TileState.LIVE)
    written = threading.Event()
    room.store.on_change(lambda change: written.set() if change.kind == "view" and change.version == 3 else None)
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
    stream = room.stream(live)

    def refuse() -> None:
        failed.set()
        raise OSError("engine")

    stream.renew = refuse  # type: ignore[method-assign]
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
