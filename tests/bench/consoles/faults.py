"""The whole console under faults: tells when each tile says what, and withdraws and gives permissions by command.

`python -m tests.bench.consoles.faults '{"data": …, "login": …, "tiles": …}'`, as `tests.bench.consoles.app`.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from console import app
from tests.bench.consoles.app import AppBench, run_with

if TYPE_CHECKING:
    from console.kernel import Session
    from console.views.window import Window

_LOOK_S: Final = 0.002
_PATIENCE_S: Final = 5.0
_LINGER_S: Final = 0.3
_SETTLED: Final = "settled"


class FaultsBench(AppBench):
    """What the wall says, as it says it, and what other people do to its cameras meanwhile."""

    def __init__(self, window: Window, opened: app.Opened, plan: dict[str, Any]) -> None:
        super().__init__(window, opened, plan)
        self._told: list[dict[str, Any]] = []
        self._done: dict[str, Any] = {}
        self._others: dict[str, Session] = {}
        self._wall.canvas.state_changed.connect(self._on_words)

    def _on_words(self, index: int) -> None:
        """Note what a tile says from this moment on."""
        from console.views.wall_words import Show

        cell = self._wall.board.cells[index]
        if cell.camera is None:
            return
        words = self._wall.canvas.words_of(index)
        live = words.show is Show.PICTURE
        said = f"{words.badge} {words.message or words.plate}".strip()
        self._told.append({"at": time.monotonic(), "camera": cell.camera.id, "live": live, "said": said})

    # -- orders

    def order_places(self) -> list[tuple[str, int, int, int, int]]:
        """Where each camera's picture is on the screen now."""
        found = []
        for tile in self._wall.canvas._tiles:
            if tile.cell.camera is not None:
                corner, size = self._wall.canvas.mapToGlobal(tile.target.topLeft()), tile.target.size()
                found.append((tile.cell.camera.id, corner.x(), corner.y(), size.width(), size.height()))
        return found

    def order_told(self) -> list[dict[str, Any]]:
        """Everything that tiles began to say since the last time."""
        told, self._told = self._told, []
        return told

    def order_saying(self) -> dict[str, str]:
        """What each tile says now."""
        cells = self._wall.board.cells[: self.plan["tiles"]]
        words = {cell.camera.id: self._wall.canvas.words_of(index) for index, cell in enumerate(cells) if cell.camera}
        return {camera: f"{one.badge} {one.message or one.plate}".strip() for camera, one in words.items()}

    def order_seen(self) -> dict[str, list[tuple[float, int]]]:
        """Every distinct picture that was painted since the last time, by its counter."""
        seen = {
            camera: [(one.at, one.counter) for one in shown if one.counter is not None]
            for camera, shown in self.log.shown.items()
        }
        self.log.clear()
        return seen

    def order_late(self) -> dict[str, float]:
        """How late the window's thread was since the last time."""
        report = self._lateness.report()
        self._lateness.late_ms.clear()
        return report

    def order_inside(self) -> dict[str, Any]:
        """What the engine, the gate and the interpreter say of themselves."""
        room = self._opened.room
        workers = [
            {"name": one.name, "pid": one.pid, "streams": one.streams, "ready": one.ready}
            for one in room.engine.supervisor.workers()
        ]
        names = tuple(str(one["name"]) for one in workers)
        threads = [thread.name for thread in threading.enumerate()]
        return {
            "workers": workers,
            "workers_threads": len([name for name in threads if name.startswith(names)]),
            "threads": threads,
            "waiting": room.feeds.waiting,
            "views": len(room.feeds.views()),
        }

    def order_done(self, *, what: str) -> Any:
        """What came of an order that takes its time; None: nothing yet."""
        return self._done.pop(what, None)

    def order_withdraw_one(self, *, camera: str) -> None:
        """Let the superintendent withdraw this camera's permission, as from another seat."""
        self._begin("withdraw_one", lambda: self._withdraw_one(camera))

    def order_link_again(self, *, camera: str, address: str) -> None:
        """Let the registrar record a new permission and the address, after a withdrawal."""
        self._begin("link_again", lambda: self._link_again(camera, address))

    def order_set_addresses(self, *, addresses: dict[str, str]) -> None:
        """Let the registrar enter addresses, with a log-in or without."""

        def enter() -> None:
            for camera, address in addresses.items():
                self._set_address(camera, address)

        self._begin("set_addresses", enter)

    def order_call_others(self) -> None:
        """Log the superintendent and the registrar in: to check a password takes the machine for a while."""

        def call() -> None:
            for login in (self.plan["head"], self.plan["registrar"]):
                password = Secret(self.plan["head_password"])
                self._others[login] = self._opened.room.station.people.log_in(login, password)

        from console.kernel import Secret
        from console.views.ui import READERS

        # The readers' threads and connections come with the first reads that meet; later they would look like leaks.
        store = self._opened.room.station.store
        for number in range(READERS):
            self._window._tasks.read(f"bench {number}", lambda: store.read(_linger), _ignore, _ignore)
        self._begin("call_others", call)

    def _begin(self, what: str, work: Callable[[], Any]) -> None:
        def run() -> None:
            try:
                self._done[what] = work() or _SETTLED
            except Exception as problem:
                self._done[what] = {"problem": repr(problem)}
                raise

        threading.Thread(target=run, daemon=True, name=f"bench {what}").start()

    def _withdraw_one(self, camera: str) -> dict[str, float | None]:
        """Withdraw, and watch the gate and the memory that its last picture lay in."""
        from console.services.authorities import WithdrawAuthority

        station = self._opened.room.station
        head = self._others[self.plan["head"]]
        authority = station.authorities.current(camera)
        feed = next(view for view in self._opened.room.feeds.views() if view.camera_id == camera)
        picture = feed.picture()
        assert authority is not None
        assert picture is not None
        times: dict[str, float | None] = {"gate": None, "memory": None, "returned": None}
        command = WithdrawAuthority(authority_id=authority.id, version=authority.version)

        def withdraw() -> None:
            station.dispatcher.run(command, head)
            times["returned"] = time.monotonic()

        began = time.monotonic()
        times["began"] = began
        acting = threading.Thread(target=withdraw, daemon=True, name="bench withdraws")
        acting.start()
        while time.monotonic() - began < _PATIENCE_S and None in times.values():
            if times["gate"] is None and feed.picture() is None:
                times["gate"] = time.monotonic()
            if times["memory"] is None and not picture.pixels.tobytes().strip(b"\0"):
                times["memory"] = time.monotonic()
            time.sleep(_LOOK_S)
        acting.join(_PATIENCE_S)
        return times

    def _link_again(self, camera: str, address: str) -> None:
        from tests.station import allowed

        allowed(self._opened.room.station, camera, self._others[self.plan["registrar"]])
        self._set_address(camera, address)

    def _set_address(self, camera: str, address: str) -> None:
        from console.kernel import Secret
        from console.services.cameras import SetAddress

        station = self._opened.room.station
        registrar = self._others[self.plan["registrar"]]
        version = station.cameras.camera(camera).version
        command = SetAddress(camera_id=camera, version=version, address=Secret(address))
        station.dispatcher.run(command, registrar)


def _linger(_tx: object) -> None:
    time.sleep(_LINGER_S)


def _ignore(_answer: object) -> None:
    pass


if __name__ == "__main__":
    sys.exit(run_with(FaultsBench))
