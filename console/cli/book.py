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
PROGRAM: Final = "ccoc-console-cli"
ENDS: Final = "Exit code 0: done; 1: done, but something was found; 2: refused, with a sentence that says why."


class Book:
    """Makes the parser. Every verb gets the words that all have: data folder, language, who asks."""

    def __init__(self) -> None:
        self._common = argparse.ArgumentParser(add_help=False)
        self._common.add_argument("--data", type=Path, metavar="DIR", help="folder of the station's data")
        self._common.add_argument("--language", choices=i18n.LANGUAGES, help="of the answers; otherwise the station's")
        self._common.add_argument("--login", metavar="NAME", help="who asks; the password is asked for")
        self._common.add_argument(
            "--password-stdin", action="store_true", help="read passwords from standard input, one a line"
        )
        self.parser = argparse.ArgumentParser(prog=PROGRAM, description="CCOC console, command line", epilog=ENDS)
        self.nouns: Verbs = self.parser.add_subparsers(required=True, metavar="VERB")
        self.told: dict[str, str] = {}
        """What each group is about, by its name, in the order in which they were entered."""

    def noun(self, name: str, told: str) -> Verbs:
        """Open a group of verbs."""
        self.told[name] = told
        group = self.nouns.add_parser(name, help=told, description=_sentence(told), epilog=ENDS)
        return group.add_subparsers(required=True, metavar="ACTION")

    def verb(self, under: Verbs, name: str, act: Act, told: str) -> argparse.ArgumentParser:
        """Enter a verb; what is returned takes its own arguments."""
        if under is self.nouns:
            self.told[name] = told
        made = under.add_parser(name, parents=[self._common], help=told, description=_sentence(told), epilog=ENDS)
        made.set_defaults(verb=act)
        return made

    def lines(self) -> str:
        """Return one line a group: for whoever asks the window's program what else there is."""
        return "\n".join(f"  {name:<10} {told}" for name, told in self.told.items())


def _sentence(told: str) -> str:
    return f"{told[0].upper()}{told[1:]}."


def code_of(verb: argparse.ArgumentParser) -> None:
    """Let the verb take a camera."""
    verb.add_argument("code", metavar="CODE", help="the camera's code in the register, for example S01")
