"""What every table shares: names of constraints, UTC time, and `Record`, whose changes are journaled by themselves."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeEngine

from console.kernel import new_id

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

PERSONAL: Final[dict[str, Any]] = {"personal": True}
"""Column info: the value enters the journal as a salted commitment, its clear text is erasable."""

SECRET: Final[dict[str, Any]] = {"secret": True}
"""Column info: the value never enters the journal; only the column's name may be told."""

QUIET: Final[dict[str, Any]] = {"quiet": True}
"""Column info: a change of it alone is told by an event of its own (a failed log-in), not by `record.changed`."""

BigNumber = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit running number on both databases (SQLite's INTEGER is 64 bits wide)."""

ID_LENGTH: Final = 36
TIME_LENGTH: Final = 27
_SPELLING: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z").fullmatch


def time_text(moment: datetime) -> str:
    """Return the one spelling of a moment that is stored and hashed: UTC, microseconds, `Z`."""
    if moment.tzinfo is None:
        raise ValueError("a stored time is aware")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")[: TIME_LENGTH - 1] + "Z"


def parse_time(text: str) -> datetime:
    """Read `time_text` back; any other spelling is a ValueError."""
    if _SPELLING(text) is None:
        raise ValueError("not the stored spelling of a time")
    return datetime.fromisoformat(text)


def is_time(text: str) -> bool:
    """Tell whether it is `time_text` of some moment."""
    try:
        return _SPELLING(text) is not None and bool(datetime.fromisoformat(text))
    except ValueError:
        return False


class UtcTime(TypeDecorator[datetime]):
    """Aware UTC: timestamptz on PostgreSQL, sortable text of fixed width on SQLite. A naive time is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = String(TIME_LENGTH) if dialect.name == "sqlite" else DateTime(timezone=True)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        text = time_text(value)
        return text if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return parse_time(str(value))
        moment: datetime = value
        return moment.astimezone(UTC)


class AnyTime(UtcTime):
    """Reads what may have been written past us: a text that is no time becomes one that nobody names."""

    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        try:
            return super().process_result_value(value, dialect)
        except ValueError:
            return NO_TIME


class TimeText(UtcTime):
    """Reads a time as the text that the journal's bytes hold, whatever lies there."""

    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return value if dialect.name == "sqlite" or value is None else time_text(value)


NO_TIME: Final = datetime.min.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class Record(Base):
    """A row that people change. Each change is journaled field by field at flush and told as a `Change` after commit.

    Set attributes and let the session flush; a handler cannot commit. JSON values are replaced, never changed in place.
    """

    __abstract__ = True

    kind: ClassVar[str]
    """Name in the journal, in `Change` and in `Conflict`."""

    own_events: ClassVar[bool] = False
    """True: the feature records an event of its own for each change (checked before commit), no `record.changed`."""

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True, default=new_id)
    station_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(Integer)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.version} if hasattr(cls, "__table__") else {}

    def journal_camera(self) -> str | None:
        """Return the camera on whose own chain a change of this record stands."""
        return None
