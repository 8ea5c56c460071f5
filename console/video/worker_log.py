"""What a worker prints: whole lines, few enough, without secrets.

Never part of a line: half a password would not be recognised as one. A worker that prints without end costs the
console next to nothing: what is over the limit is read and thrown away unread.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

from console.kernel import Secret
from console.logs import REDACTOR

log = logging.getLogger(__name__)

BYTES_A_SECOND: Final = 64 * 1024
LINES_A_SECOND: Final = 50
LONGEST_LINE: Final = 4096
_PIECE: Final = 64 * 1024
_PAUSE_S: Final = 0.01


def log_lines(name: str, descriptor: int) -> None:
    """Log what arrives until the pipe ends. Takes the calling thread."""
    throttle = Throttle(time.monotonic)
    for line in whole_lines(descriptor, throttle):
        _log(name, line)
    if throttle.dropped:
        log.warning("%s: %d bytes not logged", name, throttle.dropped)


def _log(name: str, line: bytes) -> None:
    if len(line) > LONGEST_LINE:
        log.warning("%s: (a line of %d bytes)", name, len(line))
        return
    text = line.decode("utf-8", "backslashreplace")
    # Redacted before and after: a control sign inside a password must not hide it from the one or the other.
    shown = "".join(sign if sign.isprintable() else " " for sign in REDACTOR.redact(text))
    log.warning("%s: %s", name, REDACTOR.redact(shown))


class Throttle:
    """Counts bytes and lines of the running second."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._second = clock()
        self._bytes = 0
        self._lines = 0
        self.dropped = 0

    def admit(self, line: bytes) -> bool:
        """Tell whether this line may still be logged in this second; counts what may not."""
        now = self._clock()
        if now - self._second >= 1.0:
            self._second, self._bytes, self._lines = now, 0, 0
        self._bytes += len(line)
        self._lines += 1
        admitted = self._bytes <= BYTES_A_SECOND and self._lines <= LINES_A_SECOND
        if not admitted:
            self.dropped += len(line)
        return admitted


def whole_lines(descriptor: int, throttle: Throttle) -> Iterator[bytes]:
    """Yield the lines that the throttle admits; the rest of a piece is dropped at the first that it does not."""
    pending = b""
    skipping = False
    while piece := _read(descriptor):
        *lines, pending = (pending + piece).split(b"\n")
        if skipping and lines:
            # The first is the end of a line whose beginning was dropped.
            del lines[0]
            skipping = False
        for at, line in enumerate(lines):
            if not throttle.admit(line):
                throttle.dropped += sum(map(len, lines[at + 1 :]))
                time.sleep(_PAUSE_S)
                break
            yield line
        if len(pending) > LONGEST_LINE:
            throttle.dropped += len(pending)
            pending, skipping = b"", True
    if pending and not skipping and throttle.admit(pending):
        yield pending


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, _PIECE)
    except OSError:
        return b""


def secrets_of(address: Secret) -> list[Secret]:
    """Return what must never be seen of an address: the whole, its user part, its password as it is meant."""
    text = address.reveal()
    try:
        parts = urlsplit(text)
        user_part, has_user, _ = parts.netloc.rpartition("@")
    except ValueError:
        return [address]
    found = [text] if has_user or parts.query else []
    if has_user:
        _, _, password = user_part.partition(":")
        found += [user_part, unquote(user_part), password, unquote(password)]
    return [Secret(item) for item in dict.fromkeys(found) if item]
