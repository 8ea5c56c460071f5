"""What this console remembers of its own seals, outside the data folder.

Whoever puts an old database back together with its `checkpoints.log` leaves nothing there that knows more. A small file
in the account's own state folder does: the newest seals that this console made with the station's key. It is bounded,
and after a backup's return was noticed and told, what was remembered before counts for `journal verify` only.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from console.db.journal import Checkpoint, key_id
from console.db.journal_format import Head, log_line
from console.db.journal_seal import signed_heads

log = logging.getLogger(__name__)

MOST_LINES: Final = 500
KEPT_LINES: Final = 200
_NOTICED: Final = "noticed"
"""A line that says: what stands above was found to be missing, and everybody was told."""
_PRIVATE: Final = 0o700


class ClientMemory:
    """One file for each key of a station: another station, or a demonstration, is no older state of this one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def remember(self, made: Checkpoint, key: Ed25519PublicKey) -> None:
        """Add a seal. What cannot be written is told in the log only: the seal stands in the database all the same."""
        try:
            self._add(self._path(key), log_line(made.body, made.signature))
        except OSError as problem:
            log.warning("the seal is not remembered: %s", problem)

    def notice(self, key: Ed25519PublicKey) -> None:
        """Take it that a journal older than this was noticed: at the next start it is none any more."""
        try:
            self._add(self._path(key), _NOTICED)
        except OSError as problem:
            log.warning("what is remembered could not be marked: %s", problem)

    def text(self, key: Ed25519PublicKey) -> str:
        """Return every seal that is remembered."""
        return "\n".join(line for line in self._lines(self._path(key)) if line != _NOTICED)

    def heads(self, key: Ed25519PublicKey) -> Mapping[str, Head]:
        """Return the farthest head of each writer since an older journal was last noticed."""
        lines = self._lines(self._path(key))
        since = len(lines) - lines[::-1].index(_NOTICED) if _NOTICED in lines else 0
        farthest: dict[str, Head] = {}
        for line in lines[since:]:
            for writer, head in signed_heads(line, key).items():
                farthest[writer] = max(head, farthest.get(writer, Head()))
        return farthest

    def _path(self, key: Ed25519PublicKey) -> Path:
        return self._folder / f"{key_id(key)}.log"

    def _lines(self, path: Path) -> list[str]:
        try:
            return path.read_text("ascii", errors="replace").splitlines()
        except OSError:
            return []

    def _add(self, path: Path, line: str) -> None:
        path.parent.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        lines = self._lines(path)
        if len(lines) >= MOST_LINES:
            # The seal that reached farthest may be an old one: a journal was put back since, and grows again.
            partial = path.with_suffix(".partial")
            _write(partial, "w", [*_farthest(lines[:-KEPT_LINES]), *lines[-KEPT_LINES:]])
            partial.replace(path)
        torn = [""] if lines and not path.read_bytes().endswith(b"\n") else []
        _write(path, "a", [*torn, line])


def _farthest(lines: list[str]) -> list[str]:
    """Return the line of the journal's greatest length before each notice: what makes a file of years a short one."""
    kept: list[str] = []
    best = ""
    for line in lines:
        if line == _NOTICED:
            kept += [best, line] if best else [line]
            best = ""
        else:
            best = line
    return [*kept, *([best] if best else [])][-KEPT_LINES:]


def _write(path: Path, mode: str, lines: list[str]) -> None:
    with path.open(mode, encoding="ascii") as file:
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
