"""How long an owner's statement takes out of a journal of 1,000,000 rows: to see, to make, and to check.

The file is then read by the script for auditors, as its owner would.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeVar

from console.db.migrate import upgrade
from console.db.places import StorePlace
from console.kernel import Secret, SystemClock
from console.room import Room, RoomPlan
from console.services.people import station_vault
from console.services.statements import IssueStatement
from resources.verify import verify_statement
from tests.bench.large_store import KEPT, Extent, large_station
from tests.station import HEAD, PASSWORD, settings_of

T = TypeVar("T")
MOST_S: Final = 1.0
_MONTH: Final = timedelta(days=30)
_ROUNDS: Final = 5


def median_of(work: Callable[[], T]) -> tuple[float, T]:
    """Return the median of some rounds in seconds, and what the last one gave."""
    taken = []
    for _round in range(_ROUNDS):
        began = time.perf_counter()
        found = work()
        taken.append(time.perf_counter() - began)
    return sorted(taken)[_ROUNDS // 2], found


def measure(folder: Path) -> dict[str, float]:
    """Return the figures of one camera-month, in seconds, and how many rows and bytes it has."""
    from console.db.keyrings import NoKeyring

    room = Room.open(RoomPlan(folder, settings_of(folder, {}), station_vault(NoKeyring())))
    try:
        station = room.station
        head = room.log_in(HEAD, Secret(PASSWORD))
        until = station.clock.now()
        camera = min(station.cameras.cameras(), key=lambda each: each.code).id
        asked = IssueStatement(camera_id=camera, since=until - _MONTH, until=until)
        see_s, seen = median_of(lambda: station.statements.see(head, camera, asked.since, asked.until))
        began = time.perf_counter()
        number = station.dispatcher.run(asked, head)
        given = station.statements.given(head, camera, number)
        make_s = time.perf_counter() - began
        public_s, _month = median_of(lambda: station.statements.month(head, asked.since, asked.until))
        check_s, found = median_of(lambda: verify_statement.verify(given.file, given.fingerprint))
    finally:
        room.close()
    return {
        "see_s": see_s,
        "make_s": make_s,
        "public_s": public_s,
        "check_s": check_s,
        "lines": len(seen.told.lines),
        "rows": found["rows"],
        "bytes": len(given.file),
    }


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench statement", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rows", type=int, default=Extent().rows)
    parser.add_argument("--cameras", type=int, default=Extent().cameras)
    parser.add_argument("--station", type=Path, help="a copy of a kept station, to be upgraded and used up")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    kept = asked.station or large_station(Extent(cameras=asked.cameras, rows=asked.rows), print)
    if asked.station is not None:
        upgrade(StorePlace.standalone(kept), SystemClock())
        figures = measure(kept)
    else:
        with tempfile.TemporaryDirectory(dir=KEPT) as copy:
            figures = measure(shutil.copytree(kept, Path(copy) / "data"))
    good = figures["see_s"] <= MOST_S and figures["make_s"] <= MOST_S
    if asked.json:
        print(json.dumps({"figures": figures, "good": good}, indent=1))
    else:
        for name, value in figures.items():
            print(f"{name:>10} {value:,.3f}" if name.endswith("_s") else f"{name:>10} {value:,.0f}")
        print("within the budget" if good else f"over {MOST_S} s")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
