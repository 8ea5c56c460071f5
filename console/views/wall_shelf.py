"""The right half of the list of layouts: walls under a name and tours, to open, keep, rename, replace and delete."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from console.i18n import N_, _, plain
from console.i18n.errors import error_text, field_text
from console.kernel import ConsoleError, Invalid
from console.services.commands import Command, build
from console.services.named_walls import (
    DWELL_S,
    LONGEST_DWELL_S,
    SHORTEST_DWELL_S,
    STATION,
    ChangeTour,
    KeepTour,
    KeepWall,
    NamedWallRow,
    RenameWall,
    TourRow,
)
from console.views.wall_layout_list import ChoiceButton, layout_icon
from console.views.wall_layouts import layout_named
from console.views.wall_named import Said, WallShelf
from console.views.wall_tours import Tours

WIDTH: Final = 380
ROWS_HEIGHT: Final = 150
SMALL: Final = QSize(28, 16)
FRAME: Final = 24
"""What a tool button leaves free around its icon and text."""
GAP: Final = "\u2002"
"""Qt puts the text of a tool button hard beside its icon."""

Row = NamedWallRow | TourRow


class Mode(Enum):
    """What the name at the foot is for."""

    SAVE = auto()
    RENAME = auto()
    TOUR = auto()


class RowButton(ChoiceButton):
    """A row's button: where it is short of room its name is cut, never what stands behind the name."""

    def __init__(self, name: str, rest: str) -> None:
        super().__init__()
        self._name, self._rest = plain(name), plain(rest)
        self.setText(GAP + self._name + self._rest)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        metrics = self.fontMetrics()
        room = self.width() - self.iconSize().width() - metrics.horizontalAdvance(GAP + self._rest) - FRAME
        self.setText(GAP + metrics.elidedText(self._name, Qt.TextElideMode.ElideRight, max(0, room)) + self._rest)


class RowsArea(QScrollArea):
    """Leaves the arrow keys to the sheet, which goes from row to row."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()


class ShelfPanel(QWidget):
    """Rows above, one form at the foot. For a tour, the walls are chosen in the order of their turn."""

    done = Signal()
    """A wall was opened or a tour started: the sheet has done its work."""

    def __init__(self, shelf: WallShelf, tours: Tours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shelf, self._tours = shelf, tours
        self._theme = shelf.board.ui.theme
        self.mode = Mode.SAVE
        self._of: Row | None = None
        self._picked: list[str] = []
        self._undo: Command | None = None
        self.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(3)
        self._body = QWidget()
        self._body.setObjectName("sheetBody")
        self._body.setLayout(self._rows)
        self._area = area = RowsArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setMinimumHeight(ROWS_HEIGHT)
        area.setWidget(self._body)
        column.addWidget(area, 1)
        column.addWidget(self._strip())
        column.addWidget(self._form())
        shelf.changed.connect(self.refresh)
        shelf.said.connect(self._say)
        shelf.refused.connect(self._refuse)
        tours.changed.connect(self._mark_running)
        self.set_mode(Mode.SAVE)

    def reveal(self, widget: QWidget) -> None:
        """Bring a row into sight that the keyboard has reached."""
        if self._area.isAncestorOf(widget):
            self._area.ensureWidgetVisible(widget)

    # What is there

    @Slot()
    def refresh(self) -> None:
        """Show the rows anew; what was being typed stays, and the keyboard with its row."""
        held = self._body.focusWidget()
        held_row = None if held is None else held.property("row")
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.setParent(None)
                widget.deleteLater()
        found = self._shelf.found
        self._head(_("Choose the walls in their order") if self.mode is Mode.TOUR else _("Named walls"))
        for wall in found.walls:
            self._add(self._wall_row(wall))
        if not found.walls:
            self._hint(_("Arrange the wall, then save it here under a name."))
        if self.mode is not Mode.TOUR and found.walls:
            self._head(_("Tours"))
            for tour in found.tours:
                self._add(self._tour_row(tour))
            self._add(self._button(_("New tour…"), "plus", self._new_tour))
        self._rows.addStretch(1)
        self._show_form()
        if held_row is not None and self.isVisible():
            self._focus_row(held_row.id)

    def _add(self, widget: QWidget) -> None:
        self._rows.addWidget(widget)
        # At once, not when the layout finds time: the keyboard may be given to it now.
        widget.show()

    def _wall_row(self, wall: NamedWallRow) -> QWidget:
        turn = f"{self._picked.index(wall.id) + 1}.  " if self.mode is Mode.TOUR and wall.id in self._picked else ""
        choice = self._choice(turn + wall.name, f"  ·  {wall.layout}" + self._of_station(wall), wall)
        layout = layout_named(wall.layout)
        if layout is not None:
            choice.setIcon(layout_icon(self._theme, layout, self.devicePixelRatioF()))
            choice.setIconSize(SMALL)
        if self.mode is Mode.TOUR:
            choice.setCheckable(True)
            choice.setChecked(wall.id in self._picked)
            choice.clicked.connect(self._pick)
            return choice
        choice.clicked.connect(self._open)
        tools = [("check", N_("Replace by the present wall"), self._replace), ("note", N_("Rename"), self._rename)]
        return self._line(choice, wall, [*tools, ("close", N_("Delete"), self._delete)])

    def _tour_row(self, tour: TourRow) -> QWidget:
        pages = len(self._shelf.pages(tour))
        rest = _("{n} walls, {s} s each", n=pages, s=tour.dwell_s) + self._of_station(tour)
        choice = self._choice(tour.name, f"  ·  {rest}", tour)
        choice.setCheckable(True)
        running = self._tours.running
        choice.setChecked(running is not None and running.id == tour.id)
        choice.setIcon(self._theme.icon("tour", "text"))
        choice.clicked.connect(self._start)
        return self._line(
            choice, tour, [("note", N_("Change"), self._change_tour), ("close", N_("Delete"), self._delete)]
        )

    @staticmethod
    def _of_station(row: Row) -> str:
        return f"  ·  {_('station')}" if row.person_id == STATION else ""

    def _choice(self, name: str, rest: str, row: Row) -> ChoiceButton:
        choice = RowButton(name, rest)
        choice.setObjectName("tool")
        choice.setAccessibleName(plain(name + rest))
        choice.setToolTip(plain(name + rest))
        choice.setProperty("row", row)
        choice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        choice.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return choice

    def _line(self, choice: ChoiceButton, row: Row, tools: list[tuple[str, str, object]]) -> QWidget:
        line = QWidget()
        across = QHBoxLayout(line)
        across.setContentsMargins(0, 0, 6, 0)
        across.setSpacing(3)
        across.addWidget(choice, 1)
        for icon, tip, act in tools if self._shelf.may_change(row) else []:
            button = ChoiceButton()
            button.setObjectName("tool")
            button.setIcon(self._theme.icon(icon, "text"))
            button.setIconSize(QSize(16, 16))
            button.setToolTip(plain(_(tip)))
            button.setAccessibleName(plain(f"{_(tip)}: {row.name}"))
            button.setProperty("row", row)
            button.clicked.connect(act)
            across.addWidget(button)
        return line

    def _head(self, text: str) -> None:
        label = QLabel(plain(text))
        label.setProperty("role", "section")
        self._add(label)

    def _hint(self, text: str) -> None:
        label = QLabel(plain(text))
        label.setWordWrap(True)
        label.setProperty("role", "hint")
        self._add(label)

    def _button(self, text: str, icon: str, act: object) -> ChoiceButton:
        button = ChoiceButton()
        button.setObjectName("tool")
        button.setText(plain(text))
        button.setIcon(self._theme.icon(icon, "text"))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(act)
        return button

    # What is done with a row

    def _row(self) -> Row:
        row: Row = self.sender().property("row")
        return row

    @Slot()
    def _open(self) -> None:
        row = self._row()
        if isinstance(row, NamedWallRow):
            self.done.emit()
            self._shelf.open(row)

    @Slot()
    def _start(self) -> None:
        row = self._row()
        if isinstance(row, TourRow):
            self.done.emit()
            if self._tours.running == row:
                self._tours.stop()
            else:
                self._tours.start(row)

    @Slot()
    def _replace(self) -> None:
        row = self._row()
        if isinstance(row, NamedWallRow):
            self._shelf.replace(row)

    @Slot()
    def _delete(self) -> None:
        self._shelf.delete(self._row())

    @Slot()
    def _rename(self) -> None:
        self.set_mode(Mode.RENAME, self._row())

    @Slot()
    def _new_tour(self) -> None:
        self.set_mode(Mode.TOUR)

    @Slot()
    def _change_tour(self) -> None:
        self.set_mode(Mode.TOUR, self._row())

    @Slot()
    def _pick(self) -> None:
        wall_id = self._row().id
        if wall_id in self._picked:
            self._picked.remove(wall_id)
        else:
            self._picked.append(wall_id)
        self.refresh()
        self._focus_row(wall_id)

    def _focus_row(self, row_id: str) -> None:
        for button in self._body.findChildren(ChoiceButton):
            row = button.property("row")
            if row is not None and row.id == row_id:
                button.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    @Slot()
    def _mark_running(self) -> None:
        """A tour tells each second where it is; the rows say only which one runs."""
        running = self._tours.running
        for button in self._body.findChildren(ChoiceButton):
            row = button.property("row")
            if isinstance(row, TourRow) and button.isCheckable():
                button.setChecked(running is not None and running.id == row.id)

    # The form at the foot

    @property
    def form_parts(self) -> tuple[QWidget, ...]:
        """What the keyboard goes through in it, in this order."""
        return self.name, self.dwell, self.station, self._cancel, self.go

    def _form(self) -> QWidget:
        form = QWidget()
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.name = QLineEdit()
        self.name.setMaxLength(200)
        self.name.returnPressed.connect(self.submit)
        self.name.textEdited.connect(self._clear_problem)
        self.problem = QLabel()
        self.problem.setProperty("role", "problem")
        self.problem.setWordWrap(True)
        self.station = QCheckBox(plain(_("For the whole station")))
        self.dwell = QSpinBox()
        self.dwell.setRange(SHORTEST_DWELL_S, LONGEST_DWELL_S)
        self.dwell.lineEdit().returnPressed.connect(self.submit)
        self._dwell_label = QLabel(plain(_("Seconds a wall")))
        self.go = QPushButton()
        self.go.clicked.connect(self.submit)
        self._cancel = QPushButton(plain(_("Cancel")))
        self._cancel.clicked.connect(self._back)
        column.addWidget(self.name)
        column.addWidget(self.problem)
        across = QHBoxLayout()
        across.addWidget(self._dwell_label)
        across.addWidget(self.dwell)
        across.addWidget(self.station)
        across.addStretch(1)
        column.addLayout(across)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self.go)
        column.addLayout(buttons)
        return form

    def set_mode(self, mode: Mode, of: Row | None = None) -> None:
        """Begin to keep the present wall, to rename a wall, or to put a tour together."""
        self.mode, self._of = mode, of
        self.name.setText("" if of is None else of.name)
        self.dwell.setValue(of.dwell_s if isinstance(of, TourRow) else DWELL_S)
        known = {wall.id for wall in self._shelf.found.walls}
        self._picked = [wall_id for wall_id in of.walls if wall_id in known] if isinstance(of, TourRow) else []
        self.station.setChecked(False)
        self._clear_problem()
        self.refresh()
        if mode is not Mode.SAVE:
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)
            self.name.selectAll()

    def _show_form(self) -> None:
        tour = self.mode is Mode.TOUR
        self._dwell_label.setVisible(tour)
        self.dwell.setVisible(tour)
        self.station.setVisible(self._of is None and self._shelf.may_change_stations())
        self._cancel.setVisible(self.mode is not Mode.SAVE)
        texts = {
            Mode.SAVE: (_("Name for the present wall"), _("Save this wall")),
            Mode.RENAME: (_("New name"), _("Rename")),
            Mode.TOUR: (_("Name of the tour"), _("Save the tour")),
        }
        name, verb = texts[self.mode]
        self.name.setPlaceholderText(plain(name))
        self.name.setAccessibleName(plain(name))
        self.go.setText(plain(verb))

    @Slot()
    def submit(self) -> None:
        """Do what the form is for; what is wrong is said at the name."""
        try:
            command = self._command()
        except Invalid as wrong:
            self._refuse(wrong)
            return
        said = {
            Mode.SAVE: _("Saved as “{name}”.", name=self.name.text().strip()),
            Mode.RENAME: _("Renamed to “{name}”.", name=self.name.text().strip()),
            Mode.TOUR: _("The tour “{name}” was saved.", name=self.name.text().strip()),
        }
        self._shelf.keep(command, Said(said[self.mode]))

    def _command(self) -> Command:
        name, of = self.name.text(), self._of
        if self.mode is Mode.TOUR:
            walls, dwell_s = tuple(self._picked), self.dwell.value()
            if isinstance(of, TourRow):
                return build(ChangeTour, tour_id=of.id, version=of.version, name=name, walls=walls, dwell_s=dwell_s)
            return build(KeepTour, name=name, walls=walls, dwell_s=dwell_s, station=self.station.isChecked())
        if of is not None:
            return build(RenameWall, wall_id=of.id, version=of.version, name=name)
        layout, cells = self._shelf.present()
        return build(KeepWall, name=name, layout=layout.key, cells=cells, station=self.station.isChecked())

    @Slot(object)
    def _refuse(self, problem: ConsoleError) -> None:
        fields = problem.fields if isinstance(problem, Invalid) else {}
        text = "\n".join(field_text(key) for key in fields.values()) or error_text(problem)
        self.problem.setText(plain(text))
        self.problem.show()
        (self.name if "name" in fields or not fields else self.go).setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _clear_problem(self) -> None:
        self.problem.clear()
        self.problem.hide()

    @Slot()
    def _back(self) -> None:
        self.set_mode(Mode.SAVE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves what was begun before it closes the sheet."""
        if event.key() == Qt.Key.Key_Escape and self.mode is not Mode.SAVE:
            self._back()
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    # What was done

    def _strip(self) -> QWidget:
        strip = QWidget()
        across = QHBoxLayout(strip)
        across.setContentsMargins(0, 0, 6, 0)
        self.told = QLabel()
        self.told.setWordWrap(True)
        across.addWidget(self.told, 1)
        self.undo = QPushButton(plain(_("Undo")))
        self.undo.clicked.connect(self._take_back)
        across.addWidget(self.undo)
        self._told_strip = strip
        strip.hide()
        return strip

    @Slot(object)
    def _say(self, said: Said) -> None:
        self._undo = said.undo
        self.told.setText(plain(said.text))
        self.undo.setVisible(said.undo is not None)
        self._told_strip.show()
        self.set_mode(Mode.SAVE)
        if said.undo is not None:
            self.undo.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _take_back(self) -> None:
        if self._undo is not None:
            self._shelf.keep(self._undo, Said(_("Taken back.")))

    def begin(self) -> None:
        """The sheet opens: nothing is begun and nothing said yet."""
        self._told_strip.hide()
        self.set_mode(Mode.SAVE)
