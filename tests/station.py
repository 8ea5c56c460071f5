"""A furnished station for tests that need the whole room: people, cameras with addresses, and rights to look."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from console.db.authorities import AuthorityTerms
from console.db.keyrings import MemoryKeyring
from console.db.store import CommandStamp
from console.kernel import (
    AccessLevel,
    AuthorityKind,
    Clock,
    OwnerType,
    Purpose,
    Role,
    Secret,
    Session,
    SystemClock,
    new_id,
)
from console.room import Room, RoomPlan
from console.services.authorities import CountersignAuthority, RecordAuthority
from console.services.cameras import RegisterCamera, SetAddress
from console.services.people import AddPerson, NewFirst, StationVault, station_vault
from console.services.station import Station
from console.services.walls import SaveWall
from console.settings import Settings, load_settings
from tests.signing import permit

HEAD = "head"
REGISTRAR = "registrar"
OFFICER = "officer"
PASSWORD = "plum-rain-74-lantern"
ALL_DAY = frozenset({Purpose.RISK_SPOT, Purpose.INCIDENT, Purpose.FOLLOW, Purpose.TRAFFIC})


@dataclass(frozen=True)
class Furnished:
    """A station whose store is closed again; `plan` opens it."""

    plan: RoomPlan
    cameras: tuple[str, ...]
    authorities: tuple[str, ...]


@dataclass(frozen=True)
class Wishes:
    """How the station is to be. `private` cameras are shops', the others the station's own, countersigned."""

    addresses: Sequence[str]
    private: bool = True
    layout: int = 0
    video: dict[str, object] = field(default_factory=dict)
    vault: StationVault | None = None
    clock: Clock = field(default_factory=SystemClock)


def settings_of(data_dir: Path, video: dict[str, object]) -> Settings:
    station = {"name_th": "สภ.ตัวอย่าง", "name_en": "Sample station"}
    return load_settings(data_dir, {"station": station, "video": video, "ui": {"language": "en"}}, {})


def allowed(room: Station, camera_id: str, registrar: Session) -> str:
    """Let the camera's owner sign that it may be watched all day; returns the permission that this gives."""
    since = room.clock.now() - timedelta(days=1)
    terms = AuthorityTerms(AuthorityKind.OWNER, AccessLevel.ALWAYS, ALL_DAY, since)
    stamp = CommandStamp(new_id(), "sign_consent", registrar)
    return room.store.submit(lambda tx: permit(tx, camera_id, terms), command=stamp).id


def _own(room: Station, camera_id: str, registrar: Session) -> str:
    record = RecordAuthority(
        camera_id=camera_id,
        kind=AuthorityKind.OWN,
        level=AccessLevel.ALWAYS,
        purposes=ALL_DAY,
        valid_from=room.clock.now() - timedelta(days=1),
    )
    made: str = room.dispatcher.run(record, registrar)
    return made


def furnish(data_dir: Path, wishes: Wishes) -> Furnished:
    """Make people and one camera an address, through the ordinary commands, and close the store again."""
    vault = wishes.vault or station_vault(MemoryKeyring())
    plan = RoomPlan(data_dir, settings_of(data_dir, wishes.video), vault, clock=wishes.clock)
    with ExitStack() as closing:
        opened = Room.open(plan)
        closing.callback(opened.close)
        room = opened.station
        room.people.add_first(NewFirst(HEAD, "Head of the station", Role.SUPERINTENDENT, Secret(PASSWORD)))
        head = room.people.log_in(HEAD, Secret(PASSWORD))
        for login, role in ((REGISTRAR, Role.CAMERA_REGISTRAR), (OFFICER, Role.DUTY_OFFICER)):
            add = AddPerson(login=login, display_name=login.title(), role=role, password=Secret(PASSWORD))
            room.dispatcher.run(add, head)
        registrar = room.people.log_in(REGISTRAR, Secret(PASSWORD))
        cameras, authorities = [], []
        for number, address in enumerate(wishes.addresses):
            code = f"C{number:03}"
            owner = OwnerType.SHOP if wishes.private else OwnerType.POLICE
            register = RegisterCamera(code=code, name=f"Shop {number}", owner_type=owner, place="Market road")
            camera_id = room.dispatcher.run(register, registrar)
            authority_id = allowed(room, camera_id, registrar) if wishes.private else _own(room, camera_id, registrar)
            if not wishes.private:
                current = room.authorities.current(camera_id)
                assert current is not None
                room.dispatcher.run(CountersignAuthority(authority_id=authority_id, version=current.version), head)
            version = room.cameras.camera(camera_id).version
            room.dispatcher.run(SetAddress(camera_id=camera_id, version=version, address=Secret(address)), registrar)
            cameras.append(camera_id)
            authorities.append(authority_id)
        room.people.log_out(registrar)
        if wishes.layout:
            officer = room.people.log_in(OFFICER, Secret(PASSWORD))
            cells = tuple(cameras[: wishes.layout])
            room.dispatcher.run(SaveWall(layout=str(wishes.layout), cells=cells), officer)
    return Furnished(plan, tuple(cameras), tuple(authorities))
