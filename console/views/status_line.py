"""The line below every page: station, officer, shift, cameras and which give no picture, database. States in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from console.i18n import N_, _, language, plain
from console.i18n.dates import format_date, format_long_date, format_shift, format_time
from console.i18n.labels import label
from console.views.ui import Ui
from console.views.window_keys import WindowAct

CLOCK_MS: Final = 1000

LANGUAGE_NAMES: Final = {"th": "ไทย", "en": "English"}
"""Each in its own letters, so that it is found whatever language is on."""

THEME_NAMES: Final = {"dark": N_("Dark"), "light": N_("Light")}

_ACTS: Final = (
    (WindowAct.PASSWORD, N_("Change password…")),
    (WindowAct.MATTERS, N_("Open matters of the shift (F7)")),
    (WindowAct.OFFICER, N_("Next officer takes over…")),
    (WindowAct.LOCK, N_("Lock the console (F12)")),
    (WindowAct.LOG_OUT, N_("Log out")),
)


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
    """Station · officer and shift · clock · cameras · database. Always visible, also while the console is locked."""

    ticked = Signal()
    """Once a second, with the clock."""
    acted = Signal(object)
    language_wanted = Signal(str)
    theme_wanted = Signal(str)
    troubles_wanted = Signal()
    """The word about cameras without a picture was pressed."""
    matters_wanted = Signal()
    """The word about what the shift has left open was pressed."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusLine")
        self._ui = ui
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 4, 12, 4)
        self._row.setSpacing(8)
        self._station = self._part("state", "muted")
        self._station.setText(ui.station)
        self._station.setToolTip(ui.station)
        self._rule()
        self.officer = OfficerButton(ui, self)
        self.officer.acted.connect(self.acted)
        self.officer.language_wanted.connect(self.language_wanted)
        self.officer.theme_wanted.connect(self.theme_wanted)
        self._row.addWidget(self.officer)
        self._shift = self._plain_part(quiet=True)
        self._row.addStretch(1)
        self._matter_texts: tuple[str, ...] = ()
        self.matters = self._sign("clock", "warning")
        self.matters.clicked.connect(self.matters_wanted)
        self._trouble_texts: tuple[str, ...] = ()
        self.troubles = self._sign("down", "bad")
        self.troubles.clicked.connect(self.troubles_wanted)
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
        self._station.setText(self._ui.station)
        for texts in (
            (clock, person, shift),
            (f"{format_date(now)}  {format_time(now)}", person, shift),
            (f"{format_date(now)}  {format_time(now)}", session.display_name, shift),
            (f"{format_date(now)}  {format_time(now)}", session.display_name, ""),
            (format_time(now), session.display_name, ""),
        ):
            if self._trouble_texts:
                self.troubles.setText(plain(self._trouble_texts[-1]))
            if self._matter_texts:
                self.matters.setText(plain(self._matter_texts[-1]))
            for say, text in zip((self._clock.setText, self.officer.setText, self._shift.setText), texts, strict=True):
                say(plain(text))
            if self._row.sizeHint().width() <= self.width():
                break
        self._fit_station()
        self._fit_matters()
        self._fit_troubles()

    def _fit_station(self) -> None:
        """Everybody here knows where they are: where nothing else can give way, the station's name does."""
        over = self._row.sizeHint().width() - self.width()
        if over > 0:
            metrics = self._station.fontMetrics()
            room = max(metrics.horizontalAdvance(self._ui.station) - over, 0)
            self._station.setText(metrics.elidedText(self._ui.station, Qt.TextElideMode.ElideRight, room))

    def show_troubles(self, texts: Sequence[str]) -> None:
        """Say which cameras of the wall give no current picture, at the length there is room for; nothing: all do."""
        if tuple(texts) == self._trouble_texts:
            return
        self._trouble_texts = tuple(texts)
        self.troubles.setVisible(bool(texts))
        self.troubles.setToolTip(plain(texts[0]) if texts else "")
        self.troubles.setAccessibleName(plain(texts[0]) if texts else "")
        self.tell_time()

    def show_matters(self, texts: Sequence[str], icon: str = "clock", colour: str = "warning") -> None:
        """Say what the shift has left open, at the length there is room for; nothing: nothing is."""
        if tuple(texts) == self._matter_texts:
            return
        self._matter_texts = tuple(texts)
        self.matters.setIcon(self._ui.theme.icon(icon, colour, colour))
        self.matters.setVisible(bool(texts))
        self.matters.setToolTip(plain(f"{texts[0]} (F7)") if texts else "")
        self.matters.setAccessibleName(plain(texts[0]) if texts else "")
        self.tell_time()

    def _fit_matters(self) -> None:
        for text in self._matter_texts:
            self.matters.setText(plain(text))
            if self._row.sizeHint().width() <= self.width():
                break

    def _fit_troubles(self) -> None:
        for text in self._trouble_texts:
            self.troubles.setText(plain(text))
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

    def _sign(self, icon: str, colour: str) -> QToolButton:
        """Make a shape with words that is there only while it has something to say, and leads to it."""
        sign = QToolButton()
        sign.setObjectName("trouble")
        sign.setIcon(self._ui.theme.icon(icon, colour, colour))
        sign.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        sign.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        sign.hide()
        self._row.addWidget(sign)
        return sign

    def _icon(self, name: str, colour: str) -> QPixmap:
        return self._ui.theme.pixmap(name, colour, 16, self.devicePixelRatioF())

    def _pair(self, icon: str) -> tuple[QLabel, QLabel]:
        picture = QLabel()
        picture.setPixmap(self._icon(icon, "muted"))
        self._row.addWidget(picture)
        return picture, self._plain_part()

    def _part(self, icon: str, colour: str) -> QLabel:
        picture = QLabel()
        picture.setPixmap(self._icon(icon, colour))
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


class OfficerButton(QToolButton):
    """The officer's name; under it what concerns the seat itself: password, lock, next officer, language, look."""

    acted = Signal(object)
    language_wanted = Signal(str)
    theme_wanted = Signal(str)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("officer")
        self.setIcon(ui.theme.icon("person"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(plain(_("Officer on duty")))
        menu = QMenu(self)
        for act, text in _ACTS:
            action = menu.addAction(plain(_(text)))
            action.setProperty("act", act.value)
            action.triggered.connect(self._on_act)
        menu.addSeparator()
        languages = self._choices(menu, LANGUAGE_NAMES, language())
        languages.triggered.connect(self._on_language)
        menu.addSeparator()
        themes = self._choices(menu, {name: plain(_(text)) for name, text in THEME_NAMES.items()}, ui.theme.name)
        themes.triggered.connect(self._on_theme)
        menu.addSeparator()
        keys = menu.addAction(plain(_("Keys (F1)")))
        keys.setProperty("act", WindowAct.HELP.value)
        keys.triggered.connect(self._on_act)
        self.setMenu(menu)

    @staticmethod
    def _choices(menu: QMenu, names: dict[str, str], current: str) -> QActionGroup:
        group = QActionGroup(menu)
        for code, name in names.items():
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(code == current)
            action.setData(code)
            group.addAction(action)
        return group

    @Slot()
    def _on_act(self) -> None:
        self.acted.emit(WindowAct(self.sender().property("act")))

    @Slot(QAction)
    def _on_language(self, action: QAction) -> None:
        self.language_wanted.emit(action.data())

    @Slot(QAction)
    def _on_theme(self, action: QAction) -> None:
        self.theme_wanted.emit(action.data())


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
