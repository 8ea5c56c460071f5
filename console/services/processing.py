"""The record of processing activities (RoPA, PDPA s.39): delivered for this program, worded by the station, issued.

A version is the whole record with a fingerprint; who changed which word between two of them tells the journal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from dataclasses import dataclass as plain_dataclass
from datetime import datetime
from typing import Any

from pydantic.dataclasses import dataclass

from console.db import processing as db
from console.db.fixed_ids import fixed_id
from console.db.processing import ISSUE, KIND, ActivityFacts, IssueRow
from console.db.store import Store, Tx
from console.i18n import plain
from console.kernel import Conflict, ConsoleError, Right, Session, new_id
from console.protection import LegalBasis
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.names import Names, named
from console.services.processing_defaults import delivered
from console.services.rights_requests import demand_reader
from console.services.sessions import Sessions
from console.services.texts import Line, Words, unseen

__all__ = [
    "ISSUE",
    "KIND",
    "ActivityFacts",
    "ActivityLine",
    "IssueLine",
    "IssueProcessing",
    "Processing",
    "PutActivity",
    "StrikeActivity",
    "facts_of",
]


@plain_dataclass(frozen=True, slots=True)
class ActivityLine:
    """An activity. Version 0: as the program delivers it; `own`: the station added it."""

    id: str
    code: str
    version: int
    facts: ActivityFacts
    own: bool


@plain_dataclass(frozen=True, slots=True)
class IssueLine:
    number: int
    at: datetime
    by: str
    digest: str
    activities: tuple[ActivityFacts, ...]


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class PutActivity(Command):
    """Word an activity; `code` None: a new one of the station's own. All eight items of s.39 are filled in."""

    code: str | None
    version: int
    name: Line
    basis: frozenset[LegalBasis]
    data: Words
    purposes: Words
    controller: Words
    retention: Words
    access: Words
    disclosure: Words
    refusals: Words
    security: Words

    def problems(self) -> Mapping[str, str]:
        texts = {field.name: getattr(self, field.name) for field in fields(ActivityFacts) if field.name != "basis"}
        found = unseen(**texts)
        return found if self.basis else {**found, "basis": "processing.basis_missing"}

    def facts(self) -> ActivityFacts:
        return ActivityFacts(**{field.name: getattr(self, field.name) for field in fields(ActivityFacts)})


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class StrikeActivity(Command):
    """The station does not do this (any more). Issued versions keep it."""

    code: str
    version: int


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class IssueProcessing(Command):
    """The record as it stands becomes the next version."""


class Processing:
    """Reading is for those who keep these records."""

    def __init__(self, store: Store, sessions: Sessions) -> None:
        self._store = store
        self._sessions = sessions
        self._names = Names()

    def lines(self, session: Session) -> list[ActivityLine]:
        """Return every activity: the delivered ones first, in their order."""
        demand_reader(self._sessions, session)
        return self._store.read(_lines)

    def issues(self, session: Session) -> list[IssueLine]:
        """Return every issued version, the newest first."""
        demand_reader(self._sessions, session)

        def work(tx: Tx) -> list[IssueLine]:
            book = self._names.book(tx)
            return [_issue(row, named(book, "person", row.issued_by)) for row in db.issues(tx)]

        return self._store.read(work)

    @command(right=Right.PROTECT_DATA)
    def put_activity(self, tx: Tx, cmd: PutActivity, session: Session) -> str:  # noqa: ARG002 - dispatch's signature
        code = cmd.code or new_id()
        _refuse_stale(tx, code, cmd.version)
        return db.put_activity(tx, code, cmd.version, cmd.facts()).id

    @command(right=Right.PROTECT_DATA)
    def strike_activity(self, tx: Tx, cmd: StrikeActivity, session: Session) -> None:  # noqa: ARG002 - the same
        _refuse_stale(tx, cmd.code, cmd.version)
        line = next((line for line in _lines(tx) if line.code == cmd.code), None)
        if line is None:
            raise ConsoleError("not_found", kind=KIND, id=cmd.code)
        db.put_activity(tx, cmd.code, cmd.version, line.facts, archived=True)

    @command(right=Right.DECIDE_DATA)
    def issue_processing(self, tx: Tx, cmd: IssueProcessing, session: Session) -> int:  # noqa: ARG002 - the same
        content = content_of([line.facts for line in _lines(tx)])
        digest = digest_of(content)
        last = next(iter(db.issues(tx)), None)
        if last is not None and last.digest == digest:
            raise ConsoleError("processing.nothing_new")
        return db.issue(tx, content, digest).number


def content_of(activities: list[ActivityFacts]) -> list[dict[str, Any]]:
    """Return activities as plain values, without the word breaks of a screen."""
    return [
        {
            name: sorted(map(str, value)) if isinstance(value, frozenset) else plain(value)
            for name, value in asdict(each).items()
        }
        for each in activities
    ]


def digest_of(content: list[dict[str, Any]]) -> str:
    """Return the fingerprint of a whole record."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def facts_of(content: Mapping[str, Any]) -> ActivityFacts:
    """Read an issued activity back."""
    return ActivityFacts(**{**content, "basis": frozenset(map(LegalBasis, content["basis"]))})


def _issue(row: IssueRow, by: str) -> IssueLine:
    return IssueLine(row.number, row.issued_at, by, row.digest, tuple(map(facts_of, row.content)))


def _lines(tx: Tx) -> list[ActivityLine]:
    stored, shipped = db.activities(tx), delivered()
    lines = []
    for code, facts in shipped.items():
        row = stored.pop(code, None)
        if row is None:
            lines.append(ActivityLine(fixed_id(tx, KIND, code), code, 0, facts, own=False))
        elif not row.archived:
            lines.append(ActivityLine(row.id, code, row.version, row.facts, own=False))
    own = [row for row in stored.values() if not row.archived]
    return lines + [ActivityLine(row.id, row.code, row.version, row.facts, own=True) for row in own]


def _refuse_stale(tx: Tx, code: str, version: int) -> None:
    known = db.activities(tx).get(code)
    if (0 if known is None else known.version) != version:
        raise Conflict(KIND, code if known is None else known.id)
