"""Honest histories of a station, written by the program's own functions: many consoles, crashes, restarts, erasures.

Each is a real store with its guards; `read` takes all that a verifier reads, as values that a forger may change.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from console.db import journal
from console.db.authorities import AuthorityTerms, authority_snapshot, record_authority, set_paused, withdraw
from console.db.camera_heads import CameraHead, heads_of, make_head
from console.db.cameras import CameraFacts, list_cameras, register_camera
from console.db.erasure import ErasureFacts, erase
from console.db.feeds import ViewOpening, close_crashed_views, end_view, first_picture, justify, open_view, open_views
from console.db.journal_examine import Examiner, RawCheckpoint, RawRow, VerifyReport
from console.db.journal_format import checkpoint_hash, log_line
from console.db.journal_tables import _columns, _records, _replayed
from console.db.journal_traces import RawRecord, RawView
from console.db.journal_verify import CHECKPOINT_LOG, RawTopics, raw_checkpoints, raw_rows, read_log
from console.db.people import NewPerson, add_person
from console.db.places import StorePlace, Writer
from console.db.statements import camera_links
from console.db.store import CommandStamp, Store, Tx
from console.kernel import (
    AccessLevel,
    AuthorityKind,
    EndReason,
    ErasureGround,
    OwnerType,
    Purpose,
    Role,
    Secret,
    Session,
    ViewKind,
    new_id,
)
from console.services.statement_file import Claims, Statement, statement_bytes
from tests.bench.paper import Paper
from tests.fakes import FakeClock

STATION: Final = "sk01"
KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WRITERS: Final = 8
_NAMES: Final = ("นางสมใจ รักสงบ", "ร้านทองเยาวราช", "Café Zoë", "นายกิ่งแก้ว ณ สงขลา")
_REASONS: Final = (EndReason.CLOSED, EndReason.REPLACED, EndReason.HANDOVER, EndReason.LOCK)


class Known(Ed25519PublicKey):
    """The station's public key, which asks each question of a signature once: a forger changes few of many."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key
        self._good: set[tuple[bytes, bytes]] = set()

    def verify(self, signature: bytes, data: bytes) -> None:  # type: ignore[override]  # bytes are all that we have
        if (signature, data) not in self._good:
            self._key.verify(signature, data)
            self._good.add((signature, data))

    def public_bytes_raw(self) -> bytes:
        return self._key.public_bytes_raw()

    def public_bytes(self, encoding: object, format: object) -> bytes:  # noqa: A002 - the library's name
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __copy__(self) -> Known:
        return self

    def __deepcopy__(self, memo: dict[object, object]) -> Known:
        return self


PUBLIC: Final = Known(KEY.public_key())


@dataclass(frozen=True)
class Material:
    """All that a verifier reads: journal, checkpoints, the file beside them, what is remembered, paper, the tables."""

    rows: tuple[RawRow, ...]
    checkpoints: tuple[RawCheckpoint, ...]
    log: str
    remembered: str
    papers: tuple[str, ...]
    views: tuple[RawView, ...]
    records: tuple[RawRecord, ...]
    statements: tuple[Paper, ...] = ()
    """What the owner of one camera has."""
    key: Ed25519PublicKey = field(default=PUBLIC)

    def examine(self) -> VerifyReport:
        """Do what `journal verify` does, without a database."""
        examiner = Examiner(self.key)
        for checkpoint in self.checkpoints:
            examiner.checkpoint(checkpoint)
        examiner.log(self.log)
        examiner.remembered(self.remembered)
        for digest in self.papers:
            examiner.on_paper(digest)
        for row in sorted(self.rows, key=lambda row: (row.writer_id, row.seq)):
            examiner.row(row)
        traces = examiner.traces
        stored = {view.id: view for view in self.views}
        for told in (*traces.ended, *traces.left()):
            traces.view(told, stored.get(told[0]))
        if len(stored) != traces.matched:
            opened = {row.subject_id for row in self.rows if row.event_class == "view.opened"}
            for view in stored.values():
                if view.id not in opened:
                    traces.untold_view(view.id, view.writer_id)
        for record in self.records:
            traces.record(record)
        traces.close()
        return examiner.report()

    def kinds(self) -> set[str]:
        return {problem.kind for problem in self.examine().problems}


def empty_store(folder: Path) -> Path:
    """Make a store without a row, to be copied."""
    place = StorePlace.standalone(folder)
    Store.open(place, clock=FakeClock(), writer=Writer(new_id(), STATION)).close()
    return folder


class Station:
    """One station's years in moments: consoles come and go on one store, and some of them die."""

    def __init__(self, folder: Path, dice: random.Random, empty: Path | None = None) -> None:
        """`empty`, if given, is a store without a row: making the tables takes longer than some years of it."""
        if empty is not None:
            shutil.copytree(empty, folder)
        self._folder = folder
        self._dice = dice
        self._clock = FakeClock()
        self._place = StorePlace.standalone(folder)
        self._remembered: list[str] = []
        self._hashes: list[str] = []
        self._people: list[Session] = []
        self.kills = 0

    def live(self, turns: int) -> None:
        """Let consoles work, one after the other: SQLite has one at a time."""
        writers = [Writer(new_id(), STATION) for _number in range(WRITERS)]
        for turn in range(turns):
            writer = writers[turn] if turn < WRITERS else self._dice.choice(writers)
            store = Store.open(self._place, clock=self._clock, writer=writer)
            try:
                self._turn(store, turn)
            finally:
                store.close()
        store = Store.open(self._place, clock=self._clock, writer=writers[-1])
        self._refused(store, self._first(store))
        self._head(store)
        self._seal(store)
        store.close()

    def _turn(self, store: Store, turn: int) -> None:
        store.submit(close_crashed_views, command=CommandStamp(new_id(), "views.after_crash"))
        if turn == 0:
            self._found(store)
        for _number in range(self._dice.randint(1, 4)):
            self._clock.advance(self._dice.uniform(0.1, 400))
            self._dice.choice(_DEEDS)(self, store)
        if self._dice.random() < 0.5:
            self._seal(store)
        if self._dice.random() < 0.3:
            self._head(store)
        if self._dice.random() < 0.4:
            self._die(store)
        else:
            self._end_views(store)

    def write(self, store: Store, work: object, session: Session | None = None) -> None:
        store.submit(work, command=CommandStamp(new_id(), "bench", session))  # type: ignore[arg-type]  # any result

    @property
    def officer(self) -> Session:
        return self._dice.choice(self._people)

    def _found(self, store: Store) -> None:
        for number, name in enumerate(_NAMES[:2]):
            new = NewPerson(f"p{number}", name, Role.SUPERINTENDENT, Secret("$argon2id$none"), "ด.ต.")
            row = store.submit(lambda tx, new=new: add_person(tx, new), command=CommandStamp(new_id(), "bench"))  # type: ignore[misc]  # bound
            now = self._clock.now()
            session = Session(new_id(), row.id, row.login, row.display_name, row.role, STATION, store.writer.id, now)
            self._people.append(session)
        for _number in range(3):
            self._register(store)
        self._head(store)
        self._seal(store)

    def _register(self, store: Store) -> None:
        name = self._dice.choice(_NAMES)
        facts = CameraFacts(new_id()[-8:], f"กล้อง {name}", "ถ.นครใน", OwnerType.SHOP, 7.2, 100.6, owner_name=name)
        terms = AuthorityTerms(
            AuthorityKind.AGENCY,
            AccessLevel.ALWAYS,
            frozenset({Purpose.TRAFFIC, Purpose.FOLLOW}),
            self._clock.now(),
            hours=((360, 1080),),
        )
        self.write(store, lambda tx: record_authority(tx, register_camera(tx, facts).id, terms), self.officer)

    def _permit(self, store: Store) -> None:
        camera = self._dice.choice(store.read(list_cameras)).id
        terms = AuthorityTerms(AuthorityKind.AGENCY, AccessLevel.HOURS, frozenset({Purpose.TRAFFIC}), self._clock.now())
        self.write(store, lambda tx: record_authority(tx, camera, terms), self.officer)

    def _change(self, store: Store) -> None:
        row = self._dice.choice(list(store.read(authority_snapshot).values()))
        paused = self._dice.random() < 0.7
        if paused:
            self.write(store, lambda tx: set_paused(tx, row.id, row.version, paused=not row.paused), self.officer)
        else:
            self.write(store, lambda tx: withdraw(tx, row.id, row.version), self.officer)

    def _look(self, store: Store) -> None:
        camera = self._dice.choice(store.read(list_cameras)).id
        purpose = self._dice.choice((Purpose.TRAFFIC, Purpose.URGENT))
        new = ViewOpening(camera, purpose, ViewKind.WALL, None, self_opened_incident=self._dice.random() < 0.2)
        self.write(store, lambda tx: open_view(tx, new), self.officer)
        if self._dice.random() < 0.8:
            self._clock.advance(self._dice.uniform(0.1, 3))
            view = store.read(open_views)[-1]
            self.write(store, lambda tx: first_picture(tx, view.id, tx.now))
            if purpose is Purpose.URGENT:
                self.write(store, lambda tx: justify(tx, view.id, "มีเหตุด่วน"), self.officer)

    def _deny(self, store: Store) -> None:
        known = self._dice.random() < 0.7
        self._refused(store, self._dice.choice(store.read(list_cameras)).id if known else None)

    def _refused(self, store: Store, camera: str | None) -> None:
        data = {"purpose": "traffic", "reason": "unknown_camera" if camera is None else "outside_hours"}
        event = journal.JournalEvent("view.denied", ("camera", camera or "unknown"), data, camera)
        self.write(store, lambda tx: tx.record(event), self.officer)

    def _erase(self, store: Store) -> None:
        camera = self._dice.choice(store.read(list_cameras)).id
        facts = ErasureFacts(new_id(), ErasureGround.OBJECTION, "ส-1")
        self.write(store, lambda tx: erase(tx, [("camera", camera)], facts), self.officer)

    def _end_views(self, store: Store) -> None:
        for view in store.read(open_views):
            if self._dice.random() < 0.8:
                reason = self._dice.choice(_REASONS)
                self.write(store, lambda tx, view=view, why=reason: end_view(tx, view.id, why, tx.now))

    def _head(self, store: Store) -> None:
        """Sign where the chain of the first camera stands, as for a statement to its owner."""
        camera = self._first(store)
        self.write(store, lambda tx: make_head(tx, KEY, camera))

    def _first(self, store: Store) -> str:
        return store.read(_first_camera)

    def _seal(self, store: Store) -> None:
        made = store.submit(lambda tx: journal.checkpoint(tx, KEY), command=CommandStamp(new_id(), "seal"))
        self._remembered.append(log_line(made.body, made.signature))
        self._hashes.append(checkpoint_hash(made.body))

    def _die(self, store: Store) -> None:
        """Kill: a transaction that never was, views left open, and maybe a seal that did not reach the file whole."""
        self.kills += 1

        def half(tx: Tx) -> None:
            register_camera(tx, CameraFacts("half", "x", "y", OwnerType.HOME))
            raise InterruptedError

        with suppress(InterruptedError):
            self.write(store, half)
        log = self._folder / CHECKPOINT_LOG
        if log.exists() and self._remembered and self._dice.random() < 0.5:
            self._seal(store)
            self._remembered.pop()
            text = log.read_text("ascii")
            last = text.rstrip("\n").rsplit("\n", 1)[-1]
            log.write_text(text[: len(text) - 1 - self._dice.randint(0, len(last))], "ascii")

    def read(self) -> Material:
        """Take all that a verifier reads."""
        store = Store.open(replace(self._place, read_only=True), clock=self._clock, writer=Writer(new_id(), STATION))
        try:
            return store.read(self._read)
        finally:
            store.close()

    def _read(self, tx: Tx) -> Material:
        session = tx.session
        return Material(
            rows=tuple(chain.from_iterable(raw_rows(session, RawTopics(session), spelled=True))),
            checkpoints=tuple(raw_checkpoints(session)),
            log=read_log(self._folder / CHECKPOINT_LOG),
            remembered="\n".join(self._remembered),
            papers=(self._hashes[-1][:40],),
            views=tuple(RawView(*row) for row in session.execute(_columns(session))),
            records=tuple(record for model in _replayed() for record in _records(session, model)),
            statements=self._statements(tx),
        )

    def _statements(self, tx: Tx) -> tuple[Paper, ...]:
        """Make statements for the first camera's owner: of all there is, from a head on, and with lines that wait."""
        heads = heads_of(tx, _first_camera(tx))
        whole = self._statement(tx, heads, 0)
        waits = frozenset((link.writer_id, link.seq) for link in whole.links if self._dice.random() < 0.2)
        later = self._statement(tx, heads, self._dice.randrange(len(heads)))
        made = (whole, whole, later, replace(whole, delayed=waits))
        holds = (None, self._dice.choice(heads), later.from_head, heads[-1])
        return tuple(
            Paper(statement_bytes(statement, KEY), None if head is None else f"{head.number}:{head.hash}")
            for statement, head in zip(made, holds, strict=True)
        )

    def _statement(self, tx: Tx, heads: Sequence[CameraHead], begin: int) -> Statement:
        former = heads[begin - 1] if begin else None
        links = camera_links(tx, heads[-1].camera_id, former.writers if former else {}, heads[-1].writers)
        return Statement(
            station_id=STATION,
            station_name="สภ.เมืองสงขลา Café",
            camera_id=heads[-1].camera_id,
            camera_name="หน้าร้านทอง <b>A1</b>",
            since=(former or heads[0]).at,
            until=heads[-1].at + timedelta(seconds=1),
            from_head=former,
            between=heads[begin:-1],
            head=heads[-1],
            links=links,
            delayed=frozenset(),
            claims=Claims({}, {}, []),
            unheard={},
        )

    def verify(self) -> VerifyReport:
        """Check the store itself, as the program does."""
        store = Store.open(replace(self._place, read_only=True), clock=self._clock, writer=Writer(new_id(), STATION))
        known = journal.Known("\n".join(self._remembered), [digest[:40] for digest in self._hashes])
        try:
            return store.read(lambda tx: journal.verify(tx, PUBLIC, known=known))
        finally:
            store.close()


def _first_camera(tx: Tx) -> str:
    return min(row.id for row in list_cameras(tx))


_DEEDS: Final[Sequence[Callable[[Station, Store], None]]] = (
    Station._look,
    Station._look,
    Station._look,
    Station._deny,
    Station._change,
    Station._permit,
    Station._register,
    Station._erase,
)
