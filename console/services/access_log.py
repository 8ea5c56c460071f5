"""The access log: the journal as people read it. Who looked at what, when, from where and why; found by typed words.

Reading needs the right to verify the journal or to review views. It is not journaled itself; taking rows out is.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass as validated

from console.db import access_log as db
from console.db import log_lines
from console.db.access_log import Block, LogFilter, Plan, RowKey
from console.db.journal import JournalEvent, JournalRow, JsonValue
from console.db.log_lines import StoredRow
from console.db.store import Store, Tx
from console.i18n import _
from console.i18n.events import CHANGES, FOLLOW_UPS, LOG_INS, REFUSALS, VIEWS, event_details, event_words
from console.i18n.labels import label
from console.i18n.record_words import field_words
from console.kernel import (
    Clock,
    ConsoleError,
    Denied,
    DenyReason,
    EndReason,
    LegalBasis,
    Purpose,
    Right,
    Role,
    Session,
    ViewKind,
)
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.log_words import LogWords, years_of
from console.services.names import NameBook, Names, named
from console.services.papers import AccessLine, format_duration
from console.services.sessions import Sessions

READERS: Final = frozenset({Right.VERIFY_JOURNAL, Right.REVIEW_VIEWS})
"""Any of these rights reads the log."""

GROUPS: Final[Mapping[str, frozenset[str]]] = {
    "views": VIEWS,
    "refusals": REFUSALS,
    "changes": CHANGES,
    "log_ins": LOG_INS,
    "everything": frozenset(),
}
"""What may be chosen, and its kinds of event. Nothing chosen: all but what the line of a view tells anyway."""

_WORDS_FOR: Final[Mapping[str, Right]] = {
    **dict.fromkeys(("incident", "incident_entry"), Right.WRITE_INCIDENTS),
    **dict.fromkeys(("rights_request", "breach", "breach_event", "legal_hold"), Right.PROTECT_DATA),
}
"""Who may not open such a record is not told here what people said: the log proves that something was written."""

GLANCED: Final = 1000
"""More than a window shows, and counted in a moment."""

_ROLES: Final = frozenset(Role)
_PURPOSES: Final = frozenset(Purpose)
_KINDS: Final = frozenset(ViewKind)
_BASES: Final = frozenset(LegalBasis)
_ENDS: Final = frozenset(EndReason)
_REFUSED: Final = frozenset(DenyReason)
_KEPT: Final = 8
_MOST_PLACES: Final = 400


@dataclass(frozen=True, slots=True)
class LogQuery:
    """What is asked for. `group` is a key of `GROUPS` or empty; days that are typed narrow the span further."""

    typed: str = ""
    group: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class LogRow:
    """A line of the log in words. Ids are for jumping to the record; `lasted_s` None: no view, or one without an end.

    `ended` is None for a view that still runs, and the end's words otherwise; empty for what is no view.
    """

    id: str
    at: datetime
    event_class: str
    subject: tuple[str, str]
    who: str
    role: str
    what: str
    camera: str
    why: str
    details: str
    actor_id: str = ""
    camera_id: str = ""
    incident_id: str = ""
    purpose: Purpose | None = None
    lasted_s: float | None = None
    runs: bool = False
    version: int = 1

    @property
    def writer_id(self) -> str:
        return self.id.partition(":")[0]

    @property
    def seq(self) -> int:
        return int(self.id.partition(":")[2])

    def paper_line(self) -> AccessLine:
        details = "" if self.lasted_s is not None else self.details
        why = " · ".join(filter(None, (self.why, details)))
        return AccessLine(self.at, self.who, self.role, self.what, self.camera, why, self.lasted_s)


@dataclass(frozen=True, slots=True)
class LogFound:
    """A block of rows. Not `counted`: there are more than `total`, and counting them all would take its time."""

    rows: tuple[LogRow, ...]
    total: int
    counted: bool = True


@dataclass(frozen=True, slots=True)
class LogDetail:
    """One row whole: in words, and as it is stored. `withheld`: its personal words are not for this role."""

    row: LogRow
    stored: StoredRow
    withheld: bool = False


@validated(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ExtractLog(Command):
    """Rows are about to leave the program. Journaled before they do; what was typed to find them is not told."""

    how: Literal["csv", "print"]
    rows: Annotated[int, Field(ge=0)]
    group: str = ""
    filtered: bool = False
    since: datetime | None = None
    until: datetime | None = None


@dataclass(slots=True)
class _Asked:
    """What is known of one filter: how it is asked, how many rows it has, and where some of them stand."""

    plan: Plan
    total: int
    heads: Mapping[str, int]
    places: dict[int, RowKey] = field(default_factory=dict)


class AccessLog:
    """Answers from any thread. Every question looks for new rows itself, and only counts those."""

    def __init__(self, store: Store, sessions: Sessions, clock: Clock) -> None:
        self._store = store
        self._sessions = sessions
        self._clock = clock
        self._lock = threading.Lock()
        self._names = Names()
        self._words: dict[bool, LogWords] = {}
        self._asked: OrderedDict[LogFilter, _Asked] = OrderedDict()

    def may_read(self, session: Session) -> bool:
        """Tell windows, which only mirror the rights."""
        return any(session.may(right) for right in READERS)

    def find(self, session: Session, query: LogQuery, start: int, limit: int) -> LogFound:
        """Return a block of rows, newest first, and how many there are in all."""
        self._demand(session)
        return self._store.read(lambda tx: self._find(tx, self._filter(tx, query, session), start, limit))

    def glance(self, session: Session, query: LogQuery, limit: int) -> LogFound:
        """Return the newest rows at once: of what was never asked before no more than `GLANCED` rows are counted."""
        self._demand(session)
        return self._store.read(lambda tx: self._glance(tx, self._filter(tx, query, session), limit))

    def row(self, session: Session, row_id: str) -> LogRow | None:
        """Return one row, None if there is none of this id (`writer:number`)."""
        self._demand(session)
        return self._store.read(lambda tx: next(iter(self._rows(tx, self._keys_of(tx, row_id))), None))

    def place(self, session: Session, query: LogQuery, row_id: str) -> int | None:
        """Return where a row stands among what answers the query, None if it does not."""
        self._demand(session)

        def work(tx: Tx) -> int | None:
            keys = self._keys_of(tx, row_id)
            return db.place_of(tx, db.plan(tx, self._filter(tx, query, session)), keys[0]) if keys else None

        return self._store.read(work)

    def detail(self, session: Session, row_id: str) -> LogDetail:
        """Return one row whole, or raise `not_found`."""
        self._demand(session)

        def work(tx: Tx) -> LogDetail:
            (row,) = self._rows(tx, self._keys_of(tx, row_id)) or (None,)
            if row is None:
                raise ConsoleError("not_found", kind="journal", id=row_id)
            stored = log_lines.stored_row(tx, row.writer_id, row.seq)
            needed = _WORDS_FOR.get(row.subject[0])
            if needed is None or session.may(needed):
                return LogDetail(row, stored)
            return LogDetail(row, replace(stored, clear={}), withheld=True)

        return self._store.read(work)

    def prepare(self, session: Session) -> None:
        """Fold the names before the first word is typed."""
        self._demand(session)
        self._store.read(lambda tx: self._looked_up(tx, session))

    def span(self, session: Session, query: LogQuery) -> tuple[datetime | None, datetime | None]:
        """Return from when to when a query asks, typed days included."""
        self._demand(session)
        wanted = self._store.read(lambda tx: self._filter(tx, query, session))
        return wanted.since, wanted.until

    @command(right=None)
    def extract_log(self, tx: Tx, cmd: ExtractLog, session: Session) -> None:
        """Any of two rights will do, so it is asked here and not at the mark."""
        self._demand(session)
        data: dict[str, JsonValue] = {
            "how": cmd.how,
            "rows": cmd.rows,
            "group": cmd.group,
            "filtered": cmd.filtered,
            "since": None if cmd.since is None else cmd.since.isoformat(),
            "until": None if cmd.until is None else cmd.until.isoformat(),
        }
        tx.record(JournalEvent("journal.extracted", ("journal", tx.station_id), data))

    def _demand(self, session: Session) -> None:
        if not self._sessions.holds(session):
            raise Denied(DenyReason.NOT_LOGGED_IN)
        if not self.may_read(session):
            raise Denied(DenyReason.ROLE, right=Right.VERIFY_JOURNAL.value)

    # What is asked

    def _filter(self, tx: Tx, query: LogQuery, session: Session) -> LogFilter:
        since, until = query.since, query.until
        words: tuple[db.Meaning, ...] = ()
        if query.typed.strip():
            years = years_of(log_lines.first_time(tx), self._clock.now())
            meant = self._looked_up(tx, session).understand(query.typed, years)
            since = max(filter(None, (since, meant.since)), default=None)
            until = min(filter(None, (until, meant.until)), default=None)
            words = meant.words
        hidden = frozenset() if query.group else FOLLOW_UPS
        return LogFilter(GROUPS.get(query.group, frozenset()), hidden, since, until, words)

    def _looked_up(self, tx: Tx, session: Session) -> LogWords:
        titles = session.may(Right.WRITE_INCIDENTS)
        book, known = self._names.book(tx), self._words.get(titles)
        if known is None or known.book is not book:
            known = self._words[titles] = LogWords(book, titles=titles)
        return known

    def _find(self, tx: Tx, wanted: LogFilter, start: int, limit: int) -> LogFound:
        asked = self._known(tx, wanted)
        count = min(limit, asked.total - start)
        if count <= 0:
            return LogFound((), asked.total)
        block = _nearest(asked, start, count)
        keys = db.row_keys(tx, asked.plan, block)
        if block.up:
            keys.reverse()
        if keys:
            with self._lock:
                if len(asked.places) > _MOST_PLACES:
                    asked.places.clear()
                asked.places |= {start: keys[0], start + len(keys) - 1: keys[-1]}
        return LogFound(self._rows(tx, keys), asked.total)

    def _glance(self, tx: Tx, wanted: LogFilter, limit: int) -> LogFound:
        with self._lock:
            known = wanted in self._asked
        if known:
            return self._find(tx, wanted, 0, limit)
        plan = db.plan(tx, wanted)
        total = db.count_rows(tx, plan, GLANCED)
        return LogFound(self._rows(tx, db.row_keys(tx, plan, Block(0, limit))), total, counted=total < GLANCED)

    def _known(self, tx: Tx, wanted: LogFilter) -> _Asked:
        """Return what is known of this filter, brought up to date: only rows that came since are counted."""
        with self._lock:
            known = self._asked.get(wanted)
        heads = db.chain_heads(tx)
        if known is None:
            plan = db.plan(tx, wanted)
            known = _Asked(plan, db.count_rows(tx, plan), heads)
        elif known.heads != heads:
            new = db.count_new(tx, wanted, known.heads)
            known = _Asked(known.plan, known.total + new, heads, {} if new else known.places)
        with self._lock:
            self._asked[wanted] = known
            self._asked.move_to_end(wanted)
            while len(self._asked) > _KEPT:
                self._asked.popitem(last=False)
        return known

    # In words

    def _keys_of(self, tx: Tx, row_id: str) -> list[RowKey]:
        writer_id, _colon, seq = row_id.partition(":")
        return log_lines.keys_of(tx, writer_id, int(seq)) if seq.isdecimal() else []

    def _rows(self, tx: Tx, keys: Sequence[RowKey]) -> tuple[LogRow, ...]:
        rows = log_lines.read_lines(tx, keys)
        ends = log_lines.view_ends(tx, [row.subject[1] for row in rows if row.event_class == "view.opened"])
        book = self._names.book(tx)
        return tuple(_line(row, ends.get(row.subject[1]), book) for row in rows)


def _nearest(asked: _Asked, start: int, limit: int) -> Block:
    """Return the shortest way to a block: from the top, from the end, or from a row whose place is known."""
    below = asked.total - start - limit
    ways = [Block(start, limit), Block(below, limit, up=True)]
    for place, key in list(asked.places.items()):
        if place < start:
            ways.append(Block(start - place - 1, limit, key))
        elif place >= start + limit:
            ways.append(Block(place - start - limit, limit, key, up=True))
    return min(ways, key=lambda way: way.skip)


def _line(row: JournalRow, end: JournalRow | None, book: NameBook) -> LogRow:
    data = row.data
    # Nobody is logged in yet where somebody tries to: the row is about him.
    actor = row.actor_id or (row.subject[1] if row.event_class in LOG_INS and row.subject[0] == "person" else "")
    incident = str(data.get("incident") or (row.subject[1] if row.subject[0] == "incident" else ""))
    seconds = end.data.get("seconds") if end is not None else None
    is_view = row.event_class == "view.opened"
    return LogRow(
        id=f"{row.writer_id}:{row.seq}",
        at=row.at,
        event_class=row.event_class,
        subject=row.subject,
        who=named(book, "person", actor),
        role=label(Role(row.actor_role)) if row.actor_role in _ROLES else "",
        what=event_words(row.event_class, row.subject[0], data),
        camera=named(book, "camera", row.camera_id) if row.camera_id else "",
        why=_why(data, incident, book),
        details=_view_details(data, end) if is_view else _details(row, book),
        actor_id=actor,
        camera_id=row.camera_id or "",
        incident_id=incident,
        purpose=Purpose(str(data["purpose"])) if data.get("purpose") in _PURPOSES else None,
        lasted_s=float(seconds) if isinstance(seconds, int | float) else None,
        runs=is_view and end is None,
    )


def _why(data: Mapping[str, JsonValue], incident: str, book: NameBook) -> str:
    """Purpose and incident; why something was refused is told with the details."""
    purpose = label(Purpose(str(data["purpose"]))) if data.get("purpose") in _PURPOSES else ""
    return " · ".join(filter(None, (purpose, named(book, "incident", incident) if incident else "")))


def _view_details(data: Mapping[str, JsonValue], end: JournalRow | None) -> str:
    parts = _past_the_terms(data)
    if data.get("kind") in _KINDS:
        parts.append(label(ViewKind(str(data["kind"]))))
    if data.get("self_opened_incident"):
        parts.append(_("through an incident that the viewer opened"))
    if end is None:
        return " · ".join((*parts, _("still open")))
    seconds, reason = end.data.get("seconds"), end.data.get("reason")
    if isinstance(seconds, int | float):
        parts.append(format_duration(seconds))
    if reason in _ENDS:
        parts.append(label(EndReason(str(reason))))
    return " · ".join(parts)


def _past_the_terms(data: Mapping[str, JsonValue]) -> list[str]:
    """Say that it was an emergency and by which law, or urgent once more with others unexplained."""
    parts = [_("emergency access")] if data.get("basis") == "emergency" else []
    if data.get("legal_basis") in _BASES:
        parts.append(label(LegalBasis(str(data["legal_basis"]))))
    if overdue := data.get("overdue"):
        parts.append(_("urgent again, with urgent views overdue: {n}", n=overdue))
    return parts


def _details(row: JournalRow, book: NameBook) -> str:
    if row.event_class == "view.denied" and row.data.get("reason") in _REFUSED:
        return " · ".join((*_past_the_terms(row.data), label(DenyReason(str(row.data["reason"])))))
    if row.event_class == "shift.handed_over":
        taken = [_("to {who}", who=named(book, "person", str(row.data["to"])))] if row.data.get("to") else []
        return " · ".join((*taken, event_details(row.event_class, row.data)))
    if row.event_class != "record.changed":
        return event_details(row.event_class, row.data)
    whom = [named(book, *row.subject)] if row.subject[0] == "person" else []
    return " · ".join((*whom, *_changed_fields(row)))


def _changed_fields(row: JournalRow) -> list[str]:
    """Return what was changed; of a new record everything was, so nothing is said."""
    fields, hidden = row.data.get("fields"), row.data.get("hidden")
    names = [*(fields if isinstance(fields, dict) else ()), *(hidden if isinstance(hidden, list) else ())]
    changed = (field_words(row.subject[0], str(name)) for name in (*names, *row.personal_names))
    return [", ".join(changed)] if row.data.get("op") == "changed" else []
