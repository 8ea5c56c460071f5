"""A terminal for tests of the command line: runs its verbs and keeps what they said."""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from console import cli
from console.room import Room as OpenRoom
from console.settings import load_settings
from tests.gate.room import PASSWORD

WORD = PASSWORD.reveal()
FIRST = "chosen by whoever adds 1"
"""The password that others are added with; each chooses `WORD` instead."""


class Terminal:
    """Runs verbs in English and keeps what they said."""

    def __init__(self, data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.data_dir = data_dir
        self.out = self.err = ""
        self._patch = monkeypatch
        self._capsys = capsys

    def __call__(self, *words: str, typed: tuple[str, ...] = (), login: str | None = None) -> int:
        self._patch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        more = () if login is None else ("--login", login)
        arguments = [*words, "--data", str(self.data_dir), "--language", "en", "--password-stdin", *more]
        code = cli.run(arguments)
        said = self._capsys.readouterr()
        self.out, self.err = said.out, said.err
        return code


def choose_own(terminal: Terminal, login: str) -> None:
    """Put `WORD` in place of the password that somebody was added with."""
    assert terminal("user", "password", typed=(FIRST, WORD, WORD), login=login) == cli.GOOD


@contextmanager
def opened(terminal: Terminal) -> Iterator[OpenRoom]:
    desk = cli.Desk(argparse.Namespace(), terminal.data_dir, load_settings(terminal.data_dir))
    with desk.room() as room:
        yield room
