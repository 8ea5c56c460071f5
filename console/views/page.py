"""What the window asks of a page, and how it lists one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from console.kernel import EndReason, Right, Session


class Page(QWidget):
    """One page of the window. Made when first opened, started once, stopped when the window or the seat closes.

    A page is made anew when another officer, language or look takes over: it keeps nothing that a draft does not keep.
    """

    live_changed = Signal(int, int)
    """How many cameras are live, of how many that are placed: for the status line."""
    full_screen_wanted = Signal()
    help_wanted = Signal()
    open_wanted = Signal(str, object)
    """Another page is asked for: its key, and what to show there (see `go_to` of that page), or None."""
    incident_wanted = Signal(object)
    """A new incident is to be written; with the camera it happened at, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")

    def start(self) -> None:
        """Begin to work: read, open, listen."""

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        """End everything that runs."""

    def show_full(self, *, full: bool) -> None:
        """Fill the screen with what matters most, or come back."""

    def show_locked(self, *, locked: bool) -> None:
        """Show what anybody may see while the console is locked, or come back. Only the wall is seen then."""

    def go_to(self, target: object) -> None:
        """Show what another page, or a link, asks for. Called after `start`; an unknown target is left alone."""


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A page of the rail: its name (message id), its icon, and how it is made when first opened.

    It stands in the rail of whoever has any of `rights`; none named: of everybody. With `reseat` a page that runs
    already is told of the new seat instead of being made anew: the wall plays on.
    """

    key: str
    name: str
    icon: str
    make: Callable[[], Page]
    rights: frozenset[Right] = frozenset()
    reseat: Callable[[Page], None] | None = None
    short: str = ""
    """What the rail says where the name is too long for one line (message id)."""

    def open_to(self, session: Session) -> bool:
        return opened_by(session, self.rights)


def opened_by(session: Session, rights: Collection[Right]) -> bool:
    """Whether a page that asks for one of these rights is open to somebody; one that asks for none is to everybody."""
    return not rights or any(session.may(right) for right in rights)
