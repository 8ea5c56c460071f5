"""What is counted while cameras are watched: the rules under a still clock, then the watch over the real gate."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from console.db import health as db
from console.db.health import Ending, Hour, Minute, Outage
from console.kernel import Fault, Purpose, StreamFacts, TileState, Unavailable, new_id
from console.services.feeds import FeedRequest, LiveFeed, TileStatus
from console.services.health import Sums, clipped, merge_outages, together
from console.services.health_watch import HealthWatch, Ledger, Look, best_looks
from tests.gate.room import Room

START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def status(state: TileState, fault: Fault = Fault.NONE, **more: float) -> TileStatus:
    fields = {"age_s": 0.1 if state is TileState.LIVE else None, "kbps": 0.0, "reconnects": 0} | more
    return TileStatus(
        state,
        fault,
        None,
        fields["age_s"],
        0,
        START,
        kbps=float(fields["kbps"] or 0.0),
        reconnects=int(fields["reconnects"] or 0),
        turn=int(fields.get("turn") or 0),
    )


@dataclass
class Watching:
    """A ledger that is looked at once a second."""

    ledger: Ledger = field(default_factory=Ledger)
    at: float = 0.0
    pictures: int = 0
    jumped: float = 0.0
    """What the wall clock is ahead of the other one."""

    def see(self, seconds: int, told: TileStatus | None, fps: int = 15, view: str = "v1") -> None:
        for _second in range(seconds):
            self.pictures += fps
            looks = {} if told is None else {"c1": Look(view, replace(told, pictures=self.pictures))}
            self.ledger.look(looks, self.now, self.at)
            self.at += 1.0

    @property
    def now(self) -> datetime:
        return START + timedelta(seconds=self.at + self.jumped)

    def finished(self) -> tuple[list[Hour], list[Outage]]:
        return self.ledger.finished()


def sums(hours: list[Hour]) -> Minute:
    (hour,) = hours
    (minute,) = hour.minutes.values()
    return minute


def test_a_minute_tells_seconds_rate_and_bandwidth() -> None:
    watching = Watching()
    watching.see(21, status(TileState.LIVE, kbps=800, reconnects=2))
    watching.see(10, status(TileState.LIVE, kbps=400, reconnects=3), fps=5)
    watching.see(4, status(TileState.STALE, Fault.FROZEN, age_s=6.5, reconnects=3))
    hours, outages = watching.finished()
    minute = sums(hours)
    assert (minute.live, minute.stale, minute.reconnects) == (30, 4, 1)
    assert minute.rate == pytest.approx((20 * 15 + 10 * 5) / 30, abs=0.4)
    assert minute.least == 5
    assert minute.kbps == pytest.approx(667, abs=14)
    assert hours[0].gap_s == 6.5
    assert outages == [], "four seconds are no outage"


@pytest.mark.parametrize(
    ("turn", "jump"),
    [(1, 9_000), (0, -300), (0, 1 << 60)],
    ids=["the main stream is shown", "the stream was opened anew", "a worker that lies"],
)
def test_what_is_no_count_of_pictures_is_no_rate(turn: int, jump: int) -> None:
    watching = Watching()
    watching.see(21, status(TileState.LIVE))
    watching.pictures += jump
    watching.see(21, status(TileState.LIVE, turn=turn))
    minute = sums(watching.finished()[0])
    assert (minute.rate, minute.least) == (15, 15)
    assert 30 <= minute.measured <= 40


def test_an_outage_lasts_from_the_last_picture_to_the_next_and_says_why() -> None:
    watching = Watching()
    watching.see(3, status(TileState.LIVE))
    began = watching.now
    watching.see(4, status(TileState.STALE, Fault.FROZEN))
    watching.see(3, status(TileState.CONNECTING))
    watching.see(10, status(TileState.DOWN, Fault.NO_ANSWER))
    (outage,) = watching.finished()[1]
    assert (outage.began, outage.fault, outage.ending) == (began, Fault.NO_ANSWER, Ending.GOES_ON)
    watching.see(1, status(TileState.LIVE))
    (ended,) = watching.finished()[1]
    assert (ended.id, ended.seconds, ended.ending) == (outage.id, 17, Ending.BACK)


def test_a_camera_that_nobody_watches_is_not_down() -> None:
    watching = Watching()
    watching.see(10, status(TileState.DOWN, Fault.REFUSED))
    last = watching.now - timedelta(seconds=1)
    watching.see(13, None)
    hours, (outage,) = watching.finished()
    assert sums(hours).watched == 9
    assert (outage.until, outage.ending) == (last, Ending.UNWATCHED)


@pytest.mark.parametrize(
    ("passed", "jumped"),
    [(0, 28_800), (28_800, 0), (0, -28_800)],
    ids=["the monotonic clock slept too", "it did not", "somebody set the clock"],
)
def test_hours_that_the_machine_slept_are_nobodys_outage(passed: float, jumped: float) -> None:
    watching = Watching()
    watching.see(10, status(TileState.DOWN, Fault.REFUSED))
    watching.at += passed
    watching.jumped += jumped
    watching.see(10, status(TileState.DOWN, Fault.REFUSED))
    outages = watching.finished()[1]
    assert [(each.seconds, each.ending) for each in outages] == [(9, Ending.UNWATCHED), (9, Ending.GOES_ON)]


def test_paused_and_denied_views_are_not_looks() -> None:
    @dataclass
    class View:
        camera_id: str
        view_id: str
        told: TileState

        def state(self) -> TileStatus:
            return status(self.told)

    views = [View("a", "1", TileState.DOWN), View("a", "2", TileState.LIVE), View("a", "3", TileState.STALE)]
    gone = [View("b", "4", TileState.PAUSED), View("c", "5", TileState.DENIED), View("d", "6", TileState.EMPTY)]
    assert {key: look.view_id for key, look in best_looks([*views, *gone]).items()} == {"a": "2"}


def test_a_new_view_of_the_same_camera_goes_on_with_its_outage() -> None:
    watching = Watching()
    watching.see(10, status(TileState.DOWN, Fault.REFUSED, reconnects=5))
    watching.see(4, None)
    watching.see(10, status(TileState.RECONNECTING, Fault.REFUSED), view="v2")
    (outage,) = watching.finished()[1]
    assert outage.seconds == 23


def test_opening_is_neither_live_nor_down_until_it_takes_too_long() -> None:
    watching = Watching()
    watching.see(15, status(TileState.CONNECTING))
    assert watching.finished() == ([], [])
    watching.see(20, status(TileState.CONNECTING))
    hours, outages = watching.finished()
    assert (sums(hours).reconnecting, len(outages)) == (20, 1)


def test_time_in_which_the_machine_slept_was_not_watched() -> None:
    watching = Watching()
    watching.see(10, status(TileState.LIVE))
    watching.at += 40
    watching.see(5, status(TileState.LIVE))
    assert sums(watching.finished()[0]).live == 13


def test_minutes_of_two_consoles_are_one_minute() -> None:
    both = together([Minute(live=20, rate=10, measured=20), Minute(live=10, down=30, stale=20, reconnects=2)])
    assert (both.live, both.down, both.stale, both.watched, both.rate, both.reconnects) == (20, 30, 10, 60, 10, 2)


def outage(first: int, last: int, fault: Fault = Fault.FROZEN, ending: Ending = Ending.BACK) -> Outage:
    return Outage("c", START + timedelta(seconds=first), START + timedelta(seconds=last), fault, ending)


def test_outages_that_overlap_are_one() -> None:
    seen = [outage(50, 60), outage(0, 20), outage(10, 40, Fault.REFUSED, Ending.GOES_ON), outage(12, 14)]
    one, two = merge_outages(seen)
    assert (one.seconds, one.fault, one.ending) == (40, Fault.REFUSED, Ending.GOES_ON)
    assert two.seconds == 10
    assert clipped([one, two], START + timedelta(seconds=30), START + timedelta(seconds=55)) == (2, 10)
    assert clipped([one], START + timedelta(seconds=41), START + timedelta(seconds=55)) == (0, 0.0)


def test_a_share_needs_somebody_who_watched() -> None:
    assert (Sums().share, Sums().rate, Sums().kbps) == (None, None, None)


# Over the gate


@pytest.fixture
def watch(room: Room) -> HealthWatch:
    return HealthWatch(room.store, room.clock, room.feeds.views, 400)


def looks(watch: HealthWatch, room: Room, seconds: int) -> None:
    for _second in range(seconds):
        room.clock.advance(1)
        room.feeds.tick()
        watch.look()


def test_what_was_watched_is_written_each_minute_and_a_probe_counts_by_itself(room: Room, watch: HealthWatch) -> None:
    camera = room.shop()
    room.engine.facts_at_once = StreamFacts("h264", 640, 360, 15.0)
    room.feeds.probe(room.registrar, camera)
    room.engine.facts_at_once = None
    live = room.feeds.open(room.officer, FeedRequest(camera, Purpose.RISK_SPOT))
    assert isinstance(live, LiveFeed)
    room.engine.streams[-1].tell(TileState.LIVE)
    looks(watch, room, 90)
    room.engine.streams[-1].tell(TileState.DOWN, Fault.UNAUTHORISED)
    looks(watch, room, 60)
    room.feeds.keep()
    (entry,) = room.station.health.entries()
    assert entry.health is not None
    today = entry.health.today
    assert today is not None
    assert today.sums.live >= 60
    assert (today.sums.probes, today.sums.answered, today.outages) == (1, 1, 1)
    watch.stop()
    (outage,) = room.station.health.last_24h(camera).outages
    assert (outage.fault, outage.ending) == (Fault.UNAUTHORISED, Ending.UNWATCHED)


def test_a_store_that_cannot_be_written_costs_nothing_but_the_wait(
    room: Room, watch: HealthWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = room.shop()
    room.feeds.open(room.officer, FeedRequest(camera, Purpose.RISK_SPOT))
    room.engine.streams[-1].tell(TileState.LIVE)

    def full(_work: object) -> None:
        raise Unavailable("store.full")

    with monkeypatch.context() as broken:
        broken.setattr(room.store, "note", full)
        looks(watch, room, 130)
    looks(watch, room, 60)
    (entry,) = room.station.health.entries()
    assert entry.health is not None
    assert entry.health.week.sums.live >= 120


def test_what_a_crash_left_open_is_closed_as_soon_as_the_store_can_be_written(
    room: Room, watch: HealthWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera, now = room.shop(), room.clock.now()
    left = Outage(camera, now - timedelta(minutes=9), now - timedelta(minutes=8), Fault.NO_ANSWER, id=new_id())
    room.store.note(lambda tx: db.put_outages(tx, [left]))

    def hangs(_work: object) -> None:
        raise Unavailable("store.unreachable")

    with monkeypatch.context() as broken:
        broken.setattr(room.store, "note", hangs)
        watch.start()
        watch.stop()
    looks(watch, room, 61)
    (outage,) = room.station.health.last_24h(camera).outages
    assert outage.ending is Ending.UNWATCHED


def test_the_thread_looks_by_itself_and_ends(room: Room, watch: HealthWatch) -> None:
    watch.start()
    watch.stop()
    assert room.station.health.entries() == []
