"""What typed words may mean in the access log: people, cameras, incidents, events, reasons, days of both eras.

The words are looked up in the small tables of names and labels, in both languages; the journal is then asked by id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from console.db.access_log import Meaning, Span
from console.db.journal_topics import DENIED, INCIDENT, PERSON, PURPOSE, RECORD
from console.db.log_names import NameBook
from console.i18n import in_thai
from console.i18n.events import EVENTS, OPERATIONS, RECORDS
from console.i18n.labels import DENIALS, PURPOSES, ROLES, SHORT_PURPOSES
from console.i18n.search import fold, haystack
from console.i18n.typed import DATE, ENGLISH_MONTHS, THAI_MONTHS, common_year, date_of, day_begins, day_ends
from console.kernel import BUDDHIST_ERA, STATION_ZONE, Role

SHORTEST: Final = 2
"""One letter is the beginning of a word: nearly every row would fit it."""

_DASH: Final = r"(?:-|–|—|ถึง|\bto\b)"
_MONTH_NAMES: Final[Mapping[str, int]] = {
    fold(name): number
    for months in (THAI_MONTHS, ENGLISH_MONTHS)
    for number, names in enumerate(months, start=1)
    for spelling in names
    for name in (spelling, spelling.replace(".", ""))
}
_NAME: Final = "|".join(re.escape(name) for name in sorted(_MONTH_NAMES, key=len, reverse=True))
_DAYS_OF_A_MONTH: Final = re.compile(rf"(?<![\d./-])(\d{{1,2}})\s*{_DASH}\s*(\d{{1,2}})(/\d{{1,2}}/\d{{2,4}})(?!\d)")
_CLOSE_DASH: Final = re.compile(rf"(?<=\d)\s*{_DASH}\s*(?=\d{{1,2}}/\d{{1,2}}/)")
_BETWEEN: Final = re.compile(rf"\s*{_DASH}\s*")
_MONTH_OF_YEAR: Final = re.compile(rf"(?<!\S)(?:(?P<name>{_NAME})\s*|(?P<number>\d{{1,2}})/)(?P<year>\d{{4}})(?!\S)")
_YEAR: Final = re.compile(r"^\d{4}$")
_HALF_YEARS: Final = frozenset({"20", "25"})
"""Also the beginning of a year: 22/11/25 may become 22/11/2569 with the next key."""
_HALF_A_DATE: Final = re.compile(r"^(\d{1,2})/(\d{1,2})(?:/(\d{0,4}))?$")


@dataclass(frozen=True, slots=True)
class Understood:
    """The span that days in the typed text leave, and the meaning of every other word."""

    since: datetime | None = None
    until: datetime | None = None
    words: tuple[Meaning, ...] = ()


class LogWords:
    """Looks words up in one book of names. Made once for each book: folding a thousand names takes a moment.

    Not with `titles`: incidents are found by their number only. A row found by a word tells that the word stands there.
    """

    def __init__(self, book: NameBook, *, titles: bool = True) -> None:
        self.book = book
        self._people = {
            person_id: haystack(person.login, f"{person.rank}{person.name}", person.rank, *_labels(ROLES, person.role))
            for person_id, person in book.people.items()
        }
        self._cameras = {
            camera_id: haystack(camera.code, camera.name, camera.place) for camera_id, camera in book.cameras.items()
        }
        self._incidents = {
            incident_id: haystack(incident.number, incident.title if titles else "")
            for incident_id, incident in book.incidents.items()
        }
        self._classes = {name: haystack(*_both(words)) for name, words in EVENTS.items()}
        operations = [text.partition(":")[0] for words in OPERATIONS.values() for text in _both(words)]
        self._classes["record.changed"] += "\n" + haystack(*operations)
        self._topics = {
            **{
                f"{PURPOSE}:{code}": haystack(*_both(words), *_both(SHORT_PURPOSES[code]))
                for code, words in PURPOSES.items()
            },
            **{f"{DENIED}:{code}": haystack(*_both(words)) for code, words in DENIALS.items()},
            **{f"{RECORD}:{kind}": haystack(*_both(words)) for kind, words in RECORDS.items()},
        }

    def understand(self, typed: str, years: range) -> Understood:
        """Return what was meant. `years` of the common era: those from which a day or month without a year may be."""
        text, spans = _take_spans(fold(typed))
        words = tuple(self._meaning(word, years) for word in dict.fromkeys(text.split()) if len(word) >= SHORTEST)
        if not spans:
            return Understood(words=words)
        # Two days that both must hold leave what they have in common: nothing, mostly.
        return Understood(max(start for start, _end in spans), min(end for _start, end in spans), words)

    def _meaning(self, word: str, years: range) -> Meaning:
        people = _holding(self._people, word)
        incidents = _holding(self._incidents, word)
        topics = {
            *_holding(self._topics, word),
            *(f"{PERSON}:{person_id}" for person_id in people),
            *(f"{INCIDENT}:{incident_id}" for incident_id in incidents),
        }
        return Meaning(
            actors=people,
            cameras=_holding(self._cameras, word),
            classes=_holding(self._classes, word),
            spans=tuple(_merged(_spans_of(word, years))),
            topics=frozenset(topics),
        )


def _holding(hay: Mapping[str, str], word: str) -> frozenset[str]:
    return frozenset(key for key, text in hay.items() if word in text)


def _both(msgid: str) -> tuple[str, str]:
    return msgid, in_thai(msgid)


def _labels(table: Mapping[Role, str], code: str) -> tuple[str, ...]:
    return _both(table[Role(code)]) if code in set(Role) else ()


# Days


def _take_spans(text: str) -> tuple[str, list[Span]]:
    """Take whole days, spans of days, and months with their year out of the text."""
    text = _DAYS_OF_A_MONTH.sub(r"\1\3 – \2\3", text)
    text = _CLOSE_DASH.sub(" – ", text)
    found = [match for match in DATE.finditer(text) if date_of(match) is not None and match["year"] not in _HALF_YEARS]
    spans: list[Span] = []
    rest, place = "", 0
    while found:
        first, last = found[0], found[0]
        if len(found) > 1 and _BETWEEN.fullmatch(text, first.end(), found[1].start()):
            last = found[1]
        spans.append(_from_to(first, last))
        rest += text[place : first.start()] + " "
        place = last.end()
        found = [match for match in found if match.start() >= place]
    return _take_months(rest + text[place:], spans)


def _from_to(first: re.Match[str], last: re.Match[str]) -> Span:
    days = sorted(day for match in (first, last) if (day := date_of(match)) is not None)
    return day_begins(days[0]), day_ends(days[-1])


def _take_months(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    def take(match: re.Match[str]) -> str:
        month = _MONTH_NAMES[match["name"]] if match["name"] else int(match["number"])
        span = _month(common_year(int(match["year"])), month)
        spans.extend(span)
        return " " if span else match.group()

    return _MONTH_OF_YEAR.sub(take, text), spans


def _month(year: int, month: int) -> list[Span]:
    if not (1 <= month <= 12 and 1900 <= year <= 2300):  # noqa: PLR2004 - the calendar
        return []
    after = date(year + month // 12, month % 12 + 1, 1)
    return [(day_begins(date(year, month, 1)), day_begins(after))]


def _spans_of(word: str, years: range) -> Iterator[Span]:
    """Return what else a word may mean: a year, a month of any year, a day whose year is still being typed."""
    if _YEAR.match(word) and (year := common_year(int(word))) in years:
        yield day_begins(date(year, 1, 1)), day_begins(date(year + 1, 1, 1))
    if word in _MONTH_NAMES:
        for year in years:
            yield from _month(year, _MONTH_NAMES[word])
    half = _HALF_A_DATE.match(word)
    if half is not None:
        yield from _days(int(half[1]), int(half[2]), half[3] or "", years)


def _days(day: int, month: int, begun: str, years: range) -> Iterator[Span]:
    for year in years:
        if any(text.startswith(begun) for text in (str(year), str(year + BUDDHIST_ERA), f"{year % 100:02}")):
            try:
                found = date(year, month, day)
            except ValueError:
                continue
            yield day_begins(found), day_ends(found)


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Return the same days without any twice."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def years_of(first: datetime | None, now: datetime) -> range:
    """Return the years of the common era that the journal may tell of."""
    newest = now.astimezone(STATION_ZONE).year
    return range((first or now).astimezone(STATION_ZONE).year, newest + 1)
