"""The registry and the one way in."""

from __future__ import annotations

import pytest

from console.kernel import Denied, DenyReason, Invalid, Role
from console.services.authorities import Authorities, WithdrawAuthority
from console.services.commands import Command, action_of, build
from console.services.incidents import CloseIncident, OpenIncident
from console.services.people import ChangePerson
from tests.gate.room import Room


def test_a_command_twice_is_done_once(room: Room) -> None:
    command = OpenIncident(title="เหตุสมมติ")
    first = room.run(command, room.officer)
    assert room.run(command, room.officer) == first
    assert len(room.station.incidents.incidents()) == 1


def test_rights_are_told_to_the_window(room: Room) -> None:
    dispatcher = room.station.dispatcher
    assert dispatcher.may(OpenIncident, room.officer)
    assert not dispatcher.may(OpenIncident, room.log_in(Role.AUDITOR))
    assert dispatcher.offline(OpenIncident)
    assert not dispatcher.offline(WithdrawAuthority)


def test_two_handlers_are_a_mistake(room: Room) -> None:
    with pytest.raises(RuntimeError, match="two handlers"):
        room.station.dispatcher.adopt(Authorities(room.store))


def test_what_is_wrong_stands_at_its_field(room: Room) -> None:
    with pytest.raises(Invalid) as wrong:
        build(OpenIncident, title="", lat=91, lon=0)
    assert wrong.value.fields == {"title": "field.string_too_short", "lat": "field.less_than_equal"}
    with pytest.raises(Invalid) as extra:
        build(OpenIncident, title="x", actor="somebody else")  # type: ignore[call-arg]
    assert list(extra.value.fields) == ["actor"]
    with pytest.raises(Invalid) as odd:
        build(OpenIncident, "by place")  # type: ignore[call-arg]
    assert odd.value.fields


def test_names_in_the_journal() -> None:
    assert action_of(CloseIncident) == "close_incident"
    assert Command().problems() == {}
    assert Command().command_id != Command().command_id


def test_a_disabled_person_writes_nothing_more(room: Room) -> None:
    officer = room.officer
    row = next(row for row in room.station.people.people() if row.id == officer.person_id)
    room.run(ChangePerson(person_id=row.id, version=row.version, active=False), room.chief)
    with pytest.raises(Denied) as denied:
        room.run(OpenIncident(title="x"), officer)
    assert denied.value.reason is DenyReason.NOT_LOGGED_IN
