"""The register of cameras as people read it: each camera with its permission, its test and what they come to.

Registered, linked and online are three counts and never one: a camera on the list is not yet a picture, and a picture
that may be opened is not yet one that is there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from console.db.authorities import AuthorityRow, authority_snapshot
from console.db.cameras import CameraRow, archived_cameras, list_cameras
from console.db.connection_tests import ConnectionTestRow, connection_tests
from console.db.owners import list_owners, owner_numbers
from console.db.store import Store, Tx
from console.kernel import AccessLevel, Clock, DenyReason, Fault, Right, Session
from console.services.permits import hours_end, standing_against

__all__ = ["AuthorityRow", "CameraEntry", "CameraRegister", "CameraRow", "ConnectionTestRow", "Counts", "Standing"]

JUST_TESTED: Final = timedelta(minutes=5)
"""So long a successful connection test counts as online, whether somebody watches the camera or not."""


class Standing(StrEnum):
    """What keeps a camera from being watched, the first thing first; or that nothing does."""

    ARCHIVED = "archived"
    NO_PERMISSION = "no_permission"
    UNSIGNED = "unsigned"
    """Waits for the countersignature."""
    WITHDRAWN = "withdrawn"
    PAUSED = "paused"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    READDRESSED = "readdressed"
    """Leads to another address than its owner knows: waits for his word."""
    REGISTERED_ONLY = "registered_only"
    NO_ADDRESS = "no_address"
    NOT_TESTED = "not_tested"
    OUTSIDE_HOURS = "outside_hours"
    IN_FORCE = "in_force"


LINKED: Final = frozenset({Standing.OUTSIDE_HOURS, Standing.IN_FORCE})

_AGAINST: Final = {
    DenyReason.WITHDRAWN: Standing.WITHDRAWN,
    DenyReason.NOT_COUNTERSIGNED: Standing.UNSIGNED,
    DenyReason.PAUSED_BY_OWNER: Standing.PAUSED,
    DenyReason.NOT_YET_VALID: Standing.NOT_YET,
    DenyReason.EXPIRED: Standing.EXPIRED,
    DenyReason.ADDRESS_CHANGED: Standing.READDRESSED,
}


@dataclass(frozen=True, slots=True)
class CameraEntry:
    """A camera with what belongs to it. Found by the camera's id, changed by the camera's version."""

    camera: CameraRow
    authority: AuthorityRow | None
    test: ConnectionTestRow | None
    standing: Standing
    owner_number: int | None = None
    """Of the owner's record; None: no owner is recorded."""
    owner_name: str = ""
    """The same, for whoever may read it."""

    @property
    def id(self) -> str:
        return self.camera.id

    @property
    def version(self) -> int:
        return self.camera.version

    @property
    def linked(self) -> bool:
        """Whether its permission is in force today and lets a picture be opened, and its stream was tested."""
        return self.standing in LINKED


@dataclass(frozen=True, slots=True)
class Counts:
    """Cameras in the register; those of them that may be watched and were tested; those of these that are online."""

    registered: int
    linked: int
    online: int


def standing_of(
    camera: CameraRow, authority: AuthorityRow | None, test: ConnectionTestRow | None, now: datetime
) -> Standing:
    """Return the first thing that is missing on the way from a registered camera to a picture, at this moment."""
    permission = permission_standing(authority, now)
    if permission not in LINKED:
        return permission
    if not camera.has_address:
        return Standing.NO_ADDRESS
    return Standing.NOT_TESTED if test is None or test.tested_at is None else permission


def permission_standing(authority: AuthorityRow | None, now: datetime) -> Standing:
    """Return how the permission alone stands at this moment."""
    if authority is None:
        return Standing.NO_PERMISSION
    against = standing_against(authority, now)
    if against is not None:
        return _AGAINST[against.reason]
    if authority.level is AccessLevel.REGISTER_ONLY:
        return Standing.REGISTERED_ONLY
    outside = authority.level is AccessLevel.HOURS and hours_end(authority.hours, now) is None
    return Standing.OUTSIDE_HOURS if outside else Standing.IN_FORCE


def count(entries: Iterable[CameraEntry], live: Collection[str], now: datetime) -> Counts:
    """Count. `live` are the cameras whose current picture is shown on this console right now."""
    every = list(entries)
    linked = [entry for entry in every if entry.linked]
    online = sum(entry.id in live or _answered_just_now(entry.test, now) for entry in linked)
    return Counts(len(every), len(linked), online)


def _answered_just_now(test: ConnectionTestRow | None, now: datetime) -> bool:
    return test is not None and test.fault is Fault.NONE and now - test.tried_at <= JUST_TESTED


class CameraRegister:
    """Reads the register. For reader threads."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def entries(self, session: Session | None = None) -> list[CameraEntry]:
        """Return every camera in use, by code; with the names of owners where this session may read them."""
        entries = self._store.read(self._entries)
        if session is None or not (session.may(Right.WRITE_AUTHORITIES) or session.may(Right.VIEW_FEEDS)):
            return entries
        names = {row.id: row.name for row in self._store.read(list_owners)}
        return [replace(entry, owner_name=names.get(entry.camera.owner_id or "", "")) for entry in entries]

    def archived(self) -> list[CameraEntry]:
        """Return the cameras out of use, each with the permission that it had."""

        def read(tx: Tx) -> list[CameraEntry]:
            authorities, owners = authority_snapshot(tx), owner_numbers(tx)
            return [
                CameraEntry(
                    camera,
                    authorities.get(camera.id),
                    None,
                    Standing.ARCHIVED,
                    owners.get(camera.owner_id or ""),
                )
                for camera in archived_cameras(tx)
            ]

        return self._store.read(read)

    def counts(self, live: Collection[str] = ()) -> Counts:
        """Return the three counts; `live` comes from `Feeds.live_cameras()` where there is a wall."""
        return count(self.entries(), live, self._clock.now())

    def _entries(self, tx: Tx) -> list[CameraEntry]:
        return entries_at(tx, self._clock.now())


def entries_at(tx: Tx, now: datetime) -> list[CameraEntry]:
    """Return every camera in use as it stands at this moment, by code."""
    authorities, tests, owners = authority_snapshot(tx), connection_tests(tx), owner_numbers(tx)
    found = []
    for camera in list_cameras(tx):
        authority, test = authorities.get(camera.id), tests.get(camera.id)
        standing, owner = standing_of(camera, authority, test, now), owners.get(camera.owner_id or "")
        found.append(CameraEntry(camera, authority, test, standing, owner))
    return found
