"""Closes a window as its close button does, on an X server without a window manager. For the smoke test only."""

from __future__ import annotations

import ctypes
from typing import Final

_CLIENT_MESSAGE: Final = 33
_WORDS: Final = 5
_FORMAT_BITS: Final = 32


class _ClientMessage(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * _WORDS),
        ("room", ctypes.c_long * 24),  # XSendEvent reads a whole XEvent
    )


def close_window(window: int) -> None:
    """Send WM_DELETE_WINDOW: the program may finish its work, unlike when its window is destroyed."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XOpenDisplay.argtypes = (ctypes.c_char_p,)
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XInternAtom.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
    x11.XSendEvent.argtypes = (ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.c_void_p)
    x11.XCloseDisplay.argtypes = (ctypes.c_void_p,)
    display = x11.XOpenDisplay(None)
    if not display:
        raise OSError("no X server")
    try:
        message = _ClientMessage(
            type=_CLIENT_MESSAGE,
            window=window,
            message_type=x11.XInternAtom(display, b"WM_PROTOCOLS", 0),
            format=_FORMAT_BITS,
        )
        message.data[0] = x11.XInternAtom(display, b"WM_DELETE_WINDOW", 0)
        x11.XSendEvent(display, window, 0, 0, ctypes.byref(message))
    finally:
        x11.XCloseDisplay(display)  # sends what is waiting
