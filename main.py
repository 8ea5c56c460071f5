"""Reads the first argument and hands over: video worker, command line, or the console's window."""

from __future__ import annotations

import sys


def main() -> int:
    """Start what the arguments name and return its exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["worker"]:
        from console.video.worker import run as run_worker

        return run_worker(arguments[1:])
    if arguments and not arguments[0].startswith("-"):
        from console.cli import run as run_command

        return run_command(arguments)
    from console.app import run as run_console

    return run_console(arguments)


if __name__ == "__main__":
    sys.exit(main())
