"""`python3 dev.py bench wall`: the console against bare ffmpeg and mpv, in one run, on the same streams.

CPU is percent of one core for each tile; the console's figure counts every process of it, with gate, leases and
journal on, less the bench's own sampling. Runs are interleaved (console, ffmpeg, mpv, console, …), figures are
medians over the rounds. A figure of CPU is valid only where every tile reached 98 % of its stream's rate.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.bench import peers
from tests.bench.child import AppConsole, Console, ConsoleRun, EngineConsole, Job
from tests.bench.measure import XServer, other_load, report, speaker
from tests.rtsp import ClipSpec, RtspServer, make_clip

ROOT: Final = Path(__file__).resolve().parents[2]
CLIPS: Final = ROOT / "build" / "bench"
MOST_TILES: Final = 100
VALID_SHARE: Final = 0.98
_DENSE: Final = 48
WINDOW: Final = (1920, 1080)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked for on the command line."""

    tiles: int = 16
    width: int = 640
    height: int = 360
    rate: int = 15
    gop_s: float = 1.0
    kbps: int = 0
    source: str = ""
    seconds: float = 20.0
    rounds: int = 2
    json_only: bool = False
    engine_only: bool = False
    peers: bool = True

    @property
    def size(self) -> str:
        return f"{self.width}x{self.height}@{self.rate}"

    @property
    def clip_kbps(self) -> int:
        """Bit rate of the clip unless told: 1600 kbit/s for 640x360@15 (4131 for 1280x720@25), from 49 tiles on 1024.

        With 1600 the bare decoder needs 2.2–2.6 % of a core a stream, the conditions that the budgets were set under;
        on two cores 64 times that leaves little for anything else, the server of the test included. A camera's sub
        stream of this size has 512 to 1024 kbit/s.
        """
        usual = 1600 if self.tiles <= _DENSE else 1024
        return self.kbps or round(usual * (self.width * self.height * self.rate / 3_456_000) ** 0.5)

    @property
    def spec(self) -> ClipSpec:
        bits = self.clip_kbps * 1000 / (self.width * self.height * self.rate)
        return ClipSpec(size=(self.width, self.height), rate=self.rate, gop_seconds=self.gop_s, bits_per_pixel=bits)

    @property
    def tile(self) -> tuple[int, int]:
        columns = math.ceil(math.sqrt(self.tiles))
        return WINDOW[0] // columns, WINDOW[1] // columns


@dataclass(slots=True)
class Rounds:
    """What the rounds gave."""

    console: list[ConsoleRun] = field(default_factory=list)
    ffmpeg: list[peers.Peer] = field(default_factory=list)
    mpv: list[peers.Peer] = field(default_factory=list)


def parse(arguments: Sequence[str]) -> Choice:
    default = Choice()
    parser = argparse.ArgumentParser(prog="dev.py bench wall", description=__doc__)
    parser.add_argument("--tiles", type=int, default=default.tiles)
    parser.add_argument("--size", default="640x360@15", help="WIDTHxHEIGHT@RATE of the test clip")
    parser.add_argument("--gop", type=float, default=default.gop_s, help="seconds between key frames")
    parser.add_argument(
        "--kbps", type=int, default=0, help="bit rate of the clip; default 1600 for 640x360@15, 1024 from 49 tiles on"
    )
    parser.add_argument("--source", default="", help="rtsp://…/cam{n}: your own cameras, {n} counts from 0")
    parser.add_argument("--seconds", type=float, default=default.seconds, help="length of each measurement")
    parser.add_argument("--rounds", type=int, default=default.rounds)
    parser.add_argument("--engine", action="store_true", help="measure the video engine without gate and wall page")
    parser.add_argument("--no-peers", action="store_true", help="the console only")
    parser.add_argument("--json", action="store_true", help="print the result object only")
    given = parser.parse_args(arguments)
    frame, _, rate = given.size.partition("@")
    width, _, height = frame.partition("x")
    try:
        numbers = int(width), int(height), int(rate)
    except ValueError:
        parser.error("--size is WIDTHxHEIGHT@RATE, for example 640x360@15")
    if given.tiles > MOST_TILES and not given.engine:
        parser.error(f"the wall page shows {MOST_TILES} tiles at most; --engine takes more")
    return Choice(
        tiles=given.tiles,
        width=numbers[0],
        height=numbers[1],
        rate=numbers[2],
        gop_s=given.gop,
        kbps=given.kbps,
        source=given.source,
        seconds=given.seconds,
        rounds=given.rounds,
        json_only=given.json,
        engine_only=given.engine,
        peers=not given.no_peers,
    )


def measure(choice: Choice) -> dict[str, Any]:
    """Run everything; returns the object that the issue defines."""
    say = speaker(json_only=choice.json_only)
    with ExitStack() as stack:
        display = stack.enter_context(XServer(*WINDOW))
        if choice.source:
            urls = [choice.source.replace("{n}", str(number)) for number in range(choice.tiles)]
        else:
            clip = make_clip(CLIPS / choice.spec.name, choice.spec)
            server = stack.enter_context(RtspServer(clip, choice.tiles))
            urls = [server.url(number) for number in range(choice.tiles)]
        load = other_load()
        say(f"{choice.tiles} tiles of {choice.size}; the machine was busy with {load:.0f} % of a core before")
        coded = not choice.source
        job = Job(urls, choice.rate, choice.spec.pictures, coded, choice.seconds, choice.gop_s)
        rounds = _rounds(choice, job, display, say)
    return summary(choice, rounds, load)


def _rounds(choice: Choice, job: Job, display: XServer, say: Callable[[str], None]) -> Rounds:
    rounds = Rounds()
    kind: type[Console] = EngineConsole if choice.engine_only else AppConsole
    for number in range(1, choice.rounds + 1):
        rounds.console.append(kind(job, display).run())
        say(f"round {number}: console {rounds.console[-1].cpu_per_tile:.2f} % a tile")
        if choice.peers:
            rounds.ffmpeg.append(peers.ffmpeg(job.urls, choice.seconds, display))
            rounds.mpv.append(peers.mpv(job.urls, choice.seconds, display, choice.tile))
            said = f"ffmpeg {rounds.ffmpeg[-1].cpu_per_tile:.2f} %, mpv {rounds.mpv[-1].cpu_per_tile:.2f} %"
            say(f"round {number}: {said}")
    return rounds


def summary(choice: Choice, rounds: Rounds, load: float) -> dict[str, Any]:
    """The object that the issue defines, with a few fields more."""
    console: dict[str, float | None] = {
        name: _median([getattr(run, name) for run in rounds.console]) for name in ConsoleRun.figures()
    }
    ffmpeg = _median([peer.cpu_per_tile for peer in rounds.ffmpeg])
    mpv = _median([peer.cpu_per_tile for peer in rounds.mpv])
    own = console["cpu_per_tile"]
    floor = VALID_SHARE * choice.rate
    full_rate = {
        "console": (console["fps_min"] or 0) >= floor,
        "ffmpeg": bool(rounds.ffmpeg) and min(peer.fps_min for peer in rounds.ffmpeg) >= floor,
        "mpv": bool(rounds.mpv) and min(peer.fps_min for peer in rounds.mpv) >= floor,
    }
    return {
        "tiles": choice.tiles,
        "size": choice.size,
        "distinct": not choice.source,
        "console": console,
        "ffmpeg": {"cpu_per_tile": ffmpeg},
        "mpv": {"cpu_per_tile": mpv},
        "ratio_ffmpeg": _ratio(own, ffmpeg),
        "ratio_mpv": _ratio(own, mpv),
        # CPU figures count only where the rate was reached.
        "valid": full_rate,
        "gop_s": choice.gop_s,
        "kbps": None if choice.source else choice.clip_kbps,
        "rounds": choice.rounds,
        "whole_console": not choice.engine_only,
        "other_load_before": round(load, 1),
        "peer_mb_per_tile": {
            "ffmpeg": _median([peer.mb_per_tile for peer in rounds.ffmpeg]),
            "mpv": _median([peer.mb_per_tile for peer in rounds.mpv]),
        },
    }


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(statistics.median(known), 3) if known else None


def _ratio(own: float | None, other: float | None) -> float | None:
    return round(own / other, 3) if own and other else None


def main(arguments: Sequence[str]) -> int:
    choice = parse(arguments)

    def show(found: dict[str, Any]) -> None:
        for name, is_valid in found["valid"].items():
            if not is_valid and (choice.peers or name == "console"):
                print(f"{name}: below 98 % of the streams' rate, its CPU figure is not valid")

    return report("wall", lambda: measure(choice), show, json_only=choice.json_only)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
