"""Honest rows are compared with what their columns foretell: that never says another thing than reading them does."""

from __future__ import annotations

import random
from dataclasses import fields, replace
from typing import Any

import pytest

from console.db.journal_examine import RawRow, _columns, _is_row, _said
from console.db.journal_foretold import as_foretold
from console.db.journal_format import BODY_LIMIT, NO_HASH, FormatError, JsonValue, decode, encode, row_hash
from console.db.journal_verify import RawTopics, raw_rows
from console.db.store import Store
from tests.store.history import Export, flipped, live_a_little
from tests.store.world import HandClock

ID = "01920000-0000-7000-8000-00000000000"
HEAD = (6, "a" * 64)
CAMERA_HEAD = (2, "b" * 64)
VALUES: dict[str, Any] = {
    "station": "sk01",
    "writer": f"{ID}1",
    "seq": 7,
    "prev": HEAD[1],
    "at": "2026-11-22T01:02:03.000004Z",
    "class": "view.opened",
    "subject": ["view", f"{ID}2"],
    "camera": {"id": f"{ID}3", "seq": 3, "prev": CAMERA_HEAD[1]},
    "actor": {"person": f"{ID}4", "role": "duty_officer", "session": f"{ID}5"},
    "command": f"{ID}6",
    "action": "feeds.open",
    "data": {"purpose": "traffic", "authority": None},
    "personal": {},
}


def row_of(values: dict[str, JsonValue]) -> RawRow:
    """Return a row whose columns fit its bytes, whatever these say."""
    body = encode(values)
    strict: Any = values
    columns: Any = ["", 0, *[""] * 11, body]
    return _said(strict, RawRow(*columns), row_hash(body)).row


def strictly(row: RawRow) -> tuple[Any, Any] | None:
    """Read the row as the verifier does where nothing is foretold; None if anything of it is wrong."""
    try:
        values: Any = decode(row.body)
    except FormatError:
        return None
    if not _is_row(values) or values["personal"]:
        return None
    said = _said(values, row, row_hash(row.body))
    camera = values["camera"] or {"seq": CAMERA_HEAD[0] + 1, "prev": CAMERA_HEAD[1]}
    linked = (values["seq"], values["prev"]) == (HEAD[0] + 1, HEAD[1])
    on = (camera["seq"], camera["prev"]) == (CAMERA_HEAD[0] + 1, CAMERA_HEAD[1])
    fits = _columns(said.row)[:-1] == _columns(row)[:-1]
    return (said.data, said.acted) if linked and on and fits else None


def agrees(row: RawRow) -> bool:
    """Whatever is foretold is what the strict reading says; and it says whether something was foretold."""
    found = as_foretold(row, HEAD, CAMERA_HEAD)
    assert found is None or found == strictly(row), row
    return found is not None


@pytest.mark.parametrize("change", [{}, {"camera": None}, {"actor": None}, {"data": {"ก": ["x" * 600]}}])
def test_an_honest_row_is_foretold(change: dict[str, JsonValue]) -> None:
    assert agrees(row_of(VALUES | change))


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 8},
        {"prev": NO_HASH},
        {"camera": {"id": f"{ID}3", "seq": 4, "prev": CAMERA_HEAD[1]}},
        {"camera": {"id": f"{ID}3", "seq": 3, "prev": NO_HASH}},
        {"camera": {"id": 'x"y', "seq": 3, "prev": CAMERA_HEAD[1]}},
        {"at": "2026-02-30T01:02:03.000004Z"},
        {"at": "2026-11-22"},
        {"class": "a\\b"},
        {"station": "\x07"},
        {"command": 'x"y'},
        {"command": "a\\b"},
        {"subject": ["view", "\x1f"]},
        {"subject": ["view", 'x","y']},
        {"personal": {"name": "c"}},
        {"more": 1},
        {"actor": {"person": f"{ID}4", "role": 1, "session": f"{ID}5"}},
        {"actor": {"person": f"{ID}4", "session": f"{ID}5"}},
        {"actor": [1]},
        {"action": 5},
        {"action": "x" * 600},
        {"Action": "x"},
        {"data": []},
    ],
)
def test_any_other_row_is_read_the_strict_way(change: dict[str, JsonValue]) -> None:
    values = VALUES | change
    if not isinstance(values["actor"], dict) or "person" not in values["actor"]:
        # Such bytes have no columns that fit: those of the honest row stand beside them.
        assert not agrees(replace(row_of(VALUES), body=encode(values)))
        return
    assert not agrees(row_of(values))


def test_columns_of_other_types_and_values_foretell_nothing() -> None:
    honest = row_of(VALUES)
    for field in fields(RawRow):
        if field.name in {"hash", "body", "personal", "topics"}:
            continue
        others: tuple[Any, ...] = (None, 5, b"x", "x", 'x"', True, 7.0)
        for other in others:
            if other != getattr(honest, field.name):
                assert not agrees(replace(honest, **{field.name: other})), (field.name, other)
    for changes in ({"camera": None, "station": "None"}, {"camera": None, "writer": "None"}):
        name = "station_id" if "station" in changes else "writer_id"
        assert not agrees(replace(row_of(VALUES | changes), **{name: None}))  # type: ignore[arg-type]  # a forger's


def test_bytes_that_are_spelled_otherwise_foretell_nothing() -> None:
    honest = row_of(VALUES)
    text = honest.body
    assert b'"at":"' in text
    others = [
        text.replace(b'"at":', b'"at":"x","at":'),
        text.replace(b'"action":', b'"action":1,"action":'),
        text.replace(b'"purpose":', b'"purpose":1,"purpose":'),
        text.replace(b'"data":{', b'"data":{}{'),
        text.replace(b'"data":{', b'"data":{"x":NaN,'),
        text.replace(b"traffic", b"\xff"),
        text.replace(b'"seq":7', b'"seq":7.0'),
        text.replace(b'"seq":3', b'"seq":03'),
        text.replace(b"traffic", b"t" * BODY_LIMIT),
        b"\x02" + text[1:],
        text[:-1],
        text + b" ",
        b"",
    ]
    assert [agrees(replace(honest, body=body)) for body in others] == [False] * len(others)


def test_no_flipped_bit_is_read_otherwise() -> None:
    """A turned bit in who acted or in the data is still a row of good shape: the hash tells that one."""
    honest, dice = row_of(VALUES), random.Random(7)
    told = [agrees(replace(honest, body=flipped(honest.body, place))) for place in range(len(honest.body))]
    assert 0 < sum(told) < len(told) // 2
    for _time in range(2000):
        body = bytearray(honest.body)
        for _change in range(dice.randint(1, 3)):
            body[dice.randrange(len(body))] = dice.choice(b'",:{}[]\\ 09aZ\x00\xc3\xff')
        agrees(replace(honest, body=bytes(body)))


def test_a_whole_history_is_foretold_but_for_its_beginnings_and_clear_text(store: Store, clock: HandClock) -> None:
    live_a_little(store, clock)
    batches = store.read(lambda tx: list(raw_rows(tx.session, RawTopics(tx.session), spelled=True)))
    rows = [row for batch in batches for row in batch]
    ends: dict[str | None, tuple[int, str]] = {}
    read = []
    for row in rows:
        camera = ends.get(row.camera_id, (0, NO_HASH)) if row.camera_id else (0, NO_HASH)
        read.append(as_foretold(row, (row.seq - 1, row.prev), camera) is not None)
        ends[row.camera_id] = (row.camera_seq or 0, row.hash)
    assert read == [not decode(row.body)["personal"] for row in rows]
    assert sum(read) > len(rows) // 2


def test_a_topic_of_a_row_that_has_none_is_found(lone_store: Store, clock: HandClock) -> None:
    live_a_little(lone_store, clock)
    export = Export.of(lone_store)
    index = next(index for index, row in enumerate(export.rows) if row.event_class == "view.ended")
    topic = ("purpose:x", *export.rows[index - 2].topics[0][1:])
    assert export.with_row(index, topics=(topic,)).kinds() == {"topics"}
