"""A view of two streams: the small one on a tile, the main one where the picture is large, never nothing between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from console.db.camera_addresses import set_address, ways_of
from console.db.cameras import AddressKind, SealedAddress
from console.db.store import CommandStamp
from console.kernel import (
    Denied,
    DenyReason,
    EndReason,
    Fault,
    PixelSize,
    Secret,
    StreamFacts,
    TileState,
    ViewKind,
    new_id,
)
from console.services.addresses import address_context
from console.services.cameras import AllowUnencrypted
from console.services.feeds import LiveFeed
from console.services.feeds.gate import MOST_LARGE
from console.services.feeds.pair import FIRST_RETRY_S, LONGEST_RETRY_S, PATIENCE_S, PROVEN_S, REST_S, WARM_S
from console.video.streams import HIDDEN, StreamEnd
from tests.fakes import FakeStream
from tests.gate.room import Room

MAIN, SUB = AddressKind.MAIN, AddressKind.SUB
SMALL = StreamFacts("h264", 640, 360, 15.0)
LARGE = StreamFacts("h264", 1920, 1080, 25.0)
TILE, FOCUS = PixelSize(480, 270), PixelSize(1600, 900)


@dataclass
class Seat:
    """One view whose tile is made larger and smaller."""

    room: Room
    live: LiveFeed

    @property
    def streams(self) -> list[FakeStream]:
        return [stream for stream in self.room.engine.streams if stream.request.camera_id == self.live.camera_id]

    @property
    def small(self) -> FakeStream:
        return self.streams[0]

    @property
    def large(self) -> FakeStream:
        assert len(self.streams) > 1, "no second stream"
        return self.streams[-1]

    @property
    def open(self) -> list[FakeStream]:
        return [stream for stream in self.streams if not stream.closed]

    def resize(self, size: PixelSize, wait_s: float = 0.0) -> None:
        self.live.resize(size)
        self.later(wait_s)

    def later(self, seconds: float) -> None:
        """Let time pass as it does while the lease thread runs."""
        self.room.clock.advance(seconds)
        self.room.feeds.tick()

    def enlarge(self) -> None:
        """Bring the main stream's picture up."""
        self.resize(FOCUS)
        self.large.tell(TileState.LIVE, facts=LARGE)
        assert self.live.state().facts == LARGE


def with_both(room: Room, **more: Any) -> str:
    camera = room.camera()
    number = len(room.station.cameras.cameras())
    room.address(camera, f"rtsp://user:pass@192.168.1.{number}:554/small", SUB)
    room.permit(camera, **more)
    return camera


@pytest.fixture
def seat(room: Room) -> Seat:
    """A small tile that shows its camera's small stream."""
    made = Seat(room, room.look(with_both(room)))
    made.small.tell(TileState.LIVE, facts=SMALL)
    return made


def smuggle(room: Room, camera_id: str, address: str, kind: AddressKind) -> None:
    """Write a sealed text past the form, as somebody with the public key could, under the marks that stand there."""
    context = address_context(camera_id, kind)
    sealed = room.store.read(lambda tx: room.vault.seal(tx, Secret(address), context))
    way = room.store.read(lambda tx: min(ways_of(tx, camera_id)))
    made, version = SealedAddress(sealed, "f" * 64, way), room.station.cameras.camera(camera_id).version
    stamp = CommandStamp(new_id(), "smuggle", room.registrar)
    room.store.submit(lambda tx: set_address(tx, camera_id, version, kind, made) and None, command=stamp)


# There and back


def test_the_large_picture_comes_under_the_same_view(seat: Seat) -> None:
    live = seat.live
    assert len(seat.streams) == 1
    seat.resize(FOCUS)
    assert seat.large.request.address.reveal() == "rtsp://user:pass@192.168.1.1/live"
    assert seat.large.size == FOCUS
    assert seat.small.size == TILE, "scaled until the other is there"
    assert seat.large.grants[0].address_digest != seat.small.grants[0].address_digest
    assert (live.state().facts, live.state().why_small) == (SMALL, None)
    assert live.picture() is not None
    before, told = live.sequence(), live.state()
    seat.large.tell(TileState.LIVE, facts=LARGE, pictures=7)
    assert live.state().facts == LARGE
    assert live.state().pictures == 7
    assert live.state().turn != told.turn, "pictures of two streams are counted apart"
    assert live.picture() is not None
    assert live.sequence() not in {before, 0}
    assert seat.small.size == HIDDEN
    assert len(seat.room.rows("view.opened")) == 1
    assert len(seat.room.rows("view.picture")) == 1


def test_going_back_waits_for_nothing_and_shows_no_gap(seat: Seat) -> None:
    seat.enlarge()
    seat.small.tell(TileState.CONNECTING)
    seat.live.resize(TILE)
    assert seat.small.size == TILE
    assert seat.live.state().facts == LARGE
    assert seat.live.picture() is not None
    seat.small.tell(TileState.LIVE, facts=SMALL)
    assert seat.live.state().facts == SMALL
    assert (seat.large.size, len(seat.open)) == (HIDDEN, 2)
    # Back and forth: nothing is dialled again.
    seat.resize(FOCUS)
    assert seat.large.size == FOCUS
    assert seat.live.state().facts == LARGE
    assert len(seat.streams) == 2


def test_what_rests_gives_its_connection_back(seat: Seat) -> None:
    seat.enlarge()
    assert seat.live.turns_at == seat.room.clock.monotonic() + WARM_S
    seat.later(WARM_S)
    assert seat.open == [seat.large]
    large = seat.large
    seat.resize(TILE)
    assert len(seat.open) == 2
    assert seat.streams[-1].request.address.reveal().endswith("/small")
    assert seat.live.picture() is not None
    assert seat.live.state().facts == LARGE
    seat.later(PATIENCE_S)
    assert large.size == TILE, "no larger than it is shown, if the small one keeps us waiting"
    seat.streams[-1].tell(TileState.LIVE, facts=SMALL)
    assert seat.live.state().facts == SMALL
    seat.later(WARM_S)
    assert large.closed
    assert seat.live.turns_at == float("inf")


def test_a_tile_that_is_hidden_and_comes_back_large(seat: Seat) -> None:
    seat.enlarge()
    seat.resize(HIDDEN)
    assert {stream.size for stream in seat.streams} == {HIDDEN}
    seat.resize(FOCUS)
    assert seat.large.size == FOCUS
    assert seat.live.state().facts == LARGE
    seat.resize(HIDDEN)
    seat.large.tell(TileState.CONNECTING)
    seat.resize(FOCUS)
    assert (seat.small.size, seat.large.size) == (FOCUS, FOCUS), "something is shown while the large one comes"


def test_a_view_that_opens_large_begins_with_the_small_stream(room: Room) -> None:
    seat = Seat(room, room.look(with_both(room), size=FOCUS))
    seat.later(0)
    assert len(seat.streams) == 1
    seat.small.tell(TileState.CONNECTING, facts=SMALL)
    seat.later(0)
    # The main stream happens to be first.
    seat.large.tell(TileState.LIVE, facts=LARGE)
    assert seat.live.picture() is not None
    assert len(room.rows("view.picture")) == 1
    assert room.data("camera.tested") == [], "what the tiles' stream sends is not known by it"


def test_a_stream_warm_before_it_is_shown_is_seen(room: Room) -> None:
    seat = Seat(room, room.look(with_both(room), size=FOCUS))
    seat.small.tell(TileState.CONNECTING, facts=SMALL)
    seat.later(0)
    gives, seat.large.picture = seat.large.picture, lambda: None  # type: ignore[method-assign]
    seat.large.tell(TileState.LIVE, facts=LARGE)
    assert room.rows("view.picture") == []
    seat.large.picture = gives  # type: ignore[method-assign]
    assert seat.live.picture() is not None
    assert len(room.rows("view.picture")) == 1


# When


@pytest.mark.parametrize(
    ("size", "wanted"),
    [(PixelSize(857, 482), False), (PixelSize(858, 483), True), (PixelSize(1600, 360), False)],
)
def test_how_large_is_large(seat: Seat, size: PixelSize, *, wanted: bool) -> None:
    seat.resize(size)
    assert (len(seat.streams) == 2) is wanted
    assert seat.small.size == (TILE if wanted else size)


def test_it_stays_large_until_the_small_one_fills_the_tile(seat: Seat) -> None:
    seat.enlarge()
    for size in (PixelSize(641, 360), PixelSize(480, 361)):
        seat.resize(size, REST_S)
        assert seat.large.size == size
    seat.resize(PixelSize(640, 360), REST_S)
    assert seat.small.size == PixelSize(640, 360)


def test_a_window_s_edge_in_motion_changes_at_most_every_five_seconds(seat: Seat) -> None:
    seat.resize(PixelSize(858, 483))
    assert len(seat.streams) == 2
    seat.large.tell(TileState.LIVE, facts=LARGE)
    for width in (740, 640, 630):
        seat.resize(PixelSize(width, width * 9 // 16))
    assert (seat.small.size, seat.large.size) == (HIDDEN, PixelSize(630, 354))
    assert seat.live.turns_at == seat.room.clock.monotonic() + REST_S
    seat.later(REST_S)
    assert seat.small.size == PixelSize(630, 354)
    assert seat.live.state().facts == SMALL
    seat.resize(TILE)
    seat.resize(FOCUS)
    assert seat.large.size == FOCUS, "a wish is not made to wait"


def test_there_is_room_for_a_few_large_pictures_and_the_largest_come_first(room: Room) -> None:
    def large() -> list[int]:
        return [number for number, seat in enumerate(seats) if seat.live.state().facts == LARGE]

    seats = [Seat(room, room.look(with_both(room))) for _ in range(MOST_LARGE + 1)]
    for seat in seats:
        seat.small.tell(TileState.LIVE, facts=SMALL)
        seat.live.resize(PixelSize(960, 540))
    room.feeds.tick()
    for seat in seats:
        for stream in seat.streams[1:]:
            stream.tell(TileState.LIVE, facts=LARGE)
    assert large() == list(range(MOST_LARGE))
    last = seats[-1]
    assert last.small.size == PixelSize(960, 540)
    assert last.live.state().why_small is None
    last.enlarge()
    assert large() == [*range(MOST_LARGE - 1), MOST_LARGE]
    last.resize(TILE)
    assert large() == list(range(MOST_LARGE))


# When the large picture is not to be had


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ((TileState.RECONNECTING, Fault.UNAUTHORISED), Fault.UNAUTHORISED),
        ((TileState.DOWN, Fault.UNSUPPORTED), Fault.UNSUPPORTED),
        ((TileState.QUARANTINED, Fault.QUARANTINED), Fault.QUARANTINED),
    ],
)
def test_the_small_one_goes_on_when_the_large_one_fails(seat: Seat, said: tuple[TileState, Fault], why: Fault) -> None:
    seat.resize(FOCUS)
    seat.large.tell(*said)
    seat.later(0)
    status = seat.live.state()
    assert (status.state, status.facts, status.why_small) == (TileState.LIVE, SMALL, why)
    assert seat.live.picture() is not None
    assert seat.open == [seat.small]
    assert seat.small.size == FOCUS
    assert seat.live.turns_at == seat.room.clock.monotonic() + FIRST_RETRY_S
    seat.later(FIRST_RETRY_S - 0.1)
    assert len(seat.streams) == 2
    seat.later(0.1)
    assert len(seat.streams) == 3
    seat.large.tell(TileState.LIVE, facts=LARGE)
    assert (seat.live.state().facts, seat.live.state().why_small) == (LARGE, None)


def test_a_main_stream_that_says_nothing_is_given_up_and_tried_less_and_less(seat: Seat) -> None:
    seat.resize(FOCUS)
    pauses = []
    for number in range(2, 9):
        seat.room.feeds.refresh()
        seat.later(PATIENCE_S)
        assert seat.live.state().why_small is Fault.NO_ANSWER
        assert seat.open == [seat.small]
        pauses.append(seat.live.turns_at - seat.room.clock.monotonic())
        seat.later(pauses[-1])
        assert len(seat.streams) == number + 1
    assert pauses == [10, 20, 40, 80, 160, LONGEST_RETRY_S, LONGEST_RETRY_S]
    seat.resize(TILE)
    assert seat.live.state().why_small is None, "a small picture owes nobody a large one"


def test_a_main_stream_that_is_refused_by_the_engine_is_given_up(seat: Seat) -> None:
    seat.resize(FOCUS)
    seat.large._status = seat.large._status.__class__(TileState.EMPTY, end=StreamEnd.ENGINE_CLOSED)
    seat.later(0)
    assert seat.open == [seat.small]


@pytest.mark.parametrize("proven", [True, False])
def test_a_large_picture_that_freezes_gives_way_to_the_small_one(seat: Seat, *, proven: bool) -> None:
    seat.resize(FOCUS)
    seat.large.tell(TileState.DOWN, Fault.NO_ANSWER)
    seat.later(0)
    seat.later(FIRST_RETRY_S)
    seat.large.tell(TileState.LIVE, facts=LARGE)
    seat.small.tell(TileState.RECONNECTING, Fault.NO_ANSWER)
    seat.later(PROVEN_S if proven else 5)
    if proven:
        seat.resize(FOCUS)
    seat.large.tell(TileState.STALE, Fault.FROZEN)
    seat.later(0)
    assert seat.live.state().state is TileState.STALE, "the last picture stays until another is current"
    assert seat.live.picture() is not None
    seat.open[-1 if proven else 0].tell(TileState.LIVE, facts=SMALL)
    status = seat.live.state()
    assert (status.state, status.facts, status.why_small) == (TileState.LIVE, SMALL, Fault.FROZEN)
    assert seat.live.turns_at == seat.room.clock.monotonic()
    seat.later(0)
    pause = FIRST_RETRY_S if proven else 2 * FIRST_RETRY_S
    assert seat.live.turns_at == seat.room.clock.monotonic() + pause


def test_a_large_picture_that_recovers_first_stays(seat: Seat) -> None:
    seat.enlarge()
    seat.small.tell(TileState.CONNECTING)
    seat.large.tell(TileState.STALE, Fault.FROZEN)
    assert seat.small.size == FOCUS
    seat.large.tell(TileState.LIVE, facts=LARGE)
    assert seat.small.size == HIDDEN
    assert seat.live.state().why_small is None


def test_one_address_is_never_opened_twice(room: Room) -> None:
    only, alike, asked = room.shop(), room.shop(), with_both(room)
    room.address(alike, "rtsp://other:login@192.168.1.2/live", SUB)
    for camera, kind in ((only, SUB), (alike, SUB), (asked, MAIN)):
        seat = Seat(room, room.look(camera, address=kind))
        seat.small.tell(TileState.LIVE, facts=SMALL)
        seat.resize(FOCUS)
        seat.later(REST_S)
        assert len(seat.streams) == 1
        assert seat.small.size == FOCUS
        assert (seat.live.turns_at, seat.live.state().why_small) == (float("inf"), None)


def test_the_rules_are_asked_again_at_unsealing(room: Room) -> None:
    for address, why in (
        ("file:///etc/passwd", DenyReason.FORBIDDEN_SCHEME),
        ("rtsp://8.8.8.8/live", DenyReason.UNENCRYPTED_PUBLIC),
    ):
        camera = with_both(room)
        smuggle(room, camera, address, MAIN)
        seat = Seat(room, room.look(camera))
        seat.small.tell(TileState.LIVE, facts=SMALL)
        seat.resize(FOCUS)
        denied = seat.live.state().why_small
        assert isinstance(denied, Denied)
        assert denied.reason is why
        assert seat.streams == [seat.small]
        assert seat.live.picture() is not None


def test_a_key_taken_away_opens_nothing_more(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seat.room.station.sessions, "is_keyed", lambda _session: False)
    seat.resize(FOCUS)
    denied = seat.live.state().why_small
    assert isinstance(denied, Denied)
    assert denied.reason is DenyReason.VAULT_LOCKED
    assert seat.streams == [seat.small]


def test_an_engine_that_fails_at_the_second_stream(seat: Seat) -> None:
    seat.room.engine.broken = True
    seat.resize(FOCUS)
    denied = seat.live.state().why_small
    assert isinstance(denied, Denied)
    assert denied.reason is DenyReason.ENGINE_UNAVAILABLE
    assert seat.live.picture() is not None


def test_the_lease_thread_reads_no_database(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seat.room.store, "read", None)
    monkeypatch.setattr(seat.room.store, "submit", None)
    seat.enlarge()
    seat.later(WARM_S)
    seat.resize(TILE)
    assert len(seat.streams) == 3
    monkeypatch.undo()


# Ends


def changed_record(seat: Seat) -> None:
    row = seat.room.station.cameras.camera(seat.live.camera_id)
    seat.room.run(AllowUnencrypted(camera_id=row.id, version=row.version, allowed=True), seat.room.chief)


def slept(seat: Seat) -> None:
    seat.room.clock.shift_wall(300)
    seat.room.feeds.tick()


ENDS: dict[str, Callable[[Seat], object]] = {
    "withdrawn": lambda seat: seat.room.withdraw(seat.live.camera_id),
    "paused": lambda seat: seat.room.pause(seat.live.camera_id),
    "visitors": lambda seat: seat.room.feeds.end_all(EndReason.VISITORS, private_only=True),
    "lock": lambda seat: seat.room.feeds.end_all(EndReason.LOCK, private_only=True),
    "log-out": lambda seat: seat.room.station.people.log_out(seat.room.officer, EndReason.LOGOUT),
    "other record": changed_record,
    "sleep": slept,
    "closed": lambda seat: seat.live.end(EndReason.CLOSED),
    "lapsed": lambda seat: seat.room.clock.advance(15),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("shown", ["large", "small"])
def test_every_end_darkens_both(seat: Seat, end: str, shown: str) -> None:
    seat.room.engine.obeys = False
    seat.enlarge()
    if shown == "small":
        seat.resize(TILE)
    assert len(seat.open) == 2
    ENDS[end](seat)
    for _ in range(2):
        assert seat.live.picture() is None
        assert seat.live.state().state is not TileState.LIVE
        for stream in seat.streams:
            stream.tell(TileState.LIVE)
        seat.live.resize(FOCUS)
    if end != "lapsed":
        assert seat.open == []
        assert seat.live.turn() is None
        assert seat.live.turns_at == float("inf")
        seat.room.feeds.tick()
        assert len(seat.streams) == 2
        assert len(seat.room.rows("view.ended")) == 1


def test_each_stream_has_a_lease_of_its_own(seat: Seat) -> None:
    seat.enlarge()
    seat.room.engine.obeys = False
    seat.room.clock.advance(10)
    seat.small.renew()
    seat.room.clock.advance(5)
    assert seat.live.picture() is None, "the other stream's lease shows nothing of this one"
    assert seat.live.state().state is not TileState.LIVE
    seat.large.renew()
    assert seat.live.picture() is not None


def test_an_end_while_the_second_stream_is_opened(seat: Seat) -> None:
    opens = seat.room.engine.open

    def slowly(request: Any) -> FakeStream:
        stream = opens(request)
        seat.live.end(EndReason.CLOSED)
        return stream

    seat.room.engine.open = slowly  # type: ignore[method-assign]
    seat.resize(FOCUS)
    assert len(seat.streams) == 2
    assert seat.open == []


def test_a_right_that_ends_before_the_second_stream_opens_none(seat: Seat) -> None:
    unseal = seat.room.vault.unseal

    def late(sealed: bytes, context: str) -> Secret:
        seat.room.withdraw(seat.live.camera_id)
        return unseal(sealed, context)

    seat.room.vault.unseal = late  # type: ignore[method-assign]
    seat.resize(FOCUS)
    assert len(seat.streams) == 1
    assert seat.live.ending is not None
    del seat.room.vault.unseal


def test_a_close_that_fails_leaves_nothing_open(seat: Seat) -> None:
    seat.enlarge()

    def broken(*, linger: bool = False) -> None:
        del linger
        raise OSError("pipe")

    seat.large.close = broken  # type: ignore[method-assign]
    with pytest.raises(OSError, match="pipe"):
        seat.live.end(EndReason.CLOSED)
    assert seat.small.closed
    assert len(seat.room.rows("view.ended")) == 1


def test_a_stream_put_to_rest_while_the_view_ends(seat: Seat) -> None:
    """The lease thread closes it just after the end has seen it."""
    line = seat.live.line

    class Leaving(type(line)):  # type: ignore[misc]
        @property
        def stream(self) -> object:
            found, line.stream = line.stream, None
            return found

    leaving = object.__new__(Leaving)
    leaving.deadline = line.deadline
    seat.live._pair.small = leaving
    seat.live.end(EndReason.CLOSED)
    assert seat.small.closed
    assert len(seat.room.rows("view.ended")) == 1


def test_a_stream_put_to_rest_while_it_is_looked_at(seat: Seat) -> None:
    """The painter asked the one just before the other took its place."""
    seat.resize(FOCUS)

    def overtaken() -> None:
        seat.small.picture = lambda: None  # type: ignore[method-assign]
        seat.large.tell(TileState.LIVE, facts=LARGE)

    seat.small.picture = overtaken  # type: ignore[method-assign]
    assert seat.live.picture() is not None


def test_a_test_of_the_connection_has_one_stream(room: Room) -> None:
    room.engine.facts_at_once = SMALL
    camera = with_both(room)
    room.feeds.probe(room.registrar, camera)
    assert len(room.engine.streams) == 1


def test_a_prewarmed_view_may_become_large(room: Room) -> None:
    seat = Seat(room, room.look(with_both(room), kind=ViewKind.PREWARM, size=HIDDEN))
    seat.small.tell(TileState.LIVE, facts=SMALL)
    seat.later(0)
    assert len(seat.streams) == 1
    seat.enlarge()
