"""Windows that show cameras are left out of screen captures."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QWidget


def leave_out_of_captures(window: QWidget) -> None:
    """Ask Windows to leave the window out of screen captures: a deterrent, see the threat model."""
    if sys.platform == "win32":
        import ctypes

        exclude_from_capture = 0x11
        ctypes.windll.user32.SetWindowDisplayAffinity(int(window.winId()), exclude_from_capture)
