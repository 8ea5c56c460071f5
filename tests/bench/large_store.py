"""A station of some years: 1,000 cameras and 1,000,000 rows of the journal, in the journal's own bytes and chains.

Made once and kept in `build/bench`, in a folder named after the schema, so that a new schema gets a new store. People,
cameras, consents and incidents are written as the program writes them; the years of looking are written in large
transactions, since one by one they would take an hour.
"""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert, select, update

from console.db import journal
from console.db.authorities import AuthorityTerms
from console.db.cameras import Camera
from console.db.feeds import View
from console.db.journal import JournalEvent
from console.db.journal_format import Head, row_hash
from console.db.journal_rows import JournalEntry, JournalTopic
from console.db.journal_topics import topics_of
from console.db.keyrings import NoKeyring
from console.db.store import CommandStamp, Tx, Writer
from console.kernel import (
    AccessLevel,
    AuthorityKind,
    DenyReason,
    EndReason,
    OwnerType,
    Purpose,
    Role,
    Secret,
    Session,
    ViewKind,
    Zone,
    new_id,
)
from console.room import Room, RoomPlan
from console.services.cameras import RegisterCamera, SetAddress
from console.services.incidents import OpenIncident
from console.services.people import AddPerson, station_vault
from console.services.walls import SaveWall
from tests.fakes import FakeClock
from tests.signing import permit
from tests.station import ALL_DAY, HEAD, OFFICER, PASSWORD, REGISTRAR, Furnished, Wishes, furnish, settings_of

ROOT: Final = Path(__file__).resolve().parents[2]
KEPT: Final = ROOT / "build" / "bench"
SEED: Final = 2569
_SPAN: Final = timedelta(days=400)
_BATCH: Final = 20_000
_PER_MILLE: Final = 1000
_PEOPLE: Final = (
    ("ส.ต.อ.", "สมชาย ใจดี"),
    ("ส.ต.ท.หญิง", "พรทิพย์ ศรีสุวรรณ"),
    ("จ.ส.ต.", "ประเสริฐ ทองแก้ว"),
    ("ด.ต.", "วิชัย แสงอรุณ"),
    ("ส.ต.ต.", "ธนากร บุญมา"),
    ("ร.ต.ท.", "อนุชา รัตนพันธ์"),
)
_SHOPS: Final = ("ร้านทอง", "ร้านสะดวกซื้อ", "ร้านข้าวต้ม", "ตลาดสด", "ปั๊มน้ำมัน", "หอพัก", "โรงเรียน", "วัด", "บ้านเลขที่", "ธนาคาร")
_ROADS: Final = ("ถนนนครใน", "ถนนไทรบุรี", "ถนนราชดำเนิน", "ถนนนางงาม", "ถนนชลาทัศน์", "ถนนกาญจนวนิช", "ซอยสวนหมาก")
_OWNERS: Final = (OwnerType.SHOP, OwnerType.HOME, OwnerType.BANK_OR_GOLD, OwnerType.ESTATE, OwnerType.SCHOOL)
_TROUBLES: Final = ("ทะเลาะวิวาทหน้าร้าน", "รถจักรยานยนต์หาย", "ลักทรัพย์ในร้าน", "อุบัติเหตุจราจร", "เสียงดังรบกวน")
_PURPOSES: Final = (Purpose.RISK_SPOT, Purpose.INCIDENT, Purpose.FOLLOW, Purpose.TRAFFIC)
_ENDS: Final = (EndReason.CLOSED, EndReason.REPLACED, EndReason.HANDOVER, EndReason.LOCK, EndReason.PURPOSE_CHANGED)
_DENIALS: Final = (DenyReason.OUTSIDE_HOURS, DenyReason.NO_INCIDENT, DenyReason.PURPOSE_NOT_ALLOWED, DenyReason.EXPIRED)


@dataclass(frozen=True, slots=True)
class Extent:
    """How large the station is. The first `live` cameras have an address of their own and stand on the wall."""

    cameras: int = 1000
    rows: int = 1_000_000
    live: int = 16
    incidents: int = 200
    officers: int = len(_PEOPLE)


def large_station(extent: Extent, say: Callable[[str], None] = lambda _text: None) -> Path:
    """Return the folder of the kept station, made now if it is not there."""
    folder = KEPT / f"station-{_schema()}-{extent.cameras}-{extent.rows}"
    if not (folder / "whole").exists():
        # Those of an older schema go with it: each takes gigabytes.
        for old in KEPT.glob(f"station-*-{extent.cameras}-{extent.rows}"):
            shutil.rmtree(old)
        say(f"making a station of {extent.cameras:,} cameras and {extent.rows:,} rows of the journal, once")
        make_station(folder, extent, say)
        (folder / "whole").touch()
    return folder


def _schema() -> str:
    """A name for the tables and for what is put into them."""
    digest = hashlib.sha256()
    versions = (ROOT / "console" / "db" / "migrations" / "versions").glob("*.py")
    for path in (*sorted(versions), Path(__file__), ROOT / "console" / "db" / "journal_topics.py"):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def make_station(folder: Path, extent: Extent, say: Callable[[str], None] = lambda _text: None) -> None:
    """Make the station; its clock begins more than a year ago and ends an hour ago."""
    begin = datetime.now(UTC) - _SPAN
    clock = FakeClock(begin)
    addresses = [f"rtsp://10.20.{number // 250}.{number % 250 + 1}/live" for number in range(extent.live)]
    # Without a keyring, as the measured process cannot share one that lives in memory.
    wishes = Wishes(addresses, layout=extent.live, vault=station_vault(NoKeyring()), clock=clock)
    made = furnish(folder, wishes)
    room = Room.open(made.plan)
    try:
        town = _settle(room, made, extent)
        _fill(room, town, clock, extent, say)
    finally:
        room.close()


def set_addresses(folder: Path, urls: list[str]) -> None:
    """Give the cameras on the wall the addresses of this run's streams."""
    room = Room.open(RoomPlan(folder, settings_of(folder, {}), station_vault(NoKeyring())))
    try:
        registrar = room.log_in(REGISTRAR, Secret(PASSWORD))
        cameras = sorted(room.station.cameras.cameras(), key=lambda camera: camera.code)[: len(urls)]
        for camera, url in zip(cameras, urls, strict=True):
            command = SetAddress(camera_id=camera.id, version=camera.version, address=Secret(url))
            room.station.dispatcher.run(command, registrar)
    finally:
        room.close()


@dataclass(frozen=True, slots=True)
class _Town:
    """Who looks, at what, and why."""

    officers: list[Session]
    cameras: list[str]
    incidents: list[str]


def _settle(room: Room, made: Furnished, extent: Extent) -> _Town:
    run, people = room.station.dispatcher.run, room.station.people
    head, registrar, officer = (people.log_in(login, Secret(PASSWORD)) for login in (HEAD, REGISTRAR, OFFICER))
    run(SaveWall(layout=str(extent.live), cells=made.cameras), head)
    officers = [officer]
    for number, (rank, name) in enumerate(_PEOPLE[: extent.officers]):
        login = f"officer{number}"
        role = Role.SHIFT_LEAD if number == 0 else Role.DUTY_OFFICER
        run(AddPerson(login=login, display_name=name, rank=rank, role=role, password=Secret(PASSWORD)), head)
        officers.append(people.log_in(login, Secret(PASSWORD)))
    cameras = list(made.cameras)
    for number in range(extent.live, extent.cameras):
        cameras.append(run(_camera(number), registrar))
        if number % 10:
            _permit(room, cameras[-1], number, registrar)
    titles = [f"{_TROUBLES[number % len(_TROUBLES)]} {number + 1}" for number in range(extent.incidents)]
    incidents = [run(OpenIncident(title=title, place=_ROADS[0]), officer) for title in titles]
    return _Town(officers, cameras, incidents)


def _camera(number: int) -> RegisterCamera:
    shop, road = _SHOPS[number % len(_SHOPS)], _ROADS[number % len(_ROADS)]
    return RegisterCamera(
        code=f"SK-{number:04}",
        name=f"{shop} {number} {road}",
        place=road,
        owner_type=_OWNERS[number % len(_OWNERS)],
        lat=7.19 + number / 50_000,
        lon=100.59,
        zone=Zone.INSIDE if number % 3 else Zone.OUTSIDE,
    )


def _permit(room: Room, camera_id: str, number: int, registrar: Session) -> None:
    """Let an owner sign at one of the levels."""
    level = AccessLevel(number % 4)
    terms = AuthorityTerms(
        kind=AuthorityKind.OWNER,
        level=level,
        hours=((1080, 360),) if level is AccessLevel.HOURS else (),
        radius_m=300 if level is AccessLevel.INCIDENT else 0,
        purposes=ALL_DAY,
        valid_from=room.plan.clock.now(),
    )
    stamp = CommandStamp(new_id(), "sign_consent", registrar)
    room.station.store.submit(lambda tx: permit(tx, camera_id, terms), command=stamp)


# The years of looking


@dataclass(slots=True)
class _Moment:
    """What a row is made of, as `Tx` has it: the journal's own code makes the bytes from it."""

    writer: Writer
    now: datetime
    written_stamp: CommandStamp


@dataclass(slots=True)
class _Pen:
    """Writes rows into the chains; `entries`, `topics` and `views` wait for the next transaction."""

    writer: Writer
    chain: Head
    cameras: dict[str, Head] = field(default_factory=dict)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Where each camera stands by now, and its version."""
    entries: list[dict[str, Any]] = field(default_factory=list)
    topics: list[dict[str, Any]] = field(default_factory=list)
    views: list[dict[str, Any]] = field(default_factory=list)

    def write(self, at: datetime, session: Session, action: str, event: JournalEvent) -> None:
        moment: Any = _Moment(self.writer, at, CommandStamp(new_id(), action, session))
        camera = self.cameras.get(event.camera_id, Head()) if event.camera_id else None
        body = journal._body(moment, event, (self.chain, camera), {})
        new = Head(self.chain.seq + 1, row_hash(body))
        entry = journal._columns(moment, event, new) | {"prev": self.chain.hash, "body": body}
        if event.camera_id and camera is not None:
            entry["camera_seq"] = camera.seq + 1
            self.cameras[event.camera_id] = Head(camera.seq + 1, new.hash)
        self.chain = new
        self.entries.append(entry)
        found_by = {name: entry[name] for name in journal._FOUND_BY}
        self.topics += [
            found_by | {"topic": topic} for topic in topics_of(event.event_class, event.subject, event.data)
        ]

    def store(self, tx: Tx) -> None:
        connection = tx.session.connection()
        for table, rows in ((JournalEntry, self.entries), (JournalTopic, self.topics), (View, self.views)):
            if rows:
                connection.execute(insert(table), rows)
            rows.clear()
        for camera, (place, version) in self.places.items():
            # Past the flush: what it would journal stands there already.
            moved = update(Camera).where(Camera.id == camera).values(place=place, version=version)
            connection.execute(moved)
        tx.chain_head = self.chain


def _fill(room: Room, town: _Town, clock: FakeClock, extent: Extent, say: Callable[[str], None]) -> None:
    store = room.station.store
    pen = store.read(lambda tx: _pen(tx, town))
    step = (datetime.now(UTC) - timedelta(hours=1) - clock.now()) / max(1, extent.rows - pen.chain.seq)
    happenings = _happenings(pen, town, clock, step)
    while pen.chain.seq < extent.rows:
        while len(pen.entries) < _BATCH and pen.chain.seq < extent.rows:
            next(happenings)
        store.submit(pen.store, command=CommandStamp(new_id(), "bench.fill"))
        say(f"  {pen.chain.seq:,} rows")


def _pen(tx: Tx, town: _Town) -> _Pen:
    pen = _Pen(tx.writer, journal.journal_head(tx.session, tx.writer.id))
    connection, asked = tx.session.connection(), {"writer": tx.writer.id}
    for camera in town.cameras:
        found = connection.execute(journal._CAMERA_HEAD.made, asked | {"camera": camera}).first()
        pen.cameras[camera] = journal._head(found)
    standing = tx.session.execute(select(Camera.id, Camera.place, Camera.version))
    pen.places = {camera: (place, version) for camera, place, version in standing}
    return pen


def _happenings(pen: _Pen, town: _Town, clock: FakeClock, step: timedelta) -> Iterator[None]:
    """One after the other: mostly views, some refusals, some changes of cameras, some log-ins."""
    dice = random.Random(SEED)
    while True:
        officer, camera = dice.choice(town.officers), dice.choice(town.cameras)
        drawn, before = dice.randrange(_PER_MILLE), pen.chain.seq
        at = clock.now()
        if drawn < 900:
            _view(pen, town, dice, (at, officer, camera))
        elif drawn < 960:
            data = {"purpose": dice.choice(_PURPOSES).value, "reason": dice.choice(_DENIALS).value}
            pen.write(at, officer, "feeds.open", JournalEvent("view.denied", ("camera", camera), data, camera))
        elif drawn < 980:
            pen.write(at, officer, "change_camera", _moved(pen, camera, dice.choice(_ROADS)))
        else:
            data = {"session": officer.id, "role": officer.role.value}
            pen.write(at, officer, "log_in", JournalEvent("login.ok", ("person", officer.person_id), data))
        clock.advance(step.total_seconds() * (pen.chain.seq - before))
        yield


def _moved(pen: _Pen, camera: str, place: str) -> JournalEvent:
    """A camera is somewhere else from now on."""
    former, version = pen.places[camera]
    pen.places[camera] = place, version + 1
    fields: Any = {"place": [former, place]}
    changed = {"op": "changed", "version": version + 1, "fields": fields, "hidden": []}
    return JournalEvent("record.changed", ("camera", camera), changed, camera)


def _view(pen: _Pen, town: _Town, dice: random.Random, who: tuple[datetime, Session, str]) -> None:
    """A view from its opening to its end, and its record."""
    at, officer, camera = who
    view, purpose = new_id(), dice.choice(_PURPOSES)
    incident = dice.choice(town.incidents) if purpose is Purpose.INCIDENT else None
    kind = dice.choice((ViewKind.WALL, ViewKind.WALL, ViewKind.FOCUS))
    seconds, reason = dice.randrange(5, 3600), dice.choice(_ENDS)
    opened: Any = {"purpose": purpose.value, "kind": kind.value, "authority": None, "incident": incident}
    ended = {"reason": reason.value, "seconds": seconds, "pictures": True}
    subject, picture = ("view", view), timedelta(milliseconds=400)
    opened["self_opened_incident"] = False
    pen.write(at, officer, "feeds.open", JournalEvent("view.opened", subject, opened, camera))
    pen.write(at + picture, officer, "views.follow", JournalEvent("view.picture", subject, {"after_ms": 400}, camera))
    end = at + timedelta(seconds=seconds)
    pen.write(end, officer, "views.follow", JournalEvent("view.ended", subject, ended, camera))
    pen.views.append(
        {
            "id": view,
            "station_id": pen.writer.station_id,
            "version": 3,
            "writer_id": pen.writer.id,
            "session_id": officer.id,
            "person_id": officer.person_id,
            "camera_id": camera,
            "incident_id": incident,
            "purpose": purpose.value,
            "view_kind": kind.value,
            "self_opened_incident": False,
            "opened_at": at,
            "first_picture_at": at + picture,
            "ended_at": end,
            "end_reason": reason.value,
        }
    )
