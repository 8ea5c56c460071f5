"""The keys of the wall: one table, used by the wall and shown by F1.

Letters and digits count by the physical key (scan code), so that they work while Thai Kedmanee is active; digits of the
numeric pad are digits whatever Num Lock says. Keys without a letter go by their Qt code.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from console.i18n import N_


class Act(StrEnum):
    """What a key does on the wall."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    FOCUS = "focus"
    BACK = "back"
    ZOOM_IN = "zoom_in"
    ZOOM_OUT = "zoom_out"
    ZOOM_RESET = "zoom_reset"
    PAN_LEFT = "pan_left"
    PAN_RIGHT = "pan_right"
    PAN_UP = "pan_up"
    PAN_DOWN = "pan_down"
    CLEAR = "clear"
    RETRY = "retry"
    LAYOUT = "layout"
    LAYOUT_LIST = "layout_list"
    TOUR = "tour"
    HOLD = "hold"
    FIND = "find"
    PURPOSE = "purpose"
    URGENT = "urgent"
    INCIDENT = "incident"
    VISITORS = "visitors"
    PANEL = "panel"
    FULL_SCREEN = "full_screen"
    SECOND = "second"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Press:
    """What an event means: the act, and for a layout or a purpose the digit that was pressed."""

    act: Act
    digit: int = 0


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A line of the table: the keys as they are printed on the keyboard, what they do, and its group."""

    act: Act
    keys: tuple[str, ...]
    meaning: str
    group: str


_MOVE: Final = N_("Move on the wall")
_LOOK: Final = N_("Look with a purpose")
_WINDOW: Final = N_("Window")

TABLE: Final = (
    KeyLine(Act.LEFT, ("← → ↑ ↓",), N_("select a tile"), _MOVE),
    KeyLine(Act.FOCUS, ("Enter",), N_("enlarge the tile, and back"), _MOVE),
    KeyLine(Act.BACK, ("Esc",), N_("back"), _MOVE),
    KeyLine(Act.ZOOM_IN, ("+",), N_("zoom in; the mouse wheel does the same"), _MOVE),
    KeyLine(Act.ZOOM_OUT, ("−",), N_("zoom out"), _MOVE),
    KeyLine(Act.PAN_LEFT, ("Shift", "← → ↑ ↓"), N_("move the zoomed picture"), _MOVE),
    KeyLine(Act.ZOOM_RESET, ("Backspace",), N_("the whole picture again; Esc does the same"), _MOVE),
    KeyLine(Act.LAYOUT, ("0", "–", "9"), N_("layout: 1–7 equal tiles, 8 9 0 one large tile"), _MOVE),
    KeyLine(Act.LAYOUT_LIST, ("L",), N_("layouts, named walls, tours"), _MOVE),
    KeyLine(Act.TOUR, ("T",), N_("start or end the tour"), _MOVE),
    KeyLine(Act.HOLD, ("Space",), N_("hold the tour, and go on"), _MOVE),
    KeyLine(Act.FIND, ("F",), N_("find a camera and place it"), _MOVE),
    KeyLine(Act.CLEAR, ("Delete",), N_("clear the tile"), _MOVE),
    KeyLine(Act.PURPOSE, ("P", "0", "–", "9"), N_("choose the purpose by its number"), _LOOK),
    KeyLine(Act.INCIDENT, ("F2",), N_("new incident at this camera; time and place are filled in"), _LOOK),
    KeyLine(Act.URGENT, ("F4",), N_("urgent: look now; the log says it was urgent"), _LOOK),
    KeyLine(Act.RETRY, ("R",), N_("try this camera again"), _LOOK),
    KeyLine(Act.VISITORS, ("F9",), N_("visitors: private cameras dark, and back"), _LOOK),
    KeyLine(Act.PANEL, ("I",), N_("show or hide the side panel"), _WINDOW),
    KeyLine(Act.SECOND, ("W",), N_("second window, and to the other one"), _WINDOW),
    KeyLine(Act.FULL_SCREEN, ("F11",), N_("full screen"), _WINDOW),
    KeyLine(Act.HELP, ("F1",), N_("this table of keys"), _WINDOW),
)

# Set-1 scan codes, which are also the kernel's key numbers of Linux for these keys.
_LETTERS: Final[Mapping[int, Act]] = {
    0x26: Act.LAYOUT_LIST,
    0x14: Act.TOUR,
    0x21: Act.FIND,
    0x19: Act.PURPOSE,
    0x13: Act.RETRY,
    0x17: Act.PANEL,
    0x11: Act.SECOND,
    0x0C: Act.ZOOM_OUT,
    0x0D: Act.ZOOM_IN,
    0x4A: Act.ZOOM_OUT,
    0x4E: Act.ZOOM_IN,
}
_DIGIT_CODES: Final[Mapping[int, int]] = {code: code - 1 for code in range(0x02, 0x0B)} | {0x0B: 0}
_PAD_CODES: Final[Mapping[int, int]] = {
    0x52: 0,
    0x4F: 1,
    0x50: 2,
    0x51: 3,
    0x4B: 4,
    0x4C: 5,
    0x4D: 6,
    0x47: 7,
    0x48: 8,
    0x49: 9,
}
_X11_OFFSET: Final = 8
"""X11 and Wayland number keys eight above the kernel of Linux."""

_NAMED: Final[Mapping[int, Act]] = {
    Qt.Key.Key_Left: Act.LEFT,
    Qt.Key.Key_Right: Act.RIGHT,
    Qt.Key.Key_Up: Act.UP,
    Qt.Key.Key_Down: Act.DOWN,
    Qt.Key.Key_Return: Act.FOCUS,
    Qt.Key.Key_Enter: Act.FOCUS,
    Qt.Key.Key_Escape: Act.BACK,
    Qt.Key.Key_Delete: Act.CLEAR,
    Qt.Key.Key_Space: Act.HOLD,
    Qt.Key.Key_Backspace: Act.ZOOM_RESET,
    Qt.Key.Key_F1: Act.HELP,
    Qt.Key.Key_F2: Act.INCIDENT,
    Qt.Key.Key_F4: Act.URGENT,
    Qt.Key.Key_F9: Act.VISITORS,
    Qt.Key.Key_F11: Act.FULL_SCREEN,
}

_SHIFTED: Final[Mapping[int, Act]] = {
    Qt.Key.Key_Left: Act.PAN_LEFT,
    Qt.Key.Key_Right: Act.PAN_RIGHT,
    Qt.Key.Key_Up: Act.PAN_UP,
    Qt.Key.Key_Down: Act.PAN_DOWN,
}

# Without a scan code (remote desktop, synthetic event) the character decides: Latin, or Kedmanee's on the same key.
_TYPED: Final[Mapping[str, Act]] = {
    "l": Act.LAYOUT_LIST,
    "ส": Act.LAYOUT_LIST,
    "ศ": Act.LAYOUT_LIST,
    "t": Act.TOUR,
    "ะ": Act.TOUR,
    "ธ": Act.TOUR,
    "f": Act.FIND,
    "ด": Act.FIND,
    "โ": Act.FIND,
    "p": Act.PURPOSE,
    "ย": Act.PURPOSE,
    "ญ": Act.PURPOSE,
    "r": Act.RETRY,
    "พ": Act.RETRY,
    "ฑ": Act.RETRY,
    "i": Act.PANEL,
    "ร": Act.PANEL,
    "ณ": Act.PANEL,
    "w": Act.SECOND,
    "ไ": Act.SECOND,
    '"': Act.SECOND,
    "+": Act.ZOOM_IN,
    "=": Act.ZOOM_IN,
    "ช": Act.ZOOM_IN,
    "_": Act.ZOOM_OUT,
    "ข": Act.ZOOM_OUT,
}
_TYPED_DIGITS: Final[Mapping[str, int]] = (
    {str(digit): digit for digit in range(10)}
    | {digit: index for index, digit in enumerate("๐๑๒๓๔๕๖๗๘๙")}
    | dict(zip("ๅ/-ภถุึคตจ", (1, 2, 3, 4, 5, 6, 7, 8, 9, 0), strict=True))
)
_COMMANDS: Final = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


def read_key(event: QKeyEvent, platform: str = sys.platform) -> Press | None:
    """Say what a key press means on the wall; None if the wall does not know it."""
    if event.modifiers() & _COMMANDS:
        return None
    code = scan_code(event, platform)
    # The pad first: without Num Lock it reports arrows and Delete, but printed on it are digits.
    if code in _PAD_CODES:
        return Press(Act.LAYOUT, _PAD_CODES[code])
    if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and event.key() in _SHIFTED:
        return Press(_SHIFTED[event.key()])
    named = _NAMED.get(event.key())
    if named is not None:
        return Press(named)
    if event.key() == Qt.Key.Key_Minus and event.modifiers() & Qt.KeyboardModifier.KeypadModifier:
        # On a key of the row above the letters it may be Kedmanee's 3.
        return Press(Act.ZOOM_OUT)
    return _lettered(code) if code else _typed(event.text().lower())


def _lettered(code: int) -> Press | None:
    if code in _DIGIT_CODES:
        return Press(Act.LAYOUT, _DIGIT_CODES[code])
    return Press(_LETTERS[code]) if code in _LETTERS else None


def _typed(text: str) -> Press | None:
    if text in _TYPED_DIGITS:
        return Press(Act.LAYOUT, _TYPED_DIGITS[text])
    return Press(_TYPED[text]) if text in _TYPED else None


def scan_code(event: QKeyEvent, platform: str = sys.platform) -> int:
    """Return the set-1 scan code of the key, 0 if the platform gave none. An extended key keeps its 0x100."""
    native = event.nativeScanCode()
    if native == 0:
        return 0
    return native if platform == "win32" else max(0, native - _X11_OFFSET)
