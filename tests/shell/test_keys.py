"""Keys count by their place: with Thai active, with Num Lock off, on X11 and on Windows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from console.views.wall_keys import TABLE, Act, Press, read_key
from console.views.wall_layouts import layout_of

NONE = Qt.KeyboardModifier.NoModifier
PAD = Qt.KeyboardModifier.KeypadModifier


def key(code: int, text: str = "", scan: int = 0, modifiers: Qt.KeyboardModifier = NONE) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, code, modifiers, scan, 0, 0, text)


@pytest.mark.parametrize(
    ("letter", "thai", "scan", "act"),
    [
        ("l", "ส", 0x26, Act.LAYOUT_LIST),
        ("f", "ด", 0x21, Act.FIND),
        ("p", "ย", 0x19, Act.PURPOSE),
        ("r", "พ", 0x13, Act.RETRY),
        ("i", "ร", 0x17, Act.PANEL),
        ("t", "ะ", 0x14, Act.TOUR),
        ("T", "ธ", 0x14, Act.TOUR),
    ],
)
def test_letters_count_by_their_place(letter: str, thai: str, scan: int, act: Act) -> None:
    for text in (letter, thai):
        assert read_key(key(0, text, scan), "win32") == Press(act)
        assert read_key(key(0, text, scan + 8), "linux") == Press(act)
        assert read_key(key(0, text)) == Press(act), "without a scan code the character decides"


def test_kedmanee_slash_on_the_key_of_two_is_two() -> None:
    assert read_key(key(Qt.Key.Key_Slash, "/", 0x03), "win32") == Press(Act.LAYOUT, 2)
    assert read_key(key(Qt.Key.Key_Slash, "/", 0x03 + 8), "linux") == Press(Act.LAYOUT, 2)


@pytest.mark.parametrize("digit", range(10))
def test_number_row_gives_digits_whatever_is_typed(digit: int) -> None:
    scan = 0x0B if digit == 0 else digit + 1
    assert read_key(key(0, "ๅ/-ภถุึคตจ"[digit - 1], scan), "win32") == Press(Act.LAYOUT, digit)
    assert read_key(key(0, str(digit), scan + 8), "linux") == Press(Act.LAYOUT, digit)
    assert read_key(key(0, "๐๑๒๓๔๕๖๗๘๙"[digit])) == Press(Act.LAYOUT, digit)


@pytest.mark.parametrize(
    ("scan", "digit", "without_num_lock"),
    [(0x4F, 1, Qt.Key.Key_End), (0x50, 2, Qt.Key.Key_Down), (0x4B, 4, Qt.Key.Key_Left), (0x48, 8, Qt.Key.Key_Up)],
)
def test_the_pad_is_always_digits(scan: int, digit: int, without_num_lock: Qt.Key) -> None:
    assert read_key(key(without_num_lock, "", scan, PAD), "win32") == Press(Act.LAYOUT, digit)
    assert read_key(key(without_num_lock, "", scan + 8, PAD), "linux") == Press(Act.LAYOUT, digit)


def test_real_arrows_stay_arrows() -> None:
    assert read_key(key(Qt.Key.Key_Left, "", 0x14B), "win32") == Press(Act.LEFT)
    assert read_key(key(Qt.Key.Key_Left, "", 113), "linux") == Press(Act.LEFT)


def test_space_is_space_in_every_language() -> None:
    assert read_key(key(Qt.Key.Key_Space, " ", 0x39), "win32") == Press(Act.HOLD)
    assert read_key(key(Qt.Key.Key_Space, " ", 0x39 + 8), "linux") == Press(Act.HOLD)


def test_commands_are_left_to_the_window() -> None:
    assert read_key(key(Qt.Key.Key_F, "f", 0x21, Qt.KeyboardModifier.ControlModifier), "win32") is None
    assert read_key(key(Qt.Key.Key_Q, "q", 0x10), "win32") is None
    assert read_key(key(0, "?")) is None


def test_the_table_names_every_act_once() -> None:
    shown = {line.act for line in TABLE}
    assert shown | {Act.RIGHT, Act.UP, Act.DOWN} == set(Act)
    assert len(TABLE) == len(shown)


def test_every_digit_has_a_layout() -> None:
    keys = [layout_of(digit).key for digit in range(10)]
    assert keys == ["1+12", "1", "4", "9", "16", "25", "36", "64", "1+5", "1+7"]
