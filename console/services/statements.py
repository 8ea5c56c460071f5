"""Owners' statements: who used a camera's pictures, out of the journal alone, in a file that proves itself (009).

Making one is journaled and signs a new head of the camera's chain; the file then leads from the head that the owner may
hold to this one. Lines of a sensitive case may wait, for a time and with a reason; they are counted, never left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import StringConstraints
from pydantic.dataclasses import dataclass as validated

from console.db import statements as db
from console.db.authorities import AuthorityRow, current_authority
from console.db.base import parse_time, time_text
from console.db.camera_heads import CameraHead, camera_ends, heads_of, make_head
from console.db.cameras import CameraRow, get_camera
from console.db.incidents import get_incident
from console.db.journal import JournalEvent, key_id
from console.db.journal_format import Head, JsonValue, decode
from console.db.statements import ISSUED, MonthCounts, StoredLink
from console.db.store import Store, Tx
from console.i18n import RESOURCES, language
from console.i18n.dates import format_date
from console.kernel import ConsoleError, Denied, DenyReason, Invalid, Right, Session
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.journal import SigningKeys
from console.services.names import Names, named
from console.services.sessions import Sessions
from console.services.statement_file import (
    Claims,
    Line,
    Statement,
    Told,
    codes_of,
    read_lines,
    statement_bytes,
    told,
    unconfirmed_rows,
)
from console.settings import StationSettings

LONGEST_DELAY: Final = timedelta(days=90)
VERIFY: Final = RESOURCES / "verify"


@validated(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class IssueStatement(Command):
    """Make a statement of a camera for its owner: `since` inclusive, `until` exclusive."""

    camera_id: str
    since: datetime
    until: datetime

    def problems(self) -> dict[str, str]:
        return {} if self.since < self.until else {"until": "statement.period"}


@validated(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class DelayLines(Command):
    """Let the lines of a sensitive case wait in the statements of owners; they are counted there meanwhile."""

    incident_id: str
    until: datetime
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=20, max_length=1000)]


@dataclass(frozen=True, slots=True)
class Seen:
    """A camera's use in a period, as it stands in the journal now, and the head that was given last."""

    camera: CameraRow
    told: Told
    names: Mapping[str, str]
    incidents: Mapping[str, str]
    unheard: Mapping[str, datetime]
    newest: CameraHead | None
    incident_ids: Mapping[str, str]
    """By number: whose lines could be made to wait."""


@dataclass(frozen=True, slots=True)
class Given:
    """A statement that was made: the file, and what paper and table need of it."""

    number: int
    file: bytes
    statement: Statement
    told: Told
    camera: CameraRow
    authority: AuthorityRow | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Month:
    """The figures of all cameras of a span of days, `until` exclusive."""

    since: datetime
    until: datetime
    counts: MonthCounts

    @property
    def last_day(self) -> datetime:
        return self.until - timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class _Rows:
    """What the journal holds of a camera for a period, and what of it waits."""

    links: Sequence[StoredLink]
    delayed: frozenset[tuple[str, int]]
    delays: Mapping[str, datetime]
    unconfirmed: frozenset[tuple[str, int]]

    def told(self, station_id: str, camera_id: str, since: datetime, until: datetime) -> Told:
        lines = read_lines(self.open, station_id, camera_id, self.unconfirmed)
        return told(lines, since, until, len(self.delayed), len(self.unconfirmed))

    @property
    def open(self) -> list[StoredLink]:
        return [link for link in self.links if (link.writer_id, link.seq) not in self.delayed]


class Statements:
    """Reads a camera's use, makes statements, and lets lines wait."""

    def __init__(self, store: Store, keys: SigningKeys, sessions: Sessions, station: StationSettings) -> None:
        self._store = store
        self._keys = keys
        self._sessions = sessions
        self._station = station
        self._names = Names()

    def may(self, session: Session) -> bool:
        return session.may(Right.WRITE_STATEMENTS)

    def see(self, session: Session, camera_id: str, since: datetime, until: datetime) -> Seen:
        """Return the lines of a period as a statement would tell them now. Nothing is signed, nothing journaled."""
        self._demand(session)

        def work(tx: Tx) -> Seen:
            camera = get_camera(tx, camera_id)
            heads = heads_of(tx, camera_id)
            ends = camera_ends(tx.session, camera_id)
            rows = _rows(tx, camera_id, _begin(tx, camera_id, (since, until), heads, ends), heads, ends)
            lines = rows.told(tx.station_id, camera_id, since, until)
            claims = self._claims(tx, camera_id, rows, lines.lines)
            unheard, ids = _unheard(tx, until, tx.now), db.incident_ids(tx, frozenset(claims.incidents))
            newest = heads[-1] if heads else None
            return Seen(camera, lines, claims.names, claims.incidents, unheard, newest, ids)

        return self._store.read(work)

    def given(self, session: Session, camera_id: str, number: int) -> Given:
        """Return the statement that `number` of the camera's heads closes: the journal tells of which period it is.

        Its rows are the same for ever. A head that no statement made is `not_found`.
        """
        self._demand(session)

        def work(tx: Tx) -> Given:
            camera = get_camera(tx, camera_id)
            heads = heads_of(tx, camera.id)[:number]
            entry = db.issued(tx, heads[-1]) if len(heads) == number > 0 else None
            if entry is None:
                raise ConsoleError("not_found", kind="statement", id=f"{camera.code} {number}")
            head = heads[-1]
            period = parse_time(str(entry["from"])), parse_time(str(entry["until"]))
            if "head" in entry:
                begin = _named(heads, entry["head"])
            else:
                begin = _begin(tx, camera.id, period, heads[:-1], head.writers)
            rows = _rows(tx, camera.id, begin, heads[:-1], head.writers)
            lines = rows.told(tx.station_id, camera.id, *period)
            made = Statement(
                station_id=tx.station_id,
                station_name=self.station_name,
                camera_id=camera.id,
                camera_name=f"{camera.code} {camera.name}",
                since=period[0],
                until=period[1],
                from_head=begin,
                between=heads[begin.number : -1] if begin else heads[:-1],
                head=head,
                links=rows.links,
                delayed=rows.delayed,
                claims=self._claims(tx, camera.id, rows, lines.lines),
                unheard=_unheard(tx, period[1], head.at),
            )
            signer = self._keys.signer(tx)
            return Given(
                number=number,
                file=statement_bytes(made, signer),
                statement=made,
                told=lines,
                camera=camera,
                authority=current_authority(tx, camera.id),
                fingerprint=key_id(signer.public_key()),
            )

        return self._store.read(work)

    def is_newest(self, session: Session, given: Given) -> bool:
        """Whether nothing about the camera was journaled since this statement: then it need not be made anew."""
        self._demand(session)
        return self._store.read(lambda tx: camera_ends(tx.session, given.camera.id)) == dict(
            given.statement.head.writers
        )

    def month(self, session: Session, since: datetime, until: datetime) -> Month:
        """Return the figures for the public: counts over all cameras."""
        self._demand(session)
        return self._store.read(lambda tx: Month(since, until, db.month_counts(tx, since, until)))

    @property
    def station_name(self) -> str:
        names = (self._station.name_th, self._station.name_en)
        first, other = names if language() == "th" else reversed(names)
        return first or other or self._station.id

    @command(right=Right.WRITE_STATEMENTS)
    def issue_statement(self, tx: Tx, cmd: IssueStatement, session: Session) -> int:  # noqa: ARG002 - dispatch's signature
        """Journal that a statement is made, and sign the head that closes it; returns the head's number."""
        camera = get_camera(tx, cmd.camera_id)
        db.tell_delays(tx, camera.id)
        heads = heads_of(tx, camera.id)
        period = cmd.since, cmd.until
        begin = _begin(tx, camera.id, period, heads, camera_ends(tx.session, camera.id))
        data: dict[str, JsonValue] = {
            "number": len(heads) + 1,
            "from": time_text(cmd.since),
            "until": time_text(cmd.until),
            "head": [begin.number, begin.hash] if begin else None,
        }
        tx.record(JournalEvent(ISSUED, ("camera", camera.id), data, camera.id))
        return make_head(tx, self._keys.signer(tx), camera.id).number

    @command(right=Right.COUNTERSIGN)
    def delay_lines(self, tx: Tx, cmd: DelayLines, session: Session) -> None:  # noqa: ARG002 - dispatch's signature
        """Only the superintendent's right: an owner is kept waiting for what is his to know."""
        get_incident(tx, cmd.incident_id)
        if cmd.until <= tx.now:
            raise Invalid({"until": "statement.delay_past"})
        # From the first decision on: said again and again it would be for ever.
        last = (db.first_delayed(tx, cmd.incident_id) or tx.now) + LONGEST_DELAY
        if cmd.until > last:
            raise Invalid({"until": "statement.delay_too_long"}, last=format_date(last))
        db.delay_lines(tx, cmd.incident_id, cmd.until, cmd.reason)

    def _demand(self, session: Session) -> None:
        if not self._sessions.holds(session):
            raise Denied(DenyReason.NOT_LOGGED_IN)
        if not self.may(session):
            raise Denied(DenyReason.ROLE, right=Right.WRITE_STATEMENTS.value)

    def _claims(self, tx: Tx, camera_id: str, rows: _Rows, lines: Sequence[Line]) -> Claims:
        numbers = frozenset(line["incident"] for line in lines if line.get("incident"))
        names: dict[str, str] = {}
        if self._station.statement_names:
            book = self._names.book(tx)
            codes = codes_of([decode(link.body) for link in rows.open], tx.station_id, camera_id)
            shown = {line["who"] for line in lines}
            names = {code: named(book, "person", person) for person, code in codes.items() if code in shown}
        waiting = sorted(time_text(until) for until in rows.delays.values()) if rows.delayed else []
        return Claims(names, db.outcomes(tx, numbers), waiting)


def _begin(
    tx: Tx, camera_id: str, period: tuple[datetime, datetime], heads: Sequence[CameraHead], upto: Mapping[str, Head]
) -> CameraHead | None:
    """Return the newest head that was given before the period and has nothing before it that the period needs."""
    before = [head for head in heads if head.at <= period[0]]
    if not before:
        return None
    needed = db.first_needed(tx, camera_id, period, (before[-1].writers, upto))
    fitting = (head for head in before if all(head.writers.get(name, Head()).seq < n for name, n in needed.items()))
    return max(fitting, key=lambda head: head.number, default=None)


def _named(heads: Sequence[CameraHead], named: JsonValue) -> CameraHead | None:
    """Return the head that the journal names as the beginning; none where it names none, or one that is not there."""
    return next((head for head in heads if [head.number, head.hash] == named), None)


def _rows(
    tx: Tx, camera_id: str, begin: CameraHead | None, heads: Sequence[CameraHead], upto: Mapping[str, Head]
) -> _Rows:
    """Return the rows from behind a head up to an end, and mark what waits."""
    links = db.camera_links(tx, camera_id, begin.writers if begin else {}, upto)
    delays = db.waiting_delays(tx)
    views = db.views_through(tx, camera_id, frozenset(delays)) if delays else frozenset()
    delayed = frozenset((link.writer_id, link.seq) for link in links if views and _view_of(link) in views)
    unconfirmed = unconfirmed_rows(links, delayed, [*(head.writers for head in heads), upto])
    return _Rows(links, delayed, delays, unconfirmed)


def _view_of(link: StoredLink) -> str:
    values: Any = decode(link.body)
    kind, subject = values["subject"]
    return str(subject) if kind == "view" else ""


def _unheard(tx: Tx, until: datetime, head: datetime) -> dict[str, datetime]:
    """Return the writers that may still hold rows of the period: their rows come in order, and none came since."""
    end = min(until, head)
    heard = db.last_heard(tx)
    return {name: moment for name, moment in heard.items() if name != tx.writer.id and moment < end}
