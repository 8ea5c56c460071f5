"""What a person at the console sees when the computer is not as it should be: a sentence in each language, no loss."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console import app, cli, i18n
from console.app import behind
from console.db.keyrings import NoKeyring
from console.kernel import Clock, DenyReason, Fault, Purpose, Secret, SystemClock, TileState
from console.room import Room
from console.services.incidents import OpenIncident
from console.services.people import station_vault
from console.services.station_clock import ConfirmClock
from console.views.wall_board import Board
from console.views.wall_model import PurposeChoice
from console.views.wall_words import cell_words, explanation
from console.views.window import Frame, Showing, Window
from tests.station import HEAD, OFFICER, PASSWORD, Furnished, Wishes, furnish
from tests.store.processes import own_file_systems

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.qt_log_ignore("propagateSizeHints"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="mounts file systems and builds a library"),
]

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "main.py"
NOBODY = "rtsp://127.0.0.1:9/live"
PATIENCE_S = 60.0
PATIENCE_MS = 60_000


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A station with one shop's camera that nobody answers for, and two of its own; closed."""
    folder = tmp_path_factory.mktemp("station") / "data"
    furnish(folder, Wishes([NOBODY, f"{NOBODY}2"], private=False, vault=station_vault(NoKeyring())))
    return folder


@pytest.fixture
def station(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "data"))


@pytest.fixture(autouse=True)
def _language_as_before() -> Iterator[None]:
    before = i18n.language()
    yield
    i18n.install(before)


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT), **more}


def command(folder: Path, language: str, *words: str, login: str = OFFICER) -> list[str]:
    common = ["--data", str(folder), "--language", language, "--login", login, "--password-stdin"]
    return [sys.executable, str(MAIN), *words, *common]


def run(arguments: Sequence[str], before: str = "") -> Said:
    """Run a program to its end; `before` are shell commands in a mount namespace of its own."""
    if before:
        if not own_file_systems():
            pytest.skip("this machine does not let us mount a file system of our own (root and unshare are needed)")
        arguments = ["unshare", "--mount", "sh", "-ec", f'{before}\nexec "$@"', "sh", *arguments]
    done = subprocess.run(
        arguments,
        input=f"{PASSWORD}\n",
        capture_output=True,
        text=True,
        env=environment(),
        timeout=PATIENCE_S * 2,
        check=False,
        cwd=ROOT,
    )
    return Said(done.returncode, done.stdout, done.stderr)


def digest(folder: Path) -> str:
    return hashlib.sha256((folder / "console.db").read_bytes()).hexdigest()


def still_whole(folder: Path) -> bool:
    """The journal verifies, by the program itself."""
    return run(command(folder, "en", "journal", "verify", login=HEAD)).code == cli.GOOD


# Refused at the start: what is wrong, what is safe, what to do


def damage(folder: Path) -> None:
    with (folder / "console.db").open("r+b") as file:
        file.write(b"nothing of a database is left here")


def make_newer(folder: Path) -> None:
    with contextlib.closing(sqlite3.connect(folder / "console.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


SENTENCES: dict[str, dict[str, tuple[str, ...]]] = {
    "damaged": {
        "en": ("is damaged", "nothing was changed", "restore the newest backup"),
        "th": ("เสียหาย", "ยังไม่มีอะไรถูกเปลี่ยนแปลง", "ชุดสำรองล่าสุด"),
    },
    "newer": {
        "en": ("made by a newer version", "9999", "Nothing was changed", "Install the newer program"),
        "th": ("รุ่นใหม่กว่า", "9999", "ยังไม่มีอะไรถูกเปลี่ยนแปลง"),
    },
    "read-only": {
        "en": ("cannot be written", "What was saved before is safe", "Ask IT"),
        "th": ("เขียน", "ปลอดภัย", "ผู้ดูแลระบบ"),
    },
    "full": {"en": ("disk is full", "is safe", "Free some space"), "th": ("เต็ม", "ปลอดภัย")},
    "network": {
        "en": ("network drive", "Nothing was written", "Choose a folder of this computer"),
        "th": ("เครือข่าย", "ยังไม่"),
    },
}


def told(said: str, condition: str, language: str) -> bool:
    missing = [words for words in SENTENCES[condition][language] if words not in said]
    assert not missing, f"{missing} not in: {said}"
    assert "Traceback" not in said
    assert "{" not in said
    assert PASSWORD not in said
    return True


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("condition", ["damaged", "newer", "read-only"])
def test_a_database_that_cannot_be_used(station: Path, condition: str, language: str) -> None:
    before = ""
    if condition == "damaged":
        damage(station)
    elif condition == "newer":
        make_newer(station)
    else:
        before = f'mount --bind "{station}" "{station}"\nmount -o remount,bind,ro "{station}"'
    known = digest(station)
    said = run(command(station, language), before)
    assert said.code == app.EXIT_REFUSED, said.err
    assert told(said.err, condition, language)
    assert digest(station) == known, "left exactly as it was"
    if condition == "read-only":
        assert still_whole(station)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_disk_that_is_full_before_anybody_has_logged_in(station: Path, tmp_path: Path, language: str) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    before = (
        f'mount -t tmpfs -o size=6m tmpfs "{disk}"\ncp -a "{station}/." "{disk}"\n'
        f'cat /dev/zero > "{disk}/filler" 2>/dev/null || true'
    )
    said = run(command(disk, language), before)
    assert said.code == app.EXIT_REFUSED, said.err
    assert told(said.err, "full", language)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_network_drive(
    station: Path,
    language: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    qapp: QApplication,
) -> None:
    """No share can be mounted here, so the answer of the system is put in its mouth."""
    monkeypatch.setattr("console.db.opening.NETWORK_DRIVES", frozenset({SystemDrive.of(station)}))
    monkeypatch.setattr("console.app._credentials", lambda _words: (OFFICER, Secret(PASSWORD)))
    known = digest(station)
    assert app.run(["--data", str(station), "--language", language, "--login", OFFICER]) == app.EXIT_REFUSED
    assert told(capsys.readouterr().err, "network", language)
    assert digest(station) == known


class SystemDrive:
    """The kind of drive that this test's files lie on."""

    @staticmethod
    def of(path: Path) -> str:
        from console.db.places import drive_kind

        return drive_kind(path)


# Two consoles


@contextlib.contextmanager
def console(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command(folder, "en"),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
    )
    assert process.stdin is not None
    process.stdin.write(f"{PASSWORD}\n".encode())
    process.stdin.close()
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def note_of(folder: Path) -> dict[str, object]:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, ValueError):
            note: dict[str, object] = json.loads((folder / "store.holder").read_text("utf-8"))
            return note
        threading.Event().wait(0.05)
    pytest.fail("the first console did not come up")


def test_the_second_console_names_the_first(station: Path) -> None:
    with console(station) as first:
        note = note_of(station)
        assert note["pid"] == first.pid
        for language, words in (("en", "in use by another program"), ("th", "กำลังใช้ฐานข้อมูลอยู่")):
            said = run(command(station, language))
            assert said.code == app.EXIT_REFUSED
            assert words in said.err
            assert str(first.pid) in said.err
            assert "console" in said.err, "which program, by name"
            assert str(note["since"]) not in said.err, "a time as people write it"
            assert "–" not in said.err
        # The command line is told the same.
        assert str(first.pid) in run(command(station, "en", "journal", "verify", login=HEAD)).err
        assert first.poll() is None, "the first one goes on"
    assert still_whole(station)


# The disk fills up while the wall is running


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_disk_that_fills_up(station: Path, tmp_path: Path, language: str) -> None:
    """No opening without its row: no picture; what runs goes on, what was saved stays, and it comes back by itself."""
    disk = tmp_path / "disk"
    disk.mkdir()
    before = f'mount -t tmpfs -o size=12m tmpfs "{disk}"\ncp -a "{station}/." "{disk}"'
    said = run([sys.executable, str(Path(__file__).with_name("full_disk.py")), str(disk), language], before)
    assert said.code == 0, said.err
    seen = json.loads(said.out.splitlines()[-1])
    assert seen["reason"] == DenyReason.JOURNAL_UNAVAILABLE.value
    assert seen["streams_of_second"] == 0
    assert (seen["gone"], seen["half_written"]) == ({}, False)
    assert seen["still_running"]
    assert seen["opened_again"] == 1
    assert ("journal cannot be written" if language == "en" else "ลงบันทึกการเข้าถึงไม่ได้") in seen["tile"]
    assert told(seen["notice"], "full", language)


# No keyring


@pytest.mark.parametrize(("language", "words"), [("en", "Passwords alone protect"), ("th", "รหัสผ่านเพียงอย่างเดียว")])
def test_no_keyring(station: Path, language: str, words: str) -> None:
    """Said by the self-test; whoever has a password logs in all the same."""
    alone = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", "DBUS_SESSION_BUS_ADDRESS": "/dev/null"}
    arguments = [sys.executable, str(MAIN), "self-test", "--data", str(station), "--language", language]
    done = subprocess.run(
        arguments, capture_output=True, text=True, env=environment(**alone), timeout=PATIENCE_S, check=False
    )
    assert words in done.stdout
    assert still_whole(station)


# The window on a station whose computer has something wrong with it


class ShiftedClock:
    """The computer's clock, which somebody may set."""

    def __init__(self) -> None:
        self._real = SystemClock()
        self.shift = timedelta()

    def now(self) -> datetime:
        return self._real.now() + self.shift

    def monotonic(self) -> float:
        return self._real.monotonic()


@dataclass(frozen=True)
class Seat:
    """A console with an officer before its window."""

    room: Room
    board: Board

    def tile(self, index: int) -> tuple[str, str]:
        """What stands on the tile and what its card says."""
        cell = self.board.cells[index]
        status = None if cell.feed is None else cell.feed.state()
        now = self.room.plan.clock.now()
        words = cell_words(cell, status, now)
        return i18n.plain(f"{words.badge}\n{words.message}"), i18n.plain(explanation(cell, status, now))

    def fault(self, index: int) -> Fault:
        feed = self.board.cells[index].feed
        return Fault.NONE if feed is None else feed.state().fault

    def aside(self, work: object) -> None:
        """Do what the window would hand to its write thread."""
        assert callable(work)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()


@contextlib.contextmanager
def seat(furnished: Furnished, qtbot: QtBot, clock: Clock | None = None) -> Iterator[Seat]:
    with ExitStack() as closing:
        plan = furnished.plan if clock is None else replace(furnished.plan, clock=clock)
        room = Room.open(plan)
        closing.callback(room.close)
        session = room.log_in(OFFICER, Secret(PASSWORD))
        room.start_gate()
        store = room.station.store
        window = Window(plan.settings, Frame(size=(1366, 768)))
        closing.callback(store.guard_thread, 0)
        closing.callback(window.close)
        closing.callback(store.on_change(window.hear))
        store.guard_thread(threading.get_ident())
        window.open(Showing(behind(room), session))
        assert window.wall is not None
        board = window.wall.board
        qtbot.waitUntil(lambda: len(board.cameras) == len(furnished.cameras), timeout=PATIENCE_MS)
        yield Seat(room, board)


STUB = 'const char *libvlc_get_version(void) { return "3.0.16 Vetinari"; }\n'


@pytest.fixture
def too_old(tmp_path: Path) -> Path:
    """A library that is there and says that it is too old."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("needs a C compiler")
    folder = tmp_path / "oldvlc"
    folder.mkdir()
    (folder / "stub.c").write_text(STUB)
    made = folder / "libvlc.so.5"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(made), str(folder / "stub.c")], check=True)
    return made


@pytest.mark.parametrize("condition", ["missing", "too old"])
def test_no_fitting_libvlc(
    condition: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    """The tile says what is wrong and who mends it; nothing else of the console is touched."""
    library = request.getfixturevalue("too_old") if condition == "too old" else tmp_path / "nowhere" / "libvlc.so.5"
    monkeypatch.setenv("PYTHON_VLC_LIB_PATH", str(library))
    furnished = furnish(tmp_path / "data", Wishes([NOBODY], private=False, vault=station_vault(NoKeyring())))
    with seat(furnished, qtbot) as sitting:
        sitting.board.place(0, furnished.cameras[0])
        qtbot.waitUntil(lambda: sitting.fault(0) is Fault.ENGINE_MISSING, timeout=PATIENCE_MS)
        feed = sitting.board.cells[0].feed
        assert feed is not None
        assert feed.state().state is TileState.DOWN
        assert feed.picture() is None
        for language, words, way_out in (
            ("en", "VLC is missing or too old", "install VLC 3.0 (64-bit)"),
            ("th", "VLC", "ผู้ดูแลระบบ"),
        ):
            i18n.install(language)
            tile, card = sitting.tile(0)
            assert words in tile
            assert way_out in card
    assert still_whole(tmp_path / "data")


def test_a_clock_that_was_set_back(tmp_path: Path, qtbot: QtBot) -> None:
    """Own cameras go on, owners' stay dark with the reason, until the superintendent's word stands in the journal."""
    furnished = furnish(tmp_path / "data", Wishes([NOBODY], private=True, vault=station_vault(NoKeyring())))
    clock = ShiftedClock()
    with seat(furnished, qtbot, clock) as sitting:
        room, board = sitting.room, sitting.board
        heads: list[object] = []

        def in_the_future() -> None:
            head = room.station.people.log_in(HEAD, Secret(PASSWORD))
            heads.append(head)
            room.station.dispatcher.run(OpenIncident(title="An invented incident"), head)

        clock.shift = timedelta(days=400)
        sitting.aside(in_the_future)
        clock.shift = timedelta()
        board.choose(PurposeChoice(Purpose.FOLLOW))
        board.place(0, furnished.cameras[0])
        board.choose(PurposeChoice(Purpose.FOLLOW))
        qtbot.waitUntil(lambda: board.cells[0].denied is not None, timeout=PATIENCE_MS)
        denied = board.cells[0].denied
        assert denied is not None
        assert denied.reason is DenyReason.CLOCK_SET_BACK
        for language, words in (("en", "correct the clock"), ("th", "แก้นาฬิกา")):
            i18n.install(language)
            assert words in sitting.tile(0)[0]
        board.sweep()
        qtbot.waitUntil(lambda: board.cells[0].denied is not None, timeout=PATIENCE_MS)
        sitting.aside(lambda: room.station.dispatcher.run(ConfirmClock(), heads[0]))  # type: ignore[arg-type]
        qtbot.waitUntil(lambda: board.cells[0].feed is not None, timeout=PATIENCE_MS)
    assert still_whole(tmp_path / "data")
