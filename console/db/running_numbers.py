"""Numbers that run in a station, or in each of its Buddhist years, without gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, UniqueConstraint, func, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, declared_attr, mapped_column

from console.db.base import Base, Record
from console.db.store import Tx
from console.kernel import BUDDHIST_ERA, STATION_ZONE


class Numbered(Record):
    """A record whose number runs in each year; how the number is written is the record's own matter."""

    __abstract__ = True

    number: Mapped[str] = mapped_column(String(16))
    year_be: Mapped[int] = mapped_column(Integer)
    running: Mapped[int] = mapped_column(Integer)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        return (UniqueConstraint("station_id", "year_be", "running"),)


@dataclass(frozen=True, slots=True)
class YearNumber:
    """Written `12/2569`."""

    year_be: int
    running: int

    def __str__(self) -> str:
        return f"{self.running}/{self.year_be}"


def next_number(tx: Tx, model: type[Numbered]) -> YearNumber:
    """Return this year's next number of such records."""
    year = tx.now.astimezone(STATION_ZONE).year + BUDDHIST_ERA
    return YearNumber(year, next_of(tx, model, model.running, model.year_be == year))


def next_of(tx: Tx, model: type[Base], counter: InstrumentedAttribute[int], *fits: ColumnElement[bool]) -> int:
    """Return the station's next number in a column of its table, among the rows that fit.

    What comes to nothing uses none up, so there are no gaps.
    """
    if tx.session.connection().dialect.name == "postgresql":
        # Consoles of a shared database number one after the other; SQLite has one writer anyhow. Held until commit.
        turn = func.hashtextextended(f"{model.__tablename__} {tx.station_id}", 0)
        tx.session.execute(select(func.pg_advisory_xact_lock(turn)))
    query = select(func.max(counter)).where(model.__table__.c.station_id == tx.station_id, *fits)
    return (tx.session.scalar(query) or 0) + 1
