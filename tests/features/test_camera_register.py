"""Registered, linked, online: three counts, and what keeps a camera from the next of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from console.kernel import AccessLevel, AuthorityKind, Fault, OwnerType, StreamFacts, TileState
from console.services.authorities import ResumeAuthority
from console.services.camera_register import CameraEntry, Counts, Standing
from console.services.cameras import ArchiveCamera, RegisterCamera
from tests.gate.room import Room


def entry(room: Room, camera_id: str) -> CameraEntry:
    return next(found for found in room.station.register.entries() if found.id == camera_id)


def standing(room: Room, camera_id: str) -> Standing:
    return entry(room, camera_id).standing


def probe(room: Room, camera_id: str, fault: Fault = Fault.NONE) -> None:
    room.engine.facts_at_once = StreamFacts("h264", 640, 360, 15.0)
    room.engine.fault_at_once = fault
    room.feeds.probe(room.registrar, camera_id)
    room.feeds.keep()
    room.engine.facts_at_once, room.engine.fault_at_once = None, Fault.NONE


def test_the_way_from_the_register_to_a_picture(room: Room) -> None:
    camera = room.run(RegisterCamera(code="A1", name="x", owner_type=OwnerType.POLICE), room.registrar)
    assert standing(room, camera) is Standing.NO_PERMISSION
    authority = room.permit(camera, kind=AuthorityKind.OWN)
    assert standing(room, camera) is Standing.UNSIGNED
    room.countersign(authority)
    assert standing(room, camera) is Standing.NO_ADDRESS
    room.address(camera, "rtsp://10.0.0.1/x")
    assert standing(room, camera) is Standing.NOT_TESTED
    probe(room, camera, Fault.UNAUTHORISED)
    assert standing(room, camera) is Standing.NOT_TESTED
    assert not entry(room, camera).linked
    probe(room, camera)
    assert standing(room, camera) is Standing.IN_FORCE
    assert entry(room, camera).linked
    room.address(camera, "rtsp://10.0.0.1/y")
    assert standing(room, camera) is Standing.NOT_TESTED, "a new address is an untested one"


@pytest.mark.parametrize(
    ("terms", "expected", "linked"),
    [
        ({}, Standing.IN_FORCE, True),
        ({"level": AccessLevel.INCIDENT, "radius_m": 100}, Standing.IN_FORCE, True),
        ({"level": AccessLevel.REGISTER_ONLY}, Standing.REGISTERED_ONLY, False),
        # The room's clock says 10.01 in Bangkok.
        ({"level": AccessLevel.HOURS, "hours": ((600, 660),)}, Standing.IN_FORCE, True),
        ({"level": AccessLevel.HOURS, "hours": ((1080, 360),)}, Standing.OUTSIDE_HOURS, True),
        ({"expires_in": 30}, Standing.EXPIRED, False),
        ({"begins_in": 86_400}, Standing.NOT_YET, False),
    ],
)
def test_what_a_permission_comes_to(room: Room, terms: dict[str, Any], expected: Standing, *, linked: bool) -> None:
    camera = room.shop()
    probe(room, camera)
    now = room.clock.now()
    if "begins_in" in terms:
        terms = {"valid_from": now + timedelta(seconds=terms["begins_in"])}
    if "expires_in" in terms:
        terms = {"expires_at": now + timedelta(seconds=terms["expires_in"])}
    room.permit(camera, **terms)
    room.clock.advance(40)
    assert standing(room, camera) is expected
    assert entry(room, camera).linked is linked


def test_pause_and_withdrawal(room: Room) -> None:
    camera = room.shop()
    probe(room, camera)
    room.pause(camera)
    assert (standing(room, camera), entry(room, camera).linked) == (Standing.PAUSED, False)
    row = room.current(camera)
    room.run(ResumeAuthority(authority_id=row.id, version=row.version), room.registrar)
    assert standing(room, camera) is Standing.IN_FORCE
    room.withdraw(camera)
    assert (standing(room, camera), entry(room, camera).linked) == (Standing.WITHDRAWN, False)
    room.permit(camera)
    assert standing(room, camera) is Standing.NO_ADDRESS, "what was destroyed has to be entered again"


def test_three_counts(room: Room) -> None:
    register = room.station.register
    assert register.counts() == Counts(0, 0, 0)
    live, quiet, untested = room.shop(), room.shop(), room.shop()
    bare = room.camera()
    gone = room.camera()
    version = room.station.cameras.camera(gone).version
    room.run(ArchiveCamera(camera_id=gone, version=version), room.registrar)
    assert register.counts() == Counts(4, 0, 0)
    for camera in (live, quiet):
        probe(room, camera)
    assert register.counts() == Counts(4, 2, 2), "what has just answered is there"
    room.clock.advance(301)
    assert register.counts() == Counts(4, 2, 0), "and nobody knows after five minutes"
    view = room.look(live)
    room.stream(view).tell(TileState.LIVE)
    assert register.counts(room.feeds.live_cameras()) == Counts(4, 2, 1)
    probe(room, quiet, Fault.NO_ANSWER)
    assert register.counts({live, untested, bare}) == Counts(4, 2, 1), "only linked ones count, and a failure does not"
    room.withdraw(live)
    assert register.counts({live}) == Counts(4, 1, 0)
