"""What a console holds of the machine at a moment: memory, threads, descriptors, shared memory, processes."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import psutil

from tests.bench.measure import pss_megabytes, tree

MEMORY_MB: Final = 20.0
"""Growth that is no leak yet: caches fill, and the allocator keeps what it was given."""

_MEMORY: Final = "/memfd:ccoc"
_WITH_WORKERS: Final = ("pipe:", _MEMORY)
"""What the window's process holds for each running worker."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """Of the window's process without what running workers hold in it, of the workers, and what belongs to nobody."""

    window_mb: float
    workers_mb: float
    window_threads: int
    workers_threads: int
    window_descriptors: int
    workers_descriptors: int
    workers: int
    stray_processes: int
    stray_memories: int

    def growth(self, since: Footprint) -> dict[str, float]:
        before = asdict(since)
        return {name: round(value - before[name], 2) for name, value in asdict(self).items()}

    def leaks(self, since: Footprint) -> dict[str, float]:
        """Return what is more than it was and should not be.

        What workers hold is compared only when there are as many of them: a group that was split has two.
        """
        grown = self.growth(since)
        same = self.workers == since.workers
        leaked = {
            name: grown[name]
            for name in ("window_threads", "window_descriptors", "stray_processes", "stray_memories")
            if grown[name] > 0
        }
        leaked |= {name: grown[name] for name in ("workers_threads", "workers_descriptors") if same and grown[name] > 0}
        leaked |= {name: grown[name] for name in ("window_mb",) if grown[name] > MEMORY_MB}
        leaked |= {name: grown[name] for name in ("workers_mb",) if same and grown[name] > MEMORY_MB}
        return leaked


def footprint(pid: int, inside: Mapping[str, Any]) -> Footprint:
    """Look at a console; `inside` is what it says of itself (`order_inside`)."""
    known = [worker["pid"] for worker in inside["workers"]]
    theirs = tree(known)
    mine = {process.pid for process in theirs} | {pid}
    strays = [process for process in tree([pid]) if process.pid not in mine]
    links = _links(pid)
    shared = {link for process in theirs for link in _links(process.pid)}
    memories = _memories(pid)
    for process in theirs:
        memories -= _memories(process.pid)
    return Footprint(
        window_mb=round(pss_megabytes([pid]), 2),
        workers_mb=round(pss_megabytes([process.pid for process in theirs]), 2),
        window_threads=_threads([pid]) - int(inside["workers_threads"]),
        workers_threads=_threads([process.pid for process in theirs]),
        window_descriptors=sum(1 for link in links if not (link.startswith(_WITH_WORKERS) and link in shared)),
        workers_descriptors=sum(len(_links(process.pid)) for process in theirs),
        workers=len(known),
        stray_processes=len(strays),
        stray_memories=len(memories),
    )


def _threads(pids: Sequence[int]) -> int:
    total = 0
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            total += psutil.Process(pid).num_threads()
    return total


def _links(pid: int) -> list[str]:
    """What the process has open, a name for each descriptor."""
    found = []
    with contextlib.suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                found.append(str(entry.readlink()))
    return found


def _memories(pid: int) -> set[str]:
    """The shared memories that the process has mapped, by their numbers."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines()
        return {line.split()[4] for line in lines if _MEMORY in line}
    return set()


def worker_leaf(pid: int) -> psutil.Process:
    """Return the process that decodes: inside the sandbox, the last of a chain."""
    process = psutil.Process(pid)
    while below := process.children():
        process = below[0]
    return process


def dials(pids: Sequence[int]) -> dict[int, int]:
    """Which local port each of these processes has a connection to: port → process."""
    found = {}
    for pid in pids:
        for process in tree([pid]):
            with contextlib.suppress(psutil.Error):
                for one in process.net_connections(kind="tcp"):
                    if one.raddr and one.status == psutil.CONN_ESTABLISHED:
                        found[one.raddr.port] = pid
    return found
