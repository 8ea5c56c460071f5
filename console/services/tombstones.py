"""Withdrawals and erasures, kept outside the database: a restored backup must not give back what was taken away."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from console.kernel import ConsentEventKind, Unavailable

TOMBSTONES: Final = "tombstones.log"
_KINDS: Final = {str(kind): kind for kind in (ConsentEventKind.WITHDRAWN, ConsentEventKind.VOIDED)}


@dataclass(frozen=True, slots=True)
class Tombstone:
    authority_id: str
    camera_id: str
    at: str
    fingerprints: frozenset[str] = frozenset()
    """Keyed, so that the file tells nobody an address; they refuse the camera where a backup does not know it."""
    kind: ConsentEventKind = ConsentEventKind.WITHDRAWN
    """Whether the owner withdrew or the consent was declared void. Lines from before this was told say withdrawn."""


def bury(data_dir: Path, stone: Tombstone) -> None:
    """Add a line and force it to disk, before the withdrawal commits: one too many pauses, one too few betrays."""
    entry = {"authority": stone.authority_id, "camera": stone.camera_id, "at": stone.at}
    add_line(data_dir, entry | {"fingerprints": sorted(stone.fingerprints), "kind": str(stone.kind)})


def add_line(data_dir: Path, entry: Mapping[str, Any]) -> None:
    """Add one JSON object to the file and force it to disk."""
    line = json.dumps(entry)
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
    """Return every withdrawal that stands there."""
    found = []
    for entry in lines_of(data_dir):
        try:
            marks = frozenset(str(mark) for mark in entry.get("fingerprints", ()))
            kind = _KINDS.get(str(entry.get("kind")), ConsentEventKind.WITHDRAWN)
            found.append(Tombstone(str(entry["authority"]), str(entry["camera"]), str(entry["at"]), marks, kind))
        except (KeyError, TypeError):
            continue
    return found


def lines_of(data_dir: Path) -> list[dict[str, Any]]:
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
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict):
            found.append(entry)
    return found
