"""Files of photographs for good or gone: what was erased is gone from the backups too, and does not come back with one.

An erasure stands by the file's fingerprint beside the withdrawals (tombstones). Who adds the same picture again later
has a reason to: then the mark is taken back.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Final

from console.db import kept_files
from console.db.attachments import Attachments
from console.db.base import time_text
from console.db.owner_steps import list_steps, set_photos
from console.db.places import StorePlace
from console.db.store import CommandStamp, Store, Tx
from console.kernel import new_id
from console.services.tombstones import add_line, lines_of

FILE: Final = "file"


def erase_files(tx: Tx, names: Iterable[str]) -> None:
    """Delete the files that no record names any more, here and beside the backups, once the word of it is safe."""
    for name in sorted(set(names) - kept_files.named(tx)):
        tx.after_commit(partial(_erase, tx, name))


def _erase(tx: Tx, name: str) -> None:
    add_line(tx.data_dir, {FILE: name, "erased": True, "at": time_text(tx.now)})
    Attachments(tx.data_dir).forget(name)
    kept_files.beside_backups(tx.data_dir).forget(name)


def keep_again(tx: Tx, name: str) -> None:
    """Take the mark back from a file that was erased once and is added anew."""
    if name in _erased(tx.data_dir):
        line = {FILE: name, "erased": False, "at": time_text(tx.now)}
        tx.after_commit(partial(add_line, tx.data_dir, line))


def put_back(place: StorePlace, backup_file: Path) -> tuple[int, int]:
    """After a backup was put in place: put its files back, those that were erased since not among them."""
    return kept_files.put_back(place.data_dir, backup_file, _erased(place.data_dir))


def reapply(store: Store) -> int:
    """At start: take from the steps of a restored database what was erased since. Returns how many photographs."""
    erased = _erased(store.place.data_dir)

    def work(tx: Tx) -> int:
        count = 0
        for step in list_steps(tx):
            left = tuple(photo for photo in step.photos if photo not in erased)
            if left != step.photos:
                set_photos(tx, step.id, step.version, left)
                count += len(step.photos) - len(left)
        return count

    if not erased or erased.isdisjoint(store.read(kept_files.named)):
        return 0
    return store.submit(work, command=CommandStamp(new_id(), "reapply_erased_files"))


def sweep(store: Store) -> int:
    """Delete the files here that no record names: of a crash, or erased at another console of the station."""
    files = Attachments(store.place.data_dir)

    def work(tx: Tx) -> frozenset[str]:
        # In the turn of writing: nobody is just keeping a file whose record is not stored yet.
        gone = files.names() - kept_files.named(tx)
        for name in gone:
            files.forget(name)
        return gone

    return len(store.note(work)) if files.names() else 0


def _erased(data_dir: Path) -> frozenset[str]:
    """Return the files whose last mark says that they were erased."""
    lines = (line for line in lines_of(data_dir) if isinstance(line.get(FILE), str))
    marks = {str(line[FILE]): line.get("erased") is True for line in lines}
    return frozenset(name for name, gone in marks.items() if gone)
