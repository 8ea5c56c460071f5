"""The wall's desk over the real services: reads for the page, and the gate for every picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from console.kernel import Denied, EndReason, Session
from console.services.camera_register import AuthorityRow
from console.services.cameras import CameraRow
from console.services.commands import Command
from console.services.consent_commands import StopCamera
from console.services.consents import Stopped
from console.services.feeds import FeedRequest, Feeds
from console.services.health import Chart
from console.services.named_walls import Shelf
from console.services.owners import OwnerRow
from console.services.station import Station
from console.services.viewers import LookedAt
from console.services.walls import SaveWall
from console.views.wall_model import Ask, Feed, SavedWall, WallCamera, WallContents, WallIncident


class ServiceDesk:
    """Fulfils `WallDesk` for the officer of one session."""

    def __init__(self, station: Station, feeds: Feeds, session: Session, screen: int = 0) -> None:
        self._station = station
        self._feeds = feeds
        self._session = session
        self._screen = screen

    def contents(self) -> WallContents:
        """Read cameras with what is permitted at each, and the open incidents, newest first."""
        authorities = self._station.authorities.by_camera()
        owners = self._station.owners.known(self._session)
        cameras = tuple(
            _owned(_camera(row, authorities.get(row.id)), row, owners.get(row.owner_id or ""))
            for row in self._station.cameras.cameras()
        )
        newest_first = sorted(self._station.incidents.open_ones(), key=lambda row: row.opened_at, reverse=True)
        incidents = tuple(WallIncident(row.id, row.number, row.title) for row in newest_first)
        return WallContents(cameras, incidents)

    def saved_wall(self) -> SavedWall | None:
        row = self._station.walls.of(self._session, self._screen)
        return None if row is None else SavedWall(row.layout, row.cells)

    def save_wall(self, wall: SavedWall) -> None:
        self._station.dispatcher.run(SaveWall(layout=wall.layout, cells=wall.cells, screen=self._screen), self._session)

    def shelf(self) -> Shelf:
        return self._station.named_walls.shelf(self._session)

    def keep(self, command: Command) -> None:
        self._station.dispatcher.run(command, self._session)

    def stop_link(self, command: StopCamera) -> Stopped:
        done: Stopped = self._station.dispatcher.run(command, self._session)
        return done

    def open_many(self, asks: Sequence[Ask]) -> Sequence[Feed | Denied]:
        requests = [
            FeedRequest(
                ask.camera_id,
                ask.choice.purpose,
                ask.choice.incident_id,
                ask.kind,
                ask.size,
                emergency_id=None if ask.choice.emergency is None else ask.choice.emergency.id,
            )
            for ask in asks
        ]
        return self._feeds.open_many(self._session, requests)

    def end_all(self, reason: EndReason, *, private_only: bool) -> None:
        self._feeds.end_all(reason, private_only=private_only)

    def release(self) -> None:
        self._feeds.release()

    def viewers(self, camera_id: str) -> LookedAt:
        return self._station.viewers.today(self._session, camera_id)

    def health(self, camera_id: str) -> Chart:
        return self._station.health.last_24h(camera_id)

    def waiting(self) -> int:
        return self._feeds.waiting


def _owned(shown: WallCamera, row: CameraRow, owner: OwnerRow | None) -> WallCamera:
    """Say whose it is; what was typed with a camera says so only where the register of owners does not."""
    if owner is not None:
        return replace(shown, owner=owner.name, owner_number=owner.number)
    return replace(shown, owner=row.owner_name) if row.owner_name and row.owner_id is None else shown


def _camera(row: CameraRow, right: AuthorityRow | None) -> WallCamera:
    shown = WallCamera(
        row.id,
        row.code,
        row.name,
        row.place,
        row.owner_type,
        lat=row.lat,
        lon=row.lon,
        zone=row.zone,
        masked=bool(row.masks),
    )
    if right is None or right.withdrawn_at is not None:
        return shown
    return replace(
        shown,
        kind=right.kind,
        level=right.level,
        hours=right.hours,
        expires_at=right.expires_at,
        radius_m=right.radius_m,
        purposes=right.purposes,
        paused=right.paused,
        may_snapshot=right.permission_snapshot,
        may_clip=right.permission_clip,
    )
