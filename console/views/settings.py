"""Settings: every one with its value, where it came from, and who changes it where. Made from the typed settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from console.i18n import _, plain
from console.i18n.errors import error_text
from console.i18n.labels import roles_with
from console.i18n.setting_words import PART_WORDS, PARTS, WORDS, value_text
from console.kernel import ConsoleError, EndReason
from console.services.preferences import COMMANDS, Setting
from console.services.station import Station
from console.settings import Settings
from console.views.page import Page
from console.views.record_form import RecordForm
from console.views.record_keys import RecordAct, read_record_key
from console.views.record_strip import Strip
from console.views.setting_forms import SettingsPart, part_form, parts, reset_command, told_source
from console.views.ui import Ui

KIND: Final = "settings"
_LIST_WIDTH: Final = 220
_FORM_WIDTH: Final = 660
_INDENT: Final = 16
"""As the fields of a form stand."""


def page(ui: Ui, station: Station, apply: Callable[[Settings], None]) -> Page:
    """Return the page; `apply` takes up what is felt at once."""
    made = SettingsPage(ui, station)
    made.applied.connect(apply)
    return made


class SettingsPage(Page):
    """Parts at the left; at the right the form of one, or its values where it is changed elsewhere."""

    applied = Signal(object)
    """The settings after a change."""

    def __init__(self, ui: Ui, station: Station, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self._station = station
        self.list = QListWidget()
        self.list.setObjectName("parts")
        self.list.setFixedWidth(_LIST_WIDTH)
        self.list.setAccessibleName(plain(_("Settings")))
        self.strip = Strip(ui.theme)
        self._stack = QStackedWidget()
        self.panels: dict[str, PartPanel] = {}
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.strip)
        right.addWidget(self._stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.list)
        row.addLayout(right, 1)
        for part in parts(station.preferences.table()):
            item = QListWidgetItem(plain(_(PARTS[part.id])))
            item.setData(Qt.ItemDataRole.UserRole, part.id)
            self.list.addItem(item)
            self._add(part)
        self.list.currentItemChanged.connect(self._show_part)
        self.list.itemActivated.connect(self._enter)

    def start(self) -> None:
        for panel in self.panels.values():
            panel.start()
        self.list.setCurrentRow(0)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        del reason
        self.strip.close_strip()
        for panel in self.panels.values():
            panel.stop()

    def go_to(self, target: object) -> None:
        """Show the part whose name is given."""
        for number in range(self.list.count()):
            if self.list.item(number).data(Qt.ItemDataRole.UserRole) == target:
                self.list.setCurrentRow(number)

    def _add(self, part: SettingsPart) -> PartPanel:
        kind = COMMANDS.get(part.id)
        may = kind is not None and self._station.dispatcher.may(kind, self._ui.session)
        panel = FormPanel(self._ui, self._station, part) if may else ValuesPanel(part)
        panel.changed.connect(self._changed)
        panel.said.connect(self._say)
        panel.left.connect(self.list.setFocus)
        before = self.panels.get(part.id)
        self._stack.insertWidget(self._stack.count() if before is None else self._stack.indexOf(before), panel)
        self.panels[part.id] = panel
        return panel

    @Slot()
    def _show_part(self) -> None:
        self._stack.setCurrentWidget(self.panels[self._current()])

    def _current(self) -> str:
        return str(self.list.currentItem().data(Qt.ItemDataRole.UserRole))

    @Slot()
    def _enter(self) -> None:
        self.panels[self._current()].enter()

    @Slot(str)
    def _changed(self, name: str) -> None:
        """Show the part anew, with its new sources, and let the window take up what is felt at once."""
        part = next(part for part in parts(self._station.preferences.table()) if part.id == name)
        before = self.panels[name]
        panel = self._add(part)
        panel.start()
        self._stack.setCurrentWidget(self.panels[self._current()])
        before.stop()
        self._stack.removeWidget(before)
        before.deleteLater()
        panel.enter()
        self._say(_("Saved."), "good")
        self.applied.emit(self._station.preferences.settings)

    @Slot(str, str)
    def _say(self, text: str, tone: str) -> None:
        self.strip.say(text, tone, passing=tone == "good")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if read_record_key(event) is RecordAct.SAVE:
            self.panels[self._current()].save()
        else:
            super().keyPressEvent(event)


class PartPanel(QFrame):
    """A part of the settings: its name, what it is about, and its values."""

    changed = Signal(str)
    said = Signal(str, str)
    left = Signal()

    def __init__(self, part: SettingsPart) -> None:
        super().__init__()
        self.setObjectName("settingsPart")
        self.part = part
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(8, 18, 8, 0)
        self.column.setSpacing(6)
        self.head = QHBoxLayout()
        self.head.setContentsMargins(_INDENT, 0, _INDENT, 0)
        title = QLabel(plain(_(PARTS[part.id])))
        title.setProperty("role", "title")
        self.head.addWidget(title)
        self.head.addStretch(1)
        self.column.addLayout(self.head)
        about = QLabel(_(PART_WORDS[part.id]))
        about.setProperty("role", "hint")
        about.setContentsMargins(_INDENT, 0, _INDENT, 0)
        about.setWordWrap(True)
        self.column.addWidget(about)

    def start(self) -> None:
        """Read what was typed and not saved."""

    def enter(self) -> None:
        """Put the cursor into what can be changed."""

    def save(self) -> None:
        """Store what was typed."""

    def stop(self) -> None:
        """Keep what was typed as a draft; hear no answer any more."""


class FormPanel(PartPanel):
    """A part that the officer may change."""

    def __init__(self, ui: Ui, station: Station, part: SettingsPart) -> None:
        super().__init__(part)
        self._ui = ui
        self._station = station
        self._stopped = False
        self.reset_button = QPushButton(plain(_("Back to as delivered")))
        self.reset_button.clicked.connect(self._ask_reset)
        self.head.insertWidget(1, self.reset_button)
        self.reset_button.setVisible(any(setting.chosen for setting in part.settings))
        self.head.insertSpacing(1, _INDENT)
        self.strip = Strip(ui.theme)
        self.column.addWidget(self.strip)
        self.form: RecordForm[SettingsPart] = RecordForm(ui, station, part_form(part), KIND)
        self.form.setMaximumWidth(_FORM_WIDTH)
        self.form.saved.connect(self._saved)
        self.form.closed.connect(self.left)
        self.column.addWidget(self.form, 1)

    def start(self) -> None:
        self.form.fill(self.part)

    def enter(self) -> None:
        self.form.focus_first()

    def save(self) -> None:
        self.form.save()

    def stop(self) -> None:
        self._stopped = True
        self.strip.close_strip()
        self.form.stop()

    @Slot(object)
    def _saved(self, _answer: object) -> None:
        self.changed.emit(self.part.id)

    @Slot()
    def _ask_reset(self) -> None:
        names = ", ".join(_(WORDS[setting.key].label) for setting in self.part.settings if setting.chosen)
        text = _("What was chosen here is forgotten: {names}.", names=names)
        answers = ((_("Back to as delivered"), self._reset), (_("Cancel"), self.strip.close_strip))
        self.strip.ask(text, answers)

    def _reset(self) -> None:
        dispatcher, session, command = self._station.dispatcher, self._ui.session, reset_command(self.part)
        self._ui.tasks.write(lambda: dispatcher.run(command, session), self._was_reset, self._refused)

    def _was_reset(self, _answer: object) -> None:
        if not self._stopped:
            self.form.discard()
            self.changed.emit(self.part.id)

    def _refused(self, problem: ConsoleError) -> None:
        if not self._stopped:
            self.said.emit(error_text(problem), "bad")


class ValuesPanel(PartPanel):
    """A part that is changed elsewhere, or by somebody else: what stands there, and who."""

    def __init__(self, part: SettingsPart) -> None:
        super().__init__(part)
        right = part.settings[0].right
        if right is not None:
            who = QLabel(_("Changed by: {roles}", roles=roles_with({right})))
            who.setContentsMargins(_INDENT, 0, _INDENT, 0)
            who.setWordWrap(True)
            self.column.addWidget(who)
        body = QWidget()
        body.setObjectName("pageBody")
        grid = QGridLayout(body)
        grid.setContentsMargins(_INDENT, 8, _INDENT, 18)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        for row, setting in enumerate(part.settings):
            self._add_row(grid, 3 * row, setting)
        grid.setRowStretch(grid.rowCount(), 1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setMaximumWidth(_FORM_WIDTH + 140)
        area.setWidget(body)
        self.column.addWidget(area, 1)

    @staticmethod
    def _add_row(grid: QGridLayout, row: int, setting: Setting) -> None:
        name = QLabel(plain(_(WORDS[setting.key].label)))
        value = QLabel(value_text(setting.key, setting.value))
        value.setProperty("role", "value")
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        hint = QLabel(f"{_(WORDS[setting.key].hint)}\n{setting.key} · {told_source(setting)}")
        hint.setProperty("role", "hint")
        hint.setWordWrap(True)
        grid.addWidget(name, row, 0)
        grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(hint, row + 1, 0)
        grid.setRowMinimumHeight(row + 2, 10)
