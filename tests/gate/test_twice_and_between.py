"""What happens twice, at the same time, or in the moment between two steps of the gate."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from console.db.connection_tests import connection_tests
from console.db.store import CommandStamp
from console.kernel import (
    AccessLevel,
    Denied,
    DenyReason,
    EndReason,
    Fault,
    PixelSize,
    Purpose,
    Secret,
    StreamFacts,
    TileState,
    ViewKind,
)
from console.services.cameras import ChangeCamera
from console.services.feeds import FeedRequest, LiveFeed, Probe, start_engine
from console.services.feeds.clockwatch import ClockWatch
from console.services.feeds.gate import FRESHEN_S, RETRY_S
from console.settings import GateSettings, VideoSettings
from tests.fakes import FakeClock
from tests.gate.room import Room

HIDDEN = PixelSize(0, 0)
SHOWN = PixelSize(480, 270)
DAY = 86_400


def after_opening(room: Room, then: Callable[[], object]) -> None:
    """Do something once, between the commit of the next opening and its start."""
    submit = room.store.submit

    def wrapped(work: Any, *, command: CommandStamp) -> Any:
        done = submit(work, command=command)
        if command.action == "open_views":
            room.store.submit = submit  # type: ignore[method-assign]
            then()
        return done

    room.store.submit = wrapped  # type: ignore[method-assign]


def rename(room: Room, camera_id: str) -> None:
    row = room.station.cameras.camera(camera_id)
    command = ChangeCamera(
        camera_id=camera_id, version=row.version, code=row.code, name=f"{row.name} ใหม่", owner_type=row.owner_type
    )
    room.run(command, room.registrar)


# A picture seen


def test_a_connection_test_is_no_picture_seen(room: Room) -> None:
    camera = room.shop()
    room.engine.facts_at_once = StreamFacts("h264", 640, 360, 15.0)
    assert isinstance(room.feeds.probe(room.registrar, camera), Probe)
    assert room.data("view.picture") == []
    assert [data["pictures"] for data in room.data("view.ended")] == [False]


@pytest.mark.parametrize("told_again", [True, False])
def test_a_hidden_view_is_seen_when_it_is_shown(room: Room, *, told_again: bool) -> None:
    """The engine may have nothing new to tell about a view that was LIVE while it was hidden."""
    live = room.look(room.shop(), kind=ViewKind.PREWARM, size=HIDDEN)
    room.stream(live).tell(TileState.LIVE)
    live.picture()
    assert room.data("view.picture") == []
    room.clock.advance(3)
    live.resize(SHOWN)
    if told_again:
        room.stream(live).tell(TileState.LIVE)
    for _ in range(2):
        assert live.picture() is not None
    assert [data["after_ms"] for data in room.data("view.picture")] == [3000]


def test_a_view_hidden_before_its_first_picture(room: Room) -> None:
    live = room.look(room.shop())
    live.resize(HIDDEN)
    room.stream(live).tell(TileState.LIVE)
    assert room.data("view.picture") == []


@pytest.mark.parametrize(
    ("state", "seen"), [(TileState.STALE, 1), (TileState.RECONNECTING, 1), (TileState.CONNECTING, 0)]
)
def test_a_picture_that_is_old_from_the_start_is_seen_all_the_same(room: Room, state: TileState, seen: int) -> None:
    """A camera that is warm but hangs gives a greyed picture at once, and may never be LIVE while somebody looks."""
    shop = room.shop()
    live = room.look(shop)
    room.stream(live).tell(state, Fault.BEHIND)
    for _ in range(2):
        assert live.picture() is not None
    assert len(room.data("view.picture")) == seen
    live.end(EndReason.CLOSED)
    assert [data["pictures"] for data in room.data("view.ended")] == [bool(seen)]
    assert room.store.read(connection_tests) == {}, "what was old from the start proves nothing of the stream"


# The clock


@pytest.mark.parametrize("days", [0.5, 60.0])
def test_a_short_sleep_is_noticed_after_a_long_run(days: float) -> None:
    clock = FakeClock()
    watch = ClockWatch(clock)
    for _ in range(1000):
        clock.advance(days * DAY / 1000)
        assert watch.jumped() is None
    clock.advance(5)
    assert watch.jumped() is None
    clock.shift_wall(30)
    assert watch.jumped() == pytest.approx(30)
    assert watch.jumped() is None


def test_small_steps_add_up_whatever_the_drift() -> None:
    clock = FakeClock()
    watch = ClockWatch(clock)
    for _ in range(3):
        clock.advance(5)
        assert watch.jumped() is None
        clock.shift_wall(-2)
    assert watch.jumped() == pytest.approx(-6, abs=0.05)


class HeldClock(FakeClock):
    """Holds the first thread that reads it after `hold` was set."""

    def __init__(self) -> None:
        super().__init__()
        self.hold = False
        self.held = threading.Event()
        self.go = threading.Event()

    def now(self) -> datetime:
        if self.hold:
            self.hold = False
            self.held.set()
            assert self.go.wait(5)
        return super().now()


def test_a_jump_is_told_once_though_two_threads_look() -> None:
    clock = HeldClock()
    watch = ClockWatch(clock)
    clock.shift_wall(3600)
    clock.hold = True
    told: list[float | None] = []
    threads = [threading.Thread(target=lambda: told.append(watch.jumped())) for _ in range(2)]
    threads[0].start()
    assert clock.held.wait(5)
    threads[1].start()
    threads[1].join(0.2)
    second_waits = threads[1].is_alive()
    clock.go.set()
    for thread in threads:
        thread.join(5)
    assert sorted(told, key=lambda moved: moved is None) == [pytest.approx(3600), None]
    assert second_waits, "between looking and remembering the second thread would see the same jump"


def test_an_opening_looks_at_the_clock(room: Room) -> None:
    live, other = room.look(room.own_camera()), room.own_camera()
    room.clock.shift_wall(3600)
    room.ask(other)
    assert live.ending is not None
    assert live.ending.reason is EndReason.SLEPT


# Entries


def test_an_entry_whose_answer_was_lost_is_not_doubled(room: Room) -> None:
    """A jump of the clock is an entry of its own: unlike an end, nothing but its command id keeps it single."""
    room.look(room.own_camera())
    room.feeds.keep()
    submit = room.store.submit

    def lost(*work: Any, **stamp: Any) -> None:
        submit(*work, **stamp)
        raise OSError("the line broke after the commit")

    room.store.submit = lost  # type: ignore[method-assign, assignment]
    room.clock.shift_wall(60)
    room.feeds.tick()
    for _ in range(2):
        with pytest.raises(OSError, match="line broke"):
            room.feeds.keep()
    room.store.submit = submit  # type: ignore[method-assign]
    assert len(room.rows("clock.jump")) == 1
    assert len(room.rows("view.ended")) == 1
    assert room.feeds.waiting == 0


def test_what_was_altered_past_the_program_is_seen_in_a_busy_hour(room: Room) -> None:
    """A raised level that no version tells of: what each commit reads passes over it, the whole reading does not.

    It gives no picture: nothing of the journal says that it was raised.
    """
    camera = room.shop(AccessLevel.REGISTER_ONLY)
    with closing(sqlite3.connect(room.data_dir / "console.db")) as database, database:
        database.execute("UPDATE authority SET level = ?", (int(AccessLevel.ALWAYS),))
    for _ in range(int(FRESHEN_S / 5)):
        room.incident()
        assert room.refusal(camera).reason is DenyReason.REGISTER_ONLY
        room.clock.advance(5)
    room.feeds.keep()
    assert room.refusal(camera).reason is DenyReason.NO_AUTHORITY


def test_knowledge_stays_fresh_while_entries_cannot_be_written(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    live, other = room.look(room.shop()), room.look(room.shop())
    room.feeds.keep()
    submit, causes = room.store.submit, ["disk full"]

    def broken(*_: object, **__: object) -> None:
        raise OSError(causes[-1])

    room.store.submit = broken  # type: ignore[method-assign, assignment]
    other.end(EndReason.CLOSED)
    with caplog.at_level(logging.ERROR, "console.services.feeds.gate"):
        for _ in range(200):
            room.clock.advance(5)
            room.feeds.tick()
            room.feeds._try_to_keep()
        assert live.picture() is not None, "dark after a quarter of an hour"
        assert len(caplog.records) == 1, "a traceback for each try"
        causes.append("the server is gone")
        room.feeds._try_to_keep()
        assert len(caplog.records) == 2
        room.store.submit = submit  # type: ignore[method-assign]
        room.feeds._try_to_keep()
        room.store.submit = broken  # type: ignore[method-assign, assignment]
        live.end(EndReason.CLOSED)
        room.feeds._try_to_keep()
        assert len(caplog.records) == 3, "it failed anew"
    room.store.submit = submit  # type: ignore[method-assign]
    assert len(room.rows("view.ended")) == 2


def test_one_refusal_of_a_camera_asked_for_twice(room: Room) -> None:
    camera = room.camera()
    requests = [FeedRequest(camera, Purpose.RISK_SPOT)] * 2
    answers = room.feeds.open_many(room.officer, requests)
    assert [type(answer) for answer in answers] == [Denied, Denied]
    assert len(room.rows("view.denied")) == 1


def test_one_refusal_of_a_camera_asked_for_at_once(room: Room) -> None:
    camera, officer = room.camera(), room.officer
    second = threading.Thread(target=lambda: room.refusal(camera, session=officer))

    def meanwhile() -> None:
        second.start()
        second.join(0.3)

    after_opening(room, meanwhile)
    room.refusal(camera, session=officer)
    second.join(5)
    assert len(room.rows("view.denied")) == 1


# Holds


def test_unlocking_shows_nothing_to_visitors(room: Room) -> None:
    camera = room.shop()
    room.feeds.end_all(EndReason.VISITORS, private_only=True)
    assert room.refusal(camera).reason is DenyReason.VISITORS
    room.feeds.end_all(EndReason.LOCK)
    assert room.feeds.hold is DenyReason.LOCKED
    assert room.refusal(camera).reason is DenyReason.LOCKED
    room.feeds.release(EndReason.LOCK)
    assert room.refusal(camera).reason is DenyReason.VISITORS
    room.feeds.release()
    assert room.look(camera).picture() is not None


def test_visitors_who_leave_do_not_unlock(room: Room) -> None:
    camera = room.shop()
    room.feeds.end_all(EndReason.LOCK)
    room.feeds.end_all(EndReason.VISITORS, private_only=True)
    room.feeds.release()
    assert room.refusal(camera).reason is DenyReason.LOCKED


# Between commit and start


def test_a_withdrawal_before_the_view_can_be_found(room: Room) -> None:
    camera, officer = room.shop(), room.officer
    after_opening(room, lambda: room.withdraw(camera))
    assert room.refusal(camera, session=officer).reason is DenyReason.WITHDRAWN
    assert room.engine.streams == []
    assert room.data("view.ended")[-1]["reason"] == "withdrawn"


def test_a_slow_reader_brings_nothing_back(room: Room) -> None:
    """A reading begun before the withdrawal and finished after it must not win."""
    camera = room.shop()
    live = room.look(camera)
    memory = room.feeds._judge.memory
    before = memory.newest
    room.withdraw(camera)
    assert not memory.install(before)
    assert live.picture() is None
    assert memory.newest.authorities[camera].withdrawn_at is not None


def test_a_withdrawal_between_commit_and_start(room: Room) -> None:
    """The opening is journaled, then the owner withdraws before the engine is asked: nothing is dialled."""
    camera = room.shop()
    officer = room.officer
    unseal = room.vault.unseal

    def withdraw_first(sealed: bytes, context: str) -> Secret:
        room.withdraw(camera)
        return unseal(sealed, context)

    room.vault.unseal = withdraw_first  # type: ignore[method-assign]
    assert room.refusal(camera, session=officer).reason is DenyReason.WITHDRAWN
    assert room.engine.streams == []
    assert room.data("view.ended")[-1]["reason"] == "withdrawn"


def test_a_log_out_between_commit_and_start(room: Room) -> None:
    camera = room.shop()
    officer = room.officer
    unseal = room.vault.unseal

    def leave_first(sealed: bytes, context: str) -> Secret:
        room.station.people.log_out(officer)
        return unseal(sealed, context)

    room.vault.unseal = leave_first  # type: ignore[method-assign]
    assert room.refusal(camera, session=officer).reason is DenyReason.NOT_LOGGED_IN
    assert room.engine.streams == []


def test_an_end_while_the_engine_opens(room: Room) -> None:
    camera = room.shop()
    open_stream = room.engine.open

    def slow(request: object) -> object:
        stream = open_stream(request)  # type: ignore[arg-type]
        room.feeds.end_all(EndReason.LOCK)
        return stream

    room.engine.open = slow  # type: ignore[method-assign, assignment]
    denied = room.refusal(camera)
    assert denied.reason is DenyReason.LOCKED
    assert room.engine.streams[0].closed


def test_the_gate_closes_while_somebody_opens(room: Room) -> None:
    camera = room.shop()
    officer = room.officer
    submit = room.store.submit

    def close_after(*work: Any, **stamp: Any) -> object:
        done: object = submit(*work, **stamp)
        room.feeds.stop()
        return done

    room.store.submit = close_after  # type: ignore[method-assign, assignment]
    assert room.refusal(camera, session=officer).reason is DenyReason.ENGINE_UNAVAILABLE
    del room.store.submit
    assert room.engine.streams == []
    assert room.data("view.ended")[-1]["reason"] == "shutdown"


def test_a_changed_record_before_the_start_is_to_be_asked_for_again(room: Room) -> None:
    camera = room.shop()
    after_opening(room, lambda: rename(room, camera))
    live = room.ask(camera)
    assert isinstance(live, LiveFeed)
    assert live.state().end is EndReason.REPLACED
    assert live.picture() is None
    assert room.engine.streams == []
    assert room.look(camera).picture() is not None


def test_a_sleep_before_the_start_is_to_be_asked_for_again(room: Room) -> None:
    camera, officer, unseal = room.own_camera(), room.officer, room.vault.unseal

    def sleep_first(sealed: bytes, context: str) -> Secret:
        room.clock.shift_wall(3600)
        room.feeds.tick()
        return unseal(sealed, context)

    room.vault.unseal = sleep_first  # type: ignore[method-assign]
    live = room.ask(camera, session=officer)
    assert isinstance(live, LiveFeed)
    assert live.state().end is EndReason.SLEPT
    assert live.picture() is None


def test_a_connection_test_begins_again(room: Room) -> None:
    camera = room.shop()
    registrar = room.registrar
    room.engine.facts_at_once = StreamFacts("h264", 640, 360, 15.0)
    after_opening(room, lambda: rename(room, camera))
    found = room.feeds.probe(registrar, camera)
    assert isinstance(found, Probe)
    assert found.facts.codec == "h264"
    assert [data["reason"] for data in room.data("view.ended")] == ["replaced", "closed"]


# The lease thread's pause, and the settings


def test_a_view_that_no_worker_serves_does_not_keep_the_thread_busy(room: Room) -> None:
    room.engine.deaf = True
    live = room.look(room.own_camera())
    room.clock.advance(15)
    room.feeds.tick()
    assert live.deadline <= room.clock.monotonic()
    assert room.feeds._until_due() == pytest.approx(RETRY_S)
    room.look(room.own_camera())
    assert room.feeds._until_due() == pytest.approx(RETRY_S)
    live.end(EndReason.CLOSED)
    assert room.feeds._until_due() == pytest.approx(5)


def test_a_lost_renewal_does_not_darken() -> None:
    assert GateSettings(lease_s=10, renew_s=5).renew_s == 5
    for wrong in ({"renew_s": 8}, {"lease_s": 9}, {"lease_s": 4, "renew_s": 2.1}):
        with pytest.raises(ValidationError, match="half"):
            GateSettings.model_validate(wrong)
    with pytest.raises(ValidationError) as caught:
        GateSettings(lease_s=60, renew_s=8)
    assert [error["loc"] for error in caught.value.errors()] == [("lease_s",)]


def test_the_engine_waits_for_acknowledgements_as_long_as_it_is_told() -> None:
    engine = start_engine(VideoSettings(), FakeClock(), command=("/bin/false",), gate=GateSettings(ack_ms=450))
    try:
        assert engine.supervisor._config.ack_s == 0.45
    finally:
        engine.supervisor.close()


@pytest.mark.parametrize(
    "altered",
    [
        "UPDATE camera SET name = 'x'",
        "UPDATE authority SET radius_m = 7",
        "UPDATE person SET role = 'auditor'",
        "UPDATE incident SET lat = 1",
    ],
)
def test_whatever_was_altered_past_the_program_is_known_after_a_reading_anew(room: Room, altered: str) -> None:
    room.shop()
    room.incident()
    room.feeds.refresh()
    before = room.feeds._judge.memory.newest
    with closing(sqlite3.connect(room.data_dir / "console.db")) as database, database:
        database.execute(altered)
    room.feeds.refresh(anew=False)
    assert room.feeds._judge.memory.newest.same_facts(before), "the versions stand"
    room.feeds.refresh()
    assert not room.feeds._judge.memory.newest.same_facts(before)
