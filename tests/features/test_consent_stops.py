"""The owner's word after the signature: pause, withdrawal, void papers, and who may take it down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from console.kernel import (
    RIGHTS,
    AuthorityKind,
    ConsentEventKind,
    ConsentState,
    ConsoleError,
    Denied,
    DenyReason,
    Invalid,
    Right,
    Role,
    WithdrawalWay,
)
from console.services.authorities import WithdrawAuthority
from console.services.consent_commands import (
    PauseConsent,
    ResumeConsent,
    StopCamera,
    VoidConsent,
)
from console.services.consents import Stopped
from console.services.feeds import Probe
from console.services.tombstones import buried
from tests.consent_desk import PERSON, Desk
from tests.gate.room import Room


@pytest.fixture
def desk(room: Room) -> Desk:
    return Desk(room.station, room.registrar)


def refused(act: Callable[[], Any]) -> dict[str, str]:
    with pytest.raises(Invalid) as wrong:
        act()
    return dict(wrong.value.fields)


def test_anyone_on_duty_ends_it_in_one_step_and_nobody_looks_any_more(room: Room, desk: Desk) -> None:
    one, two = room.camera(), room.camera()
    consent = desk.signed(one, two)
    live = room.look(one)
    done = desk.withdraw(consent, session=room.officer)
    assert live.picture() is None
    assert (done.number, done.way, done.at) == (desk.entry(consent).row.number, WithdrawalWay.PHONE, room.clock.now())
    assert [each.camera_code for each in done.cameras] == [camera.code for camera in desk.entry(consent).cameras]
    assert done.waiting == ()
    assert desk.entry(consent).state is ConsentState.WITHDRAWN
    assert not room.station.cameras.camera(one).has_address
    assert {stone.camera_id for stone in buried(room.store.place.data_dir)} == {one, two}
    assert [row.data["way"] for row in room.rows("consent.withdrawn")] == ["phone", "phone"]
    for role in Role:
        reason = room.refusal(one, session=room.log_in(role)).reason
        assert reason is (DenyReason.WITHDRAWN if Right.VIEW_FEEDS in RIGHTS[role] else DenyReason.ROLE)
        assert not isinstance(room.feeds.probe(room.log_in(role), one), Probe)
    again = desk.withdraw(consent, session=room.officer)
    assert [each.at for each in again.cameras] == [done.at] * 2, "said twice, it is confirmed once more"
    assert len(room.rows("consent.withdrawn")) == 2


def test_who_may_stop_a_link(room: Room, desk: Desk) -> None:
    camera = room.camera()
    consent = desk.signed(camera)
    for role in Role:
        pause = PauseConsent(consent_id=consent, way=WithdrawalWay.PHONE)
        if Right.STOP_LINK in RIGHTS[role]:
            desk.run(pause, room.log_in(role))
        else:
            with pytest.raises(Denied):
                desk.run(pause, room.log_in(role))
    assert {role for role in Role if Right.STOP_LINK not in RIGHTS[role]} == {Role.IT, Role.AUDITOR}
    assert len(room.rows("consent.paused")) == 1, "pressed twice, it is paused once"


def test_other_consoles_that_still_show_it_are_named(room: Room, desk: Desk) -> None:
    camera = room.camera()
    consent = desk.signed(camera)
    room.look(camera)
    mine, room.store.writer = room.store.writer, replace(room.store.writer, id="other-console")
    done = desk.withdraw(consent)
    assert done.waiting == (mine.id,)


def test_one_camera_of_two_is_withdrawn(room: Room, desk: Desk) -> None:
    one, two = room.camera(), room.camera()
    consent = desk.signed(one, two)
    desk.withdraw(consent, one)
    assert room.refusal(one).reason is DenyReason.WITHDRAWN
    assert room.look(two).picture is not None
    assert desk.entry(consent).state is ConsentState.IN_FORCE
    desk.withdraw(consent, two)
    assert desk.entry(consent).state is ConsentState.WITHDRAWN


def test_pause_and_resumption(room: Room, desk: Desk) -> None:
    one, two = room.camera(), room.camera()
    consent = desk.signed(one, two)
    way = WithdrawalWay.PHONE
    desk.run(PauseConsent(consent_id=consent, way=way), room.officer)
    assert desk.entry(consent).state is ConsentState.PAUSED
    assert room.refusal(one).reason is DenyReason.PAUSED_BY_OWNER
    with pytest.raises(Denied):
        desk.run(ResumeConsent(consent_id=consent, way=way), room.officer)
    desk.run(ResumeConsent(consent_id=consent, camera_id=one, way=way))
    assert desk.entry(consent).state is ConsentState.IN_FORCE
    assert room.refusal(two).reason is DenyReason.PAUSED_BY_OWNER
    assert room.look(one).picture is not None


def test_a_pause_said_twice_is_confirmed_once_more_and_what_is_withdrawn_is_not_paused(room: Room, desk: Desk) -> None:
    one, two = room.camera(), room.camera()
    consent = desk.signed(one, two)

    def pause() -> Stopped:
        command = PauseConsent(consent_id=consent, camera_id=one, way=WithdrawalWay.PHONE)
        done: Stopped = desk.run(command, room.officer)
        return done

    first = pause()
    room.clock.advance(60)
    again = pause()
    assert (first.ends, first.owner) == (False, PERSON.name)
    assert [each.at for each in again.cameras] == [each.at for each in first.cameras]
    desk.withdraw(consent, one)
    with pytest.raises(Denied):
        pause()


def test_what_is_done_to_the_permission_is_done_to_the_consent(room: Room, desk: Desk) -> None:
    """The page of permissions and the wall's card are other ways to the same act."""
    one, two = room.camera(), room.camera()
    consent = desk.signed(one, two)
    room.pause(one)
    right = room.current(two)
    done = desk.run(WithdrawAuthority(authority_id=right.id, version=right.version), room.officer)
    assert done.consent == desk.entry(consent).row.number
    events = [(event.event, event.camera_id) for event in desk.entry(consent).row.events][-2:]
    assert events == [(ConsentEventKind.PAUSED, one), (ConsentEventKind.WITHDRAWN, two)]
    assert desk.entry(consent).state is ConsentState.PAUSED


def test_one_camera_is_stopped_from_the_wall(room: Room, desk: Desk) -> None:
    one, two = room.camera(), room.camera()
    room.permit_before(two)
    consent = desk.signed(one)
    desk.run(StopCamera(camera_id=one, way=WithdrawalWay.VISIT, ends=False), room.officer)
    assert desk.entry(consent).state is ConsentState.PAUSED
    done = desk.run(StopCamera(camera_id=one, way=WithdrawalWay.PHONE, ends=True), room.officer)
    assert done.number == desk.entry(consent).row.number
    assert desk.entry(consent).state is ConsentState.WITHDRAWN
    assert desk.run(StopCamera(camera_id=two, way=WithdrawalWay.PHONE, ends=True), room.officer).number == ""
    for camera in (one, room.own_camera(), room.camera()):
        with pytest.raises(Denied):
            desk.run(StopCamera(camera_id=camera, way=WithdrawalWay.PHONE, ends=True), room.officer)


def test_nobody_types_other_terms_over_a_signed_consent(room: Room, desk: Desk) -> None:
    camera = room.camera()
    desk.signed(camera)
    for kind in (AuthorityKind.AGENCY, AuthorityKind.OWN):
        assert refused(lambda kind=kind: room.permit(camera, kind=kind)) == {"kind": "authority.owner_first"}  # type: ignore[misc]  # bound


def test_a_void_paper_ends_like_a_withdrawal(room: Room, desk: Desk) -> None:
    camera = room.camera()
    consent = desk.signed(camera)
    desk.run(VoidConsent(**desk.on(consent), reason="ผู้ลงนามไม่ใช่เจ้าของ"))
    assert desk.entry(consent).state is ConsentState.VOID
    assert room.refusal(camera).reason is DenyReason.WITHDRAWN
    assert not room.station.cameras.camera(camera).has_address
    with pytest.raises(ConsoleError, match="wrong_state"):
        desk.withdraw(consent)


def test_it_ends_with_its_last_day_and_can_still_be_withdrawn(room: Room, desk: Desk) -> None:
    camera = room.camera()
    consent = desk.signed(camera, expires_at=desk.today() + timedelta(days=2))
    room.clock.advance(2 * 86_400)
    assert desk.entry(consent).state is ConsentState.EXPIRED
    assert room.refusal(camera).reason is DenyReason.EXPIRED
    desk.withdraw(consent, session=room.officer)
    assert desk.entry(consent).state is ConsentState.WITHDRAWN
