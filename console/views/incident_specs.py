"""The three forms of an incident: the new one, its correction, its end. Categories are found by number or letters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from console.i18n import N_, _, plain
from console.i18n.labels import label
from console.i18n.sentences import SENTENCES
from console.kernel import Category, Clock, Invalid, Outcome, Priority, Zone
from console.services.cameras import outside_thailand
from console.services.commands import build
from console.services.incidents import ChangeIncident, CloseIncident, IncidentLine, OpenIncident
from console.views.record_spec import Choice, Field, FormSpec, LongText, Moment, Number, Section, Text, Values
from console.views.wall_model import WallCamera

LONG_AGO: Final = timedelta(days=30)
LATITUDE: Final = Number(-90, 90, decimals=6)
LONGITUDE: Final = Number(-180, 180, decimals=6)


def categories() -> Mapping[Category, str]:
    """Return the categories with their numbers: two keys for whoever knows them by heart."""
    return _numbered(Category)


def priorities() -> Mapping[Priority, str]:
    return _numbered(Priority)


def outcomes() -> Mapping[Outcome, str]:
    return _numbered(Outcome)


def zones() -> Mapping[Zone, str]:
    return {zone: plain(label(zone)) for zone in Zone}


def _numbered(codes: Any) -> Mapping[Any, str]:
    return {code: f"{number}  {plain(label(code))}" for number, code in enumerate(codes, start=1)}


_PLACE: Final = Section(
    N_("Where"),
    (
        Field("place", N_("Place of the incident"), Text(300)),
        Field("zone", N_("Smart Safety Zone"), Choice(zones), required=True),
        Field("lat", N_("Latitude"), LATITUDE),
        Field(
            "lon",
            N_("Longitude"),
            LONGITUDE,
            hint=N_("Only an incident with coordinates opens the level-1 cameras near it."),
        ),
    ),
)
_KIND: Final = (
    Field(
        "category",
        N_("Category"),
        Choice(categories),
        required=True,
        hint=N_("Type its number or a few letters, Thai or English; Enter goes on."),
    ),
    Field("priority", N_("Urgency"), Choice(priorities), required=True),
)


def at_camera(camera: WallCamera | None, moment: datetime) -> Values:
    """Return what a new incident begins with: the moment, and if it was noticed on a camera that camera's place."""
    begun: dict[str, Any] = {
        "happened_at": moment.replace(second=0, microsecond=0),
        "priority": Priority.NORMAL,
        "zone": Zone.UNKNOWN,
    }
    if camera is not None:
        begun |= {"place": camera.place or camera.name, "lat": camera.lat, "lon": camera.lon, "zone": camera.zone}
    return begun


def opening(camera: WallCamera | None, clock: Clock, moment: datetime) -> FormSpec[IncidentLine]:
    """Return the form of a new incident, at this camera or none, that begins with this moment."""

    def command(values: Values, line: IncidentLine | None) -> OpenIncident:
        del line
        return build(OpenIncident, **values, camera_id=None if camera is None else camera.id)

    return FormSpec(
        title=lambda _line: _("New incident"),
        sections=(
            Section(
                N_("The incident"),
                (
                    *_KIND,
                    Field("title", N_("What happened, in one line"), Text(300), required=True),
                    Field("happened_at", N_("When it happened"), Moment(), required=True),
                ),
            ),
            _PLACE,
        ),
        stored=lambda _line: at_camera(camera, moment),
        command=command,
        doubt=lambda values: doubts(values, clock.now()),
        verb=N_("Open the incident"),
    )


def correction(clock: Clock) -> FormSpec[IncidentLine]:
    """Return the form that corrects what an open incident is filed under and where it lies."""

    def command(values: Values, line: IncidentLine | None) -> ChangeIncident:
        if line is None:
            raise Invalid({"category": "not_found"})
        return build(ChangeIncident, incident_id=line.id, version=line.version, **values)

    return FormSpec(
        title=lambda line: "" if line is None else _("Correct {number}", number=line.incident.number),
        sections=(Section(N_("The incident"), _KIND), _PLACE),
        stored=_stored,
        command=command,
        doubt=lambda values: doubts(values, clock.now()),
        verb=N_("Save the correction"),
    )


def ending() -> FormSpec[IncidentLine]:
    """Return the form that closes an incident."""

    def command(values: Values, line: IncidentLine | None) -> CloseIncident:
        if line is None:
            raise Invalid({"outcome": "not_found"})
        return build(CloseIncident, incident_id=line.id, version=line.version, **values)

    return FormSpec(
        title=lambda line: "" if line is None else _("Close {number}", number=line.incident.number),
        sections=(
            Section(
                "",
                (
                    Field("outcome", N_("Outcome"), Choice(outcomes), required=True),
                    Field(
                        "words",
                        N_("Last entry"),
                        LongText(4000),
                        hint=N_("Stands in the log as the last entry. Views through this incident end at once."),
                    ),
                ),
            ),
        ),
        stored=lambda _line: {"outcome": None, "words": ""},
        command=command,
        verb=N_("Close the incident"),
    )


def _stored(line: IncidentLine | None) -> Values:
    if line is None:
        return {}
    return {name: getattr(line.incident, name) for name in ("category", "priority", "place", "zone", "lat", "lon")}


def doubts(values: Values, now: datetime) -> Mapping[str, str]:
    """Ask about what is possible but unlikely."""
    asked = {}
    if outside_thailand(values.get("lat"), values.get("lon")):
        asked["lat"] = SENTENCES["camera.outside_thailand"]
    happened = values.get("happened_at")
    if happened is not None and happened < now - LONG_AGO:
        asked["happened_at"] = N_("This was more than a month ago.")
    return asked
