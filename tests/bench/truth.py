"""Judges what the wall said against what the cameras made: lies, recovery, pictures lost. Arithmetic only."""

from __future__ import annotations

import operator
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from tests.bench.relay import Run

OLD_S: Final = 3.0
"""A tile that says LIVE over a picture older than this lies."""

CURRENT_S: Final = 1.0
"""A picture no older than this is current."""

_SAID_S: Final = 0.1
"""What a tile says counts once it has stood so long: words and picture are not painted in the same instant."""

_TOLD_AT_MOST: Final = 50
"""Lies that are listed; all are counted."""

_AHEAD_S: Final = 0.3
_SLACK: Final = 2


class Sample(NamedTuple):
    """The counters that stood on the screen at one moment, in the order of the tiles."""

    at: float
    counters: tuple[int | None, ...]


class Lie(NamedTuple):
    at: float
    camera: str
    age_s: float

    def told(self) -> dict[str, object]:
        return {"at": round(self.at, 2), "camera": self.camera, "age_s": round(self.age_s, 2)}


_at: Final = operator.attrgetter("at")


@dataclass(slots=True)
class Said:
    """What one tile said, from when: LIVE or not."""

    times: list[float] = field(default_factory=list)
    live: list[bool] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def add(self, at: float, *, live: bool, words: str) -> None:
        self.times.append(at)
        self.live.append(live)
        self.words.append(words)

    def is_live(self, at: float) -> bool:
        index = bisect_right(self.times, at) - 1
        return index >= 0 and self.live[index]

    def live_for_a_while(self, at: float) -> bool:
        first, last = bisect_right(self.times, at - _SAID_S) - 1, bisect_right(self.times, at) - 1
        return first >= 0 and all(self.live[first : last + 1])

    def first_not_live(self, since: float, until: float = float("inf")) -> float | None:
        """Return when it first did not say LIVE, from `since` on; None: it always did."""
        if not self.is_live(since):
            return since
        start = bisect_right(self.times, since)
        found = (at for at, live in zip(self.times[start:], self.live[start:], strict=True) if not live)
        first = next(found, None)
        return first if first is not None and first < until else None


class Clockwork:
    """How old a counter is: from when its camera's connections began, and how fast they count."""

    def __init__(self, rate: float, cycle: int) -> None:
        self.rate, self.cycle = rate, cycle

    def age_s(self, runs: Sequence[Run], counter: int, at: float) -> float:
        """Return the age of the youngest picture with this counter that any running connection brought."""
        length = self.cycle / self.rate
        ages = [
            (at - run.began - counter / self.rate + _AHEAD_S) % length - _AHEAD_S
            for run in runs
            if run.pictures and run.began - _AHEAD_S <= at <= run.newest_at + OLD_S
        ]
        return min(ages, default=length)

    def lost(self, seen: Sequence[tuple[float, int]], start: float, end: float) -> int:
        """Return how many pictures between two moments were never painted; the ends are judged with some slack."""
        inside = [one for one in seen if start <= one[0] <= end]
        if not inside:
            return max(0, int((end - start) * self.rate) - _SLACK)
        missed = 0
        for (_, before), (_, after) in pairwise(inside):
            step = (after - before) % self.cycle
            missed += step - 1 if 0 < step < self.cycle // 2 else 0
        edges = (inside[0][0] - start, end - inside[-1][0])
        return missed + sum(max(0, int(edge * self.rate) - _SLACK) for edge in edges)


@dataclass(slots=True)
class Record:
    """Everything that was seen of a wall, tile by tile; what is judged is cut out of it."""

    cameras: Sequence[str]
    clockwork: Clockwork
    runs: Mapping[str, Sequence[Run]]
    samples: list[Sample] = field(default_factory=list)
    said: dict[str, Said] = field(default_factory=dict)

    def take_told(self, told: Sequence[Mapping[str, object]]) -> None:
        for one in told:
            said = self.said.setdefault(str(one["camera"]), Said())
            said.add(float(str(one["at"])), live=bool(one["live"]), words=str(one["said"]))

    def age_at(self, sample: Sample, camera: str) -> float | None:
        counter = sample.counters[self.cameras.index(camera)]
        return None if counter is None else self.clockwork.age_s(self.runs[camera], counter, sample.at)

    def between(self, start: float, end: float) -> list[Sample]:
        """Return the samples of a stretch of time."""
        samples = self.samples
        return samples[bisect_right(samples, start, key=_at) : bisect_right(samples, end, key=_at)]

    def forget(self, before: float) -> None:
        """Drop samples that were judged."""
        del self.samples[: bisect_right(self.samples, before, key=_at)]

    def recovered(self, camera: str, since: float) -> float | None:
        """Return when the tile first said LIVE over a current picture that was made from `since` on."""
        said = self.said.get(camera)
        if said is None:
            return None
        for sample in self.between(since, float("inf")):
            age = self.age_at(sample, camera)
            if age is not None and age <= CURRENT_S and sample.at - age >= since and said.is_live(sample.at):
                return sample.at
        return None

    def judge(self, start: float, end: float) -> Verdict:
        """Look at every sample of a stretch for tiles that said LIVE over an old picture."""
        verdict = Verdict()
        standing: dict[str, tuple[int, float]] = {}
        for sample in self.between(start, end):
            for camera, counter in zip(self.cameras, sample.counters, strict=True):
                said = self.said.get(camera)
                if said is None or not said.live_for_a_while(sample.at):
                    standing.pop(camera, None)
                    continue
                if counter is None:
                    verdict.unreadable += 1
                    continue
                before, since = standing.get(camera, (-1, sample.at))
                standing[camera] = (counter, since if before == counter else sample.at)
                age = max(self.clockwork.age_s(self.runs[camera], counter, sample.at), sample.at - standing[camera][1])
                verdict.take(sample.at, camera, age)
        return verdict


@dataclass(slots=True)
class Verdict:
    """What came of looking: how many tiles said LIVE how often, how old the oldest of their pictures was, the lies."""

    looked: int = 0
    unreadable: int = 0
    """Said LIVE, and the counter could not be read: a picture that the camera or the network spoilt."""
    oldest_s: float = 0.0
    lies: list[Lie] = field(default_factory=list)

    def take(self, at: float, camera: str, age_s: float) -> None:
        self.looked += 1
        self.oldest_s = max(self.oldest_s, age_s)
        if age_s > OLD_S:
            self.lies.append(Lie(at, camera, age_s))

    def add(self, other: Verdict) -> None:
        self.looked += other.looked
        self.unreadable += other.unreadable
        self.oldest_s = max(self.oldest_s, other.oldest_s)
        self.lies += other.lies

    def told(self) -> dict[str, object]:
        """For a result object."""
        return {
            "looks_at_live_tiles": self.looked,
            "unreadable": self.unreadable,
            "lies": [lie.told() for lie in self.lies[:_TOLD_AT_MOST]],
            "lies_count": len(self.lies),
        }
