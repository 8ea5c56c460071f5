"""Commands: frozen, validated values, one handler each, and the only way in: right → validity → handler.

A service marks its handlers with `@command(...)` and is adopted by the `Dispatcher` once. A handler gets an open
transaction, the command and the session; it cannot commit, and it refuses to run under another actor than the one
the journal is stamped with, so calling it directly gains nothing.
"""

from __future__ import annotations

import functools
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, Final, ParamSpec, TypeVar

from pydantic import ConfigDict, ValidationError
from pydantic.dataclasses import dataclass

from console.db.people import get_person
from console.db.store import CommandStamp, Store, Tx
from console.kernel import ConsoleError, Denied, DenyReason, Invalid, Right, Session, new_id
from console.services.sessions import Sessions

# Hidden input: a refused command must not carry what was typed (it may be a password) into a log.
COMMAND_CONFIG: Final = ConfigDict(arbitrary_types_allowed=True, hide_input_in_errors=True, extra="forbid")

_MARK: Final = "__command__"
_CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class Command:
    """What somebody wants done. The id is made here, by the client, so that sending it twice does it once."""

    command_id: str = field(default_factory=new_id)

    def problems(self) -> Mapping[str, str]:
        """Return field → catalogue key for whatever one field alone cannot tell."""
        return {}


C = TypeVar("C", bound=Command)
V = TypeVar("V")
R = TypeVar("R")
S = TypeVar("S")
P = ParamSpec("P")


@typing.final
class Marked:
    """What `command` writes on a handler."""

    def __init__(self, right: Right | None, *, offline: bool, kind: type[Command]) -> None:
        self.right = right
        self.offline = offline
        self.kind = kind


def command(
    *, right: Right | None, offline: bool = False
) -> Callable[[Callable[[S, Tx, C, Session], R]], Callable[[S, Tx, C, Session], R]]:
    """Mark a service's method as the handler of the command class that its second argument is annotated with.

    `right` None: everybody who is logged in may, because it concerns nobody else (one's own password).
    """

    def mark(handler: Callable[[S, Tx, C, Session], R]) -> Callable[[S, Tx, C, Session], R]:
        kind = typing.get_type_hints(handler)["cmd"]

        @functools.wraps(handler)
        def guarded(service: S, tx: Tx, cmd: C, session: Session) -> R:
            if tx.written_stamp.session != session or tx.written_stamp.command_id != cmd.command_id:
                raise Denied(DenyReason.NOT_LOGGED_IN)
            _demand(session, right)
            return handler(service, tx, cmd, session)

        setattr(guarded, _MARK, Marked(right, offline=offline, kind=kind))
        return guarded

    return mark


def build(kind: Callable[P, V], /, *args: P.args, **fields: P.kwargs) -> V:
    """Make a command, or another validated value, from what a form holds.

    Raises `Invalid` with a key for each field that is wrong.
    """
    try:
        return kind(*args, **fields)
    except ValidationError as wrong:
        raise Invalid({_name(error["loc"]): f"field.{error['type']}" for error in wrong.errors()}) from None


def _name(location: tuple[int | str, ...]) -> str:
    return str(location[0]) if location else "command"


def _demand(session: Session, right: Right | None) -> None:
    if right is not None and not session.may(right):
        raise Denied(DenyReason.ROLE, right=right.value)


class Dispatcher:
    """The only caller of handlers. The actor is the session; its person is looked at again in each transaction."""

    def __init__(self, store: Store, sessions: Sessions) -> None:
        self._store = store
        self._sessions = sessions
        self._handlers: dict[type[Command], tuple[Marked, Callable[[Tx, Any, Session], Any]]] = {}

    def adopt(self, service: object) -> None:
        """Take over every handler of a service. A command with two handlers is a mistake of ours."""
        for name in dir(type(service)):
            mark = getattr(getattr(type(service), name), _MARK, None)
            if isinstance(mark, Marked):
                if mark.kind in self._handlers:
                    raise RuntimeError(f"two handlers for {mark.kind.__name__}")
                self._handlers[mark.kind] = (mark, getattr(service, name))

    def may(self, kind: type[Command], session: Session) -> bool:
        """Whether dispatch would let this session try: for windows, which only mirror the rights."""
        right = self.right(kind)
        return right is None or session.may(right)

    def right(self, kind: type[Command]) -> Right | None:
        """Return the right that dispatch asks for; None: everybody who is logged in may."""
        return self._handlers[kind][0].right

    def offline(self, kind: type[Command]) -> bool:
        """Whether the command may wait in an outbox; those that hold a secret or decide on a right never do."""
        return self._handlers[kind][0].offline

    def run(self, cmd: Command, session: Session) -> Any:
        """Right → validity → handler, in one transaction; returns what the handler returns."""
        self._sessions.check(session)
        mark, handler = self._handlers[type(cmd)]
        _demand(session, mark.right)
        problems = cmd.problems()
        if problems:
            raise Invalid(problems)

        def work(tx: Tx) -> Any:
            _still_standing(tx, session, mark.right)
            return handler(tx, cmd, session)

        stamp = CommandStamp(cmd.command_id, action_of(type(cmd)), session)
        return self._store.submit(work, command=stamp)


def action_of(kind: type[Command]) -> str:
    """Return the journal's name of a command: its class name in snake case."""
    return _CAPITAL.sub("_", kind.__name__).lower()


def _still_standing(tx: Tx, session: Session, right: Right | None) -> None:
    """A person who was disabled or given another role since the log-in acts no more.

    A second signature must be a second person's: not of an account whose password somebody else has put in its place,
    until the access was given back to it.
    """
    person = get_person(tx, session.person_id)
    if not person.active or person.role is not session.role:
        raise Denied(DenyReason.NOT_LOGGED_IN)
    if right in {Right.COUNTERSIGN, Right.OVERRIDE} and person.reset_by is not None:
        raise ConsoleError("people.access_not_back")
