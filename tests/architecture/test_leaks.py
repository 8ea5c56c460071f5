"""The leak checks of tests/conftest.py find each kind of thing that a test can leave behind."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).resolve().parents[1] / "conftest.py"
LEAKS = """
import subprocess, sys, threading
import keyring
import pytest

kept = []

def test_thread():
    waiting = threading.Event()
    kept.append(waiting)
    threading.Thread(target=waiting.wait, name="left-thread", daemon=True).start()

def test_process():
    kept.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))

def test_timer(qapp):
    from PySide6.QtCore import QTimer
    timer = QTimer()
    timer.start(60_000)
    kept.append(timer)

def test_widget(qapp):
    from PySide6.QtWidgets import QLabel
    kept.append(QLabel("left"))

def test_nothing(qtbot):
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QLabel
    label = QLabel("ended")
    qtbot.addWidget(label)
    QTimer(label).start(60_000)
    thread = threading.Thread(target=print)
    thread.start()
    subprocess.run([sys.executable, "-c", ""], check=True)

def test_keyring_is_written():
    keyring.set_password("console", "station", "x")

def test_keyring_is_empty():
    assert keyring.get_password("console", "station") is None
    assert type(keyring.get_keyring()).__name__ == "MemoryBackend"
    assert keyring.backend.get_all_keyring() == [keyring.get_keyring()]

@pytest.mark.window
def test_window():
    pass
"""
INI = "[pytest]\nmarkers = window: in a run of its own\n"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("leaks")
    impatient = re.sub(r"PATIENCE_S = [\d.]+", "PATIENCE_S = 0.2", CONFTEST.read_text(encoding="utf-8"))
    (folder / "conftest.py").write_text(impatient, encoding="utf-8")
    (folder / "pytest.ini").write_text(INI, encoding="utf-8")
    (folder / "test_planted.py").write_text(LEAKS, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider", "-rA", str(folder)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize(
    ("test", "says"),
    [
        ("test_thread", "thread left-thread"),
        ("test_process", "process "),
        ("test_timer", "timer "),
        ("test_widget", "widget QLabel"),
    ],
)
def test_what_is_left_behind_is_reported(report: str, test: str, says: str) -> None:
    assert re.search(rf"ERROR test_planted\.py::{test} - Failed: left behind: {says}", report), report


@pytest.mark.parametrize("test", ["test_nothing", "test_keyring_is_written", "test_keyring_is_empty"])
def test_what_cleans_up_passes(report: str, test: str) -> None:
    assert f"PASSED test_planted.py::{test}\n" in report
    assert f"ERROR test_planted.py::{test} " not in report


def test_tests_that_need_a_window_wait_for_their_own_run(report: str) -> None:
    assert re.search(r"7 passed, 1 deselected, 4 errors", report), report
