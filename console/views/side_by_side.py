"""A list with a panel at its right; where there is no room for both, the open panel covers the list."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

LEAST_LIST: Final = 400
"""A narrower list would show no more than the beginnings of words."""

LEAST_PANEL: Final = 360


class SideBySide(QSplitter):
    """The panel gets its width as long as the list keeps its least one; it narrows first, then covers the list."""

    def __init__(self, content: QWidget, width: int, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._content = content
        self._wish = width
        self._panel: QWidget | None = None
        self._open = False
        self.setChildrenCollapsible(False)
        self.addWidget(content)
        self.setStretchFactor(0, 1)

    def put_panel(self, panel: QWidget) -> None:
        """Take the panel in, closed."""
        panel.setMinimumWidth(LEAST_PANEL)
        panel.hide()
        self._panel = panel
        self.addWidget(panel)
        self.setStretchFactor(1, 0)

    @property
    def covered(self) -> bool:
        """Whether the list is out of sight now."""
        return self._open and self._content.isHidden()

    def open_panel(self) -> None:
        """Show the panel, as wide as there is room for it."""
        if self._panel is None or self._open:
            return
        self._open = True
        self._panel.show()
        self._share()
        self._set_widths()

    def close_panel(self) -> None:
        """Show the list alone."""
        self._open = False
        if self._panel is not None:
            self._panel.hide()
        self._share()

    def minimumSizeHint(self) -> QSize:
        """Return the panel's least width: the window may be narrower than list and panel together."""
        return QSize(LEAST_PANEL, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._share()
        super().resizeEvent(event)

    def _set_widths(self) -> None:
        width = self._panel_width()
        self.setSizes([self.width() - self.handleWidth() - width, width])

    def _panel_width(self) -> int:
        return max(LEAST_PANEL, min(self._wish, self.width() - LEAST_LIST - self.handleWidth()))

    def _share(self) -> None:
        covers = self._open and self.width() < LEAST_LIST + LEAST_PANEL + self.handleWidth()
        if covers == self._content.isHidden():
            return
        self._content.setVisible(not covers)
        if self._open and not covers:
            self._set_widths()
