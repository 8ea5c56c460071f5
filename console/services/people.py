"""People: the first one, adding and changing, passwords, and who holds a slot of the vault.

IT and the auditor never get a slot, so an account that IT makes up shows nothing until somebody who can already see
gives it one. Who reset a password is not the one who gives the access back: that takes a second person or the sheet.
"""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

from pydantic import StringConstraints
from pydantic.dataclasses import dataclass

from console.db import people as db
from console.db.journal import JournalEvent
from console.db.keyrings import LateKeyring
from console.db.people import PersonRow
from console.db.store import CommandStamp, Store, Tx
from console.db.vault import NoKeyring, RecoverySheet, StationKeyring, Vault, find_keyring
from console.kernel import RIGHTS, Clock, ConsoleError, Invalid, Right, Role, Secret, Session, Unavailable, new_id
from console.services import passwords
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.door import LOCK_OUT, MOST_TRIES, SLOT_RIGHTS, Door, may_have_slot
from console.services.first_code import FirstCode
from console.services.sessions import Sessions

__all__ = [
    "LOCK_OUT",
    "MOST_TRIES",
    "SLOT_RIGHTS",
    "AddPerson",
    "ChangePassword",
    "ChangePerson",
    "GiveSlot",
    "GiveSlotBySheet",
    "NewFirst",
    "People",
    "PersonRow",
    "RecoverySheet",
    "ResetPassword",
    "StationVault",
    "keyring_found",
    "may_have_slot",
    "station_vault",
]

StationVault: TypeAlias = Vault
"""For whoever hands the vault on and has no business inside it."""

Login = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[\w][\w.@-]{1,63}$")]
_ONE_LINE: Final = r"^[^\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]*$"
"""No line ends, and no marks that turn the direction of writing: a name must look like what is stored."""
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_ONE_LINE)]
Rank = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64, pattern=_ONE_LINE)]
Position = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=_ONE_LINE)]


@dataclass(frozen=True, config=COMMAND_CONFIG)
class NewFirst:
    """The first person of an empty store."""

    login: Login
    display_name: Name
    role: Role
    password: Secret
    rank: Rank = ""
    position: Position = ""

    def problems(self) -> dict[str, str]:
        wrong = passwords.problem(self.password, self.login)
        found = {} if wrong is None else {"password": wrong}
        if Right.MANAGE_PEOPLE not in RIGHTS[self.role]:
            # Nobody could ever add a second person.
            found["role"] = "people.first_must_manage"
        return found


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class AddPerson(Command):
    """`temporary`: whoever adds the person chose the password, so its owner must choose another at the first log-in."""

    login: Login
    display_name: Name
    role: Role
    password: Secret
    rank: Rank = ""
    position: Position = ""
    temporary: bool = False

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
    position: Position | None = None
    role: Role | None = None
    active: bool | None = None


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ChangePassword(Command):
    """One's own password. Run through `People.change_password`, which counts wrong tries."""

    old: Secret
    new: Secret
    again: Secret

    def problems(self) -> dict[str, str]:
        return {} if self.new == self.again else {"again": "password.differs"}


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ResetPassword(Command):
    """Put a temporary password in place of somebody's forgotten one. His access to cameras ends with it.

    Giving it back takes another person with access, or the recovery sheet.
    """

    person_id: str
    version: int
    password: Secret


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class GiveSlot(Command):
    """Let a person use feeds: needs a giver whose own vault is open."""

    person_id: str


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class GiveSlotBySheet(Command):
    """The same with the recovery sheet instead of a giver's own key: for a station where nobody has one yet."""

    person_id: str
    code: Secret


def station_vault(keyring: StationKeyring | None = None) -> Vault:
    """Return the vault of this machine, with the operating system's keyring if it has one that may be trusted."""
    return Vault(LateKeyring(find_keyring) if keyring is None else keyring)


def keyring_found() -> str:
    """Return the name of the keyring that would keep the station secret; empty if there is none to trust."""
    keyring = find_keyring()
    return "" if isinstance(keyring, NoKeyring) else str(getattr(keyring, "name", type(keyring).__name__))


class People(Door):
    """Who may sit here; and, through the door, who does now."""

    def __init__(self, store: Store, vault: Vault, clock: Clock, sessions: Sessions) -> None:
        super().__init__(store, vault, clock, sessions)
        self._first_code = FirstCode(store.place.data_dir)

    def is_empty(self) -> bool:
        return self._store.read(db.count_people) == 0

    def people(self) -> list[PersonRow]:
        return self._store.read(db.list_people)

    def by_login(self, login: str) -> PersonRow | None:
        return self._store.read(lambda tx: db.find_person(tx, login))

    def has_keyring(self) -> bool:
        """Whether the station secret lies in a keyring; otherwise passwords stand alone, and self-test says so."""
        return self._store.read(self._vault.has_keyring)

    def waiting_for_slot(self) -> frozenset[str]:
        """Return whose role may use feeds but for whom nobody has opened the vault yet, by id."""

        def look(tx: Tx) -> frozenset[str]:
            people = [row for row in db.list_people(tx) if may_have_slot(row.role)]
            return frozenset(row.id for row in people if not self._vault.has_slot(tx, row.id))

        return self._store.read(look)

    # The first one

    def make_first_code(self) -> Secret:
        """Make the one-time code for the window's first start; one made before is void. Only on an empty store."""
        if not self.is_empty():
            raise ConsoleError("people.not_empty")
        return self._first_code.make()

    def add_first_with_code(self, first: NewFirst, code: Secret) -> RecoverySheet:
        """Make the first person for somebody who holds the code that installation left; see `FirstCode.check`."""
        problems = first.problems()
        if problems:
            raise Invalid(problems)
        try:
            self._first_code.check(code)
        except ConsoleError as refused:
            event = JournalEvent("first_code.refused", ("store", "first-code"), {"why": refused.key})
            self._store.submit(lambda tx: tx.record(event), command=CommandStamp(new_id(), "add_first_person"))
            raise
        return self.add_first(first)

    def add_first(self, first: NewFirst) -> RecoverySheet:
        """Make the first person and the station's vault. The sheet is shown once; only an empty store allows this."""
        problems = first.problems()
        if problems:
            raise Invalid(problems)
        hashed = passwords.hashed(first.password)

        def work(tx: Tx) -> RecoverySheet:
            if db.count_people(tx) > 0:
                raise ConsoleError("people.not_empty")
            sheet = self._vault.create(tx)
            row = db.add_person(
                tx, db.NewPerson(first.login, first.display_name, first.role, hashed, first.rank, first.position)
            )
            self._make_keys(tx, row, first.password)
            return sheet

        try:
            sheet = self._store.submit(work, command=CommandStamp(new_id(), "add_first_person"))
        finally:
            self._vault.lock()
        self._first_code.drop()
        return sheet

    # One's own password

    def change_password(self, cmd: ChangePassword, session: Session) -> None:
        """Put a new password in place of the officer's own, and wrap his key under it.

        Raises `Invalid` at `old`, `new` or `again`, or `login.locked`: wrong tries count like those of a log-in.
        """
        self._sessions.check(session)
        problems = cmd.problems()
        if not problems and (wrong := passwords.problem_of_new(cmd.new, session.login, cmd.old)):
            problems = {"new": wrong}
        if problems:
            raise Invalid(problems)
        try:
            self._prove(session, cmd.old)
        except ConsoleError as refused:
            raise (Invalid({"old": "password.old_wrong"}) if refused.key == "login.wrong" else refused) from None
        hashed = passwords.hashed(cmd.new)
        self._store.submit(
            lambda tx: self._put_own_password(tx, session.person_id, cmd.old, cmd.new, hashed),
            command=CommandStamp(cmd.command_id, "change_password", session),
        )

    # Commands

    @command(right=Right.MANAGE_PEOPLE)
    def add_person(self, tx: Tx, cmd: AddPerson, session: Session) -> str:  # noqa: ARG002 - dispatch's signature
        if db.find_person(tx, cmd.login) is not None:
            raise Invalid({"login": "people.login_taken"})
        hashed = passwords.hashed(cmd.password)
        row = db.add_person(
            tx, db.NewPerson(cmd.login, cmd.display_name, cmd.role, hashed, cmd.rank, cmd.position, cmd.temporary)
        )
        self._make_keys(tx, row, cmd.password)
        return row.id

    @command(right=Right.MANAGE_PEOPLE)
    def change_person(self, tx: Tx, cmd: ChangePerson, session: Session) -> None:
        row = db.get_person(tx, cmd.person_id)
        if row.id == session.person_id and cmd.role not in {None, row.role}:
            raise Invalid({"role": "people.own_role"})
        change = db.PersonChange(cmd.rank, cmd.display_name, cmd.role, cmd.active, cmd.position)
        changed = db.change_person(tx, cmd.person_id, cmd.version, change)
        if not any(other.active and Right.MANAGE_PEOPLE in RIGHTS[other.role] for other in db.list_people(tx)):
            raise Invalid({"role": "people.last_administrator"})
        if not changed.active or not may_have_slot(changed.role):
            self._vault.remove_slot(tx, changed.id)

    @command(right=Right.MANAGE_PEOPLE)
    def reset_password(self, tx: Tx, cmd: ResetPassword, session: Session) -> None:
        row = db.get_person(tx, cmd.person_id)
        wrong = "people.own_reset" if row.id == session.person_id else passwords.problem(cmd.password, row.login)
        if wrong is not None:
            raise Invalid({"password": wrong})
        db.reset_password(tx, row.id, cmd.version, passwords.hashed(cmd.password))
        self._vault.add_person(tx, row.id, cmd.password)
        tx.record(JournalEvent("password.reset", ("person", row.id)))

    @command(right=Right.MANAGE_PEOPLE)
    def give_slot(self, tx: Tx, cmd: GiveSlot, session: Session) -> None:
        if not self._sessions.is_keyed(session):
            # The vault may stand open for somebody else at this console; that is not this person's key to hand out.
            raise Unavailable("vault.no_slot")
        row = _receiver(tx, cmd.person_id)
        if row.reset_by == session.person_id:
            raise Invalid({"person_id": "people.reset_by_giver"})
        self._vault.give_slot(tx, row.id)
        db.forget_reset(tx, row.id)

    @command(right=Right.MANAGE_PEOPLE)
    def give_slot_by_sheet(self, tx: Tx, cmd: GiveSlotBySheet, session: Session) -> None:  # noqa: ARG002 - dispatch's signature
        row = _receiver(tx, cmd.person_id)
        try:
            self._vault.unlock_with_code(tx, cmd.code)
            self._vault.give_slot(tx, row.id)
            db.forget_reset(tx, row.id)
        finally:
            # Whoever holds the sheet gives a key away; it does not open the cameras at this console.
            if not self._sessions.any_keyed():
                self._vault.lock()
        tx.record(JournalEvent("vault.sheet_used", ("vault", tx.station_id), {"person": row.id}))

    def _make_keys(self, tx: Tx, row: PersonRow, password: Secret) -> None:
        """Make the person's own key, and the slot at once if whoever adds him can open the vault."""
        self._vault.add_person(tx, row.id, password)
        giver = tx.written_stamp.session
        trusted = giver is None or self._sessions.is_keyed(giver)
        if may_have_slot(row.role) and self._vault.unlocked and trusted:
            self._vault.give_slot(tx, row.id)


def _receiver(tx: Tx, person_id: str) -> PersonRow:
    row = db.get_person(tx, person_id)
    if not row.active or not may_have_slot(row.role):
        raise Invalid({"person_id": "people.role_without_feeds"})
    return row
