"""Table and source of the record page: blocks, order, filter, and a selection that belongs to the record."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.kernel import ConsoleError, Unavailable
from console.views.record_model import BLOCK, MOST_BLOCKS, RecordModel
from console.views.record_source import Shelf
from console.views.record_spec import Chip, Column, Findable, Found, Mark, Query
from console.views.record_table import ROW_HEIGHT, RecordTable
from tests.shell.record_stage import press
from tests.shell.wall_fakes import InlineTasks, context

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@dataclass(frozen=True)
class Thing:
    id: str
    name: str
    number: int | None
    version: int = 1


COLUMNS: Sequence[Column[Thing]] = (
    Column("name", "Name", lambda row: row.name, 0, sort=lambda row: row.name),
    Column("number", "Number", lambda row: "" if row.number is None else str(row.number), 8, sort=lambda r: r.number),
    Column("kind", "Kind", lambda row: row.id, 8, mark=lambda row: Mark("live", "good", f"mark {row.id}")),
)
CHIPS = (Chip[Thing]("even", "Even", lambda row: (row.number or 0) % 2 == 0), Chip[Thing]("unknown", "Other"))


def things(count: int) -> list[Thing]:
    return [Thing(f"t{number}", f"thing {number:06}", number) for number in range(count)]


@dataclass
class Shop:
    """A source that counts what is asked of it."""

    rows: list[Thing]
    asked: list[tuple[Query, int, int]] = field(default_factory=list)
    problem: ConsoleError | None = None

    def find(self, query: Query, start: int, limit: int) -> Found[Thing]:
        self.asked.append((query, start, limit))
        if self.problem is not None:
            raise self.problem
        return Found(self.rows[start : start + limit], len(self.rows))

    def forget(self) -> None:
        """Nothing is remembered."""


def table_of(qtbot: QtBot, source: Any, tasks: InlineTasks | None = None) -> RecordTable[Thing]:
    ui = context(tasks)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ui.theme.apply(app)
    table: RecordTable[Thing] = RecordTable(ui, source, COLUMNS)
    qtbot.addWidget(table, before_close_func=lambda _table: table.records.close())
    table.resize(700, 500)
    table.show()
    return table


def test_only_the_blocks_in_sight_are_asked_for(qtbot: QtBot) -> None:
    shop = Shop(things(100_000))
    table = table_of(qtbot, shop)
    table.ask(Query())
    assert [ask[1:] for ask in shop.asked] == [(0, BLOCK)]
    table.show_place(70_000)
    table.viewport().repaint()
    qtbot.waitUntil(lambda: table.records.record(70_000) is not None)
    assert len(shop.asked) <= 3
    assert table.records.data(table.records.index(70_000, 0)) == "thing 070000"
    assert table.records.record(35_000) is None


def test_memory_holds_the_blocks_around_what_was_asked_for_last(qtbot: QtBot) -> None:
    model: RecordModel[Thing] = RecordModel(context(), Shop(things(BLOCK * (MOST_BLOCKS + 4))), COLUMNS)
    model.ask(Query())
    for number in range(1, MOST_BLOCKS + 4):
        model.want(number * BLOCK)
        with qtbot.waitSignal(model.block_came):
            pass
    assert [model.record(number * BLOCK) is None for number in range(6)] == [True] * 4 + [False] * 2
    model.close()


def test_a_fast_scroll_asks_for_where_it_ends_and_not_for_what_flew_by(qtbot: QtBot) -> None:
    shop, tasks = Shop(things(100_000)), InlineTasks()
    table = table_of(qtbot, shop, tasks)
    table.ask(Query())
    tasks.hold = True
    for row in range(1000, 90_000, 1000):
        table.records.want(row)
    table.records.want(95_000)
    qtbot.waitUntil(lambda: bool(tasks.held))
    tasks.hold = False
    tasks.let_go()
    assert [start for _query, start, _limit in shop.asked] == [0, 95_000 // BLOCK * BLOCK]


def test_a_row_on_the_way_is_a_bar_and_then_its_text(qtbot: QtBot) -> None:
    tasks = InlineTasks()
    table = table_of(qtbot, Shop(things(5000)), tasks)
    table.ask(Query())
    tasks.hold = True
    table.show_place(4000)
    table.viewport().repaint()
    assert table.records.cells(4000) is None
    before = table.viewport().grab().toImage()
    qtbot.waitUntil(lambda: bool(tasks.held))
    tasks.hold = False
    tasks.let_go()
    assert table.viewport().grab().toImage() != before


def test_an_answer_to_an_older_question_is_dropped(qtbot: QtBot) -> None:
    shop, tasks = Shop(things(1000)), InlineTasks()
    table = table_of(qtbot, shop, tasks)
    table.ask(Query())
    tasks.hold = True
    table.records.want(500)
    qtbot.waitUntil(lambda: bool(tasks.held))
    held, tasks.held = tasks.held, []
    tasks.hold = False
    table.ask(Query(typed="new"))
    for deliver in held:
        deliver()
    assert table.records.record(500) is None


def test_a_list_that_changed_between_two_blocks_is_read_again(qtbot: QtBot) -> None:
    shop = Shop(things(1000))
    table = table_of(qtbot, shop)
    table.ask(Query())
    del shop.rows[:10]
    table.records.want(500)
    qtbot.waitUntil(lambda: table.records.total == 990)
    table.records.want(0)
    qtbot.waitUntil(lambda: table.records.record(0) is not None)
    assert table.records.record(0) == shop.rows[0]


@dataclass
class Glance(Shop):
    """Shows its head at once and counts when it is asked again."""

    glanced: list[Query] = field(default_factory=list)

    def glance(self, query: Query, limit: int) -> Found[Thing]:
        self.glanced.append(query)
        return Found(self.rows[:limit], min(len(self.rows), 1000), counted=len(self.rows) <= 1000)


def test_the_head_of_a_long_list_is_there_before_it_was_counted(qtbot: QtBot) -> None:
    shop = Glance(things(50_000))
    table = table_of(qtbot, shop)
    totals: list[tuple[int, bool]] = []
    table.records.answered.connect(lambda total: totals.append((total, table.records.counted)))
    table.ask(Query(typed="a"))
    assert (totals, shop.asked) == ([(1000, False)], [])
    assert table.records.data(table.records.index(0, 0)) == "thing 000000"
    table.verticalScrollBar().setValue(333)
    qtbot.waitUntil(lambda: len(totals) == 2)
    assert table.verticalScrollBar().value() == 333, "who reads on already is not sent back to the head"
    assert totals[1] == (50_000, True)
    assert [ask[1:] for ask in shop.asked] == [(0, BLOCK), (BLOCK, BLOCK)]
    table.ask(Query(typed="ab"))
    table.ask(Query(typed="abc"))
    qtbot.waitUntil(lambda: totals[-1] == (50_000, True) and len(totals) == 5)
    assert [query.typed for query, _start, _limit in shop.asked] == ["a", "a", "abc"], (
        "what was typed on is not counted"
    )
    table.ask(Query(typed="abc"))
    table.records.close()
    assert not table.records._counting.isActive()


def test_a_short_list_is_asked_once(qtbot: QtBot) -> None:
    shop = Glance(things(30))
    table = table_of(qtbot, shop)
    table.ask(Query())
    assert (table.records.total, table.records.counted, shop.asked) == (30, True, [])
    assert not table.records._counting.isActive()


def test_a_source_that_fails_is_said_and_may_be_asked_again(qtbot: QtBot) -> None:
    shop = Shop(things(3), problem=Unavailable("store.unreachable"))
    table = table_of(qtbot, shop)
    said: list[ConsoleError] = []
    table.records.failed.connect(said.append)
    table.ask(Query())
    assert [problem.key for problem in said] == ["store.unreachable"]
    shop.problem = None
    table.ask(Query())
    assert table.records.total == 3


def test_the_selection_stays_with_the_record_when_rows_come_before_it(qtbot: QtBot) -> None:
    shop = Shop(things(50))
    table = table_of(qtbot, shop)
    table.ask(Query())
    table.select_row(20)
    chosen: list[object] = []
    table.chosen.connect(chosen.append)
    shop.rows[:0] = [Thing(f"n{number}", "new", 0) for number in range(7)]
    table.ask_again()
    assert table.selected == "t20"
    assert table.currentIndex().row() == 27
    assert table.selectionModel().isRowSelected(27)
    assert chosen == []


def test_what_somebody_reads_does_not_move_when_rows_come_before_it(qtbot: QtBot) -> None:
    shop = Shop(things(2000))
    table = table_of(qtbot, shop)
    table.ask(Query())
    table.verticalScrollBar().setValue((2 * BLOCK - 2) * ROW_HEIGHT + 5)
    first, offset = table.rowAt(0), table.rowViewportPosition(table.rowAt(0))
    table.records.want(first)
    qtbot.waitUntil(lambda: table.records.record(first) is not None)
    seen = table.records.record(first)
    shop.rows[:0] = [Thing(f"n{number}", "new", 0) for number in range(5)]
    table.ask_again()
    assert table.records.record(table.rowAt(0)) == seen
    assert table.rowViewportPosition(table.rowAt(0)) == offset


def test_a_record_that_is_gone_is_selected_no_more_but_remembered(qtbot: QtBot) -> None:
    shop = Shop(things(5))
    table = table_of(qtbot, shop)
    table.ask(Query())
    table.select_row(2)
    removed = shop.rows.pop(2)
    table.ask_again()
    assert table.selected_record() is None
    assert not table.selectionModel().hasSelection()
    shop.rows.append(removed)
    table.ask_again()
    assert table.selected_record() == removed


def test_keys_open_order_and_start_the_filter(qtbot: QtBot) -> None:
    table = table_of(qtbot, Shop(things(5)))
    table.ask(Query())
    opened: list[object] = []
    typed: list[str] = []
    orders: list[Query] = []
    table.opened.connect(opened.append)
    table.typed.connect(typed.append)
    table.order_wanted.connect(orders.append)
    table.setFocus()
    press(table, Qt.Key.Key_Down)
    press(table, Qt.Key.Key_Return)
    assert [getattr(row, "id", None) for row in opened] == ["t1"] or [getattr(row, "id", None) for row in opened] == [
        "t0"
    ]
    QTest.keyClicks(table, "x")
    assert typed == ["x"]
    press(table, Qt.Key.Key_Right, alt=True)
    press(table, Qt.Key.Key_Down, alt=True)
    assert [(query.sort, query.descending) for query in orders] == [("name", False), ("name", True)]


def test_a_click_on_a_head_orders_and_turns_the_order_round(qtbot: QtBot) -> None:
    table = table_of(qtbot, Shop(things(5)))
    table.ask(Query())
    orders: list[Query] = []
    table.order_wanted.connect(orders.append)
    header = table.horizontalHeader()
    place = header.rect().center()
    place.setX(header.sectionViewportPosition(1) + 10)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert (orders[0].sort, orders[0].descending) == ("number", False)
    table.ask(orders[0])
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert orders[1].descending
    place.setX(header.sectionViewportPosition(2) + 10)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert len(orders) == 2


def test_columns_share_the_width_and_give_way_on_a_narrow_table(qtbot: QtBot) -> None:
    table = table_of(qtbot, Shop(things(5)))
    table.ask(Query())
    for width in (1400, 700, 420):
        table.resize(width, 400)
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        widths = [table.columnWidth(number) for number in range(3)]
        assert abs(sum(widths) - table.viewport().width()) <= 2, width
        assert min(widths) >= 40


# The shelf


def shelf(rows: Sequence[Thing], **more: Any) -> Shelf[Thing]:
    return Shelf(lambda: rows, COLUMNS, CHIPS, **more)


def test_a_shelf_filters_by_texts_marks_and_words() -> None:
    source = shelf(things(30), words=lambda row: [f"secret{row.number}"])
    assert [row.id for row in source.find(Query("000007"), 0, 9).rows] == ["t7"]
    assert [row.id for row in source.find(Query("mark t๑๑"), 0, 9).rows] == ["t11"]
    assert [row.id for row in source.find(Query("secret29"), 0, 9).rows] == ["t29"]
    assert source.find(Query("thing zzz"), 0, 9).total == 0


def test_chips_narrow_and_a_chip_without_a_rule_keeps_all() -> None:
    source = shelf(things(10))
    assert source.find(Query(chips=frozenset({"even"})), 0, 99).total == 5
    assert source.find(Query("3", frozenset({"even"})), 0, 99).total == 0
    assert source.find(Query(chips=frozenset({"unknown", "nobody"})), 0, 99).total == 10


def test_what_has_no_value_stands_last_both_ways() -> None:
    rows = [Thing("a", "a", 2), Thing("b", "b", None), Thing("c", "c", 1)]
    source = shelf(rows)
    assert [row.id for row in source.find(Query(sort="number"), 0, 9).rows] == ["c", "a", "b"]
    assert [row.id for row in source.find(Query(sort="number", descending=True), 0, 9).rows] == ["a", "c", "b"]
    assert [row.id for row in source.find(Query(sort="kind"), 0, 9).rows] == ["a", "b", "c"]


def test_a_shelf_reads_once_until_it_forgets() -> None:
    rows = things(3)
    reads: list[int] = []

    def read() -> list[Thing]:
        reads.append(1)
        return list(rows)

    source: Shelf[Thing] = Shelf(read, COLUMNS)
    source.find(Query(), 0, 9)
    source.find(Query("thing"), 0, 9)
    rows.append(Thing("x", "thing x", 9))
    assert source.find(Query("thing"), 0, 9).total == 3
    source.forget()
    assert source.find(Query("thing"), 0, 9).total == 4
    assert len(reads) == 2


def test_forgetting_does_not_wait_for_a_reader() -> None:
    inside, leave = threading.Event(), threading.Event()

    def read() -> list[Thing]:
        inside.set()
        assert leave.wait(10)
        return things(1)

    source: Shelf[Thing] = Shelf(read, COLUMNS)
    reader = threading.Thread(target=lambda: source.find(Query(), 0, 9))
    reader.start()
    assert inside.wait(10)
    source.forget()
    leave.set()
    reader.join()


def test_a_shelf_finds_a_record_and_its_place() -> None:
    source = shelf(things(10))
    assert isinstance(source, Findable)
    assert source.row("t4") == things(10)[4]
    assert source.row("nobody") is None
    query = Query(chips=frozenset({"even"}), sort="number", descending=True)
    assert source.place(query, "t8") == 0
    assert source.place(query, "t0") == 4
    assert source.place(query, "t3") is None


def test_a_block_beyond_a_list_that_became_shorter_comes_from_its_end(qtbot: QtBot) -> None:
    shop = Shop(things(1000))
    table = table_of(qtbot, shop)
    table.ask(Query())
    table.show_place(990)
    table.viewport().repaint()
    qtbot.waitUntil(lambda: table.records.record(990) is not None)
    del shop.rows[200:]
    table.ask_again()
    assert table.records.total == 200
    assert table.records.record(199) is not None


def test_a_model_that_is_closed_hears_no_answer(qtbot: QtBot) -> None:
    tasks = InlineTasks()
    ui = replace(context(tasks))
    model: RecordModel[Thing] = RecordModel(ui, Shop(things(3)), COLUMNS)
    tasks.hold = True
    model.ask(Query())
    model.close()
    tasks.let_go()
    assert model.total == 0


def test_reading_again_repeats_the_newest_question_and_not_the_last_answered_one(qtbot: QtBot) -> None:
    """News from the store while the answer to what was just typed is on the way: the filter and the list must agree."""
    shop, tasks = Shop(things(5)), InlineTasks()
    table = table_of(qtbot, shop, tasks)
    table.ask(Query(typed="before"))
    tasks.hold = True
    table.ask(Query(typed="typed now"))
    table.ask_again()
    tasks.hold = False
    tasks.let_go()
    assert table.records.query.typed == "typed now"
    assert shop.asked[-1][0].typed == "typed now"
