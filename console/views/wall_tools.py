"""The line above the wall: why we look (chips), how many tiles, visitors, full screen, keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from console.i18n import N_, _, plain
from console.i18n.labels import label, short_purpose
from console.kernel import Purpose
from console.views.flow import FoldingLine
from console.views.theme import Theme
from console.views.wall_board import Board
from console.views.wall_keys import Act
from console.views.wall_layout_list import layout_words
from console.views.wall_layouts import SQUARES, Layout
from console.views.wall_model import PurposeChoice

MOST_INCIDENTS: Final = 4
WIDE: Final = 1040
NARROW: Final = 560
GAP: Final = 5
HEIGHT: Final = 28
LEAST_CHIP: Final = 72
NO_NUMBER: Final = -1
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


class ToolLine(FoldingLine):
    """Chips, layouts and the few buttons of the wall. Everything here also has a key.

    Beside an open drawer there may be no room for the purposes on the line of the buttons: they get one of their own.
    """

    acted = Signal(object)

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        self._prompt = QLabel(plain(_("Purpose (P)")))
        self.chips = Chips(board)
        buttons = QWidget()
        super().__init__(self._prompt, self.chips, buttons, parent)
        self.setObjectName("toolLine")
        self.column.setContentsMargins(10, 5, 10, 5)
        self.set_spacing(5, 5)
        self._board = board
        self._theme: Theme = board.ui.theme
        self.asking = False
        self._tour = self._tool("tour", N_("Hold the tour, or go on (Space)"), Act.HOLD)
        self._tour.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._tour.hide()
        self._layouts = {layout: self._layout_button(layout) for layout in SQUARES}
        self._few = self._tool("wall", N_("All layouts (L)"), Act.LAYOUT_LIST)
        self._few.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._visitors = self._tool("visitors", N_("Visitors (F9)"), Act.VISITORS, checkable=True)
        self._visitors.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._second = self._tool("second", N_("Second window (W)"), Act.SECOND)
        self._furnish(buttons)
        board.layout_changed.connect(self._show_layout)
        board.purpose_changed.connect(self.refresh)
        board.contents_changed.connect(self.refresh)
        board.cells_changed.connect(self.refresh)
        board.visitors_changed.connect(self._visitors.setChecked)
        self._show_layout()
        self.refresh()

    def _furnish(self, buttons: QWidget) -> None:
        buttons.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        row.addWidget(self._tour)
        for layout in self._layouts.values():
            row.addWidget(layout)
        row.addWidget(self._few)
        row.addSpacing(6)
        for button in (
            self._visitors,
            self._tool("panel", N_("Side panel (I)"), Act.PANEL),
            self._second,
            self._tool("fullscreen", N_("Full screen (F11)"), Act.FULL_SCREEN),
            self._tool("keyboard", N_("Keys (F1)"), Act.HELP),
        ):
            row.addWidget(button)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._share_room()
        if (event.oldSize().width() >= NARROW) != (self.width() >= NARROW):
            self.refresh()
        super().resizeEvent(event)

    def _share_room(self) -> None:
        """On a narrow window the purposes keep their room; the layouts stand behind one button."""
        wide = self.width() >= WIDE
        for button in self._layouts.values():
            button.setVisible(wide)
        self._second.setVisible(self.width() >= NARROW)
        self._show_layout()
        self._visitors.setText(plain(_("Visitors F9")) if wide else "F9")

    def show_tour(self, words: str) -> None:
        """Say where the tour is; nothing while there is none."""
        self._tour.setText(plain(words))
        self._tour.setVisible(bool(words))

    def ask(self, *, asking: bool) -> None:
        """Show or take away that the next digit chooses a purpose."""
        self.asking = asking
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        waiting = len(self._board.waiting_for_purpose())
        told = waiting and self.width() >= NARROW
        text = _("Purpose for {n} tiles (P)", n=waiting) if told else _("Purpose (P)")
        self._prompt.setText(plain(_("Press the number") if self.asking else text))
        self._prompt.setStyleSheet(
            f"color: {self._theme.colours.warning}; font-weight: bold" if waiting or self.asking else ""
        )
        self.chips.refresh(asked=bool(waiting) or self.asking)

    @Slot()
    def _show_layout(self) -> None:
        for layout, button in self._layouts.items():
            button.setChecked(layout == self._board.layout and self._board.focused is None)
        # The list also says the layout in use where no button of its own does.
        said = self._board.layout in self._layouts and self.width() >= WIDE
        self._few.setText("" if said else self._board.shape().key)

    def _layout_button(self, layout: Layout) -> QToolButton:
        button = QToolButton()
        button.setObjectName("layout")
        button.setText(layout.key)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(plain(layout_words(layout)))
        button.setAccessibleName(button.toolTip())
        button.setProperty("layout", layout)
        button.clicked.connect(self._layout_clicked)
        return button

    @Slot()
    def _layout_clicked(self) -> None:
        self._board.set_layout(self.sender().property("layout"))
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
    """One chip a purpose, as many as there is room for; the rest stand in a menu.

    The purpose in force, the menu and urgent are always there.
    """

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._asked = False
        self._buttons: dict[int, QToolButton] = {}
        self._offered: dict[int, PurposeChoice] = {}
        self._chosen: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(HEIGHT)
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
        current = self._board.purpose or self._board.cells[self._board.selected].choice
        current = None if current is None else current.ordinary
        if current is not None and current.purpose is not Purpose.URGENT and current not in offered.values():
            # An older incident, which has no number of its own.
            offered = {NO_NUMBER: current} | offered
        if offered != self._offered:
            self._offered = offered
            self._rebuild()
        chosen = next((digit for digit, choice in offered.items() if choice == current), None)
        if chosen != self._chosen:
            self._chosen = chosen
            self.updateGeometry()
            self._arrange()
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

    def sizeHint(self) -> QSize:
        """Return the room for the purpose in force, or the first one, for the menu and for urgent."""
        wanted = [self._urgent, self._more, *(self._buttons[digit] for digit in self._kept()[:1])]
        return QSize(sum(_width(button) + GAP for button in wanted), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(_width(self._urgent) + _width(self._more) + LEAST_CHIP + 2 * GAP, HEIGHT)

    def _kept(self) -> list[int]:
        """Return the numbers in the order in which they are kept when there is little room."""
        return sorted(self._buttons, key=lambda digit: digit != self._chosen)

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
            self._buttons[digit] = self._chip(choice, text if digit == NO_NUMBER else f"{digit}  {text}")
        self.updateGeometry()
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
        more, urgent = _width(self._more), _width(self._urgent)
        widths = {digit: _width(button) for digit, button in self._buttons.items()}
        room = self.width() - urgent - GAP
        if sum(widths.values()) + GAP * len(widths) > room:
            room -= more + GAP
        shown = self._fitting(widths, room)
        left = 0
        for digit, button in self._buttons.items():
            button.setVisible(digit in shown)
            if digit in shown:
                # Only the purpose in force may be broader than there is room: its name is then cut, not hidden.
                width = min(widths[digit], max(LEAST_CHIP, room - GAP))
                button.setGeometry(left, 0, width, HEIGHT)
                left += width + GAP
        hidden = [digit for digit in self._buttons if digit not in shown]
        self._more.setVisible(bool(hidden))
        if hidden:
            self._more.setGeometry(left, 0, more, HEIGHT)
            left += more + GAP
        self._urgent.setGeometry(left, 0, urgent, HEIGHT)
        self._fill_menu(hidden)

    def _fitting(self, widths: dict[int, int], room: int) -> set[int]:
        shown = set[int]()
        for digit in self._kept():
            room -= widths[digit] + GAP
            if room < 0 and digit != self._chosen:
                break
            shown.add(digit)
        return shown

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
