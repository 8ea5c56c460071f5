"""Reads the first argument and hands over: video worker, command line, or the console's window."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

NEEDED = ("PySide6", "av", "cryptography", "platformdirs", "pydantic", "pydantic_settings", "sqlalchemy")
VENV = Path(__file__).resolve().parent / ".venv"
AGAIN = "CCOC_STARTED_AGAIN"
REFUSED = 2


def main() -> int:
    """Start what the arguments name and return its exit code."""
    # Database, backups and logs are for this account alone, whatever it starts us with.
    os.umask(0o077)
    arguments = sys.argv[1:]
    if arguments[:1] == ["worker"]:
        from console.video.worker import run as run_worker

        return run_worker(arguments[1:])
    again = os.environ.pop(AGAIN, None) is not None
    if not getattr(sys, "frozen", False) and (missing := [name for name in NEEDED if find_spec(name) is None]):
        return _start_with_packages(missing, again=again)
    if arguments and not arguments[0].startswith("-"):
        from console.cli import run as run_command

        return run_command(arguments)
    from console.app import run as run_console

    return run_console(arguments)


def _start_with_packages(missing: list[str], *, again: bool) -> int:
    """Start once more with the Python whose packages `dev.py` installed; it was called by another one in a clone."""
    windows = os.name == "nt"
    python = VENV / ("Scripts/python.exe" if windows else "bin/python")
    if again or not python.exists():
        sys.stderr.write(
            f"Packages of the console are missing here: {', '.join(missing)}."
            " Nothing was changed. Run “python3 dev.py demo” once, then start again.\n"
        )
        return REFUSED
    command = [str(python), *sys.orig_argv[1:]]
    environment = {**os.environ, AGAIN: "1"}
    if windows:
        # Windows gives a replaced program another process: whoever waits for this one would not wait for that one.
        return subprocess.run(command, env=environment, check=False).returncode
    return os.execve(python, command, environment)  # noqa: S606 - our own arguments


if __name__ == "__main__":
    sys.exit(main())
