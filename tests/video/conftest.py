"""Engines for tests, closed afterwards; no process and no thread may stay."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import psutil
import pytest

from console.kernel import Clock
from tests.video.engine_room import Room


@pytest.fixture(name="rooms")
def make_rooms() -> Iterator[Callable[..., Room]]:
    rooms: list[Room] = []
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    threads = threading.active_count()

    def make(*arguments: str, clock: Clock | None = None, **changes: object) -> Room:
        rooms.append(Room(*arguments, clock=clock, **changes))
        return rooms[-1]

    yield make
    for room in rooms:
        room.engine.close()
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before, "a process stays"
    assert threading.active_count() <= threads, "a thread stays"


@pytest.fixture(name="room")
def make_room(rooms: Callable[..., Room]) -> Room:
    return rooms()
