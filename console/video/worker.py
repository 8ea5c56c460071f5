"""The worker process: shows streams that its parent asked for, each only under a valid grant.

Started as `main.py worker`. One thread reads messages, one control thread obeys them, watches the streams and sends
the heartbeat, so that a heartbeat means that the work goes on. A closed pipe, a message that breaks the rules or a
dead parent ends the process.
"""

from __future__ import annotations

import ctypes
import logging
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from console.kernel import Fault, PixelSize, Secret, TileState
from console.video import protocol
from console.video.channel import Channel
from console.video.easing import Easing
from console.video.frames import SLOTS, FrameMap
from console.video.grants import Grant, GrantRefused, Refusal, SignedGrant, Verifier
from console.video.hardening import give_back_memory, harden, leave, leave_within, limit_memory, step_back
from console.video.host import ChannelSettings, ChannelState, Host
from console.video.ingest import NetworkSource, PacketSource, Timeouts, silence, versions
from console.video.intake import Intake, Intakes
from console.video.player import EngineMissing, VlcEngine
from console.video.protocol import ProtocolError, ToParent, ToWorker
from console.video.screen import Screen

log = logging.getLogger("console.video.worker")

TICK_S: Final = 0.25
_STATUS_S: Final = 1.0
_TIDY_S: Final = 5.0
_FAREWELL_S: Final = 1.5
_GLANCE_S: Final = 0.03
_FRESH_S: Final = 1.0
"""A tile that was just asked for is looked at so often for so long: its first picture is not to wait for a tick."""

_READ_BYTES: Final = 64 * 1024
_AT_ONCE: Final = 64
_DEMO: Final = "demo"


@dataclass(slots=True, eq=False)
class Seat:
    """One stream of this worker."""

    tile: int
    serial: int
    channel: Channel
    grant: Grant
    address: Secret
    fresh_until: float
    said: tuple[object, ...] = ()
    said_at: float = 0.0


@dataclass(slots=True)
class Outlet:
    """Sends messages to the parent, whole, from any thread."""

    descriptor: int
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, message: ToParent) -> None:
        data = protocol.encode(message)
        with self.lock:
            try:
                while data:
                    data = data[os.write(self.descriptor, data) :]
            except OSError:
                # Nobody is there to show anything to.
                leave(0)


class Worker:
    """Obeys one parent. All methods but `finished` callbacks run on the control thread."""

    def __init__(self, hello: protocol.Hello, engine: VlcEngine, outlet: Outlet) -> None:
        self._hello = hello
        self._outlet = outlet
        self._verifier = Verifier(hello.public_key, hello.worker)
        self._memory = FrameMap(hello.memory, hello.tiles, hello.slot_bytes)
        limit_memory(self._memory.metrics.total_bytes)
        settings = ChannelSettings(hello.stale_after_s, hello.hardware_decoding)
        self._host = Host(engine, settings, _in_background)
        self._seats: dict[int, Seat] = {}
        self._intakes = Intakes()
        self._easing: Easing[Seat] = Easing()
        self._glance_at = float("inf")
        self._closing: dict[tuple[int, int], bool] = {}
        self._guard = threading.Lock()
        self._tidied_at = 0.0

    def obey(self, message: ToWorker) -> bool:
        """Do what the parent says; False means goodbye."""
        match message:
            case protocol.Open():
                self._open(message)
            case protocol.Renew(tile, serial, signed):
                self._renew(tile, serial, signed)
            case protocol.Resize(tile, serial, width, height):
                seat = self._seat(tile, serial)
                if seat is not None:
                    seat.channel.resize(PixelSize(width, height))
                    self._freshen(seat)
            case protocol.Close():
                self._close(message)
            case protocol.Ping():
                self._outlet.send(protocol.Heartbeat(time.monotonic()))
            case protocol.Bye():
                return False
            case protocol.Hello():
                raise ProtocolError("a second hello")
        return True

    def tick(self, now: float) -> None:
        """End what has no valid grant any more; look after the rest and tell what changed."""
        for seat in list(self._seats.values()):
            if now >= seat.grant.deadline:
                self._lapse(seat)
            else:
                what = seat.channel.tick(now)
                if what is not None:
                    self._tell(seat, what, now)
        self._ease(now)
        self._intakes.tidy(now)
        if self._host.untidy.is_set() and now - self._tidied_at > _TIDY_S:
            self._host.untidy.clear()
            self._tidied_at = now
            self._host.background(give_back_memory)

    def _ease(self, now: float) -> None:
        loads = ((seat, seat.channel.load()) for seat in self._seats.values())
        self._easing.look(now, {seat: load for seat, load in loads if load is not None})
        for seat, level in self._easing.levels.items():
            seat.channel.ease(level)

    def next_deadline(self) -> float:
        """Return when the next grant ends, or what is kept under a former one."""
        grants = min((seat.grant.deadline for seat in self._seats.values()), default=float("inf"))
        return min(grants, self._intakes.next_end())

    def next_glance(self) -> float:
        """Return when to call `glance`."""
        return self._glance_at

    def glance(self, now: float) -> None:
        """Tell of the tiles that were just asked for as soon as they have a picture."""
        fresh = [seat for seat in self._seats.values() if now < min(seat.fresh_until, seat.grant.deadline)]
        self._glance_at = now + _GLANCE_S if fresh else float("inf")
        for seat in fresh:
            what = seat.channel.glance(now)
            if what is not None and what.state is TileState.LIVE:
                seat.fresh_until = 0.0
                self._tell(seat, what, now)

    def _freshen(self, seat: Seat) -> None:
        now = time.monotonic()
        seat.fresh_until = now + _FRESH_S
        self._glance_at = min(self._glance_at, now + _GLANCE_S)

    def end(self) -> None:
        """Stop every stream, and wait a moment for their players."""
        waiting: list[threading.Event] = []
        for seat in list(self._seats.values()):
            done = threading.Event()
            seat.channel.close(done.set)
            waiting.append(done)
        self._seats.clear()
        self._intakes.close()
        until = time.monotonic() + _FAREWELL_S
        for done in waiting:
            done.wait(max(0.0, until - time.monotonic()))

    def _open(self, message: protocol.Open) -> None:
        tile, serial, address = message.tile, message.serial, message.address
        try:
            grant = self._check(message.grant, tile, lambda grant: grant.is_for_address(address), Refusal.OTHER_ADDRESS)
            if tile >= self._hello.tiles or tile in self._seats:
                raise ProtocolError("the tile is taken")
        except GrantRefused as refused:
            log.warning("A grant was refused: %s", refused.why)
            self._outlet.send(protocol.Status(tile, serial, TileState.EMPTY))
            return
        screen = Screen(self._memory.writer(tile, serial), grant.masks, lambda used: self._blank(tile, used))
        intake = self._intakes.of(
            address,
            lambda: Intake(lambda transport: self._source(address, transport), prefer_tcp=self._hello.prefer_tcp),
        )
        channel = Channel(screen, grant, self._host, intake)
        self._seats[tile] = seat = Seat(tile, serial, channel, grant, address, 0.0)
        channel.start(PixelSize(message.width, message.height))
        self._outlet.send(protocol.Status(tile, serial, TileState.CONNECTING))
        self._freshen(seat)

    def _check(self, signed: SignedGrant, tile: int, fits: Callable[[Grant], bool], why: Refusal) -> Grant:
        grant = self._verifier.check(signed, time.monotonic())
        if grant.tile != tile:
            raise GrantRefused(Refusal.OTHER_TILE)
        if not fits(grant):
            raise GrantRefused(why)
        return grant

    def _renew(self, tile: int, serial: int, signed: SignedGrant) -> None:
        seat = self._seat(tile, serial)
        if seat is None:
            return
        try:
            grant = self._check(signed, tile, seat.grant.same_view, Refusal.OTHER_CAMERA)
        except GrantRefused as refused:
            # The old grant runs out by itself; a bad one neither prolongs nor shortens it.
            log.warning("A renewal was refused: %s", refused.why)
            return
        seat.grant = grant

    def _close(self, message: protocol.Close) -> None:
        tile, serial = message.tile, message.serial
        seat = self._seat(tile, serial)
        if seat is not None:
            self._finish(seat, linger=message.linger)
        with self._guard:
            if (tile, serial) in self._closing:
                self._closing[tile, serial] = True
                return
        self._outlet.send(protocol.Closed(tile, serial))

    def _lapse(self, seat: Seat) -> None:
        self._finish(seat, linger=False)
        self._outlet.send(protocol.Status(seat.tile, seat.serial, TileState.EMPTY))

    def _finish(self, seat: Seat, *, linger: bool) -> None:
        """Stop a stream; `Closed` follows a `Close` as soon as its slots are at rest and zero."""
        key = (seat.tile, seat.serial)
        del self._seats[seat.tile]
        with self._guard:
            self._closing[key] = False

        def done() -> None:
            with self._guard:
                asked = self._closing.pop(key)
            if asked:
                self._outlet.send(protocol.Closed(*key))

        seat.channel.close(done)
        # What is kept for whoever comes next is kept under the grant that was there, and not a moment longer.
        self._intakes.left(seat.address, seat.grant.deadline if linger else 0.0)

    def _seat(self, tile: int, serial: int) -> Seat | None:
        seat = self._seats.get(tile)
        return seat if seat is not None and seat.serial == serial else None

    def _tell(self, seat: Seat, what: ChannelState, now: float) -> None:
        told = (what.state, what.fault, what.attempt, what.facts, what.eased)
        if told == seat.said and now - seat.said_at < _STATUS_S:
            return
        seat.said, seat.said_at = told, now
        self._outlet.send(
            protocol.Status(
                seat.tile, seat.serial, what.state, what.fault, what.attempt,
                packets=what.packets, decoded=what.decoded, latency_ms=what.latency_ms,
                kbps=what.kbps, connections=what.connections, facts=what.facts,
                eased=what.eased, shown_rate=what.shown_rate,
            )
        )  # fmt: skip

    def _blank(self, tile: int, used: int) -> None:
        metrics = self._memory.metrics
        for index in range(SLOTS):
            ctypes.memset(self._memory.address + metrics.slot(tile, index), 0, min(used, metrics.slot_bytes))

    def _source(self, address: Secret, transport: str) -> PacketSource:
        folder = self._hello.demo_folder
        if folder is not None:
            from console.video.synthetic import LoopSource

            if urlsplit(address.reveal()).scheme == _DEMO:
                return LoopSource(address, Path(folder))
        return NetworkSource(address, transport, Timeouts(self._hello.open_timeout_s, self._hello.read_timeout_s))


def run(_arguments: list[str]) -> int:
    """Be a worker until the parent says goodbye or goes away. Ends the process; returns only in words."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(message)s")
    inlet, outlet = _private_pipes()
    try:
        done = harden()
    except (ValueError, OSError) as error:
        leave(_failed(error))
    silence()
    control = threading.Thread(target=_control, args=(inlet, outlet, done), name="control", daemon=True)
    control.start()
    # Only now: the control thread keeps its priority, so that a busy machine holds its answers up as little as can be.
    step_back()
    control.join()
    return 0


def _control(inlet: int, outlet: int, done: str) -> None:
    inbox: queue.SimpleQueue[ToWorker | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(inlet, inbox), name="inlet", daemon=True).start()
    code = 0
    try:
        _serve(inbox, Outlet(outlet), done)
    except (ProtocolError, ValueError, OSError, MemoryError) as error:
        code = _failed(error)
    finally:
        leave(code)


def _failed(error: Exception) -> int:
    """Log the kind of error only, as its text could quote what came in; returns the exit code."""
    log.error("The worker ends: %s", type(error).__name__)
    return 1


def _serve(inbox: queue.SimpleQueue[ToWorker | None], outlet: Outlet, done: str) -> None:
    hello = inbox.get()
    if not isinstance(hello, protocol.Hello) or hello.version != protocol.VERSION:
        raise ProtocolError("no hello")
    try:
        engine = VlcEngine()
        worker = Worker(hello, engine, outlet)
    except EngineMissing as missing:
        outlet.send(protocol.Fatal(Fault.ENGINE_MISSING, str(missing)))
        return
    except (OSError, ValueError):
        outlet.send(protocol.Fatal(Fault.WORKER_LOST, "engine.memory"))
        return
    decoding = {"decoding": "hardware" if hello.hardware_decoding else "software"}
    outlet.send(protocol.Ready(done, {"libvlc": engine.version} | versions() | decoding))
    beat = 0.0
    while True:
        now = time.monotonic()
        if now >= beat:
            outlet.send(protocol.Heartbeat(now))
            beat = now + TICK_S
            worker.tick(now)
        elif now >= worker.next_deadline():
            worker.tick(now)
        if now >= worker.next_glance():
            worker.glance(now)
        until = min(beat, worker.next_deadline(), worker.next_glance())
        if not all(message is not None and worker.obey(message) for message in came(inbox, until - time.monotonic())):
            break
    leave_within(_FAREWELL_S, 0)
    worker.end()


def came(inbox: queue.SimpleQueue[ToWorker | None], wait_s: float) -> Iterator[ToWorker | None]:
    """Yield what has come, after waiting for the first of it: a renewal must not wait for one tick after the other."""
    for number in range(_AT_ONCE):
        try:
            yield inbox.get_nowait() if number else inbox.get(timeout=max(0.0, wait_s))
        except queue.Empty:
            return


def _listen(inlet: int, inbox: queue.SimpleQueue[ToWorker | None]) -> None:
    receiver = protocol.Receiver(protocol.TO_WORKER)
    try:
        while data := os.read(inlet, _READ_BYTES):
            for message in receiver.feed(data):
                inbox.put(message)  # type: ignore[arg-type]  # the receiver was given these kinds only
    except (ProtocolError, OSError):
        log.error("The parent's pipe is broken")  # noqa: TRY400 - the text could quote what came in
    inbox.put(None)


def _private_pipes() -> tuple[int, int]:
    """Move the pipes to descriptors of their own, so that no library reads or prints into them by chance."""
    inlet, outlet = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (inlet, outlet):
            msvcrt.setmode(descriptor, os.O_BINARY)
    return inlet, outlet


def _in_background(task: Callable[[], None]) -> None:
    def run_it() -> None:
        step_back()
        task()

    threading.Thread(target=run_it, name="task", daemon=True).start()
