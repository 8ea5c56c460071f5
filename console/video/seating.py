"""Which stream sits on which tile of which worker, and under which grant. Used by the engine's thread only."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

from console.kernel import Clock, Fault, TileState
from console.video import protocol
from console.video.engine import EngineConfig
from console.video.grants import Grant, GrantRefused, Placement, Refusal, SignedGrant
from console.video.groups import Book, Closing, Group, Running, Seat, camera_of
from console.video.protocol import LINGER_S, Closed, Status
from console.video.streams import Stream, StreamEnd, StreamRequest, StreamStatus

log = logging.getLogger(__name__)

_SAYABLE: Final = frozenset(
    {TileState.CONNECTING, TileState.LIVE, TileState.STALE, TileState.RECONNECTING, TileState.DOWN, TileState.EMPTY}
)
"""What a worker may say of a stream; the other states belong to the gate and to us."""


class Seating:
    """Places streams, renews their grants, and takes them away."""

    def __init__(self, book: Book, config: EngineConfig, clock: Clock) -> None:
        self._book = book
        self._config = config
        self._clock = clock
        self._notified: dict[Stream, tuple[object, ...]] = {}

    def enter(self, stream: Stream) -> None:
        """Find a group for a new stream and, if its worker runs, a tile; otherwise its worker is due to start."""
        if stream.shut:
            return
        group = self._group_for(stream.request)
        group.private = stream.request.private
        self._book.join(group, stream)
        if group.running is not None:
            self.seat(group, stream)
        elif group.restart_at is None:
            group.restart_at = self._clock.monotonic()

    def _group_for(self, request: StreamRequest) -> Group:
        now = self._clock.monotonic()
        groups, isolated = self._book.groups, self._book.isolated
        shared = next(
            (group for group in groups if group.shares(request, 2 * self._config.streams_per_worker, now)), None
        )
        if shared is not None:
            return shared
        if request.camera_id not in isolated:
            limit = self._config.streams_per_worker
            open_to_it = [group for group in groups if group.takes(private=request.private, limit=limit, now=now)]
            # The fullest first: fewer, fuller workers cost less; a spare one is the last choice before a new one.
            best = max(open_to_it, key=lambda group: (group.private is not None, len(group.members)), default=None)
            if best is not None:
                return best
        group = Group(private=request.private)
        if request.camera_id in isolated:
            # It killed a worker alone: it starts alone, and its next death is its own again.
            isolated.discard(request.camera_id)
            group.history = replace(group.history.died(now), suspect=True)
        groups.append(group)
        return group

    def seat_all(self, group: Group) -> None:
        """Give a tile to each stream of the group that waits for one."""
        for stream in list(group.members):
            if stream not in self._book.lapsed and self._book.seat_of(stream) is None:
                self.seat(group, stream)

    def seat(self, group: Group, stream: Stream) -> None:
        running = group.running
        tile = running.free_tile() if running is not None else None
        if running is None or tile is None or stream.shut:
            return
        leased = self._lease(running, stream, tile)
        if leased is None:
            self._refuse(stream)
            return
        signed, grant = leased
        seat = Seat(stream, tile, next(running.serials), grant, _connected_before(stream))
        running.seats[tile] = seat
        self._book.lapsed.discard(stream)
        reader = running.process.memory.reader(tile, seat.serial, (grant.max_width, grant.max_height))
        stream.show(running.process.name, reader, grant)
        if stream.told.state is not TileState.RECONNECTING:
            stream.tell(replace(stream.told, state=TileState.CONNECTING, fault=Fault.NONE))
        address, size = stream.request.address, stream.size
        running.process.keep_secret(address)
        running.process.send(protocol.Open(tile, seat.serial, address, signed, size.width, size.height))

    def _unseat(self, running: Running, seat: Seat, *, linger: bool = False) -> None:
        seat.stream.darken()
        del running.seats[seat.tile]
        running.closing[seat.tile] = Closing(seat.serial, self._clock.monotonic() + self._config.ack_s)
        running.process.send(protocol.Close(seat.tile, seat.serial, linger))

    def _lease(self, running: Running, stream: Stream, tile: int) -> tuple[SignedGrant, Grant] | None:
        """Ask the gate and check its answer as the worker will; None means no."""
        placement = Placement(running.process.name, tile, next(running.counters))
        try:
            signed = stream.request.lease(placement)
            return None if signed is None else (signed, self._check(running, stream, tile, signed))
        except GrantRefused as refused:
            log.error("A grant of the gate was refused: %s", refused.why)  # noqa: TRY400 - the reason is all there is
        except Exception:  # the border: a gate that fails must not end the engine's thread, which serves all streams
            log.exception("The gate failed to answer; taken as no")
        return None

    def _check(self, running: Running, stream: Stream, tile: int, signed: SignedGrant) -> Grant:
        grant = running.verifier.check(signed, self._clock.monotonic())
        if grant.tile != tile:
            raise GrantRefused(Refusal.OTHER_TILE)
        if grant.camera_id != stream.request.camera_id:
            raise GrantRefused(Refusal.OTHER_CAMERA)
        if not grant.is_for_address(stream.request.address):
            raise GrantRefused(Refusal.OTHER_ADDRESS)
        return grant

    def renew(self, stream: Stream) -> None:
        found = self._book.seat_of(stream)
        if found is not None and self._clock.monotonic() >= stream.deadline:
            # The worker ended it by the same clock: a renewal would find nobody there. It starts anew.
            self.lapse(stream)
            found = None
        if found is None:
            group = self._book.place.get(stream)
            if group is not None:
                self._book.lapsed.discard(stream)
                self.seat(group, stream)
            return
        group, running, seat = found
        leased = self._lease(running, stream, seat.tile)
        if leased is None:
            self._refuse(stream)
            return
        signed, grant = leased
        if grant.same_view(seat.grant):
            seat.grant = grant
            stream.prolong(grant.deadline)
            running.process.send(protocol.Renew(seat.tile, seat.serial, signed))
        else:
            # Other masks or another size: pictures made under the old ones must not be seen, so it starts anew.
            self._unseat(running, seat, linger=True)
            self.seat(group, stream)

    def resize(self, stream: Stream) -> None:
        found = self._book.seat_of(stream)
        if found is not None:
            _, running, seat = found
            size = stream.size
            running.process.send(protocol.Resize(seat.tile, seat.serial, size.width, size.height))

    def lapse(self, stream: Stream) -> None:
        """The newest grant is over: dark, and stopped in the worker, until a renewal brings it back."""
        stream.darken()
        found = self._book.seat_of(stream)
        if found is None:
            return
        group, running, seat = found
        self._unseat(running, seat)
        if stream.deadline > self._clock.monotonic():
            # Renewed in the same moment in which the painter found it over.
            self.seat(group, stream)
        else:
            self._set_aside(stream)

    def _set_aside(self, stream: Stream) -> None:
        self._book.lapsed.add(stream)
        stream.tell(replace(stream.told, state=TileState.EMPTY, fault=Fault.NONE, kbps=0.0))

    def _refuse(self, stream: Stream) -> None:
        self.finish(stream, StreamEnd.REFUSED, TileState.DENIED)

    def finish(self, stream: Stream, end: StreamEnd, state: TileState, fault: Fault = Fault.NONE) -> None:
        """End a stream from our side."""
        stream.finish(end, replace(stream.told, state=state, fault=fault, kbps=0.0))
        self.leave(stream)

    def leave(self, stream: Stream) -> None:
        """Take a stream away that is shut."""
        found = self._book.seat_of(stream)
        if found is not None:
            group, running, seat = found
            self._unseat(running, seat, linger=stream.lingers)
            self._keep_in_mind(group, stream)
        self._book.part(stream)
        if stream.ended is None:
            stream.finish(StreamEnd.CLOSED, replace(stream.told, state=TileState.EMPTY, fault=Fault.NONE))
        self.notify(stream)
        self._notified.pop(stream, None)

    def _keep_in_mind(self, group: Group, stream: Stream) -> None:
        """Whoever opens this camera in a moment goes to the same worker."""
        now = self._clock.monotonic()
        group.lingering = {camera: until for camera, until in group.lingering.items() if now < until}
        if stream.lingers:
            group.lingering[camera_of(stream)] = min(now + LINGER_S, stream.deadline)

    def acknowledge(self, group: Group, running: Running, closed: Closed) -> None:
        closing = running.closing.get(closed.tile)
        if closing is None or closing.serial != closed.serial:
            return
        # From here on an honest worker writes no more: what it wrote after our first blanking goes now.
        running.process.memory.blank(closed.tile)
        del running.closing[closed.tile]
        self.seat_all(group)

    def hear(self, running: Running, status: Status) -> bool:
        """Take a worker's word on one stream; False if no worker may say such a thing."""
        if status.state not in _SAYABLE:
            return False
        seat = running.seat_at(status.tile, status.serial)
        if seat is None:
            return True
        stream = seat.stream
        if status.state is TileState.EMPTY:
            # The worker's lease ran out, or a renewal came a moment too late for it. The next one starts it anew;
            # not before, or a worker that refuses everything would keep us both busy.
            self._unseat(running, seat)
            self._set_aside(stream)
        else:
            stream.tell(
                StreamStatus(
                    status.state,
                    status.fault,
                    status.attempt,
                    latency_ms=status.latency_ms,
                    facts=status.facts,
                    kbps=status.kbps,
                    eased=status.eased,
                    shown_rate=status.shown_rate,
                    reconnects=max(0, seat.connected_before + status.connections - 1),
                )
            )
            stream.connections = seat.connected_before + status.connections
        self.notify(stream)
        return True

    def doubt(self, running: Running) -> None:
        """The worker is silent though not dead: nothing vouches for its pictures until it speaks again."""
        for seat in running.seats.values():
            told = seat.stream.told
            if told.state is TileState.LIVE:
                seat.stream.tell(replace(told, state=TileState.STALE, fault=Fault.FROZEN))
                self.notify(seat.stream)

    def notify(self, stream: Stream) -> None:
        """Tell the stream's user if there is something new to say."""
        status = stream.status()
        key = (status.state, status.fault, status.attempt, status.end, status.facts, status.eased)
        if self._notified.get(stream) == key:
            return
        self._notified[stream] = key
        try:
            stream.request.on_status(status)
        except Exception:  # the border: as above; it is told again at the next change
            log.exception("A stream's listener failed")

    def tick(self, now: float) -> None:
        """Let every lease end in time and every silence be noticed, also when nobody paints."""
        for _, running in self._book.running():
            for seat in list(running.seats.values()):
                if now >= seat.stream.deadline:
                    self.lapse(seat.stream)
        for stream in list(self._book.place):
            if now >= stream.deadline:
                stream.darken()
            self.notify(stream)


def _connected_before(stream: Stream) -> int:
    """Return how many connections count before this seat's first.

    The first one after a lost worker is a reconnection; after a change of our own (other masks, a lapse) it is none.
    """
    lost = stream.told.state is TileState.RECONNECTING
    return stream.connections if lost else max(0, stream.connections - 1)
