"""How far behind its camera a stream is: pauses that are caught up with, clocks that cannot be trusted."""

from __future__ import annotations

import pytest

from console.video.delay import Delay

RATE = 15.0
STEP = 1 / RATE


def fed(delay: Delay, begin: tuple[float, float], count: int, waits: float, clock: float = STEP) -> tuple[float, float]:
    """Feed packets that come after equal waits; returns the arrival and the clock of the last one."""
    arrived, passed = begin
    for _ in range(count):
        arrived, passed = arrived + waits, passed + clock
        delay.packet(arrived, passed, RATE)
    return arrived, passed


def test_what_a_pause_held_up_is_old_until_it_is_caught_up_with() -> None:
    delay = Delay()
    at = fed(delay, (100.0, 0.0), 30, STEP)
    assert delay.seconds == 0.0
    at = fed(delay, at, 1, 6.0)
    assert delay.seconds == pytest.approx(6.0 - STEP, abs=0.001)
    at = fed(delay, at, 45, 0.001)
    assert delay.seconds == pytest.approx(6.0 - STEP - 45 * (STEP - 0.001), abs=0.01)
    at = fed(delay, at, 60, 0.001)
    assert delay.seconds == 0.0
    fed(delay, at, 30, STEP)
    assert delay.seconds == 0.0


def test_what_is_not_caught_up_with_stays_old() -> None:
    delay = Delay()
    at = fed(delay, (100.0, 0.0), 3, STEP)
    at = fed(delay, at, 1, 6.0)
    fed(delay, at, 300, STEP)
    assert delay.seconds == pytest.approx(6.0 - STEP, abs=0.03)


def test_a_clock_that_is_a_little_slow_does_not_make_a_short_pause_a_long_one() -> None:
    delay = Delay()
    at = fed(delay, (100.0, 0.0), 3, STEP)
    at = fed(delay, at, 1, 0.8)
    held = delay.seconds
    assert held > 0.7
    fed(delay, at, 45_000, STEP * 1.0002)
    assert delay.seconds <= held


def test_pictures_that_a_camera_left_out_are_not_waited_for() -> None:
    delay = Delay()
    at = fed(delay, (100.0, 0.0), 3, STEP)
    fed(delay, at, 1, 6.0, clock=6.0)
    assert delay.seconds == 0.0


def test_clumps_and_a_slow_clock_are_no_delay() -> None:
    delay = Delay()
    at = (100.0, 0.0)
    for _ in range(50):
        at = fed(delay, at, 1, 0.4)
        at = fed(delay, at, 5, 0.0)
    assert delay.seconds == 0.0
    fed(delay, at, 1000, STEP, clock=STEP * 0.8)
    assert delay.seconds == 0.0


def proven() -> tuple[Delay, tuple[float, float]]:
    """A camera whose clock was seen to run true, with some jitter."""
    delay, at = Delay(), (100.0, 5000.0)
    for _ in range(80):
        at = fed(delay, at, 5, STEP * 1.3)
        at = fed(delay, at, 3, STEP * 0.5)
    assert delay.proven
    assert delay.seconds < 0.2
    return delay, at


def test_a_link_that_becomes_too_thin_makes_pictures_old_without_any_pause() -> None:
    delay, at = proven()
    at = fed(delay, at, 300, STEP / 0.92)
    assert delay.seconds == pytest.approx(300 * (STEP / 0.92 - STEP), abs=0.3)
    at = fed(delay, at, 60, STEP / 4)
    fed(delay, at, 30, STEP)
    assert delay.seconds < 0.1


def test_on_the_next_connection_a_proven_clock_is_believed_from_the_start() -> None:
    delay = Delay(proven=True)
    fed(delay, (100.0, 77.0), 300, STEP / 0.92)
    assert delay.seconds > 1.5


def test_a_clock_that_runs_slow_from_the_start_is_never_proven() -> None:
    delay = Delay()
    fed(delay, (100.0, 0.0), 3000, STEP, clock=STEP * 0.99)
    assert not delay.proven
    assert delay.seconds == 0.0


@pytest.mark.parametrize("jump", [3600.0, -3600.0])
def test_a_proven_clock_that_jumps_is_no_delay(jump: float) -> None:
    delay, at = proven()
    at = fed(delay, at, 1, STEP, clock=jump)
    fed(delay, at, 3000, STEP * 1.0005)
    assert delay.seconds < 0.1


@pytest.mark.parametrize("jump", [3600.0, -3600.0])
def test_a_clock_that_jumps_is_no_delay(jump: float) -> None:
    delay = Delay()
    at = fed(delay, (100.0, 5000.0), 3, STEP)
    at = fed(delay, at, 1, STEP, clock=jump)
    fed(delay, at, 30, STEP)
    assert delay.seconds == 0.0


def test_a_clock_set_back_in_a_pause_leaves_the_pause() -> None:
    delay = Delay()
    at = fed(delay, (100.0, 5000.0), 3, STEP)
    fed(delay, at, 1, 6.0, clock=-3600.0)
    assert delay.seconds == pytest.approx(6.0)


@pytest.mark.parametrize(("rate", "behind"), [(1.0, 0.0), (0.0, 2.5)])
def test_a_slow_camera_is_given_the_time_of_two_pictures(rate: float, behind: float) -> None:
    delay = Delay()
    for number in range(11):
        delay.packet(100.0 + 1.25 * number, 1.0 * number, rate)
    assert delay.seconds == pytest.approx(behind, abs=0.02)
