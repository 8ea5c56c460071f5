"""People: the first one, log-in and log-out, adding and changing, and who holds a slot of the vault.

A log-in opens the vault for those whose role may use feeds; IT and the auditor never get a slot, so an account that IT
makes up shows nothing until somebody who can already see gives it one.
"""

from __future__ import annotations

from dataclasses import dataclass as plain_dataclass
from datetime import timedelta
from typing import Annotated, Final, TypeAlias

from pydantic import StringConstraints
from pydantic.dataclasses import dataclass

from console.db import people as db
from console.db.journal import JournalEvent
from console.db.people import PersonRow
from console.db.store import CommandStamp, Store, Tx
from console.db.vault import NoKeyring, RecoverySheet, StationKeyring, Vault, find_keyring
from console.kernel import (
    RIGHTS,
    Clock,
    ConsoleError,
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
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.sessions import Sessions

MOST_TRIES: Final = 5
LOCK_OUT: Final = timedelta(minutes=15)
SLOT_RIGHTS: Final = frozenset({Right.VIEW_FEEDS, Right.PROBE_CAMERAS})

StationVault: TypeAlias = Vault
"""For whoever hands the vault on and has no business inside it."""

Login = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[\w][\w.@-]{1,63}$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Rank = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]


@plain_dataclass(frozen=True, slots=True)
class NewFirst:
    """The first person of an empty store."""

    login: str
    display_name: str
    role: Role
    password: Secret
    rank: str = ""


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class AddPerson(Command):
    login: Login
    display_name: Name
    role: Role
    password: Secret
    rank: Rank = ""

    def problems(self) -> dict[str, str]:
        wrong = passwords.problem(self.password, self.login)
        return {} if wrong is None else {"password": wrong}


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ChangePerson(Command):
    """Fields left None stay as they are."""

    person_id: str
    version: int
    display_name: Name | None = None
    rank: Rank | None = None
    role: Role | None = None
    active: bool | None = None


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class GiveSlot(Command):
    """Let a person use feeds: needs a giver whose own vault is open."""

    person_id: str


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class GiveSlotBySheet(Command):
    """The same with the recovery sheet instead of a giver's own key: for a station where nobody has one yet."""

    person_id: str
    code: Secret


def may_have_slot(role: Role) -> bool:
    return bool(RIGHTS[role] & SLOT_RIGHTS)


def station_vault(keyring: StationKeyring | None = None) -> Vault:
    """Return the vault of this machine, with the operating system's keyring if it has one that may be trusted."""
    return Vault(find_keyring() if keyring is None else keyring)


def keyring_found() -> str:
    """Return the name of the keyring that would keep the station secret; empty if there is none to trust."""
    keyring = find_keyring()
    return "" if isinstance(keyring, NoKeyring) else str(getattr(keyring, "name", type(keyring).__name__))


class People:
    """Who may sit here, and who does now."""

    def __init__(self, store: Store, vault: Vault, clock: Clock, sessions: Sessions) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._sessions = sessions

    def is_empty(self) -> bool:
        return self._store.read(db.count_people) == 0

    def people(self) -> list[PersonRow]:
        return self._store.read(db.list_people)

    def by_login(self, login: str) -> PersonRow | None:
        return self._store.read(lambda tx: db.find_person(tx, login))

    def has_keyring(self) -> bool:
        """Whether the station secret lies in a keyring; otherwise passwords stand alone, and self-test says so."""
        return self._store.read(self._vault.has_keyring)

    def waits_for_slot(self, person_id: str) -> bool:
        """Whether the role may use feeds but nobody has opened the vault for this person yet."""

        def look(tx: Tx) -> bool:
            return may_have_slot(db.get_person(tx, person_id).role) and not self._vault.has_slot(tx, person_id)

        return self._store.read(look)

    # The first one

    def add_first(self, first: NewFirst) -> RecoverySheet:
        """Make the first person and the station's vault. The sheet is shown once; only an empty store allows this."""
        wrong = passwords.problem(first.password, first.login)
        if wrong is not None:
            raise Invalid({"password": wrong})
        if Right.MANAGE_PEOPLE not in RIGHTS[first.role]:
            # Nobody could ever add a second person.
            raise Invalid({"role": "people.first_must_manage"})
        hashed = passwords.hashed(first.password)

        def work(tx: Tx) -> RecoverySheet:
            if db.count_people(tx) > 0:
                raise ConsoleError("people.not_empty")
            sheet = self._vault.create(tx)
            row = db.add_person(tx, db.NewPerson(first.login, first.display_name, first.role, hashed, first.rank))
            self._make_keys(tx, row, first.password)
            return sheet

        try:
            return self._store.submit(work, command=CommandStamp(new_id(), "add_first_person"))
        finally:
            self._vault.lock()

    # Log-in and log-out

    def log_in(self, login: str, password: Secret) -> Session:
        """Return a live session, or raise `login.wrong`, `login.locked`, `login.disabled`. Each try is journaled."""

        def look(tx: Tx) -> tuple[PersonRow | None, Secret | None]:
            row = db.find_person(tx, login)
            return row, None if row is None else db.password_hash(tx, row.id)

        row, known = self._store.read(look)
        fits = passwords.matches(known, password)
        if row is None:
            self._journal_stranger()
            raise ConsoleError("login.wrong")
        stamp = CommandStamp(new_id(), "log_in")
        answer = self._store.submit(lambda tx: self._judge_try(tx, row.id, fits=fits), command=stamp)
        if isinstance(answer, ConsoleError):
            raise answer
        if known is not None and passwords.wants_new_hash(known):
            fresh = passwords.hashed(password)
            stamp = CommandStamp(new_id(), "renew_password_hash", answer)
            self._store.submit(lambda tx: db.set_password_hash(tx, row.id, fresh), command=stamp)
        self._open_vault(answer, password)
        self._sessions.begin(answer)
        return answer

    def log_out(self, session: Session, reason: EndReason = EndReason.LOGOUT) -> None:
        """End the session; its views are dark before this returns. The last one with feeds locks the vault."""
        if not self._sessions.holds(session):
            return
        self._sessions.end(session, reason)
        if not any(may_have_slot(other.role) for other in self._sessions.live()):
            self._vault.lock()
        event = JournalEvent("login.ended", ("person", session.person_id), {"reason": reason.value})
        stamp = CommandStamp(new_id(), "log_out", session)
        self._store.submit(lambda tx: tx.record(event), command=stamp)

    def _judge_try(self, tx: Tx, person_id: str, *, fits: bool) -> Session | ConsoleError:
        """Count the try in its own transaction. Refusals are returned, not raised: they must be committed."""
        row = db.get_person(tx, person_id)
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
        session = Session(
            id=new_id(),
            person_id=row.id,
            login=row.login,
            display_name=row.display_name,
            role=row.role,
            station_id=tx.station_id,
            writer_id=tx.writer.id,
            started_at=tx.now,
        )
        data = {"session": session.id, "role": row.role.value}
        tx.record(JournalEvent("login.ok", ("person", row.id), dict(data)))
        return session

    def _journal_failure(self, tx: Tx, row: PersonRow, why: str) -> None:
        tx.record(JournalEvent("login.failed", ("person", row.id), {"why": why}))

    def _journal_stranger(self) -> None:
        # What was typed is not kept: people type passwords into the wrong field.
        event = JournalEvent("login.failed", ("person", "unknown"), {"why": "unknown"})
        self._store.submit(lambda tx: tx.record(event), command=CommandStamp(new_id(), "log_in"))

    def _open_vault(self, session: Session, password: Secret) -> None:
        if not may_have_slot(session.role):
            return
        try:
            self._store.read(lambda tx: self._vault.unlock(tx, session.person_id, password))
        except Unavailable as closed:
            # The person may log and search; the gate says "vault locked" at each tile. The journal says why.
            event = JournalEvent("vault.not_opened", ("person", session.person_id), {"why": closed.key})
            stamp = CommandStamp(new_id(), "open_vault", session)
            self._store.submit(lambda tx: tx.record(event), command=stamp)

    # Commands

    @command(right=Right.MANAGE_PEOPLE)
    def add_person(self, tx: Tx, cmd: AddPerson, session: Session) -> str:  # noqa: ARG002 - dispatch's signature
        if db.find_person(tx, cmd.login) is not None:
            raise Invalid({"login": "people.login_taken"})
        hashed = passwords.hashed(cmd.password)
        row = db.add_person(tx, db.NewPerson(cmd.login, cmd.display_name, cmd.role, hashed, cmd.rank))
        self._make_keys(tx, row, cmd.password)
        return row.id

    @command(right=Right.MANAGE_PEOPLE)
    def change_person(self, tx: Tx, cmd: ChangePerson, session: Session) -> None:
        row = db.get_person(tx, cmd.person_id)
        if row.id == session.person_id and cmd.role not in {None, row.role}:
            raise Invalid({"role": "people.own_role"})
        change = db.PersonChange(cmd.rank, cmd.display_name, cmd.role, cmd.active)
        changed = db.change_person(tx, cmd.person_id, cmd.version, change)
        if not any(other.active and Right.MANAGE_PEOPLE in RIGHTS[other.role] for other in db.list_people(tx)):
            raise Invalid({"role": "people.last_administrator"})
        if not changed.active or not may_have_slot(changed.role):
            self._vault.remove_slot(tx, changed.id)

    @command(right=Right.MANAGE_PEOPLE)
    def give_slot(self, tx: Tx, cmd: GiveSlot, session: Session) -> None:
        if not may_have_slot(session.role):
            # The vault may stand open for somebody else at this console; that is not this person's key to hand out.
            raise Unavailable("vault.no_slot")
        self._vault.give_slot(tx, _receiver(tx, cmd.person_id).id)

    @command(right=Right.MANAGE_PEOPLE)
    def give_slot_by_sheet(self, tx: Tx, cmd: GiveSlotBySheet, session: Session) -> None:  # noqa: ARG002 - dispatch's signature
        row = _receiver(tx, cmd.person_id)
        try:
            self._vault.unlock_with_code(tx, cmd.code)
            self._vault.give_slot(tx, row.id)
        finally:
            # Whoever holds the sheet gives a key away; it does not open the cameras at this console.
            if not any(may_have_slot(other.role) for other in self._sessions.live()):
                self._vault.lock()
        tx.record(JournalEvent("vault.sheet_used", ("vault", tx.station_id), {"person": row.id}))

    def _make_keys(self, tx: Tx, row: PersonRow, password: Secret) -> None:
        """Make the person's own key, and the slot at once if whoever adds him can open the vault."""
        self._vault.add_person(tx, row.id, password)
        giver = tx.written_stamp.session
        trusted = giver is None or may_have_slot(giver.role)
        if may_have_slot(row.role) and self._vault.unlocked and trusted:
            self._vault.give_slot(tx, row.id)


def _receiver(tx: Tx, person_id: str) -> PersonRow:
    row = db.get_person(tx, person_id)
    if not row.active or not may_have_slot(row.role):
        raise Invalid({"person_id": "people.role_without_feeds"})
    return row
