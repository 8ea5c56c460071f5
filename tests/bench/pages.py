"""`python3 dev.py bench pages`: the lists of a large station, with a wall of 16 cameras playing behind them.

The station has 1,000 cameras and 1,000,000 rows of the journal (`large_store`); each run works on a copy of it. The
time of a page or a filter is from the key to the painting of every row in sight; the window is up when somebody can
type his name at the log-in, the wall when it was painted for somebody whose password came with the start; lateness is
of a 16 ms timer of the window's thread while the list is scrolled; a save goes over the window's write thread and back.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from tests.bench.child import Child
from tests.bench.large_store import KEPT, Extent, large_station, set_addresses
from tests.bench.measure import BenchError, XServer, other_load, percentile, report, speaker, wait_until
from tests.rtsp import ClipSpec, RtspServer, make_clip
from tests.station import HEAD, PASSWORD

WINDOW: Final = (1920, 1080)
RATE: Final = 15
LISTS: Final[Mapping[str, Sequence[str]]] = {
    "cameras": ("ร้านทอง", "ถนนนครใน", "SK-0042", "วัด"),
    "access_log": ("สมชาย", "ร้านทอง", "ลักทรัพย์", "SK-0042", "ประเสริฐ ตลาด"),
}
"""The pages that are measured, and what is typed into their filters."""
AGAIN: Final = 6
STARTS: Final = 5
SETTLE_S: Final = 3.0
"""Nobody opens a list in the first moments after the wall came up; what is loaded beside it is there by then."""

JUMPS: Final = (0.5, 0.99, 0.1, 0.75)
SAVES: Final = 60
IMPORTED: Final = 1000
BUDGETS: Final = {
    "open_ms": 150.0,
    "filter_ms": 100.0,
    "scroll_late_p99_ms": 16.0,
    "save_p95_ms": 30.0,
    "import_s": 10.0,
    "import_leases_lost": 0.0,
    "window_up_ms": 1500.0,
}
"""The most that each figure may be."""
_PATIENCE_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked for on the command line."""

    extent: Extent
    seconds: float = 15.0
    pages: tuple[str, ...] = tuple(LISTS)
    lists_only: bool = False
    """Neither the start of the console nor saves are measured."""
    json_only: bool = False


def parse(arguments: Sequence[str]) -> Choice:
    default = Extent()
    parser = argparse.ArgumentParser(prog="dev.py bench pages", description=__doc__)
    parser.add_argument("--cameras", type=int, default=default.cameras)
    parser.add_argument("--rows", type=int, default=default.rows, help="rows of the journal")
    parser.add_argument("--tiles", type=int, default=default.live, help="cameras that play meanwhile")
    parser.add_argument("--seconds", type=float, default=15.0, help="how long each list is scrolled")
    parser.add_argument("--page", choices=tuple(LISTS), action="append", help="only this page")
    parser.add_argument("--json", action="store_true", help="print the result object only")
    given = parser.parse_args(arguments)
    extent = Extent(cameras=given.cameras, rows=given.rows, live=given.tiles)
    return Choice(extent, given.seconds, tuple(given.page or LISTS), json_only=given.json)


def measure(choice: Choice) -> dict[str, Any]:
    say = speaker(json_only=choice.json_only)
    kept = large_station(choice.extent, say)
    with ExitStack() as stack:
        display = stack.enter_context(XServer(*WINDOW))
        spec = ClipSpec(size=(640, 360), rate=RATE)
        server = stack.enter_context(RtspServer(make_clip(KEPT / spec.name, spec), choice.extent.live))
        urls = [server.url(number) for number in range(choice.extent.live)]
        folder = stack.enter_context(copied(kept))
        set_addresses(folder, urls)
        load = other_load()
        say(f"{choice.extent.live} tiles play; the machine was busy with {load:.0f} % of a core before")
        figures = _run(choice, folder, display, say)
    return {
        "cameras": choice.extent.cameras,
        "rows": choice.extent.rows,
        "tiles": choice.extent.live,
        "other_load_before": round(load, 1),
        "figures": figures,
        "within": within(figures),
    }


def within(figures: Mapping[str, float]) -> dict[str, bool]:
    """Whether each figure that has a budget keeps it; a page's figures bear its name before theirs."""
    budgets = {name: BUDGETS.get(name.rpartition(" ")[2]) for name in figures}
    return {name: figures[name] <= budget for name, budget in budgets.items() if budget is not None}


@contextmanager
def copied(kept: Path) -> Iterator[Path]:
    """A copy of the station to work on: what a run writes is not there in the next."""
    folder = KEPT / "run"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(kept, folder)
    if hasattr(os, "sync"):
        os.sync()  # or every save that is measured waits until the copy lies on the disk
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(choice: Choice, folder: Path, display: XServer, say: Callable[[str], None]) -> dict[str, float]:
    plan = {
        "data": str(folder),
        "login": HEAD,
        "head": HEAD,
        "head_password": PASSWORD,
        "tiles": choice.extent.live,
        "window": f"{WINDOW[0]}x{WINDOW[1]}",
        "rate": RATE,
        "pictures": 0,
        "coded": False,
    }
    command = [sys.executable, "-m", "tests.bench.consoles.pages", json.dumps(plan)]
    figures: dict[str, float] = {}
    if not choice.lists_only:
        figures["window_up_ms"] = percentile([_entrance(folder, display) for _time in range(STARTS)], 0.5)
    with Child(command, display.environment()) as child:
        child.write(PASSWORD)
        figures["wall_up_ms"] = (child.await_event("painted")["at"] - child.started) * 1000
        wait_until(lambda: child.order("open") is not None, _PATIENCE_S, "the wall to be read")
        _await_live(child, choice.extent.live)
        time.sleep(SETTLE_S)
        for page in choice.pages:
            for name, value in _page(child, page, choice.seconds).items():
                figures[f"{page} {name}"] = value
                say(f"{page}: {name} {value:.1f}")
        if not choice.lists_only:
            figures |= _writes(child, folder)
    return {name: round(value, 2) for name, value in figures.items()}


def _await_live(child: Child, tiles: int) -> None:
    try:
        wait_until(lambda: child.order("live")["live"] == tiles, 60.0, "every tile to be live")
    except BenchError as error:
        said = Counter(child.order("live")["waiting"].values())
        raise BenchError(f"{error}; the tiles say {dict(said)}") from None


def _entrance(folder: Path, display: XServer) -> float:
    """Milliseconds until somebody can type his name, before anything else of the console is measured."""
    plan = {"data": str(folder), "window": f"{WINDOW[0]}x{WINDOW[1]}"}
    command = [sys.executable, "-m", "tests.bench.consoles.entrance", json.dumps(plan)]
    with Child(command, display.environment()) as child:
        at: float = child.await_event("painted")["at"]
        return (at - child.started) * 1000


def _page(child: Child, page: str, seconds: float) -> dict[str, float]:
    """Open it, open it again, filter it, scroll it, jump about in it."""
    first = _took(child, "visit", page=page)
    again = []
    for _time in range(AGAIN):
        child.order("leave")
        time.sleep(0.3)
        again.append(_took(child, "visit", page=page))
    filters: dict[str, float] = {}
    for typed in LISTS[page]:
        filters[f"filter “{typed}” then_ms"] = _took(child, "filter", typed=typed)
        filters[f"filter “{typed}” cleared_ms"] = _took(child, "filter", typed="")
    child.order("scroll", seconds=seconds)
    time.sleep(seconds + 0.5)
    late = child.order("late")
    jumps = [_took(child, "jump", share=share) for share in JUMPS]
    child.order("leave")
    return {
        "open_ms": max(first, percentile(again, 0.95)),
        "open_first_ms": first,
        "open_again_p95_ms": percentile(again, 0.95),
        "filter_ms": percentile(list(filters.values()), 0.95),
        **filters,
        "scroll_late_p99_ms": late["p99"],
        "scroll_late_max_ms": late["max"],
        "jump_max_ms": max(jumps),
    }


def _took(child: Child, order: str, **parameters: Any) -> float:
    child.order(order, **parameters)
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        took = child.order("took")
        if took is not None:
            return cast("float", took)
        time.sleep(0.02)
    raise BenchError(f"waited {_PATIENCE_S:.0f} s in vain for “{order} {parameters}”")


def _writes(child: Child, folder: Path) -> dict[str, float]:
    child.order("save", times=SAVES)
    wait_until(lambda: len(child.order("saved")) == SAVES, _PATIENCE_S, "the saves")
    saves = child.order("saved")
    file = folder / "cameras.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(("code", "name", "owner_type", "place", "lat", "lon", "address"))
        for number in range(IMPORTED):
            spot = (7.2 + number / 90_000, 100.6)
            address = f"rtsp://10.30.{number // 250}.{number % 250 + 1}/live"
            writer.writerow((f"IM-{number:04}", f"ร้านค้า {number}", "ร้านค้า", "ถนนนครใน", *spot, address))
    child.order("import", file=str(file))
    wait_until(lambda: child.order("imported") is not None, 60.0, "the import")
    told = child.order("imported")
    if told["registered"] != IMPORTED:
        raise BenchError(f"only {told['registered']} of {IMPORTED} cameras were imported")
    return {
        "save_p50_ms": percentile(saves, 0.5),
        "save_p95_ms": percentile(saves, 0.95),
        "import_s": told["seconds"],
        "import_leases_lost": told["lost"],
    }


def show(found: dict[str, Any]) -> None:
    for name, good in found["within"].items():
        if not good:
            budget = BUDGETS[name.rpartition(" ")[2]]
            print(f"{name} is {found['figures'][name]:.1f}, more than {budget:g}")


def main(arguments: Sequence[str]) -> int:
    choice = parse(arguments)
    return report("pages", lambda: measure(choice), show, json_only=choice.json_only)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
