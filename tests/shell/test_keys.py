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
        ("=", "ช", 0x0D, Act.ZOOM_IN),
        ("w", "ไ", 0x11, Act.SECOND),
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


@pytest.mark.parametrize(("scan", "text", "act"), [(0x4A, "-", Act.ZOOM_OUT), (0x4E, "+", Act.ZOOM_IN)])
def test_plus_and_minus_of_the_pad_look_closer_and_less(scan: int, text: str, act: Act) -> None:
    code = Qt.Key.Key_Minus if text == "-" else Qt.Key.Key_Plus
    for event in (key(code, text, scan, PAD), key(code, text, 0, PAD)):
        assert read_key(event, "win32") == Press(act)
    assert read_key(key(code, text, scan + 8, PAD), "linux") == Press(act)


def test_minus_is_a_key_and_not_a_character() -> None:
    assert read_key(key(Qt.Key.Key_Minus, "-", 0x0C), "win32") == Press(Act.ZOOM_OUT)
    assert read_key(key(0, "ข", 0x0C + 8), "linux") == Press(Act.ZOOM_OUT)
    assert read_key(key(Qt.Key.Key_Minus, "-", 0x04 + 8), "linux") == Press(Act.LAYOUT, 3), "Kedmanee's key of 3"


@pytest.mark.parametrize(
    ("code", "act"),
    [
        (Qt.Key.Key_Left, Act.LEFT),
        (Qt.Key.Key_Right, Act.RIGHT),
        (Qt.Key.Key_Up, Act.UP),
        (Qt.Key.Key_Down, Act.DOWN),
        (Qt.Key.Key_Return, Act.FOCUS),
        (Qt.Key.Key_Enter, Act.FOCUS),
        (Qt.Key.Key_Escape, Act.BACK),
        (Qt.Key.Key_Backspace, Act.ZOOM_RESET),
        (Qt.Key.Key_Delete, Act.CLEAR),
        (Qt.Key.Key_F1, Act.HELP),
        (Qt.Key.Key_F2, Act.INCIDENT),
        (Qt.Key.Key_F4, Act.URGENT),
        (Qt.Key.Key_F9, Act.VISITORS),
        (Qt.Key.Key_F11, Act.FULL_SCREEN),
    ],
)
def test_keys_without_a_letter_are_the_same_in_thai(code: Qt.Key, act: Act) -> None:
    # No layout changes their name; the scan code is one that stands for no letter, digit or key of the pad.
    for platform in ("win32", "linux"):
        assert read_key(key(code, "", 0x170), platform) == Press(act)
        assert read_key(key(code), platform) == Press(act)


@pytest.mark.parametrize(
    ("code", "act"),
    [
        (Qt.Key.Key_Left, Act.PAN_LEFT),
        (Qt.Key.Key_Right, Act.PAN_RIGHT),
        (Qt.Key.Key_Up, Act.PAN_UP),
        (Qt.Key.Key_Down, Act.PAN_DOWN),
    ],
)
def test_arrows_with_shift_move_the_picture(code: Qt.Key, act: Act) -> None:
    for scan in (0, 0x14B):
        assert read_key(key(code, "", scan, Qt.KeyboardModifier.ShiftModifier), "win32") == Press(act)


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
    assert shown | {Act.RIGHT, Act.UP, Act.DOWN, Act.PAN_RIGHT, Act.PAN_UP, Act.PAN_DOWN} == set(Act)
    assert len(TABLE) == len(shown)


def test_every_digit_has_a_layout() -> None:
    keys = [layout_of(digit).key for digit in range(10)]
    assert keys == ["1+12", "1", "4", "9", "16", "25", "36", "64", "1+5", "1+7"]
