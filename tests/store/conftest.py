from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.db.places import StorePlace, Writer, load_writer
from console.db.store import Store
from tests.postgres import PostgresServer, postgres_first, postgres_server
from tests.store.world import STATION, HandClock

__all__ = ["postgres_first", "postgres_server"]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StorePlace]:
    """An empty place on each of the two databases."""
    if request.param == "sqlite":
        yield StorePlace.standalone(tmp_path / "data")
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.database() as url:
        yield StorePlace(url, tmp_path / "data")


@pytest.fixture
def lone_place(tmp_path: Path) -> StorePlace:
    """An empty place on SQLite, for what only a file can suffer."""
    return StorePlace.standalone(tmp_path / "data")


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return load_writer(tmp_path / "data", STATION, "tests")


@pytest.fixture
def store(place: StorePlace, clock: HandClock, writer: Writer) -> Iterator[Store]:
    opened = Store.open(place, clock=clock, writer=writer)
    yield opened
    opened.close()


@pytest.fixture
def lone_store(lone_place: StorePlace, clock: HandClock, writer: Writer) -> Iterator[Store]:
    opened = Store.open(lone_place, clock=clock, writer=writer)
    yield opened
    opened.close()
