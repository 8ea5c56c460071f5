"""Who looked today: names for who reads the access log, roles for the others, and only what somebody could see."""

from __future__ import annotations

from datetime import timedelta

import pytest

from console.kernel import Denied, DenyReason, EndReason, Purpose, Role, ViewKind
from console.services import viewers as service
from console.services.viewers import LookedAt
from tests.gate.room import Room


def test_names_are_for_who_reads_the_log(room: Room) -> None:
    camera = room.shop()
    view = room.look(camera, Purpose.RISK_SPOT)
    room.clock.advance(42)
    view.end(EndReason.CLOSED)
    room.look(room.own_camera())
    room.feeds.keep()
    mine = room.station.viewers.today(room.officer, camera)
    assert (mine.total, mine.counted) == (1, True)
    (seen,) = mine.newest
    assert (seen.who, seen.role, seen.purpose, seen.mine) == ("", Role.DUTY_OFFICER, Purpose.RISK_SPOT, True)
    assert seen.lasted_s == pytest.approx(42, abs=1)
    (told,) = room.station.viewers.today(room.lead, camera).newest
    assert room.officer.display_name in told.who
    assert not told.mine


def test_it_is_today_and_what_was_shown(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    camera = room.shop()
    running = room.look(camera)
    for kind in (ViewKind.PREWARM, ViewKind.TOUR):
        room.look(camera, kind=kind)
    room.look(camera).end(EndReason.NOT_STARTED)
    room.feeds.keep()
    found = room.station.viewers.today(room.officer, camera)
    assert found.total == 2
    assert found.newest[-1].lasted_s is None
    monkeypatch.setattr(service, "MOST", 1)
    assert not room.station.viewers.today(room.officer, camera).counted
    running.end(EndReason.CLOSED)
    room.feeds.keep()
    room.clock.advance(timedelta(days=1).total_seconds())
    assert room.station.viewers.today(room.officer, camera) == LookedAt()


def test_who_watches_nothing_is_told_nothing(room: Room) -> None:
    camera = room.shop()
    session = room.log_in(Role.IT)
    with pytest.raises(Denied) as caught:
        room.station.viewers.today(session, camera)
    assert caught.value.reason is DenyReason.ROLE
    room.station.people.log_out(session)
    with pytest.raises(Denied) as caught:
        room.station.viewers.today(session, camera)
    assert caught.value.reason is DenyReason.NOT_LOGGED_IN
