"""The full name and state of a tile under the pointer: among a hundred tiles there is no room for either."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip

from console.i18n import plain
from console.views.emergency_words import card_text, emergency_of
from console.views.wall_board import Board
from console.views.wall_canvas import Canvas


class TileHint(QObject):
    """Says of a camera no more than its card does."""

    def __init__(self, board: Board, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._board = board
        self._canvas = canvas
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.ToolTip or not isinstance(event, QHelpEvent):
            return super().eventFilter(watched, event)
        index = self._canvas.tile_at(event.pos())
        text = "" if index is None else self.text(index)
        if text:
            QToolTip.showText(event.globalPos(), text, self._canvas)
        else:
            QToolTip.hideText()
        return True

    def text(self, index: int) -> str:
        camera = self._board.cells[index].camera
        if camera is None:
            return ""
        words = self._canvas.words_of(index)
        named = " · ".join(filter(None, (camera.name, camera.place, camera.code)))
        said = words.message or words.plate
        state = said if words.badge in said else " · ".join(filter(None, (words.badge, said.replace("\n", " · "))))
        until, now = emergency_of(self._board.cells[index].feed), self._board.ui.clock.now()
        emergency = "" if until is None else f"\n{card_text(until, now)}"
        return plain(f"{named}\n{state}{emergency}")
