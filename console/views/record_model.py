"""The rows of a record page as Qt wants them: a count, and blocks of rows fetched when they come into sight.

Texts and marks of a block are made on the reader's thread, so that painting only draws.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Final, Generic

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal, Slot

from console.i18n import _, plain
from console.kernel import ConsoleError
from console.views.record_spec import Column, Found, Glancing, Mark, Query, Row, Source
from console.views.ui import Ui

BLOCK: Final = 64
"""Twice what a window shows: the first rows must be there at once, and each of them costs."""

MOST_BLOCKS: Final = 96
"""Some six thousand rows stay in memory, however long the list is."""

COUNT_MS: Final = 120
"""What is being typed is counted when the keys pause: nobody waits for the number of rows of half a word."""

Index = QModelIndex | QPersistentModelIndex
_numbers = count()


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    mark: Mark | None = None


@dataclass(frozen=True)
class Block(Generic[Row]):
    number: int
    rows: Sequence[Row]
    cells: Sequence[Sequence[Cell]]
    total: int
    counted: bool = True


def read_block(source: Source[Row], columns: Sequence[Column[Row]], query: Query, number: int) -> Block[Row]:
    """Ask the source for one block and make its texts; on a reader's thread."""
    return _block(number, source.find(query, number * BLOCK, BLOCK), columns)


def _block(number: int, found: Found[Row], columns: Sequence[Column[Row]]) -> Block[Row]:
    cells = [[_cell(column, row) for column in columns] for row in found.rows]
    return Block(number, found.rows, cells, found.total, found.counted)


def _cell(column: Column[Row], row: Row) -> Cell:
    mark = None if column.mark is None else column.mark(row)
    # The table draws one line; word breaks would only be measured.
    text = column.text(row) if mark is None else mark.text
    return Cell(plain(text).replace("\n", " · "), mark)


class RecordModel(QAbstractTableModel, Generic[Row]):
    """Blocks of the answer to one query. A new query keeps the old rows in sight until its answer is there."""

    answered = Signal(int)
    """The answer to a new or repeated query is there, with so many rows in all."""
    count_wanted = Signal()
    """Rows are in sight that were not counted, and nobody typed on: the list is to be asked for whole."""
    block_came = Signal()
    failed = Signal(object)

    def __init__(
        self, ui: Ui, source: Source[Row], columns: Sequence[Column[Row]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks = ui.tasks
        self._source = source
        self.columns = tuple(columns)
        self.query = Query()
        """What the rows in sight answer."""
        self.newest = self.query
        """What was asked last; its answer may still be on the way."""
        self.counted = True
        """False: the list has more rows than are told yet."""
        self._total = 0
        self._blocks: dict[int, Block[Row]] = {}
        self._wanted: int | None = None
        self._fetching = False
        self._answer = 0
        """Number of the query whose blocks are shown: blocks of an older one are dropped."""
        self._asked = 0
        self._closed = False
        self._name = f"records-{next(_numbers)}"
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._fetch)
        self._counting = QTimer(self)
        self._counting.setSingleShot(True)
        self._counting.setInterval(COUNT_MS)
        self._counting.timeout.connect(self.count_wanted)

    # Asking

    def ask(self, query: Query) -> None:
        """Read another list from its head on; `answered` or `failed` follows.

        The head of one that takes long to count is there at once; then `count_wanted` tells, and `ask_whole` counts.
        """
        source, columns = self._source, self.columns
        if isinstance(source, Glancing):
            self._ask(query, lambda: [_block(0, source.glance(query, BLOCK), columns)])
        else:
            self.ask_whole(query, 0)

    def ask_whole(self, query: Query, first_row: int) -> None:
        """Read the rows at a place: two blocks, as what is read there may have moved on since."""
        source, columns = self._source, self.columns
        number = first_row // BLOCK

        def read() -> list[Block[Row]]:
            block = read_block(source, columns, query, number)
            if block.total and not block.rows and number:
                # The list became shorter than where somebody was reading.
                block = read_block(source, columns, query, (block.total - 1) // BLOCK)
            goes_on = first_row > 0 and block.total > (block.number + 1) * BLOCK
            return [block, read_block(source, columns, query, block.number + 1)] if goes_on else [block]

        self._ask(query, read)

    def _ask(self, query: Query, read: Callable[[], list[Block[Row]]]) -> None:
        self._counting.stop()
        self._asked += 1
        self.newest = query
        asked = self._asked
        name = f"{self._name}:list"
        self._tasks.read(name, lambda: (asked, query, read()), self._take_answer, self._take_failure)

    def close(self) -> None:
        """Hear no answer any more."""
        self._closed = True
        self._later.stop()
        self._counting.stop()

    def _take_answer(self, answer: tuple[int, Query, list[Block[Row]]]) -> None:
        if self._closed:
            return
        self._answer, self.query, blocks = answer
        # A list that grew between two blocks is put together when the second is wanted again.
        self._blocks = {block.number: block for block in blocks if block.total == blocks[0].total}
        self.counted = blocks[0].counted
        self._set_total(blocks[0].total)
        if self._total:
            self.dataChanged.emit(self.index(0, 0), self.index(self._total - 1, len(self.columns) - 1))
        self.answered.emit(self._total)
        if not self.counted and self._asked == self._answer:
            self._counting.start()

    def _take_failure(self, problem: ConsoleError) -> None:
        if not self._closed:
            self.failed.emit(problem)

    def _set_total(self, total: int) -> None:
        """Rows come and go at the end: a reset would lose the place on the page."""
        if total > self._total:
            self.beginInsertRows(QModelIndex(), self._total, total - 1)
            self._total = total
            self.endInsertRows()
        elif total < self._total:
            self.beginRemoveRows(QModelIndex(), total, self._total - 1)
            self._total = total
            self.endRemoveRows()

    # Blocks

    def want(self, row: int) -> None:
        """Fetch the block of this row as soon as nothing else is being fetched; the latest wish counts."""
        self._wanted = row // BLOCK
        if not self._fetching and not self._later.isActive():
            self._later.start()

    @Slot()
    def _fetch(self) -> None:
        number, self._wanted = self._wanted, None
        if number is None or number in self._blocks or self._closed:
            return
        self._fetching = True
        answer, query, source, columns = self._answer, self.query, self._source, self.columns
        self._tasks.read(
            f"{self._name}:block",
            lambda: (answer, read_block(source, columns, query, number)),
            self._take_block,
            self._lose_block,
        )

    def _take_block(self, answer: tuple[int, Block[Row]]) -> None:
        self._fetching = False
        number, block = answer
        if self._closed or number != self._answer:
            return
        if block.total != self._total:
            # The list changed under us: one answer must not be put together of two.
            self.ask_whole(self.newest, block.number * BLOCK)
            return
        self._blocks[block.number] = block
        if len(self._blocks) > MOST_BLOCKS:
            del self._blocks[max(self._blocks, key=lambda known: abs(known - block.number))]
        first = block.number * BLOCK
        last = min(first + BLOCK, self._total) - 1
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))
        self.block_came.emit()
        if self._wanted is not None:
            self._later.start()

    def _lose_block(self, problem: ConsoleError) -> None:
        self._fetching = False
        self._take_failure(problem)

    # What is known

    @property
    def total(self) -> int:
        return self._total

    def cells(self, row: int) -> Sequence[Cell] | None:
        """Return the texts of a row; None while they are on the way."""
        block = self._blocks.get(row // BLOCK)
        at = row % BLOCK
        if block is None or at >= len(block.cells):
            self.want(row)
            return None
        return block.cells[at]

    def record(self, row: int) -> Row | None:
        block = self._blocks.get(row // BLOCK)
        at = row % BLOCK
        return block.rows[at] if block is not None and 0 <= at < len(block.rows) else None

    def row_of(self, record_id: str) -> int | None:
        """Return where a record stands, if its block is here."""
        for number, block in self._blocks.items():
            for at, row in enumerate(block.rows):
                if row.id == record_id:
                    return number * BLOCK + at
        return None

    # Qt's questions

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self._total

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole} or not index.isValid():
            return None
        cells = self.cells(index.row())
        if cells is None:
            return None
        text = cells[index.column()].text
        # A tip that looks like mark-up would be drawn as such.
        return text if role == Qt.ItemDataRole.DisplayRole else f"<span>{html.escape(text)}</span>"

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return plain(_(column.title))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


def sorted_by(query: Query, key: str) -> Query:
    """Order by a column; by the one it is ordered by already, the other way round."""
    return replace(query, sort=key, descending=query.sort == key and not query.descending)
