"""The register of owners: numbers, what is personal, whose a camera is, on both databases."""

from __future__ import annotations

import dataclasses
import re

import pytest

from console.db import cameras, journal, owners
from console.db.cameras import CameraFacts
from console.db.owners import OwnerFacts
from console.db.store import Store
from console.kernel import Conflict, ConsoleError, OwnerType, Party, Zone
from tests.store.history import Export
from tests.store.world import enrol, write

SHOP = OwnerFacts(
    party=Party.COMPANY,
    owner_type=OwnerType.SHOP,
    name="บริษัท ขนมสมมติ จำกัด",
    authorised_person="นางสาวมาลี สมมติ",
    authorised_position="กรรมการผู้จัดการ",
    address="1 ถ.นครใน",
    community="นครใน",
    zone=Zone.INSIDE,
    phone="000-000-0001",
    line_id="@sommut",
    email="shop@example.invalid",
    note="พบได้ช่วงบ่าย",
)
YOUNG = OwnerFacts(Party.PERSON, OwnerType.HOME, "เด็กชายสมมติ", birth_year=2010, guardian="นายพ่อ สมมติ")
TELLING = {
    "name",
    "authorised_person",
    "authorised_position",
    "address",
    "phone",
    "line_id",
    "email",
    "birth_year",
    "guardian",
    "note",
}


def registered(store: Store) -> list[owners.OwnerRow]:
    return write(store, lambda tx: [owners.add_owner(tx, facts) for facts in (SHOP, YOUNG)])


def test_owners_are_numbered_kept_changed_and_archived(store: Store) -> None:
    enrol(store)
    first, second = registered(store)
    assert (first.number, second.number, first.facts, second.facts) == (1, 2, SHOP, YOUNG)
    assert (first.name, first.party, first.owner_type) == (SHOP.name, Party.COMPANY, OwnerType.SHOP)
    assert store.read(owners.list_owners) == [first, second]
    moved = dataclasses.replace(SHOP, address="2 ถ.นครนอก")
    changed = write(store, lambda tx: owners.change_owner(tx, first.id, 1, moved))
    assert (changed.facts, changed.version) == (moved, 2)
    with pytest.raises(Conflict):
        write(store, lambda tx: owners.change_owner(tx, first.id, 1, SHOP))
    gone = write(store, lambda tx: owners.set_owner_archived(tx, second.id, 1, archived=True))
    assert store.read(owners.archived_owners) == [gone]
    assert store.read(owners.list_owners) == [changed]
    third = write(store, lambda tx: owners.add_owner(tx, YOUNG))
    assert third.number == 3, "an archived owner keeps the number"
    assert store.read(lambda tx: owners.get_owner(tx, third.id)) == third
    with pytest.raises(ConsoleError, match="not_found"):
        store.read(lambda tx: owners.get_owner(tx, "nobody"))


def test_the_journal_holds_nothing_that_tells_of_a_person(store: Store) -> None:
    full = dataclasses.replace(SHOP, birth_year=2010, guardian="นายพ่อ สมมติ")
    write(store, lambda tx: owners.add_owner(tx, full))
    (row,) = store.read(lambda tx: journal.read_rows(tx, {}, 10))
    assert row.subject[0] == "owner"
    assert set(row.personal_names) == TELLING
    told = row.data["fields"]
    assert isinstance(told, dict)
    assert set(told) == {"number", "party", "owner_type", "community", "zone", "archived"}
    bodies = b"\n".join(row.body for row in Export.of(store).rows)
    for secret in ("ขนมสมมติ", "มาลี", "000-000-0001", "1 ถ.", "@sommut", "นายพ่อ"):
        assert secret.encode() not in bodies
    assert not re.search(rb"\b2010\b", bodies), "four digits may well stand within a hash"


def test_a_camera_has_at_most_one_owner_and_its_own_chain_tells_which(store: Store) -> None:
    first, second = registered(store)
    facts = CameraFacts("A-01", "หน้าร้าน", "", OwnerType.SHOP)
    camera = write(store, lambda tx: cameras.register_camera(tx, facts))
    assert camera.owner_id is None
    theirs = write(store, lambda tx: owners.set_camera_owner(tx, camera.id, first.id, 1))
    assert theirs.owner_id == first.id
    assert store.read(lambda tx: owners.cameras_of_owner(tx, first.id)) == [theirs]
    last = store.read(lambda tx: journal.read_rows(tx, {}, 10))[-1]
    assert (last.camera_id, last.data["fields"]) == (camera.id, {"owner_id": [None, first.id]})
    with pytest.raises(Conflict):
        write(store, lambda tx: owners.set_camera_owner(tx, camera.id, second.id, 1))
    with pytest.raises(ConsoleError, match="not_found"):
        write(store, lambda tx: owners.set_camera_owner(tx, camera.id, "nobody"))
    write(store, lambda tx: owners.set_camera_owner(tx, camera.id, second.id))
    assert store.read(lambda tx: owners.cameras_of_owner(tx, first.id)) == []
    freed = write(store, lambda tx: owners.set_camera_owner(tx, camera.id, None))
    assert freed.owner_id is None
    assert store.read(lambda tx: cameras.get_camera(tx, camera.id)) == freed
