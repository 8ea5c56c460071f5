"""The command line itself: settings that are wrong, mistakes of ours, the self-test and the engine behind a verb."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

import pytest

from console import cli
from console.db import migrate
from console.db.engines import SqliteFacts, sqlite_facts
from console.kernel import SystemClock
from console.services import feeds
from console.settings import GateSettings, VideoSettings
from tests.cli_terminal import Terminal
from tests.gate.room import Room, Template


def test_settings_that_are_wrong(terminal: Terminal) -> None:
    (terminal.data_dir / "station.toml").write_text("[gate]\nlease_s = 900\n")
    assert terminal("db", "status") == cli.REFUSED
    assert "lease_s" in terminal.err


@pytest.mark.parametrize(
    ("version", "wal_reset"),
    [
        ((3, 6, 23), False),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 0), False),
    ],
)
def test_which_sqlite_has_the_fault(version: tuple[int, int, int], *, wal_reset: bool) -> None:
    assert sqlite_facts(version).wal_reset is wal_reset


def test_self_test_in_plain_sentences(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = feeds.EngineFacts("process limits only (bubblewrap is not installed); nice +10", {"libvlc": "3.0.21"})
    monkeypatch.setattr(feeds, "examine_engine", lambda *_: bare)
    monkeypatch.setattr("console.services.people.keyring_found", lambda: "")
    terminal("self-test")
    assert f"SQLite {sqlite3.sqlite_version}" in terminal.out
    assert "Passwords alone protect" in terminal.out
    assert "That is no sandbox" in terminal.out
    for faulty in (True, False):
        monkeypatch.setattr("console.db.engines.sqlite_facts", lambda faulty=faulty: SqliteFacts("3.99.0", faulty))
        terminal("self-test")
        assert ("has the WAL-reset fault" in terminal.out) is faulty


@pytest.mark.parametrize("versions", [{}, {"libvlc": "3.0.21"}])
def test_self_test(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, versions: dict[str, str]) -> None:
    monkeypatch.setattr(feeds, "examine_engine", lambda *_: feeds.EngineFacts("bubblewrap", versions))
    assert terminal("self-test") == (cli.GOOD if versions else cli.FOUND)
    assert ("3.0.21" in terminal.out) is bool(versions)
    monkeypatch.setattr("console.services.people.keyring_found", lambda: "OsKeyring")
    terminal("self-test")
    assert "OsKeyring" in terminal.out


def test_self_test_on_this_machine(terminal: Terminal) -> None:
    """A real worker comes up, says what it is, and goes."""
    assert terminal("self-test") == cli.GOOD
    assert "libVLC 3." in terminal.out


def test_a_station_over_a_real_engine(tmp_path: Path, template: Template) -> None:
    room = Room(tmp_path, template)
    engine = feeds.start_engine(VideoSettings(), room.clock, command=("/bin/false",))
    gate = room.station.gate(engine, GateSettings())
    gate.start()
    gate.stop()
    engine.supervisor.close()
    room.close()


def test_an_engine_that_never_comes_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.services.feeds.engine.worker_command", lambda: ("/bin/false",))
    assert feeds.examine_engine(VideoSettings(), SystemClock(), 0.2) == feeds.EngineFacts("", {})


def test_the_worker_of_a_frozen_program(monkeypatch: pytest.MonkeyPatch) -> None:
    assert feeds.worker_command()[1].endswith("main.py")
    monkeypatch.setattr("sys.frozen", True, raising=False)
    assert feeds.worker_command()[1:] == ("worker",)


def test_a_mistake_of_ours_is_one_sentence_and_the_log_has_the_rest(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistake(*_words: object) -> None:
        logging.getLogger("console.x").warning("vault.locked()")
        raise ZeroDivisionError("deep inside")

    monkeypatch.setattr(migrate, "status", mistake)
    assert terminal("db", "status") == cli.REFUSED
    assert len(terminal.err.splitlines()) == 1
    assert "deep inside" not in terminal.err + terminal.out
    assert "vault.locked" not in terminal.err + terminal.out
    log = (terminal.data_dir / "logs" / "console.log").read_text("utf-8")
    assert "deep inside" in log
    assert "vault.locked" in log
