"""The demonstration's contents: an invented town, written through the ordinary commands by invented people.

Nothing here is a shortcut: passwords are hashed, addresses sealed, second signatures given by a second person, and
every step is in the demonstration's own journal. Only the store differs: new each time, no row shared with a real one.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from console.kernel import STATION_ZONE, AccessLevel, AuthorityKind, Clock, OwnerType, Purpose, Role, Secret, Session
from console.services.addresses import DEMO_SCHEME
from console.services.authorities import Authorities, CountersignAuthority, PauseAuthority, RecordAuthority
from console.services.cameras import ImportCamera
from console.services.commands import Dispatcher
from console.services.incidents import OpenIncident
from console.services.people import AddPerson, NewFirst, People
from console.services.walls import SaveWall

STATION_ID: Final = "demo"
STATION_TH: Final = "สภ.เมืองสาธิต"
STATION_EN: Final = "Mueang Sathit Police Station"
# In open water: the town exists on no map.
STATION_LAT: Final = 9.0
STATION_LON: Final = 101.0
WALL_LAYOUT: Final = "9"
OFFICER: Final = "officer"

_METRES_A_DEGREE: Final = 111_320.0
_WATCH: Final = frozenset({Purpose.INCIDENT, Purpose.SOS, Purpose.RISK_SPOT, Purpose.TRAFFIC, Purpose.CAMERA_CHECK})
_HALF_DAYS: Final = ((360, 1080), (1080, 360), (180, 900), (900, 180))
"""Level-2 hours to choose from: at any moment one of them has begun at least an hour ago and lasts another hour."""
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class DemoServices:
    """The part of an open, empty room that is needed."""

    people: People
    authorities: Authorities
    dispatcher: Dispatcher
    clock: Clock


@dataclass(frozen=True, slots=True)
class Demonstration:
    """Who to log in and why he looks: with this incident as the purpose all nine tiles of his wall open."""

    login: str
    password: Secret
    incident_id: str


@dataclass(frozen=True, slots=True)
class _Person:
    login: str
    rank: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class _Terms:
    kind: AuthorityKind = AuthorityKind.OWNER
    level: AccessLevel = AccessLevel.ALWAYS
    radius_m: int = 0
    inside_hours: bool = True
    paused: bool = False
    countersigned: bool = True
    demonstration: bool = True


@dataclass(frozen=True, slots=True)
class _Sample:
    """A camera: code, name, place, owner, the painted scene it shows, metres north and east of the station."""

    code: str
    name: str
    place: str
    owner: OwnerType
    scene: str
    spot: tuple[float, float]
    terms: _Terms = _Terms()


_SUPERINTENDENT: Final = _Person("superintendent", "พ.ต.อ.", "สาธิต ตัวอย่างธรรม", Role.SUPERINTENDENT)
_REGISTRAR: Final = _Person("registrar", "ร.ต.ท.หญิง", "สมมติ ทะเบียนดี", Role.CAMERA_REGISTRAR)
_OFFICER: Final = _Person(OFFICER, "ด.ต.", "จำลอง ตื่นตัว", Role.DUTY_OFFICER)
_LEAD: Final = _Person("lead", "ร.ต.อ.", "ทดลอง นำเวร", Role.SHIFT_LEAD)
_AUDITOR: Final = _Person("auditor", "", "ตัวอย่าง ตรวจสอบดี", Role.AUDITOR)

_OWN: Final = _Terms(AuthorityKind.OWN)
_AGENCY: Final = _Terms(AuthorityKind.AGENCY)
_HOURS: Final = _Terms(level=AccessLevel.HOURS)
_NEAR: Final = _Terms(level=AccessLevel.INCIDENT, radius_m=300)

WALL: Final = (
    _Sample("P01", "หน้าห้างทองแสงสาธิต", "ถนนสาธิตใน", OwnerType.BANK_OR_GOLD, "gold-shop", (120, 80)),
    _Sample("S01", "แยกสาธิตพัฒนา", "ถนนสาธิตพัฒนา", OwnerType.POLICE, "junction", (0, 60), _OWN),
    _Sample("M01", "ตลาดสดเทศบาล", "ตลาดสดเมืองสาธิต", OwnerType.MUNICIPALITY, "market", (260, -140), _AGENCY),
    _Sample("P02", "ประตูโรงเรียนเมืองสาธิต", "ถนนเล่าเรียน", OwnerType.SCHOOL, "school", (-300, 220), _HOURS),
    _Sample("P03", "หน้าวัดสาธิตวนาราม", "ถนนวัดเหนือ", OwnerType.TEMPLE, "temple", (420, 310)),
    _Sample("P04", "หน้าร้านน้ำชาสาธิต", "ย่านเมืองเก่า", OwnerType.SHOP, "old-town", (180, 20), _NEAR),
    _Sample("M02", "ถนนคนเดิน", "ถนนสาธิตใน", OwnerType.MUNICIPALITY, "walking-street", (140, -30), _AGENCY),
    _Sample("P05", "ปั๊มน้ำมันสาธิตออยล์", "ถนนเลี่ยงเมือง", OwnerType.SHOP, "petrol", (-520, -410)),
    _Sample("S02", "ท่าเรือเมืองสาธิต", "ถนนริมน้ำ", OwnerType.POLICE, "pier", (610, 90), _OWN),
)
"""The wall at the start, in the order of its tiles: with the open incident as purpose each of them is live."""

_CLOSED_NOW: Final = _Terms(level=AccessLevel.HOURS, inside_hours=False, demonstration=False)
_PAUSED: Final = _Terms(paused=True, demonstration=False)
_REGISTERED: Final = _Terms(level=AccessLevel.REGISTER_ONLY, demonstration=False)
_NEAR_ONLY: Final = _Terms(level=AccessLevel.INCIDENT, radius_m=200, demonstration=False)
_UNSIGNED: Final = _Terms(AuthorityKind.AGENCY, countersigned=False, demonstration=False)

BESIDE: Final = (
    _Sample("S03", "สะพานลอยสาธิตพัฒนา", "ถนนสาธิตพัฒนา", OwnerType.POLICE, "footbridge", (40, 200), _OWN),
    _Sample("P06", "ลานจอดรถสาธิตพลาซ่า", "ถนนเลี่ยงเมือง", OwnerType.SHOP, "car-park", (-480, -360), _CLOSED_NOW),
    _Sample("P07", "ซอยสาธิต 9", "ซอยสาธิต 9", OwnerType.HOME, "soi", (350, -260), _PAUSED),
    _Sample("P08", "บ้านเลขที่ 9/99", "ซอยสาธิต 4", OwnerType.HOME, "", (-150, 340), _REGISTERED),
    _Sample("P09", "หน้าหมู่บ้านสาธิตวิลล์", "ถนนเลี่ยงเมือง", OwnerType.ESTATE, "", (1900, 1400), _NEAR_ONLY),
    _Sample("H01", "ทางเข้าโรงพยาบาลเมืองสาธิต", "ถนนพยาบาล", OwnerType.HOSPITAL, "", (-700, 120), _UNSIGNED),
)
"""More cameras in the list: one more that opens, and one for each everyday reason why a tile stays dark."""


def is_current(names: Iterable[str]) -> bool:
    """Tell whether there is a painted scene for every camera that shows one."""
    return {sample.scene for sample in (*WALL, *BESIDE)} - {""} <= set(names)


def fill(room: DemoServices) -> Demonstration:
    """Write the whole demonstration into an empty store and leave nobody logged in."""
    passwords = {person.login: _password() for person in (_SUPERINTENDENT, _REGISTRAR, _OFFICER, _LEAD, _AUDITOR)}
    chief = _first(room, passwords)
    registrar = room.people.log_in(_REGISTRAR.login, passwords[_REGISTRAR.login])
    ids = _cameras(room, registrar)
    _sign(room, chief, ids)
    officer = room.people.log_in(OFFICER, passwords[OFFICER])
    north, east = WALL[0].spot
    lat, lon = _place(north, east)
    incident = OpenIncident(title="ลักทรัพย์ในร้านค้า (ตัวอย่าง)", place="ถนนสาธิตใน", lat=lat, lon=lon)
    # Not by the officer himself: a view through one's own incident would wait for review.
    incident_id = str(room.dispatcher.run(incident, chief))
    cells = tuple(ids[sample.code] for sample in WALL)
    room.dispatcher.run(SaveWall(layout=WALL_LAYOUT, cells=cells), officer)
    for session in (officer, registrar, chief):
        room.people.log_out(session)
    return Demonstration(OFFICER, passwords[OFFICER], incident_id)


def _password() -> Secret:
    return Secret(secrets.token_urlsafe(24))


def _first(room: DemoServices, passwords: dict[str, Secret]) -> Session:
    """Make the superintendent and, by him, the others; his open vault gives those who may watch their slot."""
    first = _SUPERINTENDENT
    room.people.add_first(NewFirst(first.login, first.name, first.role, passwords[first.login], first.rank))
    chief = room.people.log_in(first.login, passwords[first.login])
    for person in (_REGISTRAR, _OFFICER, _LEAD, _AUDITOR):
        command = AddPerson(
            login=person.login,
            display_name=person.name,
            role=person.role,
            password=passwords[person.login],
            rank=person.rank,
        )
        room.dispatcher.run(command, chief)
    return chief


def _cameras(room: DemoServices, registrar: Session) -> dict[str, str]:
    """Register every camera with what its owner allowed; returns ids by code."""
    now = room.clock.now()
    open_hours = hours_around(now)
    ids = {}
    for sample in (*WALL, *BESIDE):
        lat, lon = _place(*sample.spot)
        camera = ImportCamera(
            code=sample.code,
            name=sample.name,
            owner_type=sample.owner,
            place=sample.place,
            lat=lat,
            lon=lon,
            address=Secret(f"{DEMO_SCHEME}://{sample.scene}") if sample.scene else None,
        )
        ids[sample.code] = str(room.dispatcher.run(camera, registrar))
        room.dispatcher.run(_agreement(ids[sample.code], sample, now, open_hours), registrar)
    return ids


def _agreement(camera_id: str, sample: _Sample, now: datetime, open_hours: tuple[int, int]) -> RecordAuthority:
    terms = sample.terms
    hours: Sequence[tuple[int, int]] = ()
    if terms.level is AccessLevel.HOURS:
        hours = (open_hours,) if terms.inside_hours else (open_hours[::-1],)
    nothing = terms.level is AccessLevel.REGISTER_ONLY
    return RecordAuthority(
        camera_id=camera_id,
        kind=terms.kind,
        level=terms.level,
        purposes=frozenset() if nothing else _WATCH,
        valid_from=now - timedelta(days=30),
        expires_at=None if terms.kind is AuthorityKind.OWN else now + timedelta(days=335),
        hours=tuple(hours),
        radius_m=terms.radius_m,
        permission_demonstration=terms.demonstration,
        reference=f"ตัวอย่าง {sample.code}/2569",
    )


def _sign(room: DemoServices, chief: Session, ids: dict[str, str]) -> None:
    """Give the second signatures, and pause what its owner paused."""
    rows = room.authorities.by_camera()
    for sample in (*WALL, *BESIDE):
        row = rows[ids[sample.code]]
        if sample.terms.kind is not AuthorityKind.OWNER and sample.terms.countersigned:
            room.dispatcher.run(CountersignAuthority(authority_id=row.id, version=row.version), chief)
        if sample.terms.paused:
            room.dispatcher.run(PauseAuthority(authority_id=row.id, version=row.version), chief)


def hours_around(now: datetime) -> tuple[int, int]:
    """Return level-2 hours that hold now and go on for an hour at least, so that a tile does not close while shown."""
    local = now.astimezone(STATION_ZONE)
    minute = local.hour * _HOUR + local.minute
    return next(
        hours for hours in _HALF_DAYS if _HOUR <= (minute - hours[0]) % _DAY <= (hours[1] - hours[0]) % _DAY - 2 * _HOUR
    )


def _place(north_m: float, east_m: float) -> tuple[float, float]:
    lat = STATION_LAT + north_m / _METRES_A_DEGREE
    return round(lat, 6), round(STATION_LON + east_m / (_METRES_A_DEGREE * math.cos(math.radians(lat))), 6)
