"""Today's names of people, cameras, incidents and owners, by the ids under which the journal knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import func, literal, select, union_all

from console.db.cameras import Camera
from console.db.incidents import Incident
from console.db.owners import Owner
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
    owners: Mapping[str, int] = field(default_factory=dict)
    """Their numbers: whoever reads the log learns no owner's name by it."""


_STAMP: Final = union_all(
    *(
        select(literal(place), func.count(), func.coalesce(func.sum(table.version), 0))
        for place, table in enumerate((Person, Camera, Incident, Owner))
    )
)
"""One question: each reading of the log asks it."""


def names_stamp(tx: Tx) -> tuple[int, ...]:
    """Return a value that differs once a name was added or changed."""
    return tuple(
        int(number) for _table, *numbers in sorted(map(tuple, tx.session.execute(_STAMP))) for number in numbers
    )


def read_names(tx: Tx) -> NameBook:
    people = select(Person.id, Person.login, Person.rank, Person.display_name, Person.role)
    cameras = select(Camera.id, Camera.code, Camera.name, Camera.place)
    incidents = select(Incident.id, Incident.number, Incident.title)
    owners = select(Owner.id, Owner.number)
    own = tx.station_id
    return NameBook(
        {row[0]: PersonName(*row[1:]) for row in tx.session.execute(people.where(Person.station_id == own))},
        {row[0]: CameraName(*row[1:]) for row in tx.session.execute(cameras.where(Camera.station_id == own))},
        {row[0]: IncidentName(*row[1:]) for row in tx.session.execute(incidents.where(Incident.station_id == own))},
        names_stamp(tx),
        {row[0]: row[1] for row in tx.session.execute(owners.where(Owner.station_id == own))},
    )
