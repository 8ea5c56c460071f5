"""A field of a form: its label, the editor of its kind, and what is to be said of it, below it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from console.i18n import _, plain
from console.i18n.typed import one_line, without_hidden_signs
from console.views.prose import Prose
from console.views.record_choice import ChoiceBox, TickList
from console.views.record_spec import (
    Attached,
    Choice,
    Day,
    Drawn,
    Field,
    Flag,
    Hidden,
    Hours,
    LongText,
    Moment,
    Number,
    Several,
)
from console.views.record_values import Raw, Reading, describe, echo, option_text, read, to_raw
from console.views.signature_pad import FilePicker, SignaturePad
from console.views.ui import Ui

LEAST_LINES: Final = 2
MOST_LINES: Final = 8
_NARROW: Final = 180


class FieldBox(QWidget):
    """One field. `changed` after every key; what is wrong is said when the field is left, or when the form says so."""

    changed = Signal()

    def __init__(self, ui: Ui, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self._ui = ui
        self._options: Mapping[Any, str] = {}
        self._stored: Any = None
        self.fixed = field.fixed
        """Only shown: by its nature, or because this record is settled."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.editor = self._make_editor()
        if isinstance(self.editor, QPlainTextEdit):
            self._grow()
        self._name = None if isinstance(field.kind, Flag) else self._make_name()
        self._hint = Prose(_(field.hint), role="hint") if field.hint else None
        if self._name is not None:
            column.addWidget(self._name)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.editor, 0 if self._is_narrow() else 1)
        self._echo = QLabel()
        self._echo.setProperty("role", "hint")
        self._echo.setWordWrap(True)
        row.addWidget(self._echo, 1)
        column.addLayout(row)
        self._echo.setVisible(self._is_narrow())
        if self._hint is not None:
            column.addWidget(self._hint)
        self._build_problem(column)
        self._show_fixed()
        self.setFocusProxy(self.editor)
        self.say("")

    # Building

    def _is_narrow(self) -> bool:
        return isinstance(self.field.kind, Number | Day | Moment)

    def _make_name(self) -> QLabel:
        name = QLabel()
        name.setProperty("role", "label")
        name.setTextFormat(Qt.TextFormat.RichText)
        name.setWordWrap(True)
        name.setBuddy(self.editor)
        self.editor.setAccessibleName(plain(_(self.field.label)))
        return name

    def set_fixed(self, *, fixed: bool) -> None:
        """Only show what is stored, or let it be written again; what is fixed by its nature stays so."""
        fixed = fixed or self.field.fixed
        if fixed is not self.fixed:
            self.fixed = fixed
            self._show_fixed()

    def _show_fixed(self) -> None:
        match self.editor:
            case ChoiceBox() | QLineEdit() | QPlainTextEdit():
                self.editor.setReadOnly(self.fixed)
            case TickList() | QCheckBox():
                self.editor.setEnabled(not self.fixed)
        if self._name is not None:
            wanted = self.field.required and not self.fixed
            star = f' <span style="color:{self._ui.theme.colours.warning}">*</span>' if wanted else ""
            self._name.setText(f"{plain(_(self.field.label))}{star}")
        if self._hint is not None:
            self._hint.setVisible(not self.fixed or self.field.fixed)

    def _make_editor(self) -> QWidget:
        match self.field.kind:
            case LongText():
                return self._make_lines()
            case Choice():
                box = ChoiceBox(self._ui.theme)
                box.textChanged.connect(self._tell)
                box.picked.connect(self._tell)
                box.installEventFilter(self)
                return box
            case Several():
                ticks = TickList()
                ticks.ticked.connect(self._tell)
                return ticks
            case Flag():
                tick = QCheckBox(plain(_(self.field.label)))
                tick.toggled.connect(self._tell)
                return tick
            case Drawn() | Attached():
                held = SignaturePad() if isinstance(self.field.kind, Drawn) else FilePicker()
                held.edited.connect(self._tell_content)
                return held
            case _:
                return self._make_line()

    def _make_line(self) -> QLineEdit:
        line = QLineEdit()
        kind = self.field.kind
        if isinstance(kind, Hidden):
            line.setEchoMode(QLineEdit.EchoMode.Password)
        if self._is_narrow():
            line.setFixedWidth(_NARROW)
        if isinstance(kind, Number) and kind.unit:
            line.setFixedWidth(_NARROW // 2 if not kind.decimals else _NARROW)
        if isinstance(kind, Hours):
            line.setPlaceholderText("18.00–06.00")
        line.textEdited.connect(self._keep_one_line)
        line.textChanged.connect(self._tell)
        line.installEventFilter(self)
        return line

    def _make_lines(self) -> QPlainTextEdit:
        lines = QPlainTextEdit()
        lines.setTabChangesFocus(True)
        lines.textChanged.connect(self._tell)
        lines.document().documentLayout().documentSizeChanged.connect(self._grow)
        lines.installEventFilter(self)
        return lines

    @Slot()
    def _grow(self) -> None:
        """Show the whole text as long as it is not too long."""
        lines = cast("QPlainTextEdit", self.editor)
        rows = int(lines.document().size().height())
        room = (
            lines.contentsMargins().top()
            + lines.contentsMargins().bottom()
            + 2 * int(lines.document().documentMargin())
        )
        height = max(LEAST_LINES, min(rows, MOST_LINES)) * lines.fontMetrics().lineSpacing() + room + 8
        if lines.height() != height:
            lines.setFixedHeight(height)

    def _build_problem(self, column: QVBoxLayout) -> None:
        self._problem = QWidget()
        grid = QGridLayout(self._problem)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        self._sign = QLabel()
        self._sign.setFixedSize(QSize(16, 21))
        self._said = QLabel()
        self._said.setWordWrap(True)
        self._clean = QPushButton(plain(_("Take them out")))
        self._clean.clicked.connect(self._take_hidden_signs_out)
        grid.addWidget(self._sign, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._said, 0, 1)
        grid.addWidget(self._clean, 1, 1, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._problem)

    # What stands in it

    def set_options(self, options: Mapping[Any, str]) -> None:
        """Offer these codes; a stored one that is no longer offered stays, in its own words."""
        stored = [self._stored] if isinstance(self.field.kind, Choice) and self._stored is not None else []
        if isinstance(self.field.kind, Several):
            stored = list(self._stored or ())
        gone = {code: option_text(code) for code in stored if code not in options}
        self._options = {**options, **gone}
        if isinstance(self.editor, ChoiceBox | TickList):
            before = self.raw()
            self.editor.set_options(self._options)
            if self.raw() != before:
                self.say("")

    def set_stored(self, value: Any) -> Raw:
        """Put the record's value in, and return how it stands there: what differs from it later was typed."""
        self._stored = value
        if isinstance(self.field.kind, Hidden) and isinstance(self.editor, QLineEdit):
            stored = _("stored") if self.fixed else _("stored – type to replace it")
            self.editor.setPlaceholderText(plain(stored) if value else "")
        raw = to_raw(self.field.kind, value)
        self.set_raw(raw)
        return raw

    def raw(self) -> Raw:
        match self.editor:
            case ChoiceBox() | TickList() | SignaturePad() | FilePicker():
                return self.editor.raw()
            case QCheckBox():
                return self.editor.isChecked()
            case QPlainTextEdit():
                return self.editor.toPlainText()
            case _:
                return cast("QLineEdit", self.editor).text()

    def set_raw(self, raw: Raw) -> None:
        match self.editor:
            case ChoiceBox() | SignaturePad() | FilePicker():
                self.editor.set_raw(str(raw))
            case TickList():
                self.editor.set_raw(tuple(raw) if isinstance(raw, tuple | list) else ())
            case QCheckBox():
                self.editor.setChecked(bool(raw))
            case QPlainTextEdit():
                self.editor.setPlainText(str(raw))
            case _:
                line = cast("QLineEdit", self.editor)
                line.setText(str(raw))
                line.setCursorPosition(0)

    def same(self, one: Raw | None, other: Raw) -> bool:
        """Whether two raws mean the same: a draft may have been typed in another language, or other digits."""
        if one is None or one == other:
            return one == other
        now = self._ui.clock.now()
        left, right = (read(self.field, raw, self._options, now) for raw in (one, other))
        return not left.problem and not right.problem and bool(left.value == right.value)

    def read(self) -> Reading:
        if self.fixed:
            return Reading(self._stored)
        return read(self.field, self.raw(), self._options, self._ui.clock.now())

    def describe(self, raw: Raw) -> str:
        """Return a raw of this field in words."""
        return describe(self.field, raw, self._options)

    @property
    def is_secret(self) -> bool:
        return isinstance(self.field.kind, Hidden | Drawn | Attached)

    # What is said of it

    def say(self, problem: str, *, doubt: bool = False, hidden_signs: bool = False) -> None:
        """Say a sentence below the field; nothing to say takes no room."""
        self._problem.setVisible(bool(problem))
        self._clean.setVisible(hidden_signs)
        self._said.setText(problem)
        colour = "warning" if doubt else "bad"
        self._said.setProperty("tone", colour if problem else "")
        self._said.style().polish(self._said)
        icon = self._ui.theme.pixmap("info" if doubt else "urgent", colour, 16, self.devicePixelRatioF())
        self._sign.setPixmap(icon)
        wrong = "true" if problem and not doubt else "false"
        if self.editor.property("wrong") != wrong:
            self.editor.setProperty("wrong", wrong)
            self.editor.style().polish(self.editor)

    @property
    def said(self) -> str:
        return "" if self._problem.isHidden() else self._said.text()

    def check(self, *, complete: bool) -> Reading:
        """Read the field and say what is wrong. Not `complete`: an empty field is not blamed yet."""
        reading = self.read()
        quiet = not complete and not self.raw()
        self.say("" if quiet else reading.problem, hidden_signs=reading.hidden_signs)
        return reading

    @Slot()
    def _tell(self) -> None:
        if self._is_narrow():
            reading = self.read()
            unit = self.field.kind.unit if isinstance(self.field.kind, Number) else ""
            self._echo.setText(_(unit) or echo(self.field, reading))
        self.say("")
        self.changed.emit()

    @Slot()
    def _tell_content(self) -> None:
        """What is wrong with a file is said at once: nobody types on in it."""
        self._tell()
        self.check(complete=False)

    @Slot(str)
    def _keep_one_line(self, text: str) -> None:
        """A pasted line end would stand in the field unseen."""
        line = cast("QLineEdit", self.editor)
        single = one_line(text)
        if single != text:
            at = line.cursorPosition() - len(text) + len(single)
            line.setText(single)
            line.setCursorPosition(max(0, at))

    @Slot()
    def _take_hidden_signs_out(self) -> None:
        self.set_raw(without_hidden_signs(str(self.raw())))
        self.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Left: say what is wrong. Enter in a line goes on to the next field, as people expect of a paper form."""
        if event.type() == QEvent.Type.FocusOut:
            self.check(complete=False)
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._goes_on(event):
            self.focusNextChild()
            return True
        return super().eventFilter(watched, event)

    def _goes_on(self, event: QKeyEvent) -> bool:
        entered = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers()
        choosing = isinstance(self.editor, ChoiceBox) and self.editor.is_choosing()
        return entered and not choosing and not isinstance(self.editor, QPlainTextEdit)
