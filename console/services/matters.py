"""What a shift has left open: urgent views to explain, self-opened views to review; and that it was handed over so.

Nothing here keeps anybody from looking or from going home: an emergency must never be blocked, and neither must the
room. It is said, it stays, and it is written down who left it to whom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from console.db import feeds, view_matters
from console.db.feeds import DEBT_DUE, ViewRow
from console.db.incidents import IncidentRow, get_incident, list_incidents
from console.db.journal import JournalEvent, JsonValue
from console.db.store import CommandStamp, Store, Tx
from console.i18n.labels import label
from console.kernel import Clock, Denied, DenyReason, Purpose, Right, Role, Session, new_id
from console.services.access_log import READERS
from console.services.names import NameBook, Names, named
from console.services.sessions import Sessions
from console.services.shift_rest import ShiftRest, shift_rest
from console.services.views import reviewers_excluded

CLOSED_LATELY: Final = timedelta(hours=12)
"""An incident that closed so long ago may still be the one that an urgent view belonged to."""
TOLD_FOR: Final = timedelta(days=7)
"""So long the superintendent is told of what was noteworthy."""
MOST_INCIDENTS: Final = 100


@dataclass(frozen=True, slots=True)
class Debt:
    """An urgent view that nobody has explained yet. `who` is a name or, for whoever is told no names, a role."""

    view_id: str
    camera: str
    who: str
    mine: bool
    opened_at: datetime
    ended_at: datetime | None
    due_at: datetime
    overdue_before: int
    note: str
    noted_by: str

    def overdue(self, now: datetime) -> bool:
        return now >= self.due_at


@dataclass(frozen=True, slots=True)
class WaitingReview:
    """A view through an incident that the viewer opened or placed himself. `may_review`: whether the asker may."""

    view_id: str
    camera: str
    who: str
    incident_id: str
    incident: str
    opened_at: datetime
    ended_at: datetime | None
    purpose: Purpose
    emergency: bool
    may_review: bool


@dataclass(frozen=True, slots=True)
class Noteworthy:
    """What the superintendent is told of: urgent again with debts overdue, or a review that found something wrong."""

    view_id: str
    camera: str
    who: str
    opened_at: datetime
    overdue_before: int
    fault: str


@dataclass(frozen=True, slots=True)
class Happened:
    """An incident that an urgent view may have belonged to."""

    id: str
    number: str
    title: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenMatters:
    """Everything that is open, as far as the asker is told. Oldest first."""

    mine: tuple[Debt, ...] = ()
    others: tuple[Debt, ...] = ()
    reviews: tuple[WaitingReview, ...] = ()
    noteworthy: tuple[Noteworthy, ...] = ()
    incidents: tuple[Happened, ...] = ()
    rest: ShiftRest = field(default_factory=ShiftRest)

    @property
    def debts(self) -> tuple[Debt, ...]:
        return self.mine + self.others

    def __bool__(self) -> bool:
        return bool(self.mine or self.others or self.reviews)


class Matters:
    """Uses the database: never on the UI thread."""

    def __init__(self, store: Store, sessions: Sessions, clock: Clock) -> None:
        self._store = store
        self._sessions = sessions
        self._clock = clock
        self._names = Names()

    def open_ones(self, session: Session) -> OpenMatters:
        """Return what is open, as this officer is told it."""
        if not self._sessions.holds(session):
            raise Denied(DenyReason.NOT_LOGGED_IN)
        if not session.may(Right.VIEW_FEEDS):
            return OpenMatters()
        return self._store.read(lambda tx: self._read(tx, session))

    def hand_over(self, former: Session, to: Session | None) -> None:
        """Record that a shift ended, what it left open, and to whom; None: nobody sits here after it."""

        def work(tx: Tx) -> None:
            debts: list[JsonValue] = [view.id for view in feeds.debts(tx)]
            reviews: list[JsonValue] = [view.id for view in view_matters.waiting_for_review(tx)]
            if to is None and not debts and not reviews:
                return
            data: dict[str, JsonValue] = {"to": None if to is None else to.person_id}
            data |= {"debts": debts, "reviews": reviews}
            tx.record(JournalEvent("shift.handed_over", ("person", former.person_id), data))

        self._store.submit(work, command=CommandStamp(new_id(), "hand_over", to or former))

    def _read(self, tx: Tx, session: Session) -> OpenMatters:
        book = self._names.book(tx)
        who = _who(book, session)
        debts = [_debt(view, book, who, session) for view in feeds.debts(tx)]
        chief = session.may(Right.OVERRIDE)
        noteworthy = view_matters.noteworthy_since(tx, self._clock.now() - TOLD_FOR) if chief else []
        return OpenMatters(
            mine=tuple(debt for debt in debts if debt.mine),
            others=tuple(debt for debt in debts if not debt.mine),
            reviews=tuple(_reviews(tx, book, who, session)),
            noteworthy=tuple(_noteworthy(view, book, who) for view in noteworthy),
            incidents=tuple(_happened(row) for row in list_incidents(tx, MOST_INCIDENTS) if self._lately(row)),
            rest=shift_rest(tx, self._clock.now(), book),
        )

    def _lately(self, row: IncidentRow) -> bool:
        return row.closed_at is None or row.closed_at >= self._clock.now() - CLOSED_LATELY


def _who(book: NameBook, session: Session) -> Callable[[str], str]:
    """Return how this officer is told of people: whoever reads the access log is told names, the others roles."""
    named_to = any(session.may(right) for right in READERS)

    def who(person_id: str) -> str:
        person = book.people.get(person_id)
        if named_to or person_id == session.person_id or person is None or person.role not in set(Role):
            return named(book, "person", person_id)
        return label(Role(person.role))

    return who


def _debt(view: ViewRow, book: NameBook, who: Callable[[str], str], session: Session) -> Debt:
    return Debt(
        view_id=view.id,
        camera=named(book, "camera", view.camera_id),
        who=who(view.person_id),
        mine=view.person_id == session.person_id,
        opened_at=view.opened_at,
        ended_at=view.ended_at,
        due_at=view.opened_at + DEBT_DUE,
        overdue_before=view.overdue_before,
        note=view.lead_note,
        noted_by=who(view.noted_by) if view.noted_by else "",
    )


def _reviews(tx: Tx, book: NameBook, who: Callable[[str], str], session: Session) -> Iterator[WaitingReview]:
    known: dict[str, tuple[IncidentRow, bool]] = {}
    for view in view_matters.waiting_for_review(tx):
        incident_id = view.incident_id or ""
        if incident_id not in known:
            incident = get_incident(tx, incident_id)
            part = session.person_id in reviewers_excluded(tx, incident)
            known[incident_id] = incident, session.may(Right.REVIEW_VIEWS) and not part
        row, may = known[incident_id]
        yield _waiting(view, book, who, row, may=may)


def _waiting(
    view: ViewRow, book: NameBook, who: Callable[[str], str], incident: IncidentRow, *, may: bool
) -> WaitingReview:
    return WaitingReview(
        view_id=view.id,
        camera=named(book, "camera", view.camera_id),
        who=who(view.person_id),
        incident_id=incident.id,
        incident=incident.number,
        opened_at=view.opened_at,
        ended_at=view.ended_at,
        purpose=view.purpose,
        emergency=view.emergency_id is not None,
        may_review=may,
    )


def _noteworthy(view: ViewRow, book: NameBook, who: Callable[[str], str]) -> Noteworthy:
    return Noteworthy(
        view_id=view.id,
        camera=named(book, "camera", view.camera_id),
        who=who(view.person_id),
        opened_at=view.opened_at,
        overdue_before=view.overdue_before,
        fault=view.review_note if view.review_ok is False else "",
    )


def _happened(row: IncidentRow) -> Happened:
    return Happened(row.id, row.number, row.title, row.opened_at, row.closed_at)
