"""The worker processes: start, watch, end, and what becomes of the streams of a dead one. Engine's thread only."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable
from dataclasses import replace

from console.kernel import Clock, Fault, TileState
from console.video import protocol, sandbox
from console.video.bisection import Quarantine, Split, after_death, backoff
from console.video.engine import EngineConfig, WorkerFacts
from console.video.frames import FrameMemory
from console.video.grants import Verifier
from console.video.groups import Book, Group, Running, camera_of
from console.video.protocol import Closed, Fatal, Heartbeat, Ready, Status, ToParent
from console.video.seating import Seating
from console.video.streams import StreamEnd
from console.video.workers import Launch, WorkerProcess

log = logging.getLogger(__name__)


class Fleet:
    """Keeps each group's worker running and judges what kills it. `post` brings a worker's words to our thread."""

    def __init__(
        self,
        book: Book,
        seating: Seating,
        config: EngineConfig,
        clock: Clock,
        post: Callable[[Callable[[], None]], None],
    ) -> None:
        self._book = book
        self._seating = seating
        self._config = config
        self._clock = clock
        self._post = post
        self._leaving: list[Running] = []
        self._clearing: list[WorkerProcess] = []
        """Gone, as their reading threads said, which have the rest to clear away."""

        self._confinement: sandbox.Confinement | None = None
        self._closing = False

    @property
    def all_gone(self) -> bool:
        """True when, after `dismiss_all`, no process is left."""
        return self._closing and not (self._leaving or self._book.groups or self._clearing)

    def tick(self, now: float) -> None:
        self._clearing = [process for process in self._clearing if not process.join(0.0)]
        for group, running in self._book.running():
            self._watch(group, running, now)
        for running in self._leaving:
            if running.leave_by is not None and now >= running.leave_by:
                running.process.kill()
        for group in list(self._book.groups):
            if group.running is None and group.restart_at is not None and now >= group.restart_at:
                self._start(group)
            self._retire(group, now)
        self._keep_spares()

    def _watch(self, group: Group, running: Running, now: float) -> None:
        config = self._config
        if any(now >= closing.due for closing in running.closing.values()):
            self._death(group, "close not acknowledged", blame=False)
        elif not running.ready and now - running.started > config.start_s:
            self._death(group, "did not start")
        elif running.ready and self._stands_still(running, now):
            self._death(group, "heartbeat missed")

    def _stands_still(self, running: Running, now: float) -> bool:
        """Tell whether a silent worker does nothing any more, or has been silent for too long whatever it does."""
        silence, half = now - running.heard_at, self._config.heartbeat_s / 2
        if silence < half:
            running.noted = None
        elif running.noted is None:
            running.noted = (now, running.process.worked_s())
        elif silence > self._config.heartbeat_s and now - running.noted[0] >= half:
            before, worked = running.noted[1], running.process.worked_s()
            running.noted = (now, worked)
            if worked <= before or silence > self._config.starved_s:
                return True
            self._seating.doubt(running)
        return False

    def forgive(self, delay: float) -> None:
        """The engine itself was held up so long: silence meanwhile was not the workers' fault."""
        for _, running in self._book.running():
            running.heard_at += delay
            running.started += delay
            for closing in running.closing.values():
                closing.due += delay

    # Start

    def _keep_spares(self) -> None:
        while (
            not self._closing and sum(group.private is None for group in self._book.groups) < self._config.spare_workers
        ):
            group = Group(private=None)
            self._book.groups.append(group)
            self._start(group)

    def _start(self, group: Group) -> None:
        group.restart_at = None
        config, now = self._config, self._clock.monotonic()
        walls = self._walls()
        name = f"worker-{secrets.token_hex(4)}"
        tiles = config.streams_per_worker * 2
        try:
            memory = FrameMemory(tiles, config.slot_bytes)
            command = (*walls.prefix, *config.worker_command)
            launch = Launch(name, command, sandbox.worker_environment(os.environ), memory)
            process = WorkerProcess(launch, self._on_message, self._on_gone)
        except OSError as error:
            log.error("A worker does not start: %s", error)  # noqa: TRY400 - the system's word says it all
            self._failed_start(group, Fault.ENGINE_MISSING)
            return
        group.running = Running(process, Verifier(config.public_key, name), now, now, tiles)
        process.send(self._hello(name, memory, tiles))
        self._seating.seat_all(group)

    def _walls(self) -> sandbox.Confinement:
        if self._confinement is None:
            config = self._config
            readable = (*config.readable, *(() if config.demo_folder is None else (config.demo_folder,)))
            self._confinement = sandbox.confine(config.worker_command, readable, wanted=config.sandbox)
            log.info("Workers run under: %s", self._confinement.label)
        return self._confinement

    def _hello(self, name: str, memory: FrameMemory, tiles: int) -> protocol.Hello:
        config = self._config
        return protocol.Hello(
            worker=name,
            public_key=config.public_key,
            tiles=tiles,
            streams=config.streams_per_worker,
            slot_bytes=config.slot_bytes,
            memory=memory.handle,
            demo_folder=None if config.demo_folder is None else str(config.demo_folder),
            open_timeout_s=config.open_timeout_s,
            read_timeout_s=config.read_timeout_s,
            stale_after_s=config.stale_after_s,
            prefer_tcp=config.prefer_tcp,
            hardware_decoding=config.hardware_decoding,
        )

    # What workers say; the first two run on a worker's reading thread

    def _on_message(self, process: WorkerProcess, message: ToParent) -> None:
        self._post(lambda: self._take(process, message))

    def _on_gone(self, process: WorkerProcess, why: str) -> None:
        self._post(lambda: self._lost(process, why))

    def _take(self, process: WorkerProcess, message: ToParent) -> None:
        found = next(((group, run) for group, run in self._book.running() if run.process is process), None)
        if found is None:
            return
        group, running = found
        match message:
            case Heartbeat():
                running.heard_at = self._clock.monotonic()
            case Ready(said, versions):
                running.ready, running.said, running.versions = True, said, dict(versions)
                running.heard_at = self._clock.monotonic()
                group.failed_starts = 0
            case Status():
                if not self._seating.hear(running, message):
                    self._death(group, "a state that no worker may give", lied=True)
            case Closed():
                self._seating.acknowledge(group, running, message)
            case Fatal(fault, _):
                running.fatal = fault
                log.error("Worker %s cannot work: %s", process.name, fault)

    def violated(self, worker: str, why: str) -> None:
        """A header of this worker's memory cannot be true."""
        for group, running in self._book.running():
            if running.process.name == worker:
                self._death(group, f"violation: {why}", lied=True)

    def _lost(self, process: WorkerProcess, why: str) -> None:
        for group, running in self._book.running():
            if running.process is process:
                self._death(group, why, lied=why.startswith("protocol"))
        self._leaving = [running for running in self._leaving if running.process is not process]
        self._clearing.append(process)

    # Death

    def _death(self, group: Group, why: str, *, blame: bool = True, lied: bool = False) -> None:
        """End the group's worker, if it has not ended, and decide what becomes of its streams."""
        running = group.running
        if running is None:
            return
        now = self._clock.monotonic()
        log.warning("Worker %s with %d streams ended: %s", running.process.name, len(group.members), why)
        running.process.kill()
        running.leave_by = now
        self._leaving.append(running)
        group.running = None
        group.lingering.clear()
        group.restarts += 1
        for seat in running.seats.values():
            # A dead worker's last picture may stay within the lease; a liar's may not.
            if lied:
                seat.stream.darken()
            else:
                seat.stream.keep_last()
        for tile in running.closing:
            running.process.memory.blank(tile)
        if not running.ready or running.fatal is not Fault.NONE:
            self._failed_start(group, Fault.WORKER_LOST if running.fatal is Fault.NONE else running.fatal)
        elif blame and group.members:
            group.history = group.history.died(now)
            self._judge(group, now)
        else:
            group.restart_at = now if group.members else None
            self._tell_lost(group, Fault.WORKER_LOST, group.restarts)

    def _failed_start(self, group: Group, fault: Fault) -> None:
        group.failed_starts += 1
        group.restart_at = self._clock.monotonic() + backoff(group.failed_starts)
        self._tell_lost(group, fault, group.failed_starts)

    def _judge(self, group: Group, now: float) -> None:
        verdict = after_death(group.members, group.history, camera_of)
        if isinstance(verdict, Quarantine):
            camera_id = verdict.members[0].request.camera_id
            log.error("Camera %s quarantined: its worker died with no other camera in it", camera_id)
            self._book.isolated.add(camera_id)
            for stream in verdict.members:
                self._seating.finish(stream, StreamEnd.QUARANTINED, TileState.QUARANTINED, Fault.QUARANTINED)
            return
        group.restart_at = now + verdict.delay_s
        deaths = len(group.history.deaths)
        if isinstance(verdict, Split):
            group.history = replace(group.history, suspect=True)
            second = Group(private=group.private, history=group.history, restart_at=group.restart_at)
            self._book.groups.append(second)
            for stream in verdict.halves[1]:
                group.members.remove(stream)
                self._book.join(second, stream)
            self._tell_lost(second, Fault.WORKER_LOST, deaths)
        self._tell_lost(group, Fault.WORKER_LOST, deaths)

    def _tell_lost(self, group: Group, fault: Fault, attempt: int) -> None:
        state = TileState.DOWN if fault is Fault.ENGINE_MISSING else TileState.RECONNECTING
        for stream in group.members:
            if stream not in self._book.lapsed:
                stream.tell(replace(stream.told, state=state, fault=fault, attempt=attempt, kbps=0.0))

    # End

    def _retire(self, group: Group, now: float) -> None:
        """Let a worker go that nobody has needed for a while; forget a group with neither streams nor worker."""
        if group.members:
            group.idle_since = None
        elif group.running is None:
            if group.restart_at is None or group.private is not None:
                self._book.groups.remove(group)
        elif group.idle_since is None:
            group.idle_since = now
        elif group.private is not None and now - group.idle_since > self._config.idle_s:
            self._dismiss(group, now)

    def _dismiss(self, group: Group, now: float) -> None:
        if group.running is not None:
            group.running.leave_by = now + self._config.leave_s
            group.running.process.send(protocol.Bye())
            self._leaving.append(group.running)
            group.running = None
        self._book.groups.remove(group)

    def dismiss_all(self) -> None:
        """Say goodbye to every worker; what has not left in time is killed by `tick`."""
        self._closing = True
        now = self._clock.monotonic()
        for group in list(self._book.groups):
            self._dismiss(group, now)

    def facts(self) -> tuple[WorkerFacts, ...]:
        return tuple(self._describe(group, running) for group, running in self._book.running())

    def _describe(self, group: Group, running: Running) -> WorkerFacts:
        walls = "" if self._confinement is None else self._confinement.label
        return WorkerFacts(
            name=running.process.name,
            pid=running.process.pid,
            private=group.private,
            streams=len(running.seats),
            sandbox=f"{walls}; {running.said}" if running.said else walls,
            ready=running.ready,
            restarts=group.restarts,
            versions=running.versions,
        )
