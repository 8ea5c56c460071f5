"""The parts around the player, without libVLC: pens and masks, pulse, ring, versions."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from collections import deque
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.kernel import (
    Fault,
    PixelSize,
    StreamFacts,
    TileState,
)
from console.masking import Mask
from console.video.channel import Channel
from console.video.connection import Backoff, Phase
from console.video.fitting import fit
from console.video.frames import FrameMap, FrameMemory, TileReader
from console.video.grants import Grant
from console.video.hardening import step_back
from console.video.host import Pace
from console.video.ingest import TICKS, Packet, SourceFacts
from console.video.player import EngineMissing, Player, RunningTime, Stats, check_version
from console.video.pulse import Arrivals, Pulse
from console.video.ring import Ring
from console.video.screen import Pen, Screen

WIDTH, HEIGHT = 16, 8


class Desk:
    """A screen over real shared memory, and its reader."""

    def __init__(self, *masks: Mask) -> None:
        self.memory = FrameMemory(1, WIDTH * HEIGHT * 4)
        self.map = FrameMap(self.memory.handle, 1, WIDTH * HEIGHT * 4)
        self.memory._descriptor = None  # the map has closed the one descriptor of this process
        self.blanked: list[int] = []
        self.screen = Screen(self.map.writer(0, 1), masks, self.blanked.append)
        self.reader: TileReader = self.memory.reader(0, 1, (WIDTH, HEIGHT))

    def draw(self, pen: Pen, value: int) -> None:
        ctypes.memset(pen.begin(), value, pen.stride * pen.height)
        pen.end()

    def shown(self) -> bytes | None:
        picture = self.reader.newest(time.monotonic() + 1)
        return None if picture is None else bytes(picture.pixels)


@pytest.fixture(name="desk")
def make_desk() -> Desk:
    return Desk()


def test_only_the_holder_is_shown(desk: Desk) -> None:
    told: list[bool] = []
    pen, other = Pen(desk.screen, WIDTH, HEIGHT), Pen(desk.screen, WIDTH, HEIGHT, told.append)
    desk.screen.holder = pen
    desk.draw(other, 9)
    assert desk.shown() is None
    desk.draw(pen, 1)
    desk.draw(other, 9)
    desk.draw(other, 8)
    assert desk.shown() == bytes([1]) * (WIDTH * HEIGHT * 4)
    assert told == [True, False, True]
    desk.screen.holder = other
    desk.draw(pen, 3)
    desk.draw(other, 2)
    assert desk.shown() == bytes([2]) * (WIDTH * HEIGHT * 4)


def test_a_pen_taken_over_in_mid_picture_does_not_mix_with_the_next(desk: Desk) -> None:
    old, new = Pen(desk.screen, WIDTH, HEIGHT), Pen(desk.screen, WIDTH, HEIGHT)
    desk.screen.holder = old
    place = old.begin()
    desk.screen.holder = new
    assert new.begin() != place
    ctypes.memset(place, 5, WIDTH * HEIGHT * 4)
    old.end()
    new.end()
    assert desk.shown() == bytes([5]) * (WIDTH * HEIGHT * 4)
    desk.draw(new, 6)
    assert desk.shown() == bytes([6]) * (WIDTH * HEIGHT * 4)


def test_a_repeated_picture_is_not_current_unless_decoding_moved(desk: Desk) -> None:
    pen = Pen(desk.screen, WIDTH, HEIGHT)
    desk.screen.holder = pen
    desk.draw(pen, 1)
    first = desk.reader.newest(time.monotonic() + 1)
    for _ in range(5):
        desk.draw(pen, 1)
    again = desk.reader.newest(time.monotonic() + 1)
    assert first is not None
    assert again is not None
    assert again.sequence == first.sequence
    desk.screen.moved_ns = time.monotonic_ns()
    desk.draw(pen, 1)
    later = desk.reader.newest(time.monotonic() + 1)
    assert later is not None
    assert later.sequence == first.sequence + 1
    assert later.decoded_at > first.decoded_at


def test_padding_does_not_make_an_old_picture_new(desk: Desk) -> None:
    width, told = WIDTH - 2, list[bool]()
    pen, other = Pen(desk.screen, width, HEIGHT), Pen(desk.screen, width, HEIGHT, told.append)
    assert pen.stride > width * 4
    desk.screen.holder = pen
    for noise in range(1, 6):
        for each in (pen, other):
            place = each.begin()
            ctypes.memset(place, noise, pen.stride * HEIGHT)
            for row in range(HEIGHT):
                ctypes.memset(place + row * pen.stride, 77, width * 4)
            each.end()
    assert desk.screen.writer.sequence == 1
    assert told == [True, False, False, False, False]
    # The very last pixel counts.
    place = pen.begin()
    ctypes.memset(place, 77, pen.stride * HEIGHT)
    ctypes.memset(place + (HEIGHT - 1) * pen.stride + width * 4 - 1, 78, 1)
    pen.end()
    assert desk.screen.writer.sequence == 2


def test_a_picture_is_as_old_as_its_packet_and_the_lag_of_its_player(desk: Desk) -> None:
    bridge, player = Pen(desk.screen, WIDTH, HEIGHT), Pen(desk.screen, WIDTH, HEIGHT)
    now_ns = time.monotonic_ns()
    desk.screen.holder = bridge
    bridge.arrived_ns = now_ns - 5_000_000_000
    desk.draw(bridge, 1)
    assert desk.screen.shown_ns == bridge.arrived_ns
    desk.draw(bridge, 1)
    assert desk.screen.writer.sequence == 1
    bridge.arrived_ns += 1
    desk.draw(bridge, 1)
    assert desk.screen.shown_ns == bridge.arrived_ns
    desk.screen.holder = player
    desk.screen.lag_ns = 2_000_000_000
    desk.draw(player, 2)
    assert desk.screen.shown_ns == pytest.approx(time.monotonic_ns() - desk.screen.lag_ns, abs=1_000_000_000)


def test_masks_cover_whole_pixels_outwards() -> None:
    desk = Desk(Mask.rectangle(100, 130, 200, 260))
    pen = Pen(desk.screen, WIDTH, HEIGHT)
    desk.screen.holder = pen
    desk.draw(pen, 255)
    pixels = desk.shown()
    assert pixels is not None
    dark = {(x, y) for y in range(HEIGHT) for x in range(WIDTH) if not any(pixels[(y * WIDTH + x) * 4 :][:4])}
    # Columns 1.6–3.2 of 16 and rows 1.04–2.08 of 8.
    assert dark == {(x, y) for x in (1, 2, 3) for y in (1, 2)}


def test_nothing_is_shown_after_close_and_what_was_shown_is_blanked(desk: Desk) -> None:
    pen = Pen(desk.screen, WIDTH, HEIGHT)
    desk.screen.holder = pen
    desk.draw(pen, 1)
    place = pen.begin()
    assert desk.screen.close() is False
    ctypes.memset(place, 7, WIDTH * HEIGHT * 4)
    pen.end()
    assert desk.shown() == bytes([1]) * (WIDTH * HEIGHT * 4)
    desk.screen.holder = pen
    desk.draw(pen, 8)
    assert desk.shown() == bytes([1]) * (WIDTH * HEIGHT * 4)
    desk.screen.blank_when_idle()
    assert desk.blanked == [WIDTH * HEIGHT * 4]


def test_a_pen_that_gives_up_frees_the_screen(desk: Desk) -> None:
    old, new = Pen(desk.screen, WIDTH, HEIGHT), Pen(desk.screen, WIDTH, HEIGHT)
    desk.screen.holder = old
    old.begin()
    desk.screen.holder = new
    old.give_up()
    desk.draw(new, 4)
    assert desk.shown() == bytes([4]) * (WIDTH * HEIGHT * 4)


def packet(*, key: bool = False, size: int = 10) -> Packet:
    return Packet(bytes(size), 0, 0, key)


def test_the_ring_holds_the_current_group_of_pictures() -> None:
    ring = Ring(max_bytes=100)
    ring.append(packet(), 7)
    assert ring.after(0) == ()
    for key in (True, False, False):
        ring.append(packet(key=key), 7)
    assert [held.packet.is_key for held in ring.after(0)] == [True, False, False]
    assert len(ring.after(3)) == 1
    assert ring.after(3)[0].arrived_ns == 7
    assert ring.after(4) == ()
    ring.append(packet(key=True), 7)
    assert [held.packet.is_key for held in ring.after(0)] == [True]
    for _ in range(20):
        ring.append(packet(), 7)
    assert ring.held == 0
    ring.append(packet(key=True), 7)
    assert ring.held == 1


def new_pulse() -> Pulse:
    return Pulse(3.0, Arrivals())


def connect(pulse: Pulse, now: float, rate: float) -> None:
    pulse.arrivals.connected(now, rate)
    pulse.connected(now)


def test_pulse_from_connecting_to_stale() -> None:
    pulse = new_pulse()
    assert pulse.state(0.0, Phase.OPENING, Fault.NONE, warm_only=False) == (TileState.CONNECTING, Fault.NONE)
    connect(pulse, 10.0, 15.0)
    pulse.arrivals.packet(10.1)
    assert pulse.state(10.1, Phase.UP, Fault.NONE, warm_only=False)[0] is TileState.CONNECTING
    assert pulse.state(10.1, Phase.UP, Fault.NONE, warm_only=True)[0] is TileState.LIVE
    pulse.shown(10.2)
    assert pulse.state(10.3, Phase.UP, Fault.NONE, warm_only=False)[0] is TileState.LIVE
    # Packets alone are no picture, and pictures alone are no stream.
    pulse.arrivals.packet(13.2)
    assert pulse.state(13.3, Phase.UP, Fault.NONE, warm_only=False) == (TileState.STALE, Fault.FROZEN)
    assert pulse.stuck_s(13.3) == pytest.approx(3.1)
    pulse.shown(16.4)
    assert pulse.state(16.5, Phase.UP, Fault.NONE, warm_only=False) == (TileState.STALE, Fault.FROZEN)


def test_pulse_while_the_connection_fails() -> None:
    pulse = new_pulse()
    pulse.lost(5.0)
    assert pulse.state(6.0, Phase.WAITING, Fault.REFUSED, warm_only=False) == (TileState.RECONNECTING, Fault.REFUSED)
    assert pulse.state(66.0, Phase.OPENING, Fault.REFUSED, warm_only=False) == (TileState.DOWN, Fault.REFUSED)
    assert pulse.state(6.0, Phase.WAITING, Fault.UNAUTHORISED, warm_only=False)[0] is TileState.DOWN


def test_a_slow_camera_is_given_five_intervals_but_not_for_ever() -> None:
    pulse = new_pulse()
    connect(pulse, 0.0, 1.0)
    assert pulse.stale_s() == 5.0
    connect(pulse, 0.0, 0.01)
    assert pulse.stale_s() == 10.0
    connect(pulse, 0.0, 0.0)
    assert pulse.stale_s() == 3.0


def beat(pulse: Pulse, now: float, count: int) -> TileState:
    """A packet that is shown at once, and what is said then."""
    pulse.arrivals.packet(now)
    pulse.shown(now, count)
    return pulse.state(now, Phase.UP, Fault.NONE, warm_only=False)[0]


def test_the_rate_is_measured_when_the_camera_is_wrong_about_it() -> None:
    pulse = new_pulse()
    connect(pulse, 0.0, 50.0)
    assert {beat(pulse, number / 10, number) for number in range(1, 100)} == {TileState.LIVE}
    assert pulse.arrivals.rate == pytest.approx(10.0, abs=0.5)


def test_a_damaged_stream_does_not_lengthen_its_own_limit() -> None:
    pulse = new_pulse()
    connect(pulse, 0.0, 15.0)
    for number in range(1, 150):
        beat(pulse, number / 15, number)
    assert pulse.arrivals.rate == 15.0
    for number in range(20):
        pulse.arrivals.packet(10.0 + number * 2)
        pulse.state(10.0 + number * 2, Phase.UP, Fault.NONE, warm_only=False)
    assert (pulse.arrivals.rate, pulse.stale_s()) == (15.0, 3.0)
    # Not even a picture now and then does: the tile is not LIVE between them.
    for number in range(1, 10):
        beat(pulse, 50.0 + number * 4, 150 + number)
        now = 53.5 + number * 4
        assert pulse.state(now, Phase.UP, Fault.NONE, warm_only=False)[0] is TileState.STALE
    assert pulse.stale_s() == 3.0


def test_a_picture_that_comes_late_is_not_live() -> None:
    pulse = new_pulse()
    connect(pulse, 0.0, 10.0)
    assert beat(pulse, 1.0, 1) is TileState.LIVE
    for _ in range(4):
        pulse.lag(9)
    assert beat(pulse, 1.1, 2) is TileState.LIVE
    for _ in range(4):
        pulse.lag(20)
    assert beat(pulse, 1.2, 3) is TileState.STALE
    # It is no frozen one either, however late it is, unless none comes any more.
    assert pulse.state(1.2, Phase.UP, Fault.NONE, warm_only=False) == (TileState.STALE, Fault.BEHIND)
    pulse.arrivals.packet(5.2)
    assert pulse.state(5.2, Phase.UP, Fault.NONE, warm_only=False) == (TileState.STALE, Fault.BEHIND)
    pulse.arrivals.packet(5.4)
    assert pulse.state(5.4, Phase.UP, Fault.NONE, warm_only=False) == (TileState.STALE, Fault.FROZEN)
    pulse.renewed()
    assert beat(pulse, 5.5, 4) is TileState.LIVE


def test_a_burst_after_a_gap_is_no_place_to_start() -> None:
    pulse = new_pulse()
    connect(pulse, 0.0, 10.0)
    assert not any(pulse.arrivals.packet(number / 10) for number in range(10))
    assert pulse.arrivals.steady(0.9)
    assert pulse.arrivals.packet(3.0)
    for number in range(1, 20):
        assert not pulse.arrivals.packet(3.0 + number / 1000)
        assert not pulse.arrivals.steady(3.0 + number / 1000)
    for number in range(1, 5):
        pulse.arrivals.packet(3.02 + number / 10)
    assert pulse.arrivals.steady(3.42)


def test_only_what_exceeds_the_highest_count_so_far_for_sure_proves_a_picture() -> None:
    pulse = new_pulse()
    connect(pulse, 0.0, 2.0)
    told = [pulse.decoded(count, 1.0 + look) for look, count in enumerate((-3, 0, 1, 2, 2, 4, 3, 5, 6))]
    assert told == [None, 1.0, 1.0, 2.0, 2.0, 5.0, None, 5.0, 7.0]
    pulse.renewed()
    assert pulse.decoded(20, 11.0) is None
    assert pulse.decoded(22, 12.0) == 11.0
    pulse.restarted(13.0)
    assert pulse.decoded(24, 14.0) is None
    assert pulse.decoded(26, 15.0) == 14.0


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.sampled_from([0.5, 2.0, 15.0, 25.0]))
def test_counts_that_run_ahead_of_each_other_prove_nothing(behind: list[int], rate: float) -> None:
    pulse = new_pulse()
    connect(pulse, 0.0, rate)
    unsure = min(4, 1 + int(0.2 * rate))
    assert {pulse.decoded(60 - min(late, unsure), 1.0 + look / 4) for look, late in enumerate(behind)} == {None}


def test_a_still_scene_is_proved_new_all_the_time() -> None:
    for rate in (1.0, 2.0, 5.0, 15.0, 30.0):
        pulse = new_pulse()
        connect(pulse, 0.0, rate)
        for look in range(1, 200):
            now = look / 4
            after = pulse.decoded(int(now * rate), now)
            if now > 4.0:
                assert after is not None
                assert now - after <= max(1.0, 2.5 / rate) + 0.25


def test_pauses_grow_with_jitter_and_a_wrong_password_waits_long() -> None:
    backoff = Backoff()
    for tries, ceiling in ((1, 1.0), (2, 2.0), (5, 16.0), (6, 30.0), (50, 30.0)):
        pauses = [backoff.pause(tries, Fault.STREAM_ENDED, 1.0) for _ in range(200)]
        assert min(pauses) >= 0.5
        assert ceiling * 0.8 < max(pauses) <= ceiling
    assert backoff.pause(2, Fault.UNAUTHORISED, 1.0) <= 2.0
    assert backoff.pause(3, Fault.UNAUTHORISED, 1.0) == 300.0


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.NO_ANSWER, Fault.HOST_UNKNOWN])
def test_who_is_not_there_is_asked_often_at_first_and_ever_less(fault: Fault) -> None:
    backoff = Backoff()
    for down_s, ceiling in ((0.0, 1.0), (10.0, 1.0), (64.0, 4.0), (480.0, 30.0), (1e6, 30.0)):
        pauses = [backoff.pause(50, fault, down_s) for _ in range(200)]
        assert min(pauses) >= 0.5
        assert ceiling * 0.8 < max(pauses) <= ceiling


def facts(width: int, height: int, aspect: float = 1.0) -> SourceFacts:
    return SourceFacts("h264", b"", StreamFacts(width=width, height=height), aspect)


def grant(*masks: Mask, limit: int = 1000) -> Grant:
    return Grant("worker", 0, "camera", 1, 0.0, limit, limit, masks, "0" * 64)


def test_the_size_keeps_the_cameras_shape_within_box_and_grant() -> None:
    assert fit(PixelSize(480, 270), grant(), facts(640, 360)) == PixelSize(480, 270)
    assert fit(PixelSize(480, 270), grant(), facts(640, 480)) == PixelSize(360, 270)
    assert fit(PixelSize(480, 270), grant(), facts(360, 640)) == PixelSize(152, 270)
    assert fit(PixelSize(400, 300), grant(), facts(352, 576, 2.0)) == PixelSize(366, 300)
    assert fit(PixelSize(480, 270), grant(limit=100), facts(640, 360)) == PixelSize(100, 56)
    assert fit(PixelSize(480, 270), grant(), facts(0, 0)) == PixelSize(480, 270)
    # Masks are laid on a known shape or there is no picture.
    assert fit(PixelSize(480, 270), grant(Mask.rectangle(0, 0, 1, 1)), facts(0, 0)) is None
    assert fit(PixelSize(0, 0), grant(), facts(640, 360)) is None


def test_what_was_asked_for_whole_is_shown_as_it_is_and_is_of_even_width() -> None:
    for width in range(2, 560, 2):
        for shape in ((640, 360), (704, 576), (2592, 1944), (1080, 1920)):
            height = width * shape[1] // shape[0]
            if height:
                assert fit(PixelSize(width, height), grant(), facts(*shape)) == PixelSize(width, height)
    for width in range(3, 800, 2):
        fitted = fit(PixelSize(width, width), grant(), facts(640, 360))
        assert fitted is not None
        assert fitted.width % 2 == 0
    assert fit(PixelSize(1, 1), grant(), facts(640, 360)) == PixelSize(1, 1)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("3.0.20 Vetinari", "engine.too_old"),
        ("2.2.8", "engine.too_old"),
        ("4.0.0-dev Otto Chriek", "engine.too_new"),
        ("strange", "engine.broken"),
    ],
)
def test_a_libvlc_that_is_not_trusted_is_refused(text: str, key: str) -> None:
    with pytest.raises(EngineMissing) as caught:
        check_version(text)
    assert caught.value.key == key


def test_the_trusted_libvlc() -> None:
    assert check_version("3.0.24 Vetinari") == (3, 0, 24)


def at(ticks: int, shown: int = 0) -> Packet:
    return Packet(b"", ticks + shown, ticks, is_key=False)


def test_pictures_keep_the_cameras_pace_while_they_come_about_in_time() -> None:
    running, step = RunningTime(), TICKS // 15
    jitter = (0, 40_000, -30_000, 90_000, 0)
    times = [
        running.of(at(number * step, step), 5_000_000 + number * 66_667 + late) for number, late in enumerate(jitter)
    ]
    assert [dts for dts, _ in times] == pytest.approx([1_000_000 + number * 66_667 for number in range(5)], abs=5)
    assert all(pts - dts == 66_666 for dts, pts in times)


@pytest.mark.parametrize("jump", [-1000 * TICKS, 1000 * TICKS, 2**33, -(2**33)])
def test_times_run_on_whatever_the_cameras_clock_does(jump: int) -> None:
    running, now = RunningTime(), 7_000_000
    for number in range(30):
        shift = jump if number > 10 else 0
        dts, _ = running.of(at(number * 6000 + shift), now + number * 66_667)
        assert dts == pytest.approx(1_000_000 + number * 66_667, abs=50)


def test_what_was_held_up_is_shown_at_once_and_nothing_stays_late() -> None:
    running = RunningTime()
    for number in range(15):
        running.of(at(number * 6000), number * 66_667)
    # Two seconds of silence, then thirty pictures within thirty milliseconds.
    burst = [running.of(at((15 + number) * 6000), 3_000_000 + number * 1000)[0] for number in range(30)]
    assert burst == sorted(set(burst))
    assert all(abs(dts - (4_000_000 + number * 1000)) <= 60_000 for number, dts in enumerate(burst))


def test_times_increase_even_if_the_cameras_stand_still_or_are_repeated() -> None:
    running = RunningTime()
    told = [running.of(at(dts), 1_000_000)[0] for dts in (0, 0, 0, 3000, 2999, 2998)]
    assert told == sorted(set(told))


def test_a_camera_that_says_to_show_its_pictures_much_later_is_not_believed() -> None:
    dts, pts = RunningTime().of(at(0, 9 * TICKS), 1_000_000)
    assert pts - dts == 1_000_000


def test_repeats_of_an_idle_player_do_not_hide_a_later_lag() -> None:
    pulse, late = new_pulse(), list[bool]()
    connect(pulse, 0.0, 5.0)
    # Nothing is held at first, and every repeat is counted as one more that was shown.
    for held in (2, 0, -20, -140, -138, -132, -126, -122, -121, -120, -119, -118):
        pulse.lag(held)
        late.append(pulse.late)
    assert late == [False] * 8 + [True] * 4
    pulse.renewed()
    assert not pulse.late


class FakeLibrary:
    """Gives the figures that libVLC would, its totals as the int of C that they are."""

    def __init__(self) -> None:
        self.decoded = self.read = 0

    def libvlc_media_get_stats(self, _media: int, stats: Any) -> int:
        stats._obj.decoded_video = self.decoded
        stats._obj.demux_read_bytes = ctypes.c_int32(self.read & 0xFFFFFFFF).value
        return 1


def test_packets_without_pictures_prove_nothing_even_past_the_end_of_an_int() -> None:
    library, player = FakeLibrary(), Player.__new__(Player)
    player._dll, player._media, player._stopping = library, 1, threading.Lock()
    player._taken, player._counted, player._given = 0, 0, deque()
    for number in range(1, 2001):
        player._taken += 5_000_000
        player._given.append(player._taken)
        if number % 7 == 0:
            # What was read, went in and came out by the time of an earlier packet.
            library.read, library.decoded = player._taken - 15_000_000, 2 * (number - 3)
            assert player.stats()[0] == number - 3
    assert library.read > 2 * 2**32
    before = player.stats()[0]
    for _ in range(30):
        player._taken += 5_000_000
        player._given.append(player._taken)
    # Eight that were still on their way, and these: each goes in, none comes out.
    library.read, library.decoded = player._taken, library.decoded + 38
    assert player.stats()[0] == before
    assert Stats().decoded_video == 0


def test_few_players_start_at_a_time_and_a_place_is_not_held_for_ever() -> None:
    pace, channels = Pace(), [Channel.__new__(Channel) for _ in range(6)]
    assert [pace.may_start(channel, 1.0) for channel in channels] == [True] * 4 + [False] * 2
    assert pace.may_start(channels[0], 1.5)
    pace.starting.pop(channels[1])
    assert pace.may_start(channels[4], 2.0)
    assert not pace.may_start(channels[5], 3.0)
    assert pace.may_start(channels[5], 4.2)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere priorities belong to whole processes")
def test_stepping_back_does_not_add_up_from_thread_to_thread() -> None:
    nices: list[int] = []

    def step(further: int) -> None:
        step_back()
        nices.append(os.getpriority(os.PRIO_PROCESS, 0))
        if further:
            thread = threading.Thread(target=step, args=(further - 1,))
            thread.start()
            thread.join()

    ours = os.getpriority(os.PRIO_PROCESS, 0)
    thread = threading.Thread(target=step, args=(2,))
    thread.start()
    thread.join()
    assert nices == [ours + 10] * 3
    assert os.getpriority(os.PRIO_PROCESS, 0) == ours
