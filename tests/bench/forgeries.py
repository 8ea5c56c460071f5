"""What a forger does to a journal: one function for each kind of attack, on values, so that thousands are tried.

A forger may have the database, `checkpoints.log` and the program's source. An insider also has the station's key: then
only what the rows say of each other and of the tables can give him away.
"""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.db.journal_examine import RawCheckpoint, RawRow
from console.db.journal_format import (
    NO_HASH,
    Head,
    JsonValue,
    cameras_digest,
    checkpoint_hash,
    checkpoint_message,
    decode,
    encode,
    key_id,
    log_line,
    parse_log_line,
    row_hash,
)
from console.db.journal_topics import topics_of
from console.db.journal_traces import RawView
from tests.bench.histories import KEY, Material

Values = dict[str, JsonValue]
OTHER_KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
_MAY_BE_EMPTY: Final = frozenset({"ended_at", "end_reason", "first_picture_at", "incident_id"})
_ANY: Final = ("x", "view.nothing", "other")


def _chosen(made: Material, dice: random.Random) -> tuple[int, RawRow]:
    index = dice.randrange(len(made.rows))
    return index, made.rows[index]


def _with_row(made: Material, index: int, **changes: Any) -> Material:
    return replace(made, rows=(*made.rows[:index], replace(made.rows[index], **changes), *made.rows[index + 1 :]))


def _with_checkpoint(made: Material, index: int, **changes: Any) -> Material:
    changed = replace(made.checkpoints[index], **changes)
    return replace(made, checkpoints=(*made.checkpoints[:index], changed, *made.checkpoints[index + 1 :]))


def _flipped(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


# One place


def flip_body(made: Material, dice: random.Random) -> Material:
    """One bit of a row's bytes; half the time its hash is made to fit."""
    index, row = _chosen(made, dice)
    body = _flipped(row.body, dice)
    return _with_row(made, index, body=body, **({"hash": row_hash(body)} if dice.random() < 0.5 else {}))


def flip_column(made: Material, dice: random.Random) -> Material:
    """Another value in one of the columns that repeat the bytes."""
    index, row = _chosen(made, dice)
    name = dice.choice([each.name for each in fields(RawRow) if each.name not in {"body", "personal", "topics"}])
    old = getattr(row, name)
    new = old + dice.choice((-1, 1, 1000)) if isinstance(old, int) else dice.choice(_ANY)
    if old is None:
        new = 7 if name == "camera_seq" else "x"
    return _with_row(made, index, **{name: new})


def flip_words(made: Material, dice: random.Random) -> Material:
    """Other clear text or salt beside a row, or clear text that no row promised."""
    held = [index for index, row in enumerate(made.rows) if row.personal]
    if not held:
        index, _row = _chosen(made, dice)
        return _with_row(made, index, personal=(("name", bytes(32), "x"),))
    index = dice.choice(held)
    name, salt, value = dice.choice(made.rows[index].personal)
    other = dice.choice(((name, salt, f"{value}."), (name, _flipped(salt, dice), value), ("other", salt, value)))
    return _with_row(made, index, personal=(other,))


def flip_topic(made: Material, dice: random.Random) -> Material:
    """An entry of the filter index is gone, put in, or another."""
    filed = [index for index, row in enumerate(made.rows) if row.topics]
    index, source = dice.choice(range(len(made.rows))), dice.choice(filed)
    row, topic = made.rows[index], dice.choice(made.rows[source].topics)
    if not row.topics or dice.random() < 0.3:
        return _with_row(made, index, topics=(*row.topics, topic))
    if dice.random() < 0.5:
        return _with_row(made, index, topics=row.topics[1:])
    first, *rest = row.topics
    place = dice.randrange(len(first))
    false: Any = (*first[:place], "other", *first[place + 1 :])
    return _with_row(made, index, topics=(false, *rest))


def flip_checkpoint(made: Material, dice: random.Random) -> Material:
    """One bit of a checkpoint or of its signature."""
    index = dice.randrange(len(made.checkpoints))
    name = dice.choice(("body", "signature"))
    return _with_checkpoint(made, index, **{name: _flipped(getattr(made.checkpoints[index], name), dice)})


def flip_log(made: Material, dice: random.Random) -> Material:
    """Another character in `checkpoints.log`."""
    lines = made.log.splitlines()
    whole = [number for number, line in enumerate(lines) if parse_log_line(line) is not None]
    number = dice.choice(whole)
    place = dice.randrange(len(lines[number]))
    sign = dice.choice([sign for sign in 'ABCxyz019+/"{}' if sign != lines[number][place]])
    lines[number] = f"{lines[number][:place]}{sign}{lines[number][place + 1 :]}"
    return replace(made, log="\n".join(lines))


# Rows come and go


def drop_row(made: Material, dice: random.Random) -> Material:
    index, _row = _chosen(made, dice)
    return replace(made, rows=(*made.rows[:index], *made.rows[index + 1 :]))


def duplicate_row(made: Material, dice: random.Random) -> Material:
    """A row stands twice; half the time at the end, under the next number."""
    index, row = _chosen(made, dice)
    if dice.random() < 0.5:
        return replace(made, rows=(*made.rows[: index + 1], *made.rows[index:]))
    last = max(each.seq for each in made.rows if each.writer_id == row.writer_id)
    return replace(made, rows=(*made.rows, replace(row, seq=last + 1)))


def swap_rows(made: Material, dice: random.Random) -> Material:
    """Two rows change their numbers, or only their bytes."""
    (one, first), (two, second) = _chosen(made, dice), _chosen(made, dice)
    while second is first:
        two, second = _chosen(made, dice)
    if dice.random() < 0.5:
        swapped = _with_row(made, one, writer_id=second.writer_id, seq=second.seq)
        return _with_row(swapped, two, writer_id=first.writer_id, seq=first.seq)
    swapped = _with_row(made, one, body=second.body, hash=second.hash)
    return _with_row(swapped, two, body=first.body, hash=first.hash)


def replay_row(made: Material, dice: random.Random) -> Material:
    """What an earlier row said stands once more, where the chain ends, under that number and link."""
    _index, row = _chosen(made, dice)
    place = max(index for index, each in enumerate(made.rows) if each.writer_id == row.writer_id)
    last = made.rows[place]
    values = decode(row.body) | {"seq": last.seq, "prev": last.prev, "command": "forged"}
    return replace(made, rows=(*made.rows[:place], _row_of(encode(values), last), *made.rows[place + 1 :]))


def cut_tail(made: Material, dice: random.Random) -> Material:
    """The end of a console's chain is gone: with the table's checkpoints, with the file's, with what is remembered."""
    writer = dice.choice(sorted({row.writer_id for row in made.rows}))
    last = max(row.seq for row in made.rows if row.writer_id == writer)
    kept = dice.randrange(last)
    cut = replace(made, rows=tuple(row for row in made.rows if row.writer_id != writer or row.seq <= kept))
    depth = dice.randrange(4)
    if depth >= 1:
        cut = replace(cut, checkpoints=tuple(each for each in made.checkpoints if _reaches(each.body, writer) <= kept))
    if depth >= 2:
        cut = replace(cut, log="\n".join(line for line in made.log.splitlines() if _line_reaches(line, writer) <= kept))
    if depth == 3:
        cut = replace(cut, remembered="")
    return cut


def _reaches(body: bytes, writer: str) -> int:
    vector: Any = decode(body)["writers"]
    return int(vector[writer][0]) if writer in vector else 0


def _line_reaches(line: str, writer: str) -> int:
    pair = parse_log_line(line)
    return 0 if pair is None else _reaches(pair[0], writer)


def old_checkpoint(made: Material, dice: random.Random) -> Material:
    """An older checkpoint in a newer one's place; or the newest ones are gone from the table."""
    if dice.random() < 0.5:
        kept = dice.randrange(len(made.checkpoints))
        return replace(made, checkpoints=made.checkpoints[:kept])
    one, other = dice.sample(range(len(made.checkpoints)), 2)
    older = made.checkpoints[other]
    return _with_checkpoint(made, one, body=older.body, signature=older.signature, hash=older.hash)


# Chains computed anew


def rechain(made: Material, dice: random.Random) -> Material:
    """A row's content is changed, and every link behind it computed again."""
    index, row = _chosen(made, dice)
    changes: list[Values] = [
        {"at": "2026-01-01T00:00:00.000000Z"},
        {"class": "view.nothing"},
        {"actor": None if decode(row.body)["actor"] else {"person": "p", "role": "it", "session": "s"}},
        {"data": {"purpose": "sos"}},
        {"command": "other"},
    ]
    change = dice.choice(changes)
    return _anew(made, lambda place, values: values | change if place == index else values)


def insert_row(made: Material, dice: random.Random) -> Material:
    """A row that nobody wrote, before one that was sealed, and the chain behind it computed again.

    Behind the newest seal nothing tells an added row from one that a console wrote: the report counts those.
    """
    ends = {row.writer_id: place for place, row in enumerate(made.rows)}
    index = dice.choice([place for place, row in enumerate(made.rows) if ends[row.writer_id] != place])
    rows = (*made.rows[:index], made.rows[index], *made.rows[index:])
    return _anew(replace(made, rows=rows), lambda _place, values: values, renumber=True)


def wrong_key(made: Material, dice: random.Random) -> Material:
    """All is computed anew and signed, with a key that is not the station's."""
    changed = rechain(made, dice)
    return _sealed_anew(changed, OTHER_KEY)


def duplicate_key(made: Material, dice: random.Random) -> Material:
    """A key stands twice in a row's JSON; half the time the station's own key sealed it afterwards."""
    index, row = _chosen(made, dice)
    text = row.body[1:].decode("utf-8")
    key = dice.choice(("class", "at", "seq", "command", "actor"))
    value = dice.choice(('"x"', "null", "7", json.dumps(decode(row.body)[key], ensure_ascii=False)))
    place = dice.choice((1, len(text) - 1))
    more = f'"{key}":{value},' if place == 1 else f',"{key}":{value}'
    return _respelled(made, index, f"{text[:place]}{more}{text[place:]}", insider=dice.random() < 0.5)


def other_form(made: Material, dice: random.Random) -> Material:
    """The same words in another spelling: composed or not, escaped, with blanks."""
    index, row = _chosen(made, dice)
    text = row.body[1:].decode("utf-8")
    values = json.loads(text)
    forms = [unicodedata.normalize(form, text) for form in ("NFD", "NFKD", "NFKC")]
    forms += [json.dumps(values), json.dumps(values, indent=1), f"{text} ", text.replace("a", "\\u0061", 1)]
    return _respelled(made, index, dice.choice([form for form in forms if form != text]), insider=False)


def _respelled(made: Material, index: int, text: str, *, insider: bool) -> Material:
    """Put other bytes into a row. The chain behind is linked to them; an insider seals all of it again."""
    row = made.rows[index]
    spelled = {index: b"\x01" + text.encode("utf-8")}
    changed = _anew(made, lambda _place, values: values, spelled=spelled, writer=row.writer_id)
    return _sealed_anew(changed, KEY) if insider else changed


# Past a camera's chain, by an insider: every hash and signature is right


def past_camera(made: Material, dice: random.Random) -> Material:
    """What concerns a camera stands on no camera's chain, or on another's."""
    concerned = [index for index, row in enumerate(made.rows) if row.camera_id and row.subject_kind != "consent"]
    index = dice.choice(concerned)
    others = sorted({row.camera_id for row in made.rows if row.camera_id} - {made.rows[index].camera_id})
    other = dice.choice([None, *others])
    subject = made.rows[index].subject_id
    whole = dice.random() < 0.5 and made.rows[index].subject_kind == "view"

    def routed(place: int, values: Values) -> Values:
        if place == index or (whole and made.rows[place].subject_id == subject):
            values["camera"] = None if other is None else {"id": other, "seq": 0, "prev": ""}
        return values

    return _sealed_anew(_anew(made, routed), KEY)


def past_journal_view(made: Material, dice: random.Random) -> Material:
    """The table of views says something else."""
    views = list(made.views)
    index = dice.randrange(len(views))
    view = views[index]
    deed = dice.randrange(3)
    if deed == 0:
        del views[index]
    elif deed == 1:
        views.append(view._replace(id=f"{view.id[:-1]}x"))
    else:
        name = dice.choice(view._fields)
        stored: dict[str, Any] = view._asdict()
        old = stored[name]
        new = None if old is not None and name in _MAY_BE_EMPTY else "x"
        views[index] = RawView(**(stored | {name: not old if isinstance(old, bool) else new}))
    return replace(made, views=tuple(views))


def past_journal_record(made: Material, dice: random.Random) -> Material:
    """A camera or a permission is another than the journal says."""
    records = list(made.records)
    index = dice.randrange(len(records))
    record = records[index]
    deed = dice.randrange(4)
    if deed == 0:
        del records[index]
    elif deed == 1:
        records.append(record._replace(id=f"{record.id[:-1]}x"))
    elif deed == 2:
        records[index] = record._replace(version=record.version + dice.choice((-1, 1)))
    else:
        columns: Mapping[str, Any] = record.columns or {}
        name = dice.choice(list(columns))
        old = columns[name]
        new = not old if isinstance(old, bool) else "2099-01-01T00:00:00.000000Z"
        records[index] = record._replace(columns={**columns, name: new})
    return replace(made, records=tuple(records))


# How a chain is computed again


def _anew(
    made: Material,
    forge: Callable[[int, Values], Values],
    *,
    renumber: bool = False,
    spelled: Mapping[int, bytes] | None = None,
    writer: str | None = None,
) -> Material:
    """Link every chain again over bodies that `forge` may have changed; `spelled` bytes stay as they are."""
    heads: dict[str, Head] = {}
    cameras: dict[tuple[str, str], Head] = {}
    rows = []
    for place, row in enumerate(made.rows):
        own = (spelled or {}).get(place)
        head = heads.get(row.writer_id, Head())
        values = forge(place, decode(row.body))
        values |= {"seq": head.seq + 1 if renumber else row.seq, "prev": head.hash}
        camera = values["camera"]
        if isinstance(camera, dict):
            last = cameras.get((row.writer_id, str(camera["id"])), Head(0, NO_HASH))
            values["camera"] = camera = {"id": camera["id"], "seq": last.seq + 1, "prev": last.hash}
        body = encode(values) if own is None else own
        new = Head(int(str(values["seq"])), row_hash(body))
        heads[row.writer_id] = new
        if isinstance(camera, dict):
            cameras[row.writer_id, str(camera["id"])] = Head(int(str(camera["seq"])), new.hash)
        rows.append(_row_of(body, row, values))
    return replace(made, rows=tuple(rows))


def _row_of(body: bytes, old: RawRow, values: Values | None = None) -> RawRow:
    """Return a row whose columns and topics fit its bytes."""
    told: Any = decode(body) if values is None else values
    camera, actor = told["camera"], told["actor"]
    person, camera_id = actor and actor["person"], camera and camera["id"]
    beside = (told["seq"], told["at"], told["station"], told["class"], person, camera_id)
    return replace(
        old,
        seq=told["seq"],
        at=told["at"],
        event_class=told["class"],
        camera_id=camera and camera["id"],
        camera_seq=camera and camera["seq"],
        actor_id=actor and actor["person"],
        command_id=told["command"],
        prev=told["prev"],
        hash=row_hash(body),
        body=body,
        topics=tuple((topic, *beside) for topic in sorted(topics_of(told["class"], told["subject"], told["data"]))),
    )


def _sealed_anew(made: Material, key: Ed25519PrivateKey) -> Material:
    """Make every checkpoint again over the rows as they are now, sign it, and put it wherever it was known."""
    rows: dict[str, list[RawRow]] = {}
    for row in made.rows:
        rows.setdefault(row.writer_id, []).append(row)
    makers: dict[str, str] = {}
    sealed: dict[str, RawCheckpoint] = {}
    for old in sorted(made.checkpoints, key=lambda each: each.at):
        values: Any = decode(old.body)
        vector = {writer: _head_at(rows[writer], seq) for writer, (seq, _head, _cameras) in values["writers"].items()}
        prev = makers.get(old.writer_id, NO_HASH)
        body = encode(values | {"writers": vector, "prev": prev, "key": key_id(key.public_key())})
        makers[old.writer_id] = checkpoint_hash(body)
        signature = key.sign(checkpoint_message(body))
        sealed[old.hash] = replace(old, body=body, signature=signature, hash=checkpoint_hash(body))
    fresh = [sealed[old.hash] for old in made.checkpoints]
    lines = "\n".join(log_line(each.body, each.signature) for each in fresh)
    papers = tuple(each.hash[:40] for each in fresh[-1:])
    return replace(made, checkpoints=tuple(fresh), log=lines, remembered=lines, papers=papers)


def _head_at(rows: Sequence[RawRow], seq: int) -> list[JsonValue]:
    cameras = {
        str(row.camera_id): Head(int(str(row.camera_seq)), row.hash)
        for row in rows
        if row.seq <= seq and row.camera_id is not None
    }
    return [seq, next(row.hash for row in rows if row.seq == seq), cameras_digest(cameras)]


ATTACKS: Final[Mapping[str, Callable[[Material, random.Random], Material]]] = {
    "flip a bit of a row": flip_body,
    "flip a column": flip_column,
    "flip clear text": flip_words,
    "flip a filter's topic": flip_topic,
    "flip a checkpoint": flip_checkpoint,
    "flip the checkpoint file": flip_log,
    "drop": drop_row,
    "duplicate": duplicate_row,
    "swap": swap_rows,
    "replay": replay_row,
    "truncate": cut_tail,
    "old checkpoint": old_checkpoint,
    "re-chain": rechain,
    "insert": insert_row,
    "wrong key": wrong_key,
    "duplicate JSON key": duplicate_key,
    "other Unicode form": other_form,
    "past a camera's chain": past_camera,
    "past the journal: a view": past_journal_view,
    "past the journal: a record": past_journal_record,
}
"""Every attack by its name; a new one is a function and a line here. Statements get theirs beside their verifier."""
