"""Several pages under one entry of the rail, side by side as tabs. Each is made when first shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.kernel import EndReason
from console.views.page import Page, PageSpec
from console.views.refusal import refusal
from console.views.states import StateStack
from console.views.ui import Ui
from console.views.window_keys import tab_step


class TabPage(Page):
    """Shows the first tab at first. Ctrl+Tab and Ctrl+PgDn go on, backwards with Shift and with Ctrl+PgUp.

    With a `ui` only those that the officer's role may open stand there; a link to another one is told who may.
    `home` is the tab that targets are meant for which name none. A page of tabs that is a tab itself lets the keys go
    on to the tabs around it at its own last one (`inner`).
    """

    def __init__(
        self,
        tabs: Sequence[PageSpec],
        ui: Ui | None = None,
        *,
        home: str = "",
        inner: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ui = ui
        self._home = home
        self._inner = inner
        self._specs = tuple(spec for spec in tabs if ui is None or spec.open_to(ui.session))
        self._closed = {spec.key: spec for spec in tabs if spec not in self._specs}
        self._refusal: StateStack | None = None
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
        # Only once it has a parent: shown before, it would be a window of its own for a moment and take the keyboard.
        self.bar.setVisible(len(self._specs) > 1)

    def start(self) -> None:
        self._show(0)
        self.bar.currentChanged.connect(self._show)

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        self._drop_refusal()
        for page in self._made.values():
            page.stop(reason)

    def made(self, key: str) -> Page | None:
        """Return the tab of this key if it was opened before."""
        return self._made.get(key)

    def go_to(self, target: object) -> None:
        """Show the tab of this key, or with (key, target) something in it; any other target is for the home tab."""
        match target:
            case str() if self._lead_to(target):
                return
            case (str() as key, inner) if self._lead_to(key):
                target = inner
            case _:
                self._lead_to(self._home)
        page = self._made.get(self._specs[self.bar.currentIndex()].key)
        if page is not None and self._refusal is None:
            page.go_to(target)

    def _lead_to(self, key: str) -> bool:
        """Bring a tab to the front, or say why it may not be; False if there is none of this key."""
        keys = [spec.key for spec in self._specs]
        closed = self._closed.get(key)
        self._drop_refusal()
        if closed is not None and self._ui is not None:
            self._refusal = refusal(self._ui, closed)
            self._stack.addWidget(self._refusal)
            self._stack.setCurrentWidget(self._refusal)
        elif key in keys:
            self.bar.setCurrentIndex(keys.index(key))
            self._show(keys.index(key))
        return closed is not None or key in keys

    def _drop_refusal(self) -> None:
        shown, self._refusal = self._refusal, None
        if shown is not None:
            self._stack.removeWidget(shown)
            shown.stop()
            shown.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = tab_step(event)
        number = self.bar.currentIndex() + step
        if step and (not self._inner or number in range(self.bar.count())):
            self.bar.setCurrentIndex(number % self.bar.count())
        else:
            super().keyPressEvent(event)

    @Slot(int)
    def _show(self, number: int) -> None:
        self._drop_refusal()
        spec = self._specs[number]
        page = self._made.get(spec.key)
        if page is None:
            page = self._made[spec.key] = spec.make()
            page.open_wanted.connect(self.open_wanted)
            self._stack.addWidget(page)
            self._stack.setCurrentWidget(page)
            page.start()
        self._stack.setCurrentWidget(page)
        # Whoever brings this page to the front gives the keyboard to the tab.
        self.setFocusProxy(page)
        page.setFocus(Qt.FocusReason.OtherFocusReason)
