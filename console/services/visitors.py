"""The visitor book of the CCOC room: which groups came, how many of each sector, who received them, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass as plain_dataclass
from datetime import datetime
from typing import Annotated, Final

from pydantic import AwareDatetime, Field, StringConstraints
from pydantic.dataclasses import dataclass

from console.db import visits as db
from console.db.people import get_person
from console.db.store import Store, Tx
from console.db.visits import SectorRow, VisitFacts, VisitRow
from console.i18n import N_, _
from console.i18n.typed import day_begins, holds_hidden_signs
from console.kernel import STATION_ZONE, ConsoleError, Denied, DenyReason, Invalid, Right, Session
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.names import Names, named
from console.services.owners import demand
from console.services.sessions import Sessions
from console.services.texts import LINES, ONE_LINE, Line, MaybeLine, Reason, unseen

__all__ = ["MonthSum", "SectorRow", "VisitLine", "VisitRow", "VisitorBook", "month_sums"]

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), LINES]
SectorName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), ONE_LINE]
MOST: Final = 9999
People = Annotated[int, Field(ge=0, le=MOST)]
OLDEST: Final = 2000

MOST_SECTORS: Final = 10
BIG_SIX: Final = (
    N_("The police"),
    N_("Local administrations"),
    N_("State agencies and non-profit bodies"),
    N_("Business"),
    N_("Residents of the community"),
    N_("Mass media"),
)
"""The sectors of a station that named none: those of the BIG 6."""


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class RecordVisit(Command):
    """A group that came to see the room. Counts by the sectors' numbers."""

    day: AwareDatetime
    group_name: Line
    counts: Mapping[int, People]
    received_by: str
    purpose: MaybeLine = ""
    sign_ups: People = 0
    wishes: Words = ""

    def problems(self) -> dict[str, str]:
        wrong = unseen(group_name=self.group_name, purpose=self.purpose, wishes=self.wishes)
        people = sum(self.counts.values())
        if not set(self.counts) <= set(range(1, MOST_SECTORS + 1)):
            wrong["counts"] = "field.choice"
        elif people == 0:
            wrong["counts"] = "visit.nobody"
        elif self.sign_ups > people:
            wrong["sign_ups"] = "visit.more_than_came"
        return wrong


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ChangeVisit(RecordVisit):
    """Correct a visit that stands; what it said before is in the journal."""

    visit_id: str
    version: int


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class StrikeVisit(Command):
    """It was written in error. It stays readable, and is not counted."""

    visit_id: str
    version: int
    reason: Reason

    def problems(self) -> dict[str, str]:
        return unseen(reason=self.reason)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class NameSectors(Command):
    """The sectors in their order; an empty name takes one out of use. What was counted by it keeps its name."""

    names: tuple[SectorName, ...]

    def problems(self) -> dict[str, str]:
        given = [name for name in self.names if name]
        for number, name in enumerate(self.names, start=1):
            if holds_hidden_signs(name):
                return {f"sector_{number}": "field.pattern"}
            if name and self.names.index(name) != number - 1:
                return {f"sector_{number}": "visit.sector_twice"}
        if len(self.names) > MOST_SECTORS or not given:
            return {"sector_1": "field.missing"}
        return {}


@plain_dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit with the names of who received it and who struck it."""

    visit: VisitRow
    received_by: str
    struck_by: str

    @property
    def id(self) -> str:
        return self.visit.id

    @property
    def version(self) -> int:
        return self.visit.version


@plain_dataclass(frozen=True, slots=True)
class MonthSum:
    """A month's visits that stand: groups, people by sector, and how many want to link a camera."""

    begins: datetime
    groups: int
    counts: Mapping[int, int]
    sign_ups: int

    @property
    def people(self) -> int:
        return sum(self.counts.values())


def month_sums(visits: Iterable[VisitRow]) -> list[MonthSum]:
    """Add up visits by the station's calendar month, newest first."""
    months: dict[datetime, list[VisitRow]] = {}
    for visit in visits:
        if visit.stands:
            day = visit.facts.day.astimezone(STATION_ZONE).date()
            months.setdefault(day_begins(day.replace(day=1)), []).append(visit)
    return [_sum(begins, months[begins]) for begins in sorted(months, reverse=True)]


def _sum(begins: datetime, visits: Sequence[VisitRow]) -> MonthSum:
    counts: dict[int, int] = {}
    for visit in visits:
        for number, people in visit.facts.counts.items():
            counts[number] = counts.get(number, 0) + people
    return MonthSum(begins, len(visits), counts, sum(visit.facts.sign_ups for visit in visits))


class VisitorBook:
    """Reads and writes the book."""

    def __init__(self, store: Store, sessions: Sessions) -> None:
        self._store = store
        self._sessions = sessions
        self._names = Names()

    def visits(self, session: Session) -> list[VisitLine]:
        """Return the visits, newest first. For those who keep the book."""
        demand(self._sessions, session)
        if not session.may(Right.WRITE_VISITS):
            raise Denied(DenyReason.ROLE, right=Right.WRITE_VISITS.value)

        def work(tx: Tx) -> list[VisitLine]:
            book = self._names.book(tx)
            return [
                VisitLine(
                    visit,
                    named(book, "person", visit.facts.received_by),
                    named(book, "person", visit.struck_by) if visit.struck_by else "",
                )
                for visit in db.list_visits(tx)
            ]

        return self._store.read(work)

    def sectors(self) -> list[SectorRow]:
        """Return the sectors, those out of use too; the six of the programme where the station named none."""
        return self._store.read(_sectors)

    @command(right=Right.WRITE_VISITS)
    def record_visit(self, tx: Tx, cmd: RecordVisit, session: Session) -> str:  # noqa: ARG002 - dispatch's signature
        return db.add_visit(tx, _facts(tx, cmd)).id

    @command(right=Right.WRITE_VISITS)
    def change_visit(self, tx: Tx, cmd: ChangeVisit, session: Session) -> None:  # noqa: ARG002 - the same
        _standing(tx, cmd.visit_id)
        db.change_visit(tx, cmd.visit_id, cmd.version, _facts(tx, cmd))

    @command(right=Right.WRITE_VISITS)
    def strike_visit(self, tx: Tx, cmd: StrikeVisit, session: Session) -> None:  # noqa: ARG002 - the same
        _standing(tx, cmd.visit_id)
        db.strike_visit(tx, cmd.visit_id, cmd.version, cmd.reason)

    @command(right=Right.WRITE_AUTHORITIES)
    def name_sectors(self, tx: Tx, cmd: NameSectors, session: Session) -> None:  # noqa: ARG002 - the same
        known = {row.number: row for row in _sectors(tx)}
        named_now = []
        for number, name in enumerate(cmd.names, start=1):
            former = known.get(number)
            if name or former is not None:
                named_now.append(SectorRow(number, name or (former.name if former else ""), used=bool(name)))
        db.set_sectors(tx, named_now)


def _sectors(tx: Tx) -> list[SectorRow]:
    named_ones = db.list_sectors(tx)
    return named_ones or [SectorRow(number, _(name)) for number, name in enumerate(BIG_SIX, start=1)]


def _standing(tx: Tx, visit_id: str) -> VisitRow:
    visit = db.get_visit(tx, visit_id)
    if not visit.stands:
        raise ConsoleError("visit.struck")
    return visit


def _facts(tx: Tx, cmd: RecordVisit) -> VisitFacts:
    get_person(tx, cmd.received_by)
    if cmd.day > tx.now:
        raise Invalid({"day": "owner.day_ahead"})
    day = cmd.day.astimezone(STATION_ZONE).date()
    if day.year < OLDEST:
        raise Invalid({"day": "authority.wrong_year"})
    return VisitFacts(
        day=day_begins(day),
        group_name=cmd.group_name,
        counts={number: people for number, people in cmd.counts.items() if people},
        received_by=cmd.received_by,
        purpose=cmd.purpose,
        sign_ups=cmd.sign_ups,
        wishes=cmd.wishes,
    )
