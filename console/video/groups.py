"""The engine's book: which streams belong to which worker, and which of its tiles is whose.

Used by the engine's thread only.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from console.kernel import Fault, Secret
from console.video.bisection import History
from console.video.grants import Grant, Verifier
from console.video.streams import Stream, StreamRequest
from console.video.workers import WorkerProcess


def camera_of(stream: Stream) -> tuple[str, Secret]:
    """Return what streams that share a connection have in common."""
    return stream.request.camera_id, stream.request.address


@dataclass(slots=True, eq=False)
class Seat:
    """One stream on one tile of a running worker, under its newest grant."""

    stream: Stream
    tile: int
    serial: int
    grant: Grant
    connected_before: int = 0
    """Connections of the same stream in earlier seats."""


@dataclass(slots=True)
class Closing:
    """A tile whose worker has not yet said that it writes no more."""

    serial: int
    due: float


@dataclass(slots=True, eq=False)
class Running:
    """A worker process and what is known of it. Never survives its process."""

    process: WorkerProcess
    verifier: Verifier
    started: float
    heard_at: float
    tiles: int
    noted: tuple[float, float] | None = None
    """When it was last found silent, and its processor time (seconds) then; None while it is heard."""

    ready: bool = False
    said: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    fatal: Fault = Fault.NONE
    seats: dict[int, Seat] = field(default_factory=dict)
    closing: dict[int, Closing] = field(default_factory=dict)
    leave_by: float | None = None
    counters: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    serials: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def free_tile(self) -> int | None:
        """Return a tile that nobody has and nobody may still write to."""
        return next((tile for tile in range(self.tiles) if tile not in self.seats and tile not in self.closing), None)

    def seat_of(self, stream: Stream) -> Seat | None:
        return next((seat for seat in self.seats.values() if seat.stream is stream), None)

    def seat_at(self, tile: int, serial: int) -> Seat | None:
        """Return the seat that a message means; None for a stream that was there before."""
        seat = self.seats.get(tile)
        return seat if seat is not None and seat.serial == serial else None


@dataclass(slots=True, eq=False)
class Group:
    """Streams that share a worker and its fate. `private` is settled by the first stream and stays."""

    private: bool | None
    history: History = field(default_factory=History)
    members: list[Stream] = field(default_factory=list)
    running: Running | None = None
    restart_at: float | None = None
    failed_starts: int = 0
    restarts: int = 0
    idle_since: float | None = None
    lingering: dict[tuple[str, Secret], float] = field(default_factory=dict)
    """Cameras whose connection the worker keeps for a moment, and until when."""

    def takes(self, *, private: bool, limit: int, now: float) -> bool:
        """Tell whether a new stream may join. Nobody is sent to a group that is under suspicion."""
        same = self.private is None or self.private == private
        return same and len(self.members) < limit and not self.history.at(now).deaths

    def shares(self, request: StreamRequest, tiles: int, now: float) -> bool:
        """Tell whether this worker is connected to the camera already (or was a moment ago) and has a free tile."""
        if self.private != request.private or len(self.members) >= tiles:
            return False
        if self.running is not None and self.running.free_tile() is None:
            return False
        camera = (request.camera_id, request.address)
        alone = all(camera_of(member) == camera for member in self.members)
        if self.history.at(now).deaths and not alone:
            return False
        return any(camera_of(member) == camera for member in self.members) or now < self.lingering.get(camera, 0.0)


@dataclass(slots=True, eq=False)
class Book:
    """All groups, and where each stream is."""

    groups: list[Group] = field(default_factory=list)
    place: dict[Stream, Group] = field(default_factory=dict)
    lapsed: set[Stream] = field(default_factory=set)
    """Streams whose lease ran out: they wait, dark, for a renewal."""

    isolated: set[str] = field(default_factory=set)
    """Cameras that were quarantined: the next opening starts alone."""

    def running(self) -> Iterator[tuple[Group, Running]]:
        """Yield the groups that have a worker; the book may change meanwhile."""
        return ((group, group.running) for group in list(self.groups) if group.running is not None)

    def seat_of(self, stream: Stream) -> tuple[Group, Running, Seat] | None:
        group = self.place.get(stream)
        seat = group.running.seat_of(stream) if group is not None and group.running is not None else None
        if group is None or group.running is None or seat is None:
            return None
        return group, group.running, seat

    def join(self, group: Group, stream: Stream) -> None:
        group.members.append(stream)
        self.place[stream] = group

    def part(self, stream: Stream) -> None:
        """Take the stream out of the book; harmless if it is not in it."""
        group = self.place.pop(stream, None)
        if group is not None:
            group.members.remove(stream)
        self.lapsed.discard(stream)
