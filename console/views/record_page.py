"""The shared page of a kind of record: filter, table, and a panel with form, history and what can be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Final, Generic

from PySide6.QtCore import QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from console.i18n import _, plain
from console.i18n.dates import format_moment
from console.i18n.errors import error_text
from console.kernel import ConsoleError, EndReason
from console.services.drafts import Draft
from console.services.station import Station
from console.views.page import Page
from console.views.record_draft import NEW
from console.views.record_head import FilterLine, PageHead
from console.views.record_output import ListOutput
from console.views.record_page_keys import PageKeys
from console.views.record_panel import RecordPanel, RowPanel
from console.views.record_source import Shelf
from console.views.record_spec import Findable, Query, RecordSpec, Row, Values
from console.views.record_strip import Strip
from console.views.record_table import RecordTable
from console.views.side_by_side import SideBySide
from console.views.states import StateStack
from console.views.ui import Ui

__all__ = ["RecordPage", "RowPanel"]

TYPING_MS: Final = 20
"""Keys that come closer than this are asked as one."""
FOLLOW_MS: Final = 90
PANEL_WIDTH: Final = 440
LOW: Final = 480
"""A lower page, as on a laptop at 150 %, has no room for its head beside an open record."""
RETRY_MS: Final = 10_000
UNREACHABLE: Final = "store.unreachable"
_numbers = count()


class RecordPage(Page, Generic[Row]):
    """A page made from its description. Nothing of a record's kind is known here."""

    def __init__(self, ui: Ui, station: Station, spec: RecordSpec[Row], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ui = ui
        self.station = station
        self.spec = spec
        self._name = f"page-{next(_numbers)}"
        self._query = Query(sort=spec.sort, descending=spec.descending)
        self._known = 0
        self._read_at: datetime | None = None
        self._stale = False
        self._closed = False
        self.table: RecordTable[Row] = RecordTable(ui, spec.source, spec.columns, self)
        self.table.hide()
        self.states = StateStack(ui.theme, ui.clock)
        self._panel: RecordPanel[Row] | None = None
        self._own_tabs: list[tuple[str, Callable[[], RowPanel[Row]]]] = []
        self.filter = FilterLine(ui, spec.chips)
        self.strip = Strip(ui.theme, wide=True)
        self.output: ListOutput[Row] = ListOutput(ui, station, spec, self, self.strip)
        self.head = PageHead(ui, plain(_(spec.title)))
        self._build()
        self._typing = self._timer(TYPING_MS, self._ask)
        self._following = self._timer(FOLLOW_MS, self._follow)
        self._retry = self._timer(RETRY_MS, self.refresh)
        self._connect()
        self._keys = PageKeys(self, self)

    def _timer(self, interval: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(slot)
        return timer

    def _build(self) -> None:
        self.export_button = self.add_tool(_("Save as CSV"), "export", self.export)
        self.print_button = self.add_tool(_("Print"), "print", self.print_list)
        if self.spec.may_add and self.spec.form is not None:
            self.head.add_primary(_(self.spec.new) if self.spec.new else _("New"), "plus", self.open_new)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.filter)
        column.addWidget(self.strip)
        self.sides = SideBySide(self.states, PANEL_WIDTH)
        column.addWidget(self.sides, 1)

    def add_tool(self, label: str, icon: str, run: Callable[[], object]) -> QPushButton:
        """Put a button into the head of the page, at the right."""
        return self.head.add_tool(label, icon, run)

    def add_panel(self, title: str, make: Callable[[], RowPanel[Row]]) -> None:
        """Put another tab into the panel, before the history."""
        self._own_tabs.append((title, make))

    @property
    def panel(self) -> RecordPanel[Row]:
        """What shows one record, made when it is first asked for: the list must not wait for it."""
        if self._panel is None:
            self._panel = self._make_panel()
        return self._panel

    @property
    def panel_shown(self) -> bool:
        return self._panel is not None and self._panel.isVisible()

    def _make_panel(self) -> RecordPanel[Row]:
        panel: RecordPanel[Row] = RecordPanel(self.ui, self.station, self.spec)
        for title, make in self._own_tabs:
            panel.add_tab(title, make())
        self.sides.put_panel(panel)
        panel.closed.connect(self._close_panel)
        panel.changed.connect(self._after_change)
        panel.said.connect(self._say)
        panel.told.connect(self.strip.tell)
        panel.opening_wanted.connect(self._open_for)
        return panel

    def add_filter(self, widget: QWidget) -> None:
        """Put something of the feature's own beside the chips."""
        self.filter.add(widget)

    def _connect(self) -> None:
        self.filter.box.textChanged.connect(self._typing.start)
        for button in self.filter.chips.values():
            button.clicked.connect(self._chip)
        self.table.chosen.connect(self._following.start)
        self.table.opened.connect(self.open_row)
        self.table.typed.connect(self._type_on)
        self.table.order_wanted.connect(self._order)
        self.table.menu_wanted.connect(self.list_acts)
        self.table.records.answered.connect(self._settle)
        self.table.records.failed.connect(self._say_failure)
        self.states.again.connect(self.refresh)
        self.states.step_taken.connect(self.open_new)
        self.ui.changes.changed.connect(self._hear)

    # Life

    def start(self) -> None:
        self.states.say_loading()
        self._ask()
        self._summarise()
        self._offer_drafts()

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        del reason
        if self._closed:
            return
        self._closed = True
        for timer in (self._typing, self._following, self._retry):
            timer.stop()
        self.strip.close_strip()
        self.table.records.close()
        self.output.stop()
        if self._panel is not None:
            self._panel.stop()
        self.states.stop()
        self.ui.changes.changed.disconnect(self._hear)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()
        self.setFocusProxy(self.table)
        if self.states.saying and not self._holds_cursor():
            self.states.enter()

    @Slot(object)
    def _hear(self, kinds: frozenset[str]) -> None:
        if self._closed or not (self.spec.watch is None or kinds & self.spec.watch):
            return
        self.spec.source.forget()
        if self.isVisible():
            self.catch_up()
        else:
            self._stale = True

    def catch_up(self) -> None:
        """Something that is listed changed while it is in sight."""
        self.refresh()

    # Asking

    @Slot()
    def refresh(self) -> None:
        """Read the list again; place, selection and what is typed stay."""
        self._stale = False
        self.spec.source.forget()
        if self.states.saying:
            self.states.say_loading()
        self.table.ask_again()
        self._summarise()

    @Slot()
    def _ask(self) -> None:
        self._typing.stop()
        self._query = replace(self._query, typed=self.filter.box.text(), chips=self.filter.chosen())
        self.table.ask(self._query)

    @Slot(object)
    def _order(self, query: Query) -> None:
        self._query = replace(self._query, sort=query.sort, descending=query.descending)
        self._ask()

    @Slot()
    def _chip(self) -> None:
        self.filter.keep_group(str(self.sender().property("chip")))
        self._ask()

    @Slot(str)
    def _type_on(self, text: str) -> None:
        self.filter.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.box.setText(self.filter.box.text() + text)

    @Slot(int)
    def _settle(self, total: int) -> None:
        """The list is there: show it, or say why it is empty."""
        query = self.table.records.query
        self.table.show_order(query)
        filtered = bool(query.typed.strip() or query.chips)
        if (not filtered and self.table.records.counted) or self._known < total:
            self._known = total
        self._count(total)
        self._read_at = self.ui.clock.now()
        self._retry.stop()
        if total:
            self._show_rows()
            self._warm()
        else:
            self._say_empty(filtered=filtered)
        record = self.table.selected_record()
        if record is not None and self._panel is not None:
            self._panel.note(record)

    def _show_rows(self) -> None:
        came = not self.table.isVisible()
        self.states.show_content(self.table)
        if came and self._takes_cursor():
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say_empty(self, *, filtered: bool) -> None:
        if filtered:
            self.states.say_empty(_("Nothing matches the filter"), _("Other words, or Esc in the filter, show more."))
            return
        empty = self.spec.empty
        step = _(empty.step) if empty.step and self.spec.may_add else ""
        self.states.say_empty(_(empty.title), _(empty.text), step)
        if self._takes_cursor():
            self.states.enter()

    @Slot(object)
    def _say_failure(self, problem: ConsoleError) -> None:
        """Rows that were read before stay in sight with their age; an unreachable database is never an empty page."""
        if problem.key == UNREACHABLE and self._read_at is not None:
            self.states.say_offline(self._read_at, self.table if self.table.records.total else None)
            self._retry.start()
        else:
            self.states.say_error(problem)

    def _warm(self) -> None:
        """The list is made ready for the filter before anybody types."""
        source = self.spec.source
        if isinstance(source, Shelf):
            self.ui.tasks.read(f"{self._name}:warm", source.warm, _nothing, _nothing)

    def _takes_cursor(self) -> bool:
        """Whether what was read may give the keyboard to the list: not where somebody types, here or in front of it."""
        return self.isVisible() and not self._holds_cursor()

    def _holds_cursor(self) -> bool:
        """Whether somebody is typing here: in the filter or in the form."""
        focused = self.focusWidget()
        return focused is not None and (focused is self.filter.box or self._in_panel(focused))

    def _in_panel(self, widget: QWidget) -> bool:
        return self._panel is not None and self._panel.isAncestorOf(widget)

    def _count(self, total: int) -> None:
        more = "" if self.table.records.counted else "+"
        text = _("{n} of {all}", n=f"{total:,}{more}", all=f"{self._known:,}{more}")
        self.filter.counted.setText(plain(text))
        self.export_button.setEnabled(total > 0)
        self.print_button.setEnabled(total > 0)

    def _summarise(self) -> None:
        summary = self.spec.summary
        if summary is not None:
            self.ui.tasks.read(f"{self._name}:summary", summary, self._show_summary, self._no_summary)

    def _show_summary(self, text: str) -> None:
        if not self._closed:
            self.head.summary.setText(plain(text))

    def _no_summary(self, problem: ConsoleError) -> None:
        if not self._closed:
            self.head.summary.setText(plain(error_text(problem)))

    # The panel

    @Slot()
    def _follow(self) -> None:
        """The panel shows the selected record, unless something typed would be covered."""
        record = self.table.selected_record()
        if record is not None and self.panel_shown and not self.panel.is_dirty():
            self.panel.show_row(record)

    @Slot(object)
    def open_row(self, record: Row) -> None:
        """Open a record in the panel and put the cursor there."""
        self._following.stop()
        self.panel.leave(lambda: self._open(record))

    @Slot(object, object)
    def _open_for(self, record: Row, then: Callable[[], None]) -> None:
        """An act has to ask something: its record comes into the panel first."""

        def go_on() -> None:
            self._open(record)
            then()

        self.panel.leave(go_on)

    def _open(self, record: Row) -> None:
        self.table.remember(record.id)
        self._show_panel()
        self.panel.show_row(record)
        self.panel.enter()

    @Slot()
    def open_new(self, values: Values | None = None) -> None:
        """Open the form for a new record, with some values filled in."""
        if self.spec.form is not None and self.spec.may_add:
            self.panel.leave(lambda: self._open_new(values))

    def _open_new(self, values: Values | None) -> None:
        self._show_panel()
        self.panel.show_new(values)
        self.panel.enter()

    def _show_panel(self) -> None:
        if self.strip.asks:
            self.strip.close_strip()
        if self.panel.isHidden():
            self.sides.open_panel()
            self.share_height()

    def share_height(self) -> None:
        """On a low page an open record has the height of its head too; the filter comes back when it is asked for."""
        low = self.height() < LOW and self._panel is not None and not self._panel.isHidden()
        self.head.setVisible(not low)
        self.filter.setVisible(not low or self.filter.box.hasFocus())
        # At once: the field that is entered next comes into sight by the room that it will have.
        self._column.activate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.share_height()

    @Slot()
    def _close_panel(self) -> None:
        self.sides.close_panel()
        self.share_height()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def select(self, record_id: str) -> None:
        """Bring a record into sight, whatever the filter says now, and open it."""
        source = self.spec.source
        if not isinstance(source, Findable):
            self.table.remember(record_id)
            return
        query = self._query

        def work() -> tuple[Row | None, int | None]:
            return source.row(record_id), source.place(query, record_id)

        self.ui.tasks.read(f"{self._name}:select", work, self._selected, self._fail)

    def _selected(self, found: tuple[Row | None, int | None]) -> None:
        record, place = found
        if self._closed:
            return
        if record is None:
            self.strip.say(error_text(ConsoleError("not_found")), "bad", passing=True)
            return
        if place is None:
            self.filter.box.clear()
            for button in self.filter.chips.values():
                button.setChecked(False)
            self._ask()
        self.table.remember(record.id)
        if place is not None:
            self.table.show_place(place)
        self.open_row(record)

    def go_to(self, target: object) -> None:
        """Select the record whose id is given, or with ("filter", words) list what these words find."""
        match target:
            case str():
                self.select(target)
            case ("filter", str() as words):
                self.filter.box.setText(words)

    @Slot(object)
    def _after_change(self, record_id: object) -> None:
        """Something was stored from here: read again, and show the record as it is now."""
        self.spec.source.forget()
        if isinstance(record_id, str):
            self.table.remember(record_id)
            source = self.spec.source
            if isinstance(source, Findable):
                self.ui.tasks.read(f"{self._name}:reread", lambda: source.row(record_id), self._show_reread, self._fail)
        self.refresh()

    def _show_reread(self, record: Row | None) -> None:
        if self._closed:
            return
        if record is None:
            self._close_panel()
        else:
            self.panel.show_row(record)

    def _offer_drafts(self) -> None:
        """After a crash or a change of seat: say what waits to be saved."""
        if self.spec.form is None or not self.spec.may_change:
            return
        drafts, person, kind = self.station.drafts, self.ui.session.person_id, self.spec.kind
        self.ui.tasks.read(f"{self._name}:drafts", lambda: drafts.kept(person, kind), self._show_drafts, self._fail)

    def _show_drafts(self, drafts: Sequence[Draft]) -> None:
        if self._closed or not drafts or (self._panel is not None and not self._panel.isHidden()):
            return
        when = format_moment(drafts[0].kept_at, self.ui.clock.now())
        text = _("What you typed at {when} is not saved yet.", when=when)
        if len(drafts) > 1:
            text = _("{n} entries of yours are not saved yet, the last of {when}.", n=len(drafts), when=when)
        answers = ((_("Go on writing"), lambda: self._resume(drafts[0])), (_("Later"), self.strip.close_strip))
        self.strip.ask(text, answers, focus=False)

    def _resume(self, draft: Draft) -> None:
        record_id = draft.key.partition(":")[2]
        if record_id.startswith(NEW):
            self._show_panel()
            self.panel.show_draft(draft)
            self.panel.enter()
        else:
            self.select(record_id)

    def _fail(self, problem: ConsoleError) -> None:
        # What has to be read is not covered by a reading that failed: the list says that too.
        if not self._closed and not self.strip.stays:
            self.strip.say(error_text(problem), "bad", passing=True)

    @Slot(str, str)
    def _say(self, text: str, tone: str) -> None:
        self.strip.say(text, tone, passing=tone == "good")

    @Slot(object)
    def list_acts(self, place: QPoint) -> None:
        """Show what can be done with the selected record."""
        record = self.table.selected_record()
        if record is not None:
            self.panel.list_acts(record, place)

    # Out of the program

    def export(self) -> None:
        """Save what is listed as CSV."""
        if self.table.records.total:
            self.output.ask_csv(self._query, self.table.records.total)

    def print_list(self) -> None:
        """Show what is listed as paper."""
        if self.table.records.total:
            self.output.print_paper(self._query, self.table.records.total)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._keys.press(event):
            super().keyPressEvent(event)


def _nothing(_answer: object) -> None:
    """Nobody waits for this."""
