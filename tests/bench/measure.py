"""What the benches share: an X server of their own, CPU and memory of a process tree, percentiles."""

from __future__ import annotations

import contextlib
import json
import math
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import psutil

_START_S: Final = 15.0


class BenchError(RuntimeError):
    """The bench cannot go on; the text says why."""


def speaker(*, json_only: bool) -> Callable[[str], None]:
    """Return what tells the reader how far the bench is, unless only the result is wanted."""

    def say(text: str) -> None:
        if not json_only:
            print(text, flush=True)

    return say


def report(
    name: str, measure: Callable[[], dict[str, Any]], show: Callable[[dict[str, Any]], None], *, json_only: bool
) -> int:
    """Measure, show and print the result object; returns the exit code, 0 also where the result bears no verdict."""
    try:
        found = measure()
    except BenchError as error:
        print(f"bench {name}: {error}", file=sys.stderr)
        return 1
    if not json_only:
        show(found)
    print(json.dumps(found))
    return 0 if found.get("good", True) else 1


def wait_until(ready: Callable[[], bool], limit_s: float, what: str) -> None:
    """Wait for a condition; the bench ends with a sentence when it does not come."""
    deadline = time.monotonic() + limit_s
    while not ready():
        if time.monotonic() > deadline:
            raise BenchError(f"waited {limit_s:.0f} s in vain for {what}")
        time.sleep(0.02)


class XServer:
    """An Xvfb of 1920x1080 on a free display, so that painting is measured and nobody else's screen is disturbed."""

    def __init__(self, width: int = 1920, height: int = 1080, memory: Path | None = None) -> None:
        """With `memory`, a folder, the screen's pixels lie in a file there (`tests.bench.screen`)."""
        self._size = f"{width}x{height}x24"
        # The pointer stands in the middle of the screen: it would cover what is to be read there.
        self._memory = [] if memory is None else ["-fbdir", str(memory), "-nocursor"]
        self._process: subprocess.Popen[bytes] | None = None
        self.display = ""

    def __enter__(self) -> Self:
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", self._size, "-nolisten", "tcp", "-noreset"]
        command += self._memory
        try:
            self._process = subprocess.Popen(
                command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        except FileNotFoundError:
            raise BenchError("Xvfb is not installed") from None
        finally:
            os.close(writing)
        with os.fdopen(reading) as answer:
            number = answer.readline().strip() if select.select([answer], [], [], _START_S)[0] else ""
        if not number:
            self._end()
            raise BenchError("Xvfb did not start")
        self.display = f":{number}"
        return self

    def environment(self) -> dict[str, str]:
        return {**os.environ, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb", "LIBGL_ALWAYS_SOFTWARE": "1"}

    def _end(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()


def tree(pids: Iterable[int]) -> list[psutil.Process]:
    """The processes and everything below them."""
    found = []
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            root = psutil.Process(pid)
            found += [root, *root.children(recursive=True)]
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """CPU seconds of the trees so far, those of ended and reaped children included."""
    total = 0.0
    for process in tree(pids):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def own_cpu_seconds(pid: int) -> float:
    """CPU seconds of one process, without its children."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def pss_megabytes(pids: Iterable[int]) -> float:
    """Proportional set size of these processes: a shared page counts once, spread over those who share it."""
    total = 0
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, PermissionError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


def other_load(seconds: float = 1.0) -> float:
    """Percent of one core that the machine spends before the bench starts: other people's load."""
    return psutil.cpu_percent(seconds) * (psutil.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class CpuWindow:
    """CPU of process trees over a stretch of time."""

    seconds: float
    cpu_seconds: float

    @property
    def percent(self) -> float:
        return 100 * self.cpu_seconds / self.seconds


def watch_cpu(pids: Sequence[int], seconds: float) -> CpuWindow:
    before, started = cpu_seconds(pids), time.monotonic()
    time.sleep(seconds)
    after, ended = cpu_seconds(pids), time.monotonic()
    return CpuWindow(ended - started, after - before)


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest rank; 0.0 for no values."""
    if not values:
        return 0.0
    ordered = sorted(values)
    rank = math.ceil(share * len(ordered) - 1e-9)  # 0.95 * 20 is a little more than 19 in binary
    return ordered[max(1, rank) - 1]
