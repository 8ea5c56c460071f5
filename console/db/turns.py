"""Whose turn it is to decide, among the consoles of a shared database. A store of its own has one writer anyhow."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from console.db.store import Tx


def take_turns(tx: Tx, what: str, ids: Iterable[str]) -> None:
    """Wait until nobody else decides about one of these, and hold them until this transaction ends.

    What was read before may be old by then: whoever decides reads afterwards. Always in one order, so that two who want
    the same ones do not wait for each other.
    """
    if tx.session.connection().dialect.name == "postgresql":
        for each in sorted(set(ids)):
            turn = func.hashtextextended(f"{what} {each}", 0)
            tx.session.execute(select(func.pg_advisory_xact_lock(turn)))
