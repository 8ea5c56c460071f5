"""Ids of records that stand for something the program delivers: known before anybody changed it and it got a row."""

from __future__ import annotations

import uuid
from typing import Final

from console.db.store import Tx

_SPACE: Final = uuid.UUID("6f3cbb0e-4f0d-5a35-9d0e-2b0f7f4c9a11")


def fixed_id(tx: Tx, kind: str, code: str) -> str:
    """Return the id that the record of this code has at this station, on every console."""
    return str(uuid.uuid5(_SPACE, f"{tx.station_id}\n{kind}\n{code}"))
