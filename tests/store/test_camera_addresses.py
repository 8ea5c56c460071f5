"""Sealed addresses, main and sub, the fingerprints that outlive them, and connection tests, on both databases."""

from __future__ import annotations

import pytest

from console.db import camera_addresses, cameras, connection_tests, journal
from console.db.camera_addresses import FingerprintUse
from console.db.cameras import AddressKind, CameraFacts, SealedAddress
from console.db.store import Store
from console.kernel import Conflict, Fault, OwnerType, Role, StreamFacts
from tests.store.history import Export
from tests.store.world import HandClock, Officer, enrol, write

MAIN, SUB = AddressKind.MAIN, AddressKind.SUB
FACTS = StreamFacts("h264", 640, 360, 15.0, "tcp")


@pytest.fixture
def officer(store: Store) -> Officer:
    return enrol(store, role=Role.SUPERINTENDENT)


@pytest.fixture
def camera(store: Store, officer: Officer) -> cameras.CameraRow:
    facts = CameraFacts("A-01", "หน้าร้านทอง", "ถ.นครใน", OwnerType.BANK_OR_GOLD)
    return write(store, lambda tx: cameras.register_camera(tx, facts), officer.session)


def put(store: Store, camera_id: str, kind: AddressKind, mark: str | None) -> cameras.CameraRow:
    made = None if mark is None else SealedAddress(b"\x01sealed-" + mark.encode(), mark)
    version = store.read(lambda tx: cameras.get_camera(tx, camera_id)).version
    return write(store, lambda tx: camera_addresses.set_address(tx, camera_id, version, kind, made))


def uses(store: Store, mark: str) -> list[FingerprintUse]:
    return store.read(lambda tx: camera_addresses.fingerprint_uses(tx, mark))


def to_dial(store: Store, camera_id: str, wanted: AddressKind) -> tuple[AddressKind, bytes] | None:
    return store.read(lambda tx: camera_addresses.sealed_address(tx, camera_id, wanted))


def newest(store: Store) -> journal.JournalRow:
    return store.read(lambda tx: journal.read_rows(tx, {}, 1000))[-1]


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        (MAIN, ["fingerprint", "sealed_address", "way"]),
        (SUB, ["sealed_sub_address", "sub_fingerprint", "sub_way"]),
    ],
)
def test_an_address_enters_sealed_and_leaves_a_fingerprint_behind(
    store: Store, camera: cameras.CameraRow, officer: Officer, kind: AddressKind, columns: list[str]
) -> None:
    assert to_dial(store, camera.id, kind) is None
    row = put(store, camera.id, kind, "f1")
    assert (row.has_address, row.has_sub_address) == (kind is MAIN, kind is SUB)
    assert to_dial(store, camera.id, kind) == (kind, b"\x01sealed-f1")
    told = newest(store).data
    assert (told["fields"], sorted(told["hidden"])) == ({}, columns)  # type: ignore[arg-type, type-var]
    assert uses(store, "f1") == [FingerprintUse(camera.id, withdrawn=False)]
    put(store, camera.id, kind, "f2")
    assert uses(store, "f1") == []
    row = write(store, lambda tx: camera_addresses.destroy_addresses(tx, camera.id), officer.session)
    assert not row.has_address
    assert not row.has_sub_address
    for mark in ("f1", "f2"):
        assert uses(store, mark) == [FingerprintUse(camera.id, withdrawn=True)]
    assert newest(store).event_class == "camera.address_destroyed"
    write(store, lambda tx: camera_addresses.destroy_addresses(tx, camera.id), officer.session)
    assert len(uses(store, "f2")) == 1
    assert not any(b"sealed-" in raw.body or b'"f2"' in raw.body for raw in Export.of(store).rows)


def test_the_sub_address_is_for_tiles_and_the_main_one_steps_in(store: Store, camera: cameras.CameraRow) -> None:
    put(store, camera.id, MAIN, "m")
    assert to_dial(store, camera.id, SUB) == (MAIN, b"\x01sealed-m")
    put(store, camera.id, SUB, "s")
    assert to_dial(store, camera.id, SUB) == (SUB, b"\x01sealed-s")
    assert to_dial(store, camera.id, MAIN) == (MAIN, b"\x01sealed-m")
    put(store, camera.id, SUB, None)
    assert to_dial(store, camera.id, SUB) == (MAIN, b"\x01sealed-m")
    assert uses(store, "s") == [], "an address that was taken out, not withdrawn, may be used again"


def test_two_streams_of_one_fingerprint_are_one_camera(store: Store, camera: cameras.CameraRow) -> None:
    """Of some makes the path tells the stream, and the fingerprint does not tell them apart."""
    put(store, camera.id, MAIN, "one")
    put(store, camera.id, SUB, "one")
    put(store, camera.id, MAIN, "other")
    assert uses(store, "one") == [FingerprintUse(camera.id, withdrawn=False)]
    write(store, lambda tx: camera_addresses.destroy_addresses(tx, camera.id))
    assert uses(store, "one") == [FingerprintUse(camera.id, withdrawn=True)]
    assert store.read(lambda tx: camera_addresses.withdrawn_fingerprints(tx, camera.id)) == {"one", "other"}


def test_an_archived_camera_is_out_of_the_lists_and_has_no_address(store: Store, camera: cameras.CameraRow) -> None:
    put(store, camera.id, MAIN, "f1")
    put(store, camera.id, SUB, "f2")
    row = write(store, lambda tx: camera_addresses.archive_camera(tx, camera.id, 3))
    assert (row.archived, row.has_address, row.has_sub_address) == (True, False, False)
    assert store.read(cameras.list_cameras) == []
    assert store.read(cameras.archived_cameras) == [row]
    assert uses(store, "f1") == uses(store, "f2") == []
    bare = write(store, lambda tx: cameras.register_camera(tx, cameras.facts_of(row, code="A-02")))
    assert write(store, lambda tx: camera_addresses.archive_camera(tx, bare.id, 1)).archived
    with pytest.raises(Conflict):
        write(store, lambda tx: camera_addresses.archive_camera(tx, bare.id, 1))


def test_a_camera_may_come_with_its_addresses(store: Store) -> None:
    made = {MAIN: SealedAddress(b"main", "m"), SUB: SealedAddress(b"sub", "s")}
    facts = CameraFacts("A-03", "วัด", "", OwnerType.TEMPLE)
    row = write(store, lambda tx: cameras.register_camera(tx, facts, "0190-chosen", made))
    assert (row.id, row.version, row.has_address, row.has_sub_address) == ("0190-chosen", 1, True, True)
    assert to_dial(store, row.id, SUB) == (SUB, b"sub")
    assert "b'main'" not in repr(made)


def test_what_a_connection_test_found(store: Store, camera: cameras.CameraRow, clock: HandClock) -> None:
    def note(facts: StreamFacts, fault: Fault) -> None:
        write(store, lambda tx: connection_tests.note_test(tx, camera.id, facts, fault))

    assert store.read(connection_tests.connection_tests) == {}
    note(StreamFacts(), Fault.UNAUTHORISED)
    row = store.read(connection_tests.connection_tests)[camera.id]
    assert (row.tested_at, row.tried_at, row.fault) == (None, clock.now(), Fault.UNAUTHORISED)
    clock.move(60)
    tested = clock.now()
    note(FACTS, Fault.NONE)
    clock.move(60)
    note(StreamFacts(), Fault.NO_ANSWER)
    row = store.read(connection_tests.connection_tests)[camera.id]
    assert (row.tested_at, row.tried_at, row.fault, row.facts) == (tested, clock.now(), Fault.NO_ANSWER, FACTS)
    assert newest(store).camera_id == camera.id
    assert store.read(lambda tx: cameras.get_camera(tx, camera.id)).version == camera.version, "nobody's form is stale"
    put(store, camera.id, SUB, "s")
    assert store.read(connection_tests.connection_tests) == {}, "another address is an untested one"
