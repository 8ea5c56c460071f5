"""Pictures of the wall in every state, both languages, two screens, two scales: `python -m tests.shell.shots OUTDIR`.

Run by hand or by `dev.py shots`; each scale needs its own process, because Qt fixes it at start.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

SIZES = ((1366, 768), (1920, 1080))
SCALES = ("1", "1.5")
LANGUAGES = ("th", "en")
BUSY_FRAMES = 12


def main(arguments: list[str]) -> int:
    if len(arguments) == 1:
        folder = Path(arguments[0])
        for scale in SCALES:
            environment = dict(os.environ, QT_SCALE_FACTOR=scale, QT_QPA_PLATFORM="offscreen")
            command = [sys.executable, "-m", "tests.shell.shots", str(folder), scale]
            code = subprocess.run(command, env=environment, check=False).returncode
            if code:
                return code
        return 0
    return _shoot(Path(arguments[0]), arguments[1])


def _shoot(folder: Path, scale: str) -> int:
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication

    from console.i18n import install

    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    for language in LANGUAGES:
        install(language)
        for width, height in SIZES:
            for name, arrange in SCENES.items():
                theme = "light" if name.startswith("light") else "dark"
                stage = _Stage(app, theme, round(width / float(scale)), round(height / float(scale)))
                arrange(stage)
                stage.settle()
                path = folder / f"{name}-{language}-{width}x{height}-{round(float(scale) * 100)}.png"
                stage.shell.grab().save(str(path))
                stage.shell.close()
                stage.shell.deleteLater()
                QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return 0


class _Stage:
    """A window over the stand-in of the gate."""

    def __init__(self, app: object, theme: str, width: int, height: int) -> None:
        from PySide6.QtWidgets import QApplication

        from console.views.shell import PageSpec, Shell
        from console.views.wall import WallPage
        from tests.shell.wall_fakes import INCIDENTS, FakeDesk, StillClock, camera, context

        assert isinstance(app, QApplication)
        self.app = app
        self.clock = StillClock()
        self.ui = context(clock=self.clock, theme=theme)
        self.ui.theme.apply(app)
        self.desk = FakeDesk([camera(number) for number in range(64)], INCIDENTS)
        self.pages: list[WallPage] = []

        def make() -> WallPage:
            self.pages.append(WallPage(self.ui, self.desk))
            return self.pages[-1]

        self.shell = Shell(self.ui, [PageSpec("wall", "Camera wall", "wall", make)], demonstration=True)
        # A laptop at 150 % has less room than the window would like.
        self.shell.setMinimumSize(640, 400)
        self.shell.resize(width, height)
        self.shell.show()

    def start(self, layout: int, count: int, *, incident: bool = True) -> None:
        from console.kernel import Purpose
        from console.views.wall_model import PurposeChoice, SavedWall
        from tests.shell.wall_fakes import INCIDENTS

        cells = [f"camera-{number}" if number < count else None for number in range(64)]
        self.desk.saved = SavedWall(layout, tuple(cells))
        self.shell.open_page(0)
        if incident:
            self.pages[0].board.choose(PurposeChoice(Purpose.INCIDENT, INCIDENTS[0]))

    def settle(self) -> None:
        for _frame in range(BUSY_FRAMES):
            for page in self.pages:
                page.canvas.tick()
            self.app.processEvents()


def _states(stage: _Stage) -> None:
    """Sixteen tiles, each in another state."""
    from console.kernel import Denied, DenyReason, Fault, StreamFacts, TileState
    from tests.shell.wall_fakes import NOW, FakeFeed, FakeStatus, hours_denied

    faults = {
        "camera-2": FakeStatus(TileState.STALE, Fault.FROZEN, age_s=4.2),
        "camera-3": FakeStatus(TileState.RECONNECTING, Fault.NO_ANSWER, age_s=None, attempt=3),
        "camera-5": FakeStatus(TileState.DOWN, Fault.UNAUTHORISED, since=NOW - timedelta(minutes=64)),
        "camera-6": FakeStatus(TileState.QUARANTINED, Fault.QUARANTINED),
        "camera-7": FakeStatus(TileState.CONNECTING, age_s=None),
        "camera-9": FakeStatus(TileState.RECONNECTING, Fault.STREAM_ENDED, age_s=17.0, attempt=2),
        "camera-11": FakeStatus(facts=StreamFacts("h264", 640, 480, 12.0, "tcp")),
    }

    def dress(feed: FakeFeed) -> None:
        feed.status = faults.get(feed.camera.id, feed.status)
        feed.unencrypted = feed.camera.id == "camera-10"

    stage.desk.dress = dress
    stage.desk.denials = {
        "camera-4": hours_denied(),
        "camera-8": Denied(DenyReason.PAUSED_BY_OWNER),
        "camera-12": Denied(DenyReason.INCIDENT_TOO_FAR, radius_m=300),
        "camera-13": Denied(DenyReason.NOT_COUNTERSIGNED),
    }
    stage.start(16, 15)


def _faulty(stage: _Stage) -> None:
    """The card of a tile with a fault."""
    _states(stage)
    stage.pages[0].board.select(5)


def _denied(stage: _Stage) -> None:
    _states(stage)
    stage.pages[0].board.select(4)


def _asking(stage: _Stage) -> None:
    """Private tiles wait for a purpose."""
    from console.views.wall_keys import Act

    stage.start(9, 9, incident=False)
    stage.pages[0].act(Act.PURPOSE)


def _visitors(stage: _Stage) -> None:
    stage.start(16, 16)
    stage.pages[0].board.toggle_visitors()


def _keys(stage: _Stage) -> None:
    from console.views.wall_keys import Act

    stage.start(16, 16)
    stage.pages[0].act(Act.HELP)


def _layouts(stage: _Stage) -> None:
    from console.views.wall_keys import Act

    stage.start(4, 4)
    stage.pages[0].act(Act.LAYOUT_LIST)


def _focus(stage: _Stage) -> None:
    stage.start(9, 9)
    stage.pages[0].board.toggle_focus()


def _full(stage: _Stage) -> None:
    stage.start(16, 16)
    for page in stage.pages:
        page.show_full(full=True)
    stage.shell.rail.hide()


def _empty(stage: _Stage) -> None:
    stage.start(9, 0)


def _notice(stage: _Stage) -> None:
    from console.kernel import Unavailable

    stage.start(9, 9)
    stage.pages[0].board.failed.emit(Unavailable("store.disk_full", path="D:/ccoc"))


SCENES: dict[str, Callable[[_Stage], None]] = {
    "states-16": _states,
    "fault-card-16": _faulty,
    "denied-card-16": _denied,
    "asking-9": _asking,
    "visitors-16": _visitors,
    "keys": _keys,
    "layouts": _layouts,
    "focus": _focus,
    "full-16": _full,
    "empty-9": _empty,
    "notice-9": _notice,
    "wall-4": lambda stage: stage.start(4, 4),
    "wall-25": lambda stage: stage.start(25, 25),
    "wall-36": lambda stage: stage.start(36, 36),
    "wall-64": lambda stage: stage.start(64, 64),
    "light-16": _states,
}

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
