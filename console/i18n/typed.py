"""What people type: dates of both eras, times, hours and numbers, in Thai or Arabic digits, pasted lines and odd signs.

Values come back without a language. What cannot be read raises `Invalid` at the field it was typed into.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from console.i18n import NO_BREAK, WORD_BREAK
from console.i18n.dates import arabic_digits
from console.kernel import BUDDHIST_ERA, STATION_ZONE, Invalid

_FIRST_BUDDHIST_YEAR: Final = 2400
"""No permission reaches from 1857 or to 2400: a year is of one era or the other, never of both."""

_YEARS: Final = range(1900, _FIRST_BUDDHIST_YEAR)
_SHORT_YEAR: Final = 100
_LATE_SHORT_YEAR: Final = 50
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR

THAI_MONTHS: Final = (
    ("มกราคม", "ม.ค."),
    ("กุมภาพันธ์", "ก.พ."),
    ("มีนาคม", "มี.ค."),
    ("เมษายน", "เม.ย."),
    ("พฤษภาคม", "พ.ค."),
    ("มิถุนายน", "มิ.ย."),
    ("กรกฎาคม", "ก.ค."),
    ("สิงหาคม", "ส.ค."),
    ("กันยายน", "ก.ย."),
    ("ตุลาคม", "ต.ค."),
    ("พฤศจิกายน", "พ.ย."),
    ("ธันวาคม", "ธ.ค."),
)
"""As they are typed, whatever language the screen speaks."""

ENGLISH_MONTHS: Final = tuple(
    (name, name[:3])
    for name in (
        "january february march april may june july august september october november december".split()  # noqa: SIM905 - read as one line of months
    )
)


def _month_names() -> dict[str, tuple[int, bool]]:
    """Every spelling of a month → its number and whether it is Thai, which settles the era of a short year."""
    names: dict[str, tuple[int, bool]] = {}
    for number, (whole, short) in enumerate(THAI_MONTHS, start=1):
        names |= dict.fromkeys((whole, short, short.rstrip("."), short.replace(".", "")), (number, True))
    for number, (whole, short) in enumerate(ENGLISH_MONTHS, start=1):
        names |= dict.fromkeys((whole, short, f"{short}."), (number, False))
    return names


_MONTHS: Final = _month_names()
_MONTH: Final = "|".join(re.escape(name) for name in sorted(_MONTHS, key=len, reverse=True))
DATE: Final = re.compile(
    rf"""(?<![\d./-])(?:
        (?P<first>\d{{4}})[-/.](?P<second>\d{{1,2}})[-/.](?P<third>\d{{1,2}})
        |(?P<day>\d{{1,2}})(?:[-/](?P<month>\d{{1,2}})[-/](?P<year>\d{{4}}|\d{{2}})|\.(?P<dotted>\d{{1,2}})\.(?P<dot_year>\d{{4}}))
        |(?P<named_day>\d{{1,2}})\s*(?P<name>{_MONTH})\s*(?:พ\.?ศ\.?|ค\.?ศ\.?)?\s*(?P<named_year>\d{{4}}|\d{{2}})
    )(?![\d/-])""",
    re.VERBOSE,
)
"""A date inside folded text. Short years only where no time of day looks the same: 13.05.09 is a time."""

_LIKELY: Final = re.compile(r"\d{1,4}(?:[-/.](?=\d)|\s*(?=[กตพมสธjfmasond]))")
_HOURS: Final = re.compile(r"^(\d{1,2})[.:](\d{2})\s*[-–]\s*(\d{1,2})[.:](\d{2})$")
_TIME: Final = re.compile(r"^(\d{1,2})[.:](\d{2})(?:\s*น\.?)?$")
_MOMENT: Final = re.compile(r"^(?P<date>.*?\S)\s+(?P<time>\d{1,2}[.:]\d{2}(?:\s*น\.?)?)$")
_NUMBER: Final = re.compile(r"^[+-]?\d+(?:\.\d+)?$")
_LINE_ENDS: Final = re.compile(r"[\r\n\t\v\f\x85\u2028\u2029]+")
_OWN_SIGNS: Final = {ord(sign): None for sign in (WORD_BREAK, NO_BREAK, "\ufeff")}
"""What our own screens and files put between words: copied along unseen, so taken out unseen."""


def one_line(text: str) -> str:
    """Make one line of what was pasted: line ends and tabs become blanks, our own word breaks go."""
    return _LINE_ENDS.sub(" ", text.translate(_OWN_SIGNS))


def many_lines(text: str) -> str:
    """Keep the lines, in one spelling; tabs become blanks, our own word breaks go."""
    lines = text.translate(_OWN_SIGNS).replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n")
    return _LINE_ENDS.sub(lambda found: "\n" * found.group().count("\n") or " ", lines)


def holds_hidden_signs(text: str) -> bool:
    """Whether something in it is not seen on a screen: control signs, marks that turn the writing, soft hyphens."""
    return any(_is_hidden(sign) for sign in text)


def without_hidden_signs(text: str) -> str:
    return "".join(sign for sign in text if not _is_hidden(sign))


def _is_hidden(sign: str) -> bool:
    return sign != "\n" and unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cs", "Cn"}


def days_in(text: str) -> Iterator[date]:
    """Yield the days that stand in folded text. Asked for each row of a list: only likely places are looked at."""
    at = 0
    while (likely := _LIKELY.search(text, at)) is not None:
        found = DATE.match(text, likely.start())
        at = likely.end() if found is None else found.end()
        day = None if found is None else date_of(found)
        if day is not None:
            yield day


def date_of(found: re.Match[str]) -> date | None:
    """Return the day that a `DATE` means, None if there is no such day or year."""
    part = found.groupdict()
    if part["first"]:
        return _day(int(part["first"]), int(part["second"]), int(part["third"]))
    if part["name"]:
        month, thai = _MONTHS[part["name"]]
        return _day(_whole_year(part["named_year"], thai=thai), month, int(part["named_day"]))
    month = int(part["month"] or part["dotted"])
    return _day(_whole_year(part["year"] or part["dot_year"]), month, int(part["day"]))


def _whole_year(text: str, *, thai: bool | None = None) -> int:
    """Two digits: 69 is 2569, 26 is 2026; with a Thai month always of the Buddhist era, with an English one never."""
    year = int(text)
    if year >= _SHORT_YEAR:
        return year
    buddhist = year >= _LATE_SHORT_YEAR if thai is None else thai
    return year + (2500 if buddhist else 2000)


def common_year(year: int) -> int:
    """Return a typed year of either era as one of the common era."""
    return year - BUDDHIST_ERA if year >= _FIRST_BUDDHIST_YEAR else year


def _day(year: int, month: int, day: int) -> date | None:
    year = common_year(year)
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


def parse_date(text: str, name: str) -> date:
    """Read 22/11/2569, 2026-11-22, ๒๒.๑๑.๒๕๖๙, 22/11/69 or 22 พ.ย. 2569, or raise `Invalid` at the field `name`."""
    found = DATE.fullmatch(" ".join(arabic_digits(one_line(text)).casefold().split()))
    if found is None:
        raise Invalid({name: "typed.date"})
    made = date_of(found)
    if made is None:
        raise Invalid({name: "typed.no_such_day"})
    return made


def day_begins(day: date) -> datetime:
    """Return the first moment of a day at the station."""
    return datetime.combine(day, time(), STATION_ZONE)


def day_ends(day: date) -> datetime:
    """Return the first moment after a day at the station: a right until a day includes that day."""
    return day_begins(day + timedelta(days=1))


def parse_time(text: str, name: str) -> time:
    """Read 13.05, 13:05, ๑๓.๐๕ น. as a time of day, or raise `Invalid` at the field `name`."""
    found = _TIME.match(arabic_digits(one_line(text)).strip())
    if found is None:
        raise Invalid({name: "typed.time"})
    hour, minute = (int(part) for part in found.groups())
    if hour * _HOUR >= _DAY or minute >= _HOUR:
        raise Invalid({name: "typed.time"})
    return time(hour, minute)


def parse_moment(text: str, name: str, today: date) -> datetime:
    """Read a date with a time behind it, or a time alone, which is of `today`; in the station's zone."""
    typed = " ".join(one_line(text).split())
    if _TIME.match(arabic_digits(typed)):
        return datetime.combine(today, parse_time(typed, name), STATION_ZONE)
    found = _MOMENT.match(arabic_digits(typed))
    if found is None:
        raise Invalid({name: "typed.moment"})
    day = parse_date(found["date"], name)
    return datetime.combine(day, parse_time(found["time"], name), STATION_ZONE)


def parse_hours(text: str, name: str) -> tuple[int, int]:
    """Read 18:00-06:00 or ๑๘.๐๐–๐๖.๐๐ as minutes of the day, or raise `Invalid` at the field `name`."""
    found = _HOURS.match(arabic_digits(one_line(text)).removesuffix("น.").strip())
    if found is None:
        raise Invalid({name: "typed.hours"})
    hour, minute, end_hour, end_minute = (int(part) for part in found.groups())
    start, end = hour * _HOUR + minute, end_hour * _HOUR + end_minute
    if minute >= _HOUR or end_minute >= _HOUR or start >= _DAY or end > _DAY:
        raise Invalid({name: "typed.hours"})
    return start, end


def parse_spans(text: str, name: str) -> tuple[tuple[int, int], ...]:
    """Read several spans of hours, separated by commas; nothing typed is no span."""
    parts = [part for part in re.split(r"[,;]", one_line(text)) if part.strip()]
    return tuple(parse_hours(part, name) for part in parts)


def parse_number(text: str, name: str) -> float:
    """Read 1,250 or ๑๒.๕, thousands with commas or blanks, or raise `Invalid` at the field `name`."""
    typed = arabic_digits(one_line(text)).replace("\u2212", "-").replace(" ", "").replace("\u00a0", "")
    if re.search(r",(?!\d{3}(?:\D|$))", typed) or not _NUMBER.match(typed.replace(",", "")):
        raise Invalid({name: "field.number"})
    return float(typed.replace(",", ""))
