"""What the keys of a record page do, in the list and while somebody types into the filter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from console.views.record_head import FilterLine
from console.views.record_keys import RecordAct, read_record_key
from console.views.record_panel import RecordPanel
from console.views.record_strip import Strip
from console.views.record_table import RecordTable
from console.views.side_by_side import SideBySide

_LEAVE: frozenset[int] = frozenset({Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_Enter})


class KeyedPage(Protocol):
    """What the keys reach of a page."""

    table: RecordTable[Any]
    filter: FilterLine
    strip: Strip
    sides: SideBySide

    @property
    def panel(self) -> RecordPanel[Any]: ...
    @property
    def panel_shown(self) -> bool: ...
    def focusWidget(self) -> QWidget | None: ...
    def open_new(self) -> None: ...
    def refresh(self) -> None: ...
    def export(self) -> None: ...
    def print_list(self) -> None: ...
    def list_acts(self, place: QPoint) -> None: ...
    def share_height(self) -> None: ...


class PageKeys(QObject):
    """Reads the keys of one page; it watches the filter's box."""

    def __init__(self, page: KeyedPage, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = page
        page.filter.box.installEventFilter(self)

    def press(self, event: QKeyEvent) -> bool:
        """Do what the key asks for; False if the page does not know it."""
        act = read_record_key(event)
        run = None if act is None else self._runs().get(act)
        if run is None:
            return False
        run()
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the filter: arrows go to the table, Esc clears and then leaves, the page's own keys stay the page's."""
        page = self._page
        if event.type() == QEvent.Type.FocusOut:
            page.share_height()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _LEAVE:
                page.table.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
            act = read_record_key(event)
            if act is RecordAct.BACK and page.filter.box.text():
                page.filter.box.clear()
                return True
            if act is not None:
                event.ignore()
                return True
        return super().eventFilter(watched, event)

    def _runs(self) -> Mapping[RecordAct, Callable[[], None]]:
        page = self._page
        return {
            RecordAct.FILTER: self._start_filter,
            RecordAct.NEW: page.open_new,
            RecordAct.SAVE: self._save,
            RecordAct.PRINT: page.print_list,
            RecordAct.EXPORT: page.export,
            RecordAct.REFRESH: page.refresh,
            RecordAct.ACTS: lambda: page.list_acts(page.table.mapToGlobal(QPoint(24, 24))),
            RecordAct.SWITCH: self._switch,
            RecordAct.BACK: self._back,
        }

    def _start_filter(self) -> None:
        self._page.filter.show()
        self._page.filter.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._page.filter.box.selectAll()

    def _save(self) -> None:
        if self._page.panel_shown:
            self._page.panel.save()

    def _switch(self) -> None:
        """From the list into the panel, and back."""
        page, focused = self._page, self._page.focusWidget()
        if page.panel_shown and not (focused is not None and page.panel.isAncestorOf(focused)):
            page.panel.enter()
        elif not page.sides.covered:
            page.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _back(self) -> None:
        page = self._page
        if page.strip.asks or page.strip.stays:
            page.strip.leave()
        elif page.panel_shown:
            page.panel.try_close()
        else:
            page.table.setFocus(Qt.FocusReason.OtherFocusReason)
