"""Who is logged in at this console now. A `Session` value that is not in this book opens nothing and writes nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeAlias

from console.kernel import Denied, DenyReason, EndReason, Session

Listener: TypeAlias = Callable[[Session, EndReason], None]


class Sessions:
    """The book of live sessions. Written by `services.people` only; asked by dispatch and by the gate."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._live: dict[str, Session] = {}
        self._listeners: list[Listener] = []

    def begin(self, session: Session) -> None:
        with self._lock:
            self._live[session.id] = session

    def end(self, session: Session, reason: EndReason) -> None:
        """Strike the session and tell the gate, which ends its views before this returns."""
        with self._lock:
            known = self._live.pop(session.id, None)
            listeners = tuple(self._listeners)
        if known is not None:
            for listener in listeners:
                listener(known, reason)

    def holds(self, session: Session) -> bool:
        """Whether exactly this value is live: a copy with another role or person is not."""
        return self._live.get(session.id) == session

    def live(self) -> list[Session]:
        with self._lock:
            return list(self._live.values())

    def check(self, session: Session) -> None:
        if not self.holds(session):
            raise Denied(DenyReason.NOT_LOGGED_IN)

    def on_end(self, listener: Listener) -> None:
        with self._lock:
            self._listeners.append(listener)
