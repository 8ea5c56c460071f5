"""Camera addresses, sealed for the gate only. Their keyed fingerprints outlive them and refuse the camera elsewhere.

What holds for the main address holds for the sub address: a camera is one camera by whichever of its streams.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Boolean, Select, String, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import ID_LENGTH, SECRET, Record, UtcTime
from console.db.cameras import AddressKind, Camera, CameraRow, SealedAddress, enter_address, row_of
from console.db.connection_tests import forget_test
from console.db.journal import JournalEvent
from console.db.store import Tx, fetch


class AddressTombstone(Record):
    """An address that was destroyed. Its keyed fingerprint stays, so that the same camera cannot come back unseen."""

    __tablename__ = "address_tombstone"
    kind: ClassVar[str] = "address_tombstone"

    camera_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    fingerprint: Mapped[str] = mapped_column(String(64), index=True, info=SECRET)
    destroyed_at: Mapped[datetime] = mapped_column(UtcTime)
    destroyed_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    released: Mapped[bool] = mapped_column(Boolean)
    """True: the address was replaced or the camera archived, not withdrawn; it may be used again."""

    def journal_camera(self) -> str | None:
        return self.camera_id


@dataclass(frozen=True, slots=True)
class FingerprintUse:
    """Where a fingerprint is known: a camera that has this address now, or one it was withdrawn from."""

    camera_id: str
    withdrawn: bool


def set_address(tx: Tx, camera_id: str, version: int, kind: AddressKind, address: SealedAddress | None) -> CameraRow:
    """Store a sealed address, or None to go without it; the former one leaves a tombstone that may be used again."""
    return set_addresses(tx, camera_id, version, {kind: address})


def set_addresses(
    tx: Tx, camera_id: str, version: int, addresses: Mapping[AddressKind, SealedAddress | None]
) -> CameraRow:
    """Do so with one or both at once. Whatever was tested before is untested now."""
    camera = fetch(tx, Camera, camera_id, version)
    former = _fingerprints(camera)
    for kind, address in addresses.items():
        enter_address(camera, kind, address)
    _bury(tx, camera.id, former - _fingerprints(camera), released=True)
    forget_test(tx, camera.id)
    tx.session.flush()
    return row_of(camera)


def destroy_addresses(tx: Tx, camera_id: str) -> CameraRow:
    """Destroy the credentials at withdrawal. The fingerprints stay behind and refuse these addresses elsewhere.

    So do those of the addresses that this camera had before: an owner withdraws the camera, not a spelling of its way.
    """
    camera = fetch(tx, Camera, camera_id)
    for former in tx.session.scalars(_tombstones(tx, camera_id)):
        former.released = False
    _strip(tx, camera, released=False)
    tx.session.flush()
    tx.record(JournalEvent("camera.address_destroyed", ("camera", camera.id), camera_id=camera.id))
    return row_of(camera)


def archive_camera(tx: Tx, camera_id: str, version: int) -> CameraRow:
    """Take a camera out of use; its addresses are destroyed, its history stays."""
    camera = fetch(tx, Camera, camera_id, version)
    camera.archived = True
    _strip(tx, camera, released=True)
    tx.session.flush()
    return row_of(camera)


def restore_camera(tx: Tx, camera_id: str, version: int) -> CameraRow:
    """Bring an archived camera back as a newly registered one stands: without addresses, and without any leave."""
    camera = fetch(tx, Camera, camera_id, version)
    camera.archived = camera.unencrypted_override = False
    tx.session.flush()
    return row_of(camera)


def uses_elsewhere(tx: Tx, camera_id: str) -> list[FingerprintUse]:
    """Return what other cameras have, or had until it was withdrawn, an address that this one ever had."""
    marks = sorted({stone.fingerprint for stone in tx.session.scalars(_tombstones(tx, camera_id))})
    return [use for mark in marks for use in fingerprint_uses(tx, mark) if use.camera_id != camera_id]


def _strip(tx: Tx, camera: Camera, *, released: bool) -> None:
    _bury(tx, camera.id, _fingerprints(camera), released=released)
    for kind in AddressKind:
        enter_address(camera, kind, None)
    forget_test(tx, camera.id)


def _fingerprints(camera: Camera) -> frozenset[str]:
    """Return what a camera's addresses are known by; both streams of some makes have one fingerprint."""
    return frozenset(mark for mark in (camera.fingerprint, camera.sub_fingerprint) if mark is not None)


def _bury(tx: Tx, camera_id: str, fingerprints: Iterable[str], *, released: bool) -> None:
    for mark in sorted(fingerprints):
        tx.session.add(
            AddressTombstone(
                camera_id=camera_id,
                fingerprint=mark,
                destroyed_at=tx.now,
                destroyed_by=tx.actor_id,
                released=released,
            )
        )


def _tombstones(tx: Tx, camera_id: str) -> Select[AddressTombstone]:
    return select(AddressTombstone).where(
        AddressTombstone.station_id == tx.station_id, AddressTombstone.camera_id == camera_id
    )


def fingerprints_of(tx: Tx, camera_id: str) -> frozenset[str]:
    """Return what the addresses that a camera has now are known by."""
    return _fingerprints(fetch(tx, Camera, camera_id))


def ways_of(tx: Tx, camera_id: str) -> frozenset[str]:
    """Return where the addresses that a camera has now lead to."""
    camera = fetch(tx, Camera, camera_id)
    return frozenset(way for way in (camera.way, camera.sub_way) if way is not None)


def former_records(tx: Tx, fingerprints: Iterable[str], apart_from: str) -> list[tuple[str, datetime]]:
    """Return which other cameras once had one of these addresses, each with the moment at which it went."""
    query = select(AddressTombstone.camera_id, AddressTombstone.destroyed_at).where(
        AddressTombstone.station_id == tx.station_id,
        AddressTombstone.fingerprint.in_(sorted(fingerprints)),
        AddressTombstone.camera_id != apart_from,
    )
    return [(camera_id, destroyed_at) for camera_id, destroyed_at in tx.session.execute(query)]


def withdrawn_fingerprints(tx: Tx, camera_id: str) -> frozenset[str]:
    """Return the fingerprints that a withdrawal of this camera refuses, for the list outside the database."""
    return frozenset(
        stone.fingerprint for stone in tx.session.scalars(_tombstones(tx, camera_id)) if not stone.released
    )


def refuse_fingerprints(tx: Tx, camera_id: str, fingerprints: Iterable[str]) -> int:
    """Put back the tombstones that a restored database lacks, of cameras it does not know too. Returns how many."""
    missing = frozenset(fingerprints) - withdrawn_fingerprints(tx, camera_id)
    released = {stone.fingerprint: stone for stone in tx.session.scalars(_tombstones(tx, camera_id))}
    for mark in sorted(missing & released.keys()):
        released[mark].released = False
    _bury(tx, camera_id, missing - released.keys(), released=False)
    tx.session.flush()
    return len(missing)


def fingerprint_uses(tx: Tx, fingerprint: str) -> list[FingerprintUse]:
    """Return the cameras that have this address as main or sub, or had it until its owner withdrew it."""
    here = or_(Camera.fingerprint == fingerprint, Camera.sub_fingerprint == fingerprint)
    living = select(Camera.id).where(Camera.station_id == tx.station_id, here)
    buried = select(AddressTombstone.camera_id).where(
        AddressTombstone.station_id == tx.station_id,
        AddressTombstone.fingerprint == fingerprint,
        AddressTombstone.released.is_(False),
    )
    uses = [FingerprintUse(camera_id, withdrawn=False) for camera_id in tx.session.scalars(living)]
    return uses + [FingerprintUse(camera_id, withdrawn=True) for camera_id in tx.session.scalars(buried)]


def sealed_address(tx: Tx, camera_id: str, wanted: AddressKind) -> tuple[AddressKind, bytes] | None:
    """Return the sealed address to dial, for `services.feeds` only; None if there is none.

    Who wants the sub address gets the main one where there is no other.
    """
    camera = fetch(tx, Camera, camera_id)
    if wanted is AddressKind.SUB and camera.sealed_sub_address is not None:
        return AddressKind.SUB, camera.sealed_sub_address
    return None if camera.sealed_address is None else (AddressKind.MAIN, camera.sealed_address)
