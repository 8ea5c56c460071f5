"""Numbers that run in each Buddhist year of a station, without gaps."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from console.db.base import Record
from console.db.store import Tx
from console.kernel import BUDDHIST_ERA, STATION_ZONE


@dataclass(frozen=True, slots=True)
class YearNumber:
    """Written `12/2569`."""

    year_be: int
    running: int

    def __str__(self) -> str:
        return f"{self.running}/{self.year_be}"


def next_number(tx: Tx, model: type[Record]) -> YearNumber:
    """Return this year's next number in the table of a record that has `year_be` and `running`.

    What comes to nothing uses none up, so there are no gaps.
    """
    columns = model.__table__.c
    year = tx.now.astimezone(STATION_ZONE).year + BUDDHIST_ERA
    if tx.session.connection().dialect.name == "postgresql":
        # Consoles of a shared database number one after the other; SQLite has one writer anyhow. Held until commit.
        turn = func.hashtextextended(f"{model.__tablename__} {tx.station_id}", 0)
        tx.session.execute(select(func.pg_advisory_xact_lock(turn)))
    last = tx.session.scalar(
        select(func.max(columns.running)).where(columns.station_id == tx.station_id, columns.year_be == year)
    )
    return YearNumber(year, (last or 0) + 1)
