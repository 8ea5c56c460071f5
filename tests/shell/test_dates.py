"""Dates of the room: Bangkok, Buddhist era once, shifts that begin and end sharply, digits of both kinds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.i18n import install, plain
from console.i18n.dates import (
    arabic_digits,
    format_age,
    format_date,
    format_hours,
    format_long_date,
    format_moment,
    format_shift,
    format_time,
    local,
    search_key,
    shift_of,
    sort_key,
    thai_digits,
)

NEW_YEAR = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
"""Midnight in Bangkok, when the Buddhist year turns seven hours before the one of UTC."""


@pytest.mark.usefixtures("_thai")
def test_the_year_turns_at_midnight_in_bangkok() -> None:
    assert format_date(NEW_YEAR - timedelta(seconds=1)) == "31 ธ.ค. 2569"
    assert format_date(NEW_YEAR) == "1 ม.ค. 2570"
    assert plain(format_long_date(NEW_YEAR)) == "วันศุกร์ที่ 1 มกราคม 2570"
    assert format_time(NEW_YEAR, seconds=True) == "00.00.00 น."


def test_english_keeps_the_common_era() -> None:
    install("en")
    assert format_date(NEW_YEAR) == "1 Jan 2027"
    assert format_long_date(NEW_YEAR) == "Friday 1 January 2027"
    assert format_time(NEW_YEAR) == "00:00"
    assert plain(format_hours(((1080, 360), (720, 1440)))) == "18:00–06:00, 12:00–24:00"


@pytest.mark.usefixtures("_thai")
def test_moments_of_today_need_no_date() -> None:
    now = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
    assert format_moment(now - timedelta(hours=1), now) == "12.05 น."
    assert format_moment(now - timedelta(days=1), now) == "21 พ.ย. 2569 13.05 น."


@pytest.mark.usefixtures("_thai")
def test_ages() -> None:
    assert [plain(format_age(age)) for age in (-1, 4.9, 60, 3600, 86400 * 2)] == [
        "0 วิ",
        "4 วิ",
        "1 นาที",
        "1 ชม.",
        "2 วัน",
    ]


@pytest.mark.usefixtures("_thai")
def test_shifts_end_at_2400() -> None:
    assert plain(format_shift(datetime(2026, 11, 22, 9, 0, tzinfo=UTC))) == "16.00–24.00 น."
    assert plain(format_shift(datetime(2026, 11, 22, 17, 0, tzinfo=UTC))) == "00.00–08.00 น."


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 — bounds are naive by contract
def test_every_moment_lies_in_its_shift(moment: datetime) -> None:
    start, end = shift_of(moment)
    assert start <= moment < end
    assert end - start == timedelta(hours=8)
    assert local(start).hour in {0, 8, 16}


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        local(datetime(2026, 1, 1))  # noqa: DTZ001 — the mistake itself


def test_digits_and_searching() -> None:
    assert thai_digits("ครั้งที่ 12/2569") == "ครั้งที่ ๑๒/๒๕๖๙"
    assert arabic_digits("๑๒") == "12"
    assert search_key("กล้อง ๑๒ SK") == search_key("กล้อง 12 sk")
    assert search_key("ทำ") == search_key("ท\u0e4d\u0e32")


def test_thai_order_looks_behind_leading_vowels() -> None:
    assert sorted(["เขา", "กา", "แก", "ขา"], key=sort_key) == ["กา", "แก", "ขา", "เขา"]
