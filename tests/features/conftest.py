"""Feature tests stand in the same room as gate tests, or before a terminal of their own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from console import cli, i18n
from console.kernel import AuthorityKind
from tests.cli_terminal import WORD, Terminal
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


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Terminal]:
    before = i18n.language()
    (tmp_path / "station.toml").write_text('[station]\nid = "SKA"\n')
    yield Terminal(tmp_path, monkeypatch, capsys)
    i18n.install(before)


@pytest.fixture
def founded(terminal: Terminal) -> Terminal:
    assert terminal("user", "add", "--first", "chief", "--role", "superintendent", typed=(WORD,)) == cli.GOOD
    return terminal


@pytest.fixture
def stocked(terminal: Terminal, template: Template, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A station with a shop's camera and an own one that waits for its second signature."""
    room = Room(terminal.data_dir, template)
    room.shop()
    room.permit(room.camera(), kind=AuthorityKind.OWN)
    room.camera()
    room.close()
    monkeypatch.setattr("console.services.people.find_keyring", lambda: room.keyring)
    yield terminal
    shutil.rmtree(terminal.data_dir, ignore_errors=True)
