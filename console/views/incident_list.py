"""The board: open incidents as cards, most urgent first, each with its growing age. Arrows choose, Enter opens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from console.i18n import _, plain
from console.i18n.labels import label
from console.services.incidents import IncidentLine
from console.views.incident_words import age_text, near_text, people_text, place_text, priority_mark, review_mark
from console.views.record_spec import Mark
from console.views.theme import font
from console.views.ui import Ui

CARD_HEIGHT: Final = 92
PAD: Final = 14
ICON: Final = 18
LINE: Final = 24
PRIORITY_WIDTH: Final = 118
SIGN: Final = ICON + 6
GAP: Final = 12
ROUNDING: Final = 2
NARROW: Final = 560
"""Narrower, a card gives up its column of signs."""

_LINE_ROLE: Final = Qt.ItemDataRole.UserRole

Index = QModelIndex | QPersistentModelIndex


class BoardModel(QAbstractListModel):
    """The cards, in the order in which they were given."""

    def __init__(self, ui: Ui, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self.lines: Sequence[IncidentLine] = ()

    def show(self, lines: Sequence[IncidentLine]) -> None:
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line = self.lines[index.row()]
        if role == _LINE_ROLE:
            return line
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return spoken(line, self._ui)
        return None


def spoken(line: IncidentLine, ui: Ui) -> str:
    """Return a card as one text: for screen readers and tests."""
    row = line.incident
    review = review_mark(row)
    parts = (
        priority_mark(row.priority).text,
        row.number,
        label(row.category),
        row.title,
        place_text(row),
        near_text(line.near),
        people_text(line),
        _("{n} entries", n=line.entries),
        _("open for {age}", age=age_text(row, ui.clock.now())),
        "" if review is None else review.text,
    )
    return plain(" · ".join(filter(None, parts)))


class BoardDelegate(QStyledItemDelegate):
    """A card of three lines: what, where and around it, who; urgency at the left, age and review at the right."""

    def __init__(self, ui: Ui, parent: QListView) -> None:
        super().__init__(parent)
        self._ui = ui
        self._theme = ui.theme
        self._view = parent
        self._plain = QFontMetrics(font())
        self._strong = QFontMetrics(font(bold=True))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(320, CARD_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line = index.data(_LINE_ROLE)
        rect = QRect(option.rect)
        self._ground(painter, rect, option.state)
        room = rect.adjusted(PAD, 10, -PAD, 0)
        if rect.width() < NARROW:
            self._narrow(painter, room, line)
        else:
            self._wide(painter, room, line)

    def _wide(self, painter: QPainter, room: QRect, line: IncidentLine) -> None:
        mark = priority_mark(line.incident.priority)
        self._mark(painter, QRect(room.left(), room.top(), PRIORITY_WIDTH, LINE), mark, strong=True)
        aged, reviewed = self._side(painter, room, line)
        room = room.adjusted(PRIORITY_WIDTH, 0, 0, 0)
        first = QRect(room.left(), room.top(), room.width(), LINE)
        used = self._number(painter, first, line)
        self._title(painter, first.adjusted(used, 0, -aged, 0), line)
        self._around(painter, first.translated(0, LINE), line, reviewed)

    def _narrow(self, painter: QPainter, room: QRect, line: IncidentLine) -> None:
        """Without room for a column of signs: sign, number and age above, what happened below them."""
        first = QRect(room.left(), room.top(), room.width(), LINE)
        mark = priority_mark(line.incident.priority)
        aged, reviewed = self._side(painter, room, line)
        signed = SIGN + self._strong.horizontalAdvance(mark.text) + GAP
        self._mark(painter, QRect(first.left(), first.top(), signed, LINE), mark, strong=True)
        self._number(painter, first.adjusted(signed, 0, -aged, 0), line)
        self._title(painter, first.translated(0, LINE).adjusted(0, 0, -reviewed, 0), line)
        where = f"{plain(place_text(line.incident))} · {plain(near_text(line.near))}"
        self._quiet(painter, first.translated(0, 2 * LINE), where)

    def _ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self._theme.colour("accent_quiet"))
            strong = "accent" if self._view.hasFocus() else "faint"
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), self._theme.colour(strong))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, self._theme.colour("hover"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, self._theme.colour("line"))

    def _number(self, painter: QPainter, where: QRect, line: IncidentLine) -> int:
        """Draw the number; return how much of the line it took."""
        self._quiet(painter, where, line.incident.number)
        return self._plain.horizontalAdvance(line.incident.number) + GAP

    def _title(self, painter: QPainter, where: QRect, line: IncidentLine) -> None:
        painter.setFont(font(bold=True))
        painter.setPen(self._theme.colour("text"))
        what = f"{plain(label(line.incident.category))} – {line.incident.title}"
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, _cut(self._strong, what, where.width()))

    def _around(self, painter: QPainter, where: QRect, line: IncidentLine, reviewed: int) -> None:
        self._quiet(painter, where.adjusted(0, 0, -reviewed, 0), plain(place_text(line.incident)))
        around = " · ".join((near_text(line.near), people_text(line), _("{n} entries", n=line.entries)))
        self._quiet(painter, where.translated(0, LINE), plain(around))

    def _quiet(self, painter: QPainter, where: QRect, text: str) -> None:
        painter.setFont(font())
        painter.setPen(self._theme.colour("muted"))
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, _cut(self._plain, text, where.width()))

    def _side(self, painter: QPainter, room: QRect, line: IncidentLine) -> tuple[int, int]:
        """Draw the age and what waits for review at the right; return the width that each took."""
        painter.setFont(font())
        painter.setPen(self._theme.colour("text"))
        age = plain(_("open for {age}", age=age_text(line.incident, self._ui.clock.now())))
        where = QRect(room.left(), room.top(), room.width(), LINE)
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, age)
        mark, width = review_mark(line.incident), 0
        if mark is not None:
            width = SIGN + self._plain.horizontalAdvance(mark.text) + ROUNDING
            self._mark(painter, QRect(where.right() - width + 1, where.top() + LINE, width, LINE), mark)
        return self._plain.horizontalAdvance(age) + GAP, width + GAP if width else 0

    def _mark(self, painter: QPainter, where: QRect, mark: Mark, *, strong: bool = False) -> None:
        ratio = painter.device().devicePixelRatio()
        icon = self._theme.pixmap(mark.icon, mark.colour, ICON, ratio)
        painter.drawPixmap(where.left(), where.top() + (LINE - ICON) // 2, icon)
        painter.setFont(font(bold=strong))
        painter.setPen(self._theme.colour(mark.colour))
        rest = where.adjusted(SIGN, 0, 0, 0)
        metrics = self._strong if strong else self._plain
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, _cut(metrics, mark.text, rest.width()))


class BoardList(QListView):
    """The cards. The choice follows the incident when the order changes."""

    chosen = Signal(str)
    """The chosen incident's id; empty if there is none any more."""
    opened = Signal(str)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("board")
        self.cards = BoardModel(ui, self)
        self.setModel(self.cards)
        self.setItemDelegate(BoardDelegate(ui, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(plain(_("Open incidents")))
        self.doubleClicked.connect(self._open)
        self._chosen = ""

    def show_lines(self, lines: Sequence[IncidentLine]) -> None:
        """Show these cards; the chosen incident stays chosen as long as it is among them."""
        kept = self._chosen
        self.cards.show(lines)
        if kept:
            self.choose(kept)

    def choose(self, incident_id: str) -> None:
        """Choose an incident; the choice is empty if it is not on the board."""
        at = next((number for number, line in enumerate(self.cards.lines) if line.id == incident_id), None)
        if at is None:
            self._chosen = ""
            self.clearSelection()
        else:
            self._chosen = incident_id
            self.setCurrentIndex(self.cards.index(at))

    def chosen_line(self) -> IncidentLine | None:
        line: IncidentLine | None = self.currentIndex().data(_LINE_ROLE)
        return line

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        line = current.data(_LINE_ROLE)
        chosen = "" if line is None else str(line.id)
        if chosen and chosen != self._chosen:
            self._chosen = chosen
            self.chosen.emit(chosen)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        line = index.data(_LINE_ROLE)
        if line is not None:
            self.opened.emit(line.id)


def _cut(metrics: QFontMetrics, text: str, width: int) -> str:
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, width))
