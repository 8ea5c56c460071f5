"""On the card of a camera: how it did in the last 24 hours, as a strip and in words."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLabel, QWidget

from console.i18n import _, plain
from console.i18n.errors import error_text
from console.kernel import ConsoleError
from console.services.health import Chart
from console.views.health_strip import HealthStrip
from console.views.health_words import live_text, strip_text, whole_of
from console.views.wall_board import Board
from console.views.wall_card_part import CardPart
from console.views.wall_model import WallDesk

AGAIN_MS: Final = 60_000
"""So often it is written how the cameras did."""


class HealthPart(CardPart[Chart]):
    """Reads anew once a minute."""

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(board, "wall.health", parent)
        head = QLabel(plain(_("Health of the last 24 h")))
        head.setProperty("role", "section")
        self.strip = HealthStrip(board.ui.theme)
        self.strip.setAccessibleName(head.text())
        self.told = QLabel()
        self.told.setWordWrap(True)
        for part in (head, self.strip, self.told):
            self._column.addWidget(part)
        self._minute = QTimer(self)
        self._minute.setInterval(AGAIN_MS)
        self._minute.timeout.connect(self.read)

    def hideEvent(self, event: QHideEvent) -> None:
        self._minute.stop()
        super().hideEvent(event)

    def _ask(self) -> None:
        super()._ask()
        if self._pause.isActive():
            self._minute.start()

    def _find(self, desk: WallDesk, camera_id: str) -> Chart:
        return desk.health(camera_id)

    def _tell(self, found: Chart | None) -> None:
        self.strip.show_chart(found, "" if found is None else strip_text(found.pieces))
        whole = None if found is None else whole_of(found.pieces)
        if whole is None:
            self.told.setText("")
        else:
            self.told.setText(f"{_('Live')} {live_text(whole)}" if whole.watched else _("Not watched"))

    def _tell_problem(self, problem: ConsoleError) -> None:
        self._tell(None)
        self.told.setText(error_text(problem))
