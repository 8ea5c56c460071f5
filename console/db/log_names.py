"""Today's names of people, cameras and incidents, by the ids under which the journal knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from console.db.cameras import Camera
from console.db.incidents import Incident
from console.db.people import Person
from console.db.store import Tx


@dataclass(frozen=True, slots=True)
class PersonName:
    login: str
    rank: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class CameraName:
    code: str
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class IncidentName:
    number: str
    title: str


@dataclass(frozen=True, slots=True)
class NameBook:
    """Today's names of what the journal names by id, and the stamp of the moment they were read."""

    people: Mapping[str, PersonName]
    cameras: Mapping[str, CameraName]
    incidents: Mapping[str, IncidentName]
    stamp: tuple[int, ...]


def names_stamp(tx: Tx) -> tuple[int, ...]:
    """Return a value that differs once a name was added or changed."""
    tables = (Person, Camera, Incident)
    counts = (select(func.count(), func.coalesce(func.sum(table.version), 0)) for table in tables)
    return tuple(int(number) for query in counts for number in tx.session.execute(query).one())


def read_names(tx: Tx) -> NameBook:
    people = select(Person.id, Person.login, Person.rank, Person.display_name, Person.role)
    cameras = select(Camera.id, Camera.code, Camera.name, Camera.place)
    incidents = select(Incident.id, Incident.number, Incident.title)
    own = tx.station_id
    return NameBook(
        {row[0]: PersonName(*row[1:]) for row in tx.session.execute(people.where(Person.station_id == own))},
        {row[0]: CameraName(*row[1:]) for row in tx.session.execute(cameras.where(Camera.station_id == own))},
        {row[0]: IncidentName(*row[1:]) for row in tx.session.execute(incidents.where(Incident.station_id == own))},
        names_stamp(tx),
    )
