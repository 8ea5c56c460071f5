"""An owner's statement and what forgers make of it: a function for each kind of attack, judged by the auditors' script.

A forger without the key changes the file. A station that lies has the key: it signs what it changed, the camera's heads
too. Then the head that the owner holds from before gives it away. What stands between a head and a row that waits is
confirmed only when that row is told (decision 009): nothing of it is changed here.
"""

from __future__ import annotations

import json
import random
import unicodedata
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.db.camera_heads import head_hash
from console.db.journal_format import decode, encode, row_hash
from resources.verify import verify_statement as reader
from tests.features.statement_cases import FINGERPRINT, b64, head_of, sealed, signed
from tests.store.history import KEY

OTHER: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34)))
_REMEMBERED: Final = lru_cache(1 << 16)(reader.is_signed)
"""The script's own look at a signature, remembered: it has no library for it and takes milliseconds for each."""

Values = dict[str, Any]


@dataclass(frozen=True)
class Paper:
    """What an owner has: the file, the fingerprint on his receipt, and the head of an earlier statement, if any."""

    file: bytes
    holds: str | None = None
    fingerprint: str = FINGERPRINT

    @property
    def values(self) -> Values:
        values: Values = json.loads(self.file)
        return values

    def verdict(self) -> int:
        """Return what the script for auditors says: 0 proved, 1 false, 2 cannot be judged."""
        with patch.object(reader, "is_signed", _REMEMBERED):
            try:
                reader.verify(self.file, self.fingerprint, self.holds)
            except reader.Fault as fault:
                return fault.verdict
        return reader.PROVED


def _signed(made: Paper, values: Values, key: Ed25519PrivateKey = KEY) -> Paper:
    return replace(made, file=signed(values, key))


def _rows(values: Values, dice: random.Random) -> int:
    return dice.randrange(len(values["rows"]))


def flip(made: Paper, dice: random.Random) -> Paper:
    """One bit of the file, or another figure in the fingerprint."""
    if dice.random() < 0.1:
        place = dice.randrange(64)
        other = dice.choice([sign for sign in "0123456789abcdefg" if sign != made.fingerprint[place]])
        return replace(made, fingerprint=f"{made.fingerprint[:place]}{other}{made.fingerprint[place + 1 :]}")
    changed = bytearray(made.file)
    changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return replace(made, file=bytes(changed))


def flip_row(made: Paper, dice: random.Random) -> Paper:
    """One bit of a row's or a head's bytes, signed anew."""
    values = made.values
    part, key, sure = values["head"], "body", _sure(values)
    if sure and dice.random() < 0.8:
        part = values["rows"][dice.choice(sure)]
        key = "b" if "b" in part else "hash"
    data = bytearray(bytes.fromhex(part[key]) if key == "hash" else b64decode(part[key]))
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    part[key] = bytes(data).hex() if key == "hash" else b64(bytes(data))
    return _signed(made, values)


def drop(made: Paper, dice: random.Random) -> Paper:
    """A row or a head is left out, and the file signed anew; half the time all chains are computed again."""
    values = made.values
    if values["heads_between"] and dice.random() < 0.2:
        values["heads_between"].pop(dice.randrange(len(values["heads_between"])))
        return _signed(made, values)
    values["rows"].pop(_rows(values, dice))
    return _signed(made, _rechained(values) if dice.random() < 0.5 else values)


def duplicate(made: Paper, dice: random.Random) -> Paper:
    values = made.values
    one = values["rows"][_rows(values, dice)]
    values["rows"].insert(dice.randint(0, len(values["rows"])), one)
    return _signed(made, values)


def swap(made: Paper, dice: random.Random) -> Paper:
    values = made.values
    rows = values["rows"]
    if len(rows) == 1:
        return drop(made, dice)
    one, other = dice.sample(range(len(rows)), 2)
    rows[one], rows[other] = rows[other], rows[one]
    return _signed(made, values)


def truncate(made: Paper, dice: random.Random) -> Paper:
    """The end of the file, or of its rows, is gone."""
    if dice.random() < 0.3:
        return replace(made, file=made.file[: dice.randrange(len(made.file))])
    values = made.values
    del values["rows"][_rows(values, dice) :]
    return _signed(made, values)


def rechain(made: Paper, dice: random.Random) -> Paper:
    """A row says something else, every later link is computed again, and maybe every head signed again.

    Then only who holds a head from before can tell: a station may write its whole history anew.
    """
    values = made.values
    sure = [values["rows"][place] for place in _sure(values, chained=True) if "b" in values["rows"][place]]
    if not sure:
        return flip_row(made, dice)
    chosen = dice.choice(sure)
    row: Any = decode(b64decode(chosen["b"]))
    change: Values = dice.choice(
        [
            {"class": "view.nothing"},
            {"at": "2026-01-01T00:00:00.000000Z"},
            {"command": "x"},
            {"data": {"purpose": "sos"}},
        ]
    )
    chosen["b"] = b64(encode(row | change))
    known = replace(made, holds=_newest(values))
    return _signed(known, _rechained(values, heads=True)) if dice.random() < 0.5 else _signed(made, _rechained(values))


def _rechained(values: Values, *, heads: bool = False) -> Values:
    """Link rows again; with `heads` sign each head again over them, as the key's owner can."""
    begin: Any = decode(b64decode(values["from_head"]["body"])) if values["from_head"] else {"writers": {}}
    ends: Values = {name: list(end) for name, end in begin["writers"].items()}
    known: dict[tuple[str, int], str] = {}
    for part in values["rows"]:
        if "b" in part:
            row: Any = decode(b64decode(part["b"]))
            writer, number = row["writer"], row["camera"]["seq"]
            row["camera"]["prev"] = ends.get(writer, [0, reader.NO_HASH])[1]
            body = encode(row)
            part["b"], digest = b64(body), row_hash(body)
        else:
            writer, number, digest = part["writer"], part["seq"], part["hash"]
        ends[writer] = [number, digest]
        known[writer, number] = digest
    if heads:
        former: str | None = None
        for part in (*values["heads_between"], values["head"]):
            told: Any = decode(b64decode(part["body"]))
            writers = {name: [seq, known.get((name, seq), named)] for name, (seq, named) in told["writers"].items()}
            part.update(head_of(KEY, writers=writers, prev=former or told["prev"])(part))
            former = head_hash(b64decode(part["body"]))
    return values


def old_head(made: Paper, dice: random.Random) -> Paper:
    """The statement ends at an older head: with all rows, or with its own while the owner holds a newer one."""
    values = made.values
    if not values["heads_between"]:
        return flip_row(made, dice)
    kept = dice.randrange(len(values["heads_between"]))
    newest = _newest(values)
    values["head"] = values["heads_between"][kept]
    del values["heads_between"][kept:]
    told: Any = decode(b64decode(values["head"]["body"]))
    shown = [part for part in values["rows"] if _number(part)[1] <= told["writers"].get(_number(part)[0], [0])[0]]
    if dice.random() < 0.5 and len(shown) < len(values["rows"]):
        return _signed(made, values)
    values["rows"] = shown
    return replace(_signed(made, values), holds=newest)


def _newest(values: Values) -> str:
    """Return the newest head as an owner copies it from his paper."""
    body = b64decode(values["head"]["body"])
    return f"{decode(body)['number']}:{head_hash(body)}"


def _sure(values: Values, *, chained: bool = False) -> list[int]:
    """Return the rows of which other content is told; `chained`: also where the links behind are computed again."""
    heads = [*values["heads_between"], values["head"]]
    told: list[Any] = [decode(b64decode(part["body"]))["writers"] for part in heads]
    confirmed = {(name, end[0]) for writers in told for name, end in writers.items()}
    sure: list[int] = []
    for place in reversed(range(len(values["rows"]))):
        is_last = _number(values["rows"][place]) in confirmed
        if is_last or ("b" in values["rows"][place + 1] and (not chained or place + 1 in sure)):
            sure.append(place)
    return sure


def _number(part: Values) -> tuple[str, int]:
    if "b" not in part:
        return part["writer"], part["seq"]
    row: Any = decode(b64decode(part["b"]))
    return row["writer"], row["camera"]["seq"]


def wrong_key(made: Paper, dice: random.Random) -> Paper:
    """Signed with a key that is not the station's: the file, its heads, or both."""
    values = made.values
    which = dice.randrange(3)
    if which != 0:
        values["head"] = head_of(OTHER)(values["head"])
    if which == 1:
        return _signed(made, values)
    if dice.random() < 0.5:
        values["key"] = b64(OTHER.public_key().public_bytes_raw())
    return _signed(made, values, OTHER)


def duplicate_key(made: Paper, dice: random.Random) -> Paper:
    """A key stands twice in the file's JSON or in a row's, signed anew."""
    values = made.values
    parts = [part for part in values["rows"] if "b" in part]
    if parts and dice.random() < 0.5:
        part = dice.choice(parts)
        text = b64decode(part["b"])[1:].decode("utf-8")
        name = dice.choice(list(json.loads(text)))
        part["b"] = b64(b"\x01" + _twice(text, name, dice).encode("utf-8"))
        return _signed(made, values)
    del values["signature"]
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return replace(made, file=sealed(_twice(text, dice.choice(list(values)), dice)))


def _twice(text: str, name: str, dice: random.Random) -> str:
    spelled = dice.choice((f'"{name}"', f'"\\u{ord(name[0]):04x}{name[1:]}"'))
    value = dice.choice(('"x"', "null", "7", json.dumps(json.loads(text)[name], ensure_ascii=False)))
    return f"{{{spelled}:{value},{text[1:]}" if dice.random() < 0.5 else f"{text[:-1]},{spelled}:{value}}}"


def other_form(made: Paper, dice: random.Random) -> Paper:
    """The same words in another spelling: in the file, or in a row that is signed anew."""
    text = made.file.decode("utf-8")
    forms = [unicodedata.normalize(form, text) for form in ("NFD", "NFKD", "NFKC")]
    forms += [json.dumps(made.values, indent=1), f"{text} ", text.replace("a", "\\u0061", 1), f"\ufeff{text}"]
    if dice.random() < 0.5:
        return replace(made, file=dice.choice([form for form in forms if form != text]).encode("utf-8"))
    values = made.values
    parts = [values["rows"][place] for place in _sure(values) if "b" in values["rows"][place]]
    if not parts:
        return flip_row(made, dice)
    part = dice.choice(parts)
    body = b64decode(part["b"])[1:].decode("utf-8")
    forms = [
        json.dumps(json.loads(body)),
        f"{body} ",
        body.replace("a", "\\u0061", 1),
        unicodedata.normalize("NFD", body),
    ]
    part["b"] = b64(b"\x01" + dice.choice([form for form in forms if form != body]).encode("utf-8"))
    return _signed(made, values)


PAPER_ATTACKS: Final[Mapping[str, Callable[[Paper, random.Random], Paper]]] = {
    "statement: flip": flip,
    "statement: flip a row or head": flip_row,
    "statement: drop": drop,
    "statement: duplicate": duplicate,
    "statement: swap": swap,
    "statement: truncate": truncate,
    "statement: re-chain": rechain,
    "statement: old head": old_head,
    "statement: wrong key": wrong_key,
    "statement: duplicate JSON key": duplicate_key,
    "statement: other Unicode form": other_form,
}
"""Every attack on a statement by its name."""
