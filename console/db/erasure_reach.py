"""What an erasure reaches beyond the records that were named: the cameras on which an owner's name was typed.

A camera's own text names its owner only as long as the register of owners does not. What was typed before stands in
the journal beside the camera, also of a camera that has another owner now, and goes with the owner.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select

from console.db.cameras import Camera
from console.db.journal import row_of
from console.db.journal_rows import JournalEntry
from console.db.owners import Owner
from console.db.store import Tx

_LINK: Final = "owner_id"


def reach(tx: Tx, subjects: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return these records and, with each owner, every camera that is this owner's or was."""
    named = list(dict.fromkeys(subjects))
    owners = {record_id for kind, record_id in named if kind == Owner.kind}
    if not owners:
        return tuple(named)
    cameras = select(Camera.id).where(Camera.station_id == tx.station_id)
    now = tx.session.scalars(cameras.where(Camera.owner_id.in_(owners)))
    found = {*now, *_formerly(tx, owners)} & set(tx.session.scalars(cameras))
    return tuple(dict.fromkeys((*named, *((Camera.kind, camera_id) for camera_id in sorted(found)))))


def _formerly(tx: Tx, owners: set[str]) -> set[str]:
    """Return the cameras that the journal once gave to one of these owners."""
    query = select(JournalEntry).where(
        JournalEntry.subject_kind == Camera.kind, JournalEntry.event_class == "record.changed"
    )
    found = set()
    for entry in tx.session.scalars(query.execution_options(yield_per=500)):
        row = row_of(entry)
        fields: Any = row.data.get("fields", {})
        if owners & {each for each in fields.get(_LINK, ()) if each is not None}:
            found.add(row.subject[1])
    return found
