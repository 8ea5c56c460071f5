"""All services of one open store, wired once: for the window and for the command line alike."""

from __future__ import annotations

from console.db.store import Store
from console.kernel import Clock
from console.services.access_log import AccessLog
from console.services.addresses import CAMERA_SCHEMES
from console.services.authorities import Authorities
from console.services.breaches import Breaches
from console.services.camera_import import CameraImport
from console.services.camera_register import CameraRegister
from console.services.cameras import Cameras
from console.services.commands import Dispatcher
from console.services.consents import Consents
from console.services.drafts import Drafts
from console.services.emergencies import Emergencies
from console.services.erasure import Erasure
from console.services.extracts import Extracts
from console.services.feeds import Feeds, GateParts, RunningEngine
from console.services.health import Health
from console.services.history import History
from console.services.incidents import Incidents
from console.services.journal import Journal
from console.services.matters import Matters
from console.services.named_walls import NamedWalls
from console.services.notices import Notices
from console.services.owner_funnel import FunnelReader
from console.services.owner_path import OwnerPath
from console.services.owner_stop import OwnerStops
from console.services.owners import Owners
from console.services.people import People, StationVault
from console.services.preferences import Preferences
from console.services.processing import Processing
from console.services.readdressing import Readdressing
from console.services.registers import Registers
from console.services.retention import Retention
from console.services.rights_requests import RightsRequests
from console.services.sealed_addresses import AddressBook
from console.services.sessions import Sessions
from console.services.statements import Statements
from console.services.station_clock import StationClock
from console.services.viewers import Viewers
from console.services.views import Views
from console.services.visitors import VisitorBook
from console.services.walls import Walls
from console.settings import GateSettings, Settings


class Station:
    """The services. `schemes` is wider than the cameras' own only where the composition root runs the demonstration."""

    def __init__(
        self,
        store: Store,
        vault: StationVault,
        clock: Clock,
        schemes: frozenset[str] = CAMERA_SCHEMES,
        settings: Settings | None = None,
    ) -> None:
        settings = settings or Settings()
        self.store = store
        self.vault = vault
        self.clock = clock
        self.schemes = schemes
        self.sessions = Sessions()
        self.dispatcher = Dispatcher(store, self.sessions)
        self.drafts = Drafts(store.place.data_dir, clock)
        self.people = People(store, vault, clock, self.sessions)
        book = AddressBook(vault, schemes)
        self.cameras = Cameras(store, book)
        self.camera_import = CameraImport(self.cameras, book, self.dispatcher)
        self.register = CameraRegister(store, clock)
        self.owners = Owners(store, self.sessions, clock)
        self.owner_path = OwnerPath(store, self.sessions)
        self.funnel = FunnelReader(store, clock)
        self.visitors = VisitorBook(store, self.sessions)
        self.authorities = Authorities(store)
        self.readdressing = Readdressing()
        self.notices = Notices(store, settings.station)
        self.consents = Consents(store, settings.station, self.sessions, vault)
        self.owner_stops = OwnerStops()
        self.incidents = Incidents(store)
        self.views = Views(store)
        self.emergencies = Emergencies()
        self.matters = Matters(store, self.sessions, clock)
        self.viewers = Viewers(store, self.sessions, clock)
        self.walls = Walls(store)
        self.named_walls = NamedWalls(store)
        self.station_clock = StationClock()
        self.journal = Journal(store, vault, self.sessions)
        self.history = History(store)
        self.erasure = Erasure(store, clock, settings.backups)
        self.health = Health(store, clock)
        self.access_log = AccessLog(store, self.sessions, clock)
        self.registers = Registers()
        self.extracts = Extracts()
        self.rights_requests = RightsRequests(store, self.sessions, self.erasure)
        self.breaches = Breaches(store, self.sessions)
        self.processing = Processing(store, self.sessions)
        self.retention = Retention(store, self.sessions, self.drafts, settings.backups)
        self.statements = Statements(store, vault, self.sessions, settings.station)
        self.preferences = Preferences(store.place.data_dir, settings)
        self._adopt()

    def _adopt(self) -> None:
        """Let the dispatcher know the handlers of every service that has any."""
        for service in (
            self.people,
            self.cameras,
            self.camera_import,
            self.owners,
            self.owner_path,
            self.visitors,
            self.authorities,
            self.readdressing,
            self.notices,
            self.consents,
            self.owner_stops,
            self.incidents,
            self.views,
            self.emergencies,
            self.walls,
            self.named_walls,
            self.station_clock,
            self.access_log,
            self.erasure,
            self.registers,
            self.extracts,
            self.rights_requests,
            self.breaches,
            self.processing,
            self.retention,
            self.statements,
            self.preferences,
        ):
            self.dispatcher.adopt(service)

    def gate(self, engine: RunningEngine, settings: GateSettings) -> Feeds:
        """Return the gate over this store; `start` it after `authorities.reapply_tombstones()`."""
        return Feeds(
            GateParts(
                store=self.store,
                vault=self.vault,
                engine=engine.supervisor,
                signer=engine.signer,
                sessions=self.sessions,
                clock=self.clock,
                settings=settings,
                schemes=self.schemes,
            )
        )
