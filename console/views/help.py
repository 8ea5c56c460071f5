"""F1: every key, from the tables that the keys themselves are read by. Those of the page in front stand first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from console.i18n import N_, _, plain
from console.views.wall_keys import TABLE, Act
from console.views.wall_sheets import Sheet
from console.views.window_keys import ANYWHERE, LISTS

_MARGIN: Final = 24
MOST_COLUMNS: Final = 3
"""One less where the window is too narrow for so many."""
_JOINTS: Final = frozenset({"–"})
_TOLD_ONCE: Final = frozenset({Act.HELP, Act.FULL_SCREEN, Act.VISITORS})
"""Keys of the wall that count anywhere; they stand in that group."""


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    lines: tuple[tuple[tuple[str, ...], str], ...]


def sections(*, on_wall: bool) -> list[Section]:
    """Return the groups of the help page in the order in which they matter where the officer is."""
    wall = [
        Section(name, tuple((line.keys, line.meaning) for line in lines if line.act not in _TOLD_ONCE))
        for name, lines in groupby(TABLE, key=lambda line: line.group)
    ]
    lists = Section(N_("Lists and forms"), tuple((line.keys, line.meaning) for line in LISTS))
    anywhere = Section(N_("Anywhere in the window"), tuple((line.keys, line.meaning) for line in ANYWHERE))
    return [*wall, anywhere, lists] if on_wall else [lists, anywhere, *wall]


class HelpSheet(Sheet):
    """The table of keys over the window; the wall plays on below. Arrows and PgUp/PgDn scroll where room is short."""

    def __init__(self, parent: QWidget, *, on_wall: bool) -> None:
        super().__init__(parent, Act.HELP)
        title = QLabel(plain(_("Keys")))
        title.setProperty("role", "title")
        self.column.addWidget(title)
        self._area = QScrollArea(self)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        widest = parent.width() - 4 * _MARGIN
        groups = sections(on_wall=on_wall)
        columns = MOST_COLUMNS
        body = self._set_body(groups, columns)
        bar = self._area.verticalScrollBar().sizeHint().width()
        while columns > 1 and body.sizeHint().width() + bar > widest:
            columns -= 1
            body = self._set_body(groups, columns)
        self.column.addWidget(self._area, 1)
        note = QLabel(plain(_("Keys count by their place on the keyboard, also while typing Thai.")))
        note.setProperty("role", "section")
        self.column.addWidget(note)
        wanted = body.sizeHint()
        self._area.setMinimumWidth(min(wanted.width() + bar, widest))
        self._area.setMinimumHeight(min(wanted.height(), parent.height() - 8 * _MARGIN))

    def _set_body(self, groups: Sequence[Section], columns: int) -> QWidget:
        """Draw the groups and give them their look at once: only then their size is true."""
        body = QWidget()
        body.setObjectName("sheetBody")
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 12, 0)
        row.setSpacing(28)
        for column in _columns(groups, columns):
            row.addLayout(_drawn(column))
        self._area.setWidget(body)
        for part in body.findChildren(QWidget):
            part.ensurePolished()
        row.activate()
        return body

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self._area.verticalScrollBar()
        steps = {
            Qt.Key.Key_Down: bar.singleStep(),
            Qt.Key.Key_Up: -bar.singleStep(),
            Qt.Key.Key_PageDown: bar.pageStep(),
            Qt.Key.Key_PageUp: -bar.pageStep(),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            bar.setValue(bar.value() + step)


def _columns(groups: Sequence[Section], count: int) -> list[list[Section]]:
    """Share the groups out so that the columns are about equally long, without tearing a group apart."""
    lines = sum(len(group.lines) + 1 for group in groups)
    made: list[list[Section]] = [[]]
    filled = 0
    for group in groups:
        size = len(group.lines) + 1
        if made[-1] and len(made) < count and filled + size / 2 > lines / count * len(made):
            made.append([])
        made[-1].append(group)
        filled += size
    return made


def _drawn(groups: Sequence[Section]) -> QVBoxLayout:
    column = QVBoxLayout()
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(5)
    row = 0
    for group in groups:
        head = QLabel(plain(_(group.name)))
        head.setProperty("role", "section")
        grid.addWidget(head, row, 0, 1, 2)
        for keys, meaning in group.lines:
            row += 1
            grid.addWidget(_caps(keys), row, 0)
            grid.addWidget(QLabel(plain(_(meaning))), row, 1)
        row += 1
    column.addLayout(grid)
    column.addStretch(1)
    return column


def _caps(keys: Sequence[str]) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    for key in keys:
        cap = QLabel(key)
        cap.setProperty("role", "section" if key in _JOINTS else "key")
        row.addWidget(cap)
    row.addStretch(1)
    return box
