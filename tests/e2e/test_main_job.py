"""The main job on real input: sixteen real RTSP streams on the wall of a real window, each behind the gate."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.app import behind
from console.db.journal import RowFilter, read_rows
from console.kernel import EndReason, Purpose, Secret, Session, TileState
from console.room import Room
from console.services.authorities import WithdrawAuthority
from console.views.wall_canvas import Canvas
from console.views.wall_model import PurposeChoice
from console.views.wall_words import Show
from console.views.window import Frame, Showing, Window
from tests.rtsp import ClipSpec, RtspServer, make_clip, read_counter
from tests.station import HEAD, OFFICER, PASSWORD, Furnished, Wishes, furnish

pytestmark = [pytest.mark.window, pytest.mark.rtsp, pytest.mark.timeout(180)]

LIVE_MS = 30_000


@dataclass(frozen=True)
class Running:
    """A console in its window, with an officer before it."""

    room: Room
    window: Window
    station: Furnished
    session: Session

    def live(self) -> tuple[int, int]:
        assert self.window.wall is not None
        return self.window.wall.canvas.live_count()

    def events(self, event_class: str) -> list[str]:
        """Cameras of the journal's events of one class, in order."""
        rows = self.room.station.store.read(lambda tx: read_rows(tx, {}, 100_000))
        return [row.camera_id or "" for row in rows if row.event_class == event_class]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RtspServer]:
    clip = make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", ClipSpec())
    with RtspServer(clip, mounts=16) as running:
        yield running


def start(closing: ExitStack, station: Furnished) -> Running:
    room = Room.open(station.plan)
    closing.callback(room.close)
    session = room.log_in(OFFICER, Secret(PASSWORD))
    room.start_gate()
    store = room.station.store
    window = Window(station.plan.settings, Frame(size=(1600, 900)))
    closing.callback(store.guard_thread, 0)
    closing.callback(window.close)
    closing.callback(store.on_change(window.hear))
    store.guard_thread(threading.get_ident())
    window.open(Showing(behind(room), session))
    return Running(room, window, station, session)


def painted_counter(canvas: Canvas, index: int) -> int | None:
    """The burnt-in counter as it stands on the screen in a tile, None if no camera picture is painted there."""
    target = canvas._by_index[index].target
    image = canvas.grab(target).toImage().convertToFormat(QImage.Format.Format_RGB32)
    return read_counter(memoryview(image.constBits()), image.width(), image.height(), image.bytesPerLine())


def off_the_ui_thread(work: object) -> None:
    """Do what the window would hand to its write thread."""
    assert callable(work)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_sixteen_real_streams_run_behind_the_gate(
    server: RtspServer, tmp_path: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    station = furnish(tmp_path, Wishes([server.url(n) for n in range(16)], private=False, layout=16))
    with ExitStack() as closing:
        console = start(closing, station)
        qtbot.waitUntil(lambda: console.live() == (16, 16), timeout=LIVE_MS)
        opened: list[str] = []
        first: list[str] = []
        counters = [set[int]() for _ in range(16)]

        def pictures_move() -> bool:
            for seen, view in zip(counters, console.room.feeds.views(), strict=True):
                picture = view.picture()
                assert picture is not None
                value = read_counter(picture.pixels, picture.width, picture.height, picture.stride)
                if value is not None and picture.whole():
                    seen.add(value)
            return all(len(seen) >= 15 for seen in counters)

        qtbot.waitUntil(pictures_move, timeout=LIVE_MS)

        def read_journal() -> None:
            opened[:] = console.events("view.opened")
            first[:] = console.events("view.picture")

        def all_noted() -> bool:
            off_the_ui_thread(read_journal)
            return len(first) == 16

        qtbot.waitUntil(all_noted, timeout=LIVE_MS)
        assert sorted(opened) == sorted(station.cameras)
        assert sorted(first) == sorted(station.cameras)
    assert not [child for child in psutil.Process().children(recursive=True) if "worker" in child.cmdline()]
    room = Room.open(station.plan)
    try:
        head = room.station.people.log_in(HEAD, Secret(PASSWORD))
        report = room.station.journal.verify(head)
        assert report.problems == ()
        rows = room.station.store.read(lambda tx: read_rows(tx, {}, 100_000))
        assert sorted(row.camera_id or "" for row in rows if row.event_class == "view.ended") == sorted(station.cameras)
    finally:
        room.close()


def test_a_withdrawn_camera_is_dark_at_once_and_the_others_play_on(
    server: RtspServer, tmp_path: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    station = furnish(tmp_path, Wishes([server.url(n) for n in range(4)], layout=4))
    with ExitStack() as closing:
        console = start(closing, station)
        wall = console.window.wall
        assert wall is not None
        qtbot.waitUntil(lambda: len(wall.board.waiting_for_purpose()) == 4, timeout=LIVE_MS)
        assert console.room.feeds.views() == [], "a private camera opens for a purpose, not by itself"
        wall.board.choose(PurposeChoice(Purpose.RISK_SPOT))
        qtbot.waitUntil(lambda: console.live() == (4, 4), timeout=LIVE_MS)
        view = next(view for view in console.room.feeds.views() if view.camera_id == station.cameras[2])

        def withdraw() -> None:
            current = console.room.station.authorities.current(station.cameras[2])
            assert current is not None
            head = console.room.station.people.log_in(HEAD, Secret(PASSWORD))
            command = WithdrawAuthority(authority_id=current.id, version=current.version)
            console.room.station.dispatcher.run(command, head)

        off_the_ui_thread(withdraw)
        assert view.picture() is None, "dark before the command returns"
        assert view.state().state is TileState.DENIED
        qtbot.waitUntil(lambda: console.live()[0] == 3, timeout=1000)
        assert painted_counter(wall.canvas, 2) is None, "not a pixel of the camera is left on the screen"
        assert painted_counter(wall.canvas, 3) is not None
        ends: list[object] = []

        def read_end() -> None:
            only = RowFilter(camera_id=station.cameras[2], event_classes=("view.ended",))
            rows = console.room.station.store.read(lambda tx: read_rows(tx, {}, 100, only))
            ends[:] = [row.data["reason"] for row in rows]

        def noted() -> bool:
            off_the_ui_thread(read_end)
            return ends == [EndReason.WITHDRAWN.value]

        qtbot.waitUntil(noted, timeout=LIVE_MS)


def test_a_frozen_camera_is_marked_and_comes_back(tmp_path: Path, qtbot: QtBot, qapp: QApplication) -> None:
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(seconds=4))
    with RtspServer(clip, mounts=2) as frozen, RtspServer(clip, mounts=2) as healthy, ExitStack() as closing:
        addresses = [frozen.url(0), frozen.url(1), healthy.url(0), healthy.url(1)]
        station = furnish(tmp_path / "data", Wishes(addresses, private=False, layout=4))
        console = start(closing, station)
        qtbot.waitUntil(lambda: console.live() == (4, 4), timeout=LIVE_MS)
        wall = console.window.wall
        assert wall is not None
        frozen.pause()

        def shows() -> list[Show]:
            return [wall.canvas.words_of(index).show for index in range(4)]

        qtbot.waitUntil(lambda: Show.PICTURE not in shows()[:2], timeout=LIVE_MS)
        assert shows()[2:] == [Show.PICTURE, Show.PICTURE], "the other cameras' tiles do not blink"
        assert wall.canvas.words_of(0).badge.strip()
        frozen.resume()
        qtbot.waitUntil(lambda: console.live() == (4, 4), timeout=LIVE_MS)


def test_a_killed_worker_comes_back_by_itself(
    server: RtspServer, tmp_path: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    station = furnish(tmp_path, Wishes([server.url(n) for n in range(4)], private=False, layout=4))
    with ExitStack() as closing:
        console = start(closing, station)
        qtbot.waitUntil(lambda: console.live() == (4, 4), timeout=LIVE_MS)
        killed = {facts.pid for facts in console.room.engine.supervisor.workers()}
        for pid in killed:
            psutil.Process(pid).kill()
        qtbot.waitUntil(lambda: console.live()[0] < 4, timeout=LIVE_MS)
        qtbot.waitUntil(lambda: console.live() == (4, 4), timeout=LIVE_MS)
        assert killed.isdisjoint(facts.pid for facts in console.room.engine.supervisor.workers())
        views: list[str] = []
        off_the_ui_thread(lambda: views.extend(console.events("view.opened")))
        assert len(views) == 4, "a reconnect stays inside one view"
