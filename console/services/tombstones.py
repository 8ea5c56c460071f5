"""Withdrawals, kept outside the database: a restored backup must not give back what an owner took away."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from console.kernel import Unavailable

TOMBSTONES: Final = "tombstones.log"


@dataclass(frozen=True, slots=True)
class Tombstone:
    authority_id: str
    camera_id: str
    at: str
    fingerprints: frozenset[str] = frozenset()
    """Keyed, so that the file tells nobody an address; they refuse the camera where a backup does not know it."""


def bury(data_dir: Path, stone: Tombstone) -> None:
    """Add a line and force it to disk, before the withdrawal commits: one too many pauses, one too few betrays."""
    entry = {"authority": stone.authority_id, "camera": stone.camera_id, "at": stone.at}
    line = json.dumps(entry | {"fingerprints": sorted(stone.fingerprints)})
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
            marks = frozenset(str(mark) for mark in entry.get("fingerprints", ()))
            found.append(Tombstone(str(entry["authority"]), str(entry["camera"]), str(entry["at"]), marks))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
    return found
