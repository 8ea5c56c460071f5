"""The demonstration's circle in the real window, with real workers: each step is ticked by what happened."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.app import behind
from console.demonstration import Demonstration, open_demonstration
from console.kernel import DenyReason, Purpose, TileState
from console.services.circle import Step
from console.settings import load_settings
from console.video.synthetic import clip_name, encode_clip
from console.views.demo_scenes import SCENES, VERSION
from console.views.guide import Guide
from console.views.pages import ACCESS_LOG, CAMERAS
from console.views.wall_model import Cell, PurposeChoice
from console.views.window import Frame, Showing, Window
from tests.keyboard import Hands

pytestmark = [pytest.mark.window, pytest.mark.timeout(180)]

PATIENCE_MS = 30_000
RATE = 15


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short grey clip under every scene's name: painting the real ones takes half a minute."""
    folder = tmp_path_factory.mktemp("scenes")
    pictures = [np.full((180, 320, 4), 60 + number, np.uint8) for number in range(RATE)]
    for name in SCENES:
        encode_clip(iter(pictures), folder / clip_name(name, VERSION), RATE)
    return folder


class Show:
    """The demonstration, running, with the presenter's hands on the keyboard."""

    def __init__(self, shown: Demonstration, qtbot: QtBot) -> None:
        self.shown = shown
        self.qtbot = qtbot
        settings = shown.room.plan.settings
        self.window = Window(settings, Frame(demonstration=True, size=(1600, 900)))
        store = shown.room.station.store
        self.forget = store.on_change(self.window.hear)
        shown.begin()
        store.guard_thread(threading.get_ident())
        why = PurposeChoice(Purpose.INCIDENT, shown.incident)
        self.window.open(Showing(behind(shown.room), shown.session, why, shown.people))
        self.hands = Hands(self.window.shell)

    @property
    def guide(self) -> Guide:
        guide = self.window.shell.findChild(Guide)
        assert guide is not None
        return guide

    def until_next(self, step: Step | None) -> None:
        self.qtbot.waitUntil(lambda: self.guide.current() is step, timeout=PATIENCE_MS)

    def do(self, *, button: int) -> None:
        """F8 to the step unless the cursor is in the guide already, then to the wanted button, and press it."""
        if not self.guide._holds_cursor():
            self.hands.press("F8")
        self.hands.press(*["Tab"] * button, "Space")

    def cell(self, code: str) -> Cell:
        assert self.window.wall is not None
        return next(
            cell for cell in self.window.wall.board.cells if cell.camera is not None and cell.camera.code == code
        )

    def close(self) -> None:
        self.forget()
        changes = self.window._changes
        self.qtbot.waitUntil(lambda: not changes._timer.isActive(), timeout=PATIENCE_MS)
        self.window.close()
        self.shown.room.station.store.guard_thread(0)
        self.shown.room.close()


@pytest.fixture
def show(tmp_path: Path, scenes: Path, qtbot: QtBot, qapp: QApplication) -> Iterator[Show]:
    settings = load_settings(tmp_path, {"ui": {"language": "en"}}, {})
    made = Show(open_demonstration(tmp_path, settings, scenes), qtbot)
    yield made
    made.close()


def test_the_circle_by_keyboard(show: Show) -> None:
    window, shell = show.window, show.window.shell
    show.qtbot.waitExposed(shell)
    shell.activateWindow()
    show.qtbot.waitUntil(lambda: QApplication.focusWidget() is not None, timeout=PATIENCE_MS)
    show.until_next(Step.VISIT)
    show.do(button=1)
    show.until_next(Step.PERMIT)
    show.do(button=1)
    show.until_next(Step.LOOK)
    show.do(button=1)
    show.until_next(Step.LOG)
    feed = show.cell("P10").feed
    assert feed is not None
    assert feed.state().state is TileState.LIVE
    show.do(button=0)
    show.until_next(Step.STATEMENT)
    assert shell.page is shell.made(ACCESS_LOG)
    show.do(button=1)
    show.until_next(Step.CHECK)
    show.do(button=1)
    show.until_next(Step.WITHDRAW)
    assert show.guide._said.text().startswith("Proved")
    show.do(button=0)
    show.qtbot.waitUntil(lambda: shell.page is not None and shell.page is shell.made(CAMERAS), timeout=PATIENCE_MS)
    show.do(button=1)
    show.until_next(None)
    assert feed.picture() is None
    denied = show.cell("P10").denied
    assert denied is not None
    assert denied.reason is DenyReason.WITHDRAWN
    assert window.wall is not None
    show.do(button=0)
    show.until_next(Step.VISIT)
