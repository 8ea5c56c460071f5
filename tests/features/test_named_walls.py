"""Walls under a name and tours of them: whose they are, who changes them, what is refused and what is journaled."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.kernel import Conflict, Denied, Invalid, Role, Session, new_id
from console.services.commands import build
from console.services.named_walls import (
    STATION,
    ChangeTour,
    DeleteTour,
    DeleteWall,
    KeepTour,
    KeepWall,
    NamedWallRow,
    RenameWall,
    ReplaceWall,
    Shelf,
    may_change,
)
from tests.gate.room import Room

CELLS = ("a", None, "b")


def shelf(room: Room, session: Session) -> Shelf:
    return room.station.named_walls.shelf(session)


def keep(room: Room, session: Session, name: str, *, station: bool = False) -> NamedWallRow:
    room.run(KeepWall(name=name, layout="1+5", cells=CELLS, station=station), session)
    return next(row for row in shelf(room, session).walls if row.name == name.strip())


def test_own_walls_are_ones_own_and_the_stations_are_everybodys(room: Room) -> None:
    own = keep(room, room.officer, "  ตลาดกลางคืน ")
    shared = keep(room, room.lead, "เส้นทางขบวน", station=True)
    assert (own.name, own.layout, own.cells, own.person_id) == ("ตลาดกลางคืน", "1+5", CELLS, room.officer.person_id)
    assert shared.person_id == STATION
    assert [row.id for row in shelf(room, room.officer).walls] == [own.id, shared.id]
    assert [row.id for row in shelf(room, room.lead).walls] == [shared.id]
    told = [entry for entry in room.rows("record.changed") if "named_wall" in str(entry)]
    assert len(told) == 2


def test_a_wall_is_replaced_renamed_and_deleted_and_comes_back_under_the_same_id(room: Room) -> None:
    wall = keep(room, room.officer, "ตลาด")
    room.run(ReplaceWall(wall_id=wall.id, version=1, layout="4", cells=("c",)), room.officer)
    with pytest.raises(Conflict):
        room.run(ReplaceWall(wall_id=wall.id, version=1, layout="9", cells=()), room.officer)
    room.run(RenameWall(wall_id=wall.id, version=2, name="ตลาดเช้า"), room.officer)
    (changed,) = shelf(room, room.officer).walls
    assert changed == replace(wall, version=3, name="ตลาดเช้า", layout="4", cells=("c",))
    room.run(DeleteWall(wall_id=wall.id, version=3), room.officer)
    assert shelf(room, room.officer).walls == ()
    room.run(KeepWall(wall_id=wall.id, name=wall.name, layout=wall.layout, cells=wall.cells), room.officer)
    assert shelf(room, room.officer).walls == (wall,)


def test_names_are_unique_for_each_owner_and_refused_at_the_field(room: Room) -> None:
    wall = keep(room, room.lead, "Market")
    keep(room, room.lead, "Market", station=True)
    keep(room, room.officer, "Market")
    other = keep(room, room.lead, "Pier")
    room.run(RenameWall(wall_id=wall.id, version=1, name="MARKET"), room.lead)
    for taken in (
        KeepWall(name="market", layout="4", cells=()),
        RenameWall(wall_id=other.id, version=1, name="Market "),
    ):
        with pytest.raises(Invalid) as refused:
            room.run(taken, room.lead)
        assert refused.value.fields == {"name": "walls.name_taken"}
    with pytest.raises(Invalid) as empty:
        room.run(KeepWall(name="   ", layout="4", cells=()), room.lead)
    assert empty.value.fields == {"name": "field.missing"}
    with pytest.raises(Invalid) as long:
        build(KeepWall, name="ก" * 61, layout="4", cells=())
    assert long.value.fields == {"name": "field.string_too_long"}


def test_what_belongs_to_others_is_not_touched(room: Room) -> None:
    own = keep(room, room.officer, "ของฉัน")
    shared = keep(room, room.lead, "ของสถานี", station=True)
    tour = KeepTour(name="วน", walls=(shared.id,), station=True)
    room.run(tour, room.lead)
    for session, cmd in (
        (room.lead, DeleteWall(wall_id=own.id, version=1)),
        (room.lead, ReplaceWall(wall_id=own.id, version=1, layout="4", cells=())),
        (room.officer, RenameWall(wall_id=shared.id, version=1, name="x")),
        (room.officer, DeleteWall(wall_id=shared.id, version=1)),
        (room.officer, KeepWall(name="y", layout="4", cells=(), station=True)),
        (room.officer, KeepTour(name="y", walls=(shared.id,), station=True)),
        (room.officer, ChangeTour(tour_id=tour.tour_id, version=1, name="y", walls=(shared.id,))),
        (room.officer, DeleteTour(tour_id=tour.tour_id, version=1)),
        (room.log_in(Role.AUDITOR), KeepWall(name="z", layout="4", cells=())),
    ):
        with pytest.raises(Denied):
            room.run(cmd, session)
    assert [may_change(owner, room.officer) for owner in (room.officer.person_id, STATION, "other")] == [
        True,
        False,
        False,
    ]
    assert may_change(STATION, room.lead)


def test_tours_are_kept_changed_and_deleted(room: Room) -> None:
    walls = tuple(keep(room, room.officer, name).id for name in ("ก", "ข"))
    room.run(KeepTour(name="รอบดึก", walls=walls), room.officer)
    (tour,) = shelf(room, room.officer).tours
    assert (tour.name, tour.walls, tour.dwell_s) == ("รอบดึก", walls, 15)
    room.run(ChangeTour(tour_id=tour.id, version=1, name="รอบเช้า", walls=walls[:1], dwell_s=240), room.officer)
    (tour,) = shelf(room, room.officer).tours
    assert (tour.name, tour.walls, tour.dwell_s, tour.version) == ("รอบเช้า", walls[:1], 240, 2)
    room.run(DeleteTour(tour_id=tour.id, version=2), room.officer)
    assert shelf(room, room.officer).tours == ()


def test_a_tour_that_could_show_nothing_is_refused(room: Room) -> None:
    own = keep(room, room.lead, "ของฉัน")
    for cmd, problem in (
        (KeepTour(name="x", walls=()), {"walls": "walls.tour_without_walls"}),
        (KeepTour(name="x", walls=(own.id, new_id()), station=True), {"walls": "walls.tour_of_own_walls"}),
    ):
        with pytest.raises(Invalid) as refused:
            room.run(cmd, room.lead)
        assert refused.value.fields == problem
    for dwell in (4, 241):
        with pytest.raises(Invalid):
            build(KeepTour, name="x", walls=(own.id,), dwell_s=dwell)
