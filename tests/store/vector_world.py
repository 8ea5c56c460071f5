"""Replays the fixed history of the journal vectors: every id and every moment is given, no salt is needed."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.db import journal
from console.db.journal import JournalEvent
from console.db.journal_verify import raw_checkpoints, raw_rows
from console.db.places import StorePlace, Writer
from console.db.store import CommandStamp, Store
from console.kernel import Role, Session
from tests.store.world import HandClock, record

WRITER: Final = Writer("01920000-0000-7000-8000-000000000001", "sk01", "vectors")
SESSION: Final = Session(
    id="01920000-0000-7000-8000-0000000000aa",
    person_id="01920000-0000-7000-8000-0000000000bb",
    login="som",
    display_name="",
    role=Role.DUTY_OFFICER,
    station_id="sk01",
    writer_id=WRITER.id,
    started_at=datetime(2026, 1, 1, tzinfo=UTC),
)
SIGNER: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def replay(place: StorePlace, events: list[dict[str, Any]]) -> dict[str, Any]:
    """Write the events of the vector file and return what the database then holds, in the file's spelling."""
    clock = HandClock(datetime(2026, 11, 22, 1, 2, 3, 4, tzinfo=UTC))
    store = Store.open(place, clock=clock, writer=WRITER)
    try:
        for number, event in enumerate(events):
            session = SESSION if event["person"] else None
            stamp = CommandStamp(f"command-{number}", event["action"], session)
            happening = JournalEvent(event["class"], tuple(event["subject"]), event["data"], event["camera"])
            record(store, happening, stamp)
            clock.move(0.25)
        store.submit(lambda tx: journal.checkpoint(tx, SIGNER).number, command=CommandStamp("seal", "seal"))
        rows = store.read(lambda tx: list(chain.from_iterable(raw_rows(tx.session))))
        checkpoints = store.read(lambda tx: list(raw_checkpoints(tx.session)))
    finally:
        store.close()
    return {
        "rows": [{"body": row.body.hex(), "hash": row.hash} for row in rows],
        "checkpoints": [
            {"body": found.body.hex(), "hash": found.hash, "signature": found.signature.hex()} for found in checkpoints
        ],
    }
