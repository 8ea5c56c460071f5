"""What a seat is taken at: the open room behind the window, the window itself, and the door between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from console.kernel import Session
from console.services.feeds import Feeds
from console.services.station import Station
from console.settings import Settings
from console.views.credentials import Credentials
from console.views.look import Look
from console.views.shell import Shell
from console.views.ui import Changes, Tasks


@dataclass(frozen=True, slots=True)
class Behind:
    """The open room behind the window. `attend` is called, off the UI thread, after each log-in."""

    station: Station
    feeds: Feeds
    settings: Settings
    attend: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Seating:
    """What the seat works on: the window, its threads and news."""

    shell: Shell
    tasks: Tasks
    changes: Changes
    look: Look


def enter(behind: Behind, asked: Credentials) -> Session:
    """Log in with what was typed at a form of the door; uses the database."""
    people = behind.station.people
    if asked.new is None:
        return people.log_in(asked.login, asked.password)
    return people.choose_password(asked.login, asked.password, asked.new)
