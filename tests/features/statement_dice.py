"""Statements of a station that writes whatever it likes into rows, rightly chained and signed: no console ever would.

Forgeries are refused alike because the bytes are; these are proved, and what they mean must be read alike too.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from console.db.base import time_text
from console.db.camera_heads import head_hash, head_message
from console.db.journal_format import NO_HASH, encode, key_id, row_hash
from tests.features.statement_cases import b64, signed
from tests.store.history import KEY

_WORDS: Final = (
    "", "x", "urgent", "wall", "probe", "emergency", "closed", "ok", "e\u0301", "\u00e9", "\U0001f600", "__proto__",
    "constructor", "a|b", "{n}", "{class}", "<b>", "\u202eabc", "\x1b[2J", "ก็", "2569-11-22T00:00:00.000000Z",
    "2026-02-29T00:00:00.000000Z", "2026-11-22T07:00:00.000000Z", "toString", "0", "-1",
)  # fmt: skip
_CLASSES: Final = (
    "view.opened", "view.opened", "view.picture", "view.ended", "view.ended", "view.justified", "view.reviewed",
    "view.denied", "record.changed", "consent.signed", "consent.", "consent.__proto__", "statement.issued",
    "statement.delayed", "address.watched", "camera.address_destroyed", "zzz", "", "__proto__",
)  # fmt: skip
_KEYS: Final = (
    "purpose", "kind", "incident", "incident_number", "self_opened_incident", "basis", "legal_basis", "after_ms",
    "seconds", "reason", "ok", "op", "fields", "hidden", "level", "purposes", "until", "from", "consent", "way",
    "number", "head",
)  # fmt: skip
_FIELDS: Final = ("level", "paused", "withdrawn_at", "current", "countersigned_at", "expires_at", "archived", "ก")
_SUBJECTS: Final = ("view", "authority", "camera", "address", "address_tombstone", "connection_test", "__proto__")
_WRITERS: Final = ("w1", "w2", "W", "__proto__", "1", "02", "10", "9", "~", "constructor")
_SECONDS: Final = (0, 1, 7, 86_400, 10**6, 2**53 - 1)


def drawn_file(dice: random.Random) -> bytes:
    """Return a whole statement with one to three heads, some rows waiting."""
    chains: dict[str, list[tuple[bytes, str]]] = {name: [] for name in dice.sample(_WRITERS, dice.randint(1, 4))}
    heads: list[tuple[dict[str, str], dict[str, Any]]] = []
    former = NO_HASH
    for number in range(1, dice.randint(2, 4)):
        for name, chain in chains.items():
            for _row in range(dice.randrange(5)):
                body = encode(_drawn_row(dice, name, len(chain) + 1, chain[-1][1] if chain else NO_HASH))
                chain.append((body, row_hash(body)))
        ends: dict[str, Any] = {name: [len(chain), chain[-1][1]] for name, chain in chains.items() if chain}
        head: dict[str, Any] = {
            "station": "sk01",
            "camera": "cam",
            "number": number,
            "at": _moment(dice),
            "prev": former,
        }
        body = encode({**head, "key": key_id(KEY.public_key()), "writers": ends})
        former = head_hash(body)
        heads.append(({"body": b64(body), "signature": b64(KEY.sign(head_message(body)))}, ends))
    begin = dice.randrange(len(heads))
    rows: list[dict[str, Any]] = []
    for name in sorted(heads[-1][1]):
        first = heads[begin - 1][1].get(name, [0])[0] if begin else 0
        for seq, (body, digest) in enumerate(chains[name][first:], first + 1):
            waits = {"delayed": True, "writer": name, "seq": seq, "hash": digest}
            rows.append(waits if dice.random() < 0.15 else {"b": b64(body)})
    since, until = sorted((_moment(dice), _moment(dice)))
    return signed(
        {
            "format": "ccoc-statement-1",
            "station": "sk01",
            "station_name": dice.choice(_WORDS),
            "camera": "cam",
            "camera_name": dice.choice(_WORDS),
            "key": b64(KEY.public_key().public_bytes_raw()),
            "period": {"since": since, "until": until},
            "from_head": heads[begin - 1][0] if begin else None,
            "heads_between": [part for part, _ends in heads[begin:-1]],
            "head": heads[-1][0],
            "rows": rows,
            "claims": {name: {dice.choice(_WORDS): dice.choice(_WORDS)} for name in ("names", "incidents")}
            | {"delays": []},
            "unheard": [{"writer": dice.choice(_WORDS), "last_at": _moment(dice)}],
        }
    )


def _moment(dice: random.Random) -> str:
    away = dice.choice((0, 10**6, dice.randrange(10**7), dice.randrange(-(10**13), 10**13)))
    return time_text(datetime(2026, 11, 22, tzinfo=UTC) + timedelta(microseconds=away))


def _drawn_row(dice: random.Random, writer: str, seq: int, prev: str) -> dict[str, Any]:
    data: dict[str, Any] = {key: _drawn(dice) for key in dice.sample(_KEYS, dice.randrange(8))}
    if dice.random() < 0.4:
        pair = ([None, True], [None, False], [1, 2], [_drawn(dice), _drawn(dice)], _drawn(dice))
        data["fields"] = {dice.choice(_FIELDS): dice.choice(pair) for _field in range(3)}
    if dice.random() < 0.5:
        data |= {"seconds": dice.choice(_SECONDS), "kind": dice.choice(("wall", "probe")), "after_ms": 1}
    person = {"person": dice.choice(_WORDS), "role": dice.choice((*_WORDS, "superintendent")), "session": "s"}
    return {
        "station": "sk01",
        "writer": writer,
        "seq": seq,
        "prev": NO_HASH,
        "at": _moment(dice),
        "class": dice.choice(_CLASSES),
        "command": "c",
        "action": "a",
        "personal": {},
        "data": data,
        "subject": [dice.choice(_SUBJECTS), dice.choice(("v1", "v2", "v3", "__proto__"))],
        "camera": {"id": "cam", "seq": seq, "prev": prev},
        "actor": dice.choice((None, person)),
    }


def _drawn(dice: random.Random, depth: int = 0) -> Any:
    kind = dice.randrange(11)
    if kind < 2:
        return dice.choice((None, True, False))
    if kind < 4:
        return dice.choice((0, 1, -1, 65, 2**53 - 1, 1 - 2**53, 1.5, 1.0, 1e-7, -0.0, 1e300))
    if kind < 9 or depth > 3:
        return dice.choice(_WORDS)
    if kind < 10:
        return [_drawn(dice, depth + 1) for _each in range(dice.randrange(4))]
    return {dice.choice((*_WORDS, "level", "fields")): _drawn(dice, depth + 1) for _each in range(dice.randrange(4))}
