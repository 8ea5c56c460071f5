"""An address stays its owner's: what an owner once permitted is opened by no other kind of right at another record.

Archiving the owner's record, or giving it another address, would else lead past his pause, his hours and his level.
"""

from __future__ import annotations

from collections.abc import Iterable

from console.db.authorities import authorities_of
from console.db.camera_addresses import former_records
from console.db.store import Tx
from console.kernel import Denied, DenyReason


def refuse_owners_address(tx: Tx, camera_id: str, fingerprints: Iterable[str], **more: object) -> None:
    """Refuse addresses that were another record's while an owner's permission was recorded there."""
    for other, gone_at in former_records(tx, fingerprints, camera_id):
        if any(row.private and row.recorded_at <= gone_at for row in authorities_of(tx, other)):
            raise Denied(DenyReason.FINGERPRINT_TAKEN, withdrawn=False, **more)
