"""The bytes of journal format 1 are fixed for ever: the same history gives the same bytes on both databases."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from console.db.journal_format import FormatError, commitment, decode
from console.db.places import StorePlace
from tests.store.vector_world import SIGNER, replay

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors" / "journal-1.json").read_text("utf-8"))


def test_the_fixed_history_gives_the_fixed_bytes(place: StorePlace) -> None:
    made = replay(place, VECTORS["events"])
    assert made["rows"] == VECTORS["rows"]
    assert made["checkpoints"] == VECTORS["checkpoints"]


def test_the_vectors_follow_the_decision_and_not_only_the_program() -> None:
    """Computed here with nothing but the standard library and the words of decision 001."""
    prev, cameras = "0" * 64, dict[str, tuple[int, str]]()
    for number, row in enumerate(VECTORS["rows"], start=1):
        body = bytes.fromhex(row["body"])
        values = json.loads(body[1:])
        assert body[0] == 1
        assert body[1:].decode() == json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert (values["seq"], values["prev"]) == (number, prev)
        prev = hashlib.sha256(b"ccoc-journal\0" + body).hexdigest()
        assert row["hash"] == prev
        if values["camera"]:
            seq, last = cameras.get(values["camera"]["id"], (0, "0" * 64))
            assert (values["camera"]["seq"], values["camera"]["prev"]) == (seq + 1, last)
            cameras[values["camera"]["id"]] = (seq + 1, prev)
    (seal,) = VECTORS["checkpoints"]
    body = bytes.fromhex(seal["body"])
    lines = "".join(f"{camera} {seq} {last}\n" for camera, (seq, last) in sorted(cameras.items()))
    told = json.loads(body[1:])["writers"]["01920000-0000-7000-8000-000000000001"]
    assert told == [len(VECTORS["rows"]), prev, hashlib.sha256(lines.encode()).hexdigest()]
    SIGNER.public_key().verify(bytes.fromhex(seal["signature"]), b"ccoc-checkpoint\0" + body)


@pytest.mark.parametrize("case", VECTORS["commitments"])
def test_commitments(case: dict[str, str]) -> None:
    assert commitment(bytes.fromhex(case["salt"]), case["value"]) == case["commitment"]


@pytest.mark.parametrize("body", VECTORS["refused"])
def test_bytes_that_are_refused(body: str) -> None:
    with pytest.raises(FormatError):
        decode(bytes.fromhex(body))
