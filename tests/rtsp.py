"""RTSP for tests: a real GStreamer server, a server with scripted sins, and clips with a readable counter.

clip = make_clip(folder / spec.name, spec)
with RtspServer(clip, mounts=16, login=Login("viewer", "p@ss", "digest")) as server:
    server.url(3)          # rtsp://127.0.0.1:PORT/cam3, without the log-in
    server.url(3, with_login=True)
    server.pause(); server.resume(); server.kill(); server.start()   # start() again: same port
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import quote

from tests.clips import ClipSpec, burn, make_clip, read_counter
from tests.rtsp_sins import Seen, Sin, SinServer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

__all__ = ["ClipSpec", "Login", "RtspServer", "Seen", "Sin", "SinServer", "burn", "make_clip", "read_counter"]

SYSTEM_PYTHON: Final = "/usr/bin/python3"
START_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Login:
    user: str
    password: str
    method: str = "digest"
    """`digest` or `basic`."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How the server serves: codec of the clip, transport, one source for all clients of a mount or one for each."""

    codec: str = "h264"
    udp_only: bool = False
    shared: bool = True


class RtspServer:
    """One server process with mounts cam0 … camN-1 of one clip, or of one clip each."""

    def __init__(
        self,
        clip: Path | Sequence[Path],
        mounts: int = 1,
        *,
        login: Login | None = None,
        manner: Manner | None = None,
        port: int = 0,
    ) -> None:
        clips = [clip] * mounts if isinstance(clip, Path) else list(clip)
        self.mounts: dict[str, str] = {f"cam{number}": str(path.resolve()) for number, path in enumerate(clips)}
        self.login = login
        self.manner = manner or Manner()
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("the RTSP server does not run")
        return self._process.pid

    def url(self, number: int | str = 0, *, with_login: bool = False) -> str:
        user = ""
        if with_login and self.login is not None:
            user = f"{quote(self.login.user, safe='')}:{quote(self.login.password, safe='')}@"
        name = f"cam{number}" if isinstance(number, int) else number
        return f"rtsp://{user}127.0.0.1:{self.port}/{name}"

    def start(self) -> Self:
        """Start, or start again on the same port after `kill`; returns when clients may connect."""
        login = self.login
        plan = {
            "port": self.port,
            "mounts": self.mounts,
            "codec": self.manner.codec,
            "udp_only": self.manner.udp_only,
            "shared": self.manner.shared,
            "login": {"user": login.user, "password": login.password, "method": login.method} if login else None,
        }
        command = [SYSTEM_PYTHON, str(Path(__file__).with_name("rtsp_server.py")), json.dumps(plan)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._process = process
        assert process.stdout is not None
        readable, _, _ = select.select([process.stdout], [], [], START_S)
        words = process.stdout.readline().decode().split() if readable else []
        if words[:1] != ["ready"]:
            self.kill()
            raise RuntimeError("the RTSP server did not start (gir1.2-gst-rtsp-server-1.0 and gstreamer1.0-plugins-*?)")
        self.port = int(words[1])
        return self

    def pause(self) -> None:
        """Freeze the camera: connections stay open, nothing moves."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End it as a power cut does. `start` brings it back on the same port."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()


def available() -> bool:
    """Tell whether the GStreamer RTSP server can run here."""
    if not sys.platform.startswith("linux") or not Path(SYSTEM_PYTHON).exists():
        return False
    probe = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"
    return subprocess.run([SYSTEM_PYTHON, "-c", probe], check=False, capture_output=True).returncode == 0
