"""The verbs of the command line by noun: each module of this package enters its own."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

from console import i18n
from console.cli.desk import Desk

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - argparse has no other name
Act: TypeAlias = Callable[[Desk], int]
PROGRAM: Final = "ccoc-console"


class Book:
    """Makes the parser. Every verb gets the words that all have: data folder, language, who asks."""

    def __init__(self) -> None:
        self._common = argparse.ArgumentParser(add_help=False)
        self._common.add_argument("--data", type=Path, metavar="DIR", help="folder of the station's data")
        self._common.add_argument("--language", choices=i18n.LANGUAGES)
        self._common.add_argument("--login", metavar="NAME", help="who asks; the password is asked for")
        self._common.add_argument(
            "--password-stdin", action="store_true", help="read passwords from standard input, one a line"
        )
        self.parser = argparse.ArgumentParser(prog=PROGRAM, description="CCOC console, command line")
        self.nouns: Verbs = self.parser.add_subparsers(required=True, metavar="VERB")

    def noun(self, name: str, told: str) -> Verbs:
        """Open a group of verbs."""
        return self.nouns.add_parser(name, help=told).add_subparsers(required=True, metavar="ACTION")

    def verb(self, under: Verbs, name: str, act: Act, told: str) -> argparse.ArgumentParser:
        """Enter a verb; what is returned takes its own arguments."""
        made = under.add_parser(name, parents=[self._common], help=told)
        made.set_defaults(verb=act)
        return made
