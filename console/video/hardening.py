"""What a worker process does to itself before it touches a camera's bytes, and how it ends."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38
_NICENESS: Final = 10
_ROOM: Final = 3 * 1024**3
"""Address space beside the pictures' memory: libVLC's threads alone reserve 8 MiB each."""

_M_ARENA_MAX: Final = -8
_ARENAS: Final = 8
"""The C library would reserve an arena of 64 MiB for each of the many threads; with two they wait for each other."""

_HOMES: Final = (
    "HOME",
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "DBUS_SESSION_BUS_ADDRESS",
)


def harden() -> str:
    """Give up what a worker does not need; returns what was done, for the self-test."""
    for name in _HOMES:
        os.environ.pop(name, None)
    # A parser's crash text must not show a camera's bytes in a dialog or a file.
    if sys.platform == "win32":
        below_normal = 0x4000
        ctypes.windll.kernel32.SetErrorMode(0x0001 | 0x0002)
        ctypes.windll.kernel32.SetPriorityClass(ctypes.windll.kernel32.GetCurrentProcess(), below_normal)
        return "below normal"
    import resource

    # The threads for pictures do it themselves (`step_back`).
    done = ["no core file", f"pictures nice +{_NICENESS}"]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.mallopt(_M_ARENA_MAX, _ARENAS)
        for option, value, name in (
            (_PR_SET_PDEATHSIG, signal.SIGKILL, "dies with its parent"),
            (_PR_SET_NO_NEW_PRIVS, 1, "no new privileges"),
            (_PR_SET_DUMPABLE, 0, "not dumpable"),
        ):
            if libc.prctl(option, value, 0, 0, 0) == 0:
                done.append(name)
    return ", ".join(done)


def step_back() -> None:
    """Let the window and the worker's control thread go first: for a thread that handles pictures, and all it starts.

    On Linux each thread has its own priority; on Windows `harden` has lowered that of the process.
    """
    # A thread inherits both from the one that starts it: whoever has stepped back already stays where it is.
    if sys.platform == "linux" and os.sched_getscheduler(0) != os.SCHED_BATCH:
        with contextlib.suppress(OSError):
            os.nice(_NICENESS)
            # Woken threads wait for their turn instead of interrupting: fewer switches, some 5 % less of a core.
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def limit_memory(pictures: int) -> None:
    """Bound the address space to what `pictures` bytes of shared memory and honest decoding need."""
    if sys.platform != "win32":
        import resource

        limit = pictures + _ROOM
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def give_back_memory() -> None:
    """Return freed memory to the system: the C library would keep what sixteen bridges needed for a moment."""
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)


def leave(code: int) -> None:
    """End now. Foreign threads are inside libVLC: the interpreter's own way out would run into them."""
    os._exit(code)


def leave_within(seconds: float, code: int) -> None:
    """End after so many seconds at the latest, whatever hangs."""
    timer = threading.Timer(seconds, leave, (code,))
    timer.daemon = True
    timer.start()
