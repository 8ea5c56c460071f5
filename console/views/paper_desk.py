"""The pages of a paper to be looked at: one at a time, whole or in its real size."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea

from console.views.paper_layout import Pages
from console.views.paper_output import page_image
from console.views.paper_type import DOTS

_SCREEN_DPI: Final = 96
_EDGE: Final = 14
_STEP: Final = 60


class PaperDesk(QScrollArea):
    """Takes no keys itself: who holds it calls `next`, `previous` and the others."""

    turned = Signal()
    """Another page, or another size."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("paperDesk")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWidget(self._picture)
        self._pages: Pages | None = None
        self._number = 0
        self._real_size = False

    @property
    def pages(self) -> Pages | None:
        return self._pages

    @property
    def number(self) -> int:
        """The page that is shown, from 0."""
        return self._number

    @property
    def count(self) -> int:
        return 0 if self._pages is None else len(self._pages.pages)

    @property
    def real_size(self) -> bool:
        return self._real_size

    def show_pages(self, pages: Pages) -> None:
        """Begin with the first page, in its real size if that fits the window's width."""
        self._pages = pages
        self._real_size = self._real_width(pages) <= self._room().width()
        self.go(0)

    def go(self, number: int, *, foot: bool = False) -> None:
        """Show a page from its head, or from its foot; a number that there is not changes nothing."""
        if 0 <= number < self.count:
            self._number = number
            self._paint()
            bar = self.verticalScrollBar()
            bar.setValue(bar.maximum() if foot else 0)
            self.turned.emit()

    @Slot()
    def next(self) -> None:
        """Further down on this page while there is more of it, then the next."""
        bar = self.verticalScrollBar()
        if self._real_size and bar.value() < bar.maximum():
            bar.setValue(bar.value() + bar.pageStep())
        else:
            self.go(self._number + 1)

    @Slot()
    def previous(self) -> None:
        bar = self.verticalScrollBar()
        if self._real_size and bar.value() > 0:
            bar.setValue(bar.value() - bar.pageStep())
        else:
            self.go(self._number - 1, foot=True)

    def scroll_by(self, steps: int) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + steps * _STEP)

    @Slot()
    def show_whole(self) -> None:
        self._show(real_size=False)

    @Slot()
    def show_real(self) -> None:
        self._show(real_size=True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._real_size:
            self._paint()

    def _show(self, *, real_size: bool) -> None:
        self._real_size = real_size
        self._paint()
        self.turned.emit()

    def _paint(self) -> None:
        if self._pages is None:
            return
        width = self._real_width(self._pages) if self._real_size else self._whole_width(self._pages)
        ratio = self.devicePixelRatioF()
        picture = QPixmap.fromImage(page_image(self._pages, self._number, max(1, round(width * ratio))))
        picture.setDevicePixelRatio(ratio)
        self._picture.setPixmap(picture)
        # At once: the bars must know the page before they are set.
        self._picture.setMinimumSize(picture.deviceIndependentSize().toSize())

    def _room(self) -> QSize:
        """What is free for a page; the bars are not there when it fits."""
        return self.contentsRect().size() - QSize(2 * _EDGE, 2 * _EDGE)

    @staticmethod
    def _real_width(pages: Pages) -> int:
        return round(pages.size.width / DOTS * _SCREEN_DPI)

    def _whole_width(self, pages: Pages) -> int:
        room = self._room()
        return round(min(room.width(), room.height() * pages.size.width / pages.size.height))
