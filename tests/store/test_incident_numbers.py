"""Numbers of incidents have no gap and no double: whoever writes, whatever fails, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from console.db import incidents
from console.db.incidents import NewIncident
from console.db.places import StorePlace, load_writer
from console.db.store import Store, Tx
from tests.postgres import PostgresServer
from tests.store.world import STATION, HandClock, Officer, enrol, write

EACH = 15
CONSOLES = 3


class Thwarted(Exception):
    """What comes up after the number was given."""


def open_one(store: Store, officer: Officer) -> str:
    return write(store, lambda tx: incidents.open_incident(tx, NewIncident("เหตุ")), officer.session).number


def open_in_vain(store: Store, officer: Officer) -> None:
    def work(tx: Tx) -> None:
        incidents.open_incident(tx, NewIncident("เหตุ"))
        raise Thwarted

    with pytest.raises(Thwarted):
        write(store, work, officer.session)


def in_order(numbers: list[str]) -> list[str]:
    return [f"{STATION}-2569-{running:04d}" for running in range(1, len(numbers) + 1)]


def test_what_fails_leaves_no_gap(store: Store) -> None:
    officer = enrol(store)
    numbers = []
    for _turn in range(3):
        open_in_vain(store, officer)
        numbers.append(open_one(store, officer))
    assert numbers == in_order(numbers)


@pytest.fixture
def consoles(tmp_path: Path, postgres_server: PostgresServer, clock: HandClock) -> Iterator[list[Store]]:
    """Several consoles of one station on one shared database."""
    with ExitStack() as closing:
        url = closing.enter_context(postgres_server.database())
        opened = []
        for name in map(str, range(CONSOLES)):
            data_dir = tmp_path / name
            writer = load_writer(data_dir, STATION, "tests")
            opened.append(Store.open(StorePlace(url, data_dir), clock=clock, writer=writer))
            closing.callback(opened[-1].close)
        yield opened


@pytest.mark.postgres
def test_consoles_that_open_at_once_wait_for_each_other(consoles: list[Store]) -> None:
    officer = enrol(consoles[0])
    together = threading.Barrier(CONSOLES)

    def work(store: Store) -> list[str]:
        together.wait()
        numbers = []
        for turn in range(EACH):
            if turn % 3 == 0:
                open_in_vain(store, officer)
            numbers.append(open_one(store, officer))
        return numbers

    with ThreadPoolExecutor(CONSOLES) as pool:
        answers = list(pool.map(work, consoles))
    numbers = sorted(number for answer in answers for number in answer)
    assert len(numbers) == CONSOLES * EACH
    assert numbers == in_order(numbers)
    assert all(answer == sorted(answer) for answer in answers)
