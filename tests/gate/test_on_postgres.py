"""The gate over a shared database: the same promises, in one walk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.kernel import AccessLevel, Denied, DenyReason, EndReason, Purpose, TileState
from console.services.feeds import FeedRequest, LiveFeed
from console.services.station_clock import ConfirmClock
from tests.gate.room import Room
from tests.postgres import PostgresServer, postgres_first, postgres_server

__all__ = ["postgres_first", "postgres_server"]

pytestmark = pytest.mark.postgres


@pytest.fixture
def shared(tmp_path: Path, postgres_server: PostgresServer) -> Iterator[Room]:
    with postgres_server.database() as url:
        made = Room(tmp_path, None, url)
        made.found()
        yield made
        made.close()


def test_a_night_on_a_shared_database(shared: Room) -> None:
    room = shared
    shop, level_1, own = room.shop(), room.shop(AccessLevel.INCIDENT, radius_m=300), room.own_camera()
    incident = room.incident()
    requests = [
        FeedRequest(shop, Purpose.RISK_SPOT),
        FeedRequest(level_1, Purpose.INCIDENT, incident),
        FeedRequest(own, Purpose.URGENT),
        FeedRequest(level_1, Purpose.RISK_SPOT),
    ]
    answers = room.feeds.open_many(room.officer, requests)
    lives = [answer for answer in answers if isinstance(answer, LiveFeed)]
    assert len(lives) == 3
    assert isinstance(answers[3], Denied)
    for live in lives:
        room.stream(live).tell(TileState.LIVE)
    for _ in range(13):
        room.clock.advance(5)
        room.feeds.tick()
        room.feeds.keep()
    assert all(live.picture() is not None for live in lives)
    room.close_incident(incident)
    room.withdraw(shop)
    assert [live.picture() is None for live in lives] == [True, True, False]
    assert room.refusal(shop).reason is DenyReason.WITHDRAWN
    assert [debt.camera_id for debt in room.station.views.debts()] == [own]
    room.feeds.keep()
    room.crash()
    room.reopen()
    room.feeds.recover()
    assert {data["reason"] for data in room.data("view.ended")} == {"incident_closed", "withdrawn", "crashed"}
    room.station.journal.seal()
    assert room.station.journal.verify(room.chief).sound
    room.look(own).end(EndReason.CLOSED)


def test_a_clock_confirmed_on_a_shared_database(shared: Room) -> None:
    room = shared
    first = "rtsp://user:pass@192.168.7.7:554/one"
    shop, other = room.camera(first), room.camera()
    room.permit(shop)
    room.row_of_tomorrow()
    assert room.refusal(shop).reason is DenyReason.CLOCK_SET_BACK
    room.run(ConfirmClock(), room.chief)
    assert room.look(shop).picture() is not None
    # And an earlier address of a withdrawn camera is refused there too.
    room.address(shop, first.replace("one", "two"))
    room.withdraw(shop)
    with pytest.raises(Denied):
        room.address(other, first)
    assert room.station.authorities.reapply_tombstones() == 0
