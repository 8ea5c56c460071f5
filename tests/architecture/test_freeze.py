"""What the frozen program stands on: the worker's program beside it, and a packing list that forgets nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from console.services.feeds.engine import WORKER_PROGRAM, worker_command
from console.views.demo_scenes import SCENES, VERSION

ROOT = Path(__file__).resolve().parents[2]
SPEC = (ROOT / "installer" / "console.spec").read_text(encoding="utf-8")


def test_from_source_a_worker_is_main_py() -> None:
    assert worker_command() == (sys.executable, str(ROOT / "main.py"), "worker")


@pytest.mark.parametrize(
    ("platform", "window", "worker"),
    [("linux", "ccoc-console", "ccoc-console-cli"), ("win32", "ccoc-console.exe", "ccoc-console-cli.exe")],
)
def test_frozen_a_worker_is_the_console_program_beside_the_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str, window: str, worker: str
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(sys, "executable", str(tmp_path / window))
    assert worker_command() == (str(tmp_path.resolve() / worker), "worker")


def test_both_programs_are_built_and_the_workers_is_one_with_streams() -> None:
    assert 'program("ccoc-console", console=False)' in SPEC
    assert f'program("{WORKER_PROGRAM}", console=True)' in SPEC


def test_the_word_lists_that_are_read_are_packed() -> None:
    program = """
import sys
read = set()
sys.addaudithook(lambda name, args: read.add(str(args[0])) if name == "open" else None)
from console.i18n.words import broken
assert len(broken("สวัสดีครับ")) == 11
print("\\n".join(sorted(path for path in read if "pythainlp" in path and not path.endswith((".py", ".pyc")))))
"""
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    packed = ast.literal_eval(SPEC.split("THAI_WORDS = ")[1].split("\n")[0])
    assert [Path(path).as_posix().partition("site-packages/")[2] for path in told.split()] == sorted(packed)


def test_dev_knows_every_painted_scene() -> None:
    assert sorted(dev.scene_files()) == sorted(f"{name}.v{VERSION}.ts" for name in SCENES)


def test_painted_scenes_are_not_painted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[dev.Command] = []

    def painted(command: dev.Command, env: dict[str, str] | None = None) -> int:
        assert env is not None
        started.append(command)
        for name in dev.scene_files():
            (tmp_path / name).touch()
        return 0

    monkeypatch.setattr(dev, "run", painted)
    dev.prepare_scenes(tmp_path)
    dev.prepare_scenes(tmp_path)
    assert [command[-2:] for command in started] == [["--paint-scenes", tmp_path]]
    (tmp_path / dev.scene_files()[0]).unlink()
    dev.prepare_scenes(tmp_path)
    assert len(started) == len({"at first", "again"})


def test_scenes_that_could_not_be_painted_stop_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "run", lambda *_words, **_named: 1)
    with pytest.raises(dev.StopWithSentence):
        dev.prepare_scenes(tmp_path)
