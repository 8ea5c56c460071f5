"""What was looked at: who saw a camera, the debts that urgent views leave, and the reviews of self-opened ones."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from pydantic import StringConstraints
from pydantic.dataclasses import dataclass

from console.db import feeds as db
from console.db import view_matters
from console.db.feeds import ViewRow
from console.db.incidents import IncidentRow, get_incident, mark_reviewed
from console.db.store import Store, Tx
from console.kernel import ConsoleError, Invalid, Purpose, Right, Session
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.texts import LINES, unseen

SHORTEST: Final = 20
"""Letters of a sentence that says why: fewer say nothing that an owner could read."""

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), LINES]


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class JustifyView(Command):
    """Why an urgent view was needed: the incident it belonged to, or a sentence. Only whoever looked can say that.

    `also`: further urgent views of the same officer for which the same holds.
    """

    view_id: str
    also: tuple[str, ...] = ()
    words: Words = ""
    incident_id: str | None = None

    def problems(self) -> dict[str, str]:
        if self.incident_id is None and len(self.words) < SHORTEST:
            return {"words": "view.say_why"}
        return unseen(words=self.words)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class NoteDebt(Command):
    """What the shift lead has to say of somebody else's debt. It stays one until its own viewer settles it."""

    view_id: str
    words: Words

    def problems(self) -> dict[str, str]:
        if not self.words:
            return {"words": "field.missing"}
        return unseen(words=self.words)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ReviewView(Command):
    """Somebody else looked at why a self-opened view was made; what is not in order needs a word."""

    view_id: str
    ok: bool
    words: Words = ""

    def problems(self) -> dict[str, str]:
        if not self.ok and not self.words:
            return {"words": "view.say_what_is_wrong"}
        return unseen(words=self.words)


class Views:
    """Reads about views, and the words that settle urgent and self-opened ones."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def debts(self, person_id: str | None = None) -> list[ViewRow]:
        return self._store.read(lambda tx: db.debts(tx, person_id))

    def of_camera(self, camera_id: str, since: datetime) -> list[ViewRow]:
        return self._store.read(lambda tx: db.views_of_camera(tx, camera_id, since))

    @command(right=Right.VIEW_FEEDS)
    def justify_view(self, tx: Tx, cmd: JustifyView, session: Session) -> None:
        incident = None if cmd.incident_id is None else get_incident(tx, cmd.incident_id)
        for view_id in dict.fromkeys((cmd.view_id, *cmd.also)):
            view = db.get_view(tx, view_id)
            if view.person_id != session.person_id or view.purpose is not Purpose.URGENT:
                raise ConsoleError("view.not_yours_to_justify")
            _check_open(view)
            if incident is not None and incident.closed_at is not None and incident.closed_at < view.opened_at:
                raise Invalid({"incident_id": "view.incident_was_over"})
            db.justify(tx, view_id, cmd.words, None if incident is None else (incident.id, incident.number))

    @command(right=Right.REVIEW_VIEWS)
    def note_debt(self, tx: Tx, cmd: NoteDebt, session: Session) -> None:
        view = db.get_view(tx, cmd.view_id)
        _check_open(view)
        if view.person_id == session.person_id:
            raise ConsoleError("view.own_note")
        view_matters.note_debt(tx, cmd.view_id, cmd.words)

    @command(right=Right.REVIEW_VIEWS)
    def review_view(self, tx: Tx, cmd: ReviewView, session: Session) -> None:
        view = db.get_view(tx, cmd.view_id)
        if not view.self_opened_incident or view.incident_id is None or view.reviewed_by is not None:
            raise ConsoleError("view.reviewed_already")
        incident = get_incident(tx, view.incident_id)
        check_reviewer(tx, incident, session)
        view_matters.review_view(tx, view.id, ok=cmd.ok, words=cmd.words)
        if not view_matters.waiting_for_review(tx, incident.id):
            mark_reviewed(tx, incident.id, incident.version)


def reviewers_excluded(tx: Tx, incident: IncidentRow) -> frozenset[str | None]:
    """Return who has a part in the views through an incident: who opened it, who placed it, who looked."""
    viewers = {view.person_id for view in db.self_opened_views(tx, incident.id)}
    return frozenset({incident.opened_by, incident.placed_by, *viewers})


def check_reviewer(tx: Tx, incident: IncidentRow, session: Session) -> None:
    """Raise `incident.own_review` for whoever has a part in what is to be reviewed."""
    if session.person_id in reviewers_excluded(tx, incident):
        raise ConsoleError("incident.own_review")


def _check_open(view: ViewRow) -> None:
    if view.purpose is not Purpose.URGENT or view.justified_at is not None:
        raise ConsoleError("view.no_debt")
