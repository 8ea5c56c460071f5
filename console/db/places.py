"""Where a store lies and who may write there: place, writer identity of this workstation, lock, kind of drive."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable
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
        except ArgumentError:
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
    """Return this data folder's writer identity; the first call makes it."""
    path = data_dir / "writer.json"
    if path.exists():
        try:
            return Writer(str(json.loads(path.read_text("utf-8"))["id"]), station_id, program)
        except (ValueError, KeyError, TypeError):
            raise Unavailable("store.damaged", path=str(path)) from None
    made = Writer(new_id(), station_id, program)
    partial = path.with_suffix(".partial")
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with partial.open("w", encoding="utf-8") as file:
            json.dump({"id": made.id}, file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise folder_refused(error, data_dir) from None
    return made


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
        except (OSError, ValueError, KeyError, TypeError):
            return {"holder": "", "pid": 0, "since": ""}

    def release(self) -> None:
        self._note.unlink(missing_ok=True)
        self._lock.release()
