"""What people type: dates of both eras and hours, in Thai or Arabic digits. Values come back without a language."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from console.i18n.dates import arabic_digits
from console.kernel import BUDDHIST_ERA, STATION_ZONE, Invalid

_YEAR_FIRST: Final = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$")
_DAY_FIRST: Final = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$")
_HOURS: Final = re.compile(r"^(\d{1,2})[.:](\d{2})\s*[-–]\s*(\d{1,2})[.:](\d{2})$")
_FIRST_BUDDHIST_YEAR: Final = 2400
"""No permission reaches from 1857 or to 2400: a year is of one era or the other, never of both."""

_YEARS: Final = range(1900, _FIRST_BUDDHIST_YEAR)
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR


def parse_date(text: str, name: str) -> date:
    """Read 22/11/2569, 2026-11-22 or ๒๒.๑๑.๒๕๖๙, or raise `Invalid` at the field `name`; not two-digit years."""
    typed = arabic_digits(text).strip()
    if (found := _YEAR_FIRST.match(typed)) is not None:
        year, month, day = (int(part) for part in found.groups())
    elif (found := _DAY_FIRST.match(typed)) is not None:
        day, month, year = (int(part) for part in found.groups())
    else:
        raise Invalid({name: "typed.date"})
    if year >= _FIRST_BUDDHIST_YEAR:
        year -= BUDDHIST_ERA
    try:
        made = date(year, month, day)
    except ValueError:
        raise Invalid({name: "typed.date"}) from None
    if year not in _YEARS:
        raise Invalid({name: "typed.date"})
    return made


def day_begins(day: date) -> datetime:
    """Return the first moment of a day at the station."""
    return datetime.combine(day, time(), STATION_ZONE)


def day_ends(day: date) -> datetime:
    """Return the first moment after a day at the station: a right until a day includes that day."""
    return day_begins(day + timedelta(days=1))


def parse_hours(text: str, name: str) -> tuple[int, int]:
    """Read 18:00-06:00 or ๑๘.๐๐–๐๖.๐๐ as minutes of the day, or raise `Invalid` at the field `name`."""
    found = _HOURS.match(arabic_digits(text).strip())
    if found is None:
        raise Invalid({name: "typed.hours"})
    hour, minute, end_hour, end_minute = (int(part) for part in found.groups())
    start, end = hour * _HOUR + minute, end_hour * _HOUR + end_minute
    if minute >= _HOUR or end_minute >= _HOUR or start >= _DAY or end > _DAY:
        raise Invalid({name: "typed.hours"})
    return start, end
