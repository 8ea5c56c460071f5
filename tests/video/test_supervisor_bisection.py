"""Restart, split, quarantine: the rules alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.video.bisection import WINDOW_S, History, Quarantine, Restart, Split, after_death, backoff


def test_the_first_death_only_restarts() -> None:
    assert after_death("abc", History().died(10.0)) == Restart(("a", "b", "c"), 0.5)


def test_the_second_death_splits() -> None:
    verdict = after_death("abcde", History().died(10.0).died(20.0))
    assert verdict == Split((("a", "b"), ("c", "d", "e")), 0.5)


def test_a_suspect_half_splits_at_its_next_death() -> None:
    assert isinstance(after_death("ab", History((0.5,), suspect=True).died(1.0)), Split)


def test_who_dies_alone_is_quarantined() -> None:
    assert after_death("a", History((0.5,), suspect=True).died(1.0)) == Quarantine(("a",))
    assert after_death("a", History().died(1.0).died(2.0)) == Quarantine(("a",))


def test_streams_of_one_camera_are_judged_together() -> None:
    history = History().died(10.0).died(20.0)
    verdict = after_death(["a1", "b1", "a2", "c1"], history, lambda member: member[0])
    assert verdict == Split((("a1", "a2"), ("b1", "c1")), 0.5)
    assert after_death(["a1", "a2"], history, lambda member: member[0]) == Quarantine(("a1", "a2"))


def test_deaths_far_apart_only_restart() -> None:
    history = History().died(0.0).died(WINDOW_S)
    assert history.deaths == (WINDOW_S,)
    assert isinstance(after_death("a", history), Restart)


def test_a_suspect_that_lives_on_is_cleared() -> None:
    history = History((0.0,), suspect=True)
    assert history.at(WINDOW_S - 1).suspect
    assert history.at(WINDOW_S) == History()


def test_starts_wait_longer_each_time() -> None:
    assert [backoff(tries) for tries in (0, 1, 2, 3, 4, 5, 6, 7, 8, 99)] == [0.5, 0.5, 1, 2, 4, 8, 16, 30, 30, 30]


@given(count=st.integers(1, 16), data=st.data())
def test_the_search_finds_the_killer_and_nobody_else(count: int, data: st.DataObject) -> None:
    killer = data.draw(st.integers(0, count - 1))
    members, history, deaths = tuple(range(count)), History(), 0
    while True:
        deaths += 1
        history = history.died(float(deaths))
        verdict = after_death(members, history)
        if isinstance(verdict, Quarantine):
            assert verdict.members == (killer,)
            break
        if isinstance(verdict, Split):
            assert sorted(verdict.halves[0] + verdict.halves[1]) == list(members)
            members = next(half for half in verdict.halves if killer in half)
            history = History(history.deaths, suspect=True)
    assert deaths <= 6, "16 streams: restart, four splits, quarantine"
