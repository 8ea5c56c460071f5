"""Owners of cameras: who they are and how to reach them. What they allow stands in `authorities` and in consents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from sqlalchemy import Boolean, Integer, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import PERSONAL, Record
from console.db.cameras import Camera, CameraRow, row_of
from console.db.facts import enter, facts_of
from console.db.rereading import Listing, reread
from console.db.running_numbers import next_of
from console.db.store import Tx, fetch
from console.kernel import OwnerType, Party, Zone


class Owner(Record):
    """Everything that tells of a person is PERSONAL; number, kind, community and zone are what figures are made of."""

    __tablename__ = "owner"
    __table_args__ = (UniqueConstraint("station_id", "number"),)
    kind: ClassVar[str] = "owner"

    number: Mapped[int] = mapped_column(Integer)
    party: Mapped[str] = mapped_column(String(16))
    owner_type: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200), info=PERSONAL)
    authorised_person: Mapped[str] = mapped_column(String(200), info=PERSONAL)
    authorised_position: Mapped[str] = mapped_column(String(100), info=PERSONAL)
    address: Mapped[str] = mapped_column(String(500), info=PERSONAL)
    community: Mapped[str] = mapped_column(String(100))
    zone: Mapped[str] = mapped_column(String(16))
    phone: Mapped[str] = mapped_column(String(40), info=PERSONAL)
    line_id: Mapped[str] = mapped_column(String(100), info=PERSONAL)
    email: Mapped[str] = mapped_column(String(200), info=PERSONAL)
    birth_year: Mapped[int | None] = mapped_column(Integer, info=PERSONAL)
    """Of the common era; only where the owner may be a minor."""
    guardian: Mapped[str] = mapped_column(String(200), info=PERSONAL)
    note: Mapped[str] = mapped_column(String(1000), info=PERSONAL)
    archived: Mapped[bool] = mapped_column(Boolean)


@dataclass(frozen=True, slots=True)
class OwnerFacts:
    """What is entered of an owner, and may be changed later."""

    party: Party
    owner_type: OwnerType
    name: str
    authorised_person: str = ""
    authorised_position: str = ""
    address: str = ""
    community: str = ""
    zone: Zone = Zone.UNKNOWN
    phone: str = ""
    line_id: str = ""
    email: str = ""
    birth_year: int | None = None
    guardian: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class OwnerRow:
    """An owner of the register. `number` counts from 1 in each station and is never given twice."""

    id: str
    version: int
    number: int
    facts: OwnerFacts
    archived: bool

    @property
    def name(self) -> str:
        return self.facts.name

    @property
    def party(self) -> Party:
        return self.facts.party

    @property
    def owner_type(self) -> OwnerType:
        return self.facts.owner_type


def _row(found: Owner) -> OwnerRow:
    return facts_of(OwnerRow, found)


_IN_USE: Final = Listing("owners", Owner, _row)


def list_owners(tx: Tx, *, anew: bool = False) -> list[OwnerRow]:
    """Return the owners in use, by number. `anew`: none is taken as known."""
    fits = (Owner.station_id == tx.station_id, Owner.archived.is_(False))
    return sorted(reread(tx, _IN_USE, *fits, anew=anew), key=lambda row: row.number)


def archived_owners(tx: Tx) -> list[OwnerRow]:
    """Return the archived owners, by number."""
    query = select(Owner).where(Owner.station_id == tx.station_id, Owner.archived.is_(True)).order_by(Owner.number)
    return [_row(found) for found in tx.session.scalars(query)]


def owner_numbers(tx: Tx) -> dict[str, int]:
    """Return the number of every owner, archived ones too, by id."""
    query = select(Owner.id, Owner.number).where(Owner.station_id == tx.station_id)
    return {found[0]: found[1] for found in tx.session.execute(query)}


def get_owner(tx: Tx, owner_id: str, version: int | None = None) -> OwnerRow:
    """Return an owner or raise `not_found`; `Conflict` if it is not of this version any more."""
    return _row(fetch(tx, Owner, owner_id, version))


def add_owner(tx: Tx, facts: OwnerFacts) -> OwnerRow:
    """Store a new owner under the station's next number."""
    owner = Owner(number=next_of(tx, Owner, Owner.number), archived=False)
    enter(owner, facts)
    tx.session.add(owner)
    tx.session.flush()
    return _row(owner)


def change_owner(tx: Tx, owner_id: str, version: int, facts: OwnerFacts) -> OwnerRow:
    owner = fetch(tx, Owner, owner_id, version)
    enter(owner, facts)
    tx.session.flush()
    return _row(owner)


def set_owner_archived(tx: Tx, owner_id: str, version: int, *, archived: bool) -> OwnerRow:
    owner = fetch(tx, Owner, owner_id, version)
    owner.archived = archived
    tx.session.flush()
    return _row(owner)


def set_camera_owner(tx: Tx, camera_id: str, owner_id: str | None, version: int | None = None) -> CameraRow:
    """Say whose the camera is (None: nobody's of the register); `version` is the camera's that the caller saw."""
    camera = fetch(tx, Camera, camera_id, version)
    camera.owner_id = None if owner_id is None else fetch(tx, Owner, owner_id).id
    if owner_id is not None:
        # One place for a name: what was typed with the camera must not outlive the owner's erasure, nor name another's.
        camera.owner_name = ""
    tx.session.flush()
    return row_of(camera)


def cameras_of_owner(tx: Tx, owner_id: str) -> list[CameraRow]:
    """Return the cameras in use that are this owner's, by code."""
    query = select(Camera).where(
        Camera.station_id == tx.station_id, Camera.owner_id == owner_id, Camera.archived.is_(False)
    )
    return [row_of(camera) for camera in tx.session.scalars(query.order_by(Camera.code))]
