"""Ways round the gate by papers and desks that somebody might try: consents, pauses, statements, requests, erasure."""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console.db import migrate
from console.db.store import CommandStamp
from console.kernel import (
    AccessLevel,
    AuthorityKind,
    ConsentEventKind,
    ConsentState,
    ConsoleError,
    Denied,
    DenyReason,
    EndReason,
    ErasureGround,
    Invalid,
    LegalBasis,
    OwnerType,
    Purpose,
    Role,
    Secret,
    Session,
    TileState,
    ViewKind,
    WithdrawalWay,
    new_id,
)
from console.protection import Decision, IdentityCheck, Kept, RequestKind, RequestWay
from console.services import consent_papers, statement_papers, stop_papers
from console.services.authorities import PauseAuthority, RecordAuthority, ResumeAuthority, WithdrawAuthority
from console.services.camera_import import Keep
from console.services.cameras import AddressKind, ArchiveCamera, RestoreCamera, SetAddress
from console.services.commands import Command
from console.services.consent_commands import (
    ChangeConsent,
    DraftConsent,
    PauseConsent,
    PresentConsent,
    RefuseConsent,
    ResumeConsent,
    StopCamera,
    VoidConsent,
    WithdrawConsent,
)
from console.services.consent_receipt import ReceiptStation, receipt_json
from console.services.emergencies import BeginEmergency
from console.services.erasure import ErasePersonal
from console.services.feeds import FeedRequest
from console.services.owner_stop import StopOwner
from console.services.papers import Made
from console.services.retention import ChangeRetention, RunRetention
from console.services.rights_requests import CarryOutRequest, DecideRequest, IdentifyRequester, ReceiveRequest
from console.services.statements import Given, IssueStatement
from console.services.visitors import RecordVisit
from resources.verify import verify_statement
from tests.consent_desk import SCAN, Desk
from tests.gate.room import Room

CONSOLE = Path(__file__).resolve().parents[2] / "console"
OLD = "rtsp://viewer:s3cret-key@10.0.0.7:554/Streaming/Channels/101"
WAY = WithdrawalWay.PHONE


@pytest.fixture
def desk(room: Room) -> Desk:
    return Desk(room.station, room.registrar)


def right_of(room: Room, camera: str) -> dict[str, Any]:
    row = room.current(camera)
    return {"authority_id": row.id, "version": row.version}


def is_dark(room: Room, camera: str, reason: DenyReason) -> None:
    """No officer gets a picture, by no door that takes a camera."""
    incident = room.incident()
    for session in (room.officer, room.lead, room.chief):
        assert room.refusal(camera, session=session).reason is reason
        for purpose in (Purpose.URGENT, Purpose.INCIDENT):
            denied = room.refusal(camera, purpose, session=session, incident_id=incident)
            assert denied.reason is reason
    assert not [stream for stream in room.engine.streams if stream.request.camera_id == camera and not stream.closed]


# Who may draw a consent up and sign it


def steps(desk: Desk, consent: str, camera: str) -> list[Command]:
    """Everything that leads to a right to look, or back to one."""
    known = desk.on(consent)
    terms = desk.terms(desk.owner(), camera)
    return [
        DraftConsent(**terms),
        ChangeConsent(**known, **terms),
        PresentConsent(**known),
        desk.signing(consent),
        RefuseConsent(**known, reason="ไม่ใช่เจ้าของ"),
        VoidConsent(**known, reason="ไม่ใช่เจ้าของ"),
        ResumeConsent(consent_id=consent, way=WAY),
    ]


@pytest.mark.parametrize("role", [Role.DUTY_OFFICER, Role.IT, Role.AUDITOR])
def test_a_consent_by_a_role_that_may_not(room: Room, desk: Desk, role: Role) -> None:
    camera = room.camera()
    consent = desk.draft(desk.owner(), camera)
    desk.present(consent)
    session = room.log_in(role)
    risen = replace(session, role=Role.SUPERINTENDENT)
    for command in steps(desk, consent, room.camera()):
        for who in (session, risen, replace(room.registrar, id=new_id())):
            with pytest.raises(Denied):
                room.run(command, who)
    assert desk.entry(consent).state is ConsentState.AWAITING_SIGNATURE
    is_dark(room, camera, DenyReason.NO_AUTHORITY)


def test_a_signature_past_dispatch(room: Room, desk: Desk) -> None:
    camera = room.camera()
    consent = desk.draft(desk.owner(), camera)
    desk.present(consent)
    signing = desk.signing(consent)
    for stamp, session in (
        (CommandStamp(signing.command_id, "sign_consent", room.officer), room.registrar),
        (CommandStamp(signing.command_id, "sign_consent", room.officer), room.officer),
        (CommandStamp(new_id(), "sign_consent", room.registrar), room.registrar),
    ):
        with pytest.raises(Denied):
            room.store.submit(
                lambda tx, session=session: room.station.consents.sign_consent(tx, signing, session),  # type: ignore[misc]  # bound
                command=stamp,
            )
    is_dark(room, camera, DenyReason.NO_AUTHORITY)


def test_the_officer_as_witness_a_paper_used_twice_and_a_signature_that_is_none(room: Room, desk: Desk) -> None:
    camera, other = room.camera(), room.camera()
    consent, second = desk.draft(desk.owner(), camera), desk.draft(desk.owner(), other)
    for each in (consent, second):
        desk.present(each)
    with pytest.raises(Invalid):
        desk.sign(consent, witness=room.registrar.display_name)
    for missing in ({"signature": None}, {"form": None}, {"signature": b"no picture"}, {"agreed": False}):
        with pytest.raises(Invalid):
            desk.sign(consent, **missing)
    form = b"%PDF-1.7 one paper"
    desk.sign(consent, form=form)
    with pytest.raises(Invalid):
        desk.sign(second, form=form)
    is_dark(room, other, DenyReason.NO_AUTHORITY)


def test_a_consent_dated_back(room: Room, desk: Desk) -> None:
    """Neither terms nor a paper from a visit let somebody have looked before the signature was entered."""
    camera = room.camera()
    with pytest.raises(Invalid) as wrong:
        desk.draft(desk.owner(), camera, valid_from=desk.today() - timedelta(seconds=1))
    assert wrong.value.fields == {"valid_from": "consent.back_dated"}
    consent = desk.draft(desk.owner(), camera)
    desk.present(consent)
    room.clock.advance(5 * 86_400)
    now = room.clock.now()
    paper = {"signature": None, "form": None, "scan": SCAN}
    for signed_on in (now + timedelta(days=1), now - timedelta(days=31)):
        with pytest.raises(Invalid):
            desk.sign(consent, **paper, signed_on=signed_on)
    desk.sign(consent, **paper, signed_on=now - timedelta(days=4))
    assert room.current(camera).valid_from == now
    told = next(row for row in room.rows("consent.signed") if row.camera_id == camera)
    assert told.at == now, "the camera's chain says when it was entered, whatever stands on the paper"


def test_a_consent_for_what_is_somebody_elses(room: Room, desk: Desk) -> None:
    """Another owner's camera, the station's own, an agency's, and one that another consent holds already."""
    mine, own = room.camera(), room.own_camera()
    desk.signed(mine)
    for camera in (mine, own):
        with pytest.raises(Invalid):
            desk.draft(desk.owner(), camera)
    agency = room.camera(owner=OwnerType.MUNICIPALITY)
    waiting = desk.draft(desk.owner(), agency)
    desk.present(waiting)
    room.permit(agency, kind=AuthorityKind.AGENCY)
    with pytest.raises(Invalid):
        desk.sign(waiting)
    is_dark(room, agency, DenyReason.NOT_COUNTERSIGNED)


# After a withdrawal


def ended_by_withdrawal(room: Room, desk: Desk, consent: str) -> None:
    desk.withdraw(consent, session=room.officer)


def ended_by_voiding(room: Room, desk: Desk, consent: str) -> None:
    room.run(VoidConsent(**desk.on(consent), reason="ผู้ลงนามไม่ใช่เจ้าของ"), room.registrar)


def ended_from_the_wall(room: Room, desk: Desk, consent: str) -> None:
    (camera,) = desk.entry(consent).row.camera_ids
    room.run(StopCamera(camera_id=camera, way=WAY, ends=True), room.officer)


def ended_on_the_owners_card(room: Room, desk: Desk, consent: str) -> None:
    entry = desk.entry(consent)
    command = StopOwner(owner_id=entry.owner.id, camera_ids=frozenset(entry.row.camera_ids), way=WAY, ends=True)
    room.run(command, room.officer)


ENDINGS = [ended_by_withdrawal, ended_by_voiding, ended_from_the_wall, ended_on_the_owners_card]
Ending = Callable[[Room, Desk, str], None]


@pytest.mark.parametrize("end", ENDINGS)
def test_nothing_of_an_ended_consent_opens_again(room: Room, desk: Desk, end: Ending, tmp_path: Path) -> None:
    """Its address is gone from the record and comes back to no other: by hand, from a file, watched, as sub stream."""
    camera = room.camera(OLD)
    consent = desk.signed(camera)
    live = room.look(camera)
    end(room, desk, consent)
    assert live.picture() is None
    is_dark(room, camera, DenyReason.WITHDRAWN)
    assert not room.station.cameras.camera(camera).has_address
    for command in (
        ResumeConsent(consent_id=consent, way=WAY),
        ResumeAuthority(**right_of(room, camera)),
        PauseConsent(consent_id=consent, way=WAY),
        PresentConsent(**desk.on(consent)),
        desk.signing(consent),
    ):
        with pytest.raises(ConsoleError):
            room.run(command, room.registrar)
    new = room.camera()
    desk.signed(new)
    for which in AddressKind:
        with pytest.raises(Denied):
            room.address(new, OLD, which)
        with pytest.raises((Denied, Invalid)):
            room.address(camera, OLD, which)
    file = tmp_path / "cameras.csv"
    file.write_text(f"code,name,owner_type,address\nNEW,กล้อง,shop,{OLD}\n", "utf-8")
    assert room.station.camera_import.import_file(file, room.registrar, Keep.WHOLE).problems
    assert room.station.cameras.by_code("NEW") is None
    for kind in (AuthorityKind.OWN, AuthorityKind.AGENCY):
        with pytest.raises(Denied):
            room.permit(camera, kind=kind)
    is_dark(room, camera, DenyReason.WITHDRAWN)


@pytest.mark.parametrize("end", ENDINGS)
def test_every_view_of_the_camera_goes_dark_wherever_it_stands(room: Room, desk: Desk, end: Ending) -> None:
    """On two walls, enlarged, in a tour, made ready behind one, of three officers; nor is it tested any more."""
    camera = room.camera()
    consent = desk.signed(camera)
    kinds = (ViewKind.WALL, ViewKind.WALL, ViewKind.FOCUS, ViewKind.TOUR, ViewKind.PREWARM)
    views = [room.look(camera, kind=kind) for kind in kinds]
    views += [room.look(camera, session=session) for session in (room.lead, room.chief)]
    end(room, desk, consent)
    assert [live.picture() for live in views] == [None] * len(views)
    assert all(stream.closed for stream in room.engine.streams)
    probe = room.feeds.probe(room.registrar, camera)
    assert isinstance(probe, Denied)
    assert probe.reason is DenyReason.WITHDRAWN
    ended = [row.data["reason"] for row in room.rows("view.ended")]
    assert ended == ["withdrawn"] * len(views)


def test_an_owner_who_signs_again_gives_the_address_again(room: Room, desk: Desk) -> None:
    """A new paper alone shows nothing: what was destroyed was destroyed, and only this record may have it back."""
    camera = room.camera(OLD)
    owner = desk.owner()
    desk.withdraw(desk.signed(camera, owner_id=owner))
    with pytest.raises(Invalid):
        desk.signed(camera)  # by somebody else, who says that it is his
    desk.signed(camera, owner_id=owner)
    is_dark(room, camera, DenyReason.NO_ADDRESS)
    with pytest.raises(Denied):
        room.address(room.shop(), OLD)
    room.address(camera, OLD)
    assert room.look(camera).picture() is not None


@pytest.mark.parametrize("end", ENDINGS)
def test_an_emergency_after_the_end(room: Room, desk: Desk, end: Ending) -> None:
    camera, incident = room.camera(), room.incident()
    consent = desk.signed(camera)
    room.pause(camera)
    command = BeginEmergency(
        camera_id=camera,
        incident_id=incident,
        legal_basis=LegalBasis.DANGER_TO_LIFE,
        reason="มีผู้บาดเจ็บอยู่หน้าร้าน ต้องเห็นทางเข้า",
    )
    begun = room.run(command, room.chief)
    asked = FeedRequest(camera, Purpose.INCIDENT, incident_id=incident, emergency_id=begun.id)
    assert not isinstance(room.feeds.open(room.chief, asked), Denied)
    end(room, desk, consent)
    answer = room.feeds.open(room.chief, asked)
    assert isinstance(answer, Denied)
    assert answer.reason is DenyReason.WITHDRAWN
    is_dark(room, camera, DenyReason.WITHDRAWN)


def test_an_ended_consent_through_a_backup(room: Room, desk: Desk) -> None:
    camera = room.camera(OLD)
    consent = desk.signed(camera)
    backup = migrate.backup(room.store.place, room.clock)
    desk.withdraw(consent)
    room.close()
    migrate.restore(room.store.place, backup, room.clock)
    room.reopen()
    room.sessions.clear()
    assert room.station.cameras.camera(camera).has_address, "the backup has it"
    assert room.station.authorities.reapply_tombstones() > 0
    assert room.station.consents.entry(room.registrar, consent).state is ConsentState.WITHDRAWN
    assert not room.station.cameras.camera(camera).has_address
    is_dark(room, camera, DenyReason.WITHDRAWN)


def test_archiving_and_restoring_gives_nothing_back(room: Room, desk: Desk) -> None:
    camera = room.camera(OLD)
    consent = desk.signed(camera)
    row = room.station.cameras.camera(camera)
    room.run(ArchiveCamera(camera_id=camera, version=row.version), room.registrar)
    desk.withdraw(consent, session=room.officer)
    (row,) = room.station.cameras.cameras(archived=True)
    room.run(RestoreCamera(camera_id=camera, version=row.version), room.registrar)
    is_dark(room, camera, DenyReason.WITHDRAWN)


# The right to stop


def stopped(room: Room, desk: Desk) -> tuple[str, str]:
    camera = room.camera()
    consent = desk.signed(camera)
    room.run(PauseConsent(consent_id=consent, way=WAY), room.officer)
    return camera, consent


def test_who_may_stop_starts_nothing(room: Room, desk: Desk) -> None:
    camera, consent = stopped(room, desk)
    known = right_of(room, camera)
    for command in (
        ResumeAuthority(**known),
        ResumeConsent(consent_id=consent, way=WAY),
        ResumeConsent(consent_id=consent, camera_id=camera, way=WAY),
        RecordAuthority(
            camera_id=camera, kind=AuthorityKind.OWN, level=AccessLevel.REGISTER_ONLY, valid_from=room.clock.now()
        ),
        SetAddress(camera_id=camera, version=room.station.cameras.camera(camera).version, address=Secret(OLD)),
        *steps(desk, consent, room.camera()),
    ):
        with pytest.raises(Denied):
            room.run(command, room.officer)
    # Stopping what is stopped, again and by every door, opens it at no moment.
    for again in (
        StopCamera(camera_id=camera, way=WAY, ends=False),
        StopOwner(owner_id=desk.entry(consent).owner.id, camera_ids=frozenset({camera}), way=WAY, ends=False),
        PauseConsent(consent_id=consent, way=WAY),
        PauseAuthority(**known),
    ):
        room.run(again, room.officer)
        is_dark(room, camera, DenyReason.PAUSED_BY_OWNER)
    room.run(WithdrawConsent(consent_id=consent, way=WAY), room.officer)
    for last in (
        WithdrawConsent(consent_id=consent, way=WAY),
        StopCamera(camera_id=camera, way=WAY, ends=True),
        StopCamera(camera_id=camera, way=WAY, ends=False),
        PauseAuthority(**right_of(room, camera)),
        WithdrawAuthority(**right_of(room, camera)),
    ):
        with suppress(ConsoleError):
            room.run(last, room.officer)
        is_dark(room, camera, DenyReason.WITHDRAWN)


def test_the_right_to_stop_stops_no_camera_of_the_station(room: Room) -> None:
    own = room.own_camera()
    live = room.look(own)
    for command in (
        StopCamera(camera_id=own, way=WAY, ends=True),
        StopCamera(camera_id=own, way=WAY, ends=False),
        WithdrawAuthority(**right_of(room, own)),
    ):
        with pytest.raises(Denied):
            room.run(command, room.officer)
    assert live.picture() is not None


def test_a_pause_that_somebody_else_ends_is_told_to_the_owner(room: Room, desk: Desk) -> None:
    """Who may record permissions may end a pause; his name stands for it on the camera's chain."""
    camera, consent = stopped(room, desk)
    room.run(ResumeAuthority(**right_of(room, camera)), room.lead)
    told = room.rows("consent.resumed")[-1]
    assert (told.camera_id, told.actor_id) == (camera, room.lead.person_id)
    assert desk.entry(consent).row.events[-1].event is ConsentEventKind.RESUMED
    given = statement_of(room, camera)
    assert [line["what"] for line in given.told.lines if line["kind"] == "consent"] == ["signed", "paused", "resumed"]


def test_a_pause_is_not_ended_through_the_paper_before_nor_after_the_last_day(room: Room, desk: Desk) -> None:
    camera, former = stopped(room, desk)
    owner = desk.entry(former).owner.id
    second = desk.signed(camera, owner_id=owner, supersedes=former)
    room.run(PauseConsent(consent_id=second, way=WAY), room.officer)
    with pytest.raises(ConsoleError, match="wrong_state"):
        room.run(ResumeConsent(consent_id=former, way=WAY), room.registrar)
    is_dark(room, camera, DenyReason.PAUSED_BY_OWNER)
    room.clock.advance(366 * 86_400)
    with pytest.raises(ConsoleError, match="wrong_state"):
        room.run(ResumeConsent(consent_id=second, way=WAY), room.registrar)
    room.run(ResumeAuthority(**right_of(room, camera)), room.registrar)
    is_dark(room, camera, DenyReason.EXPIRED)


# What leaves the station


def statement_of(room: Room, camera: str, days: int = 1) -> Given:
    room.feeds.keep()
    now = room.clock.now()
    asked = IssueStatement(camera_id=camera, since=now - timedelta(days=days), until=now + timedelta(days=1))
    number = room.run(asked, room.chief)
    return room.station.statements.given(room.chief, camera, number)


def seen(room: Room, camera: str) -> str:
    """Look at a camera for half a minute; returns the view's id."""
    live = room.look(camera)
    room.stream(live).tell(TileState.LIVE)
    room.clock.advance(30)
    live.end(EndReason.CLOSED)
    return live.view_id


def test_no_paper_extract_or_page_bears_an_address_or_a_picture(room: Room, desk: Desk) -> None:
    camera = room.camera(OLD)
    consent = desk.signed(camera)
    seen(room, camera)
    dialled = len(room.engine.streams)
    chief, now = room.chief, room.clock.now()
    made = Made("SK", chief.display_name, now)
    given, entry = statement_of(room, camera), desk.entry(consent)
    month = room.station.statements.month(chief, now - timedelta(days=30), now)
    visit = RecordVisit(day=desk.today(), group_name="ชุมชน", counts={1: 3}, received_by=chief.person_id)
    room.run(visit, room.registrar)
    leaves: list[object] = [
        given.file,
        given.told,
        statement_papers.statement_report(given, made),
        statement_papers.transparency_sheet(month, made),
        receipt_json(entry, ReceiptStation("SKA", "SK", "00")),
        consent_papers.receipt(entry, "00", made, "SKA"),
        consent_papers.stickers(entry, made, "SKA"),
        consent_papers.filled_form(entry, made),
        stop_papers.stop_paper(desk.withdraw(consent), made),
        entry,
        room.station.owners.lines(chief),
        room.station.visitors.visits(chief),
        room.station.register.entries(),
        room.station.rights_requests.lines(chief),
        room.station.authorities.by_camera(),
        room.station.history.of("camera", camera),
    ]
    for each in leaves:
        told = each.decode("utf-8") if isinstance(each, bytes) else repr(each)
        for secret in ("10.0.0.7", "s3cret-key", "Channels/101", "rtsp:"):
            assert secret not in told, type(each)
    assert len(room.engine.streams) == dialled, "making papers opens no camera"


def test_only_the_gate_unseals_addresses_and_only_the_demonstration_saves_its_window() -> None:
    """Doors that are not there: no snapshot, clip, export or thumbnail exists, and nothing grabs a real window."""
    found = {
        (call, path.relative_to(CONSOLE).as_posix())
        for path in CONSOLE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        for call in [node.func.attr]
        if call in {"unseal", "grab", "grabWindow", "grabFramebuffer", "take_snapshot", "video_take_snapshot"}
    }
    assert found == {("unseal", "services/feeds/dialling.py"), ("grab", "views/window.py")}


# Desks that erase


def request_of(room: Room, kind: RequestKind, **about: str) -> None:
    request = ReceiveRequest(
        requester="นางสมใจ",
        contact="",
        request_kind=kind,
        about="ขอให้ลบ",
        received_at=room.clock.now(),
        way=RequestWay.LETTER,
        **about,
    )
    made: str = room.run(request, room.registrar)
    room.run(IdentifyRequester(request_id=made, version=1, identity=IdentityCheck.CARD_SEEN), room.registrar)
    room.run(DecideRequest(request_id=made, version=2, decision=Decision.GRANTED), room.chief)
    ground = ErasureGround.OBJECTION if kind is RequestKind.ERASURE else None
    room.run(CarryOutRequest(request_id=made, version=3, words="ทำแล้ว", ground=ground), room.registrar)


def test_no_desk_takes_a_view_away(room: Room, desk: Desk) -> None:
    """Erasure for owner, camera and incident, an objection, and retention years later: every view is still told."""
    camera = room.camera()
    consent = desk.signed(camera)
    first = statement_of(room, camera)
    view, incident = seen(room, camera), room.incident()
    held = f"{first.number}:{first.statement.head.hash}"
    owner = desk.entry(consent).owner.id
    request_of(room, RequestKind.ERASURE, camera_id=camera, owner_id=owner, incident_id=incident)
    for kind in ("person", "view", "emergency", "statement_delay", "legal_hold", "consent"):
        subject = (kind, consent if kind == "consent" else view)
        order = ErasePersonal(subjects=(("camera", camera), subject), ground=ErasureGround.UNLAWFUL)
        with pytest.raises(ConsoleError, match=r"erasure\.answerable"):
            room.run(order, room.chief)
    room.clock.advance(3 * 366 * 86_400)
    room.sessions.clear()
    plan = room.station.retention.plan(room.chief)
    room.run(RunRetention(as_of=plan.as_of), room.chief)
    given = statement_of(room, camera, days=4 * 366)
    (line,) = [line for line in given.told.lines if line["kind"] == "view"]
    assert (line["role"], line["purpose"], line["seconds"]) == ("duty_officer", "risk_spot", 30)
    assert verify_statement.verify(given.file, given.fingerprint, held)["holds"] is True
    assert room.station.journal.verify(room.chief).sound


def test_whoever_invented_a_consent_does_not_clear_its_papers_away(room: Room, desk: Desk) -> None:
    consent = desk.signed(room.camera())
    held = room.station.consents.papers(room.registrar, consent)
    room.run(VoidConsent(**desk.on(consent), reason="ผิดพลาด"), room.chief)
    for days in (1, 364):
        shorter = ChangeRetention(kept=Kept.CONSENT_PAPERS, version=0, days=days, reason="ขอลบ")
        with pytest.raises(Invalid) as wrong:
            room.run(shorter, room.chief)
        assert wrong.value.fields == {"days": "retention.below_floor"}
    room.run(ChangeRetention(kept=Kept.CONSENT_PAPERS, version=0, days=365, reason="ขอลบ"), room.chief)
    room.clock.advance(360 * 86_400)
    room.sessions.clear()
    with pytest.raises(ConsoleError):
        room.run(RunRetention(as_of=room.clock.now()), room.chief)
    assert set(held) <= set(room.station.consents.papers(room.registrar, consent))
    assert room.station.consents.entry(room.registrar, consent).row.witness


def test_an_objection_at_the_desk_is_told_to_the_consent(room: Room, desk: Desk) -> None:
    camera = room.camera()
    consent = desk.signed(camera)
    live = room.look(camera)
    request_of(room, RequestKind.OBJECTION, camera_id=camera)
    assert live.picture() is None
    is_dark(room, camera, DenyReason.PAUSED_BY_OWNER)
    assert desk.entry(consent).state is ConsentState.PAUSED
    assert [row.camera_id for row in room.rows("consent.paused")] == [camera]


def test_whoever_keeps_records_sees_no_picture(room: Room) -> None:
    camera = room.shop()
    auditor: Session = room.log_in(Role.AUDITOR)
    for purpose in Purpose:
        answer = room.feeds.open(auditor, FeedRequest(camera, purpose))
        assert isinstance(answer, Denied)
    assert room.engine.streams == []
