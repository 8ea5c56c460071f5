"""The peers that the console is measured against, over TCP, one process a stream: bare ffmpeg decode and mpv on X11."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.measure import BenchError, XServer, pss_megabytes, wait_until, watch_cpu

_CONNECT_S: Final = 60.0
_SETTLE_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Peer:
    """One run of one peer: percent of a core, megabytes and pictures a second, each for a stream."""

    cpu_per_tile: float
    mb_per_tile: float
    fps_min: float


def _run(commands: Sequence[list[str]], counts: Callable[[], list[int]], seconds: float, env: dict[str, str]) -> Peer:
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            processes.append(  # noqa: PERF401 (what was started must be ended, whatever fails)
                subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env
                )
            )
        wait_until(lambda: min(counts()) > 0, _CONNECT_S, f"the first pictures of {commands[0][0]}")
        first = counts()
        wait_until(
            lambda: min(now - then for now, then in zip(counts(), first, strict=True)) > 5 * _SETTLE_S,
            _CONNECT_S,
            f"{commands[0][0]} to settle",
        )
        pids = [process.pid for process in processes]
        before = counts()
        window = watch_cpu(pids, seconds)
        after = counts()
        memory = pss_megabytes(pids)
        if any(process.poll() is not None for process in processes):
            raise BenchError(f"{commands[0][0]} ended while it was measured")
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    shown = [(now - then) / window.seconds for now, then in zip(after, before, strict=True)]
    return Peer(window.percent / len(pids), memory / len(pids), min(shown))


def ffmpeg(urls: Sequence[str], seconds: float, display: XServer) -> Peer:
    """`ffmpeg -threads 1 -rtsp_transport tcp -i URL -f null -` for each stream: decoding and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        reports = [Path(folder) / str(number) for number in range(len(urls))]
        # fmt: off
        commands = [
            ["ffmpeg", "-nostdin", "-loglevel", "quiet", "-stats_period", "0.1", "-progress", f"file:{report}",
             "-threads", "1", "-rtsp_transport", "tcp", "-i", url, "-an", "-f", "null", "-"]
            for url, report in zip(urls, reports, strict=True)
        ]
        # fmt: on
        return _run(commands, lambda: [_progress(report) for report in reports], seconds, display.environment())


def _progress(report: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        frames = [line for line in report.read_text().splitlines() if line.startswith("frame=")]
        if frames:
            return int(frames[-1].removeprefix("frame="))
    return 0


def mpv(urls: Sequence[str], seconds: float, display: XServer, tile: tuple[int, int]) -> Peer:
    """`mpv --vo=x11` at the tile's size for each stream, one decoder thread each, its own windows on our X server."""
    with tempfile.TemporaryDirectory() as folder:
        sockets = [Path(folder) / str(number) for number in range(len(urls))]
        width, height = tile
        # fmt: off
        commands = [
            ["mpv", "--no-config", "--vo=x11", "--no-audio", "--really-quiet", "--rtsp-transport=tcp",
             "--vd-lavc-threads=1", "--hwdec=no", "--no-osc", "--osd-level=0", "--no-input-default-bindings",
             "--keepaspect-window=no", f"--geometry={width}x{height}", f"--input-ipc-server={where}", url]
            for url, where in zip(urls, sockets, strict=True)
        ]
        # fmt: on
        return _run(commands, lambda: [_shown(where) for where in sockets], seconds, display.environment())


def _shown(where: Path) -> int:
    """Pictures that mpv has shown: passed its decoder, less those it dropped."""
    try:
        with socket.socket(socket.AF_UNIX) as talk:
            talk.settimeout(5)
            talk.connect(str(where))
            stream = talk.makefile("rwb")
            number = _ask(stream, "estimated-frame-number") or 0
            return number - (_ask(stream, "frame-drop-count") or 0)
    except (FileNotFoundError, ConnectionRefusedError):
        return 0


def _ask(stream: Any, name: str) -> int | None:
    stream.write(json.dumps({"command": ["get_property", name], "request_id": 1}).encode() + b"\n")
    stream.flush()
    while line := stream.readline():
        answer = json.loads(line)
        if answer.get("request_id") == 1 and "error" in answer:
            value = answer.get("data")
            return int(value) if value is not None else None
    return None
