"""`python3 dev.py bench journal`: appending, sealing and checking a journal of 1,000,000 rows, and reading it.

Appending is measured against a bare commit of the same SQLite: the same rows put into the same tables of the same file
through Python's own sqlite3, one after the other in turn, so that whatever else the disk does meets both. The smallest
commit that there is, of one row into a table with nothing behind it, is told beside it. Meanwhile seals are made as in
the running console. Then several threads append as fast as they can: they wait for each other, each for his own commit.
The check is the whole one of `journal verify`. The page of the access log is measured as in `bench pages`, before a
wall that plays. What else is measured of a journal is a function in `MEASURES`.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.db import engines, journal
from console.db.journal import JournalEvent
from console.db.store import CommandStamp, Store, StorePlace, Tx, load_writer
from console.kernel import SystemClock, new_id
from console.services.sealing import Sealer
from tests.bench import pages, statement
from tests.bench.large_store import Extent, large_station
from tests.bench.measure import BenchError, other_load, percentile, report, speaker

LIMITS: Final = {
    "append_ratio": 1.3,
    "verify_s": 20.0,
    "statement_s": 1.0,
    "access_log open_ms": 150.0,
    "access_log filter_ms": 100.0,
}
"""The most that each figure may be."""
APPENDS: Final = 1600
BLOCK: Final = 20
THREADS: Final = 4
SCROLLED_S: Final = 2.0
KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
BARE: Final = "00000000-0000-7000-8000-00000000ba5e"
"""The writer whose rows are put in barely."""
_COPIED: Final = ("journal", "journal_topic", "command_done")


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked for on the command line."""

    extent: Extent
    appends: int = APPENDS
    with_pages: bool = True
    json_only: bool = False


def parse(arguments: Sequence[str]) -> Choice:
    default = Extent()
    parser = argparse.ArgumentParser(prog="dev.py bench journal", description=__doc__)
    parser.add_argument("--cameras", type=int, default=default.cameras)
    parser.add_argument("--rows", type=int, default=default.rows, help="rows of the journal")
    parser.add_argument("--appends", type=int, default=APPENDS)
    parser.add_argument("--no-pages", action="store_true", help="leave the page of the access log out")
    parser.add_argument("--json", action="store_true", help="print the result object only")
    given = parser.parse_args(arguments)
    extent = Extent(cameras=given.cameras, rows=given.rows)
    return Choice(extent, given.appends, not given.no_pages, given.json)


# Appending


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of each commit: through the store, bare with the same rows, and with one row alone."""

    ours: list[float]
    bare: list[float]
    one: list[float]
    seals: int
    ours_cpu: float
    bare_cpu: float
    """Of processor, each commit."""


def appended(store: Store, count: int) -> Took:
    """Write entries one by one, in blocks of the one kind and the other, while a sealer is at work."""
    path = store.place.sqlite_path
    if path is None:
        raise BenchError("a bare commit is measured on SQLite")
    seals: list[float] = []

    def seal() -> None:
        heads = store.read(journal.vector)
        store.submit(lambda tx: journal.checkpoint(tx, KEY, heads), command=CommandStamp(new_id(), "seal"))
        seals.append(time.perf_counter())

    sealer = Sealer(store, seal)
    sealer.start()
    ours: list[float] = []
    bare: list[float] = []
    one: list[float] = []
    used = [0.0, 0.0]
    try:
        with closing(_driver(path)) as connection:
            rows = _Rows(connection, store.writer.id)
            # The first ones read the pages of the indexes that all others find in memory.
            for _time in range(BLOCK):
                _append(store)
            for statements in rows.like_the_last(BLOCK):
                rows.put(statements)
            while len(ours) < count:
                begun = time.process_time()
                ours += [_timed(lambda: _append(store)) for _time in range(BLOCK)]
                used[0] += time.process_time() - begun
                made = rows.like_the_last(BLOCK)
                begun = time.process_time()
                bare += [_timed(lambda statements=each: rows.put(statements)) for each in made]  # type: ignore[misc]  # bound
                used[1] += time.process_time() - begun
                lone = rows.of_one_row(BLOCK)
                one += [_timed(lambda statements=each: rows.put(statements)) for each in lone]  # type: ignore[misc]  # bound
    finally:
        sealer.stop()
    return Took(ours, bare, one, len(seals), used[0] / len(ours), used[1] / len(bare))


def rate(store: Store, count: int) -> float:
    """Entries in a second, from threads that all write."""

    def write() -> None:
        for _time in range(count // THREADS):
            _append(store)

    threads = [threading.Thread(target=write) for _number in range(THREADS)]
    begun = time.perf_counter()
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return count // THREADS * THREADS / (time.perf_counter() - begun)


def _timed(act: Callable[[], None]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _append(store: Store) -> None:
    camera = _CAMERA_OF[store.place.data_dir]
    data = {"purpose": "traffic", "kind": "wall", "authority": None, "incident": None, "self_opened_incident": False}
    event = JournalEvent("view.denied", ("camera", camera), data | {"reason": "outside_hours"}, camera)

    def work(tx: Tx) -> None:
        tx.record(event)

    store.submit(work, command=CommandStamp(new_id(), "feeds.open"))


_CAMERA_OF: dict[Path, str] = {}


def _driver(path: Path) -> sqlite3.Connection:
    """Open the file as the store's writer does, without anything of ours."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in (*engines._PRAGMAS, *engines._WRITER_PRAGMAS):
        connection.execute(pragma)
    return connection


class _Rows:
    """Rows like those that the store has just written, for another writer."""

    def __init__(self, connection: sqlite3.Connection, writer: str) -> None:
        self._connection = connection
        self._writer = writer
        (self._seq,) = connection.execute("SELECT count(*) FROM journal WHERE writer_id = ?", (BARE,)).fetchone()
        self._columns = {
            table: [name for _place, name, *_rest in connection.execute(f"PRAGMA table_info({table})")]
            for table in _COPIED
        }
        self._insert = {
            table: f"INSERT INTO {table} VALUES ({', '.join('?' for _name in names)})"  # noqa: S608 - our own names
            for table, names in self._columns.items()
        }

    def like_the_last(self, count: int) -> list[list[tuple[str, tuple[Any, ...]]]]:
        """Return the statements of so many commits; made before the time is taken."""
        newest = self._connection.execute(
            "SELECT seq FROM journal WHERE writer_id = ? ORDER BY seq DESC LIMIT ?", (self._writer, count)
        ).fetchall()
        return [self._like(seq) for (seq,) in newest]

    def of_one_row(self, count: int) -> list[list[tuple[str, tuple[Any, ...]]]]:
        """Return the statements of so many of the smallest commits that a command could be."""
        (newest,) = self._connection.execute("SELECT * FROM command_done ORDER BY rowid DESC LIMIT 1").fetchall()
        return [[(self._insert["command_done"], (new_id(), *newest[1:]))] for _number in range(count)]

    def _like(self, seq: int) -> list[tuple[str, tuple[Any, ...]]]:
        self._seq += 1
        command = new_id()
        changed = {"writer_id": BARE, "seq": self._seq, "command_id": command, "camera_seq": self._seq}
        (of_row,) = self._connection.execute(
            "SELECT command_id FROM journal WHERE writer_id = ? AND seq = ?", (self._writer, seq)
        ).fetchone()
        statements = []
        for table in _COPIED:
            where = "command_id = ?" if table == "command_done" else "writer_id = ? AND seq = ?"
            place = (of_row,) if table == "command_done" else (self._writer, seq)
            found = self._connection.execute(f"SELECT * FROM {table} WHERE {where}", place).fetchall()  # noqa: S608 - our own names
            for row in found:
                values = dict(zip(self._columns[table], row, strict=True)) | {
                    name: value for name, value in changed.items() if name in self._columns[table]
                }
                if table == "journal":
                    values["hash"] = f"{self._seq:064x}"
                statements.append((self._insert[table], tuple(values.values())))
        return statements

    def put(self, statements: Sequence[tuple[str, tuple[Any, ...]]]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        for sql, values in statements:
            self._connection.execute(sql, values)
        self._connection.execute("COMMIT")


# The measures


def measure_append(folder: Path, choice: Choice) -> dict[str, float]:
    with _opened(folder) as store:
        return _of_appends(store, choice)


def _of_appends(store: Store, choice: Choice) -> dict[str, float]:
    with closing(_driver(store.place.sqlite_path or Path())) as connection:
        found = connection.execute("SELECT id FROM camera ORDER BY id LIMIT 1").fetchone()
    _CAMERA_OF[store.place.data_dir] = found[0]
    took = appended(store, choice.appends)
    ours, bare, one = (percentile(each, 0.5) for each in (took.ours, took.bare, took.one))
    return {
        # Of the medians: a disk that is busy elsewhere holds up single commits of either kind for a long time.
        "append_ratio": ours / bare,
        "append_ms": ours * 1000,
        "append_cpu_ms": took.ours_cpu * 1000,
        "append_mean_ms": sum(took.ours) / len(took.ours) * 1000,
        "append_p99_ms": percentile(took.ours, 0.99) * 1000,
        "append_over_smallest": ours / one,
        "append_per_s": rate(store, choice.appends),
        "bare_ms": bare * 1000,
        "bare_cpu_ms": took.bare_cpu * 1000,
        "bare_mean_ms": sum(took.bare) / len(took.bare) * 1000,
        "bare_p99_ms": percentile(took.bare, 0.99) * 1000,
        "bare_per_s": len(took.bare) / sum(took.bare),
        "smallest_ms": one * 1000,
        "seals": float(took.seals),
    }


def measure_seal(folder: Path, _choice: Choice) -> dict[str, float]:
    with _opened(folder) as store:
        reading = min(_timed(lambda: _drop(store.read(journal.vector))) for _time in range(5))
    return {"seal_heads_ms": reading * 1000}


def _drop(_value: object) -> None:
    """What was read is not wanted."""


def measure_verify(folder: Path, choice: Choice) -> dict[str, float]:
    with _opened(folder) as store:
        begun, cpu = time.perf_counter(), time.process_time()
        report_ = store.read(lambda tx: journal.verify(tx, KEY.public_key()))
        taken, used = time.perf_counter() - begun, time.process_time() - cpu
    if report_.rows < choice.extent.rows:
        raise BenchError(f"only {report_.rows:,} rows were looked at")
    if not report_.sound:
        raise BenchError(f"the journal of the bench is not sound: {report_.problems[:3]}")
    return {"verify_s": taken, "verify_cpu_s": used}


def measure_statement(folder: Path, _choice: Choice) -> dict[str, float]:
    found = statement.measure(folder)
    return {"statement_s": max(found["see_s"], found["make_s"])}


MEASURES: Final[Mapping[str, Callable[[Path, Choice], dict[str, float]]]] = {
    "verify": measure_verify,
    "seal": measure_seal,
    "statement": measure_statement,
    "append": measure_append,
}
"""In this order: the rows that are put in barely stand in no chain, and the check would say so."""


def measure(choice: Choice) -> dict[str, Any]:
    say = speaker(json_only=choice.json_only)
    kept = large_station(choice.extent, say)
    load = other_load()
    say(f"the machine was busy with {load:.0f} % of a core before")
    figures: dict[str, float] = {}
    with pages.copied(kept) as folder:
        for name, taken in MEASURES.items():
            found = taken(folder, choice)
            figures |= found
            say(f"{name}: {', '.join(f'{key} {value:.2f}' for key, value in found.items())}")
    if choice.with_pages:
        only = pages.Choice(choice.extent, SCROLLED_S, ("access_log",), lists_only=True, json_only=choice.json_only)
        shown = pages.measure(only)
        figures |= {name: value for name, value in shown["figures"].items() if name in LIMITS}
    within = {name: figures[name] <= limit for name, limit in LIMITS.items() if name in figures}
    return {
        "rows": choice.extent.rows,
        "sqlite": sqlite3.sqlite_version,
        "other_load_before": round(load, 1),
        "figures": {name: round(value, 3) for name, value in figures.items()},
        "limits": LIMITS,
        "within": within,
        "good": all(within.values()),
    }


@contextmanager
def _opened(folder: Path) -> Iterator[Store]:
    known = json.loads((folder / "writer.json").read_text("utf-8"))
    place, writer = StorePlace.standalone(folder), load_writer(folder, str(known["station"]))
    store = Store.open(place, clock=SystemClock(), writer=writer)
    try:
        yield store
    finally:
        store.close()


def show(found: dict[str, Any]) -> None:
    for name, good in found["within"].items():
        verdict = "within" if good else "MORE THAN"
        print(f"{name}: {found['figures'][name]:.2f}, {verdict} {found['limits'][name]:g}")
    for name in found["limits"].keys() - found["within"].keys():
        print(f"{name}: not measured")


def main(arguments: Sequence[str]) -> int:
    choice = parse(arguments)
    return report("journal", lambda: measure(choice), show, json_only=choice.json_only)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
