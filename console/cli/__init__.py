"""The command line for IT and the registrar. Every verb authenticates a person, except making the first one.

Passwords come from a prompt or from standard input, never from arguments or the environment. Exit codes: 0 done,
1 done but something was found, 2 refused.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from console import i18n, logs
from console.cli import authorities, cameras, clock, journal, people, self_test, store, watch
from console.cli.book import Act, Book
from console.cli.desk import FOUND, GOOD, REFUSED, Desk
from console.i18n import plain
from console.kernel import ConsoleError
from console.settings import data_dir_default, load_settings

__all__ = ["FOUND", "GOOD", "REFUSED", "Desk", "lines", "run"]

LOGS: Final = "logs"
CHAPTERS: Final = (people, journal, cameras, authorities, clock, store, self_test, watch)


def run(arguments: Sequence[str]) -> int:
    """Do one verb and return the exit code. Refusals are sentences on standard error."""
    words = _book().parser.parse_args(arguments)
    data_dir: Path = words.data or data_dir_default()
    put_back = logs.install(data_dir / LOGS)
    try:
        return _do(words, data_dir)
    except ConsoleError as problem:
        return _refuse(problem)
    except Exception as mistake:  # noqa: BLE001 - the end of every unexpected error: the log has it whole
        logs.report_crash(type(mistake), mistake, mistake.__traceback__)
        return _refuse(ConsoleError("cli.unexpected", path=data_dir / LOGS / "console.log"))
    finally:
        put_back()


def lines() -> str:
    """Return the groups of verbs, one line each."""
    return _book().lines()


def _book() -> Book:
    book = Book()
    for chapter in CHAPTERS:
        chapter.enter(book)
    return book


def _do(words: argparse.Namespace, data_dir: Path) -> int:
    i18n.install(words.language or "th")
    overrides = {} if words.language is None else {"ui": {"language": words.language}}
    desk = Desk(words, data_dir, load_settings(data_dir, overrides))
    i18n.install(desk.settings.ui.language)
    act: Act = words.verb
    return act(desk)


def _refuse(problem: ConsoleError) -> int:
    from console.i18n.errors import error_text

    print(logs.REDACTOR.redact(plain(error_text(problem))), file=sys.stderr)
    return REFUSED
