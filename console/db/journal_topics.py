"""What a row of the journal is about beyond its columns: the words by which the access log finds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from console.db.journal_format import JsonValue

PURPOSE: Final = "purpose"
DENIED: Final = "denied"
INCIDENT: Final = "incident"
PERSON: Final = "person"
RECORD: Final = "record"

_NAMED: Final = frozenset({PERSON, INCIDENT})
"""Subjects that people look for by name. A camera stands in a column of its own."""
_DENIED: Final = "view.denied"
_ASKED: Final = frozenset({"view.opened", _DENIED})
_CHANGED: Final = "record.changed"
_TOPICAL: Final = _ASKED | {_CHANGED}


def may_have_topics(event_class: str, kind: str) -> bool:
    """Tell, without looking at what it says, whether an event can have any."""
    return event_class in _TOPICAL or kind in _NAMED


def topics_of(event_class: str, subject: Sequence[str], data: Mapping[str, JsonValue]) -> set[str]:
    """Return the topics of an event about `subject` (kind and id); of each kind (`purpose:…`) at most one."""
    kind, subject_id = subject
    found = {f"{kind}:{subject_id}"} if kind in _NAMED else set()
    if event_class in _ASKED:
        if purpose := data.get(PURPOSE):
            found.add(f"{PURPOSE}:{purpose}")
        if incident := data.get(INCIDENT):
            found.add(f"{INCIDENT}:{incident}")
        if event_class == _DENIED:
            found.add(f"{DENIED}:{data.get('reason')}")
    elif event_class == _CHANGED:
        found.add(f"{RECORD}:{kind}")
        found |= _incident_of(data.get("fields"))
    return found


def _incident_of(fields: JsonValue) -> set[str]:
    """An entry of an incident's log names its incident when it is written."""
    change = fields.get("incident_id") if isinstance(fields, dict) else None
    return {f"{INCIDENT}:{change[1]}"} if isinstance(change, list) and change[1] else set()
