"""`python3 dev.py bench soak`: a wall that runs for minutes or a night while something fails every twenty seconds.

The same console, cameras and faults as `bench faults`, drawn at random (the seed is printed and can be given). Twenty
times a second every tile's words are compared with how old the picture on the screen is. Every ten seconds memory,
threads, descriptors and processes are counted; their slopes are least squares, with the 95 % interval. At the end the
console is closed as an officer closes it, and its journal is verified.
Exit code 0: no lie, nothing leaked, nobody died, the journal is whole and no view in it is without an end.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from tests.bench.footprint import Footprint
from tests.bench.harm import BACK_S, QUIET_S, Harm
from tests.bench.measure import other_load, report, speaker
from tests.bench.rig import TILES, Plan, Rig
from tests.bench.truth import Verdict
from tests.station import HEAD, PASSWORD, settings_of

BETWEEN_S: Final = (15.0, 25.0)
WEIGH_S: Final = 10.0
_HOUR_S: Final = 3600.0
_KEPT_S: Final = 30.0
_SURE: Final = 1.96


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked for on the command line."""

    minutes: float = 10.0
    tiles: int = 16
    seed: int = 0
    json_only: bool = False


class Slope(NamedTuple):
    """What a line through the samples rises in an hour, and how far off that may be (95 %)."""

    per_hour: float
    plus_minus: float


@dataclass(slots=True)
class Watch:
    """What was counted every ten seconds."""

    at: list[float] = field(default_factory=list)
    seen: list[Footprint] = field(default_factory=list)
    late_p99_ms: list[float] = field(default_factory=list)
    waiting: int = 0

    def slopes(self) -> dict[str, Slope]:
        names = list(asdict(self.seen[0])) if self.seen else []
        return {name: slope(self.at, [float(getattr(one, name)) for one in self.seen]) for name in names}


def slope(times: Sequence[float], values: Sequence[float]) -> Slope:
    """Least squares; the interval is from the residuals and says nothing when there are fewer than three samples."""
    if len(times) < 3 or len(set(times)) == 1:
        return Slope(0.0, float("inf"))
    middle, level = statistics.fmean(times), statistics.fmean(values)
    spread = sum((at - middle) ** 2 for at in times)
    rise = sum((at - middle) * (value - level) for at, value in zip(times, values, strict=True)) / spread
    left = sum((value - level - rise * (at - middle)) ** 2 for at, value in zip(times, values, strict=True))
    error = math.sqrt(left / (len(times) - 2) / spread)
    return Slope(rise * _HOUR_S, _SURE * error * _HOUR_S)


@dataclass(slots=True)
class Outcome:
    """Everything that came of it."""

    faults: Counter[str] = field(default_factory=Counter)
    slowest_back_s: dict[str, float] = field(default_factory=dict)
    oldest_live_s: dict[str, float] = field(default_factory=dict)
    not_back: int = 0
    crashes: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    """Why workers ended, those that we struck among them."""
    verdict: Verdict = field(default_factory=Verdict)
    watch: Watch = field(default_factory=Watch)
    leaks: dict[str, float] = field(default_factory=dict)
    new_threads: list[str] = field(default_factory=list)
    journal: dict[str, Any] = field(default_factory=dict)
    load: list[float] = field(default_factory=list)


def parse(arguments: Sequence[str]) -> Choice:
    default = Choice()
    parser = argparse.ArgumentParser(prog="dev.py bench soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=default.minutes)
    parser.add_argument("--tiles", type=int, default=default.tiles, choices=TILES, help="a layout of equal tiles")
    parser.add_argument("--seed", type=int, default=0, help="of the faults' order; 0: a new one, which is printed")
    parser.add_argument("--json", action="store_true", help="print the result object only")
    given = parser.parse_args(arguments)
    return Choice(given.minutes, given.tiles, given.seed or random.SystemRandom().randrange(1, 2**31), given.json)


def measure(choice: Choice) -> Outcome:
    say = speaker(json_only=choice.json_only)
    outcome = Outcome(load=[other_load()])
    with Rig(Plan(choice.tiles), say) as rig:
        rig.start()
        say(f"seed {choice.seed}; {choice.tiles} tiles; others' load before {outcome.load[0]:.0f} % of a core")
        time.sleep(QUIET_S)
        before, threads = rig.footprint(), rig.threads()
        stop = threading.Event()
        weighing = threading.Thread(target=_weigh, args=(rig, outcome.watch, stop), name="weighing", daemon=True)
        weighing.start()
        try:
            _harm(rig, choice, outcome, say)
        finally:
            stop.set()
            weighing.join()
        time.sleep(QUIET_S)
        outcome.leaks = rig.leaks(before)
        outcome.new_threads = list((rig.threads() - threads).elements())
        outcome.watch.waiting = rig.inside()["waiting"]
        outcome.crashes, outcome.ends = rig.crashes(), dict(rig.ends())
        rig.end_console()
        outcome.journal = examine(rig)
    outcome.load.append(other_load())
    return outcome


def _weigh(rig: Rig, watch: Watch, stop: threading.Event) -> None:
    while not stop.wait(WEIGH_S):
        watch.at.append(time.monotonic())
        watch.seen.append(rig.footprint())
        watch.late_p99_ms.append(rig.child.order("late")["p99"])
        rig.child.order("seen")


def _harm(rig: Rig, choice: Choice, outcome: Outcome, say: Callable[[str], None]) -> None:
    """Let things fail until the time is over; judge as we go."""
    dice, harm = random.Random(choice.seed), Harm(rig)
    end = time.monotonic() + choice.minutes * 60
    judged = time.monotonic()
    while time.monotonic() < end:
        began = time.monotonic()
        name = dice.choice(list(harm.kinds()))
        back = _once(harm, name, dice)
        outcome.faults[name] += 1
        rest = began + dice.uniform(*BETWEEN_S) - time.monotonic()
        time.sleep(max(1.0, rest))
        rig.hear()
        now = time.monotonic()
        verdict = rig.record.judge(judged, now)
        outcome.verdict.add(verdict)
        outcome.oldest_live_s[name] = max(outcome.oldest_live_s.get(name, 0.0), verdict.oldest_s)
        if back is None:
            outcome.not_back += 1
        else:
            outcome.slowest_back_s[name] = max(outcome.slowest_back_s.get(name, 0.0), back)
        rig.record.forget(now - _KEPT_S)
        judged = now
        came = "did not come back" if back is None else f"back in {back:.2f} s"
        say(f"{name}: {came}; oldest LIVE {verdict.oldest_s:.2f} s, {len(verdict.lies)} lies")


def _once(harm: Harm, name: str, dice: random.Random) -> float | None:
    """Let one thing fail; returns the seconds until the last tile was back after it, None if one never was."""
    struck = harm.withdrawal(dice.choice(harm.victims)) if name == "withdrawal" else harm.kinds()[name]()
    since = struck.at if struck.back is None else struck.back
    times = harm.rig.await_current(struck.aim, since, BACK_S)
    harm.mend(name)
    backs = [at - since for at in times.values() if at is not None]
    return max(backs) if len(backs) == len(times) else None


def examine(rig: Rig) -> dict[str, Any]:
    """Verify the journal that the closed console left, and look for views without an end."""
    from console.db.keyrings import NoKeyring
    from console.kernel import Secret
    from console.room import Room, RoomPlan
    from console.services.people import station_vault

    plan = RoomPlan(rig.data, settings_of(rig.data, {}), station_vault(NoKeyring()))
    with closing(Room.open(plan)) as room:
        report = room.station.journal.verify(room.station.people.log_in(HEAD, Secret(PASSWORD)))
        views = [
            view
            for camera in rig.ids
            for view in room.station.views.of_camera(camera, datetime(2000, 1, 1, tzinfo=UTC))
        ]
    return {
        "rows": report.rows,
        "problems": [problem.text_key for problem in report.problems],
        "views": len(views),
        "views_without_end": sum(1 for view in views if view.ended_at is None),
    }


def is_good(outcome: Outcome) -> bool:
    journal = outcome.journal
    whole = not journal["problems"] and not journal["views_without_end"] and not outcome.watch.waiting
    return whole and not (outcome.verdict.lies or outcome.leaks or outcome.crashes or outcome.not_back)


def result(choice: Choice, outcome: Outcome) -> dict[str, Any]:
    watch = outcome.watch
    return {
        "minutes": choice.minutes,
        "tiles": choice.tiles,
        "seed": choice.seed,
        "other_load_before_after": [round(load, 1) for load in outcome.load],
        "faults": dict(outcome.faults),
        **outcome.verdict.told(),
        "oldest_live_s": {name: round(age, 2) for name, age in outcome.oldest_live_s.items()},
        "slowest_back_s": {name: round(age, 2) for name, age in outcome.slowest_back_s.items()},
        "not_back": outcome.not_back,
        "crashes": outcome.crashes,
        "worker_ends": outcome.ends,
        "slopes_per_hour": {
            name: {"slope": round(one.per_hour, 2), "plus_minus": round(one.plus_minus, 2)}
            for name, one in watch.slopes().items()
        },
        "first_and_last": [asdict(one) for one in (*watch.seen[:1], *watch.seen[-1:])],
        "ui_late_p99_ms_worst": max(watch.late_p99_ms, default=0.0),
        "leaks": outcome.leaks,
        "new_threads": outcome.new_threads,
        "unwritten": watch.waiting,
        "journal": outcome.journal,
        "good": is_good(outcome),
    }


def show(found: dict[str, Any]) -> None:
    print(f"\nfaults: {sum(found['faults'].values())} {found['faults']} (seed {found['seed']})")
    print(f"lies: {found['lies_count']} in {found['looks_at_live_tiles']} looks; {found['unreadable']} unreadable")
    print(f"oldest picture under LIVE, s: {found['oldest_live_s']}")
    print(f"slowest return, s: {found['slowest_back_s']}; not back: {found['not_back']}")
    print(f"\n{'counted every 10 s':24}{'per hour':>12}{'± (95 %)':>12}")
    for name, one in found["slopes_per_hour"].items():
        print(f"{name:24}{one['slope']:>12.2f}{one['plus_minus']:>12.2f}")
    print(f"leaked: {found['leaks'] or 'nothing'} (threads that are new: {found['new_threads']})")
    print(f"workers that died by themselves: {found['crashes']}; of all ends: {found['worker_ends']}")
    print(f"journal: {found['journal']}; unwritten: {found['unwritten']}")
    print(f"others' load before and after, % of a core: {found['other_load_before_after']}")


def main(arguments: Sequence[str]) -> int:
    choice = parse(arguments)
    name = f"soak (seed {choice.seed})"
    return report(name, lambda: result(choice, measure(choice)), show, json_only=choice.json_only)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
