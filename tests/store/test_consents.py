"""Notices and consents as they are stored: whole, numbered, and never changed once they are signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from hashlib import sha256

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from console.db import authorities, cameras, consents, notices, owners, schema
from console.db.consents import CameraTerms, ConsentRow, ConsentTerms, NewEvent, Signing
from console.db.store import Store, Tx
from console.kernel import (
    AccessLevel,
    Aim,
    AuthorityKind,
    Conflict,
    ConsentEventKind,
    OwnerType,
    Party,
    Purpose,
    WithdrawalWay,
)
from tests.store.world import START, Officer, enrol, write

TEXT = "ประกาศฉบับทดสอบ"


def drafted(store: Store, officer: Officer) -> ConsentRow:
    def work(tx: Tx) -> ConsentRow:
        owner = owners.add_owner(tx, owners.OwnerFacts(Party.PERSON, OwnerType.SHOP, "นางสมหญิง ตัวอย่าง"))
        camera = cameras.register_camera(tx, cameras.CameraFacts("A-01", "หน้าร้าน", "ถ.นครใน", OwnerType.SHOP))
        notice = notices.publish_notice(tx, TEXT, {Purpose.RISK_SPOT, Purpose.INCIDENT})
        return consents.add_consent(tx, terms(owner.id, camera.id, notice.id))

    return write(store, work, officer.session)


def terms(owner_id: str, camera_id: str, notice_id: str) -> ConsentTerms:
    return ConsentTerms(
        owner_id=owner_id,
        notice_id=notice_id,
        cameras=(CameraTerms(camera_id, "ถ.นครใน", Aim.FRONT, "ประตูร้าน"),),
        level=AccessLevel.HOURS,
        valid_from=START,
        expires_at=START + timedelta(days=365),
        purposes=frozenset({Purpose.RISK_SPOT}),
        hours=((1080, 360),),
        recording_days=7,
        recipients="พนักงานสอบสวน",
    )


def signed(store: Store, officer: Officer) -> ConsentRow:
    row = drafted(store, officer)

    def work(tx: Tx) -> ConsentRow:
        consents.sign(tx, row.id, Signing("นางสมหญิง ตัวอย่าง", "", "นายพยาน ตัวอย่าง", tx.now, agreed_data=True))
        happened = NewEvent(ConsentEventKind.SIGNED, way=WithdrawalWay.PAPER, data={"paper_sha256": "ab"})
        consents.add_event(tx, row.id, happened)
        return consents.get_consent(tx, row.id)

    return write(store, work, officer.session)


def test_a_consent_is_read_as_it_was_written(store: Store) -> None:
    officer = enrol(store)
    row = drafted(store, officer)
    assert row.number == "0001/2569"
    assert row == store.read(lambda tx: consents.get_consent(tx, row.id))
    assert [row] == store.read(consents.list_consents)
    (camera_id,) = row.camera_ids
    assert row.terms == terms(row.terms.owner_id, camera_id, row.terms.notice_id)
    other = replace(row.terms, level=AccessLevel.ALWAYS, hours=(), cameras=())
    changed = write(store, lambda tx: consents.change_consent(tx, row.id, other), officer.session)
    assert (changed.terms, changed.camera_ids) == (other, ())
    assert changed.version > row.version
    assert store.read(lambda tx: consents.consents_of_camera(tx, camera_id)) == []


def test_events_and_papers_are_kept(store: Store) -> None:
    officer = enrol(store)
    row = signed(store, officer)
    (event,) = row.events
    assert (event.event, event.way, event.data["paper_sha256"], event.actor_id) == (
        ConsentEventKind.SIGNED,
        WithdrawalWay.PAPER,
        "ab",
        officer.id,
    )
    paper = write(store, lambda tx: consents.add_paper(tx, row.id, 1, "scan", ("image/png", b"png")), officer.session)
    assert paper.sha256 == sha256(b"png").hexdigest()
    assert store.read(lambda tx: consents.papers_of(tx, row.id)) == [paper]
    assert store.read(lambda tx: consents.read_paper(tx, row.id, 1, "scan")) == b"png"
    assert store.read(lambda tx: consents.paper_used_by(tx, paper.sha256)) == row.number
    write(store, lambda tx: consents.forget_papers(tx, row.id), officer.session)
    assert store.read(lambda tx: consents.read_paper(tx, row.id, 1, "scan")) is None
    assert store.read(lambda tx: consents.get_consent(tx, row.id)).events == (event,)


def test_an_authority_names_its_consent(store: Store) -> None:
    officer = enrol(store)
    row = signed(store, officer)
    terms_of = authorities.AuthorityTerms(
        AuthorityKind.OWNER, AccessLevel.ALWAYS, frozenset(), START, consent_id=row.id
    )
    made = write(store, lambda tx: authorities.record_authority(tx, row.camera_ids[0], terms_of), officer.session)
    assert made.consent_id == row.id


def test_versions_of_the_notice_follow_one_another(store: Store) -> None:
    officer = enrol(store)
    assert store.read(notices.current_notice) is None
    first = write(store, lambda tx: notices.publish_notice(tx, TEXT, {Purpose.TRAFFIC}), officer.session)
    second = write(store, lambda tx: notices.publish_notice(tx, TEXT + "๒", set()), officer.session)
    assert (first.number, second.number, first.sha256) == (1, 2, sha256(TEXT.encode()).hexdigest())
    assert store.read(notices.current_notice) == second
    assert store.read(lambda tx: notices.get_notice(tx, first.id)) == first
    assert store.read(notices.notices) == [first, second]


FORBIDDEN = [
    "UPDATE notice SET text = 'x'",
    "DELETE FROM notice",
    "UPDATE consent SET level = 3",
    "UPDATE consent SET signed_at = NULL",
    "UPDATE consent SET expires_at = NULL",
    "DELETE FROM consent",
    "UPDATE consent_camera SET place = 'x'",
    "DELETE FROM consent_camera",
    "INSERT INTO consent_camera SELECT consent_id, 'other', station_id, 2, place, aim, sight FROM consent_camera",
    "UPDATE consent_event SET event = 'withdrawn'",
    "DELETE FROM consent_event",
    "INSERT INTO consent_event SELECT consent_id, 9, station_id, event, NULL, at, NULL, way, data FROM consent_event",
]


def test_nothing_changes_a_signed_consent(store: Store) -> None:
    row = signed(store, enrol(store))

    def attempt(statement: str, tx: Tx) -> None:
        tx.session.connection().execute(text(statement))

    for statement in FORBIDDEN:
        with pytest.raises((DBAPIError, Conflict), match=r"append-only|never changed|no gaps"):
            write(store, partial(attempt, statement))
    assert store.read(lambda tx: consents.get_consent(tx, row.id)) == row
    assert store.read(lambda tx: schema.missing_guards(tx.session.connection())) == []


def test_names_can_be_erased_though_the_terms_stand(store: Store) -> None:
    row = signed(store, enrol(store))
    write(store, lambda tx: tx.session.connection().execute(text("UPDATE consent SET signer = '', witness = ''")))
    found = store.read(lambda tx: consents.get_consent(tx, row.id))
    assert (found.signer, found.witness, found.terms) == ("", "", row.terms)
