"""The demonstration's store: invented, written by commands, and its wall opens as promised."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.db.journal import read_rows
from console.db.keyrings import MemoryKeyring
from console.db.store import Store, StorePlace, load_writer
from console.kernel import (
    STATION_ZONE,
    AuthorityKind,
    Denied,
    DenyReason,
    Purpose,
    Role,
    Session,
)
from console.services import demo, demo_town
from console.services.addresses import CAMERA_SCHEMES, DEMO_SCHEME
from console.services.people import station_vault
from console.services.permits import Ages, Case, Happening, Permit, Place, decide, hours_end
from console.services.station import Station
from console.settings import GateSettings

AGES = Ages(GateSettings().private_age_s, GateSettings().agency_age_s, GateSettings().clock_slack_s)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Station, demo.Demonstration]]:
    folder = tmp_path_factory.mktemp("demonstration")
    clock = demo.StagedClock()
    store = Store.open(
        StorePlace.standalone(folder), clock=clock, writer=load_writer(folder, demo_town.STATION_ID, "test")
    )
    try:
        station = Station(store, station_vault(MemoryKeyring()), clock, CAMERA_SCHEMES | {DEMO_SCHEME})
        made = demo.fill(station, clock)
        yield station, made
    finally:
        store.close()


@pytest.fixture
def officer(filled: tuple[Station, demo.Demonstration]) -> Iterator[Session]:
    station, made = filled
    session = station.people.log_in(made.login, made.password)
    yield session
    station.people.log_out(session)


def answers(station: Station, session: Session, incident_id: str) -> dict[str, Permit | Denied]:
    """Return what the gate's pure decision says for every camera, the open incident being the purpose."""
    incident = station.incidents.incident(incident_id)
    assert incident.lat is not None
    assert incident.lon is not None
    happening = Happening(incident.id, Place(incident.lat, incident.lon), incident.opened_by, incident.is_open)
    rights = station.authorities.by_camera()
    now = station.clock.now()
    said = {}
    for camera in station.cameras.cameras():
        assert camera.lat is not None
        assert camera.lon is not None
        case = Case(session, Purpose.INCIDENT, now, now, Place(camera.lat, camera.lon), happening)
        said[camera.code] = decide(rights.get(camera.id), case, AGES)
    return said


def test_every_tile_of_the_wall_opens(filled: tuple[Station, demo.Demonstration], officer: Session) -> None:
    station, made = filled
    wall = station.walls.of(officer)
    assert wall is not None
    codes = {camera.id: camera.code for camera in station.cameras.cameras()}
    assert [codes[cell or ""] for cell in wall.cells] == [sample.code for sample in demo_town.WALL]
    assert wall.layout == "9"
    assert len(set(wall.cells)) == 9
    said = answers(station, officer, made.incident_id)
    assert all(isinstance(said[sample.code], Permit) for sample in demo_town.WALL), said


def test_the_wall_mixes_private_own_and_agency_cameras(filled: tuple[Station, demo.Demonstration]) -> None:
    station, _ = filled
    codes = {camera.id: camera.code for camera in station.cameras.cameras()}
    rights = {codes[camera]: row for camera, row in station.authorities.by_camera().items()}
    on_wall = [rights[sample.code] for sample in demo_town.WALL]
    assert {row.kind for row in on_wall} == set(AuthorityKind)
    assert {row.level for row in on_wall if row.private} == {1, 2, 3}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("P06", DenyReason.OUTSIDE_HOURS),
        ("P07", DenyReason.PAUSED_BY_OWNER),
        ("P08", DenyReason.REGISTER_ONLY),
        ("P09", DenyReason.INCIDENT_TOO_FAR),
        ("H01", DenyReason.NOT_COUNTERSIGNED),
    ],
)
def test_the_others_show_why_a_tile_stays_dark(
    filled: tuple[Station, demo.Demonstration], officer: Session, code: str, reason: DenyReason
) -> None:
    station, made = filled
    answer = answers(station, officer, made.incident_id)[code]
    assert isinstance(answer, Denied)
    assert answer.reason is reason


def test_nobody_stays_logged_in_and_every_role_is_there(filled: tuple[Station, demo.Demonstration]) -> None:
    station, made = filled
    assert station.sessions.live() == []
    people = station.people.people()
    assert {row.role for row in people} == set(Role)
    for row in people:
        station.people.log_out(station.people.log_in(row.login, made.password))


def test_the_superintendent_sits_before_the_wall_and_may_open_every_page(
    filled: tuple[Station, demo.Demonstration], officer: Session
) -> None:
    station, made = filled
    assert officer.role is Role.SUPERINTENDENT
    incident = station.incidents.incident(made.incident_id)
    assert incident.is_open
    assert incident.opened_by != officer.person_id, "a view through one's own incident would wait for review"


def test_the_town_has_a_past_and_the_clock_has_caught_up(filled: tuple[Station, demo.Demonstration]) -> None:
    station, _ = filled
    times = [row.at for row in station.store.read(lambda tx: read_rows(tx, {}, 100_000))]
    assert times == sorted(times)
    now = datetime.now(UTC)
    assert now - times[0] >= timedelta(days=30)
    last = min(
        happening.ago - max((entry.after for entry in happening.entries), default=timedelta())
        for happening in demo_town.HAPPENINGS
    )
    assert now - times[-1] < last + timedelta(minutes=5), "whichever test was the first to log in"
    assert abs(station.clock.now() - now) < timedelta(minutes=1)


def test_incidents_of_every_kind_are_in_the_log(filled: tuple[Station, demo.Demonstration], officer: Session) -> None:
    station, made = filled
    rows = station.incidents.incidents()
    assert {row.is_open for row in rows} == {True, False}
    assert all(row.outcome is not None for row in rows if not row.is_open)
    assert len({row.category for row in rows}) == len(rows)
    assert all(row.happened_at is not None and row.happened_at < row.opened_at for row in rows)
    entries = station.incidents.file(made.incident_id, officer).entries
    assert [bool(line.entry.struck_at) for line in entries].count(True) == 1
    struck = next(line.entry for line in entries if line.entry.struck_at)
    assert struck.strike_reason


def test_the_journal_of_the_past_is_whole(filled: tuple[Station, demo.Demonstration], officer: Session) -> None:
    station, _ = filled
    assert station.journal.verify(officer).problems == ()


def test_the_circles_shops_wait_for_their_owners(filled: tuple[Station, demo.Demonstration], officer: Session) -> None:
    station, made = filled
    rights = station.authorities.by_camera()
    said = answers(station, officer, made.incident_id)
    for sample in demo_town.CIRCLE:
        camera = station.cameras.by_code(sample.code)
        assert camera is not None
        assert camera.has_address
        assert camera.id not in rights
        answer = said[sample.code]
        assert isinstance(answer, Denied)
        assert answer.reason is DenyReason.NO_AUTHORITY


def test_two_demonstrations_share_no_password(filled: tuple[Station, demo.Demonstration], tmp_path: Path) -> None:
    clock = demo.StagedClock()
    store = Store.open(
        StorePlace.standalone(tmp_path), clock=clock, writer=load_writer(tmp_path, demo_town.STATION_ID, "test")
    )
    try:
        station = Station(store, station_vault(MemoryKeyring()), clock, CAMERA_SCHEMES | {DEMO_SCHEME})
        other = demo.fill(station, clock)
    finally:
        store.close()
    assert other.password != filled[1].password


def test_a_real_station_refuses_the_demonstrations_addresses(tmp_path: Path) -> None:
    """The scheme is known only where the composition root passes it."""
    clock = demo.StagedClock()
    store = Store.open(
        StorePlace.standalone(tmp_path), clock=clock, writer=load_writer(tmp_path, demo_town.STATION_ID, "test")
    )
    try:
        station = Station(store, station_vault(MemoryKeyring()), clock)
        with pytest.raises(Exception, match=r"address\.scheme"):
            demo.fill(station, clock)
    finally:
        store.close()


def test_hours_hold_for_another_hour_at_every_minute_of_the_day() -> None:
    midnight = datetime(2026, 1, 1, tzinfo=STATION_ZONE)
    for minute in range(24 * 60):
        now = (midnight + timedelta(minutes=minute)).astimezone(UTC)
        hours = demo.hours_around(now)
        end = hours_end([hours], now)
        assert end is not None
        assert end - now >= timedelta(minutes=60)
        assert hours_end([hours[::-1]], now) is None


def test_every_scene_named_is_painted() -> None:
    from console.views.demo_scenes import SCENES

    assert demo.is_current(SCENES)
    assert not demo.is_current(set(SCENES) - {"pier"})
