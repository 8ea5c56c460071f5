"""On the card of a camera: who looked today, newest first, and the way to the whole list for who may open it."""

from __future__ import annotations

import html
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.i18n.dates import format_time, local
from console.i18n.labels import label, short_purpose
from console.kernel import ConsoleError
from console.services.papers import format_duration
from console.services.viewers import LookedAt, Viewer
from console.views.pages import ACCESS_LOG, may_open
from console.views.wall_board import Board
from console.views.wall_model import WallCamera

PAUSE_MS: Final = 200
"""Whoever runs over the tiles with the arrows asks for none of them."""

PAGE: Final = "wall.viewers"


class ViewersPart(QWidget):
    """Reads off the UI thread, and keeps what it says until another answer is there."""

    log_wanted = Signal(object)
    """The access log is asked for, with what is to be found there."""

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._camera: WallCamera | None = None
        self._stale = True
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(4)
        self._head = QLabel()
        self._head.setProperty("role", "section")
        self._lines = QLabel()
        self._lines.setWordWrap(True)
        self._lines.setTextFormat(Qt.TextFormat.RichText)
        self._more = QPushButton(board.ui.theme.icon("log", "text"), "")
        self._more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._more.clicked.connect(self._open_log)
        for part in (self._head, self._lines, self._more):
            column.addWidget(part)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.read)
        board.ui.changes.changed.connect(self._on_changed)
        self._tell(None)

    def show_camera(self, camera: WallCamera | None) -> None:
        """Tell of this camera; what was read of another one goes at once."""
        if (camera and camera.id) == (self._camera and self._camera.id):
            return
        self._camera, self._stale = camera, True
        self._tell(None)
        self._ask()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        self._pause.stop()
        super().hideEvent(event)

    @Slot(object)
    def _on_changed(self, kinds: frozenset[str]) -> None:
        if "view" in kinds:
            self._stale = True
            self._ask()

    def _ask(self) -> None:
        if self._stale and self._camera is not None and self.isVisible() and not self._pause.isActive():
            self._pause.start()

    @Slot()
    def read(self) -> None:
        """Ask now who looked."""
        self._pause.stop()
        self._stale = False
        asked, board = self._camera, self._board
        if asked is None:
            return

        def told(found: LookedAt) -> None:
            if self._camera is not None and self._camera.id == asked.id:
                self._tell(found)

        def failed(_problem: ConsoleError) -> None:
            told_nothing = plain(_("This could not be read. It stands in the access log."))
            self._say(self._lines, html.escape(told_nothing))

        board.ui.tasks.read(PAGE, lambda: board.viewers(asked.id), told, failed)

    def _tell(self, found: LookedAt | None) -> None:
        count = "" if found is None else f"{found.total}" if found.counted else f"{found.total}+"
        self._say(self._head, plain(_("Looked at today: {count}", count=count) if count else _("Looked at today")))
        lines = [] if found is None else [self._line(viewer) for viewer in found.newest]
        if found is not None and not lines:
            lines = [html.escape(plain(_("Nobody yet.")))]
        self._say(self._lines, '<p style="line-height:118%; margin:0">' + "<br>".join(lines) + "</p>")
        more = 0 if found is None else found.total - len(found.newest)
        self._more.setVisible(more > 0)
        self._more.setEnabled(may_open(self._board.ui.session, ACCESS_LOG))
        self._say(self._more, plain(_("and {n} more", n=more if found is None or found.counted else f"{more}+")))

    def _line(self, viewer: Viewer) -> str:
        role = "" if viewer.role is None else label(viewer.role)
        who = _("you") if viewer.mine else viewer.who or role
        why = "" if viewer.purpose is None else short_purpose(viewer.purpose)
        lasted = _("looking now") if viewer.lasted_s is None else format_duration(viewer.lasted_s)
        muted = self._board.ui.theme.colours.muted
        rest = html.escape(plain(" · ".join(filter(None, (why, lasted)))))
        at = html.escape(plain(format_time(viewer.at)))
        return f'{at} · {html.escape(plain(who))}<br><span style="color:{muted}">{rest}</span>'

    @staticmethod
    def _say(widget: QLabel | QPushButton, text: str) -> None:
        """Say it anew only if it is new: a text that is set is laid out again."""
        if widget.text() != text:
            widget.setText(text)

    @Slot()
    def _open_log(self) -> None:
        if self._camera is not None:
            today = local(self._board.ui.clock.now()).strftime("%d/%m/%Y")
            self.log_wanted.emit(("filter", f"{self._camera.code} {today}"))
