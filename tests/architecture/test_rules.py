"""Each house rule finds its planted violation, and lets its harmless neighbour pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.rules import LONGEST_FILE, LONGEST_FUNCTION, Finding, findings

ROOT = Path(__file__).resolve().parents[2]


def found(root: Path, name: str, text: str) -> list[Finding]:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return list(findings(root))


def long_function(lines: int) -> str:
    return "def f() -> None:\n" + "    print()\n" * (lines - 1)


HOME = "/" + "root"
BROKEN = {
    "a file that is too long": ("console/a.py", "#\n" * (LONGEST_FILE + 1)),
    "a function that is too long": ("console/a.py", long_function(LONGEST_FUNCTION + 1)),
    "a name that says nothing": ("console/db/utils.py", ""),
    "import by a string": ("console/a.py", "__import__('vlc')"),
    "import by a string, from the module": ("console/a.py", "import importlib\nimportlib.__import__('vlc')"),
    "exec": ("console/a.py", "exec('1')"),
    "eval": ("main.py", "eval('1')"),
    "eval under another name": ("console/a.py", "run = eval"),
    "eval of builtins": ("console/a.py", "import builtins\nbuiltins.eval('1')"),
    "eval imported": ("console/a.py", "from builtins import eval as run"),
    "update imported": ("console/db/a.py", "from sqlalchemy import select, update"),
    "delete imported from a part": ("console/services/a.py", "from sqlalchemy.sql import delete"),
    "update by the module": ("console/db/a.py", "import sqlalchemy as sa\nsa.update(x)"),
    "delete of a table": ("console/db/a.py", "Thing.__table__.delete()"),
    "delete of a query": ("console/db/a.py", "session.query(Thing).filter(x).delete()"),
    "delete as text": ("console/db/a.py", "text('DELETE FROM journal')"),
    "update as text": ("console/db/a.py", "text('update journal set seq = 1')"),
    "a home": ("docs/a.md", f"see {HOME}/notes"),
    "a person's home": ("docs/a.md", "see /" + "home/somchai/notes"),
    "a home on Windows": ("docs/a.md", "see C:" + "\\Users\\somchai"),
    "a registry": ("requirements.lock", "--index" + "-url x"),
    "a registry's address": ("docs/a.md", "https://pypi" + ".org/simple"),
    "a private key": ("tests/key.txt", "-----BEGIN " + "PRIVATE KEY-----"),
    "a token": ("console/a.py", "KEY = 'AKIA" + "A" * 16 + "'"),
}
HARMLESS = {
    "a file just short enough": ("console/a.py", "#\n" * LONGEST_FILE),
    "a function just short enough": ("console/a.py", long_function(LONGEST_FUNCTION)),
    "Qt's event loop": ("console/app.py", "application.exec()"),
    "update of a dict": ("console/db/a.py", "counts.update(other)"),
    "a trigger that refuses": ("console/db/a.py", "text('CREATE TRIGGER t BEFORE DELETE ON journal')"),
    "the one place": ("console/db/store.py", "from sqlalchemy import delete, update"),
    "a migration's text": ("console/db/migrations/versions/a.py", "text('update journal set seq = 1')"),
    "a place on every machine": ("docs/a.md", "in /usr/lib and ~/.local/share and <data>/work/x"),
}


@pytest.mark.parametrize(("name", "text"), BROKEN.values(), ids=BROKEN)
def test_a_violation_is_found(tmp_path: Path, name: str, text: str) -> None:
    assert [finding.path.as_posix() for finding in found(tmp_path, name, text)] == [name]


@pytest.mark.parametrize(("name", "text"), HARMLESS.values(), ids=HARMLESS)
def test_a_harmless_neighbour_passes(tmp_path: Path, name: str, text: str) -> None:
    assert found(tmp_path, name, text) == []


def test_what_the_repository_leaves_out_is_left_out(tmp_path: Path) -> None:
    assert found(tmp_path, "build/a.py", "exec('1')") == []


def test_the_project_keeps_its_rules() -> None:
    assert [str(finding) for finding in findings(ROOT)] == []
