"""The line above the wall: why we look (chips), how many tiles, visitors, full screen, keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from console.i18n import N_, _, plain
from console.i18n.labels import label, short_purpose
from console.kernel import Purpose
from console.views.theme import Theme
from console.views.wall_board import Board
from console.views.wall_keys import Act
from console.views.wall_model import LAYOUTS, PurposeChoice

MOST_INCIDENTS: Final = 4
WIDE: Final = 1040
STANDING: Final = (
    Purpose.RISK_SPOT,
    Purpose.TRAFFIC,
    Purpose.FOLLOW,
    Purpose.CAMERA_CHECK,
    Purpose.INVESTIGATION,
    Purpose.DEMONSTRATION,
)
"""Standing purposes in the order of their numbers, after those of the incidents; urgent has a key of its own."""


def choices(incidents: Sequence[PurposeChoice]) -> dict[int, PurposeChoice]:
    """Return what the digits after P mean: 1–4 the newest open incidents, 5–9 and 0 always the same purposes."""
    offered = dict(enumerate(incidents[:MOST_INCIDENTS], start=1))
    standing = {(MOST_INCIDENTS + 1 + at) % 10: PurposeChoice(purpose) for at, purpose in enumerate(STANDING)}
    return offered | standing


class ToolLine(QFrame):
    """Chips, layouts and the few buttons of the wall. Everything here also has a key."""

    acted = Signal(object)

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolLine")
        self._board = board
        self._theme: Theme = board.ui.theme
        self.asking = False
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 5, 10, 5)
        row.setSpacing(5)
        self._prompt = QLabel(plain(_("Purpose (P)")))
        row.addWidget(self._prompt)
        self.chips = Chips(board, self)
        row.addWidget(self.chips, 1)
        self._layouts = {layout: self._layout_button(layout) for layout in LAYOUTS}
        for button in self._layouts.values():
            row.addWidget(button)
        self._few = self._tool("wall", N_("All layouts (L)"), Act.LAYOUT_LIST)
        self._few.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        row.addWidget(self._few)
        row.addSpacing(6)
        self._visitors = self._tool("visitors", N_("Visitors (F9)"), Act.VISITORS, checkable=True)
        self._visitors.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for button in (
            self._visitors,
            self._tool("panel", N_("Side panel (I)"), Act.PANEL),
            self._tool("fullscreen", N_("Full screen (F11)"), Act.FULL_SCREEN),
            self._tool("keyboard", N_("Keys (F1)"), Act.HELP),
        ):
            row.addWidget(button)
        board.layout_changed.connect(self._show_layout)
        board.purpose_changed.connect(self.refresh)
        board.contents_changed.connect(self.refresh)
        board.cells_changed.connect(self.refresh)
        board.visitors_changed.connect(self._visitors.setChecked)
        self._show_layout()
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        """On a narrow window the purposes keep their room; the layouts stand behind one button."""
        wide = self.width() >= WIDE
        for button in self._layouts.values():
            button.setVisible(wide)
        self._few.setVisible(not wide)
        self._visitors.setText(plain(_("Visitors F9")) if wide else "F9")

    def ask(self, *, asking: bool) -> None:
        """Show or take away that the next digit chooses a purpose."""
        self.asking = asking
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        waiting = len(self._board.waiting_for_purpose())
        text = _("Purpose for {n} tiles (P)", n=waiting) if waiting else _("Purpose (P)")
        self._prompt.setText(plain(_("Press the number") if self.asking else text))
        self._prompt.setStyleSheet(
            f"color: {self._theme.colours.warning}; font-weight: bold" if waiting or self.asking else ""
        )
        self.chips.refresh(asked=bool(waiting) or self.asking)

    @Slot()
    def _show_layout(self) -> None:
        for layout, button in self._layouts.items():
            button.setChecked(layout == self._board.layout and self._board.focused is None)
        self._few.setText(str(len(self._board.visible())))

    def _layout_button(self, layout: int) -> QToolButton:
        button = QToolButton()
        button.setObjectName("layout")
        button.setText(str(layout))
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        key = LAYOUTS.index(layout) + 1
        button.setToolTip(plain(_("{n} tiles (key {key})", n=layout, key=key)))
        button.setAccessibleName(button.toolTip())
        button.setProperty("layout", layout)
        button.clicked.connect(self._layout_clicked)
        return button

    @Slot()
    def _layout_clicked(self) -> None:
        self._board.set_layout(int(self.sender().property("layout")))
        self._show_layout()

    def _tool(self, icon: str, tip: str, act: Act, *, checkable: bool = False) -> QToolButton:
        button = QToolButton()
        button.setObjectName("tool")
        button.setIcon(self._theme.icon(icon, "text"))
        button.setIconSize(QSize(18, 18))
        button.setToolTip(plain(_(tip)))
        button.setAccessibleName(button.toolTip())
        button.setCheckable(checkable)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setProperty("act", act.value)
        button.clicked.connect(self._tool_clicked)
        return button

    @Slot()
    def _tool_clicked(self) -> None:
        button = self.sender()
        if button is self._visitors:
            self._visitors.setChecked(self._board.visitors)
        self.acted.emit(Act(button.property("act")))


class Chips(QWidget):
    """One chip a purpose, as many as there is room for; the rest stand in a menu."""

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._asked = False
        self._buttons: dict[int, QToolButton] = {}
        self._offered: dict[int, PurposeChoice] = {}
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(28)
        self._urgent = self._chip(PurposeChoice(Purpose.URGENT), f"{short_purpose(Purpose.URGENT)} F4")
        self._urgent.setProperty("urgent", True)
        # Made while the window is up, it has its look already, without this.
        self._urgent.style().unpolish(self._urgent)
        self._urgent.style().polish(self._urgent)
        self._more = QToolButton(self)
        self._more.setObjectName("chip")
        self._more.setIcon(board.ui.theme.icon("more", "text"))
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._more.setToolTip(plain(_("More purposes")))
        self._menu = QMenu(self._more)
        self._more.setMenu(self._menu)

    def refresh(self, *, asked: bool) -> None:
        """Match the chips with the open incidents and the purpose in force."""
        incidents = [PurposeChoice(Purpose.INCIDENT, incident) for incident in self._board.contents.incidents]
        offered = choices(incidents)
        if offered != self._offered:
            self._offered = offered
            self._rebuild()
        current = self._board.purpose or self._board.cells[self._board.selected].choice
        for digit, button in self._buttons.items():
            button.setChecked(self._offered[digit] == current)
            _restyle(button, asked=asked)
        self._urgent.setChecked(current is not None and current.purpose is Purpose.URGENT)

    def choose_number(self, digit: int) -> bool:
        """Take the choice with this number; False if there is none."""
        choice = self._offered.get(digit)
        if choice is not None:
            self._board.choose(choice)
        return choice is not None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _rebuild(self) -> None:
        for button in self._buttons.values():
            button.hide()
            button.deleteLater()
        self._buttons = {}
        for digit, choice in self._offered.items():
            text = short_purpose(choice.purpose)
            if choice.incident is not None:
                text = _("Incident {number}", number=choice.incident.number)
            self._buttons[digit] = self._chip(choice, f"{digit}  {text}")
        self._arrange()

    def _chip(self, choice: PurposeChoice, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("chip")
        button.setText(plain(text))
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(plain(describe(choice)))
        button.setAccessibleName(button.toolTip())
        button.setProperty("choice", choice)
        button.clicked.connect(self._clicked)
        button.show()
        return button

    @Slot()
    def _clicked(self) -> None:
        self._board.choose(self.sender().property("choice"))

    def _arrange(self) -> None:
        """Incidents first, they matter most, then the standing purposes; what has no room goes into the menu."""
        gap, height = 5, 28
        more, urgent = _width(self._more), _width(self._urgent)
        room = self.width() - urgent - gap
        needed = sum(_width(button) + gap for button in self._buttons.values())
        limit = room if needed <= room else room - more - gap
        left, hidden = 0, list[int]()
        for digit, button in self._buttons.items():
            width = _width(button)
            fits = not hidden and left + width <= limit
            button.setVisible(fits)
            if fits:
                button.setGeometry(left, 0, width, height)
                left += width + gap
            else:
                hidden.append(digit)
        self._more.setVisible(bool(hidden))
        if hidden:
            self._more.setGeometry(left, 0, more, height)
            left += more + gap
        self._urgent.setGeometry(left, 0, urgent, height)
        self._fill_menu(hidden)

    def _fill_menu(self, hidden: Sequence[int]) -> None:
        self._menu.clear()
        for digit in hidden:
            action = QAction(plain(f"{digit}  {describe(self._offered[digit])}"), self._menu)
            action.setProperty("choice", self._offered[digit])
            action.triggered.connect(self._clicked)
            self._menu.addAction(action)


def describe(choice: PurposeChoice) -> str:
    """Name a purpose in full: มีเหตุ 2569-0012 ทะเลาะวิวาท."""
    if choice.incident is None:
        return label(choice.purpose)
    return f"{label(choice.purpose)} {choice.incident.number} {choice.incident.title}"


def _width(button: QToolButton) -> int:
    """A button knows its width only after the style sheet was applied to it."""
    button.ensurePolished()
    return button.sizeHint().width()


def _restyle(button: QToolButton, *, asked: bool) -> None:
    if bool(button.property("asked")) != asked:
        button.setProperty("asked", asked)
        button.style().unpolish(button)
        button.style().polish(button)
