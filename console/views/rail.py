"""What frames the pages: the rail with those that may be opened, and the demonstration's banner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.views.page import PageSpec
from console.views.theme import Theme

RAIL_WIDTH: Final = 96


class Rail(QFrame):
    """The pages that this person may open."""

    chosen = Signal(str)

    def __init__(self, pages: Sequence[PageSpec], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setFixedWidth(RAIL_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 6)
        column.setSpacing(2)
        self._buttons: dict[str, QToolButton] = {}
        for number, page in enumerate(pages, start=1):
            name = plain(_(page.name))
            button = QToolButton()
            button.setText(plain(_(page.short or page.name)))
            button.setIcon(theme.icon(page.icon))
            button.setIconSize(QSize(26, 26))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setCheckable(True)
            button.setFixedWidth(RAIL_WIDTH - 1)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setToolTip(f"{name} (Ctrl+{number})")
            button.setAccessibleName(name)
            button.setProperty("page", page.key)
            button.clicked.connect(self._clicked)
            column.addWidget(button)
            self._buttons[page.key] = button
        column.addStretch(1)

    def names(self) -> dict[str, str]:
        """Return key → name of every page that is listed."""
        return {key: button.accessibleName() for key, button in self._buttons.items()}

    @Slot(str)
    def show_current(self, key: str) -> None:
        for name, button in self._buttons.items():
            button.setChecked(name == key)

    @Slot()
    def _clicked(self) -> None:
        self.chosen.emit(str(self.sender().property("page")))


def banner(theme: Theme) -> QFrame:
    """Return the line that stands on every screen of the demonstration."""
    made = QFrame()
    made.setObjectName("demoBanner")
    row = QHBoxLayout(made)
    row.setContentsMargins(12, 2, 12, 2)
    row.setSpacing(8)
    row.addStretch(1)
    sign = QLabel()
    sign.setPixmap(theme.pixmap("info", "on_banner", 16, made.devicePixelRatioF()))
    row.addWidget(sign)
    row.addWidget(QLabel(plain(_("Demonstration – the pictures and data shown are samples"))))
    row.addStretch(1)
    return made
