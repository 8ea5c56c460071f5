"""The journal in words is complete: every event, action, kind of record and field that the program writes has some."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import console.db.tables
import console.demonstration
import console.services.station
from console.db.base import Record
from console.i18n import _, labels
from console.i18n.events import (
    ACTIONS,
    CHANGES,
    EVENTS,
    FOLLOW_UPS,
    LOG_INS,
    RECORDS,
    REFUSALS,
    VIEWS,
    action_words,
    event_details,
    event_words,
    record_words,
)
from console.i18n.record_words import FIELDS, NOTHING, field_words, value_words
from console.kernel import AccessLevel, Category, OwnerType, Purpose, Role
from console.services.commands import Command, action_of

ROOT = Path(__file__).resolve().parents[2]
OWN = frozenset({"id", "station_id", "version"})
TREES = {path: ast.parse(path.read_bytes()) for path in sorted((ROOT / "console").rglob("*.py"))}


def constants() -> dict[str, str]:
    """Texts that modules give a name to, by that name."""
    found: dict[str, str] = {}
    for tree in TREES.values():
        for node in tree.body:
            if (
                isinstance(node, ast.AnnAssign)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.target, ast.Name)
            ):
                found[node.target.id] = str(node.value.value)
    return found


def calls(name: str, argument: int) -> Iterator[tuple[str, str]]:
    """Yield an argument of every call of this name, as a text, and where it stands."""
    known = constants()
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or len(node.args) <= argument:
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called != name:
                continue
            given, place = node.args[argument], f"{path.relative_to(ROOT)}:{node.lineno}"
            if isinstance(given, ast.Constant):
                yield str(given.value), place
            elif isinstance(given, ast.Name) and given.id in known:
                yield known[given.id], place
            elif not (isinstance(given, ast.Call) and ast.unparse(given).startswith("action_of")):
                yield f"no literal: {ast.unparse(given)}", place


def commands(kind: type[Command] = Command) -> Iterator[type[Command]]:
    for made in kind.__subclasses__():
        if made.__module__.startswith("console.") and not made.__name__.startswith("_"):
            yield made
        yield from commands(made)


def records(kind: type[Record] = Record) -> Iterator[type[Record]]:
    for made in kind.__subclasses__():
        if made.__module__.startswith("console.") and "__abstract__" not in vars(made):
            yield made
        yield from records(made)


def test_every_event_that_is_written_has_words() -> None:
    written = dict(calls("JournalEvent", 0))
    assert len(written) > 25
    assert {name: place for name, place in written.items() if name not in EVENTS} == {}


def test_every_action_has_words() -> None:
    stamped = dict(calls("CommandStamp", 1))
    assert {name: place for name, place in stamped.items() if name not in ACTIONS} == {}
    assert {kind.__name__ for kind in commands() if action_of(kind) not in ACTIONS} == set()


def test_every_kind_of_record_and_every_field_has_words() -> None:
    assert console.db.tables.METADATA.tables
    told = [record for record in records() if not record.own_events]
    assert len(told) > 6
    assert {record.kind for record in told} - set(RECORDS) == set()
    missing = [
        f"{record.kind}.{column.name}"
        for record in told
        for column in record.__table__.columns
        if column.name not in OWN and field_words(record.kind, column.name) == column.name
    ]
    assert missing == []


def test_the_groups_name_events_and_do_not_overlap() -> None:
    groups = (VIEWS, REFUSALS, CHANGES, LOG_INS, FOLLOW_UPS)
    assert frozenset().union(*groups) <= set(EVENTS)
    assert sum(map(len, groups)) == len(frozenset().union(*groups))


def test_what_this_program_does_not_know_stands_as_it_is() -> None:
    assert event_words("of.tomorrow") == "of.tomorrow"
    assert action_words("do_tomorrow") == "do_tomorrow"
    assert record_words("tomorrow") == "tomorrow"
    assert field_words("camera", "tomorrow") == "tomorrow"
    assert event_details("of.tomorrow", {"why": "x"}) == ""
    assert value_words("zone", "beyond", named) == "beyond"


def test_an_event_is_told_by_what_was_done_to_what() -> None:
    assert event_words("record.changed", "camera", {"op": "created"}) == "Added: camera"
    assert event_words("record.changed", "authority", {"op": "changed"}) == "Changed: permission"
    assert event_words("record.changed", "camera", {"op": "else"}) == "Record changed"
    assert event_words("view.opened", "view", {"kind": "probe"}) == "Connection test (no picture)"
    assert event_words("view.opened", "view", {"kind": "wall"}) == "Camera opened"


@pytest.mark.parametrize(
    ("event_class", "data", "words"),
    [
        ("view.ended", {"reason": "lock"}, "console locked"),
        ("login.failed", {"why": "password"}, "wrong password"),
        ("login.failed", {"why": "of tomorrow"}, ""),
        ("login.locked", {"why": "idle"}, "nobody was at the console"),
        ("login.ok", {"role": "auditor"}, "Auditor / DPO"),
        ("clock.jump", {"seconds": 3.5}, "3.5 s"),
        ("views.alive", {"views": ["a", "b"]}, "2 open views"),
        ("views.alive", {}, "0 open views"),
        ("personal.erased", {"values": 4}, "4 values"),
        ("journal.extracted", {"how": "csv", "rows": 7}, "saved as CSV · 7 rows"),
        ("vault.not_opened", {"why": "vault.locked"}, "The camera passwords are locked. Log in again to open them."),
        ("vault.not_opened", {}, ""),
        ("record.changed", {"fields": {}}, ""),
    ],
)
def test_details_of_an_event(event_class: str, data: dict[str, object], words: str) -> None:
    assert event_details(event_class, data) == words


def named(kind: str, record_id: str) -> str:
    return f"{kind} {record_id}"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("role", "it", labels.label(Role.IT)),
        ("owner_type", "shop", labels.label(OwnerType.SHOP)),
        ("level", 2, labels.label(AccessLevel.HOURS)),
        ("category", "theft", labels.label(Category.THEFT)),
        ("purposes", ["sos", "of tomorrow"], f"{labels.label(Purpose.SOS)}, of tomorrow"),
        ("hours", [[1080, 360]], "18:00–06:00"),
        ("valid_from", "2026-11-22T01:02:03.456789Z", "22 Nov 2026 08:02:03"),
        ("camera_id", "c1", "camera c1"),
        ("incident_id", "i1", "incident i1"),
        ("closed_by", "p1", "person p1"),
        ("person_id", "p1", "person p1"),
        ("cells", ["c1", None, "c2"], "camera c1, camera c2"),
        ("masks", ["of tomorrow"], "1 of them"),
        ("masks", [[0, 0, 100, 50]], "1, covering 0.5 % of the picture"),
        ("masks", [[0, 0, 500, 500], [0, 0, 1000, 0, 0, 1000]], "2, covering 50 % of the picture"),
        ("paused", True, "yes"),
        ("paused", False, "no"),
        ("place", "", NOTHING),
        ("lat", None, NOTHING),
        ("radius_m", 300, "300"),
    ],
)
def test_values_in_words(name: str, value: object, words: str) -> None:
    assert value_words(name, value, named).replace("\u2060", "") == words


@pytest.mark.usefixtures("_thai")
def test_all_of_it_stands_in_thai() -> None:
    texts = [*EVENTS.values(), *ACTIONS.values(), *RECORDS.values()]
    texts += [words for fields in FIELDS.values() for words in fields.values()]
    assert [text for text in texts if not re.search("[ก-๙]", _(text))] == []
