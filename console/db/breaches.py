"""The register of breaches of personal data (PDPA s.37(4)): what happened, how grave, who was told and when.

Until the notice is submitted a breach is corrected; afterwards only steps are added, which nobody changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import JSON, ForeignKey, Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import ID_LENGTH, PERSONAL, Record, UtcTime
from console.db.facts import facts_of
from console.db.registers import NumberedRow, Register
from console.db.running_numbers import Numbered
from console.db.store import Tx, fetch
from console.protection import Affected, BreachKind, BreachState, BreachStep, DataType, Risk, Severity

KIND: Final = "breach"


class Breach(Numbered):
    __tablename__ = "breach"
    kind: ClassVar[str] = KIND

    title: Mapped[str] = mapped_column(String(300), info=PERSONAL)
    happened_at: Mapped[datetime | None] = mapped_column(UtcTime)
    discovered_at: Mapped[datetime] = mapped_column(UtcTime)
    breach_kinds: Mapped[list[Any]] = mapped_column(JSON)
    data_types: Mapped[list[Any]] = mapped_column(JSON)
    volume: Mapped[int | None] = mapped_column(Integer)
    affected: Mapped[list[Any]] = mapped_column(JSON)
    people: Mapped[int | None] = mapped_column(Integer)
    severity: Mapped[str | None] = mapped_column(String(16))
    effect: Mapped[str] = mapped_column(String(2000), info=PERSONAL)
    safeguards: Mapped[str] = mapped_column(String(2000), info=PERSONAL)
    controller: Mapped[str] = mapped_column(String(2000), info=PERSONAL)
    risk: Mapped[str | None] = mapped_column(String(16))
    assessment: Mapped[str] = mapped_column(String(2000), info=PERSONAL)
    measures: Mapped[str] = mapped_column(String(2000), info=PERSONAL)
    contact: Mapped[str] = mapped_column(String(300), info=PERSONAL)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    submitted_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    reference: Mapped[str] = mapped_column(String(200))
    people_told_at: Mapped[datetime | None] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    closed_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))


class BreachEvent(Record):
    """One step of a breach. Nothing in the program changes or deletes one."""

    __tablename__ = "breach_event"
    kind: ClassVar[str] = "breach_event"

    breach_id: Mapped[str] = mapped_column(ForeignKey("breach.id"), index=True)
    step: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcTime)
    person_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    words: Mapped[str] = mapped_column(String(2000), info=PERSONAL)


@dataclass(frozen=True, slots=True)
class BreachFacts:
    """What is known and how it was assessed. `risk` None: not assessed yet; `happened_at` None: not known."""

    title: str
    discovered_at: datetime
    breach_kinds: frozenset[BreachKind]
    happened_at: datetime | None = None
    data_types: frozenset[DataType] = frozenset()
    volume: int | None = None
    affected: frozenset[Affected] = frozenset()
    people: int | None = None
    severity: Severity | None = None
    effect: str = ""
    safeguards: str = ""
    controller: str = ""
    risk: Risk | None = None
    assessment: str = ""
    measures: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """When the office was told, and under which number."""

    submitted_at: datetime
    reference: str


@dataclass(frozen=True, slots=True)
class Telling:
    people_told_at: datetime


@dataclass(frozen=True, slots=True)
class BreachStepRow:
    id: str
    breach_id: str
    step: BreachStep
    at: datetime
    person_id: str
    words: str


@dataclass(frozen=True, slots=True)
class BreachRow(NumberedRow):
    facts: BreachFacts
    submitted_at: datetime | None
    submitted_by: str | None
    reference: str
    people_told_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None

    @property
    def state(self) -> BreachState:
        if self.closed_at is not None:
            return BreachState.CLOSED
        if self.submitted_at is not None:
            untold = self.facts.risk is Risk.HIGH and self.people_told_at is None
            return BreachState.TO_TELL if untold else BreachState.NOTIFIED
        if self.facts.risk is None:
            return BreachState.OPEN
        return BreachState.NO_RISK if self.facts.risk is Risk.NONE else BreachState.TO_NOTIFY


BREACHES: Final = Register(Breach, BreachRow, ("reference",))
list_breaches, get_breach = BREACHES.rows, BREACHES.get


def steps_of_breaches(tx: Tx) -> list[BreachStepRow]:
    """Return every step of every breach, in order."""
    query = select(BreachEvent).where(BreachEvent.station_id == tx.station_id).order_by(BreachEvent.id)
    return [facts_of(BreachStepRow, found) for found in tx.session.scalars(query)]


def add_step(tx: Tx, breach_id: str, step: BreachStep, at: datetime, words: str = "") -> None:
    """Add a step, by whoever acts."""
    found = fetch(tx, Breach, breach_id)
    person = tx.acting_session.person_id
    tx.session.add(BreachEvent(breach_id=found.id, step=str(step), at=at, person_id=person, words=words))
    tx.session.flush()
