"""Feeds the examiner from the database and from `checkpoints.log`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import FromClause, Select, func, select, type_coerce
from sqlalchemy.orm import Session as OrmSession

from console.db.base import AnyTime
from console.db.journal_examine import Examiner, RawCheckpoint, RawRow, VerifyReport
from console.db.journal_rows import CheckpointEntry, JournalEntry, JournalPersonal

if TYPE_CHECKING:
    from console.db.store import Tx

CHECKPOINT_LOG: Final = "checkpoints.log"
_BATCH: Final = 1000

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many rows of how many were looked at; what it raises ends the check."""


def verify(tx: Tx, public_key: Ed25519PublicKey | None, progress: Progress | None = None) -> VerifyReport:
    """Check the whole journal against itself, the checkpoints of the table and those of `checkpoints.log`."""
    examiner = Examiner(public_key)
    for checkpoint in raw_checkpoints(tx.session):
        examiner.checkpoint(checkpoint)
    examiner.log(read_log(tx.data_dir / CHECKPOINT_LOG))
    total = 0 if progress is None else tx.session.scalar(select(func.count()).select_from(JournalEntry)) or 0
    # Closed also where `progress` ends the check: a server keeps what it would still have to give.
    with closing(raw_rows(tx.session)) as rows:
        for done, row in enumerate(rows):
            if progress is not None and done % _BATCH == 0:
                progress(done, total)
            examiner.row(row)
    return examiner.report()


def read_log(path: Path) -> str:
    return path.read_text("ascii", errors="replace") if path.exists() else ""


def raw_checkpoints(session: OrmSession) -> Iterable[RawCheckpoint]:
    query = _as_it_lies(CheckpointEntry.__table__, [made.name for made in fields(RawCheckpoint)], "number")
    return (RawCheckpoint(*_typed(row, RawCheckpoint)) for row in session.execute(query))


def raw_rows(session: OrmSession) -> Generator[RawRow]:
    """Give the rows in order, a batch at a time, with the clear text that still lies beside them."""
    names = [made.name for made in fields(RawRow) if made.name != "personal"]
    query = _as_it_lies(JournalEntry.__table__, names, "seq").execution_options(yield_per=_BATCH)
    with session.execute(query) as found:
        for partition in found.partitions():
            batch = [_typed(row, RawRow) for row in partition]
            clear = _clear_text(session, {(row[0], row[1]) for row in batch})
            for row in batch:
                yield RawRow(*(*row, tuple(clear.get((row[0], row[1]), ()))))


def _as_it_lies(table: FromClause, names: Sequence[str], number: str) -> Select[Any]:
    """Read times leniently: whoever can write into the database may have written no time at all."""
    columns = (type_coerce(table.c[name], AnyTime) if name == "at" else table.c[name] for name in names)
    return select(*columns).order_by(table.c.writer_id, table.c[number])


_KINDS: Final[Mapping[str, type]] = {
    "bytes": bytes,
    "int": int,
    "int | None": int,
    "str": str,
    "str | None": str,
    "datetime": datetime,
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
    made: [_KINDS[str(field.type)] for field in fields(made) if field.name != "personal"]
    for made in (RawRow, RawCheckpoint)
}


def _clear_text(
    session: OrmSession, places: Collection[tuple[str, int]]
) -> Mapping[tuple[str, int], list[tuple[str, bytes, str]]]:
    """Read the clear text beside a batch; seqs of another writer that fall into the span do no harm."""
    table = JournalPersonal.__table__
    seqs = [seq for _writer_id, seq in places]
    query = select(table.c.writer_id, table.c.seq, table.c.name, table.c.salt, table.c.value).where(
        table.c.writer_id.in_({writer_id for writer_id, _seq in places}), table.c.seq.between(min(seqs), max(seqs))
    )
    found: defaultdict[tuple[str, int], list[tuple[str, bytes, str]]] = defaultdict(list)
    for writer_id, seq, name, salt, value in session.execute(query):
        clear = salt if isinstance(salt, bytes) else _foreign(salt, bytes), str(value)
        found[(writer_id, seq)].append((name, *clear))
    return found
