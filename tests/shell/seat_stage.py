"""The whole window over one real room, with the work done inline: who sits here is the test's business."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from console.i18n import install, language
from console.kernel import Purpose, Role, Session, StreamFacts
from console.settings import Settings, load_settings
from console.views.look import Look
from console.views.officer_panel import LockPanel
from console.views.reception import Reception
from console.views.seat import Seat
from console.views.seating import Behind, Seating
from console.views.shell import Shell
from console.views.ui import Changes
from console.views.wall import WallPage
from console.views.wall_model import PurposeChoice
from tests.gate.room import PASSWORD, Room
from tests.shell.wall_fakes import InlineTasks


def settings_of(room: Room, **ui: Any) -> Settings:
    station = {"id": "SKA", "name_th": "สภ.เมืองตัวอย่าง", "name_en": "Sample station"}
    return load_settings(room.data_dir, {"station": station, "ui": {"language": language(), **ui}}, {})


@dataclass
class SeatStage:
    """Window, entrance and seat. `attended` counts the log-ins that the room was told of."""

    room: Room
    app: QApplication
    settings: Settings
    tasks: InlineTasks = field(default_factory=InlineTasks)
    attended: int = 0

    def __post_init__(self) -> None:
        self.shell = Shell()
        self.changes = Changes()
        self.seating = Seating(self.shell, self.tasks, self.changes, Look(self.app, self.settings.ui.theme))
        self.behind = Behind(self.room.station, self.room.feeds, self.settings, self._attend)
        self.reception = Reception(self.seating, self.settings.station)
        self.reception.came.connect(self._came)
        self.seat = Seat(self.seating, self.behind)
        self.shell.resize(1366, 768)

    def _attend(self) -> None:
        self.attended += 1

    def _came(self, behind: Behind, session: Session) -> None:
        assert behind is self.behind
        self.seat.sit(session)

    def sit(self, role: Role = Role.DUTY_OFFICER) -> Session:
        session = self.room.log_in(role)
        self.seat.sit(session)
        return session

    @property
    def wall(self) -> WallPage:
        wall = self.seat.wall
        assert wall is not None
        return wall

    def end(self) -> None:
        self.shell.close()
        self.shell.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@contextmanager
def seat_stage(room: Room, app: QApplication, **ui: Any) -> Iterator[SeatStage]:
    made = SeatStage(room, app, settings_of(room, **ui))
    made.shell.show()
    try:
        yield made
    finally:
        made.end()
        install("en")


def play(stage: SeatStage, role: Role = Role.DUTY_OFFICER) -> tuple[str, str]:
    """Sit somebody before a wall with a private and a public camera that both play; returns their ids."""
    room = stage.room
    room.engine.facts_at_once = StreamFacts("h264", 640, 360, 15.0)
    private, public = room.shop(), room.own_camera()
    stage.sit(role)
    board = stage.wall.board
    board.place(0, private)
    board.select(0)
    board.choose(PurposeChoice(Purpose.RISK_SPOT))
    board.place(1, public)
    assert playing(stage) == [private, public]
    return private, public


def playing(stage: SeatStage) -> list[str]:
    """Cameras with a running view, by whoever watches."""
    return [live.camera_id for live in stage.room.feeds.views()]


def watched_by(stage: SeatStage) -> set[str]:
    return {live.opened.session.login for live in stage.room.feeds.views()}


def locked(stage: SeatStage) -> bool:
    return stage.shell.locked


def panel_of(stage: SeatStage) -> QWidget | None:
    return stage.shell.panel


def lock_panel(stage: SeatStage) -> LockPanel:
    panel = panel_of(stage)
    assert isinstance(panel, LockPanel)
    return panel


def unlock(stage: SeatStage, password: str = PASSWORD.reveal()) -> None:
    panel = lock_panel(stage)
    panel.own.password.line.setText(password)
    QTest.keyClick(panel.own.password.line, Qt.Key.Key_Return)
