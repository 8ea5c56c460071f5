"""The seat on real streams: a lock darkens what is private, nothing else; the next officer finds the wall playing.

What is drawn as a mask on the picture by mouse and keyboard is black on the wall, and nothing else is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import qGray
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.app import behind
from console.i18n import plain
from console.kernel import Purpose, Secret
from console.room import Room
from console.views.cameras import CamerasPage
from console.views.mask_editor import MaskEditor
from console.views.officer_panel import LockPanel, TakeOverPanel
from console.views.wall import WallPage
from console.views.wall_model import PurposeChoice
from console.views.wall_words import Show
from console.views.window import Frame, Showing, Window
from console.views.window_keys import WindowAct
from tests.rtsp import ClipSpec, RtspServer, make_clip
from tests.station import HEAD, OFFICER, PASSWORD, Wishes, furnish

pytestmark = [pytest.mark.window, pytest.mark.rtsp, pytest.mark.timeout(180)]

LIVE_MS = 30_000
PAINTED = 40
"""Darker than this is the ground of a tile without a picture."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RtspServer]:
    clip = make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", ClipSpec())
    with RtspServer(clip, mounts=4) as running:
        yield running


@dataclass
class Sitting:
    """A window with an officer before four playing tiles."""

    room: Room
    window: Window

    @property
    def wall(self) -> WallPage:
        assert self.window.wall is not None
        return self.window.wall

    def shows(self, index: int) -> bool:
        """Whether a camera's picture stands in this tile when it is painted now. A dark one has a few light letters."""
        canvas = self.wall.canvas
        target = canvas._by_index[index].target
        small = canvas.grab(target).toImage().scaled(16, 9, mode=Qt.TransformationMode.SmoothTransformation)
        greys = [qGray(small.pixel(at % 16, at // 16)) for at in range(16 * 9)]
        return sum(grey > PAINTED for grey in greys) > len(greys) // 2

    def all_show(self) -> bool:
        return all(self.shows(index) for index in range(4))

    def watchers(self) -> set[str]:
        return {live.opened.session.login for live in self.room.feeds.views()}


def sit(closing: ExitStack, folder: Path, server: RtspServer, *, private: bool, login: str = OFFICER) -> Sitting:
    station = furnish(folder, Wishes([server.url(n) for n in range(4)], private=private, layout=4))
    room = Room.open(station.plan)
    closing.callback(room.close)
    session = room.log_in(login, Secret(PASSWORD))
    room.start_gate()
    store = room.station.store
    window = Window(station.plan.settings, Frame(size=(1366, 768)))
    closing.callback(store.guard_thread, 0)
    closing.callback(window.close)
    closing.callback(store.on_change(window.hear))
    store.guard_thread(threading.get_ident())
    window.open(Showing(behind(room), session))
    return Sitting(room, window)


def watch(until: Callable[[], bool], each: Callable[[], None]) -> None:
    """Let the window live, and look at it again and again, until something has come true."""
    deadline = time.monotonic() + LIVE_MS / 1000
    while not until():
        assert time.monotonic() < deadline, "it never came true"
        QTest.qWait(5)
        each()


def test_public_pictures_play_on_while_the_next_officer_takes_over(
    server: RtspServer, tmp_path: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    with ExitStack() as closing:
        sitting = sit(closing, tmp_path, server, private=False)
        qtbot.waitUntil(sitting.all_show, timeout=LIVE_MS)
        sitting.window.shell.act(WindowAct.OFFICER)
        panel = sitting.window.shell.panel
        assert isinstance(panel, TakeOverPanel)
        panel.form.login.setText(HEAD)
        panel.form.password.line.setText(PASSWORD)
        panel.form.verb.click()
        dark: list[int] = []
        both: list[bool] = []

        def look() -> None:
            dark.extend(index for index in range(4) if not sitting.shows(index))
            both.append(sitting.watchers() == {OFFICER, HEAD})

        watch(lambda: sitting.watchers() == {HEAD}, look)
        assert dark == [], "a tile went black while the officers changed"
        assert any(both), "the next officer's views are there before the former's end"
        assert sitting.window.seat is not None
        assert sitting.window.seat.session.login == HEAD
        live = sitting.room.station.sessions.live
        qtbot.waitUntil(lambda: [session.login for session in live()] == [HEAD], timeout=LIVE_MS)
        qtbot.waitUntil(lambda: sitting.wall.canvas.live_count() == (4, 4), timeout=LIVE_MS)


def test_a_lock_is_dark_at_once_and_the_same_officer_comes_back(
    server: RtspServer, tmp_path: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    with ExitStack() as closing:
        sitting = sit(closing, tmp_path, server, private=True)
        board = sitting.wall.board
        qtbot.waitUntil(lambda: len(board.waiting_for_purpose()) == 4, timeout=LIVE_MS)
        board.choose(PurposeChoice(Purpose.RISK_SPOT))
        qtbot.waitUntil(sitting.all_show, timeout=LIVE_MS)
        assert sitting.window.seat is not None
        sitting.window.seat.lock()
        watch(lambda: not any(sitting.shows(index) for index in range(4)), lambda: None)
        assert sitting.room.feeds.views() == []
        panel = sitting.window.shell.panel
        assert isinstance(panel, LockPanel)
        panel.own.password.line.setText(PASSWORD)
        panel.own.verb.click()
        qtbot.waitUntil(lambda: not sitting.window.shell.locked, timeout=LIVE_MS)
        qtbot.waitUntil(sitting.all_show, timeout=LIVE_MS)
        assert sitting.watchers() == {OFFICER}


def drawn(sheet: MaskEditor) -> None:
    """Drag a rectangle over the upper left, and click a triangle over the lower right that Enter closes."""
    canvas, left = sheet.canvas, Qt.MouseButton.LeftButton

    def at(across: int, down: int) -> QPoint:
        return canvas.place_of((across, down)).toPoint()

    QTest.mousePress(canvas, left, pos=at(100, 100))
    for point in ((200, 200), (400, 400)):
        QTest.mouseMove(canvas, at(*point))
    QTest.mouseRelease(canvas, left, pos=at(400, 400))
    for point in ((600, 900), (900, 900), (900, 500)):
        QTest.mouseClick(canvas, left, pos=at(*point))
    QTest.keyClick(canvas, Qt.Key.Key_Return)


def test_what_is_drawn_as_a_mask_is_black_on_the_wall(
    server: RtspServer, tmp_path: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    with ExitStack() as closing:
        sitting = sit(closing, tmp_path, server, private=False, login=HEAD)
        wall, shell = sitting.wall, sitting.window.shell
        with ThreadPoolExecutor(1) as reader:
            entry = reader.submit(sitting.room.station.register.entries).result()[0]
        qtbot.waitUntil(lambda: entry.id in wall.board.cameras, timeout=LIVE_MS)
        wall.board.place(0, entry.id)
        qtbot.waitUntil(lambda: sitting.shows(0), timeout=LIVE_MS)
        shell.open_page("cameras")
        page = shell.made("cameras")
        assert isinstance(page, CamerasPage)
        page.open_masks(entry)
        sheet = page.masking
        assert sheet is not None
        qtbot.waitUntil(lambda: sheet.canvas.shown.words.show is Show.PICTURE, timeout=LIVE_MS)
        drawn(sheet)
        QTest.keyClick(sheet, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: "nobody sees" in plain(sheet.strip.said), timeout=LIVE_MS)
        sheet.leave()
        shell.open_page("wall")
        qtbot.waitUntil(lambda: wall.canvas.live_count() == (1, 1), timeout=LIVE_MS)

        def grey(left: int, top: int, right: int, bottom: int) -> int:
            """Of that part of the tile's picture, the middle grey."""
            target = wall.canvas._by_index[0].target
            wide, high = target.width() / 1000, target.height() / 1000
            part = QRect(int(left * wide), int(top * high), int((right - left) * wide), int((bottom - top) * high))
            smooth = Qt.TransformationMode.SmoothTransformation
            return qGray(wall.canvas.grab(target).toImage().copy(part).scaled(1, 1, mode=smooth).pixel(0, 0))

        covered = ((110, 110, 390, 390), (820, 820, 890, 890))
        seen = ((420, 420, 600, 600), (100, 500, 400, 900), (910, 300, 990, 900))
        qtbot.waitUntil(lambda: all(grey(*part) < PAINTED // 8 for part in covered), timeout=LIVE_MS)
        assert all(grey(*part) > PAINTED for part in seen)
