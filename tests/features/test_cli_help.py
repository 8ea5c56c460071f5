"""What the two programs say of themselves: every command by its name, and every word of every command explained."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import pytest

from console.app import run as run_window
from console.cli import CHAPTERS, run
from console.cli.book import Book


def book() -> Book:
    made = Book()
    for chapter in CHAPTERS:
        chapter.enter(made)
    return made


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                yield from parsers(each)


def test_the_windows_help_names_every_group_of_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_window(["--help"])
    told = capsys.readouterr().out
    assert ended.value.code == 0
    known = book()
    assert list(known.told) == list(known.nouns.choices)
    for name, text in known.told.items():
        assert f"  {name:<10} {text}\n" in told
        assert len(f"  {name:<10} {text}") < 100
    assert "ccoc-console-cli COMMAND --help" in told


@pytest.mark.parametrize("group", list(book().told))
def test_a_group_says_what_it_is_about(group: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run([group, "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert told.startswith(f"usage: ccoc-console-cli {group}")
    text = book().told[group]
    assert f"{text[0].upper()}{text[1:]}." in told
    assert "0" in told, "the exit codes stand there"


def test_no_word_of_a_command_stands_without_an_explanation() -> None:
    for parser in parsers(book().parser):
        for action in parser._actions:
            if not isinstance(action, argparse._SubParsersAction):
                assert action.help, (parser.prog, action.dest)
