"""A few honest histories and some hundred changes of them; `dev.py bench tamper` makes a hundred thousand."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.bench import tamper
from tests.bench.forgeries import ATTACKS, past_camera
from tests.bench.histories import Material, empty_store
from tests.bench.paper import PAPER_ATTACKS, Paper
from tests.bench.tamper import Choice, Result

EVERY = (*ATTACKS, *PAPER_ATTACKS)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Material:
    folder = tmp_path_factory.mktemp("history")
    return tamper.history(folder / "station", "suite/0", empty_store(folder / "empty"), Result())


def test_honest_histories_raise_no_alarm_and_every_change_is_found(tmp_path: Path) -> None:
    result = tamper.run(Choice(count=8 * len(EVERY), histories=2, seed=7), tmp_path)
    assert (result.alarms, result.missed) == ([], [])
    assert result.histories == 2
    assert result.kills > 0
    assert result.statements == 8
    assert result.made == dict.fromkeys(EVERY, 8)
    assert result.as_json(Choice())["good"] is True


def test_who_holds_the_key_is_found_by_what_the_rows_say_of_each_other(made: Material) -> None:
    kinds = [past_camera(made, random.Random(number)).kinds() for number in range(30)]
    assert all(kinds)
    assert set().union(*kinds) <= {"past_camera", "view_camera", "view_record", "record_past"}


def test_a_verifier_that_finds_nothing_is_told(made: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Material, "kinds", lambda _made: set())
    monkeypatch.setattr(Paper, "verdict", lambda _paper: 0)
    result = Result()
    tamper.attack(made, len(EVERY), "suite", result)
    assert len(result.missed) == len(EVERY)
    assert result.as_json(Choice())["good"] is False


def test_parts_are_the_whole(tmp_path: Path) -> None:
    """A run that takes too long for one go is made in parts under one seed."""
    whole = Choice(count=4, histories=2, seed=7)
    parts = [
        tamper.run(tamper.parse(f"--count 4 --histories 2 --seed 7 --part {part}".split()), tmp_path / part[0])
        for part in ("1/2", "2/2")
    ]
    assert [part.histories for part in parts] == [1, 1]
    assert parts[0].made + parts[1].made == tamper.run(whole, tmp_path / "whole").made
