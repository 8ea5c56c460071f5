"""Build the message catalogues: `check`, `update` (new message ids into the .po files) and `build` (.po → .mo).

Thai is built with zero-width spaces between its words (PyThaiNLP newmm): on Windows Qt breaks no Thai lines itself.
A Thai entry that is missing, fuzzy or names other {parameters} than the English one stops the build.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "resources" / "locale"
LANGUAGES = ("th", "en")
KEYWORDS = {"_", "N_"}


def messages(root: Path = ROOT) -> dict[str, list[tuple[str, int]]]:
    """Return every message id of the source with the places that use it.

    Read from the syntax tree: the usual extractors do not look into f-strings on Python 3.11.
    """
    found: dict[str, list[tuple[str, int]]] = {}
    for path in [*sorted((root / "console").rglob("*.py")), root / "main.py"]:
        if path.exists():
            for node in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(node, ast.Call) and (msgid := _msgid(node)):
                    found.setdefault(msgid, []).append((path.relative_to(root).as_posix(), node.lineno))
    return found


def _msgid(node: ast.Call) -> str:
    called = node.func
    name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
    if name not in KEYWORDS:
        return ""
    first = node.args[0] if node.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def po_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "console.po"


def load(language: str) -> Catalog:
    with po_path(language).open("rb") as file:
        return read_po(file, locale=language, domain="console", abort_invalid=True)


def update(language: str) -> int:
    """Write the new message ids into the catalogue and drop those that no source uses; return how many are empty."""
    old = load(language) if po_path(language).exists() else Catalog(locale=language)
    new = Catalog(locale=language, domain="console", project="ccoc-console", charset="utf-8", fuzzy=False)
    for msgid in sorted(messages()):
        known = old.get(msgid)
        text = known.string if known and known.string else (msgid if language == "en" else "")
        new.add(msgid, text, flags=_flags(known))
    path = po_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, new, width=0, omit_header=False, include_lineno=False)
    return sum(1 for message in new if message.id and not message.string)


def _flags(message: Message | None) -> set[str]:
    return {flag for flag in (message.flags if message else ()) if flag == "fuzzy"}


def problems(language: str) -> list[str]:
    """Say what keeps the catalogue from being complete: missing, fuzzy, or other parameters than the English text."""
    catalogue = load(language)
    found: list[str] = []
    for msgid, places in sorted(messages().items()):
        message = catalogue.get(msgid)
        where = f"{places[0][0]}:{places[0][1]}"
        if message is None or not message.string:
            found.append(f"{language}: no text for {msgid!r} ({where})")
        elif message.fuzzy:
            found.append(f"{language}: fuzzy text for {msgid!r} ({where})")
        elif _parameters(str(message.string)) - _parameters(msgid):
            found.append(f"{language}: unknown parameter in the text for {msgid!r} ({where})")
    return found


def _parameters(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name}


def build(language: str, target: Path | None = None) -> Path:
    """Write the .mo file that the program loads; refuse an incomplete catalogue."""
    wrong = problems(language)
    if wrong:
        raise SystemExit("\n".join(wrong))
    from console.i18n.words import broken

    catalogue = load(language)
    if language == "th":
        for message in catalogue:
            if message.id:
                message.string = broken(str(message.string))
    path = (target or LOCALE) / language / "LC_MESSAGES" / "console.mo"
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".new")
    with scratch.open("wb") as file:
        write_mo(file, catalogue)
    scratch.replace(path)
    return path


def is_fresh(language: str) -> bool:
    """Whether the .mo file is there and newer than its .po file."""
    built = po_path(language).with_suffix(".mo")
    return built.exists() and built.stat().st_mtime >= po_path(language).stat().st_mtime


def main(arguments: list[str]) -> int:
    verb = arguments[0] if arguments else "build"
    if verb == "update":
        for language in LANGUAGES:
            print(f"{language}: {update(language)} texts to write")
        return 0
    if verb == "check":
        wrong = [line for language in LANGUAGES for line in problems(language)]
        print("\n".join(wrong) if wrong else "catalogues complete")
        return 1 if wrong else 0
    for language in LANGUAGES:
        print(build(language).relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))  # started as a file, Python finds beside it only
    raise SystemExit(main(sys.argv[1:]))
