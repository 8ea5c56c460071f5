"""An owner's word for several cameras at once: “not now” or “never again”, heard by whoever is on duty.

The same function stops each link as from the consent's page and from the wall; all of them in one transaction.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from console.db.authorities import AuthorityRow, current_authority
from console.db.cameras import CameraRow, get_camera
from console.db.store import Tx
from console.kernel import Conflict, Denied, DenyReason, Right, Session, WithdrawalWay
from console.services.camera_register import CameraEntry
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.consents import Stopped
from console.services.stop_link import Pause, Withdrawal, halt_link, number_of, owner_of, withdraw_link

__all__ = ["OwnerStops", "StopOwner", "Stopped", "stoppable"]


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class StopOwner(Command):
    """Pause, or with `ends` withdraw, these cameras of one owner. Names no version: what the owner says holds."""

    owner_id: str
    camera_ids: Annotated[frozenset[str], Field(min_length=1)]
    way: WithdrawalWay
    ends: bool


def stoppable(entry: CameraEntry) -> bool:
    """Whether there is a link of an owner here that can still be paused or withdrawn."""
    right = entry.authority
    return right is not None and right.private and right.withdrawn_at is None


class OwnerStops:
    """Fulfils the command; holds nothing."""

    @command(right=Right.STOP_LINK)
    def stop_owner(self, tx: Tx, cmd: StopOwner, session: Session) -> Stopped:  # noqa: ARG002 - dispatch's signature
        found = [_named(tx, cmd.owner_id, camera_id) for camera_id in cmd.camera_ids]
        links = sorted(found, key=lambda link: link[0].code)
        if cmd.ends:
            done: tuple[Withdrawal | Pause, ...] = tuple(_end(tx, camera, right, cmd.way) for camera, right in links)
        else:
            done = _pause(tx, [right for _camera, right in links], cmd.way)
        numbers = dict.fromkeys(each.consent for each in done if each.consent)
        return Stopped("", ", ".join(numbers), cmd.way, tx.now, done)


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
    number, owner = number_of(tx, right), owner_of(tx, camera)
    return Withdrawal(camera.code, camera.name, right.withdrawn_at, (), number, owner)


def _pause(tx: Tx, rights: list[AuthorityRow], way: WithdrawalWay) -> tuple[Pause, ...]:
    standing = [right for right in rights if right.withdrawn_at is None]
    if not standing:
        raise Denied(DenyReason.WITHDRAWN)
    return tuple(halt_link(tx, right, way) for right in standing)
