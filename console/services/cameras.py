"""Cameras: registering, changing, archiving, and writing addresses that whoever writes them cannot read back."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Final

from pydantic import Field, StringConstraints
from pydantic.dataclasses import dataclass

from console.db import camera_addresses as addresses_db
from console.db import cameras as db
from console.db.authorities import current_authority
from console.db.cameras import AddressKind, CameraFacts, CameraRow
from console.db.store import Store, Tx
from console.kernel import (
    ConnectionKind,
    ConsoleError,
    Denied,
    DenyReason,
    Invalid,
    OwnerType,
    Right,
    Secret,
    Session,
    Zone,
    new_id,
)
from console.masking import Mask
from console.services.addresses import holds_address
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.readdressing import rest_if_elsewhere, rest_link
from console.services.sealed_addresses import AddressBook, Holder, Typed
from console.services.stop_link import pause_link

__all__ = ["AddressKind", "CameraRow"]

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32, pattern=r"^[^\s/\\]+$")]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Spot = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Owner = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
MOST_MASKS: Final = 16
WORD_BREAKS: Final = frozenset("\u200b\u200c\u200d")
THAILAND: Final = ((5.5, 20.6), (97.2, 105.8))
"""Roughly: latitudes and longitudes. Outside them somebody probably mistyped, but may be right."""


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class RegisterCamera(Command):
    """A new camera, with its addresses if they are known. The log-in counts for both of them."""

    code: Code
    name: Label
    owner_type: OwnerType
    owner_name: Owner = ""
    place: Spot = ""
    lat: Latitude | None = None
    lon: Longitude | None = None
    zone: Zone = Zone.UNKNOWN
    connection: ConnectionKind = ConnectionKind.UNKNOWN
    masks: tuple[Mask, ...] = ()
    address: Secret | None = None
    sub_address: Secret | None = None
    user: Secret | None = None
    password: Secret | None = None

    def problems(self) -> dict[str, str]:
        texts = {"code": self.code, "name": self.name, "place": self.place, "owner_name": self.owner_name}
        wrong = {field: "field.pattern" for field, text in texts.items() if not visible(text)}
        wrong |= {field: "camera.address_elsewhere" for field, text in texts.items() if holds_address(text)}
        if (self.lat is None) is not (self.lon is None):
            wrong["lat" if self.lat is None else "lon"] = "camera.half_a_place"
        return wrong | _wrong_masks(self.masks)

    @property
    def typed(self) -> Typed:
        return Typed(self.address, self.sub_address, self.user, self.password)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ChangeCamera(RegisterCamera):
    """What stands in the record now. An address that is None stays as it is stored."""

    camera_id: str
    version: int


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class SetAddress(Command):
    """One address as typed; a log-in in its own fields wins over one inside the address."""

    camera_id: str
    version: int
    address: Secret
    which: AddressKind = AddressKind.MAIN
    user: Secret | None = None
    password: Secret | None = None

    @property
    def typed(self) -> Typed:
        main, sub = (self.address, None) if self.which is AddressKind.MAIN else (None, self.address)
        return Typed(main, sub, self.user, self.password)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class _OnCamera(Command):
    camera_id: str
    version: int


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class RemoveSubAddress(_OnCamera):
    """Go back to one address: tiles take the main stream again."""


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class AllowUnencrypted(_OnCamera):
    """The superintendent's leave to reach this camera in clear over a public network; its tile then says so."""

    allowed: bool


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ChangeMasks(_OnCamera):
    """What nobody may see of this camera's picture from now on. Drawn on the picture, so by who may see it."""

    masks: tuple[Mask, ...]

    def problems(self) -> dict[str, str]:
        return _wrong_masks(self.masks)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ArchiveCamera(_OnCamera):
    """Out of use: its addresses are destroyed, its history stays."""


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class RestoreCamera(_OnCamera):
    """Back into use without addresses: they are entered anew. Its permission rests until somebody resumes it."""


def visible(text: str) -> bool:
    """Whether there is nothing in it that nobody sees: control signs, turned writing. Thai word breaks may stay."""
    return all(sign in WORD_BREAKS or unicodedata.category(sign) not in {"Cc", "Cf"} for sign in text)


def outside_thailand(lat: float | None, lon: float | None) -> bool:
    """Whether a whole place lies outside the rough box around Thailand: a question, not a refusal."""
    if lat is None or lon is None:
        return False
    (south, north), (west, east) = THAILAND
    return not (south <= lat <= north and west <= lon <= east)


def _wrong_masks(masks: tuple[Mask, ...]) -> dict[str, str]:
    good = len(masks) <= MOST_MASKS and all(mask.sound for mask in masks)
    return {} if good else {"masks": "camera.bad_mask"}


class Cameras:
    """The cameras of the station."""

    def __init__(self, store: Store, book: AddressBook) -> None:
        self._store = store
        self._book = book

    def cameras(self, *, archived: bool = False) -> list[CameraRow]:
        return self._store.read(db.archived_cameras if archived else db.list_cameras)

    def camera(self, camera_id: str) -> CameraRow:
        return self._store.read(lambda tx: db.get_camera(tx, camera_id))

    def by_code(self, code: str) -> CameraRow | None:
        return self._store.read(lambda tx: db.find_camera(tx, code))

    @command(right=Right.WRITE_CAMERAS)
    def register_camera(self, tx: Tx, cmd: RegisterCamera, session: Session) -> str:  # noqa: ARG002 - dispatch's signature
        return self.enter(tx, cmd).id

    def enter(self, tx: Tx, cmd: RegisterCamera) -> CameraRow:
        """Store a new camera with its addresses, for handlers. What is refused was not even begun."""
        _refuse_code_of_another(tx, cmd.code)
        camera_id = new_id()
        sealed = self._book.seal(tx, Holder(camera_id), cmd.typed)
        return db.register_camera(tx, _facts(cmd), camera_id, sealed)

    @command(right=Right.WRITE_CAMERAS)
    def change_camera(self, tx: Tx, cmd: ChangeCamera, session: Session) -> None:
        known = _in_use(db.get_camera(tx, cmd.camera_id))
        _refuse_code_of_another(tx, cmd.code, cmd.camera_id)
        _refuse_uncovering(known, cmd.masks, session)
        row = db.change_camera(tx, cmd.camera_id, cmd.version, _facts(cmd))
        self._write(tx, row, cmd.typed)

    @command(right=Right.VIEW_FEEDS)
    def change_masks(self, tx: Tx, cmd: ChangeMasks, session: Session) -> None:
        known = _in_use(db.get_camera(tx, cmd.camera_id, cmd.version))
        _refuse_uncovering(known, cmd.masks, session)
        db.change_camera(tx, cmd.camera_id, cmd.version, db.facts_of(known, masks=cmd.masks))

    @command(right=Right.WRITE_CAMERAS)
    def set_address(self, tx: Tx, cmd: SetAddress, session: Session) -> None:  # noqa: ARG002 - dispatch's signature
        self._write(tx, _in_use(db.get_camera(tx, cmd.camera_id, cmd.version)), cmd.typed)

    @command(right=Right.WRITE_CAMERAS)
    def remove_sub_address(self, tx: Tx, cmd: RemoveSubAddress, session: Session) -> None:  # noqa: ARG002 - the same
        addresses_db.set_address(tx, cmd.camera_id, cmd.version, AddressKind.SUB, None)

    @command(right=Right.COUNTERSIGN)
    def allow_unencrypted(self, tx: Tx, cmd: AllowUnencrypted, session: Session) -> None:  # noqa: ARG002 - the same
        db.set_unencrypted_override(tx, cmd.camera_id, cmd.version, allowed=cmd.allowed)

    @command(right=Right.WRITE_CAMERAS)
    def archive_camera(self, tx: Tx, cmd: ArchiveCamera, session: Session) -> None:  # noqa: ARG002 - the same
        addresses_db.archive_camera(tx, cmd.camera_id, cmd.version)

    @command(right=Right.WRITE_CAMERAS)
    def restore_camera(self, tx: Tx, cmd: RestoreCamera, session: Session) -> None:  # noqa: ARG002 - the same
        if not db.get_camera(tx, cmd.camera_id, cmd.version).archived:
            raise ConsoleError("camera.not_archived")
        for use in addresses_db.uses_elsewhere(tx, cmd.camera_id):
            raise Denied(DenyReason.FINGERPRINT_TAKEN, withdrawn=use.withdrawn)
        addresses_db.restore_camera(tx, cmd.camera_id, cmd.version)
        standing = current_authority(tx, cmd.camera_id)
        if standing is not None and standing.withdrawn_at is None:
            # An owner may have thought otherwise since: nobody looks before somebody asked.
            if standing.private:
                rest_link(tx, standing)
            else:
                pause_link(tx, standing)

    def _write(self, tx: Tx, camera: CameraRow, typed: Typed) -> None:
        holder = Holder(camera.id, camera.unencrypted_override, camera.has_address)
        addresses = self._book.seal(tx, holder, typed)
        rest_if_elsewhere(tx, camera.id, addresses.values())
        if addresses:
            addresses_db.set_addresses(tx, camera.id, camera.version, addresses)


def _refuse_code_of_another(tx: Tx, code: str, camera_id: str = "") -> None:
    other = db.find_camera(tx, code)
    if other is not None and other.id != camera_id:
        raise Invalid({"code": "camera.code_archived" if other.archived else "camera.code_taken"})


def _refuse_uncovering(known: CameraRow, masks: tuple[Mask, ...], session: Session) -> None:
    """A mask keeps something from everybody's eyes; taking one off shows more than the owner agreed to."""
    if not set(known.masks) <= set(masks) and not session.may(Right.COUNTERSIGN):
        raise Denied(DenyReason.ROLE, right=Right.COUNTERSIGN.value)


def _in_use(camera: CameraRow) -> CameraRow:
    if camera.archived:
        raise Invalid({"code": "camera.archived_stays"})
    return camera


def _facts(cmd: RegisterCamera) -> CameraFacts:
    return CameraFacts(
        code=cmd.code,
        name=cmd.name,
        place=cmd.place,
        owner_type=cmd.owner_type,
        lat=cmd.lat,
        lon=cmd.lon,
        masks=cmd.masks,
        owner_name=cmd.owner_name,
        zone=cmd.zone,
        connection=cmd.connection,
    )
