"""The heads that a receipt bears: the owner holds them from the signature on, and the first statement extends them."""

from __future__ import annotations

import json
from datetime import timedelta

import jsonschema
import pytest

from console.db.camera_heads import heads_of
from console.db.vault import MemoryKeyring, Vault
from console.i18n import RESOURCES, plain
from console.kernel import ConsentState, EndReason, Purpose, TileState
from console.services import consent_papers as papers
from console.services.consent_receipt import ReceiptStation, receipt_record
from console.services.papers import Code, Made, QrCode
from console.services.statements import IssueStatement
from resources.verify import verify_statement as reader
from tests.consent_desk import Desk
from tests.gate.room import Room

SCHEMA = json.loads((RESOURCES / "schemas" / "consent-receipt-27560.schema.json").read_text("utf-8"))


@pytest.fixture
def desk(room: Room) -> Desk:
    return Desk(room.station, room.registrar)


def statement(room: Room, camera_id: str, since_days: int) -> bytes:
    room.feeds.keep()
    now = room.clock.now()
    asked = IssueStatement(camera_id=camera_id, since=now - timedelta(days=since_days), until=now + timedelta(days=1))
    return room.station.statements.given(room.chief, camera_id, room.run(asked, room.chief)).file


def look(room: Room, camera_id: str) -> None:
    live = room.look(camera_id, Purpose.RISK_SPOT)
    room.stream(live).tell(TileState.LIVE)
    room.clock.advance(30)
    live.end(EndReason.CLOSED)


def held_codes(room: Room, desk: Desk, consent: str) -> list[str]:
    """Return what stands on the receipt of it, as it is scanned and as it is typed, camera by camera."""
    proof = room.station.consents.proof(room.registrar, consent)
    made = Made("สภ.ตัวอย่าง", "ร.ต.อ.สมมติ ตัวอย่าง", room.clock.now())
    report = papers.receipt(desk.entry(consent), proof.fingerprint, made, "SKA", proof.heads)
    scanned = [block.text for block in report.blocks if isinstance(block, QrCode)][1:]
    typed = [
        str(block.text) for block in report.blocks if isinstance(block, Code) and "confirmation" in plain(block.label)
    ]
    return [code for pair in zip(scanned, typed, strict=True) for code in pair]


def test_the_first_statement_extends_what_the_receipt_bears(room: Room, desk: Desk) -> None:
    front, back = room.camera(), room.camera()
    consent = desk.signed(front, back)
    codes = held_codes(room, desk, consent)
    assert [code.partition(":")[0] for code in codes] == ["1"] * 4
    assert len(set(codes)) == 4, "each camera has a head of its own"
    look(room, front)
    fingerprint = room.station.journal.fingerprint()
    # Of the time since, and of the whole day: it begins at the receipt's head, or holds it.
    for days, begins, kinds in ((0, 1, {"statement"}), (1, 0, {"consent", "right", "view"})):
        file = statement(room, front, days)
        for held in codes[:2]:
            found = reader.verify(file, fingerprint, held)
            assert (found["holds"], found["from"]) == (True, begins)
            assert kinds <= {line["kind"] for line in found["lines"]}
        for other in codes[2:]:
            with pytest.raises(reader.Fault) as fault:
                reader.verify(file, fingerprint, other)
            assert (fault.value.verdict, fault.value.code) == (1, "holds_differs")
    assert room.station.journal.verify(room.chief).sound


def test_the_head_stands_behind_the_signature_itself(room: Room, desk: Desk) -> None:
    camera = room.camera()
    consent = desk.signed(camera)
    (head,) = room.station.consents.proof(room.registrar, consent).heads
    rows = [row for row in room.rows("consent.signed") if row.camera_id == camera]
    (end,) = head.writers.values()
    assert end.seq > 0
    assert end.hash not in {row.hash for row in rows}, "the right to look stands behind the signature, and before it"
    room.clock.advance(1)
    desk.withdraw(consent)
    again = desk.signed(camera, owner_id=desk.entry(consent).owner.id)
    (second,) = room.station.consents.proof(room.registrar, again).heads
    assert (head.number, second.number) == (1, 2)
    assert room.station.consents.proof(room.registrar, consent).heads == (head,), "the former receipt stays what it was"


def test_the_receipt_for_machines_names_them(room: Room, desk: Desk) -> None:
    consent = desk.signed(room.camera(), room.camera())
    proof, station = room.station.consents.proof(room.registrar, consent), ReceiptStation("SKA", "สภ.ตัวอย่าง", "ab" * 32)
    record = receipt_record(desk.entry(consent), station, proof.heads)
    jsonschema.Draft202012Validator(SCHEMA).validate(record)
    named = [camera["first_head"] for camera in record["pii_processing"]["purposes"][0]["cameras"]]
    assert named == [f"1:{head.hash}" for head in proof.heads]


def test_without_the_key_the_owners_word_holds_and_the_receipt_says_nothing(room: Room, desk: Desk) -> None:
    camera = room.camera()
    consent = desk.draft(desk.owner(), camera)
    desk.present(consent)
    assert room.station.consents.proof(room.registrar, consent).heads == (), "nobody has signed"
    room.station.consents._keys = Vault(MemoryKeyring())
    desk.sign(consent)
    assert desk.entry(consent).state is ConsentState.IN_FORCE
    assert room.store.read(lambda tx: heads_of(tx, camera)) == []
    assert held_codes(room, desk, consent) == []
