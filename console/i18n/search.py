"""The filter box: what is typed and what is listed, folded to one form.

Thai and English, both kinds of digits, dates of both eras. A row becomes one text (`haystack`), what is typed becomes
words (`needles`); a row is found when it holds every word.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Final

from console.i18n import NO_BREAK, WORD_BREAK
from console.i18n.dates import local
from console.i18n.typed import DATE, ENGLISH_MONTHS, THAI_MONTHS, date_of, days_in
from console.kernel import BUDDHIST_ERA

_UNSEEN: Final = f"{WORD_BREAK}{NO_BREAK}\u200c\u200d\u200e\u200f\u00ad\ufeff"
_FOLDED: Final = {ord(sign): None for sign in _UNSEEN} | {
    ord(thai): arabic for thai, arabic in zip("๐๑๒๓๔๕๖๗๘๙", "0123456789", strict=True)
}
_ODD: Final = re.compile(f"[{_UNSEEN}๐-๙\u0e4d]|\u0e40\u0e40|[\u0e48-\u0e4c][\u0e31\u0e34-\u0e3a\u0e47]")
"""Most texts hold nothing that has to be folded, and one look tells."""

_TONE_FIRST: Final = re.compile("([\u0e48-\u0e4c]+)([\u0e31\u0e34-\u0e3a\u0e47\u0e4d])")
_SARA_AM: Final = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_TWO_SARA_E: Final = "\u0e40\u0e40"
_SARA_AE: Final = "\u0e41"
_BETWEEN: Final = "\n"
_HALF_TYPED: Final = frozenset({"20", "25"})
"""Two digits that are also the beginning of a year: 22/11/25 may become 22/11/2569 with the next key."""


def fold(text: str) -> str:
    """Return the one form of all spellings that look the same: case, digits, order of Thai marks, unseen signs."""
    if text.isascii():
        return text.casefold()
    folded = unicodedata.normalize("NFC", text).casefold()
    if _ODD.search(folded):
        folded = _TONE_FIRST.sub(r"\2\1", folded.translate(_FOLDED))
        folded = _SARA_AM.sub("\\1\u0e33", folded).replace(_TWO_SARA_E, _SARA_AE)
    return folded


def haystack(*values: object) -> str:
    """Return one text in which `needles` are looked for. Dates stand in it in every spelling, codes by their value."""
    texts: list[str] = []
    moments: list[str] = []
    for value in values:
        _spell(value, texts, moments)
    folded = fold(_BETWEEN.join(texts))
    moments += [day.isoformat() for day in days_in(folded)]
    return _BETWEEN.join((folded, *moments))


def needles(typed: str) -> tuple[str, ...]:
    """Return the words that a row must hold, each once. A whole date, however written, counts as one word."""
    words: list[str] = []

    def take(found: re.Match[str]) -> str:
        day = date_of(found)
        if day is None or found["year"] in _HALF_TYPED:
            return found.group()
        words.append(day.isoformat())
        return " "

    rest = DATE.sub(take, fold(typed))
    return tuple(dict.fromkeys(words + rest.split()))


def matches(text: str, words: tuple[str, ...]) -> bool:
    """Whether a `haystack` holds every one of the `needles`."""
    return all(word in text for word in words)


def _spell(value: object, texts: list[str], moments: list[str]) -> None:
    match value:
        case None:
            return
        case Enum():
            texts.append(str(value.value).replace("_", " "))
        case str():
            texts.append(value)
        case datetime():
            here = local(value)
            hour, minute = here.hour, here.minute
            moments += (_day_spellings(here.date()), f"{hour:02}.{minute:02} {hour:02}:{minute:02} น.")
        case date():
            moments.append(_day_spellings(value))
        case list() | tuple() | set() | frozenset():
            for each in value:
                _spell(each, texts, moments)
        case _:
            texts.append(str(value))


@lru_cache(4096)
def _day_spellings(day: date) -> str:
    """What somebody may have typed so far on the way to this date; whole dates are compared as ISO."""
    buddhist = day.year + BUDDHIST_ERA
    thai, english = THAI_MONTHS[day.month - 1], ENGLISH_MONTHS[day.month - 1]
    spellings = [day.isoformat(), f"{buddhist}-{day:%m-%d}"]
    for start in dict.fromkeys((f"{day:%d/%m}", f"{day.day}/{day.month}")):
        spellings += [f"{start}/{buddhist}", f"{start}/{day.year}"]
        spellings += [f"{start}/{day:%y}"] if f"{day:%y}" in _HALF_TYPED else []
    return " ".join((*spellings, str(day.day), *thai, str(buddhist), *english, str(day.year)))
