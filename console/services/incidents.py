"""The incident log: opened with a number, lined out entry by entry, closed with an outcome; nothing is overwritten.

An open incident with a place lets level-1 cameras near it be seen, so whoever gives the place answers for it: views
through an incident that one opened or placed oneself wait for somebody else's review.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints
from pydantic.dataclasses import dataclass

from console.db import incidents as db
from console.db.cameras import get_camera
from console.db.incidents import EntryRow, IncidentRow
from console.db.store import Tx
from console.db.view_matters import review_view, waiting_for_review
from console.kernel import Category, ConsoleError, Outcome, Priority, Right, Session, Zone
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.incident_board import Board, IncidentFile, IncidentLine, LogEntry, Nearby, ReviewedView
from console.services.moments import refuse_future
from console.services.texts import LINES, ONE_LINE, MaybeLine, Reason, unseen
from console.services.views import check_reviewer

__all__ = [
    "AddEntry",
    "ChangeIncident",
    "CloseIncident",
    "EntryRow",
    "IncidentFile",
    "IncidentLine",
    "IncidentRow",
    "Incidents",
    "LogEntry",
    "Nearby",
    "OpenIncident",
    "ReviewIncident",
    "ReviewedView",
    "StrikeEntry",
]

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), ONE_LINE]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), LINES]
LastWords = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), LINES]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class OpenIncident(Command):
    """`title` is the one line that says what happened. `happened_at` None: not known."""

    title: Title
    place: MaybeLine = ""
    lat: Latitude | None = None
    lon: Longitude | None = None
    zone: Zone = Zone.UNKNOWN
    category: Category = Category.OTHER
    priority: Priority = Priority.NORMAL
    happened_at: AwareDatetime | None = None
    camera_id: str | None = None

    def problems(self) -> dict[str, str]:
        return _half_a_place(self.lat, self.lon) | unseen(title=self.title, place=self.place)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ChangeIncident(Command):
    """Correct what an open incident is filed under and where it lies. Its words are corrected by an entry."""

    incident_id: str
    version: int
    category: Category
    priority: Priority
    place: MaybeLine
    lat: Latitude | None
    lon: Longitude | None
    zone: Zone

    def problems(self) -> dict[str, str]:
        return _half_a_place(self.lat, self.lon) | unseen(place=self.place)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class AddEntry(Command):
    """A line of the log; of a closed incident too: that is how it is corrected."""

    incident_id: str
    words: Words

    def problems(self) -> dict[str, str]:
        return unseen(words=self.words)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class StrikeEntry(Command):
    """Strike an entry out, with the reason. It stays readable."""

    entry_id: str
    version: int
    reason: Reason

    def problems(self) -> dict[str, str]:
        return unseen(reason=self.reason)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class CloseIncident(Command):
    """`words`, if any, become the last entry before the end. A duplicate must say of which incident."""

    incident_id: str
    version: int
    outcome: Outcome
    words: LastWords = ""

    def problems(self) -> dict[str, str]:
        if self.outcome is Outcome.DUPLICATE and not self.words:
            return {"words": "incident.duplicate_of_what"}
        return unseen(words=self.words)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ReviewIncident(Command):
    """All views in order that went through an incident which the viewer opened or placed himself, and still wait."""

    incident_id: str
    version: int


class Incidents(Board):
    """The incident log: what `Board` reads, and the commands that write it."""

    @command(right=Right.WRITE_INCIDENTS, offline=True)
    def open_incident(self, tx: Tx, cmd: OpenIncident, session: Session) -> str:  # noqa: ARG002 - dispatch's signature
        if cmd.happened_at is not None:
            refuse_future(tx, "happened_at", cmd.happened_at, "incident.in_future")
        if cmd.camera_id is not None:
            get_camera(tx, cmd.camera_id)
        new = db.NewIncident(
            title=cmd.title,
            place=cmd.place,
            lat=cmd.lat,
            lon=cmd.lon,
            zone=cmd.zone,
            category=cmd.category,
            priority=cmd.priority,
            happened_at=cmd.happened_at,
            camera_id=cmd.camera_id,
        )
        return db.open_incident(tx, new).id

    @command(right=Right.WRITE_INCIDENTS, offline=True)
    def change_incident(self, tx: Tx, cmd: ChangeIncident, session: Session) -> None:  # noqa: ARG002 - the same
        if not db.get_incident(tx, cmd.incident_id).is_open:
            raise ConsoleError("incident.closed_stays")
        change = db.IncidentChange(cmd.category, cmd.priority, cmd.place, cmd.lat, cmd.lon, cmd.zone)
        db.change_incident(tx, cmd.incident_id, cmd.version, change)

    @command(right=Right.WRITE_INCIDENTS, offline=True)
    def add_entry(self, tx: Tx, cmd: AddEntry, session: Session) -> str:  # noqa: ARG002 - the same
        return db.add_entry(tx, cmd.incident_id, cmd.words).id

    @command(right=Right.WRITE_INCIDENTS, offline=True)
    def strike_entry(self, tx: Tx, cmd: StrikeEntry, session: Session) -> None:  # noqa: ARG002 - the same
        if db.get_entry(tx, cmd.entry_id).struck_at is not None:
            raise ConsoleError("incident.struck_already")
        db.strike_entry(tx, cmd.entry_id, cmd.version, cmd.reason)

    @command(right=Right.WRITE_INCIDENTS, offline=True)
    def close_incident(self, tx: Tx, cmd: CloseIncident, session: Session) -> None:  # noqa: ARG002 - the same
        if not db.get_incident(tx, cmd.incident_id).is_open:
            raise ConsoleError("incident.closed_already")
        db.close_incident(tx, cmd.incident_id, cmd.version, cmd.outcome)
        if cmd.words:
            db.add_entry(tx, cmd.incident_id, cmd.words)

    @command(right=Right.REVIEW_VIEWS)
    def review_incident(self, tx: Tx, cmd: ReviewIncident, session: Session) -> None:
        row = db.get_incident(tx, cmd.incident_id)
        check_reviewer(tx, row, session)
        for view in waiting_for_review(tx, cmd.incident_id):
            review_view(tx, view.id, ok=True)
        db.mark_reviewed(tx, cmd.incident_id, cmd.version)


def _half_a_place(lat: float | None, lon: float | None) -> dict[str, str]:
    if (lat is None) is (lon is None):
        return {}
    return {"lat" if lat is None else "lon": "camera.half_a_place"}
