"""Erasure of personal values with a certificate: who ordered it, what was erased, and when the last backup dies.

A feature that has a desk of its own asks in its command: `erasure.erase(tx, order)`; the command's right is its own
affair. By itself there is `ErasePersonal`, for whoever may erase.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass as plain_dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints
from pydantic.dataclasses import dataclass

from console.db import erasure as db
from console.db import kept_files
from console.db.backups import lifetime, prune
from console.db.base import parse_time, time_text
from console.db.erasure import ErasureFacts, ErasureRow, Subject
from console.db.erasure_reach import reach
from console.db.journal import JournalEvent
from console.db.journal_format import Head
from console.db.retention import any_held
from console.db.store import CommandStamp, Store, Tx
from console.kernel import Clock, ConsoleError, ErasureGround, Invalid, Right, Session, new_id
from console.services.cameras import visible
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.tombstones import add_line, lines_of
from console.settings import BackupSettings

MOST_SUBJECTS: Final = 1000
ANSWERABLE: Final = frozenset({"person", "view", "emergency", "statement_delay", "legal_hold", "consent"})
"""Who looked, why, by which law, what was held back, who signed before whom: by these officers answer for themselves.

The names under a consent go with its papers, when their term is over.
"""


@plain_dataclass(frozen=True, slots=True)
class ErasureOrder:
    """Whose values go: records by kind and id (`("camera", …)`, `("owner", …)`). `request` is a number, no name.

    With an owner goes what was typed of him with his cameras.
    """

    subjects: Sequence[Subject]
    ground: ErasureGround
    request: str = ""


@plain_dataclass(frozen=True, slots=True)
class Certificate:
    """What was erased and what stays of it: counts and kinds, never a value.

    `backups_until` None: no dated backup lay here; `elsewhere`: the database is a server's, and so are its backups.
    """

    id: str
    at: datetime
    by: str | None
    ground: ErasureGround
    request: str
    subjects: tuple[Subject, ...]
    record: Mapping[str, int]
    journal: Mapping[str, int]
    writer_id: str
    before: Head
    after: Head
    backups_until: datetime | None
    unnamed_backups: int
    elsewhere: bool

    @property
    def values(self) -> int:
        return sum(self.record.values()) + sum(self.journal.values())


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ErasePersonal(Command):
    """Erase what is personal in these records, for good."""

    subjects: Annotated[tuple[tuple[str, str], ...], Field(min_length=1, max_length=MOST_SUBJECTS)]
    ground: ErasureGround
    request: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] = ""

    def problems(self) -> dict[str, str]:
        return {} if visible(self.request) else {"request": "field.pattern"}


class Erasure:
    """Erases, and tells what was erased."""

    def __init__(self, store: Store, clock: Clock, backups: BackupSettings) -> None:
        self._store = store
        self._clock = clock
        self._backups = backups

    def held(self, subjects: Sequence[Subject]) -> Mapping[str, int]:
        """Return how many personal values stand in these records now, by kind and field (`camera.owner_name`)."""
        return self._store.read(lambda tx: db.held(tx, reach(tx, subjects)))

    @command(right=Right.ERASE_PERSONAL)
    def erase_personal(self, tx: Tx, cmd: ErasePersonal, session: Session) -> Certificate:  # noqa: ARG002 - dispatch's signature
        return self.erase(tx, ErasureOrder(cmd.subjects, cmd.ground, cmd.request))

    def erase(self, tx: Tx, order: ErasureOrder) -> Certificate:
        """Erase in the running transaction of a command; whether its person may was asked before.

        An unknown record is `not_found`, one that is held `retention.held`, one by which an officer answers for
        what he did `erasure.answerable`; then nothing is erased.
        """
        if not order.subjects:
            raise Invalid({"subjects": "field.missing"})
        if any(kind in ANSWERABLE for kind, _id in order.subjects):
            raise ConsoleError("erasure.answerable")
        subjects = reach(tx, order.subjects)
        if any_held(tx, subjects):
            raise ConsoleError("retention.held")
        place = self._store.place
        lives = lifetime(place, tx.now, self._backups.keep_days)
        facts = ErasureFacts(
            id=new_id(),
            ground=order.ground,
            request=order.request,
            backups_until=lives.until,
            unnamed_backups=lives.unnamed,
            elsewhere=place.sqlite_path is None,
        )
        row = db.erase(tx, subjects, facts)
        tx.after_commit(lambda: add_line(tx.data_dir, _stone(row)))
        return _certificate(row)

    def certificates(self) -> list[Certificate]:
        """Return every erasure that the journal tells of, the newest first."""
        return self._store.read(lambda tx: [_certificate(row) for row in db.erasures(tx)])

    def certificate(self, erasure_id: str) -> Certificate:
        """Return one, or raise `not_found`."""
        for found in self.certificates():
            if found.id == erasure_id:
                return found
        raise ConsoleError("not_found", kind="erasure", id=erasure_id)

    def prune_backups(self) -> int:
        """Delete the backups that have lived long enough, with their files, and journal how many; one always stays.

        Raises what a full disk or a damaged store raises; then nothing was deleted.
        """
        gone = prune(self._store.place, self._clock, self._backups.keep_days)
        kept_files.prune(self._store.place)
        if gone:
            event = JournalEvent("backups.deleted", ("store", self._store.writer.station_id), {"files": len(gone)})
            self._store.submit(lambda tx: tx.record(event), command=CommandStamp(new_id(), "prune_backups"))
        return len(gone)

    def reapply(self) -> int:
        """At start: erase again what a restored database has brought back. Returns how many erasures were repeated.

        An erasure whose line a crash kept out of the file gets it now.
        """
        folder = self._store.place.data_dir
        told = {row.facts.id: row for row in self._store.read(db.erasures)}
        stones = {row.facts.id: row for row in map(_row, lines_of(folder)) if row is not None}
        for name in told.keys() - stones.keys():
            add_line(folder, _stone(told[name]))
        forgotten = [row for name, row in stones.items() if name not in told]
        if not forgotten:
            return 0
        stamp = CommandStamp(new_id(), "reapply_erasures")
        return self._store.submit(lambda tx: sum(db.erase_again(tx, row) for row in forgotten), command=stamp)


def _certificate(row: ErasureRow) -> Certificate:
    return Certificate(
        id=row.facts.id,
        at=row.at,
        by=row.actor_id,
        ground=row.facts.ground,
        request=row.facts.request,
        subjects=row.subjects,
        record=row.record,
        journal=row.journal,
        writer_id=row.writer_id,
        before=row.before,
        after=row.after,
        backups_until=row.facts.backups_until,
        unnamed_backups=row.facts.unnamed_backups,
        elsewhere=row.facts.elsewhere,
    )


# The line beside the withdrawals': ids, numbers and hashes


def _stone(row: ErasureRow) -> dict[str, Any]:
    facts = row.facts
    return {
        "erasure": facts.id,
        "at": time_text(row.at),
        "subjects": [list(subject) for subject in row.subjects],
        "heads": {writer: [head.seq, head.hash] for writer, head in row.heads.items()},
        "ground": facts.ground.value,
        "request": facts.request,
        "backups_until": None if facts.backups_until is None else time_text(facts.backups_until),
        "unnamed_backups": facts.unnamed_backups,
        "elsewhere": facts.elsewhere,
    }


def _row(entry: Mapping[str, Any]) -> ErasureRow | None:
    """Read a line; None for a withdrawal's, and for one that nobody of ours wrote."""
    try:
        until = entry["backups_until"]
        facts = ErasureFacts(
            id=str(entry["erasure"]),
            ground=ErasureGround(entry["ground"]),
            request=str(entry["request"]),
            backups_until=None if until is None else parse_time(until),
            unnamed_backups=int(entry["unnamed_backups"]),
            elsewhere=bool(entry["elsewhere"]),
        )
        heads = {str(writer): Head(int(seq), str(digest)) for writer, (seq, digest) in entry["heads"].items()}
        subjects = tuple((str(kind), str(each)) for kind, each in entry["subjects"])
        at = parse_time(entry["at"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return ErasureRow(facts, at, None, subjects, {}, {}, "", Head(), Head(), heads)
