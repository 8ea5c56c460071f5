"""Feeds the examiner from the database and from `checkpoints.log`."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import chain, starmap
from math import inf
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import FromClause, Select, String, func, select, type_coerce
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.types import TypeEngine

from console.db import camera_heads, registers_verify
from console.db.base import AnyTime, TimeText
from console.db.journal_examine import BESIDE_TOPIC, Examiner, RawCheckpoint, RawRow, RawTopic, VerifyReport
from console.db.journal_rows import CheckpointEntry, JournalEntry, JournalPersonal, JournalTopic
from console.db.journal_tables import StoredViews, compare_tables, raw_batches
from console.db.registers_verify import guard_problem

if TYPE_CHECKING:
    from console.db.store import Tx

__all__ = ["CHECKPOINT_LOG", "Known", "Progress", "guard_problem", "verify"]

CHECKPOINT_LOG: Final = "checkpoints.log"
BESIDE: Final = frozenset({"personal", "topics"})
"""What of a raw row lies in tables of its own."""
_BATCH: Final = 1000
_CALM: Final = 200_000
_AT_ONCE: Final = 5000
"""Rows that are read with one question: each also asks for the clear text beside them."""

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many rows of how many were looked at; what it raises ends the check."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known from elsewhere: seals that this console remembers, and beginnings of hashes that stand on paper."""

    remembered: str = ""
    papers: Sequence[str] = ()


def verify(
    tx: Tx, public_key: Ed25519PublicKey | None, progress: Progress | None = None, known: Known | None = None
) -> VerifyReport:
    """Check the whole journal against itself, its checkpoints, those of `checkpoints.log` and what is `known`."""
    examiner = Examiner(public_key)
    for checkpoint in raw_checkpoints(tx.session):
        examiner.checkpoint(checkpoint)
    examiner.log(read_log(tx.data_dir / CHECKPOINT_LOG))
    if known is not None:
        examiner.remembered(known.remembered)
        for digest in known.papers:
            examiner.on_paper(digest)
    total = 0 if progress is None else tx.session.scalar(select(func.count()).select_from(JournalEntry)) or 0
    # Closed also where `progress` ends the check: a server keeps what it would still have to give.
    with (
        calm_collector(),
        closing(RawTopics(tx.session)) as topics,
        closing(StoredViews(tx.session)) as views,
        closing(raw_rows(tx.session, topics, spelled=True)) as batches,
    ):
        done = 0
        for batch in batches:
            if progress is not None:
                progress(done, total)
            for row in batch:
                examiner.row(row)
            done += len(batch)
            views.compare(examiner.traces)
        compare_tables(tx.session, views, examiner.traces)
    if tx.session.scalar(select(func.count()).select_from(JournalTopic)) != examiner.topics:
        for writer_id, seq in _stray_topics(tx.session):
            examiner.stray_topic(writer_id, seq)
    report = examiner.report()
    beside = registers_verify.examine(tx.session, tx.station_id, examiner.traces.forgotten)
    problems = (*report.problems, *camera_heads.examine(tx.session, public_key), *beside.problems)
    return replace(report, problems=problems, undigested=beside.undigested)


@contextmanager
def calm_collector() -> Iterator[None]:
    """Let Python look for unreachable objects less often: a million rows make and drop many, none of them in circles.

    It looks through all that the program holds each time: a quarter of a check went into that.
    """
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], _CALM), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def read_log(path: Path) -> str:
    return path.read_text("ascii", errors="replace") if path.exists() else ""


def raw_checkpoints(session: OrmSession) -> Iterable[RawCheckpoint]:
    query = _as_it_lies(CheckpointEntry.__table__, [made.name for made in fields(RawCheckpoint)], "number")
    return (RawCheckpoint(*_typed(row, RawCheckpoint)) for row in session.execute(query))


def raw_rows(
    session: OrmSession, topics: RawTopics | None = None, *, spelled: bool = False
) -> Generator[Sequence[RawRow]]:
    """Give the rows in order, a batch at a time, with the clear text that still lies beside them and their topics.

    `spelled`: times stay the text that the rows' bytes hold.
    """
    names = [made.name for made in fields(RawRow) if made.name not in BESIDE]
    time = _text_type(session) if spelled else AnyTime()
    query = _as_it_lies(JournalEntry.__table__, names, "seq", time)
    for partition in raw_batches(session, query, _AT_ONCE) if spelled else _partitions(session, query):
        # What is only compared with the bytes may be of any type; a number is counted with, a body is read.
        batch = [
            row if spelled and type(row[1]) is int and type(row[-1]) is bytes else _typed(row, RawRow)
            for row in partition
        ]
        made = list(starmap(RawRow, batch))
        clear = _clear_text(session, batch)
        for row in made:
            writer_id, seq = row.writer_id, row.seq
            if clear and (writer_id, seq) in clear:
                row.personal = tuple(clear[writer_id, seq])
            if topics is not None and (seq >= topics.next or writer_id != topics.writer):
                row.topics = topics.upto(writer_id, seq)
        yield made


def _partitions(session: OrmSession, query: Select[Any]) -> Iterator[Sequence[Any]]:
    with session.execute(query.execution_options(yield_per=_BATCH)) as found:
        yield from found.partitions()


class RawTopics:
    """Reads the filter index beside the rows, in their order, one writer after the other."""

    def __init__(self, session: OrmSession) -> None:
        self._session = session
        self._batches: Generator[Sequence[Any]] | None = None
        self._found: Iterator[Any] = iter(())
        self._next: Any = None
        self.writer: str | None = None
        self.next: float = -1
        """No row before this number has a topic that was not given yet."""

    def upto(self, writer_id: str, seq: int) -> tuple[RawTopic, ...]:
        """Return what was not given yet of this writer's topics, up to this row."""
        if writer_id != self.writer:
            self.close()
            self.writer = writer_id
            self._batches = raw_batches(self._session, _topics_of_writer(self._session, writer_id), _AT_ONCE)
            self._found = chain.from_iterable(self._batches)
            self._step()
        taken: list[RawTopic] = []
        while self.next <= seq:
            taken.append(tuple(self._next))
            self._step()
        return tuple(taken)

    def _step(self) -> None:
        self._next = next(self._found, None)
        # Whoever can write into the database may have written no number at all: it belongs to no row.
        known = self._next is not None and type(self._next[1]) is int
        self.next = self._next[1] if known else inf

    def close(self) -> None:
        """Ask for no more: a server keeps what it would still have to give."""
        if self._batches is not None:
            self._batches.close()


def _topics_of_writer(session: OrmSession, writer_id: str) -> Select[Any]:
    table, time = JournalTopic.__table__, _text_type(session)
    beside = (type_coerce(table.c[name], time) if name == "at" else table.c[name] for name in BESIDE_TOPIC)
    return select(table.c.topic, *beside).where(table.c.writer_id == writer_id).order_by(table.c.seq)


def _stray_topics(session: OrmSession) -> list[tuple[str, int]]:
    """Return where the filter index names a row that is not there."""
    topic, row = JournalTopic.__table__, JournalEntry.__table__
    here = (row.c.writer_id == topic.c.writer_id) & (row.c.seq == topic.c.seq)
    query = select(topic.c.writer_id, topic.c.seq).distinct().outerjoin(row, here).where(row.c.seq.is_(None))
    found = session.execute(query.limit(_BATCH))
    return [(str(writer_id), seq if type(seq) is int else 0) for writer_id, seq in found]


def _text_type(session: OrmSession) -> TypeEngine[Any]:
    """Return how a time is read as text: SQLite holds it as such, and asks nobody about each."""
    return String() if session.get_bind().dialect.name == "sqlite" else TimeText()


def _as_it_lies(
    table: FromClause, names: Sequence[str], number: str, time: TypeEngine[Any] | None = None
) -> Select[Any]:
    """Read times leniently: whoever can write into the database may have written no time at all."""
    lenient = time or AnyTime()
    columns = (type_coerce(table.c[name], lenient) if name == "at" else table.c[name] for name in names)
    return select(*columns).order_by(table.c.writer_id, table.c[number])


_KINDS: Final[Mapping[str, type]] = {
    "bytes": bytes,
    "int": int,
    "int | None": int,
    "str": str,
    "str | None": str,
    "datetime": datetime,
    "datetime | str": datetime,
}


def _typed(row: Sequence[Any], made: type[RawRow | RawCheckpoint]) -> list[Any]:
    """SQLite keeps any value in any column: one of another type becomes a value that no writer wrote."""
    return [
        value if value is None or type(value) is kind else _foreign(value, kind)
        for value, kind in zip(row, _COLUMNS[made], strict=True)
    ]


def _foreign(value: Any, kind: type) -> Any:
    if kind is int:
        return -1
    return repr(value).encode() if kind is bytes else repr(value)


_COLUMNS: Final[Mapping[type, Sequence[type]]] = {
    made: [_KINDS[str(field.type)] for field in fields(made) if field.name not in BESIDE]
    for made in (RawRow, RawCheckpoint)
}


def _clear_text(session: OrmSession, rows: Sequence[Any]) -> Mapping[tuple[str, int], list[tuple[str, bytes, str]]]:
    """Read the clear text beside a batch; seqs of another writer that fall into the span do no harm."""
    table = JournalPersonal.__table__
    writers, seqs = set(map(itemgetter(0), rows)), [*map(itemgetter(1), rows)]
    query = select(table.c.writer_id, table.c.seq, table.c.name, table.c.salt, table.c.value).where(
        table.c.writer_id.in_(writers), table.c.seq.between(min(seqs), max(seqs))
    )
    found: defaultdict[tuple[str, int], list[tuple[str, bytes, str]]] = defaultdict(list)
    for writer_id, seq, name, salt, value in session.execute(query):
        clear = salt if isinstance(salt, bytes) else _foreign(salt, bytes), str(value)
        found[(writer_id, seq)].append((name, *clear))
    return found
