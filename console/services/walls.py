"""The wall as each person left it. A stored wall grants nothing: restoring it asks the gate for every camera anew."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, StringConstraints
from pydantic.dataclasses import dataclass

from console.db import walls as db
from console.db.store import Store, Tx
from console.db.walls import WallRow, Whose
from console.kernel import Right, Session
from console.services.commands import COMMAND_CONFIG, Command, command

MOST_CELLS: Final = 100
LayoutKey = Annotated[str, StringConstraints(pattern=r"^[0-9+a-z]{1,32}$")]
Cells = Annotated[tuple[str | None, ...], Field(max_length=MOST_CELLS)]
SCREENS: Final = 2


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class SaveWall(Command):
    layout: LayoutKey
    cells: Cells
    screen: Annotated[int, Field(ge=0, lt=SCREENS)] = 0


class Walls:
    """Each person's own wall, on each screen."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, session: Session, screen: int = 0) -> WallRow | None:
        return self._store.read(lambda tx: db.wall_of(tx, Whose(session.person_id, screen)))

    @command(right=Right.ARRANGE_WALL)
    def save_wall(self, tx: Tx, cmd: SaveWall, session: Session) -> None:
        db.save_wall(tx, Whose(session.person_id, cmd.screen), cmd.layout, cmd.cells)
