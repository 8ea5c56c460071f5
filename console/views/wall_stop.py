"""On the card of a private camera: the owner's word, “not now” or “never again”, done at once by whoever is on duty.

One press says what will happen; the second, on the verb, says how the word came and does it.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from console.i18n import N_, _, plain
from console.i18n.errors import error_text
from console.i18n.labels import label
from console.kernel import ConsoleError, Right, WithdrawalWay
from console.services.consent_commands import StopCamera
from console.services.consents import Stopped
from console.services.papers import Made
from console.services.stop_papers import stop_paper
from console.views.consent_words import stopped_text
from console.views.flow import Flow
from console.views.wall_board import Board
from console.views.wall_model import WallCamera

PAUSE: Final = "pause"
WITHDRAW: Final = "withdraw"
_WAYS: Final = (WithdrawalWay.PHONE, WithdrawalWay.VISIT, WithdrawalWay.PAPER)
_VERBS: Final = {PAUSE: N_("Pause, said {way}"), WITHDRAW: N_("End the link, said {way}")}
_WARNINGS: Final = {
    PAUSE: N_("{camera} goes dark at once, on every console, until somebody resumes it."),
    WITHDRAW: N_(
        "{camera} goes dark at once, on every console. Its address and password are destroyed; nobody can view it"
        " again unless its owner signs anew. This cannot be undone."
    ),
}


class StopPart(QWidget):
    """Asks within the card: the wall keeps playing."""

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._camera: WallCamera | None = None
        self._doing = ""
        self._said = QLabel()
        self._said.setWordWrap(True)
        # Without pictures: the two stand side by side in the narrowest card.
        self.pause = self._button(_("Owner pauses…"))
        self.pause.clicked.connect(self._ask_pause)
        self.withdraw = self._button(_("Owner withdraws…"))
        self.withdraw.clicked.connect(self._ask_withdraw)
        self.ways = {way: self._button("", "check") for way in _WAYS}
        for button in self.ways.values():
            button.clicked.connect(self._do)
        self._done: Stopped | None = None
        self.paper = self._button(_("Print the confirmation"), "print")
        self.paper.clicked.connect(self._print)
        self.leave = self._button(_("Not now"), "close")
        self.leave.clicked.connect(self._back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 6)
        column.setSpacing(4)
        begin = Flow()
        begin.addWidget(self.pause)
        begin.addWidget(self.withdraw)
        column.addLayout(begin)
        column.addWidget(self._said)
        for button in (*self.ways.values(), self.leave, self.paper):
            column.addWidget(button)
        self._dress()

    def _button(self, text: str, icon: str = "") -> QPushButton:
        button = QPushButton(plain(text))
        if icon:
            button.setIcon(self._board.ui.theme.icon(icon, "text"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def show_camera(self, camera: WallCamera | None) -> None:
        """Stand at this camera; what was asked for another one is forgotten."""
        if (camera and camera.id) != (self._camera and self._camera.id):
            self._doing, self._done = "", None
            self._said.clear()
        self._camera = camera
        self._dress()

    @property
    def offered(self) -> bool:
        """Whether there is a link of an owner here that this officer may stop."""
        camera = self._camera
        return camera is not None and camera.private and self._board.ui.session.may(Right.STOP_LINK)

    def _dress(self) -> None:
        camera, asking = self._camera, bool(self._doing)
        self.setVisible(self.offered or bool(self._said.text()))
        self.pause.setVisible(self.offered and not asking and camera is not None and not camera.paused)
        self.withdraw.setVisible(self.offered and not asking)
        for way, button in self.ways.items():
            button.setVisible(asking)
            if asking:
                button.setText(plain(_(_VERBS[self._doing], way=label(way))))
        self.leave.setVisible(asking)
        self.paper.setVisible(self._done is not None)
        self._said.setVisible(bool(self._said.text()))

    @Slot()
    def _ask_pause(self) -> None:
        self._ask(PAUSE)

    @Slot()
    def _ask_withdraw(self) -> None:
        self._ask(WITHDRAW)

    def _ask(self, doing: str) -> None:
        if self._camera is not None:
            self._doing = doing
            self._said.setText(_(_WARNINGS[doing], camera=f"{self._camera.code} {self._camera.name}"))
            self._dress()
            self.leave.setFocus(Qt.FocusReason.OtherFocusReason)
            self._bring_into_sight()

    def _bring_into_sight(self) -> None:
        """What is asked is longer than what asked for it: on a low screen it would stand below the edge."""
        above, body = self.parentWidget(), self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        column = None if body is None else body.layout()
        if above is not None and column is not None:
            column.activate()
            above.ensureWidgetVisible(self.leave, 0, 4)

    @Slot()
    def _back(self) -> None:
        self._doing = ""
        self._said.clear()
        self._dress()

    @Slot()
    def _do(self) -> None:
        """The owner's word, as one command. What it says stays on the card: it is read out to the owner."""
        way = next(way for way, button in self.ways.items() if button is self.sender())
        camera, ends = self._camera, self._doing == WITHDRAW
        if camera is None or not self._doing:
            return
        command = StopCamera(camera_id=camera.id, way=way, ends=ends)
        desk = self._board.desk
        self._doing = ""
        self._said.setText(_("Being stored…"))
        self._dress()
        self._board.ui.tasks.write(
            lambda: desk.stop_link(command), lambda answer: self._tell(camera.id, answer), self._refuse
        )

    def _tell(self, camera_id: str, done: Stopped) -> None:
        if not isValid(self) or self._camera is None or self._camera.id != camera_id:
            return
        self._said.setText(stopped_text(done))
        self._done = done
        self._dress()

    @Slot()
    def _print(self) -> None:
        """Show the paper over the window: the wall plays on below it."""
        from console.views.printing import show_preview

        ui = self._board.ui
        if self._done is not None:
            made = Made(ui.station, ui.session.display_name, ui.clock.now())
            show_preview(ui, stop_paper(self._done, made), self.window())

    def _refuse(self, problem: ConsoleError) -> None:
        if isValid(self):
            self._said.setText(error_text(problem))
            self._dress()
