"""The way to an owner's consent: each contact, visit and briefing, who went, what came of it and what is next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import JSON, ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import ID_LENGTH, PERSONAL, Record, UtcTime
from console.db.owners import Owner
from console.db.rereading import Listing, reread
from console.db.store import Tx, fetch
from console.kernel import StepKind


class OwnerStep(Record):
    """One step. Never deleted: a wrong one is struck, with a reason, and stays readable."""

    __tablename__ = "owner_step"
    kind: ClassVar[str] = "owner_step"

    owner_id: Mapped[str] = mapped_column(ForeignKey("owner.id"), index=True)
    step_kind: Mapped[str] = mapped_column(String(32))
    day: Mapped[datetime] = mapped_column(UtcTime)
    went: Mapped[list[Any]] = mapped_column(JSON)
    """Ids of the people of the station who went."""
    others: Mapped[str] = mapped_column(String(200), info=PERSONAL)
    result: Mapped[str] = mapped_column(String(2000), info=PERSONAL)
    next_step: Mapped[str] = mapped_column(String(300), info=PERSONAL)
    next_day: Mapped[datetime | None] = mapped_column(UtcTime)
    photos: Mapped[list[Any]] = mapped_column(JSON)
    """Names of files in `attachments`."""
    struck_at: Mapped[datetime | None] = mapped_column(UtcTime)
    struck_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    strike_reason: Mapped[str | None] = mapped_column(String(1000), info=PERSONAL)


@dataclass(frozen=True, slots=True)
class StepFacts:
    """What is entered of a step. `day` and `next_day` are the moments at which those days begin."""

    kind: StepKind
    day: datetime
    went: tuple[str, ...] = ()
    others: str = ""
    result: str = ""
    next_step: str = ""
    next_day: datetime | None = None


@dataclass(frozen=True, slots=True)
class StepRow:
    id: str
    version: int
    owner_id: str
    facts: StepFacts
    photos: tuple[str, ...]
    struck_at: datetime | None
    struck_by: str | None
    strike_reason: str | None

    @property
    def stands(self) -> bool:
        return self.struck_at is None


def _row(found: OwnerStep) -> StepRow:
    facts = StepFacts(
        kind=StepKind(found.step_kind),
        day=found.day,
        went=tuple(found.went),
        others=found.others,
        result=found.result,
        next_step=found.next_step,
        next_day=found.next_day,
    )
    return StepRow(
        id=found.id,
        version=found.version,
        owner_id=found.owner_id,
        facts=facts,
        photos=tuple(found.photos),
        struck_at=found.struck_at,
        struck_by=found.struck_by,
        strike_reason=found.strike_reason,
    )


_ALL: Final = Listing("owner steps", OwnerStep, _row)


def list_steps(tx: Tx) -> list[StepRow]:
    """Return the steps with every owner, in the order in which they happened."""
    rows = reread(tx, _ALL, OwnerStep.station_id == tx.station_id)
    return sorted(rows, key=lambda row: (row.facts.day, row.id))


def steps_of(tx: Tx, owner_id: str) -> list[StepRow]:
    """Return the steps with one owner, in the order in which they happened; struck ones too."""
    query = select(OwnerStep).where(OwnerStep.station_id == tx.station_id, OwnerStep.owner_id == owner_id)
    return [_row(found) for found in tx.session.scalars(query.order_by(OwnerStep.day, OwnerStep.id))]


def get_step(tx: Tx, step_id: str, version: int | None = None) -> StepRow:
    """Return a step or raise `not_found`; `Conflict` if it is not of this version any more."""
    return _row(fetch(tx, OwnerStep, step_id, version))


def add_step(tx: Tx, owner_id: str, facts: StepFacts) -> StepRow:
    step = OwnerStep(owner_id=fetch(tx, Owner, owner_id).id, photos=[])
    _enter(step, facts)
    tx.session.add(step)
    tx.session.flush()
    return _row(step)


def change_step(tx: Tx, step_id: str, version: int, facts: StepFacts) -> StepRow:
    step = fetch(tx, OwnerStep, step_id, version)
    _enter(step, facts)
    tx.session.flush()
    return _row(step)


def set_photos(tx: Tx, step_id: str, version: int, photos: tuple[str, ...]) -> StepRow:
    step = fetch(tx, OwnerStep, step_id, version)
    step.photos = list(photos)
    tx.session.flush()
    return _row(step)


def drop_photos(tx: Tx, step_id: str) -> tuple[str, ...]:
    """Take all photographs away from a step and return their names; whoever calls deletes the files."""
    step = fetch(tx, OwnerStep, step_id)
    photos, step.photos = tuple(step.photos), []
    tx.session.flush()
    return photos


def strike_step(tx: Tx, step_id: str, version: int, reason: str) -> StepRow:
    """Strike a step out: it stays readable, with who struck it, when and why, and counts for nothing."""
    step = fetch(tx, OwnerStep, step_id, version)
    step.struck_at = tx.now
    step.struck_by = tx.actor_id
    step.strike_reason = reason
    tx.session.flush()
    return _row(step)


def _enter(step: OwnerStep, facts: StepFacts) -> None:
    step.step_kind = str(facts.kind)
    step.day = facts.day
    step.went = list(facts.went)
    step.others = facts.others
    step.result = facts.result
    step.next_step = facts.next_step
    step.next_day = facts.next_day
