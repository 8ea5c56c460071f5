"""Records as the layers above keep them: frozen dataclasses whose fields are named like the columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from console.db.base import Base

F = TypeVar("F")


def facts_of(kind: Callable[..., F], found: Base) -> F:
    """Return what a record says, as a dataclass. A field that is a dataclass itself is read from the same record."""
    return kind(**{name: read(found) for name, read in _readers(kind)})


def enter(found: Base, facts: Any) -> None:
    """Write each of the facts into the column of its name; codes are stored as text, sets of them in order."""
    for each in fields(facts):
        value = getattr(facts, each.name)
        if isinstance(value, Enum):
            value = value.value
        elif isinstance(value, frozenset):
            value = sorted(map(str, value))
        setattr(found, each.name, value)


@cache
def _readers(kind: Any) -> tuple[tuple[str, Callable[[Base], Any]], ...]:
    hints = get_type_hints(kind)
    return tuple((each.name, _reader(each.name, hints[each.name])) for each in fields(kind))


def _reader(name: str, hint: Any) -> Callable[[Base], Any]:
    held = attrgetter(name)
    if isinstance(hint, type) and is_dataclass(hint):
        return lambda found: facts_of(hint, found)
    if get_origin(hint) is frozenset:
        (code,) = get_args(hint)
        return lambda found: frozenset(map(code, held(found)))
    if _is_code(hint):
        return lambda found: hint(held(found))
    for code in filter(_is_code, get_args(hint)):
        return lambda found: code(value) if (value := held(found)) else None
    return held


def _is_code(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Enum)
