"""What the wall knows and needs: its cells, the cameras it may place, and the desk of services it works through.

The protocols name exactly the part of the gate that the wall uses; `services.feeds` fulfils them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from console.kernel import (
    AccessLevel,
    AuthorityKind,
    Denied,
    EndReason,
    Fault,
    OwnerType,
    PixelSize,
    Purpose,
    StreamFacts,
    TileState,
    ViewKind,
    Zone,
)
from console.services.commands import Command
from console.services.consent_commands import StopCamera
from console.services.consents import Stopped
from console.services.named_walls import Shelf
from console.views.wall_zoom import WHOLE, Zoom

if TYPE_CHECKING:
    from console.services.health import Chart
    from console.services.viewers import LookedAt


class Picture(Protocol):
    """Pixels of shared memory, as the gate gives them; BGRX, 32 bits."""

    @property
    def pixels(self) -> memoryview: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def stride(self) -> int: ...
    @property
    def sequence(self) -> int: ...
    def whole(self) -> bool:
        """Whether the pixels were not written over since they were handed out."""


class TileStatus(Protocol):
    @property
    def state(self) -> TileState: ...
    @property
    def fault(self) -> Fault: ...
    @property
    def deny(self) -> Denied | None: ...
    @property
    def age_s(self) -> float | None: ...
    @property
    def attempt(self) -> int: ...
    @property
    def since(self) -> datetime: ...
    @property
    def facts(self) -> StreamFacts: ...
    @property
    def eased(self) -> int: ...
    @property
    def shown_rate(self) -> float: ...
    @property
    def end(self) -> EndReason | None: ...
    @property
    def why_small(self) -> Fault | Denied | None: ...
    @property
    def kbps(self) -> float: ...
    @property
    def reconnects(self) -> int: ...


class Feed(Protocol):
    """A running view. None of these calls waits."""

    @property
    def camera_id(self) -> str: ...
    @property
    def private(self) -> bool: ...
    @property
    def unencrypted(self) -> bool: ...
    @property
    def emergency_until(self) -> datetime | None: ...

    def state(self) -> TileStatus: ...
    def picture(self) -> Picture | None: ...
    def sequence(self) -> int: ...
    def resize(self, size: PixelSize) -> None: ...
    def end(self, reason: EndReason) -> None: ...


@dataclass(frozen=True, slots=True)
class WallCamera:
    """What the wall shows of a camera: never its address, of the owner only who it is."""

    id: str
    code: str
    name: str
    place: str
    owner_type: OwnerType
    kind: AuthorityKind | None = None
    level: AccessLevel | None = None
    hours: tuple[tuple[int, int], ...] = ()
    expires_at: datetime | None = None
    radius_m: int | None = None
    purposes: frozenset[Purpose] = frozenset()
    paused: bool = False
    may_snapshot: bool = False
    may_clip: bool = False
    lat: float | None = None
    lon: float | None = None
    zone: Zone = Zone.UNKNOWN
    masked: bool = False
    owner: str = ""
    """Of the owner's record; only of a camera without one the name that was typed with the camera."""
    owner_number: int | None = None

    @property
    def private(self) -> bool:
        """An owner's camera, or one whose right is unknown: it is treated as private until known better."""
        return self.kind is not AuthorityKind.OWN and self.kind is not AuthorityKind.AGENCY


@dataclass(frozen=True, slots=True)
class WallIncident:
    id: str
    number: str
    title: str


@dataclass(frozen=True, slots=True)
class EmergencyChoice:
    """A superintendent's override for one camera: its id, and when it ends at the latest."""

    id: str
    until: datetime


@dataclass(frozen=True, slots=True)
class PurposeChoice:
    """Why the officer looks: a standing purpose, or an open incident; in an emergency past the owner's terms."""

    purpose: Purpose
    incident: WallIncident | None = None
    emergency: EmergencyChoice | None = None

    @property
    def ordinary(self) -> PurposeChoice:
        """The same without the override, which is one camera's and nobody chooses for another."""
        return replace(self, emergency=None)

    @property
    def incident_id(self) -> str | None:
        return None if self.incident is None else self.incident.id


@dataclass(frozen=True, slots=True)
class PlaceCamera:
    """Somebody asks the wall for this camera: its tile is chosen, or it is put on a free one.

    `choice` is the purpose if the wall has none that counts for it.
    """

    camera_id: str
    choice: PurposeChoice | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One camera that the wall asks the gate for."""

    camera_id: str
    choice: PurposeChoice
    size: PixelSize
    kind: ViewKind = ViewKind.WALL


@dataclass(frozen=True, slots=True)
class SavedWall:
    """A layout's key, and the cameras of its cells."""

    layout: str
    cells: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class WallContents:
    """One reading for the page: cameras, open incidents."""

    cameras: tuple[WallCamera, ...] = ()
    incidents: tuple[WallIncident, ...] = ()


class WallDesk(Protocol):
    """The services behind the wall.

    Everything but `end_all`, `release` and `waiting` may take its time and runs off the UI thread.
    """

    def contents(self) -> WallContents: ...
    def saved_wall(self) -> SavedWall | None: ...
    def save_wall(self, wall: SavedWall) -> None: ...
    def shelf(self) -> Shelf: ...
    def keep(self, command: Command) -> None:
        """Run a command of `services.named_walls`."""

    def stop_link(self, command: StopCamera) -> Stopped:
        """Do what the owner says of a camera. Uses the database."""

    def open_many(self, asks: Sequence[Ask]) -> Sequence[Feed | Denied]: ...
    def end_all(self, reason: EndReason, *, private_only: bool) -> None:
        """End views at once, without waiting for the journal; visitors also hold private cameras closed."""

    def release(self) -> None:
        """Visitors have left: private cameras may be asked for again."""

    def viewers(self, camera_id: str) -> LookedAt:
        """Who looked at a camera today, as far as the officer's role is told. Uses the database."""

    def health(self, camera_id: str) -> Chart:
        """How a camera did in the last 24 hours. Uses the database."""

    def waiting(self) -> int:
        """How many entries of the access journal are not written yet. Asks no database."""


class Waiting(StrEnum):
    """Why a cell with a camera has no feed yet."""

    NOTHING = "nothing"
    PURPOSE = "purpose"
    GATE = "gate"
    VISITORS = "visitors"
    LOCKED = "locked"
    HIDDEN = "hidden"


@dataclass(slots=True)
class Cell:
    """One place of the wall. `ticket` tells a late answer of the gate from the one that is waited for.

    `relief` is the next officer's view of the same camera, which takes the place of `feed` when it shows a picture.
    """

    camera: WallCamera | None = None
    feed: Feed | None = None
    relief: Feed | None = None
    denied: Denied | None = None
    waiting: Waiting = Waiting.NOTHING
    choice: PurposeChoice | None = None
    kind: ViewKind = ViewKind.WALL
    ticket: int = 0
    hidden_since: float | None = None
    size: PixelSize = field(default_factory=lambda: PixelSize(0, 0))
    zoom: Zoom = WHOLE

    @property
    def private(self) -> bool:
        """Whether F9 must darken it: the feed knows best, otherwise what is known of the camera."""
        if self.feed is not None and self.feed.private:
            return True
        return self.camera is not None and self.camera.private
