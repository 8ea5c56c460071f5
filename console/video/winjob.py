"""A Windows job object: the workers in it end with the console, and none takes more memory than it should."""

from __future__ import annotations

import ctypes
import sys
from typing import Any, Final

_EXTENDED_LIMITS: Final = 9
_ACTIVE_PROCESSES: Final = 0x0008
_PROCESS_MEMORY: Final = 0x0100
_KILL_ON_CLOSE: Final = 0x2000


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("process_time", ctypes.c_int64),
        ("job_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("least_working_set", ctypes.c_size_t),
        ("largest_working_set", ctypes.c_size_t),
        ("active_processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority", ctypes.c_uint32),
        ("scheduling", ctypes.c_uint32),
    )


class _ExtendedLimits(ctypes.Structure):
    _fields_ = (
        ("basic", _BasicLimits),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


class WorkerJob:
    """Holds one worker. Closing it, or our own end, ends the worker."""

    def __init__(self, process_handle: int, memory_bytes: int) -> None:
        """Put the process into a new job; raises OSError."""
        self._kernel = _kernel()
        self._job = self._kernel.CreateJobObjectW(None, None)
        if not self._job:
            raise OSError("CreateJobObject")
        limits = _ExtendedLimits()
        limits.basic.flags = _KILL_ON_CLOSE | _PROCESS_MEMORY | _ACTIVE_PROCESSES
        limits.basic.active_processes = 2  # Python's launcher in a virtual environment is a process of its own
        limits.process_memory = memory_bytes
        size = ctypes.sizeof(limits)
        if not self._kernel.SetInformationJobObject(self._job, _EXTENDED_LIMITS, ctypes.byref(limits), size):
            self.close()
            raise OSError("SetInformationJobObject")
        if not self._kernel.AssignProcessToJobObject(self._job, process_handle):
            self.close()
            raise OSError("AssignProcessToJobObject")

    def close(self) -> None:
        if self._job:
            self._kernel.CloseHandle(self._job)
            self._job = None


def _kernel() -> Any:
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        handle, word = ctypes.c_void_p, ctypes.c_uint32
        kernel.CreateJobObjectW.restype = handle
        kernel.CreateJobObjectW.argtypes = (handle, ctypes.c_wchar_p)
        kernel.SetInformationJobObject.argtypes = (handle, ctypes.c_int, handle, word)
        kernel.AssignProcessToJobObject.argtypes = (handle, handle)
        kernel.CloseHandle.argtypes = (handle,)
        return kernel
    raise OSError("not Windows")
