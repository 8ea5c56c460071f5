"""Starting the video engine for the gate: its workers believe the grants of this run's signer and nobody else's."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from console.kernel import Clock
from console.settings import GateSettings, VideoSettings
from console.video.grants import Signer
from console.video.supervisor import EngineConfig, Supervisor

WORKER_PROGRAM: Final = "ccoc-console-cli"
"""The frozen program beside the window's that also runs the workers."""


@dataclass(frozen=True, slots=True)
class RunningEngine:
    """The engine and the key it listens to. `supervisor.close()` before the program ends."""

    supervisor: Supervisor
    signer: Signer


def worker_command() -> tuple[str, ...]:
    """Return how this program starts one of its own workers, frozen or from source."""
    if getattr(sys, "frozen", False):
        # The window's program has no standard streams on Windows, and a worker listens on them.
        program = Path(sys.executable).resolve()
        return (
            str(program.with_name(f"{WORKER_PROGRAM}{program.suffix if sys.platform == 'win32' else ''}")),
            "worker",
        )
    return (sys.executable, str(Path(__file__).resolve().parents[3] / "main.py"), "worker")


def start_engine(
    video: VideoSettings,
    clock: Clock,
    *,
    command: tuple[str, ...] | None = None,
    demo_folder: Path | None = None,
    gate: GateSettings | None = None,
) -> RunningEngine:
    """Start the engine; `gate` says how long a worker may take to acknowledge the end of a stream."""
    signer = Signer()
    config = _config(video, signer)
    ack_s = (gate or GateSettings()).ack_ms / 1000
    config = replace(config, worker_command=command or worker_command(), demo_folder=demo_folder, ack_s=ack_s)
    return RunningEngine(Supervisor(config, clock), signer)


def _config(video: VideoSettings, signer: Signer) -> EngineConfig:
    return EngineConfig(
        worker_command=worker_command(),
        public_key=signer.public,
        streams_per_worker=video.streams_per_worker,
        sandbox=video.sandbox,
        open_timeout_s=video.rtsp_open_timeout_s,
        read_timeout_s=video.read_timeout_s,
        stale_after_s=video.stale_after_s,
        prefer_tcp=video.prefer_tcp,
        hardware_decoding=video.hardware_decoding,
    )


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What a worker said of itself: how it is confined and what it decodes with; empty if none came up."""

    sandbox: str
    versions: Mapping[str, str]


def examine_engine(video: VideoSettings, clock: Clock, patience_s: float = 20.0) -> EngineFacts:
    """Start one worker, hear what it is, and let it go. For the self-test: no camera is involved."""
    signer = Signer()
    supervisor = Supervisor(replace(_config(video, signer), spare_workers=1), clock)
    waiting = threading.Event()
    try:
        until = clock.monotonic() + patience_s
        while clock.monotonic() < until:
            ready = [worker for worker in supervisor.workers() if worker.ready]
            if ready:
                return EngineFacts(ready[0].sandbox, ready[0].versions)
            waiting.wait(0.05)
        return EngineFacts("", {})
    finally:
        supervisor.close()
