"""Permissions as the journal tells them: what the gate decides by is held against the entries that made it.

Whoever writes into the database past the program gets no picture by that: a permission whose columns are not what its
entries add up to, or whose consent no entry calls signed for this camera, counts as not recorded. Asked where rows are
loaded; what was found to be so is remembered as long as it stays the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import select

from console.db.authorities import AuthorityRow
from console.db.base import time_text
from console.db.journal_format import FormatError, decode, row_hash
from console.db.journal_rows import JournalEntry
from console.db.rereading import MOST_NAMED
from console.db.store import Tx

_LISTING: Final = "authorities as told"
_OWN: Final = frozenset({"id", "version"})
_COLUMNS: Final = {each.name: each.name for each in fields(AuthorityRow) if each.name not in _OWN} | {
    "kind": "authority_kind"
}
"""Columns by the names that the layers above give them."""

_SPELT: Final[Mapping[str, Callable[[Any], Any]]] = {"readdressed_by": " ".join}
"""What is stored in another shape than the layers above have it."""


def as_told(tx: Tx, rows: Mapping[str, AuthorityRow]) -> dict[str, AuthorityRow]:
    """Return the current permissions that follow from the journal, by camera."""
    known = tx.readings.last(_LISTING)
    unknown = [row for row in rows.values() if (had := known.get(row.id)) is not row and had != row]
    untold = set[str]()
    for start in range(0, len(unknown), MOST_NAMED):
        untold |= _untold(tx, unknown[start : start + MOST_NAMED])
    told = {camera_id: row for camera_id, row in rows.items() if row.id not in untold}
    if tx.stamp is None:
        # Of a writing transaction nothing is kept: the entries that it wrote itself may yet come to nothing.
        tx.readings.keep(_LISTING, {row.id: row for row in told.values()})
    return told


def _untold(tx: Tx, rows: Sequence[AuthorityRow]) -> set[str]:
    changes: defaultdict[str, list[Any]] = defaultdict(list)
    for values in _entries(tx, "authority", "record.changed", {row.id for row in rows}):
        changes[values["subject"][1]].append(values["data"])
    consents = {row.consent_id for row in rows if row.consent_id is not None}
    signed = {
        (values["subject"][1], values["camera"]["id"])
        for values in _entries(tx, "consent", "consent.signed", consents)
        if values["camera"] is not None
    }
    return {
        row.id
        for row in rows
        if not _follows(row, changes[row.id])
        or (row.consent_id is not None and (row.consent_id, row.camera_id) not in signed)
    }


def _entries(tx: Tx, kind: str, event_class: str, ids: set[str]) -> Iterator[Mapping[str, Any]]:
    """Give what the bytes of entries say; a row whose columns or hash are not as its bytes has no say."""
    row = JournalEntry.__table__.c
    query = select(row.body, row.hash).where(
        row.subject_kind == kind, row.subject_id.in_(sorted(ids)), row.event_class == event_class
    )
    for body, digest in tx.session.execute(query) if ids else ():
        try:
            values: Mapping[str, Any] = decode(body)
        except FormatError:
            continue
        if row_hash(body) == digest and (values.get("class"), values["subject"][0]) == (event_class, kind):
            yield values


def _follows(row: AuthorityRow, changes: Sequence[Any]) -> bool:
    """Whether the row is what its changes add up to."""
    state: dict[str, Any] = {}
    for version, data in enumerate(sorted(changes, key=lambda data: int(data["version"])), start=1):
        if data["version"] != version:
            return False
        state |= {name: change[1] for name, change in data["fields"].items()}
    # What nobody ever set is not told.
    return (len(changes), state.get("current")) == (row.version, True) and all(
        _SPELT.get(name, _plain)(getattr(row, name)) == state[column] if column in state else not getattr(row, name)
        for name, column in _COLUMNS.items()
    )


def _plain(value: Any) -> Any:
    """Return a value as the journal spells it."""
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    return [list(each) for each in value] if isinstance(value, tuple) else value
