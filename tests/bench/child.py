"""The measured console as a child process: started, ordered about over its pipes, watched from outside, ended."""

from __future__ import annotations

import json
import select
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, cast

import psutil

from tests.bench.measure import (
    BenchError,
    XServer,
    cpu_seconds,
    own_cpu_seconds,
    percentile,
    pss_megabytes,
    tree,
    wait_until,
)

ROOT: Final = Path(__file__).resolve().parents[2]
_LIVE_S: Final = 60.0
_SETTLE_S: Final = 3.0
_END_S: Final = 20.0
_GONE_S: Final = 1.0
_SWITCH_S: Final = 10.0
_SWITCHES: Final = 4
_WITHDRAWALS: Final = 3


@dataclass(frozen=True, slots=True)
class Job:
    """The streams to show and how long to measure."""

    urls: list[str]
    rate: float
    pictures: int
    coded: bool
    seconds: float
    gop_s: float = 1.0

    @property
    def settle_s(self) -> float:
        """Until every player has taken over from its bridge: a few of a worker at each key picture."""
        return _SETTLE_S + 4 * self.gop_s


@dataclass(frozen=True, slots=True)
class Trials:
    """What is tried after the steady state; None where this kind of console cannot tell."""

    switch_open_p95_ms: float | None = None
    switch_warm_p95_ms: float | None = None
    withdraw_dark_max_ms: float | None = None


@dataclass(frozen=True, slots=True)
class ConsoleRun:
    """The figures of one run; None where this kind of console cannot tell."""

    cpu_per_tile: float
    cpu_ms_per_picture: float
    fps_min: float
    fps_mean: float
    ui_late_p50_ms: float
    ui_late_p99_ms: float
    ui_late_max_ms: float
    first_picture_p95_ms: float | None
    switch_open_p95_ms: float | None
    switch_warm_p95_ms: float | None
    withdraw_dark_max_ms: float | None
    mb_per_tile: float
    window_up_ms: float
    cpu_window_per_tile: float
    """The share of the process with the window; the rest are the workers."""
    mb_window: float
    sampling_cpu_percent: float

    @classmethod
    def figures(cls) -> list[str]:
        return [one.name for one in fields(cls)]


class Child:
    """A process that answers orders with lines of JSON on its standard output.

    What it remembers of its seals goes with it: the next one, on another copy of the same station, would take that for
    an old backup, and pause every owner's link.
    """

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        self.started = time.monotonic()
        self._memory = tempfile.TemporaryDirectory(prefix="ccoc-bench-")
        own = {**environment, "XDG_STATE_HOME": self._memory.name}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=own, cwd=ROOT, bufsize=0
        )
        self.pid = self._process.pid
        self._rest = b""
        self._asking = threading.Lock()

    def order(self, name: str, limit_s: float = _LIVE_S, **parameters: object) -> Any:
        with self._asking:
            self.write(json.dumps({"do": name, **parameters}))
            return self.await_event(name, limit_s)["value"]

    def write(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())

    def await_event(self, name: str, limit_s: float = _LIVE_S) -> dict[str, Any]:
        """Return the next message of this name."""
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            line = self._line(deadline)
            if line is None:
                break
            if line.startswith(b"{"):
                message = cast("dict[str, Any]", json.loads(line))
                if message["event"] == name:
                    return message
        raise BenchError(f"the console did not answer “{name}” within {limit_s:.0f} s")

    def _line(self, deadline: float) -> bytes | None:
        stdout = self._process.stdout
        assert stdout is not None
        while b"\n" not in self._rest:
            if not select.select([stdout], [], [], max(0.0, deadline - time.monotonic()))[0]:
                return None
            data = stdout.read(65536)
            if not data:
                raise BenchError(f"the console ended (exit code {self._process.wait(10)})")
            self._rest += data
        line, self._rest = self._rest.split(b"\n", 1)
        return line

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        below = tree([self.pid])
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()  # the order to end
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        finally:
            self._process.stdout.close()
        left = [process for process in psutil.wait_procs(below, timeout=_GONE_S)[1] if not _is_dead(process)]
        names = [process.name() for process in left]
        for process in left:
            process.kill()
        self._memory.cleanup()
        if left and error is None:
            raise BenchError(f"processes of the console outlived it: {names}")


def _is_dead(process: psutil.Process) -> bool:
    """Gone, or a zombie that nobody reaps: in a container the first process may not care for orphans."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


class Console:
    """A console under measurement. The kinds differ in what is started and in what can be ordered."""

    module = ""

    def __init__(self, job: Job, display: XServer) -> None:
        self.job, self.display = job, display

    def plan(self) -> dict[str, Any]:
        job = self.job
        return {"urls": job.urls, "rate": job.rate, "pictures": job.pictures, "coded": job.coded}

    def run(self) -> ConsoleRun:
        """Start it, open all tiles, measure, make the further trials, end it."""
        command = [sys.executable, "-m", self.module, json.dumps(self.plan())]
        with Child(command, self.display.environment()) as child:
            self.greet(child)
            painted = child.await_event("painted")["at"]
            wait_until(lambda: child.order("open") is not None, _LIVE_S, "the wall to be read")
            self._await_live(child)
            steady = self._steady(child)
            trials = self.trials(child)
            return ConsoleRun(**steady, **asdict(trials), window_up_ms=(painted - child.started) * 1000)

    def greet(self, child: Child) -> None:
        """What the console reads before it shows itself."""

    def trials(self, child: Child) -> Trials:
        """Further figures, taken after the steady state."""
        if not self.job.coded:
            return Trials()
        return Trials(self._switch(child, warm=False), self._switch(child, warm=True))

    def _switch(self, child: Child, *, warm: bool) -> float | None:
        times = []
        for _ in range(_SWITCHES):
            child.order("shrink", warm=warm)
            time.sleep(self.job.settle_s)
            child.order("grow")
            times.append(self._switched(child))
        known = [one for one in times if one is not None]
        # A switch after which some tile never came is no figure at all, not a good one.
        return percentile(known, 0.95) if len(known) == len(times) else None

    def _switched(self, child: Child) -> float | None:
        deadline = time.monotonic() + _SWITCH_S
        while time.monotonic() < deadline:
            time.sleep(0.5)
            took = child.order("switched")
            if took is not None:
                return cast("float", took)
        return None

    def _await_live(self, child: Child) -> None:
        deadline = time.monotonic() + _LIVE_S
        while True:
            answer = child.order("live")
            if answer["live"] == len(self.job.urls):
                break
            if time.monotonic() > deadline:
                raise BenchError(f"{answer['live']} of {len(self.job.urls)} tiles live: {answer['waiting']}")
            time.sleep(0.25)
        time.sleep(self.job.settle_s)

    def _steady(self, child: Child) -> dict[str, Any]:
        tiles = len(self.job.urls)
        child.order("begin")
        alone, before, started = own_cpu_seconds(child.pid), cpu_seconds([child.pid]), time.monotonic()
        time.sleep(self.job.seconds)
        after, ended = cpu_seconds([child.pid]), time.monotonic()
        alone = own_cpu_seconds(child.pid) - alone
        memory = pss_megabytes([process.pid for process in tree([child.pid])])
        report = child.order("end")
        elapsed = ended - started
        cpu = max(0.0, after - before - report["sampling_s"])
        rates, late = report["fps"], report["late"]
        return {
            "cpu_per_tile": 100 * cpu / elapsed / tiles,
            "cpu_ms_per_picture": 1000 * cpu / elapsed / max(0.001, sum(rates)),
            "fps_min": min(rates),
            "fps_mean": sum(rates) / tiles,
            "ui_late_p50_ms": late["p50"],
            "ui_late_p99_ms": late["p99"],
            "ui_late_max_ms": late["max"],
            "first_picture_p95_ms": _p95(report.get("first_current_ms")),
            "mb_per_tile": memory / tiles,
            "cpu_window_per_tile": 100 * max(0.0, alone - report["sampling_s"]) / elapsed / tiles,
            "mb_window": pss_megabytes([child.pid]),
            "sampling_cpu_percent": 100 * report["sampling_s"] / elapsed,
        }


def _p95(values: Sequence[float] | None) -> float | None:
    return percentile(values, 0.95) if values else None


class EngineConsole(Console):
    """The video engine and the least window, without gate and journal."""

    module = "tests.bench.consoles.engine"


class AppConsole(Console):
    """The whole console, as it is started for an officer: private cameras, each tile with its overlay."""

    module = "tests.bench.consoles.app"

    def __init__(self, job: Job, display: XServer) -> None:
        super().__init__(job, display)
        self._folder = tempfile.TemporaryDirectory(prefix="ccoc-bench-")

    def run(self) -> ConsoleRun:
        from console.db.keyrings import NoKeyring
        from console.services.people import station_vault
        from tests.station import Wishes, furnish

        with self._folder:
            # Without a keyring, as the measured process cannot share one that lives in memory.
            wishes = Wishes(self.job.urls, layout=len(self.job.urls), vault=station_vault(NoKeyring()))
            furnish(Path(self._folder.name), wishes)
            return super().run()

    def plan(self) -> dict[str, Any]:
        from tests.station import HEAD, OFFICER, PASSWORD

        return super().plan() | {
            "data": self._folder.name,
            "login": OFFICER,
            "head": HEAD,
            "head_password": PASSWORD,
            "tiles": len(self.job.urls),
            "window": "1920x1080",
        }

    def greet(self, child: Child) -> None:
        from tests.station import PASSWORD

        child.write(PASSWORD)

    def trials(self, child: Child) -> Trials:
        tried = super().trials(child)
        child.order("withdraw", times=_WITHDRAWALS)
        wait_until(lambda: len(child.order("withdrawn")) == _WITHDRAWALS, _LIVE_S, "withdrawn tiles to go dark")
        return replace(tried, withdraw_dark_max_ms=max(child.order("withdrawn")))
