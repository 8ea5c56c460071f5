"""People of the station: who may log in, as what, and how often somebody tried in vain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import Boolean, Integer, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import ID_LENGTH, PERSONAL, QUIET, SECRET, Record, UtcTime
from console.db.facts import facts_of
from console.db.rereading import Listing, reread
from console.db.store import Tx, fetch
from console.i18n.ranks import with_rank
from console.kernel import Role, Secret


class Person(Record):
    """Changes of `failed_tries` and `locked_until` alone are told by the `login.…` event that the caller records."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("station_id", "login"),)
    kind: ClassVar[str] = "person"

    login: Mapped[str] = mapped_column(String(64))
    rank: Mapped[str] = mapped_column(String(64))
    display_name: Mapped[str] = mapped_column(String(200), info=PERSONAL)
    position: Mapped[str] = mapped_column(String(100), default="")
    role: Mapped[str] = mapped_column(String(32))
    password_hash: Mapped[str] = mapped_column(String(255), info=SECRET)
    password_temporary: Mapped[bool] = mapped_column(Boolean, default=False)
    """True: whoever added the person chose the password, so its owner must choose another at the next log-in."""
    reset_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    """Who reset the password, until somebody else (or the recovery sheet) has given the person access again."""
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    failed_tries: Mapped[int] = mapped_column(Integer, default=0, info=QUIET)
    locked_until: Mapped[datetime | None] = mapped_column(UtcTime, info=QUIET)


@dataclass(frozen=True, slots=True)
class PersonRow:
    id: str
    version: int
    station_id: str
    login: str
    rank: str
    display_name: str
    role: Role
    active: bool
    failed_tries: int
    locked_until: datetime | None
    position: str = ""
    password_temporary: bool = False
    reset_by: str | None = None

    @property
    def full_name(self) -> str:
        """Rank and name as they are written: a Thai rank stands without a space before the name."""
        return with_rank(self.rank, self.display_name)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """`password_hash` is an Argon2 string in a `Secret`; it never enters the journal."""

    login: str
    display_name: str
    role: Role
    password_hash: Secret
    rank: str = ""
    position: str = ""
    password_temporary: bool = False


@dataclass(frozen=True, slots=True)
class PersonChange:
    """What may be changed of a person; None leaves a field as it is."""

    rank: str | None = None
    display_name: str | None = None
    role: Role | None = None
    active: bool | None = None
    position: str | None = None


def _row(person: Person) -> PersonRow:
    return facts_of(PersonRow, person)


def normal_login(login: str) -> str:
    """Return the stored spelling of a login name: case does not matter."""
    return login.strip().casefold()


def count_people(tx: Tx) -> int:
    return tx.session.scalar(select(func.count()).select_from(Person).where(Person.station_id == tx.station_id)) or 0


_ALL: Final = Listing("people", Person, _row)


def list_people(tx: Tx, *, anew: bool = False) -> list[PersonRow]:
    """Return everybody, by login. `anew`: none is taken as known."""
    return sorted(reread(tx, _ALL, Person.station_id == tx.station_id, anew=anew), key=lambda row: row.login)


def find_person(tx: Tx, login: str) -> PersonRow | None:
    person = _by_login(tx, login)
    return _row(person) if person else None


def get_person(tx: Tx, person_id: str) -> PersonRow:
    """Return a person or raise `not_found`."""
    return _row(fetch(tx, Person, person_id))


def password_hash(tx: Tx, person_id: str) -> Secret:
    return Secret(fetch(tx, Person, person_id).password_hash)


def _by_login(tx: Tx, login: str) -> Person | None:
    query = select(Person).where(Person.station_id == tx.station_id, Person.login == normal_login(login))
    return tx.session.scalars(query).one_or_none()


def add_person(tx: Tx, new: NewPerson) -> PersonRow:
    person = Person(
        login=normal_login(new.login),
        rank=new.rank,
        display_name=new.display_name,
        role=str(new.role),
        position=new.position,
        password_hash=new.password_hash.reveal(),
        password_temporary=new.password_temporary,
        active=True,
        failed_tries=0,
    )
    tx.session.add(person)
    tx.session.flush()
    return _row(person)


def change_person(tx: Tx, person_id: str, version: int, change: PersonChange) -> PersonRow:
    person = fetch(tx, Person, person_id, version)
    if change.rank is not None:
        person.rank = change.rank
    if change.display_name is not None:
        person.display_name = change.display_name
    if change.role is not None:
        person.role = str(change.role)
    if change.active is not None:
        person.active = change.active
    if change.position is not None:
        person.position = change.position
    tx.session.flush()
    return _row(person)


def set_password_hash(tx: Tx, person_id: str, hashed: Secret) -> PersonRow:
    """Store a new hash; the journal tells that it changed, never what it is."""
    person = fetch(tx, Person, person_id)
    person.password_hash = hashed.reveal()
    tx.session.flush()
    return _row(person)


def set_own_password(tx: Tx, person_id: str, hashed: Secret) -> PersonRow:
    """Store the hash of a password that its owner chose himself."""
    person = fetch(tx, Person, person_id)
    person.password_temporary = False
    return set_password_hash(tx, person_id, hashed)


def reset_password(tx: Tx, person_id: str, version: int, hashed: Secret) -> PersonRow:
    """Store the hash of a password that somebody else chose: the acting person. Former wrong tries are forgotten."""
    person = fetch(tx, Person, person_id, version)
    person.password_temporary = True
    person.reset_by = tx.actor_id
    person.failed_tries = 0
    person.locked_until = None
    return set_password_hash(tx, person_id, hashed)


def forget_reset(tx: Tx, person_id: str) -> None:
    """Somebody other than whoever reset the password gave the person access again."""
    person = fetch(tx, Person, person_id)
    if person.reset_by is not None:
        person.reset_by = None
        tx.session.flush()


def note_tries(tx: Tx, person_id: str, failed_tries: int, locked_until: datetime | None) -> PersonRow:
    """Store the count of failed tries. The caller records `login.failed` or `login.ok` about `("person", id)`."""
    person = fetch(tx, Person, person_id)
    person.failed_tries = failed_tries
    person.locked_until = locked_until
    tx.session.flush()
    return _row(person)
