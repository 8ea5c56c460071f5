"""Walls kept under a name, and tours of them: a person's own, or the station's. They grant nothing either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeVar

from sqlalchemy import JSON, Integer, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import ID_LENGTH, Record
from console.db.store import Tx, fetch

STATION: Final = ""
"""Owner of what belongs to the station. Not NULL: names are unique for each owner, and NULLs are all different."""
NAME_LENGTH: Final = 60


class NamedWall(Record):
    __tablename__ = "named_wall"
    __table_args__ = (UniqueConstraint("station_id", "person_id", "name"),)
    kind: ClassVar[str] = "named_wall"

    person_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    layout: Mapped[str] = mapped_column(String(32))
    cells: Mapped[list[Any]] = mapped_column(JSON)


class WallTour(Record):
    __tablename__ = "wall_tour"
    __table_args__ = (UniqueConstraint("station_id", "person_id", "name"),)
    kind: ClassVar[str] = "wall_tour"

    person_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    dwell_s: Mapped[int] = mapped_column(Integer)
    walls: Mapped[list[Any]] = mapped_column(JSON)


Kept = TypeVar("Kept", NamedWall, WallTour)


@dataclass(frozen=True, slots=True)
class NamedWallRow:
    """`person_id` is `STATION` for a wall of the station; a cell is a camera's id or None."""

    id: str
    version: int
    person_id: str
    name: str
    layout: str
    cells: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class TourRow:
    """`walls` are ids of named walls in their order; one that was deleted since is left out by whoever shows it."""

    id: str
    version: int
    person_id: str
    name: str
    dwell_s: int
    walls: tuple[str, ...]


def walls_for(tx: Tx, person_id: str) -> list[NamedWallRow]:
    """Return a person's own walls and the station's."""
    return [
        NamedWallRow(found.id, found.version, found.person_id, found.name, found.layout, tuple(found.cells))
        for found in _of(tx, NamedWall, person_id)
    ]


def tours_for(tx: Tx, person_id: str) -> list[TourRow]:
    """Return a person's own tours and the station's."""
    return [
        TourRow(found.id, found.version, found.person_id, found.name, found.dwell_s, tuple(found.walls))
        for found in _of(tx, WallTour, person_id)
    ]


def _of(tx: Tx, kind: type[Kept], person_id: str) -> Sequence[Kept]:
    query = select(kind).where(kind.station_id == tx.station_id, kind.person_id.in_((person_id, STATION)))
    return tx.session.scalars(query.order_by(kind.name, kind.id)).all()


def owner_of(tx: Tx, kind: type[Kept], record_id: str, version: int) -> str:
    """Return whose it is; the version is the one the caller saw."""
    return fetch(tx, kind, record_id, version).person_id


def is_name_free(tx: Tx, kind: type[Kept], person_id: str, name: str, besides: str = "") -> bool:
    """Whether this owner has nothing else of the same name, capital letters or not."""
    return all(
        found.id == besides or found.name.casefold() != name.casefold()
        for found in _of(tx, kind, person_id)
        if found.person_id == person_id
    )


def keep_wall(tx: Tx, row: NamedWallRow) -> None:
    made = NamedWall(id=row.id, person_id=row.person_id, name=row.name, layout=row.layout, cells=list(row.cells))
    tx.session.add(made)
    tx.session.flush()


def change_wall(tx: Tx, wall_id: str, layout: str, cells: Sequence[str | None]) -> None:
    found = fetch(tx, NamedWall, wall_id)
    found.layout, found.cells = layout, list(cells)


def rename(tx: Tx, kind: type[Kept], record_id: str, name: str) -> None:
    fetch(tx, kind, record_id).name = name


def keep_tour(tx: Tx, row: TourRow) -> None:
    made = WallTour(id=row.id, person_id=row.person_id, name=row.name, dwell_s=row.dwell_s, walls=list(row.walls))
    tx.session.add(made)
    tx.session.flush()


def change_tour(tx: Tx, tour_id: str, dwell_s: int, walls: Sequence[str]) -> None:
    found = fetch(tx, WallTour, tour_id)
    found.dwell_s, found.walls = dwell_s, list(walls)


def delete(tx: Tx, kind: type[Kept], record_id: str) -> None:
    tx.session.delete(fetch(tx, kind, record_id))
