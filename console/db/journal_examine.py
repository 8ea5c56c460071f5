"""Examines a journal as an opponent would have left it: every byte, every link, every checkpoint. Knows no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any, Final, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from console.db.base import is_time, time_text
from console.db.journal_foretold import Acted, as_foretold
from console.db.journal_format import (
    FORMAT_VERSION,
    NO_HASH,
    FormatError,
    Head,
    JsonValue,
    VersionError,
    cameras_digest,
    checkpoint_hash,
    checkpoint_message,
    commitment,
    decode,
    key_id,
    log_line,
    parse_log_line,
    row_hash,
)
from console.db.journal_topics import may_have_topics, topics_of
from console.db.journal_traces import Said, Traces

_ROW_PARTS: Final = itemgetter(
    "station",
    "writer",
    "seq",
    "prev",
    "at",
    "class",
    "subject",
    "camera",
    "actor",
    "command",
    "action",
    "data",
    "personal",
)
_ROW_TYPES: Final = frozenset(
    (str, str, int, str, str, str, list, camera, actor, str, str, dict, dict)
    for camera in (dict, type(None))
    for actor in (dict, type(None))
)
_CHECKPOINT_KEYS: Final = frozenset(("station", "writer", "number", "at", "prev", "key", "writers"))
_SUBJECT_TYPES: Final = (str, str)
_CAMERA_PARTS: Final = itemgetter("id", "seq", "prev")
_CAMERA_TYPES: Final = (str, int, str)
_ACTOR_PARTS: Final = itemgetter("person", "role", "session")
_ACTOR_TYPES: Final = (str, str, str)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it was written. `text_key` is a catalogue key.

    `record`: kind and id of the record that is not as the journal says; empty where a row itself is wrong.
    """

    kind: str
    writer: str
    seq: int
    text_key: str
    record: str = ""


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was looked at and what was found. `unsealed` rows stand behind the newest checkpoint of their writer."""

    rows: int
    writers: int
    cameras: int
    checkpoints: int
    outside: int
    unsealed: int
    erased: int
    problems: tuple[Problem, ...]
    undigested: int = 0
    """Consents that were recorded before their entries bore a fingerprint of them."""

    @property
    def sound(self) -> bool:
        return not self.problems


RawTopic: TypeAlias = tuple[str, int, str, str, str, str | None, str | None]
"""Topic, and what stands beside it of its row: the columns `BESIDE_TOPIC`, the time as text."""

BESIDE_TOPIC: Final = ("seq", "at", "station_id", "event_class", "actor_id", "camera_id")


@dataclass(slots=True)
class RawRow:
    """A row of the journal as it lies in the database, and the clear text beside it.

    Not frozen: a verifier makes a million of them. `at` is the time as text where it was read so.
    """

    writer_id: str
    seq: int
    station_id: str
    at: datetime | str
    event_class: str
    subject_kind: str
    subject_id: str
    camera_id: str | None
    camera_seq: int | None
    actor_id: str | None
    command_id: str
    prev: str
    hash: str
    body: bytes
    personal: tuple[tuple[str, bytes, str], ...] = ()
    topics: tuple[RawTopic, ...] = ()
    """What lies in the access log's filter index up to this row and belongs to no row before it."""


@dataclass(frozen=True, slots=True)
class RawCheckpoint:
    writer_id: str
    number: int
    station_id: str
    at: datetime
    hash: str
    body: bytes
    signature: bytes


_NOTHING: Final = (0, NO_HASH)
_NO_PROMISES: Final[Mapping[str, str]] = {}


@dataclass(slots=True)
class _Chain:
    """What is known of one writer while its rows go by; heads are number and hash."""

    head: tuple[int, str] = _NOTHING
    version: int = 0
    cameras: dict[str, tuple[int, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A checkpoint says: this writer stood here."""

    head: str
    cameras: str
    maker: str
    number: int


class Examiner:
    """Feed checkpoints (table, then log), then the rows in order of writer and seq, then ask for the report."""

    def __init__(self, public_key: Ed25519PublicKey | None) -> None:
        self._key = public_key
        self._key_id = ""
        if public_key is not None:
            self._key_id = key_id(public_key)
        self._problems: list[Problem] = []
        self._chains: defaultdict[str, _Chain] = defaultdict(_Chain)
        self._claims: defaultdict[tuple[str, int], list[_Claim]] = defaultdict(list)
        self._sealed: defaultdict[str, int] = defaultdict(int)
        self._makers: dict[str, Head] = {}
        self._bodies: dict[tuple[str, int], bytes] = {}
        self._lines: set[str] = set()
        self.traces = Traces(self._trace)
        """What the rows say of views and records, for whoever holds it against their tables."""
        self.topics = 0
        """How many topics lay beside the rows that went by."""
        self._counts = {"rows": 0, "checkpoints": 0, "outside": 0, "erased": 0}

    def _note(self, kind: str, writer: str, seq: int) -> None:
        self._problems.append(Problem(kind, writer, seq, f"journal.{kind}"))

    def _trace(self, kind: str, writer: str, seq: int, record: str) -> None:
        self._problems.append(Problem(kind, writer, seq, f"journal.{kind}", record))

    # Checkpoints

    def checkpoint(self, raw: RawCheckpoint) -> None:
        """Take a checkpoint of the table; in order of maker and number."""
        self._counts["checkpoints"] += 1
        self._bodies[(raw.writer_id, raw.number)] = raw.body
        self._lines.add(log_line(raw.body, raw.signature))
        maker = self._makers.get(raw.writer_id, Head())
        self._makers[raw.writer_id] = Head(raw.number, checkpoint_hash(raw.body))
        values = self._opened(raw.body, raw.signature, (raw.writer_id, raw.number))
        if values is None:
            return
        if raw.number != maker.seq + 1 or values["prev"] != maker.hash:
            self._note("checkpoint_chain", raw.writer_id, raw.number)
        columns = (raw.writer_id, raw.number, raw.station_id, time_text(raw.at), raw.hash)
        told = (values["writer"], values["number"], values["station"], values["at"], checkpoint_hash(raw.body))
        if columns != told:
            self._note("checkpoint_columns", raw.writer_id, raw.number)
        self._claim(values, raw.writer_id, raw.number)

    def _opened(self, body: bytes, signature: bytes, place: tuple[str, int]) -> dict[str, JsonValue] | None:
        """Check a checkpoint's signature and shape; None (and a problem) if it proves nothing."""
        try:
            values = decode(body)
        except VersionError:
            self._note("checkpoint_version", *place)
            return None
        except FormatError:
            self._note("checkpoint_bytes", *place)
            return None
        if frozenset(values) != _CHECKPOINT_KEYS or not _is_vector(values["writers"]):
            self._note("checkpoint_bytes", *place)
            return None
        if self._key is None or values["key"] != self._key_id:
            self._note("checkpoint_key", *place)
            return None
        try:
            self._key.verify(signature, checkpoint_message(body))
        except InvalidSignature:
            self._note("checkpoint_signature", *place)
            return None
        return values

    def _claim(self, values: Mapping[str, Any], maker: str, number: int) -> None:
        for writer, (seq, head, cameras) in values["writers"].items():
            self._claims[(writer, seq)].append(_Claim(head, cameras, maker, number))
            self._sealed[writer] = max(self._sealed[writer], seq)

    def log(self, text: str) -> None:
        """Take `checkpoints.log`. A line that is the torn beginning of a good one is what a power loss leaves."""
        lines = [line for line in text.splitlines() if line]
        good = self._lines | set(lines)
        for position, line in enumerate(lines, start=1):
            pair = parse_log_line(line)
            if pair is None:
                if not any(other != line and other.startswith(line) for other in good):
                    self._note("log_line", "", position)
                continue
            self._outside(*pair, position)

    def _outside(self, body: bytes, signature: bytes, position: int) -> None:
        self._counts["outside"] += 1
        values = self._opened(body, signature, ("", position))
        if values is None:
            return
        maker, number = str(values["writer"]), values["number"]
        if not isinstance(number, int) or self._bodies.get((maker, number)) != body:
            self._note("checkpoint_missing", maker, number if isinstance(number, int) else position)
            if isinstance(number, int):
                self._claim(values, maker, number)

    def remembered(self, text: str) -> None:
        """Take what this console remembers of its own seals, outside the data folder."""
        for line in text.splitlines():
            pair = parse_log_line(line)
            if pair is None:
                continue
            values = self._opened(*pair, ("", 0))
            if values is not None and self._bodies.get((str(values["writer"]), _number(values))) != pair[0]:
                self._note("older", str(values["writer"]), _number(values))
                self._claim(values, str(values["writer"]), _number(values))

    def on_paper(self, digest: str) -> bool:
        """Tell whether a checkpoint of the table has a hash that begins so. Where none has, the journal is older."""
        found = any(checkpoint_hash(body).startswith(digest) for body in self._bodies.values())
        if not found:
            self._note("older_paper", "", 0)
        return found

    # Rows

    def row(self, raw: RawRow) -> None:
        """Take the next row."""
        self._counts["rows"] += 1
        chain = self._chains[raw.writer_id]
        place = (raw.writer_id, raw.seq)
        computed = row_hash(raw.body)
        said = self._foretold(raw, chain, computed) or self._taken_apart(raw, chain, computed)
        if raw.topics:
            self.topics += len(raw.topics)
        if said is not None:
            if raw.topics or may_have_topics(said.row.event_class, said.row.subject_kind):
                self._topics(said, raw)
            self.traces.row(said, place)
        chain.head = (raw.seq, computed)
        if place in self._claims:
            self._compare(chain, place)

    def _foretold(self, raw: RawRow, chain: _Chain, computed: str) -> Said | None:
        """Read a row whose bytes are what all else foretells, as those of an honest journal are; or None."""
        if computed != raw.hash or raw.personal or chain.version != FORMAT_VERSION:
            return None
        camera = raw.camera_id
        found = as_foretold(raw, chain.head, chain.cameras.get(camera, _NOTHING) if camera else _NOTHING)
        if found is None:
            return None
        if camera is not None:
            chain.cameras[camera] = (raw.camera_seq or 0, computed)
        return Said(raw, *found, _NO_PROMISES)

    def _taken_apart(self, raw: RawRow, chain: _Chain, computed: str) -> Said | None:
        """Read a row the strict way and say what is wrong with it; None if it cannot be read."""
        seq, head, place = raw.seq, chain.head, (raw.writer_id, raw.seq)
        if seq != head[0] + 1:
            self._note("missing" if seq > head[0] else "doubled", *place)
        if computed != raw.hash:
            self._note("hash", *place)
        values: Any = self._decoded(raw, chain)
        if values is None:
            return None
        if values["prev"] != head[1]:
            self._note("chain", *place)
        said = _said(values, raw, computed)
        if _columns(said.row) != _columns(raw):
            self._note("columns", *place)
        camera = values["camera"]
        if camera is not None:
            self._camera(camera, chain, computed, place)
        if raw.personal or values["personal"]:
            self._personal(values["personal"], raw)
        return said

    def _decoded(self, raw: RawRow, chain: _Chain) -> dict[str, JsonValue] | None:
        version = raw.body[0] if raw.body else 0
        if version < chain.version:
            self._note("downgrade", raw.writer_id, raw.seq)
        chain.version = max(chain.version, version)
        try:
            values = decode(raw.body)
        except VersionError:
            self._note("version", raw.writer_id, raw.seq)
            return None
        except FormatError:
            self._note("bytes", raw.writer_id, raw.seq)
            return None
        if not _is_row(values):
            self._note("bytes", raw.writer_id, raw.seq)
            return None
        return values

    def _camera(self, camera: Any, chain: _Chain, computed: str, place: tuple[str, int]) -> None:
        head = chain.cameras.get(camera["id"], _NOTHING)
        if camera["seq"] != head[0] + 1 or camera["prev"] != head[1]:
            self._note("camera", *place)
        chain.cameras[camera["id"]] = (camera["seq"], computed)

    def _personal(self, promised: Any, raw: RawRow) -> None:
        held = {name: (salt, value) for name, salt, value in raw.personal}
        self._counts["erased"] += len(promised.keys() - held.keys())
        for name, (salt, value) in held.items():
            if promised.get(name) != commitment(salt, value):
                self._note("personal", raw.writer_id, raw.seq)

    def _topics(self, said: Said, raw: RawRow) -> None:
        """What is missing here hides the row from a filter; what is too much shows it under a wrong one."""
        row = said.row
        named = topics_of(row.event_class, (row.subject_kind, row.subject_id), said.data)
        beside = (row.seq, row.at, row.station_id, row.event_class, row.actor_id, row.camera_id)
        held = {topic[0] for topic in raw.topics}
        if held != named or len(raw.topics) != len(named) or any(topic[1:] != beside for topic in raw.topics):
            self._note("topics", raw.writer_id, raw.seq)

    def stray_topic(self, writer: str, seq: int) -> None:
        """Take a place that the filter index names and where no row stands, or none that can be read."""
        self._note("topics", writer, seq)

    def _compare(self, chain: _Chain, place: tuple[str, int]) -> None:
        claims = self._claims.pop(place)
        digest = cameras_digest({camera: Head(*head) for camera, head in chain.cameras.items()})
        for claim in claims:
            if claim.head != chain.head[1] or claim.cameras != digest:
                self._note("checkpoint_head", *place)

    def report(self) -> VerifyReport:
        """Close the books: a row that a checkpoint saw and that is not there was taken out or cut off."""
        for writer, seq in sorted(self._claims):
            cut_off = writer not in self._chains or seq > self._chains[writer].head[0]
            self._note("truncated" if cut_off else "checkpoint_head", writer, seq)
        cameras = {camera for chain in self._chains.values() for camera in chain.cameras}
        unsealed = sum(max(0, chain.head[0] - self._sealed[name]) for name, chain in self._chains.items())
        return VerifyReport(
            writers=len(self._chains),
            cameras=len(cameras),
            unsealed=unsealed,
            problems=tuple(self._problems),
            **self._counts,
        )


def _number(values: Mapping[str, Any]) -> int:
    return values["number"] if type(values["number"]) is int else 0


def _is_vector(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(head, list) and [type(part) for part in head] == [int, str, str] for head in value.values()
    )


def _is_row(values: Mapping[str, Any]) -> bool:
    """Tell whether the object has the shape that a writer gives it."""
    try:
        parts = _ROW_PARTS(values)
    except KeyError:
        return False
    camera, actor, subject = values["camera"], values["actor"], values["subject"]
    return (
        len(values) == len(parts)
        and tuple(map(type, parts)) in _ROW_TYPES
        and is_time(values["at"])
        and tuple(map(type, subject)) == _SUBJECT_TYPES
        and (camera is None or _has(camera, _CAMERA_PARTS, _CAMERA_TYPES))
        and (actor is None or _has(actor, _ACTOR_PARTS, _ACTOR_TYPES))
    )


def _has(value: Mapping[str, Any], names: itemgetter[Any], types: tuple[type, ...]) -> bool:
    try:
        return len(value) == len(types) and tuple(map(type, names(value))) == types
    except KeyError:
        return False


def _said(values: Mapping[str, Any], raw: RawRow, computed: str) -> Said:
    """Return what the bytes say, whatever stands in the columns."""
    camera, actor = values["camera"], values["actor"]
    row = RawRow(
        values["writer"],
        values["seq"],
        values["station"],
        values["at"],
        values["class"],
        values["subject"][0],
        values["subject"][1],
        camera and camera["id"],
        camera and camera["seq"],
        actor and actor["person"],
        values["command"],
        values["prev"],
        computed,
        raw.body,
        raw.personal,
    )
    return Said(row, values["data"], Acted(row.actor_id, actor and actor["session"]), values["personal"])


def _spelled(at: Any) -> str:
    return time_text(at) if isinstance(at, datetime) else str(at)


def _columns(raw: RawRow) -> tuple[Any, ...]:
    return (
        raw.writer_id,
        raw.seq,
        raw.station_id,
        raw.at if type(raw.at) is str else _spelled(raw.at),
        raw.event_class,
        raw.command_id,
        raw.prev,
        raw.subject_kind,
        raw.subject_id,
        raw.camera_id,
        raw.camera_seq,
        raw.actor_id,
        raw.hash,
    )
