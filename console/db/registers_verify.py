"""Holds consents, their papers, notices and permissions against the journal, and looks at the guards of the tables.

Owners, steps, consents and permissions as records are replayed with the journal (`journal_traces`). What hangs on a
consent is no record of its own: its events, cameras and papers follow from the consent's entries, and are held here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import Any, Final, NamedTuple

from sqlalchemy import select, type_coerce
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session as OrmSession

from console.db import consent_traces as traces
from console.db import schema
from console.db.base import TimeText
from console.db.consent_digest import Plain, plain_rows, table_of
from console.db.consent_traces import Held, Told
from console.db.journal_examine import Problem
from console.db.journal_format import FormatError, decode
from console.db.journal_rows import JournalEntry, JournalPersonal
from console.db.journal_traces import Forgotten
from console.kernel import AuthorityKind, ConsentEventKind
from console.protection import Kept

_PUBLISHED: Final = "notice.published"
_ERASED: Final = "personal.erased"
_RUN: Final = "retention.run"
_READ: Final = (*(f"consent.{kind}" for kind in ConsentEventKind), _PUBLISHED, _ERASED, _RUN)
_CONSENT: Final = "consent"
_REASON: Final = "reason"
_UNNAMED: Final = object()
_NO_NOTICE: Final = (None, None)
_AT_ONCE: Final = 8
"""Papers that are read at once: each may have ten megabytes."""
_READING: Final = (SQLAlchemyError, ValueError, TypeError, LookupError)
"""What reading raises where somebody wrote what no program writes."""


def _problem(kind: str, record: str) -> Problem:
    return Problem(kind, "", 0, f"journal.{kind}", record)


def guard_problem(name: str) -> Problem:
    """Return that a guard of the database is missing, is altered, or is none of ours."""
    return _problem("guard", f"guard {name}")


@dataclass(slots=True)
class Findings:
    """What was found. `undigested` consents were recorded before their entries bore a fingerprint."""

    problems: list[Problem] = field(default_factory=list)
    undigested: int = 0

    def note(self, kind: str, record: str) -> None:
        """Note something once for each record."""
        problem = _problem(kind, record)
        if problem not in self.problems:
            self.problems.append(problem)


def examine(session: OrmSession, station_id: str, forgotten: Iterable[Forgotten] = ()) -> Findings:
    """Look at everything beside the journal's own rows. `forgotten`: words of records that are kept no more."""
    findings = Findings()
    findings.problems += map(guard_problem, schema.guard_faults(session.connection()))
    entries = _Entries(session)
    notices = _Notices(session, station_id, findings)
    notices.examine(entries.published)
    consents = _Consents(session, station_id, findings)
    consents.examine(entries, notices.known)
    consents.examine_papers(entries)
    consents.examine_permissions(entries)
    consents.examine_words(entries, forgotten)
    return findings


class _Entries:
    """What the journal says of consents and notices, and of what retention and erasure took away."""

    def __init__(self, session: OrmSession) -> None:
        self.reasons = _clear_reasons(session)
        self.consents: defaultdict[str, list[Told]] = defaultdict(list)
        self.published: defaultdict[str, list[Told]] = defaultdict(list)
        self.erased: set[tuple[str, str]] = set()
        self.before: dict[str, str] = {}
        """Until when everything of a kind that was over was taken away; empty for never."""
        row = JournalEntry.__table__.c
        at = type_coerce(row.at, TimeText())
        columns = row.event_class, row.subject_kind, row.subject_id, row.camera_id, at, row.actor_id, row.body
        query = select(*columns, row.writer_id, row.seq).where(row.event_class.in_(_READ))
        for found in session.execute(query):
            try:
                self._take(found)
            except (FormatError, *_READING):
                # The walk through the rows names bytes that are no row.
                continue

    def _take(self, found: Any) -> None:
        event_class, kind, subject_id, camera_id, at, actor_id, body, *place = found
        values: Mapping[str, Any] = decode(body)
        data: dict[str, Any] = dict(values["data"])
        if event_class == _ERASED:
            self.erased.add((kind, subject_id))
        elif event_class == _RUN:
            self.before |= {
                item["kept"]: max(self.before.get(item["kept"], ""), item["before"]) for item in data["items"]
            }
        else:
            told = self.published if event_class == _PUBLISHED else self.consents
            personal = frozenset(values["personal"])
            told[subject_id].append(Told(event_class, camera_id, at, actor_id, data, personal, (place[0], place[1])))

    def took(self, kept: Kept, since: str | None) -> bool:
        """Whether retention took away what was over, or told, at that moment."""
        return since is not None and since < self.before.get(str(kept), "")


class _Notices:
    """Versions of the notice."""

    def __init__(self, session: OrmSession, station_id: str, findings: Findings) -> None:
        self._findings = findings
        self._station_id = station_id
        self._rows, self._broken = _grouped(session, "notice", "id")
        self.known = {name: (rows[0]["number"], rows[0]["sha256"]) for name, rows in self._rows.items()}
        """Number and hash of each version, by id."""

    def examine(self, published: Mapping[str, Sequence[Told]]) -> None:
        for name in sorted({*self._rows, *self._broken, *published}):
            rows, told = self._rows.get(name, ()), published.get(name, ())
            if len(rows) != 1 or len(told) != 1 or not self._fits(rows[0], told[0]):
                number = rows[0]["number"] if rows else name
                self._findings.note("notice_past", f"notice {number}")

    def _fits(self, row: Plain, told: Told) -> bool:
        stored = (row["number"], row["sha256"], row["purposes"], row["published_at"], row["published_by"])
        said = tuple(told.data.get(name) for name in ("number", "sha256", "purposes"))
        hashed = sha256(str(row["text"]).encode(errors="replace")).hexdigest()
        return stored == (*said, told.at, told.actor_id) and (hashed, self._station_id) == (
            row["sha256"],
            row["station_id"],
        )


class _Consents:
    """Consents with what hangs on them."""

    def __init__(self, session: OrmSession, station_id: str, findings: Findings) -> None:
        self._session = session
        self._station_id = station_id
        self._findings = findings
        self.held: dict[str, Held] = {}
        self._broken: set[str] = set()

    def examine(self, entries: _Entries, notices: Mapping[str, tuple[Any, Any]]) -> None:
        """Hold terms, cameras and events against the entries."""
        terms, unread = _grouped(self._session, "consent", "id")
        cameras, no_cameras = _grouped(self._session, "consent_camera", "consent_id")
        events, no_events = _grouped(self._session, "consent_event", "consent_id")
        self._broken = broken = unread | no_cameras | no_events
        for consent_id in sorted({*terms, *cameras, *events, *broken, *entries.consents}):
            told = entries.consents.get(consent_id, [])
            if consent_id in broken or consent_id not in terms:
                self._findings.note(
                    "consent_terms" if consent_id in broken else "consent_gone", self._named(consent_id)
                )
                continue
            row, *doubled = terms[consent_id]
            held = Held(
                row, cameras.get(consent_id, ()), events.get(consent_id, ()), notices.get(row["notice_id"], _NO_NOTICE)
            )
            self.held[consent_id] = held
            note = partial(self._note, consent_id)
            self._findings.undigested += traces.examine(held, told, note)
            if doubled or {each["station_id"] for each in (row, *held.cameras, *held.events)} != {self._station_id}:
                note("consent_terms")

    def _note(self, consent_id: str, kind: str) -> None:
        self._findings.note(kind, self._named(consent_id))

    def _named(self, consent_id: str) -> str:
        """Return how people know a consent: by its number."""
        held = self.held.get(consent_id)
        return f"consent {consent_id if held is None else held.terms['number']}"

    def examine_papers(self, entries: _Entries) -> None:
        """Hold each paper's bytes against the hash that was signed; what retention took is not missed."""
        wanted = {name: traces.papers_named(held, entries.consents.get(name, ())) for name, held in self.held.items()}
        for paper in _papers(self._session):
            if paper.consent_id in self._broken:
                continue
            named = wanted.get(paper.consent_id, {}).pop((paper.number, paper.name), _UNNAMED)
            if isinstance(named, tuple):
                # Words of a reason: their clear text lies beside the journal, as long as it was not erased.
                named = entries.reasons.get(named, paper.sha256)
            if (named, paper.hashed, paper.station_id) != (paper.sha256, paper.sha256, self._station_id):
                self._note(paper.consent_id, "consent_paper")
        for consent_id, left in wanted.items():
            if left and not entries.took(Kept.CONSENT_PAPERS, traces.over_since(self.held[consent_id])):
                self._note(consent_id, "consent_paper")

    def examine_permissions(self, entries: _Entries) -> None:
        """Hold permissions in force against the consents that they come from; those from before consents name none."""
        rights, _unread = _grouped(self._session, "authority", "id")
        for name, (right, *_doubled) in rights.items():
            owners = right["authority_kind"] == AuthorityKind.OWNER and right["consent_id"] is not None
            if not owners or not right["current"] or right["withdrawn_at"] is not None:
                continue
            consent_id = right["consent_id"]
            wrong = traces.permission(self.held.get(consent_id), entries.consents.get(consent_id, ()), right)
            if wrong:
                self._findings.note(wrong, f"authority {name}")

    def examine_words(self, entries: _Entries, forgotten: Iterable[Forgotten]) -> None:
        """Ask for each personal word that was told once and is kept no more what took it away."""
        reasons = (
            Forgotten(_CONSENT, consent_id, entry.place)
            for consent_id, told in entries.consents.items()
            for entry in told
            if _REASON in entry.personal and entry.place not in entries.reasons
        )
        row = JournalEntry.__table__.c
        for each in (*forgotten, *reasons):
            held = self.held.get(each.id)
            if (each.kind, each.id) in entries.erased:
                continue
            if held is not None and entries.took(Kept.CONSENT_PAPERS, traces.over_since(held)):
                continue
            query = select(type_coerce(row.at, TimeText())).where(
                row.writer_id == each.place[0], row.seq == each.place[1]
            )
            told: Any = self._session.scalar(query)
            if not entries.took(Kept.PERSONAL_WORDS, told):
                self._findings.note("words_gone", self._named(each.id) if held else f"{each.kind} {each.id}")


class _Paper(NamedTuple):
    consent_id: str
    number: int
    name: str
    station_id: str
    sha256: str
    hashed: str
    """Hash of the bytes that lie there."""


def _papers(session: OrmSession) -> Iterator[_Paper]:
    table = table_of("consent_paper").c
    query = select(table.consent_id, table.event_number, table.name, table.station_id, table.sha256, table.content)
    with session.execute(query.execution_options(yield_per=_AT_ONCE)) as found:
        for row in found:
            content = row.content if isinstance(row.content, bytes) else str(row.content).encode()
            yield _Paper(*row[:-1], sha256(content).hexdigest())


def _clear_reasons(session: OrmSession) -> dict[tuple[str, int], str]:
    """Return the hash of each reason that still lies beside an entry about a consent, by the entry's place."""
    words, row = JournalPersonal.__table__.c, JournalEntry.__table__.c
    here = (words.writer_id == row.writer_id) & (words.seq == row.seq)
    query = select(words.writer_id, words.seq, words.value).join_from(
        JournalEntry.__table__, JournalPersonal.__table__, here
    )
    found = session.execute(query.where(row.subject_kind == _CONSENT, words.name == _REASON))
    return {(writer_id, seq): sha256(str(value).encode()).hexdigest() for writer_id, seq, value in found}


def _grouped(session: OrmSession, name: str, key: str) -> tuple[dict[str, list[Plain]], set[str]]:
    """Return the rows of a table by a column, and the values of that column whose rows cannot be read."""
    table, broken = table_of(name), set[str]()
    grouped: defaultdict[str, list[Plain]] = defaultdict(list)
    try:
        for row in plain_rows(session, table):
            grouped[str(row[key])].append(row)
    except _READING:
        grouped.clear()
        for value in session.scalars(select(table.c[key]).distinct()).all():
            try:
                rows = plain_rows(session, table, table.c[key] == value)
            except _READING:
                broken.add(str(value))
            else:
                grouped[str(value)] += rows
    return grouped, broken
