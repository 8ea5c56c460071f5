"""Seals the journal as it grows: each five hundred entries, each few minutes, and at once where it matters."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from console.db.journal import SEAL_EVERY, journal_head
from console.db.store import Grown, Store

SEAL_S: Final = 300.0


class Sealer:
    """A thread of its own: whoever writes only wakes it. `seal` tells by itself what it could not do."""

    def __init__(self, store: Store, seal: Callable[[], None]) -> None:
        self._store = store
        self._seal = seal
        self._wake = threading.Event()
        self._ending = False
        self._newest = 0
        self._sealed = 0
        self._thread = threading.Thread(target=self._run, name="journal sealer", daemon=True)
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin; what stands in the chain by now was sealed by whoever starts this."""
        self._sealed = self._newest = self._store.read(lambda tx: journal_head(tx.session, tx.writer.id)).seq
        self._unsubscribe = self._store.on_entries(self.note)
        self._thread.start()

    def stop(self) -> None:
        """Seal once more and end."""
        self._unsubscribe()
        self._ending = True
        self._wake.set()
        self._thread.join()

    def note(self, grown: Grown) -> None:
        """Take it that this console's chain has grown."""
        self._newest = grown.newest
        if grown.seal_at_once or grown.newest - self._sealed >= SEAL_EVERY:
            self._wake.set()

    def _run(self) -> None:
        while True:
            self._wake.wait(SEAL_S)
            self._wake.clear()
            closing = self._ending
            # Also where it fails: it is tried again after as many entries, or minutes, not at each of them.
            self._sealed = self._newest
            self._seal()
            if closing:
                return
