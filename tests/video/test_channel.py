"""One tile over a real libVLC and a clip in memory, without a worker around it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.kernel import PixelSize, Secret, TileState
from console.video.channel import Channel, ChannelSettings, ChannelState, Host
from console.video.easing import Eased
from console.video.frames import FrameMap, FrameMemory
from console.video.grants import Grant
from console.video.intake import Intake
from console.video.player import Player, VlcEngine
from console.video.screen import Pen, Screen
from console.video.synthetic import LoopSource, clip_name, encode_clip
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


def test_an_eased_stream_plays_on_with_less_and_comes_back(channel: Channel) -> None:
    ticked: list[tuple[float, ChannelState]] = [(0.0, channel.tick(time.monotonic()))]

    def state() -> ChannelState:
        now = time.monotonic()
        if now - ticked[-1][0] > 0.25:
            ticked.append((now, channel.tick(now)))
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
    until(lambda: channel.tick(time.monotonic()) and channel._current is not None)
    assert options[0] == (":avcodec-hw=any",)
    shown = channel.tick(time.monotonic()).decoded
    until(lambda: channel.tick(time.monotonic()).decoded > shown + 20)
    assert channel.tick(time.monotonic()).state is TileState.LIVE


def test_the_end_of_a_stream_does_not_wait_for_a_decoder(channel: Channel) -> None:
    until(lambda: channel.tick(time.monotonic()).decoded > 5)
    closed, began = threading.Event(), time.monotonic()
    with channel._intake.lock:
        channel.close(closed.set)
        assert time.monotonic() - began < 1.0
        # At most a picture that was being drawn is in the way, and that one needs no lock.
        until(channel._screen.blank_if_idle)
    assert closed.wait(10)
