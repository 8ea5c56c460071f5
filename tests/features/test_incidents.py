"""Incidents, views' debts, walls and the journal's report: the short features."""

from __future__ import annotations

import pytest

from console.kernel import ConsoleError, Denied, DenyReason, Invalid, Purpose, Role
from console.services.incidents import CloseIncident, OpenIncident, ReviewIncident
from console.services.views import JustifyView
from console.services.walls import SaveWall
from tests.gate.room import Room


def test_numbers_run_in_the_buddhist_year(room: Room) -> None:
    first, second = room.incident(), room.incident()
    numbers = [room.station.incidents.incident(incident).number for incident in (first, second)]
    assert numbers == ["SKA-2569-0001", "SKA-2569-0002"]
    assert {row.id for row in room.station.incidents.open_ones()} == {first, second}
    room.close_incident(first)
    assert [row.id for row in room.station.incidents.open_ones()] == [second]
    assert len(room.station.incidents.incidents()) == 2
    row = room.station.incidents.incident(first)
    with pytest.raises(ConsoleError, match="closed_already"):
        room.run(CloseIncident(incident_id=first, version=row.version), room.lead)


def test_half_a_place_is_refused(room: Room) -> None:
    with pytest.raises(Invalid):
        room.run(OpenIncident(title="x", lat=7.0), room.officer)


def test_nobody_reviews_himself(room: Room) -> None:
    mine = room.incident(by=room.lead)
    row = room.station.incidents.incident(mine)
    command = ReviewIncident(incident_id=mine, version=row.version)
    with pytest.raises(ConsoleError, match="own_review"):
        room.run(command, room.lead)
    with pytest.raises(Denied):
        room.run(command, room.officer)
    room.run(command, room.chief)
    assert room.station.incidents.incident(mine).reviewed_by == room.chief.person_id


def test_an_urgent_view_is_justified_by_whoever_looked(room: Room) -> None:
    live = room.look(room.shop(), Purpose.URGENT)
    calm = room.look(room.shop())
    words = "ได้ยินเสียงปืนหน้าร้าน"
    for view, session in [(live, room.lead), (calm, room.officer)]:
        with pytest.raises(ConsoleError, match="not_yours"):
            room.run(JustifyView(view_id=view.view_id, words=words), session)
    room.run(JustifyView(view_id=live.view_id, words=words), room.officer)
    assert room.station.views.debts() == []
    seen = room.station.views.of_camera(live.camera_id, room.officer.started_at)
    assert [view.id for view in seen] == [live.view_id]
    assert words not in str(room.rows("view.justified"))


def test_walls_are_each_persons_own(room: Room) -> None:
    assert room.station.walls.of(room.officer) is None
    room.run(SaveWall(layout="1+5", cells=("a", None)), room.officer)
    wall = room.station.walls.of(room.officer)
    assert wall is not None
    assert (wall.layout, wall.cells) == ("1+5", ("a", None))
    assert room.station.walls.of(room.lead) is None
    with pytest.raises(Denied):
        room.run(SaveWall(layout="4", cells=()), room.log_in(Role.AUDITOR))


def test_the_journal_is_whole_and_says_so(room: Room) -> None:
    room.look(room.shop())
    room.station.journal.seal()
    report = room.station.journal.verify(room.log_in(Role.AUDITOR))
    assert report.sound
    assert report.rows > 10
    with pytest.raises(Denied) as denied:
        room.station.journal.verify(room.officer)
    assert denied.value.reason is DenyReason.ROLE
