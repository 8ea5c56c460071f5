"""The room behind the window: settings → store → services → engine, opened in order and closed in the reverse order.

Knows no Qt. The window and the command line both stand on it.
"""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from console.db.store import Store, StorePlace, load_writer
from console.kernel import Clock, ConsoleError, EndReason, Secret, Session, SystemClock
from console.services import photo_files
from console.services.addresses import CAMERA_SCHEMES
from console.services.feeds import Feeds, RunningEngine, start_engine
from console.services.health_watch import HealthWatch
from console.services.people import StationVault
from console.services.remembered import ClientMemory
from console.services.sealing import Sealer
from console.services.station import Station
from console.settings import Settings

log = logging.getLogger(__name__)

DAY_S: Final = 86_400.0
FIRST_PRUNE_S: Final = 240.0
"""Old backups are looked for when the window has long been up; whoever only types a verb does not wait for that."""


@dataclass(frozen=True, slots=True)
class RoomPlan:
    """What a room is made of. The demonstration differs in these values only, never in code on the way to a picture."""

    data_dir: Path
    settings: Settings
    vault: StationVault
    schemes: frozenset[str] = CAMERA_SCHEMES
    demo_folder: Path | None = None
    clock: Clock = field(default_factory=SystemClock)
    program: str = "console"
    state_dir: Path | None = None
    """Where the console remembers what it has seen; None: nowhere (a demonstration, a copy that is only looked at)."""


class Room:
    """All services over one open store. `open` it, `log_in`, `close` it; closing ends every view, worker and lock."""

    def __init__(self, plan: RoomPlan, store: Store) -> None:
        self.plan = plan
        self.station = Station(store, plan.vault, plan.clock, plan.schemes, plan.settings)
        self._engine: RunningEngine | None = None
        self._feeds: Feeds | None = None
        self._attended = threading.Lock()
        self._pruned_at = plan.clock.monotonic() - DAY_S + FIRST_PRUNE_S
        self._closing = ExitStack()
        self._closing.callback(store.close)

    @classmethod
    def open(cls, plan: RoomPlan) -> Room:
        """Open the store and stand ready for a log-in. Raises `Unavailable` with the reason; nothing is left locked."""
        database = plan.settings.database.url
        place = (
            StorePlace.standalone(plan.data_dir)
            if database is None
            else StorePlace(url=database, data_dir=plan.data_dir)
        )
        writer = load_writer(plan.data_dir, plan.settings.station.id, plan.program)
        store = Store.open(place, clock=plan.clock, writer=writer)
        room = cls(plan, store)
        try:
            room.recall()
            room.station.erasure.reapply()
            photo_files.reapply(store)
        except BaseException:
            room.close()
            raise
        return room

    def recall(self) -> None:
        """Hold the store against what is known outside it: withdrawals, and the seals that this console remembers."""
        station, folder = self.station, self.plan.state_dir
        older = folder is not None and station.journal.recall(ClientMemory(folder))
        station.authorities.reapply_tombstones(older=older)
        if older:
            log.warning("the journal is older than what this console has seen")
            station.journal.notice()

    def log_in(self, login: str, password: Secret) -> Session:
        """Log a person in and attend to him."""
        session = self.station.people.log_in(login, password)
        self.attend()
        return session

    def attend(self) -> None:
        """Somebody logged in: seal the journal now and, from the first one on, from time to time; log out at the end.

        Uses the database; any thread but the window's. Doing it again for the next officer is right.
        """
        self._seal()
        if not self._attended.acquire(blocking=False):
            return
        self._closing.callback(self._log_out)
        sealer = Sealer(self.station.store, self._tend)
        sealer.start()
        self._closing.callback(sealer.stop)

    def start_gate(self) -> Feeds:
        """Start the engine and the gate; command-line verbs without pictures never do."""
        plan = self.plan
        engine = start_engine(plan.settings.video, plan.clock, demo_folder=plan.demo_folder, gate=plan.settings.gate)
        self._closing.callback(engine.supervisor.close)
        feeds = self.station.gate(engine, plan.settings.gate)
        feeds.start()
        self._closing.callback(feeds.stop)
        watch = HealthWatch(self.station.store, plan.clock, feeds.views, plan.settings.health.keep_days)
        watch.start()
        self._closing.callback(watch.stop)
        self._engine, self._feeds = engine, feeds
        return feeds

    def before_close(self, work: Callable[[], None]) -> None:
        """Have this done when the room closes, before anything that was started earlier ends."""
        self._closing.callback(work)

    @property
    def feeds(self) -> Feeds:
        if self._feeds is None:
            raise RuntimeError("the gate was not started")
        return self._feeds

    @property
    def engine(self) -> RunningEngine:
        """The running engine, for what tells about workers."""
        if self._engine is None:
            raise RuntimeError("the gate was not started")
        return self._engine

    def close(self) -> None:
        """End views, workers, session and store, in this order; what fails is logged and does not stop the rest."""
        self._closing.close()

    def _log_out(self) -> None:
        for session in self.station.sessions.live():
            self._attempt(functools.partial(self.station.people.log_out, session, EndReason.SHUTDOWN))

    def _tend(self) -> None:
        self._seal()
        now = self.plan.clock.monotonic()
        if now - self._pruned_at >= DAY_S:
            self._pruned_at = now
            self._attempt(self.station.erasure.prune_backups)
            self._attempt(functools.partial(photo_files.sweep, self.station.store))

    def _seal(self) -> None:
        self._attempt(self.station.journal.seal)

    def _attempt(self, work: Callable[[], object]) -> None:
        try:
            work()
        except ConsoleError as problem:
            # A closed keyring or a full disk: the rows stand unsealed for now, and `journal verify` counts them.
            log.warning("%s", problem)
