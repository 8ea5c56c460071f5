"""The cameras' health: who gave a picture and who did not, today and over seven days; beside it one camera's time."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from console.i18n import N_, _, plain
from console.i18n.dates import format_moment, sort_key
from console.i18n.words import broken
from console.kernel import ConsoleError, TileState
from console.services.feeds import Feeds
from console.services.health import Chart, DayFigures, HealthEntry, Piece, Reach, Sums
from console.services.health_watch import DARK, best_looks
from console.services.station import Station
from console.views.camera_words import camera_text
from console.views.health_words import (
    kbps_text,
    live_text,
    outage_text,
    outages_text,
    rate_text,
    seconds_text,
    span_text,
    state_mark,
    tests_text,
)
from console.views.record_output import ListOutput
from console.views.record_page import RecordPage
from console.views.record_panel import RowPanel
from console.views.record_source import Shelf
from console.views.record_spec import Chip, Column, Empty, Query, RecordSpec
from console.views.record_strip import Strip
from console.views.states import StateStack
from console.views.ui import Ui

if TYPE_CHECKING:
    from console.views.health_chart import HealthChart

KIND: Final = "health"
MOST_OUTAGES: Final = 50
_REACHES: Final = {Reach.DAY: N_("24 h"), Reach.WEEK: N_("7 days"), Reach.MONTH: N_("30 days")}
_numbers = count()


@dataclass(frozen=True, slots=True)
class HealthRow:
    """A camera with its health, and what this console shows of it now; None: nobody watches it here."""

    entry: HealthEntry
    now: TileState | None

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def version(self) -> int:
        return self.entry.version

    @property
    def today(self) -> DayFigures | None:
        return None if self.entry.health is None else self.entry.health.today

    @property
    def week(self) -> Sums:
        return Sums() if self.entry.health is None else self.entry.health.week.sums

    @property
    def last_outage(self) -> datetime | None:
        return None if self.entry.health is None else self.entry.health.last_outage


def health_rows(station: Station, feeds: Feeds) -> list[HealthRow]:
    """Read every camera, those that nobody watches too; none at all as long as none was ever watched."""
    entries = station.health.entries()
    now = {camera_id: look.status.state for camera_id, look in best_looks(feeds.views()).items()}
    if not now and all(entry.health is None for entry in entries):
        return []
    return [HealthRow(entry, now.get(entry.id)) for entry in entries]


def columns(now: Callable[[], datetime]) -> tuple[Column[HealthRow], ...]:
    def last(row: HealthRow) -> str:
        return "–" if row.last_outage is None else format_moment(row.last_outage, now())

    return (
        Column("code", N_("Code"), lambda row: row.entry.camera.code, 8, lambda row: sort_key(row.entry.camera.code)),
        Column("name", N_("Camera"), lambda row: row.entry.camera.name, 0, lambda row: sort_key(row.entry.camera.name)),
        Column(
            "now",
            N_("Now"),
            lambda row: state_mark(row.now).text,
            18,
            sort=lambda row: "" if row.now is None else row.now.value,
            mark=lambda row: state_mark(row.now),
        ),
        Column("today", N_("Live today"), lambda row: live_text(_today(row)), 22, _today_share),
        Column("week", N_("Live in 7 days"), lambda row: live_text(row.week), 22, lambda row: row.week.share),
        Column("outages", N_("Outages today"), lambda row: outages_text(row.today), 11, _outages, number=True),
        Column("last", N_("Last outage"), last, 20, lambda row: row.last_outage, whole=True),
        Column("rate", N_("Pictures/s"), lambda row: rate_text(row.week), 9, lambda row: row.week.rate, number=True),
        Column("kbps", N_("kbit/s"), lambda row: kbps_text(row.week), 8, lambda row: row.week.kbps, number=True),
        Column("place", N_("Installed at"), lambda row: row.entry.camera.place, 18, _place),
    )


def _today(row: HealthRow) -> Sums | None:
    return None if row.today is None else row.today.sums


def _today_share(row: HealthRow) -> float | None:
    return None if row.today is None else row.today.sums.share


def _outages(row: HealthRow) -> int | None:
    return None if row.today is None else row.today.outages


def _place(row: HealthRow) -> tuple[str, str]:
    return sort_key(row.entry.camera.place)


CHIPS: Final[tuple[Chip[HealthRow], ...]] = (
    Chip("dark", N_("No picture now"), lambda row: row.now in DARK),
    Chip("outages", N_("Outages today"), lambda row: row.today is not None and row.today.outages > 0),
    Chip("unwatched", N_("Not watched in 7 days"), lambda row: not row.week.watched),
)


def health_spec(ui: Ui, station: Station, feeds: Feeds) -> RecordSpec[HealthRow]:
    shown = columns(ui.clock.now)
    return RecordSpec(
        kind=KIND,
        title=N_("Camera health"),
        source=Shelf(lambda: health_rows(station, feeds), shown, CHIPS),
        columns=shown,
        empty=Empty(
            N_("No camera has been watched yet"),
            N_(
                "While a camera is watched at a console, its state, outages, frame rate and bandwidth are noted here."
                " Of a camera that nobody watches, nothing is known."
            ),
        ),
        watch=frozenset({"camera"}),
        chips=CHIPS,
        history=False,
        sort="code",
    )


class HealthPage(RecordPage[HealthRow]):
    """The list; a camera's panel shows its outages, its chart and the figures of it."""

    def __init__(self, ui: Ui, station: Station, feeds: Feeds, parent: QWidget | None = None) -> None:
        super().__init__(ui, station, health_spec(ui, station, feeds), parent)
        self.add_panel(_("Over time"), lambda: HealthPanel(ui, station))


# One camera


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A stretch of the chart's time, for its table."""

    piece: Piece
    version: int = 0

    @property
    def id(self) -> str:
        return self.piece.began.isoformat()


FIGURES: Final[tuple[Column[FigureRow], ...]] = (
    Column("span", N_("Time"), lambda row: span_text(row.piece), 26, whole=True),
    Column("live", N_("Live"), lambda row: live_text(row.piece.sums), 12),
    Column("states", N_("State"), lambda row: seconds_text(row.piece.sums), 0),
    Column("rate", N_("Pictures/s"), lambda row: rate_text(row.piece.sums), 9, number=True),
    Column("kbps", N_("kbit/s"), lambda row: kbps_text(row.piece.sums), 8, number=True),
    Column("again", N_("Reconnects"), lambda row: str(row.piece.sums.reconnects), 9, number=True),
)


class HealthPanel(RowPanel[HealthRow]):
    """Chart, outages and figures of one camera over a day, a week or a month."""

    def __init__(self, ui: Ui, station: Station, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self._station = station
        self._name = f"health-{next(_numbers)}"
        self._closed = False
        self._row: HealthRow | None = None
        self._figures: list[FigureRow] = []
        self._source: Shelf[FigureRow] = Shelf(lambda: self._figures, FIGURES)
        self.reach = Reach.DAY
        self.chart: HealthChart | None = None
        self.text = QLabel()
        self.strip = Strip(ui.theme)
        self.states = StateStack(ui.theme, ui.clock)
        self.output = ListOutput(ui, station, self._figure_spec(), self, self.strip)
        self._area = QScrollArea(self)
        self._build()
        self.states.again.connect(self._again)

    def _figure_spec(self) -> RecordSpec[FigureRow]:
        empty = Empty(N_("No camera has been watched yet"), "")
        return RecordSpec(KIND, N_("Camera health"), self._source, FIGURES, empty, watch=None, history=False)

    def _build(self) -> None:
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        inner = QWidget()
        inner.setObjectName("recordPanel")
        body = self._body = QVBoxLayout(inner)
        body.setContentsMargins(12, 8, 12, 12)
        body.setSpacing(8)
        body.addWidget(self.text)
        body.addStretch(1)
        self._area.hide()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(inner)
        self.setFocusProxy(self._area)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._tools())
        column.addWidget(self.strip)
        column.addWidget(self.states, 1)

    def _tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(12, 8, 12, 4)
        row.setSpacing(6)
        self.reaches = QButtonGroup(self)
        for reach, name in _REACHES.items():
            button = self._button(name, "chip")
            button.setCheckable(True)
            button.setChecked(reach is self.reach)
            button.setProperty("reach", reach.value)
            button.clicked.connect(self._choose)
            self.reaches.addButton(button)
            row.addWidget(button)
        row.addStretch(1)
        for name, icon, run in (
            (N_("Save the figures as CSV"), "export", self._save),
            (N_("Print the figures"), "print", self._print),
        ):
            tool = self._button("", "tool")
            tool.setIcon(self._ui.theme.icon(icon))
            tool.setToolTip(plain(_(name)))
            tool.setAccessibleName(plain(_(name)))
            tool.clicked.connect(run)
            row.addWidget(tool)
        return row

    @staticmethod
    def _button(name: str, kind: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(kind)
        button.setText(plain(_(name)) if name else "")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def show_row(self, row: HealthRow | None) -> None:
        before, self._row = self._row, row
        if before is None or row is None or row.id != before.id or self.states.saying:
            self._again()
        else:
            # The figures of a camera that is watched are others each minute: whoever reads them is not disturbed.
            self._read()

    @Slot()
    def _choose(self) -> None:
        self.reach = Reach(self.sender().property("reach"))
        self._again()

    @Slot()
    def _again(self) -> None:
        if self._row is not None:
            self.states.say_loading()
            self._read()

    def _read(self) -> None:
        row, reach = self._row, self.reach
        if row is None:
            return
        health, now, muted = self._station.health, self._ui.clock.now(), self._ui.theme.colours.muted

        def work() -> tuple[str, Chart, str]:
            load_charts()
            chart = health.chart(row.id, reach)
            return row.id, chart, told(row, chart, now, muted)

        self._ui.tasks.read(self._name, work, self._show, self._fail)

    def _show(self, found: tuple[str, Chart, str]) -> None:
        camera_id, chart, text = found
        if self._closed or self._row is None or self._row.id != camera_id:
            return
        self._figures = [FigureRow(piece) for piece in reversed(chart.pieces)]
        self._source.forget()
        self._made_chart().show_chart(chart)
        self.text.setText(text)
        self.states.show_content(self._area)

    def _made_chart(self) -> HealthChart:
        if self.chart is None:
            self.chart = load_charts()(self._ui.theme)
            self._body.insertWidget(0, self.chart)
        return self.chart

    def _fail(self, problem: ConsoleError) -> None:
        if not self._closed:
            self.states.say_error(problem)

    @Slot()
    def _save(self) -> None:
        self.output.ask_csv(Query(), len(self._figures))

    @Slot()
    def _print(self) -> None:
        self.output.print_paper(Query(), len(self._figures))

    def stop(self) -> None:
        self._closed = True
        if self.chart is not None:
            self.chart.drop()
        self.states.stop()
        self.output.stop()
        self.strip.close_strip()


def load_charts() -> type[HealthChart]:
    """Import what draws charts: first on a reader's thread, because it takes some tenths of a second."""
    from console.views.health_chart import HealthChart

    return HealthChart


def told(row: HealthRow, chart: Chart, now: datetime, muted: str) -> str:
    """Return outages and figures as rich text; on a reader's thread, because finding Thai words takes time."""
    outages = [outage_text(outage, now) for outage in chart.outages[:MOST_OUTAGES]]
    if len(chart.outages) > MOST_OUTAGES:
        outages.append(_("… and {n} older ones", n=len(chart.outages) - MOST_OUTAGES))
    lines = "".join(f"<p style='margin:0 0 6px 0'>{_rich(line)}</p>" for line in outages or [_("No outage was seen.")])
    tests = "" if row.today is None else tests_text(row.today.sums)
    return (
        f"<p style='margin:0 0 6px 0'><b>{_rich(camera_text(row.entry.camera))}</b>"
        + (f"<br>{_rich(tests)}" if tests else "")
        + f"</p><p style='margin:12px 0 4px 0'><b>{_rich(_('Outages'))}</b></p>{lines}"
        + f"<p style='margin:12px 0 4px 0'><b>{_rich(_('The figures'))}</b></p>{_table(chart.pieces, muted)}"
    )


def _table(pieces: Sequence[Piece], muted: str) -> str:
    """The figures of the chart, newest first; stretches that nobody watched are left out."""
    names = (_("Time"), _("Live"), _("Pictures/s"), _("kbit/s"), _("Reconnects"))
    head = "".join(f"<td style='color:{muted}; padding:2px 8px 2px 0'>{_rich(name)}</td>" for name in names)
    rows = [
        (span_text(piece), live_text(piece.sums), rate_text(piece.sums), kbps_text(piece.sums), piece.sums.reconnects)
        for piece in reversed(pieces)
        if piece.sums.watched
    ]
    body = "".join(
        "<tr>" + "".join(f"<td style='padding:2px 8px 2px 0'>{_figure(cell)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table cellspacing='0'><tr>{head}</tr>{body}</table>" if rows else f"<p>{_rich(_('Not watched'))}</p>"


def _figure(cell: object) -> str:
    """A figure and its percent sign stay together."""
    return html.escape(str(cell)).replace(" %", "\u00a0%")


def _rich(text: str) -> str:
    return html.escape(broken(text))
