"""What the self-test finds out, as values; and what the program says it is made of."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import sqlite3
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import console
from console.db import migrate
from console.db.engines import SqliteFacts
from console.db.places import StorePlace
from console.kernel import SystemClock
from console.services import about, feeds
from console.services.self_test import CHECKS, Computer, Finding, Grade, examine, told, worst
from console.settings import VideoSettings
from tests.gate.room import Template

ROOT = Path(__file__).resolve().parents[2]


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    tmp_path.chmod(0o700)
    return Computer(StorePlace.standalone(tmp_path), VideoSettings(), SystemClock())


def step(name: str, computer: Computer) -> list[Finding]:
    check = next(check for check in CHECKS if check.name == name)
    return list(check.run(computer))


def test_a_folder_that_others_can_look_into(computer: Computer) -> None:
    assert step("Data folder", computer)[0].grade is Grade.GOOD
    if sys.platform != "win32":
        computer.place.data_dir.chmod(0o755)
        (found,) = step("Data folder", computer)
        assert found.grade is Grade.WARNING
        assert "chmod 700" in found.advice


def test_a_network_drive(tmp_path: Path) -> None:
    place = StorePlace(StorePlace.standalone(tmp_path).url, tmp_path, drive_kind=lambda _path: "cifs")
    (found,) = step("Data folder", Computer(place, VideoSettings(), SystemClock()))
    assert found.grade is Grade.BAD
    assert "network drive" in found.advice


@pytest.mark.parametrize(
    ("free", "grade"), [(80_000_000_000, Grade.GOOD), (1_900_000_000, Grade.WARNING), (100_000_000, Grade.BAD)]
)
def test_free_space(computer: Computer, monkeypatch: pytest.MonkeyPatch, free: int, grade: Grade) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(free, 0, free))
    (found,) = step("Free space", computer)
    assert found.grade is grade
    assert bool(found.advice) is (grade is not Grade.GOOD)


def test_the_space_of_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    place = StorePlace.standalone(tmp_path / "not" / "yet")
    (found,) = step("Free space", Computer(place, VideoSettings(), SystemClock()))
    assert re.search(r"\d+\.\d GB", found.text)


def test_databases(computer: Computer, template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No database here yet" in step("Database", computer)[0].text
    shutil.copytree(template.folder, computer.place.data_dir, dirs_exist_ok=True)
    (found,) = step("Database", computer)
    assert found.grade is Grade.GOOD
    assert migrate.status(computer.place).known in found.text
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "status", lambda _place: migrate.SchemaStatus("0001", "0003"))
        (found,) = step("Database", computer)
    assert found.grade is Grade.BAD
    assert "db upgrade" in found.advice
    path = computer.place.sqlite_path
    assert path is not None
    path.write_bytes(b"nothing of a database")
    (found,) = step("Database", computer)
    assert found.grade is Grade.BAD
    assert "restore" in found.advice


def test_an_address_that_names_no_database(tmp_path: Path) -> None:
    computer = Computer(StorePlace("nonsense", tmp_path), VideoSettings(), SystemClock())
    (found,) = step("Database", computer)
    assert found.grade is Grade.BAD
    assert "address of the database is not correct" in found.advice
    assert step("Data folder", computer)[0].grade is Grade.BAD


@pytest.mark.parametrize("faulty", [True, False])
def test_sqlite(computer: Computer, monkeypatch: pytest.MonkeyPatch, *, faulty: bool) -> None:
    monkeypatch.setattr("console.db.engines.sqlite_facts", lambda: SqliteFacts("3.99.0", faulty))
    version, fault = step("Database program", computer)
    assert "3.99.0" in version.text
    assert fault.grade is (Grade.WARNING if faulty else Grade.GOOD)


@pytest.mark.parametrize(("name", "grade"), [("", Grade.WARNING), ("OsKeyring", Grade.GOOD)])
def test_keyring(computer: Computer, monkeypatch: pytest.MonkeyPatch, name: str, grade: Grade) -> None:
    monkeypatch.setattr("console.services.people.keyring_found", lambda: name)
    (found,) = step("Keyring", computer)
    assert found.grade is grade
    assert name in found.text


@pytest.mark.parametrize(
    ("facts", "grades", "said"),
    [
        (feeds.EngineFacts("", {}), [Grade.BAD], "Ask IT to install VLC"),
        (feeds.EngineFacts("bubblewrap; no core file", {"libvlc": "3.0.21"}), [Grade.GOOD] * 2, "no memory dump"),
        (
            feeds.EngineFacts("process limits only (bubblewrap is not installed)", {"libvlc": "3.0.21", "av": "18"}),
            [Grade.GOOD, Grade.GOOD, Grade.WARNING],
            "That is no sandbox",
        ),
    ],
)
def test_video(
    computer: Computer, monkeypatch: pytest.MonkeyPatch, facts: feeds.EngineFacts, grades: list[Grade], said: str
) -> None:
    monkeypatch.setattr(feeds, "examine_engine", lambda *_: facts)
    found = step("Video processes", computer)
    assert [each.grade for each in found] == grades
    assert said in "\n".join(told(found))


def test_every_step_is_taken_and_the_worst_counts(computer: Computer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "examine_engine", lambda *_: feeds.EngineFacts("", {}))
    found = examine(computer)
    assert len(found) >= len(CHECKS)
    assert worst(found) is Grade.BAD
    assert worst([Finding(Grade.GOOD, "x"), Finding(Grade.WARNING, "y"), Finding(Grade.GOOD, "z")]) is Grade.WARNING
    assert worst([]) is Grade.GOOD


def test_lines_of_text_bear_the_word_and_the_way_out() -> None:
    assert told([Finding(Grade.BAD, "It is so.", "Do this.")]) == ["[Problem] It is so.", "    → Do this."]


# What the program is made of


def named(requirement: str) -> str:
    return re.split(r"[\[<>=~! ]", requirement, maxsplit=1)[0].casefold()


def test_everything_that_is_shipped_is_named() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {named(text) for text in project["dependencies"]} <= {name.casefold() for name in about.PACKAGES}
    assert project["version"] == console.__version__ == about.version()


def test_each_part_has_a_version_and_a_licence() -> None:
    parts = {part.name: part for part in about.parts()}
    assert set(about.PACKAGES) < set(parts)
    for name in about.PACKAGES:
        assert parts[name].version == importlib.metadata.version(name)
    assert all(part.licence for part in parts.values())
    assert parts["SQLite"].version == sqlite3.sqlite_version
    assert "OFL" in parts["Sarabun"].licence


def test_a_licence_is_one_line_wherever_a_package_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def metadata(text: dict[str, str]) -> Callable[[str], Any]:
        return lambda _name: text

    monkeypatch.setattr(importlib.metadata, "metadata", metadata({"Version": "1", "License": "MIT\n\nCopyright"}))
    assert about.parts()[0].licence == "MIT"
    monkeypatch.setattr(importlib.metadata, "metadata", metadata({"Version": "1"}))
    assert about.parts()[0].licence == ""

    def gone(name: str) -> Any:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "metadata", gone)
    assert about.parts()[0] == about.Part("alembic", "", "")
