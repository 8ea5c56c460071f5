"""The verifier is the product: every planted change must be found, and an honest history must raise nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.db import journal, journal_seal, schema
from console.db.journal_examine import RawCheckpoint
from console.db.journal_format import (
    JsonValue,
    checkpoint_hash,
    checkpoint_message,
    commitment,
    decode,
    encode,
    log_line,
    row_hash,
)
from console.db.keyrings import MemoryKeyring
from console.db.store import Store, Tx
from console.db.vault import Vault
from console.kernel import new_id
from tests.store.history import KEY, Export, flipped, line_of, live_a_little, rechained, seal
from tests.store.world import HandClock, enrol, record, write


@pytest.fixture
def export(lone_store: Store, clock: HandClock) -> Export:
    live_a_little(lone_store, clock)
    return Export.of(lone_store)


def test_an_honest_history_is_sound(store: Store, clock: HandClock) -> None:
    live_a_little(store, clock)
    report = store.read(lambda tx: journal.verify(tx, KEY.public_key()))
    assert report.problems == ()
    assert report.sound
    assert (report.rows, report.writers, report.cameras, report.checkpoints, report.outside) == (12, 1, 2, 3, 3)
    assert (report.unsealed, report.erased) == (1, 0)


def test_an_empty_journal_is_sound(store: Store) -> None:
    report = store.read(lambda tx: journal.verify(tx, None))
    assert (report.rows, report.problems) == (0, ())


def test_every_flipped_byte_of_every_row_is_found(export: Export) -> None:
    missed = [
        (index, position)
        for index, row in enumerate(export.rows)
        for position in range(len(row.body))
        if not export.with_row(index, body=flipped(row.body, position)).kinds()
    ]
    assert missed == []


def test_every_changed_column_of_every_row_is_found(export: Export) -> None:
    changes: dict[str, object] = {
        "writer_id": "other",
        "seq": 77,
        "station_id": "other",
        "at": export.checkpoints[0].at - timedelta(microseconds=1),
        "event_class": "view.nothing",
        "subject_kind": "other",
        "subject_id": "other",
        "camera_id": "other",
        "camera_seq": 99,
        "actor_id": "other",
        "command_id": "other",
        "prev": "1" * 64,
        "hash": "1" * 64,
        "body": b"",
    }
    for index in range(len(export.rows)):
        for name, value in changes.items():
            assert export.with_row(index, **{name: value}).kinds(), (index, name)


def test_every_changed_topic_of_every_row_is_found(export: Export) -> None:
    """A row whose topics are gone is hidden from a filter; a false one shows it under another."""
    filed = [index for index, row in enumerate(export.rows) if row.topics]
    assert len(filed) > 6
    for index, row in enumerate(export.rows):
        other = export.rows[filed[0] if index != filed[0] else filed[1]].topics[0]
        assert export.with_row(index, topics=(*row.topics, other)).kinds() == {"topics"}, index
        for topic in row.topics:
            left = tuple(each for each in row.topics if each != topic)
            assert export.with_row(index, topics=left).kinds() == {"topics"}, index
            for place in range(len(topic)):
                false = (*topic[:place], "other", *topic[place + 1 :])
                assert export.with_row(index, topics=(*left, false)).kinds() == {"topics"}, (index, place)


def test_changed_clear_text_is_found_and_erased_clear_text_is_counted(export: Export) -> None:
    index = next(index for index, row in enumerate(export.rows) if row.personal)
    ((name, salt, value),) = export.rows[index].personal
    for personal in ((name, salt, "x"), (name, flipped(salt, 0), value), ("other", salt, value)):
        assert export.with_row(index, personal=(personal,)).kinds() == {"personal"}
    erased = export.with_row(index, personal=()).examine()
    assert (erased.problems, erased.erased) == ((), 1)


@pytest.mark.parametrize("index", range(12))
def test_a_dropped_row_is_found(export: Export, index: int) -> None:
    rows = export.rows[:index] + export.rows[index + 1 :]
    report = replace(export, rows=rows).examine()
    # The last row stands behind the newest checkpoint: its loss is what `unsealed` warns of.
    assert report.problems or (index == 11 and report.unsealed == 0)


def test_swapped_and_doubled_rows_are_found(export: Export) -> None:
    for index in range(len(export.rows) - 1):
        swapped = (*export.rows[:index], export.rows[index + 1], export.rows[index], *export.rows[index + 2 :])
        assert replace(export, rows=swapped).kinds() & {"missing", "doubled", "chain"}
        doubled = (*export.rows[: index + 1], *export.rows[index:])
        assert "doubled" in replace(export, rows=doubled).kinds()


def test_two_bodies_that_changed_places_are_found(export: Export) -> None:
    one, two = export.rows[3], export.rows[4]
    changed = export.with_row(3, body=two.body, hash=two.hash).with_row(4, body=one.body, hash=one.hash)
    assert "columns" in changed.kinds()


@pytest.mark.parametrize("kept", range(11))
def test_a_chain_that_was_cut_off_is_found(export: Export, kept: int) -> None:
    assert "truncated" in replace(export, rows=export.rows[:kept]).kinds()


def test_a_chain_that_was_cut_off_together_with_the_table_is_found_by_the_log(export: Export) -> None:
    cut = replace(export, rows=export.rows[:4], checkpoints=())
    assert cut.kinds() == {"truncated", "checkpoint_missing"}
    assert replace(export, checkpoints=export.checkpoints[:2]).kinds() == {"checkpoint_missing"}


def test_a_chain_that_was_computed_anew_is_found(export: Export) -> None:
    def forge(values: dict[str, JsonValue]) -> None:
        if values["class"] == "view.picture":
            values["data"] = {"after_ms": 1}

    assert rechained(export.rows) == list(export.rows)
    forged = replace(export, rows=tuple(rechained(export.rows, forge)))
    assert forged.kinds() == {"checkpoint_head"}
    without_a_view = tuple(rechained([row for row in export.rows if row.event_class != "view.opened"]))
    assert replace(export, rows=without_a_view).kinds() >= {"checkpoint_head"}


def test_a_row_taken_from_a_camera_that_no_checkpoint_covers_yet_breaks_the_cameras_chain(export: Export) -> None:
    """The forger links the writers' chain again but forgets, or cannot explain, the camera's own number."""
    open_end = replace(export, checkpoints=(), log="")
    index = next(index for index, row in enumerate(export.rows) if row.event_class == "view.opened")
    camera = decode(export.rows[index + 1].body)["camera"]

    def keep_number(values: dict[str, JsonValue]) -> None:
        values["class"] = "view.nothing"

    rows = list(rechained(open_end.rows, keep_number))
    values = decode(rows[index + 1].body)
    assert isinstance(values["camera"], dict)
    assert isinstance(camera, dict)
    changes: list[dict[str, JsonValue]] = [{"seq": 7}, {"prev": "2" * 64}, {"id": "other"}]
    for change in changes:
        values["camera"] = camera | change
        body = encode(values)
        assert "camera" in open_end.with_row(index + 1, body=body, hash=row_hash(body)).kinds()


def test_a_lower_and_an_unknown_version_are_found(export: Export) -> None:
    newer = b"\x02" + export.rows[2].body[1:]
    kinds = export.with_row(2, body=newer, hash=row_hash(newer)).kinds()
    assert {"version", "downgrade"} <= kinds
    older = b"\x00" + export.rows[2].body[1:]
    assert {"version", "downgrade"} <= export.with_row(2, body=older, hash=row_hash(older)).kinds()


@pytest.mark.parametrize(
    "body",
    [
        b"\x01",
        b"\x01[]",
        b"\x01{}",
        b"\x01\xff",
        b"\x01" + b"[" * 100_000,
        b"\x01" + b" " * 300_000,
        b'\x01{"a":1,"a":1}',
        b'\x01{"a":NaN}',
        b'\x01{"a":1e999}',
    ],
)
def test_bytes_that_no_writer_writes_are_found(export: Export, body: bytes) -> None:
    assert "bytes" in export.with_row(11, body=body, hash=row_hash(body)).kinds()


@pytest.mark.parametrize(
    "change",
    [
        {"seq": True},
        {"at": "2026-11-22"},
        {"at": 5},
        {"at": "2026-11-22T01:02:03.4Z"},
        {"subject": "x"},
        {"subject": ["a", 1]},
        {"camera": {"id": "x"}},
        {"camera": "x"},
        {"actor": {"person": 1, "role": "", "session": ""}},
        {"data": []},
        {"personal": []},
        {"writer": 3},
        {"more": 1},
    ],
)
def test_a_row_of_another_shape_is_found(export: Export, change: dict[str, JsonValue]) -> None:
    body = encode(decode(export.rows[11].body) | change)
    assert "bytes" in export.with_row(11, body=body, hash=row_hash(body)).kinds()


def test_every_flipped_byte_of_a_checkpoint_and_its_signature_is_found(export: Export) -> None:
    for index, checkpoint in enumerate(export.checkpoints):
        for position in range(len(checkpoint.body)):
            assert export.with_checkpoint(index, body=flipped(checkpoint.body, position)).kinds()
        for position in range(len(checkpoint.signature)):
            changed = flipped(checkpoint.signature, position)
            assert "checkpoint_signature" in export.with_checkpoint(index, signature=changed).kinds()
    for name, value in {"writer_id": "x", "number": 9, "station_id": "x", "hash": "x"}.items():
        assert export.with_checkpoint(1, **{name: value}).kinds() & {"checkpoint_columns", "checkpoint_chain"}
    later = export.checkpoints[1].at + timedelta(seconds=1)
    assert export.with_checkpoint(1, at=later).kinds() == {"checkpoint_columns"}


def test_an_old_checkpoint_in_the_place_of_a_new_one_is_found(export: Export) -> None:
    old = export.checkpoints[0]
    replayed = export.with_checkpoint(2, body=old.body, signature=old.signature, hash=old.hash)
    assert {"checkpoint_chain", "checkpoint_columns", "checkpoint_missing"} <= replayed.kinds()


def test_another_key_proves_nothing(export: Export) -> None:
    other = Ed25519PrivateKey.generate()
    assert {problem.kind for problem in export.examine(other.public_key()).problems} == {"checkpoint_key"}
    again = [_signed(checkpoint, other) for checkpoint in export.checkpoints]
    assert "checkpoint_key" in replace(export, checkpoints=tuple(again), log="").kinds()


def _signed(checkpoint: RawCheckpoint, key: Ed25519PrivateKey, **change: JsonValue) -> RawCheckpoint:
    values = decode(checkpoint.body) | {"key": journal.key_id(key.public_key())} | change
    body = encode(values)
    signature = key.sign(checkpoint_message(body))
    return replace(checkpoint, body=body, signature=signature, hash=checkpoint_hash(body))


def test_no_key_at_all_is_a_problem_where_there_are_checkpoints(lone_store: Store, clock: HandClock) -> None:
    live_a_little(lone_store, clock)
    report = lone_store.read(lambda tx: journal.verify(tx, None))
    assert {problem.kind for problem in report.problems} == {"checkpoint_key"}


def test_a_checkpoint_of_another_shape_or_version_is_found(export: Export) -> None:
    first = export.checkpoints[0]
    changes: list[dict[str, JsonValue]] = [
        {"more": 1},
        {"writers": []},
        {"writers": {"x": [1, "a"]}},
        {"writers": {"x": [True, "a", "b"]}},
    ]
    for change in changes:
        forged = _signed(first, KEY, **change)
        assert "checkpoint_bytes" in replace(export, checkpoints=(forged, *export.checkpoints[1:])).kinds()
    assert "checkpoint_version" in export.with_checkpoint(0, body=b"\x02" + first.body[1:]).kinds()


def test_a_second_truth_in_the_log_is_found(export: Export) -> None:
    """Two checkpoints with one number, both with the station's signature: the console that sealed them forked."""
    forged = _signed(export.checkpoints[2], KEY, station="elsewhere")
    assert replace(export, log=export.log + line_of(forged)).kinds() == {"checkpoint_missing"}
    unnumbered = _signed(export.checkpoints[2], KEY, number="three")
    assert "checkpoint_missing" in replace(export, log=export.log + line_of(unnumbered)).kinds()


def test_every_flipped_character_of_the_log_is_found(export: Export) -> None:
    raw = export.log.encode("ascii")
    missed = []
    for position in range(len(raw)):
        changed = flipped(raw, position).decode("ascii", errors="replace")
        if not replace(export, log=changed).kinds() and raw[position : position + 1] != b"\n":
            missed.append(position)
    assert missed == []


@pytest.mark.parametrize("line", ["x", "[]", "{}", '{"body": 1, "signature": 2}', '{"body": "!", "signature": ""}'])
def test_a_log_line_that_is_no_checkpoint_is_found(export: Export, line: str) -> None:
    assert replace(export, log=export.log + line + "\n").kinds() == {"log_line"}


def test_a_torn_line_is_what_a_power_loss_leaves_and_no_tampering(export: Export) -> None:
    last = export.log.splitlines()[-1]
    for length in (1, 20, len(last) - 1):
        assert replace(export, log=export.log[: -len(last) - 1] + last[:length]).kinds() == set()
        assert replace(export, log=export.log[: -len(last) - 1] + last[:length] + "\n" + last + "\n").kinds() == set()


def test_lines_that_a_crash_kept_out_of_the_log_are_added_and_torn_ones_closed(
    lone_store: Store, clock: HandClock
) -> None:
    live_a_little(lone_store, clock)
    path = lone_store.place.data_dir / journal.CHECKPOINT_LOG
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    seal(lone_store)
    report = lone_store.read(lambda tx: journal.verify(tx, KEY.public_key()))
    assert (report.problems, report.outside) == ((), 4)
    path.unlink()
    seal(lone_store)
    report = lone_store.read(lambda tx: journal.verify(tx, KEY.public_key()))
    assert (report.problems, report.outside) == ((), 5)


def _run(store: Store, *statements: str) -> None:
    def work(tx: Tx) -> None:
        for statement in statements:
            tx.session.connection().exec_driver_sql(statement)

    write(store, work)


# On the databases themselves: a forger who owns them drops the guards first.


def _unguarded(store: Store) -> Iterator[str]:
    if store.place.sqlite_path is not None:
        yield from (
            f"DROP TRIGGER guard_{table}_{verb}"
            for table in ("journal", "checkpoint")
            for verb in ("update", "delete", "insert")
        )
    else:
        yield from (f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in ("journal", "checkpoint"))


@pytest.mark.parametrize(
    ("forgery", "kinds"),
    [
        ("UPDATE journal SET event_class = 'view.nothing' WHERE seq = 6", {"columns"}),
        ("DELETE FROM journal WHERE seq = 5", {"missing", "chain", "camera", "checkpoint_head", "view_record"}),
        ("UPDATE journal SET hash = 'x' WHERE seq = 6", {"hash", "columns"}),
        ("DELETE FROM checkpoint WHERE number = 3", {"checkpoint_missing"}),
        ("DELETE FROM journal_topic", {"topics"}),
        ("UPDATE journal_topic SET topic = 'purpose:sos' WHERE substr(topic, 1, 8) = 'purpose:'", {"topics"}),
        ("UPDATE journal_topic SET camera_id = 'x'", {"topics"}),
        ("UPDATE journal_personal SET value = 'somebody else'", {"personal"}),
    ],
)
def test_a_forger_with_the_database_in_his_hands_is_found(
    store: Store, clock: HandClock, forgery: str, kinds: set[str]
) -> None:
    live_a_little(store, clock)

    _run(store, *_unguarded(store), forgery)
    report = store.read(lambda tx: journal.verify(tx, KEY.public_key()))
    kinds = kinds | {"guard"}
    assert {problem.kind for problem in report.problems} == kinds
    assert {problem.text_key for problem in report.problems} == {f"journal.{kind}" for kind in kinds}


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE journal_topic SET seq = 99 WHERE topic LIKE 'purpose:%'",
        "UPDATE journal_topic SET writer_id = 'x' WHERE topic LIKE 'purpose:%'",
        "UPDATE journal_topic SET seq = -1 WHERE topic LIKE 'purpose:%' AND seq < 9",
        "UPDATE journal_topic SET seq = 'x' WHERE topic LIKE 'purpose:%'",
    ],
)
def test_topics_of_rows_that_are_not_there_are_found(lone_store: Store, clock: HandClock, forgery: str) -> None:
    live_a_little(lone_store, clock)
    path = lone_store.place.sqlite_path
    assert path is not None
    with closing(sqlite3.connect(path)) as past_us, past_us:
        assert past_us.execute(forgery).rowcount
    report = lone_store.read(lambda tx: journal.verify(tx, KEY.public_key()))
    assert {problem.kind for problem in report.problems} == {"topics"}


def test_erasing_personal_values_keeps_the_chain_valid(store: Store, clock: HandClock) -> None:
    officer = enrol(store)
    seal(store)
    (row,) = store.read(lambda tx: journal.read_rows(tx, {}, 10))
    assert store.read(lambda tx: journal.personal_values(tx, row.writer_id, row.seq)) == {"display_name": "สมชาย ใจดี"}
    assert write(store, lambda tx: journal.erase_personal(tx, ("person", officer.id))) == 1
    assert store.read(lambda tx: journal.personal_values(tx, row.writer_id, row.seq)) == {}
    report = store.read(lambda tx: journal.verify(tx, KEY.public_key()))
    assert (report.problems, report.erased) == ((), 1)
    assert store.read(lambda tx: journal.read_rows(tx, {}, 10))[-1].event_class == "personal.erased"


def test_clear_text_is_committed_to_with_its_salt(lone_store: Store) -> None:
    enrol(lone_store)
    (raw,) = Export.of(lone_store).rows
    ((name, salt, value),) = raw.personal
    assert decode(raw.body)["personal"] == {name: commitment(salt, value)}
    assert value.encode() not in raw.body
    assert len(salt) == 32


def test_rows_are_found_by_class_subject_camera_writer_time_and_place(store: Store, clock: HandClock) -> None:
    live_a_little(store, clock)

    def found(**only: object) -> list[int]:
        chosen = journal.RowFilter(**only)  # type: ignore[arg-type]  # the table of cases below
        return store.read(lambda tx: [row.seq for row in journal.read_rows(tx, {}, 100, chosen)])

    every = store.read(lambda tx: journal.read_rows(tx, {}, 100))
    opened = next(row for row in every if row.event_class == "view.opened")
    assert found(event_classes=["view.opened"]) == [4, 9]
    assert found(subject=opened.subject) == [4, 5, 6]
    assert found(camera_id=opened.camera_id) == [2, 3, 4, 5, 6]
    assert found(writer_id=new_id()) == []
    assert found(since=clock.now()) == [11, 12]
    assert [row.seq for row in every if row.seq > 10] == store.read(
        lambda tx: [row.seq for row in journal.read_rows(tx, {store.writer.id: 10}, 100)]
    )
    assert store.read(journal.newest_time) == clock.now()


def test_a_row_that_is_too_long_is_refused(lone_store: Store) -> None:
    event = journal.JournalEvent("x", ("y", "z"), {"text": "x" * 300_000})
    with pytest.raises(ValueError, match="too long"):
        write(lone_store, lambda tx: tx.record(event))


def test_guards_are_in_force_and_put_back_when_gone(store: Store, clock: HandClock) -> None:
    live_a_little(store, clock)
    statements = [
        "UPDATE journal SET event_class = 'x'",
        "DELETE FROM journal",
        "UPDATE checkpoint SET hash = 'x'",
        "DELETE FROM checkpoint",
        "INSERT INTO checkpoint SELECT writer_id, 9, station_id, at, hash, body, signature FROM checkpoint LIMIT 1",
    ]
    if store.place.sqlite_path is None:
        statements += ["TRUNCATE journal CASCADE", "TRUNCATE checkpoint"]
    else:
        statements += ["INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 5"]

    for statement in statements:
        with pytest.raises(Exception, match=r"append-only|no gaps|constraint"):
            _run(store, statement)
    assert store.read(lambda tx: journal.verify(tx, KEY.public_key())).sound

    _run(store, *_unguarded(store))
    store.close()
    reopened = Store.open(store.place, clock=clock, writer=store.writer)
    try:
        row = reopened.read(lambda tx: journal.read_rows(tx, {}, 100))[-1]
        assert (row.event_class, len(list(row.data["names"]))) == ("guards.restored", 6)  # type: ignore[arg-type]
        assert reopened.read(lambda tx: schema.missing_guards(tx.session.connection())) == []
    finally:
        reopened.close()


@pytest.fixture
def station_key(lone_store: Store) -> Ed25519PrivateKey:
    vault = Vault(MemoryKeyring())
    write(lone_store, vault.create)
    return lone_store.read(vault.signer)


def test_the_farthest_signed_heads_are_read_from_the_end(
    lone_store: Store, station_key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lone_store.read(journal.sealed_outside) == {}, "nothing is sealed yet"
    for number in range(20):
        record(lone_store, journal.JournalEvent("test.row", ("test", str(number))))
        write(lone_store, lambda tx: journal.checkpoint(tx, station_key))
    path = lone_store.place.data_dir / journal.CHECKPOINT_LOG
    good = path.read_text("ascii")
    newest = lone_store.read(lambda tx: journal.journal_head(tx.session, tx.writer.id))
    expected = {lone_store.writer.id: newest}
    for block in (1 << 16, 97):
        monkeypatch.setattr(journal_seal, "_BLOCK", block)
        assert lone_store.read(journal.sealed_outside) == expected
    body = encode({"writers": {}})
    forged = log_line(body, KEY.sign(checkpoint_message(body)))
    later = bytes([99]) + body[1:]
    unknown = log_line(later, station_key.sign(checkpoint_message(later)))
    old = good.splitlines()[0]
    path.write_text("\n".join((good, forged, unknown, old, "torn", "[" * 200_000, "")), "ascii")
    assert lone_store.read(journal.sealed_outside) == expected
    monkeypatch.setattr(journal_seal, "_LONGEST_LINE", 10)
    path.write_text(good + "x" * 5000, "ascii")
    assert lone_store.read(journal.sealed_outside) == {}, "longer lines are not kept whole"


def test_without_a_vault_nothing_is_signed(lone_store: Store) -> None:
    write(lone_store, lambda tx: journal.checkpoint(tx, KEY))
    assert lone_store.read(journal.sealed_outside) == {}


def test_a_log_line_nested_too_deeply_is_reported(lone_store: Store) -> None:
    record(lone_store, journal.JournalEvent("test.row", ("test", "1")))
    write(lone_store, lambda tx: journal.checkpoint(tx, KEY))
    with (lone_store.place.data_dir / journal.CHECKPOINT_LOG).open("a", encoding="ascii") as log:
        log.write("[" * 200_000 + "\n")
    report = lone_store.read(lambda tx: journal.verify(tx, KEY.public_key()))
    assert (report.rows, report.sound) == (1, False)
