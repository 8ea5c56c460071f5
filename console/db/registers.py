"""Numbered registers: facts are corrected until they are settled, each step keeps when it was done and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from console.db.facts import enter, facts_of
from console.db.rereading import Listing, reread
from console.db.running_numbers import Numbered, next_number
from console.db.store import Tx, fetch


@dataclass(frozen=True, slots=True)
class NumberedRow:
    id: str
    version: int
    number: str
    year_be: int
    running: int


R = TypeVar("R", bound=NumberedRow)


class Register(Generic[R]):
    """The records of one table as rows. `unsaid` are texts that stay empty until a step says them."""

    def __init__(self, model: type[Numbered], row: type[R], unsaid: tuple[str, ...] = ()) -> None:
        self._model = model
        self._kind = row
        self._unsaid = dict.fromkeys(unsaid, "")
        self._all = Listing(model.__tablename__, model, self._row)

    def rows(self, tx: Tx) -> list[R]:
        """Return every row, newest first."""
        rows = reread(tx, self._all, self._model.station_id == tx.station_id)
        return sorted(rows, key=lambda row: (row.year_be, row.running), reverse=True)

    def get(self, tx: Tx, record_id: str) -> R:
        """Return a row or raise `not_found`."""
        return self._row(fetch(tx, self._model, record_id))

    def add(self, tx: Tx, facts: Any) -> R:
        """Enter a record with the next number of this year."""
        new = next_number(tx, self._model)
        made = self._model(number=str(new), year_be=new.year_be, running=new.running, **self._unsaid)
        enter(made, facts)
        tx.session.add(made)
        tx.session.flush()
        return self._row(made)

    def put(self, tx: Tx, record_id: str, version: int, facts: Any) -> None:
        """Write facts over what stood there; the journal keeps that. `Conflict` if the row is of another version."""
        enter(fetch(tx, self._model, record_id, version), facts)
        tx.session.flush()

    def step(self, tx: Tx, record_id: str, version: int, step: str, facts: Any = None) -> None:
        """Note in `…_at` and `…_by` that a step was done now by whoever acts, with what it says."""
        found = fetch(tx, self._model, record_id, version)
        setattr(found, f"{step}_at", tx.now)
        setattr(found, f"{step}_by", tx.actor_id)
        if facts is not None:
            enter(found, facts)
        tx.session.flush()

    def take_back(self, tx: Tx, record_id: str, step: str) -> None:
        """Let a step count as not done: what it was about is another matter now. The journal keeps that it was done."""
        found = fetch(tx, self._model, record_id)
        setattr(found, f"{step}_at", None)
        setattr(found, f"{step}_by", None)
        tx.session.flush()

    def _row(self, found: Numbered) -> R:
        return facts_of(self._kind, found)
