"""An engine with scripted workers and a gate that a test can steer; and an eye that misses no picture."""

from __future__ import annotations

import struct
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from console.kernel import (
    Clock,
    PixelSize,
    Secret,
    SystemClock,
    TileState,
)
from console.masking import Mask
from console.video.frames import Picture
from console.video.grants import Grant, Placement, SignedGrant, Signer, digest_of
from console.video.supervisor import EngineConfig, Stream, StreamRequest, StreamStatus, Supervisor

SCRIPT = Path(__file__).with_name("scripted_worker.py")
SIZE = PixelSize(320, 180)
RATE = 30.0
"""Of the scripted pictures."""

PATIENCE_S = 15.0


def until(condition: Callable[[], object], within_s: float = PATIENCE_S) -> float:
    """Wait for a condition and return how long it took."""
    pause, started = threading.Event(), time.monotonic()
    while not condition():
        if time.monotonic() - started > within_s:
            raise AssertionError(f"not within {within_s} s: {condition}")
        pause.wait(0.005)
    return time.monotonic() - started


@dataclass
class Gate:
    """Signs like the real gate; what it says can be changed by the test."""

    signer: Signer = field(default_factory=Signer)
    lease_s: float = 10.0
    says_no: bool = False
    masks: tuple[Mask, ...] = ()
    alter: Callable[[Grant], Grant] = field(default=lambda grant: grant)
    placements: list[Placement] = field(default_factory=list)

    def lease(self, camera: str, address: Secret, place: Placement) -> SignedGrant | None:
        self.placements.append(place)
        if self.says_no:
            return None
        deadline = time.monotonic() + self.lease_s
        grant = Grant(
            place.worker, place.tile, camera, place.counter, deadline, 640, 360, self.masks, digest_of(address)
        )
        return self.signer.sign(self.alter(grant))


class Room:
    """An engine with scripted workers, and everything that was opened in it."""

    def __init__(self, *arguments: str, clock: Clock | None = None, **changes: object) -> None:
        self.gate = Gate()
        config = EngineConfig(
            (sys.executable, str(SCRIPT), *arguments), self.gate.signer.public, slot_bytes=640 * 360 * 4, sandbox=False
        )
        # The machine may be busy with other tests; the short limits have tests of their own.
        config = replace(config, ack_s=2.0)
        self.config = replace(config, **changes)  # type: ignore[arg-type]
        self.engine = Supervisor(self.config, clock or SystemClock())
        self.heard: dict[str, list[StreamStatus]] = {}

    def open(self, behaviour: str = "live", *, camera: str = "", private: bool = False) -> Stream:
        camera = camera or behaviour
        address = Secret(f"scripted://{camera}/{behaviour}")
        heard = self.heard.setdefault(camera, [])
        return self.engine.open(
            StreamRequest(
                camera, private, address, SIZE, lambda place: self.gate.lease(camera, address, place), heard.append
            )
        )

    def pids(self) -> dict[str, int]:
        return {facts.name: facts.pid for facts in self.engine.workers()}


def shorten(room: Room, stream: Stream, lease_s: float = 1.0) -> None:
    """From now on leases are short; the running one is replaced by a short one."""
    room.gate.lease_s = lease_s
    before = stream.deadline
    stream.renew()
    until(lambda: stream.deadline < before)


def counter(picture: Picture) -> tuple[int, int]:
    count, serial = struct.unpack_from("<II", picture.pixels)
    return count, serial


def live(stream: Stream) -> bool:
    return stream.picture() is not None and stream.status().state is TileState.LIVE


def pixels_zero(picture: Picture) -> bool:
    return not any(picture.pixels)


class Eye(threading.Thread):
    """Looks at a stream all the time and counts what the engine failed to show.

    `dark` looks found nothing; `lost` pictures were not seen although the eye looked often enough to see each. On a
    busy machine the eye itself may sleep through a picture: that is nobody's loss.
    """

    def __init__(self, stream: Stream) -> None:
        super().__init__(name="eye", daemon=True)
        self.stream = stream
        self.seen = 0
        self.lost = 0
        self.dark = 0
        self._done = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self.join()

    def run(self) -> None:
        newest, looked, slept = -1, time.monotonic(), 0.0
        while not self._done.wait(0.004):
            picture = self.stream.picture()
            count = -1 if picture is None else counter(picture)[0]
            whole = picture is not None and picture.whole()
            now = time.monotonic()
            looked, slept = now, max(slept, now - looked)
            if picture is None:
                self.dark += 1
            elif not whole:
                slept = 1.0
            elif count != newest:
                if newest >= 0 and count != newest + 1 and slept < 1.0 / RATE:
                    self.lost += 1
                newest, slept = count, 0.0
                self.seen += 1
