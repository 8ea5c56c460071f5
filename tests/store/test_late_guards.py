"""What the database itself refuses since tables got guards that are younger than they: on both databases."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from console.db import authorities, breaches, camera_addresses, cameras, consents, erasure, migrate, schema
from console.db.authorities import AuthorityTerms
from console.db.breaches import BreachFacts
from console.db.cameras import AddressKind, CameraFacts, SealedAddress
from console.db.erasure import ErasureFacts
from console.db.places import StorePlace, Writer
from console.db.store import Store, Tx
from console.kernel import (
    AccessLevel,
    AuthorityKind,
    Conflict,
    ErasureGround,
    OwnerType,
    Purpose,
    new_id,
)
from console.protection import BreachKind, BreachStep
from tests.signing import permitted, signed_consent
from tests.store.test_migrate import CAMERA, PERSON, at_revision, put
from tests.store.world import START, HandClock, enrol, write

TERMS = AuthorityTerms(AuthorityKind.OWNER, AccessLevel.ALWAYS, frozenset({Purpose.TRAFFIC}), START)
REFUSED = (DBAPIError, Conflict)


def attempt(tx: Tx, statement: str, **values: object) -> None:
    tx.session.connection().execute(text(statement), values)


def test_a_step_of_a_breach_is_added_and_never_changed(store: Store) -> None:
    officer = enrol(store)
    facts = BreachFacts("แฟ้มหาย", START, frozenset({BreachKind.CONFIDENTIALITY}))

    def work(tx: Tx) -> None:
        breach = breaches.BREACHES.add(tx, facts)
        for words in ("โทรแจ้งแล้ว", ""):
            breaches.add_step(tx, breach.id, next(iter(BreachStep)), tx.now, words)

    write(store, work, officer.session)
    before = store.read(breaches.steps_of_breaches)
    forbidden = [
        "UPDATE breach_event SET words = 'x'",
        "UPDATE breach_event SET step = 'x', words = ''",
        "UPDATE breach_event SET version = 9 WHERE words = ''",
        "UPDATE breach_event SET at = '2020-01-01T00:00:00.000000Z', words = '' WHERE words <> ''",
        "DELETE FROM breach_event",
        "DELETE FROM breach_event WHERE words = ''",
    ]
    if store.place.sqlite_path is None:
        forbidden.append("TRUNCATE breach_event")
    else:
        forbidden.append("INSERT OR REPLACE INTO breach_event SELECT * FROM breach_event")
    for statement in forbidden:
        with pytest.raises(REFUSED, match="append-only"):
            write(store, partial(attempt, statement=statement))
    assert store.read(breaches.steps_of_breaches) == before
    told = next(row for row in before if row.words)
    order = ErasureFacts(new_id(), ErasureGround.OBJECTION)
    write(store, lambda tx: erasure.erase(tx, [("breach_event", told.id)], order), officer.session)
    assert {row.id: row.words for row in store.read(breaches.steps_of_breaches)} == {row.id: "" for row in before}


def test_an_owners_permission_needs_a_signed_consent_for_this_very_camera(store: Store) -> None:
    officer = enrol(store)

    def prepare(tx: Tx) -> tuple[str, str, str]:
        one, two = (
            cameras.register_camera(tx, CameraFacts(code, "หน้าร้าน", "", OwnerType.SHOP)).id for code in ("A1", "A2")
        )
        right = permitted(tx, one, TERMS)
        terms = consents.get_consent(tx, str(right.consent_id)).terms
        draft = consents.add_consent(tx, replace(terms, cameras=(replace(terms.cameras[0], camera_id=two),)))
        for camera in (one, two):
            authorities.record_authority(
                tx, camera, AuthorityTerms(AuthorityKind.OWN, AccessLevel.ALWAYS, frozenset(), START)
            )
        return two, str(right.consent_id), draft.id

    camera, of_another, unsigned = write(store, prepare, officer.session)
    columns = authorities.Authority.__table__.columns.keys()
    asked = {
        "id": "CAST(:id AS VARCHAR(36))",
        "current": "(1 = 0)",
        "camera_id": "CAST(:camera AS VARCHAR(36))",
        "authority_kind": "'owner'",
        "consent_id": "CAST(:consent AS VARCHAR(36))",
    }
    picked = ", ".join(asked.get(name, name) for name in columns)
    insert = (
        f"INSERT INTO authority ({', '.join(columns)}) SELECT {picked} FROM authority"  # noqa: S608 - our own names
        " WHERE camera_id = CAST(:camera AS VARCHAR(36))"
    )
    for consent in (None, of_another, unsigned):
        with pytest.raises(REFUSED, match="signed consent"):
            write(store, partial(attempt, statement=insert, id="new", camera=camera, consent=consent))
    for change in (
        "authority_kind = 'owner'",
        "consent_id = NULL",
        "camera_id = (SELECT id FROM camera WHERE id <> camera_id)",
    ):
        with pytest.raises(REFUSED, match="signed consent"):
            write(store, partial(attempt, statement=f"UPDATE authority SET {change}"))  # noqa: S608 - the same
    signed = write(store, lambda tx: signed_consent(tx, camera, TERMS), officer.session)
    write(store, partial(attempt, statement=insert, id="new", camera=camera, consent=signed.id))


def test_a_camera_is_led_elsewhere_only_while_its_owners_permission_rests(store: Store) -> None:
    officer = enrol(store)

    def prepare(tx: Tx) -> str:
        camera = cameras.register_camera(tx, CameraFacts("A1", "หน้าร้าน", "", OwnerType.SHOP))
        known = {AddressKind.MAIN: SealedAddress(b"\x01a", "a"), AddressKind.SUB: SealedAddress(b"\x01b", "b")}
        camera_addresses.set_addresses(tx, camera.id, camera.version, known)
        return permitted(tx, camera.id, TERMS).id

    right = write(store, prepare, officer.session)
    for change in ("way = 'x'", "sub_way = 'x'", "way = NULL, sub_way = NULL"):
        with pytest.raises(REFUSED, match="permission of the owner rest"):
            write(store, partial(attempt, statement=f"UPDATE camera SET {change}"))  # noqa: S608 - our own names
    write(store, partial(attempt, statement="UPDATE camera SET way = 'b', sub_way = 'a'"))
    write(store, lambda tx: authorities.set_readdressed(tx, right, ["p1", "p2"]), officer.session)
    write(store, partial(attempt, statement="UPDATE camera SET way = 'x'"))
    for change in ("''", "'', reconfirmed_by = 'p1'", "'', reconfirmed_by = 'p2'", "'p2'"):
        with pytest.raises(REFUSED, match="word of the owner"):
            write(store, partial(attempt, statement=f"UPDATE authority SET readdressed_by = {change}"))  # noqa: S608 - the same
    write(store, partial(attempt, statement="UPDATE authority SET readdressed_by = 'p1 p2 p3'"))
    write(store, partial(attempt, statement="UPDATE authority SET readdressed_by = '', reconfirmed_by = 'p4'"))
    with pytest.raises(REFUSED, match="permission of the owner rest"):
        write(store, partial(attempt, statement="UPDATE camera SET way = 'y'"))
    write(store, lambda tx: authorities.withdraw(tx, right), officer.session)
    write(store, partial(attempt, statement="UPDATE camera SET way = NULL, sub_way = NULL"))


def test_permissions_from_before_consents_stand_after_the_upgrade(
    place: StorePlace, clock: HandClock, writer: Writer
) -> None:
    at_revision(place, "0012")
    store = Store(place, clock, writer, None)
    assert store.read(lambda tx: schema.missing_guards(tx.session.connection())) == []
    of_station = {"station_id": writer.station_id}
    row = {
        "id": "a1",
        "version": 1,
        "camera_id": "c1",
        "current": True,
        "authority_kind": "owner",
        "level": 3,
        "purposes": '["traffic"]',
        "hours": "[]",
        "radius_m": 0,
        "valid_from": "2026-11-22T01:02:03.000000Z",
        "permission_snapshot": False,
        "permission_clip": False,
        "permission_export": False,
        "permission_demonstration": False,
        "reference": "7/2569",
        "recorded_at": "2026-11-22T01:02:03.000000Z",
        "countersign_needed": False,
        "paused": False,
    }
    write(store, lambda tx: put(tx, "person", PERSON | of_station))
    write(store, lambda tx: put(tx, "camera", CAMERA | of_station))
    write(store, lambda tx: put(tx, "authority", row | of_station))
    store.close()
    migrate.upgrade(place, clock, backed_up=True)
    store = Store.open(place, clock=clock, writer=writer)
    try:
        (found,) = store.read(lambda tx: authorities.authorities_of(tx, "c1"))
        assert (found.kind, found.consent_id, found.reference) == (AuthorityKind.OWNER, None, "7/2569")
        paused = write(store, lambda tx: authorities.set_paused(tx, "a1", 1, paused=True))
        assert write(store, lambda tx: authorities.withdraw(tx, "a1", paused.version)).withdrawn_at == clock.now()
        assert store.read(lambda tx: schema.missing_guards(tx.session.connection())) == []
    finally:
        store.close()
