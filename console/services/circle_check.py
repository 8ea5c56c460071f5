"""The demonstration's owner at home: the reader that came with the statement, run as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

from console.i18n import language
from console.services.consent_heads import Proof, held_code

READER: Final = "verify_statement.py"
PAGE: Final = "verify.html"
_LONGEST_S: Final = 60


def has_python() -> bool:
    """Whether there is a Python to run the reader with; the installed program brings none, only the owner's page."""
    return not getattr(sys, "frozen", False)


def check(folder: Path, proof: Proof, camera_id: str) -> tuple[bool, str]:
    """Check the statement in this folder with what is in it and on the receipt; returns the verdict and its sentence.

    A bare Python that sees nothing of this program: `-I` no environment and no path of ours, `-S` no packages.
    """
    words = ["--fingerprint", proof.fingerprint, "--language", language()]
    for head in proof.heads:
        if head.camera_id == camera_id:
            words += ["--holds", held_code(head)]
    done = subprocess.run(
        [sys.executable, "-I", "-S", READER, f"{folder.name}.json", *words],
        cwd=folder,
        capture_output=True,
        timeout=_LONGEST_S,
        check=False,
    )
    said = done.stdout.decode("utf-8", "replace").partition("\n")[0]
    return done.returncode == 0, said
