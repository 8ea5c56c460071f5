"""The window's composition root: arguments → room → window, and the order in which everything stops."""

from __future__ import annotations

import argparse
import getpass
import logging
import sys
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from console import i18n, logs
from console.kernel import ConsoleError, Purpose, Secret, Session
from console.settings import Settings, data_dir_default, load_settings
from console.video.sandbox import forbid_dumps

if TYPE_CHECKING:
    from console.room import Room
    from console.views.wall_model import PurposeChoice
    from console.views.window import Window

log = logging.getLogger(__name__)

EXIT_GOOD: Final = 0
EXIT_NOT_ALL_LIVE: Final = 1
EXIT_REFUSED: Final = 2
LOGS: Final = "logs"


@dataclass(frozen=True, slots=True)
class Start:
    """How the console was asked to start."""

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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ccoc-console", description="CCOC console")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of the station's data")
    parser.add_argument("--login", metavar="NAME", help="who logs in; the password is asked for")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    parser.add_argument("--demo", action="store_true", help="demonstration: own store, painted scenes, no network")
    parser.add_argument("--paint-scenes", type=Path, metavar="DIR", help="paint the demonstration's streets, end")
    parser.add_argument("--language", choices=i18n.LANGUAGES)
    parser.add_argument("--size", type=_size, metavar="WxH", help="size of the window")
    parser.add_argument("--shot", type=Path, metavar="FILE", help="save a picture of the demonstration's window, end")
    parser.add_argument("--after", type=float, default=10.0, metavar="SECONDS", help="when to take it")
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
    login, password = (None, None) if demonstration else _credentials(words)
    return Start(data_dir, login, password, settings, demonstration, words.shot, words.after, words.size)


def _credentials(words: argparse.Namespace) -> tuple[str, Secret]:
    if words.login is None:
        raise ConsoleError("app.login_missing")
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
    """Open the room on a thread of its own while Qt starts, then show the window and stay until it closes."""
    opening = None if start.demonstration else _Opening(start)
    from console.views.window import Window

    window = Window(start.settings.ui)
    try:
        opened = _open_demonstration(start) if opening is None else opening.result()
    except ConsoleError as problem:
        window.close()
        return _refuse(problem)
    try:
        return _show(window, opened, start)
    finally:
        opened.room.close()


@dataclass(frozen=True, slots=True)
class Opened:
    """A room with somebody before it, and why he looks if that is settled already."""

    room: Room
    session: Session
    purpose: PurposeChoice | None = None


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
        except BaseException as problem:  # noqa: BLE001 - carried to the main thread, whole, by the future
            self._future.set_exception(problem)

    def result(self) -> Opened:
        try:
            return self._future.result()
        finally:
            self.join()


def _open_station(start: Start) -> Opened:
    from console.room import Room, RoomPlan
    from console.services.people import station_vault

    if start.login is None or start.password is None:
        raise ConsoleError("app.login_missing")
    room = Room.open(RoomPlan(start.data_dir, start.settings, station_vault()))
    try:
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
    shown.room.start_gate()
    return Opened(shown.room, shown.session, PurposeChoice(Purpose.INCIDENT, shown.incident))


def _show(window: Window, opened: Opened, start: Start) -> int:
    from console.views.wall_desk import ServiceDesk
    from console.views.window import Showing

    room, store = opened.room, opened.room.station.store
    station = room.plan.settings.station
    showing = Showing(
        session=opened.session,
        clock=room.plan.clock,
        station=station.name_th if room.plan.settings.ui.language == "th" else station.name_en,
        desk=ServiceDesk(room.station, room.feeds, opened.session),
        demonstration=start.demonstration,
        purpose=opened.purpose,
        size=start.size,
    )
    forget = store.on_change(window.hear)
    store.guard_thread(threading.get_ident())
    try:
        if start.shot is None:
            return window.run(showing)
        return EXIT_GOOD if window.shoot(showing, start.shot, start.after_s) else EXIT_NOT_ALL_LIVE
    finally:
        window.close()
        forget()
        store.guard_thread(0)
