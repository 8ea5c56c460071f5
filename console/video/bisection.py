"""What follows the death of a worker: restart, split, or quarantine. Pure rules; the engine carries them out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, Generic, TypeVar

WINDOW_S: Final = 300.0
"""Deaths further back are forgotten."""

TOLERATED: Final = 1
"""Deaths within the window that only restart the worker."""

_FIRST_DELAY_S: Final = 0.5
_LONGEST_DELAY_S: Final = 30.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class History:
    """Deaths of one group of streams. A group that came from a split is suspect: its next death splits it again."""

    deaths: tuple[float, ...] = ()
    suspect: bool = False

    def at(self, now: float) -> History:
        """Forget what is too old; a suspect that lived through the window is suspect no more."""
        recent = tuple(death for death in self.deaths if now - death < WINDOW_S)
        return History(recent, suspect=self.suspect and bool(recent))

    def died(self, now: float) -> History:
        past = self.at(now)
        return History((*past.deaths, now), suspect=past.suspect)


@dataclass(frozen=True, slots=True)
class Restart(Generic[T]):
    """Start a new worker for the same streams after a delay."""

    members: tuple[T, ...]
    delay_s: float


@dataclass(frozen=True, slots=True)
class Split(Generic[T]):
    """Start one worker for each half."""

    halves: tuple[tuple[T, ...], tuple[T, ...]]
    delay_s: float


@dataclass(frozen=True, slots=True)
class Quarantine(Generic[T]):
    """The streams of one camera that killed a worker in which there was no other."""

    members: tuple[T, ...]


def after_death(
    members: Sequence[T], history: History, camera: Callable[[T], object] = lambda member: member
) -> Restart[T] | Split[T] | Quarantine[T]:
    """Decide; `history` already holds the death in question. Members of one `camera` are guilty or not together."""
    if not history.suspect and len(history.deaths) <= TOLERATED:
        return Restart(tuple(members), backoff(len(history.deaths)))
    cameras: dict[object, list[T]] = {}
    for member in members:
        cameras.setdefault(camera(member), []).append(member)
    if len(cameras) == 1:
        return Quarantine(tuple(members))
    together, middle = list(cameras.values()), len(cameras) // 2
    # The search is bounded (log2 of 16), so it need not slow down; the innocent half waits for it.
    first, second = (tuple(chain.from_iterable(half)) for half in (together[:middle], together[middle:]))
    return Split((first, second), _FIRST_DELAY_S)


def backoff(tries: int) -> float:
    """Return the seconds before start number `tries` + 1: 0.5, 1, 2, 4 … 30."""
    return min(_LONGEST_DELAY_S, _FIRST_DELAY_S * 2.0 ** min(max(tries, 1) - 1, 10))
