"""The small world of the store's tests: a clock that is set by hand, people, and short ways to write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from console.db.journal import JournalEvent
from console.db.people import NewPerson, add_person
from console.db.store import CommandStamp, Store, Tx
from console.kernel import Role, Secret, Session, new_id

T = TypeVar("T")
STATION = "sk01"
START = datetime(2026, 11, 22, 1, 2, 3, 456789, tzinfo=UTC)


@dataclass
class HandClock:
    """Stands still until it is moved."""

    time: datetime = START
    seconds: float = 1000.0

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.seconds

    def move(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
        self.seconds += seconds


def stamp(action: str = "test", session: Session | None = None, command_id: str | None = None) -> CommandStamp:
    return CommandStamp(command_id or new_id(), action, session)


def write(store: Store, work: Callable[[Tx], T], session: Session | None = None) -> T:
    """Submit as a new command."""
    return store.submit(work, command=stamp(session=session))


@dataclass(frozen=True)
class Officer:
    """A stored person and a session of his."""

    session: Session
    id: str = field(default="")


def record(store: Store, event: JournalEvent, command: CommandStamp | None = None) -> int:
    """Write one event."""

    def work(tx: Tx) -> int:
        return tx.record(event)

    return store.submit(work, command=command or stamp())


def enrol(store: Store, login: str = "som", role: Role = Role.DUTY_OFFICER) -> Officer:
    new = NewPerson(login, "สมชาย ใจดี", role, Secret("$argon2id$not-a-real-hash"), "ด.ต.")
    row = write(store, lambda tx: add_person(tx, new))
    session = Session(
        new_id(), row.id, row.login, row.display_name, row.role, STATION, store.writer.id, store.read(lambda tx: tx.now)
    )
    return Officer(session, row.id)
