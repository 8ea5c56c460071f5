"""The command line about people: the first one, others, passwords, and who gets a key to the cameras."""

from __future__ import annotations

import pytest

from console import cli
from tests.cli_terminal import FIRST, WORD, Terminal, choose_own, opened
from tests.gate.room import PASSWORD


def test_the_first_person_and_the_sheet(founded: Terminal) -> None:
    assert "RECOVERY SHEET" in founded.out
    assert WORD not in founded.out
    assert founded("user", "add", "--first", "second", "--role", "it", typed=(WORD,)) == cli.REFUSED


def test_the_code_for_the_first_start_in_the_window(terminal: Terminal) -> None:
    assert terminal("user", "code") == cli.GOOD
    code = terminal.out.splitlines()[0].rpartition(" ")[2]
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    kept = (terminal.data_dir / "first-code").read_text()
    assert code.replace("-", "") not in kept
    assert terminal("user", "code") == cli.GOOD
    assert code not in terminal.out, "each call makes a new one"
    assert terminal("user", "add", "--first", "chief", "--role", "it", typed=(WORD,)) == cli.GOOD
    assert not (terminal.data_dir / "first-code").exists()
    assert terminal("user", "code") == cli.REFUSED
    assert "already users here" in terminal.err


def test_a_station_without_an_id_is_told_before_it_is_too_late(terminal: Terminal) -> None:
    (terminal.data_dir / "station.toml").unlink()
    assert terminal("user", "code") == cli.GOOD
    assert "no id of its own yet" in terminal.out
    (terminal.data_dir / "station.toml").write_text('[station]\nid = "SKA"\n')
    assert terminal("user", "code") == cli.GOOD
    assert "no id of its own" not in terminal.out
    assert terminal("user", "add", "--first", "chief", "--role", "it", typed=(WORD,)) == cli.GOOD
    assert terminal("db", "backup", typed=(WORD,), login="chief") == cli.GOOD


def test_adding_needs_somebody_who_may(founded: Terminal) -> None:
    add = ("user", "add", "somchai", "--role", "duty_officer")
    assert founded(*add, typed=(WORD, FIRST)) == cli.REFUSED
    assert founded(*add, typed=("wrong wrong", FIRST), login="chief") == cli.REFUSED
    assert founded(*add, typed=(), login="chief") == cli.REFUSED
    assert founded(*add, typed=(WORD, "short"), login="chief") == cli.REFUSED
    assert founded(*add, typed=(WORD, FIRST), login="chief") == cli.GOOD
    choose_own(founded, "somchai")
    assert founded("user", "add", "other", "--role", "it", typed=(WORD, FIRST), login="somchai") == cli.REFUSED


def test_whoever_was_added_chooses_a_password_before_anything_else(founded: Terminal) -> None:
    add = ("user", "add", "tech", "--role", "it")
    assert founded(*add, typed=(WORD, FIRST), login="chief") == cli.GOOD
    assert "user password --login tech" in founded.out
    assert founded("db", "backup", typed=(FIRST,), login="tech") == cli.REFUSED
    assert "user password --login NAME" in founded.err
    choose = ("user", "password")
    assert founded(*choose) == cli.REFUSED
    for typed, said in (
        (("not this one", WORD, WORD), "not correct"),
        ((FIRST, WORD, WORD + "x"), "not the same"),
        ((FIRST, FIRST, FIRST), "other than the present one"),
        ((FIRST, WORD), "No password"),
    ):
        assert founded(*choose, typed=typed, login="tech") == cli.REFUSED
        assert said in founded.err
    assert founded(*choose, typed=(FIRST, WORD, WORD), login="tech") == cli.GOOD
    assert founded("db", "backup", typed=(FIRST,), login="tech") == cli.REFUSED
    assert founded("db", "backup", typed=(WORD,), login="tech") == cli.GOOD


def test_whoever_it_adds_waits_for_access(founded: Terminal) -> None:
    assert founded("user", "add", "tech", "--role", "it", typed=(WORD, FIRST), login="chief") == cli.GOOD
    choose_own(founded, "tech")
    assert founded("user", "add", "new", "--role", "duty_officer", typed=(WORD, FIRST), login="tech") == cli.GOOD
    assert "must give this person access" in founded.out


def test_a_prompt_where_there_is_a_terminal(founded: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return WORD

    monkeypatch.setattr("getpass.getpass", ask)
    arguments = ["journal", "verify", "--data", str(founded.data_dir), "--language", "en", "--login", "chief"]
    assert cli.run(arguments) == cli.GOOD
    assert len(asked) == 1


def test_a_station_that_it_set_up(terminal: Terminal) -> None:
    """The first person is IT, who has no key to hand out: the recovery sheet gives the superintendent his."""
    assert terminal("user", "add", "--first", "tech", "--role", "it", typed=(WORD,)) == cli.GOOD
    code = next(line for line in terminal.out.splitlines() if "Recovery code" in line).split(": ")[1]
    add = ("user", "add", "boss", "--role", "superintendent")
    assert terminal(*add, typed=(WORD, FIRST), login="tech") == cli.GOOD
    assert "user grant boss" in terminal.out
    choose_own(terminal, "boss")
    grant = ("user", "grant", "boss")
    assert terminal(*grant, typed=(WORD,), login="tech") == cli.REFUSED
    assert terminal(*grant, "--recovery-code", typed=(WORD,), login="tech") == cli.REFUSED
    assert terminal(*grant, "--recovery-code", typed=(WORD, "AAAA-BBBB"), login="tech") == cli.REFUSED
    assert terminal(*grant, "--recovery-code", typed=(WORD, code), login="tech") == cli.GOOD
    assert code not in terminal.out + terminal.err
    # From now on the superintendent gives the others theirs.
    assert terminal("user", "add", "eye", "--role", "duty_officer", typed=(WORD, FIRST), login="tech") == cli.GOOD
    assert terminal("user", "grant", "eye", typed=(WORD,), login="boss") == cli.GOOD
    assert terminal("user", "grant", "nobody", typed=(WORD,), login="boss") == cli.REFUSED
    assert terminal("user", "grant", "tech", typed=(WORD,), login="boss") == cli.REFUSED
    assert terminal("user", "grant", "tech", "--recovery-code", typed=(WORD, code), login="boss") == cli.REFUSED
    with opened(terminal) as room:
        for login in ("boss", "eye"):
            row = room.station.people.by_login(login)
            assert row is not None
            assert row.id not in room.station.people.waiting_for_slot()
            assert row.password_temporary is (login == "eye")
        room.log_in("boss", PASSWORD)
        assert room.station.vault.unlocked
    assert terminal("journal", "verify", typed=(WORD,), login="boss") == cli.GOOD
