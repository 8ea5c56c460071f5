"""The upper part of a record page: title, counts and buttons; below them filter box, chips, and how many are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton, QWidget

from console.i18n import _, plain
from console.views.record_spec import Chip
from console.views.ui import Ui


class PageHead(QFrame):
    """Title, a line of counts, and the page's buttons at the right."""

    def __init__(self, ui: Ui, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pageHead")
        self._theme = ui.theme
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 10, 16, 8)
        self._row.setSpacing(8)
        label = QLabel(title)
        label.setProperty("role", "title")
        self.summary = QLabel()
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self.summary.setProperty("role", "hint")
        self._row.addWidget(label)
        self._row.addSpacing(8)
        self._row.addWidget(self.summary, 1)

    def add_tool(self, label: str, icon: str, run: Callable[[], object]) -> QPushButton:
        button = QPushButton(self._theme.icon(icon, "text"), plain(label))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda _checked: run())
        self._row.addWidget(button)
        return button

    def add_primary(self, label: str, icon: str, run: Callable[[], object]) -> None:
        """The button of the page's first purpose."""
        button = self.add_tool(label, icon, run)
        button.setProperty("primary", True)
        button.setIcon(self._theme.icon(icon, "on_accent", "on_accent"))


class FilterLine(QFrame):
    """Filter box, chips, and how many of how many are shown."""

    def __init__(self, ui: Ui, chips: Sequence[Chip[Any]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filterLine")
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(16, 0, 16, 8)
        self.row.setSpacing(6)
        self.box = QLineEdit()
        self.box.setClearButtonEnabled(True)
        self.box.addAction(QAction(ui.theme.icon("search"), "", self.box), QLineEdit.ActionPosition.LeadingPosition)
        self.box.setPlaceholderText(plain(_("Filter: words, numbers, dates (Ctrl+F)")))
        self.box.setMinimumWidth(280)
        self.box.setMaximumWidth(420)
        self.row.addWidget(self.box, 1)
        self.chips: dict[str, QToolButton] = {}
        self._groups = {chip.key: chip.group for chip in chips}
        for chip in chips:
            button = QToolButton()
            button.setObjectName("chip")
            button.setText(plain(_(chip.label)))
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setProperty("chip", chip.key)
            self.row.addWidget(button)
            self.chips[chip.key] = button
        self.row.addStretch(1)
        self.counted = QLabel()
        self.counted.setProperty("role", "hint")
        self.row.addWidget(self.counted)

    def keep_group(self, key: str) -> None:
        """Of the chips of one group at most one stays chosen: the last."""
        group = self._groups[key]
        for other, button in self.chips.items():
            if group and other != key and self._groups[other] == group:
                button.setChecked(False)

    def chosen(self) -> frozenset[str]:
        return frozenset(key for key, button in self.chips.items() if button.isChecked())
