"""An engine with real workers for tests, and streams whose every picture is written down."""

from __future__ import annotations

import itertools
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from console.kernel import (
    Fault,
    PixelSize,
    Secret,
    SystemClock,
    TileState,
)
from console.masking import Mask
from console.video.grants import Grant, Placement, SignedGrant, Signer, digest_of
from console.video.supervisor import EngineConfig, StreamRequest, StreamStatus, Supervisor
from tests.rtsp import read_counter

MAIN = Path(__file__).parents[2] / "main.py"
PATIENCE_S = 30.0
RENEW_S = 3.0


@dataclass(frozen=True)
class Shown:
    """One picture as the painter saw it."""

    at: float
    counter: int | None
    size: tuple[int, int]
    pixels: bytes = field(repr=False, default=b"")


class Camera:
    """One open stream; `look` must be called often and notes what is new."""

    def __init__(self, room: Room, address: str, size: PixelSize, masks: tuple[Mask, ...]) -> None:
        self.room = room
        self.address = Secret(address)
        self.masks = masks
        self.leased = True
        self.keep_pixels = False
        self.shown: list[Shown] = []
        self.said: list[StreamStatus] = []
        self._last: tuple[int, int] | None = None
        # Known before the stream is opened: the engine may ask for the lease before `open` returns.
        self.name = f"camera-{next(room.numbers)}"
        request = StreamRequest(self.name, False, self.address, size, self.lease, self.said.append)
        self.stream = room.engine.open(request)

    def lease(self, place: Placement) -> SignedGrant | None:
        if not self.leased:
            return None
        deadline = time.monotonic() + self.room.lease_s
        grant = Grant(
            place.worker, place.tile, self.name, place.counter, deadline, 1280, 720, self.masks, digest_of(self.address)
        )
        return self.room.signer.sign(grant)

    def look(self) -> None:
        picture = self.stream.picture()
        if picture is None or (picture.sequence, picture.generation) == self._last:
            return
        counter = read_counter(picture.pixels, picture.width, picture.height, picture.stride)
        pixels = bytes(picture.pixels) if self.keep_pixels else b""
        if picture.whole():
            self._last = (picture.sequence, picture.generation)
            self.shown.append(Shown(time.monotonic(), counter, (picture.width, picture.height), pixels))

    @property
    def state(self) -> TileState:
        return self.stream.status().state

    @property
    def faults(self) -> set[Fault]:
        return {status.fault for status in self.said}

    def steps_back(self, round_length: int) -> list[tuple[Shown, Shown]]:
        """Return neighbours of which the second is older than the first; the clip starts anew after `round_length`."""
        known = [shown for shown in self.shown if shown.counter is not None]
        return [
            (first, second)
            for first, second in itertools.pairwise(known)
            if ((second.counter or 0) - (first.counter or 0)) % round_length > round_length // 2
        ]


class Room:
    """The engine. `wait` looks at all cameras and renews their leases until something is true."""

    def __init__(self, **changes: object) -> None:
        self.signer = Signer()
        self.lease_s = 12.0
        self.cameras: list[Camera] = []
        self.numbers = itertools.count()
        self._renewed_at = time.monotonic()
        config = EngineConfig(
            (sys.executable, str(MAIN), "worker"),
            self.signer.public,
            sandbox=False,
            open_timeout_s=3.0,
            read_timeout_s=3.0,
            start_s=60.0,
            heartbeat_s=10.0,
        )
        self.engine = Supervisor(replace(config, **changes), SystemClock())  # type: ignore[arg-type]

    def open(self, address: str, *, size: tuple[int, int] = (320, 180), masks: tuple[Mask, ...] = ()) -> Camera:
        camera = Camera(self, address, PixelSize(*size), masks)
        self.cameras.append(camera)
        return camera

    def wait(self, condition: Callable[[], object], within_s: float = PATIENCE_S) -> float:
        """Look until `condition` is true; returns how long it took."""
        pause, started = threading.Event(), time.monotonic()
        while not condition():
            now = time.monotonic()
            if now - started > within_s:
                said = [[(told.state.value, told.fault.value) for told in camera.said[-5:]] for camera in self.cameras]
                raise AssertionError(f"not within {within_s} s; cameras said {said}")
            if now - self._renewed_at > RENEW_S:
                self._renewed_at = now
                for camera in self.cameras:
                    if camera.leased:
                        camera.stream.renew()
            for camera in self.cameras:
                camera.look()
            pause.wait(0.004)
        return time.monotonic() - started

    def close(self) -> None:
        self.engine.close()
