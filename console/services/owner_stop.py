"""An owner's word for several cameras at once: “not now” or “never again”, heard by whoever is on duty.

The same function stops each link as from the consent's page and from the wall; all of them in one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass as plain_dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from console.db.authorities import AuthorityRow, current_authority
from console.db.cameras import CameraRow, get_camera
from console.db.consents import get_consent
from console.db.store import Tx
from console.kernel import Conflict, Denied, DenyReason, Right, Session, WithdrawalWay
from console.services.camera_register import CameraEntry
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.consents import Stopped
from console.services.stop_link import Withdrawal, pause_link, shown_elsewhere, withdraw_link

__all__ = ["OwnerStops", "Paused", "StopOwner", "Stopped", "stoppable"]


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class StopOwner(Command):
    """Pause, or with `ends` withdraw, these cameras of one owner. Names no version: what the owner says holds."""

    owner_id: str
    camera_ids: Annotated[frozenset[str], Field(min_length=1)]
    way: WithdrawalWay
    ends: bool


@plain_dataclass(frozen=True, slots=True)
class Paused:
    """A pause that stands. `waiting` are other consoles that still had one of the cameras open when it was stored."""

    at: datetime
    cameras: tuple[str, ...]
    """Code and name of each."""
    waiting: tuple[str, ...]


def stoppable(entry: CameraEntry) -> bool:
    """Whether there is a link of an owner here that can still be paused or withdrawn."""
    right = entry.authority
    return right is not None and right.private and right.withdrawn_at is None


class OwnerStops:
    """Fulfils the command; holds nothing."""

    @command(right=Right.STOP_LINK)
    def stop_owner(self, tx: Tx, cmd: StopOwner, session: Session) -> Stopped | Paused:  # noqa: ARG002 - dispatch's signature
        found = [_named(tx, cmd.owner_id, camera_id) for camera_id in cmd.camera_ids]
        links = sorted(found, key=lambda link: link[0].code)
        if not cmd.ends:
            return _pause(tx, links, cmd.way)
        ended = tuple(_end(tx, camera, right, cmd.way) for camera, right in links)
        numbers = dict.fromkeys(each.consent for each in ended if each.consent)
        return Stopped("", ", ".join(numbers), cmd.way, tx.now, ended)


def _named(tx: Tx, owner_id: str, camera_id: str) -> tuple[CameraRow, AuthorityRow]:
    camera, right = get_camera(tx, camera_id), current_authority(tx, camera_id)
    if camera.owner_id != owner_id:
        # Parted from this owner since the officer looked: nothing is ended by half.
        raise Conflict("camera", camera_id)
    if right is None or not right.private:
        raise Denied(DenyReason.NO_AUTHORITY)
    return camera, right


def _end(tx: Tx, camera: CameraRow, right: AuthorityRow, way: WithdrawalWay) -> Withdrawal:
    """End a link. One that was withdrawn before stays so, and is confirmed once more."""
    if right.withdrawn_at is None:
        return withdraw_link(tx, right, way)
    number = "" if right.consent_id is None else get_consent(tx, right.consent_id).number
    return Withdrawal(camera.code, camera.name, right.withdrawn_at, (), number)


def _pause(tx: Tx, links: list[tuple[CameraRow, AuthorityRow]], way: WithdrawalWay) -> Paused:
    standing = [(camera, right) for camera, right in links if right.withdrawn_at is None]
    if not standing:
        raise Denied(DenyReason.WITHDRAWN)
    for _camera, right in standing:
        pause_link(tx, right, way)
    waiting = {console for camera, _right in standing for console in shown_elsewhere(tx, camera.id)}
    return Paused(tx.now, tuple(f"{camera.code} {camera.name}" for camera, _right in standing), tuple(sorted(waiting)))
