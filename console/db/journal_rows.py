"""The tables of the journal. Written by `journal`, read by `journal` and `journal_verify` only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import ID_LENGTH, Base, BigNumber, UtcTime


class JournalEntry(Base):
    """One row of a writer's chain. `body` is the truth; the other columns repeat it so that rows can be found."""

    __tablename__ = "journal"

    writer_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    seq: Mapped[int] = mapped_column(BigNumber, primary_key=True, autoincrement=False)
    station_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcTime)
    event_class: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(128))
    camera_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    camera_seq: Mapped[int | None] = mapped_column(BigNumber)
    actor_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    command_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        Index("ux_journal_hash", "hash", unique=True),
        Index("ux_journal_camera", "writer_id", "camera_id", "camera_seq", unique=True),
        Index("ix_journal_subject", "subject_kind", "subject_id"),
        # The access log asks these, newest first; each holds what its conditions name, so that no row is fetched to
        # be left out.
        Index("ix_journal_at", "at", "writer_id", "seq", "event_class", "actor_id", "camera_id"),
        Index("ix_journal_event_class", "event_class", "at", "writer_id", "seq"),
        Index("ix_journal_actor", "actor_id", "at", "writer_id", "seq", "event_class", "camera_id"),
        Index("ix_journal_camera_at", "camera_id", "at", "writer_id", "seq", "event_class", "actor_id"),
    )


class JournalPersonal(Base):
    """Clear text of a personal value that the chain holds as a commitment only. May be erased."""

    __tablename__ = "journal_personal"

    writer_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    seq: Mapped[int] = mapped_column(BigNumber, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    station_id: Mapped[str] = mapped_column(String(64))
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    value: Mapped[str] = mapped_column(Text)

    __table_args__ = (ForeignKeyConstraint(["writer_id", "seq"], ["journal.writer_id", "journal.seq"]),)


class JournalTopic(Base):
    """What a row is about beyond its columns (`purpose:traffic`), to find it by. Never shown: the row's bytes are."""

    __tablename__ = "journal_topic"

    topic: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime, primary_key=True)
    writer_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    seq: Mapped[int] = mapped_column(BigNumber, primary_key=True, autoincrement=False)
    station_id: Mapped[str] = mapped_column(String(64))
    event_class: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    camera_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))

    __table_args__ = (
        ForeignKeyConstraint(["writer_id", "seq"], ["journal.writer_id", "journal.seq"]),
        {"sqlite_with_rowid": False},
    )


class CheckpointEntry(Base):
    """A signed vector of heads; the same bytes lie in `checkpoints.log` outside the database."""

    __tablename__ = "checkpoint"

    writer_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    number: Mapped[int] = mapped_column(BigNumber, primary_key=True, autoincrement=False)
    station_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcTime)
    hash: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class CommandDone(Base):
    """A command that was stored, so that repeating it is harmless. In one transaction with its journal rows."""

    __tablename__ = "command_done"

    command_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    station_id: Mapped[str] = mapped_column(String(64))
    writer_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    action: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcTime)
    result: Mapped[str | None] = mapped_column(Text)
