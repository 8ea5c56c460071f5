"""What every page is given: work off the UI thread, news of changes, who is logged in, the clock and the look.

One thread does all writing, in order; a small pool reads. Answers come back to the UI thread through a signal to a
bound slot, never through a lambda on a foreign thread.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from console.kernel import Change, Clock, ConsoleError, Session
from console.views.theme import Theme

THROTTLE_MS: Final = 250
READERS: Final = 2
SWITCH_S: Final = 0.0005
"""How long a thread that computes may keep the painting thread waiting; Python's own 5 ms make frames late."""

UNEXPECTED: Final = "unexpected"
"""The key under which whoever asked hears of a mistake of ours; its trace goes to the crash handler."""

Answer = TypeVar("Answer")
Failed = Callable[[ConsoleError], None]


class Tasks(Protocol):
    """Work that may wait (database, disk). `then` and `failed` are called on the UI thread."""

    def write(self, work: Callable[[], Answer], then: Callable[[Answer], None], failed: Failed) -> None:
        """Run after everything written before it."""

    def read(self, page: str, work: Callable[[], Answer], then: Callable[[Answer], None], failed: Failed) -> None:
        """Run beside the writing; of one page only the newest question is answered."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    then: Callable[[Any], None]
    failed: Failed
    answer: object = None
    problem: BaseException | None = None
    page: str | None = None
    ticket: int = 0


class ThreadTasks(QObject):
    """The running program's tasks. `close` waits for what was asked to be written."""

    _done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        sys.setswitchinterval(SWITCH_S)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="write")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="read")
        self._tickets: dict[str, int] = {}
        self._closed = False
        self._done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def write(self, work: Callable[[], Answer], then: Callable[[Answer], None], failed: Failed) -> None:
        self._start(self._writer, work, _Outcome(then, failed))

    def read(self, page: str, work: Callable[[], Answer], then: Callable[[Answer], None], failed: Failed) -> None:
        ticket = self._tickets.get(page, 0) + 1
        self._tickets[page] = ticket
        self._start(self._readers, work, _Outcome(then, failed, page=page, ticket=ticket))

    def close(self) -> None:
        """Finish what is written, drop what is read; nothing is delivered afterwards."""
        self._closed = True
        self._readers.shutdown(wait=True, cancel_futures=True)
        self._writer.shutdown(wait=True)

    def _start(self, pool: ThreadPoolExecutor, work: Callable[[], object], asked: _Outcome) -> None:
        if self._closed:
            return

        def finished(future: Future[object]) -> None:
            if future.cancelled():
                return
            problem = future.exception()
            answer = None if problem is not None else future.result()
            self._done.emit(_Outcome(asked.then, asked.failed, answer, problem, asked.page, asked.ticket))

        pool.submit(work).add_done_callback(finished)

    @Slot(object)
    def _deliver(self, outcome: _Outcome) -> None:
        if self._closed or (outcome.page is not None and self._tickets.get(outcome.page) != outcome.ticket):
            return
        if outcome.problem is None:
            outcome.then(outcome.answer)
        elif isinstance(outcome.problem, ConsoleError):
            outcome.failed(outcome.problem)
        else:
            # A mistake of ours: who asked must not wait for ever, and the crash handler sees it with its own trace.
            try:
                outcome.failed(ConsoleError(UNEXPECTED))
            finally:
                raise outcome.problem


class Changes(QObject):
    """News from the store, gathered for a moment, then told once: which kinds of records changed."""

    changed = Signal(object)
    _heard = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kinds: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(THROTTLE_MS)
        self._timer.timeout.connect(self._tell)
        self._heard.connect(self._gather, Qt.ConnectionType.QueuedConnection)

    def hear(self, changes: tuple[Change, ...]) -> None:
        """Take a commit's changes on whatever thread committed them; give this to `Store.on_change`."""
        self._heard.emit(changes)

    @Slot(object)
    def _gather(self, changes: tuple[Change, ...]) -> None:
        self._kinds.update(change.kind for change in changes)
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _tell(self) -> None:
        kinds, self._kinds = frozenset(self._kinds), set()
        self.changed.emit(kinds)


@dataclass(frozen=True, slots=True)
class Ui:
    """The context of every page."""

    tasks: Tasks
    changes: Changes
    session: Session
    clock: Clock
    theme: Theme
    station: str
