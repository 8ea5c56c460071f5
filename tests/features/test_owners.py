"""The register of owners: who is registered how, whose a camera is, how far the talks have come, and who reads what."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console.db.journal_format import JsonValue
from console.i18n.typed import day_begins
from console.kernel import (
    STATION_ZONE,
    AuthorityKind,
    Conflict,
    ConsoleError,
    Denied,
    Invalid,
    OwnerType,
    Party,
    PersuasionStage,
    Role,
    Session,
    StepKind,
    StreamFacts,
    Zone,
)
from console.services.commands import build
from console.services.owner_funnel import Split
from console.services.owner_path import AddStep, AttachPhoto, ChangeStep, RemovePhoto, StrikeStep
from console.services.owners import (
    ArchiveOwner,
    ChangeOwner,
    ExtractOwners,
    LinkCamera,
    OwnerFacts,
    OwnerLine,
    RegisterOwner,
    RestoreOwner,
    UnlinkCamera,
    alike,
    may_be_minor,
)
from tests.gate.room import Room
from tests.pictures import jpeg

HOME: dict[str, Any] = {"party": Party.PERSON, "owner_type": OwnerType.HOME, "name": "นางสมมติ ใจดี"}
SHOP: dict[str, Any] = {
    "party": Party.COMPANY,
    "owner_type": OwnerType.SHOP,
    "name": "บริษัท สมมติ จำกัด",
    "authorised_person": "นายผู้แทน สมมติ",
    "authorised_position": "กรรมการ",
    "address": "1 ถนนนครใน",
    "community": "นครใน",
    "zone": Zone.INSIDE,
    "phone": "๐๐๐-๐๐๐-๐๐๐๑",
    "email": "shop@example.invalid",
    "note": "พบช่วงบ่าย",
}
JPEG = jpeg(b"a photo")


def register(room: Room, **fields: Any) -> str:
    made: str = room.run(build(RegisterOwner, **fields), room.registrar)
    return made


def line(room: Room, owner_id: str, session: Session | None = None) -> OwnerLine:
    return next(each for each in room.station.owners.lines(session or room.registrar) if each.id == owner_id)


def step(room: Room, owner_id: str, kind: StepKind, days_ago: int = 1, **more: Any) -> str:
    made: str = room.run(AddStep(owner_id=owner_id, kind=kind, day=today(room, -days_ago), **more), room.registrar)
    return made


def today(room: Room, days: int = 0) -> Any:
    return day_begins(room.clock.now().astimezone(STATION_ZONE).date()) + timedelta(days=days)


def refused(room: Room, **fields: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as wrong:
        register(room, **fields)
    return dict(wrong.value.fields)


# The register


def test_an_owner_is_registered_changed_archived_and_brought_back(room: Room) -> None:
    owner = register(room, **SHOP)
    (known,) = room.station.owners.lines(room.registrar)
    assert (known.row.number, known.row.facts.phone, known.stage) == (1, "000-000-0001", PersuasionStage.LISTED)
    room.run(build(ChangeOwner, owner_id=owner, version=1, **SHOP | {"name": "ห้างสมมติ"}), room.registrar)
    with pytest.raises(Conflict):
        room.run(build(ChangeOwner, owner_id=owner, version=1, **SHOP), room.registrar)
    room.run(ArchiveOwner(owner_id=owner, version=2), room.registrar)
    assert room.station.owners.lines(room.registrar) == []
    assert [each.row.name for each in room.station.owners.lines(room.registrar, archived=True)] == ["ห้างสมมติ"]
    for command in (
        build(ChangeOwner, owner_id=owner, version=3, **SHOP),
        LinkCamera(owner_id=owner, camera_id=room.camera()),
    ):
        with pytest.raises(ConsoleError, match=r"owner\.archived_stays"):
            room.run(command, room.registrar)
    with pytest.raises(ConsoleError, match=r"owner\.archived_stays"):
        step(room, owner, StepKind.BRIEFING)
    room.run(RestoreOwner(owner_id=owner, version=3), room.registrar)
    assert len(room.station.owners.lines(room.registrar)) == 1


@pytest.mark.parametrize(
    ("fields", "field", "key"),
    [
        (HOME | {"name": "  "}, "name", "field.string_too_short"),
        (HOME | {"name": "ใจ\u202eดี"}, "name", "field.pattern"),
        (HOME | {"phone": "12345"}, "phone", "owner.phone"),
        (HOME | {"phone": "โทรหาลูกสาว"}, "phone", "owner.phone"),
        (HOME | {"email": "สมมติ"}, "email", "owner.email"),
        (HOME | {"owner_type": OwnerType.MUNICIPALITY}, "owner_type", "owner.person_no_agency"),
        (HOME | {"authorised_person": "ใครก็ไม่รู้"}, "authorised_person", "owner.signs_himself"),
        (HOME | {"birth_year": 2553}, "guardian", "owner.guardian_needed"),
        (HOME | {"birth_year": 2012}, "guardian", "owner.guardian_needed"),
        (HOME | {"birth_year": 2600}, "birth_year", "owner.birth_year"),
        (HOME | {"birth_year": 1850}, "birth_year", "owner.birth_year"),
        (SHOP | {"authorised_person": ""}, "authorised_person", "owner.who_signs"),
        (SHOP | {"authorised_position": " "}, "authorised_position", "owner.who_signs"),
        (SHOP | {"birth_year": 2530}, "birth_year", "owner.no_birth"),
        (SHOP | {"guardian": "นายพ่อ"}, "guardian", "owner.no_birth"),
    ],
)
def test_what_is_wrong_is_refused_at_its_field(room: Room, fields: dict[str, Any], field: str, key: str) -> None:
    assert refused(room, **fields)[field] == key
    assert room.station.owners.lines(room.registrar) == []


def test_names_of_any_script_and_telephones_of_any_spelling_are_taken(room: Room) -> None:
    names = ("Nguyễn Thị Hương", "สมชาย ใจดี", "李小龍", "ٱلْأَحْمَد", "O’Brien-Sjögren", "नेपाली")
    phones = ("0812345678", "+66 81 234 5678", "๐๒-๐๐๐-๐๐๐๐ ต่อ ๑๒", "(074) 000-001 ext. 9", "+86 10 1234 5678", "")
    for name, phone in zip(names, phones, strict=True):
        register(room, **HOME | {"name": name, "phone": phone})
    assert [each.row.name for each in room.station.owners.lines(room.registrar)] == list(names)


def test_a_minor_is_registered_with_a_guardian(room: Room) -> None:
    owner = register(room, **HOME | {"birth_year": 2553, "guardian": "นายพ่อ สมมติ"})
    assert line(room, owner).row.facts.birth_year == 2010, "either era is one year"
    year = room.clock.now().astimezone(STATION_ZONE).year
    said = [may_be_minor(born, room.clock.now()) for born in (None, year - 19, year - 20 + 543, year - 21)]
    assert said == [False, True, None, False]


def test_who_looks_registered_already_is_asked_about(room: Room) -> None:
    owner = register(room, **SHOP)
    known = [line(room, owner).row]
    other = OwnerFacts(Party.PERSON, OwnerType.HOME, "อีกคน", phone="+๖๖ 00 000 0001")
    assert list(alike(other, known)) == ["phone"]
    twin = OwnerFacts(Party.PERSON, OwnerType.HOME, "บริษัท  สมมติ จำกัด", address="๑ ถนนนครใน")
    assert list(alike(twin, known)) == ["name"]
    assert alike(twin, known, own_id=owner) == {}
    assert alike(OwnerFacts(Party.PERSON, OwnerType.HOME, "อีกคน"), known) == {}


# Cameras


def test_a_camera_is_one_owners_and_changes_hands_only_knowingly(room: Room) -> None:
    first, second, camera = register(room, **HOME), register(room, **SHOP), room.camera()
    assert [entry.id for entry in room.station.owners.free_cameras()] == [camera]
    room.run(LinkCamera(owner_id=first, camera_id=camera), room.registrar)
    room.run(LinkCamera(owner_id=first, camera_id=camera), room.registrar)
    assert room.station.owners.free_cameras() == []
    assert [entry.id for entry in line(room, first).cameras] == [camera]
    with pytest.raises(ConsoleError, match=r"owner\.has_cameras"):
        room.run(ArchiveOwner(owner_id=first, version=1), room.registrar)
    with pytest.raises(Conflict):
        room.run(LinkCamera(owner_id=second, camera_id=camera), room.registrar)
    room.run(LinkCamera(owner_id=second, camera_id=camera, instead_of=first), room.registrar)
    with pytest.raises(Conflict):
        room.run(UnlinkCamera(owner_id=first, camera_id=camera), room.registrar)
    room.run(UnlinkCamera(owner_id=second, camera_id=camera), room.registrar)
    assert line(room, second).cameras == ()


def test_an_owners_permission_does_not_pass_to_another(room: Room) -> None:
    first, second, camera, other = register(room, **HOME), register(room, **SHOP), room.camera(), room.camera()
    for each in (camera, other):
        room.run(LinkCamera(owner_id=first, camera_id=each), room.registrar)
    room.permit(camera)
    room.permit_before(other)
    move = LinkCamera(owner_id=second, camera_id=camera, instead_of=first)
    part = UnlinkCamera(owner_id=first, camera_id=other)
    refused = [
        (move, room.registrar, "owner.consent_first"),
        (move, room.chief, "owner.consent_first"),
        (UnlinkCamera(owner_id=first, camera_id=camera), room.chief, "owner.consent_first"),
        (part, room.registrar, "owner.permission_first"),
    ]
    for command, session, why in refused:
        with pytest.raises(Invalid) as wrong:
            room.run(command, session)
        assert wrong.value.fields == {"camera_id": why}
    room.withdraw(camera)
    room.run(move, room.registrar)
    room.run(part, room.chief)


# How far the talks have come


def test_the_stage_follows_from_what_is_recorded(room: Room) -> None:
    owner, camera = register(room, **SHOP), room.camera()

    def stage() -> PersuasionStage:
        return line(room, owner).stage

    assert stage() is PersuasionStage.LISTED
    step(room, owner, StepKind.FIRST_CONTACT, 9)
    assert stage() is PersuasionStage.CONTACT
    visit = step(room, owner, StepKind.SUPERINTENDENT_VISIT, 8)
    assert stage() is PersuasionStage.VISITED
    room.run(StrikeStep(step_id=visit, version=1, reason="บันทึกผิดคน"), room.registrar)
    assert stage() is PersuasionStage.CONTACT
    step(room, owner, StepKind.ROOM_VISIT, 7)
    assert stage() is PersuasionStage.BRIEFED
    step(room, owner, StepKind.POSTPONED, 6)
    assert (stage(), line(room, owner).unwilling) == (PersuasionStage.BRIEFED, StepKind.POSTPONED)
    room.run(LinkCamera(owner_id=owner, camera_id=camera), room.registrar)
    assert stage() is PersuasionStage.BRIEFED, "a camera of which nothing is allowed is no consent"
    room.permit(camera)
    assert (stage(), line(room, owner).unwilling) == (PersuasionStage.AGREED, None)
    room.pause(camera)
    assert stage() is PersuasionStage.AGREED
    room.withdraw(camera)
    assert stage() is PersuasionStage.BRIEFED


def test_a_camera_with_a_tested_picture_is_linked_and_the_stations_own_is_nobodys_consent(room: Room) -> None:
    owner, camera = register(room, **SHOP), room.camera()
    room.run(LinkCamera(owner_id=owner, camera_id=camera), room.registrar)
    room.permit(camera)
    room.engine.facts_at_once = StreamFacts("h264", 640, 360, 15.0, "tcp")
    room.feeds.probe(room.registrar, camera)
    room.feeds.keep()
    assert line(room, owner).stage is PersuasionStage.LINKED
    police, own = register(room, **HOME), room.camera()
    room.countersign(room.permit(own, kind=AuthorityKind.OWN))
    room.run(LinkCamera(owner_id=police, camera_id=own), room.registrar)
    assert line(room, police).stage is PersuasionStage.LISTED


def test_the_next_step_is_that_of_the_last_one(room: Room) -> None:
    owner = register(room, **SHOP)
    step(room, owner, StepKind.FIRST_CONTACT, 3, next_step="เชิญดูห้อง", next_day=today(room))
    found = line(room, owner).next_step
    assert found is not None
    assert (found.text, found.due(room.clock.now()), found.day) == ("เชิญดูห้อง", True, today(room))
    step(room, owner, StepKind.ROOM_VISIT, 0, next_step="ส่งหนังสือ", next_day=today(room, 7))
    found = line(room, owner).next_step
    assert found is not None
    assert not found.due(room.clock.now())
    step(room, owner, StepKind.FOLLOW_UP, 0)
    assert line(room, owner).next_step is None


@pytest.mark.parametrize(
    ("fields", "field", "key"),
    [
        ({"days_ago": -1}, "day", "owner.day_ahead"),
        ({"days_ago": 30 * 366}, "day", "authority.wrong_year"),
        ({"next_day": 1}, "next_step", "owner.next_what"),
        ({"next_day": -5, "next_step": "โทร"}, "next_day", "owner.next_before"),
        ({"next_day": 543 * 366, "next_step": "โทร"}, "next_day", "authority.wrong_year"),
        ({"result": "ก\u200eข"}, "result", "field.pattern"),
        ({"went": frozenset(map(str, range(21)))}, "went", "field.too_long"),
    ],
)
def test_a_wrong_step_is_refused_at_its_field(room: Room, fields: dict[str, Any], field: str, key: str) -> None:
    owner = register(room, **SHOP)
    if "next_day" in fields:
        fields = fields | {"next_day": today(room, fields["next_day"])}
    with pytest.raises(Invalid) as wrong:
        step(room, owner, StepKind.BRIEFING, **fields)
    assert wrong.value.fields[field] == key


def test_steps_tell_who_went_are_corrected_and_struck(room: Room) -> None:
    owner, other = register(room, **SHOP), register(room, **HOME)
    made = step(room, owner, StepKind.BRIEFING, went=frozenset({room.chief.person_id}))
    later = step(room, owner, StepKind.FOLLOW_UP, 0)
    lines = room.station.owner_path.steps(owner, room.registrar)
    assert [each.step.id for each in lines] == [later, made]
    assert lines[1].went == ("พ.ต.อ.สมมติ ตัวอย่าง",)
    change = {"step_id": made, "version": 1, "kind": StepKind.ROOM_VISIT, "day": today(room)}
    room.run(ChangeStep(owner_id=owner, **change), room.registrar)
    for wrong in (
        change | {"owner_id": other, "version": 2},
        change | {"owner_id": owner, "went": frozenset({"nobody"})},
    ):
        with pytest.raises(ConsoleError, match="not_found"):
            room.run(ChangeStep(**wrong), room.registrar)
    room.run(StrikeStep(step_id=made, version=2, reason="ซ้ำ"), room.registrar)
    with pytest.raises(ConsoleError, match=r"owner\.step_struck"):
        room.run(StrikeStep(step_id=made, version=3, reason="ซ้ำ"), room.registrar)
    struck = room.station.owner_path.steps(owner, room.registrar)[1]
    assert (struck.step.strike_reason, bool(struck.struck_by)) == ("ซ้ำ", True)
    with pytest.raises(Invalid):
        room.run(StrikeStep(step_id=later, version=1, reason="ก\u200eข"), room.registrar)


def test_photos_are_kept_with_a_step_and_go_with_the_last_step_that_shows_them(room: Room, tmp_path: Path) -> None:
    owner = register(room, **SHOP)
    first, second = step(room, owner, StepKind.BRIEFING), step(room, owner, StepKind.FOLLOW_UP)
    source = tmp_path / "photo.jpg"
    source.write_bytes(JPEG)
    photo = room.run(AttachPhoto(step_id=first, version=1, path=source), room.registrar)
    assert room.station.owner_path.photo(photo, room.registrar) == JPEG
    with pytest.raises(ConsoleError, match=r"owner\.photo_twice"):
        room.run(AttachPhoto(step_id=first, version=2, path=source), room.registrar)
    room.run(AttachPhoto(step_id=second, version=1, path=source), room.registrar)
    room.run(RemovePhoto(step_id=first, version=2, photo=photo), room.registrar)
    assert room.station.owner_path.photo(photo, room.registrar) == JPEG
    with pytest.raises(ConsoleError, match="not_found"):
        room.run(RemovePhoto(step_id=first, version=3, photo=photo), room.registrar)
    room.run(RemovePhoto(step_id=second, version=2, photo=photo), room.registrar)
    with pytest.raises(ConsoleError, match=r"attachment\.gone"):
        room.station.owner_path.photo(photo, room.registrar)


def test_a_photo_whose_step_was_not_stored_leaves_no_file(room: Room, tmp_path: Path) -> None:
    made = step(room, register(room, **SHOP), StepKind.BRIEFING)
    source = tmp_path / "photo.jpg"
    source.write_bytes(JPEG)
    with pytest.raises(Conflict):
        room.run(AttachPhoto(step_id=made, version=7, path=source), room.registrar)
    assert [path for path in (room.data_dir / "attachments").rglob("*") if path.is_file()] == []
    source.write_bytes(b"MZ")
    with pytest.raises(ConsoleError, match=r"attachment\.no_picture"):
        room.run(AttachPhoto(step_id=made, version=1, path=source), room.registrar)
    for number in range(12):
        source.write_bytes(jpeg(bytes([number])))
        room.run(AttachPhoto(step_id=made, version=1 + number, path=source), room.registrar)
    with pytest.raises(ConsoleError, match=r"owner\.too_many_photos"):
        room.run(AttachPhoto(step_id=made, version=13, path=source), room.registrar)


# Who reads and writes what


def test_each_role_reads_of_an_owner_what_it_needs(room: Room) -> None:
    owner = register(room, **SHOP)
    made = step(room, owner, StepKind.BRIEFING, next_step="โทร", next_day=today(room))
    assert made
    whole = line(room, owner, room.lead).row.facts
    assert (whole.address, whole.note) == ("1 ถนนนครใน", "พบช่วงบ่าย")
    contact = line(room, owner, room.officer).row.facts
    assert (contact.name, contact.phone, contact.address, contact.email, contact.note) == (
        SHOP["name"],
        "000-000-0001",
        "",
        "",
        "",
    )
    (shown,) = room.station.owners.lines(room.officer)
    assert (shown.stage, shown.next_step) == (PersuasionStage.BRIEFED, None)
    figures = line(room, owner, room.log_in(Role.IT)).row.facts
    assert (figures.name, figures.phone, figures.community) == ("", "", "นครใน")
    for session in (room.officer, room.log_in(Role.IT)):
        with pytest.raises(Denied):
            room.station.owner_path.steps(owner, session)
        with pytest.raises(Denied):
            room.station.owner_path.photo("0" * 64, session)
        with pytest.raises(Denied):
            room.run(build(RegisterOwner, **HOME), session)
    room.station.people.log_out(room.officer)
    with pytest.raises(Denied):
        room.station.owners.lines(room.officer)


def test_whatever_leaves_the_register_is_journaled(room: Room) -> None:
    room.run(ExtractOwners(how="csv", rows=3), room.officer)
    assert room.data("owners.extracted") == [{"how": "csv", "rows": 3}]


def test_the_journal_names_an_owner_by_number_only(room: Room) -> None:
    owner, camera = register(room, **SHOP), room.camera()
    room.run(LinkCamera(owner_id=owner, camera_id=camera), room.registrar)
    told = room.station.history.of("camera", camera)[0].details
    assert list(told) == ["Owner in the register: – → O-0001"]
    made = step(room, owner, StepKind.BRIEFING, went=frozenset({room.chief.person_id}))
    lines = room.station.history.of("owner_step", made)[0].details
    assert "Who went: พ.ต.อ.สมมติ ตัวอย่าง" in lines
    assert "Owner in the register: O-0001" in lines


# The funnel


def test_the_funnel_counts_three_figures_by_kind_and_by_community(room: Room) -> None:
    shop, home = register(room, **SHOP), register(room, **HOME)
    cameras = [room.camera(zone=Zone.INSIDE) for _ in range(5)]
    for camera in cameras[:4]:
        room.run(LinkCamera(owner_id=shop, camera_id=camera), room.registrar)
        room.permit(camera)
    outside = room.camera(owner=OwnerType.HOME, zone=Zone.OUTSIDE)
    room.run(LinkCamera(owner_id=home, camera_id=outside), room.registrar)
    room.engine.facts_at_once = StreamFacts("h264", 640, 360, 15.0, "tcp")
    for camera in cameras[:2]:
        room.feeds.probe(room.registrar, camera)
        room.feeds.keep()
    room.clock.advance(600)
    found = room.station.funnel.funnel(Split.OWNER_TYPE, None, {cameras[0]})
    figures = {group.name: tuple(_figures(group.counts)) for group in found.groups}
    assert figures == {"shop": (5, 2, 1), "home": (1, 0, 0)}
    assert (tuple(_figures(found.total)), found.without_owner) == ((6, 2, 1), 1)
    assert [group.few for group in found.groups] == [False, True]
    assert dict(found.stages)[PersuasionStage.LINKED] == 1
    by_place = room.station.funnel.funnel(Split.COMMUNITY, Zone.INSIDE)
    assert [(group.name, group.counts.registered) for group in by_place.groups] == [("นครใน", 4), ("", 1)]
    assert sum(number for _stage, number in by_place.stages) == 1


def _figures(counts: Any) -> list[JsonValue]:
    return [counts.registered, counts.linked, counts.online]
