"""Camera heads: where one camera's chain stands at every writer, signed, so that its owner can hold it (decision 009).

A statement leads from one head to a later one; whoever holds a head finds out if a row before it was changed since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import LargeBinary, String, func, insert, select, tuple_, type_coerce
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm import Session as OrmSession

from console.db.base import ID_LENGTH, AnyTime, Base, BigNumber, UtcTime, time_text
from console.db.journal_examine import Problem
from console.db.journal_format import NO_HASH, FormatError, Head, JsonValue, decode, encode, key_id
from console.db.journal_rows import JournalEntry

if TYPE_CHECKING:
    from console.db.store import Tx

_DOMAIN: Final = b"ccoc-camera-head\0"
_KEYS: Final = frozenset(("station", "camera", "number", "at", "prev", "key", "writers"))


class CameraHeadEntry(Base):
    """A signed head. Append-only, its numbers without a gap: the guards of `schema` see to that."""

    __tablename__ = "camera_head"

    camera_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    number: Mapped[int] = mapped_column(BigNumber, primary_key=True, autoincrement=False)
    station_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcTime)
    hash: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class CameraHead:
    """A signed head: `writers` tells for each writer the camera's last number there and its hash."""

    camera_id: str
    number: int
    at: datetime
    hash: str
    writers: Mapping[str, Head]
    body: bytes
    signature: bytes


def head_message(body: bytes) -> bytes:
    """Return what is signed and hashed of a head."""
    return _DOMAIN + body


def head_hash(body: bytes) -> str:
    return hashlib.sha256(head_message(body)).hexdigest()


def make_head(tx: Tx, signer: Ed25519PrivateKey, camera_id: str) -> CameraHead:
    """Sign where the camera's chain stands at every writer now, rows of the running transaction included."""
    newest = _newest(tx.session, camera_id)
    number, prev = (newest.number + 1, newest.hash) if newest else (1, NO_HASH)
    writers = camera_ends(tx.session, camera_id)
    sealed: dict[str, JsonValue] = {name: [head.seq, head.hash] for name, head in writers.items()}
    body = encode(
        {
            "station": tx.station_id,
            "camera": camera_id,
            "number": number,
            "at": time_text(tx.now),
            "prev": prev,
            "key": key_id(signer.public_key()),
            "writers": sealed,
        }
    )
    made = CameraHead(camera_id, number, tx.now, head_hash(body), writers, body, signer.sign(head_message(body)))
    columns = {"camera_id": camera_id, "number": number, "station_id": tx.station_id, "at": tx.now}
    seal = {"hash": made.hash, "body": body, "signature": made.signature}
    tx.session.connection().execute(insert(CameraHeadEntry), columns | seal)
    return made


def heads_of(tx: Tx, camera_id: str) -> list[CameraHead]:
    """Return the camera's heads, the first one first."""
    query = select(CameraHeadEntry).where(CameraHeadEntry.camera_id == camera_id)
    return [_head(entry) for entry in tx.session.scalars(query.order_by(CameraHeadEntry.number))]


def heads_at(tx: Tx, camera_ids: Collection[str], at: datetime) -> list[CameraHead]:
    """Return the heads of these cameras that one command made."""
    query = select(CameraHeadEntry).where(CameraHeadEntry.camera_id.in_(camera_ids), CameraHeadEntry.at == at)
    return [_head(entry) for entry in tx.session.scalars(query.order_by(CameraHeadEntry.number))]


def newest_head(tx: Tx, camera_id: str) -> CameraHead | None:
    """Return the head that was made last, None before the first."""
    found = _newest(tx.session, camera_id)
    return _head(found) if found else None


def _newest(session: OrmSession, camera_id: str) -> CameraHeadEntry | None:
    query = select(CameraHeadEntry).where(CameraHeadEntry.camera_id == camera_id)
    return session.scalars(query.order_by(CameraHeadEntry.number.desc()).limit(1)).one_or_none()


def _head(entry: CameraHeadEntry) -> CameraHead:
    values: Any = decode(entry.body)
    writers = {name: Head(seq, made) for name, (seq, made) in values["writers"].items()}
    return CameraHead(entry.camera_id, entry.number, entry.at, entry.hash, writers, entry.body, entry.signature)


def writer_ids(session: OrmSession) -> Iterator[str]:
    """Give every writer of the journal, from one to the next through the key: grouping would read every row."""
    value: str | None = ""
    while value := session.scalar(select(func.min(JournalEntry.writer_id)).where(JournalEntry.writer_id > value)):
        yield value


def camera_ends(session: OrmSession, camera_id: str) -> dict[str, Head]:
    """Return the end of the camera's chain at every writer that knows it."""
    found: dict[str, Head] = {}
    for writer_id in writer_ids(session):
        query = (
            select(JournalEntry.camera_seq, JournalEntry.hash)
            .where(JournalEntry.writer_id == writer_id, JournalEntry.camera_id == camera_id)
            .order_by(JournalEntry.camera_seq.desc())
            .limit(1)
        )
        row = session.execute(query).one_or_none()
        if row is not None:
            found[writer_id] = Head(int(row.camera_seq or 0), row.hash)
    return found


# The check


def examine(session: OrmSession, public_key: Ed25519PublicKey | None) -> list[Problem]:
    """Check every head: its signature and chain, its columns, and whether the journal holds the rows it names."""
    table = CameraHeadEntry.__table__
    columns = [type_coerce(table.c[name], AnyTime) if name == "at" else table.c[name] for name in _COLUMNS]
    problems: list[Problem] = []
    former = _Former()
    for row in session.execute(select(*columns).order_by(table.c.camera_id, table.c.number)):
        raw = dict(zip(_COLUMNS, row, strict=True))
        if raw["camera_id"] != former.camera_id:
            former = _Former(str(raw["camera_id"]))
        kinds = _kinds(session, raw, former, public_key)
        place = str(raw["camera_id"]), raw["number"] if isinstance(raw["number"], int) else 0
        problems += [Problem(kind, *place, f"journal.{kind}") for kind in kinds]
    return problems


_COLUMNS: Final = ("camera_id", "number", "station_id", "at", "hash", "body", "signature")


@dataclass(slots=True)
class _Former:
    """The head before, while the heads of a camera go by."""

    camera_id: str = ""
    number: int = 0
    hash: str = NO_HASH
    ends: Mapping[str, int] = field(default_factory=dict)


def _kinds(
    session: OrmSession, raw: Mapping[str, Any], former: _Former, public_key: Ed25519PublicKey | None
) -> list[str]:
    """Return the kinds of problem of one head, and make it the former one."""
    body, signature = (raw[name] if isinstance(raw[name], bytes) else b"" for name in ("body", "signature"))
    values = _opened(body)
    if values is None:
        return ["camera_head_bytes"]
    found = []
    if not _is_signed(values, body, signature, public_key):
        found.append("camera_head_signature")
    if values["number"] != former.number + 1 or values["prev"] != former.hash:
        found.append("camera_head_chain")
    told = (values["camera"], values["number"], values["station"], values["at"], head_hash(body))
    if told != (raw["camera_id"], raw["number"], raw["station_id"], time_text(raw["at"]), raw["hash"]):
        found.append("camera_head_columns")
    writers: Mapping[str, tuple[int, str]] = values["writers"]
    shrunk = any(writers.get(name, (0, ""))[0] < seq for name, seq in former.ends.items())
    if shrunk or not _is_held(session, str(values["camera"]), writers):
        found.append("camera_head_rows")
    former.number, former.hash = int(values["number"]), head_hash(body)
    former.ends = {name: seq for name, (seq, _hash) in writers.items()}
    return found


def _opened(body: bytes) -> dict[str, Any] | None:
    try:
        values: dict[str, Any] = decode(body)
    except FormatError:
        return None
    whole = frozenset(values) == _KEYS and type(values["number"]) is int and isinstance(values["writers"], dict)
    sound = whole and all(
        isinstance(end, list) and [type(part) for part in end] == [int, str] for end in values["writers"].values()
    )
    return values if sound else None


def _is_signed(values: Mapping[str, Any], body: bytes, signature: bytes, public_key: Ed25519PublicKey | None) -> bool:
    if public_key is None or values["key"] != key_id(public_key):
        return False
    try:
        public_key.verify(signature, head_message(body))
    except InvalidSignature:
        return False
    return True


def _is_held(session: OrmSession, camera_id: str, writers: Mapping[str, Collection[Any]]) -> bool:
    """Whether the camera's chain holds at each writer the row that the head names."""
    if not writers:
        return True
    key = tuple_(JournalEntry.writer_id, JournalEntry.camera_seq)
    query = select(JournalEntry.writer_id, JournalEntry.camera_seq, JournalEntry.hash).where(
        JournalEntry.camera_id == camera_id, key.in_([(name, seq) for name, (seq, _hash) in writers.items()])
    )
    rows = {(writer, seq, made) for writer, seq, made in session.execute(query)}
    return rows == {(name, seq, made) for name, (seq, made) in writers.items()}
