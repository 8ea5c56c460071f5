"""What is kept of the cameras' health, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from console.db import health as db
from console.db.cameras import Camera, CameraFacts, register_camera
from console.db.health import Ending, Hour, Minute, Outage, Span, hour_of
from console.db.store import Store, Tx, Writer, discard
from console.kernel import Fault, OwnerType
from console.services.health import FEW_S, Health, Reach
from tests.store.world import STATION, HandClock, write

LIVE = Minute(live=60, rate=15.0, least=12.0, kbps=800, measured=60)
DOWN = Minute(down=60)


@pytest.fixture
def camera(store: Store) -> str:
    facts = CameraFacts("A1", "หน้าร้าน", "ถ.นครใน", OwnerType.SHOP)
    return write(store, lambda tx: register_camera(tx, facts)).id


@pytest.fixture
def other(store: Store) -> Callable[[Callable[[Tx], object]], None]:
    """Write as another console of the station does."""

    def note(work: Callable[[Tx], object]) -> None:
        def elsewhere(tx: Tx) -> None:
            tx.writer = Writer(id="other", station_id=STATION, program="tests")
            work(tx)

        store.note(elsewhere)

    return note


def add(camera: str, hour: int, minutes: dict[int, Minute], gap_s: float = 0.0) -> Callable[[Tx], None]:
    return lambda tx: db.add_hours(tx, [Hour(camera, hour, minutes, gap_s)])


def test_minutes_come_back_as_they_went_and_an_hour_stays_small() -> None:
    minutes = {3: LIVE, 59: Minute(live=10, stale=20, reconnecting=20, down=10, reconnects=3)}
    assert db.unpack(db.pack(minutes)) == minutes
    assert db.unpack(b"nonsense") == {}
    assert len(db.pack(dict.fromkeys(range(60), LIVE))) < 60


def test_two_runs_of_a_console_add_up_to_one_hour(store: Store, camera: str, clock: HandClock) -> None:
    hour = hour_of(clock.now())
    half = replace(LIVE, live=20, measured=20, rate=5.0)
    store.note(add(camera, hour, {0: LIVE, 1: replace(LIVE, live=30, measured=30)}, 4.0))
    store.note(add(camera, hour, {1: half, 2: DOWN}, 9.0))
    ((_key, sums),) = store.read(lambda tx: db.hour_sums(tx, Span(hour, hour + 1), 1)).items()
    assert (sums.live, sums.down, sums.watched, sums.gap_s) == (110, 60, 170, 9.0)
    assert sums.rate == pytest.approx((60 * 15 + 30 * 15 + 20 * 5) / 110, abs=0.05)
    assert (sums.kbps, sums.least) == (800, 12.0)
    store.note(add(camera, hour, {0: LIVE}))
    assert store.read(lambda tx: db.seen_hours(tx, Span(hour, hour + 1)))[0].minutes[0] == LIVE, "no minute has 120 s"


def test_a_note_is_no_command_and_changes_no_record(store: Store, camera: str) -> None:
    heard: list[object] = []
    store.on_change(heard.append)
    store.note(lambda tx: db.note_probe(tx, camera, answered=True))

    def change(tx: Tx) -> None:
        found = tx.session.get(Camera, camera)
        assert found is not None
        found.name = "x"
        tx.session.flush()

    with pytest.raises(RuntimeError):
        store.note(change)
    with pytest.raises(TypeError):
        store.note(lambda tx: discard(tx, Camera))
    assert heard == []


def test_outages_are_updated_by_their_id_and_closed_after_a_crash(store: Store, camera: str, clock: HandClock) -> None:
    began = clock.now()
    outage = Outage(camera, began, began + timedelta(seconds=30), Fault.NO_ANSWER, id="o1")
    store.note(lambda tx: db.put_outages(tx, [outage]))
    store.note(lambda tx: db.put_outages(tx, [replace(outage, until=began + timedelta(seconds=90))]))
    (found,) = store.read(lambda tx: db.outages(tx, began, began + timedelta(hours=1)))
    assert (found.seconds, found.fault, found.ending) == (90, Fault.NO_ANSWER, Ending.GOES_ON)
    store.note(db.close_crashed_outages)
    (found,) = store.read(lambda tx: db.outages(tx, began, began + timedelta(hours=1), camera))
    assert (found.seconds, found.ending) == (90, Ending.UNWATCHED)
    assert store.read(db.last_outages) == {camera: began}


def test_what_is_old_is_forgotten(store: Store, camera: str, clock: HandClock) -> None:
    hour = hour_of(clock.now())
    store.note(add(camera, hour - 48, {0: LIVE}))
    store.note(add(camera, hour, {0: LIVE}))
    old = Outage(camera, clock.now() - timedelta(days=2), clock.now() - timedelta(days=2), Fault.FROZEN, id="old")
    store.note(lambda tx: db.put_outages(tx, [old]))
    store.note(lambda tx: db.forget_before(tx, clock.now() - timedelta(days=1)))
    assert [seen.hour for seen in store.read(lambda tx: db.seen_hours(tx, Span(0, hour + 1)))] == [hour]
    assert store.read(db.last_outages) == {}


def test_days_are_the_stations_and_two_consoles_are_one_station(
    store: Store, camera: str, clock: HandClock, other: Callable[[Callable[[Tx], object]], None]
) -> None:
    # 1:02 UTC on the 22nd is 8:02 in Bangkok; 17:00 UTC is the midnight there.
    clock.time = datetime.fromisoformat("2026-11-22T20:00:00+00:00")
    midnight = hour_of(datetime.fromisoformat("2026-11-22T17:00:00+00:00"))
    store.note(add(camera, midnight - 1, {59: LIVE}))
    store.note(add(camera, midnight, {0: LIVE, 1: DOWN, 2: DOWN}))
    other(add(camera, midnight, {1: LIVE, 2: Minute(live=20, down=10)}))
    health = Health(store, clock)
    found = health.availability(date(2026, 11, 22), date(2026, 11, 23))[camera]
    assert [(day.day.day, day.sums.live, day.sums.down, day.sums.watched) for day in found.days] == [
        (22, 60, 0, 60),
        (23, 140, 40, 180),
    ]
    assert found.sums.share == pytest.approx(200 / 240)
    assert found.sums.watched == 240 < FEW_S
    chart = health.chart(camera, Reach.DAY)
    assert sum(piece.sums.live for piece in chart.pieces) == 200
    assert all(piece.began <= clock.now() for piece in chart.pieces)
    (entry,) = health.entries()
    assert entry.health is not None
    assert entry.health.today is not None
    assert entry.health.today.day == date(2026, 11, 23)


def test_an_outage_of_one_console_alone_is_none_of_the_station(
    store: Store, camera: str, clock: HandClock, other: Callable[[Callable[[Tx], object]], None]
) -> None:
    hour = hour_of(clock.now())
    began = db.hour_begins(hour) + timedelta(seconds=70)
    own = Outage(camera, began, began + timedelta(seconds=40), Fault.NO_ANSWER, Ending.BACK, id="own")
    store.note(add(camera, hour, {1: DOWN, 5: DOWN}))
    store.note(
        lambda tx: db.put_outages(
            tx,
            [own, replace(own, id="both", began=began + timedelta(seconds=240), until=began + timedelta(seconds=300))],
        )
    )
    other(add(camera, hour, {1: LIVE, 5: DOWN}))
    other(
        lambda tx: db.put_outages(
            tx,
            [
                replace(
                    own,
                    id="theirs",
                    began=began + timedelta(seconds=250),
                    until=began + timedelta(seconds=330),
                    fault=Fault.REFUSED,
                )
            ],
        )
    )
    today = (clock.now() + timedelta(hours=7)).date()
    found = Health(store, clock).availability(today, today)[camera]
    assert (found.outages, found.longest_s) == (1, 90)
    (outage,) = Health(store, clock).chart(camera, Reach.DAY).outages
    assert outage.fault is Fault.REFUSED
