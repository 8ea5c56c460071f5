"""Who reads what of a consent: each reader asks for a session, and gives what its role needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from console.kernel import ConsoleError, Denied, DenyReason, EndReason, Role
from tests.consent_desk import PERSON, WITNESS, Desk
from tests.gate.room import Room

NAMES = {Role.DUTY_OFFICER, Role.SHIFT_LEAD, Role.OPERATIONS_DEPUTY, Role.SUPERINTENDENT, Role.CAMERA_REGISTRAR}
NAMES |= {Role.AUDITOR}
PAPERS = NAMES - {Role.DUTY_OFFICER}


@pytest.fixture
def consent(room: Room) -> str:
    return Desk(room.station, room.registrar).signed(room.camera())


@pytest.mark.parametrize("role", list(Role))
def test_what_a_role_reads(room: Room, consent: str, role: Role) -> None:
    reading, session = room.station.consents, room.log_in(role)
    (listed,), single, (owner,) = reading.entries(session), reading.entry(session, consent), reading.owners(session)
    named = role in NAMES
    told = [(each.owner.name, each.row.signer, each.row.witness) for each in (listed, single)]
    assert told == [(PERSON.name, PERSON.name, WITNESS) if named else ("", "", "")] * 2
    assert bool(owner.name) is named
    paper = next(each for each in reading.papers(session, consent) if each.name == "signature")
    for allowed, read in (
        (role in PAPERS, lambda: reading.paper(session, consent, paper)),
        (named, lambda: reading.proof(session, consent)),
    ):
        if allowed:
            assert read()
        else:
            with pytest.raises(Denied) as denied:
                read()
            assert denied.value.reason is DenyReason.ROLE


READERS: list[Callable[[Any, Any, str, Any], object]] = [
    lambda reading, session, _consent, _paper: reading.entries(session),
    lambda reading, session, consent, _paper: reading.entry(session, consent),
    lambda reading, session, _consent, _paper: reading.owners(session),
    lambda reading, session, consent, _paper: reading.papers(session, consent),
    lambda reading, session, consent, paper: reading.paper(session, consent, paper),
    lambda reading, session, consent, _paper: reading.proof(session, consent),
]


def test_nobody_reads_who_is_not_logged_in(room: Room, consent: str) -> None:
    reading, gone = room.station.consents, room.lead
    paper = reading.papers(gone, consent)[0]
    room.station.sessions.end(gone, EndReason.LOGOUT)
    for read in READERS:
        with pytest.raises(ConsoleError) as denied:
            read(reading, gone, consent, paper)
        assert denied.value.key == "denied.not_logged_in"
