"""Cameras: name, place, what nobody may see; the address only sealed, and only for the gate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Boolean, Float, LargeBinary, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import ID_LENGTH, PERSONAL, SECRET, Record, UtcTime
from console.db.journal import JournalEvent
from console.db.store import Tx, fetch
from console.kernel import NO_MASKS, ConnectionKind, Mask, OwnerType, Zone


class Camera(Record):
    __tablename__ = "camera"
    __table_args__ = (UniqueConstraint("station_id", "code"),)
    kind: ClassVar[str] = "camera"

    code: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(300))
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    owner_type: Mapped[str] = mapped_column(String(32))
    owner_name: Mapped[str] = mapped_column(String(200), info=PERSONAL, default="")
    zone: Mapped[str] = mapped_column(String(16), default=Zone.UNKNOWN.value)
    connection: Mapped[str] = mapped_column(String(16), default=ConnectionKind.UNKNOWN.value)
    sealed_address: Mapped[bytes | None] = mapped_column(LargeBinary, info=SECRET)
    fingerprint: Mapped[str | None] = mapped_column(String(64), index=True, info=SECRET)
    sealed_sub_address: Mapped[bytes | None] = mapped_column(LargeBinary, info=SECRET)
    sub_fingerprint: Mapped[str | None] = mapped_column(String(64), index=True, info=SECRET)
    masks: Mapped[list[Any]] = mapped_column(JSON)
    unencrypted_override: Mapped[bool] = mapped_column(Boolean)
    archived: Mapped[bool] = mapped_column(Boolean)

    def journal_camera(self) -> str | None:
        return self.id


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
class CameraRow:
    """A camera without its address."""

    id: str
    version: int
    code: str
    name: str
    place: str
    lat: float | None
    lon: float | None
    owner_type: OwnerType
    has_address: bool
    masks: tuple[Mask, ...]
    unencrypted_override: bool
    archived: bool
    owner_name: str = ""
    zone: Zone = Zone.UNKNOWN
    connection: ConnectionKind = ConnectionKind.UNKNOWN
    has_sub_address: bool = False


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """What is entered of a camera, and may be changed later."""

    code: str
    name: str
    place: str
    owner_type: OwnerType
    lat: float | None = None
    lon: float | None = None
    masks: tuple[Mask, ...] = NO_MASKS
    owner_name: str = ""
    zone: Zone = Zone.UNKNOWN
    connection: ConnectionKind = ConnectionKind.UNKNOWN


@dataclass(frozen=True, slots=True)
class FingerprintUse:
    """Where a fingerprint is known: a camera that has this address now, or one it was withdrawn from."""

    camera_id: str
    withdrawn: bool


def _row(camera: Camera) -> CameraRow:
    return CameraRow(
        id=camera.id,
        version=camera.version,
        code=camera.code,
        name=camera.name,
        place=camera.place,
        lat=camera.lat,
        lon=camera.lon,
        owner_type=OwnerType(camera.owner_type),
        has_address=camera.sealed_address is not None,
        masks=tuple(Mask(*edges) for edges in camera.masks),
        unencrypted_override=camera.unencrypted_override,
        archived=camera.archived,
        owner_name=camera.owner_name,
        zone=Zone(camera.zone),
        connection=ConnectionKind(camera.connection),
        has_sub_address=camera.sealed_sub_address is not None,
    )


def list_cameras(tx: Tx, *, archived: bool = False) -> list[CameraRow]:
    """Return the cameras in use (or, if asked, the archived ones), by code."""
    query = select(Camera).where(Camera.station_id == tx.station_id, Camera.archived == archived)
    return [_row(camera) for camera in tx.session.scalars(query.order_by(Camera.code))]


def get_camera(tx: Tx, camera_id: str) -> CameraRow:
    """Return a camera or raise `not_found`."""
    return _row(fetch(tx, Camera, camera_id))


def find_camera(tx: Tx, code: str) -> CameraRow | None:
    query = select(Camera).where(Camera.station_id == tx.station_id, Camera.code == code)
    camera = tx.session.scalars(query).one_or_none()
    return _row(camera) if camera else None


def register_camera(tx: Tx, facts: CameraFacts) -> CameraRow:
    camera = Camera(unencrypted_override=False, archived=False)
    _enter(camera, facts)
    tx.session.add(camera)
    tx.session.flush()
    return _row(camera)


def change_camera(tx: Tx, camera_id: str, version: int, facts: CameraFacts) -> CameraRow:
    camera = fetch(tx, Camera, camera_id, version)
    _enter(camera, facts)
    tx.session.flush()
    return _row(camera)


def facts_of(row: CameraRow, **changes: Any) -> CameraFacts:
    """Return a camera's facts with some of them changed, for `change_camera`."""
    known = CameraFacts(
        row.code,
        row.name,
        row.place,
        row.owner_type,
        row.lat,
        row.lon,
        row.masks,
        row.owner_name,
        row.zone,
        row.connection,
    )
    return replace(known, **changes)


def _enter(camera: Camera, facts: CameraFacts) -> None:
    camera.code = facts.code
    camera.name = facts.name
    camera.place = facts.place
    camera.lat = facts.lat
    camera.lon = facts.lon
    camera.owner_type = str(facts.owner_type)
    camera.owner_name = facts.owner_name
    camera.zone = str(facts.zone)
    camera.connection = str(facts.connection)
    camera.masks = [[mask.left, mask.top, mask.right, mask.bottom] for mask in facts.masks]


def set_unencrypted_override(tx: Tx, camera_id: str, version: int, *, allowed: bool) -> CameraRow:
    """Store the superintendent's decision that this camera may be reached unencrypted over a public address."""
    camera = fetch(tx, Camera, camera_id, version)
    camera.unencrypted_override = allowed
    tx.session.flush()
    return _row(camera)


def set_address(tx: Tx, camera_id: str, version: int, sealed: bytes, fingerprint: str) -> CameraRow:
    """Store a sealed address and its fingerprint; the former one leaves a tombstone that may be used again."""
    camera = fetch(tx, Camera, camera_id, version)
    if camera.fingerprint not in {None, fingerprint}:
        _bury(tx, camera, released=True)
    camera.sealed_address = sealed
    camera.fingerprint = fingerprint
    tx.session.flush()
    return _row(camera)


def destroy_address(tx: Tx, camera_id: str) -> CameraRow:
    """Destroy the credential at withdrawal. The fingerprint stays behind and refuses this address elsewhere.

    So do those of the addresses that this camera had before: an owner withdraws the camera, not a spelling of its way.
    """
    camera = fetch(tx, Camera, camera_id)
    for former in tx.session.scalars(_tombstones(tx, camera_id)):
        former.released = False
    if camera.fingerprint is not None:
        _bury(tx, camera, released=False)
    camera.sealed_address = None
    camera.fingerprint = None
    tx.session.flush()
    tx.record(JournalEvent("camera.address_destroyed", ("camera", camera.id), camera_id=camera.id))
    return _row(camera)


def archive_camera(tx: Tx, camera_id: str, version: int) -> CameraRow:
    """Take a camera out of use; its address is destroyed, its history stays."""
    camera = fetch(tx, Camera, camera_id, version)
    if camera.fingerprint is not None:
        _bury(tx, camera, released=True)
    camera.sealed_address = None
    camera.fingerprint = None
    camera.archived = True
    tx.session.flush()
    return _row(camera)


def _bury(tx: Tx, camera: Camera, *, released: bool) -> None:
    tx.session.add(_stone(tx, camera.id, camera.fingerprint, released=released))


def _stone(tx: Tx, camera_id: str, fingerprint: str | None, *, released: bool) -> AddressTombstone:
    return AddressTombstone(
        camera_id=camera_id,
        fingerprint=fingerprint,
        destroyed_at=tx.now,
        destroyed_by=tx.actor_id,
        released=released,
    )


def _tombstones(tx: Tx, camera_id: str) -> Select[AddressTombstone]:
    return select(AddressTombstone).where(
        AddressTombstone.station_id == tx.station_id, AddressTombstone.camera_id == camera_id
    )


def withdrawn_fingerprints(tx: Tx, camera_id: str) -> frozenset[str]:
    """Return the fingerprints that a withdrawal of this camera refuses, for the list outside the database."""
    return frozenset(
        stone.fingerprint for stone in tx.session.scalars(_tombstones(tx, camera_id)) if not stone.released
    )


def refuse_fingerprints(tx: Tx, camera_id: str, fingerprints: Iterable[str]) -> int:
    """Put back the tombstones that a restored database lacks, of cameras it does not know too. Returns how many."""
    missing = frozenset(fingerprints) - withdrawn_fingerprints(tx, camera_id)
    released = {stone.fingerprint: stone for stone in tx.session.scalars(_tombstones(tx, camera_id))}
    for text in sorted(missing):
        if text in released:
            released[text].released = False
        else:
            tx.session.add(_stone(tx, camera_id, text, released=False))
    tx.session.flush()
    return len(missing)


def fingerprint_uses(tx: Tx, fingerprint: str) -> list[FingerprintUse]:
    """Return the cameras that have this address, or had it until its owner withdrew it."""
    living = select(Camera.id).where(Camera.station_id == tx.station_id, Camera.fingerprint == fingerprint)
    buried = select(AddressTombstone.camera_id).where(
        AddressTombstone.station_id == tx.station_id,
        AddressTombstone.fingerprint == fingerprint,
        AddressTombstone.released.is_(False),
    )
    uses = [FingerprintUse(camera_id, withdrawn=False) for camera_id in tx.session.scalars(living)]
    return uses + [FingerprintUse(camera_id, withdrawn=True) for camera_id in tx.session.scalars(buried)]


def sealed_address(tx: Tx, camera_id: str) -> bytes | None:
    """Return the sealed address, for `services.feeds` only; None if there is none."""
    return fetch(tx, Camera, camera_id).sealed_address
