"""Another address under an owner's permission: the link rests until he says that it is still his camera (008).

What he signed was for the camera that hung there. Whoever enters the addresses cannot be the one who takes down his
word for them, and nothing but that word, or a new consent before another officer, brings the picture back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

from pydantic import Field
from pydantic.dataclasses import dataclass

from console.db import authorities as db
from console.db.authorities import AuthorityRow, current_authority
from console.db.camera_addresses import ways_of
from console.db.cameras import SealedAddress, get_camera
from console.db.consents import NewEvent
from console.db.store import Tx
from console.kernel import ConsentEventKind, ConsoleError, Denied, DenyReason, Right, Session, WithdrawalWay
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.stop_link import note

MOST_CAMERAS: Final = 64
"""Of one consent."""


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ReconfirmCameras(Command):
    """The owner was asked and says that what stands at the new address is his camera, the one he consented to."""

    cameras: Annotated[tuple[tuple[str, int], ...], Field(min_length=1, max_length=MOST_CAMERAS)]
    """Ids, each with the version of the camera that the owner was asked about: a later address is another question."""

    way: WithdrawalWay


def rest_if_elsewhere(tx: Tx, camera_id: str, addresses: Iterable[SealedAddress]) -> None:
    """Let the owner's link rest before the camera is led to where it did not lead until now.

    Its first addresses are none that anybody could have exchanged, unless the link rests already; another password is
    no other camera.
    """
    row = current_authority(tx, camera_id)
    if row is None or not row.private or row.withdrawn_at is not None:
        return
    known = ways_of(tx, camera_id)
    if (known or row.readdressed_by) and any(address.leads_to not in known for address in addresses):
        rest_link(tx, row)


def rest_link(tx: Tx, row: AuthorityRow) -> None:
    """Let an owner's standing permission rest for the sake of whoever acts now; each address is told."""
    db.set_readdressed(tx, row.id, [tx.acting_session.person_id])
    note(tx, row, NewEvent(ConsentEventKind.READDRESSED, row.camera_id))


def carried_on(former: AuthorityRow | None) -> tuple[str, ...]:
    """Return for whose sake a link rests on under a new consent: its paper names no address, and may be an old one."""
    return () if former is None or former.withdrawn_at is not None else former.readdressed_by


class Readdressing:
    """The owner's word for a new address."""

    @command(right=Right.WRITE_AUTHORITIES)
    def reconfirm_cameras(self, tx: Tx, cmd: ReconfirmCameras, session: Session) -> None:
        for camera_id, version in cmd.cameras:
            row = current_authority(tx, camera_id)
            if row is None or not row.private:
                raise Denied(DenyReason.NO_AUTHORITY)
            if row.withdrawn_at is not None:
                raise Denied(DenyReason.WITHDRAWN)
            if session.person_id in row.readdressed_by:
                raise ConsoleError("authority.self_reconfirmed")
            if not get_camera(tx, camera_id, version).has_address:
                raise ConsoleError("authority.no_address_yet")
            if row.readdressed_by:
                db.reconfirm(tx, row.id)
                note(tx, row, NewEvent(ConsentEventKind.RECONFIRMED, camera_id, cmd.way))
