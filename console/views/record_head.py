"""The upper part of a record page: title, counts and buttons; below them filter box, chips, and how many are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QSizePolicy, QToolButton, QWidget

from console.i18n import _, plain
from console.views.flow import Flow, FoldingLine
from console.views.record_spec import Chip
from console.views.ui import Ui

LEAST_BOX: Final = 280
MOST_BOX: Final = 420


class PageHead(FoldingLine):
    """Title, a line of counts, and the page's buttons at the right; on a narrow page the counts stand below."""

    def __init__(self, ui: Ui, title: str, parent: QWidget | None = None) -> None:
        label = QLabel(title)
        label.setProperty("role", "title")
        self.summary = QLabel()
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self.summary.setProperty("role", "hint")
        self._tools = QWidget()
        self._flow = Flow(self._tools, spacing=8, at_end=True)
        super().__init__(label, self.summary, self._tools, parent)
        self.setObjectName("pageHead")
        self._theme = ui.theme
        self.column.setContentsMargins(16, 10, 16, 8)
        self.set_spacing(16, 2)
        label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._tools.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def add_tool(self, label: str, icon: str, run: Callable[[], object]) -> QPushButton:
        button = QPushButton(self._theme.icon(icon, "text"), plain(label))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda _checked: run())
        self._flow.addWidget(button)
        return button

    def add_primary(self, label: str, icon: str, run: Callable[[], object]) -> None:
        """The button of the page's first purpose."""
        button = self.add_tool(label, icon, run)
        button.setProperty("primary", True)
        button.setIcon(self._theme.icon(icon, "on_accent", "on_accent"))


class FilterLine(FoldingLine):
    """Filter box, chips, and how many of how many are shown; on a narrow page the chips stand below."""

    def __init__(self, ui: Ui, chips: Sequence[Chip[Any]], parent: QWidget | None = None) -> None:
        self.box = QLineEdit()
        self._choices = QWidget()
        self._flow = Flow(self._choices)
        self.counted = QLabel()
        super().__init__(self.box, self._choices, self.counted, parent)
        self.setObjectName("filterLine")
        self.column.setContentsMargins(16, 0, 16, 8)
        self.set_spacing(6, 6)
        self.box.setClearButtonEnabled(True)
        self.box.addAction(QAction(ui.theme.icon("search"), "", self.box), QLineEdit.ActionPosition.LeadingPosition)
        self.box.setPlaceholderText(plain(_("Filter: words, numbers, dates (Ctrl+F)")))
        self.box.setMinimumWidth(LEAST_BOX)
        self.box.setMaximumWidth(MOST_BOX)
        self._choices.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.counted.setProperty("role", "hint")
        self.counted.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.chips: dict[str, QToolButton] = {}
        self._groups = {chip.key: chip.group for chip in chips}
        for chip in chips:
            button = QToolButton()
            button.setObjectName("chip")
            button.setText(plain(_(chip.label)))
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setProperty("chip", chip.key)
            self._flow.addWidget(button)
            self.chips[chip.key] = button

    def add(self, widget: QWidget) -> None:
        """Put something of a feature's own behind the chips."""
        self._flow.addWidget(widget)

    def keep_group(self, key: str) -> None:
        """Of the chips of one group at most one stays chosen: the last."""
        group = self._groups[key]
        for other, button in self.chips.items():
            if group and other != key and self._groups[other] == group:
                button.setChecked(False)

    def chosen(self) -> frozenset[str]:
        return frozenset(key for key, button in self.chips.items() if button.isChecked())
