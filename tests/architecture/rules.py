"""House rules that no linter knows: sizes, banned calls and names, where rows are changed, what is never written down.

Run by `dev.py check` as a program on a folder; the tests beside it plant a violation of each rule and expect it found.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LONGEST_FILE: Final = 600
LONGEST_FUNCTION: Final = 60
WHOLE: Final = Path("resources/verify/verify_statement.py")
"""Given to auditors as one file that needs no other: it holds rules, signature check and words in two languages."""
NAMELESS: Final = frozenset({"utils.py", "helpers.py", "widgets.py", "models.py", "controller.py"})
"""File names that say nothing: everything ends up in them."""
BANNED_CALLS: Final = frozenset({"__import__", "exec", "eval"})
ROW_CHANGES: Final = frozenset({"update", "delete"})
STORE: Final = Path("console/db/store.py")
MIGRATIONS: Final = Path("console/db/migrations")
CACHES: Final = frozenset({".pytest_cache", ".mypy_cache", ".ruff_cache", ".import_linter_cache", ".hypothesis"})
SKIPPED: Final = frozenset({".git", ".venv", "build", "dist", "__pycache__"}) | CACHES
TEXT: Final = frozenset(
    {
        ".py",
        ".md",
        ".toml",
        ".lock",
        ".po",
        ".json",
        ".spec",
        ".txt",
        ".ini",
        ".cfg",
        ".sh",
        ".sql",
        ".mako",
        ".yml",
        "",
    }
)

_SQL_CHANGE: Final = re.compile(r"\s*(update\s+\S+\s+set\b|delete\s+from\b|truncate\s)", re.IGNORECASE)
_NEVER_WRITTEN: Final = {
    "a path of one machine": re.compile(
        r"(?<![\w.~}>])/(?:root|work|home/\w+|Users/\w+|tmp/plan)/|\b[A-Z]:\\\\?Users\\"
    ),
    "a registry's host": re.compile(
        r"(?:pypi|pythonhosted|debian|ubuntu|npmjs|rubygems|crates)\.(?:org|com|io)\b|--(?:extra-)?(?:index-url|find-links)|\bpkg\.dev\b"
    ),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "a token": re.compile(r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{36}|xox[abp]-[\w-]{20,}|eyJ[\w-]{20,}\.[\w-]{20,}\.)"),
}


@dataclass(frozen=True)
class Finding:
    """One place that breaks one rule."""

    path: Path
    line: int
    says: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.says}"


def findings(root: Path) -> Iterator[Finding]:
    """Everything below `root` that breaks a rule, in the order of the files."""
    for path in sorted(kept_files(root)):
        if path.suffix not in TEXT:
            continue
        text = (root / path).read_text(encoding="utf-8")
        yield from written_down(path, text)
        if path.suffix == ".py":
            yield from python_rules(path, text)


def kept_files(root: Path) -> list[Path]:
    """The files that git keeps or would keep, as paths below `root`; all files where there is no repository."""
    listing = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if (root / ".git").exists():
        names = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.split("\0")
        return [Path(name) for name in names if name and (root / name).is_file()]
    found = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return [path for path in found if not SKIPPED & set(path.parts)]


def written_down(path: Path, text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), start=1):
        for what, pattern in _NEVER_WRITTEN.items():
            if pattern.search(line):
                yield Finding(path, number, f"{what} is written down")


def python_rules(path: Path, text: str) -> Iterator[Finding]:
    if path.name in NAMELESS:
        yield Finding(path, 1, "the name says nothing; name the subject")
    length = text.count("\n")
    if length > LONGEST_FILE and path != WHOLE:
        yield Finding(path, 1, f"{length} lines; at most {LONGEST_FILE}")
    tree = ast.parse(text, filename=str(path))
    for node in ast.walk(tree):
        yield from long_function(path, node)
        yield from banned_call(path, node)
        if path.parts[0] == "console" and path != STORE:
            yield from row_change(path, node)


def long_function(path: Path, node: ast.AST) -> Iterator[Finding]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or path.is_relative_to(MIGRATIONS):
        return
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    if length > LONGEST_FUNCTION:
        yield Finding(path, node.lineno, f"{node.name} has {length} lines; at most {LONGEST_FUNCTION}")


def banned_call(path: Path, node: ast.AST) -> Iterator[Finding]:
    """By name, or as an attribute of the modules that hold them: `app.exec()` of Qt is another thing."""
    match node:
        case ast.Name(id=name) if name in BANNED_CALLS:
            pass
        case ast.Attribute(attr="__import__" as name):
            pass
        case ast.Attribute(attr=name, value=ast.Name(id="builtins")) if name in BANNED_CALLS:
            pass
        case ast.alias(name=name) if name in BANNED_CALLS:
            pass
        case _:
            return
    yield Finding(path, node.lineno, f"{name} is banned: no check can see what it runs or imports")


def row_change(path: Path, node: ast.AST) -> Iterator[Finding]:
    """Core UPDATE and DELETE pass by the journal's diff, so one file alone may use them."""
    match node:
        case ast.ImportFrom(module=str(module), names=names):
            broken = module.split(".")[0] == "sqlalchemy" and any(alias.name in ROW_CHANGES for alias in names)
        case ast.Call(func=ast.Attribute(attr=name, value=owner)):
            broken = name in ROW_CHANGES and _leads_to_a_table(owner)
        case ast.Constant(value=str(words)):
            broken = _SQL_CHANGE.match(words) is not None and not path.is_relative_to(MIGRATIONS)
        case _:
            return
    if broken:
        yield Finding(path, node.lineno, f"rows are changed and deleted past the session in {STORE} only")


def _leads_to_a_table(value: ast.expr) -> bool:
    """`sqlalchemy.update(…)`, `Thing.__table__.delete()`, `session.query(…)….delete()`; not the `update` of a dict."""
    names = {"sqlalchemy", "sa", "__table__", "query"}
    return any(
        (isinstance(node, ast.Name) and node.id in names) or (isinstance(node, ast.Attribute) and node.attr in names)
        for node in ast.walk(value)
    )


def main(words: list[str]) -> int:
    found = list(findings(Path(words[0] if words else ".").resolve()))
    for finding in found:
        sys.stdout.write(f"{finding}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
