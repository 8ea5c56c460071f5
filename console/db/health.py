"""How cameras did while they were watched: one row a camera, hour and console with its sixty minutes, and outages.

These rows are telemetry: no journal, no version, may be forgotten by age. An hour's sums stand in columns, for lists of
many cameras; its minutes lie packed beside them, for one camera's chart and where two consoles watched at once.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, TypeAlias

from sqlalchemy import ColumnElement, Float, ForeignKey, Index, Integer, LargeBinary, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import ID_LENGTH, Base, UtcTime
from console.db.store import Tx, discard
from console.kernel import Fault, new_id

MINUTES: Final = 60
MINUTE_S: Final = 60
HOUR_S: Final = 3600
_BYTE: Final = 0xFF
_WORD: Final = 0xFFFF
_FORMAT: Final = "<" + "".join(f"{MINUTES}{code}" for code in "BBBBBHHHB")
_TENTHS: Final = 10


class Ending(StrEnum):
    """How an outage ended, as far as this console saw."""

    GOES_ON = ""
    BACK = "back"
    UNWATCHED = "unwatched"
    """Nobody watched any longer: whether the picture came back is not known."""


@dataclass(frozen=True, slots=True)
class Minute:
    """Seconds in each state during one minute, and what was measured in the `measured` ones of them."""

    live: int = 0
    stale: int = 0
    reconnecting: int = 0
    down: int = 0
    reconnects: int = 0
    rate: float = 0.0
    least: float = 0.0
    kbps: int = 0
    measured: int = 0

    @property
    def watched(self) -> int:
        return self.live + self.stale + self.reconnecting + self.down


Minutes: TypeAlias = Mapping[int, Minute]
"""Minute of the hour → what was seen; a minute in which nobody watched is absent."""


class HealthHour(Base):
    __tablename__ = "health_hour"

    hour: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """First in the key: rows are added at the end and forgotten at the beginning, and a span is one stretch."""
    camera_id: Mapped[str] = mapped_column(ForeignKey("camera.id"), primary_key=True)
    writer_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    station_id: Mapped[str] = mapped_column(String(64))
    live: Mapped[int] = mapped_column(Integer, default=0)
    stale: Mapped[int] = mapped_column(Integer, default=0)
    reconnecting: Mapped[int] = mapped_column(Integer, default=0)
    down: Mapped[int] = mapped_column(Integer, default=0)
    reconnects: Mapped[int] = mapped_column(Integer, default=0)
    measured: Mapped[int] = mapped_column(Integer, default=0)
    pictures: Mapped[float] = mapped_column(Float, default=0.0)
    kbits: Mapped[float] = mapped_column(Float, default=0.0)
    least: Mapped[float | None] = mapped_column(Float)
    gap_s: Mapped[float] = mapped_column(Float, default=0.0)
    probes: Mapped[int] = mapped_column(Integer, default=0)
    answered: Mapped[int] = mapped_column(Integer, default=0)
    minutes: Mapped[bytes] = mapped_column(LargeBinary, default=b"")

    __table_args__ = ({"sqlite_with_rowid": False},)


class HealthOutage(Base):
    __tablename__ = "health_outage"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True, default=new_id)
    station_id: Mapped[str] = mapped_column(String(64))
    camera_id: Mapped[str] = mapped_column(ForeignKey("camera.id"))
    writer_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    began: Mapped[datetime] = mapped_column(UtcTime)
    until: Mapped[datetime] = mapped_column(UtcTime, index=True)
    fault: Mapped[str] = mapped_column(String(32))
    ending: Mapped[str] = mapped_column(String(16))

    __table_args__ = (Index("ix_health_outage_camera", "camera_id", "until"),)


@dataclass(frozen=True, slots=True)
class Sums:
    """Seconds and counts of one camera over some hours. `pictures` and `kbits` are those of the `measured` seconds."""

    live: int = 0
    stale: int = 0
    reconnecting: int = 0
    down: int = 0
    reconnects: int = 0
    measured: int = 0
    pictures: float = 0.0
    kbits: float = 0.0
    least: float | None = None
    gap_s: float = 0.0
    probes: int = 0
    answered: int = 0

    @property
    def watched(self) -> int:
        return self.live + self.stale + self.reconnecting + self.down

    @property
    def share(self) -> float | None:
        """How much of the watched time was live; None if nobody watched."""
        return self.live / self.watched if self.watched else None

    @property
    def rate(self) -> float | None:
        return self.pictures / self.measured if self.measured else None

    @property
    def kbps(self) -> float | None:
        return self.kbits / self.measured if self.measured and self.kbits else None

    def __add__(self, other: Sums) -> Sums:
        added = {name: getattr(self, name) + getattr(other, name) for name in ADDED}
        least = [value for value in (self.least, other.least) if value is not None]
        return Sums(
            **added,
            least=min(least) if least else None,
            gap_s=max(self.gap_s, other.gap_s),
        )


OF_MINUTES: Final = ("live", "stale", "reconnecting", "down", "reconnects", "measured", "pictures", "kbits")
"""What is added up from minutes."""

ADDED: Final = (*OF_MINUTES, "probes", "answered")
"""What is added up at all: the rest is a least or a most."""


@dataclass(frozen=True, slots=True)
class Outage:
    """When a watched camera gave no current picture, as one console saw it; `until` is the last look."""

    camera_id: str
    began: datetime
    until: datetime
    fault: Fault
    ending: Ending = Ending.GOES_ON
    id: str = ""

    @property
    def seconds(self) -> float:
        return (self.until - self.began).total_seconds()


@dataclass(frozen=True, slots=True)
class Hour:
    """What one console adds to a camera's hour."""

    camera_id: str
    hour: int
    minutes: Minutes
    gap_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SeenHour:
    """A stored hour of one camera at one console."""

    camera_id: str
    hour: int
    minutes: Minutes


def hour_of(moment: datetime) -> int:
    """Return the number of the hour since 1970, UTC; the station's days begin on whole hours."""
    return int(moment.timestamp()) // HOUR_S


def hour_begins(hour: int) -> datetime:
    return datetime.fromtimestamp(hour * HOUR_S, UTC)


def pack(minutes: Minutes) -> bytes:
    """Return sixty minutes column by column, deflated: a quiet hour takes some dozens of bytes."""
    rows = [minutes.get(number, Minute()) for number in range(MINUTES)]
    bytes_ = [[min(_BYTE, getattr(row, name)) for row in rows] for name in _SECONDS]
    words = [
        [min(_WORD, round(row.rate * _TENTHS)) for row in rows],
        [min(_WORD, round(row.least * _TENTHS)) for row in rows],
        [min(_WORD, row.kbps) for row in rows],
    ]
    columns = (*bytes_, *words, [min(_BYTE, row.measured) for row in rows])
    return zlib.compress(struct.pack(_FORMAT, *(value for column in columns for value in column)))


_SECONDS: Final = ("live", "stale", "reconnecting", "down", "reconnects")


def unpack(packed: bytes) -> dict[int, Minute]:
    """Read `pack` back; what cannot be read is told as an hour that nobody watched."""
    try:
        values = struct.unpack(_FORMAT, zlib.decompress(packed))
    except (zlib.error, struct.error):
        return {}
    found = {}
    for number in range(MINUTES):
        live, stale, again, down, reconnects, rate, least, kbps, measured = values[number::MINUTES]
        if live or stale or again or down or reconnects:
            found[number] = Minute(
                live, stale, again, down, reconnects, rate / _TENTHS, least / _TENTHS, kbps, measured
            )
    return found


def sums_of(minutes: Iterable[Minute], gap_s: float = 0.0) -> Sums:
    """Add minutes up."""
    rows = list(minutes)
    return Sums(
        live=sum(row.live for row in rows),
        stale=sum(row.stale for row in rows),
        reconnecting=sum(row.reconnecting for row in rows),
        down=sum(row.down for row in rows),
        reconnects=sum(row.reconnects for row in rows),
        measured=sum(row.measured for row in rows),
        pictures=sum(row.rate * row.measured for row in rows),
        kbits=float(sum(row.kbps * row.measured for row in rows)),
        least=min((row.least for row in rows if row.measured), default=None),
        gap_s=gap_s,
    )


def follow(one: Minute, other: Minute) -> Minute:
    """Return one minute that two runs of the same console saw parts of."""
    if one.watched + other.watched > MINUTE_S:
        return max(one, other, key=lambda minute: minute.watched)
    measured = one.measured + other.measured
    share = one.measured / measured if measured else 0.0
    least = [minute.least for minute in (one, other) if minute.measured]
    return Minute(
        one.live + other.live,
        one.stale + other.stale,
        one.reconnecting + other.reconnecting,
        one.down + other.down,
        one.reconnects + other.reconnects,
        one.rate * share + other.rate * (1 - share),
        min(least, default=0.0),
        round(one.kbps * share + other.kbps * (1 - share)),
        measured,
    )


# Writing


def add_hours(tx: Tx, hours: Sequence[Hour]) -> None:
    """Add what this console saw; each minute is given once, or once by each run of the console."""
    known = _own_hours(tx, {new.hour for new in hours})
    for new in hours:
        key = (new.hour, new.camera_id)
        row = known[key] = known.get(key) or _new_hour(tx, new.camera_id, new.hour)
        minutes = unpack(row.minutes) if row.minutes else {}
        for number, minute in new.minutes.items():
            minutes[number] = follow(minutes[number], minute) if number in minutes else minute
        sums = sums_of(minutes.values(), max(row.gap_s, new.gap_s))
        for name in (*OF_MINUTES, "least", "gap_s"):
            setattr(row, name, getattr(sums, name))
        row.minutes = pack(minutes)
    tx.session.flush()


def note_probe(tx: Tx, camera_id: str, *, answered: bool) -> None:
    """Count a connection test: it says that the camera answered then, not that it was up for a time."""
    hour = hour_of(tx.now)
    row = tx.session.get(HealthHour, (hour, camera_id, tx.writer.id)) or _new_hour(tx, camera_id, hour)
    row.probes += 1
    row.answered += answered
    tx.session.flush()


def _own_hours(tx: Tx, hours: set[int]) -> dict[tuple[int, str], HealthHour]:
    query = select(HealthHour).where(HealthHour.hour.in_(hours), HealthHour.writer_id == tx.writer.id)
    return {(row.hour, row.camera_id): row for row in tx.session.scalars(query)}


def _new_hour(tx: Tx, camera_id: str, hour: int) -> HealthHour:
    row = HealthHour(camera_id=camera_id, hour=hour, writer_id=tx.writer.id, station_id=tx.station_id)
    row.gap_s, row.probes, row.answered, row.minutes = 0.0, 0, 0, b""
    tx.session.add(row)
    return row


def put_outages(tx: Tx, outages: Sequence[Outage]) -> None:
    """Store outages, new or known by their id, as they stand now."""
    for outage in outages:
        row = tx.session.get(HealthOutage, outage.id)
        if row is None:
            row = HealthOutage(id=outage.id, station_id=tx.station_id, writer_id=tx.writer.id)
            row.camera_id, row.began = outage.camera_id, outage.began
            tx.session.add(row)
        row.until, row.fault, row.ending = outage.until, str(outage.fault), str(outage.ending)
    tx.session.flush()


def close_crashed_outages(tx: Tx) -> None:
    """What a crashed run of this console left open ended, for all it knows, when it was last looked at."""
    left = select(HealthOutage).where(
        HealthOutage.writer_id == tx.writer.id, HealthOutage.ending == str(Ending.GOES_ON)
    )
    for row in tx.session.scalars(left):
        row.ending = str(Ending.UNWATCHED)
    tx.session.flush()


def forget_before(tx: Tx, moment: datetime) -> None:
    """Delete what is older, of every console of the station."""
    discard(tx, HealthHour, HealthHour.station_id == tx.station_id, HealthHour.hour < hour_of(moment))
    discard(tx, HealthOutage, HealthOutage.station_id == tx.station_id, HealthOutage.until < moment)


# Reading


@dataclass(frozen=True, slots=True)
class Span:
    """Whole hours, from the first to the one that is no longer meant; of one camera or of all."""

    first: int
    end: int
    camera_id: str | None = None

    @property
    def since(self) -> datetime:
        return hour_begins(self.first)

    @property
    def until(self) -> datetime:
        return hour_begins(self.end)


_H: Final = HealthHour.__table__.c


def hour_sums(tx: Tx, span: Span, hours: int, shift: int = 0) -> dict[tuple[str, int], Sums]:
    """Return (camera, number of the piece) → its sums; a piece is `hours` long and begins `shift` hours before zero.

    Where several consoles watched in the same hour each adds its own: see `shared_hours`.
    """
    piece = (_H.hour + shift) // hours
    columns = [func.sum(_H[name]).label(name) for name in ADDED]
    query = (
        select(
            _H.camera_id,
            piece.label("piece"),
            *columns,
            func.min(_H.least).label("least"),
            func.max(_H.gap_s).label("gap_s"),
        )
        .where(*_within(tx, span))
        .group_by(_H.camera_id, piece)
    )
    names = [each.name for each in fields(Sums)]
    found = {}
    for row in tx.session.execute(query).mappings():
        found[row["camera_id"], int(row["piece"])] = Sums(**{name: row[name] for name in names})
    return found


def _within(tx: Tx, span: Span) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [_H.station_id == tx.station_id, _H.hour >= span.first, _H.hour < span.end]
    return [*where, _H.camera_id == span.camera_id] if span.camera_id is not None else where


def shared_hours(tx: Tx, span: Span) -> list[SeenHour]:
    """Return the hours of cameras that more than one console watched in them, with their minutes."""
    first, last = tx.session.execute(
        select(func.min(_H.writer_id), func.max(_H.writer_id)).where(*_within(tx, span))
    ).one()
    if first == last:
        return []
    several = (
        select(_H.hour, _H.camera_id).where(*_within(tx, span)).group_by(_H.hour, _H.camera_id).having(func.count() > 1)
    )
    twice = several.subquery()
    query = select(HealthHour).join(twice, (_H.camera_id == twice.c.camera_id) & (_H.hour == twice.c.hour))
    return [_seen(row) for row in tx.session.scalars(query)]


def seen_hours(tx: Tx, span: Span) -> list[SeenHour]:
    """Return the hours with their minutes, of every console, oldest first."""
    query = select(HealthHour).where(*_within(tx, span)).order_by(_H.hour)
    return [_seen(row) for row in tx.session.scalars(query)]


def _seen(row: HealthHour) -> SeenHour:
    return SeenHour(row.camera_id, row.hour, unpack(row.minutes))


def outages(tx: Tx, since: datetime, until: datetime, camera_id: str | None = None) -> list[Outage]:
    """Return the outages that reach into the time, as each console saw them, by their beginning."""
    query = select(HealthOutage).where(
        HealthOutage.station_id == tx.station_id, HealthOutage.until >= since, HealthOutage.began < until
    )
    if camera_id is not None:
        query = query.where(HealthOutage.camera_id == camera_id)
    return [_outage(row) for row in tx.session.scalars(query.order_by(HealthOutage.began, HealthOutage.id))]


def last_outages(tx: Tx) -> dict[str, datetime]:
    """Return when each camera's newest outage began."""
    query = (
        select(HealthOutage.camera_id, func.max(HealthOutage.began, type_=UtcTime()))
        .where(HealthOutage.station_id == tx.station_id)
        .group_by(HealthOutage.camera_id)
    )
    return {row[0]: row[1] for row in tx.session.execute(query)}


def _outage(row: HealthOutage) -> Outage:
    return Outage(row.camera_id, row.began, row.until, Fault(row.fault), Ending(row.ending), row.id)
