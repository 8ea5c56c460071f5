"""What this computer can promise, found out one step at a time: for the command line and the window alike.

Reads nothing of the station, so it asks nobody's name.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from console.i18n import N_, _
from console.i18n.errors import error_text
from console.kernel import Clock, ConsoleError
from console.settings import VideoSettings

if TYPE_CHECKING:
    from console.db.places import StorePlace
    from console.services.feeds import EngineFacts

MEGABYTE: Final = 1_000_000
LITTLE_SPACE: Final = 2_000 * MEGABYTE
NO_SPACE: Final = 200 * MEGABYTE
"""Below this a backup does not fit beside the database, and soon nothing can be journaled."""
_OTHERS: Final = 0o077
NO_WALLS: Final = "process limits only"
"""How the engine's own words for a worker without a sandbox begin."""

_ENGINE_WORDS: Final[Mapping[str, str]] = {
    "job object": N_("a job object of Windows"),
    "process limits only (bubblewrap switched off)": N_("process limits only (bubblewrap is switched off)"),
    "process limits only (bubblewrap is not installed)": N_("process limits only (bubblewrap is not installed)"),
    "process limits only (bubblewrap does not start)": N_("process limits only (bubblewrap does not start)"),
    "process limits only (this system does not let bubblewrap work)": N_(
        "process limits only (this system does not let bubblewrap work)"
    ),
    "no core file": N_("no memory dump"),
    "not dumpable": N_("not to be read by other programs"),
    "dies with its parent": N_("ends with the console"),
    "no new privileges": N_("gains no rights"),
    "below normal": N_("lower priority"),
    "pictures nice +10": N_("pictures at lower priority"),
}
"""What a worker says of itself, and how it is said here; a name that is none of these is told as it came."""


class Grade(StrEnum):
    """How good a finding is. Only `BAD` keeps something from working."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


GRADES: Final[Mapping[Grade, str]] = {
    Grade.GOOD: N_("Good"),
    Grade.WARNING: N_("Warning"),
    Grade.BAD: N_("Problem"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found out, in the chosen language, and what to do about it."""

    grade: Grade
    text: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Computer:
    """What is examined."""

    place: StorePlace
    video: VideoSettings
    clock: Clock


@dataclass(frozen=True, slots=True)
class Check:
    """A step. `name` (message id) says what is being looked at; `run` may take seconds and uses no database of ours."""

    name: str
    run: Callable[[Computer], Sequence[Finding]]


def worst(findings: Sequence[Finding]) -> Grade:
    """Return the grade of the whole."""
    order = list(Grade)
    return max((finding.grade for finding in findings), key=order.index, default=Grade.GOOD)


def told(findings: Sequence[Finding]) -> list[str]:
    """Return the findings as lines of text: for a terminal, the clipboard, a message to IT."""
    return [
        line
        for found in findings
        for line in (f"[{_(GRADES[found.grade])}] {found.text}", *([f"    → {found.advice}"] if found.advice else ()))
    ]


def examine(computer: Computer) -> list[Finding]:
    """Take all steps, one after the other."""
    return [finding for check in CHECKS for finding in check.run(computer)]


# The steps


def _folder(computer: Computer) -> list[Finding]:
    from console.db.opening import refuse_drive

    folder = computer.place.data_dir
    here = _("Data folder: {path}", path=folder)
    try:
        refuse_drive(computer.place)
    except ConsoleError as problem:
        return [Finding(Grade.BAD, here, error_text(problem))]
    if sys.platform != "win32" and folder.exists() and folder.stat().st_mode & _OTHERS:
        text = _("Data folder: {path}. Other accounts of this computer can look into it.", path=folder)
        return [Finding(Grade.WARNING, text, _("Take their rights away: chmod 700 {path}", path=folder))]
    return [Finding(Grade.GOOD, here)]


def _space(computer: Computer) -> list[Finding]:
    free = shutil.disk_usage(_existing(computer.place.data_dir)).free
    text = _("Free space there: {n} GB.", n=f"{free / (1000 * MEGABYTE):.1f}")
    if free >= LITTLE_SPACE:
        return [Finding(Grade.GOOD, text)]
    grade = Grade.WARNING if free >= NO_SPACE else Grade.BAD
    advice = _("Free some space: without it nothing can be journaled, and then no camera opens.")
    return [Finding(grade, text, advice)]


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


def _database(computer: Computer) -> list[Finding]:
    from console.db import migrate

    try:
        path = computer.place.sqlite_path
        if path is not None and not path.exists():
            return [Finding(Grade.GOOD, _("No database here yet; it is made at the first start."))]
        status = migrate.status(computer.place)
    except ConsoleError as problem:
        return [Finding(Grade.BAD, _("The database cannot be read."), error_text(problem))]
    text = _("Database version {found}; this program needs {known}.", found=status.found or "–", known=status.known)
    if status.current:
        return [Finding(Grade.GOOD, text)]
    return [Finding(Grade.BAD, text, _("Run “main.py db upgrade”; a backup is made first."))]


def _sqlite(_computer: Computer) -> list[Finding]:
    from console.db.engines import sqlite_facts

    sqlite = sqlite_facts()
    version = Finding(Grade.GOOD, _("Database: SQLite {version}.", version=sqlite.version))
    if not sqlite.wal_reset:
        return [version, Finding(Grade.GOOD, _("This SQLite is free of the WAL-reset fault."))]
    fault = _(
        "This SQLite has the WAL-reset fault, which can damage a database that several connections check-point."
        " The console is safe from it: one connection alone does that. Let no other program open the database."
    )
    return [version, Finding(Grade.WARNING, fault)]


def _keyring(_computer: Computer) -> list[Finding]:
    from console.services.people import keyring_found

    name = keyring_found()
    if name:
        kept = _("Keyring: {name}. It keeps the station's secret: a password alone opens no camera address.", name=name)
        return [Finding(Grade.GOOD, kept)]
    none = _("Keyring: none that may be trusted. Passwords alone protect the camera addresses: choose long ones.")
    return [Finding(Grade.WARNING, none)]


def _video(computer: Computer) -> list[Finding]:
    from console.services.feeds import examine_engine

    facts = examine_engine(computer.video, computer.clock)
    if not facts.versions:
        none = _("Video: no worker starts. Cameras cannot be shown. Ask IT to install VLC 3.0 (64-bit).")
        return [Finding(Grade.BAD, none)]
    findings = [Finding(Grade.GOOD, _("Video: libVLC {version}.", version=facts.versions.get("libvlc") or "–"))]
    others = sorted((name, text) for name, text in facts.versions.items() if name != "libvlc")
    if others:
        versions = ", ".join(f"{name} {text}" for name, text in others)
        findings.append(Finding(Grade.GOOD, _("Also used: {versions}", versions=versions)))
    return [*findings, _sandbox(facts)]


def _sandbox(facts: EngineFacts) -> Finding:
    walls, _semicolon, hardened = facts.sandbox.partition("; ")
    words = [walls, *(hardened.split(", ") if hardened else ())]
    text = _("Workers run under: {sandbox}", sandbox=", ".join(_(_ENGINE_WORDS.get(word, word)) for word in words))
    if not walls.startswith(NO_WALLS):
        return Finding(Grade.GOOD, text)
    advice = _("That is no sandbox. Install bubblewrap, so that a hostile camera reaches nothing of this computer.")
    return Finding(Grade.WARNING, text, advice)


CHECKS: Final[Sequence[Check]] = (
    Check(N_("Data folder"), _folder),
    Check(N_("Free space"), _space),
    Check(N_("Database"), _database),
    Check(N_("Database program"), _sqlite),
    Check(N_("Keyring"), _keyring),
    Check(N_("Video processes"), _video),
)
"""All steps, the quick ones first."""
