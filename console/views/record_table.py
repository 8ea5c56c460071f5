"""The table of a record page: one line a record, drawn from ready texts; selection by the record, not by its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Generic, cast

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from console.views.record_model import RecordModel, sorted_by
from console.views.record_spec import Column, Query, Row, Source
from console.views.record_widths import PAD, SIGN, Ruler, shared
from console.views.theme import Theme, font
from console.views.ui import Ui

ROW_HEIGHT: Final = 32
ICON: Final = 16
MOST_MEASURED: Final = 40
"""Rows by which the columns are measured: those that a window shows at once."""

MOST_ELIDED: Final = 4096

LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine)
RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine)

Index = QModelIndex | QPersistentModelIndex


class RecordDelegate(QStyledItemDelegate):
    """Draws a cell: its text cut at the end where it does not fit, or a mark as icon and word.

    Called for each cell in sight at each step of scrolling, so nothing is made here that can be kept.
    """

    def __init__(self, model: RecordModel[Row], theme: Theme, parent: QTableView) -> None:
        super().__init__(parent)
        self._model: RecordModel[Row] = model
        self._theme = theme
        self._font = font()
        self._metrics = QFontMetrics(self._font)
        self._elided: dict[tuple[str, int], str] = {}
        self._line = theme.colour("line")
        self._text = QPen(theme.colour("text"))
        self._chosen = theme.colour("accent_quiet")
        self._pale = theme.colour("hover")
        self._strong = theme.colour("accent")
        self.chosen_row = -1
        self.has_focus = False

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(100, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, column = index.row(), index.column()
        left, top, width, height = cast("tuple[int, int, int, int]", option.rect.getRect())
        if row == self.chosen_row:
            painter.fillRect(left, top, width, height, self._chosen)
            if column == 0:
                painter.fillRect(left, top, 3, height, self._strong if self.has_focus else self._pale)
        painter.fillRect(left, top + height - 1, width, 1, self._line)
        cells = self._model.cells(row)
        if cells is None:
            painter.fillRect(left + PAD, top + height // 2 - 4, max(8, width // 2), 8, self._pale)
            return
        cell = cells[column]
        start, room = left + PAD, width - 2 * PAD
        if cell.mark is not None:
            icon = self._theme.pixmap(cell.mark.icon, cell.mark.colour, ICON, painter.device().devicePixelRatio())
            painter.drawPixmap(start, top + (height - ICON) // 2, icon)
            start, room = start + SIGN, room - SIGN
        if room > 0 and cell.text:
            painter.setPen(self._text)
            painter.setFont(self._font)
            flags = RIGHT if self._model.columns[column].number else LEFT
            painter.drawText(start, top, room, height - 1, flags, self._fitting(cell.text, room))

    def _fitting(self, text: str, room: int) -> str:
        """Measuring costs more than drawing, and the same texts come by again and again."""
        known = self._elided.get((text, room))
        if known is None:
            if len(self._elided) >= MOST_ELIDED:
                self._elided.clear()
            known = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            self._elided[text, room] = known
        return known


class RecordTable(QTableView, Generic[Row]):
    """Rows of a source. Arrows, Home, End, Page; Enter opens; Alt with arrows orders; letters start the filter."""

    chosen = Signal(object)
    """The selected record changed; None if none is."""
    opened = Signal(object)
    typed = Signal(str)
    order_wanted = Signal(object)
    """A `Query` with another order."""
    menu_wanted = Signal(object)
    """A place (global) at which the acts of the selected record shall be listed."""

    def __init__(
        self, ui: Ui, source: Source[Row], columns: Sequence[Column[Row]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("records")
        self.records: RecordModel[Row] = RecordModel(ui, source, columns, self)
        self._selected: str | None = None
        self._top: tuple[str, int] | None = None
        self.follows_top = False
        """Whoever stands at the top sees what is new there; else the rows in sight stay where they are."""
        self.setModel(self.records)
        self._delegate = RecordDelegate(self.records, ui.theme, self)
        self.setItemDelegate(self._delegate)
        self._ruler = Ruler(self.records.columns)
        self._dress()
        self.records.answered.connect(self._settle)
        self.records.count_wanted.connect(self.ask_again)
        self.records.block_came.connect(self._find_selected)
        self.doubleClicked.connect(self._open)
        self.customContextMenuRequested.connect(lambda place: self.menu_wanted.emit(self.viewport().mapToGlobal(place)))
        self.horizontalHeader().sectionClicked.connect(self._order_by)

    def _dress(self) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        upright = self.verticalHeader()
        upright.hide()
        upright.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        upright.setMinimumSectionSize(ROW_HEIGHT)
        upright.setDefaultSectionSize(ROW_HEIGHT)
        self.verticalScrollBar().setSingleStep(ROW_HEIGHT)
        across = self.horizontalHeader()
        across.setSectionsClickable(True)
        across.setTextElideMode(Qt.TextElideMode.ElideRight)
        across.setHighlightSections(False)
        across.setSortIndicatorShown(False)
        across.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        across.setMinimumSectionSize(40)
        across.setFixedHeight(ROW_HEIGHT)

    # Asking

    def ask(self, query: Query) -> None:
        """Another question: from the first row on."""
        self._top = None
        self.records.ask(query)

    @Slot()
    def ask_again(self) -> None:
        """The same question once more; what was read stays in sight, at its place."""
        first = self.rowAt(0)
        record = self.records.record(first) if first >= 0 else None
        at_top = self.verticalScrollBar().value() == 0
        if record is not None and not (self.follows_top and at_top):
            self._top = (record.id, self.verticalScrollBar().value() - first * ROW_HEIGHT)
        # The question as it was last put: its answer may still be on the way.
        self.records.ask_whole(self.records.newest, max(0, first))

    def show_order(self, query: Query) -> None:
        across = self.horizontalHeader()
        keys = [column.key for column in self.records.columns]
        across.setSortIndicatorShown(query.sort in keys)
        if query.sort in keys:
            order = Qt.SortOrder.DescendingOrder if query.descending else Qt.SortOrder.AscendingOrder
            across.setSortIndicator(keys.index(query.sort), order)

    @Slot(int)
    def _settle(self, total: int) -> None:
        """Put the eye and the selection back where they were, by the records and not by their numbers."""
        del total
        anchor, self._top = self._top, None
        if anchor is None:
            self._measure()
        # The scroll bar must know of the new rows before it is put anywhere.
        self.executeDelayedItemsLayout()
        if anchor is None:
            self.verticalScrollBar().setValue(0)
        elif (row := self.records.row_of(anchor[0])) is not None:
            self.verticalScrollBar().setValue(row * ROW_HEIGHT + anchor[1])
        self.clearSelection()
        self._find_selected()

    @Slot()
    def _find_selected(self) -> None:
        if self._selected is None:
            return
        row = self.records.row_of(self._selected)
        if row is None:
            return
        index = self.records.index(row, 0)
        if not self.selectionModel().isRowSelected(row):
            # Without scrolling: a refresh must not move what somebody reads.
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().setCurrentIndex(index, flags)

    # Selection

    @property
    def selected(self) -> str | None:
        """Return the id of the selected record, also while its row is not in sight."""
        return self._selected

    def selected_record(self) -> Row | None:
        row = None if self._selected is None else self.records.row_of(self._selected)
        return None if row is None else self.records.record(row)

    def select_row(self, row: int) -> None:
        """Select a row and bring it into sight."""
        index = self.records.index(row, 0)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def show_place(self, row: int) -> None:
        """Bring a row into sight, read already or not."""
        self.scrollTo(self.records.index(row, 0), QAbstractItemView.ScrollHint.PositionAtCenter)

    def remember(self, record_id: str | None) -> None:
        """Let this record be the selected one as soon as its row is here."""
        self._selected = record_id
        if record_id is None:
            self.clearSelection()
        else:
            self._find_selected()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        record = self.records.record(current.row()) if current.isValid() else None
        if record is not None and record.id != self._selected:
            self._selected = record.id
            self.chosen.emit(record)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        record = self.records.record(index.row())
        if record is not None:
            self.opened.emit(record)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and self._order_key(event.key()):
            return
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self._open(self.currentIndex())
            return
        if event.key() == Qt.Key.Key_Menu:
            self.menu_wanted.emit(self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft()))
            return
        text = event.text()
        if text.isprintable() and text.strip() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.typed.emit(text)
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters go to the filter box."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.records.total:
            self.select_row(max(0, self.rowAt(0)))

    def _order_key(self, key: int) -> bool:
        keys = [column.key for column in self.records.columns if column.sort is not None]
        if not keys:
            return False
        query = self.records.query
        at = keys.index(query.sort) if query.sort in keys else -1
        if key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            step = 1 if key == Qt.Key.Key_Right else -1
            at = (at + step) % len(keys) if at >= 0 else 0
            self.order_wanted.emit(Query(query.typed, query.chips, keys[at]))
        elif key in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.order_wanted.emit(Query(query.typed, query.chips, keys[max(0, at)], key == Qt.Key.Key_Down))
        else:
            return False
        return True

    @Slot(int)
    def _order_by(self, section: int) -> None:
        column = self.records.columns[section]
        if column.sort is not None:
            self.order_wanted.emit(sorted_by(self.records.query, column.key))

    def paintEvent(self, event: QPaintEvent) -> None:
        chosen = self.selectionModel().selectedRows()
        self._delegate.chosen_row = chosen[0].row() if chosen else -1
        self._delegate.has_focus = self.hasFocus()
        super().paintEvent(event)

    # Widths

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.share_width()

    def share_width(self) -> None:
        """Share the width among the columns by what stands in them; what has no room at all is hidden."""
        for number, width in enumerate(shared(self._ruler.wishes(), self.viewport().width())):
            self.setColumnHidden(number, width == 0)
            if width:
                self.setColumnWidth(number, width)

    def _measure(self) -> None:
        """Look at the rows of a new answer. Those that come later by scrolling must not move the columns."""
        here = [row for row in range(min(self.records.total, MOST_MEASURED)) if self.records.record(row) is not None]
        seen = (self.records.cells(row) for row in here)
        if self._ruler.take([cell.text for cell in cells] for cells in seen if cells is not None):
            self.share_width()
