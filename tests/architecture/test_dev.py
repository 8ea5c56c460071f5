"""dev.py, the lock files and what CI runs say the same thing."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import dev
from console.video.player import MINIMUM
from tests import suite

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED = [Requirement(line) for line in PROJECT["dependencies"]]
NEEDED_FOR_WORK = [Requirement(line) for line in PROJECT["optional-dependencies"]["dev"]]


def locked(name: str) -> dict[str, str]:
    """The packages of a lock file and their versions."""
    pins = re.findall(r"^(\S+)==([^\s;]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    return dict(pins)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("program", "own"), [("dev.py", {"tests"}), ("tests/suite.py", {"dev"})])
def test_dev_needs_nothing_installed(program: str, own: set[str]) -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(text(program))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported - own <= sys.stdlib_module_names


@pytest.mark.parametrize("verb", dev.VERBS)
def test_each_command_is_told_to_contributors(verb: str) -> None:
    assert f"python3 dev.py {verb}" in text("CONTRIBUTING.md")


@pytest.mark.parametrize("command", ["python3 dev.py check", "python3 dev.py test"])
def test_ci_runs_what_the_readme_names(command: str) -> None:
    assert command in text(".ci/run")
    assert command in text("README.md")


def test_no_package_is_asked_for_twice() -> None:
    packages = Counter(
        [
            *dev.WINDOW_PACKAGES,
            *dev.SCREEN_PACKAGES,
            *dev.TEST_PACKAGES,
            *dev.BENCH_PACKAGES,
            *dev.FREEZE_PACKAGES,
            *dev.SMOKE_PACKAGES,
        ]
    )
    assert max(packages.values()) == 1


@pytest.mark.parametrize(
    ("lock", "needed"), [("requirements.lock", NEEDED), ("requirements-dev.lock", [*NEEDED, *NEEDED_FOR_WORK])]
)
def test_the_lock_holds_what_the_project_declares(lock: str, needed: list[Requirement]) -> None:
    pins = locked(lock)
    wrong = [str(need) for need in needed if not need.specifier.contains(pins.get(need.name.lower(), "0"))]
    assert wrong == []


def test_both_locks_agree() -> None:
    assert locked("requirements.lock").items() <= locked("requirements-dev.lock").items()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_pin_has_hashes_and_names_no_place(lock: str) -> None:
    pins = re.split(r"\n(?=\S)", text(lock).strip())
    assert len(pins) == len(locked(lock))
    assert [pin for pin in pins if "--hash=sha256:" not in pin] == []
    assert re.search(r"://|@ |^-", text(lock), re.MULTILINE) is None


def test_fully_covered_modules_are_there() -> None:
    assert [name for name in suite.FULLY_COVERED if not list(ROOT.glob(name))] == []


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="not Debian")
def test_a_package_that_is_not_installed_is_missing() -> None:
    assert dev.missing_packages(["dpkg", "no-such-package"]) == ["no-such-package"]


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="not Debian")
def test_a_package_under_a_newer_name_is_not_missing() -> None:
    assert dev.missing_packages(["awk"]) == []  # a name that only other packages provide


def test_dev_and_the_player_want_the_same_vlc() -> None:
    assert dev.VLC_NEEDED == MINIMUM


@pytest.mark.parametrize(
    ("installed", "said"), [("3.0.23-0+deb12u1", "VLC is 3.0.23"), ("", "VLC is not there"), ("1:3.0.24-1", None)]
)
def test_an_older_vlc_is_renewed_or_said(monkeypatch: pytest.MonkeyPatch, installed: str, said: str | None) -> None:
    asked = subprocess.CompletedProcess[str]([], 0, stdout=installed)
    renewed: list[str] = []
    monkeypatch.setattr(subprocess, "run", lambda *_words, **_named: asked)
    monkeypatch.setattr(shutil, "which", str)
    monkeypatch.setattr(dev, "missing_packages", lambda _wanted: [])
    monkeypatch.setattr(dev, "install_packages", renewed.extend)
    if said is None:
        dev.prepare_linux(dev.WINDOW_PACKAGES)
        assert renewed == []
        return
    with pytest.raises(dev.StopWithSentence, match=said):
        dev.prepare_linux(dev.WINDOW_PACKAGES)
    assert renewed == [*dev.VLC_PACKAGES]


def test_the_stamp_tells_another_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = dev.environment_stamp()
    assert before == dev.environment_stamp()
    lock = tmp_path / "requirements-dev.lock"
    lock.write_text("other==1\n", encoding="utf-8")
    monkeypatch.setattr(dev, "LOCK", lock)
    assert dev.environment_stamp() != before


def test_the_closing_line_counts_both_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "BUILD", tmp_path)
    (tmp_path / "tests").mkdir()
    head = (
        '<?xml version="1.0"?><testsuites><testsuite name="pytest" errors="{}" failures="{}" skipped="{}" tests="{}">'
    )
    (tmp_path / "tests" / "offscreen.xml").write_text(head.format(1, 2, 3, 20), encoding="utf-8")
    (tmp_path / "tests" / "window.xml").write_text(head.format(0, 0, 0, 5), encoding="utf-8")
    assert suite.closing_line() == "19 passed, 3 failed, 3 skipped"


def test_an_unknown_command_gets_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["dance"]) != 0
    said = capsys.readouterr().out
    assert all(verb in said for verb in dev.VERBS)


def test_an_unknown_benchmark_gets_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["bench", "dance"]) == 1
    assert "Usage: dev.py bench NAME" in capsys.readouterr().out


def test_a_wrong_size_is_refused() -> None:
    with pytest.raises(SystemExit):
        dev.main(["demo", "--size", "large"])


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="no Xvfb")
def test_a_virtual_screen_takes_clients_and_ends() -> None:
    with dev.virtual_screen("640x480") as env:
        asked = [
            sys.executable,
            "-c",
            "from PySide6.QtGui import QGuiApplication as A; print(A([]).primaryScreen().size())",
        ]
        said = subprocess.run(asked, env=env, capture_output=True, text=True, check=True)
    assert "640, 480" in said.stdout


@pytest.mark.skipif(dev.WINDOWS, reason="the counts are not judged there")
@pytest.mark.parametrize(("window", "code"), [("double(-1)", 0), ("double(1)", 1)])
def test_the_runs_together_must_reach_every_branch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, window: str, code: int
) -> None:
    (tmp_path / "console").mkdir()
    (tmp_path / "console" / "promise.py").write_text("def double(n):\n    if n < 0:\n        n = 0\n    return 2 * n\n")
    (tmp_path / "tests").mkdir()
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "BUILD", tmp_path)
    monkeypatch.setattr(suite, "FULLY_COVERED", ("console/*.py",))
    for name, call in (("pages", "double(1)"), ("window", window)):
        (tmp_path / "call.py").write_text(f"from console.promise import double\n{call}\n")
        words = ["-m", "coverage", "run", "--branch", "--source=console", "call.py"]
        assert dev.run([dev.venv_python(), *words], suite.coverage_environment(name)) == 0

    assert suite.check_coverage() == code
    assert not (tmp_path / ".coverage").exists()
