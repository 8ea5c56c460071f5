"""A whole console before real cameras that can be made to fail, and everything that watches it.

Cameras (GStreamer) → relay (fails on order, knows when each picture was made) → console with gate and journal on an X
server of its own → its screen, read from outside ten times a second or more. What tiles say comes from the console.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from tests.bench.child import Child
from tests.bench.footprint import Footprint, dials, footprint
from tests.bench.measure import BenchError, XServer, wait_until
from tests.bench.relay import Lane, Relay
from tests.bench.screen import Place, Screen
from tests.bench.truth import Clockwork, Record, Sample
from tests.clips import join_sizes
from tests.rtsp import ClipSpec, Login, RtspServer, make_clip
from tests.rtsp import Manner as Serving
from tests.station import HEAD, OFFICER, PASSWORD, REGISTRAR, Wishes, furnish

CLIPS: Final = Path(__file__).resolve().parents[2] / "build" / "bench"
WINDOW: Final = (1920, 1080)
TILES: Final = (4, 9, 16, 25, 36, 64, 100)
"""Layouts of equal tiles: every camera must be in sight."""

RATE: Final = 15
"""Pictures a second of each camera, unless asked otherwise."""

BEFORE_CHANGE: Final = 120
"""Pictures of a camera that changes its size before it does."""

LOGIN: Final = Login("viewer", "new-password-9", "digest")
LIVE_S: Final = 60.0
_SAMPLE_S: Final = 0.05
_ACT_S: Final = 30.0
_ENDED: Final = re.compile(r"Worker \S+ with \d+ streams ended: (.*)")
_LOOKS: Final = 5
_CLOSE_S: Final = 0.005
_FEWEST_A_WORKER: Final = 2
_MOST_A_WORKER: Final = 16


@dataclass(frozen=True, slots=True)
class Plan:
    """How large the wall is, and how many of its cameras are made to fail."""

    tiles: int = 16
    rate: int = RATE

    @property
    def spec(self) -> ClipSpec:
        return ClipSpec(size=(640, 360), rate=self.rate, seconds=40, length_s=3600)

    @property
    def other_size(self) -> ClipSpec:
        return ClipSpec(size=(480, 360), rate=self.rate, seconds=40, length_s=600)

    @property
    def victims(self) -> int:
        return max(1, self.tiles // 4)

    @property
    def streams_per_worker(self) -> int:
        """Two workers at least, so that there are tiles of other workers that may lose nothing."""
        return max(_FEWEST_A_WORKER, min(_MOST_A_WORKER, self.tiles // 2))


@dataclass(slots=True)
class Cameras:
    """The servers and the lanes in front of them. The first lanes are the victims and have a server of their own."""

    failing: RtspServer
    others: RtspServer
    locked: RtspServer
    relay: Relay
    lanes: list[Lane] = field(default_factory=list)

    def victims(self, count: int) -> list[Lane]:
        return self.lanes[:count]


def _cameras(stack: ExitStack, plan: Plan) -> Cameras:
    clip = make_clip(CLIPS / plan.spec.name, plan.spec)
    other = make_clip(CLIPS / plan.other_size.name, plan.other_size)
    changing = join_sizes(CLIPS / f"change_{BEFORE_CHANGE}_{plan.other_size.name}.ts", (clip, other), BEFORE_CHANGE)
    # Nothing shared: each connection begins with the first picture, so that the relay can count along.
    serving = Serving(shared=False)
    victims = plan.victims
    failing = stack.enter_context(RtspServer([clip] * victims + [changing] * victims, manner=serving))
    others = stack.enter_context(RtspServer(clip, max(1, plan.tiles - victims), manner=serving))
    locked = stack.enter_context(RtspServer(clip, victims, manner=serving, login=LOGIN))
    cameras = Cameras(failing, others, locked, Relay(plan.rate))
    for number in range(plan.tiles):
        mine = number < victims
        server = failing if mine else others
        cameras.lanes.append(cameras.relay.add(server.port, f"cam{number if mine else number - victims}"))
    stack.enter_context(cameras.relay)
    return cameras


class Rig:
    """Everything of one run. Use as a context; `start` puts the wall up."""

    def __init__(self, plan: Plan, say: Callable[[str], None]) -> None:
        self.plan, self.say = plan, say
        self._stack = ExitStack()
        self._sampling = threading.Event()
        self._sampler = threading.Thread(target=self._sample, name="screen sampler", daemon=True)
        self._places: Sequence[Place] = ()
        self.deaths = 0
        """Workers that we ended ourselves."""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="ccoc-bench-"))
            self.data = Path(folder) / "station"
            screen = Path(folder) / "screen"
            self.data.mkdir()
            screen.mkdir()
            self.cameras = _cameras(stack, self.plan)
            self._furnish()
            display = stack.enter_context(XServer(*WINDOW, memory=screen))
            self.screen = stack.enter_context(Screen(screen))
            self.record = Record(
                self.ids,
                Clockwork(self.plan.rate, self.plan.spec.pictures),
                {camera: lane.runs for camera, lane in zip(self.ids, self.cameras.lanes, strict=True)},
            )
            environment = display.environment() | {
                "CONSOLE_VIDEO__STREAMS_PER_WORKER": str(self.plan.streams_per_worker),
                "CONSOLE_UI__IDLE_LOCK_MIN": "0",
            }
            command = [sys.executable, "-m", "tests.bench.consoles.faults", json.dumps(self._child_plan())]
            self._ending = stack.enter_context(ExitStack())
            self.child = self._ending.enter_context(Child(command, environment))
            self.child.write(PASSWORD)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_sampling()
        self._stack.__exit__(kind, error, trace)

    def _furnish(self) -> None:
        from console.db.keyrings import NoKeyring
        from console.services.people import station_vault

        addresses = [lane.url() for lane in self.cameras.lanes]
        wishes = Wishes(addresses, layout=self.plan.tiles, vault=station_vault(NoKeyring()))
        furnished = furnish(self.data, wishes)
        self.ids = furnished.cameras
        self.lane_of = dict(zip(self.ids, self.cameras.lanes, strict=True))

    def _child_plan(self) -> dict[str, Any]:
        return {
            "data": str(self.data),
            "login": OFFICER,
            "head": HEAD,
            "registrar": REGISTRAR,
            "head_password": PASSWORD,
            "tiles": self.plan.tiles,
            "window": f"{WINDOW[0]}x{WINDOW[1]}",
            "rate": self.plan.rate,
            "pictures": self.plan.spec.pictures,
            "coded": True,
        }

    def end_console(self) -> None:
        """Close the window as at the end of a shift; the station's data stays for a look."""
        self.stop_sampling()
        self._ending.close()

    # The wall

    def start(self) -> None:
        """Open every tile, wait until all are live, and begin to look."""
        self.child.await_event("painted")
        wait_until(lambda: self.child.order("open") is not None, LIVE_S, "the wall to be read")
        self.await_live(self.ids)
        self.act("call_others")
        self._places = [Place(*place) for place in self.child.order("places")]
        found = {place.camera: place for place in self._places}
        self._places = [found[camera] for camera in self.ids]
        self._sampler.start()
        self.await_current(self.ids, time.monotonic())
        self.child.order("seen")
        self.child.order("late")

    def await_live(self, cameras: Sequence[str], limit_s: float = LIVE_S) -> None:
        deadline = time.monotonic() + limit_s
        while not self.live(cameras):
            if time.monotonic() > deadline:
                said = self.child.order("saying")
                dark = {camera: said.get(camera) for camera in cameras if not self._is_live(camera)}
                raise BenchError(f"{len(dark)} tiles did not come back within {limit_s:.0f} s: {dark}")
            time.sleep(0.1)

    def live(self, cameras: Sequence[str]) -> bool:
        self.hear()
        return all(self._is_live(camera) for camera in cameras)

    def _is_live(self, camera: str) -> bool:
        said = self.record.said.get(camera)
        return said is not None and said.is_live(time.monotonic())

    def await_current(self, cameras: Sequence[str], since: float, limit_s: float = LIVE_S) -> dict[str, float | None]:
        """Wait until each of these tiles says LIVE over a current picture; when each did, None where it never did."""
        deadline = time.monotonic() + limit_s
        times: dict[str, float | None] = dict.fromkeys(cameras)
        while None in times.values() and time.monotonic() < deadline:
            time.sleep(0.1)
            self.hear()
            for camera in [camera for camera, at in times.items() if at is None]:
                times[camera] = self.record.recovered(camera, since)
        return times

    def hear(self) -> None:
        """Take in what tiles said meanwhile."""
        self.record.take_told(self.child.order("told"))

    def inside(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.child.order("inside")
        return answer

    def footprint(self) -> Footprint:
        return footprint(self.child.pid, self.inside())

    def threads(self) -> Counter[str]:
        """The names of the window's threads, without those of workers: they tell what a leaked one is."""
        return Counter(name for name in self.inside()["threads"] if not name.startswith("worker-"))

    def act(self, what: str, **parameters: Any) -> Any:
        """Give an order that takes its time, and wait for what comes of it."""
        self.child.order(what, **parameters)
        return self.result(what)

    def result(self, what: str) -> Any:
        """Wait for what comes of an order that was given."""
        found: list[Any] = []

        def answered() -> bool:
            answer = self.child.order("done", what=what)
            if answer is not None:
                found.append(answer)
            return bool(found)

        wait_until(answered, _ACT_S, what)
        if isinstance(found[0], dict) and "problem" in found[0]:
            raise BenchError(f"{what}: {found[0]['problem']}")
        return found[0]

    # Workers

    def workers(self) -> list[dict[str, Any]]:
        return [worker for worker in self.inside()["workers"] if worker["ready"]]

    def crashes(self) -> int:
        """How many workers ended that we did not end. One that nobody needs any more is sent home, which is no end."""
        return sum(self.ends().values()) - self.deaths

    def ends(self) -> Counter[str]:
        """Why workers ended, ours among them, as the console's own log says it."""
        told = "".join(log.read_text("utf-8") for log in sorted(self.data.glob("logs/console.log*")))
        return Counter(_ENDED.findall(told))

    def leaks(self, since: Footprint) -> dict[str, float]:
        """What stays too much: a reader of the database that comes and goes is no leak."""
        leaked: dict[str, float] = {}
        for _ in range(_LOOKS):
            leaked = self.footprint().leaks(since)
            if not leaked:
                break
            time.sleep(1.0)
        return leaked

    def worker_of(self) -> dict[str, int]:
        """Which worker each camera is decoded in, by whom its connection belongs to."""
        found = dials([worker["pid"] for worker in self.workers()])
        return {camera: found[lane.port] for camera, lane in self.lane_of.items() if lane.port in found}

    # The screen

    def stop_sampling(self) -> None:
        self._sampling.set()
        if self._sampler.is_alive():
            self._sampler.join()

    def _sample(self) -> None:
        while not self._sampling.wait(_SAMPLE_S):
            at = time.monotonic()
            self.record.samples.append(Sample(at, self.screen.counters(self._places)))

    def watch_one(self, camera: str, seconds: float) -> float | None:
        """Look at one tile very often; returns when anything of its picture was last seen on the screen."""
        place = next(place for place in self._places if place.camera == camera)
        end = time.monotonic() + seconds
        last = None
        while (now := time.monotonic()) < end:
            if self.screen.has_picture(place):
                last = now
            time.sleep(_CLOSE_S)
        return last
