"""A part of the camera's card that is read from the database: off the UI thread, and only while somebody sees it."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from console.kernel import ConsoleError
from console.views.wall_board import Board
from console.views.wall_model import WallCamera, WallDesk

PAUSE_MS: Final = 200
"""Whoever runs over the tiles with the arrows asks for none of them."""

Found = TypeVar("Found")


class CardPart(QWidget, Generic[Found]):
    """Tells of one camera, and keeps what it says until another answer is there. `page` names its questions."""

    def __init__(self, board: Board, page: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._page = page
        self._camera: WallCamera | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 6, 0, 0)
        self._column.setSpacing(4)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.read)

    # What a part is

    def _find(self, desk: WallDesk, camera_id: str) -> Found:
        """Ask the desk. Uses the database."""
        raise NotImplementedError

    def _tell(self, found: Found | None) -> None:
        """Say what was found; None: nothing is known yet."""
        raise NotImplementedError

    def _tell_problem(self, problem: ConsoleError) -> None:
        raise NotImplementedError

    # When it asks

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
        super().hideEvent(event)

    def _ask(self) -> None:
        if self._camera is not None and self.isVisible():
            self._pause.start()

    @Slot()
    def read(self) -> None:
        """Ask now."""
        self._pause.stop()
        asked, desk = self._camera, self._board.desk
        if asked is None:
            return

        def awaited() -> bool:
            # In another language or for another officer the card is made anew.
            return isValid(self) and self._camera is not None and self._camera.id == asked.id

        def told(found: Found) -> None:
            if awaited():
                self._tell(found)

        def failed(problem: ConsoleError) -> None:
            if awaited():
                self._tell_problem(problem)

        self._board.ui.tasks.read(self._page, lambda: self._find(desk, asked.id), told, failed)


def say(widget: QLabel | QPushButton, text: str) -> None:
    """Say it anew only if it is new: a text that is set is laid out again."""
    if widget.text() != text:
        widget.setText(text)
