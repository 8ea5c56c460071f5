"""The visitor book of the CCOC room, and the sectors of society that its visitors are counted by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Boolean, Integer, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import ID_LENGTH, PERSONAL, Record, UtcTime
from console.db.journal import forget_personal
from console.db.store import Tx, fetch


class Visit(Record):
    """One group on one day. Counts by sector only: who came is not written down by name."""

    __tablename__ = "visit"
    kind: ClassVar[str] = "visit"

    day: Mapped[datetime] = mapped_column(UtcTime, index=True)
    group_name: Mapped[str] = mapped_column(String(200), info=PERSONAL)
    """May be somebody's name where one person came alone."""
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Number of the sector → people."""
    received_by: Mapped[str] = mapped_column(String(ID_LENGTH))
    purpose: Mapped[str] = mapped_column(String(300), info=PERSONAL)
    sign_ups: Mapped[int] = mapped_column(Integer)
    wishes: Mapped[str] = mapped_column(String(1000), info=PERSONAL)
    struck_at: Mapped[datetime | None] = mapped_column(UtcTime)
    struck_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    strike_reason: Mapped[str | None] = mapped_column(String(1000), info=PERSONAL)


class Sector(Record):
    """A sector as the station names it. One that is not used any more keeps its name for what was counted by it."""

    __tablename__ = "sector"
    __table_args__ = (UniqueConstraint("station_id", "number"),)
    kind: ClassVar[str] = "sector"

    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(100))
    used: Mapped[bool] = mapped_column(Boolean)


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What is entered of a visit. `day` is the moment at which it begins; counts by the sectors' numbers, none is 0."""

    day: datetime
    group_name: str
    counts: Mapping[int, int]
    received_by: str
    purpose: str
    sign_ups: int = 0
    wishes: str = ""


@dataclass(frozen=True, slots=True)
class VisitRow:
    id: str
    version: int
    facts: VisitFacts
    struck_at: datetime | None
    struck_by: str | None
    strike_reason: str | None

    @property
    def stands(self) -> bool:
        return self.struck_at is None

    @property
    def people(self) -> int:
        return sum(self.facts.counts.values())


@dataclass(frozen=True, slots=True)
class SectorRow:
    number: int
    name: str
    used: bool = True


def _row(found: Visit) -> VisitRow:
    facts = VisitFacts(
        day=found.day,
        group_name=found.group_name,
        counts={int(number): count for number, count in found.counts.items()},
        received_by=found.received_by,
        purpose=found.purpose,
        sign_ups=found.sign_ups,
        wishes=found.wishes,
    )
    return VisitRow(found.id, found.version, facts, found.struck_at, found.struck_by, found.strike_reason)


def list_visits(tx: Tx) -> list[VisitRow]:
    """Return the visits, newest day first; struck ones too."""
    query = select(Visit).where(Visit.station_id == tx.station_id).order_by(Visit.day.desc(), Visit.id.desc())
    return [_row(found) for found in tx.session.scalars(query)]


def get_visit(tx: Tx, visit_id: str, version: int | None = None) -> VisitRow:
    """Return a visit or raise `not_found`; `Conflict` if it is not of this version any more."""
    return _row(fetch(tx, Visit, visit_id, version))


def add_visit(tx: Tx, facts: VisitFacts) -> VisitRow:
    visit = Visit()
    _enter(visit, facts)
    tx.session.add(visit)
    tx.session.flush()
    return _row(visit)


def change_visit(tx: Tx, visit_id: str, version: int, facts: VisitFacts) -> VisitRow:
    visit = fetch(tx, Visit, visit_id, version)
    _enter(visit, facts)
    tx.session.flush()
    return _row(visit)


def strike_visit(tx: Tx, visit_id: str, version: int, reason: str) -> VisitRow:
    """Strike a visit out: it stays readable and is not counted."""
    visit = fetch(tx, Visit, visit_id, version)
    visit.struck_at = tx.now
    visit.struck_by = tx.actor_id
    visit.strike_reason = reason
    tx.session.flush()
    return _row(visit)


def _enter(visit: Visit, facts: VisitFacts) -> None:
    visit.day = facts.day
    visit.group_name = facts.group_name
    visit.counts = {str(number): count for number, count in sorted(facts.counts.items()) if count}
    visit.received_by = facts.received_by
    visit.purpose = facts.purpose
    visit.sign_ups = facts.sign_ups
    visit.wishes = facts.wishes


def delete_visits(tx: Tx, visit_ids: Iterable[str]) -> None:
    """Delete visits whose time is over, also the words of them that stand in clear text beside the journal."""
    for visit_id in visit_ids:
        tx.session.delete(fetch(tx, Visit, visit_id))
        tx.session.flush()
        forget_personal(tx, (Visit.kind, visit_id))


def list_sectors(tx: Tx) -> list[SectorRow]:
    """Return the sectors that the station named, by number; none if it never named any."""
    query = select(Sector).where(Sector.station_id == tx.station_id).order_by(Sector.number)
    return [SectorRow(found.number, found.name, found.used) for found in tx.session.scalars(query)]


def set_sectors(tx: Tx, rows: Sequence[SectorRow]) -> None:
    """Name the sectors; a number that is not among them stays as it is."""
    query = select(Sector).where(Sector.station_id == tx.station_id)
    known = {found.number: found for found in tx.session.scalars(query)}
    for row in rows:
        found = known.get(row.number)
        if found is None:
            tx.session.add(Sector(number=row.number, name=row.name, used=row.used))
        else:
            found.name, found.used = row.name, row.used
    tx.session.flush()
