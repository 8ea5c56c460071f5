"""Who looked at one camera today, for the card beside the wall: the access log's rows, as far as a role goes.

Who reads the access log is told names. Everybody else who watches is told roles, and his own views as his own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.db import access_log, log_lines
from console.db.access_log import Block, LogFilter, Meaning
from console.db.journal import JournalRow
from console.db.store import Store, Tx
from console.i18n.dates import local
from console.i18n.typed import day_begins
from console.kernel import Clock, Denied, DenyReason, EndReason, Purpose, Right, Role, Session, ViewKind
from console.services.access_log import READERS
from console.services.names import NameBook, Names, named
from console.services.sessions import Sessions

SHOWN: Final = 3
MOST: Final = 200
"""So many openings of a day are counted; of more it is said that there are more."""

_NEVER_SHOWN: Final = frozenset({ViewKind.PROBE, ViewKind.PREWARM})


@dataclass(frozen=True, slots=True)
class Viewer:
    """One view. `who` is empty where the asker's role is told no names; `lasted_s` is None while it runs."""

    at: datetime
    who: str
    role: Role | None
    purpose: Purpose | None
    lasted_s: float | None
    mine: bool


@dataclass(frozen=True, slots=True)
class LookedAt:
    """The newest views of today, and how many there were. Not `counted`: there were more than `total`."""

    newest: tuple[Viewer, ...] = ()
    total: int = 0
    counted: bool = True


class Viewers:
    """Uses the database: never on the UI thread."""

    def __init__(self, store: Store, sessions: Sessions, clock: Clock) -> None:
        self._store = store
        self._sessions = sessions
        self._clock = clock
        self._names = Names()

    def today(self, session: Session, camera_id: str) -> LookedAt:
        if not self._sessions.holds(session):
            raise Denied(DenyReason.NOT_LOGGED_IN)
        if not session.may(Right.VIEW_FEEDS):
            raise Denied(DenyReason.ROLE, right=Right.VIEW_FEEDS.value)
        return self._store.read(lambda tx: self._today(tx, session, camera_id))

    def _today(self, tx: Tx, session: Session, camera_id: str) -> LookedAt:
        since = day_begins(local(self._clock.now()).date())
        this = Meaning(cameras=frozenset({camera_id}))
        plan = access_log.plan(tx, LogFilter(frozenset({"view.opened"}), since=since, words=(this,)))
        keys = access_log.row_keys(tx, plan, Block(0, MOST + 1))
        rows = log_lines.read_lines(tx, keys[:MOST])
        ends = log_lines.view_ends(tx, [row.subject[1] for row in rows])
        seen = [row for row in rows if _was_shown(row, ends.get(row.subject[1]))]
        book = self._names.book(tx) if any(session.may(right) for right in READERS) else None
        newest = tuple(_viewer(row, ends.get(row.subject[1]), session, book) for row in seen[:SHOWN])
        return LookedAt(newest, len(seen), counted=len(keys) <= MOST)


def _was_shown(row: JournalRow, end: JournalRow | None) -> bool:
    """Whether somebody could see the camera: not by a connection test, a view held ready, or one that never began."""
    if row.data.get("kind") in _NEVER_SHOWN:
        return False
    return end is None or end.data.get("reason") != EndReason.NOT_STARTED


def _viewer(row: JournalRow, end: JournalRow | None, session: Session, book: NameBook | None) -> Viewer:
    seconds = None if end is None else end.data.get("seconds")
    purpose, actor = row.data.get("purpose"), row.actor_id or ""
    return Viewer(
        at=row.at,
        who="" if book is None else named(book, "person", actor),
        role=Role(row.actor_role) if row.actor_role in set(Role) else None,
        purpose=Purpose(str(purpose)) if purpose in set(Purpose) else None,
        lasted_s=float(seconds) if isinstance(seconds, int | float) else None,
        mine=actor == session.person_id,
    )
