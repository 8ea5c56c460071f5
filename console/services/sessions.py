"""Who is logged in at this console now. A `Session` value that is not in this book opens nothing and writes nothing.

A locked session stays in the book: its public views run on, its private ones are dark, and it commands nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeAlias

from console.kernel import Denied, DenyReason, EndReason, Session

Listener: TypeAlias = Callable[[Session, EndReason], None]
LockListener: TypeAlias = Callable[[Session], None]


class Sessions:
    """The book of live sessions. Written by `services.people` only; asked by dispatch and by the gate.

    Asking takes no lock and waits for nothing.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._live: dict[str, Session] = {}
        self._keyed: frozenset[str] = frozenset()
        self._locked: frozenset[str] = frozenset()
        self._listeners: list[Listener] = []
        self._lock_listeners: list[LockListener] = []

    def begin(self, session: Session, *, keyed: bool) -> None:
        """Enter a session. `keyed`: its person's own key opened the vault, so that it may use sealed addresses."""
        with self._lock:
            self._live[session.id] = session
            if keyed:
                self._keyed |= {session.id}

    def end(self, session: Session, reason: EndReason) -> None:
        """Strike the session and tell the gate, which ends its views before this returns."""
        with self._lock:
            known = self._live.pop(session.id, None)
            self._keyed -= {session.id}
            self._locked -= {session.id}
            listeners = tuple(self._listeners)
        if known is not None:
            for listener in listeners:
                listener(known, reason)

    def lock(self, session: Session) -> None:
        """Lock the session and tell the gate: its private views are dark before this returns."""
        with self._lock:
            if session.id not in self._live:
                return
            self._locked |= {session.id}
            listeners = tuple(self._lock_listeners)
        for listener in listeners:
            listener(session)

    def unlock(self, session: Session) -> None:
        """Let the session act again. Its private views are asked for anew by whoever wants them."""
        with self._lock:
            self._locked -= {session.id}

    def holds(self, session: Session) -> bool:
        """Whether exactly this value is live: a copy with another role or person is not."""
        return self._live.get(session.id) == session

    def is_locked(self, session: Session) -> bool:
        return session.id in self._locked

    def is_keyed(self, session: Session) -> bool:
        """Whether the vault stands open by this session's own key: another's opens nothing for it."""
        return session.id in self._keyed

    def any_keyed(self) -> bool:
        return bool(self._keyed)

    def live(self) -> list[Session]:
        with self._lock:
            return list(self._live.values())

    def check(self, session: Session) -> None:
        """Raise `Denied` unless this session may command now."""
        if not self.holds(session):
            raise Denied(DenyReason.NOT_LOGGED_IN)
        if self.is_locked(session):
            raise Denied(DenyReason.LOCKED)

    def on_end(self, listener: Listener) -> None:
        with self._lock:
            self._listeners.append(listener)

    def on_lock(self, listener: LockListener) -> None:
        with self._lock:
            self._lock_listeners.append(listener)
