"""Log-in, lock-out, slots, and who may do what with people."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.db.vault import NoKeyring, Vault
from console.kernel import ConsoleError, Denied, EndReason, Invalid, Role, Secret, Session
from console.services import passwords
from console.services.commands import build
from console.services.people import AddPerson, ChangePerson, GiveSlot, NewFirst, People, keyring_found, station_vault
from tests.gate.room import PASSWORD, Room, Template


def is_open(room: Room) -> bool:
    return room.vault.unlocked


def fails(room: Room, login: str, password: str) -> str:
    with pytest.raises(ConsoleError) as caught:
        room.station.people.log_in(login, Secret(password))
    return caught.value.key


def test_first_person_and_log_in(empty_room: Room) -> None:
    people = empty_room.station.people
    assert people.is_empty()
    first = NewFirst("chief", "ผกก.", Role.SUPERINTENDENT, PASSWORD)
    for wrong in (replace(first, role=Role.DUTY_OFFICER), replace(first, password=Secret("short"))):
        with pytest.raises(Invalid):
            people.add_first(wrong)
    sheet = people.add_first(first)
    assert sheet.code.reveal() not in repr(sheet)
    assert people.has_keyring()
    assert not is_open(empty_room)
    with pytest.raises(ConsoleError, match="not_empty"):
        people.add_first(first)
    session = people.log_in(" Chief ", PASSWORD)
    assert session.role is Role.SUPERINTENDENT
    assert is_open(empty_room)
    people.log_out(session)
    assert not is_open(empty_room)
    assert [row.event_class for row in empty_room.rows("login.ok", "login.ended")] == ["login.ok", "login.ended"]


def test_five_tries_then_a_quarter_of_an_hour(room: Room) -> None:
    assert [fails(room, "chief", "no") for _ in range(5)] == ["login.wrong"] * 4 + ["login.locked"]
    assert fails(room, "chief", PASSWORD.reveal()) == "login.locked"
    room.clock.advance(15 * 60 - 1)
    assert fails(room, "chief", PASSWORD.reveal()) == "login.locked"
    room.clock.advance(1)
    assert room.station.people.log_in("chief", PASSWORD).login == "chief"
    chief = next(row for row in room.station.people.people() if row.login == "chief")
    assert (chief.failed_tries, chief.locked_until) == (0, None)
    assert [data["why"] for data in room.data("login.failed")] == ["password"] * 5 + ["locked"] * 2


def test_somebody_who_does_not_exist(room: Room) -> None:
    assert fails(room, "ghost", "my own password, typed wrongly") == "login.wrong"
    row = room.rows("login.failed")[-1]
    assert row.subject == ("person", "unknown")
    assert "ghost" not in str(row)


def test_a_disabled_person_does_not_log_in(room: Room) -> None:
    officer = next(row for row in room.station.people.people() if row.role is Role.DUTY_OFFICER)
    room.run(ChangePerson(person_id=officer.id, version=officer.version, active=False), room.chief)
    assert fails(room, officer.login, PASSWORD.reveal()) == "login.disabled"


def test_the_vault_locks_with_the_last_who_may_look(room: Room) -> None:
    people = room.station.people
    officer, it = room.officer, room.log_in(Role.IT)
    room.station.sessions.end(room.chief, EndReason.LOGOUT)
    assert is_open(room)
    people.log_out(officer)
    assert not is_open(room)
    people.log_out(it)


def test_without_a_slot_the_vault_stays_shut(room: Room) -> None:
    it = room.log_in(Role.IT)
    added = room.run(AddPerson(login="puppet", display_name="x", role=Role.SUPERINTENDENT, password=PASSWORD), it)
    assert added in room.station.people.waiting_for_slot()
    with pytest.raises(ConsoleError, match="no_slot"):
        room.run(GiveSlot(person_id=added), it)
    room.vault.lock()
    session = room.station.people.log_in("puppet", PASSWORD)
    assert not is_open(room)
    assert room.data("vault.not_opened") == [{"why": "vault.no_slot"}]
    with pytest.raises(ConsoleError, match=r"vault\.no_slot"):
        room.run(GiveSlot(person_id=added), session)


def test_somebody_who_looks_gives_the_slot(room: Room) -> None:
    chief = room.chief
    added = room.run(AddPerson(login="somchai", display_name="x", role=Role.DUTY_OFFICER, password=PASSWORD), chief)
    assert added not in room.station.people.waiting_for_slot()
    room.run(GiveSlot(person_id=added), chief)
    row = next(row for row in room.station.people.people() if row.id == added)
    room.run(ChangePerson(person_id=added, version=row.version, role=Role.IT), chief)
    with pytest.raises(Invalid):
        room.run(GiveSlot(person_id=added), chief)
    row = next(row for row in room.station.people.people() if row.id == added)
    room.run(ChangePerson(person_id=added, version=row.version, role=Role.DUTY_OFFICER), chief)
    assert added in room.station.people.waiting_for_slot()


def test_rules_about_people(room: Room) -> None:
    chief = room.chief
    with pytest.raises(Invalid) as taken:
        room.run(AddPerson(login="CHIEF", display_name="x", role=Role.IT, password=PASSWORD), chief)
    assert taken.value.fields == {"login": "people.login_taken"}
    with pytest.raises(Denied):
        room.run(AddPerson(login="new", display_name="x", role=Role.IT, password=PASSWORD), room.officer)
    me = next(row for row in room.station.people.people() if row.id == chief.person_id)
    with pytest.raises(Invalid) as own:
        room.run(ChangePerson(person_id=me.id, version=me.version, role=Role.AUDITOR), chief)
    assert own.value.fields == {"role": "people.own_role"}


def test_the_last_administrator_stays(room: Room) -> None:
    it = room.log_in(Role.IT)
    people = {row.role: row for row in room.station.people.people()}
    chief = people[Role.SUPERINTENDENT]
    room.run(ChangePerson(person_id=chief.id, version=chief.version, active=False), it)
    with pytest.raises(Invalid) as last:
        room.run(ChangePerson(person_id=it.person_id, version=people[Role.IT].version, active=False), it)
    assert last.value.fields == {"role": "people.last_administrator"}


@pytest.mark.parametrize(
    ("password", "key"),
    [
        ("short", "password.too_short"),
        ("x" * 257, "password.too_long"),
        ("the-Officer-himself", "password.holds_login"),
        ("aaaaaaaaaaaaaa", "password.common"),
        ("my-Password-2569", "password.common"),
        ("ขอนแก่น-โคราช-ยะลา", None),
    ],
)
def test_passwords(password: str, key: str | None) -> None:
    assert passwords.problem(Secret(password), "officer") == key


def test_a_bad_password_stands_at_its_field(room: Room) -> None:
    with pytest.raises(Invalid) as wrong:
        room.run(AddPerson(login="new", display_name="x", role=Role.IT, password=Secret("short")), room.chief)
    assert wrong.value.fields == {"password": "password.too_short"}
    with pytest.raises(Invalid) as bad:
        build(AddPerson, login="a b", display_name="", role=Role.IT, password=PASSWORD)
    assert set(bad.value.fields) == {"login", "display_name"}


def test_an_old_hash_is_renewed(room: Room) -> None:
    from argon2 import PasswordHasher

    from console.db.people import password_hash, set_password_hash
    from console.db.store import CommandStamp
    from console.kernel import new_id

    weak = Secret(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD.reveal()))
    chief = next(row for row in room.station.people.people() if row.login == "chief")
    stamp = CommandStamp(new_id(), "weaken")
    room.store.submit(lambda tx: set_password_hash(tx, chief.id, weak) and None, command=stamp)
    room.station.people.log_in("chief", PASSWORD)
    assert room.store.read(lambda tx: password_hash(tx, chief.id)) != weak


def test_keyrings(room: Room, template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    assert keyring_found() == "SecretService.Keyring"
    monkeypatch.setattr("console.services.people.find_keyring", NoKeyring)
    assert keyring_found() == ""
    monkeypatch.undo()
    assert not station_vault(NoKeyring()).unlocked
    assert isinstance(station_vault(), Vault)
    people = People(room.store, Vault(NoKeyring()), room.clock, room.station.sessions)
    assert not people.has_keyring()


def test_a_session_is_what_the_journal_names(room: Room) -> None:
    session: Session = room.station.people.log_in("duty_officer", PASSWORD)
    assert room.rows("login.ok")[-1].data == {"session": session.id, "role": "duty_officer"}
