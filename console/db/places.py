"""Where a store lies and who may write there: place, writer identity of this workstation, lock, kind of drive."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from console.db.base import time_text
from console.kernel import Unavailable, new_id

NETWORK_DRIVES: Final = frozenset(
    (
        "nfs",
        "nfs4",
        "cifs",
        "smb",
        "smb2",
        "smb3",
        "smbfs",
        "afs",
        "ncpfs",
        "9p",
        "fuse.sshfs",
        "fuse.rclone",
        "fuse.davfs",
        "davfs",
        "glusterfs",
        "ceph",
        "lustre",
        "remote",
    )
)
_DRIVE_REMOTE: Final = 4
WRITER_FILE: Final = "writer.json"
PRIVATE: Final = 0o700
"""Mode of the folders that are made: what lies in them is nobody else's to read."""
_DRIVERS: Final = frozenset(("sqlite", "postgresql+psycopg"))


def drive_kind(path: Path) -> str:
    """Return the kind of file system that holds `path` (`remote` for a Windows network drive, empty if unknown)."""
    if sys.platform == "win32":
        import ctypes

        drive = os.path.splitdrive(path.resolve())[0]
        remote = drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(drive + "\\") == _DRIVE_REMOTE
        return "remote" if remote else ""
    mounts = Path("/proc/self/mountinfo")
    if not mounts.exists():
        return ""
    return _mount_kind(mounts.read_text("utf-8", errors="surrogateescape"), path.resolve())


def _mount_kind(mountinfo: str, path: Path) -> str:
    """Find the longest mount point above `path`; a later mount on the same point hides the earlier one."""
    best, kind = -1, ""
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        point = Path(before.split(" ")[4].replace("\\040", " "))
        if path.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), after.split(" ")[0]
    return kind


@dataclass(frozen=True, slots=True)
class StorePlace:
    """A database and the data folder beside it (lock, writer identity, checkpoints.log, backups)."""

    url: str
    data_dir: Path
    read_only: bool = False
    drive_kind: Callable[[Path], str] = field(default=drive_kind, compare=False)

    @property
    def parsed(self) -> URL:
        """Return the address. One that names no database of ours is refused unshown: it may hold a password."""
        try:
            url = make_url(self.url)
        except (ArgumentError, ValueError):  # a port that is no number is told by the second
            raise Unavailable("store.bad_address") from None
        if url.drivername not in _DRIVERS or not url.database or url.database == ":memory:":
            raise Unavailable("store.bad_address")
        return url

    @property
    def sqlite_path(self) -> Path | None:
        """Return the database file, None for a server."""
        url = self.parsed
        return Path(str(url.database)) if url.drivername == "sqlite" else None

    @classmethod
    def standalone(cls, data_dir: Path) -> StorePlace:
        """Return the default place: one SQLite file in the data folder."""
        return cls(URL.create("sqlite", database=str(data_dir / "console.db")).render_as_string(), data_dir)


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes this chain: one data folder on one workstation. `program` is shown to whom the lock turns away."""

    id: str
    station_id: str
    program: str = "console"


def load_writer(data_dir: Path, station_id: str, program: str = "console") -> Writer:
    """Return this data folder's writer identity; the first call makes it. A folder bound to another station refuses."""
    path = data_dir / WRITER_FILE
    if path.exists():
        known, bound = _read_writer(path)
        if bound not in {"", station_id}:
            raise Unavailable("store.other_station", found=bound, asked=station_id)
        return Writer(known, station_id, program)
    made = Writer(new_id(), station_id, program)
    _write_writer(path, {"id": made.id})
    return made


def bind_writer(data_dir: Path, writer: Writer) -> None:
    """Tie the folder to the station of the store that was opened with it and holds something.

    Not sooner: who starts the program once before `station.toml` is written must still be able to name the station.
    """
    path = data_dir / WRITER_FILE
    if path.exists() and _read_writer(path) == (writer.id, ""):
        _write_writer(path, {"id": writer.id, "station": writer.station_id})


def _read_writer(path: Path) -> tuple[str, str]:
    """Return the identity and the station that it is bound to, empty if none yet."""
    try:
        note = json.loads(path.read_text("utf-8"))
        return str(note["id"]), str(note.get("station", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unavailable("store.damaged", path=str(path)) from None


def _write_writer(path: Path, note: Mapping[str, str]) -> None:
    partial = path.with_suffix(".partial")
    try:
        path.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        with partial.open("w", encoding="utf-8") as file:
            json.dump(note, file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise folder_refused(error, path.parent) from None


def folder_refused(error: OSError, path: Path) -> Unavailable:
    """Return what an error of the file system means: full, or not to be written by us."""
    key = "store.disk_full" if error.errno == errno.ENOSPC else "store.read_only"
    return Unavailable(key, path=str(path))


class StoreLock:
    """The one right to write: an operating-system lock (gone with its process) and a note that names the holder."""

    def __init__(self, data_dir: Path) -> None:
        self._lock = FileLock(data_dir / "store.lock", thread_local=False, fallback_to_soft=False)
        self._note = data_dir / "store.holder"

    def take(self, program: str, since: datetime) -> None:
        """Take the lock or raise `store.locked` with pid, program and time of the holder."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise Unavailable("store.locked", **self._holder()) from None
        except OSError as error:
            raise folder_refused(error, self._note.parent) from None
        holder = {"pid": os.getpid(), "program": program, "since": time_text(since)}
        try:
            self._note.write_text(json.dumps(holder), "utf-8")
        except OSError as error:
            self._lock.release()
            raise folder_refused(error, self._note.parent) from None

    def _holder(self) -> dict[str, object]:
        """Read the holder's note; it may just be being written, then the fields are empty."""
        try:
            note = json.loads(self._note.read_text("utf-8"))
            return {"holder": str(note["program"]), "pid": int(note["pid"]), "since": str(note["since"])}
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return {"holder": "", "pid": 0, "since": ""}

    def release(self) -> None:
        self._note.unlink(missing_ok=True)
        self._lock.release()
