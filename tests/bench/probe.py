"""What sits inside the measured console: counts the distinct pictures its window takes, and how late its thread is.

Its own CPU time is measured and handed back, so that the bench can take it off the console's.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple, Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from tests.bench.measure import percentile
from tests.clips import read_counter

TICK_MS: Final = 16
_CURRENT_S: Final = 0.2
"""A picture is current when it lags no more than this, or three picture intervals, behind the steady state."""

_AHEAD_S: Final = 2.0


class Shown(NamedTuple):
    """One picture as the window took it."""

    at: float
    counter: int | None
    sequence: int
    width: int
    height: int


class PictureLike(Protocol):
    @property
    def pixels(self) -> memoryview: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def stride(self) -> int: ...
    @property
    def sequence(self) -> int: ...


class PictureLog:
    """Per tile, every distinct picture that was taken for painting, with its counter."""

    def __init__(self, *, coded: bool) -> None:
        self.coded = coded
        self.shown: dict[str, list[Shown]] = defaultdict(list)
        self.dark: dict[str, float] = {}
        """When a tile that had a picture was first found without one."""
        self.cpu_s = 0.0
        self.every = False
        """Log also pictures that were taken again: set while a switch is measured."""
        self._last: dict[str, tuple[int, int | None]] = {}

    def take(self, tile: str, picture: PictureLike | None) -> None:
        """Call with what the window is about to paint."""
        if picture is None:
            if tile in self._last:
                self.dark.setdefault(tile, time.monotonic())
            return
        last = self._last.get(tile)
        if last is not None and last[0] == picture.sequence and not self.every:
            return
        started = time.thread_time()
        counter = None
        if self.coded:
            counter = read_counter(picture.pixels, picture.width, picture.height, picture.stride)
        self._last[tile] = (picture.sequence, counter)
        if last is None or self.every or not self.coded or last[1] != counter:
            shown = Shown(time.monotonic(), counter, picture.sequence, picture.width, picture.height)
            self.shown[tile].append(shown)
        self.cpu_s += time.thread_time() - started

    def clear(self) -> None:
        self.shown.clear()
        self.dark.clear()
        self.cpu_s = 0.0

    def count(self, tile: str, start: float, end: float) -> int:
        """Distinct pictures of a tile: a picture without a readable counter is not counted when there is a code."""
        return sum(start <= one.at < end and (one.counter is not None or not self.coded) for one in self.shown[tile])


class Phases:
    """Where each camera's counter stands at a moment, learnt in the steady state: tells old pictures from current."""

    def __init__(self, log: PictureLog, rate: float, pictures: int) -> None:
        self._rate, self._pictures = rate, pictures
        self._phase = {
            tile: self._steady([one for one in shown if one.counter is not None]) for tile, shown in log.shown.items()
        }

    def _at(self, one: Shown) -> float:
        return (one.counter or 0) - self._rate * one.at

    def _wrap(self, difference: float) -> float:
        half = self._pictures / 2
        return (difference + half) % self._pictures - half

    def _steady(self, shown: list[Shown]) -> float:
        if not shown:
            return 0.0
        first = self._at(shown[0])
        return first + percentile([self._wrap(self._at(one) - first) for one in shown], 0.5)

    def lag_s(self, tile: str, one: Shown) -> float:
        """How far this picture is behind the camera, in seconds, beyond the usual delay."""
        return self._wrap(self._phase[tile] - self._at(one)) / self._rate

    def all_current_ms(self, log: PictureLog, tiles: Iterable[str], since: float) -> float | None:
        """From `since` until every one of the tiles was taken with a current picture; None: some never was."""
        times = []
        for tile in tiles:
            first = self.first_current(tile, log.shown[tile], since)
            if first is None:
                return None
            times.append((first - since) * 1000)
        return max(times)

    def first_current(self, tile: str, shown: Iterable[Shown], since: float) -> float | None:
        """When, from `since` on, the tile was first taken with a current picture."""
        return next((one.at for one in shown if one.at >= since and self.is_current(tile, one)), None)

    def is_current(self, tile: str, one: Shown) -> bool:
        """Not behind the steady state. Ahead of it is fine: the bridge has less delay than the player."""
        if one.counter is None or tile not in self._phase:
            return False
        return -_AHEAD_S <= self.lag_s(tile, one) <= max(_CURRENT_S, 3 / self._rate)


class Lateness(QObject):
    """A 16 ms timer in the window's thread: how much later than due it fires."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.late_ms: list[float] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._due = time.monotonic() + TICK_MS / 1000
        self._timer.start()

    @Slot()
    def _tick(self) -> None:
        now = time.monotonic()
        self.late_ms.append(max(0.0, (now - self._due) * 1000))
        self._due = now + TICK_MS / 1000

    def report(self) -> dict[str, float]:
        late = self.late_ms
        return {"p50": percentile(late, 0.5), "p99": percentile(late, 0.99), "max": max(late, default=0.0)}


class Orders(QObject):
    """Lines of JSON on standard input, each an order for a method of the console's bench side; answers on stdout."""

    _came = Signal(str)
    _ended = Signal()

    def __init__(self, parent: QObject, orders: Mapping[str, Callable[..., Any]], ended: Callable[[], None]) -> None:
        super().__init__(parent)
        self._orders, self._stop = orders, ended
        self._came.connect(self._do, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._finish, Qt.ConnectionType.QueuedConnection)
        threading.Thread(target=self._listen, daemon=True, name="bench orders").start()

    def _listen(self) -> None:
        for line in sys.stdin:
            self._came.emit(line)
        self._ended.emit()

    @Slot(str)
    def _do(self, line: str) -> None:
        order = json.loads(line)
        tell(order["do"], self._orders[order.pop("do")](**order))

    @Slot()
    def _finish(self) -> None:
        self._stop()


def tell(event: str, value: object = None) -> None:
    """Say something to the bench."""
    print(json.dumps({"event": event, "value": value, "at": time.monotonic()}), flush=True)
