"""The emergency override: what it opens and how it is told; and each way of stretching it that somebody might try."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from console.db.store import CommandStamp
from console.kernel import (
    AccessLevel,
    ConsoleError,
    Denied,
    DenyReason,
    EndReason,
    Invalid,
    LegalBasis,
    Purpose,
    Role,
    Session,
    ViewKind,
    new_id,
)
from console.services.authorities import ResumeAuthority
from console.services.emergencies import BeginEmergency, Begun
from console.services.feeds import FeedRequest, LiveFeed
from console.services.walls import SaveWall
from tests.gate.room import Room

WHY = "มีเสียงร้องขอความช่วยเหลือจากในร้าน"
NIGHT = {"level": AccessLevel.HOURS, "hours": ((1080, 360),)}


def begin(room: Room, camera: str, incident: str, **more: Any) -> Begun:
    session = more.pop("session", None) or room.chief
    fields = {"legal_basis": LegalBasis.DANGER_TO_LIFE, "reason": WHY} | more
    made: Begun = room.run(BeginEmergency(camera_id=camera, incident_id=incident, **fields), session)
    return made


def ask(room: Room, camera: str, incident: str | None, emergency: str, **more: Any) -> LiveFeed | Denied:
    session = more.pop("session", None) or room.chief
    request = FeedRequest(camera, more.pop("purpose", Purpose.INCIDENT), incident, emergency_id=emergency, **more)
    return room.feeds.open(session, request)


def reason_of(answer: LiveFeed | Denied) -> DenyReason:
    assert isinstance(answer, Denied), answer
    return answer.reason


def opened(room: Room, camera: str, incident: str, emergency: str) -> LiveFeed:
    answer = ask(room, camera, incident, emergency)
    assert isinstance(answer, LiveFeed), answer
    return answer


@pytest.fixture
def paused(room: Room) -> tuple[str, str, Begun]:
    """A camera whose owner has paused it, an incident, and the superintendent's override for both."""
    camera, incident = room.shop(), room.incident()
    room.pause(camera)
    return camera, incident, begin(room, camera, incident)


def test_it_opens_what_the_owner_paused_and_the_owner_reads_it(room: Room, paused: tuple[str, str, Begun]) -> None:
    camera, incident, begun = paused
    live = opened(room, camera, incident, begun.id)
    assert live.picture() is not None
    assert live.emergency_until == begun.until == room.clock.now() + timedelta(minutes=30)
    (row,) = room.rows("view.opened")
    assert row.camera_id == camera
    assert {name: row.data[name] for name in ("basis", "legal_basis", "incident", "emergency")} == {
        "basis": "emergency",
        "legal_basis": "danger_to_life",
        "incident": incident,
        "emergency": begun.id,
    }
    assert row.personal_names == ("reason",)
    assert WHY not in str(row.data)
    ordinary = room.look(room.shop())
    assert ordinary.emergency_until is None
    assert "basis" not in room.data("view.opened")[-1]


@pytest.mark.parametrize("terms", [{"level": AccessLevel.REGISTER_ONLY, "purposes": frozenset()}, NIGHT])
def test_it_opens_a_registered_camera_and_one_outside_its_hours(room: Room, terms: dict[str, Any]) -> None:
    camera, incident = room.camera(), room.incident()
    room.permit(camera, **terms)
    assert opened(room, camera, incident, begin(room, camera, incident).id).picture() is not None


def test_it_ends_after_half_an_hour_to_the_moment(room: Room, paused: tuple[str, str, Begun]) -> None:
    camera, incident, begun = paused
    live = opened(room, camera, incident, begun.id)
    for _ in range(359):
        room.clock.advance(5)
        room.feeds.tick()
        room.feeds.keep()
    assert live.picture() is not None
    room.clock.advance(5)
    assert live.picture() is None, "also before anybody looks at it"
    room.feeds.tick()
    assert live.ending is not None
    assert live.ending.reason is EndReason.RIGHT_ENDED
    assert live.ending.deny is not None
    assert live.ending.deny.reason is DenyReason.EMERGENCY_OVER
    assert reason_of(ask(room, camera, incident, begun.id)) is DenyReason.EMERGENCY_OVER
    assert opened(room, camera, incident, begin(room, camera, incident).id).picture() is not None


def test_it_is_not_made_longer_while_it_runs(room: Room, paused: tuple[str, str, Begun]) -> None:
    camera, incident, begun = paused
    room.clock.advance(1200)
    with pytest.raises(ConsoleError, match="runs_already"):
        begin(room, camera, incident)
    opened(room, camera, incident, begun.id).end(EndReason.CLOSED)
    again = opened(room, camera, incident, begun.id)
    assert again.emergency_until == begun.until
    assert len(room.data("view.opened")) == 2, "each look stands in the journal"


@pytest.mark.parametrize("reason", ["", "ด่วนมาก", " " * 40, "x" * 19, "x" * 30 + "\u202e"])
def test_without_a_reason_there_is_none(room: Room, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        begin(room, room.shop(), room.incident(), reason=reason)
    assert set(refused.value.fields) == {"reason"}


def test_without_an_open_incident_there_is_none(room: Room, paused: tuple[str, str, Begun]) -> None:
    camera, incident, begun = paused
    live = opened(room, camera, incident, begun.id)
    room.close_incident(incident)
    assert live.picture() is None
    assert live.ending is not None
    assert live.ending.reason is EndReason.INCIDENT_CLOSED
    with pytest.raises(Invalid) as refused:
        begin(room, camera, incident)
    assert set(refused.value.fields) == {"incident_id"}
    assert reason_of(ask(room, camera, incident, begun.id)) is DenyReason.INCIDENT_CLOSED
    assert reason_of(ask(room, camera, room.incident(), begun.id)) is DenyReason.EMERGENCY_OVER
    assert reason_of(ask(room, camera, None, begun.id)) is DenyReason.NO_INCIDENT


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERINTENDENT])
def test_nobody_but_a_superintendent(room: Room, role: Role) -> None:
    camera, incident = room.shop(), room.incident()
    room.pause(camera)
    session = room.log_in(role)
    with pytest.raises(Denied) as refused:
        begin(room, camera, incident, session=session)
    assert refused.value.reason is DenyReason.ROLE
    begun = begin(room, camera, incident)
    assert reason_of(ask(room, camera, incident, begun.id, session=session)) is DenyReason.ROLE
    assert room.engine.streams == []


def test_another_superintendent_needs_a_form_of_his_own(room: Room, paused: tuple[str, str, Begun]) -> None:
    camera, incident, begun = paused
    row = next(row for row in room.station.people.people() if row.role is Role.SUPERINTENDENT)
    other: Session = room.session_of(row)
    room.station.sessions.begin(other, keyed=True)
    assert reason_of(ask(room, camera, incident, begun.id, session=other)) is DenyReason.EMERGENCY_OVER
    begin(room, camera, incident, session=other)


def test_never_after_a_withdrawal(room: Room, paused: tuple[str, str, Begun]) -> None:
    camera, incident, begun = paused
    live = opened(room, camera, incident, begun.id)
    room.withdraw(camera)
    assert live.picture() is None
    assert reason_of(ask(room, camera, incident, begun.id)) is DenyReason.WITHDRAWN
    other = room.shop()
    room.withdraw(other)
    anew = begin(room, other, incident)
    assert reason_of(ask(room, other, incident, anew.id)) is DenyReason.WITHDRAWN
    denied = room.rows("view.denied")[-1]
    assert (denied.camera_id, denied.data["basis"], denied.data["reason"]) == (other, "emergency", "withdrawn")


def test_never_without_a_consent_in_force(room: Room) -> None:
    incident = room.incident()
    camera = room.camera()
    assert reason_of(ask(room, camera, incident, begin(room, camera, incident).id)) is DenyReason.NO_AUTHORITY
    camera = room.camera()
    room.permit(camera, expires_at=room.clock.now() + timedelta(seconds=60))
    begun = begin(room, camera, incident)
    room.clock.advance(60)
    assert reason_of(ask(room, camera, incident, begun.id)) is DenyReason.EXPIRED


def test_not_at_another_camera_nor_for_another_purpose(room: Room, paused: tuple[str, str, Begun]) -> None:
    camera, incident, begun = paused
    other = room.shop()
    room.pause(other)
    assert reason_of(ask(room, other, incident, begun.id)) is DenyReason.EMERGENCY_OVER
    assert reason_of(ask(room, camera, incident, "made-up")) is DenyReason.EMERGENCY_OVER
    for purpose, kind in [(Purpose.SETUP, ViewKind.FOCUS), (Purpose.DEMONSTRATION, ViewKind.WALL)]:
        answer = ask(room, camera, incident, begun.id, purpose=purpose, kind=kind)
        assert isinstance(answer, Denied)
    own = room.own_camera()
    room.run(ResumeAuthority(authority_id=room.current(own).id, version=room.current(own).version), room.registrar)
    room.pause(own)
    emergency = begin(room, own, incident)
    assert reason_of(ask(room, own, incident, emergency.id)) is DenyReason.EMERGENCY_NOT_HERE


def test_a_restored_wall_a_tour_and_a_second_window_have_none(room: Room, paused: tuple[str, str, Begun]) -> None:
    camera, incident, begun = paused
    opened(room, camera, incident, begun.id)
    room.run(SaveWall(layout="4", cells=(camera, None, None, None)), room.chief)
    wall = room.station.walls.of(room.chief)
    assert wall is not None
    for kind in (ViewKind.WALL, ViewKind.TOUR, ViewKind.PREWARM, ViewKind.FOCUS):
        request = FeedRequest(str(wall.cells[0]), Purpose.INCIDENT, incident, kind)
        assert reason_of(room.feeds.open(room.chief, request)) is DenyReason.PAUSED_BY_OWNER
        assert reason_of(room.feeds.open(room.officer, request)) is DenyReason.PAUSED_BY_OWNER


def test_visitors_lock_and_hand_over_end_it(room: Room, paused: tuple[str, str, Begun]) -> None:
    camera, incident, begun = paused
    live = opened(room, camera, incident, begun.id)
    room.feeds.end_all(EndReason.VISITORS, private_only=True)
    assert live.picture() is None
    assert reason_of(ask(room, camera, incident, begun.id)) is DenyReason.VISITORS
    room.feeds.release()
    live = opened(room, camera, incident, begun.id)
    room.station.people.lock(room.chief)
    assert live.picture() is None
    assert reason_of(ask(room, camera, incident, begun.id)) is DenyReason.LOCKED
    room.station.sessions.unlock(room.chief)
    live = opened(room, camera, incident, begun.id)
    room.station.people.log_out(room.chief, EndReason.HANDOVER)
    assert live.picture() is None
    del room.sessions[Role.SUPERINTENDENT]
    assert reason_of(ask(room, camera, incident, begun.id)) is DenyReason.EMERGENCY_OVER


def test_a_restart_ends_it(room: Room, paused: tuple[str, str, Begun]) -> None:
    camera, incident, begun = paused
    opened(room, camera, incident, begun.id)
    room.crash()
    room.reopen()
    assert reason_of(ask(room, camera, incident, begun.id)) is DenyReason.EMERGENCY_OVER


def test_old_knowledge_and_a_clock_set_back_stop_it(room: Room, paused: tuple[str, str, Begun]) -> None:
    camera, incident, begun = paused
    live = opened(room, camera, incident, begun.id)

    def hang(*_: object, **__: object) -> None:
        raise OSError("no answer")

    room.store.read = room.store.submit = hang  # type: ignore[method-assign, assignment]
    for _ in range(180):
        room.clock.advance(5)
        room.feeds.tick()
    assert live.picture() is None, "fifteen minutes without news of a withdrawal"
    assert reason_of(ask(room, camera, incident, begun.id)) is DenyReason.JOURNAL_UNAVAILABLE
    del room.store.read, room.store.submit
    room.feeds.keep()
    room.clock.shift_wall(-300)
    assert reason_of(ask(room, camera, incident, begun.id)) is DenyReason.CLOCK_SET_BACK


def test_when_the_owner_allows_it_again_it_is_no_emergency_any_more(room: Room, paused: tuple[str, str, Begun]) -> None:
    camera, incident, begun = paused
    live = opened(room, camera, incident, begun.id)
    row = room.current(camera)
    room.run(ResumeAuthority(authority_id=row.id, version=row.version), room.registrar)
    assert live.ending is not None
    assert live.ending.reason is EndReason.REPLACED, "the wall asks anew, and the journal says what it is now"
    assert opened(room, camera, incident, begun.id).emergency_until is None
    assert "basis" not in room.data("view.opened")[-1]


def test_who_lost_his_password_to_another_signs_for_no_emergency(room: Room) -> None:
    row = next(row for row in room.station.people.people() if row.role is Role.SUPERINTENDENT)
    camera, incident, chief = room.shop(), room.incident(), room.chief
    meddle(room, "UPDATE person SET reset_by = ? WHERE id = ?", "it", row.id)
    with pytest.raises(ConsoleError, match="access_not_back"):
        begin(room, camera, incident, session=chief)


def test_a_pause_since_a_backup_came_back_stays(room: Room) -> None:
    camera, incident, old = room.shop(), room.incident(), room.shop()
    room.pause(old)
    other = room.shop()
    room.withdraw(other)
    meddle(room, "UPDATE authority SET withdrawn_at = NULL WHERE camera_id = ?", other)
    assert room.station.authorities.reapply_tombstones() == 3
    for each in (camera, old):
        begun = begin(room, each, incident)
        assert reason_of(ask(room, each, incident, begun.id)) is DenyReason.PAUSED_BY_OWNER
    row = room.current(camera)
    room.run(ResumeAuthority(authority_id=row.id, version=row.version), room.registrar)
    room.pause(camera)
    assert not room.current(camera).unconfirmed
    assert opened(room, camera, incident, begin_id(room, camera)).picture() is not None


def begin_id(room: Room, camera: str) -> str:
    """Return the override that runs for this camera."""
    return next(row.id for row in room.feeds._judge.memory.newest.emergencies.values() if row.camera_id == camera)


def meddle(room: Room, statement: str, *values: str) -> None:
    """Change a row past the program."""
    room.store.submit(
        lambda tx: tx.session.connection().exec_driver_sql(statement, values),
        command=CommandStamp(new_id(), "mend_guards"),
    )
