"""Stands between the cameras and the console: forwards, and on order does to a connection what networks do to it.

Each camera has a port of its own, which stays the same whatever happens behind it. What goes through is read along:
the relay knows when which picture left the camera, which is the truth that the wall is measured by.
"""

from __future__ import annotations

import contextlib
import random
import selectors
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Final, Self

TICKS: Final = 90_000
"""Of RTP's clock for video, a second."""

_CHUNK: Final = 262_144
_MOST_HELD: Final = 1_048_576
_LOOK_S: Final = 0.2
_GARBAGE_SHARE: Final = 0.05
_THIN_SHARE: Final = 0.8
_DRIP_S: Final = 0.02
_DOLLAR: Final = 0x24
_FRAME_HEAD: Final = 4
_RTP_HEAD: Final = 12
_WRAP: Final = 0xFFFFFFFF


class Manner(Enum):
    """How a camera's connections are treated."""

    FORWARD = "forward"
    HOLD = "hold"  # open ones stand still, new ones are accepted and hear nothing
    REFUSE = "refuse"  # the port is closed
    GARBAGE = "garbage"  # random bytes between what the camera sends
    THIN = "thin"  # a link that lets through less than the camera sends, without ever pausing


@dataclass(slots=True)
class Run:
    """The pictures of one connection: the n-th was made at `began` + n / rate."""

    began: float = float("inf")
    newest_at: float = 0.0
    pictures: int = 0

    def take(self, number: int, at: float, rate: float) -> None:
        self.pictures = max(self.pictures, number + 1)
        self.newest_at = at
        # The least delayed picture tells when the camera began; later ones may have waited somewhere.
        self.began = min(self.began, at - number / rate)


class Meter:
    """Reads an interleaved RTSP stream along and tells each new picture by its RTP time."""

    def __init__(self, rate: float, run: Run) -> None:
        self._rate, self._run = rate, run
        self._buffer = bytearray()
        self._skip = 0
        self._first: int | None = None
        self._last: int | None = None

    def feed(self, data: bytes, at: float) -> None:
        if self._skip >= len(data):
            self._skip -= len(data)
            return
        self._buffer += data[self._skip :]
        self._skip = 0
        taken = 0
        while (step := self._step(taken, at)) > 0:
            taken += step
        if taken > len(self._buffer):
            self._skip = taken - len(self._buffer)
        del self._buffer[:taken]

    def _step(self, start: int, at: float) -> int:
        """Return how long the message at `start` is, 0 if too little of it is there."""
        buffer = self._buffer
        if len(buffer) - start < _FRAME_HEAD + _RTP_HEAD:
            return 0
        if buffer[start] == _DOLLAR:
            if buffer[start + 1] == 0:
                self._picture(struct.unpack_from(">I", buffer, start + _FRAME_HEAD + 4)[0], at)
            return _FRAME_HEAD + int.from_bytes(buffer[start + 2 : start + 4], "big")
        end = buffer.find(b"\r\n\r\n", start)
        if end < 0:
            return 0
        head = bytes(buffer[start:end]).lower()
        _, has_body, rest = head.partition(b"content-length:")
        return end + 4 - start + (int(rest.split(b"\r\n")[0]) if has_body else 0)

    def _picture(self, ticks: int, at: float) -> None:
        if ticks == self._last:
            return
        self._last = ticks
        if self._first is None:
            self._first = ticks
        self._run.take(round((ticks - self._first & _WRAP) * self._rate / TICKS), at, self._rate)


@dataclass(slots=True, eq=False)
class _Side:
    """One end of a connection, and what still has to be written to it."""

    link: _Link
    socket: socket.socket
    waiting: bytearray = field(default_factory=bytearray)
    events: int = 0

    @property
    def other(self) -> _Side | None:
        return self.link.camera if self is self.link.client else self.link.client


@dataclass(slots=True, eq=False)
class _Link:
    lane: Lane
    meter: Meter
    client: _Side = field(init=False)
    camera: _Side | None = None
    since: float = field(default_factory=time.monotonic)
    came: int = 0
    dripped: float = 0.0
    """When a thin link last let something through."""


class Lane:
    """One camera: its port, where it leads, how it is treated, and what came through."""

    def __init__(self, number: int, upstream: int, path: str) -> None:
        self.number, self.upstream = number, upstream
        self.path = path
        self.manner = Manner.FORWARD
        self.runs: list[Run] = []
        self.speed = 0.0
        """What a thin link lets through, in bytes a second."""
        self.port = 0
        self._listener: socket.socket | None = None

    @property
    def listener(self) -> socket.socket | None:
        return self._listener

    def listen(self) -> socket.socket:
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=16)
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        return self._listener

    def close(self) -> None:
        if self._listener is not None:
            self._listener.close()
        self._listener = None

    def url(self, login: str = "") -> str:
        return f"rtsp://{login}127.0.0.1:{self.port}/{self.path}"


class Relay:
    """All lanes, on one thread. Orders may come from any thread and are done when they return."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.lanes: list[Lane] = []
        self._selector = selectors.DefaultSelector()
        self._links: set[_Link] = set()
        self._random = random.Random(5)
        self._orders: list[tuple[Callable[[], None], threading.Event]] = []
        self._wake, self._bell = socket.socketpair()
        self._wake.setblocking(False)
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    def add(self, upstream: int, path: str) -> Lane:
        """Before the start: one more camera."""
        lane = Lane(len(self.lanes), upstream, path)
        self.lanes.append(lane)
        self._selector.register(lane.listen(), selectors.EVENT_READ, lane)
        return lane

    def __enter__(self) -> Self:
        self._selector.register(self._wake, selectors.EVENT_READ, None)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending = True
        self._bell.send(b"!")
        self._thread.join()
        for link in list(self._links):
            self._drop(link)
        for lane in self.lanes:
            lane.close()
        self._selector.close()
        self._wake.close()
        self._bell.close()

    # Orders

    def treat(self, lanes: list[Lane], manner: Manner) -> None:
        self._order(lambda: self._for_each(lanes, lambda lane: self._treat(lane, manner)))

    def lead(self, lane: Lane, upstream: int, path: str = "") -> None:
        """From the next connection on, another server, or another path of it; the open ones are cut."""

        def change() -> None:
            lane.upstream = upstream
            lane.path = path or lane.path
            self._cut(lane)

        self._order(change)

    def cut(self, lanes: list[Lane]) -> None:
        self._order(lambda: self._for_each(lanes, self._cut))

    @staticmethod
    def _for_each(lanes: list[Lane], work: Callable[[Lane], None]) -> None:
        for lane in lanes:
            work(lane)

    def _order(self, work: Callable[[], None]) -> None:
        done = threading.Event()
        self._orders.append((work, done))
        self._bell.send(b"!")
        done.wait()

    def _treat(self, lane: Lane, manner: Manner) -> None:
        lane.manner = manner
        now = time.monotonic()
        for link in [one for one in self._links if one.lane is lane]:
            link.dripped = now
            lane.speed = _THIN_SHARE * link.came / max(_LOOK_S, now - link.since)
        if manner is Manner.REFUSE:
            if lane.listener is not None:
                self._selector.unregister(lane.listener)
                lane.close()
            self._cut(lane)
        elif lane.listener is None:
            self._selector.register(lane.listen(), selectors.EVENT_READ, lane)
        for link in [one for one in self._links if one.lane is lane]:
            self._watch(link.client)
            if link.camera is not None:
                self._watch(link.camera)
            elif manner is Manner.FORWARD:
                self._connect(link)

    def _cut(self, lane: Lane) -> None:
        for link in [one for one in self._links if one.lane is lane]:
            self._drop(link)

    # The relay's thread

    def _run(self) -> None:
        while not self._ending:
            thin = [link for link in self._links if link.lane.manner is Manner.THIN]
            for key, mask in self._selector.select(_DRIP_S if thin else _LOOK_S):
                if isinstance(key.data, Lane):
                    self._accept(key.data)
                elif isinstance(key.data, _Side):
                    self._serve(key.data, mask)
                else:
                    self._obey()
            for link in thin:
                self._drip(link)

    def _drip(self, link: _Link) -> None:
        now = time.monotonic()
        if link not in self._links or now - link.dripped < _DRIP_S:
            return
        share = max(1, int(link.lane.speed * (now - link.dripped)))
        link.dripped = now
        with contextlib.suppress(OSError):
            sent = link.client.socket.send(link.client.waiting[:share]) if link.client.waiting else 0
            del link.client.waiting[:sent]
        self._watch(link.client)
        if link.camera is not None:
            self._watch(link.camera)

    def _obey(self) -> None:
        self._wake.recv(4096)
        while self._orders:
            work, done = self._orders.pop(0)
            work()
            done.set()

    def _accept(self, lane: Lane) -> None:
        if lane.listener is None:
            return
        with contextlib.suppress(OSError):
            client, _ = lane.listener.accept()
            run = Run()
            lane.runs.append(run)
            link = _Link(lane, Meter(self.rate, run))
            link.client = self._side(link, client)
            self._links.add(link)
            if lane.manner is not Manner.HOLD:
                self._connect(link)

    def _connect(self, link: _Link) -> None:
        try:
            camera = socket.create_connection(("127.0.0.1", link.lane.upstream), timeout=2.0)
        except OSError:
            self._drop(link)  # as the port of a camera that is not there
            return
        link.camera = self._side(link, camera)
        self._watch(link.client)
        self._watch(link.camera)

    def _side(self, link: _Link, opened: socket.socket) -> _Side:
        opened.setblocking(False)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _Side(link, opened)

    def _watch(self, side: _Side) -> None:
        """Read while the other end takes what comes and the lane forwards; write while something waits."""
        held = side.link.lane.manner is Manner.HOLD
        drips = side.link.lane.manner is Manner.THIN and side is side.link.client
        other = side.other
        events = 0
        if not held and other is not None and len(other.waiting) < _MOST_HELD:
            events |= selectors.EVENT_READ
        if not held and not drips and side.waiting:
            events |= selectors.EVENT_WRITE
        if events == side.events:
            return
        if not side.events:
            self._selector.register(side.socket, events, side)
        elif events:
            self._selector.modify(side.socket, events, side)
        else:
            self._selector.unregister(side.socket)
        side.events = events

    def _serve(self, side: _Side, mask: int) -> None:
        link = side.link
        if link not in self._links:
            return
        try:
            if mask & selectors.EVENT_WRITE:
                self._flush(side)
            if mask & selectors.EVENT_READ:
                data = side.socket.recv(_CHUNK)
                other = side.other
                if not data or other is None:
                    self._drop(link)
                    return
                if side is link.camera:
                    link.meter.feed(data, time.monotonic())
                    link.came += len(data)
                    data = self._spoilt(link.lane, data)
                other.waiting += data
                self._flush(other)
        except BlockingIOError:
            pass
        except OSError:
            self._drop(link)

    def _spoilt(self, lane: Lane, data: bytes) -> bytes:
        if lane.manner is Manner.GARBAGE and self._random.random() < _GARBAGE_SHARE:
            return data + self._random.randbytes(self._random.randrange(20, 2000))
        return data

    def _flush(self, side: _Side) -> None:
        drips = side.link.lane.manner is Manner.THIN and side is side.link.client
        with contextlib.suppress(BlockingIOError):
            while side.waiting and not drips:
                sent = side.socket.send(side.waiting)
                del side.waiting[:sent]
        self._watch(side)
        if side.other is not None:
            self._watch(side.other)

    def _drop(self, link: _Link) -> None:
        if link not in self._links:
            return
        self._links.discard(link)
        for side in (link.client, link.camera):
            if side is not None:
                if side.events:
                    self._selector.unregister(side.socket)
                side.socket.close()
