"""Where this workstation's second window stood, and whether it was open: for the next start. It names no camera."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

FILE: Final = "second-window.json"


@dataclass(frozen=True, slots=True)
class WindowPlace:
    left: int
    top: int
    width: int
    height: int
    full: bool = False
    open: bool = True
    maximised: bool = False


class PlaceKeeper:
    """Reads and writes a small file: never on the UI thread. What cannot be read or kept is not worth a word."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE

    def read(self) -> WindowPlace | None:
        try:
            stored = json.loads(self._path.read_text("utf-8"))
            left, top, width, height = (int(stored[name]) for name in ("left", "top", "width", "height"))
            full, opened, maximised = (bool(stored[name]) for name in ("full", "open", "maximised"))
            return WindowPlace(left, top, width, height, full, opened, maximised)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, place: WindowPlace) -> None:
        new = self._path.with_suffix(".new")
        with contextlib.suppress(OSError):
            new.write_text(json.dumps(asdict(place)), "utf-8")
            new.replace(self._path)
