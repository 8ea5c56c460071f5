"""Pictures of every page and state, both languages, two screens, two scales: `dev.py shots [NAME …]`.

Words that follow choose: parts of scenes' names, `th` or `en`, `1366x768` or `1920x1080`, `100` or `150`. Each scale
needs its own process, because Qt fixes it at start. A scene that fails is named at the end, and the others are taken.
"""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QApplication, QWidget

FOLDER = Path(__file__).resolve().parents[2] / "build" / "shots"
SIZES = ("1366x768", "1920x1080")
SCALES = ("100", "150")
LANGUAGES = ("th", "en")
SCALE_OF_CHILD = "SHOTS_SCALE"


class Stage(Protocol):
    """A window on which a scene is arranged."""

    shell: Any

    def settle(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Wanted:
    """What was asked for; empty means all of them."""

    names: tuple[str, ...]
    languages: tuple[str, ...]
    sizes: tuple[str, ...]
    scales: tuple[str, ...]

    @classmethod
    def read(cls, words: Sequence[str]) -> Wanted:
        def among(known: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(word for word in words if word in known) or known

        known = {*SIZES, *SCALES, *LANGUAGES}
        return cls(tuple(word for word in words if word not in known), among(LANGUAGES), among(SIZES), among(SCALES))

    def takes(self, name: str) -> bool:
        return not self.names or any(part in name for part in self.names)


def main(words: Sequence[str]) -> int:
    wanted = Wanted.read(words)
    scale = os.environ.get(SCALE_OF_CHILD)
    if scale is not None:
        return _shoot(wanted, scale)
    codes = []
    for each in wanted.scales:
        environment = {
            **os.environ,
            "QT_SCALE_FACTOR": str(int(each) / 100),
            "QT_QPA_PLATFORM": "offscreen",
            SCALE_OF_CHILD: each,
        }
        command = [sys.executable, "-m", "tests.shell.shots", *words]
        codes.append(subprocess.run(command, env=environment, check=False).returncode)
    return max(codes)


def _shoot(wanted: Wanted, scale: str) -> int:
    from PySide6.QtWidgets import QApplication

    from console.i18n import install
    from tests.shell.shots_town import forget_town

    FOLDER.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    failed = []
    try:
        for language in wanted.languages:
            install(language)
            for size in wanted.sizes:
                for name, make in _scenes().items():
                    if wanted.takes(name) and not _take(app, make, FOLDER / f"{name}-{language}-{size}-{scale}.png"):
                        failed.append(f"{name}-{language}-{size}-{scale}")
    finally:
        forget_town()
    if failed:
        sys.stdout.write("Not taken: " + ", ".join(failed) + "\n")
    return 1 if failed else 0


Arranged = Callable[["QApplication", str, int, int], Stage]


def _scenes() -> dict[str, Arranged]:
    """Return every scene by name: what makes its stage and arranges it, before it is left to settle."""
    from tests.shell.shots_consents import CONSENT_SCENES
    from tests.shell.shots_entrance import ENTRANCE_SCENES, EntranceStage
    from tests.shell.shots_owners import OWNER_SCENES
    from tests.shell.shots_pages import PAGE_SCENES
    from tests.shell.shots_protection import PROTECTION_SCENES
    from tests.shell.shots_purpose import PURPOSE_SCENES, PURPOSE_WALL_SCENES
    from tests.shell.shots_town import TOWN_SCENES, TownStage
    from tests.shell.shots_wall import WALL_SCENES, WallStage

    known: dict[str, Arranged] = {}
    for name, on_wall in (WALL_SCENES | PURPOSE_WALL_SCENES).items():
        known[name] = _arranged(WallStage, on_wall)
    for name, at_entrance in ENTRANCE_SCENES.items():
        known[name] = _arranged(EntranceStage, at_entrance)
    in_town_scenes = TOWN_SCENES | PAGE_SCENES | OWNER_SCENES | CONSENT_SCENES | PROTECTION_SCENES | PURPOSE_SCENES
    for name, in_town in in_town_scenes.items():
        known[name] = _arranged(TownStage, in_town)
    return known


def _arranged(stage: Callable[..., Any], arrange: Callable[[Any], None]) -> Arranged:
    def make(app: QApplication, theme: str, width: int, height: int) -> Stage:
        made: Stage = stage(app, theme, width, height)
        try:
            made.settle()
            arrange(made)
            made.settle()
        except BaseException:
            made.close()
            raise
        return made

    return make


def _grab(window: QWidget) -> QPixmap:
    """Return the window as it is seen, with an open menu over it."""
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QApplication

    seen = window.grab()
    popup = QApplication.activePopupWidget()
    if popup is not None:
        painter = QPainter(seen)
        painter.drawPixmap(popup.mapToGlobal(QPoint(0, 0)) - window.mapToGlobal(QPoint(0, 0)), popup.grab())
        painter.end()
        popup.close()
    return seen


def _take(app: QApplication, make: Arranged, path: Path) -> bool:
    from PySide6.QtCore import QEvent

    name, _language, size, scale = path.stem.rsplit("-", 3)
    factor = int(scale) / 100
    width, height = (round(int(side) / factor) for side in size.split("x"))
    try:
        stage = make(app, "light" if name.startswith("light") else "dark", width, height)
    except Exception:  # noqa: BLE001 - the other pictures are wanted all the same
        traceback.print_exc()
        return False
    saved = _grab(getattr(stage, "window", None) or stage.shell).save(str(path))
    stage.close()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return saved


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
