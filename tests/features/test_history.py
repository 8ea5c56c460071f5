"""The history of a record: every change in words, newest first, and nothing that was erased or is secret."""

from __future__ import annotations

import pytest

from console.db.journal import erase_personal
from console.db.store import CommandStamp
from console.kernel import EndReason, Role, Secret
from console.masking import Mask
from console.services import history
from console.services.authorities import PauseAuthority
from console.services.cameras import ChangeCamera, ChangeMasks
from console.services.people import AddPerson, ChangePerson
from tests.gate.room import PASSWORD, Room


def change_camera(room: Room, camera_id: str, **changes: object) -> None:
    row = room.station.cameras.camera(camera_id)
    known = {name: getattr(row, name) for name in ("code", "name", "place", "owner_type", "lat", "lon", "owner_name")}
    room.run(ChangeCamera(camera_id=camera_id, version=row.version, **(known | changes)), room.registrar)


def test_each_change_tells_who_what_from_and_to(room: Room) -> None:
    camera = room.camera(place="ตลาด")
    change_camera(room, camera, place="ถนนนครใน", owner_name="นางสมมติ")
    change_camera(room, camera, place="ถนนนครใน", owner_name="นายตัวอย่าง")
    newest, owner, address, made = room.station.history.of("camera", camera)
    assert made.what == "Added: camera"
    assert "Place: ตลาด" in made.details
    assert "Kind of owner: Shop or business" in made.details
    # What was left empty or off at the beginning says nothing.
    assert not any(detail.startswith(("Archived", "Owner or agency", "Masks")) for detail in made.details)
    assert address.details == (
        "Address: changed; the value is not kept here",
        "Fingerprint of the address: changed; the value is not kept here",
        "Where the address leads: changed; the value is not kept here",
    )
    assert owner.details == ("Place: ตลาด → ถนนนครใน", "Owner or agency: – → นางสมมติ")
    assert newest.details == ("Owner or agency: นางสมมติ → นายตัวอย่าง",)
    assert newest.who == f"{room.registrar.display_name} · Camera registrar"
    assert newest.at == room.clock.now()
    rows = {(row.writer_id, row.seq) for row in room.rows("record.changed")}
    assert {(line.writer, line.seq) for line in (newest, owner, address, made)} <= rows


def test_masks_are_told_by_number_and_share_only(room: Room) -> None:
    camera = room.shop()
    version = room.station.cameras.camera(camera).version
    masks = (Mask.rectangle(0, 0, 500, 500), Mask(((600, 600), (700, 600), (600, 700))))
    room.run(ChangeMasks(camera_id=camera, version=version, masks=masks), room.officer)
    newest, *_earlier = room.station.history.of("camera", camera)
    assert newest.details == ("Masks: – → 2, covering 26 % of the picture",)


def test_codes_and_ids_are_told_as_labels_and_names(room: Room) -> None:
    camera = room.shop()
    authority = room.current(camera)
    room.run(PauseAuthority(authority_id=authority.id, version=authority.version), room.officer)
    paused, recorded = room.station.history.of("authority", authority.id)
    assert paused.details == ("Paused: no → yes",)
    assert f"Camera: C001 {room.station.cameras.camera(camera).name}" in recorded.details
    assert "Level: Level 3 – live round the clock" in recorded.details
    assert f"Recorded by: {room.registrar.display_name}" in recorded.details


def test_a_password_is_never_told_and_erased_words_are_said_to_be_erased(room: Room) -> None:
    add = AddPerson(login="new", display_name="สมศรี มีสุข", role=Role.DUTY_OFFICER, password=PASSWORD, rank="ส.ต.ท.")
    person = room.run(add, room.chief)
    version = room.station.people.by_login("new")
    assert version is not None
    rename = ChangePerson(person_id=person, version=version.version, display_name="สมศรี มีมาก", rank="ส.ต.อ.")
    room.run(rename, room.chief)
    history = room.station.history.of("person", person)
    renamed = next(line for line in history if line.what == "Changed: user")
    assert set(renamed.details) == {"Rank: ส.ต.ท. → ส.ต.อ.", "Name: สมศรี มีสุข → สมศรี มีมาก"}
    assert not any(PASSWORD.reveal() in detail or "argon2" in detail for line in history for detail in line.details)
    room.store.submit(
        lambda tx: erase_personal(tx, ("person", person)), command=CommandStamp("erase", "erase_personal")
    )
    erased, *older = room.station.history.of("person", person)
    assert (erased.what, erased.details, erased.who) == ("Personal words erased", ("2 values",), "the program")
    renamed = next(line for line in older if line.what == "Changed: user")
    assert "Name: changed; the words were erased" in renamed.details
    assert not any("สมศรี" in detail for line in older for detail in line.details)
    again = ChangePerson(person_id=person, version=version.version + 1, display_name="สมศรี ใหม่")
    room.run(again, room.chief)
    # From what it was changed is not known any more.
    assert room.station.history.of("person", person)[0].details == ("Name: สมศรี ใหม่",)


def test_looking_and_logging_in_are_no_changes_of_the_record(room: Room) -> None:
    camera = room.shop()
    room.look(camera).end(EndReason.CLOSED)
    room.refusal(room.camera())
    room.feeds.keep()
    assert {line.what for line in room.station.history.of("camera", camera)} == {"Added: camera", "Changed: camera"}
    person = room.chief.person_id
    before = room.station.history.of("person", person)
    room.station.people.log_in("chief", Secret(PASSWORD.reveal()))
    assert room.station.history.of("person", person) == before


def test_a_record_that_nobody_knows_has_no_history(room: Room) -> None:
    assert room.station.history.of("camera", "nowhere") == []


def test_of_a_long_history_the_newest_changes_are_told(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    camera = room.camera()
    for number in range(5):
        change_camera(room, camera, place=f"ถนน {number}")
    monkeypatch.setattr(history, "MOST_CHANGES", 2)
    told = [line.details for line in room.station.history.of("camera", camera)]
    assert told == [("Place: ถนน 3 → ถนน 4",), ("Place: ถนน 2 → ถนน 3",)]
