"""A station for tests: a real store, real services and vault, a fake clock and a fake worker transport."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from console.db.authorities import AuthorityTerms
from console.db.journal import JournalRow, RowFilter, read_rows
from console.db.people import PersonRow
from console.db.store import CommandStamp, Store, StorePlace, load_writer
from console.db.vault import MemoryKeyring, Vault
from console.kernel import (
    AccessLevel,
    AuthorityKind,
    Denied,
    Outcome,
    OwnerType,
    Purpose,
    Role,
    Secret,
    Session,
    WithdrawalWay,
    new_id,
)
from console.services.authorities import CountersignAuthority, PauseAuthority, RecordAuthority, WithdrawAuthority
from console.services.cameras import AddressKind, RegisterCamera, SetAddress
from console.services.feeds import FeedRequest, Feeds, GateParts, LiveFeed
from console.services.incidents import CloseIncident, OpenIncident
from console.services.people import AddPerson, NewFirst, may_have_slot
from console.services.readdressing import ReconfirmCameras
from console.services.station import Station
from console.settings import GateSettings
from console.video.grants import Signer
from tests import signing as sign
from tests.fakes import FakeClock, FakeEngine, FakeStream

PASSWORD = Secret("ขอนแก่น-โคราช-ยะลา")
HERE = (7.2000, 100.5950)
TICKED = frozenset({Purpose.INCIDENT, Purpose.RISK_SPOT, Purpose.CAMERA_CHECK, Purpose.SOS, Purpose.FOLLOW})


@dataclass(frozen=True)
class Template:
    """A founded station with somebody in each role, to be copied: hashing passwords takes a second or two."""

    folder: Path
    keyring: MemoryKeyring
    vault: Vault
    people: tuple[PersonRow, ...]

    @classmethod
    def make(cls, folder: Path) -> Template:
        room = Room(folder)
        people = room.station.people
        room.found()
        for role in Role:
            room.log_in(role)
        rows = tuple(people.people())
        opened = Vault(room.keyring)
        room.store.read(lambda tx: opened.unlock(tx, room.sessions[Role.DUTY_OFFICER].person_id, PASSWORD))
        room.close()
        return cls(folder, room.keyring, opened, rows)


class Room:
    """One console of a station. `crash` leaves it as a power cut would; `reopen` starts the next run."""

    def __init__(self, data_dir: Path, template: Template | None = None, url: str | None = None) -> None:
        self.data_dir = data_dir
        self.clock = FakeClock()
        self.template = template
        self.keyring = MemoryKeyring() if template is None else template.keyring
        if template is not None:
            shutil.copytree(template.folder, data_dir, dirs_exist_ok=True)
            self.clock.advance(60)
        self.url = url
        self.settings = GateSettings()
        self._cameras = 0
        self.sessions: dict[Role, Session] = {}
        self._open()

    def _open(self) -> None:
        place = StorePlace.standalone(self.data_dir) if self.url is None else StorePlace(self.url, self.data_dir)
        writer = load_writer(self.data_dir, "SKA")
        self.store = Store.open(place, clock=self.clock, writer=writer)
        self.vault = Vault(self.keyring)
        if self.template is not None:
            self.vault._private = self.template.vault._private
        self.station = Station(self.store, self.vault, self.clock)
        self.signer = Signer()
        self.engine = FakeEngine(self.clock, self.signer)
        self.feeds = Feeds(
            GateParts(
                store=self.store,
                vault=self.vault,
                engine=self.engine,
                signer=self.signer,
                sessions=self.station.sessions,
                clock=self.clock,
                settings=self.settings,
            )
        )
        self.feeds.refresh()

    def close(self) -> None:
        self.feeds.stop()
        self.feeds.keep()
        self.store.close()

    def crash(self) -> None:
        """The process is gone: nothing more is written, the store's lock falls with it."""
        self.store.close()
        self.sessions.clear()

    def reopen(self) -> None:
        self._open()

    # People

    def found(self) -> None:
        """Make the superintendent, who founds the station."""
        first = NewFirst("chief", "พ.ต.อ.สมมติ ตัวอย่าง", Role.SUPERINTENDENT, PASSWORD)
        self.station.people.add_first(first)

    def log_in(self, role: Role) -> Session:
        """Log somebody of this role in; the superintendent adds him first if he is new."""
        if role in self.sessions:
            return self.sessions[role]
        people = self.station.people
        if self.template is not None:
            row = next(row for row in self.template.people if row.role is role)
            self.sessions[role] = self.session_of(row)
            self.station.sessions.begin(self.sessions[role], keyed=may_have_slot(role))
            if may_have_slot(role):
                self.vault._private = self.template.vault._private
            return self.sessions[role]
        if role is Role.SUPERINTENDENT:
            login = "chief"
        else:
            login = role.value
            if not any(person.login == login for person in people.people()):
                chief = self.log_in(Role.SUPERINTENDENT)
                self.run(AddPerson(login=login, display_name=login, role=role, password=PASSWORD), chief)
        self.sessions[role] = people.log_in(login, PASSWORD)
        return self.sessions[role]

    def session_of(self, row: PersonRow, **changes: Any) -> Session:
        """Return the session value that a log-in would make; it is not live."""
        made = Session(
            id=new_id(),
            person_id=row.id,
            login=row.login,
            display_name=row.display_name,
            role=row.role,
            station_id="SKA",
            writer_id=self.store.writer.id,
            started_at=self.clock.now(),
        )
        return replace(made, **changes)

    @property
    def officer(self) -> Session:
        return self.log_in(Role.DUTY_OFFICER)

    @property
    def registrar(self) -> Session:
        return self.log_in(Role.CAMERA_REGISTRAR)

    @property
    def chief(self) -> Session:
        return self.log_in(Role.SUPERINTENDENT)

    @property
    def lead(self) -> Session:
        return self.log_in(Role.SHIFT_LEAD)

    def run(self, command: Any, session: Session) -> Any:
        return self.station.dispatcher.run(command, session)

    # Cameras and what is allowed at them

    def camera(self, address: str | None = None, owner: OwnerType = OwnerType.SHOP, **more: Any) -> str:
        """Register a camera at HERE with an address of its own."""
        self._cameras += 1
        code = f"C{self._cameras:03d}"
        fields = {"lat": HERE[0], "lon": HERE[1]} | more
        made: str = self.run(RegisterCamera(code=code, name=f"กล้อง {code}", owner_type=owner, **fields), self.registrar)
        self.address(made, address or f"rtsp://user:pass@192.168.1.{self._cameras}:554/live")
        return made

    def address(self, camera_id: str, address: str, which: AddressKind = AddressKind.MAIN) -> None:
        version = self.station.cameras.camera(camera_id).version
        command = SetAddress(camera_id=camera_id, version=version, address=Secret(address), which=which)
        self.run(command, self.registrar)

    def confirm(self, camera_id: str, role: Role = Role.SHIFT_LEAD) -> None:
        """Ask the owner whether what stands at the new address is his camera; it is."""
        version = self.station.cameras.camera(camera_id).version
        self.run(ReconfirmCameras(cameras=((camera_id, version),), way=WithdrawalWay.PHONE), self.log_in(role))

    def permit(self, camera_id: str, level: AccessLevel = AccessLevel.ALWAYS, **more: Any) -> str:
        """Let the owner sign; another kind of permission is recorded."""
        fields: dict[str, Any] = {
            "kind": AuthorityKind.OWNER,
            "purposes": TICKED,
            "valid_from": self.clock.now() - timedelta(days=1),
        } | more
        if fields["kind"] is AuthorityKind.OWNER:
            terms = AuthorityTerms(level=level, **fields)
            stamp = CommandStamp(new_id(), "sign_consent", self.registrar)
            return self.store.submit(lambda tx: sign.permit(tx, camera_id, terms), command=stamp).id
        made: str = self.run(RecordAuthority(camera_id=camera_id, level=level, **fields), self.registrar)
        return made

    def permit_before(self, camera_id: str) -> str:
        """Put in what an owner permitted in a version that knew no consents."""
        terms = AuthorityTerms(AuthorityKind.OWNER, AccessLevel.ALWAYS, TICKED, self.clock.now() - timedelta(days=1))
        stamp = CommandStamp(new_id(), "record_authority", self.registrar)
        return self.store.submit(lambda tx: sign.from_before(tx, camera_id, terms), command=stamp)

    def countersign(self, authority_id: str, session: Session | None = None) -> None:
        row = self.authority(authority_id)
        command = CountersignAuthority(authority_id=authority_id, version=row.version)
        self.run(command, session or self.chief)

    def own_camera(self) -> str:
        camera = self.camera(owner=OwnerType.POLICE)
        self.countersign(self.permit(camera, kind=AuthorityKind.OWN))
        return camera

    def shop(self, level: AccessLevel = AccessLevel.ALWAYS, **more: Any) -> str:
        camera = self.camera()
        self.permit(camera, level, **more)
        return camera

    def authority(self, authority_id: str) -> Any:
        rows = [row for camera in self.station.cameras.cameras() for row in self.station.authorities.history(camera.id)]
        return next(row for row in rows if row.id == authority_id)

    def current(self, camera_id: str) -> Any:
        row = self.station.authorities.current(camera_id)
        assert row is not None
        return row

    def withdraw(self, camera_id: str) -> None:
        row = self.current(camera_id)
        self.run(WithdrawAuthority(authority_id=row.id, version=row.version), self.registrar)

    def pause(self, camera_id: str) -> None:
        row = self.current(camera_id)
        self.run(PauseAuthority(authority_id=row.id, version=row.version), self.officer)

    def row_of_tomorrow(self, days: int = 1) -> None:
        """The clock was wrong for a moment, in which something was written."""
        self.clock.shift_wall(days * 86_400)
        self.incident()
        self.clock.shift_wall(-days * 86_400)

    def incident(self, at: tuple[float, float] = HERE, by: Session | None = None) -> str:
        command = OpenIncident(title="เหตุสมมติ", lat=at[0], lon=at[1])
        made: str = self.run(command, by or self.lead)
        return made

    def close_incident(self, incident_id: str) -> None:
        row = self.station.incidents.incident(incident_id)
        self.run(CloseIncident(incident_id=incident_id, version=row.version, outcome=Outcome.SETTLED), self.lead)

    # Looking

    def ask(self, camera_id: str, purpose: Purpose = Purpose.RISK_SPOT, **more: Any) -> LiveFeed | Denied:
        session = more.pop("session", None) or self.officer
        return self.feeds.open(session, FeedRequest(camera_id, purpose, **more))

    def look(self, camera_id: str, purpose: Purpose = Purpose.RISK_SPOT, **more: Any) -> LiveFeed:
        live = self.ask(camera_id, purpose, **more)
        assert isinstance(live, LiveFeed), live
        return live

    def refusal(self, camera_id: str, purpose: Purpose = Purpose.RISK_SPOT, **more: Any) -> Denied:
        denied = self.ask(camera_id, purpose, **more)
        assert isinstance(denied, Denied)
        return denied

    def stream(self, live: LiveFeed) -> FakeStream:
        found = [stream for stream in self.engine.streams if stream.request.camera_id == live.camera_id]
        return found[-1]

    def rows(self, *classes: str) -> list[JournalRow]:
        """Return journal rows of these classes, after the gate has written what waits."""
        self.feeds.keep()
        return self.store.read(lambda tx: read_rows(tx, {}, 100_000, RowFilter(event_classes=classes)))

    def data(self, *classes: str) -> list[Mapping[str, Any]]:
        return [row.data for row in self.rows(*classes)]
