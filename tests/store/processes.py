"""Starts `child.py`, and where the test asks for it, on a file system of its own."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from console.db.places import StorePlace

ROOT: Final = Path(__file__).parents[2]
CHILD: Final = Path(__file__).with_name("child.py")


@functools.cache
def own_file_systems() -> bool:
    """Tell whether a process may mount for itself alone: not without root, nor in a container without the right."""
    tried = ["unshare", "--mount", "true"]
    return os.geteuid() == 0 and subprocess.run(tried, check=False, capture_output=True).returncode == 0


@contextlib.contextmanager
def child(task: str, place: StorePlace, before: str = "") -> Iterator[subprocess.Popen[str]]:
    """Run a child on a place; `before` are shell commands in a mount namespace of the child's own. Ended on leaving."""
    command = [sys.executable, str(CHILD), task, place.url, str(place.data_dir)]
    if before:
        if not own_file_systems():
            pytest.skip("this machine does not let us mount a file system of our own (root and unshare are needed)")
        command = ["unshare", "--mount", "sh", "-ec", f'{before}\nexec "$@"', "sh", *command]
    environment = dict(os.environ, PYTHONPATH=str(ROOT))
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Return the child's next line."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "the child said nothing"
    said: dict[str, Any] = json.loads(line)
    return said
