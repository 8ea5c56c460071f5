"""The wall as each person left it: layout and which camera hangs where. It grants nothing: the gate is asked anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import Record
from console.db.store import Tx
from console.kernel import Conflict


class WallLayout(Record):
    __tablename__ = "wall_layout"
    __table_args__ = (UniqueConstraint("station_id", "person_id"),)
    kind: ClassVar[str] = "wall"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    layout: Mapped[str] = mapped_column(String(32))
    cells: Mapped[list[Any]] = mapped_column(JSON)


@dataclass(frozen=True, slots=True)
class WallRow:
    id: str
    version: int
    person_id: str
    layout: str
    cells: tuple[str | None, ...]


def _row(found: WallLayout) -> WallRow:
    return WallRow(found.id, found.version, found.person_id, found.layout, tuple(found.cells))


def _find(tx: Tx, person_id: str) -> WallLayout | None:
    query = select(WallLayout).where(WallLayout.station_id == tx.station_id, WallLayout.person_id == person_id)
    return tx.session.scalars(query).one_or_none()


def wall_of(tx: Tx, person_id: str) -> WallRow | None:
    found = _find(tx, person_id)
    return _row(found) if found else None


def save_wall(tx: Tx, person_id: str, layout: str, cells: Sequence[str | None], version: int | None = None) -> WallRow:
    """Store a person's wall (cells are camera ids or None); with a version, a stale one is a `Conflict`."""
    found = _find(tx, person_id)
    if found is None:
        found = WallLayout(person_id=person_id, layout=layout, cells=list(cells))
        tx.session.add(found)
    elif version not in {None, found.version}:
        raise Conflict(WallLayout.kind, found.id)
    found.layout = layout
    found.cells = list(cells)
    tx.session.flush()
    return _row(found)
