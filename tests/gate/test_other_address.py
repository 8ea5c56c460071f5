"""Ways by which a camera whose owner consented might be led to another device, another channel, another shop."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from console.db.log_names import read_names
from console.db.store import CommandStamp, Tx
from console.kernel import (
    AuthorityKind,
    Conflict,
    ConsentEventKind,
    ConsoleError,
    Denied,
    DenyReason,
    EndReason,
    Invalid,
    LegalBasis,
    OwnerType,
    Purpose,
    Role,
    Secret,
    TileState,
    WithdrawalWay,
    new_id,
)
from console.services.authorities import ResumeAuthority
from console.services.cameras import (
    AddressKind,
    ArchiveCamera,
    ChangeCamera,
    RemoveSubAddress,
    RestoreCamera,
    SetAddress,
)
from console.services.consent_commands import PauseConsent, ResumeConsent
from console.services.consent_receipt import ReceiptStation, receipt_record
from console.services.emergencies import BeginEmergency
from console.services.feeds import FeedRequest
from console.services.readdressing import ReconfirmCameras
from console.services.shift_rest import shift_rest
from tests.consent_desk import Desk
from tests.gate.room import Room

MAIN, SUB = AddressKind.MAIN, AddressKind.SUB
SHOP = "rtsp://viewer:s3cret-key@10.0.0.7:554/Streaming/Channels/101"
DAHUA = "rtsp://viewer:s3cret-key@10.0.0.7:554/cam/realmonitor?channel=1&subtype=0"
AXIS = "rtsp://10.0.0.7/axis-media/media.amp?camera=1&resolution=640x360"
TVT = "rtsp://viewer:s3cret-key@10.0.0.7:554/?chID=1&streamType=main"
ELSEWHERE = "rtsp://viewer:other@10.0.0.66:554/live"
WAY = WithdrawalWay.PHONE


@pytest.fixture
def desk(room: Room) -> Desk:
    return Desk(room.station, room.registrar)


def rests(room: Room, camera: str) -> bool:
    answer = room.ask(camera)
    assert not isinstance(answer, Denied) or answer.reason is DenyReason.ADDRESS_CHANGED
    return isinstance(answer, Denied)


def known(room: Room, camera: str) -> dict[str, Any]:
    return {"camera_id": camera, "version": room.station.cameras.camera(camera).version}


def confirming(room: Room, camera: str) -> ReconfirmCameras:
    return ReconfirmCameras(cameras=((camera, room.station.cameras.camera(camera).version),), way=WAY)


def states(desk: Desk, consent: str) -> list[str]:
    station = ReceiptStation("SKA", "สภ.ตัวอย่าง", "0" * 64)
    return [event["event_state"] for event in receipt_record(desk.entry(consent), station)["events"]]


def by_the_form(room: Room, camera: str, address: str, sub_address: str | None = None) -> None:
    row = room.station.cameras.camera(camera)
    facts: dict[str, Any] = {
        "code": row.code,
        "name": row.name,
        "owner_type": row.owner_type,
        "lat": row.lat,
        "lon": row.lon,
    }
    small = None if sub_address is None else Secret(sub_address)
    room.run(ChangeCamera(**known(room, camera), **facts, address=Secret(address), sub_address=small), room.registrar)


def as_sub_stream(room: Room, camera: str, address: str) -> None:
    room.address(camera, address, SUB)


def by_the_administrator(room: Room, camera: str, address: str) -> None:
    room.run(SetAddress(**known(room, camera), address=Secret(address)), room.log_in(Role.IT))


def through_the_archive(room: Room, camera: str, address: str) -> None:
    room.run(ArchiveCamera(**known(room, camera)), room.registrar)
    (row,) = room.station.cameras.cameras(archived=True)
    room.run(RestoreCamera(camera_id=camera, version=row.version), room.registrar)
    room.address(camera, address)


def past_a_sub_stream(room: Room, camera: str, address: str) -> None:
    """The sub stream of the same camera goes and comes back as another's."""
    room.address(camera, SHOP.replace("101", "102"), SUB)
    assert not rests(room, camera)
    room.run(RemoveSubAddress(**known(room, camera)), room.registrar)
    assert not rests(room, camera)
    room.address(camera, address, SUB)


DOORS = [Room.address, by_the_form, as_sub_stream, by_the_administrator, through_the_archive, past_a_sub_stream]


@pytest.mark.parametrize("door", DOORS)
def test_a_consent_for_this_camera_opens_no_other(
    room: Room, desk: Desk, door: Callable[[Room, str, str], None]
) -> None:
    """Dark at once, for everybody and every purpose, until another person has the owner's word for it."""
    camera = room.camera(SHOP)
    consent = desk.signed(camera)
    views = [room.look(camera, session=session) for session in (room.officer, room.lead)]
    door(room, camera, ELSEWHERE)
    assert [live.picture() for live in views] == [None, None]
    assert all(live.state().state is not TileState.LIVE for live in views)
    incident = room.incident()
    for session in (room.officer, room.lead, room.chief):
        for purpose in (Purpose.RISK_SPOT, Purpose.URGENT, Purpose.INCIDENT):
            denied = room.refusal(camera, purpose, session=session, incident_id=incident)
            assert denied.reason is DenyReason.ADDRESS_CHANGED
    entry = desk.entry(consent)
    assert entry.resting == {camera}
    assert entry.row.events[-1].event is ConsentEventKind.READDRESSED
    told = room.rows("consent.readdressed")
    assert {(row.camera_id, row.data["consent"]) for row in told} == {(camera, entry.row.number)}
    room.confirm(camera)
    assert room.look(camera).picture() is not None
    assert desk.entry(consent).resting == frozenset()
    (row,) = room.rows("consent.reconfirmed")
    assert (row.camera_id, row.data["way"], row.actor_id) == (camera, "phone", room.lead.person_id)


def test_the_view_says_why_it_ended(room: Room) -> None:
    camera = room.shop()
    live = room.look(camera)
    room.address(camera, ELSEWHERE)
    assert live.ending is not None
    assert live.ending.reason is EndReason.ADDRESS_CHANGED
    assert live.state().deny is not None
    assert [row.data["reason"] for row in room.rows("view.ended")] == ["address_changed"]


@pytest.mark.parametrize(
    ("before", "after", "dark"),
    [
        (SHOP, SHOP.replace("s3cret-key", "new-key"), False),
        (SHOP, SHOP.replace("101", "102"), False),
        (SHOP, SHOP.replace("101", "201"), True),
        (SHOP, SHOP.replace(":554", ":555"), True),
        (DAHUA, DAHUA.replace("subtype=0", "subtype=1"), False),
        (DAHUA, DAHUA.replace("channel=1", "channel=2"), True),
        (TVT, TVT.replace("viewer:s3cret-key", "viewer:new"), False),
        (TVT, TVT.replace("chID=1", "chID=2"), True),
        (TVT, TVT.partition("?")[0], True),
        (TVT.partition("?")[0], TVT, True),
        (TVT, TVT.replace("chID=1", "%63hID=1"), True),
        (TVT, TVT.replace("main", "Main"), True),
        (AXIS, AXIS.replace("640x360", "320x180"), False),
        (AXIS, f"{AXIS}&streamprofile=second", True),
        ("rtsp://10.0.0.7/live/a", "rtsp://10.0.0.7/Live/A", True),
        ("rtsp://10.0.0.7/live/a", "rtsp://10.0.0.7/live/b/../a", True),
        ("rtsp://10.0.0.7", "rtsp://10.0.0.7:554/", False),
    ],
)
def test_what_is_another_address(room: Room, before: str, after: str, *, dark: bool) -> None:
    """Host, port, path, channel, and whatever else may choose another picture, to the letter; not the log-in alone."""
    camera = room.camera(before)
    room.permit(camera)
    room.address(camera, after)
    assert rests(room, camera) is dark


@pytest.mark.parametrize("second", ["&channel=2", "&Channel=2", "&%63hannel=2", ";channel=2", "&channel=1"])
def test_no_address_names_two_channels(room: Room, second: str) -> None:
    """Which of them a recorder obeys nobody knows: a withdrawn camera could come back as its neighbour."""
    with pytest.raises(Invalid) as refused:
        room.camera(DAHUA.replace("channel=1", f"channel=1{second}"))
    assert refused.value.fields == {"address": "address.two_channels"}


def test_two_cameras_change_places(room: Room) -> None:
    one, other = room.camera(SHOP), room.camera(SHOP.replace("101", "201"))
    for camera in (one, other):
        room.permit(camera)
    with pytest.raises(Denied):
        room.address(one, SHOP.replace("101", "201"))
    assert not rests(room, one)
    room.address(one, ELSEWHERE)
    room.address(other, SHOP)
    room.address(one, SHOP.replace("101", "201"))
    assert rests(room, one)
    assert rests(room, other)


def test_main_and_sub_stream_of_one_camera_may_change_places(room: Room) -> None:
    camera = room.camera(SHOP)
    room.address(camera, "rtsp://10.0.0.7/small", SUB)
    room.permit(camera)
    by_the_form(room, camera, "rtsp://10.0.0.7/small", SHOP)
    assert not rests(room, camera)


def test_the_first_address_under_a_consent_is_no_other_one(room: Room, desk: Desk) -> None:
    """Also after a withdrawal and a new signature: what the owner gave back begins anew."""
    camera = room.camera(SHOP)
    owner = desk.owner()
    desk.withdraw(desk.signed(camera, owner_id=owner))
    desk.signed(camera, owner_id=owner)
    by_the_form(room, camera, SHOP, "rtsp://10.0.0.7/small")
    assert not rests(room, camera)


# Whose word counts


def test_who_entered_the_address_does_not_confirm_it(room: Room, desk: Desk) -> None:
    """Nor does somebody who entered one before, nor anybody without the right; the owner's pause stays his."""
    camera = room.camera(SHOP)
    consent = desk.signed(camera)
    room.address(camera, ELSEWHERE)
    room.run(SetAddress(**known(room, camera), address=Secret("rtsp://10.0.0.67/live")), room.chief)
    for session in (room.registrar, room.chief):
        with pytest.raises(ConsoleError) as refused:
            room.run(confirming(room, camera), session)
        assert refused.value.key == "authority.self_reconfirmed"
    for role in (Role.DUTY_OFFICER, Role.IT, Role.AUDITOR):
        with pytest.raises(Denied):
            room.confirm(camera, role)
    right = room.current(camera)
    room.run(ResumeAuthority(authority_id=right.id, version=right.version), room.registrar)
    room.run(ResumeConsent(consent_id=consent, way=WAY), room.registrar)
    assert rests(room, camera)
    room.pause(camera)
    room.confirm(camera)
    assert room.refusal(camera).reason is DenyReason.PAUSED_BY_OWNER
    room.confirm(camera)
    assert len(room.rows("consent.reconfirmed")) == 1


def test_a_word_is_for_the_address_that_the_owner_was_asked_about(room: Room, desk: Desk) -> None:
    """While the lead telephones, the camera gets one more address, by the same registrar: that is another question."""
    camera = room.camera(SHOP)
    consent = desk.signed(camera)
    room.address(camera, ELSEWHERE)
    asked = confirming(room, camera)
    room.address(camera, "rtsp://10.0.0.67/live")
    with pytest.raises(Conflict):
        room.run(asked, room.lead)
    assert rests(room, camera)
    assert [each.event for each in desk.entry(consent).row.events[-2:]] == [ConsentEventKind.READDRESSED] * 2


def test_without_an_address_there_is_no_word_for_one(room: Room) -> None:
    """Nor does it help that somebody else enters the first one after the archive: he is not the one who asks."""
    camera = room.shop()
    room.run(ArchiveCamera(**known(room, camera)), room.registrar)
    (row,) = room.station.cameras.cameras(archived=True)
    room.run(RestoreCamera(camera_id=camera, version=row.version), room.registrar)
    with pytest.raises(ConsoleError) as refused:
        room.confirm(camera)
    assert refused.value.key == "authority.no_address_yet"
    room.run(SetAddress(**known(room, camera), address=Secret(ELSEWHERE)), room.chief)
    for session in (room.registrar, room.chief):
        with pytest.raises(ConsoleError, match=r"authority\.self_reconfirmed"):
            room.run(confirming(room, camera), session)
    assert rests(room, camera)
    room.confirm(camera)
    assert not rests(room, camera)


def test_the_owners_pause_is_told_beside_it(room: Room, desk: Desk) -> None:
    """On the receipt, which says "given" only where nothing holds the camera up, and on the hand-over sheet."""
    camera = room.camera(SHOP)
    consent = desk.signed(camera)
    room.run(PauseConsent(consent_id=consent, way=WAY), room.officer)
    room.address(camera, ELSEWHERE)
    (link,) = room.store.read(lambda tx: shift_rest(tx, room.clock.now(), read_names(tx))).links
    assert (link.paused, link.rests) == (True, True)
    room.confirm(camera)
    assert states(desk, consent)[-2:] == ["consent suspended"] * 2
    room.run(ResumeConsent(consent_id=consent, way=WAY), room.registrar)
    assert states(desk, consent)[-1] == "consent given"


def test_what_was_withdrawn_rests_no_longer(room: Room, desk: Desk) -> None:
    """One of two cameras gets another address and is withdrawn: nothing is left to ask the owner."""
    one, two = room.camera(SHOP), room.camera(SHOP.replace("101", "201"))
    consent = desk.signed(one, two)
    for camera in (one, two):
        room.address(camera, f"rtsp://10.0.0.66/{camera}")
    desk.withdraw(consent, one)
    assert desk.entry(consent).resting == {two}
    room.confirm(two)
    desk.withdraw(consent)
    assert desk.entry(consent).resting == frozenset()


def test_there_is_nothing_to_confirm(room: Room) -> None:
    own = room.own_camera()
    with pytest.raises(Denied):
        room.confirm(own)
    ended = room.shop()
    room.address(ended, ELSEWHERE)
    room.withdraw(ended)
    with pytest.raises(Denied) as denied:
        room.confirm(ended)
    assert denied.value.reason is DenyReason.WITHDRAWN
    nobodys = room.camera()
    room.address(nobodys, "rtsp://10.0.0.68/live")
    with pytest.raises(Denied):
        room.confirm(nobodys)


@pytest.mark.parametrize("other", [False, True])
def test_a_new_signature_hides_no_new_address(room: Room, desk: Desk, *, other: bool) -> None:
    """Its paper names none, and may have been signed before the address came; whoever takes it down must ask too."""
    camera = room.camera(SHOP)
    owner = desk.owner()
    former = desk.signed(camera, owner_id=owner)
    room.address(camera, ELSEWHERE)
    consent = desk.draft(owner, camera, supersedes=former)
    desk.present(consent)
    room.run(desk.signing(consent), room.lead if other else room.registrar)
    assert rests(room, camera)
    assert desk.entry(consent).resting == {camera}
    with pytest.raises(ConsoleError):
        room.run(confirming(room, camera), room.registrar)
    room.confirm(camera)
    assert not rests(room, camera)


def test_no_emergency_leads_past_it(room: Room) -> None:
    camera, incident = room.shop(), room.incident()
    room.address(camera, ELSEWHERE)
    command = BeginEmergency(
        camera_id=camera,
        incident_id=incident,
        legal_basis=LegalBasis.DANGER_TO_LIFE,
        reason="มีผู้บาดเจ็บอยู่หน้าร้าน ต้องเห็นทางเข้า",
    )
    begun = room.run(command, room.chief)
    asked = FeedRequest(camera, Purpose.INCIDENT, incident_id=incident, emergency_id=begun.id)
    answer = room.feeds.open(room.chief, asked)
    assert isinstance(answer, Denied)
    assert answer.reason is DenyReason.ADDRESS_CHANGED


def test_a_new_address_is_tested_before_the_owner_is_asked(room: Room) -> None:
    """A test shows no pixel; it is journaled on the camera's chain like any other."""
    camera = room.shop()
    room.address(camera, ELSEWHERE)
    probe = room.feeds.probe(room.registrar, camera)
    assert not isinstance(probe, Denied)
    assert [row.data["kind"] for row in room.rows("view.opened")] == ["probe"]
    assert rests(room, camera)


def test_a_permission_from_before_consents_rests_too(room: Room) -> None:
    camera = room.camera(SHOP)
    room.permit_before(camera)
    room.address(camera, ELSEWHERE)
    assert rests(room, camera)
    room.confirm(camera)
    assert not rests(room, camera)


def test_a_camera_of_an_agency_has_no_owner_to_ask(room: Room) -> None:
    camera = room.camera(owner=OwnerType.MUNICIPALITY)
    room.countersign(room.permit(camera, kind=AuthorityKind.AGENCY))
    room.address(camera, ELSEWHERE)
    assert room.look(camera).picture() is not None


# Past the program


def attempt(tx: Tx, statement: str, camera: str, person: str) -> None:
    tx.session.connection().execute(text(statement), {"camera": camera, "person": person})


def test_another_program_moves_no_camera_and_takes_down_no_word(room: Room) -> None:
    """The guards that stand in the database; `way` and the marks are what they can know of an address."""
    camera = room.camera(SHOP)
    room.address(camera, "rtsp://10.0.0.7/small", SUB)
    room.permit(camera)
    moving = [
        "UPDATE camera SET way = 'f' WHERE id = :camera",
        "UPDATE camera SET sub_way = 'f' WHERE id = :camera",
        "UPDATE camera SET way = NULL, sub_way = NULL WHERE id = :camera",
    ]
    confirming = [
        "UPDATE authority SET readdressed_by = '' WHERE camera_id = :camera",
        "UPDATE authority SET readdressed_by = '', reconfirmed_by = :person WHERE camera_id = :camera",
        "UPDATE authority SET readdressed_by = 'somebody' WHERE camera_id = :camera",
    ]
    for statements in (moving, confirming):
        for statement in statements:
            stamp = CommandStamp(new_id(), "attempt", room.registrar)
            work = partial(attempt, statement=statement, camera=camera, person=room.registrar.person_id)
            with pytest.raises((DBAPIError, Conflict), match="owner"):
                room.store.submit(work, command=stamp)
        room.address(camera, ELSEWHERE)
    assert rests(room, camera)
