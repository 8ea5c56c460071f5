"""Incidents: numbers, entries, corrections, ends and reviews; and the short features beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.kernel import (
    AccessLevel,
    Category,
    Conflict,
    ConsoleError,
    Denied,
    DenyReason,
    EndReason,
    Invalid,
    Outcome,
    Priority,
    Purpose,
    Role,
    Session,
    Zone,
)
from console.services.access_log import LogQuery
from console.services.cameras import ArchiveCamera
from console.services.commands import build
from console.services.incidents import (
    AddEntry,
    ChangeIncident,
    CloseIncident,
    IncidentFile,
    OpenIncident,
    ReviewIncident,
    StrikeEntry,
)
from console.services.people import ChangePerson
from console.services.views import JustifyView
from console.services.walls import SaveWall
from tests.gate.room import HERE, Room

NEXT_DOOR = (HERE[0] + 0.0005, HERE[1])
ACROSS_TOWN = (HERE[0] + 0.02, HERE[1])


def file(room: Room, incident_id: str, by: Session | None = None) -> IncidentFile:
    return room.station.incidents.file(incident_id, by or room.officer)


def add(room: Room, incident_id: str, words: str, by: Session | None = None) -> str:
    made: str = room.run(AddEntry(incident_id=incident_id, words=words), by or room.officer)
    return made


def change(room: Room, incident_id: str, by: Session | None = None, **changes: Any) -> None:
    row = room.station.incidents.incident(incident_id)
    fields = {
        name: getattr(row, name) for name in ("version", "category", "priority", "place", "lat", "lon", "zone")
    } | changes
    room.run(ChangeIncident(incident_id=incident_id, **fields), by or room.officer)


def refused(problem: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return dict(problem.value.fields)


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
        room.run(CloseIncident(incident_id=first, version=row.version, outcome=Outcome.SETTLED), room.lead)


def test_the_year_turns_at_midnight_in_bangkok(room: Room) -> None:
    room.clock.set_wall(datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC))
    old = room.incident()
    room.clock.set_wall(datetime(2026, 12, 31, 17, 0, tzinfo=UTC))
    new = room.incident()
    numbers = [room.station.incidents.incident(incident).number for incident in (old, new)]
    assert numbers == ["SKA-2569-0001", "SKA-2570-0001"]


def test_what_comes_to_nothing_uses_up_no_number(room: Room) -> None:
    with pytest.raises(ConsoleError, match="not_found"):
        room.run(OpenIncident(title="x", camera_id="no such camera"), room.officer)
    with pytest.raises(Invalid):
        room.run(OpenIncident(title="x", happened_at=room.clock.now() + timedelta(hours=1)), room.officer)
    command = OpenIncident(title="เหตุ")
    assert room.run(command, room.officer) == room.run(command, room.officer)
    assert [row.number for row in room.station.incidents.incidents()] == ["SKA-2569-0001"]


def test_everything_that_was_entered_is_kept(room: Room) -> None:
    camera = room.camera()
    happened = room.clock.now() - timedelta(minutes=20)
    command = OpenIncident(
        title="  ลักทรัพย์\u200bใน\nร้าน ",
        place="ถนนนครใน",
        lat=HERE[0],
        lon=HERE[1],
        zone=Zone.INSIDE,
        category=Category.THEFT,
        priority=Priority.URGENT,
        happened_at=happened,
        camera_id=camera,
    )
    line = file(room, room.run(command, room.officer)).line
    row = line.incident
    assert (row.title, row.place, row.zone, row.category) == ("ลักทรัพย์ใน ร้าน", "ถนนนครใน", Zone.INSIDE, Category.THEFT)
    assert (row.priority, row.happened_at, row.camera_id) == (Priority.URGENT, happened, camera)
    assert (row.opened_by, row.placed_by) == (room.officer.person_id, room.officer.person_id)
    assert line.camera == "C001 กล้อง C001"
    assert "ลักทรัพย์" not in str(room.data("record.changed"))


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": ""}, {"title": "field.string_too_short"}),
        ({"title": "\u200b \u2060"}, {"title": "field.string_too_short"}),
        ({"title": "x" * 301}, {"title": "field.string_too_long"}),
        ({"place": "x" * 301}, {"place": "field.string_too_long"}),
        ({"lat": 91.0, "lon": 100.0}, {"lat": "field.less_than_equal"}),
        ({"category": "murder"}, {"category": "field.enum"}),
        ({"happened_at": datetime(2026, 11, 22, 3, 0)}, {"happened_at": "field.timezone_aware"}),  # noqa: DTZ001 - refused
    ],
)
def test_what_a_single_field_cannot_be(fields: dict[str, Any], wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid) as problem:
        build(OpenIncident, **({"title": "เหตุ"} | fields))
    assert refused(problem) == wrong


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"lat": 7.0}, {"lon": "camera.half_a_place"}),
        ({"lon": 100.0}, {"lat": "camera.half_a_place"}),
        ({"title": "ทะเลาะ\u200fวิวาท"}, {"title": "field.pattern"}),
        ({"place": "ตลาด\u202eกลาง"}, {"place": "field.pattern"}),
    ],
)
def test_what_the_fields_together_cannot_be(room: Room, fields: dict[str, Any], wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid) as problem:
        room.run(OpenIncident(**({"title": "เหตุ"} | fields)), room.officer)
    assert refused(problem) == wrong


def test_nothing_happens_in_the_future(room: Room) -> None:
    now = room.clock.now()
    room.run(OpenIncident(title="เหตุ", happened_at=now + timedelta(minutes=2)), room.officer)
    with pytest.raises(Invalid) as problem:
        room.run(OpenIncident(title="เหตุ", happened_at=now + timedelta(minutes=2, seconds=1)), room.officer)
    assert refused(problem) == {"happened_at": "incident.in_future"}


def test_entries_stand_with_who_wrote_them_and_when(room: Room) -> None:
    incident = room.incident()
    add(room, incident, "สายตรวจถึงที่เกิดเหตุ\r\nพบผู้\u200bเสียหาย ")
    room.clock.advance(60)
    add(room, incident, "ผู้เสียหายไปโรงพยาบาล", room.lead)
    entries = file(room, incident).entries
    assert [line.entry.words for line in entries] == ["สายตรวจถึงที่เกิดเหตุ\nพบผู้เสียหาย", "ผู้เสียหายไปโรงพยาบาล"]
    assert [line.who for line in entries] == ["duty_officer", "shift_lead"]
    assert (entries[1].entry.at - entries[0].entry.at).total_seconds() == 60
    assert file(room, incident).line.entries == 2
    assert "ผู้เสียหาย" not in str(room.data("record.changed"))
    with pytest.raises(ConsoleError, match="not_found"):
        add(room, "no such incident", "x")
    with pytest.raises(Invalid):
        add(room, incident, "x\u202ey")
    with pytest.raises(Denied):
        add(room, incident, "x", room.log_in(Role.AUDITOR))


def test_an_entry_carries_no_right_so_the_gate_reads_nothing_for_it(room: Room) -> None:
    incident = room.incident()
    before = room.feeds._judge.memory.newest
    add(room, incident, "สายตรวจถึงที่เกิดเหตุ")
    assert room.feeds._judge.memory.newest is before
    change(room, incident, place="ตลาดสด")
    assert room.feeds._judge.memory.newest is not before


def test_a_struck_entry_stays_readable_with_the_reason(room: Room) -> None:
    incident = room.incident()
    entry = add(room, incident, "ผู้ต้องสงสัยสวมเสื้อแดง")
    room.close_incident(incident)
    command = StrikeEntry(entry_id=entry, version=1, reason="เป็นเสื้อสีส้ม")
    room.run(command, room.lead)
    (line,) = file(room, incident).entries
    assert (line.entry.words, line.entry.strike_reason) == ("ผู้ต้องสงสัยสวมเสื้อแดง", "เป็นเสื้อสีส้ม")
    assert (line.struck_by, line.entry.struck_at) == ("shift_lead", room.clock.now())
    assert file(room, incident).line.entries == 0
    with pytest.raises(ConsoleError, match="struck_already"):
        room.run(replace(command, command_id="another", version=2), room.officer)
    with pytest.raises(Invalid):
        build(StrikeEntry, entry_id=entry, version=1, reason=" ")


def test_a_stale_strike_conflicts(room: Room) -> None:
    entry = add(room, room.incident(), "x")
    with pytest.raises(Conflict):
        room.run(StrikeEntry(entry_id=entry, version=9, reason="ผิด"), room.officer)


def test_an_incident_ends_with_an_outcome_and_last_words(room: Room) -> None:
    incident = room.incident()
    close: dict[str, Any] = {"incident_id": incident, "version": 1}
    with pytest.raises(Invalid) as problem:
        build(CloseIncident, **close)
    assert "outcome" in refused(problem)
    with pytest.raises(Invalid) as problem:
        room.run(CloseIncident(**close, outcome=Outcome.DUPLICATE), room.officer)
    assert refused(problem) == {"words": "incident.duplicate_of_what"}
    room.run(CloseIncident(**close, outcome=Outcome.TO_INVESTIGATOR, words="ส่ง พงส. แล้ว"), room.officer)
    found = file(room, incident)
    assert (found.line.incident.outcome, found.line.closed_by) == (Outcome.TO_INVESTIGATOR, "duty_officer")
    assert [line.entry.words for line in found.entries] == ["ส่ง พงส. แล้ว"]
    assert found.entries[0].entry.at == found.line.incident.closed_at
    room.clock.advance(60)
    add(room, incident, "แก้ไข: ทรัพย์สินได้คืน")
    late = file(room, incident)
    assert late.line.incident.version == found.line.incident.version
    assert late.entries[1].entry.at > late.entries[0].entry.at


def test_corrections_are_journaled_field_by_field(room: Room) -> None:
    incident = room.incident()
    change(room, incident, category=Category.FIRE, priority=Priority.MOST_URGENT, zone=Zone.OUTSIDE, place="ตลาดสด")
    row = room.station.incidents.incident(incident)
    assert (row.number, row.title, row.opened_at) == ("SKA-2569-0001", "เหตุสมมติ", room.clock.now())
    assert (row.category, row.priority, row.zone, row.place) == (
        Category.FIRE,
        Priority.MOST_URGENT,
        Zone.OUTSIDE,
        "ตลาดสด",
    )
    assert row.placed_by == room.lead.person_id
    told = room.data("record.changed")[-1]["fields"]
    assert told == {
        "category": ["other", "fire"],
        "priority": ["normal", "most_urgent"],
        "zone": ["unknown", "outside"],
    }
    with pytest.raises(Conflict):
        change(room, incident, version=1)
    with pytest.raises(Invalid):
        change(room, incident, lat=None)
    room.close_incident(incident)
    with pytest.raises(ConsoleError, match="closed_stays"):
        change(room, incident, category=Category.THEFT)


def test_the_board_begins_with_the_most_urgent_and_of_these_the_oldest(room: Room) -> None:
    made = []
    for priority in (Priority.NORMAL, Priority.URGENT, Priority.MOST_URGENT, Priority.URGENT):
        made.append(room.run(OpenIncident(title=priority.value, priority=priority), room.officer))
        room.clock.advance(1)
    closed = room.incident()
    room.close_incident(closed)
    board = room.station.incidents.board(room.officer)
    assert [line.id for line in board] == [made[2], made[1], made[3], made[0]]
    everything = room.station.incidents.lines(room.officer)
    assert [line.id for line in everything] == [closed, *reversed(made)]
    assert [line.near for line in (*board, everything[0])] == [None] * 5


def test_the_board_promises_what_the_gate_will_open(room: Room) -> None:
    near = room.shop(AccessLevel.INCIDENT, radius_m=100)
    far_with_a_long_reach = room.camera(lat=HERE[0] + 0.005, lon=HERE[1])
    room.permit(far_with_a_long_reach, AccessLevel.INCIDENT, radius_m=1000)
    paused = room.shop(AccessLevel.INCIDENT, radius_m=100)
    room.pause(paused)
    short = room.camera(lat=HERE[0] + 0.002, lon=HERE[1])
    room.permit(short, AccessLevel.INCIDENT, radius_m=50)
    room.shop()
    room.camera(lat=None, lon=None)
    incident = room.incident()
    (line,) = room.station.incidents.board(room.officer)
    assert line.near is not None
    names = {room.station.cameras.camera(camera).name for camera in (near, far_with_a_long_reach)}
    assert (line.near.within, set(line.near.opened)) == (4, names)
    opened = {
        camera: not isinstance(room.ask(camera, Purpose.INCIDENT, incident_id=incident), Denied)
        for camera in (near, far_with_a_long_reach, paused, short)
    }
    assert opened == {near: True, far_with_a_long_reach: True, paused: False, short: False}


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
    assert file(room, mine).reviewed_by == "พ.ต.อ.สมมติ ตัวอย่าง"


def test_who_moves_an_incident_to_a_camera_answers_for_it(room: Room) -> None:
    camera = room.shop(AccessLevel.INCIDENT, radius_m=300)
    theirs = room.incident(at=ACROSS_TOWN, by=room.chief)
    assert room.refusal(camera, Purpose.INCIDENT, incident_id=theirs).reason is DenyReason.INCIDENT_TOO_FAR
    change(room, theirs, room.lead, lat=NEXT_DOOR[0], lon=NEXT_DOOR[1])
    innocent = room.look(camera, Purpose.INCIDENT, incident_id=theirs)
    assert not innocent.opened.permit.self_opened
    view = room.look(camera, Purpose.INCIDENT, incident_id=theirs, session=room.lead)
    assert view.opened.permit.self_opened
    assert room.station.incidents.incident(theirs).needs_review
    # Also when somebody else has placed it since, the viewer does not review himself.
    change(room, theirs, room.officer, lat=HERE[0], lon=HERE[1])
    version = room.station.incidents.incident(theirs).version
    with pytest.raises(ConsoleError, match="own_review"):
        room.run(ReviewIncident(incident_id=theirs, version=version), room.lead)
    deputy = room.log_in(Role.OPERATIONS_DEPUTY)
    room.run(ReviewIncident(incident_id=theirs, version=version), deputy)
    assert not room.station.incidents.incident(theirs).needs_review
    assert [seen.who for seen in file(room, theirs).views] == ["shift_lead"]


def test_a_running_view_does_not_outlast_what_the_journal_says_of_it(room: Room) -> None:
    camera = room.shop(AccessLevel.INCIDENT, radius_m=300)
    theirs = room.incident(by=room.lead)
    view = room.look(camera, Purpose.INCIDENT, incident_id=theirs)
    change(room, theirs, place="หน้าตลาด")
    assert view.picture() is not None
    change(room, theirs, lat=NEXT_DOOR[0], lon=NEXT_DOOR[1])
    ending = view.ending
    assert ending is not None
    assert ending.reason is EndReason.REPLACED
    again = room.look(camera, Purpose.INCIDENT, incident_id=theirs)
    assert again.opened.permit.self_opened
    assert [data["self_opened_incident"] for data in room.data("view.opened")] == [False, True]


def test_moving_an_incident_away_darkens_the_camera(room: Room) -> None:
    camera = room.shop(AccessLevel.INCIDENT, radius_m=300)
    theirs = room.incident(by=room.lead)
    view = room.look(camera, Purpose.INCIDENT, incident_id=theirs)
    change(room, theirs, room.lead, lat=None, lon=None)
    assert view.picture() is None
    assert room.station.incidents.incident(theirs).placed_by == room.lead.person_id


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
    room.run(SaveWall(layout="9", cells=("b",), screen=1), room.officer)
    assert room.station.walls.of(room.officer) == wall, "the second window has a wall of its own"
    second = room.station.walls.of(room.officer, 1)
    assert second is not None
    assert (second.layout, second.cells) == ("9", ("b",))
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


def test_names_stand_as_they_are_written_also_of_a_camera_that_was_archived(room: Room) -> None:
    camera = room.shop()
    incident: str = room.run(OpenIncident(title="เหตุสมมติ", camera_id=camera), room.officer)
    person = next(row for row in room.station.people.people() if row.id == room.officer.person_id)
    woman = ChangePerson(person_id=person.id, version=person.version, display_name="สมหญิง ใจดี", rank="ร.ต.อ.หญิง")
    room.run(woman, room.chief)
    version = room.station.cameras.camera(camera).version
    room.run(ArchiveCamera(camera_id=camera, version=version), room.registrar)
    line = file(room, incident).line
    assert (line.opened_by, line.camera) == ("ร.ต.อ.หญิง สมหญิง ใจดี", "C001 กล้อง C001")
    (opened,) = [
        row
        for row in room.station.access_log.find(room.chief, LogQuery(group="changes"), 0, 100).rows
        if row.subject == ("incident", incident)
    ]
    assert opened.who == "ร.ต.อ.หญิง สมหญิง ใจดี"
