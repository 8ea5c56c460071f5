"""The gate: the only way from a camera to a tile. Views import from here."""

from console.db.cameras import AddressKind
from console.services.feeds.address_door import AddressDoor, WatchedAddress
from console.services.feeds.dialling import GateParts
from console.services.feeds.engine import EngineFacts, RunningEngine, examine_engine, start_engine, worker_command
from console.services.feeds.gate import Feeds, Probe
from console.services.feeds.live import FeedRequest, LiveFeed, TileStatus
from console.services.feeds.pair import Engine, Stream

__all__ = [
    "AddressDoor",
    "AddressKind",
    "Engine",
    "EngineFacts",
    "FeedRequest",
    "Feeds",
    "GateParts",
    "LiveFeed",
    "Probe",
    "RunningEngine",
    "Stream",
    "TileStatus",
    "WatchedAddress",
    "examine_engine",
    "start_engine",
    "worker_command",
]
