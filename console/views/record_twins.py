"""Fields that are written until something is settled, and only shown from then on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from console.views.record_spec import Field, Flag, Values

_SUFFIX: Final = "_settled"
SETTLED: Final = "settled"
"""A field that is never seen: whether the record is settled."""


def settling(fields: Sequence[Field]) -> tuple[Field, ...]:
    """Return each field twice: for writing, and for reading once the record is settled."""
    return tuple(_twins(fields))


def settled_flag() -> Field:
    """Return the field that the others look at."""
    return Field(SETTLED, "", Flag(), fixed=True, shown=lambda _values: False)


def with_twins(values: Mapping[str, Any], *, settled: bool) -> dict[str, Any]:
    """Return a form's stored values for both of each pair."""
    return {**values, **{f"{name}{_SUFFIX}": value for name, value in values.items()}, SETTLED: settled}


def _twins(fields: Sequence[Field]) -> Iterator[Field]:
    for field in fields:
        yield replace(field, shown=_when(field.shown, settled=False))
        read = replace(field, name=f"{field.name}{_SUFFIX}", required=False, hint="", fixed=True)
        yield replace(read, shown=_when(field.shown, settled=True))


def _when(shown: Callable[[Values], bool] | None, *, settled: bool) -> Callable[[Values], bool]:
    return lambda values: bool(values[SETTLED]) is settled and (shown is None or shown(values))
