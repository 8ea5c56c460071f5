"""The gate's entries in the journal: openings in the caller's transaction, everything later kept until it is written.

Ends and first pictures happen on threads that may not touch the database (painter, lease timer, engine). They are
noted here and written by the gate's own database thread; a batch that fails is kept and tried again under the same
command id, so that it is neither lost nor doubled.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from console.db.cameras import CameraRow, get_camera
from console.db.connection_tests import is_tested, note_test
from console.db.feeds import end_view, first_picture
from console.db.health import note_probe
from console.db.journal import JournalEvent
from console.db.store import CommandStamp, Store, Tx
from console.kernel import Denied, DenyReason, EndReason, Fault, StreamFacts, new_id


@dataclass(frozen=True, slots=True)
class FirstPicture:
    view_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    view_id: str
    reason: EndReason
    at: datetime


@dataclass(frozen=True, slots=True)
class Tested:
    """What a try of a camera's stream found. `only_first`: not worth writing where a test succeeded before."""

    camera: CameraRow
    facts: StreamFacts
    fault: Fault
    only_first: bool = False


Note: TypeAlias = FirstPicture | Ended | Tested | JournalEvent


@dataclass(frozen=True, slots=True)
class _Batch:
    command_id: str
    notes: tuple[Note, ...]


class Chronicle:
    """Notes that wait for the database, in order, and the memory of which denials are already journaled."""

    def __init__(self, store: Store, wake: Callable[[], None]) -> None:
        self._store = store
        self._wake = wake
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._notes: list[Note] = []
        self._batch: _Batch | None = None
        self._denied: set[tuple[str, str, DenyReason]] = set()

    def note(self, note: Note) -> None:
        with self._lock:
            self._notes.append(note)
        self._wake()

    @property
    def waiting(self) -> int:
        """How many entries the database still owes us."""
        with self._lock:
            return len(self._notes) + (len(self._batch.notes) if self._batch is not None else 0)

    def write(self) -> None:
        """Write what waits, in one transaction; on any error everything is kept and the error goes to the caller."""
        with self._writing:
            with self._lock:
                if self._batch is None and self._notes:
                    self._batch = _Batch(new_id(), tuple(self._notes))
                    self._notes.clear()
                batch = self._batch
            if batch is None:
                return
            stamp = CommandStamp(batch.command_id, "views.follow", None)
            self._store.submit(lambda tx: _write(tx, batch.notes), command=stamp)
            with self._lock:
                self._batch = None

    def is_first_denial(self, person_id: str, camera_id: str, reason: DenyReason) -> bool:
        return (person_id, camera_id, reason) not in self._denied

    def answered(self, person_id: str, camera_id: str, answer: object) -> None:
        """Once committed: the same refusal is not written again until something changes; a yes is a change."""
        with self._lock:
            if isinstance(answer, Denied):
                self._denied.add((person_id, camera_id, answer.reason))
            else:
                self._denied = {known for known in self._denied if known[:2] != (person_id, camera_id)}

    def forget_denials(self) -> None:
        with self._lock:
            self._denied.clear()


def _write(tx: Tx, notes: tuple[Note, ...]) -> None:
    for note in notes:
        if isinstance(note, Ended):
            end_view(tx, note.view_id, note.reason, note.at)
        elif isinstance(note, Tested):
            _write_test(tx, note)
        elif isinstance(note, JournalEvent):
            tx.record(note)
        else:
            first_picture(tx, note.view_id, note.at)


def _write_test(tx: Tx, note: Tested) -> None:
    """Whoever changed the camera meanwhile may have changed its address: then nothing is known of the new one."""
    if not note.only_first:
        note_probe(tx, note.camera.id, answered=note.fault is Fault.NONE)
    changed = get_camera(tx, note.camera.id).version != note.camera.version
    if not changed and not (note.only_first and is_tested(tx, note.camera.id)):
        note_test(tx, note.camera.id, note.facts, note.fault)
