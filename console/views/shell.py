"""The window: rail at the left, the page, the status line below, and on a demonstration its banner on every screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from console.i18n import _, plain
from console.i18n.dates import format_date, format_long_date, format_shift, format_time
from console.i18n.labels import label
from console.views.page import Page
from console.views.theme import Theme
from console.views.ui import Ui

RAIL_WIDTH: Final = 96
CLOCK_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A page of the rail: its name (message id), its icon, and how it is made when first opened."""

    key: str
    name: str
    icon: str
    make: Callable[[], Page]


class StoreState(StrEnum):
    """What the status line says of the database."""

    LOCAL = "local"
    SHARED = "shared"
    OFFLINE = "offline"
    READ_ONLY = "read_only"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StoreFacts:
    state: StoreState = StoreState.LOCAL
    since: datetime | None = None
    waiting: int = 0


class StatusLine(QFrame):
    """Station · officer and shift · clock · cameras · database. Always visible, every state in words."""

    ticked = Signal()
    """Once a second, with the clock."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusLine")
        self._ui = ui
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 4, 12, 4)
        self._row.setSpacing(8)
        self._part("state", "muted").setText(ui.station)
        self._rule()
        self._person = self._part("person", "muted")
        self._shift = self._plain_part(quiet=True)
        self._row.addStretch(1)
        self._cameras_icon, self._cameras = self._pair("live")
        self._rule()
        self._store_icon, self._store = self._pair("database")
        self._rule()
        self._clock = self._part("clock", "muted")
        self._timer = QTimer(self)
        self._timer.setInterval(CLOCK_MS)
        self._timer.timeout.connect(self.tell_time)
        self._timer.timeout.connect(self.ticked)
        self._timer.start()
        self.show_cameras(0, 0)
        self.show_store(StoreFacts())
        self.tell_time()

    @Slot()
    def tell_time(self) -> None:
        """Say date, time and shift; on a narrow window the longest words give way first, never a state."""
        now, session = self._ui.clock.now(), self._ui.session
        clock = f"{format_long_date(now)}  {format_time(now, seconds=True)}"
        person = f"{session.display_name} · {label(session.role)}"
        shift = _("Shift {hours}", hours=format_shift(now))
        for texts in (
            (clock, person, shift),
            (f"{format_date(now)}  {format_time(now)}", person, shift),
            (f"{format_date(now)}  {format_time(now)}", session.display_name, shift),
            (f"{format_date(now)}  {format_time(now)}", session.display_name, ""),
        ):
            for part, text in zip((self._clock, self._person, self._shift), texts, strict=True):
                part.setText(plain(text))
            if self._row.sizeHint().width() <= self.width():
                break

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.tell_time()

    @Slot(int, int)
    def show_cameras(self, live: int, placed: int) -> None:
        whole = live == placed and placed > 0
        self._cameras_icon.setPixmap(self._icon("live" if whole else "connecting", "good" if whole else "warning"))
        if placed == 0:
            self._cameras_icon.setPixmap(self._icon("camera", "muted"))
        self._cameras.setText(plain(_("Live {live}/{placed}", live=live, placed=placed)))

    def show_store(self, facts: StoreFacts) -> None:
        self._store.setText(plain(store_text(facts)))
        calm = facts.state in {StoreState.LOCAL, StoreState.SHARED}
        self._store_icon.setPixmap(self._icon("database" if calm else "urgent", "muted" if calm else "warning"))

    def _icon(self, name: str, colour: str) -> QPixmap:
        return self._ui.theme.pixmap(name, colour, 16, self.devicePixelRatioF())

    def _pair(self, icon: str) -> tuple[QLabel, QLabel]:
        picture = QLabel()
        picture.setPixmap(self._ui.theme.pixmap(icon, "muted", 16, self.devicePixelRatioF()))
        self._row.addWidget(picture)
        return picture, self._plain_part()

    def _part(self, icon: str, colour: str) -> QLabel:
        picture = QLabel()
        picture.setPixmap(self._ui.theme.pixmap(icon, colour, 16, self.devicePixelRatioF()))
        self._row.addWidget(picture)
        return self._plain_part()

    def _plain_part(self, *, quiet: bool = False) -> QLabel:
        text = QLabel()
        text.setProperty("quiet", quiet)
        self._row.addWidget(text)
        return text

    def _rule(self) -> None:
        rule = QFrame()
        rule.setObjectName("statusRule")
        self._row.addWidget(rule)


def store_text(facts: StoreFacts) -> str:
    """Say how the database is: ในเครื่อง, ฐานข้อมูลร่วม ✓, ออฟไลน์ตั้งแต่ 13.05 น. · รอส่ง 4 รายการ."""
    since = "–" if facts.since is None else format_time(facts.since)
    text = {
        StoreState.LOCAL: _("Database on this computer"),
        StoreState.SHARED: _("Shared database ✓"),
        StoreState.OFFLINE: _("Offline since {since}", since=since),
        StoreState.READ_ONLY: _("Database cannot be written"),
        StoreState.FAILED: _("Database not available since {since}", since=since),
    }[facts.state]
    return f"{text} · {_('{n} entries waiting', n=facts.waiting)}" if facts.waiting else text


class Rail(QFrame):
    """The pages that this person may open."""

    chosen = Signal(int)

    def __init__(self, pages: Sequence[PageSpec], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setFixedWidth(RAIL_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 6)
        column.setSpacing(2)
        self._buttons: list[QToolButton] = []
        for number, page in enumerate(pages):
            button = QToolButton()
            button.setText(plain(_(page.name)))
            button.setIcon(theme.icon(page.icon))
            button.setIconSize(QSize(26, 26))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setCheckable(True)
            button.setFixedWidth(RAIL_WIDTH - 1)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setProperty("page", number)
            button.clicked.connect(self._clicked)
            column.addWidget(button)
            self._buttons.append(button)
        column.addStretch(1)

    def show_current(self, number: int) -> None:
        for index, button in enumerate(self._buttons):
            button.setChecked(index == number)

    @Slot()
    def _clicked(self) -> None:
        self.chosen.emit(int(self.sender().property("page")))


class Shell(QMainWindow):
    """The window of the console. Pages are made when first opened, started once, stopped when it closes."""

    closing = Signal()

    def __init__(self, ui: Ui, pages: Sequence[PageSpec], *, demonstration: bool = False) -> None:
        super().__init__()
        self._ui = ui
        self._pages = tuple(pages)
        self._made: dict[int, Page] = {}
        self._full = False
        self.setWindowTitle(plain(_("CCOC console – {station}", station=ui.station)))
        self.setMinimumSize(1024, 640)
        self.rail = Rail(self._pages, ui.theme)
        self.status = StatusLine(ui)
        self._stack = QStackedWidget()
        self._demonstration = demonstration
        self._build()
        self.rail.chosen.connect(self.open_page)
        self._fit_screen()

    def _build(self) -> None:
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self._stack, 1)
        middle = QHBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addLayout(right, 1)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if self._demonstration:
            column.addWidget(_banner(self._ui.theme))
        column.addLayout(middle, 1)
        column.addWidget(self.status)
        self.setCentralWidget(whole)

    @Slot(int)
    def open_page(self, number: int = 0) -> None:
        """Show a page; the others go on, because the wall must not stop for a form."""
        page = self._made.get(number)
        if page is None:
            page = self._made[number] = self._pages[number].make()
            self._stack.addWidget(page)
            page.live_changed.connect(self.status.show_cameras)
            page.full_screen_wanted.connect(self.toggle_full_screen)
            self._stack.setCurrentWidget(page)
            page.start()
        self._stack.setCurrentWidget(page)
        self.rail.show_current(number)

    @Slot()
    def toggle_full_screen(self) -> None:
        """Give the whole screen to the page. Status line and banner stay: state and demonstration are always told."""
        self._full = not self._full
        self.rail.setVisible(not self._full)
        if self._full:
            self.showFullScreen()
        else:
            self.showNormal()
        for page in self._made.values():
            page.show_full(full=self._full)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F11:
            self.toggle_full_screen()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        for page in self._made.values():
            page.stop()
        self.closing.emit()
        super().closeEvent(event)

    def _fit_screen(self) -> None:
        room = QGuiApplication.primaryScreen().availableSize()
        self.resize(min(1920, room.width()), min(1080, room.height()))


def _banner(theme: Theme) -> QFrame:
    banner = QFrame()
    banner.setObjectName("demoBanner")
    row = QHBoxLayout(banner)
    row.setContentsMargins(12, 2, 12, 2)
    row.setSpacing(8)
    row.addStretch(1)
    sign = QLabel()
    sign.setPixmap(theme.pixmap("info", "on_banner", 16, banner.devicePixelRatioF()))
    row.addWidget(sign)
    row.addWidget(QLabel(plain(_("Demonstration – the pictures and data shown are samples"))))
    row.addStretch(1)
    return banner
