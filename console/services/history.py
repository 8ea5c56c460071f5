"""The history of one record, from the journal, in words: who changed what, when, from what to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from console.db.journal import JournalRow
from console.db.log_lines import clear_texts, subject_rows
from console.db.store import Store, Tx
from console.i18n import _
from console.i18n.events import EVENTS, FOLLOW_UPS, LOG_INS, REFUSALS, VIEWS, event_details, event_words
from console.i18n.labels import label
from console.i18n.record_words import Named, field_words, value_words
from console.kernel import Role
from console.services.names import NameBook, Names, named

MOST_CHANGES: Final = 500
_TOLD: Final = sorted(set(EVENTS) - VIEWS - REFUSALS - LOG_INS - FOLLOW_UPS)
"""Looking and logging in change no record; the access log tells of them."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One change of a record, in words: who, when, what from and to. `writer` and `seq` name its journal row."""

    at: datetime
    who: str
    what: str
    details: Sequence[str]
    writer: str
    seq: int


class History:
    """Read from the journal's own bytes. Clear text of personal values comes from where it may be erased."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._names = Names()

    def of(self, kind: str, record_id: str) -> list[HistoryLine]:
        """Return the changes of a record, newest first."""

        def work(tx: Tx) -> list[HistoryLine]:
            rows = subject_rows(tx, (kind, record_id), _TOLD, MOST_CHANGES)
            clear = clear_texts(tx, (kind, record_id))
            return _lines(rows, clear, self._names.book(tx))

        return self._store.read(work)


def _lines(
    rows: Sequence[JournalRow], clear: Mapping[tuple[str, int], Mapping[str, str]], book: NameBook
) -> list[HistoryLine]:
    """Put rows into words, oldest first: what a personal value was is told by the row before."""
    said = partial(named, book)
    before: dict[str, str | None] = {}
    lines = []
    for row in reversed(rows):
        texts = clear.get((row.writer_id, row.seq), {})
        lines.append(_line(row, [*_changes(row, said), *_personal(row, texts, before)], said))
        before |= {name: texts.get(name) for name in row.personal_names}
    return lines[::-1]


def _line(row: JournalRow, details: Sequence[str], said: Named) -> HistoryLine:
    who = said("person", row.actor_id or "")
    if row.actor_role in set(Role):
        who = f"{who} · {label(Role(row.actor_role))}"
    more = event_details(row.event_class, row.data)
    what = event_words(row.event_class, row.subject[0], row.data)
    return HistoryLine(row.at, who, what, (*filter(None, (more,)), *details), row.writer_id, row.seq)


def _changes(row: JournalRow, said: Named) -> list[str]:
    """Return the differences that the row tells, and the names of those that it must not tell."""
    kind, data = row.subject[0], row.data
    fields, hidden = data.get("fields"), data.get("hidden")
    told = []
    for name, change in fields.items() if isinstance(fields, dict) else ():
        old, new = change if isinstance(change, list) and len(change) == 2 else (None, change)  # noqa: PLR2004 - a pair
        text = _difference((kind, name), (old, new), said, created=data.get("op") == "created")
        told += [text] if text else []
    secrets = [field_words(kind, str(name)) for name in hidden] if isinstance(hidden, list) else []
    return told + [_("{field}: changed; the value is not kept here", field=secret) for secret in secrets]


def _difference(field: tuple[str, str], change: tuple[Any, Any], said: Named, *, created: bool) -> str:
    kind, name = field
    label_of, new = field_words(kind, name), value_words(name, change[1], said)
    if not created:
        return f"{label_of}: {value_words(name, change[0], said)} → {new}"
    # What was left empty or off at the beginning says nothing.
    return f"{label_of}: {new}" if change[1] not in (None, "", [], False) else ""


def _personal(row: JournalRow, texts: Mapping[str, str], before: Mapping[str, str | None]) -> list[str]:
    told = []
    for name in row.personal_names:
        field = field_words(row.subject[0], name)
        old, new = before.get(name), texts.get(name)
        if new is None:
            told.append(_("{field}: changed; the words were erased", field=field))
        elif row.data.get("op") == "created" or old is None:
            told += [f"{field}: {new}"] if new else []
        else:
            told.append(f"{field}: {value_words(name, old, _as_is)} → {value_words(name, new, _as_is)}")
    return told


def _as_is(_kind: str, record_id: str) -> str:
    return record_id
