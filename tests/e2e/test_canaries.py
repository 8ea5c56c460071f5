"""Fifty canary passwords through the whole running console: none of them may be found anywhere but in the vault."""

from __future__ import annotations

import base64
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest

from console.db.keyrings import NoKeyring
from console.services.people import station_vault
from tests.rtsp import ClipSpec, Login, RtspServer, Sin, SinServer, make_clip
from tests.shell.test_logs import canaries
from tests.station import OFFICER, PASSWORD, Wishes, furnish

pytestmark = [pytest.mark.rtsp, pytest.mark.timeout(180)]

MAIN = Path(__file__).parents[2] / "main.py"
PATIENCE_S = 40.0


def forms(password: str) -> list[bytes]:
    """Every way in which a password could stand in a file."""
    raw = password.encode()
    texts = {password, quote(password, safe=""), quote(password), repr(password)[1:-1]}
    return [raw, base64.b64encode(raw), password.encode("utf-16-le"), *(text.encode() for text in texts)]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        threading.Event().wait(0.05)


@contextlib.contextmanager
def running_console(data: Path, output: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, str(MAIN), "--data", str(data), "--login", OFFICER, "--password-stdin"]
    with output.open("wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=out, stderr=out, env=environment, cwd=output.parent
        )
        assert process.stdin is not None
        process.stdin.write(PASSWORD.encode() + b"\n")
        process.stdin.close()
        try:
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def workers_of(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The workers themselves, without the sandbox's own processes around them."""
    found = []
    for child in psutil.Process(process.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            words = child.cmdline()
            if "worker" in words and "bwrap" not in words[0]:
                found.append(child)
    return found


def told_by_processes(process: subprocess.Popen[bytes]) -> bytes:
    """Arguments, environment and names of the console and everything below it."""
    told = []
    for one in [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]:
        with contextlib.suppress(OSError):
            told += [Path(f"/proc/{one.pid}/{name}").read_bytes() for name in ("cmdline", "environ", "comm")]
    return b"\0".join(told)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_no_password_leaves_the_vault(tmp_path: Path) -> None:
    passwords = canaries(50)
    data = tmp_path / "data"
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(seconds=4))
    good = Login("viewer", passwords[0], "digest")
    with RtspServer(clip, mounts=1, login=good) as camera, SinServer(Sin.UNAUTHORISED) as locked:
        refusing = locked.url.removeprefix("rtsp://")
        # A third is refused a log-in, a third finds nobody, a third is no address of a camera that answers.
        elsewhere = [refusing, "127.0.0.1:9/live", "127.0.0.1:1/none"]
        addresses = [
            f"rtsp://user:{quote(password, safe='')}@{elsewhere[number % 3]}{number}"
            for number, password in enumerate(passwords[1:])
        ]
        wishes = Wishes(
            [camera.url(0, with_login=True), *addresses], private=False, layout=64, vault=station_vault(NoKeyring())
        )
        furnish(data, wishes)
        output = tmp_path / "output.txt"
        with running_console(data, output) as console:
            log = data / "logs" / "console.log"
            wait_for(lambda: len(workers_of(console)) >= 4)
            wait_for(
                lambda: any("authorization" in {name.lower() for name in one.headers} for one in list(locked.seen))
            )
            told = told_by_processes(console)
            for worker in workers_of(console):
                worker.send_signal(signal.SIGSEGV)
            wait_for(lambda: log.exists() and "worker" in log.read_text("utf-8").lower())
            wait_for(lambda: len(workers_of(console)) >= 1)
            told += told_by_processes(console)
        assert console.returncode == 0
        heard = "".join(str(dict(one.headers)) for one in locked.seen)
        assert "uthorization" in heard, "the canaries did reach the cameras' log-in"
    everything = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert any(path.name == "store.db" or path.suffix in {".db", ".sqlite"} for path in everything)
    assert not [path for path in everything if path.name.startswith("core")]
    for password in [*passwords, PASSWORD]:
        for form in forms(password):
            assert form not in told, "in arguments or environment"
            found = [str(path.relative_to(tmp_path)) for path, content in everything.items() if form in content]
            assert not found, f"a canary stands in {found}"
