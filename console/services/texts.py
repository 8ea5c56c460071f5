"""Texts that people type into records: cleaned of what our own screens put between words, and measured."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BeforeValidator, StringConstraints

from console.i18n.typed import holds_hidden_signs, many_lines, one_line

ONE_LINE: Final = BeforeValidator(lambda typed: one_line(typed) if isinstance(typed, str) else typed)
LINES: Final = BeforeValidator(lambda typed: many_lines(typed) if isinstance(typed, str) else typed)

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), ONE_LINE]
MaybeLine = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), ONE_LINE]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), LINES]
MaybeWords = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), LINES]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), ONE_LINE]


def unseen(**texts: str) -> dict[str, str]:
    """Return the fields that hold signs which nobody sees on a screen."""
    return {name: "field.pattern" for name, text in texts.items() if holds_hidden_signs(text)}
