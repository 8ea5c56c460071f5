"""A source over everything read at once: for lists of some thousands, like people or cameras.

Asked on readers' threads, two at a time; what was read, searched and sorted is kept until the store changes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Final, Generic

from console.i18n.search import haystack, matches, needles
from console.views.record_spec import Chip, Column, Found, Query, Row

AT_ONCE: Final = 500


class Shelf(Generic[Row]):
    """`words` gives what a row is found by beside what its columns show: codes, dates, the other language."""

    def __init__(
        self,
        read: Callable[[], Sequence[Row]],
        columns: Sequence[Column[Row]],
        chips: Sequence[Chip[Row]] = (),
        words: Callable[[Row], Sequence[object]] | None = None,
    ) -> None:
        self._read = read
        self._columns = {column.key: column for column in columns}
        self._chips = {chip.key: chip for chip in chips}
        self._words = words
        self._lock = threading.Lock()
        self._stale = False
        self._rows: Sequence[Row] | None = None
        self._hay: list[str] = []
        self._orders: dict[str, tuple[list[int], list[int]]] = {}
        self._found: tuple[Query, list[int]] | None = None

    def find(self, query: Query, start: int, limit: int) -> Found[Row]:
        with self._lock:
            rows = self._all()
            found = self._numbers(query, rows)
            return Found([rows[number] for number in found[start : start + limit]], len(found))

    def forget(self) -> None:
        # Asked on the UI thread: it must not wait for a reader that holds the lock.
        self._stale = True

    def warm(self) -> None:
        """Make ready for the first filter, some rows at a time: whoever asks meanwhile waits for a moment only."""
        while True:
            with self._lock:
                if self._rows is None or self._stale or len(self._hay) >= len(self._rows):
                    return
                self._spell(self._rows, len(self._hay) + AT_ONCE)

    def row(self, record_id: str) -> Row | None:
        with self._lock:
            return next((row for row in self._all() if row.id == record_id), None)

    def place(self, query: Query, record_id: str) -> int | None:
        with self._lock:
            rows = self._all()
            found = self._numbers(query, rows)
            return next((at for at, number in enumerate(found) if rows[number].id == record_id), None)

    def _all(self) -> Sequence[Row]:
        if self._stale:
            self._stale = False
            self._rows = self._found = None
            self._hay = []
            self._orders.clear()
        if self._rows is None:
            self._rows = self._read()
        return self._rows

    def _numbers(self, query: Query, rows: Sequence[Row]) -> list[int]:
        """Return the places of the rows that answer the query, in its order."""
        if self._found is not None and self._found[0] == query:
            return self._found[1]
        found = self._ordered(query, rows)
        keeps = [keep for key in query.chips if key in self._chips and (keep := self._chips[key].keep) is not None]
        if keeps:
            found = [number for number in found if all(keep(rows[number]) for keep in keeps)]
        wanted = needles(query.typed)
        if wanted:
            self._spell(rows, len(rows))
            found = [number for number in found if matches(self._hay[number], wanted)]
        self._found = (query, found)
        return found

    def _ordered(self, query: Query, rows: Sequence[Row]) -> list[int]:
        column = self._columns.get(query.sort)
        if column is None or column.sort is None:
            return list(range(len(rows)))
        if query.sort not in self._orders:
            keys = [column.sort(row) for row in rows]
            known = [number for number, key in enumerate(keys) if key is not None]
            unknown = [number for number, key in enumerate(keys) if key is None]
            self._orders[query.sort] = sorted(known, key=keys.__getitem__), unknown
        known, unknown = self._orders[query.sort]
        # What has no value stands last, whichever way it is ordered.
        return (known[::-1] if query.descending else known) + unknown

    def _spell(self, rows: Sequence[Row], upto: int) -> None:
        self._hay += [self._haystack(row) for row in rows[len(self._hay) : upto]]

    def _haystack(self, row: Row) -> str:
        shown = [column.text(row) for column in self._columns.values()]
        marks = [column.mark(row) for column in self._columns.values() if column.mark is not None]
        more = () if self._words is None else self._words(row)
        return haystack(*shown, *(mark.text for mark in marks if mark is not None), *more)
