"""Several pages under one entry of the rail, side by side as tabs. Each is made when first shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.kernel import EndReason
from console.views.page import Page, PageSpec
from console.views.window_keys import tab_step


class TabPage(Page):
    """Shows the first tab at first. Ctrl+Tab and Ctrl+PgDn go on, backwards with Shift and with Ctrl+PgUp."""

    def __init__(self, tabs: Sequence[PageSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._specs = tuple(tabs)
        self._made: dict[str, Page] = {}
        self.bar = QTabBar()
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        for spec in self._specs:
            self.bar.addTab(plain(_(spec.name)))
        self._stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._stack, 1)

    def start(self) -> None:
        self._show(0)
        self.bar.currentChanged.connect(self._show)

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        for page in self._made.values():
            page.stop(reason)

    def go_to(self, target: object) -> None:
        """Show the tab of this key; any other target is for the tab in front."""
        keys = [spec.key for spec in self._specs]
        if target in keys:
            self.bar.setCurrentIndex(keys.index(str(target)))
        else:
            self._made[keys[self.bar.currentIndex()]].go_to(target)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = tab_step(event)
        if step:
            self.bar.setCurrentIndex((self.bar.currentIndex() + step) % self.bar.count())
        else:
            super().keyPressEvent(event)

    @Slot(int)
    def _show(self, number: int) -> None:
        spec = self._specs[number]
        page = self._made.get(spec.key)
        if page is None:
            page = self._made[spec.key] = spec.make()
            page.open_wanted.connect(self.open_wanted)
            self._stack.addWidget(page)
            self._stack.setCurrentWidget(page)
            page.start()
        self._stack.setCurrentWidget(page)
