"""`python3 dev.py bench mutants [--count N] [--seed S]`: that many broken streams through real workers.

Bits flipped, pictures cut short, packets lost and swapped, parameter sets of other streams, garbage between units – of
H.264, H.265 (RTSP) and MJPEG (HTTP) clips. The console's side must outlive all of it. Each death of a worker is counted
and explained; its streams are tried again alone, over and over, until one of them is quarantined or proves harmless.
Exit code 1: something leaked, or a death was not contained.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import random
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final

import psutil

from console.kernel import PixelSize, Secret, SystemClock, TileState
from console.video.grants import Grant, Placement, SignedGrant, Signer, digest_of
from console.video.supervisor import EngineConfig, Stream, StreamEnd, StreamRequest, Supervisor
from tests.clips import ClipSpec, make_clip
from tests.stream_server import Script, StreamServer, codec_name

ROOT: Final = Path(__file__).resolve().parents[2]
CODECS: Final = ("h264", "h265", "mjpeg")
PICTURES: Final = 36
AT_ONCE: Final = 32
LONGEST_S: Final = 12.0
LEASE_S: Final = 15.0
RENEW_S: Final = 4.0
AFTERMATH_S: Final = 0.3
"""The last pictures are still in a player when the server has sent them."""

TRIAL_S: Final = 10.0
"""Long enough for a start, a death, a restart and a second death."""

MEMORY_MB: Final = 48.0
WORKER_MEMORY_MB: Final = 160.0
_ENDED: Final = re.compile(r"Worker (\S+) with (\d+) streams ended: (.*)")
_QUARANTINED: Final = re.compile(r"Camera (\S+) quarantined")

Units = list[list[bytes]]
Kind = Callable[[Units, random.Random], None]


def flip(units: Units, dice: random.Random) -> None:
    """A few bits in many pictures."""
    for picture in units:
        if picture and dice.random() < 0.5:
            where = dice.randrange(len(picture))
            spoilt = bytearray(picture[where])
            for _ in range(dice.randint(1, 20)):
                spoilt[dice.randrange(len(spoilt))] ^= 1 << dice.randrange(8)
            picture[where] = bytes(spoilt)


def cut(units: Units, dice: random.Random) -> None:
    """Units that end too early."""
    for picture in units:
        if picture and dice.random() < 0.4:
            where = dice.randrange(len(picture))
            picture[where] = picture[where][: max(1, dice.randrange(len(picture[where]) + 1))]


def swap(units: Units, dice: random.Random) -> None:
    """Pictures in another order."""
    for _ in range(len(units) // 3):
        one, other = dice.randrange(len(units)), dice.randrange(len(units))
        units[one], units[other] = units[other], units[one]


def garbage(units: Units, dice: random.Random) -> None:
    """Random units between the true ones, some of them long, some with a true first byte."""
    for picture in units:
        if dice.random() < 0.4:
            first = picture[0][:2] if picture and dice.random() < 0.5 else dice.randbytes(2)
            picture.insert(dice.randint(0, len(picture)), first + dice.randbytes(dice.choice((1, 40, 1300, 9000))))


def drop(units: Units, dice: random.Random) -> None:
    """Whole pictures are missing, the key picture as likely as any."""
    for picture in units:
        if dice.random() < 0.3:
            del picture[dice.randrange(len(picture)) :]


def zero(units: Units, dice: random.Random) -> None:
    """Stretches of nothing."""
    for picture in units:
        if picture and dice.random() < 0.4:
            where = dice.randrange(len(picture))
            unit = picture[where]
            start = dice.randrange(len(unit))
            length = min(len(unit) - start, dice.choice((4, 64, 1024)))
            picture[where] = unit[:start] + bytes(length) + unit[start + length :]


KINDS: Final[dict[str, Kind]] = {
    "flip": flip, "cut": cut, "swap": swap, "garbage": garbage, "drop": drop, "zero": zero,
}  # fmt: skip
OUTER: Final = ("lost", "sets", "extradata")
"""Packets lost on the way, another stream's parameter sets in mid-stream, wrong ones in the description."""


def mutant(script: Script, other: Script, kind: str, dice: random.Random) -> Script:
    """Return a broken sister of a clip. The first pictures of most are whole, so that there is something to break."""
    units = [list(picture) for picture in script.pictures[:PICTURES]]
    whole = dice.choice((0, 1, 5))
    made = replace(script, once=True, pictures=())
    if kind in KINDS:
        rest = units[whole:]
        KINDS[kind](rest, dice)
        units[whole:] = rest
    elif kind == "lost":
        kept = frozenset(number for number in range(4000) if dice.random() < 0.8)
        made = replace(made, keep=kept.__contains__)
    elif kind == "sets":
        for picture in units[whole:]:
            if dice.random() < 0.3:
                picture[:0] = other.parameter_sets or other.pictures[0]
    else:
        spoilt = [bytearray(unit) for unit in dice.choice((script, other)).parameter_sets]
        for unit in spoilt:
            unit[dice.randrange(len(unit))] ^= 1 << dice.randrange(8)
        made = replace(made, parameter_sets=tuple(bytes(unit) for unit in spoilt))
    return replace(made, pictures=tuple(tuple(picture) for picture in units))


@dataclass
class Death:
    """A worker that ended, and what became of its streams."""

    worker: str
    streams: int
    why: str
    members: list[str] = field(default_factory=list)
    verdict: str = ""


@dataclass(frozen=True)
class Usage:
    """What a process holds."""

    memory_mb: float
    descriptors: int
    threads: int
    shared: int
    children: int

    @classmethod
    def of(cls, process: psutil.Process) -> Usage:
        shared = sum("memfd" in region.path for region in process.memory_maps(grouped=False))
        memory = process.memory_info().rss / 2**20
        children = len(process.children(recursive=True))
        return cls(round(memory, 1), process.num_fds(), process.num_threads(), shared, children)


@dataclass
class Result:
    """What a run gave. `before` and `after` are the console's side, with no engine running."""

    count: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=dict)
    """What the tile said of each in the end."""

    pictures: int = 0
    workers: int = 0
    deaths: list[Death] = field(default_factory=list)
    before: Usage | None = None
    after: Usage | None = None
    worker_growth: list[dict[str, float]] = field(default_factory=list)
    seconds: float = 0.0

    def wrong(self) -> list[str]:
        """Return what must not be."""
        found = [f"the death of {death.worker} is not explained" for death in self.deaths if not death.verdict]
        before, after = self.before, self.after
        if before is not None and after is not None:
            if after.memory_mb - before.memory_mb > MEMORY_MB:
                found.append(f"memory grew by {after.memory_mb - before.memory_mb:.0f} MB")
            names = ("descriptors", "threads", "shared", "children")
            pairs = [(name, getattr(before, name), getattr(after, name)) for name in names]
            found += [f"{name}: {was} before, {now} after" for name, was, now in pairs if now > was]
        grown = [one for one in self.worker_growth if one["descriptors"] > 0 or one["memory_mb"] > WORKER_MEMORY_MB]
        return [*found, *(f"a worker grew: {one}" for one in grown)]


class Ears(logging.Handler):
    """Hears which worker ended and why, and which camera was quarantined: the engine says so in its log."""

    def __init__(self) -> None:
        super().__init__()
        self.deaths: list[Death] = []
        self.quarantined: list[str] = []
        self.signals: dict[str, str] = {}
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if found := _ENDED.match(text):
            print(text, file=sys.stderr)
            self.deaths.append(Death(found[1], int(found[2]), found[3]))
        elif found := _QUARANTINED.match(text):
            self.quarantined.append(found[1])
        elif text.startswith("The exit of worker "):
            name, _, how = text.removeprefix("The exit of worker ").partition(": ")
            self.signals[name] = how
        elif record.exc_info:
            self.errors.append(text)


class Bench:
    """An engine with real workers. `run` sends mutants through it."""

    def __init__(self, server: StreamServer, ears: Ears, streams_per_worker: int = 16) -> None:
        self.server = server
        self.ears = ears
        self._signer = Signer()
        command = (sys.executable, str(ROOT / "main.py"), "worker")
        config = EngineConfig(command, self._signer.public, sandbox=False, start_s=60.0, heartbeat_s=10.0, ack_s=3.0)
        self.engine = Supervisor(replace(config, streams_per_worker=streams_per_worker), SystemClock())
        self._open: dict[str, tuple[Stream, float]] = {}
        self._seated: set[tuple[str, str]] = set()
        """Stream and worker: all that it sat in, because a lost one sits in the next before anybody looks."""

        self._renewed_at = time.monotonic()
        self._pause = threading.Event()

    def close(self) -> None:
        self.engine.close()

    def open(self, name: str, script: Script) -> Stream:
        address = Secret(self.server.add(name, script))

        def lease(place: Placement) -> SignedGrant:
            self._seated.add((name, place.worker))
            deadline = time.monotonic() + LEASE_S - 1.0
            grant = Grant(
                place.worker, place.tile, name, place.counter, deadline, 1280, 720, (), digest_of(address)
            )  # fmt: skip
            return self._signer.sign(grant)

        request = StreamRequest(name, False, address, PixelSize(160, 90), lease, lambda _status: None)
        stream = self.engine.open(request)
        self._open[name] = (stream, time.monotonic())
        return stream

    def step(self) -> None:
        """Look at every tile as the painter does, renew what is due, and wait a moment."""
        now = time.monotonic()
        due = now - self._renewed_at > RENEW_S
        if due:
            self._renewed_at = now
        for stream, _began in self._open.values():
            stream.picture()
            if due:
                stream.renew()
        for death in self.ears.deaths:
            if not death.members:
                death.members = sorted(name for name, worker in self._seated if worker == death.worker)
        self._pause.wait(0.02)

    def finished(self) -> Iterator[tuple[str, Stream, int]]:
        """Give back what has been sent to its end, or took too long."""
        now = time.monotonic()
        for name, (stream, began) in list(self._open.items()):
            mount = self.server.mounts[name]
            ended = mount.done and now - began > AFTERMATH_S
            if ended or now - began > LONGEST_S:
                yield name, stream, mount.sent
                stream.close()
                del self._open[name]
                self._seated = {pair for pair in self._seated if pair[0] != name}
                del self.server.mounts[name]

    @property
    def running(self) -> int:
        return len(self._open)


@contextmanager
def hearing() -> Iterator[Ears]:
    ears, log = Ears(), logging.getLogger("console.video")
    passed = log.propagate
    log.addHandler(ears)
    # What damaged streams make the workers say is not worth the screen.
    log.propagate = False
    try:
        yield ears
    finally:
        log.removeHandler(ears)
        log.propagate = passed


def material(folder: Path) -> dict[str, tuple[Script, Script]]:
    """Make a small clip of each codec, and one of another size whose parameter sets do not fit it."""
    made = {}
    for codec in CODECS:
        pair = []
        for size in ((192, 112), (256, 144)):
            spec = ClipSpec(size=size, rate=18, seconds=2, length_s=2, codec=codec)
            pair.append(Script.of(make_clip(folder / spec.name, spec)))
        made[codec] = (pair[0], pair[1])
    return made


def recipes(count: int, seed: int) -> Iterator[tuple[str, str, str, random.Random]]:
    """Give name, codec, kind and dice of each mutant: the same for the same seed."""
    for number in range(count):
        codec = CODECS[number % len(CODECS)]
        kinds = [*KINDS] if codec == "mjpeg" else [*KINDS, *OUTER]
        yield f"m{number:05}", codec, kinds[number // len(CODECS) % len(kinds)], random.Random(f"{seed}/{number}")


def run(
    count: int, seed: int, folder: Path, *, at_once: int = AT_ONCE, disturb: Callable[[Bench], None] | None = None
) -> Result:
    """Send the mutants through workers. `disturb` is called once in the middle, for the bench's own test."""
    result, began = Result(), time.monotonic()
    clips = material(folder)
    with hearing() as ears:
        # Once without mutants: what is loaded and kept on first use is no leak.
        _through(_Job(recipes(3, seed), clips, ears, 3), Result())
        result.before = _usage()
        _through(_Job(recipes(count, seed), clips, ears, at_once, disturb), result)
        result.after = _usage()
    result.seconds = round(time.monotonic() - began, 1)
    result.deaths = ears.deaths
    return result


@dataclass(frozen=True)
class _Job:
    waiting: Iterator[tuple[str, str, str, random.Random]]
    clips: dict[str, tuple[Script, Script]]
    ears: Ears
    at_once: int
    disturb: Callable[[Bench], None] | None = None


def _through(job: _Job, result: Result) -> None:
    scripts: dict[str, Script] = {}
    disturb, growth, seen = job.disturb, _Growth(), set[str]()
    with StreamServer() as server:
        bench = Bench(server, job.ears)
        try:
            more = True
            while more or bench.running:
                while more and bench.running < job.at_once:
                    recipe = next(job.waiting, None)
                    more = recipe is not None
                    if recipe is not None:
                        name, codec, kind, dice = recipe
                        scripts[name] = mutant(*job.clips[codec], kind, dice)
                        result.count += 1
                        _count(result.kinds, f"{codec_name(codec)} {kind}")
                        bench.open(name, scripts[name])
                bench.step()
                growth.look(bench)
                seen |= {facts.name for facts in bench.engine.workers()}
                for _name, stream, sent in bench.finished():
                    status = stream.status()
                    _count(result.said, _told(status.state, status.fault.value))
                    result.pictures += sent
                if disturb is not None and any(facts.ready and facts.streams for facts in bench.engine.workers()):
                    disturb(bench)
                    disturb = None
        finally:
            bench.close()
        _explain(server, job.ears, scripts)
    result.workers = len(seen)
    result.worker_growth = growth.told()


def _count(counts: dict[str, int], what: str) -> None:
    counts[what] = counts.get(what, 0) + 1


def _told(state: TileState, fault: str) -> str:
    return state.value if fault == "none" else f"{state.value} ({fault})"


def _explain(server: StreamServer, ears: Ears, scripts: dict[str, Script]) -> None:
    """Say of each death by what signal, and which stream did it: all that were there are tried again, each alone."""
    deaths = list(ears.deaths)
    suspects = sorted({name for death in deaths for name in death.members})
    found = _trial(server, ears, {name: scripts[name] for name in suspects}) if suspects else {}
    for death in deaths:
        guilty = [f"{name}: {found[name]}" for name in death.members if name in found]
        what = "; ".join(guilty) or "restarted, none of its streams does it again alone"
        death.verdict = f"{ears.signals.get(death.worker) or death.why}; {what}"


def _trial(server: StreamServer, ears: Ears, suspects: dict[str, Script]) -> dict[str, str]:
    """Play each suspect over and over in a worker of its own; returns what became of those that killed it."""
    before = len(ears.deaths)
    bench = Bench(server, ears, streams_per_worker=1)
    try:
        streams = {name: bench.open(name, replace(script, once=False)) for name, script in suspects.items()}
        began = time.monotonic()
        while time.monotonic() - began < TRIAL_S and any(stream.ended is None for stream in streams.values()):
            bench.step()
        dead = ears.deaths[before:]
        found = {name: "killed its worker" for name in suspects if any(name in death.members for death in dead)}
        return found | {name: "quarantined" for name, one in streams.items() if one.ended is StreamEnd.QUARANTINED}
    finally:
        bench.close()
        del ears.deaths[before:]


class _Growth:
    """What each worker held when it first had pictures to show, and last."""

    def __init__(self) -> None:
        self._first: dict[int, tuple[float, int]] = {}
        self._last: dict[int, tuple[float, int]] = {}
        self._next = 0.0

    def look(self, bench: Bench) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + 2.0
        for facts in bench.engine.workers():
            try:
                process = psutil.Process(facts.pid)
                held = (process.memory_info().rss / 2**20, process.num_fds() - facts.streams)
            except psutil.Error:
                continue
            if facts.ready and facts.streams > AT_ONCE // 4:
                self._first.setdefault(facts.pid, held)
                self._last[facts.pid] = held

    def told(self) -> list[dict[str, float]]:
        return [
            {
                "memory_mb": round(self._last[pid][0] - first[0], 1),
                # A stream that is closing holds some too; a leak would be of hundreds.
                "descriptors": max(0, self._last[pid][1] - first[1] - AT_ONCE // 2),
            }
            for pid, first in self._first.items()
        ]


def _usage() -> Usage:
    gc.collect()
    return Usage.of(psutil.Process())


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py bench mutants", description="Broken streams through real workers.")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=AT_ONCE)
    words = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        result = run(words.count, words.seed, Path(folder), at_once=words.at_once)
    print(json.dumps(asdict(result), indent=1))
    wrong = result.wrong()
    for sentence in wrong:
        print(f"WRONG: {sentence}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
