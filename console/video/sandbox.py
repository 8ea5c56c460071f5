"""How little a worker process may reach, and that neither side leaves a memory dump behind.

Linux: bubblewrap, when it is installed and a trial run works. Windows: a job object. What could not be done is said
in words (`Confinement.label`), never passed over.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TRIAL_S: Final = 5.0

_SYSTEM: Final = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt/vlc")
_SETTINGS: Final = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/ssl",
    "/etc/pki",
    "/etc/ca-certificates",
    "/etc/crypto-policies",
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/host.conf",
    "/etc/nsswitch.conf",
    "/etc/gai.conf",
    "/etc/localtime",
)
"""Names, trust and time zone; nothing that names people or holds a key of this machine."""

_ENVIRONMENT: Final = (
    "PATH",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "LD_LIBRARY_PATH",
    "VLC_PLUGIN_PATH",
    "PYTHON_VLC_LIB_PATH",
    "PYTHON_VLC_MODULE_PATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "SYSTEMROOT",
    "WINDIR",
    "TEMP",
    "TMP",
)


@dataclass(frozen=True, slots=True)
class Confinement:
    """The words to put before a worker's command, and what to call it in the self-test."""

    prefix: tuple[str, ...]
    label: str


def worker_environment(source: Mapping[str, str]) -> dict[str, str]:
    """Return the few variables a worker needs; no home, no proxy with a password, nothing of the desktop session."""
    kept = {name: source[name] for name in _ENVIRONMENT if name in source}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}


def confine(command: Sequence[str], readable: Iterable[Path], *, wanted: bool = True) -> Confinement:
    """Find the strongest confinement that works here; takes some hundredths of a second, so ask once."""
    if sys.platform == "win32":
        return Confinement((), "job object")
    if not wanted:
        return Confinement((), "process limits only (bubblewrap switched off)")
    program = shutil.which("bwrap")
    if program is None:
        return Confinement((), "process limits only (bubblewrap is not installed)")
    prefix = (program, *_walls(command, readable))
    try:
        trial = subprocess.run(
            [*prefix, "/usr/bin/env", "true"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TRIAL_S,
            check=False,
            env=worker_environment(os.environ),
        )
    except (OSError, subprocess.TimeoutExpired):
        return Confinement((), "process limits only (bubblewrap does not start)")
    if trial.returncode != 0:
        return Confinement((), "process limits only (this system does not let bubblewrap work)")
    return Confinement(prefix, "bubblewrap")


def _walls(command: Sequence[str], readable: Iterable[Path]) -> list[str]:
    words = ["--unshare-all", "--share-net", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    for place in _SYSTEM:
        # /bin and /lib are links into /usr on most systems; elsewhere they are folders.
        if os.path.islink(place):  # noqa: PTH114 - one of many plain names
            words += ["--symlink", os.readlink(place), place]  # noqa: PTH115 - as above
        else:
            words += ["--ro-bind-try", place, place]
    for place in _SETTINGS:
        words += ["--ro-bind-try", os.path.realpath(place), place]
    words += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/home", "--tmpfs", "/root"]  # noqa: S108 - inside the walls
    for place in _program_places(command, readable):
        words += ["--ro-bind-try", place, place]
    return [*words, "--chdir", "/"]


def _program_places(command: Sequence[str], readable: Iterable[Path]) -> list[str]:
    """Return what the worker's program consists of: interpreter, environment, our package, bundled libraries."""
    places = [Path(sys.prefix), Path(sys.base_prefix), Path(__file__).resolve().parents[1]]
    for word in command:
        path = Path(word)
        if path.is_absolute() and path.exists():
            places += [path, path.resolve()]
    if getattr(sys, "frozen", False):
        places.append(Path(sys.executable).resolve().parent)
    for name in ("LD_LIBRARY_PATH", "VLC_PLUGIN_PATH", "PYTHON_VLC_MODULE_PATH"):
        places += [Path(part) for part in os.environ.get(name, "").split(os.pathsep) if part]
    if library := os.environ.get("PYTHON_VLC_LIB_PATH"):
        # The library needs those that lie beside it.
        places.append(Path(library).parent)
    places += list(readable)
    return _outermost(places)


def _outermost(places: Iterable[Path]) -> list[str]:
    """Leave out what lies in a folder that is there anyway: nothing can be mounted inside a read-only one."""
    kept: list[Path] = [Path("/usr")]
    for place in sorted(set(places), key=lambda path: len(path.parts)):
        if place != Path("/") and not any(place.is_relative_to(outer) for outer in kept):
            kept.append(place)
    return [str(place) for place in kept[1:]]


def forbid_dumps() -> str:
    """Keep secrets of this process out of core dumps and debuggers; returns what was done. Called once by the app.

    Windows has no such switch for a program about itself; error reporting is kept from asking for a dump.
    """
    if sys.platform == "win32":
        no_box = 0x0001 | 0x0002
        ctypes.windll.kernel32.SetErrorMode(no_box)
        return "error mode"
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "linux":
        return "no core file"
    set_dumpable = 4
    done = ctypes.CDLL(None, use_errno=True).prctl(set_dumpable, 0, 0, 0, 0) == 0
    return "no core file, not dumpable" if done else "no core file"
