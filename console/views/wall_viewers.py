"""On the card of a camera: who looked today, newest first, and the way to the whole list for who may open it."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from console.i18n import _, plain
from console.i18n.dates import format_time, local
from console.i18n.labels import label, short_purpose
from console.kernel import ConsoleError
from console.services.papers import format_duration
from console.services.viewers import LookedAt, Viewer
from console.views.pages import ACCESS_LOG, may_open
from console.views.wall_board import Board
from console.views.wall_card_part import CardPart, say
from console.views.wall_model import WallDesk


class ViewersPart(CardPart[LookedAt]):
    """Reads anew after each view that began or ended."""

    log_wanted = Signal(object)
    """The access log is asked for, with what is to be found there."""

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(board, "wall.viewers", parent)
        self._stale = True
        self._head = QLabel()
        self._head.setProperty("role", "section")
        self._lines = QLabel()
        self._lines.setWordWrap(True)
        self._lines.setTextFormat(Qt.TextFormat.RichText)
        self._more = QPushButton(board.ui.theme.icon("log", "text"), "")
        self._more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._more.clicked.connect(self._open_log)
        for part in (self._head, self._lines, self._more):
            self._column.addWidget(part)
        board.ui.changes.changed.connect(self._on_changed)
        self._tell(None)

    @Slot(object)
    def _on_changed(self, kinds: frozenset[str]) -> None:
        if "view" in kinds:
            self._stale = True
            self._ask()

    def _ask(self) -> None:
        if self._stale and not self._pause.isActive():
            super()._ask()

    @Slot()
    def read(self) -> None:
        """Ask now who looked."""
        self._stale = False
        super().read()

    def _find(self, desk: WallDesk, camera_id: str) -> LookedAt:
        return desk.viewers(camera_id)

    def _tell_problem(self, problem: ConsoleError) -> None:
        del problem
        say(self._lines, html.escape(plain(_("This could not be read. It stands in the access log."))))

    def _tell(self, found: LookedAt | None) -> None:
        # What is not known yet is asked for.
        self._stale = self._stale or found is None
        count = "" if found is None else f"{found.total}" if found.counted else f"{found.total}+"
        say(self._head, plain(_("Looked at today: {count}", count=count) if count else _("Looked at today")))
        lines = [] if found is None else [self._line(viewer) for viewer in found.newest]
        if found is not None and not lines:
            lines = [html.escape(plain(_("Nobody yet.")))]
        say(self._lines, '<p style="line-height:118%; margin:0">' + "<br>".join(lines) + "</p>")
        more = 0 if found is None else found.total - len(found.newest)
        self._more.setVisible(more > 0)
        self._more.setEnabled(may_open(self._board.ui.session, ACCESS_LOG))
        say(self._more, plain(_("and {n} more", n=more if found is None or found.counted else f"{more}+")))

    def _line(self, viewer: Viewer) -> str:
        role = "" if viewer.role is None else label(viewer.role)
        who = _("you") if viewer.mine else viewer.who or role
        why = "" if viewer.purpose is None else short_purpose(viewer.purpose)
        lasted = _("looking now") if viewer.lasted_s is None else format_duration(viewer.lasted_s)
        muted = self._board.ui.theme.colours.muted
        rest = html.escape(plain(" · ".join(filter(None, (why, lasted)))))
        at = html.escape(plain(format_time(viewer.at)))
        return f'{at} · {html.escape(plain(who))}<br><span style="color:{muted}">{rest}</span>'

    @Slot()
    def _open_log(self) -> None:
        if self._camera is not None:
            today = local(self._board.ui.clock.now()).strftime("%d/%m/%Y")
            self.log_wanted.emit(("filter", f"{self._camera.code} {today}"))
