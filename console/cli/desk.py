"""The desk of the command line: the words of a verb, the place of the data, who is asking, and how it is answered."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from console import logs
from console.i18n import _, plain
from console.i18n.errors import error_text
from console.kernel import ConsoleError, Secret, Session
from console.settings import Settings, state_dir_default

if TYPE_CHECKING:
    from console.db.cameras import CameraRow
    from console.db.store import StorePlace
    from console.room import Room

GOOD: Final = 0
FOUND: Final = 1
REFUSED: Final = 2


def say(text: str) -> None:
    """Say a sentence on standard output."""
    print(plain(text))


class Desk:
    """What a verb works with: its words, the place of the data, and who is asking."""

    def __init__(self, words: argparse.Namespace, data_dir: Path, settings: Settings) -> None:
        self.words = words
        self.data_dir = data_dir
        self.settings = settings

    def place(self) -> StorePlace:
        from console.db.store import StorePlace

        url = self.settings.database.url
        return StorePlace.standalone(self.data_dir) if url is None else StorePlace(url, self.data_dir)

    @contextmanager
    def room(self) -> Iterator[Room]:
        """Open the store; it is closed again whatever happens."""
        from console.room import Room, RoomPlan
        from console.services.people import station_vault

        plan = RoomPlan(
            self.data_dir, self.settings, station_vault(), program="command line", state_dir=state_dir_default()
        )
        room = Room.open(plan)
        try:
            if room.station.journal.older:
                say(error_text(ConsoleError("journal.older_than_seen")))
            yield room
        finally:
            room.close()

    def log_in(self, room: Room) -> Session:
        """Authenticate whoever asks; without a name nothing is done."""
        login: str | None = self.words.login
        if login is None:
            raise ConsoleError("cli.login_missing")
        return room.log_in(login, self.password(login))

    def password(self, login: str) -> Secret:
        """Read one password: a line of standard input, or a prompt that shows nothing."""
        secret = self.secret(_("Password of {login}: ", login=login))
        if secret is None:
            raise ConsoleError("cli.password_missing")
        return secret

    def secret(self, prompt: str) -> Secret | None:
        """Read what must stand in no argument. None: standard input has ended."""
        if self.words.password_stdin:
            line = sys.stdin.readline()
            if not line:
                return None
            secret = Secret(line.rstrip("\r\n"))
        else:
            secret = Secret(getpass.getpass(plain(prompt)))
        if secret.reveal():
            logs.REDACTOR.remember(secret)
        return secret

    def camera(self, room: Room) -> CameraRow:
        """Return the camera whose code was named."""
        camera = room.station.cameras.by_code(self.words.code)
        if camera is None:
            raise ConsoleError("camera.unknown_code", code=self.words.code)
        return camera
