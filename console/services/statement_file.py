"""The statement as a file: bytes that can be checked away from the station, and the lines that they tell (009)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.db.base import time_text
from console.db.camera_heads import CameraHead
from console.db.journal_format import Head, JsonValue, decode
from console.db.statements import StoredLink
from console.services.statement_lines import lines_of, lines_within, pseudonym, totals_of, unconfirmed_of

FORMAT: Final = "ccoc-statement-1"
_DOMAIN: Final = b"ccoc-statement\0"

Line = Mapping[str, Any]
Place = tuple[str, int]
"""A row's: its writer, and the camera's own number there."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What the station says and no chain proves: who a pseudonym is, how incidents ended, until when lines wait."""

    names: Mapping[str, str]
    incidents: Mapping[str, str]
    delays: Sequence[str]


@dataclass(frozen=True, slots=True)
class Statement:
    """What a statement is made of: the rows from behind `from_head` (None: from the first row) up to `head`."""

    station_id: str
    station_name: str
    camera_id: str
    camera_name: str
    since: datetime
    until: datetime
    from_head: CameraHead | None
    between: Sequence[CameraHead]
    head: CameraHead
    links: Sequence[StoredLink]
    delayed: frozenset[tuple[str, int]]
    claims: Claims
    unheard: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class Told:
    """The lines of a period, what they come to, and how many rows of the file lie outside it or wait."""

    lines: tuple[Line, ...]
    totals: Mapping[str, int]
    outside: int
    delayed: int
    unconfirmed: int = 0
    """How many rows of the file stand before one that waits, so that nothing confirms yet what is shown of them."""


def read_lines(
    links: Sequence[StoredLink], station_id: str, camera_id: str, unconfirmed: frozenset[Place] = frozenset()
) -> list[dict[str, Any]]:
    """Return the lines that rows tell, all of them."""
    rows = [decode(link.body) for link in links]
    return lines_of(rows, codes_of(rows, station_id, camera_id), unconfirmed)


def unconfirmed_rows(
    links: Sequence[StoredLink], delayed: frozenset[Place], heads: Iterable[Mapping[str, Head]]
) -> frozenset[Place]:
    """Return the rows that are told and that nothing in a file of these rows and heads confirms yet."""
    places = [(link.writer_id, link.seq, (link.writer_id, link.seq) in delayed) for link in links]
    return unconfirmed_of(places, {(name, end.seq) for writers in heads for name, end in writers.items()})


def codes_of(rows: Sequence[Mapping[str, Any]], station_id: str, camera_id: str) -> dict[str, str]:
    """Return the pseudonym of everybody who stands in the rows."""
    people = {row["actor"]["person"] for row in rows if row["actor"]}
    return {person: pseudonym(station_id, camera_id, person) for person in people}


def told(lines: Sequence[Line], since: datetime, until: datetime, delayed: int, unconfirmed: int = 0) -> Told:
    """Keep the lines of a period."""
    within = tuple(lines_within(lines, time_text(since), time_text(until)))
    return Told(within, totals_of(within), len(lines) - len(within), delayed, unconfirmed)


def statement_bytes(made: Statement, signer: Ed25519PrivateKey) -> bytes:
    """Return the file. What is signed is every byte before the signature: nothing is written anew to be checked."""
    values: dict[str, JsonValue] = {
        "format": FORMAT,
        "station": made.station_id,
        "station_name": made.station_name,
        "camera": made.camera_id,
        "camera_name": made.camera_name,
        "key": _text(signer.public_key().public_bytes_raw()),
        "period": {"since": time_text(made.since), "until": time_text(made.until)},
        "from_head": None if made.from_head is None else _head(made.from_head),
        "heads_between": [_head(head) for head in made.between],
        "head": _head(made.head),
        "rows": [_row(link, made.delayed) for link in made.links],
        "claims": {
            "names": dict(made.claims.names),
            "incidents": dict(made.claims.incidents),
            "delays": list(made.claims.delays),
        },
        "unheard": [{"writer": name, "last_at": time_text(at)} for name, at in sorted(made.unheard.items())],
    }
    text = json.dumps(values, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    signed = text.removesuffix("}").encode("utf-8")
    signature = _text(signer.sign(_DOMAIN + signed))
    return signed + f',"signature":"{signature}"}}\n'.encode("ascii")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _head(head: CameraHead) -> dict[str, JsonValue]:
    return {"body": _text(head.body), "signature": _text(head.signature)}


def _row(link: StoredLink, delayed: frozenset[tuple[str, int]]) -> dict[str, JsonValue]:
    if (link.writer_id, link.seq) in delayed:
        return {"delayed": True, "writer": link.writer_id, "seq": link.seq, "hash": link.hash}
    return {"b": _text(link.body)}
