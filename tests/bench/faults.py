"""`python3 dev.py bench faults`: what happens to the wall when cameras, network and workers fail, and how fast.

The whole console (store, gate, leases, journal, wall page on an X server of its own) before real RTSP servers. Each
picture bears a counter; when it was made is known from the relay that it came through; whether it is on the screen is
read from the X server's memory, twenty times a second, and compared with what the tile says at that moment.

Detection: from the fault to the moment at which the tile no longer says LIVE. Recovery: from the source's return (for
workers and a change of size: from the fault) until it says LIVE over a picture that was made since and is no older
than a second. Darkness: from the order to withdraw until nothing of the picture is on the screen; the gate's no and
the zeroed shared memory stand beside it. A lie is a look at which a tile said LIVE over a picture older than 3 s.
Exit code 0: no lie, nothing leaked, nobody died. Budgets that were missed are printed.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.bench.footprint import Footprint
from tests.bench.harm import QUIET_S, Cost, Harm, Struck
from tests.bench.measure import BenchError, other_load, percentile, report, speaker
from tests.bench.relay import Manner
from tests.bench.rig import RATE, TILES, Plan, Rig
from tests.bench.truth import Verdict

BUDGETS: Final = {
    ("server frozen", "detection max"): 3.0,
    ("server killed", "detection max"): 3.0,
    ("half-open", "detection max"): 3.0,
    ("refusing", "detection max"): 3.0,
    ("wrong password", "detection max"): 3.0,
    ("worker frozen", "detection max"): 3.0,
    ("server frozen", "recovery p95"): 2.0,
    ("server killed", "recovery p95"): 2.0,
    ("half-open", "recovery p95"): 2.0,
    ("stalled 4.5 s", "detection max"): 3.0,
    ("stalled 6 s", "detection max"): 3.0,
    ("stalled 4.5 s", "recovery p95"): 2.0,
    ("stalled 6 s", "recovery p95"): 2.0,
    ("refusing", "recovery p95"): 2.0,
    ("wrong password", "recovery p95"): 2.0,
    ("garbage bytes", "recovery p95"): 2.0,
    ("size changes", "recovery p95"): 2.0,
    ("reconnects", "recovery p95"): 2.0,
    ("worker killed", "recovery max"): 3.0,
    ("worker frozen", "recovery max"): 5.0,
    ("withdrawal", "dark screen max"): 0.5,
    ("withdrawal", "dark gate max"): 0.5,
    ("withdrawal", "dark memory max"): 0.5,
    ("worker killed", "lost elsewhere"): 0.0,
    ("worker frozen", "lost elsewhere"): 0.0,
}
"""The most that each figure may be."""
COLUMNS: Final = (
    ("fault", 16),
    ("detected p50/p95/max s", 24),
    ("back first/p50/p95/max s", 30),
    ("dark p50/p95/max s", 22),
    ("lies", 6),
    ("oldest", 8),
    ("lost beside/elsewhere (before)", 32),
    ("UI p99 ms", 11),
    ("budgets", 0),
)
RATES: Final = (5, 8, 10, 15, 25)
FEW: Final = 8
_DROP_S: Final = (0.1, 1.5)
_HOLD_S: Final = 4.0
_LOOK_S: Final = 0.05
_GIVE_UP_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked for on the command line."""

    tiles: int = 16
    rate: int = RATE
    rounds: int = 1
    reconnects: int = 0
    only: tuple[str, ...] = ()
    seed: int = 5
    json_only: bool = False


@dataclass(slots=True)
class Outcome:
    """Everything that the rounds gave."""

    costs: list[Cost] = field(default_factory=list)
    drops: list[float] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)
    leaks: dict[str, dict[str, float]] = field(default_factory=dict)
    growth: dict[str, dict[str, float]] = field(default_factory=dict)
    load: list[float] = field(default_factory=list)
    crashes: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    """Why workers ended, those that we struck among them."""
    """Workers that died without our doing."""


def parse(arguments: Sequence[str]) -> Choice:
    default = Choice()
    parser = argparse.ArgumentParser(prog="dev.py bench faults", description=__doc__)
    parser.add_argument("--tiles", type=int, default=default.tiles, choices=TILES, help="a layout of equal tiles")
    parser.add_argument(
        "--rate", type=int, default=default.rate, choices=RATES, help="pictures a second of each camera"
    )
    parser.add_argument("--rounds", type=int, default=default.rounds, help="how often each fault happens")
    parser.add_argument("--reconnects", type=int, default=0, help="instead: so many drops and returns of a few cameras")
    parser.add_argument("--only", action="append", default=[], help="only faults whose name begins so")
    parser.add_argument("--seed", type=int, default=default.seed)
    parser.add_argument("--json", action="store_true", help="print the result object only")
    given = parser.parse_args(arguments)
    return Choice(given.tiles, given.rate, given.rounds, given.reconnects, tuple(given.only), given.seed, given.json)


def measure(choice: Choice) -> Outcome:
    say = speaker(json_only=choice.json_only)
    outcome = Outcome()
    outcome.load.append(other_load())
    with Rig(Plan(choice.tiles, choice.rate), say) as rig:
        rig.start()
        harm = Harm(rig)
        say(f"{choice.tiles} tiles; the machine was busy with {outcome.load[0]:.0f} % of a core before")
        before = _warm_up(rig)
        if choice.reconnects:
            outcome.drops = reconnects(rig, choice, outcome.verdict)
            _weigh(rig, outcome, "reconnects", before)
        else:
            _rounds(harm, choice, harm.of_sources(), outcome, say)
            _weigh(rig, outcome, "sources", before)
            _rounds(harm, choice, harm.of_workers(), outcome, say)
            _weigh(rig, outcome, "workers", before)
        outcome.crashes, outcome.ends = rig.crashes(), dict(rig.ends())
        outcome.load.append(other_load())
    return outcome


def _warm_up(rig: Rig) -> Footprint:
    """Every connection is made a second time before anything is weighed."""
    since = time.monotonic()
    rig.cameras.relay.cut(rig.cameras.lanes)
    rig.await_current(rig.ids, since)
    time.sleep(QUIET_S)
    return rig.footprint()


def _weigh(rig: Rig, outcome: Outcome, what: str, before: Footprint) -> None:
    time.sleep(QUIET_S)
    outcome.leaks[what], outcome.growth[what] = rig.leaks(before), rig.footprint().growth(before)


def _rounds(
    harm: Harm, choice: Choice, kinds: Mapping[str, Callable[[], Struck]], outcome: Outcome, say: Callable[[str], None]
) -> None:
    for number in range(1, choice.rounds + 1):
        for name, fault in kinds.items():
            if choice.only and not name.startswith(choice.only):
                continue
            cost = harm.measure(name, fault)
            outcome.costs.append(cost)
            outcome.verdict.add(cost.verdict)
            say(f"round {number}: {_line(cost)}")


def _line(cost: Cost) -> str:
    parts = [f"{cost.name}:"]
    for word, values in (("detected", cost.detected), ("back", cost.recovered)):
        if values:
            parts.append(f"{word} p50 {percentile(values, 0.5):.2f} max {max(values):.2f} s,")
    parts += [f"{name} dark {seconds:.3f} s," for name, seconds in cost.dark.items()]
    parts.append(f"{len(cost.verdict.lies)} lies, {cost.lost_elsewhere} pictures lost elsewhere")
    return " ".join(parts)


def reconnects(rig: Rig, choice: Choice, verdict: Verdict) -> list[float]:
    """Drop a few cameras, each on its own beat, until all of them together were dropped so often.

    Each connection holds for a while: a camera that ends one at once is called ever more slowly.
    """
    dice = random.Random(choice.seed)
    began = time.monotonic()
    waits = {camera: began + _HOLD_S * number / FEW for number, camera in enumerate(rig.ids[:FEW])}
    backs: dict[str, float] = {}
    due: dict[str, float] = {}
    recovered: list[float] = []
    started = 0
    while len(recovered) < choice.reconnects:
        now = time.monotonic()
        for camera, at in list(waits.items()):
            if now >= at and started < choice.reconnects:
                started += 1
                del waits[camera]
                rig.cameras.relay.treat([rig.lane_of[camera]], Manner.REFUSE)
                due[camera] = now + dice.uniform(*_DROP_S)
        for camera, at in list(due.items()):
            if now >= at:
                del due[camera]
                rig.cameras.relay.treat([rig.lane_of[camera]], Manner.FORWARD)
                backs[camera] = time.monotonic()
        rig.hear()
        for camera, back in list(backs.items()):
            at_last = rig.record.recovered(camera, back)
            if at_last is not None:
                recovered.append(at_last - back)
                del backs[camera]
                waits[camera] = at_last + _HOLD_S
            elif now > back + _GIVE_UP_S:
                raise BenchError(f"a camera did not come back within {_GIVE_UP_S:.0f} s")
        time.sleep(_LOOK_S)
    verdict.add(rig.record.judge(began, time.monotonic()))
    return recovered


# The table


def figures(outcome: Outcome) -> dict[str, dict[str, float]]:
    """Each fault's figures over all rounds and tiles."""
    table: dict[str, dict[str, float]] = {}
    for name in dict.fromkeys(cost.name for cost in outcome.costs):
        costs = [cost for cost in outcome.costs if cost.name == name]
        row: dict[str, float] = {}
        row |= _spread("detection", [one for cost in costs for one in cost.detected])
        row |= _spread("recovery", [one for cost in costs for one in cost.recovered])
        for where in ("screen", "gate", "memory", "returned"):
            row |= _spread(f"dark {where}", [cost.dark[where] for cost in costs if cost.dark])
        firsts = [min(cost.recovered) for cost in costs if cost.recovered]
        row |= {"recovery first": percentile(firsts, 0.5)} if firsts else {}
        row["never marked"] = sum(cost.unmarked for cost in costs)
        row["not back"] = sum(cost.lost_for_good for cost in costs)
        row["lies"] = sum(len(cost.verdict.lies) for cost in costs)
        row["oldest LIVE"] = max(cost.verdict.oldest_s for cost in costs)
        row["lost beside"] = sum(cost.lost_beside for cost in costs)
        row["lost elsewhere"] = sum(cost.lost_elsewhere for cost in costs)
        row["lost elsewhere in as much time before"] = sum(cost.lost_before for cost in costs)
        row["late p99 ms"] = max(cost.late_p99_ms for cost in costs)
        row["late max ms"] = max(cost.late_max_ms for cost in costs)
        table[name] = {key: round(value, 3) for key, value in row.items()}
    if outcome.drops:
        row = _spread("recovery", outcome.drops) | {"count": len(outcome.drops)}
        row |= {"lies": len(outcome.verdict.lies), "oldest LIVE": outcome.verdict.oldest_s}
        table["reconnects"] = {key: round(value, 3) for key, value in row.items()}
    return table


def _spread(name: str, values: Sequence[float]) -> dict[str, float]:
    if not values:
        return {}
    return {
        f"{name} p50": percentile(values, 0.5),
        f"{name} p95": percentile(values, 0.95),
        f"{name} max": max(values),
    }


def within(table: dict[str, dict[str, float]]) -> dict[str, bool]:
    """Whether each figure that has a budget keeps it."""
    return {
        f"{fault} {figure}": table[fault][figure] <= most
        for (fault, figure), most in BUDGETS.items()
        if figure in table.get(fault, {})
    }


def is_good(outcome: Outcome) -> bool:
    leaked = any(outcome.leaks.values())
    lost = any(cost.lost_for_good for cost in outcome.costs)
    return not (outcome.verdict.lies or leaked or outcome.crashes or lost)


def result(choice: Choice, outcome: Outcome) -> dict[str, Any]:
    table = figures(outcome)
    return {
        "tiles": choice.tiles,
        "rate": choice.rate,
        "rounds": choice.rounds,
        "reconnects": choice.reconnects,
        "other_load_before_after": [round(load, 1) for load in outcome.load],
        "figures": table,
        "within": within(table),
        **outcome.verdict.told(),
        "leaks": outcome.leaks,
        "growth": outcome.growth,
        "crashes": outcome.crashes,
        "worker_ends": outcome.ends,
        "good": is_good(outcome),
    }


def show(found: dict[str, Any]) -> None:
    """Print the table: a fault a row, with its budgets and whether they were kept."""
    print()
    for title, width in COLUMNS:
        print(f"{title:<{width}}", end="")
    print()
    for fault, row in found["figures"].items():
        lost = "lost elsewhere in as much time before"
        cells = (
            fault,
            _figures(row, "detection", "p50", "p95", "max"),
            _figures(row, "recovery", "first", "p50", "p95", "max"),
            _figures(row, "dark screen", "p50", "p95", "max"),
            f"{row['lies']:.0f}",
            f"{row['oldest LIVE']:.2f}",
            f"{row['lost beside']:.0f} / {row['lost elsewhere']:.0f} ({row[lost]:.0f})" if lost in row else "",
            f"{row['late p99 ms']:.1f}" if lost in row else "",
            "; ".join(_verdicts(fault, row)),
        )
        print("".join(f"{cell:<{width}}" for cell, (_, width) in zip(cells, COLUMNS, strict=True)).rstrip())
    for what, leaked in found["leaks"].items():
        print(f"leaked after {what}: {leaked or 'nothing'} (growth: {found['growth'][what]})")
    not_back = sum(row.get("not back", 0) for row in found["figures"].values())
    print(f"lies: {found['lies_count']} in {found['looks_at_live_tiles']} looks; {found['unreadable']} unreadable")
    print(
        f"tiles that did not come back: {not_back:.0f}; workers that died by themselves: {found['crashes']}"
        f" (all ends: {found['worker_ends']})"
    )
    print(f"others' load before, whole load after, % of a core: {found['other_load_before_after']}")


def _figures(row: dict[str, float], name: str, *parts: str) -> str:
    return " / ".join(f"{row[f'{name} {part}']:.2f}" for part in parts if f"{name} {part}" in row)


def _verdicts(fault: str, row: dict[str, float]) -> Iterator[str]:
    for (of, figure), most in BUDGETS.items():
        if of == fault and figure in row:
            yield f"{figure} <= {most:g} {'kept' if row[figure] <= most else 'MISSED'}"


def main(arguments: Sequence[str]) -> int:
    choice = parse(arguments)
    return report("faults", lambda: result(choice, measure(choice)), show, json_only=choice.json_only)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
