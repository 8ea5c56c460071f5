"""One tile over a real libVLC and a clip in memory, without a worker around it."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.kernel import PixelSize, Secret, TileState
from console.video import protocol
from console.video.channel import Channel
from console.video.easing import Eased
from console.video.frames import FrameMap, FrameMemory
from console.video.grants import Grant
from console.video.host import ChannelSettings, ChannelState, Host
from console.video.ingest import TICKS, Packet
from console.video.intake import Intake
from console.video.player import Player, VlcEngine
from console.video.playing import Playing
from console.video.screen import Pen, Screen
from console.video.synthetic import LoopSource, clip_name, encode_clip
from console.video.worker import came
from tests.clips import ClipSpec, make_clip
from tests.stream_server import Script
from tests.video.engine_room import until
from tests.video.test_synthetic import moving


@pytest.fixture(name="channel")
def make_channel(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Channel]:
    encode_clip(moving(), tmp_path / clip_name("bar", 3), 15)
    memory = FrameMemory(1, 320 * 180 * 4)
    mapped = FrameMap(memory.handle, 1, 320 * 180 * 4)
    memory._descriptor = None  # the map has closed the one descriptor of this process
    threads: list[threading.Thread] = []

    def background(task: Callable[[], None]) -> None:
        threads.append(threading.Thread(target=task))
        threads[-1].start()

    grant = Grant("worker", 0, "camera", 1, time.monotonic() + 60, 320, 180, (), "")
    intake = Intake(lambda _transport: LoopSource(Secret("demo://bar"), tmp_path))
    host = Host(VlcEngine(), getattr(request, "param", ChannelSettings()), background)
    channel = Channel(Screen(mapped.writer(0, 1), (), lambda _used: None), grant, host, intake)
    channel.start(PixelSize(320, 180))
    yield channel
    closed = threading.Event()
    channel.close(closed.set)
    intake.close()
    assert closed.wait(10)
    assert intake.connection.join(10)
    for thread in threads:
        thread.join(10)


def look(channel: Channel) -> ChannelState:
    """Tick until no decoder is in the way."""
    while (what := channel.tick(time.monotonic())) is None:
        pass
    return what


def test_a_decoder_at_work_holds_nobody_up(channel: Channel) -> None:
    until(lambda: look(channel).decoded > 5)
    with channel._intake.lock:
        assert channel.tick(time.monotonic()) is None
        assert channel.glance(time.monotonic()) is None
    assert look(channel).decoded > 5


def test_a_screen_given_to_a_player_that_has_gone_comes_back(channel: Channel) -> None:
    until(lambda: look(channel).decoded > 5 and channel._current is not None)
    with channel._intake.lock:
        current = channel._current
        assert current is not None
        # As libVLC's thread may leave it, which asks for no lock.
        channel._screen.holder = Pen(channel._screen, 16, 8)
        current.player.pen.resting = True
    shown = look(channel).decoded
    until(lambda: look(channel).decoded > shown + 10)


def test_a_bridge_that_packets_were_kept_from_decodes_no_further(channel: Channel) -> None:
    def is_live() -> bool:
        with channel._intake.lock:
            return channel._bridge is not None and channel._bridge.live

    until(lambda: look(channel).decoded > 5 and channel._current is not None)
    channel.resize(PixelSize(640, 360))
    until(is_live)
    with channel._intake.lock:
        bridge = channel._bridge
        if bridge is not None:
            bridge.torn = True
    channel.resize(PixelSize(480, 270))
    assert bridge is None or channel._bridge is not bridge
    shown = look(channel).decoded
    until(lambda: look(channel).decoded > shown + 10)


def test_all_that_has_come_is_obeyed_before_the_next_look() -> None:
    inbox: queue.SimpleQueue[protocol.ToWorker | None] = queue.SimpleQueue()
    sent = [protocol.Resize(tile, 1, 320, 180) for tile in range(80)]
    for message in sent:
        inbox.put(message)
    first = list(came(inbox, 0.0))
    assert first + list(came(inbox, 0.0)) == sent
    assert len(first) == 64
    assert list(came(inbox, 0.0)) == []


def test_an_eased_stream_plays_on_with_less_and_comes_back(channel: Channel) -> None:
    ticked: list[tuple[float, ChannelState]] = [(0.0, look(channel))]

    def state() -> ChannelState:
        now = time.monotonic()
        if now - ticked[-1][0] > 0.25:
            ticked.append((now, look(channel)))
        return ticked[-1][1]

    def player_filters() -> bool | None:
        state()
        return None if channel._current is None else channel._current.filtered

    until(lambda: player_filters() is True and state().state is TileState.LIVE)
    channel.ease(Eased.LOOP_FILTER)
    until(lambda: player_filters() is False)
    assert state().shown_rate == 0.0
    channel.ease(Eased.RATE)
    shown = state().decoded
    until(lambda: state().shown_rate > 0.0)
    assert state().eased is Eased.RATE
    assert state().shown_rate < 0.8 * state().facts.rate
    until(lambda: state().decoded > shown + 20)
    assert {what.state for _, what in ticked[8:]} <= {TileState.LIVE, TileState.CONNECTING}
    assert state().state is TileState.LIVE
    channel.ease(Eased.NOTHING)
    until(lambda: player_filters() is True)
    assert state().shown_rate == 0.0


def test_a_player_that_begins_while_less_is_shown_is_no_later_for_it(channel: Channel) -> None:
    """Of a group of pictures it would get too few to begin with, and stay behind by the time until the next."""
    fed: list[tuple[bool, bool]] = []
    until(lambda: look(channel).decoded > 5 and channel._current is not None)
    feed = channel._feed

    def noted(playing: Playing, packet: Packet) -> None:
        fed.append((playing is channel._next and not playing.first_at, packet.is_key))
        feed(playing, packet)

    with channel._intake.lock:
        channel._drop_next()
        channel._feed = noted  # type: ignore[method-assign]  # to look at what players are given
        channel._thinning.wants = lambda *_of: False  # type: ignore[method-assign]  # nothing but for a beginner
        channel._box = PixelSize(300, 168)
        channel._start_player()
        assert channel._next is not None
        channel.packet(Packet(b"", 0, 0, is_key=False), 0, gap=False)
        assert fed == [(True, False)]
        channel._next.first_at = 1.0
        channel.packet(Packet(b"", 0, 0, is_key=False), 0, gap=False)
        assert fed == [(True, False)]
        channel._drop_next()
        channel._box = PixelSize(320, 180)
        del channel._thinning.wants


@pytest.fixture(name="options")
def note_options(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    given: list[tuple[str, ...]] = []

    class Noted(Player):
        def __init__(self, engine: VlcEngine, pen: Pen, codec: str, options: tuple[str, ...] = ()) -> None:
            given.append(options)
            super().__init__(engine, pen, codec, options)

    monkeypatch.setattr("console.video.channel.Player", Noted)
    return given


@pytest.mark.parametrize("channel", [ChannelSettings(hardware_decoding=True)], indirect=True)
def test_hardware_that_is_not_there_is_asked_for_and_the_processor_decodes(
    options: list[tuple[str, ...]], channel: Channel
) -> None:
    until(lambda: look(channel) and channel._current is not None)
    assert options[0] == (":avcodec-hw=any",)
    shown = look(channel).decoded
    until(lambda: look(channel).decoded > shown + 20)
    assert look(channel).state is TileState.LIVE


def test_the_end_of_a_stream_does_not_wait_for_a_decoder(channel: Channel) -> None:
    until(lambda: look(channel).decoded > 5)
    closed = threading.Event()
    with channel._intake.lock:
        channel.close(closed.set)
        # At most a picture that was being drawn is in the way, and that one needs no lock.
        until(channel._screen.blank_if_idle)
    assert closed.wait(10)


def test_what_a_broken_slice_leaves_out_is_no_picture(tmp_path: Path) -> None:
    """A decoder patches it from the picture before: old pixels, which the tile would call LIVE."""
    spec = ClipSpec(size=(320, 180), seconds=2, length_s=2)
    pictures, rate = Script.of(make_clip(tmp_path / spec.name, spec)).pictures, 30
    memory = FrameMemory(1, 320 * 180 * 4)
    mapped = FrameMap(memory.handle, 1, 320 * 180 * 4)
    memory._descriptor = None  # the map has closed the one descriptor of this process
    drawn: list[bool] = []
    player = Player(
        VlcEngine(), Pen(Screen(mapped.writer(0, 1), (), lambda _used: None), 320, 180, drawn.append), "h264"
    )
    player.start()
    given, broken, pace = 4 * spec.gop, range(spec.gop + 1, 2 * spec.gop), threading.Event()
    try:
        for number in range(given):
            units = pictures[number % len(pictures)]
            data = b"".join(b"\0\0\0\1" + (unit[:40] if number in broken else unit) for unit in units)
            time_of = number * TICKS // rate
            player.put(Packet(data, time_of, time_of, number % spec.gop == 0))
            pace.wait(1 / rate)
        # After the last one libVLC draws it again and again: so all have come out.
        until(lambda: sum(drawn) >= given - len(broken) and len(drawn) >= given + spec.gop)
        assert sum(drawn) == given - len(broken)
    finally:
        player.stop()
