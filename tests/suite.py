"""How `dev.py test` runs the suite: which tests side by side, on which platform, and what their coverage must be."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import dev

FULLY_COVERED = (
    "console/db/journal*.py",
    "console/db/rereading.py",
    "console/db/store.py",
    "console/db/vault*.py",
    "console/services/commands.py",
    "console/services/feeds/*.py",
    "console/services/permits.py",
    "console/video/grants.py",
)
"""Modules whose every branch must be run by the tests: they keep the promises."""
BESIDE = {"pages": ("tests/shell", "tests/store"), "services": ("tests/features", "tests/gate")}
"""What computes, in two parts of the same length. The others mostly wait for cameras."""

WHOLE = (*BESIDE, "others")
"""The parts of the suite without a screen."""

COVERAGE_FLOOR = 95
"""How much of the whole the tests run at least, in percent of lines and branches. It only rises."""


def run_all(words: list[str]) -> int:
    """Run pytest on Qt's offscreen platform and on a real X server: one process cannot hold both."""
    shutil.rmtree(dev.BUILD / "tests", ignore_errors=True)
    (dev.BUILD / "tests").mkdir(parents=True)
    dev.say("First run: without a screen.")
    codes = offscreen_runs(words)
    dev.say("Second run: tests that need a real window.")
    if dev.WINDOWS:
        codes.append(
            dev.run(pytest_command("window", words), coverage_environment("window", QT_QPA_PLATFORM="windows"))
        )
    else:
        with dev.virtual_screen() as env:
            codes.append(dev.run(pytest_command("window", words), coverage_environment("window") | env))
    code = max((code for code in codes if code != dev.NOTHING_COLLECTED), default=dev.NOTHING_COLLECTED)
    if code == 0 and not words:
        code = check_coverage()
    dev.say(closing_line())
    return code


def offscreen_runs(words: Sequence[str]) -> list[int]:
    """Return the exit codes. The whole suite goes in parts side by side, which two cores finish sooner."""
    if words:
        offscreen = coverage_environment("offscreen", QT_QPA_PLATFORM="offscreen")
        return [dev.run(pytest_command("offscreen", words), offscreen)]
    beside = {name: _begin(name, folders) for name, folders in BESIDE.items()}
    others = [f"--ignore={folder}" for folders in BESIDE.values() for folder in folders]
    code = dev.run(pytest_command("others", others), coverage_environment("others", QT_QPA_PLATFORM="offscreen"))
    codes = [code, *(part.wait() for part in beside.values())]
    for name in beside:
        dev.say(_log(name).read_text(encoding="utf-8", errors="replace"))
    return codes


def _begin(name: str, folders: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a part; what it says is shown when the others are done."""
    command = [str(word) for word in pytest_command(name, folders)]
    env = coverage_environment(name, QT_QPA_PLATFORM="offscreen")
    with _log(name).open("wb") as log:
        return subprocess.Popen(command, cwd=dev.ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)


def _log(name: str) -> Path:
    return dev.BUILD / "tests" / f"{name}.log"


def pytest_command(name: str, words: Sequence[str]) -> list[str | Path]:
    command: list[str | Path] = [
        dev.venv_python(),
        "-m",
        "pytest",
        f"--junit-xml={dev.BUILD / 'tests' / name}.xml",
        *words,
    ]
    if name in WHOLE or not words:
        command += ["--cov=console", "--cov-branch", "--cov-report="]
    return command


def coverage_environment(name: str, **more: str) -> dict[str, str]:
    """Each run writes into a new file of its own; what an earlier day ran does not count."""
    return {**os.environ, "COVERAGE_FILE": str(dev.BUILD / "tests" / f"coverage.{name}"), **more}


def check_coverage() -> int:
    """Demand every branch of the modules that keep the promises, and the floor of the whole."""
    if dev.WINDOWS:
        return 0  # what only the other systems run counts there
    tool: list[str | Path] = [dev.venv_python(), "-m", "coverage", "report", "--skip-covered"]
    env, code = coverage_environment("all"), 0
    parts = [path for name in (*WHOLE, "window") if (path := dev.BUILD / "tests" / f"coverage.{name}").exists()]
    combine: list[str | Path] = [dev.venv_python(), "-m", "coverage", "combine", "--quiet", *parts]
    dev.must(combine, "The counts could not be put together.", env)
    if FULLY_COVERED:
        promises = [*tool, "--show-missing", "--include=" + ",".join(FULLY_COVERED), "--fail-under=100"]
        if dev.run(promises, env) != 0:
            dev.say(
                "The modules above are the ones that keep the promises; every branch of theirs must be run by a test."
            )
            code = 1
    if dev.run([*tool, "--format=total", f"--fail-under={COVERAGE_FLOOR}"], env) != 0:
        dev.say(f"The number above is the percentage of the whole that the tests run; it was {COVERAGE_FLOOR} before.")
        code = 1
    return code


def closing_line() -> str:
    """The tests of both runs, counted from what pytest wrote."""
    counts = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for report in (dev.BUILD / "tests").glob("*.xml"):
        head = report.read_text(encoding="utf-8")[:1000]
        for name in counts:
            found = re.search(rf'\b{name}="(\d+)"', head)
            counts[name] += int(found.group(1)) if found else 0
    failed = counts["failures"] + counts["errors"]
    passed = counts["tests"] - failed - counts["skipped"]
    return f"{passed} passed, {failed} failed, {counts['skipped']} skipped"
