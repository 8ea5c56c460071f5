"""The engine without the gate: a window with the least that can paint streams. Tells what the video part alone costs.

`python -m tests.bench.consoles.engine '{"urls": […], "rate": 15, …}'`; orders and answers as in tests/bench/probe.py.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QRect, Qt, QTimer, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from console.kernel import PixelSize, Secret, SystemClock
from console.masking import NO_MASKS
from console.video.grants import Grant, Placement, SignedGrant, Signer, digest_of
from console.video.streams import Stream, StreamRequest, StreamStatus
from console.video.supervisor import EngineConfig, Supervisor
from tests.bench.probe import TICK_MS, Lateness, Orders, Phases, PictureLog, Shown, tell

ROOT: Final = Path(__file__).resolve().parents[3]
RENEW_MS: Final = 5000
LEASE_S: Final = 14.0


@dataclass(frozen=True, slots=True)
class Plan:
    urls: list[str]
    rate: float
    pictures: int
    coded: bool


class EngineWindow(QWidget):
    """All tiles in one widget; dirty rectangles only."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.log = PictureLog(coded=plan.coded)
        self.lateness = Lateness(self)
        self.streams: dict[str, Stream] = {}
        self.phases: Phases | None = None
        self._signer = Signer()
        self._clock = SystemClock()
        command = (sys.executable, str(ROOT / "main.py"), "worker")
        self._engine = Supervisor(EngineConfig(command, self._signer.public), self._clock)
        self._seen: dict[str, int] = {}
        self._painted = False
        self._began = self._measured_from = self._pressed = 0.0
        self._firsts: dict[str, list[Shown]] = {}
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFixedSize(1920, 1080)
        self._frames = QTimer(self)
        self._frames.setTimerType(Qt.TimerType.PreciseTimer)
        self._frames.timeout.connect(self._look)
        self._frames.start(TICK_MS)
        self._renewals = QTimer(self)
        self._renewals.timeout.connect(self._renew)
        self._renewals.start(RENEW_MS)

    def place(self, number: int) -> QRect:
        columns = math.ceil(math.sqrt(len(self.plan.urls)))
        width, height = self.width() // columns, self.height() // columns
        return QRect(number % columns * width, number // columns * height, width, height)

    def open(self) -> None:
        tile = self.place(0)
        for number, url in enumerate(self.plan.urls):
            name, address = f"cam{number}", Secret(url)
            request = StreamRequest(
                camera_id=name,
                private=False,
                address=address,
                size=PixelSize(tile.width(), tile.height()),
                lease=self._lease_for(name, address),
                on_status=_ignore,
            )
            self.streams[name] = self._engine.open(request)

    def _lease_for(self, name: str, address: Secret) -> Any:
        digest = digest_of(address)

        def lease(placement: Placement) -> SignedGrant:
            deadline = self._clock.monotonic() + LEASE_S
            return self._signer.sign(
                Grant(placement.worker, placement.tile, name, placement.counter, deadline, 1920, 1080, NO_MASKS, digest)
            )

        return lease

    @Slot()
    def _renew(self) -> None:
        for stream in self.streams.values():
            stream.renew()

    @Slot()
    def _look(self) -> None:
        for number, (name, stream) in enumerate(self.streams.items()):
            sequence = stream.sequence()
            if sequence != self._seen.get(name, 0):
                self._seen[name] = sequence
                self.update(self.place(number))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for number, (name, stream) in enumerate(self.streams.items()):
            place = self.place(number)
            if not event.region().intersects(place):
                continue
            picture = stream.picture()
            self.log.take(name, picture)
            if picture is None:
                painter.fillRect(place, Qt.GlobalColor.black)
                continue
            image = QImage(picture.pixels, picture.width, picture.height, picture.stride, QImage.Format.Format_RGB32)
            if (picture.width, picture.height) == (place.width(), place.height()):
                painter.drawImage(place.topLeft(), image)
            else:
                painter.drawImage(place, image)
        if not self.streams:
            painter.fillRect(self.rect(), Qt.GlobalColor.black)
        painter.end()
        if not self._painted:
            self._painted = True
            tell("painted")

    # -- orders

    def order_open(self) -> float:
        self._began = time.monotonic()
        self.open()
        return self._began

    def order_live(self) -> dict[str, Any]:
        """How many tiles have had a picture, and what the others say."""
        waiting = {
            name: f"{stream.status().state} {stream.status().fault}"
            for name, stream in self.streams.items()
            if not self.log.shown.get(name)
        }
        return {"live": len(self.streams) - len(waiting), "waiting": waiting}

    def order_begin(self) -> None:
        self._firsts = {name: list(shown) for name, shown in self.log.shown.items()}
        self.log.clear()
        self.lateness.late_ms.clear()
        self._measured_from = time.monotonic()

    def order_end(self) -> dict[str, Any]:
        end = time.monotonic()
        seconds = end - self._measured_from
        report = {
            "seconds": seconds,
            "fps": [self.log.count(name, self._measured_from, end) / seconds for name in self.streams],
            "late": self.lateness.report(),
            "sampling_s": self.log.cpu_s,
        }
        if self.plan.coded:
            self.phases = Phases(self.log, self.plan.rate, self.plan.pictures)
            report["first_current_ms"] = self._first_current()
        return report

    def _first_current(self) -> list[float]:
        assert self.phases is not None
        firsts = [self.phases.first_current(name, shown, self._began) for name, shown in self._firsts.items()]
        return [(first - self._began) * 1000 for first in firsts if first is not None]

    def order_shrink(self, *, warm: bool) -> None:
        """As in a layout of a quarter of the tiles: the others stay warm without pictures, or go on small."""
        tile = self.place(0)
        rest = PixelSize(0, 0) if warm else PixelSize(tile.width() // 2, tile.height() // 2)
        for number, stream in enumerate(self.streams.values()):
            big = number < len(self.streams) // 4
            stream.resize(PixelSize(tile.width() * 2, tile.height() * 2) if big else rest)

    def order_grow(self) -> None:
        self.log.clear()
        self.log.every = True
        self._pressed = time.monotonic()
        tile = self.place(0)
        for stream in self.streams.values():
            stream.resize(PixelSize(tile.width(), tile.height()))
        self._seen.clear()

    def order_switched(self) -> float | None:
        """How long every tile took to be current after `grow`; None: not all of them are yet."""
        took = self.phases.all_current_ms(self.log, self.streams, self._pressed) if self.phases else None
        self.log.every = took is None
        return took

    def close_engine(self) -> None:
        self._engine.close()


def _ignore(_status: StreamStatus) -> None:
    """The window looks at `status()` itself."""


def main() -> int:
    application = QApplication(sys.argv[:1])
    window = EngineWindow(Plan(**json.loads(sys.argv[1])))
    orders = {name.removeprefix("order_"): getattr(window, name) for name in dir(window) if name.startswith("order_")}
    listener = Orders(window, orders, application.quit)
    window.show()
    application.exec()
    window.close_engine()
    del listener
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)
