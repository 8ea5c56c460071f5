"""Whole lists read again and again: rows whose version still stands are not loaded a second time.

The gate, the wall and the pages each read the same lists after every commit. Each change of a record gives it another
version, so a rereading misses nothing that the program did; what somebody altered past it is seen by the next reading
`anew`, which the gate does every half minute.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

from sqlalchemy import ColumnElement, select

from console.db.base import Record

if TYPE_CHECKING:
    from console.db.store import Tx

MOST_NAMED: Final = 500
"""Where more rows than this changed, all are loaded: no database takes any number of names in one question."""


class Versioned(Protocol):
    """A row as the layers above keep it."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...


R = TypeVar("R", bound=Record)
V = TypeVar("V", bound=Versioned)


@dataclass(frozen=True, slots=True)
class Listing(Generic[R, V]):
    """A list that is read often: its own name, what it is read from, and what is made of each record."""

    name: str
    model: type[R]
    make: Callable[[R], V]


class Readings:
    """What each list said when it was read last. One a store; any thread."""

    def __init__(self) -> None:
        self._last: dict[str, Mapping[str, Any]] = {}

    def last(self, name: str) -> Mapping[str, Any]:
        return self._last.get(name, {})

    def keep(self, name: str, rows: Mapping[str, Any]) -> None:
        self._last[name] = rows


def reread(tx: Tx, listing: Listing[R, V], *fits: ColumnElement[bool], anew: bool = False) -> list[V]:
    """Return every row that fits, in no order. `anew`: all are loaded, whatever is known of the list."""
    model = listing.model
    versions = dict(tx.session.execute(select(model.id, model.version).where(*fits)).all())
    known = {} if anew else tx.readings.last(listing.name)
    rows = {key: known[key] for key, version in versions.items() if key in known and known[key].version == version}
    wanted = [key for key in versions if key not in rows]
    if wanted:
        query = select(model).where(*fits)
        if rows and len(wanted) <= MOST_NAMED:
            query = query.where(model.id.in_(wanted))
        rows |= {found.id: listing.make(found) for found in tx.session.scalars(query)}
    if tx.stamp is None:
        # Of a writing transaction nothing is kept: what it read of its own may yet come to nothing.
        tx.readings.keep(listing.name, rows)
    return list(rows.values())
