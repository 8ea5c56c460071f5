"""Finding rows of the journal on both databases: what is found is what a reader of every row would find."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import event, select, text

from console.db import engines, journal, log_lines, migrate
from console.db.access_log import (
    Block,
    LogFilter,
    Meaning,
    RowKey,
    chain_heads,
    count_new,
    count_rows,
    place_of,
    plan,
    row_keys,
)
from console.db.cameras import CameraFacts, register_camera
from console.db.feeds import ViewOpening, end_view, open_view
from console.db.incidents import NewIncident, add_entry, open_incident
from console.db.journal import JournalEvent, JournalRow, JsonValue, read_rows
from console.db.journal_rows import JournalTopic
from console.db.journal_topics import topics_of
from console.db.places import StorePlace, Writer
from console.db.store import Store, Tx
from console.kernel import ConsoleError, EndReason, OwnerType, Purpose, Role, ViewKind, new_id
from tests.store.history import KEY
from tests.store.world import START, HandClock, Officer, enrol, write

HIDDEN = frozenset({"view.ended", "views.alive"})


@dataclass(frozen=True)
class World:
    """Who and what the rows may name, and all rows as they were written."""

    people: tuple[str, ...]
    cameras: tuple[str, ...]
    incidents: tuple[str, ...]
    rows: tuple[JournalRow, ...]

    def newest_first(self, wanted: LogFilter) -> list[RowKey]:
        keys = [key_of(row) for row in self.rows if fits(row, wanted)]
        return sorted(keys, reverse=True)


def key_of(row: JournalRow) -> RowKey:
    return row.at, row.writer_id, row.seq


def fits(row: JournalRow, wanted: LogFilter) -> bool:
    """What `LogFilter` promises, read off the row itself."""
    kinds = row.event_class in wanted.classes if wanted.classes else row.event_class not in wanted.hidden
    in_span = (wanted.since is None or row.at >= wanted.since) and (wanted.until is None or row.at < wanted.until)
    return kinds and in_span and all(means(row, word) for word in wanted.words)


def means(row: JournalRow, word: Meaning) -> bool:
    return (
        row.actor_id in word.actors
        or row.camera_id in word.cameras
        or row.event_class in word.classes
        or any(start <= row.at < end for start, end in word.spans)
        or bool(topics_of(row.event_class, row.subject, row.data) & word.topics)
    )


def live(store: Store, clock: HandClock) -> World:
    """A busy hour: views of all purposes, refusals, log-ins, changes, incidents with entries, signs of life."""
    dice = random.Random(7)
    officers = [enrol(store, f"officer{number}", Role.DUTY_OFFICER) for number in range(4)]
    cameras = [_camera(store, officers[0], number) for number in range(5)]
    incidents = [_incident(store, officers[number % 4]) for number in range(3)]
    for _number in range(90):
        clock.move(dice.choice((0, 0, 1, 30, 4000)))
        officer, camera = dice.choice(officers), dice.choice(cameras)
        purpose = dice.choice((Purpose.RISK_SPOT, Purpose.TRAFFIC, Purpose.INCIDENT))
        match dice.randrange(5):
            case 0 | 1:
                incident = dice.choice(incidents) if purpose is Purpose.INCIDENT else None
                _look(store, officer, ViewOpening(camera, purpose, ViewKind.WALL, None, incident))
            case 2:
                data = {"purpose": str(purpose), "reason": dice.choice(("expired", "withdrawn"))}
                _record(store, JournalEvent("view.denied", ("camera", camera), dict(data), camera), officer)
            case 3:
                _record(store, JournalEvent("login.ok", ("person", officer.id), {"role": "duty_officer"}), None)
            case _:
                _record(store, JournalEvent("views.alive", ("writer", "w"), {"views": []}), None)
    return World(tuple(officer.id for officer in officers), tuple(cameras), tuple(incidents), tuple(all_rows(store)))


def all_rows(store: Store) -> list[JournalRow]:
    return store.read(lambda tx: read_rows(tx, {}, 10_000))


def _camera(store: Store, officer: Officer, number: int) -> str:
    facts = CameraFacts(f"A{number}", f"หน้าร้าน {number}", "ถ.นครใน", OwnerType.SHOP)
    return write(store, lambda tx: register_camera(tx, facts), officer.session).id


def _incident(store: Store, officer: Officer) -> str:
    made = write(store, lambda tx: open_incident(tx, NewIncident("ทะเลาะวิวาท")), officer.session)
    write(store, lambda tx: add_entry(tx, made.id, "รถสายตรวจถึงที่เกิดเหตุ"), officer.session)
    return made.id


def _look(store: Store, officer: Officer, new: ViewOpening) -> None:
    view = write(store, lambda tx: open_view(tx, new), officer.session)
    write(store, lambda tx: end_view(tx, view.id, EndReason.CLOSED, tx.now))


def _record(store: Store, happened: JournalEvent, officer: Officer | None) -> None:
    write(store, lambda tx: tx.record(happened), officer.session if officer else None)


def random_filter(world: World, dice: random.Random) -> LogFilter:
    return LogFilter(
        classes=frozenset({"view.opened", "view.denied"}) if dice.random() < 0.3 else frozenset(),
        hidden=HIDDEN if dice.random() < 0.7 else frozenset(),
        since=START + timedelta(hours=dice.randrange(20)) if dice.random() < 0.3 else None,
        until=START + timedelta(hours=dice.randrange(60)) if dice.random() < 0.3 else None,
        words=tuple(random_word(world, dice) for _number in range(dice.randrange(4))),
    )


def random_word(world: World, dice: random.Random) -> Meaning:
    topics = [
        *("purpose:traffic", "purpose:incident", "denied:expired", "record:incident", "record:camera"),
        *(f"person:{person}" for person in world.people),
        *(f"incident:{incident}" for incident in world.incidents),
    ]
    start = START + timedelta(hours=dice.randrange(40))
    return Meaning(
        actors=frozenset(dice.sample(world.people, dice.randrange(3))),
        cameras=frozenset(dice.sample(world.cameras, dice.randrange(3))),
        classes=frozenset(dice.sample(("view.denied", "login.ok", "record.changed"), dice.randrange(2))),
        spans=((start, start + timedelta(hours=3)),) if dice.random() < 0.3 else (),
        topics=frozenset(dice.sample(topics, dice.randrange(4))),
    )


def test_every_filter_finds_what_a_reader_of_every_row_finds(store: Store, clock: HandClock) -> None:
    world = live(store, clock)
    dice = random.Random(11)
    found_in_all = 0
    for _number in range(70):
        wanted = random_filter(world, dice)
        expected = world.newest_first(wanted)
        found_in_all += len(expected)

        def compare(tx: Tx, wanted: LogFilter = wanted, expected: Sequence[RowKey] = expected) -> None:
            asked = plan(tx, wanted)
            assert count_rows(tx, asked) == len(expected), wanted
            assert [count_rows(tx, asked, most) for most in (1, 7)] == [min(most, len(expected)) for most in (1, 7)]
            assert row_keys(tx, asked, Block(0, 1000)) == list(expected), wanted
            assert row_keys(tx, asked, Block(0, 1000, up=True)) == list(expected)[::-1], wanted
            assert count_new(tx, wanted, {}) == len(expected), wanted
            for place in dice.sample(range(len(expected)), min(3, len(expected))):
                check_around(tx, wanted, list(expected), place)

        store.read(compare)
    assert found_in_all > 500


def check_around(tx: Tx, wanted: LogFilter, expected: list[RowKey], place: int) -> None:
    """From one row on, both ways, with and without leaving some out."""
    asked, key = plan(tx, wanted), expected[place]
    assert place_of(tx, asked, key) == place
    assert row_keys(tx, asked, Block(0, 5, key)) == expected[place + 1 : place + 6]
    assert row_keys(tx, asked, Block(3, 5, key)) == expected[place + 4 : place + 9]
    above = expected[:place][::-1]
    assert row_keys(tx, asked, Block(2, 4, key, up=True)) == above[2:6]
    assert row_keys(tx, asked, Block(place, 4)) == expected[place : place + 4]


def test_a_row_that_is_not_wanted_has_no_place(store: Store, clock: HandClock) -> None:
    world = live(store, clock)
    hidden = next(row for row in world.rows if row.event_class in HIDDEN)
    refused = next(row for row in world.rows if row.event_class == "view.denied")
    asked = LogFilter(hidden=HIDDEN, words=(Meaning(classes=frozenset({"login.ok"})),))

    def places(tx: Tx) -> list[int | None]:
        return [place_of(tx, plan(tx, asked), key_of(row)) for row in (hidden, refused)]

    assert store.read(places) == [None, None]


def test_only_rows_that_came_since_are_counted(store: Store, clock: HandClock) -> None:
    world = live(store, clock)
    officer = enrol(store, "late", Role.DUTY_OFFICER)
    heads = store.read(chain_heads)
    wanted = LogFilter(hidden=HIDDEN, words=(Meaning(actors=frozenset({officer.id})),))
    assert store.read(lambda tx: count_new(tx, wanted, heads)) == 0
    _look(store, officer, ViewOpening(world.cameras[0], Purpose.TRAFFIC, ViewKind.WALL, None))
    assert store.read(lambda tx: count_new(tx, wanted, heads)) == 1
    assert store.read(lambda tx: count_new(tx, wanted, store.read(chain_heads))) == 0


def test_heads_of_all_consoles_are_known(store: Store, clock: HandClock, writer: Writer) -> None:
    live(store, clock)
    last = max(row.seq for row in all_rows(store))
    own, other = store.writer, replace(writer, id=new_id())
    store.writer = other
    _record(store, JournalEvent("clock.jump", ("writer", other.id), {"seconds": 3}), None)
    store.writer = own
    assert store.read(chain_heads) == {own.id: last, other.id: 1}


# Through indexes only


@pytest.fixture
def plans(lone_store: Store) -> Callable[[Callable[[Tx], object]], list[str]]:
    """Return what SQLite says about how it answers the questions of a function."""

    def explain(ask: Callable[[Tx], object]) -> list[str]:
        asked: list[tuple[str, object]] = []

        def note(_connection: object, _cursor: object, statement: str, parameters: object, *_more: object) -> None:
            asked.append((statement, parameters))

        engine = lone_store._readers
        event.listen(engine, "before_cursor_execute", note)
        lone_store.read(ask)
        event.remove(engine, "before_cursor_execute", note)

        def told(tx: Tx) -> list[str]:
            connection = tx.session.connection()
            steps = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", tuple(given)) for sql, given in asked]  # type: ignore[arg-type] # sqlite3 gives tuples
            return [str(row[3]) for step in steps for row in step]

        return lone_store.read(told)

    return explain


@pytest.mark.parametrize(
    ("word", "index"),
    [
        (Meaning(actors=frozenset({"p"})), "COVERING INDEX ix_journal_actor"),
        (Meaning(cameras=frozenset({"c"})), "COVERING INDEX ix_journal_camera_at"),
        (Meaning(classes=frozenset({"view.denied"})), "COVERING INDEX ix_journal_event_class"),
        (Meaning(spans=((START, START + timedelta(days=1)),)), "COVERING INDEX ix_journal_at"),
        (Meaning(topics=frozenset({"purpose:traffic"})), "journal_topic USING PRIMARY KEY (topic=?"),
    ],
)
def test_a_word_is_asked_through_its_index(
    plans: Callable[[Callable[[Tx], object]], list[str]], word: Meaning, index: str
) -> None:
    wanted = LogFilter(words=(word,))
    for ask in (
        lambda tx: count_rows(tx, plan(tx, wanted)),
        lambda tx: row_keys(tx, plan(tx, wanted), Block(0, 100)),
    ):
        steps = plans(ask)
        assert any(index in step for step in steps), steps
        assert not any("TEMP B-TREE" in step for step in steps), steps


def test_the_whole_log_is_paged_through_the_index_of_time(
    plans: Callable[[Callable[[Tx], object]], list[str]],
) -> None:
    wanted = LogFilter(hidden=HIDDEN)
    key = (START, "w", 7)
    for block in (Block(0, 100), Block(500, 100), Block(5, 100, key), Block(0, 100, key, up=True)):
        (step,) = plans(partial(lambda block, tx: row_keys(tx, plan(tx, wanted), block), block))
        assert "COVERING INDEX ix_journal_at" in step


def test_what_ended_views_is_found_by_the_views_and_not_by_the_kind(
    plans: Callable[[Callable[[Tx], object]], list[str]],
) -> None:
    (step,) = plans(lambda tx: log_lines.view_ends(tx, ["a", "b"]))
    assert "ix_journal_subject (subject_kind=? AND subject_id=?)" in step


# What stands there


def test_rows_come_in_the_order_of_their_places_and_views_with_their_end(store: Store, clock: HandClock) -> None:
    world = live(store, clock)
    keys = [key_of(row) for row in world.rows[::3]]
    assert [key_of(row) for row in store.read(lambda tx: log_lines.read_lines(tx, keys))] == keys
    opened = [row.subject[1] for row in world.rows if row.event_class == "view.opened"]
    ends = store.read(lambda tx: log_lines.view_ends(tx, opened))
    assert set(ends) == set(opened)
    assert {end.data["reason"] for end in ends.values()} == {"closed"}
    assert store.read(lambda tx: log_lines.view_ends(tx, [])) == {}


def test_a_row_is_read_whole_or_not_found(store: Store, clock: HandClock) -> None:
    live(store, clock)
    row = next(row for row in all_rows(store) if row.personal_names)
    stored = store.read(lambda tx: log_lines.stored_row(tx, row.writer_id, row.seq))
    assert stored.raw.hash == row.hash
    assert stored.values["class"] == row.event_class
    assert set(stored.clear) == set(row.personal_names)
    assert store.read(lambda tx: log_lines.keys_of(tx, row.writer_id, row.seq)) == [key_of(row)]
    assert store.read(lambda tx: log_lines.keys_of(tx, row.writer_id, 99_999)) == []
    with pytest.raises(ConsoleError, match="not_found"):
        store.read(lambda tx: log_lines.stored_row(tx, row.writer_id, 99_999))


def test_the_first_moment_of_an_empty_journal_is_none(store: Store, clock: HandClock) -> None:
    assert store.read(log_lines.first_time) is None
    live(store, clock)
    assert store.read(log_lines.first_time) == all_rows(store)[0].at


# Rows of an older program


def topics_in(store: Store) -> set[tuple[int, str]]:
    query = select(JournalTopic.seq, JournalTopic.topic)
    return store.read(lambda tx: {(seq, topic) for seq, topic in tx.session.execute(query)})


def test_rows_written_before_the_topics_are_given_theirs(
    place: StorePlace, clock: HandClock, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.data_dir.mkdir(parents=True, exist_ok=True)
    engine = engines.writer_engine(place)
    migrate.create(engine, "0002")
    engine.dispose()
    happened = [
        JournalEvent("view.opened", ("view", "v1"), {"purpose": "incident", "incident": "i1", "kind": "wall"}, "c1"),
        JournalEvent("view.denied", ("camera", "c1"), {"purpose": "traffic", "reason": "expired"}, "c1"),
        JournalEvent("record.changed", ("camera", "c1"), {"op": "created", "fields": {}, "hidden": []}, "c1"),
        JournalEvent("record.changed", ("incident", "i1"), {"op": "created", "fields": {}, "hidden": []}),
        JournalEvent("login.ok", ("person", "p1"), {"role": "it"}),
        JournalEvent("views.alive", ("writer", "w1"), {"views": []}),
    ]
    old = Store(place, clock, writer, None)
    with monkeypatch.context() as before:
        before.setattr(journal, "topics_of", lambda *_event: set())
        for one in happened:
            _record(old, one, None)
    old.close()
    migrate.upgrade(place, clock, backed_up=True)
    store = Store.open(place, clock=clock, writer=writer)
    try:
        expected = {
            (seq, topic)
            for seq, one in enumerate(happened, start=1)
            for topic in topics_of(one.event_class, one.subject, one.data)
        }
        assert len(expected) == 8
        assert topics_in(store) == expected
    finally:
        store.close()


def test_an_entry_of_the_incident_log_is_about_its_incident() -> None:
    data: dict[str, JsonValue] = {"op": "created", "fields": {"incident_id": [None, "i1"], "at": [None, "x"]}}
    assert topics_of("record.changed", ("incident_entry", "e1"), data) == {"record:incident_entry", "incident:i1"}
    assert topics_of("record.changed", ("incident_entry", "e1"), {"fields": {}}) == {"record:incident_entry"}
    assert topics_of("view.opened", ("view", "v"), {"purpose": "sos", "incident": None}) == {"purpose:sos"}


# The check, with progress; and what an opponent with the file in his hands may write into its columns


def test_the_check_tells_how_far_it_is_and_can_be_ended(
    store: Store, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(store, clock)
    monkeypatch.setattr("console.db.journal_verify._AT_ONCE", 50)
    total = len(all_rows(store))
    told: list[tuple[int, int]] = []
    report = store.read(lambda tx: journal.verify(tx, KEY.public_key(), lambda *so_far: told.append(so_far)))
    assert report.sound
    assert told == [(done, total) for done in range(0, total, 50)]

    def enough(done: int, _total: int) -> None:
        if done >= 100:
            raise ConsoleError("journal.check_stopped")

    with pytest.raises(ConsoleError, match="check_stopped"):
        store.read(lambda tx: journal.verify(tx, KEY.public_key(), enough))


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ("UPDATE journal SET body = CAST(body AS TEXT) WHERE seq = 5", {"hash", "bytes"}),
        ("UPDATE journal SET body = 7 WHERE seq = 5", {"hash", "bytes", "version"}),
        ("UPDATE journal SET at = 'yesterday' WHERE seq = 5", {"columns"}),
        ("UPDATE journal SET camera_seq = 'x' WHERE camera_seq = 2", {"columns"}),
        ("UPDATE journal SET hash = x'00' WHERE seq = 5", {"hash", "columns"}),
        (
            "UPDATE journal SET seq = 'x' WHERE seq = (SELECT max(seq) FROM journal WHERE actor_id IS NULL)",
            {"missing", "doubled"},
        ),
        ("UPDATE journal_personal SET salt = 'salt', value = 7", {"personal"}),
        ("UPDATE checkpoint SET at = 'now', signature = 'none'", {"checkpoint_signature"}),
    ],
)
def test_values_of_a_foreign_type_are_findings_and_no_crash(
    lone_store: Store, clock: HandClock, change: str, kinds: set[str]
) -> None:
    live(lone_store, clock)
    write(lone_store, lambda tx: journal.checkpoint(tx, KEY))

    def tamper(tx: Tx) -> None:
        connection = tx.session.connection()
        for table in ("journal", "checkpoint"):
            connection.exec_driver_sql(f"DROP TRIGGER guard_{table}_update")
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        assert connection.execute(text(change)).rowcount

    write(lone_store, tamper)
    report = lone_store.read(lambda tx: journal.verify(tx, KEY.public_key()))
    found = {problem.kind for problem in report.problems}
    assert found & kinds, found


def test_the_newest_seal_is_known(store: Store, clock: HandClock) -> None:
    assert store.read(journal.sealed_until) is None
    write(store, lambda tx: journal.checkpoint(tx, KEY))
    clock.move(60)
    write(store, lambda tx: journal.checkpoint(tx, KEY))
    sealed: datetime | None = store.read(journal.sealed_until)
    assert sealed == clock.now()
