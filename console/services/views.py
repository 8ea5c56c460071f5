"""What was looked at: who saw a camera, and the debts that urgent views leave."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints
from pydantic.dataclasses import dataclass

from console.db import feeds as db
from console.db.feeds import ViewRow
from console.db.store import Store, Tx
from console.kernel import ConsoleError, Purpose, Right, Session
from console.services.commands import COMMAND_CONFIG, Command, command


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class JustifyView(Command):
    """Why an urgent view was needed. Only whoever looked can say that."""

    view_id: str
    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=1000)]


class Views:
    """Reads about views, and the word that settles an urgent one."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def debts(self, person_id: str | None = None) -> list[ViewRow]:
        return self._store.read(lambda tx: db.debts(tx, person_id))

    def of_camera(self, camera_id: str, since: datetime) -> list[ViewRow]:
        return self._store.read(lambda tx: db.views_of_camera(tx, camera_id, since))

    @command(right=Right.VIEW_FEEDS)
    def justify_view(self, tx: Tx, cmd: JustifyView, session: Session) -> None:
        view = db.get_view(tx, cmd.view_id)
        if view.person_id != session.person_id or view.purpose is not Purpose.URGENT:
            raise ConsoleError("view.not_yours_to_justify")
        db.justify(tx, cmd.view_id, cmd.words)
