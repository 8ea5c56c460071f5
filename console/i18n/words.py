"""Thai words: where a line of Thai text may be broken.

Without libthai, that is on Windows, Qt breaks no Thai lines at all, and with it others than ours. So text that is
painted or printed gets a zero-width space between its words; text that is stored, exported or compared never does.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import Final

from console.i18n import WORD_BREAK

_KEPT: Final = 20_000
"""Runs of Thai whose words are remembered: the cells of a long list repeat themselves."""

_RUN: Final = re.compile("[ก-๎]+")
_WORD: Final = re.compile("^[ก-ฮเ-ไ][ก-๎]+$")
# No break beside these: repetition mark, abbreviation mark and following vowels belong to the word before.
_CLINGS: Final = re.compile("[ๆฯะาำๅ็-๎ั-ฺ.]")


def broken(text: str) -> str:
    """Put a zero-width space between Thai words, never inside one, beside an abbreviation's dot or a {parameter}."""
    return _RUN.sub(lambda run: _parted(run.group()), text.replace(WORD_BREAK, ""))


def load() -> None:
    """Load the dictionary now, before the first Thai text is to be broken; takes the better part of a second."""
    _cut()


@lru_cache(_KEPT)
def _parted(run: str) -> str:
    words = list(_cut()(run))
    parts = words[:1]
    for word in words[1:]:
        whole = _WORD.match(parts[-1]) and _WORD.match(word)
        parts += [WORD_BREAK, word] if whole and not _CLINGS.match(word) else [word]
    return "".join(parts)


@cache
def _cut() -> Callable[[str], Iterable[str]]:
    """Load the dictionary, which takes the better part of a second, when the first Thai text is to be broken."""
    # The library would make a folder in the person's home otherwise, and fetch word lists that are missing.
    os.environ.setdefault("PYTHAINLP_READ_ONLY", "1")
    os.environ.setdefault("PYTHAINLP_OFFLINE", "1")
    from pythainlp.tokenize.newmm import segment

    return segment
