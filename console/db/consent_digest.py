"""The fingerprint of a consent as it is stored: terms, cameras and every event so far. Names are not in it.

Each entry of the journal about a consent bears it, so that what was changed past the journal is found and the entry on
a camera's own chain stands for all that the owner signed. Its columns are listed: a new one must not change old ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, select, type_coerce
from sqlalchemy.orm import Session as OrmSession

from console.db.base import Base, TimeText, UtcTime

TERMS: Final = (
    "number",
    "year_be",
    "running",
    "owner_id",
    "notice_id",
    "language",
    "level",
    "purposes",
    "hours",
    "radius_m",
    "permission_snapshot",
    "permission_clip",
    "permission_export",
    "permission_demonstration",
    "permission_ai",
    "recording_days",
    "recipients",
    "valid_from",
    "expires_at",
    "supersedes_id",
    "agreed_data",
    "signed_at",
    "officer_id",
)
CAMERA: Final = ("camera_id", "position", "place", "aim", "sight")
EVENT: Final = ("number", "event", "camera_id", "at", "actor_id", "way", "data")
_DOMAIN: Final = b"ccoc-consent\0"

Plain = Mapping[str, Any]
"""A row as JSON would have it: times in the one spelling that is stored and hashed."""


def digest_of(terms: Plain, cameras: Sequence[Plain], events: Sequence[Plain]) -> str:
    """Return the SHA-256; empty for what no program wrote."""
    told = {
        "terms": {name: terms[name] for name in TERMS},
        "cameras": [[camera[name] for name in CAMERA] for camera in cameras],
        "events": [[event[name] for name in EVENT] for event in events],
    }
    try:
        text = json.dumps(told, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    except (TypeError, ValueError):
        return ""
    return hashlib.sha256(_DOMAIN + text.encode("utf-8", errors="replace")).hexdigest()


def digest(session: OrmSession, consent_id: str) -> str:
    """Return the fingerprint of a consent as it is stored now."""
    consent, camera, event = (table_of(name) for name in ("consent", "consent_camera", "consent_event"))
    (terms,) = plain_rows(session, consent, consent.c.id == consent_id)
    cameras = plain_rows(session, camera, camera.c.consent_id == consent_id)
    return digest_of(terms, cameras, plain_rows(session, event, event.c.consent_id == consent_id))


_ORDER: Final[Mapping[str, str]] = {"consent_camera": "position", "consent_event": "number"}


def plain_rows(session: OrmSession, table: Table, *fits: ColumnElement[bool], but: str = "") -> list[Plain]:
    """Return rows without the column `but`; those of a consent in their order."""
    time = TimeText()
    shown = (column for column in table.c if column.name != but)
    columns = (type_coerce(column, time) if isinstance(column.type, UtcTime) else column for column in shown)
    query = select(*columns).where(*fits)
    if table.name in _ORDER:
        query = query.order_by(table.c[_ORDER[table.name]])
    return [dict(row) for row in session.execute(query).mappings()]


def table_of(name: str) -> Table:
    # By name: the models of features are built upon the journal.
    return Base.metadata.tables[name]
