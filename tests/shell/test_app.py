"""Starting the console: what is refused, with which sentence, and that nothing is left locked."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from console import app
from console.db.keyrings import NoKeyring
from console.room import Room
from console.services.people import station_vault
from tests.station import OFFICER, PASSWORD, Wishes, furnish


@pytest.fixture
def station(tmp_path: Path) -> Path:
    furnish(tmp_path / "data", Wishes([], vault=station_vault(NoKeyring())))
    return tmp_path / "data"


def start(monkeypatch: pytest.MonkeyPatch, typed: str, *arguments: str) -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed + "\n"))
    return app.run(["--language", "en", *arguments])


def test_without_a_name_nobody_sits_here(
    station: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start(monkeypatch, "", "--data", str(station)) == app.EXIT_REFUSED
    assert "--login" in capsys.readouterr().err


def test_a_picture_of_a_real_wall_is_refused(
    station: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "wall.png"
    asked = ("--data", str(station), "--login", OFFICER, "--password-stdin", "--shot", str(picture), "--after", "0")
    assert start(monkeypatch, PASSWORD, *asked) == app.EXIT_REFUSED
    assert not picture.exists()
    assert "demonstration" in capsys.readouterr().err.lower()


def test_a_wrong_password_is_said_and_never_shown(
    station: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], qapp: object
) -> None:
    asked = ("--data", str(station), "--login", OFFICER, "--password-stdin")
    assert start(monkeypatch, "mango-tango-1234", *asked) == app.EXIT_REFUSED
    told = capsys.readouterr()
    assert "password" in told.err.lower()
    assert "mango-tango-1234" not in told.err + told.out


def test_a_store_in_use_names_the_other_program(
    station: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], qapp: object
) -> None:
    held = furnish_plan(station)
    try:
        asked = ("--data", str(station), "--login", OFFICER, "--password-stdin")
        assert start(monkeypatch, PASSWORD, *asked) == app.EXIT_REFUSED
    finally:
        held.close()
    assert "in use" in capsys.readouterr().err


def furnish_plan(station: Path) -> Room:
    from console.room import RoomPlan
    from tests.station import settings_of

    return Room.open(RoomPlan(station, settings_of(station, {}), station_vault(NoKeyring())))
