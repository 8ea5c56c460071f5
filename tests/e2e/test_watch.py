"""`main.py watch` as IT runs it: its own process, real workers, a real RTSP server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.rtsp import ClipSpec, Login, RtspServer, available, make_clip
from tests.station import PASSWORD

pytestmark = [
    pytest.mark.rtsp,
    pytest.mark.timeout(120),
    pytest.mark.skipif(not available(), reason="no GStreamer RTSP server"),
]

MAIN = Path(__file__).parents[2] / "main.py"
SPEC = ClipSpec(size=(320, 180), seconds=4, gop_seconds=1, length_s=120)
NOBODY = "rtsp://127.0.0.1:9/live"
CAMERA_WORD = "canary-p@ss:/?"


def start(data_dir: Path, *words: str, typed: tuple[str, ...]) -> subprocess.Popen[str]:
    command = [sys.executable, str(MAIN), *words, "--data", str(data_dir), "--language", "en", "--password-stdin"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write("".join(f"{line}\n" for line in typed))
    process.stdin.close()
    process.stdin = None
    return process


def read_line(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    told: dict[str, Any] = json.loads(process.stdout.readline())
    return told


def until(process: subprocess.Popen[str], url: str, state: str) -> dict[str, Any]:
    """Read on until this address says so."""
    while True:
        told = read_line(process)
        if told["url"] == url and told.get("state") == state:
            return told


def test_live_frozen_refused_and_denied(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir(mode=0o700)
    (data_dir / "station.toml").write_text('[station]\nid = "SKA"\n')
    # Without a keyring only a person with a key to the vault can ask for fingerprints.
    founding = start(data_dir, "user", "add", "--first", "chief", "--role", "superintendent", typed=(PASSWORD,))
    assert founding.wait(60) == 0
    founding.communicate()
    ask = ("watch", "--login", "chief", "--user", "viewer", "--ask-password", "--json")
    with RtspServer(make_clip(tmp_path / SPEC.name, SPEC), login=Login("viewer", CAMERA_WORD)) as server:
        url = server.url()
        running = start(data_dir, *ask, url, "--seconds", "600", typed=(PASSWORD, CAMERA_WORD))
        live = until(running, url, "live")
        assert live["age_ms"] < 2500
        assert live["fps"] == pytest.approx(15.0)
        assert until(running, url, "live")["kbps"] > 20
        server.pause()
        assert until(running, url, "stale")["fps"] == 0.0
        server.resume()
        until(running, url, "live")
        # The whole group gets it, workers too, as from a keyboard.
        os.killpg(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=30)
        assert running.returncode == 0
        assert "Traceback" not in err
        assert CAMERA_WORD not in out + err

        found = start(data_dir, *ask, url, NOBODY, "--seconds", "4", typed=(PASSWORD, "wrong"))
        out, err = found.communicate(timeout=60)
        last = {line["url"]: line["state"] for line in map(json.loads, out.splitlines()) if "state" in line}
        assert last[url] == "denied"
        assert last[NOBODY] in {"reconnecting", "down"}
        assert "user name or password is not correct" in err
        assert "refused the connection" in err
        assert found.returncode == 1
    logs = "".join(path.read_text(errors="replace") for path in data_dir.rglob("*.log"))
    assert CAMERA_WORD not in logs
    assert "canary" not in logs
