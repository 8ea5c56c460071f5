"""Feature tests stand in the same room as gate tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gate.room import Room, Template


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return Template.make(tmp_path_factory.mktemp("founded"))


@pytest.fixture
def room(tmp_path: Path, template: Template) -> Iterator[Room]:
    made = Room(tmp_path, template)
    yield made
    made.close()


@pytest.fixture
def empty_room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    yield made
    made.close()
