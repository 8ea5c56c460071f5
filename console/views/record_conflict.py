"""Two people changed one record: both versions side by side, field by field, and the officer decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from console.i18n import _, plain
from console.i18n.dates import format_date_time
from console.kernel import ConsoleError
from console.services.station import Station
from console.views.record_fields import FieldBox
from console.views.record_keys import RecordAct, read_record_key
from console.views.record_spec import Field, FormSpec, Row
from console.views.record_values import Raw, to_raw

_MINE = 0
_THEIRS = 1


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that both changed, and differently."""

    name: str
    mine: Raw
    theirs: Raw


@dataclass(frozen=True)
class Meeting(Generic[Row]):
    """The record as it is stored now, where it clashes with what was typed, and what else the other one changed."""

    row: Row
    clashes: Sequence[Clash]
    others: Sequence[tuple[str, Raw]] = ()
    by: str = ""
    """Who changed it and when, in words, if the journal tells."""


@dataclass(frozen=True)
class Sides(Generic[Row]):
    """What the form knows of a record that was changed elsewhere: where its fields began, and what was typed."""

    spec: FormSpec[Row]
    fields: Mapping[str, Field]
    base: Mapping[str, Raw]
    mine: Mapping[str, Raw]


def meet(sides: Sides[Row], row: Row | None, by: str) -> Meeting[Row]:
    """Compare what was typed with the record as it is now; raises `not_found` if it is gone."""
    if row is None:
        raise ConsoleError("not_found")
    stored = sides.spec.stored(row)
    now = {name: to_raw(field.kind, stored.get(name)) for name, field in sides.fields.items()}
    changed = {name: raw for name, raw in now.items() if raw != sides.base.get(name)}
    clashes = [Clash(name, raw, now[name]) for name, raw in sides.mine.items() if changed.get(name, raw) != raw]
    others = [(name, raw) for name, raw in changed.items() if name not in sides.mine]
    return Meeting(row, clashes, others, by)


def changed_by(station: Station, kind: str, record_id: str) -> str:
    """Return who changed a record last and when, in words; on a reader's thread."""
    lines = station.history.of(kind, record_id)
    if not lines:
        return ""
    return f"{lines[0].who} ({format_date_time(lines[0].at)})"


class ConflictPanel(QFrame):
    """Asks for each field which of the two shall stand."""

    decided = Signal(object)
    """Field → the chosen raw."""
    left = Signal()

    def __init__(self, boxes: Mapping[str, FieldBox], meeting: Meeting[Row], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("conflict")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.meeting = meeting
        self._boxes = boxes
        self._groups: dict[str, QButtonGroup] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._body())
        column.addWidget(area, 1)
        column.addWidget(self._foot())
        first = next(iter(self._groups.values()), None)
        if first is not None:
            self.setFocusProxy(first.button(_MINE))

    def _body(self) -> QWidget:
        body = QWidget()
        body.setObjectName("formBody")
        grid = QGridLayout(body)
        grid.setContentsMargins(16, 12, 16, 16)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        who = self.meeting.by or _("Somebody else")
        head = QLabel(_("{who} changed this record while you were writing. Choose what shall stand.", who=who))
        head.setTextFormat(Qt.TextFormat.PlainText)
        head.setWordWrap(True)
        grid.addWidget(head, 0, 0, 1, 2)
        for clash in self.meeting.clashes:
            self._add_clash(grid, clash)
        if self.meeting.others:
            self._add_others(grid)
        grid.setRowStretch(grid.rowCount(), 1)
        return body

    def _add_clash(self, grid: QGridLayout, clash: Clash) -> None:
        row = grid.rowCount()
        box = self._boxes[clash.name]
        name = QLabel(plain(_(box.field.label)))
        name.setProperty("role", "section")
        grid.addWidget(name, row, 0, 1, 2)
        group = self._groups[clash.name] = QButtonGroup(self)
        sides = ((_MINE, _("What you typed"), clash.mine), (_THEIRS, _("What is stored now"), clash.theirs))
        for side, title, raw in sides:
            button = QRadioButton(plain(title))
            group.addButton(button, side)
            grid.addWidget(_version(button, box.describe(raw)), row + 1, side)

    def _add_others(self, grid: QGridLayout) -> None:
        row = grid.rowCount()
        head = QLabel(_("Also changed meanwhile; this stays:"))
        head.setProperty("role", "hint")
        head.setWordWrap(True)
        grid.addWidget(head, row, 0, 1, 2)
        for number, (name, raw) in enumerate(self.meeting.others, start=row + 1):
            box = self._boxes[name]
            line = QLabel(f"{plain(_(box.field.label))}: {box.describe(raw)}")
            line.setTextFormat(Qt.TextFormat.PlainText)
            line.setWordWrap(True)
            grid.addWidget(line, number, 0, 1, 2)

    def _foot(self) -> QWidget:
        foot = QFrame()
        foot.setObjectName("formFoot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(8)
        self._missing = QLabel()
        self._missing.setProperty("tone", "bad")
        self._missing.setWordWrap(True)
        row.addWidget(self._missing, 1)
        back = QPushButton(f"{plain(_('Back'))}  Esc")
        back.clicked.connect(self.left)
        save = QPushButton(f"{plain(_('Save'))}  Ctrl+S")
        save.setProperty("primary", True)
        save.clicked.connect(self.decide)
        row.addWidget(back)
        row.addWidget(save)
        return foot

    def choose(self, name: str, *, mine: bool) -> None:
        self._groups[name].button(_MINE if mine else _THEIRS).setChecked(True)

    @Slot()
    def decide(self) -> None:
        """Give back what was chosen, once every field is decided."""
        open_groups = [group for group in self._groups.values() if group.checkedId() < 0]
        if open_groups:
            self._missing.setText(_("Choose for each field."))
            open_groups[0].button(_MINE).setFocus()
            return
        chosen = {
            clash.name: clash.mine if self._groups[clash.name].checkedId() == _MINE else clash.theirs
            for clash in self.meeting.clashes
        }
        self.decided.emit(chosen)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = read_record_key(event)
        if act is RecordAct.SAVE:
            self.decide()
        elif act is RecordAct.BACK:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def _version(button: QRadioButton, text: str) -> QFrame:
    frame = QFrame()
    frame.setObjectName("version")
    column = QVBoxLayout(frame)
    column.setContentsMargins(10, 6, 10, 8)
    column.setSpacing(4)
    value = QLabel(text)
    value.setTextFormat(Qt.TextFormat.PlainText)
    value.setWordWrap(True)
    column.addWidget(button)
    column.addWidget(value, 1, Qt.AlignmentFlag.AlignTop)
    return frame
