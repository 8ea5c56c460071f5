"""A camera's heads: made in order, kept as they are, and contradicted by whatever is done to the rows they name."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from console.db import journal, schema
from console.db.camera_heads import CameraHead, head_hash, head_message, heads_of, make_head, newest_head
from console.db.cameras import list_cameras
from console.db.journal_format import NO_HASH, Head, JsonValue, decode, encode
from console.db.store import Store
from tests.store.history import KEY, live_a_little
from tests.store.world import HandClock, record, write


@pytest.fixture
def camera_id(store: Store, clock: HandClock) -> str:
    live_a_little(store, clock)
    return store.read(list_cameras)[0].id


def _make(store: Store, camera_id: str, key: Ed25519PrivateKey = KEY) -> CameraHead:
    return write(store, lambda tx: make_head(tx, key, camera_id))


def _kinds(store: Store) -> list[str]:
    return [problem.kind for problem in store.read(lambda tx: journal.verify(tx, KEY.public_key())).problems]


def _forge(store: Store, *statements: str, **values: object) -> None:
    """Do what the owner of the database does: take the guards away, write, put them back."""
    sqlite = store.place.sqlite_path is not None
    verbs = ("update", "delete", "insert") if sqlite else ("change", "truncate", "insert")

    def work(tx: object) -> None:
        connection = tx.session.connection()  # type: ignore[attr-defined]  # any transaction
        for table in ("camera_head", "journal"):
            for verb in verbs:
                name = f"guard_{table}_{verb}"
                connection.execute(text(f"DROP TRIGGER {name}" + ("" if sqlite else f" ON {table}")))
        for statement in statements:
            connection.execute(text(statement), values)
        schema.install_guards(connection)

    store.note(work)


def test_heads_follow_one_another_and_hold_the_camera_s_ends(store: Store, camera_id: str) -> None:
    assert store.read(lambda tx: newest_head(tx, camera_id)) is None
    first = _make(store, camera_id)
    seq = record(store, journal.JournalEvent("view.denied", ("camera", camera_id), {"reason": "x"}, camera_id))
    second = _make(store, camera_id)
    values = decode(second.body)
    (row,) = store.read(lambda tx: journal.read_rows(tx, {store.writer.id: seq - 1}, 1))
    assert (values["number"], values["prev"], values["camera"]) == (2, first.hash, camera_id)
    assert decode(first.body)["prev"] == NO_HASH
    assert second.writers == {store.writer.id: Head(row.camera_seq or 0, row.hash)}
    KEY.public_key().verify(second.signature, head_message(second.body))
    assert store.read(lambda tx: heads_of(tx, camera_id)) == [first, second]
    assert store.read(lambda tx: newest_head(tx, camera_id)) == second
    assert _kinds(store) == []


def test_a_camera_without_rows_has_a_head_too(store: Store) -> None:
    made = _make(store, "nobody")
    assert (made.number, made.writers) == (1, {})
    assert _kinds(store) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE camera_head SET station_id = 'other'",
        "DELETE FROM camera_head",
        "INSERT INTO camera_head SELECT camera_id, 7, station_id, at, hash, body, signature FROM camera_head",
        "INSERT INTO camera_head SELECT camera_id, 1, station_id, at, hash, body, signature FROM camera_head",
    ],
)
def test_the_database_refuses_to_change_a_head(store: Store, statement: str) -> None:
    _make(store, "nobody")
    with pytest.raises((DBAPIError, Exception), match=r"append-only|no gaps|UNIQUE|store\."):
        store.note(lambda tx: tx.session.connection().execute(text(statement)))
    assert _kinds(store) == []


def _columns(head: CameraHead) -> dict[str, object]:
    return {"body": head.body, "signature": head.signature, "hash": head.hash}


def test_what_was_done_to_a_head_is_found(store: Store, camera_id: str) -> None:
    first, second = _make(store, camera_id), _make(store, camera_id)
    found: list[tuple[str, list[str]]] = []
    whole = "body = :body, hash = :hash, signature = :signature"

    def forged(change: str, **values: object) -> None:
        _forge(store, f"UPDATE camera_head SET {change} WHERE number = 2", **values)  # noqa: S608 - the table below
        found.append((change, _kinds(store)))
        _forge(store, f"UPDATE camera_head SET number = 2, {whole} WHERE number <> 1", **_columns(second))  # noqa: S608

    def body(**changes: JsonValue) -> dict[str, object]:
        made = encode(decode(second.body) | changes)
        return {"body": made, "hash": head_hash(made), "signature": KEY.sign(head_message(made))}

    forged("signature = :signature", signature=bytes(64))
    forged("body = :body", body=b"\x01{}")
    forged("body = :body", body=encode(decode(second.body) | {"writers": {"w": [1, 2]}}))
    forged("number = 5")
    forged("hash = :hash", hash=NO_HASH)
    other = Ed25519PrivateKey.generate()
    forged("signature = :signature", signature=other.sign(head_message(second.body)))
    forged(whole, **body(key="0" * 64))
    forged(whole, **body(prev=NO_HASH))
    forged(whole, **body(writers={}))
    forged(whole, **body(writers={store.writer.id: [99, NO_HASH]}))
    assert [kinds for _change, kinds in found] == [
        ["camera_head_signature"],
        ["camera_head_bytes"],
        ["camera_head_bytes"],
        ["camera_head_columns"],
        ["camera_head_columns"],
        ["camera_head_signature"],
        ["camera_head_signature"],
        ["camera_head_chain"],
        ["camera_head_rows"],
        ["camera_head_rows"],
    ]
    assert _kinds(store) == []
    _forge(store, "DELETE FROM camera_head WHERE number = 1")
    assert _kinds(store) == ["camera_head_chain"]
    assert first.number == 1


def test_without_the_key_a_head_proves_nothing(store: Store, camera_id: str) -> None:
    _make(store, camera_id)
    report = store.read(lambda tx: journal.verify(tx, None))
    assert "camera_head_signature" in [problem.kind for problem in report.problems]


def test_rows_that_a_head_named_and_that_are_gone_are_found(store: Store, camera_id: str) -> None:
    _make(store, camera_id)
    _forge(
        store,
        "DELETE FROM journal_topic WHERE camera_id = :camera",
        "DELETE FROM journal WHERE camera_id = :camera AND event_class = 'view.ended'",
        camera=camera_id,
    )
    assert "camera_head_rows" in _kinds(store)
