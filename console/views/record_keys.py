"""The keys of a record page. Letters with Ctrl count by the physical key, so that Thai Kedmanee may be active."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from console.views.wall_keys import scan_code


class RecordAct(StrEnum):
    FILTER = "filter"
    NEW = "new"
    SAVE = "save"
    PRINT = "print"
    EXPORT = "export"
    ACTS = "acts"
    REFRESH = "refresh"
    SWITCH = "switch"
    BACK = "back"


_CODES: Final[Mapping[int, RecordAct]] = {
    0x21: RecordAct.FILTER,
    0x31: RecordAct.NEW,
    0x1F: RecordAct.SAVE,
    0x19: RecordAct.PRINT,
    0x12: RecordAct.EXPORT,
}
_LETTERS: Final[Mapping[int, RecordAct]] = {
    Qt.Key.Key_F: RecordAct.FILTER,
    Qt.Key.Key_N: RecordAct.NEW,
    Qt.Key.Key_S: RecordAct.SAVE,
    Qt.Key.Key_P: RecordAct.PRINT,
    Qt.Key.Key_E: RecordAct.EXPORT,
}
_NAMED: Final[Mapping[int, RecordAct]] = {
    Qt.Key.Key_Escape: RecordAct.BACK,
    Qt.Key.Key_F5: RecordAct.REFRESH,
    Qt.Key.Key_F6: RecordAct.SWITCH,
}
_MODIFIERS: Final = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.ShiftModifier
    | Qt.KeyboardModifier.MetaModifier
)


def read_record_key(event: QKeyEvent, platform: str = sys.platform) -> RecordAct | None:
    """Say what a key press asks of the page; None if the page does not know it."""
    held = event.modifiers() & _MODIFIERS
    if held == Qt.KeyboardModifier.NoModifier:
        return _NAMED.get(event.key())
    if held != Qt.KeyboardModifier.ControlModifier:
        return None
    if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
        return RecordAct.ACTS
    code = scan_code(event, platform)
    return _CODES.get(code) if code else _LETTERS.get(event.key())
