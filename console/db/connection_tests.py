"""Connection tests: what the newest try of each camera's stream found, and when one last succeeded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Boolean, Float, ForeignKey, Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import Record, UtcTime
from console.db.store import Tx
from console.kernel import Fault, StreamFacts


class ConnectionTest(Record):
    """One row a camera, beside the camera's own: a test must not look like a change of what was entered."""

    __tablename__ = "connection_test"
    kind: ClassVar[str] = "connection_test"

    camera_id: Mapped[str] = mapped_column(ForeignKey("camera.id"), index=True, unique=True)
    tried_at: Mapped[datetime] = mapped_column(UtcTime)
    tested_at: Mapped[datetime | None] = mapped_column(UtcTime)
    fault: Mapped[str] = mapped_column(String(32))
    codec: Mapped[str] = mapped_column(String(32))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    rate: Mapped[float] = mapped_column(Float)
    transport: Mapped[str] = mapped_column(String(16))
    encrypted: Mapped[bool] = mapped_column(Boolean)

    def journal_camera(self) -> str | None:
        return self.camera_id


@dataclass(frozen=True, slots=True)
class ConnectionTestRow:
    """`tested_at` is the last success, `fault` what the newest try met; `facts` are those of the last success."""

    camera_id: str
    tried_at: datetime
    tested_at: datetime | None
    fault: Fault
    facts: StreamFacts


def connection_tests(tx: Tx) -> dict[str, ConnectionTestRow]:
    """Return the newest test of every camera whose address was tried since it was entered."""
    query = select(ConnectionTest).where(ConnectionTest.station_id == tx.station_id)
    return {found.camera_id: _row(found) for found in tx.session.scalars(query)}


def _row(found: ConnectionTest) -> ConnectionTestRow:
    facts = StreamFacts(found.codec, found.width, found.height, found.rate, found.transport, found.encrypted)
    return ConnectionTestRow(found.camera_id, found.tried_at, found.tested_at, Fault(found.fault), facts)


def note_test(tx: Tx, camera_id: str, facts: StreamFacts, fault: Fault) -> None:
    """Store what a try of the camera's stream found. A failure leaves the last success as it was."""
    found = _of(tx, camera_id) or _untested(camera_id)
    found.tried_at = tx.now
    found.fault = str(fault)
    if fault is Fault.NONE:
        found.tested_at = tx.now
        found.codec, found.transport = facts.codec[:32], facts.transport[:16]
        found.width, found.height, found.rate = facts.width, facts.height, facts.rate
        found.encrypted = facts.encrypted
    tx.session.add(found)
    tx.session.flush()


def is_tested(tx: Tx, camera_id: str) -> bool:
    """Whether a test of the camera's present address succeeded."""
    found = _of(tx, camera_id)
    return found is not None and found.tested_at is not None


def forget_test(tx: Tx, camera_id: str) -> None:
    """An address changed: what was tested is not what will be dialled."""
    found = _of(tx, camera_id)
    if found is not None:
        tx.session.delete(found)


def _of(tx: Tx, camera_id: str) -> ConnectionTest | None:
    return tx.session.scalars(select(ConnectionTest).where(ConnectionTest.camera_id == camera_id)).one_or_none()


def _untested(camera_id: str) -> ConnectionTest:
    return ConnectionTest(
        camera_id=camera_id, tested_at=None, codec="", width=0, height=0, rate=0.0, transport="", encrypted=False
    )
