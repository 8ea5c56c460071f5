"""A few broken streams through real workers; `dev.py bench mutants` sends a thousand."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from console.video.workers import exit_words
from tests.bench import mutants
from tests.bench.mutants import CODECS, KINDS, OUTER, Bench, Death, Result, Usage
from tests.stream_server import StreamServer


def kill_one(bench: Bench) -> None:
    """End a worker as a broken decoder would."""
    facts = next(facts for facts in bench.engine.workers() if facts.ready and facts.streams)
    os.kill(facts.pid, signal.SIGSEGV)


@pytest.mark.timeout(120)
def test_broken_streams_harm_nobody_and_a_death_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutants, "TRIAL_S", 2.0)
    result = mutants.run(24, 7, tmp_path, at_once=24, disturb=kill_one)
    assert result.count == sum(result.said.values()) == 24
    assert [death.verdict for death in result.deaths] == ["SIGSEGV; restarted, none of its streams does it again alone"]
    assert result.deaths[0].members
    assert result.wrong() == []


def test_the_same_seed_makes_the_same_mutants(tmp_path: Path) -> None:
    clips = mutants.material(tmp_path)
    one, same, other = (
        [mutants.mutant(*clips[codec], kind, dice) for _, codec, kind, dice in mutants.recipes(27, seed)]
        for seed in (1, 1, 2)
    )
    assert [(made.pictures, made.parameter_sets) for made in one] == [
        (made.pictures, made.parameter_sets) for made in same
    ]
    changed = [a.pictures != b.pictures or a.keep != b.keep for a, b in zip(one, other, strict=True)]
    assert sum(changed) > len(one) // 2
    kinds = {kind for _, codec, kind, _ in mutants.recipes(len(CODECS) * len((*KINDS, *OUTER)), 1) if codec == "h264"}
    assert kinds == {*KINDS, *OUTER}


def test_what_is_wrong_is_named() -> None:
    before = Usage(100.0, 10, 3, 0, 0)
    good = Result(before=before, after=replace(before, memory_mb=110.0))
    assert good.wrong() == []
    leaking = replace(good, after=Usage(200.0, 11, 4, 1, 1), worker_growth=[{"memory_mb": 5.0, "descriptors": 3}])
    assert len(leaking.wrong()) == 6
    assert replace(good, deaths=[Death("worker-1", 3, "pipe closed")]).wrong()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, ""),
        (-9, ""),
        (137, ""),
        (-11, "SIGSEGV"),
        (139, "SIGSEGV"),
        (-6, "SIGABRT"),
        (1, "code 1"),
        (200, "code 200"),
    ],
)
def test_how_a_worker_ended(code: int, words: str) -> None:
    assert exit_words(code) == words


@pytest.mark.timeout(120)
def test_a_trial_names_whoever_kills_its_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutants, "TRIAL_S", 60.0)
    script, step, killed = mutants.material(tmp_path)["h264"][0], Bench.step, set[int]()

    def kill_what_is_ready(bench: Bench) -> None:
        step(bench)
        for facts in bench.engine.workers():
            if facts.ready and facts.pid not in killed:
                killed.add(facts.pid)
                os.kill(facts.pid, signal.SIGABRT)

    monkeypatch.setattr(Bench, "step", kill_what_is_ready)
    with mutants.hearing() as ears, StreamServer() as server:
        assert mutants._trial(server, ears, {"guilty": script}) == {"guilty": "quarantined"}
    assert len(killed) == 2
