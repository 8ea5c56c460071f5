"""The look round before the demonstration begins: real views and real refusals, ended and logged out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.db.journal import RowFilter, read_rows
from console.kernel import DenyReason, EndReason, Secret, StreamFacts
from console.services.demo_shift import LOOKED_AT, EarlierShift
from tests.demo_room import DemoRoom, FilledTown


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> FilledTown:
    return FilledTown.make(tmp_path_factory.mktemp("town"))


@pytest.fixture
def room(town: FilledTown, tmp_path: Path) -> Iterator[DemoRoom]:
    made = DemoRoom.copy(town, tmp_path)
    yield made
    made.close()


def rows_of(room: DemoRoom, event_class: str) -> list[dict[str, object]]:
    room.feeds.keep()
    only = RowFilter(event_classes=(event_class,))
    return [dict(row.data) for row in room.store.read(lambda tx: read_rows(tx, {}, 1000, only))]


def test_views_and_refusals_stand_in_the_log(room: DemoRoom, town: FilledTown) -> None:
    room.engine.facts_at_once = StreamFacts("h264", 640, 360, 15.0, "demo")
    shift = EarlierShift(room.station, room.feeds, town.made.password, town.made.incident_id)
    shift.start()
    shift.join()
    assert len(rows_of(room, "view.opened")) == len(rows_of(room, "view.picture")) == 4
    assert {row["reason"] for row in rows_of(room, "view.ended")} == {EndReason.CLOSED}
    refused = Counter(row["reason"] for row in rows_of(room, "view.denied"))
    assert refused == {DenyReason.OUTSIDE_HOURS: 1, DenyReason.PAUSED_BY_OWNER: 1, DenyReason.REGISTER_ONLY: 1}
    assert len(LOOKED_AT) == 7
    assert room.station.sessions.live() == []


def test_it_ends_when_the_window_closes(room: DemoRoom, town: FilledTown) -> None:
    """No picture ever comes: the shift would wait, but the demonstration is over."""
    shift = EarlierShift(room.station, room.feeds, town.made.password, town.made.incident_id)
    shift.start()
    shift.end()
    assert not shift.is_alive()
    assert room.feeds.views() == []


def test_a_demonstration_without_it_goes_on(room: DemoRoom, town: FilledTown) -> None:
    shift = EarlierShift(room.station, room.feeds, Secret("not the password"), town.made.incident_id)
    shift.run()
    assert rows_of(room, "view.opened") == []
