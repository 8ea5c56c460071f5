"""Walls under a name, and tours of them: everybody's own, and the station's, which are for all who watch.

Opening one asks the gate for every camera anew, so keeping one grants nothing.
"""

from __future__ import annotations

from dataclasses import dataclass as plain_dataclass
from dataclasses import field
from typing import Annotated, Final

from pydantic import Field, StringConstraints
from pydantic.dataclasses import dataclass

from console.db import named_walls as db
from console.db.named_walls import NAME_LENGTH, STATION, NamedWall, NamedWallRow, TourRow, WallTour
from console.db.store import Store, Tx
from console.kernel import Denied, DenyReason, Invalid, Right, Session, new_id
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.walls import Cells, LayoutKey

STATION_WALLS: Final = Right.REVIEW_VIEWS
"""Who arranges the station's walls beside ARRANGE_WALL: those who answer for what others watch (shift lead, operations
deputy, superintendent). A duty officer opens them, and keeps a changed one as his own."""
DWELL_S: Final = 15
SHORTEST_DWELL_S: Final = 5
LONGEST_DWELL_S: Final = 240
MOST_PAGES: Final = 100

Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=NAME_LENGTH)]
Dwell = Annotated[int, Field(ge=SHORTEST_DWELL_S, le=LONGEST_DWELL_S)]
Pages = Annotated[tuple[str, ...], Field(max_length=MOST_PAGES)]

__all__ = ["STATION", "NamedWallRow", "TourRow"]


@plain_dataclass(frozen=True, slots=True)
class Shelf:
    """What a person finds: the own walls and tours, and the station's."""

    walls: tuple[NamedWallRow, ...] = ()
    tours: tuple[TourRow, ...] = ()


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class _Naming(Command):
    name: Name

    def problems(self) -> dict[str, str]:
        return {} if self.name else {"name": "field.missing"}


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class KeepWall(_Naming):
    """`wall_id` is made by the client, so that a deletion can be taken back whole: tours know walls by it."""

    layout: LayoutKey
    cells: Cells
    station: bool = False
    wall_id: Annotated[str, StringConstraints(min_length=1, max_length=36)] = field(default_factory=new_id)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ReplaceWall(Command):
    wall_id: str
    version: int
    layout: LayoutKey
    cells: Cells


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class RenameWall(_Naming):
    wall_id: str
    version: int


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class DeleteWall(Command):
    wall_id: str
    version: int


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class _TourShape(_Naming):
    walls: Pages
    dwell_s: Dwell = DWELL_S

    def problems(self) -> dict[str, str]:
        return super().problems() | ({} if self.walls else {"walls": "walls.tour_without_walls"})


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class KeepTour(_TourShape):
    station: bool = False
    tour_id: Annotated[str, StringConstraints(min_length=1, max_length=36)] = field(default_factory=new_id)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ChangeTour(_TourShape):
    tour_id: str
    version: int


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class DeleteTour(Command):
    tour_id: str
    version: int


class NamedWalls:
    """Own walls need ARRANGE_WALL; the station's also `STATION_WALLS`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def shelf(self, session: Session) -> Shelf:
        """Return the own walls and tours and the station's, in the order of their names."""

        def query(tx: Tx) -> Shelf:
            return Shelf(tuple(db.walls_for(tx, session.person_id)), tuple(db.tours_for(tx, session.person_id)))

        return self._store.read(query)

    @command(right=Right.ARRANGE_WALL)
    def keep_wall(self, tx: Tx, cmd: KeepWall, session: Session) -> None:
        owner = _new_owner(session, station=cmd.station)
        _demand_free(tx, NamedWall, owner, cmd.name)
        db.keep_wall(tx, NamedWallRow(cmd.wall_id, 0, owner, cmd.name, cmd.layout, cmd.cells))

    @command(right=Right.ARRANGE_WALL)
    def replace_wall(self, tx: Tx, cmd: ReplaceWall, session: Session) -> None:
        _demand_own(db.owner_of(tx, NamedWall, cmd.wall_id, cmd.version), session)
        db.change_wall(tx, cmd.wall_id, cmd.layout, cmd.cells)

    @command(right=Right.ARRANGE_WALL)
    def rename_wall(self, tx: Tx, cmd: RenameWall, session: Session) -> None:
        owner = db.owner_of(tx, NamedWall, cmd.wall_id, cmd.version)
        _demand_own(owner, session)
        _demand_free(tx, NamedWall, owner, cmd.name, cmd.wall_id)
        db.rename(tx, NamedWall, cmd.wall_id, cmd.name)

    @command(right=Right.ARRANGE_WALL)
    def delete_wall(self, tx: Tx, cmd: DeleteWall, session: Session) -> None:
        """Tours that show it leave its page out; they keep its id for the case that the deletion is taken back."""
        _demand_own(db.owner_of(tx, NamedWall, cmd.wall_id, cmd.version), session)
        db.delete(tx, NamedWall, cmd.wall_id)

    @command(right=Right.ARRANGE_WALL)
    def keep_tour(self, tx: Tx, cmd: KeepTour, session: Session) -> None:
        owner = _new_owner(session, station=cmd.station)
        _demand_free(tx, WallTour, owner, cmd.name)
        _demand_pages(tx, cmd.walls, owner, session)
        db.keep_tour(tx, TourRow(cmd.tour_id, 0, owner, cmd.name, cmd.dwell_s, cmd.walls))

    @command(right=Right.ARRANGE_WALL)
    def change_tour(self, tx: Tx, cmd: ChangeTour, session: Session) -> None:
        owner = db.owner_of(tx, WallTour, cmd.tour_id, cmd.version)
        _demand_own(owner, session)
        _demand_free(tx, WallTour, owner, cmd.name, cmd.tour_id)
        _demand_pages(tx, cmd.walls, owner, session)
        db.rename(tx, WallTour, cmd.tour_id, cmd.name)
        db.change_tour(tx, cmd.tour_id, cmd.dwell_s, cmd.walls)

    @command(right=Right.ARRANGE_WALL)
    def delete_tour(self, tx: Tx, cmd: DeleteTour, session: Session) -> None:
        _demand_own(db.owner_of(tx, WallTour, cmd.tour_id, cmd.version), session)
        db.delete(tx, WallTour, cmd.tour_id)


def may_change(owner: str, session: Session) -> bool:
    """Whether this person may change what belongs to this owner: for windows, which only mirror the rights."""
    if owner == STATION:
        return session.may(Right.ARRANGE_WALL) and session.may(STATION_WALLS)
    return owner == session.person_id and session.may(Right.ARRANGE_WALL)


def _new_owner(session: Session, *, station: bool) -> str:
    owner = STATION if station else session.person_id
    _demand_own(owner, session)
    return owner


def _demand_own(owner: str, session: Session) -> None:
    if not may_change(owner, session):
        right = STATION_WALLS if owner == STATION else Right.ARRANGE_WALL
        raise Denied(DenyReason.ROLE, right=right.value)


def _demand_free(tx: Tx, kind: type[db.Kept], owner: str, name: str, besides: str = "") -> None:
    if not db.is_name_free(tx, kind, owner, name, besides):
        raise Invalid({"name": "walls.name_taken"})


def _demand_pages(tx: Tx, walls: Pages, owner: str, session: Session) -> None:
    """Nobody else finds a person's own walls: on a tour of the station they would be missing."""
    if owner == STATION:
        own = {row.id for row in db.walls_for(tx, session.person_id) if row.person_id != STATION}
        if own & set(walls):
            raise Invalid({"walls": "walls.tour_of_own_walls"})
