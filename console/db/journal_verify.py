"""Feeds the examiner from the database and from `checkpoints.log`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session as OrmSession

from console.db.journal_examine import Examiner, RawCheckpoint, RawRow, VerifyReport
from console.db.journal_rows import CheckpointEntry, JournalEntry, JournalPersonal

if TYPE_CHECKING:
    from console.db.store import Tx

CHECKPOINT_LOG: Final = "checkpoints.log"
_BATCH: Final = 1000


def verify(tx: Tx, public_key: Ed25519PublicKey | None) -> VerifyReport:
    """Check the whole journal against itself, the checkpoints of the table and those of `checkpoints.log`."""
    examiner = Examiner(public_key)
    for checkpoint in raw_checkpoints(tx.session):
        examiner.checkpoint(checkpoint)
    examiner.log(read_log(tx.data_dir / CHECKPOINT_LOG))
    for row in raw_rows(tx.session):
        examiner.row(row)
    return examiner.report()


def read_log(path: Path) -> str:
    return path.read_text("ascii", errors="replace") if path.exists() else ""


def raw_checkpoints(session: OrmSession) -> Iterable[RawCheckpoint]:
    table = CheckpointEntry.__table__
    query = select(*(table.c[made.name] for made in fields(RawCheckpoint))).order_by(table.c.writer_id, table.c.number)
    return (RawCheckpoint(*row) for row in session.execute(query))


def raw_rows(session: OrmSession) -> Iterator[RawRow]:
    """Give the rows in order, a batch at a time, with the clear text that still lies beside them."""
    table = JournalEntry.__table__
    names = [made.name for made in fields(RawRow) if made.name != "personal"]
    query = select(*(table.c[name] for name in names)).order_by(table.c.writer_id, table.c.seq)
    for batch in session.execute(query.execution_options(yield_per=_BATCH)).mappings().partitions():
        clear = _clear_text(session, batch)
        for row in batch:
            yield RawRow(**row, personal=tuple(clear.get((row["writer_id"], row["seq"]), ())))


def _clear_text(
    session: OrmSession, batch: Sequence[RowMapping]
) -> Mapping[tuple[str, int], list[tuple[str, bytes, str]]]:
    """Read the clear text beside a batch; seqs of another writer that fall into the span do no harm."""
    table = JournalPersonal.__table__
    seqs = [row["seq"] for row in batch]
    query = select(table.c.writer_id, table.c.seq, table.c.name, table.c.salt, table.c.value).where(
        table.c.writer_id.in_({row["writer_id"] for row in batch}), table.c.seq.between(min(seqs), max(seqs))
    )
    found: defaultdict[tuple[str, int], list[tuple[str, bytes, str]]] = defaultdict(list)
    for writer_id, seq, name, salt, value in session.execute(query):
        found[(writer_id, seq)].append((name, salt, value))
    return found
