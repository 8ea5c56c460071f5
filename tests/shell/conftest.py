"""What the tests of the window share: built catalogues, the look, and a wall over a stand-in of the gate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.i18n import install
from console.kernel import Session
from console.services.station import Station
from console.views.record_page import RecordPage
from console.views.ui import Ui
from console.views.wall import WallPage
from console.views.wall_board import Board
from console.views.wall_model import SavedWall
from installer import catalogues
from tests.gate.room import Room, Template
from tests.shell.record_stage import ui_of
from tests.shell.register_stage import InFront
from tests.shell.wall_fakes import INCIDENTS, FakeDesk, InlineTasks, StillClock, camera, context


@pytest.fixture(scope="session")
def _built_catalogues() -> None:
    for language in catalogues.LANGUAGES:
        if not catalogues.is_fresh(language):
            catalogues.build(language)


@pytest.fixture
def _thai(_built_catalogues: None) -> Iterator[None]:
    install("th")
    yield
    install("en")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return Template.make(tmp_path_factory.mktemp("founded"))


@pytest.fixture
def room(tmp_path: Path, template: Template) -> Iterator[Room]:
    """A real store with somebody in each role, for pages over real services."""
    made = Room(tmp_path, template)
    yield made
    made.close()


@pytest.fixture
def in_front(qtbot: QtBot, qapp: QApplication, room: Room) -> Iterator[InFront]:
    """Return what puts a page of records over a real store before somebody."""
    shown: list[RecordPage[Any]] = []

    def show(which: Callable[[Ui, Station], RecordPage[Any]], session: Session | None = None) -> RecordPage[Any]:
        ui = ui_of(room, session)
        ui.theme.apply(qapp)
        page = which(ui, room.station)
        qtbot.addWidget(page)
        page.resize(1366, 700)
        page.show()
        page.start()
        shown.append(page)
        return page

    yield show
    for page in shown:
        page.stop()


@dataclass
class Wall:
    """A wall with everything behind it in reach."""

    page: WallPage
    desk: FakeDesk
    clock: StillClock
    tasks: InlineTasks

    @property
    def board(self) -> Board:
        return self.page.board

    def tick(self) -> None:
        """As many ticks as it takes to ask every tile once."""
        for _number in range(7):
            self.page.canvas.tick()


@pytest.fixture
def make_wall(qtbot: QtBot, qapp: QApplication) -> Iterator[Callable[..., Wall]]:
    """Return a maker of walls: `count` cameras placed in a `layout`, shown at 1366x700."""
    made: list[Wall] = []

    def make(layout: int | str = 9, count: int = 9, desk: FakeDesk | None = None, *, shown: bool = True) -> Wall:
        clock, tasks = StillClock(), InlineTasks()
        ui = context(tasks, clock)
        ui.theme.apply(qapp)
        desk = desk or FakeDesk([camera(number) for number in range(64)], INCIDENTS)
        desk.saved = SavedWall(str(layout), tuple(f"camera-{at}" if at < count else None for at in range(100)))
        page = WallPage(ui, desk)
        qtbot.addWidget(page)
        page.resize(QSize(1366, 700))
        wall = Wall(page, desk, clock, tasks)
        made.append(wall)
        if shown:
            page.show()
            qtbot.waitExposed(page)
        page.start()
        # The test drives the ticks itself, so that nothing happens between two of its lines.
        page.canvas.pause()
        return wall

    yield make
    for wall in made:
        wall.page.stop()
        wall.page.close()
