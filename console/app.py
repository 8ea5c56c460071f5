"""The window's composition root: arguments → room → window, and the order in which everything stops."""

from __future__ import annotations

import argparse
import gc
import getpass
import logging
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from console import i18n, logs
from console.kernel import Change, ConsoleError, Purpose, Secret, Session
from console.settings import Settings, data_dir_default, load_settings, state_dir_default
from console.video.sandbox import forbid_dumps

if TYPE_CHECKING:
    from console.room import Room
    from console.views.guide import SamplePeople
    from console.views.seating import Behind
    from console.views.wall_model import PurposeChoice
    from console.views.window import Window

log = logging.getLogger(__name__)

EXIT_GOOD: Final = 0
EXIT_NOT_ALL_LIVE: Final = 1
EXIT_REFUSED: Final = 2
LOGS: Final = "logs"
IMPORTING: Final = threading.Lock()
"""Two threads that load the same packages at once may find them half made."""


@dataclass(frozen=True, slots=True)
class Start:
    """How the console was asked to start. Without a login whoever comes logs in at the window."""

    data_dir: Path
    login: str | None
    password: Secret | None
    settings: Settings
    demonstration: bool
    shot: Path | None
    after_s: float
    size: tuple[int, int] | None


def run(arguments: Sequence[str]) -> int:
    """Run the window until it is closed; returns the exit code. Refusals are sentences on standard error."""
    words = _parser().parse_args(arguments)
    if words.paint_scenes is not None:
        return _paint(words.paint_scenes)
    with ExitStack() as closing:
        # A start makes much and drops little: looking through all of it for garbage took a quarter of its time.
        gc.disable()
        closing.callback(gc.enable)
        try:
            i18n.install(words.language or "th")
            start = _start(words, closing)
        except ConsoleError as problem:
            return _refuse(problem)
        forbid_dumps()
        closing.callback(logs.install(start.data_dir / LOGS))
        if start.password is not None:
            closing.callback(logs.REDACTOR.remember(start.password))
        return _run(start)


class _Parser(argparse.ArgumentParser):
    """Names the commands too: they have parsers of their own, which a start of the window does not load."""

    def format_help(self) -> str:
        from console.cli import lines
        from console.cli.book import PROGRAM

        how = f"{PROGRAM} COMMAND --help tells more (from the source tree: python3 main.py COMMAND --help)."
        return f"{super().format_help()}\ncommands:\n{lines()}\n\n{how}\n"


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="ccoc-console", description="CCOC console: the window of the monitoring room")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of the station's data")
    parser.add_argument(
        "--login", metavar="NAME", help="who logs in; the password is asked for here, not in the window"
    )
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    parser.add_argument("--demo", action="store_true", help="demonstration: own store, painted streets, no network")
    parser.add_argument("--paint-scenes", type=Path, metavar="DIR", help="paint the demonstration's streets and end")
    parser.add_argument("--language", choices=i18n.LANGUAGES, help="of the window; otherwise the station's")
    parser.add_argument("--size", type=_size, metavar="WxH", help="size of the window, for example 1366x768")
    parser.add_argument("--shot", type=Path, metavar="FILE", help="picture of the demonstration's window, then end")
    parser.add_argument("--after", type=float, default=10.0, metavar="SECONDS", help="when to take that picture (10)")
    return parser


def _size(text: str) -> tuple[int, int]:
    width, _by, height = text.partition("x")
    return int(width), int(height)


def _start(words: argparse.Namespace, closing: ExitStack) -> Start:
    demonstration = bool(words.demo)
    if words.shot is not None and not demonstration:
        # A door out of the wall: pictures of real cameras are not saved this way.
        raise ConsoleError("app.shot_is_for_demonstration")
    if demonstration:
        folder = closing.enter_context(tempfile.TemporaryDirectory(prefix="ccoc-demo-", ignore_cleanup_errors=True))
        data_dir = Path(folder)
    else:
        data_dir = words.data or data_dir_default()
    overrides = {} if words.language is None else {"ui": {"language": words.language}}
    settings = load_settings(data_dir, overrides, {} if demonstration else None)
    i18n.install(settings.ui.language)
    login, password = (None, None) if demonstration or words.login is None else _credentials(words)
    return Start(data_dir, login, password, settings, demonstration, words.shot, words.after, words.size)


def _credentials(words: argparse.Namespace) -> tuple[str, Secret]:
    if words.password_stdin:
        return words.login, Secret(sys.stdin.readline().rstrip("\r\n"))
    return words.login, Secret(getpass.getpass(i18n.plain(i18n._("Password of {login}: ", login=words.login))))


def _paint(folder: Path) -> int:
    from PySide6.QtGui import QGuiApplication

    from console.demonstration import paint_scenes

    application = QGuiApplication(sys.argv[:1])
    paint_scenes(folder)
    application.quit()
    return EXIT_GOOD


def _refuse(problem: ConsoleError) -> int:
    from console.i18n.errors import error_text

    print(logs.REDACTOR.redact(i18n.plain(error_text(problem))), file=sys.stderr)  # noqa: T201 - the caller's terminal
    return EXIT_REFUSED


def _run(start: Start) -> int:
    """Open the room on a thread of its own while Qt starts; show the window and stay until it closes."""
    opening = None if start.demonstration else _Opening(start)
    with IMPORTING:
        from console.views.window import Frame, Window

    window = Window(start.settings, Frame(start.demonstration, start.size))
    house = House(start, window.hear, opening)
    try:
        if start.login is None and not start.demonstration:
            window.receive(house.behind)
            return window.run()
        return _show(window, house.opened(), start)
    except ConsoleError as problem:
        return _refuse(problem)
    finally:
        # The window first: its last views are ended and written while the room is still there.
        window.close()
        house.close()


def _show(window: Window, opened: Opened, start: Start) -> int:
    """Show the window to whom the arguments named, and stay until it closes."""
    from console.views.window import Showing

    assert opened.session is not None  # noqa: S101 - a name was given
    window.open(Showing(behind(opened.room), opened.session, opened.purpose, opened.sample_people))
    if start.shot is None:
        return window.run()
    return EXIT_GOOD if window.shoot(start.shot, start.after_s) else EXIT_NOT_ALL_LIVE


def behind(room: Room) -> Behind:
    """Return what the window needs of a room."""
    from console.views.seating import Behind

    return Behind(room.station, room.feeds, room.plan.settings, room.attend)


@dataclass(frozen=True, slots=True)
class Opened:
    """A room; with somebody before it, and why he looks, if that is settled already."""

    room: Room
    session: Session | None = None
    purpose: PurposeChoice | None = None
    sample_people: SamplePeople | None = None


class _Opening(threading.Thread):
    """Opens the store and logs in while the main thread loads Qt: one after the other would take too long."""

    def __init__(self, start: Start) -> None:
        super().__init__(name="opening", daemon=True)
        self._start_with = start
        self._future: Future[Opened] = Future()
        self.start()

    def run(self) -> None:
        try:
            self._future.set_result(_open_station(self._start_with))
        except BaseException as problem:  # noqa: BLE001 - carried to whoever waits, whole, by the future
            self._future.set_exception(problem)

    def result(self) -> Opened:
        try:
            return self._future.result()
        finally:
            self.join()


class House:
    """The room behind one window: opened when it is asked for, closed when the window is gone."""

    def __init__(self, start: Start, hear: Callable[[tuple[Change, ...]], None], opening: _Opening | None) -> None:
        self._start_with = start
        self._hear = hear
        self._opening = opening
        self._ui_thread = threading.get_ident()
        self._room: Room | None = None

    def opened(self) -> Opened:
        """Wait for the room, or open it; after a refusal this may be asked again. Any thread."""
        if self._start_with.demonstration:
            opened = _open_demonstration(self._start_with)
        else:
            opening, self._opening = self._opening or _Opening(self._start_with), None
            opened = opening.result()
        self._room = opened.room
        store = opened.room.station.store
        store.on_change(self._hear)
        store.guard_thread(self._ui_thread)
        return opened

    def behind(self) -> Behind:
        return behind(self.opened().room)

    def close(self) -> None:
        if self._opening is not None:
            with suppress(ConsoleError):
                self._room = self._opening.result().room
        if self._room is not None:
            self._room.station.store.guard_thread(0)
            self._room.close()


def _open_station(start: Start) -> Opened:
    with IMPORTING:
        from console.room import Room, RoomPlan
        from console.services.people import station_vault

    room = Room.open(RoomPlan(start.data_dir, start.settings, station_vault(), state_dir=state_dir_default()))
    try:
        session = None
        if start.login is not None and start.password is not None:
            session = room.log_in(start.login, start.password)
        room.start_gate()
    except BaseException:
        room.close()
        raise
    return Opened(room, session)


def _open_demonstration(start: Start) -> Opened:
    """On the main thread: the streets are painted with Qt if they are not there yet."""
    from console.demonstration import open_demonstration, ready_scenes
    from console.views.wall_model import PurposeChoice

    shown = open_demonstration(start.data_dir, start.settings, ready_scenes())
    shown.begin()
    return Opened(shown.room, shown.session, PurposeChoice(Purpose.INCIDENT, shown.incident), shown.people)
