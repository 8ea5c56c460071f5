"""What is listed, out of the program: a CSV file that spreadsheets read, or paper. With progress, and stoppable."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from threading import Event
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from console.i18n import _, plain
from console.i18n.dates import local
from console.i18n.errors import error_text
from console.kernel import Clock, ConsoleError, Session, Unavailable
from console.services.papers import MOST_LINES, Made, Note, Report, TableColumn, listing
from console.services.station import Station
from console.views.printing import show_preview
from console.views.record_spec import Column, Query, RecordSpec, Row, Source
from console.views.record_strip import Strip
from console.views.ui import Ui

AT_ONCE: Final = 1000
SHOWN_MS: Final = 200
_NOT_IN_A_NAME: Final = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER: Final = re.compile(r"[+-]?\d[\d,.]*")
_numbers = count()
Product = TypeVar("Product")


class Stopped(ConsoleError):
    """The officer stopped it; nothing was left behind."""

    def __init__(self) -> None:
        super().__init__("output.stopped")


@dataclass(frozen=True, slots=True)
class Run:
    """How far a run is, told to `told`, and whether it shall stop."""

    told: Callable[[int, int], None]
    stop: Event


def all_rows(source: Source[Row], query: Query, run: Run, most: int | None = None) -> Iterator[Row]:
    """Yield what answers the query, block by block. A row that moved on because others came before it comes once."""
    start, before = 0, frozenset[str]()
    while True:
        if run.stop.is_set():
            raise Stopped
        found = source.find(query, start, AT_ONCE if most is None else min(AT_ONCE, most - start))
        yield from (row for row in found.rows if row.id not in before)
        start += len(found.rows)
        before = frozenset(row.id for row in found.rows)
        run.told(start, found.total if most is None else min(most, found.total))
        if not found.rows or start >= found.total or (most is not None and start >= most):
            return


def _count(source: Source[Row], query: Query) -> int:
    return source.find(query, 0, 1).total


def cells_of(columns: Sequence[Column[Row]], row: Row) -> list[str]:
    """Return a row as it is shown, whole and without word breaks."""
    return [plain(column.text(row) or _marked(column, row)) for column in columns]


def _marked(column: Column[Row], row: Row) -> str:
    mark = None if column.mark is None else column.mark(row)
    return "" if mark is None else mark.text


def harmless(text: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def write_csv(path: Path, columns: Sequence[Column[Row]], rows: Iterator[Row]) -> int:
    """Write a file that Excel on Windows reads as Thai; whole or not at all. Returns the number of rows."""
    partial = path.with_name(f"{path.name}.new")
    written = 0
    try:
        try:
            with partial.open("w", encoding="utf-8-sig", newline="") as file:
                lines = csv.writer(file)
                lines.writerow([harmless(plain(_(column.title))) for column in columns])
                for row in rows:
                    lines.writerow([harmless(cell) for cell in cells_of(columns, row)])
                    written += 1
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as problem:
        raise Unavailable("output.not_written", path=str(path), why=problem.strerror or "") from None
    return written


def paper_of(spec: RecordSpec[Row], query: Query, rows: Sequence[Row], total: int, made: Made) -> Report:
    """Return the paper of what is listed: the feature's own, or the columns as they stand."""
    if spec.report is not None:
        return spec.report(rows, query)
    columns = [TableColumn(plain(_(column.title)), column.width or 24, column.number) for column in spec.columns]
    facts = ((_("Filter"), query.typed.strip()),) if query.typed.strip() else ()
    report = listing(plain(_(spec.title)), columns, [cells_of(spec.columns, row) for row in rows], made, facts)
    if total <= len(rows):
        return report
    counted = (*facts, (_("Entries"), _("{n} of {total}", n=f"{len(rows):,}", total=f"{total:,}")))
    note = Note(_("This paper is not complete: filter the list to print the other entries."))
    return replace(report, facts=counted, blocks=[*report.blocks, note])


class ListOutput(QObject, Generic[Row]):
    """Saves and prints the list of one page. Says on the page's strip how far it is."""

    _told = Signal(int, int)

    def __init__(self, ui: Ui, station: Station, spec: RecordSpec[Row], page: QWidget, strip: Strip) -> None:
        super().__init__(page)
        self._ui = ui
        self._station = station
        self._spec = spec
        self._page = page
        self._strip = strip
        self._stop: Event | None = None
        self._closed = False
        self._done = 0, 0
        self._told.connect(self._remember, Qt.ConnectionType.QueuedConnection)
        self._shown = QTimer(self)
        self._shown.setInterval(SHOWN_MS)
        self._shown.timeout.connect(self._show)

    @property
    def running(self) -> bool:
        return self._stop is not None

    def ask_csv(self, query: Query, total: int) -> None:
        """Let the person choose the file; the window stays alive meanwhile."""
        day = local(self._ui.clock.now()).date().isoformat()
        name = _NOT_IN_A_NAME.sub(" ", f"{plain(_(self._spec.title))} {day}.csv")
        dialog = QFileDialog(self._page, plain(_("Save as CSV")), name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("CSV (*.csv)")
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(lambda chosen: self.save_csv(Path(chosen), query, total))
        dialog.open()

    def save_csv(self, path: Path, query: Query, total: int) -> None:
        """Write what answers the query into a file."""
        columns, source = self._spec.columns, self._spec.source
        self._journaled(
            "csv",
            (query, total),
            lambda run: write_csv(path, columns, all_rows(source, query, run)),
            lambda written: self._say_saved(path, written),
        )

    def print_paper(self, query: Query, total: int) -> None:
        """Show what answers the query as paper."""
        spec = self._spec
        made = made_by(self._ui.session, self._ui.clock, self._ui.station)

        def work(run: Run) -> Report:
            rows = list(all_rows(spec.source, query, run, MOST_LINES))
            return paper_of(spec, query, rows, _count(spec.source, query), made)

        self._journaled("print", (query, total), work, self._show_paper)

    # One at a time

    def _journaled(
        self, how: str, asked: tuple[Query, int], work: Callable[[Run], Product], then: Callable[[Product], None]
    ) -> None:
        """Where nothing may leave unseen, it stands in the journal before it is read for leaving.

        Counted anew for that: the list in sight may tell only the first of many, or answer an older filter.
        """
        if self._stop is not None:
            return
        self._stop = Event()
        self._done = 0, asked[1]
        self._shown.start()
        if self._spec.extracted is None:
            self._run(work, then)
            return
        source, query = self._spec.source, asked[0]
        self._ui.tasks.read(
            f"output-{next(_numbers)}",
            lambda: _count(source, query),
            lambda total: self._note(how, (query, total), lambda: self._run(work, then)),
            self._fail,
        )

    def _note(self, how: str, asked: tuple[Query, int], go_on: Callable[[], None]) -> None:
        if self._closed or self._spec.extracted is None:
            return
        command = self._spec.extracted(asked[0], how, asked[1])
        dispatcher, session = self._station.dispatcher, self._ui.session
        self._ui.tasks.write(lambda: dispatcher.run(command, session), lambda _answer: go_on(), self._fail)

    def _run(self, work: Callable[[Run], Product], then: Callable[[Product], None]) -> None:
        if self._stop is None or self._closed:
            return
        run = Run(self._told.emit, self._stop)

        def finish(made: Product) -> None:
            self._end()
            if not self._closed:
                then(made)

        self._ui.tasks.read(f"output-{next(_numbers)}", lambda: work(run), finish, self._fail)

    def stop(self) -> None:
        """End what runs; nothing is left behind."""
        self._closed = True
        self.cancel()
        self._shown.stop()

    @Slot()
    def cancel(self) -> None:
        if self._stop is not None:
            self._stop.set()

    def _end(self) -> None:
        self._stop = None
        self._shown.stop()
        if not self._closed:
            self._strip.close_strip()

    def _fail(self, problem: ConsoleError) -> None:
        self._end()
        if not self._closed:
            stopped = isinstance(problem, Stopped)
            self._strip.say(error_text(problem), "good" if stopped else "bad", passing=stopped)

    @Slot(int, int)
    def _remember(self, done: int, total: int) -> None:
        self._done = done, total

    @Slot()
    def _show(self) -> None:
        done, total = self._done
        text = _("Reading the list: {n} of {total}", n=f"{done:,}", total=f"{total:,}")
        self._strip.follow(plain(text), _("Stop"), self.cancel)

    def _say_saved(self, path: Path, written: int) -> None:
        text = _("{n} rows were saved in {path}.", n=f"{written:,}", path=path)
        self._strip.say(plain(text), passing=True)

    def _show_paper(self, report: Report) -> None:
        show_preview(self._ui, report, self._page)


def made_by(session: Session, clock: Clock, station: str) -> Made:
    return Made(station, session.display_name, clock.now())
