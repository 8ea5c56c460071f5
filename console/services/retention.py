"""Terms of keeping, legal holds, and the deletion of what is due: looked at first, then ordered, with a certificate.

The terms are those of domain 5.4: traffic data at least 90 days (Computer Crime Act s.26), here two years; drafts 30
days; telemetry of cameras 400 days; consent papers five years beyond their validity; visitors a year. Rows
of the journal stay, pictures are not recorded; the list says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass as plain_dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, Field
from pydantic.dataclasses import dataclass

from console.db import retention as db
from console.db.backups import lifetime
from console.db.cameras import get_camera
from console.db.fixed_ids import fixed_id
from console.db.incidents import get_incident
from console.db.owners import archived_owners, get_owner, list_owners
from console.db.retention import BackupsLeft, Due, HoldRow, RunItem, RunRow
from console.db.rights_requests import get_request, list_requests
from console.db.store import Store, Tx
from console.db.visits import get_visit, list_visits
from console.i18n.dates import format_date
from console.i18n.labels import owner_number
from console.kernel import Conflict, ConsoleError, Invalid, Right, Session
from console.protection import HoldKind, Kept
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.drafts import Drafts
from console.services.names import Names, named
from console.services.retention_sweeps import Sweep, consent_papers, photographs, visitor_book
from console.services.rights_requests import demand_reader
from console.services.row_lines import RowLine
from console.services.sessions import Sessions
from console.services.texts import MaybeLine, MaybeWords, Words, unseen
from console.settings import BackupSettings

__all__ = [
    "BackupsLeft",
    "ChangeRetention",
    "Due",
    "HoldLine",
    "HoldRecord",
    "Plan",
    "ReleaseHold",
    "Retention",
    "RetentionLine",
    "RunItem",
    "RunLine",
    "RunRetention",
    "Term",
    "days_kept",
]

FRESH: Final = timedelta(hours=1)
"""So long what was looked at may be ordered to be deleted."""

LONGEST: Final = 36_500


@plain_dataclass(frozen=True, slots=True)
class Term:
    """How long something is kept by default, and the least that may be chosen. `days` None: it has no term."""

    days: int | None
    floor: int = 1


TERMS: Final[Mapping[Kept, Term]] = {
    Kept.PERSONAL_WORDS: Term(730, 90),
    Kept.HEALTH: Term(400, 31),
    Kept.DRAFTS: Term(30),
    # No less than a year: who invented a consent does not clear away by himself what would show it.
    Kept.CONSENT_PAPERS: Term(1826, 365),
    Kept.VISITORS: Term(365),
    Kept.ATTACHMENTS: Term(30),
    Kept.PICTURES: Term(None),
    Kept.JOURNAL: Term(None),
}


def days_kept(tx: Tx, kept: Kept) -> int:
    """Return the term in force: the station's own, or the one that the program delivers; 0 for what has none."""
    chosen = db.rules(tx).get(kept)
    return chosen.days if chosen is not None else TERMS[kept].days or 0


@plain_dataclass(frozen=True, slots=True)
class RetentionLine:
    """A term as the list shows it. `due` None: nothing of the kind is ever deleted."""

    id: str
    kept: Kept
    version: int
    days: int | None
    reason: str
    due: Due | None

    @property
    def term(self) -> Term:
        return TERMS[self.kept]


@plain_dataclass(frozen=True, slots=True)
class Plan:
    """What would be deleted, as it was looked at."""

    as_of: datetime
    items: tuple[RunItem, ...]

    @property
    def count(self) -> int:
        return sum(item.due.count for item in self.items)


@plain_dataclass(frozen=True, slots=True)
class RunLine(RowLine):
    row: RunRow
    by: str


@plain_dataclass(frozen=True, slots=True)
class HoldLine(RowLine):
    row: HoldRow
    subject: str
    held_by: str
    released_by: str


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ChangeRetention(Command):
    """Choose another term. `version` 0: none was chosen before; `reason` says what it rests on."""

    kept: Kept
    version: int
    days: Annotated[int, Field(ge=1, le=LONGEST)]
    reason: MaybeLine

    def problems(self) -> Mapping[str, str]:
        term = TERMS[self.kept]
        if term.days is None:
            return {"days": "retention.no_term"}
        if self.days < term.floor:
            return {"days": "retention.below_floor"}
        return {} if self.reason else {"reason": "retention.say_why"}


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class RunRetention(Command):
    """Delete what is due, as it was looked at at `as_of`."""

    as_of: AwareDatetime


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class HoldRecord(Command):
    """Keep a record from being erased: a case, an order of a court, a complaint."""

    hold_kind: HoldKind
    subject_id: str
    reason: Words
    reference: MaybeLine = ""

    def problems(self) -> Mapping[str, str]:
        return unseen(reason=self.reason, reference=self.reference)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ReleaseHold(Command):
    hold_id: str
    version: int
    reason: MaybeWords

    def problems(self) -> Mapping[str, str]:
        return unseen(reason=self.reason) if self.reason else {"reason": "retention.say_why_released"}


class Retention:
    """Reading is for those who keep these records; deleting for those who decide."""

    def __init__(self, store: Store, sessions: Sessions, drafts: Drafts, backups: BackupSettings) -> None:
        self._store = store
        self._sessions = sessions
        self._backups = backups
        self._names = Names()
        self._sweeps: Mapping[Kept, Sweep] = {
            Kept.PERSONAL_WORDS: Sweep(db.due_words, db.forget_words),
            Kept.HEALTH: Sweep(db.due_health, db.forget_health),
            Kept.DRAFTS: Sweep(
                lambda _tx, before: _drafts_due(drafts, before),
                # Files: they go once the word of it is safe.
                lambda tx, before: tx.after_commit(lambda: drafts.drop_before(before)),
            ),
            Kept.CONSENT_PAPERS: consent_papers,
            Kept.VISITORS: visitor_book,
            Kept.ATTACHMENTS: photographs,
        }

    def lines(self, session: Session) -> list[RetentionLine]:
        """Return every term with what is due now."""
        demand_reader(self._sessions, session)

        def work(tx: Tx) -> list[RetentionLine]:
            chosen = db.rules(tx)
            due = {item.kept: item.due for item in self._items(tx, tx.now)}

            def line(kept: Kept, term: Term) -> RetentionLine:
                rule, line_id = chosen.get(kept), fixed_id(tx, db.RULE, kept.value)
                if rule is None:
                    return RetentionLine(line_id, kept, 0, term.days, "", due.get(kept))
                return RetentionLine(line_id, kept, rule.version, rule.days, rule.reason, due.get(kept))

            return [line(kept, term) for kept, term in TERMS.items()]

        return self._store.read(work)

    def plan(self, session: Session) -> Plan:
        """Return what would be deleted now; nothing is."""
        demand_reader(self._sessions, session)
        return self._store.read(lambda tx: Plan(tx.now, tuple(self._items(tx, tx.now))))

    def runs(self, session: Session) -> list[RunLine]:
        """Return what was deleted, newest first."""
        demand_reader(self._sessions, session)

        def work(tx: Tx) -> list[RunLine]:
            book = self._names.book(tx)
            return [RunLine(row, named(book, "person", row.person_id)) for row in db.list_runs(tx)]

        return self._store.read(work)

    def holds(self, session: Session) -> list[HoldLine]:
        """Return every hold, newest first."""
        demand_reader(self._sessions, session)

        def work(tx: Tx) -> list[HoldLine]:
            book = self._names.book(tx)
            known = _holdable(tx)

            def line(row: HoldRow) -> HoldLine:
                released = "" if row.released_by is None else named(book, "person", row.released_by)
                subject = known.get(row.hold_kind, {}).get(row.subject_id, "")
                subject = subject or named(book, row.hold_kind.value, row.subject_id)
                return HoldLine(row, subject, named(book, "person", row.held_by), released)

            return [line(row) for row in db.list_holds(tx)]

        return self._store.read(work)

    def holdable(self, session: Session, kind: HoldKind) -> Mapping[str, str]:
        """Return the requests, owners or visits that may be held, by id."""
        demand_reader(self._sessions, session)
        return self._store.read(_holdable)[kind]

    def _items(self, tx: Tx, as_of: datetime) -> list[RunItem]:
        items = []
        for kept, sweep in self._sweeps.items():
            days = days_kept(tx, kept)
            before = as_of - timedelta(days=days)
            items.append(RunItem(kept, days, before, sweep.due(tx, before)))
        return items

    @command(right=Right.DECIDE_DATA)
    def change_retention(self, tx: Tx, cmd: ChangeRetention, session: Session) -> None:  # noqa: ARG002 - dispatch's signature
        known = db.rules(tx).get(cmd.kept)
        if (known.version if known is not None else 0) != cmd.version:
            raise Conflict(db.RULE, cmd.kept.value)
        db.put_rule(tx, cmd.kept, cmd.version, (cmd.days, cmd.reason))

    @command(right=Right.DECIDE_DATA)
    def run_retention(self, tx: Tx, cmd: RunRetention, session: Session) -> str:  # noqa: ARG002 - the same
        if not tx.now - FRESH <= cmd.as_of <= tx.now:
            raise ConsoleError("retention.look_again")
        before = db.heads(tx)
        items = self._items(tx, cmd.as_of)
        if not any(item.due.count for item in items):
            raise ConsoleError("retention.nothing_due")
        for item in items:
            self._sweeps[item.kept].forget(tx, item.before)
        place = self._store.place
        lives = lifetime(place, tx.now, self._backups.keep_days)
        backups = BackupsLeft(lives.until, lives.unnamed, place.sqlite_path is None)
        return db.record_run(tx, items, before, backups).id

    @command(right=Right.PROTECT_DATA)
    def hold_record(self, tx: Tx, cmd: HoldRecord, session: Session) -> str:  # noqa: ARG002 - the same
        _find(tx, cmd)
        if (cmd.hold_kind.value, cmd.subject_id) in db.held_subjects(tx):
            raise Invalid({"subject_id": "retention.held_already"})
        return db.hold(tx, (cmd.hold_kind, cmd.subject_id), cmd.reference, cmd.reason).id

    @command(right=Right.DECIDE_DATA)
    def release_hold(self, tx: Tx, cmd: ReleaseHold, session: Session) -> None:  # noqa: ARG002 - the same
        if not db.get_hold(tx, cmd.hold_id).stands:
            raise ConsoleError("retention.released_already")
        db.release(tx, cmd.hold_id, cmd.version, cmd.reason)


def _find(tx: Tx, cmd: HoldRecord) -> None:
    """Raise `not_found` unless there is such a record."""
    known: Mapping[HoldKind, Callable[[Tx, str], Any]] = {
        HoldKind.CAMERA: get_camera,
        HoldKind.INCIDENT: get_incident,
        HoldKind.REQUEST: get_request,
        HoldKind.OWNER: get_owner,
        HoldKind.VISIT: get_visit,
    }
    known[cmd.hold_kind](tx, cmd.subject_id)


def _holdable(tx: Tx) -> Mapping[HoldKind, Mapping[str, str]]:
    """Return what these things are called, by id; cameras and incidents have names of their own in the book."""
    owners = (*list_owners(tx), *archived_owners(tx))
    return {
        HoldKind.REQUEST: {row.id: row.number for row in list_requests(tx)},
        HoldKind.OWNER: {row.id: f"{owner_number(row.number)} {row.name}".rstrip() for row in owners},
        HoldKind.VISIT: {row.id: f"{format_date(row.facts.day)} {row.facts.group_name}" for row in list_visits(tx)},
    }


def _drafts_due(drafts: Drafts, before: datetime) -> Due:
    kept = drafts.kept_before(before)
    return Due(len(kept), min(kept, default=None), max(kept, default=None))
