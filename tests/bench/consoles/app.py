"""The whole console, started as for an officer, with the bench's probe put in after its first paint.

`python -m tests.bench.consoles.app '{"data": …, "login": …, "tiles": …}'`: the first line on standard input is the
password, then come orders. Nothing of the bench is imported before the window has been painted, so that the time to
the first paint is the console's own.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from console import app

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from console.views.wall_canvas import Canvas
    from console.views.window import Window
    from tests.bench.probe import PictureLike


class Hooks:
    """Stands around the canvas's painting and the gate's picture, from before the window is made."""

    def __init__(self, plan: dict[str, Any], make: type[AppBench]) -> None:
        self.plan = plan
        self._make = make
        self.bench: AppBench | None = None
        self._painted = False
        self._painting = False

    def show(self, window: Window, opened: app.Opened, start: app.Start) -> int:
        """In place of the composition root's last step: hook, then do that step."""
        from console.services.feeds import LiveFeed
        from console.views.wall_canvas import Canvas

        paint, picture = Canvas.paintEvent, LiveFeed.picture

        def painting(canvas: Canvas, event: QPaintEvent) -> None:
            self._painting = True
            paint(canvas, event)
            self._painting = False
            self._after_paint(canvas, window, opened)

        def taking(feed: LiveFeed) -> PictureLike | None:
            taken = picture(feed)
            if self._painting and self.bench is not None:
                self.bench.log.take(feed.camera_id, taken)
            return taken

        Canvas.paintEvent = painting  # type: ignore[method-assign, assignment]
        LiveFeed.picture = taking  # type: ignore[method-assign, assignment]
        return _SHOW(window, opened, start)

    def _after_paint(self, canvas: Canvas, window: Window, opened: app.Opened) -> None:
        if self.bench is not None:
            self.bench.after_paint(canvas)
        elif not self._painted:
            self._painted = True
            print(json.dumps({"event": "painted", "value": None, "at": time.monotonic()}), flush=True)
            from PySide6.QtCore import QTimer

            QTimer.singleShot(0, lambda: self._attach(window, opened))

    def _attach(self, window: Window, opened: app.Opened) -> None:
        self.bench = self._make(window, opened, self.plan)


class AppBench:
    """The bench's side of the console: does what an officer would do, and reports."""

    def __init__(self, window: Window, opened: app.Opened, plan: dict[str, Any]) -> None:
        from tests.bench.probe import Lateness, Orders, PictureLog, Shown

        assert window.wall is not None
        self.plan = plan
        self.log = PictureLog(coded=plan["coded"])
        self._window, self._opened = window, opened
        self._wall = window.wall
        self._lateness = Lateness(self._wall)
        self._phases: Any = None
        self._firsts: dict[str, list[Shown]] = {}
        self._began = self._measured_from = self._pressed = 0.0
        self._withdrawing: tuple[str, float] | None = None
        self._dark = threading.Event()
        self._dark_ms: list[float] = []
        names = [name for name in dir(self) if name.startswith("order_")]
        orders = {name.removeprefix("order_"): getattr(self, name) for name in names}
        self._orders = Orders(self._wall, orders, self._end)

    def _end(self) -> None:
        self._window.app.quit()

    def _cameras(self) -> list[str]:
        cells = self._wall.board.cells[: self.plan["tiles"]]
        return [cell.camera.id for cell in cells if cell.camera is not None]

    def after_paint(self, canvas: Canvas) -> None:
        """Note the first painting of a withdrawn tile that shows no picture any more."""
        if self._withdrawing is None or self._dark.is_set():
            return
        camera, since = self._withdrawing
        tile = next(tile for tile in canvas._tiles if tile.cell.camera is not None and tile.cell.camera.id == camera)
        if not tile.painted:
            self._dark_ms.append((time.monotonic() - since) * 1000)
            self._dark.set()

    # -- orders

    def order_open(self) -> float | None:
        """Choose a purpose, as the officer does: all tiles open through the gate. None: the wall is not read yet."""
        from console.kernel import Purpose
        from console.views.wall_model import PurposeChoice

        if len(self._wall.board.waiting_for_purpose()) < self.plan["tiles"]:
            return None
        self._began = time.monotonic()
        self._wall.board.choose(PurposeChoice(Purpose.RISK_SPOT))
        return self._began

    def order_live(self) -> dict[str, Any]:
        canvas = self._wall.canvas
        words = {str(tile.index): f"{tile.words.badge} {tile.words.message}" for tile in canvas._tiles}
        return {"live": canvas.live_count()[0], "waiting": words}

    def order_begin(self) -> None:
        self._firsts = {name: list(shown) for name, shown in self.log.shown.items()}
        self.log.clear()
        self._lateness.late_ms.clear()
        self._measured_from = time.monotonic()

    def order_end(self) -> dict[str, Any]:
        from tests.bench.probe import Phases

        end = time.monotonic()
        seconds = end - self._measured_from
        report: dict[str, Any] = {
            "seconds": seconds,
            "fps": [self.log.count(camera, self._measured_from, end) / seconds for camera in self._cameras()],
            "late": self._lateness.report(),
            "sampling_s": self.log.cpu_s,
        }
        if self.plan["coded"]:
            self._phases = Phases(self.log, self.plan["rate"], self.plan["pictures"])
            report["first_current_ms"] = [
                (first - self._began) * 1000
                for camera, shown in self._firsts.items()
                if (first := self._phases.first_current(camera, shown, self._began)) is not None
            ]
        return report

    def order_shrink(self, *, warm: bool) -> None:
        """Press the key of a layout of fewer tiles. `warm`: the hidden views keep only their rings."""
        from console.kernel import PixelSize

        self._press(max(1, len(self._cameras()) // 4))
        if warm:
            board = self._wall.board
            for index in range(board.layout.count, self.plan["tiles"]):
                board.resize(index, PixelSize(0, 0))

    def order_grow(self) -> None:
        self.log.clear()
        self.log.every = True
        self._pressed = time.monotonic()
        self._press(self.plan["tiles"])

    def order_switched(self) -> float | None:
        took: float | None = self._phases.all_current_ms(self.log, self._cameras(), self._pressed)
        self.log.every = took is None
        return took

    def _press(self, tiles: int) -> None:
        """The key of the smallest square that holds so many tiles; a hundred have none and are taken from the list."""
        from PySide6.QtCore import QEvent, Qt
        from PySide6.QtGui import QKeyEvent

        from console.views.wall_layouts import ONE, digit_of, large_enough

        layout = large_enough(ONE, tiles - 1)
        if digit_of(layout) is None:
            self._wall.board.set_layout(layout)
            return
        digit = str(digit_of(layout))
        key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_0 + int(digit), Qt.KeyboardModifier.NoModifier, digit)
        self._window.app.sendEvent(self._wall.canvas, key)

    def order_withdraw(self, *, times: int) -> None:
        threading.Thread(target=self._withdraw, args=(self._cameras()[:times],), daemon=True).start()

    def order_withdrawn(self) -> list[float]:
        return self._dark_ms

    def _withdraw(self, cameras: list[str]) -> None:
        """Withdraw one camera after the other, on a thread beside the window as its write thread is."""
        from console.kernel import Secret
        from console.services.authorities import WithdrawAuthority

        station = self._opened.room.station
        head = station.people.log_in(self.plan["head"], Secret(self.plan["head_password"]))
        for camera in cameras:
            authority = station.authorities.current(camera)
            assert authority is not None
            self._dark.clear()
            self._withdrawing = (camera, time.monotonic())
            command = WithdrawAuthority(authority_id=authority.id, version=authority.version)
            station.dispatcher.run(command, head)
            self._dark.wait(10)


_SHOW = app._show


def run_with(make: type[AppBench]) -> int:
    plan: dict[str, Any] = json.loads(sys.argv[1])
    app._show = Hooks(plan, make).show
    return app.run(["--data", plan["data"], "--login", plan["login"], "--password-stdin", "--size", plan["window"]])


if __name__ == "__main__":
    sys.exit(run_with(AppBench))
