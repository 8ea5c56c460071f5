"""Consents from the first word to the signature and to the one that replaces them; and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from console.db.consents import NewEvent, get_consent
from console.db.store import CommandStamp
from console.i18n import plain
from console.i18n.dates import format_date
from console.kernel import (
    RIGHTS,
    AccessLevel,
    Aim,
    Conflict,
    ConsentEventKind,
    ConsentState,
    ConsoleError,
    Denied,
    DenyReason,
    Invalid,
    Party,
    Purpose,
    Right,
    Role,
    new_id,
)
from console.services.commands import build
from console.services.consent_commands import (
    MOST_BYTES,
    ChangeConsent,
    DraftConsent,
    PublishNotice,
    RefuseConsent,
)
from console.services.consent_papers import filled_form
from console.services.consent_state import Ask, Reminder
from console.services.consents import CameraTerms
from console.services.notices import OFFERED, blanks, filled
from console.services.papers import Made, Paragraph
from console.services.stop_link import tell
from console.services.tombstones import TOMBSTONES
from tests.consent_desk import BLANKS, PDF, PERSON, SCAN, WITNESS, Desk, png
from tests.gate.room import Room
from tests.pictures import segment


@pytest.fixture
def desk(room: Room) -> Desk:
    return Desk(room.station, room.registrar)


def refused(act: Callable[[], Any]) -> dict[str, str]:
    with pytest.raises(Invalid) as wrong:
        act()
    return dict(wrong.value.fields)


# From the draft to the signature


def test_a_signature_gives_the_right_to_look_and_stands_on_the_cameras_chain(room: Room, desk: Desk) -> None:
    one, two = room.camera(), room.camera()
    owner = desk.owner()
    consent = desk.draft(owner, one, two, level=AccessLevel.HOURS, hours=((0, 1439),))
    assert desk.entry(consent).state is ConsentState.DRAFT
    desk.present(consent)
    assert desk.entry(consent).state is ConsentState.AWAITING_SIGNATURE
    assert room.refusal(one).reason is DenyReason.NO_AUTHORITY
    signature, form = png(), PDF
    desk.sign(consent, signature=signature, form=form, agreed_data=True, data_signature=png())
    entry = desk.entry(consent)
    assert (entry.state, entry.row.signed_at, entry.row.witness) == (ConsentState.IN_FORCE, room.clock.now(), WITNESS)
    assert entry.row.agreed_data
    assert entry.row.officer_id == room.registrar.person_id
    assert room.look(one).picture is not None
    right = room.current(two)
    assert (right.consent_id, right.reference, right.valid_from) == (consent, entry.row.number, room.clock.now())
    assert {camera.owner_id for camera in entry.cameras} == {owner}
    rows = room.rows("consent.signed")
    assert [row.camera_id for row in rows] == [one, two]
    said = rows[0].data
    assert said["consent"] == entry.row.number
    assert said["paper_sha256"] == sha256(form).hexdigest()
    assert said["signature_sha256"] == sha256(signature).hexdigest()
    assert said["notice_sha256"] == sha256(entry.notice.text.encode()).hexdigest()
    assert (said["level"], said["way"], said["notice"]) == (2, "screen", 1)
    assert PERSON.name not in str(said)
    held = {
        paper.name: desk.station.consents.paper(desk.session, consent, paper)
        for paper in desk.station.consents.papers(desk.session, consent)
    }
    assert (held["form"], held["signature"]) == (form, signature)
    assert room.station.journal.verify(room.chief).problems == ()


def test_a_paper_from_a_visit_is_entered_later(room: Room, desk: Desk) -> None:
    camera = room.camera()
    consent = desk.draft(desk.owner(), camera)
    desk.present(consent)
    yesterday = room.clock.now() - timedelta(days=1)
    photographed = SCAN[:2] + segment(0xE1, b"Exif\x00\x00 where it was taken") + SCAN[2:]
    desk.sign(consent, signature=None, form=None, scan=photographed, signed_on=yesterday)
    entry = desk.entry(consent)
    assert (entry.row.signed_at, entry.state) == (yesterday, ConsentState.IN_FORCE)
    assert room.current(camera).valid_from == room.clock.now(), "nothing is allowed for the time before it was known"
    assert room.data("consent.signed")[0]["paper_sha256"] == sha256(SCAN).hexdigest()


def test_a_draft_can_be_changed_and_is_then_shown_anew(room: Room, desk: Desk) -> None:
    owner, camera = desk.owner(), room.camera()
    consent = desk.draft(owner, camera)
    desk.present(consent)
    seen = desk.on(consent)
    terms = desk.terms(owner, camera, level=AccessLevel.INCIDENT, radius_m=300)
    desk.run(ChangeConsent(**seen, **terms))
    entry = desk.entry(consent)
    assert (entry.state, entry.row.terms.radius_m) == (ConsentState.DRAFT, 300)
    with pytest.raises(Conflict):
        desk.run(ChangeConsent(**seen, **terms))
    desk.present(consent)
    desk.sign(consent)
    with pytest.raises(ConsoleError, match="wrong_state"):
        desk.run(ChangeConsent(**desk.on(consent), **terms))


def test_a_refusal_is_kept_with_its_reason_and_ends_the_matter(room: Room, desk: Desk) -> None:
    consent = desk.draft(desk.owner(), room.camera())
    desk.run(RefuseConsent(**desk.on(consent), reason="ขอคิดดูก่อน"))
    assert desk.entry(consent).state is ConsentState.REFUSED
    (row,) = room.rows("consent.refused")
    assert "ขอคิด" not in str(row.data)
    assert row.personal_names == ("reason",)
    with pytest.raises(ConsoleError, match="wrong_state"):
        desk.present(consent)


def test_nobody_but_who_may_draws_one_up(room: Room, desk: Desk) -> None:
    owner, camera = desk.owner(), room.camera()
    for role in Role:
        command = DraftConsent(**desk.terms(owner, camera))
        if Right.WRITE_AUTHORITIES in RIGHTS[role]:
            continue
        with pytest.raises(Denied):
            desk.run(command, room.log_in(role))


# What bad input gets


@pytest.mark.parametrize(
    ("fields", "where", "key"),
    [
        ({"cameras": ()}, "cameras", "consent.cameras_missing"),
        ({"purposes": frozenset()}, "purposes", "authority.purpose_missing"),
        ({"purposes": frozenset({Purpose.URGENT})}, "purposes", "authority.purpose_never_ticked"),
        ({"level": AccessLevel.HOURS}, "hours", "authority.hours_missing"),
        ({"level": AccessLevel.HOURS, "hours": ((600, 600),)}, "hours", "authority.hours_empty"),
        ({"level": AccessLevel.INCIDENT}, "radius_m", "authority.radius_missing"),
        ({"level": AccessLevel.REGISTER_ONLY}, "purposes", "consent.nothing_at_level_0"),
        (
            {"level": AccessLevel.REGISTER_ONLY, "purposes": frozenset(), "recording_days": 7},
            "recording_days",
            "consent.nothing_at_level_0",
        ),
        ({"permission_export": True}, "permission_export", "consent.nothing_to_export"),
        ({"recipients": "เทศบาล"}, "recipients", "consent.recipients_without_export"),
        ({"recipients": "เทศ\u202eบาล"}, "recipients", "field.pattern"),
        ({"back": 1}, "valid_from", "consent.back_dated"),
        ({"ends": 0}, "expires_at", "authority.ends_before_start"),
        ({"ends": 6 * 366}, "expires_at", "consent.too_long"),
    ],
)
def test_refused_terms(room: Room, desk: Desk, fields: dict[str, Any], where: str, key: str) -> None:
    more = dict(fields)
    if "back" in more:
        more["valid_from"] = desk.today() - timedelta(days=more.pop("back"))
    if "ends" in more:
        more["expires_at"] = desk.today() + timedelta(days=more.pop("ends"))
    assert refused(lambda: desk.draft(desk.owner(), room.camera(), **more))[where] == key
    assert desk.station.consents.entries(desk.session) == [], "nothing is stored by half"


def test_hours_over_midnight_are_hours(room: Room, desk: Desk) -> None:
    camera = room.camera()
    desk.signed(camera, level=AccessLevel.HOURS, hours=((1080, 360),))
    assert room.current(camera).hours == ((1080, 360),)


def test_cameras_that_cannot_be_named(room: Room, desk: Desk) -> None:
    owner, camera = desk.owner(), room.camera()
    looks = CameraTerms(camera, "", Aim.INDOOR)
    assert refused(lambda: desk.draft(owner, cameras=(looks,))) == {"cameras": "consent.indoor"}
    assert refused(lambda: desk.draft(owner, camera, camera)) == {"cameras": "consent.camera_twice"}
    assert refused(lambda: desk.draft(owner, room.own_camera())) == {"cameras": "consent.not_private"}
    desk.signed(camera, owner_id=owner)
    assert refused(lambda: desk.draft(desk.owner(), camera)) == {"cameras": "consent.other_owner"}


def test_two_consents_for_one_camera_name_each_other(room: Room, desk: Desk) -> None:
    owner, camera, free = desk.owner(), room.camera(), room.camera()
    first, rival = desk.draft(owner, camera), desk.draft(owner, camera, free)
    desk.present(first)
    with pytest.raises(Invalid) as wrong:
        desk.present(rival)
    assert wrong.value.fields == {"cameras": "consent.camera_taken"}
    assert wrong.value.params["other"] == desk.entry(first).row.number
    assert wrong.value.params["camera"] == room.station.cameras.camera(camera).code
    desk.sign(first)
    assert refused(lambda: desk.draft(owner, camera)) == {"cameras": "consent.camera_taken"}
    desk.withdraw(first)
    desk.present(rival)
    desk.sign(rival)
    assert desk.entry(rival).state is ConsentState.IN_FORCE


def test_a_company_needs_somebody_who_may_sign(room: Room, desk: Desk) -> None:
    facts = replace(PERSON, party=Party.COMPANY)
    assert refused(lambda: desk.draft(desk.owner(facts), room.camera())) == {"owner_id": "consent.no_authorised_person"}
    assert desk.draft(desk.owner(replace(facts, authorised_person="นายสมชาย ตัวอย่าง")), room.camera())


@pytest.mark.parametrize(
    ("fields", "where", "key"),
    [
        ({"agreed": False}, "agreed", "consent.not_agreed"),
        ({"signer": ""}, "signer", "field.missing"),
        ({"witness": ""}, "witness", "field.missing"),
        ({"witness": "นางสมหญิง ตัวอย่าง"}, "witness", "consent.witness_signs"),
        ({"witness": "นางสมหญิง  ตัวอย่าง"}, "witness", "consent.witness_signs"),
        ({"signature": None, "form": None}, "signature", "consent.signature_missing"),
        ({"form": None}, "signature", "consent.form_missing"),
        ({"signature": b"no picture"}, "signature", "consent.signature_unreadable"),
        ({"agreed_data": True}, "data_signature", "consent.data_signature_missing"),
        ({"data_signature": png()}, "agreed_data", "consent.data_not_ticked"),
        ({"scan": b"", "days": 0}, "scan", "paper.empty"),
        ({"scan": SCAN + bytes(MOST_BYTES), "days": 0}, "scan", "paper.too_large"),
        ({"scan": b"MZ a program", "days": 0}, "scan", "paper.unknown_kind"),
        ({"scan": SCAN}, "signed_on", "field.missing"),
        ({"scan": SCAN[:-2], "days": 0}, "scan", "paper.damaged"),
        ({"scan": SCAN, "days": 1}, "signed_on", "consent.signed_in_future"),
        ({"scan": SCAN, "days": -31}, "signed_on", "consent.signed_long_ago"),
    ],
)
def test_a_signature_that_is_none(room: Room, desk: Desk, fields: dict[str, Any], where: str, key: str) -> None:
    consent = desk.draft(desk.owner(), room.camera())
    desk.present(consent)
    more = dict(fields)
    if "days" in more:
        more["signed_on"] = room.clock.now() + timedelta(days=more.pop("days"))
    assert refused(lambda: desk.sign(consent, **more))[where] == key
    assert desk.entry(consent).state is ConsentState.AWAITING_SIGNATURE
    assert desk.station.consents.papers(desk.session, consent) == []


def test_the_officer_is_no_witness_and_one_paper_proves_one_consent(room: Room, desk: Desk) -> None:
    owner = desk.owner()
    one, two = desk.draft(owner, room.camera()), desk.draft(owner, room.camera())
    for consent in (one, two):
        desk.present(consent)
    mine = room.registrar.display_name
    for spelled in (mine, f"ร.ต.อ. {mine.replace(' ', '  ')}"):
        assert refused(lambda spelled=spelled: desk.sign(one, witness=spelled)) == {"witness": "consent.witness_signs"}  # type: ignore[misc]  # bound
    paper: dict[str, Any] = {"signature": None, "form": None, "scan": SCAN, "signed_on": room.clock.now()}
    desk.sign(one, **paper)
    with pytest.raises(Invalid) as wrong:
        desk.sign(two, **paper)
    assert wrong.value.params["other"] == desk.entry(one).row.number


def test_what_is_over_is_not_signed(room: Room, desk: Desk) -> None:
    consent = desk.draft(desk.owner(), room.camera(), expires_at=desk.today() + timedelta(days=2))
    desk.present(consent)
    room.clock.advance(3 * 86_400)
    room.log_in(Role.CAMERA_REGISTRAR)
    assert refused(lambda: desk.sign(consent)) == {"agreed": "consent.over_before_signed"}


@pytest.mark.parametrize("name", ["ສົມສີ", "Ángel Ñuñez-O’Brien", "山田 花子", "عائشة", "เด็กชาย ก"])
def test_names_in_any_script(room: Room, desk: Desk, name: str) -> None:
    consent = desk.draft(desk.owner(replace(PERSON, name=name)), room.camera())
    desk.present(consent)
    desk.sign(consent, signer=name)
    assert desk.entry(consent).row.signer == name


@pytest.mark.parametrize("fields", [{"level": 4}, {"owner_id": None}, {"cameras": "x"}, {"recording_days": 31}])
def test_what_is_no_consent_at_all(desk: Desk, fields: dict[str, Any]) -> None:
    assert list(refused(lambda: build(DraftConsent, **(desk.terms("o", "c") | fields)))) == list(fields)


# Minors


@pytest.mark.parametrize(
    ("age", "names", "wrong"),
    [
        (8, {"signer": "", "guardian": "นายพ่อ ตัวอย่าง"}, None),
        (8, {"guardian": "นายพ่อ ตัวอย่าง"}, {"signer": "consent.guardian_only"}),
        (8, {"signer": ""}, {"guardian": "consent.guardian_missing"}),
        (15, {"guardian": "นายพ่อ ตัวอย่าง"}, None),
        (15, {}, {"guardian": "consent.guardian_missing"}),
        (20, {}, {"guardian": "consent.guardian_missing"}),
        (21, {}, None),
    ],
)
def test_minors(room: Room, desk: Desk, age: int, names: dict[str, str], wrong: dict[str, str] | None) -> None:
    facts = replace(PERSON, birth_year=room.clock.now().year - age)
    consent = desk.draft(desk.owner(facts), room.camera())
    desk.present(consent)
    if wrong is None:
        desk.sign(consent, **names)
        assert desk.entry(consent).row.guardian == names.get("guardian", "")
    else:
        assert refused(lambda: desk.sign(consent, **names)) == wrong


# A consent that replaces another


def test_a_new_consent_replaces_the_old_one(room: Room, desk: Desk) -> None:
    owner, one, two = desk.owner(), room.camera(), room.camera()
    first = desk.signed(one, two, owner_id=owner)
    assert refused(lambda: desk.draft(owner, one, supersedes=first)) == {"cameras": "consent.camera_left_out"}
    other = desk.owner()
    assert "owner_id" in refused(lambda: desk.draft(other, room.camera(), supersedes=first))
    second = desk.draft(owner, one, two, supersedes=first, level=AccessLevel.REGISTER_ONLY, purposes=frozenset())
    desk.present(second)
    assert room.look(one).picture is not None, "the old one holds until the new one is signed"
    desk.sign(second)
    assert (desk.entry(first).state, desk.entry(first).successor) == (
        ConsentState.EXPIRED,
        desk.entry(second).row.number,
    )
    assert room.refusal(one).reason is DenyReason.REGISTER_ONLY
    assert [row.camera_id for row in room.rows("consent.superseded")] == [one, two]
    with pytest.raises(ConsoleError, match=r"consent\.replaced"):
        desk.withdraw(first)
    desk.withdraw(second)
    assert room.refusal(one).reason is DenyReason.WITHDRAWN


def test_one_that_begins_later_darkens_until_then_and_says_so_on_the_form(room: Room, desk: Desk) -> None:
    owner, camera, begins = desk.owner(), room.camera(), desk.today() + timedelta(days=7)
    first = desk.signed(camera, owner_id=owner)
    made = Made("SKA", "officer", room.clock.now())
    second = desk.draft(owner, camera, supersedes=first, valid_from=begins)
    desk.present(second)

    def said() -> list[str]:
        blocks = filled_form(desk.entry(second), made).blocks
        return [plain(block.text) for block in blocks if isinstance(block, Paragraph) and "are dark" in block.text]

    (told,) = said()
    assert desk.entry(first).row.number in told
    assert format_date(begins) in told
    desk.sign(second)
    assert said() == [told], "the form that is printed again says what was signed"
    assert room.refusal(camera).reason is DenyReason.NOT_YET_VALID
    room.clock.advance(7 * 86_400)
    room.sessions.clear()
    assert room.look(camera).picture is not None


# The notice


def test_a_new_version_of_the_notice_asks_for_a_new_consent(room: Room, desk: Desk) -> None:
    consent = desk.signed(room.camera())
    first = room.station.notices.current()
    assert first is not None
    assert desk.entry(consent).reminder is None
    for part in ("ผู้ควบคุมข้อมูล", "วัตถุประสงค์", "ไม่มีกฎหมายบังคับ", "ระยะเวลาเก็บ", "ผู้รับข้อมูล", "DPO", "สิทธิของท่าน"):
        assert part in first.text
    with pytest.raises(Denied):
        desk.run(PublishNotice(text="x", purposes=OFFERED, follows=1), room.lead)
    assert refused(lambda: desk.run(PublishNotice(text=first.text, purposes=OFFERED, follows=1))) == {
        "text": "notice.unchanged"
    }
    with pytest.raises(Conflict):
        desk.run(PublishNotice(text="ฉบับใหม่", purposes=OFFERED, follows=0))
    fewer = OFFERED - {Purpose.TRAFFIC}
    desk.run(PublishNotice(text="ฉบับที่ ๒", purposes=fewer, follows=1))
    assert desk.entry(consent).reminder == Reminder(Ask.NOTICE)
    assert desk.entry(consent).state is ConsentState.IN_FORCE
    wanted = frozenset({Purpose.TRAFFIC})
    owner = desk.owner()
    assert refused(lambda: desk.draft(owner, room.camera(), purposes=wanted)) == {
        "purposes": "consent.purpose_not_in_notice"
    }
    later = desk.signed(room.camera())
    desk.run(PublishNotice(text="ฉบับที่ ๓", purposes=OFFERED, follows=2))
    assert desk.entry(later).reminder == Reminder(Ask.PURPOSE)


def test_a_notice_that_changed_since_it_was_shown_stops_the_signature(room: Room, desk: Desk) -> None:
    consent = desk.draft(desk.owner(), room.camera())
    desk.present(consent)
    desk.run(PublishNotice(text="ฉบับที่ ๒", purposes=OFFERED, follows=1))
    with pytest.raises(ConsoleError, match="notice_changed"):
        desk.sign(consent)
    desk.present(consent)
    desk.sign(consent)
    assert desk.entry(consent).notice.number == 2


def test_reminders_before_the_end(room: Room, desk: Desk) -> None:
    consent = desk.signed(room.camera(), expires_at=desk.today() + timedelta(days=100))
    told = []
    for left in (31, 30, 8, 7, 2, 1, 0):
        now = desk.entry(consent).row.terms.expires_at - timedelta(days=left)
        room.clock.advance((now - room.clock.now()).total_seconds())
        found = desk.entry(consent).reminder
        told.append(None if found is None else found.within)
    assert told == [None, 30, 30, 7, 7, 1, None]


# A backup that came back


def test_a_restored_backup_does_not_give_back_what_was_withdrawn(room: Room, desk: Desk) -> None:
    camera = room.camera()
    consent = desk.signed(camera)
    stones = room.store.place.data_dir / TOMBSTONES
    right = room.current(camera)
    stones.write_text(f'{{"authority": "{right.id}", "camera": "{camera}", "at": "2026-01-01", "fingerprints": []}}\n')
    assert room.station.authorities.reapply_tombstones() > 0
    assert desk.entry(consent).state is ConsentState.WITHDRAWN


def test_a_notice_with_blanks_is_neither_presented_nor_signed_nor_published(room: Room, desk: Desk) -> None:
    """The first version comes with blanks; a station that fills none would let people sign half a notice."""
    cameras = [room.camera(), room.camera()]
    owner = desk.owner()
    early = desk.run(DraftConsent(**desk.terms(owner, cameras[0])))
    text = room.station.notices.proposal()
    names = blanks(text)
    assert [name.rsplit(" ", 1)[-1] for name in names] == ["ที่อยู่", "โทรศัพท์", "ติดต่อได้ที่"]
    with pytest.raises(ConsoleError, match=r"notice\.blanks") as caught:
        desk.present(early)
    assert all(name in str(caught.value.params["blanks"]) for name in names)
    half = filled(text, BLANKS[:2])
    with pytest.raises(Invalid) as wrong:
        desk.run(PublishNotice(text=half, purposes=OFFERED, follows=1))
    assert wrong.value.fields == {"text": "notice.blanks_left"}
    assert names[2] in str(wrong.value.params["blanks"])
    assert names[0] not in str(wrong.value.params["blanks"])
    # One that was presented by an earlier version of the program is not signed either.
    stamp = CommandStamp(new_id(), "present", room.registrar)
    room.store.submit(lambda tx: tell(tx, get_consent(tx, early), NewEvent(ConsentEventKind.PRESENTED)), command=stamp)
    with pytest.raises(ConsoleError, match=r"notice\.blanks"):
        desk.sign(early)
    desk.run(PublishNotice(text=filled(text, BLANKS), purposes=OFFERED, follows=1))
    desk.present(early)
    desk.sign(early)
    assert desk.entry(early).state is ConsentState.IN_FORCE
    assert blanks("1. …… ก") == ("1.",)
    assert blanks("....") == ("....",)
