"""The demonstration's station for tests and pictures: the real store and services, an engine without processes.

Filling takes a few seconds (every sample person's password is hashed), so it is done once and copied.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from console.db.keyrings import MemoryKeyring
from console.db.store import Store, StorePlace, load_writer
from console.db.vault import Vault
from console.kernel import Session, TileState, new_id
from console.services import demo, demo_town
from console.services.addresses import DEMO_SCHEME
from console.services.feeds import FeedRequest, Feeds, GateParts, LiveFeed
from console.services.people import may_have_slot
from console.services.station import Station
from console.settings import GateSettings
from console.video.grants import Signer
from tests.fakes import FakeClock, FakeEngine, FakeStream

RENEWED_S = 5


@dataclass(frozen=True)
class FilledTown:
    """A filled store that is closed again, and the vault as whoever may watch opens it."""

    folder: Path
    keyring: MemoryKeyring
    made: demo.Demonstration
    clock: FakeClock
    opened: Vault

    @classmethod
    def make(cls, folder: Path) -> FilledTown:
        keyring, clock = MemoryKeyring(), FakeClock()
        town = DemoRoom(folder, keyring, clock)
        try:
            made = demo.fill(town.station, town.staged)
            chief = town.station.people.by_login(made.login)
            assert chief is not None
            opened = Vault(keyring)
            town.store.read(lambda tx: opened.unlock(tx, chief.id, made.password))
            return cls(folder, keyring, made, clock, opened)
        finally:
            town.close()


class DemoRoom:
    """An open demonstration: services, gate, and an engine whose streams say what the test tells them."""

    def __init__(
        self, folder: Path, keyring: MemoryKeyring, clock: FakeClock, engine: type[FakeEngine] = FakeEngine
    ) -> None:
        self.clock = clock
        self.staged = demo.StagedClock(clock)
        writer = load_writer(folder, demo_town.STATION_ID, "test")
        self.store = Store.open(StorePlace.standalone(folder), clock=self.staged, writer=writer)
        self.vault = Vault(keyring)
        self.station = Station(self.store, self.vault, self.staged, frozenset({DEMO_SCHEME}))
        signer = Signer()
        self.engine = engine(clock, signer)
        self.feeds = Feeds(
            GateParts(
                store=self.store,
                vault=self.vault,
                engine=self.engine,
                signer=signer,
                sessions=self.station.sessions,
                clock=self.staged,
                settings=GateSettings(),
                schemes=frozenset({DEMO_SCHEME}),
            )
        )

    @classmethod
    def copy(cls, town: FilledTown, folder: Path, engine: type[FakeEngine] = FakeEngine) -> DemoRoom:
        shutil.copytree(town.folder, folder, dirs_exist_ok=True)
        room = cls(folder, town.keyring, FakeClock(town.clock.now()), engine)
        room.vault._private = town.opened._private
        room.feeds.refresh()
        return room

    def enter(self, login: str) -> Session:
        """Sit down as one of the sample people, as a log-in would do it but without the second that hashing takes."""
        row = self.station.people.by_login(login)
        assert row is not None, login
        session = Session(
            id=new_id(),
            person_id=row.id,
            login=row.login,
            display_name=row.full_name,
            role=row.role,
            station_id=demo_town.STATION_ID,
            writer_id=self.store.writer.id,
            started_at=self.staged.now(),
        )
        self.station.sessions.begin(session, keyed=may_have_slot(session.role))
        return session

    def look(self, session: Session, request: FeedRequest) -> FakeStream:
        """Open a view and let its first picture come."""
        live = self.feeds.open(session, request)
        assert isinstance(live, LiveFeed), live
        stream = self.engine.streams[-1]
        stream.tell(TileState.LIVE)
        self.feeds.keep()
        return stream

    def pass_time(self, seconds: int) -> None:
        """Let time go by with leases renewed, as the gate's own thread does it."""
        for _step in range(0, seconds, RENEWED_S):
            self.clock.advance(RENEWED_S)
            self.feeds.tick()

    def close(self) -> None:
        self.feeds.stop()
        self.store.close()
