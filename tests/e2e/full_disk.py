"""A console on a disk that fills up: run by `test_bad_conditions` on a small file system of its own.

Arguments: the station's folder on that disk, and the language. Says on standard output, as one JSON object, what a
person at the console saw and what the journal holds.
"""

from __future__ import annotations

import errno
import json
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from console import i18n
from console.app import behind
from console.db.journal import read_rows
from console.db.keyrings import NoKeyring
from console.kernel import DenyReason, Secret
from console.room import Room, RoomPlan
from console.services.people import station_vault
from console.views.wall_board import Board
from console.views.wall_words import cell_words
from console.views.window import Frame, Showing, Window
from tests.station import OFFICER, PASSWORD, settings_of

PATIENCE_S = 60.0


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > until:
            raise SystemExit("it did not come about in time")
        QCoreApplication.processEvents()
        threading.Event().wait(0.01)


def fill_up(path: Path) -> None:
    """Write until nothing more fits, not even a byte."""
    with path.open("wb", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            try:
                while file.write(b"\0" * size):
                    pass
            except OSError as full:
                if full.errno != errno.ENOSPC:
                    raise


def events(room: Room) -> dict[str, list[str]]:
    """Cameras of the journal's rows by class, read on another thread as everything here is."""
    found: dict[str, list[str]] = {}

    def read() -> None:
        for row in room.station.store.read(lambda tx: read_rows(tx, {}, 100_000)):
            found.setdefault(row.event_class, []).append(row.camera_id or "")

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    return found


def watch(room: Room, window: Window, disk: Path) -> dict[str, Any]:
    assert window.wall is not None
    page, board = window.wall, window.wall.board
    first, second = room.station.cameras.by_code("C000"), room.station.cameras.by_code("C001")
    assert first is not None
    assert second is not None
    room.station.store.guard_thread(threading.get_ident())
    wait_for(lambda: first.id in board.cameras)
    board.place(0, first.id)
    wait_for(lambda: board.cells[0].feed is not None)
    running = board.cells[0].feed
    before = events(room)
    fill_up(disk / "filler")
    board.place(1, second.id)
    wait_for(lambda: board.cells[1].denied is not None)
    denied = board.cells[1].denied
    assert denied is not None
    seen: dict[str, Any] = {
        "reason": denied.reason.value,
        "tile": words_of(board, room),
        "notice": i18n.plain(page.notice.said),
        "still_running": board.cells[0].feed is running,
        "streams_of_second": len([view for view in room.feeds.views() if view.camera_id == second.id]),
    }
    now = events(room)
    # What the first view still had to tell may have come in between: more rows are none that are gone.
    seen["gone"] = {name: len(rows) for name, rows in before.items() if len(now.get(name, [])) < len(rows)}
    seen["half_written"] = second.id in now["view.opened"]
    (disk / "filler").unlink()

    def asked_again() -> bool:
        if board.cells[1].denied is not None and board.cells[1].denied.reason is DenyReason.JOURNAL_UNAVAILABLE:
            board.sweep()
        return board.cells[1].feed is not None

    wait_for(asked_again)
    after = events(room)
    seen["opened_again"] = after["view.opened"].count(second.id)
    return seen


def words_of(board: Board, room: Room) -> str:
    return i18n.plain(cell_words(board.cells[1], None, room.plan.clock.now()).message)


def main(folder: Path, language: str) -> None:
    application = QApplication([])
    i18n.install(language)
    plan = RoomPlan(folder, settings_of(folder, {}), station_vault(NoKeyring()))
    with ExitStack() as closing:
        room = Room.open(plan)
        closing.callback(room.close)
        session = room.log_in(OFFICER, Secret(PASSWORD))
        room.start_gate()
        window = Window(plan.settings, Frame(size=(1366, 768)))
        closing.callback(room.station.store.guard_thread, 0)
        closing.callback(window.close)
        closing.callback(room.station.store.on_change(window.hear))
        window.open(Showing(behind(room), session))
        seen = watch(room, window, folder)
    print(json.dumps(seen))  # noqa: T201 - the test listens
    application.quit()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
