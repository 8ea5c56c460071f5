"""The first camera heads of a consent: what its owner holds from the day of the signature on (009).

They are made as the last thing of the signing, so that the signature itself stands before them in each camera's chain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from console.db.camera_heads import CameraHead, heads_at, make_head
from console.db.consents import ConsentRow
from console.db.store import Tx
from console.kernel import ConsentEventKind, Unavailable
from console.services.journal import SigningKeys
from console.services.papers import grouped

_TYPED: Final = 32
"""Characters of the hash for who types it: more than anybody could make two histories agree in."""


@dataclass(frozen=True, slots=True)
class Proof:
    """With what an owner checks the station: its key's fingerprint, and the heads that were made with the signature."""

    fingerprint: str
    heads: tuple[CameraHead, ...] = ()


def make_heads(tx: Tx, keys: SigningKeys, camera_ids: Iterable[str]) -> None:
    """Sign where each camera's chain stands now. Where the key is not at hand the owner's word holds without."""
    try:
        signer = keys.signer(tx)
    except Unavailable:
        return
    for camera_id in camera_ids:
        make_head(tx, signer, camera_id)


def heads_given(tx: Tx, row: ConsentRow) -> tuple[CameraHead, ...]:
    """Return the heads that were made with the signature, in the order of the cameras; none for a consent without."""
    signed = [event.at for event in row.events if event.event is ConsentEventKind.SIGNED]
    # A statement of the same moment comes behind the signature: the lower number is the signature's.
    made = heads_at(tx, row.camera_ids, signed[0]) if signed else []
    found = {head.camera_id: head for head in reversed(made)}
    return tuple(found[camera_id] for camera_id in row.camera_ids if camera_id in found)


def held_code(head: CameraHead) -> str:
    """Return what both readers take as the confirmation that somebody holds."""
    return f"{head.number}:{head.hash}"


def typed_code(head: CameraHead) -> str:
    """Return the same in as many characters as somebody may type."""
    return f"{head.number}: {grouped(head.hash[:_TYPED])}"
