"""What stands in a field and what it means: from typed text to the command's value and back. No widget.

A field's *raw* is what the officer sees and a draft keeps: text, a tick, or the keys of chosen codes.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, Final, TypeAlias

from console.i18n import _, language, plain
from console.i18n.dates import format_hours, format_long_date, format_time, local
from console.i18n.errors import field_text
from console.i18n.labels import is_code, label
from console.i18n.typed import (
    day_begins,
    day_ends,
    holds_hidden_signs,
    many_lines,
    one_line,
    parse_date,
    parse_moment,
    parse_number,
    parse_spans,
)
from console.kernel import BUDDHIST_ERA, Invalid, Secret
from console.views.record_spec import (
    Attached,
    Choice,
    Day,
    Drawn,
    Field,
    Flag,
    Hidden,
    Hours,
    Kind,
    LongText,
    Moment,
    Number,
    Several,
    Text,
)

Raw: TypeAlias = str | bool | tuple[str, ...]
Options: TypeAlias = Mapping[Any, str]

_INSTANT: Final = timedelta(microseconds=1)
WRONG: Final = "!"
"""Before the key of what is wrong with a file, in place of the file."""
NAMED: Final = "|"
"""Between the name of a file and what it holds; the signs before the last one are the name's."""
UNCHOSEN: Final = "?"
"""Before words typed into a choice that name none of its codes: kept like everything typed, and refused."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A field's value, or the sentence why it has none. `hidden_signs`: taking them out would mend it."""

    value: Any = None
    problem: str = ""
    hidden_signs: bool = False


def empty_raw(kind: Kind) -> Raw:
    match kind:
        case Flag():
            return False
        case Several():
            return ()
        case _:
            return ""


def empty_value(kind: Kind) -> Any:
    """Return what the command gets for a field that does not stand in the form now."""
    match kind:
        case Text() | LongText():
            return ""
        case Flag():
            return False
        case Several():
            return frozenset()
        case Hours():
            return ()
        case _:
            return None


def key_of(code: object) -> str:
    """Return the text under which a code is kept in a draft."""
    return str(code.value) if isinstance(code, Enum) else str(code)


# From a value to what is seen


def to_raw(kind: Kind, value: Any) -> Raw:
    """Return how a stored value stands in its field. A secret never does."""
    if value is None or isinstance(kind, Hidden | Drawn | Attached):
        return empty_raw(kind)
    match kind:
        case Flag():
            return bool(value)
        case Several():
            return tuple(sorted(key_of(code) for code in value))
        case _:
            return _text_of(kind, value)


def _text_of(kind: Kind, value: Any) -> str:
    match kind:
        case Choice():
            return key_of(value)
        case Number():
            return _number_raw(kind, value)
        case Day():
            return _day_raw(local(value - _INSTANT if kind.ends else value).date())
        case Moment():
            here = local(value)
            return f"{_day_raw(here.date())} {here:{'%H.%M' if language() == 'th' else '%H:%M'}}"
        case Hours():
            return plain(format_hours(value)).removesuffix(" น.") if value else ""
        case _:
            return str(value)


def _number_raw(kind: Number, value: float) -> str:
    text = f"{value:.{kind.decimals}f}"
    return text.rstrip("0").rstrip(".") if kind.decimals else text


def _day_raw(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year + (BUDDHIST_ERA if language() == 'th' else 0)}"


def describe(field: Field, raw: Raw, options: Options) -> str:
    """Return a raw in words, for two values side by side."""
    if isinstance(raw, bool):
        return _("yes") if raw else _("no")
    labels = {key_of(code): text for code, text in options.items()}
    if isinstance(raw, tuple):
        return ", ".join(labels.get(key, key) for key in raw) or "–"
    if isinstance(field.kind, Choice):
        return labels.get(raw, raw.removeprefix(UNCHOSEN)) or "–"
    return raw or "–"


def option_text(code: object) -> str:
    """Return the words for a stored code that is no longer offered."""
    return label(code) if is_code(code) else str(code)


# From what is typed to a value


def read(field: Field, raw: Raw, options: Options, now: datetime) -> Reading:
    """Read a field. A required one that is empty, and whatever cannot be read, comes back with a sentence."""
    if raw == empty_raw(field.kind) or (isinstance(raw, str) and not raw.strip()):
        if field.required and not isinstance(field.kind, Flag):
            return Reading(problem=field_text("field.missing"))
        return Reading(empty_value(field.kind))
    try:
        return _READERS[type(field.kind)](field, raw, options, now)
    except Invalid as wrong:
        return Reading(problem=field_text(next(iter(wrong.fields.values()))))


def _read_text(field: Field, raw: Any, options: Options, now: datetime) -> Reading:
    del options, now
    kind = field.kind
    text = many_lines(raw).strip() if isinstance(kind, LongText) else one_line(raw).strip()
    if holds_hidden_signs(text):
        problem = _("There are signs in it that nobody sees, such as marks that turn the writing. Take them out.")
        return Reading(problem=problem, hidden_signs=True)
    longest = kind.longest if isinstance(kind, Text | LongText | Hidden) else 0
    if len(text) > longest:
        return Reading(problem=_("At most {most} characters; these are {n}.", most=longest, n=len(text)))
    return Reading(text)


def _read_hidden(field: Field, raw: Any, options: Options, now: datetime) -> Reading:
    """A password may begin or end with a blank."""
    found = _read_text(field, raw, options, now)
    return found if found.problem else Reading(Secret(one_line(raw)))


def _read_number(field: Field, raw: Any, options: Options, now: datetime) -> Reading:
    del options, now
    kind = field.kind
    assert isinstance(kind, Number)  # noqa: S101 - the table below chose this reader by the kind
    number = parse_number(raw, field.name)
    if not kind.lowest <= number <= kind.highest:
        low, high = _number_raw(kind, kind.lowest), _number_raw(kind, kind.highest)
        return Reading(problem=_("Enter a number from {low} to {high}.", low=low, high=high))
    if kind.decimals:
        return Reading(number)
    return Reading(int(number)) if number == int(number) else Reading(problem=_("Enter a whole number."))


def _read_choice(field: Field, raw: Any, options: Options, now: datetime) -> Reading:
    del field, now
    for code in options:
        if key_of(code) == raw:
            return Reading(code)
    return Reading(problem=field_text("field.choice"))


def _read_several(field: Field, raw: Any, options: Options, now: datetime) -> Reading:
    del field, now
    return Reading(frozenset(code for code in options if key_of(code) in set(raw)))


def _read_flag(field: Field, raw: Any, options: Options, now: datetime) -> Reading:
    del field, options, now
    return Reading(bool(raw))


def _read_day(field: Field, raw: Any, options: Options, now: datetime) -> Reading:
    del options, now
    day = parse_date(raw, field.name)
    return Reading(day_ends(day) if isinstance(field.kind, Day) and field.kind.ends else day_begins(day))


def _read_moment(field: Field, raw: Any, options: Options, now: datetime) -> Reading:
    del options
    return Reading(parse_moment(raw, field.name, local(now).date()))


def _read_hours(field: Field, raw: Any, options: Options, now: datetime) -> Reading:
    del options, now
    return Reading(parse_spans(raw, field.name))


def _read_content(field: Field, raw: Any, options: Options, now: datetime) -> Reading:
    del field, options, now
    if raw.startswith(WRONG):
        return Reading(problem=field_text(raw.removeprefix(WRONG)))
    return Reading(b64decode(raw.rpartition(NAMED)[2]))


_READERS: Final = {
    Drawn: _read_content,
    Attached: _read_content,
    Text: _read_text,
    LongText: _read_text,
    Hidden: _read_hidden,
    Number: _read_number,
    Choice: _read_choice,
    Several: _read_several,
    Flag: _read_flag,
    Day: _read_day,
    Moment: _read_moment,
    Hours: _read_hours,
}


def echo(field: Field, reading: Reading) -> str:
    """Say back in full what a date was understood as, so that a wrong era is seen before it is saved."""
    if reading.problem or reading.value is None:
        return ""
    match field.kind:
        case Day():
            return format_long_date(reading.value - _INSTANT if field.kind.ends else reading.value)
        case Moment():
            return f"{format_long_date(reading.value)} · {format_time(reading.value)}"
        case _:
            return ""
