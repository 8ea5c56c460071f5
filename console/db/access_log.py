"""Finding rows of the journal, newest first: by kind of event, by day, and by what typed words may mean.

Reads only, and through indexes only: no stored byte is searched. What is shown comes from the rows' own bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    UnaryExpression,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    type_coerce,
    union_all,
)
from sqlalchemy.sql.base import ColumnCollection, ReadOnlyColumnCollection

from console.db.base import AnyTime, UtcTime
from console.db.journal_rows import JournalEntry, JournalTopic
from console.db.journal_topics import DENIED, INCIDENT, PERSON, PURPOSE, RECORD
from console.db.store import Tx

_JOURNAL: Final[FromClause] = JournalEntry.__table__
_TOPICS: Final[FromClause] = JournalTopic.__table__
_TOPIC_KINDS: Final = (PURPOSE, RECORD, PERSON, DENIED, INCIDENT)
"""The larger first: each is asked to leave out what the ones before it gave."""

ENOUGH: Final = 3000
"""So many rows tell which of two words is the rarer one."""

RowKey: TypeAlias = tuple[datetime, str, int]
"""Where a row stands in the log: time, writer, number."""

Columns: TypeAlias = ReadOnlyColumnCollection[str, Any] | ColumnCollection[str, Any]

Span: TypeAlias = tuple[datetime, datetime]
"""From (inclusive) to (exclusive)."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one typed word may mean. A row fits if any of these names it; a word that means nothing fits no row."""

    actors: frozenset[str] = frozenset()
    cameras: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    spans: tuple[Span, ...] = ()
    """Do not overlap."""
    topics: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Rows of these `classes` (none named: of all but the `hidden` ones), in the span, that fit every word."""

    classes: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    words: tuple[Meaning, ...] = ()


# Conditions. `row` is the journal or its topics: both have these columns, so one index answers whatever is asked.


def _is_one_of(row: FromClause, name: str, values: frozenset[str]) -> ColumnElement[bool]:
    # Sorted, so that the same question is the same text for the database.
    return func.coalesce(row.c[name], "").in_(sorted(values)) if values else false()


def _within(row: FromClause, spans: Iterable[Span]) -> ColumnElement[bool]:
    return or_(false(), *(and_(row.c.at >= start, row.c.at < end) for start, end in spans))


def _about(row: FromClause, topics: Iterable[str]) -> ColumnElement[bool]:
    """Whether the row has one of the topics."""
    wanted = sorted(topics)
    if not wanted:
        return false()
    other = _TOPICS.alias()
    same = [other.c[name] == row.c[name] for name in ("at", "writer_id", "seq")]
    return exists(select(1).where(other.c.topic.in_(wanted), *same))


def _fits(row: FromClause, meaning: Meaning) -> ColumnElement[bool]:
    return or_(
        _is_one_of(row, "actor_id", meaning.actors),
        _is_one_of(row, "camera_id", meaning.cameras),
        _is_one_of(row, "event_class", meaning.classes),
        _within(row, meaning.spans),
        _about(row, meaning.topics),
    )


def _base(row: FromClause, wanted: LogFilter) -> ColumnElement[bool]:
    """Span and kinds of event."""
    found: ColumnElement[bool] = true()
    if wanted.classes:
        found = and_(found, row.c.event_class.in_(sorted(wanted.classes)))
    elif wanted.hidden:
        found = and_(found, row.c.event_class.not_in(sorted(wanted.hidden)))
    if wanted.since is not None:
        found = and_(found, row.c.at >= wanted.since)
    if wanted.until is not None:
        found = and_(found, row.c.at < wanted.until)
    return found


# Branches: a word is asked meaning by meaning, each through its own index, and no row comes twice.


@dataclass(frozen=True, slots=True)
class _Branch:
    """Rows of one table; those of two branches of a word differ. `meant` is the part of the word that they fit."""

    row: FromClause
    condition: ColumnElement[bool]
    meant: Meaning = field(default_factory=Meaning)


def _branches(meaning: Meaning) -> Iterator[_Branch]:
    """The kind of event first: the indexes of the others hold it, so that leaving it out there costs nothing."""
    kinds = ([topic for topic in meaning.topics if topic.startswith(f"{kind}:")] for kind in _TOPIC_KINDS)
    steps = (
        Meaning(classes=meaning.classes),
        Meaning(actors=meaning.actors),
        Meaning(cameras=meaning.cameras),
        Meaning(spans=meaning.spans),
        *(Meaning(topics=frozenset(topics)) for topics in kinds),
    )
    told = Meaning()
    for step in steps:
        if step != Meaning():
            row = _TOPICS if step.topics else _JOURNAL
            yield _Branch(row, and_(_led_by(row, step), ~_fits(row, told)), step)
            told = _joined(told, step)


def _led_by(row: FromClause, step: Meaning) -> ColumnElement[bool]:
    """The condition that the index is searched by."""
    columns = {"event_class": step.classes, "actor_id": step.actors, "camera_id": step.cameras, "topic": step.topics}
    named = [row.c[name].in_(sorted(values)) for name, values in columns.items() if values]
    return named[0] if named else _within(row, step.spans)


def _joined(one: Meaning, other: Meaning) -> Meaning:
    return Meaning(
        one.actors | other.actors,
        one.cameras | other.cameras,
        one.classes | other.classes,
        (*one.spans, *other.spans),
        one.topics | other.topics,
    )


def _surely(word: Meaning, meant: Meaning) -> bool:
    """Whether every row of a branch fits the word, without asking."""
    sets = ((meant.actors, word.actors), (meant.cameras, word.cameras), (meant.classes, word.classes))
    named = all(part <= whole for part, whole in (*sets, (meant.topics, word.topics)))
    return named and set(meant.spans) <= set(word.spans)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a filter is asked. Good for as long as the filter is: rows that come later change nothing about it."""

    wanted: LogFilter
    parts: tuple[_Branch, ...]


def plan(tx: Tx, wanted: LogFilter) -> Plan:
    """Decide what is asked: the word that fewest rows fit leads, the others, span and kinds narrow it."""
    if not wanted.words:
        return Plan(wanted, (_Branch(_JOURNAL, _base(_JOURNAL, wanted)),))
    leader = wanted.words[0]
    if len(wanted.words) > 1:
        leader = min(wanted.words, key=lambda word: _amount(tx, _branches(word), ENOUGH))
    others = [word for word in wanted.words if word is not leader]
    return Plan(wanted, tuple(_narrowed(part, wanted, others) for part in _branches(leader)))


def _narrowed(part: _Branch, wanted: LogFilter, others: Sequence[Meaning]) -> _Branch:
    asked = (_fits(part.row, word) for word in others if not _surely(word, part.meant))
    return _Branch(part.row, and_(part.condition, _base(part.row, wanted), *asked))


def _amount(tx: Tx, parts: Iterable[_Branch], most: int | None = None) -> int:
    """Return how many rows there are; with `most` no more than these are counted, which takes a moment at any size."""
    found = 0
    for part in parts:
        if most is None:
            query = select(func.count()).select_from(part.row).where(part.condition)
        else:
            begun = select(literal(1)).select_from(part.row).where(part.condition).limit(most - found)
            query = select(func.count()).select_from(begun.subquery())
        found += tx.session.scalar(query) or 0
        if found == most:
            break
    return found


# Questions


def count_rows(tx: Tx, asked: Plan, most: int | None = None) -> int:
    """Return how many rows are wanted, counting `most` of them at most."""
    wanted = asked.wanted
    if not wanted.hidden or wanted.classes or wanted.words or most is not None:
        return _amount(tx, asked.parts, most)
    # Kinds that are named are counted through their index; the hidden ones, which are most, are not even looked at.
    shown = frozenset(_steps(tx, _JOURNAL.c.event_class)) - wanted.hidden
    return _amount(tx, plan(tx, replace(wanted, classes=shown)).parts) if shown else 0


def count_new(tx: Tx, wanted: LogFilter, heads: Mapping[str, int]) -> int:
    """Return how many of the wanted rows stand behind these heads: rows are only ever added."""
    grown = {name: heads.get(name, 0) for name, seq in chain_heads(tx).items() if seq > heads.get(name, 0)}
    new = or_(false(), *(and_(_JOURNAL.c.writer_id == name, _JOURNAL.c.seq > seq) for name, seq in grown.items()))
    fitting = (_fits(_JOURNAL, word) for word in wanted.words)
    return _amount(tx, [_Branch(_JOURNAL, and_(new, _base(_JOURNAL, wanted), *fitting))]) if grown else 0


def chain_heads(tx: Tx) -> dict[str, int]:
    """Return each writer's last number."""
    last = select(func.max(_JOURNAL.c.seq))
    writers = _steps(tx, _JOURNAL.c.writer_id)
    return {name: tx.session.scalar(last.where(_JOURNAL.c.writer_id == name)) or 0 for name in writers}


def _steps(tx: Tx, column: ColumnElement[str]) -> Iterator[str]:
    """Give each value of a column once, from one to the next through its index: grouping would read every row."""
    value: str | None = ""
    while value := tx.session.scalar(select(func.min(column)).where(column > value)):
        yield value


@dataclass(frozen=True, slots=True)
class Block:
    """Which of the wanted rows: `limit` after leaving out `skip`, newest first, or with `up` oldest first.

    `beside`: only those behind this place, in that direction.
    """

    skip: int
    limit: int
    beside: RowKey | None = None
    up: bool = False


def row_keys(tx: Tx, asked: Plan, block: Block) -> list[RowKey]:
    """Return the places of a block of rows."""
    parts = [_ordered(part, block) for part in asked.parts]
    if not parts:
        return []
    found: Select[Any] | CompoundSelect[Any] = parts[0]
    if len(parts) > 1:
        # Each part brings no more than the block needs; what remains to be merged is small.
        found = union_all(*(select(part.limit(block.skip + block.limit).subquery()) for part in parts))
        found = found.order_by(*_order(found.selected_columns, up=block.up))
    return [(row.at, row.writer_id, row.seq) for row in tx.session.execute(found.limit(block.limit).offset(block.skip))]


def _ordered(part: _Branch, block: Block) -> Select[Any]:
    key = (type_coerce(part.row.c.at, AnyTime), part.row.c.writer_id, part.row.c.seq)
    query = select(*key).where(part.condition).order_by(*_order(part.row.c, up=block.up))
    return query if block.beside is None else query.where(_beside(part.row, block.beside, up=block.up))


def _beside(row: FromClause, key: RowKey, *, up: bool) -> ColumnElement[bool]:
    """Whether a row stands behind the key in this direction. The time alone uses the index; the rest parts a moment."""
    at, whole = key[0], tuple_(row.c.at, row.c.writer_id, row.c.seq)
    there = tuple_(literal(at, UtcTime), literal(key[1]), literal(key[2]))
    return and_(row.c.at >= at, whole > there) if up else and_(row.c.at <= at, whole < there)


def _order(columns: Columns, *, up: bool) -> list[UnaryExpression[Any]]:
    chosen = (columns.at, columns.writer_id, columns.seq)
    return [column.asc() if up else column.desc() for column in chosen]


def place_of(tx: Tx, asked: Plan, key: RowKey) -> int | None:
    """Return how many wanted rows stand above this one, None if it is not wanted itself."""
    wanted = asked.wanted
    itself = and_(_JOURNAL.c.writer_id == key[1], _JOURNAL.c.seq == key[2], _base(_JOURNAL, wanted))
    if not _amount(tx, [_Branch(_JOURNAL, and_(itself, *(_fits(_JOURNAL, word) for word in wanted.words)))]):
        return None
    return _amount(
        tx, [_Branch(part.row, and_(part.condition, _beside(part.row, key, up=True))) for part in asked.parts]
    )
