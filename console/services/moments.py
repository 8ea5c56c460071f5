"""Times that people read off a clock and type into records."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from console.db.store import Tx
from console.kernel import Invalid

AHEAD: Final = timedelta(minutes=2)
"""How far the clock on the wall may be ahead of this computer's."""


def refuse_future(tx: Tx, field: str, moment: datetime, sentence: str) -> None:
    """Refuse what is said to have happened and lies ahead."""
    if moment > tx.now + AHEAD:
        raise Invalid({field: sentence})
