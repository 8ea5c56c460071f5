"""Start the frozen program as a stranger would: elsewhere, with an empty home and nothing of the source tree.

`python -m installer.smoke FOLDER` copies the program folder to a place of its own and starts only programs from there.
The demonstration comes alive; then a station is made by the command line alone, two real RTSP cameras come alive in the
window under an officer's keys, the journal verifies, no password lies in clear anywhere, and no process stays.
Needs the X server named in DISPLAY, xdotool, and the RTSP server of the tests. On Windows the demonstration only.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from installer.x_window import close_window
from tests.rtsp import ClipSpec, Login, RtspServer, available, make_clip

WINDOWS: Final = sys.platform == "win32"
LIVE_AFTER_S: Final = 20
PATIENCE_S: Final = 60.0
LEAVE_S: Final = 15.0
HEAD, REGISTRAR, OFFICER = "head", "registrar", "officer"
PASSWORD: Final = "smoke-plum-74-lantern"  # noqa: S105 - of an invented person in a store that is thrown away
FIRST: Final = "smoke-fig-31-ladder"
"""What others are added with; each chooses `PASSWORD` instead."""
CAMERA: Final = Login("viewer", "p@ss:/?#%é")
OWN, SHOP = "S01", "P01"
CAMERAS: Final = 2


class Unfit(Exception):
    """The frozen program does not do what it must; the text says what."""


def require(fact: object, otherwise: str) -> None:
    if not fact:
        raise Unfit(otherwise)


def wait_for(fact: Callable[[], bool], otherwise: str, patience_s: float = PATIENCE_S) -> None:
    pause, end = threading.Event(), time.monotonic() + patience_s
    while not fact():
        require(time.monotonic() < end, otherwise)
        pause.wait(0.2)


@dataclass(frozen=True)
class Place:
    """A computer that has never seen us: the program folder, an empty home, and a folder to stand in."""

    program: Path
    home: Path
    run: Path

    @property
    def data(self) -> Path:
        return self.home / "station"

    def environment(self) -> dict[str, str]:
        kept = ("PATH", "DISPLAY", "SYSTEMROOT", "WINDIR", "TEMP", "TMP", "PROGRAMFILES", "LANG")
        env = {name: os.environ[name] for name in kept if name in os.environ}
        home = str(self.home)
        return env | {"HOME": home, "USERPROFILE": home, "LOCALAPPDATA": home, "XDG_RUNTIME_DIR": str(self.run)}

    def command(self, name: str, words: Sequence[str]) -> list[str]:
        return [str(self.program / f"{name}{'.exe' if WINDOWS else ''}"), *words]

    def start(self, name: str, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(name, words),
            cwd=self.run,
            env=self.environment(),
            encoding="utf-8",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def told(
        self,
        *words: str,
        login: str | None = None,
        password: str = PASSWORD,
        typed: Sequence[str] = (),
        good: Sequence[int] = (0,),
    ) -> str:
        """Say one verb to the command line; its exit code must be one of `good`. Returns what it said."""
        about = ["--data", str(self.data), "--language", "en", "--password-stdin"]
        who = [] if login is None else ["--login", login]
        lines = [*([] if login is None else [password]), *typed]
        program = self.start("ccoc-console-cli", *words, *about, *who)
        said, _ = program.communicate("".join(f"{line}\n" for line in lines), timeout=PATIENCE_S)
        require(program.returncode in good, f"`{' '.join(words)}` ended with {program.returncode}:\n{said}")
        return said

    def processes(self) -> list[psutil.Process]:
        """Whatever still runs from the program folder, workers in their sandbox included."""
        found = []
        for process in psutil.process_iter(["exe", "cmdline"]):
            words = [process.info["exe"] or "", *(process.info["cmdline"] or [])]
            if any(str(self.program) in word for word in words):
                found.append(process)
        return found

    def require_silence(self, after: str) -> None:
        """See that every process of ours has ended."""
        end = time.monotonic() + LEAVE_S
        left = self.processes()
        while left and time.monotonic() < end:
            psutil.wait_procs(left, timeout=0.5)
            left = self.processes()
        names = [" ".join(process.cmdline()) for process in left]
        require(not left, f"after {after} these processes stay: {names}")


@contextlib.contextmanager
def elsewhere(frozen: Path) -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="smoke-", ignore_cleanup_errors=True) as folder:
        root = Path(folder)
        place = Place(root / "Program Files" / "CCOC console", root / "home", root / "run")
        shutil.copytree(frozen, place.program, symlinks=True)
        place.home.mkdir()
        place.run.mkdir(mode=0o700)
        try:
            yield place
        finally:
            for process in place.processes():
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()


def step(says: str) -> None:
    print(f"{says} …", flush=True)


# --- what it shows ---------------------------------------------------------------------------------------------------


def self_test(place: Place) -> None:
    step("self-test: a worker starts and says what it is")
    found = 1  # no trusted keyring in an empty home: said, and no reason to refuse
    said = place.told("self-test", good=(0, found))
    require("libvlc" in said.lower(), f"no worker came up with libVLC:\n{said}")
    if bubblewrap_works():
        require("Workers run under: bubblewrap" in said, f"the frozen worker is not sandboxed:\n{said}")
    else:
        print("  (bubblewrap does not work on this machine, so the worker ran without it)", flush=True)
    place.require_silence("the self-test")


def bubblewrap_works() -> bool:
    program = shutil.which("bwrap")
    if program is None:
        return False
    trial = [program, "--unshare-all", "--ro-bind", "/", "/", "/usr/bin/env", "true"]
    return subprocess.run(trial, check=False, capture_output=True).returncode == 0


def demonstration(place: Place) -> None:
    step("demonstration: nine tiles come alive, in Thai")
    picture = place.run / "wall.png"
    words = ["--demo", "--size", "1366x768", "--shot", str(picture), "--after", str(LIVE_AFTER_S)]
    program = place.start("ccoc-console", *words)
    said, _ = program.communicate(timeout=LIVE_AFTER_S + PATIENCE_S)
    require(program.returncode == 0, f"not every tile of the demonstration was live ({program.returncode}):\n{said}")
    require(picture.exists(), "the demonstration left no picture")
    require(not said.strip(), f"the demonstration had something to say:\n{said}")
    place.require_silence("the demonstration")


def furnish(place: Place, server: RtspServer) -> None:
    step("a station by the command line alone: people, two cameras, their rights")
    place.data.mkdir(exist_ok=True)  # the self-test has left its log there
    place.told("user", "add", "--first", HEAD, "--role", "superintendent", typed=[PASSWORD])
    for login, role in ((REGISTRAR, "camera_registrar"), (OFFICER, "duty_officer")):
        place.told("user", "add", login, "--role", role, login=HEAD, typed=[FIRST])
        place.told("user", "password", login=login, password=FIRST, typed=[PASSWORD, PASSWORD])
    table = place.run / "cameras.csv"
    rows = [
        ["code", "name", "place", "owner_type", "address", "user", "password"],
        [OWN, "แยกสาธิต", "ถนนสาธิต", "police", server.url(0), CAMERA.user, CAMERA.password],
        [SHOP, "หน้าร้านทอง", "ถนนสาธิต", "bank_or_gold", server.url(1), CAMERA.user, CAMERA.password],
    ]
    table.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
    place.told("camera", "import", str(table), login=REGISTRAR)
    table.unlink()
    record = ("authority", "record")
    purposes = ("--purpose", "risk_spot", "incident")
    place.told(*record, OWN, "--kind", "own", "--level", "3", *purposes, login=REGISTRAR)
    refused = 2
    shop = (*record, SHOP, "--kind", "owner", "--level", "3", *purposes)
    place.told(*shop, login=REGISTRAR, good=(refused,))
    let_sign(place)
    place.told("authority", "countersign", OWN, login=REGISTRAR, good=(refused,))
    place.told("authority", "countersign", OWN, login=HEAD)


def let_sign(place: Place) -> None:
    """Let the shop's owner sign. The command line has no paper to sign on, so the services of this tree do it."""
    from console.db.keyrings import NoKeyring
    from console.kernel import Secret
    from console.room import Room, RoomPlan
    from console.services.people import station_vault
    from tests.station import allowed, settings_of

    with closing(Room.open(RoomPlan(place.data, settings_of(place.data, {}), station_vault(NoKeyring())))) as room:
        registrar = room.log_in(REGISTRAR, Secret(PASSWORD))
        camera = room.station.cameras.by_code(SHOP)
        if camera is None:
            raise Unfit("the shop's camera is not there")
        allowed(room.station, camera.id, registrar)


def probe(place: Place) -> None:
    step("connection test of the command line")
    said = place.told("camera", "probe", OWN, login=REGISTRAR)
    require("h264" in said and "640x360" in said, f"the probe did not find the camera's facts:\n{said}")
    place.require_silence("the probe")


def wall(place: Place) -> None:
    step("an officer's window: two real cameras by the keys of the wall")
    before = journaled(place)

    def new(event: str) -> int:
        return journaled(place)[event] - before[event]

    words = ["--data", str(place.data), "--language", "en", "--login", OFFICER, "--password-stdin"]
    program = place.start("ccoc-console", *words, "--size", "1366x768")
    try:
        if program.stdin is not None:
            program.stdin.write(f"{PASSWORD}\n")
            program.stdin.flush()
        keys = Keys(program)
        put_on_the_wall(keys, OWN)
        wait_for(lambda: new("view.picture") == 1, "the station's own camera did not come alive")
        keys.press("Right")
        put_on_the_wall(keys, SHOP)
        keys.press("p", "5")
        wait_for(lambda: new("view.picture") == CAMERAS, "the shop's camera did not come alive for a purpose")
        require_confined(place)
        close_window(keys.window)
        said, _ = program.communicate(timeout=PATIENCE_S)
    finally:
        program.kill()
    require(program.returncode == 0, f"the window ended with {program.returncode}:\n{said}")
    require(not said.strip(), f"the window had something to say:\n{said}")
    require(new("view.opened") == new("view.ended") == CAMERAS, f"views do not stand whole in the journal: {before}")
    place.require_silence("the window")


def put_on_the_wall(keys: Keys, code: str) -> None:
    keys.press("f")
    keys.type(code)
    keys.press("Return")


def require_confined(place: Place) -> None:
    """Both kinds of camera run, each kind in a worker of its own, under bubblewrap where that works."""
    lines = [process.info["cmdline"] or [] for process in place.processes()]
    workers = [line for line in lines if line[-1:] == ["worker"]]
    own = [line for line in workers if line[0].startswith(str(place.program))]
    require(len(own) == len({"private", "own"}), f"not one worker for each kind of camera: {own}")
    if bubblewrap_works():
        walled = [line for line in workers if line[0].endswith("bwrap")]
        require(len(walled) >= len(own), f"workers without their sandbox: {workers}")


def journaled(place: Place) -> Counter[str]:
    """Count the journal's rows by event: read from outside, as an auditor with the file would."""
    with closing(sqlite3.connect(f"file:{place.data / 'console.db'}?mode=ro", uri=True, timeout=PATIENCE_S)) as store:
        return Counter(dict(store.execute("SELECT event_class, count(*) FROM journal GROUP BY event_class")))


def verify(place: Place) -> None:
    step("the journal, the database, and no password in clear")
    said = place.told("journal", "verify", login=HEAD)
    require("The journal is whole" in said, said)
    place.told("db", "status")
    place.told("db", "backup", login=HEAD)
    for path in [path for path in place.home.rglob("*") if path.is_file()]:
        content = path.read_bytes()
        for secret in (PASSWORD, CAMERA.password):
            require(secret.encode() not in content, f"a password lies in clear in {path.relative_to(place.home)}")
    place.require_silence("the command line")


class Keys:
    """An officer's keyboard at the one window of the program."""

    def __init__(self, program: subprocess.Popen[str]) -> None:
        self.window = 0
        wait_for(lambda: self._found(program), "no window came up")

    def _found(self, program: subprocess.Popen[str]) -> bool:
        require(program.poll() is None, f"the window's program ended with {program.returncode}")
        asked = ["xdotool", "search", "--onlyvisible", "--pid", str(program.pid), "--name", "."]
        said = subprocess.run(asked, check=False, capture_output=True, text=True).stdout.split()
        if said:
            self.window = int(said[-1])
            # There is no window manager here that would give it the keyboard.
            subprocess.run(["xdotool", "windowfocus", "--sync", str(self.window)], check=True)
        return bool(said)

    def press(self, *keys: str) -> None:
        subprocess.run(["xdotool", "key", "--delay", "100", *keys], check=True)

    def type(self, text: str) -> None:
        subprocess.run(["xdotool", "type", "--delay", "50", text], check=True)


def smoke(frozen: Path) -> None:
    with elsewhere(frozen) as place:
        self_test(place)
        demonstration(place)
        if not available():
            print("No RTSP server here: the real cameras are left out.", flush=True)
            return
        with ExitStack() as ending:
            folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="clip-")))
            clip = make_clip(folder / "clip.mp4", ClipSpec(seconds=4, length_s=600))
            server = ending.enter_context(RtspServer(clip, mounts=2, login=CAMERA))
            furnish(place, server)
            probe(place)
            wall(place)
            verify(place)


def main() -> int:
    try:
        smoke(Path(sys.argv[1]).resolve())
    except Unfit as unfit:
        print(f"The frozen program is not fit: {unfit}", file=sys.stderr)
        return 1
    print("The frozen program lives.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
