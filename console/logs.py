"""The one log of a process: redacted, bounded, and the end of every unexpected error.

Secrets are kept out twice: each live secret is known here and replaced in every form it travels in (plain,
percent-encoded, base64), and the usual shapes of credentials are replaced whether known or not.
"""

from __future__ import annotations

import base64
import contextlib
import faulthandler
import logging
import re
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final, TextIO
from urllib.parse import quote, quote_plus

from console.kernel import Secret

HIDDEN: Final = "•••"
_FILE_BYTES: Final = 5_000_000
_FILES_KEPT: Final = 5
_SHORTEST_KNOWN: Final = 4
"""Shorter secrets are not searched for: replacing every "a" of a log hides nothing and destroys the log."""

_SHAPES: Final = (
    # user:password@host. A camera's password may hold any sign, white space too: the last "@" before a quote or the
    # end of the line ends it. Better a hidden word too many than the tail of a password.
    (re.compile(r"(?P<keep>\b(?:rtsps?|https?)://)[^\r\n\"'“”]*@", re.IGNORECASE), rf"\g<keep>{HIDDEN}@"),
    (re.compile(r"(?P<keep>[A-Za-z][A-Za-z0-9+.-]*://)[^\s]*@"), rf"\g<keep>{HIDDEN}@"),
    (re.compile(r"(?P<keep>(?:proxy-)?authorization\s*[:=]\s*)[^\r\n]*", re.IGNORECASE), rf"\g<keep>{HIDDEN}"),
    (
        re.compile(
            r"(?P<keep>\b(?:password|passwd|pwd|passworddigest|response|secret|token)\b[\"']?\s*[:=]\s*)"
            r"(?:\"(?:\\.|[^\"\\\r\n])*\"?|'(?:\\.|[^'\\\r\n])*'?|[^\s,;&}]+)",
            re.IGNORECASE,
        ),
        rf"\g<keep>{HIDDEN}",
    ),
)


class Redactor:
    """Knows the live secrets of this process and replaces them in text. Safe to call from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._uses: Counter[str] = Counter()
        self._known: tuple[str, ...] = ()

    def remember(self, secret: Secret) -> Callable[[], None]:
        """Replace `secret` from now on; the returned function forgets it again."""
        forms = _forms(secret.reveal())
        self._count(forms, 1)

        def forget() -> None:
            self._count(forms, -1)

        return forget

    def _count(self, forms: frozenset[str], step: int) -> None:
        with self._lock:
            for form in forms:
                self._uses[form] += step
            # Longest first: a password that holds another one must not be cut in half.
            self._known = tuple(sorted((form for form, uses in self._uses.items() if uses > 0), key=len, reverse=True))

    def redact(self, text: str) -> str:
        for form in self._known:
            text = text.replace(form, HIDDEN)
        for shape, replacement in _SHAPES:
            text = shape.sub(replacement, text)
        return text


def _forms(text: str) -> frozenset[str]:
    if len(text) < _SHORTEST_KNOWN:
        return frozenset()
    encoded = base64.b64encode(text.encode()).decode()
    plain = {text, quote(text, safe=""), quote(text), quote_plus(text), encoded, encoded.rstrip("=")}
    lower = {re.sub(r"%[0-9A-F]{2}", lambda found: found.group().lower(), form) for form in plain}
    escaped = {text.encode("unicode_escape").decode(), repr(text)[1:-1]}
    return frozenset(plain | lower | escaped)


REDACTOR: Final = Redactor()
"""One a process: secrets appear wherever the program runs, and a log line must never wait to be told which."""


class RedactedFormatter(logging.Formatter):
    """Formats first, then redacts: arguments, tracebacks and stack texts are covered alike."""

    def format(self, record: logging.LogRecord) -> str:
        return REDACTOR.redact(super().format(record))


def install(folder: Path | None, *, stream: TextIO | None = None, level: int = logging.INFO) -> Callable[[], None]:
    """Send all log records of this process, redacted, to `folder`/console.log (rotated) and to `stream`.

    Unexpected errors of any thread end here too. Native crashes write their stacks, which hold no values, to crash.log.
    Returns what puts everything back.
    """
    formatter = RedactedFormatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
    root = logging.getLogger()
    before = root.level, logging.raiseExceptions, sys.excepthook, threading.excepthook, sys.unraisablehook
    # The first one keeps Python's last resort from printing raw lines where no file can be written.
    handlers: list[logging.Handler] = [logging.NullHandler()]
    if folder is not None:
        with contextlib.suppress(OSError):
            # A folder that cannot be written is the store's to tell, in a sentence; a log must not be first.
            handlers.append(_file_in(folder))
    if stream is not None:
        handlers.append(logging.StreamHandler(stream))
    for handler in handlers:
        handler.setFormatter(formatter)
        root.addHandler(handler)
    root.setLevel(level)
    # A full disk must not bring the console down by way of its log.
    logging.raiseExceptions = False
    _install_hooks()

    def put_back() -> None:
        for handler in handlers:
            root.removeHandler(handler)
            with contextlib.suppress(OSError):  # what a full disk did not take cannot be written now either
                handler.close()
        _write_native_crashes_to(None)
        root.setLevel(before[0])
        logging.raiseExceptions, sys.excepthook, threading.excepthook, sys.unraisablehook = before[1:]

    return put_back


def _file_in(folder: Path) -> logging.Handler:
    folder.mkdir(parents=True, exist_ok=True)
    _write_native_crashes_to(folder / "crash.log")
    return RotatingFileHandler(
        folder / "console.log", maxBytes=_FILE_BYTES, backupCount=_FILES_KEPT, encoding="utf-8", delay=True
    )


_crash_file: TextIO | None = None


def _write_native_crashes_to(path: Path | None) -> None:
    global _crash_file  # noqa: PLW0603 - faulthandler keeps the descriptor: the file must live as long as it is used
    if _crash_file is not None:
        faulthandler.disable()
        _crash_file.close()
        _crash_file = None
    if path is not None:
        _crash_file = path.open("a", encoding="utf-8")
        faulthandler.enable(_crash_file)


Listener = Callable[[str], None]
_listeners: tuple[Listener, ...] = ()


def on_crash(listener: Listener) -> Callable[[], None]:
    """Call `listener` with a redacted traceback for each unexpected error; returns the function that stops it."""
    global _listeners  # noqa: PLW0603 - replaced whole, so that a crash in another thread reads a steady tuple
    _listeners = (*_listeners, listener)

    def stop() -> None:
        global _listeners  # noqa: PLW0603 - as above
        _listeners = tuple(kept for kept in _listeners if kept is not listener)

    return stop


def report_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Log an unexpected error with its traceback and tell the listeners; the one place where all of them end."""
    text = REDACTOR.redact("".join(traceback.format_exception(kind, error, trace)))
    logging.getLogger("console.crash").critical("Unexpected error\n%s", text)
    for listener in _listeners:
        listener(text)


def _install_hooks() -> None:
    def main_thread(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            report_crash(kind, error, trace)

    def other_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            report_crash(args.exc_type, args.exc_value, args.exc_traceback)

    def unraisable(args: sys.UnraisableHookArgs) -> None:
        if args.exc_value is not None:
            report_crash(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = main_thread
    threading.excepthook = other_thread
    sys.unraisablehook = unraisable
