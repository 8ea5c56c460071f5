"""The store: one place where transactions begin and end, on SQLite (standalone) and PostgreSQL (shared).

`read` and `submit` take a function and give it a `Tx`; only `submit` commits, and the journal rows of a change are in
the same transaction. Opening takes the store lock, refuses what cannot be trusted, and is quick on a current store.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from sqlalchemy import ColumnElement, Engine, bindparam, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm.exc import StaleDataError

from console.db import engines, journal, opening, schema
from console.db.base import Base, Record
from console.db.journal_diff import WritingSession
from console.db.journal_format import Head
from console.db.journal_pen import Prepared, Transaction, driver_of
from console.db.journal_rows import CommandDone
from console.db.places import StoreLock, StorePlace, Writer, load_writer
from console.db.rereading import Readings
from console.kernel import Change, Clock, Conflict, ConsoleError, Session, Unavailable, new_id

__all__ = [
    "AlreadyDone",
    "CommandStamp",
    "Grown",
    "Store",
    "StorePlace",
    "Tx",
    "Writer",
    "discard",
    "fetch",
    "load_writer",
]

T = TypeVar("T")
R = TypeVar("R", bound=Record)
_log = logging.getLogger(__name__)
_PLAIN_LIMIT: Final = 200
_DONE: Final = Prepared(
    select(CommandDone.__table__.c.command_id).where(CommandDone.__table__.c.command_id == bindparam("command"))
)
"""Almost every command is new: an object is made only of one that is not."""
_PUT_DONE: Final = Prepared(insert(CommandDone))


class AlreadyDone(ConsoleError):
    """The command was stored before and its result is not kept: nothing was stored now, nothing is wrong."""

    def __init__(self, command_id: str) -> None:
        super().__init__("store.already_done", command_id=command_id)


@dataclass(frozen=True, slots=True)
class CommandStamp:
    """Which command writes, and for whom (None: the system).

    `digest`, if given, is a hash of the command's content: the same id with another content is an error.
    """

    command_id: str
    action: str
    session: Session | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Grown:
    """How far the own chain has grown, and whether something was entered that is sealed at once."""

    newest: int
    seal_at_once: bool


@dataclass(slots=True)
class Tx:
    """One running transaction. `session` is for `console.db` only; services use the functions there."""

    reach: OrmSession | Transaction
    clock: Clock
    now: datetime
    writer: Writer
    data_dir: Path
    stamp: CommandStamp | None = None
    readings: Readings = field(default_factory=Readings)
    chain_head: Head | None = None
    camera_heads: dict[str, Head] = field(default_factory=dict)
    seal_at_once: bool = False
    subjects: set[tuple[str, str]] = field(default_factory=set)
    changes: dict[tuple[str, str], Change] = field(default_factory=dict)
    flushing: list[tuple[tuple[str, str], str]] = field(default_factory=list)
    _owed: set[tuple[str, str]] = field(default_factory=set)
    _committed: list[Callable[[], None]] = field(default_factory=list)
    _undone: list[Callable[[], None]] = field(default_factory=list)

    @property
    def session(self) -> OrmSession:
        return self.reach.session if isinstance(self.reach, Transaction) else self.reach

    @property
    def writing(self) -> Transaction:
        """Return what the journal writes with; a reading transaction has none."""
        if not isinstance(self.reach, Transaction):
            raise RuntimeError("a reading transaction writes nothing")  # noqa: TRY004 - not the caller's argument
        return self.reach

    @property
    def station_id(self) -> str:
        return self.writer.station_id

    @property
    def written_stamp(self) -> CommandStamp:
        """Return the stamp of the writing command; a reading transaction has none and may not record."""
        if self.stamp is None:
            raise RuntimeError("a reading transaction writes nothing")
        return self.stamp

    @property
    def actor_id(self) -> str | None:
        """Return the person who acts, None for the system."""
        session = self.written_stamp.session
        return session.person_id if session else None

    @property
    def acting_session(self) -> Session:
        """Return the session of the person who acts, for what the system never does by itself."""
        session = self.written_stamp.session
        if session is None:
            raise RuntimeError(f"{self.written_stamp.action} needs a person")
        return session

    def record(self, happening: journal.JournalEvent) -> int:
        """Add an event to the journal in this transaction; returns its number in this writer's chain."""
        return journal.append(self, happening)

    def owe(self, subject: tuple[str, str]) -> None:
        """Note that an event about `subject` must be recorded before commit."""
        self._owed.add(subject)

    def stale(self, message: str) -> tuple[str, str]:
        """Return kind and id of the record whose version had moved, as the failed flush tells its table."""
        named = [found for found, table in self.flushing if f"'{table}'" in message]
        return named[0] if len(named) == 1 else ("", "")

    def settle(self) -> None:
        """Refuse to commit a change that no event tells."""
        silent = self._owed - self.subjects
        if silent:
            raise RuntimeError(f"changed without an event: {sorted(silent)}")

    def after_commit(self, act: Callable[[], None]) -> None:
        """Run `act` once the transaction is safe on disk."""
        self._committed.append(act)

    def on_rollback(self, act: Callable[[], None]) -> None:
        """Run `act` if the transaction comes to nothing."""
        self._undone.append(act)

    def news(self) -> tuple[Change, ...]:
        """Return what listeners are told: the records that changed; where there are none, that the journal grew."""
        if self.changes or self.chain_head is None:
            return tuple(self.changes.values())
        return (Change(journal.KIND, self.writer.id, self.chain_head.seq, self.written_stamp.command_id),)

    def finish(self) -> None:
        """Run what waits for the commit. The data is safe: a failure here must not make the command look failed."""
        for act in self._committed:
            try:
                act()
            except Exception:  # noqa: BLE001 - logged, see above
                _log.exception("after commit")

    def undo(self) -> None:
        for act in self._undone:
            act()


def fetch(tx: Tx, model: type[R], record_id: str, version: int | None = None) -> R:
    """Load a record to change it; `version` is the one the caller saw. Gone → `not_found`, stale → `Conflict`."""
    found = tx.session.get(model, record_id)
    if found is None or found.station_id != tx.station_id:
        raise ConsoleError("not_found", kind=model.kind, id=record_id)
    if version is not None and found.version != version:
        raise Conflict(model.kind, record_id)
    return found


def discard(tx: Tx, model: type[Base], *where: ColumnElement[bool]) -> None:
    """Delete rows that may be forgotten. Records may not: what happens to one is journaled."""
    if issubclass(model, Record):
        raise TypeError(f"{model.__name__} is journaled")
    tx.session.execute(delete(model).where(*where))


class Store:
    """The open store. Made by `Store.open`; every thread but the guarded (UI) one may use it."""

    def __init__(self, place: StorePlace, clock: Clock, writer: Writer, lock: StoreLock | None) -> None:
        self.place = place
        self.writer = writer
        self._clock = clock
        self._lock = lock
        self._readers: Engine = engines.reader_engine(place)
        self._writing: Engine | None = None if place.read_only else engines.writer_engine(place)
        self._driver: sqlite3.Connection | None = None
        self._readings = Readings()
        self._turn = threading.Lock()
        self._turn_of: int | None = None
        self._listeners: list[Callable[[tuple[Change, ...]], None]] = []
        self._entries: list[Callable[[Grown], None]] = []
        self._guarded: int | None = None
        self.mended: tuple[str, ...] = ()
        """Guards that were missing or altered when this store was opened."""

    @classmethod
    def open(cls, place: StorePlace, *, clock: Clock, writer: Writer) -> Self:
        """Open a store, making it if there is none. What cannot be trusted is refused with `Unavailable("store.…")`."""
        import console.db.tables  # noqa: F401 - all tables must be known before the first flush

        lock: StoreLock | None = None
        opening.refuse_drive(place)
        if not place.read_only:
            opening.make_folders(place)
            lock = StoreLock(place.data_dir)
            lock.take(writer.program, clock.now())
        store = cls(place, clock, writer, lock)
        try:
            with store._our_errors():
                opening.make_ready(place, store._writing or store._readers)
                opening.refuse_other_station(place, store._readers, writer)
            store._mend_guards()
        except BaseException:
            store._dispose()
            raise
        return store

    def read(self, query: Callable[[Tx], T]) -> T:
        """Run a query that sees one moment of the store and cannot change it."""
        self._refuse_guarded()
        with self._our_errors(), OrmSession(self._readers, autoflush=False) as session:
            now, folder = self._clock.now(), self.place.data_dir
            return query(Tx(session, self._clock, now, self.writer, folder, readings=self._readings))

    def submit(self, work: Callable[[Tx], T], *, command: CommandStamp) -> T:
        """Run `work` in one transaction and commit it, together with its journal rows; or nothing at all is stored.

        A command id that was stored before is not run again: its plain result comes back, or `AlreadyDone`.
        """
        with self._our_turn() as engine:
            changes, result = self._run(work, command, engine)
        if changes:
            self._tell(changes)
        return result

    def note(self, work: Callable[[Tx], T]) -> T:
        """Run `work` in one transaction that is no command: telemetry, of which nobody hears and no journal tells.

        It cannot change a record. Whoever notes something twice has to see to it himself.
        """
        with self._our_turn() as engine, self._our_errors():
            tx = self._begin(engine)
            try:
                result = work(tx)
                tx.writing.commit()
            finally:
                tx.writing.close()
            return result

    def _begin(self, engine: Engine, command: CommandStamp | None = None) -> Tx:
        """Begin a writing transaction; closing it undoes what was not committed."""

        def session() -> OrmSession:
            return WritingSession(engine, expire_on_commit=False, info={"tx": tx})

        if self._driver is None:
            self._driver = driver_of(engine)
        reach = Transaction(self._driver, session)
        tx = Tx(reach, self._clock, self._clock.now(), self.writer, self.place.data_dir, command, self._readings)
        return tx

    @contextmanager
    def _our_turn(self) -> Iterator[Engine]:
        """One writing transaction at a time; none on the UI thread, none inside another."""
        self._refuse_guarded()
        if self._writing is None:
            raise Unavailable("store.read_only", path=str(self.place.sqlite_path or self.place.parsed.database))
        if self._turn_of == threading.get_ident():
            raise RuntimeError("a submit inside a submit")
        with self._turn:
            self._turn_of = threading.get_ident()
            try:
                yield self._writing
            finally:
                self._turn_of = None

    def _run(self, work: Callable[[Tx], T], command: CommandStamp, engine: Engine) -> tuple[tuple[Change, ...], T]:
        with self._our_errors():
            tx = self._begin(engine, command)
            writing = tx.writing
            try:
                if writing.pen.first(_DONE, {"command": command.command_id}) is not None:
                    return (), _stored_result(tx.session.get_one(CommandDone, command.command_id), command)
                result = work(tx)
                writing.flush()
                tx.settle()
                writing.pen.put(_PUT_DONE, [_done_row(tx, command, result)])
                writing.commit()
            except BaseException as error:
                writing.rollback()
                tx.undo()
                if isinstance(error, StaleDataError):
                    raise Conflict(*tx.stale(str(error))) from None
                raise
            finally:
                writing.close()
            tx.finish()
            if tx.chain_head is not None:
                self._heard(Grown(tx.chain_head.seq, tx.seal_at_once))
            return tx.news(), result

    def on_entries(self, listener: Callable[[Grown], None]) -> Callable[[], None]:
        """Call `listener` after each commit with entries.

        It is called on the thread that wrote, before the next may write: it must not do anything long.
        Returns what unsubscribes it.
        """
        self._entries.append(listener)
        return lambda: self._entries.remove(listener) if listener in self._entries else None

    def _heard(self, grown: Grown) -> None:
        for listener in list(self._entries):
            listener(grown)

    def on_change(self, listener: Callable[[tuple[Change, ...]], None]) -> Callable[[], None]:
        """Call `listener` after each commit that stored something, with all it changed, on the thread that wrote.

        Entries alone, a refusal or a log-in, are a change of the journal. Returns what unsubscribes it.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def _tell(self, changes: tuple[Change, ...]) -> None:
        for listener in list(self._listeners):
            try:
                listener(changes)
            except Exception:  # noqa: BLE001 - logged
                # The change is committed: a broken listener must not make it look failed.
                _log.exception("a listener failed at %s", ", ".join(sorted({change.kind for change in changes})))

    def guard_thread(self, ident: int) -> None:
        """Name the UI thread: opening a transaction there raises, instead of freezing the window."""
        self._guarded = ident

    def _refuse_guarded(self) -> None:
        if self._guarded == threading.get_ident():
            raise RuntimeError("no database session on the UI thread")

    def _mend_guards(self) -> None:
        """Guards that are gone are put back, and the journal says so."""
        if self._writing is None:
            return
        with self._our_errors(), self._writing.connect() as connection:
            missing = schema.missing_guards(connection)
        if missing:

            def mend(tx: Tx) -> None:
                schema.install_guards(tx.session.connection())
                tx.record(journal.JournalEvent("guards.restored", ("store", "guards"), {"names": list(missing)}))

            self.submit(mend, command=CommandStamp(new_id(), "mend_guards"))
            self.mended = tuple(missing)

    @contextmanager
    def _our_errors(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            meant = engines.translate(error, self.place)
            if meant is error:
                raise
            raise meant from None

    def close(self) -> None:
        """End: fold the write-ahead log into the file, remember that the end was clean, give the lock back."""
        if self._writing is not None and self.place.sqlite_path is not None:
            self._readers.dispose()
            with self._turn, self._our_errors(), self._writing.connect() as connection:
                # Outside a transaction, as the pragma demands.
                cursor = connection.connection.cursor()
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                cursor.close()
        self._dispose(clean=True)

    def _dispose(self, *, clean: bool = False) -> None:
        self._readers.dispose()
        if self._writing is not None:
            self._driver = None
            self._writing.dispose()
        if clean:
            opening.mark_clean(self.place)
        if self._lock is not None:
            self._lock.release()


def _stored_result(done: CommandDone, command: CommandStamp) -> Any:
    if done.action != command.action or (command.digest and done.digest and command.digest != done.digest):
        raise ConsoleError("store.command_reused", command_id=command.command_id)
    if done.result is None:
        raise AlreadyDone(command.command_id)
    return json.loads(done.result)


def _done_row(tx: Tx, command: CommandStamp, result: object) -> dict[str, object]:
    """Keep a result only if it is a short plain value of an exact type: nothing else comes back as it went."""
    plain = type(result) in {str, int, float, bool, type(None)} and len(str(result)) <= _PLAIN_LIMIT
    return {
        "command_id": command.command_id,
        "station_id": tx.station_id,
        "writer_id": tx.writer.id,
        "action": command.action,
        "digest": command.digest,
        "at": tx.writing.pen.moment(tx.now),
        "result": json.dumps(result) if plain else None,
    }
