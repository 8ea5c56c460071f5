"""Walls around a worker, and no dump of this process."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from console.video import sandbox
from console.video.winjob import WorkerJob

COMMAND = (sys.executable, "-c", "")


def fake_bwrap(folder: Path, script: str) -> None:
    program = folder / "bwrap"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def test_switched_off_is_said() -> None:
    confinement = sandbox.confine(COMMAND, (), wanted=False)
    assert confinement.prefix == ()
    assert "switched off" in confinement.label


def test_missing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert sandbox.confine(COMMAND, ()) == sandbox.Confinement((), "process limits only (bubblewrap is not installed)")


def test_a_trial_that_fails_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_bwrap(tmp_path, "exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    confinement = sandbox.confine(COMMAND, ())
    assert confinement.prefix == ()
    assert "does not let" in confinement.label


def test_a_program_that_does_not_start_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "bwrap"
    program.write_bytes(b"\x7fELF broken")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert "does not start" in sandbox.confine(COMMAND, ()).label


def inside(code: str, readable: tuple[Path, ...] = ()) -> str:
    confinement = sandbox.confine(COMMAND, readable)
    if not confinement.prefix:
        pytest.skip(confinement.label)
    result = subprocess.run(
        [*confinement.prefix, sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env=sandbox.worker_environment(os.environ),
    )
    return result.stdout.strip()


def test_inside_the_walls_files_of_people_are_not_there(tmp_path: Path) -> None:
    secret = tmp_path / "store.db"
    secret.write_text("x")
    home = Path.home()
    code = f"import os; print(os.path.exists({str(secret)!r}), os.listdir('/home'), os.path.exists('{home}/.bashrc'))"
    assert inside(code) == "False [] False"


def test_inside_the_walls_nothing_can_be_written_and_other_processes_are_not_seen() -> None:
    code = (
        "import os\n"
        "try: open(os.__file__, 'a'); print('written')\n"
        "except OSError: print('read-only')\n"
        "print(max(int(name) for name in os.listdir('/proc') if name.isdigit()) < 9)\n"
        "print(open('/proc/self/status').read().split('CapEff:')[1].split()[0])\n"
    )
    assert inside(code).splitlines() == ["read-only", "True", "0" * 16]


def test_what_the_worker_needs_is_there(tmp_path: Path) -> None:
    (tmp_path / "clip.ts").write_text("x")
    code = f"import console.video, os, ssl; print(os.path.exists({str(tmp_path / 'clip.ts')!r}))"
    root = Path(__file__).resolve().parents[2]
    assert inside(f"import sys; sys.path.insert(0, {str(root)!r}); {code}", (tmp_path,)) == "True"


def test_the_environment_is_bare() -> None:
    kept = sandbox.worker_environment({"PATH": "/bin", "HOME": "/home/x", "http_proxy": "http://u:p@h", "LANG": "C"})
    assert kept.keys() == {"PATH", "LANG", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}


def test_no_dump_and_no_debugger() -> None:
    code = (
        "import resource, ctypes; from console.video.sandbox import forbid_dumps; print(forbid_dumps());"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert result.stdout.split("\n")[:2] == ["no core file, not dumpable", "(0, 0) 0"]


def test_a_job_object_is_for_windows() -> None:
    if sys.platform != "win32":
        with pytest.raises(OSError, match="not Windows"):
            WorkerJob(0, 1)
