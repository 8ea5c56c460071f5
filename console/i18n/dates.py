"""Dates, times and digits as the room writes them: Asia/Bangkok, Buddhist era in Thai, `13.05 น.`.

English texts keep the common era, so that no year is misread.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from console.i18n import N_, NO_BREAK, WORD_BREAK, _, language
from console.kernel import BUDDHIST_ERA, STATION_ZONE

_MONTHS: Final = N_("January February March April May June July August September October November December")
_SHORT_MONTHS: Final = N_("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")
_DAYS: Final = N_("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_TO_THAI: Final = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_TO_ARABIC: Final = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_LEADING_VOWEL: Final = re.compile("([เแโใไ])(.)", re.DOTALL)
_NO_MARKS: Final = dict.fromkeys(map(ord, "็่้๊๋์"))
_DAY_MINUTES: Final = 24 * 60


def local(moment: datetime) -> datetime:
    """Return the moment on the station's clock. A moment without a zone is a mistake of ours, not a local time."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(STATION_ZONE)


def year(moment: datetime) -> int:
    """Return the year as the chosen language counts it."""
    return local(moment).year + (BUDDHIST_ERA if language() == "th" else 0)


def format_date(moment: datetime) -> str:
    """22 พ.ย. 2569 / 22 Nov 2026."""
    here = local(moment)
    return f"{here.day} {_name(_SHORT_MONTHS, here.month - 1)} {year(moment)}"


def format_day(moment: datetime) -> str:
    """22 พ.ย. / 22 Nov."""
    here = local(moment)
    return f"{here.day} {_name(_SHORT_MONTHS, here.month - 1)}"


def format_short_month(moment: datetime) -> str:
    """พ.ย. 2569 / Nov 2026."""
    return f"{_name(_SHORT_MONTHS, local(moment).month - 1)} {year(moment)}"


def _name(names: str, index: int) -> str:
    return _(names).split()[index]


def format_month(moment: datetime) -> str:
    """พฤศจิกายน 2569 / November 2026."""
    return f"{_name(_MONTHS, local(moment).month - 1)} {year(moment)}"


def format_long_date(moment: datetime) -> str:
    """วันอาทิตย์ที่ 22 พฤศจิกายน 2569 / Sunday 22 November 2026."""
    day = local(moment)
    return _(
        "{weekday} {day} {month} {year}",
        weekday=_name(_DAYS, day.weekday()),
        day=day.day,
        month=_name(_MONTHS, day.month - 1),
        year=year(moment),
    )


def format_time(moment: datetime, *, seconds: bool = False) -> str:
    """13.05 น. / 13:05."""
    here = local(moment)
    if language() == "th":
        return here.strftime("%H.%M.%S น." if seconds else "%H.%M น.")
    return here.strftime("%H:%M:%S" if seconds else "%H:%M")


def format_clock(moment: datetime) -> str:
    """13.05 / 13:05: the hour alone, at an axis or before the end of a span."""
    return local(moment).strftime("%H.%M" if language() == "th" else "%H:%M")


def format_date_time(moment: datetime, *, seconds: bool = False) -> str:
    """22 พ.ย. 2569 13.05 น. / 22 Nov 2026 13:05."""
    return f"{format_date(moment)} {format_time(moment, seconds=seconds)}"


def format_moment(moment: datetime, now: datetime) -> str:
    """The time alone for today, date and time otherwise."""
    if local(moment).date() == local(now).date():
        return format_time(moment)
    return format_date_time(moment)


SPAN: Final = f"{NO_BREAK}–{NO_BREAK}"
"""A dash at which no line is broken: half a span of hours reads as a whole one."""


def format_hours(spans: Sequence[Sequence[int]]) -> str:
    """Spans of minutes after midnight: 18.00–06.00 น. / 18:00–06:00."""
    thai = language() == "th"
    parts = [f"{_clock(start, thai=thai)}{SPAN}{_clock(end, thai=thai)}" for start, end in spans]
    return ", ".join(parts) + (" น." if thai else "")


def _clock(minute: int, *, thai: bool) -> str:
    hour, rest = divmod(minute if minute == _DAY_MINUTES else minute % _DAY_MINUTES, 60)
    return f"{hour:02d}{'.' if thai else ':'}{rest:02d}"


def format_age(seconds: float) -> str:
    """A growing age in the shortest true words: 4 วิ, 3 นาที, 2 ชม., 5 วัน."""
    whole = max(0, int(seconds))
    age = timedelta(seconds=whole)
    if whole < 60:  # noqa: PLR2004
        return _("{n} s", n=whole)
    if age < timedelta(hours=1):
        return _("{n} min", n=whole // 60)
    if age < timedelta(days=1):
        return _("{n} h", n=whole // 3600)
    return _("{n} d", n=age.days)


def shift_of(moment: datetime) -> tuple[datetime, datetime]:
    """The eight-hour shift (00–08, 08–16, 16–24) that holds the moment; start in, end out."""
    here = local(moment)
    start = here.replace(hour=here.hour // 8 * 8, minute=0, second=0, microsecond=0)
    return start.astimezone(UTC), (start + timedelta(hours=8)).astimezone(UTC)


def format_shift(moment: datetime) -> str:
    """08.00–16.00 น.; midnight at the end is written 24.00, as the room does."""
    start = local(shift_of(moment)[0]).hour * 60
    return format_hours(((start, start + 480),))


def thai_digits(text: str) -> str:
    """For official paper only; the screen keeps Arabic digits."""
    return text.translate(_TO_THAI)


def arabic_digits(text: str) -> str:
    return text.translate(_TO_ARABIC)


def search_key(text: str) -> str:
    """Fold what people type and what is stored to the same form: digits of both kinds, case, composed sara am."""
    folded = unicodedata.normalize("NFC", text.replace(WORD_BREAK, "")).replace("ํา", "ำ")
    return arabic_digits(folded).casefold()


def sort_key(text: str) -> tuple[str, str]:
    """Dictionary order of Thai: a leading vowel counts after its consonant, tone marks only decide ties."""
    folded = search_key(text)
    return _LEADING_VOWEL.sub(r"\2\1", folded).translate(_NO_MARKS), folded
