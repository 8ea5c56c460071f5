"""On the card of a camera: how it did in the last 24 hours, as a strip and in words."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.i18n.errors import error_text
from console.kernel import ConsoleError
from console.services.health import Chart
from console.views.health_strip import HealthStrip
from console.views.health_words import live_text, whole_of
from console.views.wall_board import Board
from console.views.wall_model import WallCamera

PAUSE_MS: Final = 200
"""Whoever runs over the tiles with the arrows asks for none of them."""

AGAIN_MS: Final = 60_000
"""So often it is written how the cameras did."""

PAGE: Final = "wall.health"


class HealthPart(QWidget):
    """Reads off the UI thread, once a minute while it is seen, and keeps what it says until another answer is there."""

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._camera: WallCamera | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(4)
        head = QLabel(plain(_("Health of the last 24 h")))
        head.setProperty("role", "section")
        self.strip = HealthStrip(board.ui.theme)
        self.told = QLabel()
        self.told.setWordWrap(True)
        for part in (head, self.strip, self.told):
            column.addWidget(part)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.read)
        self._minute = QTimer(self)
        self._minute.setInterval(AGAIN_MS)
        self._minute.timeout.connect(self.read)

    def show_camera(self, camera: WallCamera | None) -> None:
        """Tell of this camera; what was read of another one goes at once."""
        if (camera and camera.id) == (self._camera and self._camera.id):
            return
        self._camera = camera
        self._tell(None)
        self._ask()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        self._pause.stop()
        self._minute.stop()
        super().hideEvent(event)

    def _ask(self) -> None:
        if self._camera is not None and self.isVisible():
            self._pause.start()
            self._minute.start()

    @Slot()
    def read(self) -> None:
        """Ask now how the camera did."""
        self._pause.stop()
        asked, board = self._camera, self._board
        if asked is None:
            return

        def still() -> bool:
            return self._camera is not None and self._camera.id == asked.id

        def told(found: Chart) -> None:
            if still():
                self._tell(found)

        def failed(problem: ConsoleError) -> None:
            if still():
                self._tell(None)
                self.told.setText(error_text(problem))

        board.ui.tasks.read(PAGE, lambda: board.health(asked.id), told, failed)

    def _tell(self, found: Chart | None) -> None:
        self.strip.show_chart(found)
        whole = None if found is None else whole_of(found.pieces)
        if whole is None:
            self.told.setText("")
        else:
            self.told.setText(f"{_('Live')} {live_text(whole)}" if whole.watched else _("Not watched"))
