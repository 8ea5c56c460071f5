"""The console as an officer starts it, up to the log-in that he can type into; then it ends.

`python -m tests.bench.consoles.entrance '{"data": …, "window": …}'` prints one line when the log-in was painted.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

from console import app

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from console.views.log_in import LogInCard

_HOUSE = app.House


def _house(*given: Any) -> app.House:
    """Hook in once the window is made: nothing is imported earlier than the console does it."""
    from PySide6.QtWidgets import QApplication

    from console.views.log_in import LogInCard

    paint = LogInCard.paintEvent

    def painting(card: LogInCard, event: QPaintEvent) -> None:
        paint(card, event)
        print(json.dumps({"event": "painted", "value": None, "at": time.monotonic()}), flush=True)
        QApplication.quit()

    LogInCard.paintEvent = painting  # type: ignore[method-assign, assignment]
    return _HOUSE(*given)


def main() -> int:
    plan = json.loads(sys.argv[1])
    app.House = _house  # type: ignore[misc, assignment]
    return app.run(["--data", plan["data"], "--size", plan["window"]])


if __name__ == "__main__":
    sys.exit(main())
