"""Incidents as far as the gate needs them: an open one with a place lets level-1 cameras near it be seen."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints
from pydantic.dataclasses import dataclass

from console.db import incidents as db
from console.db.incidents import IncidentRow
from console.db.store import Store, Tx
from console.kernel import ConsoleError, Right, Session
from console.services.commands import COMMAND_CONFIG, Command, command

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Spot = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class OpenIncident(Command):
    title: Title
    place: Spot = ""
    lat: Latitude | None = None
    lon: Longitude | None = None

    def problems(self) -> dict[str, str]:
        return {"lat": "camera.half_a_place"} if (self.lat is None) is not (self.lon is None) else {}


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class CloseIncident(Command):
    incident_id: str
    version: int


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ReviewIncident(Command):
    """The shift lead looked at views that went through an incident which the viewer opened himself."""

    incident_id: str
    version: int


class Incidents:
    """The incident log."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open_ones(self) -> list[IncidentRow]:
        return self._store.read(db.open_incidents)

    def incident(self, incident_id: str) -> IncidentRow:
        return self._store.read(lambda tx: db.get_incident(tx, incident_id))

    def incidents(self) -> list[IncidentRow]:
        return self._store.read(db.list_incidents)

    @command(right=Right.WRITE_INCIDENTS, offline=True)
    def open_incident(self, tx: Tx, cmd: OpenIncident, session: Session) -> str:  # noqa: ARG002 - dispatch's signature
        return db.open_incident(tx, db.NewIncident(cmd.title, cmd.place, cmd.lat, cmd.lon)).id

    @command(right=Right.WRITE_INCIDENTS, offline=True)
    def close_incident(self, tx: Tx, cmd: CloseIncident, session: Session) -> None:  # noqa: ARG002 - the same
        if not db.get_incident(tx, cmd.incident_id).is_open:
            raise ConsoleError("incident.closed_already")
        db.close_incident(tx, cmd.incident_id, cmd.version)

    @command(right=Right.REVIEW_VIEWS)
    def review_incident(self, tx: Tx, cmd: ReviewIncident, session: Session) -> None:
        if db.get_incident(tx, cmd.incident_id).opened_by == session.person_id:
            raise ConsoleError("incident.own_review")
        db.mark_reviewed(tx, cmd.incident_id, cmd.version)
