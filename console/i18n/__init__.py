"""Words for people: the gettext catalogue, and the sentences and dates built on it.

English message ids, a complete Thai catalogue (resources/locale). `install` chooses the language once, at start; before
that, and for English, a message id is its own text. Nothing here is ever stored: stored values are the kernel's codes.
"""

from __future__ import annotations

import gettext
from functools import lru_cache
from pathlib import Path
from typing import Final

from console.kernel import Unavailable

LANGUAGES: Final = ("th", "en")
DOMAIN: Final = "console"
WORD_BREAK: Final = "\u200b"
"""Zero-width space between Thai words, put into the catalogue at build time: on Windows Qt breaks Thai only there."""

NO_BREAK: Final = "\u2060"
"""Word joiner: around a dash that belongs together, as in a span of hours."""

RESOURCES: Final = Path(__file__).resolve().parents[2] / "resources"


class _Catalogue:
    def __init__(self) -> None:
        self.language = "en"
        self.texts: gettext.NullTranslations = gettext.NullTranslations()


_catalogue: Final = _Catalogue()


def install(language: str, folder: Path | None = None) -> None:
    """Choose the language of every text made from now on. A catalogue that was not built is said, never skipped."""
    if language not in LANGUAGES:
        raise Unavailable("language.unknown", language=language, known=", ".join(LANGUAGES))
    if language == "en":
        texts: gettext.NullTranslations = gettext.NullTranslations()
    else:
        place = (folder or RESOURCES / "locale") / language / "LC_MESSAGES" / f"{DOMAIN}.mo"
        try:
            with place.open("rb") as file:
                texts = gettext.GNUTranslations(file)
        except OSError as problem:
            raise Unavailable("language.not_built", language=language, path=place) from problem
    _catalogue.texts = texts
    _catalogue.language = language


def language() -> str:
    return _catalogue.language


def _(msgid: str, **params: object) -> str:
    """Return the text in the chosen language, with its `{names}` filled in."""
    text = _catalogue.texts.gettext(msgid) if msgid else ""
    return text.format_map(params) if params else text


def N_(msgid: str) -> str:
    """Mark a text that is translated where it is shown."""
    return msgid


@lru_cache(1)
def _thai() -> gettext.NullTranslations:
    place = RESOURCES / "locale" / "th" / "LC_MESSAGES" / f"{DOMAIN}.mo"
    if not place.exists():
        return gettext.NullTranslations()
    with place.open("rb") as file:
        return gettext.GNUTranslations(file)


def in_thai(msgid: str) -> str:
    """Return the Thai text whatever language is chosen: people search in both. Not built: the message id."""
    return _thai().gettext(msgid)


def plain(text: str) -> str:
    """Take the word breaks out: for a terminal, the clipboard, a file, or a comparison."""
    return text.replace(WORD_BREAK, "").replace(NO_BREAK, "")
