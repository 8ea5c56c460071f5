"""The door of the console: log-in, log-out, lock and unlock. Each try is journaled; five wrong ones lock the account.

A log-in opens the vault for those whose role may use feeds, with their own password; nobody goes in with a password
that somebody else chose for him without choosing one of his own first.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from console.db import people as db
from console.db.journal import JournalEvent
from console.db.people import PersonRow
from console.db.store import CommandStamp, Store, Tx
from console.db.vault import Vault
from console.kernel import (
    RIGHTS,
    Clock,
    ConsoleError,
    Denied,
    DenyReason,
    EndReason,
    Invalid,
    Right,
    Role,
    Secret,
    Session,
    Unavailable,
    new_id,
)
from console.services import passwords
from console.services.sessions import Sessions

MOST_TRIES: Final = 5
LOCK_OUT: Final = timedelta(minutes=15)
SLOT_RIGHTS: Final = frozenset({Right.VIEW_FEEDS, Right.PROBE_CAMERAS})


def may_have_slot(role: Role) -> bool:
    return bool(RIGHTS[role] & SLOT_RIGHTS)


class Door:
    """Who sits here now. All but `lock` use the database: never on the UI thread."""

    def __init__(self, store: Store, vault: Vault, clock: Clock, sessions: Sessions) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._sessions = sessions
        self._closed: dict[str, Unavailable] = {}

    # In

    def log_in(self, login: str, password: Secret) -> Session:
        """Return a live session, or raise `login.wrong`, `login.locked`, `login.disabled` or `login.temporary`.

        The last one says that the password is right but was chosen by somebody else: see `choose_password`.
        """
        row, known = self._known(login)
        fits = passwords.matches(known, password)
        stamp = CommandStamp(new_id(), "log_in")
        answer = self._store.submit(lambda tx: self._judge_log_in(tx, row.id, fits=fits), command=stamp)
        if isinstance(answer, ConsoleError):
            raise answer
        if passwords.wants_new_hash(known):
            fresh = passwords.hashed(password)
            stamp = CommandStamp(new_id(), "renew_password_hash", answer)
            self._store.submit(lambda tx: db.set_password_hash(tx, row.id, fresh), command=stamp)
        return self._let_in(answer, password)

    def choose_password(self, login: str, old: Secret, new: Secret) -> Session:
        """Log in with a temporary password and put one's own in its place; refusals as for `log_in`.

        Raises `Invalid` at the field `new` if the new one is not good enough; the old one then stays.
        """
        row, known = self._known(login)
        fits = passwords.matches(known, old)
        # Whoever does not know the old password is told nothing about a new one.
        wrong = passwords.problem_of_new(new, row.login, old) if fits else None
        if wrong is not None:
            raise Invalid({"new": wrong})
        hashed = passwords.hashed(new)

        def work(tx: Tx) -> Session | ConsoleError:
            answer = self._judge_log_in(tx, row.id, fits=fits, own=False)
            if not isinstance(answer, ConsoleError):
                self._put_own_password(tx, row.id, old, new, hashed)
            return answer

        answer = self._store.submit(work, command=CommandStamp(new_id(), "choose_password"))
        if isinstance(answer, ConsoleError):
            raise answer
        return self._let_in(answer, new)

    def _known(self, login: str) -> tuple[PersonRow, Secret]:
        """Return the person and his hash; for a stranger the same work is done before he is refused."""

        def look(tx: Tx) -> tuple[PersonRow, Secret] | None:
            row = db.find_person(tx, login)
            return None if row is None else (row, db.password_hash(tx, row.id))

        found = self._store.read(look)
        if found is None:
            passwords.matches(None, Secret(login))
            self._journal_stranger()
            raise ConsoleError("login.wrong")
        return found

    def _judge_log_in(self, tx: Tx, person_id: str, *, fits: bool, own: bool = True) -> Session | ConsoleError:
        """Count the try in its own transaction. Refusals are returned, not raised: they must be committed."""
        row = db.get_person(tx, person_id)
        refused = self._judge_try(tx, row, fits=fits)
        if refused is not None:
            return refused
        if own and row.password_temporary:
            tx.record(JournalEvent("login.temporary", ("person", row.id)))
            return ConsoleError("login.temporary")
        session = Session(
            id=new_id(),
            person_id=row.id,
            login=row.login,
            display_name=row.full_name,
            role=row.role,
            station_id=tx.station_id,
            writer_id=tx.writer.id,
            started_at=tx.now,
        )
        tx.record(JournalEvent("login.ok", ("person", row.id), {"session": session.id, "role": row.role.value}))
        return session

    def _judge_try(self, tx: Tx, row: PersonRow, *, fits: bool) -> ConsoleError | None:
        """Count a wrong try, or forget former ones. The caller records what the right password was for."""
        if row.locked_until is not None and tx.now < row.locked_until:
            self._journal_failure(tx, row, "locked")
            return ConsoleError("login.locked", until=row.locked_until)
        if not fits:
            tries = row.failed_tries + 1
            until = tx.now + LOCK_OUT if tries >= MOST_TRIES else None
            db.note_tries(tx, row.id, 0 if until else tries, until)
            self._journal_failure(tx, row, "password")
            return ConsoleError("login.wrong") if until is None else ConsoleError("login.locked", until=until)
        if not row.active:
            self._journal_failure(tx, row, "disabled")
            return ConsoleError("login.disabled")
        if row.failed_tries or row.locked_until is not None:
            db.note_tries(tx, row.id, 0, None)
        return None

    def _let_in(self, session: Session, password: Secret) -> Session:
        self._sessions.begin(session, keyed=self._open_vault(session, password))
        return session

    def _open_vault(self, session: Session, password: Secret) -> bool:
        """Open the vault with this person's own key; that somebody else opened it already counts for nothing."""
        if not may_have_slot(session.role):
            return False
        try:
            self._store.read(lambda tx: self._vault.unlock(tx, session.person_id, password))
        except Unavailable as closed:
            # The person may log and search; the gate says "vault locked" at each tile. The journal says why.
            event = JournalEvent("vault.not_opened", ("person", session.person_id), {"why": closed.key})
            stamp = CommandStamp(new_id(), "open_vault", session)
            self._store.submit(lambda tx: tx.record(event), command=stamp)
            self._closed[session.id] = closed
            return False
        return True

    def vault_problem(self, session: Session) -> Unavailable | None:
        """Return why the vault stayed shut at this session's log-in, for the window to say; from memory."""
        return self._closed.get(session.id)

    def _journal_failure(self, tx: Tx, row: PersonRow, why: str) -> None:
        tx.record(JournalEvent("login.failed", ("person", row.id), {"why": why}))

    def _journal_stranger(self) -> None:
        # What was typed is not kept: people type passwords into the wrong field.
        event = JournalEvent("login.failed", ("person", "unknown"), {"why": "unknown"})
        self._store.submit(lambda tx: tx.record(event), command=CommandStamp(new_id(), "log_in"))

    # Out

    def log_out(self, session: Session, reason: EndReason = EndReason.LOGOUT) -> None:
        """End the session; its views are dark before this returns. The last one with a key locks the vault."""
        if not self._sessions.holds(session):
            return
        self._sessions.end(session, reason)
        self._closed.pop(session.id, None)
        if not self._sessions.any_keyed():
            self._vault.lock()
        event = JournalEvent("login.ended", ("person", session.person_id), {"reason": reason.value})
        stamp = CommandStamp(new_id(), "log_out", session)
        self._store.submit(lambda tx: tx.record(event), command=stamp)

    # Lock

    def lock(self, session: Session) -> None:
        """Lock the session at once, in memory: its private views are dark before this returns, on any thread."""
        self._sessions.lock(session)

    def note_lock(self, session: Session, *, idle: bool) -> None:
        """Write into the journal that the console was locked. The lock holds whether or not this succeeds."""
        event = JournalEvent("login.locked", ("person", session.person_id), {"why": "idle" if idle else "asked"})
        self._store.submit(lambda tx: tx.record(event), command=CommandStamp(new_id(), "lock", session))

    def unlock(self, session: Session, password: Secret) -> None:
        """Let the officer act again, or raise `login.wrong`, `login.locked` or `login.disabled`. Tries are counted."""
        if not self._sessions.holds(session):
            raise Denied(DenyReason.NOT_LOGGED_IN)
        self._prove(session, password, JournalEvent("login.unlocked", ("person", session.person_id)))
        self._sessions.unlock(session)

    def _prove(self, session: Session, password: Secret, event: JournalEvent | None = None) -> None:
        """Check that it is still the officer who sits here; wrong tries count like those of a log-in."""
        known = self._store.read(lambda tx: db.password_hash(tx, session.person_id))
        fits = passwords.matches(known, password)

        def work(tx: Tx) -> ConsoleError | None:
            row = db.get_person(tx, session.person_id)
            refused = self._judge_try(tx, row, fits=fits)
            if refused is None:
                tx.record(event or JournalEvent("login.proved", ("person", session.person_id)))
            return refused

        refused = self._store.submit(work, command=CommandStamp(new_id(), "prove_password", session))
        if refused is not None:
            raise refused

    # One's own password

    def _put_own_password(self, tx: Tx, person_id: str, old: Secret, new: Secret, hashed: Secret) -> None:
        """Store a person's own new password and wrap his key under it; a key that opens nothing is made anew."""
        db.set_own_password(tx, person_id, hashed)
        if self._vault.has_slot(tx, person_id):
            self._vault.change_password(tx, person_id, old, new)
        else:
            self._vault.add_person(tx, person_id, new)
        tx.record(JournalEvent("password.changed", ("person", person_id)))
