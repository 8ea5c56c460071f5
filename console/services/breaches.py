"""Breaches of personal data: recorded, assessed, told to the office (สคส.) and, where the risk is high, to the people.

The clock is that of PDPA s.37(4): 72 hours from when the station came to know. A later notice says why, within 15 days
of that moment (notice of the committee, B.E. 2565). Where there is no risk nobody is told, and the assessment is kept
as proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass as plain_dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

from pydantic import AwareDatetime, Field
from pydantic.dataclasses import dataclass

from console.db import breaches as db
from console.db.breaches import KIND, BreachFacts, BreachRow, BreachStepRow
from console.db.store import Store, Tx
from console.kernel import ConsoleError, Invalid, Right, Session
from console.protection import Affected, BreachKind, BreachState, BreachStep, DataType, Risk, Severity
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.moments import refuse_future
from console.services.names import Names, named
from console.services.registers import Deadline
from console.services.rights_requests import demand_reader
from console.services.row_lines import RowLine
from console.services.sessions import Sessions
from console.services.texts import Line, MaybeLine, MaybeWords, Words, unseen

__all__ = [
    "KIND",
    "AddToBreach",
    "BreachClock",
    "BreachFacts",
    "BreachLine",
    "BreachRow",
    "Breaches",
    "ChangeBreach",
    "CloseBreach",
    "RecordBreach",
    "SubmitNotice",
    "TellPeople",
    "breach_clock",
]

NOTICE: Final = timedelta(hours=72)
EXPLANATION: Final = timedelta(days=15)
IN_FUTURE: Final = "breach.in_future"

Count = Annotated[int, Field(ge=0, le=10_000_000)]


@plain_dataclass(frozen=True, slots=True)
class BreachClock(Deadline):
    """Until when the office is told, in hours, and until when a late notice is explained."""

    explained_by: datetime


def breach_clock(row: BreachRow, now: datetime) -> BreachClock | None:
    """Return the clock of a breach that the office may have to be told of; None where it stands still."""
    if row.state not in {BreachState.OPEN, BreachState.TO_NOTIFY}:
        return None
    ends = row.facts.discovered_at + NOTICE
    # Rounded down: half an hour past the end is already an hour late, and the last hour says 0.
    return BreachClock(ends, (ends - now) // timedelta(hours=1), row.facts.discovered_at + EXPLANATION)


def was_late(row: BreachRow) -> bool:
    return row.submitted_at is not None and row.submitted_at > row.facts.discovered_at + NOTICE


@plain_dataclass(frozen=True, slots=True)
class StepLine:
    """A step in the words of the register."""

    step: BreachStep
    at: datetime
    who: str
    words: str


@plain_dataclass(frozen=True, slots=True)
class BreachLine(RowLine):
    row: BreachRow
    steps: Sequence[StepLine]


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class RecordBreach(Command):
    """An assessment has its words, most of all the one that comes to no risk."""

    title: Line
    discovered_at: AwareDatetime
    breach_kinds: frozenset[BreachKind]
    happened_at: AwareDatetime | None = None
    data_types: frozenset[DataType] = frozenset()
    volume: Count | None = None
    affected: frozenset[Affected] = frozenset()
    people: Count | None = None
    severity: Severity | None = None
    effect: MaybeWords = ""
    safeguards: MaybeWords = ""
    controller: MaybeWords = ""
    risk: Risk | None = None
    assessment: MaybeWords = ""
    measures: MaybeWords = ""
    contact: MaybeLine = ""

    def problems(self) -> Mapping[str, str]:
        found = unseen(title=self.title, assessment=self.assessment, measures=self.measures, contact=self.contact)
        found |= unseen(effect=self.effect, safeguards=self.safeguards, controller=self.controller)
        if not self.breach_kinds:
            found["breach_kinds"] = "breach.kind_missing"
        if self.happened_at is not None and self.happened_at > self.discovered_at:
            found["happened_at"] = "breach.known_before"
        if self.risk is not None and not self.assessment:
            found["assessment"] = "breach.say_why"
        if self.assessment and self.risk is None:
            found["risk"] = "breach.risk_missing"
        return found

    def facts(self) -> BreachFacts:
        return BreachFacts(
            title=self.title,
            discovered_at=self.discovered_at,
            breach_kinds=self.breach_kinds,
            happened_at=self.happened_at,
            data_types=self.data_types,
            volume=self.volume,
            affected=self.affected,
            people=self.people,
            severity=self.severity,
            effect=self.effect,
            safeguards=self.safeguards,
            controller=self.controller,
            risk=self.risk,
            assessment=self.assessment,
            measures=self.measures,
            contact=self.contact,
        )


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ChangeBreach(RecordBreach):
    """Correct or complete it, until the notice is submitted."""

    breach_id: str
    version: int


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class SubmitNotice(Command):
    """The office was told. `late_words`: why only after 72 hours."""

    breach_id: str
    version: int
    submitted_at: AwareDatetime
    reference: MaybeLine = ""
    late_words: MaybeWords = ""

    def problems(self) -> Mapping[str, str]:
        return unseen(reference=self.reference, late_words=self.late_words)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class TellPeople(Command):
    """The people were told; `words`: how, and what they were advised to do."""

    breach_id: str
    version: int
    told_at: AwareDatetime
    words: Words

    def problems(self) -> Mapping[str, str]:
        return unseen(words=self.words)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class AddToBreach(Command):
    """Something came to be known later, or was corrected: added, never written over."""

    breach_id: str
    words: Words

    def problems(self) -> Mapping[str, str]:
        return unseen(words=self.words)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class CloseBreach(Command):
    breach_id: str
    version: int


class Breaches:
    """Reading is for those who keep these records."""

    def __init__(self, store: Store, sessions: Sessions) -> None:
        self._store = store
        self._sessions = sessions
        self._names = Names()

    def lines(self, session: Session) -> list[BreachLine]:
        """Return every breach with its steps, newest first."""
        demand_reader(self._sessions, session)

        def work(tx: Tx) -> list[BreachLine]:
            book, steps = self._names.book(tx), defaultdict[str, list[BreachStepRow]](list)
            for each in db.steps_of_breaches(tx):
                steps[each.breach_id].append(each)

            def told(each: BreachStepRow) -> StepLine:
                return StepLine(each.step, each.at, named(book, "person", each.person_id), each.words)

            return [BreachLine(row, tuple(map(told, steps[row.id]))) for row in db.list_breaches(tx)]

        return self._store.read(work)

    @command(right=Right.PROTECT_DATA)
    def record_breach(self, tx: Tx, cmd: RecordBreach, session: Session) -> str:  # noqa: ARG002 - dispatch's signature
        refuse_future(tx, "discovered_at", cmd.discovered_at, IN_FUTURE)
        return db.BREACHES.add(tx, cmd.facts()).id

    @command(right=Right.PROTECT_DATA)
    def change_breach(self, tx: Tx, cmd: ChangeBreach, session: Session) -> None:  # noqa: ARG002 - the same
        row = db.get_breach(tx, cmd.breach_id)
        if row.submitted_at is not None or row.closed_at is not None:
            raise ConsoleError("breach.submitted_stays")
        refuse_future(tx, "discovered_at", cmd.discovered_at, IN_FUTURE)
        db.BREACHES.put(tx, row.id, cmd.version, cmd.facts())

    @command(right=Right.DECIDE_DATA)
    def submit_notice(self, tx: Tx, cmd: SubmitNotice, session: Session) -> None:  # noqa: ARG002 - the same
        row = db.get_breach(tx, cmd.breach_id)
        if row.state is not BreachState.TO_NOTIFY:
            raise ConsoleError("breach.assess_first" if row.submitted_at is None else "breach.submitted_stays")
        if not (row.facts.effect and row.facts.measures and row.facts.contact and row.facts.data_types):
            raise ConsoleError("breach.notice_incomplete")
        refuse_future(tx, "submitted_at", cmd.submitted_at, IN_FUTURE)
        if cmd.submitted_at < row.facts.discovered_at:
            raise Invalid({"submitted_at": "breach.before_known"})
        late = cmd.submitted_at > row.facts.discovered_at + NOTICE
        if late and not cmd.late_words:
            raise Invalid({"late_words": "breach.say_why_late"})
        submission = db.Submission(cmd.submitted_at, cmd.reference)
        db.BREACHES.step(tx, row.id, cmd.version, "submitted", submission)
        db.add_step(tx, row.id, BreachStep.SUBMITTED, cmd.submitted_at, cmd.reference)
        if late:
            db.add_step(tx, row.id, BreachStep.LATE_EXPLAINED, tx.now, cmd.late_words)

    @command(right=Right.DECIDE_DATA)
    def tell_people(self, tx: Tx, cmd: TellPeople, session: Session) -> None:  # noqa: ARG002 - the same
        row = db.get_breach(tx, cmd.breach_id)
        if row.people_told_at is not None or row.closed_at is not None:
            raise ConsoleError("breach.told_already")
        refuse_future(tx, "told_at", cmd.told_at, IN_FUTURE)
        if cmd.told_at < row.facts.discovered_at:
            raise Invalid({"told_at": "breach.before_known"})
        db.BREACHES.put(tx, row.id, cmd.version, db.Telling(cmd.told_at))
        db.add_step(tx, row.id, BreachStep.PEOPLE_TOLD, cmd.told_at, cmd.words)

    @command(right=Right.PROTECT_DATA)
    def add_to_breach(self, tx: Tx, cmd: AddToBreach, session: Session) -> None:  # noqa: ARG002 - the same
        db.add_step(tx, cmd.breach_id, BreachStep.ADDITION, tx.now, cmd.words)

    @command(right=Right.DECIDE_DATA)
    def close_breach(self, tx: Tx, cmd: CloseBreach, session: Session) -> None:  # noqa: ARG002 - the same
        row = db.get_breach(tx, cmd.breach_id)
        if row.state not in {BreachState.NO_RISK, BreachState.NOTIFIED}:
            raise ConsoleError("breach.not_done_yet")
        db.BREACHES.step(tx, row.id, cmd.version, "closed")
        db.add_step(tx, row.id, BreachStep.CLOSED, tx.now)
