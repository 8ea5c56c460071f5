"""The papers of a consent: what stands on them in which words, the codes, and the receipt that machines read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from console.i18n import RESOURCES, install, plain
from console.kernel import AccessLevel, Invalid, Party, WithdrawalWay
from console.protection import Kept
from console.services import consent_papers as papers
from console.services.consent_codes import CodeKind, PaperCode, read_code
from console.services.consent_commands import PauseConsent
from console.services.consent_receipt import ReceiptStation, receipt_json, receipt_record
from console.services.consents import ConsentEntry
from console.services.papers import Block, Code, Facts, Made, Numerals, QrCode, Report, Signatures, Table, Tick
from console.services.retention import ChangeRetention
from console.services.stop_papers import confirmation_again, stop_paper
from tests.consent_desk import PERSON, SCAN, Desk, png
from tests.gate.room import Room

SCHEMA = json.loads((RESOURCES / "schemas" / "consent-receipt-27560.schema.json").read_text("utf-8"))
KEY = "ab" * 32


@pytest.fixture
def desk(room: Room) -> Desk:
    return Desk(room.station, room.registrar)


@pytest.fixture
def made(room: Room) -> Made:
    return Made("สภ.ตัวอย่าง", "ร.ต.อ.สมมติ ตัวอย่าง", room.clock.now(), Numerals.THAI)


@pytest.fixture
def _thai() -> Any:
    install("th")
    yield
    install("en")


def waiting(room: Room, desk: Desk) -> ConsentEntry:
    camera = room.camera(place="ถ.นครใน")
    consent = desk.draft(desk.owner(), camera, level=AccessLevel.HOURS, hours=((1080, 360),), recording_days=7)
    desk.present(consent)
    return desk.entry(consent)


def words(report: Report) -> str:
    """Return everything that stands on a paper."""

    def said(block: Block) -> list[str]:
        match block:
            case Facts():
                return [text for pair in block.pairs for text in pair]
            case Table():
                return [*(column.title for column in block.columns), *(cell for row in block.rows for cell in row)]
            case Signatures():
                return [text for person in block.people for text in (person.role, person.name)]
            case Code():
                return [block.label, str(block.text)]
            case QrCode():
                return [block.label]
            case _:
                return [block.text]

    facts = [text for pair in report.facts for text in pair]
    return plain("\n".join([report.title, *facts, *(text for block in report.blocks for text in said(block))]))


def ticks(report: Report) -> list[bool]:
    return [block.ticked for block in report.blocks if isinstance(block, Tick)]


@pytest.mark.usefixtures("_thai")
def test_the_form_holds_every_field_and_the_agreed_words(room: Room, desk: Desk, made: Made) -> None:
    entry = waiting(room, desk)
    text = words(papers.filled_form(entry, made))
    for part in (
        "หนังสือยินยอม/ข้อตกลงให้เชื่อมโยงสัญญาณภาพกล้องวงจรปิด",
        "เลขที่หนังสือ",
        entry.row.number,
        "สภ.ตัวอย่าง",
        "ชื่อ–สกุล/นิติบุคคล",
        PERSON.name,
        PERSON.address,
        PERSON.phone,
        entry.cameras[0].code,
        "ถ.นครใน",
        "ประตูร้าน",
        "เสียง",
        "ปิด",
        "18.00–06.00 น.",
        "7 วัน",
        "ไม่ส่งต่อ",
        "ใช้ในการสาธิตหรือประชาสัมพันธ์ได้",
        "AI",
        "สิทธิและวิธีถอน",
        "คำรับรองของตำรวจ",
        "พยาน",
        "เจ้าหน้าที่ของสถานี",
        entry.notice.text.splitlines()[0],
        "ข้าพเจ้าอนุญาตให้ศูนย์ CCOC เข้าถึงภาพสดจากกล้องรายการที่ 1 ในระดับ 2",
        "ตั้งแต่วันที่ 22 พ.ย. 2569 ถึงวันที่ 21 พ.ย. 2570",
        "ข้าพเจ้ายินยอมให้สถานีเก็บและใช้ชื่อ ที่อยู่ และช่องทางติดต่อของข้าพเจ้า เพื่อประสานงานเกี่ยวกับกล้องที่เชื่อมโยง",
        "สถานีจะ (1) ดูภาพเฉพาะตามระดับและวัตถุประสงค์ที่ท่านเลือก (2) บันทึกทุกครั้งที่มีการดู",
    ):
        assert part in text, part


def test_no_box_is_ticked_before_the_signature_unless_it_was_asked_for(room: Room, desk: Desk, made: Made) -> None:
    entry = waiting(room, desk)
    assert not any(ticks(papers.blank_form(entry.notice, made)))
    assert not any(ticks(papers.filled_form(entry, made)))
    desk.sign(entry.id)
    signed = desk.entry(entry.id)
    assert ticks(papers.filled_form(signed, made)) == [True, False, False, False, False, False, False]
    shown = papers.Drawn(png(), png())
    assert ticks(papers.filled_form(entry, made, shown))[-1]


def test_who_signs_for_a_child(room: Room, desk: Desk, made: Made) -> None:
    facts = replace(PERSON, birth_year=room.clock.now().year - 8, guardian="นายพ่อ ตัวอย่าง")
    consent = desk.draft(desk.owner(facts), room.camera())
    people = [block for block in papers.filled_form(desk.entry(consent), made).blocks if isinstance(block, Signatures)]
    assert [person.name for person in people[0].people] == ["นายพ่อ ตัวอย่าง", made.by, ""]


def test_a_company_is_signed_for(room: Room, desk: Desk, made: Made) -> None:
    facts = replace(PERSON, party=Party.COMPANY, name="บริษัท สมมติ จำกัด", authorised_person="นางสาวมาลี ตัวอย่าง")
    form = papers.filled_form(desk.entry(desk.draft(desk.owner(facts), room.camera())), made)
    assert "นางสาวมาลี ตัวอย่าง" in words(form)


@pytest.mark.usefixtures("_thai")
def test_the_receipt_is_checked_against_the_station(room: Room, desk: Desk, made: Made) -> None:
    entry = waiting(room, desk)
    desk.sign(entry.id, signature=None, form=None, scan=SCAN, signed_on=room.clock.now())
    signed = desk.entry(entry.id)
    fingerprint = room.station.journal.fingerprint()
    report = papers.receipt(signed, fingerprint, made, "SKA")
    (code,) = [block for block in report.blocks if isinstance(block, QrCode)]
    assert read_code(code.text) == PaperCode(CodeKind.RECEIPT, "SKA", signed.row.number, fingerprint)
    text = words(report)
    assert "ใบรับความยินยอม" in text
    assert fingerprint[:8] in text
    assert fingerprint[-8:] in text
    assert report.figures(f"เลขที่ {signed.row.number}") == "เลขที่ ๐๐๐๑/๒๕๖๙"
    digest = next(
        paper.sha256 for paper in room.station.consents.papers(room.registrar, entry.id) if paper.name == "scan"
    )
    assert digest[:8] in text


@pytest.mark.usefixtures("_thai")
def test_sticker_and_confirmation(room: Room, desk: Desk, made: Made) -> None:
    entry = waiting(room, desk)
    desk.sign(entry.id)
    signed = desk.entry(entry.id)
    sticker = papers.stickers(signed, made, "SKA")
    assert plain(sticker.title) == "บริเวณนี้มีการบันทึกภาพด้วยกล้องวงจรปิดเพื่อความปลอดภัย"
    assert "ภาพบางส่วนเชื่อมโยงไปยังศูนย์ CCOC สภ.ตัวอย่าง" in words(sticker)
    camera = signed.cameras[0]
    paused = words(stop_paper(desk.run(PauseConsent(consent_id=entry.id, way=WithdrawalWay.VISIT)), made))
    assert "หนังสือยืนยันการพักการเชื่อมโยงสัญญาณภาพ" in paused
    assert f"พักการเชื่อมโยงกล้อง {camera.code} {camera.name} แล้ว ตั้งแต่ 10.01 น." in paused
    done = desk.withdraw(entry.id)
    text = words(stop_paper(done, made))
    for told in (paused, text):
        for part in (
            PERSON.name,
            signed.row.number,
            made.by,
            "22 พฤศจิกายน 2569",
            "10.01 น.",
            "ภาพบนเครื่องที่บันทึกรายการนี้มืดทันที",
        ):
            assert part in told, part
    assert "ชื่อผู้ใช้ และรหัสผ่านของกล้อง" in text
    assert f"ระบบยุติการเชื่อมโยงกล้อง {camera.code} {camera.name} แล้ว เมื่อ 10.01 น. และลบรหัสเข้าถึงแล้ว" in text
    assert "ท่านกลับมาเชื่อมโยงได้ทุกเมื่อ การถอนไม่กระทบสิทธิในการรับบริการของตำรวจ" in text
    assert "ทางโทรศัพท์" in text
    later = words(stop_paper(replace(done, at=done.at + timedelta(days=1)), made))
    assert f"{camera.code} {camera.name} แล้ว เมื่อ 22 พ.ย. 2569 10.01 น." in later, "confirmed again on another day"
    again = words(confirmation_again(desk.entry(entry.id), made))
    assert PERSON.name in again
    twice = words(stop_paper(desk.withdraw(entry.id), made))
    assert "ที่อยู่ ชื่อผู้ใช้ และรหัสผ่านทั้งหมดที่เก็บไว้" in twice, "how many there were nobody counts any more"
    assert f"ระบบยุติการเชื่อมโยงกล้อง {camera.code} {camera.name} แล้ว เมื่อ 22 พ.ย. 2569 10.01 น." in again


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.invalid",
        "CCOC1;receipt;SKA;0001/2569",
        "CCOC2;receipt;SKA;1;x",
        "CCOC1;receipt;;1;x",
        "x" * 5000,
    ],
)
def test_a_code_that_is_not_ours_is_said_to_be_so(text: str) -> None:
    with pytest.raises(Invalid) as wrong:
        read_code(text)
    assert wrong.value.fields == {"code": "code.not_ours"}


# What machines read


def check(record: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(record)


def test_the_machine_readable_receipt_is_valid_in_every_state(room: Room, desk: Desk) -> None:
    station = ReceiptStation("SKA", "สภ.ตัวอย่าง", KEY)
    entry = waiting(room, desk)
    check(receipt_record(entry, station))
    desk.sign(entry.id, agreed_data=True, data_signature=png())
    signed = receipt_record(desk.entry(entry.id), station)
    check(signed)
    assert [purpose["purpose"] for purpose in signed["pii_processing"]["purposes"]] == ["link-cameras", "contact-owner"]
    assert signed["events"][-1]["event_state"] == "consent given"
    assert signed["events"][-1]["evidence"]["paper_sha256"]
    desk.withdraw(entry.id)
    ended = desk.entry(entry.id)
    check(receipt_record(ended, station))
    assert json.loads(receipt_json(ended, station)) == receipt_record(ended, station)
    assert receipt_record(ended, station)["events"][-1]["event_state"] == "consent withdrawn"


def test_the_receipt_says_how_long_the_station_keeps_the_papers(room: Room, desk: Desk, made: Made) -> None:
    """The term that was in force at the signature, whatever is chosen afterwards."""
    station = ReceiptStation("SKA", "สภ.ตัวอย่าง", KEY)

    def term(entry: ConsentEntry) -> str:
        record = receipt_record(entry, station)
        check(record)
        return str(record["pii_processing"]["purposes"][1]["retention_period"])

    def choose(days: int, version: int) -> None:
        room.run(ChangeRetention(kept=Kept.CONSENT_PAPERS, version=version, days=days, reason="ตามระเบียบ"), room.chief)

    first, second = waiting(room, desk), waiting(room, desk)
    desk.sign(first.id, agreed_data=True, data_signature=png())
    assert term(desk.entry(first.id)) == "P1826D", "what the program delivers"
    choose(730, 0)
    assert term(desk.entry(first.id)) == "P1826D"
    desk.sign(second.id, agreed_data=True, data_signature=png())
    choose(3650, 1)
    assert term(desk.entry(second.id)) == "P730D"
    receipt = papers.receipt(desk.entry(second.id), KEY, made, "SKA")
    assert "730 days" in words(receipt)


def test_without_b_the_owners_contacts_are_not_in_it(room: Room, desk: Desk) -> None:
    entry = waiting(room, desk)
    desk.sign(entry.id)
    record = receipt_record(desk.entry(entry.id), ReceiptStation("SKA", "สภ.ตัวอย่าง", KEY))
    check(record)
    assert PERSON.phone not in json.dumps(record, ensure_ascii=False)
    assert PERSON.address not in json.dumps(record, ensure_ascii=False)


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("header", "schema_version"),
        ("header", "record_id"),
        ("header", "pii_principal_id"),
        ("pii_processing", "privacy_notice"),
        ("pii_processing", "language"),
        ("pii_processing", "purposes"),
    ],
)
def test_the_schema_misses_what_is_missing(room: Room, desk: Desk, part: str, name: str) -> None:
    record = receipt_record(waiting(room, desk), ReceiptStation("SKA", "สภ.ตัวอย่าง", KEY))
    del record[part][name]
    with pytest.raises(jsonschema.ValidationError):
        check(record)


def test_the_schema_demands_the_mandatory_fields_of_processing(room: Room, desk: Desk) -> None:
    """Domain 5.3: purpose, data, controllers, storage, retention, jurisdiction, third parties, withdrawal."""
    mandatory = {
        "purpose",
        "pii_information",
        "pii_controllers",
        "storage_locations",
        "retention_period",
        "jurisdiction",
        "recipient_third_parties",
        "withdrawal_method",
    }
    for name in sorted(mandatory):
        record = receipt_record(waiting(room, desk), ReceiptStation("SKA", "สภ.ตัวอย่าง", KEY))
        del record["pii_processing"]["purposes"][0][name]
        with pytest.raises(jsonschema.ValidationError):
            check(record)
    assert Path(RESOURCES / "schemas").is_dir()
