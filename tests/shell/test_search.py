"""The filter's words, and what people type into fields: both languages, both digits, both eras."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from console.i18n.search import fold, haystack, matches, needles
from console.i18n.typed import (
    holds_hidden_signs,
    many_lines,
    one_line,
    parse_date,
    parse_hours,
    parse_moment,
    parse_number,
    parse_spans,
    parse_time,
    without_hidden_signs,
)
from console.kernel import Category, Invalid

DAY = date(2026, 11, 22)
MOMENT = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
SPELLINGS = (
    "22/11/2569",
    "๒๒/๑๑/๒๕๖๙",
    "22-11-2569",
    "22.11.2026",
    "2026-11-22",
    "2569-11-22",
    "22/11/69",
    "22/11/26",
    "22 พ.ย. 2569",
    "22 พ.ย. 69",
    "22พย69",
    "๒๒ พฤศจิกายน พ.ศ. ๒๕๖๙",
    "22 Nov 2026",
    "22 november 26",
)


@pytest.mark.parametrize("typed", SPELLINGS)
def test_every_spelling_of_a_day_is_that_day(typed: str) -> None:
    assert parse_date(typed, "day") == DAY
    assert matches(haystack("หน้าร้านทอง", MOMENT), needles(typed))
    assert not matches(haystack("หน้าร้านทอง", datetime(2026, 11, 23, 6, 5, tzinfo=UTC)), needles(typed))


@pytest.mark.parametrize("typed", SPELLINGS)
def test_a_day_written_in_a_text_is_found_in_any_other_spelling(typed: str) -> None:
    assert matches(haystack(f"ต่ออายุ {typed} แล้ว"), needles("2026-11-22"))


@pytest.mark.parametrize(
    "typed", ["2", "22/1", "22/11/2", "22/11/20", "22/11/25", "22/11/256", "พ.ย.", "พฤศ", "2569", "nov"]
)
def test_half_a_date_already_finds_its_day(typed: str) -> None:
    assert matches(haystack(MOMENT), needles(typed))


@pytest.mark.parametrize("typed", ["31/2/2569", "22/13/2569", "22/11/3112", "22/11/0569", "0/1/2569"])
def test_days_and_years_that_do_not_exist_are_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_date(typed, "day")
    assert refused.value.fields == {"day": "typed.no_such_day"}


@pytest.mark.parametrize("typed", ["", "พรุ่งนี้", "22/11", "13.05.09", "22/11/2569 ครับ", "2569"])
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_date(typed, "day")
    assert refused.value.fields == {"day": "typed.date"}


def test_a_short_year_belongs_to_the_era_of_its_month() -> None:
    assert parse_date("1 ม.ค. 45", "day") == date(2002, 1, 1)
    assert parse_date("1 jan 45", "day") == date(2045, 1, 1)
    assert parse_date("1/1/45", "day") == date(2045, 1, 1)
    assert parse_date("1/1/50", "day") == date(2007, 1, 1)


def test_words_are_found_whatever_the_digits_the_case_and_the_order_of_marks() -> None:
    row = haystack("กล้อง ๑๒ หน้าร้านน้ำชา", "SK-012", Category.TRAFFIC_ACCIDENT, 7.2, None, ["a", MOMENT])
    for typed in ("กล้อง 12", "sk-๐๑๒", "นํ้าชา", "น้ํา", "traffic ACCIDENT", "7.2", "13.05", "13:05 น.", "ร้\u200bาน"):
        assert matches(row, needles(typed)), typed
    for typed in ("กล้อง 14", "sk-013", "น้ำ ปลา", "13.06"):
        assert not matches(row, needles(typed)), typed


def test_marks_typed_in_another_order_are_the_same_word() -> None:
    assert fold("นี\u0e49") == fold("น\u0e49ี")
    assert fold("เเม่น\u0e4d\u0e49า") == fold("แม่น้ำ")


def test_words_do_not_match_across_two_values() -> None:
    assert not matches(haystack("ab", "cd"), needles("bc"))


def test_times_moments_and_hours() -> None:
    assert parse_time("๑๓.๐๕ น.", "at") == time(13, 5)
    assert parse_moment("8:15", "at", DAY).isoformat() == "2026-11-22T08:15:00+07:00"
    assert parse_moment("22/11/69  13.05", "at", date(2020, 1, 1)).astimezone(UTC) == MOMENT
    assert parse_moment("22 พ.ย. 2569 ๑๓.๐๕ น.", "at", date(2020, 1, 1)).astimezone(UTC) == MOMENT
    assert parse_hours("18.00 – 06.00 น.", "hours") == (1080, 360)
    assert parse_spans("18.00–06.00, 12:00-13:00", "hours") == ((1080, 360), (720, 780))
    assert parse_spans(" ", "hours") == ()


@pytest.mark.parametrize("typed", ["24.00", "7.5", "7.61", "ห้าโมง", "", "22/11/2569"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        parse_time(typed, "at")
    with pytest.raises(Invalid):
        parse_moment(typed, "at", DAY)


def test_numbers_in_both_digits_with_and_without_thousands() -> None:
    assert [parse_number(typed, "n") for typed in ("๑,๒๕๐.๕", "1 250", "-7.2", "\u22127.2", "0")] == [
        1250.5,
        1250,
        -7.2,
        -7.2,
        0,
    ]
    for typed in ("1,25", "12abc", "1.2.3", "", "๑๒ตัว", "1e9", "nan", "inf"):
        with pytest.raises(Invalid):
            parse_number(typed, "n")


def test_pasted_lines_become_one_and_hidden_signs_are_found() -> None:
    assert one_line("ก\r\nข\tค\u2028ง\u200bจ") == "ก ข ค งจ"
    assert many_lines("ก\r\nข\rค\tง") == "ก\nข\nค ง"
    assert holds_hidden_signs("C0\u200f1")
    assert holds_hidden_signs("a\u00adb")
    assert not holds_hidden_signs("น้ำ ๑๒\nบรรทัด")
    assert without_hidden_signs("C0\u200f1\u202e") == "C01"
