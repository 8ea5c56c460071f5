"""Checkpoints: the signed vector of all heads, in the database and outside it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session as OrmSession

from console.db.base import time_text
from console.db.journal_format import (
    BODY_LIMIT,
    NO_HASH,
    FormatError,
    Head,
    JsonValue,
    cameras_digest,
    checkpoint_hash,
    checkpoint_message,
    decode,
    encode,
    key_id,
    log_line,
    parse_log_line,
)
from console.db.journal_rows import CheckpointEntry, JournalEntry
from console.db.journal_verify import CHECKPOINT_LOG
from console.db.vault_rows import VaultHead
from console.kernel import EndReason

if TYPE_CHECKING:
    from console.db.store import Tx

SEAL_EVERY: Final = 500
"""Entries after which a console seals without being asked."""
_SEALED_AT_ONCE: Final = frozenset(
    {
        "camera.address_destroyed",
        "consent.withdrawn",
        "journal.extracted",
        "personal.erased",
        "shift.handed_over",
        "statement.issued",
        "store.restored",
    }
)
"""A withdrawal, an export, a hand-over, an erasure, a backup's return: whoever looks back begins there."""
_LOOK_BACK: Final = 16
"""How many of the newest checkpoints are looked for in the log: a crash keeps out the last one only."""
_BLOCK: Final = 65536
_LONGEST_LINE: Final = 2 * BODY_LIMIT


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed vector of heads."""

    writer_id: str
    number: int
    at: datetime
    heads: Mapping[str, Head]
    body: bytes
    signature: bytes


def seals(event_class: str, data: Mapping[str, JsonValue]) -> bool:
    """Tell whether an event is to be sealed at once."""
    over = event_class == "login.ended" and data.get("reason") == EndReason.HANDOVER
    return over or event_class in _SEALED_AT_ONCE


@dataclass(frozen=True, slots=True)
class Vector:
    """The heads of all chains at one moment; `sealed` is how a checkpoint names them."""

    heads: Mapping[str, Head]
    sealed: Mapping[str, JsonValue]


def vector(tx: Tx) -> Vector:
    """Read the heads that a checkpoint is to seal: apart from its making, which others wait for."""
    session = tx.session
    heads = chain_heads(session)
    cameras = {name: cameras_digest(_camera_heads(session, name)) for name in heads}
    return Vector(heads, {name: [head.seq, head.hash, cameras[name]] for name, head in heads.items()})


def checkpoint(tx: Tx, signer: Ed25519PrivateKey, heads: Vector | None = None) -> Checkpoint:
    """Seal the heads of all chains with the station's key; after commit the same bytes go to `checkpoints.log`."""
    sealed = heads or vector(tx)
    session, writer = tx.session, tx.writer
    newest = _newest(session, writer.id)
    number, prev = (newest[0].number + 1, newest[0].hash) if newest else (1, NO_HASH)
    body = encode(
        {
            "station": writer.station_id,
            "writer": writer.id,
            "number": number,
            "at": time_text(tx.now),
            "prev": prev,
            "key": key_id(signer.public_key()),
            "writers": dict(sealed.sealed),
        }
    )
    signature = signer.sign(checkpoint_message(body))
    columns = {"writer_id": writer.id, "number": number, "station_id": writer.station_id, "at": tx.now}
    seal = {"hash": checkpoint_hash(body), "body": body, "signature": signature}
    session.connection().execute(insert(CheckpointEntry), columns | seal)
    known = [log_line(entry.body, entry.signature) for entry in reversed(newest)]
    path = tx.data_dir / CHECKPOINT_LOG
    tx.after_commit(lambda: _append_log(path, [*known, log_line(body, signature)]))
    return Checkpoint(writer.id, number, tx.now, sealed.heads, body, signature)


def _newest(session: OrmSession, writer_id: str) -> Sequence[CheckpointEntry]:
    """Return this writer's newest checkpoints, the last one first."""
    query = select(CheckpointEntry).where(CheckpointEntry.writer_id == writer_id)
    return session.scalars(query.order_by(CheckpointEntry.number.desc()).limit(_LOOK_BACK)).all()


_WRITERS: Final = text(
    "WITH RECURSIVE each(id) AS ("
    " SELECT (SELECT writer_id FROM journal ORDER BY writer_id LIMIT 1) UNION ALL"
    " SELECT (SELECT writer_id FROM journal WHERE writer_id > each.id ORDER BY writer_id LIMIT 1)"
    " FROM each WHERE each.id IS NOT NULL)"
    " SELECT each.id, (SELECT max(seq) FROM journal WHERE writer_id = each.id) FROM each WHERE each.id IS NOT NULL"
)
_CAMERAS: Final = text(
    "WITH RECURSIVE each(id) AS ("
    " SELECT (SELECT camera_id FROM journal WHERE writer_id = :writer AND camera_id IS NOT NULL"
    " ORDER BY camera_id LIMIT 1) UNION ALL"
    " SELECT (SELECT camera_id FROM journal WHERE writer_id = :writer AND camera_id > each.id"
    " ORDER BY camera_id LIMIT 1) FROM each WHERE each.id IS NOT NULL)"
    " SELECT journal.camera_id, journal.camera_seq, journal.hash FROM each JOIN journal"
    " ON journal.writer_id = :writer AND journal.camera_id = each.id AND journal.camera_seq ="
    " (SELECT max(camera_seq) FROM journal WHERE writer_id = :writer AND camera_id = each.id)"
)
"""From one writer, or camera, to the next by the index: a GROUP BY reads every row of years, each few minutes."""


def chain_heads(session: OrmSession) -> dict[str, Head]:
    """Return the end of every writer's chain."""
    ends = [(str(writer), int(seq)) for writer, seq in session.execute(_WRITERS)]
    hashes = select(JournalEntry.hash)
    return {
        writer: Head(seq, session.scalars(hashes.filter_by(writer_id=writer, seq=seq)).one()) for writer, seq in ends
    }


def _camera_heads(session: OrmSession, writer_id: str) -> dict[str, Head]:
    found = session.execute(_CAMERAS, {"writer": writer_id})
    return {str(camera): Head(int(seq), str(digest)) for camera, seq, digest in found}


def _append_log(path: Path, lines: Sequence[str]) -> None:
    """Append what is not there yet and force it to disk.

    A torn last line (power loss) is closed first, so that it cannot swallow a good one.
    """
    with path.open("ab+") as log:
        size = log.seek(0, os.SEEK_END)
        log.seek(max(0, size - 2 * sum(len(line) + 1 for line in lines)))
        tail = log.read().decode("ascii", errors="replace")
        known = set(tail.splitlines())
        torn = "\n" if tail and not tail.endswith("\n") else ""
        log.write((torn + "".join(f"{line}\n" for line in lines if line not in known)).encode("ascii"))
        log.flush()
        os.fsync(log.fileno())


def newest_checkpoint_hash(tx: Tx) -> str | None:
    """Return the hash of the newest checkpoint, None where nothing is sealed."""
    newest = select(CheckpointEntry.hash).order_by(CheckpointEntry.at.desc(), CheckpointEntry.number.desc()).limit(1)
    return tx.session.scalar(newest)


def lacks(tx: Tx, heads: Mapping[str, Head]) -> bool:
    """Tell whether a row that was sealed here is missing, or another stands in its place."""
    held = select(JournalEntry.hash)
    return any(
        tx.session.scalar(held.filter_by(writer_id=writer, seq=head.seq)) != head.hash for writer, head in heads.items()
    )


def sealed_until(tx: Tx) -> datetime | None:
    """Return when the newest checkpoint was made."""
    return tx.session.scalar(select(func.max(CheckpointEntry.at)))


def sealed_outside(tx: Tx) -> dict[str, Head]:
    """Return the farthest heads in the newest lines of `checkpoints.log` that the station's key has signed.

    Of several lines the farthest head of each writer counts: an old line that is added again takes nothing back.
    """
    vault = tx.session.get(VaultHead, tx.station_id)
    if vault is None:
        return {}
    key = Ed25519PublicKey.from_public_bytes(vault.signer_public)
    signed = (heads for line in _from_the_end(tx.data_dir / CHECKPOINT_LOG) if (heads := signed_heads(line, key)))
    farthest: dict[str, Head] = {}
    for heads in islice(signed, _LOOK_BACK):
        for writer, head in heads.items():
            farthest[writer] = max(head, farthest.get(writer, Head()))
    return farthest


def signed_heads(line: str, key: Ed25519PublicKey) -> dict[str, Head]:
    """Read a checkpoint's line; empty for one that is torn, strange or not this key's."""
    parsed = parse_log_line(line)
    if parsed is None:
        return {}
    body, signature = parsed
    try:
        key.verify(signature, checkpoint_message(body))
        values: Any = decode(body)
    except (InvalidSignature, FormatError):
        return {}
    return {writer: Head(sealed[0], sealed[1]) for writer, sealed in values["writers"].items()}


def _from_the_end(path: Path) -> Iterator[str]:
    """Give the lines, the last one first, without reading a file of years whole."""
    if not path.exists():
        return
    with path.open("rb") as log:
        place, rest = log.seek(0, os.SEEK_END), b""
        while place > 0:
            start = max(0, place - _BLOCK)
            log.seek(start)
            rest, *whole = (log.read(place - start) + rest).split(b"\n")
            yield from (line.decode("ascii", errors="replace") for line in reversed(whole))
            # A line that is too long for a checkpoint is nobody's: it must not fill the memory.
            rest, place = rest[-_LONGEST_LINE:], start
        yield rest.decode("ascii", errors="replace")
