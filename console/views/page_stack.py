"""The pages of whoever sits here, one in front: made when first opened, started once, ended when the seat changes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from console.kernel import EndReason
from console.views.page import Page, PageSpec
from console.views.pages import WALL
from console.views.refusal import refusal
from console.views.states import StateStack
from console.views.ui import Ui


class PageStack(QStackedWidget):
    """What pages ask for is passed on here, whichever of them asks."""

    live_changed = Signal(int, int)
    full_screen_wanted = Signal()
    help_wanted = Signal()
    open_wanted = Signal(str, object)
    incident_wanted = Signal(object)
    shown = Signal(str)
    """A page was brought to the front: its key; empty for one that may not be opened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui: Ui | None = None
        self._specs: tuple[PageSpec, ...] = ()
        self._made: dict[str, Page] = {}
        self._current = ""
        self._full = False
        self._refusal: StateStack | None = None
        self._blank = QWidget()
        self._blank.setObjectName("page")
        self.addWidget(self._blank)

    @property
    def current(self) -> str:
        """The key of the page in front, or of the one that is refused there."""
        return self._current

    @property
    def page(self) -> Page | None:
        """The page in front, None if it is one that may not be opened."""
        return self._made.get(self._current)

    @property
    def refusal(self) -> StateStack | None:
        """What stands in place of a page that this role may not open."""
        return self._refusal

    def made(self, key: str) -> Page | None:
        """Return a page that was opened before; it runs, whether it is in front or not."""
        return self._made.get(key)

    def listed(self) -> list[PageSpec]:
        """Return the pages that this officer's role may open."""
        return [] if self._ui is None else [spec for spec in self._specs if spec.open_to(self._ui.session)]

    def reseat(self, ui: Ui, specs: Sequence[PageSpec]) -> None:
        """Take over the pages of another seat. Those that can be told of it run on, the others end."""
        self._ui, self._specs = ui, tuple(specs)
        self._drop_refusal()
        listed = {spec.key: spec for spec in self.listed()}
        for key in list(self._made):
            spec = listed.get(key)
            if spec is not None and spec.reseat is not None:
                spec.reseat(self._made[key])
            else:
                self._end(key, EndReason.HANDOVER)

    def leave(self, reason: EndReason) -> None:
        """End every page: nobody sits here."""
        self._drop_refusal()
        for key in list(self._made):
            self._end(key, reason)
        self._ui, self._current = None, ""

    def stop(self) -> None:
        """The window closes: end what runs; the pages go with it."""
        for page in self._made.values():
            page.stop()

    def open(self, which: str | int) -> None:
        """Show a page, by its key or its place in the list; the others go on: the wall must not stop for a form."""
        listed = self.listed()
        if isinstance(which, int):
            if which >= len(listed):
                return
            which = listed[which].key
        spec = next((spec for spec in self._specs if spec.key == which), None)
        if spec is None or self._ui is None:
            return
        self._drop_refusal()
        self._current = which
        if spec not in listed:
            self._refusal = refusal(self._ui, spec)
            self.addWidget(self._refusal)
            self.setCurrentWidget(self._refusal)
            self.shown.emit("")
            return
        self.setCurrentWidget(self._made.get(which) or self._make(spec))
        self.shown.emit(which)

    def show_full(self, *, full: bool) -> None:
        self._full = full
        for page in self._made.values():
            page.show_full(full=full)

    def lock(self) -> None:
        """Leave only what anybody may see: the wall without its controls, or nothing."""
        wall = self._made.get(WALL)
        for page in self._made.values():
            page.setEnabled(False)
        if wall is not None:
            wall.show_locked(locked=True)
        self.setCurrentWidget(wall or self._blank)

    def unlock(self) -> None:
        """Bring everything back as it was."""
        for page in self._made.values():
            page.setEnabled(True)
        if WALL in self._made:
            self._made[WALL].show_locked(locked=False)
        self.setCurrentWidget(self.page or self._refusal or self._blank)

    def _make(self, spec: PageSpec) -> Page:
        page = self._made[spec.key] = spec.make()
        self.addWidget(page)
        page.live_changed.connect(self.live_changed)
        page.full_screen_wanted.connect(self.full_screen_wanted)
        page.help_wanted.connect(self.help_wanted)
        page.open_wanted.connect(self.open_wanted)
        page.incident_wanted.connect(self.incident_wanted)
        self.setCurrentWidget(page)
        if self._full:
            page.show_full(full=True)
        page.start()
        return page

    def _end(self, key: str, reason: EndReason) -> None:
        page = self._made.pop(key)
        page.stop(reason)
        self.removeWidget(page)
        page.hide()
        page.deleteLater()

    def _drop_refusal(self) -> None:
        shown, self._refusal = self._refusal, None
        if shown is not None:
            self.removeWidget(shown)
            shown.stop()
            shown.deleteLater()
