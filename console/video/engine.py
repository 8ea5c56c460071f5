"""How the engine starts and treats its workers, and what it tells about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from console.video.frames import DEFAULT_SLOT_BYTES


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """How workers are started and treated. `worker_command` is absolute: program, script, "worker".

    A worker silent for `heartbeat_s` is killed if it stands still; one that works on, on a machine that has too much
    to do, is given `starved_s`: to kill it would only make more work.
    """

    worker_command: tuple[str, ...]
    public_key: bytes
    streams_per_worker: int = 16
    slot_bytes: int = DEFAULT_SLOT_BYTES
    demo_folder: Path | None = None
    sandbox: bool = True
    readable: tuple[Path, ...] = ()
    open_timeout_s: float = 5.0
    read_timeout_s: float = 5.0
    stale_after_s: float = 2.4
    prefer_tcp: bool = True
    hardware_decoding: bool = False
    spare_workers: int = 0
    ack_s: float = 0.3
    heartbeat_s: float = 2.0
    starved_s: float = 10.0
    start_s: float = 20.0
    leave_s: float = 2.0
    idle_s: float = 60.0


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """One worker as the self-test and the settings page show it."""

    name: str
    pid: int
    private: bool | None
    streams: int
    sandbox: str
    ready: bool
    restarts: int
    versions: dict[str, str] = field(default_factory=dict)
