"""Statements for owners: what one camera's pictures were used for in a month, and the file and papers that prove it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from console.i18n import N_, _, plain
from console.i18n.dates import format_day, format_month, format_time, local
from console.i18n.errors import error_text
from console.i18n.typed import day_begins
from console.kernel import ConsoleError, EndReason, Unavailable
from console.services.cameras import CameraRow
from console.services.papers import Report
from console.services.statement_file import Line
from console.services.statement_papers import missing, statement_report, transparency_sheet
from console.services.statement_words import LineWords, line_words, unheard_words
from console.services.statements import VERIFY, DelayLines, Given, IssueStatement, Seen
from console.services.station import Station
from console.views.act_panel import ActPanel
from console.views.incident_words import words_label, wrapped
from console.views.page import Page
from console.views.printing import show_preview, write_pdf
from console.views.prose import Prose
from console.views.record_choice import ChoiceBox
from console.views.record_output import made_by, write_csv
from console.views.record_page import RecordPage, RowPanel
from console.views.record_source import Shelf
from console.views.record_spec import Act, Column, Empty, Mark, RecordSpec
from console.views.statement_delay import delay_form
from console.views.ui import Ui

KIND: Final = "statement"
MONTHS: Final = 24
_DELAY: Final = f"{KIND}.delay"
_NOT_IN_A_NAME: Final = re.compile(r"[^\w.-]+", re.ASCII)
_MARKS: Final[Mapping[str, tuple[str, str]]] = {
    "view": ("eye", "text"),
    "earlier": ("eye", "muted"),
    "refused": ("denied", "warning"),
    "right": ("key", "text"),
    "consent": ("key", "text"),
    "camera": ("camera", "muted"),
    "statement": ("note", "muted"),
    "delay": ("note", "warning"),
}
_NO_LINE: Final[Line] = {"kind": "other"}
_numbers = count()
Product = TypeVar("Product")


def page(ui: Ui, station: Station) -> Page:
    """Return the page. `go_to` takes a camera's id."""
    return StatementsPage(ui, station)


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A line of the statement, in words."""

    line: Line
    words: LineWords
    version: int = 0

    @property
    def id(self) -> str:
        return f"{self.line['writer']}:{self.line['n']}"


def _mark(row: StatementRow) -> Mark:
    grave = row.line["kind"] == "view" and row.line["emergency"]
    icon, colour = ("urgent", "bad") if grave else _MARKS.get(row.line["kind"], ("info", "muted"))
    return Mark(icon, colour, row.words.did)


COLUMNS: Final = (
    Column[StatementRow]("at", N_("Date and time"), lambda row: row.words.when, 28, whole=True),
    Column[StatementRow]("did", N_("What"), lambda row: row.words.did, 26, mark=_mark),
    Column[StatementRow]("who", N_("Who"), lambda row: row.words.who, 26),
    Column[StatementRow]("why", N_("Purpose or reason"), lambda row: row.words.why, 26),
    Column[StatementRow]("lasted", N_("Lasted"), lambda row: row.words.lasted, 14, number=True),
    Column[StatementRow]("remarks", N_("Remarks"), lambda row: row.words.remarks, 0),
)


def _in_month(row: StatementRow) -> str:
    """The year stands over the list already."""
    return f"{format_day(row.words.at)} {format_time(row.words.at, seconds=True)}"


_BY_KEY: Final = {column.key: column for column in COLUMNS}
LISTED: Final = (
    replace(_BY_KEY["at"], text=_in_month, width=20),
    replace(_BY_KEY["did"], cut=True),
    replace(_BY_KEY["who"], width=20),
    replace(_BY_KEY["why"], width=20),
    _BY_KEY["remarks"],
    _BY_KEY["lasted"],
)
"""As the page shows them: where it is narrow, how long it lasted gives way before what is remarkable."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which camera and month are chosen; the first moment of the month and of the next one."""

    camera_id: str
    since: datetime
    until: datetime

    def command(self) -> IssueStatement:
        return IssueStatement(camera_id=self.camera_id, since=self.since, until=self.until)


def months(today: date) -> dict[str, tuple[datetime, datetime]]:
    """Return the month that runs and those before it, by `2026-11`."""
    found = {}
    first = today.replace(day=1)
    for _number in range(MONTHS):
        after = (first + timedelta(days=32)).replace(day=1)
        found[f"{first:%Y-%m}"] = day_begins(first), day_begins(after)
        first = (first - timedelta(days=1)).replace(day=1)
    return found


class LinePanel(RowPanel[StatementRow]):
    """A line whole, one cell below the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = words_label("")
        self.text.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.text)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.addWidget(self.text)
        column.addStretch(1)

    def show_row(self, row: StatementRow | None) -> None:
        cells = [] if row is None else [(column.title, column.text(row)) for column in COLUMNS]
        self.text.setText(wrapped("\n".join(f"{plain(_(title))}: {plain(text)}" for title, text in cells if text)))


class StatementsPage(RecordPage[StatementRow]):
    """The lines of one camera's month as they stand now; whatever leaves from here is a statement that was made."""

    def __init__(self, ui: Ui, station: Station, parent: QWidget | None = None) -> None:
        self._seen: Seen | None = None
        self._asked: _Asked | None = None
        self._given: tuple[_Asked, Given] | None = None
        self._working = False
        self.delay_panel: ActPanel[StatementRow] | None = None
        source: Shelf[StatementRow] = Shelf(self._read, COLUMNS)
        super().__init__(ui, station, self._spec(source), parent)
        self.add_panel(_("The entry"), LinePanel)
        self.unheard = Prose()
        self.unheard.setContentsMargins(16, 4, 16, 6)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)  # noqa: S101 - the page's own
        column.insertWidget(column.indexOf(self.strip), self.unheard)
        self._task = f"statements-{next(_numbers)}"
        self._months = months(local(ui.clock.now()).date())
        self.camera, self.month = ChoiceBox(ui.theme), ChoiceBox(ui.theme)
        for box, name, width in ((self.camera, _("Camera"), 260), (self.month, _("Month"), 170)):
            box.setAccessibleName(plain(name))
            box.setToolTip(plain(name))
            box.setFixedWidth(width)
            box.picked.connect(self._choose)
            self.add_filter(box)
        self.month.set_options({key: format_month(since) for key, (since, _until) in self._months.items()})
        self.month.set_raw(next(iter(self._months)))
        self.public_button = self.add_tool(_("Figures for the public"), "people", self.show_public)
        self._name_outputs()

    def _spec(self, source: Shelf[StatementRow]) -> RecordSpec[StatementRow]:
        return RecordSpec(
            kind=KIND,
            title=N_("Statements for owners"),
            source=source,
            columns=LISTED,
            empty=Empty(
                N_("Nothing to tell of this camera"),
                N_(
                    "Choose a camera and a month. Who looked at it, how long, why and through which incident stands"
                    " here, as its owner is told it: out of the access log alone."
                ),
            ),
            watch=frozenset({"authority", "statement_delay"}),
            acts=(self._delay_act(),),
            summary=self._summary,
            history=False,
        )

    def _delay_act(self) -> Act[StatementRow]:
        return Act(
            "delay",
            N_("Let this case wait"),
            "note",
            lambda row: self.station.dispatcher.may(DelayLines, self.ui.session) and bool(self._incident(row)),
            open=self.ask_delay,
        )

    def ask_delay(self, row: StatementRow) -> None:
        """Ask until when the lines of a case wait, and why."""
        self.close_delay()
        form = delay_form(row.line["incident"], self._incident(row), self.ui.clock.now())
        self.delay_panel = ActPanel(self.ui, self.station, form, _DELAY, self)
        self.delay_panel.form.closed.connect(self.close_delay)
        self.delay_panel.form.saved.connect(lambda answer: self._delayed(form.saved(answer)))
        self.delay_panel.open(row)

    @Slot()
    def close_delay(self) -> None:
        if self.delay_panel is not None:
            self.delay_panel.close_panel()
            self.delay_panel = None
            self.table.setFocus(Qt.FocusReason.PopupFocusReason)

    def _delayed(self, said: str) -> None:
        self.close_delay()
        self.strip.say(said, passing=True)
        self.refresh()

    def _count(self, total: int) -> None:
        """That nobody looked is a statement too."""
        super()._count(total)
        for button in (self.export_button, self.print_button):
            button.setEnabled(self._asked is not None)

    def _incident(self, row: StatementRow) -> str:
        return "" if self._seen is None else self._seen.incident_ids.get(str(row.line.get("incident", "")), "")

    def _name_outputs(self) -> None:
        """What leaves from here is always a statement: made, journaled, with a head of its own."""
        for button, text in ((self.export_button, _("Save for the owner…")), (self.print_button, _("Print"))):
            button.setText(plain(text))

    # What is chosen

    def start(self) -> None:
        super().start()
        self.ui.tasks.read(f"{self._task}:cameras", self._cameras, self._show_cameras, self._tell)

    def _cameras(self) -> list[CameraRow]:
        """Also those that are out of use: their owners may still ask."""
        cameras = self.station.cameras
        return [*cameras.cameras(), *cameras.cameras(archived=True)]

    def _show_cameras(self, cameras: Sequence[CameraRow]) -> None:
        options = {each.id: f"{each.code} {each.name}" for each in cameras}
        self.camera.set_options(options)
        if self._asked is None and options:
            self.camera.set_raw(next(iter(options)))
            self._choose()

    @Slot()
    def _choose(self) -> None:
        chosen = self._months.get(self.month.raw())
        camera = self.camera.raw()
        if chosen is not None and camera:
            self._asked = _Asked(camera, *chosen)
            self.refresh()
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_to(self, target: object) -> None:
        """Show a camera's month; any other target is a row."""
        if isinstance(target, str) and ":" not in target and target:
            self.camera.set_raw(target)
            self._choose()
        else:
            super().go_to(target)

    def _read(self) -> list[StatementRow]:
        """On a reader's thread."""
        asked = self._asked
        if asked is None:
            return []
        seen = self._seen = self.station.statements.see(self.ui.session, asked.camera_id, asked.since, asked.until)
        return [StatementRow(line, line_words(line, seen.names)) for line in reversed(seen.told.lines)]

    def _summary(self) -> str:
        asked = self._asked
        if asked is None:
            return ""
        seen = self._seen = self.station.statements.see(self.ui.session, asked.camera_id, asked.since, asked.until)
        totals = seen.told.totals
        parts = [_("Views: {n}", n=totals["views"]), _("Refused: {n}", n=totals["refused"])]
        if seen.told.delayed:
            parts.append(_("Waiting entries: {n}", n=seen.told.delayed))
        newest = (
            _("the owner holds no confirmation yet")
            if seen.newest is None
            else _("last confirmation: no. {n}", n=seen.newest.number)
        )
        return " · ".join((*parts, newest))

    def _show_summary(self, text: str) -> None:
        """Beside the counts: which consoles may still hold entries of the month, and since when."""
        super()._show_summary(text)
        silent = {} if self._seen is None else self._seen.unheard
        self.unheard.say("\n".join(unheard_words(silent)))

    # What leaves

    def export(self) -> None:
        """Let the person choose the folder that the owner gets."""
        if self._asked is None:
            return
        dialog = QFileDialog(self, plain(_("Folder for the owner")))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda chosen: self.save_into(Path(chosen)))
        dialog.open()

    def save_into(self, folder: Path) -> None:
        """Make the statement and write it with papers and readers into a folder of its own."""
        made = made_by(self.ui.session, self.ui.clock, self.ui.station)

        def work(given: Given) -> Path:
            return write_all(folder, given, statement_report(given, made))

        self._make(work, lambda path: self.strip.tell(_("Saved for the owner: {path}", path=path)))

    def print_list(self) -> None:
        """Make the statement and show its paper."""
        made = made_by(self.ui.session, self.ui.clock, self.ui.station)
        self._make(lambda given: statement_report(given, made), self._show_paper)

    def _make(self, work: Callable[[Given], Product], then: Callable[[Product], object]) -> None:
        """Only one at a time: each is a statement that was given."""
        asked, known, session = self._asked, self._given, self.ui.session
        if asked is None or self._working:
            return
        self._working = True
        statements, dispatcher = self.station.statements, self.station.dispatcher

        def make() -> tuple[Given, Product]:
            if known is not None and known[0] == asked and statements.is_newest(session, known[1]):
                return known[1], work(known[1])
            command = asked.command()
            given = statements.given(session, asked.camera_id, dispatcher.run(command, session))
            return given, work(given)

        def finish(found: tuple[Given, Product]) -> None:
            self._working = False
            if self._asked is None:
                return
            self._given = asked, found[0]
            then(found[1])
            self.refresh()

        self.ui.tasks.write(make, finish, self._fail_to_make)

    def _fail_to_make(self, problem: ConsoleError) -> None:
        self._working = False
        self._tell(problem)

    def _tell(self, problem: ConsoleError) -> None:
        self.strip.say(error_text(problem), "bad")

    def show_public(self) -> None:
        """Show the month's figures of all cameras, for the public."""
        since, until = self._months.get(self.month.raw()) or next(iter(self._months.values()))
        made, session = made_by(self.ui.session, self.ui.clock, self.ui.station), self.ui.session

        def work() -> Report:
            return transparency_sheet(self.station.statements.month(session, since, until), made)

        self.ui.tasks.read(f"{self._task}:public", work, self._show_paper, self._tell)

    def _show_paper(self, report: Report) -> None:
        if self._asked is not None:
            show_preview(self.ui, report, self)

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        self._asked = None
        self.close_delay()
        super().stop(reason)


def write_all(folder: Path, given: Given, report: Report) -> Path:
    """Write what an owner gets into a folder of its own: the file, the table, the paper, and both readers."""
    code = _NOT_IN_A_NAME.sub("-", given.camera.code).strip("-") or "camera"
    month = f"{local(given.statement.since):%Y-%m}"
    name = f"statement-{code}-{month}-{given.number}"
    target = folder / name
    try:
        target.mkdir(exist_ok=True)
        partial = target / f"{name}.json.new"
        partial.write_bytes(given.file)
        partial.replace(target / f"{name}.json")
        for reader in ("verify.html", "verify_statement.py"):
            shutil.copyfile(VERIFY / reader, target / reader)
    except OSError as problem:
        raise Unavailable("output.not_written", path=str(target), why=problem.strerror or "") from None
    rows = [StatementRow(line, line_words(line, given.statement.claims.names)) for line in given.told.lines]
    # A table travels alone: what may be missing in it is told in it.
    rows += [
        StatementRow(_NO_LINE, LineWords(given.statement.head.at, said, "", "", "", None)) for said in missing(given)
    ]
    write_csv(target / f"{name}.csv", COLUMNS, iter(rows))
    write_pdf(report, target / f"{name}.pdf")
    return target
