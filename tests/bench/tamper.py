"""`python3 dev.py bench tamper [--count N] [--histories H] [--seed S]`: generated changes of journals and statements.

Honest histories are made by the program itself: eight consoles that take turns on one store, some of them killed in
the middle (`histories`). None may raise an alarm; then each is changed in every way of the table `ATTACKS`
(`forgeries`), one change at a time, on values: what the verifier reads is what it would read from a database. Out of
each history go statements for a camera's owner, which are changed in the ways of `PAPER_ATTACKS` (`paper`) and read by
the functions of the auditors' script. A change that is not found is printed with the seed of its history and its
number. Exit code 1: something was not found, or an honest history or statement raised an alarm.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from tests.bench.forgeries import ATTACKS
from tests.bench.histories import Material, Station, empty_store
from tests.bench.measure import report, speaker
from tests.bench.paper import PAPER_ATTACKS, Paper

COUNT: Final = 100_000
HISTORIES: Final = 1000
TURNS: Final = 10
SHOWN: Final = 20
_AGAIN: Final = 50
T = TypeVar("T", Material, Paper)


@dataclass(frozen=True)
class Choice:
    """What was asked for on the command line."""

    count: int = COUNT
    histories: int = HISTORIES
    seed: int = 2569
    part: tuple[int, int] = (1, 1)
    """Which of how many parts of the whole: each makes its own histories, and all together are the whole."""
    json_only: bool = False


@dataclass
class Result:
    """What came of it."""

    histories: int = 0
    kills: int = 0
    rows: int = 0
    statements: int = 0
    alarms: list[str] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def as_json(self, choice: Choice) -> dict[str, Any]:
        return {
            "seed": choice.seed,
            "part": "/".join(map(str, choice.part)),
            "histories": self.histories,
            "kills": self.kills,
            "rows": self.rows,
            "statements": self.statements,
            "false_alarms": len(self.alarms),
            "changes": self.made.total(),
            "found": self.made.total() - len(self.missed),
            "missed": self.missed[:SHOWN],
            "alarms": self.alarms[:SHOWN],
            "by_attack": dict(self.made),
            "seconds": round(self.seconds, 1),
            "good": not self.alarms and not self.missed,
        }


def parse(arguments: Sequence[str]) -> Choice:
    default = Choice()
    parser = argparse.ArgumentParser(prog="dev.py bench tamper", description=__doc__)
    parser.add_argument("--count", type=int, default=default.count, help="changes in all")
    parser.add_argument("--histories", type=int, default=default.histories, help="honest histories")
    parser.add_argument("--seed", type=int, default=default.seed)
    parser.add_argument("--part", default="1/1", help="K/N: only the Kth of N parts of the whole")
    parser.add_argument("--json", action="store_true", help="print the result object only")
    given = parser.parse_args(arguments)
    which, parts = map(int, given.part.split("/"))
    return Choice(given.count, given.histories, given.seed, (which, parts), given.json)


def run(choice: Choice, folder: Path, say: Callable[[str], None] = lambda _text: None) -> Result:
    """Make the histories, and the changes of each, in equal shares."""
    result, begun = Result(), time.monotonic()
    empty = empty_store(folder / "empty")
    which, parts = choice.part
    for number in range(choice.histories * (which - 1) // parts, choice.histories * which // parts):
        seed = f"{choice.seed}/{number}"
        made = history(folder / "station", seed, empty, result)
        share = choice.count * (number + 1) // choice.histories - choice.count * number // choice.histories
        attack(made, share, seed, result)
        if number % 50 == 49:
            say(f"{number + 1} histories, {result.made.total():,} changes, {len(result.missed)} not found")
    result.seconds = time.monotonic() - begun
    return result


def history(folder: Path, seed: str, empty: Path, result: Result) -> Material:
    """Live one honest history; what the program's own check says of it counts as an alarm."""
    station = Station(folder, random.Random(seed), empty)
    try:
        station.live(TURNS)
        made = station.read()
        problems = [*station.verify().problems, *made.examine().problems]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    result.histories += 1
    result.kills += station.kills
    result.rows += len(made.rows)
    result.statements += len(made.statements)
    result.alarms += [f"history {seed}: {problem.kind} {problem.record}" for problem in problems]
    result.alarms += [f"history {seed}: a statement" for paper in made.statements if paper.verdict() != 0]
    return made


def attack(made: Material, count: int, seed: str, result: Result) -> None:
    """Change it, or one of its statements, so many times, each kind of attack as often as the others."""
    names = [*ATTACKS, *PAPER_ATTACKS]
    for number in range(count):
        dice = random.Random(f"{seed}/{number}")
        name = names[(number + sum(map(ord, seed))) % len(names)]
        if name in ATTACKS:
            found = bool(_changed(made, ATTACKS[name], dice).kinds())
        else:
            found = _changed(dice.choice(made.statements), PAPER_ATTACKS[name], dice).verdict() != 0
        result.made[name] += 1
        if not found:
            result.missed.append(f"{name}: history {seed}, change {number}")


def _changed(made: T, attack: Callable[[T, random.Random], T], dice: random.Random) -> T:
    """Draw until the change is one: an attacker who writes what stands there already has changed nothing."""
    for _time in range(_AGAIN):
        changed = attack(made, dice)
        if changed != made:
            return changed
    raise AssertionError(f"{attack} changes nothing")


def measure(choice: Choice) -> dict[str, Any]:
    say = speaker(json_only=choice.json_only)
    say(f"seed {choice.seed}: {choice.histories:,} honest histories, {choice.count:,} changes")
    # In memory where there is some: nothing that is looked for here hangs on a disk.
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    with tempfile.TemporaryDirectory(prefix="tamper-", dir=memory if memory.is_dir() else None) as folder:
        return run(choice, Path(folder), say).as_json(choice)


def show(found: dict[str, Any]) -> None:
    print(
        f"{found['histories']:,} honest histories ({found['kills']:,} kills, {found['rows']:,} rows):"
        f" {found['false_alarms']} false alarms"
    )
    print(f"{found['statements']:,} honest statements of them")
    print(f"{found['changes']:,} changes: {found['found']:,} found; seed {found['seed']}, {found['seconds']} s")
    for text in (*found["missed"], *found["alarms"]):
        print(f"  {text}")


def main(arguments: Sequence[str]) -> int:
    choice = parse(arguments)
    return report("tamper", lambda: measure(choice), show, json_only=choice.json_only)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
