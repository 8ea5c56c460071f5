"""The door: temporary passwords, one's own password, reset with two people, lock and unlock, the first start's code."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from console.db.people import PersonRow
from console.kernel import (
    AuthorityKind,
    ConsoleError,
    Denied,
    DenyReason,
    EndReason,
    Invalid,
    OwnerType,
    Right,
    Role,
    Secret,
    Session,
)
from console.services.commands import build
from console.services.first_code import FILE, MOST_TRIES
from console.services.incidents import OpenIncident
from console.services.people import AddPerson, ChangePassword, GiveSlot, GiveSlotBySheet, NewFirst, ResetPassword
from tests.gate.room import PASSWORD, Room

OWN = Secret("my-own-words-2569-x")
TEMPORARY = Secret("first-words-for-you-7")


def person(room: Room, login: str) -> PersonRow:
    found = room.station.people.by_login(login)
    assert found is not None
    return found


def refusal(act: object) -> ConsoleError:
    assert callable(act)
    with pytest.raises(ConsoleError) as caught:
        act()
    return caught.value


def add(room: Room, login: str = "somchai", role: Role = Role.DUTY_OFFICER, *, temporary: bool = True) -> str:
    command = AddPerson(
        login=login,
        display_name="สมชาย ใจดี",
        rank="ด.ต.",
        position="ผบ.หมู่ (ป.)",
        role=role,
        password=TEMPORARY,
        temporary=temporary,
    )
    return str(room.run(command, room.chief))


# Temporary passwords


def test_a_temporary_password_lets_nobody_in_but_to_choose_another(room: Room) -> None:
    people = room.station.people
    added = add(room)
    assert person(room, "somchai").password_temporary
    assert refusal(lambda: people.log_in("somchai", TEMPORARY)).key == "login.temporary"
    assert refusal(lambda: people.log_in("somchai", Secret("wrong"))).key == "login.wrong"
    for bad, key in ((TEMPORARY, "password.same"), (Secret("short"), "password.too_short")):
        problem = refusal(lambda bad=bad: people.choose_password("somchai", TEMPORARY, bad))
        assert isinstance(problem, Invalid)
        assert problem.fields == {"new": key}
    assert refusal(lambda: people.choose_password("somchai", Secret("wrong"), Secret("short"))).key == "login.wrong", (
        "who does not know the old one hears nothing about a new one"
    )
    session = people.choose_password("somchai", TEMPORARY, OWN)
    assert session.display_name == "ด.ต.สมชาย ใจดี"
    assert not person(room, "somchai").password_temporary
    assert room.station.sessions.is_keyed(session), "the slot that came with the account opens under the new password"
    people.log_out(session)
    assert refusal(lambda: people.log_in("somchai", TEMPORARY)).key == "login.wrong"
    assert people.log_in("somchai", OWN).person_id == added
    assert len(room.rows("login.temporary")) == 1
    assert len(room.rows("password.changed")) == 1


def test_five_wrong_tries_at_choosing_lock_the_account(room: Room) -> None:
    add(room)
    people = room.station.people
    keys = [refusal(lambda: people.choose_password("somchai", Secret("no"), OWN)).key for _number in range(5)]
    assert keys == ["login.wrong"] * 4 + ["login.locked"]
    assert refusal(lambda: people.choose_password("somchai", TEMPORARY, OWN)).key == "login.locked"
    assert person(room, "somchai").password_temporary


# One's own password


def change(room: Room, session: Session, old: Secret = PASSWORD, new: Secret = OWN, again: Secret = OWN) -> None:
    room.station.people.change_password(build(ChangePassword, old=old, new=new, again=again), session)


def test_a_changed_password_opens_the_same_key(room: Room) -> None:
    camera = room.shop()
    officer = room.station.people.log_in("duty_officer", PASSWORD)
    change(room, officer)
    room.station.people.log_out(officer)
    room.vault.lock()
    assert refusal(lambda: room.station.people.log_in("duty_officer", PASSWORD)).key == "login.wrong"
    again = room.station.people.log_in("duty_officer", OWN)
    assert room.look(camera, session=again).ending is None
    assert "password.changed" in [row.event_class for row in room.rows()]
    for row in room.rows():
        assert OWN.reveal() not in str(row)
        assert PASSWORD.reveal() not in str(row)


def test_what_is_wrong_with_a_new_password_stands_at_its_field(room: Room) -> None:
    officer = room.officer
    for old, new, again, fields in (
        (PASSWORD, OWN, TEMPORARY, {"again": "password.differs"}),
        (PASSWORD, PASSWORD, PASSWORD, {"new": "password.same"}),
        (PASSWORD, Secret("short"), Secret("short"), {"new": "password.too_short"}),
        (Secret("not it"), OWN, OWN, {"old": "password.old_wrong"}),
    ):
        problem = refusal(lambda old=old, new=new, again=again: change(room, officer, old, new, again))
        assert isinstance(problem, Invalid)
        assert problem.fields == fields
    assert room.station.people.log_in("duty_officer", PASSWORD)


def test_wrong_old_passwords_count_to_the_lock_out(room: Room) -> None:
    officer = room.officer
    keys = [refusal(lambda: change(room, officer, Secret("no"))).key for _number in range(5)]
    assert keys == ["invalid"] * 4 + ["login.locked"]
    assert refusal(lambda: room.station.people.log_in("duty_officer", PASSWORD)).key == "login.locked"


def test_a_locked_or_ended_session_changes_no_password(room: Room) -> None:
    officer = room.officer
    room.station.people.lock(officer)
    locked = refusal(lambda: change(room, officer))
    assert isinstance(locked, Denied)
    assert locked.reason is DenyReason.LOCKED
    room.station.sessions.end(officer, EndReason.LOGOUT)
    ended = refusal(lambda: change(room, officer))
    assert isinstance(ended, Denied)
    assert ended.reason is DenyReason.NOT_LOGGED_IN


# Reset


def reset(room: Room, login: str, by: Session) -> None:
    row = person(room, login)
    room.run(ResetPassword(person_id=row.id, version=row.version, password=TEMPORARY), by)


def test_who_resets_a_password_cannot_open_the_cameras_with_it(room: Room) -> None:
    """One administrator alone: neither his own access nor the temporary password leads to another's cameras."""
    camera, people = room.shop(), room.station.people
    officer = room.officer
    reset(room, "duty_officer", room.chief)
    row = person(room, "duty_officer")
    assert row.password_temporary
    assert row.id in people.waiting_for_slot()
    problem = refusal(lambda: room.run(GiveSlot(person_id=row.id), room.chief))
    assert isinstance(problem, Invalid)
    assert problem.fields == {"person_id": "people.reset_by_giver"}
    people.log_out(officer)
    impostor = people.choose_password("duty_officer", TEMPORARY, OWN)
    assert not room.station.sessions.is_keyed(impostor)
    assert room.vault.unlocked, "it stands open for the superintendent, who also sits here"
    assert room.refusal(camera, session=impostor).reason is DenyReason.VAULT_LOCKED
    still = refusal(lambda: room.run(GiveSlot(person_id=row.id), room.chief))
    assert isinstance(still, Invalid), "choosing a password does not change who reset it"


def test_who_resets_a_password_signs_nothing_with_it(room: Room) -> None:
    people = room.station.people
    add(room, "deputy-chief", Role.SUPERINTENDENT, temporary=False)
    authority = room.permit(room.camera(owner=OwnerType.POLICE), kind=AuthorityKind.OWN)
    reset(room, "deputy-chief", room.log_in(Role.IT))
    taken = people.choose_password("deputy-chief", TEMPORARY, OWN)
    assert refusal(lambda: room.countersign(authority, taken)).key == "people.access_not_back"
    room.run(OpenIncident(title="x"), taken)
    room.run(GiveSlot(person_id=taken.person_id), room.chief)
    room.countersign(authority, taken)
    assert room.authority(authority).countersigned_by == taken.person_id


def test_a_second_person_gives_the_access_back(room: Room) -> None:
    people = room.station.people
    add(room, "deputy-chief", Role.SUPERINTENDENT, temporary=False)
    second = people.log_in("deputy-chief", TEMPORARY)
    reset(room, "duty_officer", room.chief)
    row = person(room, "duty_officer")
    room.run(GiveSlot(person_id=row.id), second)
    session = people.choose_password("duty_officer", TEMPORARY, OWN)
    assert room.station.sessions.is_keyed(session)
    assert person(room, "duty_officer").reset_by is None
    assert [row.subject[1] for row in room.rows("password.reset")] == [row.id]


def test_the_sheet_gives_it_back_too(empty_room: Room) -> None:
    people = empty_room.station.people
    sheet = people.add_first(NewFirst("chief", "ผกก.", Role.SUPERINTENDENT, PASSWORD))
    chief = people.log_in("chief", PASSWORD)
    empty_room.sessions[Role.SUPERINTENDENT] = chief
    add(empty_room, "officer", temporary=False)
    reset(empty_room, "officer", chief)
    row = person(empty_room, "officer")
    empty_room.run(GiveSlotBySheet(person_id=row.id, code=sheet.code), chief)
    session = people.choose_password("officer", TEMPORARY, OWN)
    assert empty_room.station.sessions.is_keyed(session)


def test_rules_of_a_reset(room: Room) -> None:
    it = room.log_in(Role.IT)
    own = refusal(lambda: reset(room, "it", it))
    assert isinstance(own, Invalid)
    assert own.fields == {"password": "people.own_reset"}
    row = person(room, "duty_officer")
    weak = refusal(
        lambda: room.run(ResetPassword(person_id=row.id, version=row.version, password=Secret("short")), room.chief)
    )
    assert isinstance(weak, Invalid)
    assert weak.fields == {"password": "password.too_short"}
    denied = refusal(lambda: reset(room, "it", room.officer))
    assert isinstance(denied, Denied)
    for _number in range(5):
        refusal(lambda: room.station.people.log_in("duty_officer", Secret("no")))
    reset(room, "duty_officer", it)
    assert person(room, "duty_officer").locked_until is None
    assert refusal(lambda: room.station.people.log_in("duty_officer", TEMPORARY)).key == "login.temporary"


# The vault is each person's own


def test_another_ones_open_vault_opens_nothing_for_a_session_without_a_key(room: Room) -> None:
    camera = room.shop()
    it = room.log_in(Role.IT)
    room.run(AddPerson(login="puppet", display_name="x", role=Role.SUPERINTENDENT, password=PASSWORD), it)
    assert room.chief
    puppet = room.station.people.log_in("puppet", PASSWORD)
    assert room.vault.unlocked
    assert room.refusal(camera, session=puppet).reason is DenyReason.VAULT_LOCKED
    assert refusal(lambda: room.run(GiveSlot(person_id=puppet.person_id), puppet)).key == "vault.no_slot"
    added = room.run(AddPerson(login="second", display_name="x", role=Role.DUTY_OFFICER, password=PASSWORD), puppet)
    assert added in room.station.people.waiting_for_slot(), "nor does it give one on"
    for session in (room.chief, room.registrar):
        room.station.people.log_out(session)
    assert not room.vault.unlocked, "the last one with a key locks it, whoever else sits here"


# Lock


def test_a_lock_darkens_private_cameras_and_leaves_public_ones(room: Room) -> None:
    private, public = room.shop(), room.own_camera()
    officer, people = room.officer, room.station.people
    dark, stays = room.look(private), room.look(public)
    people.lock(officer)
    assert dark.ending is not None
    assert dark.ending.reason is EndReason.LOCK
    assert stays.ending is None
    assert room.refusal(private).reason is DenyReason.LOCKED
    assert room.look(public).ending is None
    room.feeds.tick()
    assert stays.ending is None
    people.note_lock(officer, idle=True)
    assert room.data("login.locked") == [{"why": "idle"}]
    people.unlock(officer, PASSWORD)
    assert room.look(private).ending is None
    assert len(room.rows("login.unlocked")) == 1


def test_a_locked_session_commands_nothing(room: Room) -> None:
    officer = room.officer
    room.station.people.lock(officer)
    problem = refusal(lambda: room.run(OpenIncident(title="x"), officer))
    assert isinstance(problem, Denied)
    assert problem.reason is DenyReason.LOCKED
    assert officer.may(Right.WRITE_INCIDENTS)
    room.station.people.unlock(officer, PASSWORD)
    assert room.run(OpenIncident(title="x"), officer)


def test_unlocking_counts_wrong_tries_to_the_lock_out(room: Room) -> None:
    officer, people = room.officer, room.station.people
    people.lock(officer)
    keys = [refusal(lambda: people.unlock(officer, Secret("no"))).key for _number in range(5)]
    assert keys == ["login.wrong"] * 4 + ["login.locked"]
    assert refusal(lambda: people.unlock(officer, PASSWORD)).key == "login.locked"
    assert room.station.sessions.is_locked(officer)
    room.clock.advance(15 * 60)
    people.unlock(officer, PASSWORD)
    assert not room.station.sessions.is_locked(officer)


def test_a_lock_concerns_one_session(room: Room) -> None:
    """The next officer takes over from the lock: his private cameras open while the former's stay dark."""
    private = room.shop()
    room.station.people.lock(room.officer)
    assert room.refusal(private).reason is DenyReason.LOCKED
    assert room.look(private, session=room.lead).ending is None


def test_who_is_not_here_is_neither_locked_nor_unlocked(room: Room) -> None:
    officer = room.officer
    room.station.people.log_out(officer)
    room.station.people.lock(officer)
    assert not room.station.sessions.is_locked(officer)
    problem = refusal(lambda: room.station.people.unlock(officer, PASSWORD))
    assert isinstance(problem, Denied)


# The first start


FIRST = NewFirst("chief", "สมชาย ใจดี", Role.SUPERINTENDENT, PASSWORD, "พ.ต.อ.", "ผกก.สภ.เมืองตัวอย่าง")


def kept(room: Room) -> Path:
    return room.data_dir / FILE


def test_the_code_makes_the_first_person_once(empty_room: Room) -> None:
    people = empty_room.station.people
    code = people.make_first_code()
    groups = code.reveal().split("-")
    assert [len(group) for group in groups] == [4, 4, 4, 4]
    assert groups[0] not in kept(empty_room).read_text()
    assert stat.S_IMODE(kept(empty_room).stat().st_mode) == 0o600
    typed = Secret(f" {code.reveal().lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} ")
    sheet = people.add_first_with_code(FIRST, typed)
    assert sheet.code.reveal()
    assert not kept(empty_room).exists()
    assert people.log_in("chief", PASSWORD).display_name == "พ.ต.อ.สมชาย ใจดี"
    assert person(empty_room, "chief").position == "ผกก.สภ.เมืองตัวอย่าง"
    assert refusal(people.make_first_code).key == "people.not_empty"


def test_five_wrong_codes_void_it(empty_room: Room) -> None:
    people = empty_room.station.people
    code = people.make_first_code()
    for _number in range(MOST_TRIES - 1):
        problem = refusal(lambda: people.add_first_with_code(FIRST, Secret("AAAA-AAAA-AAAA-AAAA")))
        assert isinstance(problem, Invalid)
        assert problem.fields == {"code": "first_code.wrong"}
    for typed in (Secret("AAAA-AAAA-AAAA-AAAA"), code):
        assert refusal(lambda typed=typed: people.add_first_with_code(FIRST, typed)).key == "first_code.void"
    assert people.is_empty()
    assert people.add_first_with_code(FIRST, people.make_first_code())
    assert len(empty_room.rows("first_code.refused")) == MOST_TRIES + 1


@pytest.mark.parametrize("content", [None, "", "{}", "[]", '{"hash": "x"}', '{"hash": "x", "tries": "many"}'])
def test_without_a_code_there_is_a_sentence(empty_room: Room, content: str | None) -> None:
    if content is not None:
        kept(empty_room).write_text(content)
    problem = refusal(lambda: empty_room.station.people.add_first_with_code(FIRST, Secret("x")))
    assert problem.key == "first_code.missing"


def test_what_is_wrong_with_the_first_person_costs_no_try(empty_room: Room) -> None:
    people = empty_room.station.people
    people.make_first_code()
    before = kept(empty_room).read_text()
    weak = build(NewFirst, "chief", "x", Role.AUDITOR, Secret("short"))
    problem = refusal(lambda: people.add_first_with_code(weak, Secret("AAAA")))
    assert isinstance(problem, Invalid)
    assert problem.fields == {"password": "password.too_short", "role": "people.first_must_manage"}
    assert kept(empty_room).read_text() == before
    for name in ("", "two\nlines", "turned\u202e", "x" * 201):
        with pytest.raises(Invalid):
            build(NewFirst, "chief", name, Role.IT, PASSWORD)


def test_a_folder_that_takes_no_code_is_said(empty_room: Room) -> None:
    kept(empty_room).with_name(f"{FILE}.new").mkdir()
    assert refusal(empty_room.station.people.make_first_code).key == "store.read_only"
