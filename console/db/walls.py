"""The wall as each person left it: layout and which camera hangs where. It grants nothing: the gate is asked anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Integer, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import Record
from console.db.store import Tx
from console.kernel import Conflict


class WallLayout(Record):
    __tablename__ = "wall_layout"
    __table_args__ = (UniqueConstraint("station_id", "person_id", "screen"),)
    kind: ClassVar[str] = "wall"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    layout: Mapped[str] = mapped_column(String(32))
    cells: Mapped[list[Any]] = mapped_column(JSON)
    screen: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """0 is the first window's wall, 1 the second's."""


@dataclass(frozen=True, slots=True)
class Whose:
    """A person, and which of his walls."""

    person_id: str
    screen: int = 0


@dataclass(frozen=True, slots=True)
class WallRow:
    id: str
    version: int
    person_id: str
    layout: str
    cells: tuple[str | None, ...]


def _row(found: WallLayout) -> WallRow:
    return WallRow(found.id, found.version, found.person_id, found.layout, tuple(found.cells))


def _find(tx: Tx, whose: Whose) -> WallLayout | None:
    query = select(WallLayout).where(
        WallLayout.station_id == tx.station_id,
        WallLayout.person_id == whose.person_id,
        WallLayout.screen == whose.screen,
    )
    return tx.session.scalars(query).one_or_none()


def wall_of(tx: Tx, whose: Whose) -> WallRow | None:
    found = _find(tx, whose)
    return _row(found) if found else None


def save_wall(tx: Tx, whose: Whose, layout: str, cells: Sequence[str | None], version: int | None = None) -> WallRow:
    """Store a person's wall (cells are camera ids or None); with a version, a stale one is a `Conflict`."""
    found = _find(tx, whose)
    if found is None:
        found = WallLayout(person_id=whose.person_id, screen=whose.screen, layout=layout, cells=list(cells))
        tx.session.add(found)
    elif version not in {None, found.version}:
        raise Conflict(WallLayout.kind, found.id)
    found.layout = layout
    found.cells = list(cells)
    tx.session.flush()
    return _row(found)
