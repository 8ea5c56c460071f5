"""The whole console over a large store, with orders that open its lists, filter them, scroll, save and import.

`python -m tests.bench.consoles.pages '{"data": …, "login": …, "tiles": …}'`, as `tests.bench.consoles.app`.
A list counts as there when it was painted with the rows of the question that was asked last.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console import app
from tests.bench.consoles.app import AppBench, run_with

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from console.views.record_table import RecordTable
    from console.views.window import Window

_TURN_MS: Final = 40
"""Between two steps of scrolling: a wheel that is turned fast."""


class PagesBench(AppBench):
    """What the officer does in lists."""

    def __init__(self, window: Window, opened: app.Opened, plan: dict[str, Any]) -> None:
        super().__init__(window, opened, plan)
        self._since = 0.0
        self._typed: str | None = None
        self._took: float | None = None
        self._saves: list[float] = []
        self._imported: dict[str, Any] | None = None
        self._watch_tables()

    def _watch_tables(self) -> None:
        from console.views.record_table import RecordTable

        paint = RecordTable.paintEvent

        def painting(table: RecordTable[Any], event: QPaintEvent) -> None:
            paint(table, event)
            self._after_table(table)

        RecordTable.paintEvent = painting  # type: ignore[method-assign, assignment]

    def _after_table(self, table: RecordTable[Any]) -> None:
        """Every row in sight has its texts, and they answer what was typed last."""
        if self._typed is None or self._took is not None or table.records.query.typed != self._typed:
            return
        last = table.rowAt(table.viewport().height() - 1)
        rows = range(max(0, table.rowAt(0)), (last if last >= 0 else table.records.total - 1) + 1)
        if table.records.total and all(table.records.cells(row) is not None for row in rows):
            self._took = (time.monotonic() - self._since) * 1000

    def _table(self) -> RecordTable[Any]:
        from console.views.record_table import RecordTable

        return next(table for table in self._window.shell.findChildren(RecordTable) if table.isVisible())

    def _begin_waiting(self, typed: str) -> None:
        self._typed, self._took, self._since = typed, None, time.monotonic()

    # -- orders

    def order_visit(self, *, page: str) -> None:
        """Bring a page to the front, as its key does."""
        self._begin_waiting("")
        self._window.shell.open_page(page)

    def order_filter(self, *, typed: str) -> None:
        """Put words into the filter of the page in front."""
        from console.views.record_page import RecordPage

        page = next(page for page in self._window.shell.findChildren(RecordPage) if page.isVisible())
        self._begin_waiting(typed)
        page.filter.box.setText(typed)

    def order_took(self) -> float | None:
        """How long the last visit or filter took, in milliseconds; None: it is not there yet."""
        return self._took

    def order_leave(self) -> None:
        self._typed = None
        self._window.shell.open_page("wall")

    def order_scroll(self, *, seconds: float) -> None:
        """Turn the wheel down the list and up again, and measure how late the window's thread is meanwhile."""
        from PySide6.QtCore import QTimer

        bar = self._table().verticalScrollBar()
        self._lateness.late_ms.clear()
        timer = QTimer(self._window.shell)
        end, way = time.monotonic() + seconds, [1]

        def turn() -> None:
            if time.monotonic() > end:
                timer.stop()
                timer.deleteLater()
                return
            at = bar.value() + way[0] * bar.pageStep() // 3
            way[0] = 1 if at <= bar.minimum() else -1 if at >= bar.maximum() else way[0]
            bar.setValue(at)

        timer.timeout.connect(turn)
        timer.start(_TURN_MS)

    def order_jump(self, *, share: float) -> None:
        """Pull the bar to a place of the list, 0 its head and 1 its end, and wait for the rows there."""
        table = self._table()
        self._begin_waiting(table.records.query.typed)
        table.verticalScrollBar().setValue(round(share * table.verticalScrollBar().maximum()))
        table.viewport().update()

    def order_late(self) -> dict[str, float]:
        return self._lateness.report()

    def order_save(self, *, times: int) -> None:
        """Save records one after the other, the way a form does: over the window's write thread and back."""
        from console.services.incidents import OpenIncident

        seat = self._window.seat
        assert seat is not None
        assert self._opened.session is not None
        run, session = self._opened.room.station.dispatcher.run, self._opened.session
        tasks = self._window._tasks

        def save() -> None:
            began = time.monotonic()

            def saved(_answer: object) -> None:
                self._saves.append((time.monotonic() - began) * 1000)
                if len(self._saves) < times:
                    save()

            command = OpenIncident(title=f"Bench {len(self._saves)}", place="ถนนนครใน")
            tasks.write(lambda: run(command, session), saved, _fail)

        self._saves.clear()
        save()

    def order_saved(self) -> list[float]:
        return self._saves

    def order_import(self, *, file: str) -> None:
        threading.Thread(target=self._import, args=(Path(file),), daemon=True).start()

    def order_imported(self) -> dict[str, Any] | None:
        return self._imported

    def _import(self, file: Path) -> None:
        """On a thread beside the window, as its import is; views that ended meanwhile lost their lease."""
        from console.services.camera_import import Keep, Watch

        assert self._opened.session is not None
        feeds, steps = self._opened.room.feeds, []
        before = {view.view_id for view in feeds.views()}
        watch = Watch(lambda done, of: steps.append((done, of)))
        began = time.monotonic()
        report = self._opened.room.station.camera_import.import_file(file, self._opened.session, Keep.WHOLE, watch)
        took = time.monotonic() - began
        after = {view.view_id for view in feeds.views()}
        lost = len(before - after)
        self._imported = {"seconds": took, "registered": report.registered, "lost": lost, "steps": len(steps)}


def _fail(problem: Exception) -> None:
    raise problem


if __name__ == "__main__":
    sys.exit(run_with(PagesBench))
