"""Tells the status line which cameras of the wall give no current picture, and leads to their health."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

from console.kernel import ViewKind
from console.services.feeds import Feeds, LiveFeed
from console.services.health_watch import DARK, best_looks
from console.views.health_words import trouble_texts
from console.views.pages import CAMERAS, HEALTH
from console.views.shell import Shell
from console.views.status_line import StatusLine
from console.views.ui import Tasks

LOOK_MS: Final = 1000
_SHOWN: Final = frozenset({ViewKind.WALL, ViewKind.FOCUS, ViewKind.TOUR})

Trouble = tuple[str, str, str]
"""Id, code and name of a camera."""


def troubles(views: list[LiveFeed]) -> list[Trouble]:
    """Return the cameras of the wall that give no current picture, by code."""
    shown = [view for view in views if view.opened.request.kind in _SHOWN]
    cameras = {view.camera_id: view.opened.camera for view in shown}
    dark = [cameras[found] for found, look in best_looks(shown).items() if look.status.state in DARK]
    return sorted(((camera.id, camera.code, camera.name) for camera in dark), key=lambda camera: camera[1])


class TroubleWatch(QObject):
    """Asks once a second, on a reader's thread. While the console is locked it names nobody's camera."""

    def __init__(self, shell: Shell, feeds: Feeds, tasks: Tasks) -> None:
        super().__init__(shell)
        self._shell = shell
        self._feeds = feeds
        self._tasks = tasks
        self._status: StatusLine | None = None
        self._found: list[Trouble] = []
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        shell.closing.connect(self._timer.stop)
        shell.locking.connect(self._say)

    def watch(self) -> None:
        """Tell the status line of whoever sits here now."""
        self._status = self._shell.status
        self._status.troubles_wanted.connect(self.lead)
        self._timer.start()
        self.look()

    def rest(self) -> None:
        """Nobody sits here."""
        self._timer.stop()
        self._status = None

    @Slot()
    def look(self) -> None:
        self._tasks.read("troubles", lambda: troubles(self._feeds.views()), self._tell, lambda _problem: None)

    def _tell(self, found: list[Trouble]) -> None:
        self._found = found
        self._say()

    @Slot()
    def _say(self) -> None:
        if self._status is not None:
            named = [(code, name) for _id, code, name in self._found]
            self._status.show_troubles(trouble_texts(named, named=not self._shell.locked) if named else ())

    @Slot()
    def lead(self) -> None:
        """Show the health of the cameras; of a single one its time too."""
        self._shell.go_to(CAMERAS, (HEALTH, self._found[0][0] if len(self._found) == 1 else ""))
