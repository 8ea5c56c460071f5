"""What the program is made of: its version, and name, version and licence of everything that is shipped with it.

Light to import: the build of the installed program reads the list as well.
"""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from console import __version__
from console.i18n import N_

PACKAGES: Final = (
    "PySide6-Essentials",
    "shiboken6",
    "python-vlc",
    "av",
    "numpy",
    "pyqtgraph",
    "colorama",
    "SQLAlchemy",
    "alembic",
    "psycopg",
    "psycopg-binary",
    "keyring",
    "argon2-cffi",
    "cryptography",
    "pydantic",
    "pydantic-settings",
    "Babel",
    "platformdirs",
    "filelock",
    "uuid-utils",
    "psutil",
    "segno",
    "pythainlp",
    "tzdata",
)
"""Distributions of the running program, as `pyproject.toml` names them, and the parts that two of them bring along."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something not written here. `licence` is a message id; `version` is empty where only a worker knows it."""

    name: str
    version: str
    licence: str


BESIDE: Final[Sequence[Part]] = (
    Part("libVLC", "", "LGPL-2.1-or-later"),
    Part("FFmpeg (in av)", "", "LGPL-3.0-or-later"),
    Part("Python", platform.python_version(), "PSF-2.0"),
    Part("Sarabun", "", "OFL-1.1"),
)
"""What is no Python package: pictures, database, language, letters."""


def version() -> str:
    """Return the version of this program."""
    return __version__


def parts() -> list[Part]:
    """Return every part with its licence, by name. Reads files: not for the UI thread."""
    from console.db.engines import sqlite_facts

    database = Part("SQLite", sqlite_facts().version, N_("public domain"))
    return [*sorted(map(_part, PACKAGES), key=lambda part: part.name.casefold()), *BESIDE, database]


def _part(name: str) -> Part:
    try:
        found = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        # An installed program may have left its papers out; the page must not fail for that.
        return Part(name, "", "")
    told = [found[key] for key in ("License-Expression", "License") if key in found]
    # Older packages say it among their classifiers alone.
    classes = found.get_all("Classifier") or [] if "Classifier" in found else []
    told += [each.rpartition(" :: ")[2] for each in classes if each.startswith("License :: ")]
    licence = next(filter(None, told), "")
    return Part(name, found["Version"], licence.partition("\n")[0])
