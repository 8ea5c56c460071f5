"""The funnel of the zone: registered, linked, online, by kind of owner or community; chart and table of the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QBoxLayout, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from console.i18n import N_, _
from console.i18n.dates import sort_key
from console.i18n.search import haystack, matches, needles
from console.kernel import EndReason, Zone
from console.services.feeds import Feeds
from console.services.owner_funnel import Funnel, FunnelReader, Split
from console.services.station import Station
from console.views.funnel_words import FunnelRow, funnel_rows, share_text, stages_text, summary_text
from console.views.record_page import RecordPage
from console.views.record_spec import Chip, Column, Empty, Found, Query, RecordSpec
from console.views.ui import Ui

if TYPE_CHECKING:
    from console.views.funnel_chart import FunnelChart

COMMUNITY: Final = "community"
_ZONES: Final = {"inside": Zone.INSIDE, "outside": Zone.OUTSIDE}


def load_chart() -> type[FunnelChart]:
    """Import what draws the chart: first on a reader's thread, because it takes some tenths of a second."""
    from console.views.funnel_chart import FunnelChart

    return FunnelChart


def split_of(query: Query) -> Split:
    return Split.COMMUNITY if COMMUNITY in query.chips else Split.OWNER_TYPE


def zone_of(query: Query) -> Zone | None:
    return next((zone for key, zone in _ZONES.items() if key in query.chips), None)


class Groups:
    """Counts the cameras anew for each question; it is one reading of the register."""

    def __init__(self, reader: FunnelReader, live: Callable[[], frozenset[str]]) -> None:
        self._reader = reader
        self._live = live
        self.latest: Funnel | None = None
        """What the last answer was made of."""

    def find(self, query: Query, start: int, limit: int) -> Found[FunnelRow]:
        load_chart()
        funnel = self.latest = self._reader.funnel(split_of(query), zone_of(query), self._live())
        wanted = needles(query.typed)
        rows = [row for row in funnel_rows(funnel) if not wanted or matches(haystack(row.name), wanted)]
        column = next((each for each in COLUMNS if each.key == query.sort), None)
        if column is not None and column.sort is not None:
            groups = sorted((row for row in rows if not row.whole), key=column.sort, reverse=query.descending)
            rows = groups + [row for row in rows if row.whole]
        return Found(rows[start : start + limit], len(rows))

    def forget(self) -> None:
        """Nothing is kept."""


COLUMNS: Final[tuple[Column[FunnelRow], ...]] = (
    Column("name", N_("Group of cameras"), lambda row: row.name, 0, sort=lambda row: sort_key(row.name)),
    Column(
        "registered",
        N_("Registered"),
        lambda row: f"{row.counts.registered:,}",
        14,
        sort=lambda row: row.counts.registered,
        number=True,
    ),
    Column(
        "linked",
        N_("Linked to CCOC"),
        lambda row: f"{row.counts.linked:,}",
        16,
        sort=lambda row: row.counts.linked,
        number=True,
    ),
    Column(
        "online",
        N_("Online now"),
        lambda row: f"{row.counts.online:,}",
        14,
        sort=lambda row: row.counts.online,
        number=True,
    ),
    Column("share", N_("Linked of registered"), lambda row: share_text(row.counts), 20, number=True),
)


def funnel_spec(station: Station, feeds: Feeds) -> RecordSpec[FunnelRow]:
    groups = Groups(station.funnel, lambda: frozenset(feeds.live_cameras()))
    return RecordSpec(
        kind="funnel",
        title=N_("Funnel of the zone"),
        source=groups,
        columns=COLUMNS,
        empty=Empty(
            N_("There is no camera to count yet"),
            N_(
                "Once cameras are registered, it stands here how many of them are linked and online, and whose they"
                " are."
            ),
        ),
        watch=frozenset({"camera", "authority", "connection_test", "owner", "owner_step", "view"}),
        chips=(
            Chip(COMMUNITY, N_("By community")),
            Chip("inside", N_("Inside the zone"), group="zone"),
            Chip("outside", N_("Outside the zone"), group="zone"),
        ),
        history=False,
    )


class FunnelPage(RecordPage[FunnelRow]):
    """The chart, and the table of the same figures below it, with CSV and print."""

    def __init__(self, ui: Ui, station: Station, feeds: Feeds) -> None:
        super().__init__(ui, station, funnel_spec(station, feeds))
        self.chart: FunnelChart | None = None
        self.stages = QLabel()
        self.stages.setProperty("role", "hint")
        self.stages.setWordWrap(True)
        self.stages.setTextFormat(Qt.TextFormat.PlainText)
        inner = QWidget()
        inner.setObjectName("recordPanel")
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(16, 8, 16, 8)
        self._column.addWidget(self.stages)
        self._column.addStretch(1)
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inner)
        self.area.hide()
        layout = self.layout()
        assert isinstance(layout, QBoxLayout)  # noqa: S101 - the page above made it
        layout.insertWidget(layout.count() - 1, self.area, 3)
        layout.setStretch(layout.count() - 1, 2)

    def open_row(self, record: FunnelRow) -> None:
        """There is nothing more to a group than its row; the chart reads it out."""
        if self.chart is not None and not record.whole:
            self.chart.read_out_id(record.id)

    @Slot(int)
    def _settle(self, total: int) -> None:
        super()._settle(total)
        source = self.spec.source
        funnel = source.latest if isinstance(source, Groups) else None
        self.area.setVisible(total > 0 and funnel is not None)
        if funnel is None:
            return
        rows = [row for row in funnel_rows(funnel) if not row.whole]
        title = _("Community") if funnel.split is Split.COMMUNITY else _("Kind of owner")
        self._made_chart().show_rows(rows, title)
        self.stages.setText(stages_text(funnel))
        self.head.summary.setText(summary_text(funnel))

    def _made_chart(self) -> FunnelChart:
        if self.chart is None:
            self.chart = load_chart()(self.ui.theme)
            self._column.insertWidget(0, self.chart)
        return self.chart

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        super().stop(reason)
        if self.chart is not None:
            self.chart.drop()
            self.chart = None
