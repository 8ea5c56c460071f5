"""One worker process: its pipes, its threads and its end. What the messages mean is the supervisor's business.

Three threads a worker, all of them asleep most of the time: one reads messages, one writes them (a frozen worker must
not block the engine), one reads standard error. None outlives the process.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Final

import psutil

from console.kernel import Secret
from console.logs import REDACTOR
from console.video import protocol
from console.video.frames import FrameMemory
from console.video.protocol import ProtocolError, ToParent, ToWorker
from console.video.winjob import WorkerJob
from console.video.worker_log import log_lines, secrets_of

log = logging.getLogger(__name__)

_READ_BYTES: Final = 64 * 1024
_QUEUED: Final = 1024
"""More unsent messages than this: the worker does not read, and is as good as dead."""

_REAP_S: Final = 5.0
_MEMORY_LIMIT: Final = 2 * 1024**3
_SIGNALLED: Final = 128
_KILL: Final = 9
_MESSAGES_A_SECOND: Final = 1000
"""An honest worker sends some fifty; one that floods us is stopped before it takes the engine's time."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start a worker process."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    memory: FrameMemory


class WorkerProcess:
    """A running child. `on_message(worker, message)` and `on_gone(worker, why)` come from its reading thread."""

    def __init__(
        self,
        launch: Launch,
        on_message: Callable[[WorkerProcess, ToParent], None],
        on_gone: Callable[[WorkerProcess, str], None],
    ) -> None:
        """Start the process; raises OSError. The calling thread must outlive it (PDEATHSIG)."""
        self.name = launch.name
        self.memory = launch.memory
        self._on_message = on_message
        self._on_gone = on_gone
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._forget: dict[Secret, list[Callable[[], None]]] = {}
        self._process = _start(launch)
        self.pid = self._process.pid
        self._job = _confine_in_job(self._process)
        launch.memory.release_descriptor()
        self._threads = [
            threading.Thread(target=self._read, name=f"{self.name} read", daemon=True),
            threading.Thread(target=self._write, name=f"{self.name} write", daemon=True),
            threading.Thread(target=self._listen, name=f"{self.name} stderr", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def send(self, message: ToWorker) -> None:
        """Queue a message; never waits. A worker that does not read is killed."""
        if self._outbox.qsize() > _QUEUED:
            self.kill()
            return
        self._outbox.put(protocol.encode(message))

    def keep_secret(self, address: Secret) -> None:
        """Replace the address and its credentials in whatever this worker prints, as long as it lives."""
        if address not in self._forget:
            self._forget[address] = [REDACTOR.remember(secret) for secret in secrets_of(address)]

    def worked_s(self) -> float:
        """Return the seconds of processor time that this worker has used; 0 if that cannot be told."""
        try:
            worker = psutil.Process(self.pid)
            # Inside the sandbox the worker is a child of the sandbox.
            times = [process.cpu_times() for process in (worker, *worker.children(recursive=True))]
        except psutil.Error:
            return 0.0
        return sum(one.user + one.system for one in times)

    def kill(self) -> None:
        """End it now. Its reading thread tells `on_gone` as always."""
        with contextlib.suppress(OSError):
            self._process.kill()

    def join(self, timeout_s: float) -> bool:
        """Wait until process and threads are gone; tells whether they are."""
        self._threads[0].join(timeout_s)
        return not self._threads[0].is_alive()

    def _reap(self) -> None:
        self._outbox.put(None)
        try:
            self._process.wait(_REAP_S)
        except subprocess.TimeoutExpired:  # pragma: no cover - the kernel holds it in an uninterruptible call
            log.exception("Worker %s (process %d) does not end", self.name, self.pid)
        how = exit_words(self._process.returncode or 0)
        if how:
            log.warning("The exit of worker %s: %s", self.name, how)
        for thread in self._threads[1:]:
            thread.join(_REAP_S)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            _pipe(pipe).close()
        if self._job is not None:
            self._job.close()
        for forgets in self._forget.values():
            for forget in forgets:
                forget()

    def _read(self) -> None:
        why = "pipe closed"
        receiver = protocol.Receiver(protocol.TO_PARENT)
        second, count = time.monotonic(), 0
        try:
            while data := os.read(_pipe(self._process.stdout).fileno(), _READ_BYTES):
                messages = receiver.feed(data)
                now = time.monotonic()
                second, count = (now, 0) if now - second >= 1.0 else (second, count + len(messages))
                if count > _MESSAGES_A_SECOND:
                    raise ProtocolError("flood")  # noqa: TRY301 - ends like every other breach
                for message in messages:
                    self._on_message(self, message)  # type: ignore[arg-type]  # the receiver was given these kinds only
        except ProtocolError as error:
            why = f"protocol: {error}"
        except OSError as error:  # pragma: no cover - a pipe that breaks instead of ending
            why = f"pipe: {error.errno}"
        self.kill()
        self._on_gone(self, why)
        self._reap()

    def _write(self) -> None:
        descriptor = _pipe(self._process.stdin).fileno()
        while (data := self._outbox.get()) is not None:
            try:
                while data:
                    data = data[os.write(descriptor, data) :]
            except OSError:
                return

    def _listen(self) -> None:
        log_lines(self.name, _pipe(self._process.stderr).fileno())


def exit_words(code: int) -> str:
    """Return by which signal or with which code a worker ended; nothing for an end in peace or by our own kill.

    The sandbox tells a signal of the worker in it as 128 and the signal's number.
    """
    number = -code if code < 0 else code - _SIGNALLED
    if code == 0 or number == _KILL:
        return ""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"code {code}"


def _start(launch: Launch) -> subprocess.Popen[bytes]:
    descriptor = launch.memory.descriptor
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
    return subprocess.Popen(
        launch.command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        env=dict(launch.environment),
        pass_fds=() if descriptor is None else (descriptor,),
        creationflags=flags,
        # Ctrl+C in the console's terminal goes to its whole group: workers end when the console says so.
        start_new_session=True,
    )


def _confine_in_job(process: subprocess.Popen[bytes]) -> WorkerJob | None:
    if sys.platform == "win32":
        try:
            return WorkerJob(int(process._handle), _MEMORY_LIMIT)  # noqa: SLF001 - the only way to the handle
        except OSError as error:
            log.warning("No job object for a worker: %s", error)
    return None


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:  # pragma: no cover - all three are asked for
        raise OSError("pipe")
    return pipe
