"""Runs first in the frozen program: points python-vlc at the libVLC beside it, where one was packed (Windows)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

beside = Path(getattr(sys, "_MEIPASS", "")) / "vlc"
if (beside / "libvlc.dll").exists():
    os.environ["PYTHON_VLC_MODULE_PATH"] = str(beside / "plugins")
    os.environ["PYTHON_VLC_LIB_PATH"] = str(beside / "libvlc.dll")
