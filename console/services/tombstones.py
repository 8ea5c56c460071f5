"""Withdrawals, kept outside the database: a restored backup must not give back what an owner took away."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from console.kernel import Unavailable

TOMBSTONES: Final = "tombstones.log"


@dataclass(frozen=True, slots=True)
class Tombstone:
    authority_id: str
    camera_id: str
    at: str


def bury(data_dir: Path, authority_id: str, camera_id: str, at: datetime) -> None:
    """Add a line and force it to disk, before the withdrawal commits: one too many pauses, one too few betrays."""
    line = json.dumps({"authority": authority_id, "camera": camera_id, "at": at.isoformat()})
    path = data_dir / TOMBSTONES
    try:
        with path.open("ab+") as log:
            end = log.seek(0, os.SEEK_END)
            if end > 0:
                log.seek(end - 1)
                # A line torn by a power cut is closed first, so that it cannot swallow a good one.
                line = line if log.read(1) == b"\n" else f"\n{line}"
            log.write(f"{line}\n".encode())
            log.flush()
            os.fsync(log.fileno())
    except OSError:
        raise Unavailable("tombstones.not_written", path=str(path)) from None


def buried(data_dir: Path) -> list[Tombstone]:
    """Return every whole line. A file that is there but cannot be read is no reason to go on without it."""
    path = data_dir / TOMBSTONES
    try:
        lines = path.read_text("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    except OSError:
        raise Unavailable("tombstones.not_read", path=str(path)) from None
    found = []
    for line in lines:
        try:
            entry = json.loads(line)
            found.append(Tombstone(str(entry["authority"]), str(entry["camera"]), str(entry["at"])))
        except (ValueError, KeyError, TypeError):
            continue
    return found
