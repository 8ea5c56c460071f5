"""The two guides for IT, English and Thai, cannot drift: the same chapters, the same commands, the same names.

What differs is the language: sentences, comments in a sample, what stands in <…>, and labels of the window.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from pathlib import Path

from pydantic import BaseModel

from console.cli import CHAPTERS
from console.cli.book import Book
from console.settings import Settings

DOCS = Path(__file__).resolve().parents[2] / "docs"
ENGLISH, THAI = ((DOCS / name).read_text(encoding="utf-8") for name in ("admin.md", "admin.th.md"))
FENCED = re.compile(r"^```[a-z]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
IN_ENGLISH_ONLY = frozenset({"Allow it unencrypted"})
"""A label of the window."""


def chapters(text: str) -> list[tuple[int, str]]:
    """Return the rank and the text of each heading with what follows it. A comment in a sample is no heading."""
    found = re.finditer(r"^(#+) (.*?)(?=^#+ |\Z)", FENCED.sub("", text), re.MULTILINE | re.DOTALL)
    return [(len(each[1]), each[2]) for each in found]


def samples(text: str) -> list[str]:
    """Return the fenced samples without what is said in a language."""
    return [re.sub(r"<[^>]*>", "<>", re.sub(r"#.*", "#", each)) for each in FENCED.findall(text)]


def names(chapter: str) -> set[str]:
    """Return what stands as it is typed; Thai letters are a label of the window."""
    found = {re.sub(r"<[^>]*>", "<>", each) for each in INLINE.findall(chapter)}
    return {each for each in found - IN_ENGLISH_ONLY if not re.search("[ก-๙]{4}", each)}


def test_both_guides_have_the_same_chapters_in_the_same_order() -> None:
    english, thai = chapters(ENGLISH), chapters(THAI)
    assert [rank for rank, _text in english] == [rank for rank, _text in thai]
    for (_rank, one), (_same, other) in zip(english, thai, strict=True):
        assert one.count("\n| ") == other.count("\n| "), f"{one[:60]} / {other[:60]}"
        assert names(one) == names(other), f"{one[:60]} / {other[:60]}"


def test_both_guides_have_the_same_samples() -> None:
    assert samples(ENGLISH) == samples(THAI)


def test_the_guides_name_every_command_and_every_setting() -> None:
    book = Book()
    for chapter in CHAPTERS:
        chapter.enter(book)
    known = set()
    for noun, parser in book.nouns.choices.items():
        groups = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
        known |= {f"{noun} {verb}" for group in groups for verb in group.choices} or {noun}
    for guide in (ENGLISH, THAI):
        told = re.findall(r"^\| `([a-z-]+(?: [a-z]+)?)\b[^`]*`", guide, re.MULTILINE)
        assert {each for each in told if each.split()[0] in book.nouns.choices} == known
        told_settings = tomllib.loads(next(each for each in FENCED.findall(guide) if "[station]" in each))
        for name, part in Settings():
            assert isinstance(part, BaseModel)
            assert set(told_settings.get(name, {})) == set(type(part).model_fields) - UNTOLD.get(name, set()), name


UNTOLD = {"database": {"url"}, "gate": {"lease_s", "renew_s", "ack_ms"}}
"""What IT has no reason to change: the promise to the owners; and what a later part of the program uses."""
