"""Cameras: name, place, what nobody may see. Their addresses are in `camera_addresses`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, ClassVar, Final

from sqlalchemy import JSON, Boolean, Float, ForeignKey, LargeBinary, String, UniqueConstraint, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import PERSONAL, SECRET, Record
from console.db.rereading import Listing, reread
from console.db.store import Tx, fetch
from console.kernel import ConnectionKind, OwnerType, Zone
from console.masking import NO_MASKS, Mask


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
    """As it was typed. Empty as soon as the register of owners knows whose the camera is."""
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("owner.id"), index=True)
    zone: Mapped[str] = mapped_column(String(16), default=Zone.UNKNOWN.value)
    connection: Mapped[str] = mapped_column(String(16), default=ConnectionKind.UNKNOWN.value)
    sealed_address: Mapped[bytes | None] = mapped_column(LargeBinary, info=SECRET)
    fingerprint: Mapped[str | None] = mapped_column(String(64), index=True, info=SECRET)
    sealed_sub_address: Mapped[bytes | None] = mapped_column(LargeBinary, info=SECRET)
    sub_fingerprint: Mapped[str | None] = mapped_column(String(64), index=True, info=SECRET)
    way: Mapped[str | None] = mapped_column(String(64), info=SECRET)
    sub_way: Mapped[str | None] = mapped_column(String(64), info=SECRET)
    masks: Mapped[list[Any]] = mapped_column(JSON)
    unencrypted_override: Mapped[bool] = mapped_column(Boolean)
    archived: Mapped[bool] = mapped_column(Boolean)

    def journal_camera(self) -> str | None:
        return self.id


class AddressKind(StrEnum):
    """A camera's two streams: the main one, and a smaller sub one for tiles where there is one."""

    MAIN = "main"
    SUB = "sub"


@dataclass(frozen=True, slots=True)
class SealedAddress:
    """An address that only the gate can open, and its keyed fingerprint.

    `way` is a fingerprint too, of what may choose another picture at the same device; empty if nothing else does.
    """

    sealed: bytes = field(repr=False)
    fingerprint: str = field(repr=False)
    way: str = field(repr=False, default="")

    @property
    def leads_to(self) -> str:
        return self.way or self.fingerprint


NO_ADDRESSES: Final[Mapping[AddressKind, SealedAddress]] = {}


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
    owner_id: str | None = None
    """Of the owner's record; None: no owner is recorded."""


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


def row_of(camera: Camera) -> CameraRow:
    """Return a camera as the layers above know it."""
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
        masks=tuple(Mask.of(numbers) for numbers in camera.masks),
        unencrypted_override=camera.unencrypted_override,
        archived=camera.archived,
        owner_name=camera.owner_name,
        zone=Zone(camera.zone),
        connection=ConnectionKind(camera.connection),
        has_sub_address=camera.sealed_sub_address is not None,
        owner_id=camera.owner_id,
    )


_IN_USE: Final = Listing("cameras", Camera, row_of)


def list_cameras(tx: Tx, *, anew: bool = False) -> list[CameraRow]:
    """Return the cameras in use, by code. `anew`: none is taken as known."""
    fits = (Camera.station_id == tx.station_id, Camera.archived.is_(False))
    return sorted(reread(tx, _IN_USE, *fits, anew=anew), key=lambda row: row.code)


def archived_cameras(tx: Tx) -> list[CameraRow]:
    """Return the archived cameras, by code."""
    query = select(Camera).where(Camera.station_id == tx.station_id, Camera.archived.is_(True)).order_by(Camera.code)
    return [row_of(camera) for camera in tx.session.scalars(query)]


def get_camera(tx: Tx, camera_id: str, version: int | None = None) -> CameraRow:
    """Return a camera or raise `not_found`; `Conflict` if it is not of this version any more."""
    return row_of(fetch(tx, Camera, camera_id, version))


def find_camera(tx: Tx, code: str) -> CameraRow | None:
    """Return the camera of this code, archived ones too. Small and capital letters make no other code."""
    alike = or_(Camera.code == code, func.lower(Camera.code) == code.lower())
    query = select(Camera).where(Camera.station_id == tx.station_id, alike)
    found = sorted(tx.session.scalars(query), key=lambda camera: camera.code != code)
    return row_of(found[0]) if found else None


def register_camera(
    tx: Tx,
    facts: CameraFacts,
    camera_id: str | None = None,
    addresses: Mapping[AddressKind, SealedAddress] = NO_ADDRESSES,
) -> CameraRow:
    """Store a new camera. Addresses sealed beforehand are bound to `camera_id`, so the two come together."""
    camera = Camera(id=camera_id, unencrypted_override=False, archived=False)
    _enter(camera, facts)
    for kind, address in addresses.items():
        enter_address(camera, kind, address)
    tx.session.add(camera)
    tx.session.flush()
    return row_of(camera)


def enter_address(camera: Camera, kind: AddressKind, address: SealedAddress | None) -> None:
    """Write an address into its three columns, or empty them."""
    written = (None, None, None) if address is None else (address.sealed, address.fingerprint, address.leads_to)
    if kind is AddressKind.MAIN:
        camera.sealed_address, camera.fingerprint, camera.way = written
    else:
        camera.sealed_sub_address, camera.sub_fingerprint, camera.sub_way = written


def change_camera(tx: Tx, camera_id: str, version: int, facts: CameraFacts) -> CameraRow:
    camera = fetch(tx, Camera, camera_id, version)
    _enter(camera, facts)
    if camera.owner_id is not None:
        camera.owner_name = ""
    tx.session.flush()
    return row_of(camera)


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
    camera.masks = [mask.numbers() for mask in facts.masks]


def set_unencrypted_override(tx: Tx, camera_id: str, version: int, *, allowed: bool) -> CameraRow:
    """Store the superintendent's decision that this camera may be reached unencrypted over a public address."""
    camera = fetch(tx, Camera, camera_id, version)
    camera.unencrypted_override = allowed
    tx.session.flush()
    return row_of(camera)
