"""The command line about database, journal and clock: backups, restores, upgrades, and what a check finds."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from console import cli
from console.db import migrate
from console.services.seal_codes import seal_code
from tests.cli_terminal import FIRST, WORD, Terminal, choose_own


def test_verify(founded: Terminal) -> None:
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.GOOD
    assert "The journal is whole" in founded.out
    log = founded.data_dir / "checkpoints.log"
    lines = log.read_text("ascii").splitlines()
    log.write_text("\n".join([lines[0].replace('"body": "A', '"body": "B'), *lines[1:]]) + "\n")
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.FOUND
    assert "findings" in founded.out


def test_verify_names_what_was_done_past_the_program(founded: Terminal) -> None:
    """Guards are put back by the very opening: it says which they were. What was changed meanwhile is named too."""
    database = founded.data_dir / "console.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DROP TRIGGER guard_notice_insert")
        connection.execute(
            "INSERT INTO notice (id, station_id, number, text, purposes, sha256, published_at)"
            " VALUES ('x', 'SKA', 7, 'x', '[]', 'x', '2026-01-01T00:00:00.000000Z')"
        )
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.FOUND
    assert "guard of the database guard_notice_insert: it was missing or altered" in founded.out
    assert "notice to owners 7: it is not as the journal says" in founded.out
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.FOUND
    assert "guard_notice_insert" not in founded.out, "put back by the opening before"


def test_database(founded: Terminal) -> None:
    assert founded("db", "status") == cli.GOOD
    assert founded("db", "upgrade") == cli.GOOD
    assert founded("db", "backup") == cli.REFUSED
    assert founded("db", "backup", typed=(WORD,), login="chief") == cli.GOOD
    assert list((founded.data_dir / "backups").iterdir())
    founded("user", "add", "somchai", "--role", "duty_officer", typed=(WORD, FIRST), login="chief")
    choose_own(founded, "somchai")
    assert founded("db", "backup", typed=(WORD,), login="somchai") == cli.REFUSED


def test_a_damaged_database_is_restored(founded: Terminal, tmp_path: Path) -> None:
    """The way that the sentence about a damaged database names; what lay there is kept, not overwritten."""
    assert founded("db", "backup", typed=(WORD,), login="chief") == cli.GOOD
    (backup,) = (founded.data_dir / "backups").iterdir()
    assert founded("user", "add", "eye", "--role", "duty_officer", typed=(WORD, FIRST), login="chief") == cli.GOOD
    database = founded.data_dir / "console.db"
    database.write_bytes(b"nothing of a database is left here" + database.read_bytes()[34:])
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.REFUSED
    assert "db restore" in founded.err
    damaged = database.read_bytes()
    rubbish = tmp_path / "rubbish.db"
    rubbish.write_bytes(b"rubbish")
    newer = shutil.copy2(backup, tmp_path / "newer.db")
    with closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for file, login, said in (
        (tmp_path / "none.db", "chief", "There is no backup"),
        (rubbish, "chief", "is damaged or is none"),
        (newer, "chief", "newer version"),
        (backup, None, "--login"),
        (backup, "eye", "not correct"),  # the backup does not know him
    ):
        assert founded("db", "restore", str(file), typed=(WORD,), login=login) == cli.REFUSED
        assert said in founded.err
        assert database.read_bytes() == damaged
    assert founded("db", "restore", str(backup), typed=(WORD,), login="chief") == cli.GOOD
    (kept,) = (founded.data_dir / "replaced").glob("*.db")
    assert kept.read_bytes() == damaged
    assert str(kept) in founded.out
    # What the backup lacks is found: the file beside the database has sealed more rows than it holds.
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.FOUND
    assert founded("db", "restore", str(backup), typed=(WORD, WORD), login="nobody") == cli.REFUSED


def test_restoring_is_for_those_who_maintain(founded: Terminal) -> None:
    founded("user", "add", "eye", "--role", "duty_officer", typed=(WORD, FIRST), login="chief")
    choose_own(founded, "eye")
    assert founded("db", "backup", typed=(WORD,), login="chief") == cli.GOOD
    (backup,) = (founded.data_dir / "backups").iterdir()
    assert founded("db", "restore", str(backup), typed=(WORD,), login="eye") == cli.REFUSED
    (founded.data_dir / "station.toml").write_text(
        '[station]\nid = "SKA"\n[database]\nurl = "postgresql+psycopg://x@127.0.0.1:1/x"\n'
    )
    assert founded("db", "restore", str(backup), typed=(WORD,), login="chief") == cli.REFUSED
    assert "own tools" in founded.err


def test_an_older_database_is_upgraded(founded: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    path = founded.data_dir / "backups" / "x.db"
    made = migrate.Upgrade("0001", "0002", path)
    monkeypatch.setattr(migrate, "upgrade", lambda *_words, **_named: made)
    assert founded("db", "upgrade") == cli.GOOD
    assert "x.db" in founded.out


def test_findings_of_the_checkpoint_file_are_counted_by_line(founded: Terminal) -> None:
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.GOOD
    log = founded.data_dir / "checkpoints.log"
    log.write_text(log.read_text("ascii") + "".join(f"damaged {number:02}\n" for number in range(14)))
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.FOUND
    lines = [line for line in founded.out.splitlines() if line.startswith("checkpoints.log, line ")]
    assert len(lines) == 10
    assert "… and 4 more of this kind." in founded.out
    assert "–, row" not in founded.out


@pytest.mark.parametrize("url", ["nonsense", "postgresql+psycopg://u@h:port/x", "mysql://u@h/x"])
def test_an_address_that_names_no_database_is_said(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("CONSOLE_DATABASE__URL", url)
    assert terminal("db", "status") == cli.REFUSED
    assert "address of the database is not correct" in terminal.err


def test_a_seal_on_paper_is_asked_for(founded: Terminal) -> None:
    def verify(code: str) -> int:
        return founded("journal", "verify", "--checkpoint", code, typed=(WORD,), login="chief")

    assert verify("no seal") == cli.REFUSED
    assert "group by group" in founded.err
    assert verify(seal_code("ab" * 32)) == cli.FOUND
    assert "older than the paper" in founded.out


def test_an_earlier_database_is_told_at_each_verb_until_it_was_noticed(founded: Terminal, tmp_path: Path) -> None:
    kept = tmp_path.with_name(f"{tmp_path.name}.kept")
    shutil.copytree(founded.data_dir, kept)
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.GOOD
    shutil.rmtree(founded.data_dir)
    shutil.copytree(kept, founded.data_dir)
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.FOUND
    assert "older than what this console has seen: an earlier database" in founded.out
    assert "a seal that it remembers is not there" in founded.out


def test_confirming_the_clock(stocked: Terminal) -> None:
    assert stocked("clock", "confirm", typed=(WORD,), login="camera_registrar") == cli.REFUSED
    assert stocked("clock", "confirm", typed=(WORD,), login="chief") == cli.GOOD
    assert "The clock was confirmed" in stocked.out
