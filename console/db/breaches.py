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
from console.db.rereading import Listing, reread
from console.db.running_numbers import Numbered, next_number
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
class BreachStepRow:
    id: str
    breach_id: str
    step: BreachStep
    at: datetime
    person_id: str
    words: str


@dataclass(frozen=True, slots=True)
class BreachRow:
    id: str
    version: int
    number: str
    year_be: int
    running: int
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


def _row(found: Breach) -> BreachRow:
    facts = BreachFacts(
        title=found.title,
        discovered_at=found.discovered_at,
        breach_kinds=frozenset(map(BreachKind, found.breach_kinds)),
        happened_at=found.happened_at,
        data_types=frozenset(map(DataType, found.data_types)),
        volume=found.volume,
        affected=frozenset(map(Affected, found.affected)),
        people=found.people,
        severity=Severity(found.severity) if found.severity else None,
        effect=found.effect,
        safeguards=found.safeguards,
        controller=found.controller,
        risk=Risk(found.risk) if found.risk else None,
        assessment=found.assessment,
        measures=found.measures,
        contact=found.contact,
    )
    return BreachRow(
        id=found.id,
        version=found.version,
        number=found.number,
        year_be=found.year_be,
        running=found.running,
        facts=facts,
        submitted_at=found.submitted_at,
        submitted_by=found.submitted_by,
        reference=found.reference,
        people_told_at=found.people_told_at,
        closed_at=found.closed_at,
        closed_by=found.closed_by,
    )


_ALL: Final = Listing("breaches", Breach, _row)


def list_breaches(tx: Tx) -> list[BreachRow]:
    """Return every breach, newest first."""
    rows = reread(tx, _ALL, Breach.station_id == tx.station_id)
    return sorted(rows, key=lambda row: (row.year_be, row.running), reverse=True)


def get_breach(tx: Tx, breach_id: str) -> BreachRow:
    """Return a breach or raise `not_found`."""
    return _row(fetch(tx, Breach, breach_id))


def steps_of_breaches(tx: Tx) -> list[BreachStepRow]:
    """Return every step of every breach, in order."""
    query = select(BreachEvent).where(BreachEvent.station_id == tx.station_id).order_by(BreachEvent.id)
    return [
        BreachStepRow(each.id, each.breach_id, BreachStep(each.step), each.at, each.person_id, each.words)
        for each in tx.session.scalars(query)
    ]


def _put(found: Breach, facts: BreachFacts) -> None:
    found.title = facts.title
    found.happened_at = facts.happened_at
    found.discovered_at = facts.discovered_at
    found.breach_kinds = sorted(map(str, facts.breach_kinds))
    found.data_types = sorted(map(str, facts.data_types))
    found.volume = facts.volume
    found.affected = sorted(map(str, facts.affected))
    found.people = facts.people
    found.severity = None if facts.severity is None else str(facts.severity)
    found.effect = facts.effect
    found.safeguards = facts.safeguards
    found.controller = facts.controller
    found.risk = None if facts.risk is None else str(facts.risk)
    found.assessment = facts.assessment
    found.measures = facts.measures
    found.contact = facts.contact


def record_breach(tx: Tx, facts: BreachFacts) -> BreachRow:
    """Enter a breach with the next number of this year."""
    number = next_number(tx, Breach)
    made = Breach(number=str(number), year_be=number.year_be, running=number.running, reference="")
    _put(made, facts)
    tx.session.add(made)
    tx.session.flush()
    return _row(made)


def change_breach(tx: Tx, breach_id: str, version: int, facts: BreachFacts) -> BreachRow:
    found = fetch(tx, Breach, breach_id, version)
    _put(found, facts)
    tx.session.flush()
    return _row(found)


def submit_notice(tx: Tx, breach_id: str, version: int, notice: tuple[datetime, str]) -> BreachRow:
    """Note when the office was told, and under which number."""
    found = fetch(tx, Breach, breach_id, version)
    found.submitted_at, found.reference = notice
    found.submitted_by = tx.actor_id
    tx.session.flush()
    return _row(found)


def tell_people(tx: Tx, breach_id: str, version: int, told_at: datetime) -> BreachRow:
    found = fetch(tx, Breach, breach_id, version)
    found.people_told_at = told_at
    tx.session.flush()
    return _row(found)


def close_breach(tx: Tx, breach_id: str, version: int) -> BreachRow:
    found = fetch(tx, Breach, breach_id, version)
    found.closed_at, found.closed_by = tx.now, tx.actor_id
    tx.session.flush()
    return _row(found)


def add_step(tx: Tx, breach_id: str, step: BreachStep, at: datetime, words: str = "") -> None:
    """Add a step, by whoever acts."""
    found = fetch(tx, Breach, breach_id)
    person = tx.acting_session.person_id
    tx.session.add(BreachEvent(breach_id=found.id, step=str(step), at=at, person_id=person, words=words))
    tx.session.flush()
