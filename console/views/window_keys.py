"""The keys that count anywhere in the window: one table, used by the shell and shown by F1.

Letters and digits with Ctrl count by the physical key, like those of the wall, so that Thai Kedmanee may be active.
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
from console.views.wall_keys import scan_code


class WindowAct(StrEnum):
    """What a key, or the officer's menu, asks of the window."""

    HELP = "help"
    INCIDENT = "incident"
    PAGE = "page"
    FULL_SCREEN = "full_screen"
    VISITORS = "visitors"
    LOCK = "lock"
    OFFICER = "officer"
    PASSWORD = "password"  # noqa: S105 - an act, no secret
    LOG_OUT = "log_out"
    MATTERS = "matters"


@dataclass(frozen=True, slots=True)
class WindowPress:
    act: WindowAct
    digit: int = 0


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A line of the help page: the keys as they are printed on the keyboard, and what they do."""

    keys: tuple[str, ...]
    meaning: str


ANYWHERE: Final = (
    KeyLine(("F1",), N_("this table of keys")),
    KeyLine(("F2",), N_("new incident, wherever you are")),
    KeyLine(("Ctrl", "1", "–", "9"), N_("open a page of the list at the left")),
    KeyLine(("F7",), N_("what the shift has left open: urgent views to explain, reviews")),
    KeyLine(("F9",), N_("visitors: private cameras dark, and back")),
    KeyLine(("F8",), N_("in the demonstration: to the guide, and fold it away")),
    KeyLine(("F11",), N_("full screen")),
    KeyLine(("F12",), N_("lock the console; Ctrl L does the same")),
)
LISTS: Final = (
    KeyLine(("Ctrl", "F"), N_("type into the filter")),
    KeyLine(("Ctrl", "N"), N_("new record")),
    KeyLine(("Enter",), N_("open the chosen record")),
    KeyLine(("F6",), N_("between the list and the form")),
    KeyLine(("Ctrl", "Enter"), N_("what can be done with the record")),
    KeyLine(("F5",), N_("read the list again")),
    KeyLine(("F3",), N_("among the owners: the owner pauses or withdraws")),
    KeyLine(("Alt", "← → ↑ ↓"), N_("order the list by another column, or the other way round")),
    KeyLine(("Ctrl", "S"), N_("save")),
    KeyLine(("Esc",), N_("back; asks only if something would be lost")),
    KeyLine(("Ctrl", "P"), N_("print")),
    KeyLine(("Ctrl", "E"), N_("save the list as CSV")),
    KeyLine(("Ctrl", "Tab"), N_("next tab of the page")),
)

STOP_KEY: Final = Qt.Key.Key_F3
"""On the owner's card. A key of the page, not of the window."""

_NAMED: Final[Mapping[int, WindowAct]] = {
    Qt.Key.Key_F1: WindowAct.HELP,
    Qt.Key.Key_F2: WindowAct.INCIDENT,
    Qt.Key.Key_F7: WindowAct.MATTERS,
    Qt.Key.Key_F9: WindowAct.VISITORS,
    Qt.Key.Key_F11: WindowAct.FULL_SCREEN,
    Qt.Key.Key_F12: WindowAct.LOCK,
}
_MODIFIERS: Final = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.ShiftModifier
    | Qt.KeyboardModifier.MetaModifier
)
_CODE_OF_1: Final = 0x02
_CODE_OF_9: Final = 0x0A
_CODE_OF_L: Final = 0x26


def read_window_key(event: QKeyEvent, platform: str = sys.platform) -> WindowPress | None:
    """Say what a key press means anywhere in the window; None if the window does not know it."""
    held = event.modifiers() & _MODIFIERS
    if held == Qt.KeyboardModifier.NoModifier:
        act = _NAMED.get(event.key())
        return None if act is None else WindowPress(act)
    if held != Qt.KeyboardModifier.ControlModifier:
        return None
    code = scan_code(event, platform)
    if code:
        return _by_code(code)
    return _by_key(event.key())


def tab_step(event: QKeyEvent) -> int:
    """Return by how many tabs the key goes on: 1, −1 backwards, 0 if it is another key."""
    held = event.modifiers() & _MODIFIERS
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    if held == control and event.key() in {Qt.Key.Key_Tab, Qt.Key.Key_PageDown}:
        return 1
    backwards = event.key() in {Qt.Key.Key_Backtab, Qt.Key.Key_Tab} and held == control | shift
    return -1 if backwards or (held == control and event.key() == Qt.Key.Key_PageUp) else 0


def _by_code(code: int) -> WindowPress | None:
    if _CODE_OF_1 <= code <= _CODE_OF_9:
        return WindowPress(WindowAct.PAGE, code - _CODE_OF_1 + 1)
    return WindowPress(WindowAct.LOCK) if code == _CODE_OF_L else None


def _by_key(key: int) -> WindowPress | None:
    """Without a scan code (remote desktop, synthetic event) the key's own name decides."""
    if Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
        return WindowPress(WindowAct.PAGE, key - Qt.Key.Key_1 + 1)
    return WindowPress(WindowAct.LOCK) if key == Qt.Key.Key_L else None
