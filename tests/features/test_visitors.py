"""The visitor book of the CCOC room."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from console.kernel import ConsoleError, Denied, Invalid, Role, Session
from console.services.commands import build
from console.services.visitors import (
    ChangeVisit,
    MonthSum,
    NameSectors,
    RecordVisit,
    SectorRow,
    StrikeVisit,
    month_sums,
)
from tests.gate.room import Room


def fields(room: Room, **more: Any) -> dict[str, Any]:
    return {
        "day": room.clock.now() - timedelta(days=1),
        "group_name": "ชมรมผู้ค้าสมมติ",
        "counts": {4: 12, 5: 3},
        "received_by": room.chief.person_id,
        "purpose": "ดูงาน",
        "sign_ups": 2,
    } | more


def record(room: Room, session: Session | None = None, **more: Any) -> str:
    made: str = room.run(build(RecordVisit, **fields(room, **more)), session or room.officer)
    return made


def test_a_visit_is_recorded_corrected_struck_and_summed(room: Room) -> None:
    made = record(room)
    record(room, room.registrar, counts={1: 1}, sign_ups=0)
    (line, *_others) = [each for each in room.station.visitors.visits(room.officer) if each.id == made]
    assert (line.visit.people, line.received_by) == (15, "พ.ต.อ.สมมติ ตัวอย่าง")
    room.run(build(ChangeVisit, visit_id=made, version=1, **fields(room, counts={4: 10}, sign_ups=1)), room.lead)
    visits = [each.visit for each in room.station.visitors.visits(room.officer)]
    (month,) = month_sums(visits)
    assert (month.groups, month.counts, month.people, month.sign_ups) == (2, {4: 10, 1: 1}, 11, 1)
    record(room, day=room.clock.now() - timedelta(days=70))
    room.run(StrikeVisit(visit_id=made, version=2, reason="บันทึกซ้ำ"), room.officer)
    lines = room.station.visitors.visits(room.officer)
    struck = next(each for each in lines if each.id == made)
    assert (struck.struck_by, struck.visit.strike_reason) == (room.officer.display_name, "บันทึกซ้ำ")
    sums: list[MonthSum] = month_sums(each.visit for each in lines)
    assert [(each.groups, each.people) for each in sums] == [(1, 1), (1, 15)]
    for command in (
        StrikeVisit(visit_id=made, version=3, reason="อีกครั้ง"),
        build(ChangeVisit, visit_id=made, version=3, **fields(room)),
    ):
        with pytest.raises(ConsoleError, match=r"visit\.struck"):
            room.run(command, room.officer)


@pytest.mark.parametrize(
    ("wrong", "field", "key"),
    [
        ({"counts": {}}, "counts", "visit.nobody"),
        ({"counts": {1: 0}}, "counts", "visit.nobody"),
        ({"counts": {11: 1}}, "counts", "field.choice"),
        ({"counts": {1: -1}}, "counts", "field.greater_than_equal"),
        ({"sign_ups": 16}, "sign_ups", "visit.more_than_came"),
        ({"group_name": ""}, "group_name", "field.string_too_short"),
        ({"group_name": "ก\u202eข"}, "group_name", "field.pattern"),
    ],
)
def test_what_is_wrong_is_refused_at_its_field(room: Room, wrong: dict[str, Any], field: str, key: str) -> None:
    with pytest.raises(Invalid) as refused:
        record(room, **wrong)
    assert refused.value.fields == {field: key}


def test_a_day_to_come_and_one_of_another_era_are_refused(room: Room) -> None:
    for day, key in ((timedelta(days=1), "owner.day_ahead"), (-timedelta(days=400_000), "authority.wrong_year")):
        with pytest.raises(Invalid) as refused:
            record(room, day=room.clock.now() + day)
        assert refused.value.fields == {"day": key}
    with pytest.raises(ConsoleError, match="not_found"):
        record(room, received_by="nobody")
    made = record(room)
    with pytest.raises(Invalid):
        room.run(StrikeVisit(visit_id=made, version=1, reason="ก\u200eข"), room.officer)


def test_the_sectors_are_the_programmes_until_the_station_names_its_own(room: Room) -> None:
    visitors = room.station.visitors
    assert [row.number for row in visitors.sectors()] == [1, 2, 3, 4, 5, 6]
    record(room, counts={2: 5}, sign_ups=0)
    room.run(NameSectors(names=("ตำรวจ", "", "ภาครัฐ", "ธุรกิจ", "", "", "นักเรียน")), room.lead)
    rows = visitors.sectors()
    assert rows[0] == SectorRow(1, "ตำรวจ")
    assert rows[1] == SectorRow(2, "Local administrations", used=False)
    assert rows[6] == SectorRow(7, "นักเรียน")
    room.run(NameSectors(names=("ตำรวจ",)), room.lead)
    for names, field in (
        (("ก", "ก"), "sector_2"),
        (("", " "), "sector_1"),
        (("ก", "ข\u202e"), "sector_2"),
        (tuple(map(str, range(11))), "sector_1"),
    ):
        with pytest.raises(Invalid) as refused:
            room.run(build(NameSectors, names=names), room.lead)
        assert list(refused.value.fields) == [field]
    with pytest.raises(Denied):
        room.run(NameSectors(names=("ตำรวจ",)), room.officer)


def test_the_book_is_kept_and_read_by_those_of_the_room(room: Room) -> None:
    for role in (Role.IT, Role.AUDITOR):
        with pytest.raises(Denied):
            record(room, room.log_in(role))
        with pytest.raises(Denied):
            room.station.visitors.visits(room.log_in(role))
    room.station.people.log_out(room.officer)
    with pytest.raises(Denied):
        room.station.visitors.visits(room.officer)
