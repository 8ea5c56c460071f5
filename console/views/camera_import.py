"""A file of cameras, in place of the list: choose it, see what is wrong with it, take all of it or the good lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from console.i18n import N_, _, plain
from console.i18n.errors import error_text, field_text
from console.kernel import ConsoleError
from console.services.camera_import import ImportProblem, ImportReport, Keep, Sheet, Watch, read_sheet
from console.services.station import Station
from console.views.record_keys import RecordAct, read_record_key
from console.views.record_strip import Strip
from console.views.theme import line_height
from console.views.ui import Ui

SHOWN_MS: Final = 100
_WIDTHS: Final = (80, 150, 180)
_HEADINGS: Final = (N_("Line"), N_("Column"), N_("In the file"), N_("What is wrong"))

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list of problems, in words. A doubt is taken all the same."""

    number: int
    column: str
    value: str
    text: str
    doubt: bool = False


def lines_of(report: ImportReport) -> list[Line]:
    """Return problems and doubts in words, in the order of the file."""

    def line(problem: ImportProblem, *, doubt: bool = False) -> Line:
        text = plain(field_text(problem.key, problem.params))
        return Line(problem.line, problem.column, problem.value, text, doubt)

    found = [line(problem) for problem in report.problems] + [line(each, doubt=True) for each in report.doubts]
    return sorted(found, key=lambda each: each.number)


class ProblemModel(QAbstractTableModel):
    """The problems of a file."""

    def __init__(self, ui: Ui, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = ui.theme
        self.lines: Sequence[Line] = ()

    def show(self, lines: Sequence[Line]) -> None:
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return plain(_(_HEADINGS[section]))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self.lines[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return (str(line.number), line.column, line.value, line.text)[index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return self._theme.icon("info" if line.doubt else "urgent", "warning" if line.doubt else "bad")
        return None


class ImportSheet(QFrame):
    """One file: read and checked as soon as it is chosen, registered when the button is pressed."""

    closed = Signal()
    _told = Signal(int, int)

    def __init__(self, ui: Ui, station: Station, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("importSheet")
        self._ui = ui
        self._station = station
        self._sheet: Sheet | None = None
        self._report: ImportReport | None = None
        self._watch: Watch | None = None
        self._closed = False
        self._far = 0, 0
        self.strip = Strip(ui.theme)
        self.problems = ProblemModel(ui, self)
        self._build()
        self._told.connect(self._remember, Qt.ConnectionType.QueuedConnection)
        self._shown = QTimer(self)
        self._shown.setInterval(SHOWN_MS)
        self._shown.timeout.connect(self._show_progress)
        self._show_choice(None)
        self._dress_running()

    # Building

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        inner = QVBoxLayout()
        inner.setContentsMargins(16, 12, 16, 12)
        inner.setSpacing(10)
        inner.addWidget(self._heading())
        inner.addLayout(self._chooser())
        inner.addWidget(self._table(), 100)
        inner.addWidget(self._choice())
        inner.addLayout(self._running())
        inner.addStretch(1)
        column.addLayout(inner, 1)
        column.addWidget(self.strip)
        column.addWidget(self._foot())
        self.setFocusProxy(self.path)

    def _heading(self) -> QWidget:
        head = QWidget()
        column = QVBoxLayout(head)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        title = QLabel(plain(_("Register cameras from a file")))
        title.setProperty("role", "title")
        told = QLabel(
            _(
                "CSV as a spreadsheet saves it, one camera a line. Needed columns: code, name, owner_type. Also read:"
                " place, owner (number in the register of owners) or owner_name, lat, lon, zone, connection, address,"
                " sub_address, user, password. Thai headings and the room's own words for kinds of owner are"
                " understood."
            )
        )
        told.setWordWrap(True)
        told.setProperty("role", "hint")
        column.addWidget(title)
        column.addWidget(told)
        return head

    def _chooser(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.path = QLineEdit()
        self.path.setPlaceholderText(plain(_("Where the file is, or choose it")))
        self.path.setAccessibleName(plain(_("File")))
        self.path.returnPressed.connect(self.check)
        self.path.textEdited.connect(self._forget)
        browse = QPushButton(plain(_("Choose…")))
        browse.clicked.connect(self._browse)
        self.check_button = QPushButton(plain(_("Check")))
        self.check_button.clicked.connect(self.check)
        row.addWidget(self.path, 1)
        row.addWidget(browse)
        row.addWidget(self.check_button)
        self._browse_button = browse
        return row

    def _table(self) -> QWidget:
        self.table = QTableView()
        self.table.setObjectName("problems")
        self.table.setModel(self.problems)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(line_height() + 10)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        for number, width in enumerate(_WIDTHS):
            self.table.setColumnWidth(number, width)
        header.setSectionResizeMode(len(_WIDTHS), QHeaderView.ResizeMode.Stretch)
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        return self.table

    def _choice(self) -> QWidget:
        """What is to be kept of a file that has bad lines."""
        self._keeping = QWidget()
        column = QVBoxLayout(self._keeping)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.found = QLabel()
        self.found.setWordWrap(True)
        column.addWidget(self.found)
        self._group = QButtonGroup(self)
        self.whole = QRadioButton(plain(_("All or nothing: nothing is registered while a line is wrong")))
        self.good = QRadioButton(plain(_("The good lines only: the wrong ones are left out")))
        for number, button in enumerate((self.whole, self.good)):
            self._group.addButton(button, number)
            column.addWidget(button)
            button.toggled.connect(self._dress)
        return self._keeping

    def _running(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.far = QLabel()
        self.far.setProperty("role", "hint")
        self.cancel_button = QPushButton(plain(_("Cancel")))
        self.cancel_button.clicked.connect(self.cancel)
        row.addWidget(self.bar, 1)
        row.addWidget(self.far)
        row.addWidget(self.cancel_button)
        return row

    def _foot(self) -> QWidget:
        foot = QFrame()
        foot.setObjectName("formFoot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(8)
        row.addStretch(1)
        self.close_button = QPushButton(f"{plain(_('Back to the list'))}  Esc")
        self.close_button.clicked.connect(self.leave)
        self.take_button = QPushButton()
        self.take_button.setProperty("primary", True)
        self.take_button.clicked.connect(self.take)
        row.addWidget(self.close_button)
        row.addWidget(self.take_button)
        return foot

    # The file

    @Slot()
    def _browse(self) -> None:
        dialog = QFileDialog(self, plain(_("Register cameras from a file")))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["CSV (*.csv *.txt)", f"{plain(_('All files'))} (*)"])
        dialog.fileSelected.connect(self.choose)
        dialog.open()

    @Slot(str)
    def choose(self, path: str) -> None:
        """Take a file and look at it."""
        self.path.setText(path)
        self.check()

    @Slot()
    def _forget(self) -> None:
        """Another path is being typed: what was found is of another file."""
        self._show_choice(None)

    @Slot()
    def check(self) -> None:
        """Read the file and go through it without registering anything."""
        typed = self.path.text().strip().strip('"')
        if not typed or self.running:
            return
        path = Path(typed).expanduser()
        imports, session = self._station.camera_import, self._ui.session
        watch = self._begin()

        def work() -> tuple[Sheet, ImportReport]:
            if not path.exists():
                raise ConsoleError("import.no_file", path=str(path))
            sheet = read_sheet(path)
            return sheet, imports.run(sheet, session, Keep.NOTHING, watch)

        self._ui.tasks.write(work, self._take_check, self._fail)

    def _take_check(self, found: tuple[Sheet, ImportReport]) -> None:
        self._end()
        if self._closed:
            return
        sheet, report = found
        if report.cancelled:
            self.strip.say(_("The check was cancelled."), passing=True)
            return
        self._sheet = sheet
        self._show_choice(report)
        (self.take_button if self.take_button.isEnabled() else self.table).setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def take(self) -> None:
        """Register what the choice says."""
        sheet, keep = self._sheet, Keep.GOOD if self.good.isChecked() else Keep.WHOLE
        if sheet is None or self.running or not self.take_button.isEnabled():
            return
        imports, session = self._station.camera_import, self._ui.session
        watch = self._begin()
        self._ui.tasks.write(lambda: imports.run(sheet, session, keep, watch), self._take_report, self._fail)

    def _take_report(self, report: ImportReport) -> None:
        self._end()
        if self._closed:
            return
        self._sheet = None
        self._show_choice(report)
        self.strip.say(report_text(report), "good" if report.registered and report.stopped is None else "warning")
        self.close_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fail(self, problem: ConsoleError) -> None:
        self._end()
        if not self._closed:
            self._show_choice(None)
            self.strip.say(error_text(problem), "bad")

    # What is shown

    def _show_choice(self, report: ImportReport | None) -> None:
        if report is None:
            self._sheet = None
        self._report = report
        self.problems.show([] if report is None else lines_of(report))
        self.table.setVisible(bool(self.problems.lines))
        self._keeping.setVisible(self._sheet is not None)
        self.found.setText("" if report is None else found_text(report))
        bad = report is not None and bool(report.problems)
        for button in (self.whole, self.good):
            button.setVisible(bad and self._sheet is not None)
        self.whole.setChecked(True)
        self._dress()

    @Slot()
    def _dress(self) -> None:
        """The verb says how many cameras it will register; it cannot be pressed while that is none."""
        report = self._report
        partly = self.good.isChecked()
        able = report is not None and report.good > 0 and (partly or not report.problems)
        self.take_button.setVisible(self._sheet is not None)
        self.take_button.setEnabled(able and not self.running)
        count = 0 if report is None else report.good
        self.take_button.setText(plain(_("Register {n} cameras", n=f"{count:,}")))

    @property
    def running(self) -> bool:
        return self._watch is not None

    def _begin(self) -> Watch:
        self.strip.close_strip()
        watch = self._watch = Watch(self._told.emit)
        self._far = 0, 0
        self.bar.setRange(0, 0)
        self._show_progress()
        self._shown.start()
        self._dress_running()
        return watch

    def _end(self) -> None:
        self._watch = None
        self._shown.stop()
        self._dress_running()

    def _dress_running(self) -> None:
        for part in (self.bar, self.far, self.cancel_button):
            part.setVisible(self.running)
        for control in (self.path, self._browse_button, self.check_button, self.whole, self.good):
            control.setEnabled(not self.running)
        self._dress()
        if self.running:
            self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int, int)
    def _remember(self, done: int, lines: int) -> None:
        self._far = done, lines

    @Slot()
    def _show_progress(self) -> None:
        done, lines = self._far
        self.bar.setRange(0, lines)
        self.bar.setValue(done)
        self.far.setText(plain(_("Line {n} of {all}", n=f"{done:,}", all=f"{lines:,}")) if lines else "")

    # Leaving

    @Slot()
    def cancel(self) -> None:
        """Stop what runs. What was registered before in batches stays, and is told."""
        if self._watch is not None:
            self._watch.cancel()

    @Slot()
    def leave(self) -> None:
        if self.running:
            self.cancel()
        else:
            self.closed.emit()

    def stop(self) -> None:
        self._closed = True
        self.cancel()
        self._shown.stop()
        self.strip.close_strip()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = read_record_key(event)
        if act is RecordAct.BACK:
            self.leave()
        elif act is RecordAct.SAVE:
            self.take()
        else:
            super().keyPressEvent(event)


def found_text(report: ImportReport) -> str:
    """Say what was found in a file."""
    bad = len({problem.line for problem in report.problems})
    parts = [_("{n} cameras in the file; {good} can be registered.", n=f"{report.lines:,}", good=f"{report.good:,}")]
    if bad:
        parts.append(_("Wrong lines: {n}.", n=f"{bad:,}"))
    if report.doubts:
        parts.append(_("Worth a second look: {n}.", n=f"{len(report.doubts):,}"))
    if report.ignored:
        parts.append(_("These columns are not known and were not read: {columns}.", columns=", ".join(report.ignored)))
    return " ".join(parts)


def report_text(report: ImportReport) -> str:
    """Say what was done with a file."""
    told = _("Cameras registered: {n}.", n=f"{report.registered:,}")
    if report.stopped is not None:
        return f"{told} {error_text(report.stopped)}"
    if report.cancelled:
        return f"{told} {_('The import was cancelled.')}"
    if report.registered:
        return f"{told} {_('No picture opens before their permissions are recorded.')}"
    return told
