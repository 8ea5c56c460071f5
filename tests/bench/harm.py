"""What can happen to a wall, one fault at a time: how it is done, undone, and what it cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.bench.footprint import worker_leaf
from tests.bench.measure import BenchError
from tests.bench.relay import Manner
from tests.bench.rig import BEFORE_CHANGE, LOGIN, Rig
from tests.bench.truth import CURRENT_S, Said, Verdict

BACK_S: Final = 60.0
QUIET_S: Final = 11.0
"""Between two faults: a connection that held for ten seconds counts as a good one, and the next pause is short."""

_NOTICE_S: Final = 10.0
_AFTER_NOTICE_S: Final = 1.0
_GARBAGE_S: Final = 4.0
_PROOF_S: Final = 70.0
"""By then an undisturbed stream's clock was seen to run true: half a minute from its first pause-free picture on."""
_THIN_S: Final = 30.0
_WATCH_S: Final = 5.0
_DARK_S: Final = 3.0
_LOOK_S: Final = 0.05
_FEWEST_IN_WORKER: Final = 2

Aim = Sequence[str]
"""The cameras that a fault strikes."""


@dataclass(slots=True)
class Cost:
    """What one fault cost: seconds for each tile it struck, pictures of the tiles that it did not."""

    name: str
    detected: list[float] = field(default_factory=list)
    unmarked: int = 0
    """Tiles that never ceased to say LIVE, which is no lie while their pictures are young."""
    recovered: list[float] = field(default_factory=list)
    lost_for_good: int = 0
    dark: dict[str, float] = field(default_factory=dict)
    """Seconds from a withdrawal to the last pixel on the screen, to the gate's no, to the zeroed memory."""
    lost_beside: int = 0
    """Pictures of tiles in the same worker."""
    lost_elsewhere: int = 0
    lost_before: int = 0
    """Pictures that those of other workers lost in as much time before it."""
    late_p99_ms: float = 0.0
    late_max_ms: float = 0.0
    verdict: Verdict = field(default_factory=Verdict)


@dataclass(frozen=True, slots=True)
class Struck:
    """When it struck and whom; when the source was back, if that is another moment."""

    at: float
    aim: Aim
    back: float | None = None


class Harm:
    """The faults, done to one rig."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.victims: Aim = rig.ids[: rig.plan.victims]
        self._dark: dict[str, float] = {}

    def kinds(self) -> Mapping[str, Callable[[], Struck]]:
        return {**self.of_sources(), **self.of_workers()}

    def of_sources(self) -> Mapping[str, Callable[[], Struck]]:
        return {
            "server frozen": self.server_frozen,
            "server killed": self.server_killed,
            "half-open": self.half_open,
            "stalled 4.5 s": lambda: self.stalled(4.5),
            "stalled 6 s": lambda: self.stalled(6.0),
            "refusing": self.refusing,
            "wrong password": self.wrong_password,
            "thin link": self.thin_link,
            "garbage bytes": self.garbage,
            "size changes": self.size_changes,
            "withdrawal": lambda: self.withdrawal(self.victims[0]),
        }

    def of_workers(self) -> Mapping[str, Callable[[], Struck]]:
        return {"worker killed": self.worker_killed, "worker frozen": self.worker_frozen}

    # The cameras and their servers

    def server_frozen(self) -> Struck:
        return self._while(self.rig.cameras.failing.pause, self.rig.cameras.failing.resume)

    def server_killed(self) -> Struck:
        return self._while(self.rig.cameras.failing.kill, self.rig.cameras.failing.start)

    def half_open(self) -> Struck:
        return self._treated(Manner.HOLD)

    def refusing(self) -> Struck:
        return self._treated(Manner.REFUSE)

    def stalled(self, seconds: float) -> Struck:
        """Nothing comes for a while; then all of it at once, and on, if the console was patient so long."""
        relay, lanes = self.rig.cameras.relay, [self.rig.lane_of[camera] for camera in self.victims]
        at = time.monotonic()
        relay.treat(lanes, Manner.HOLD)
        self._wait(seconds)
        relay.treat(lanes, Manner.FORWARD)
        return Struck(at, self.victims, time.monotonic())

    def thin_link(self) -> Struck:
        """Pictures come ever later without a pause, as through a link that is too small for them."""
        relay, lanes = self.rig.cameras.relay, [self.rig.lane_of[camera] for camera in self.victims]
        self._wait(_PROOF_S)
        at = time.monotonic()
        relay.treat(lanes, Manner.THIN)
        self._wait(_THIN_S)
        relay.treat(lanes, Manner.FORWARD)
        return Struck(at, self.victims, time.monotonic())

    def _treated(self, manner: Manner) -> Struck:
        relay, lanes = self.rig.cameras.relay, [self.rig.lane_of[camera] for camera in self.victims]
        return self._while(lambda: relay.treat(lanes, manner), lambda: relay.treat(lanes, Manner.FORWARD))

    def garbage(self) -> Struck:
        relay, lanes = self.rig.cameras.relay, [self.rig.lane_of[camera] for camera in self.victims]
        at = time.monotonic()
        relay.treat(lanes, Manner.GARBAGE)
        self._wait(_GARBAGE_S)
        relay.treat(lanes, Manner.FORWARD)
        return Struck(at, self.victims, time.monotonic())

    def wrong_password(self) -> Struck:
        """The camera has another password; the registrar enters it."""
        rig = self.rig
        at = time.monotonic()
        for camera in self.victims:
            lane = rig.lane_of[camera]
            rig.cameras.relay.lead(lane, rig.cameras.locked.port, f"cam{lane.number}")
        self._await_notice(self.victims, at)
        back = time.monotonic()
        login = f"{LOGIN.user}:{LOGIN.password}@"
        rig.act("set_addresses", addresses={camera: rig.lane_of[camera].url(login) for camera in self.victims})
        return Struck(at, self.victims, back)

    def size_changes(self) -> Struck:
        """Half way through its stream the camera sends another size."""
        rig = self.rig
        for camera in self.victims:
            lane = rig.lane_of[camera]
            rig.cameras.relay.lead(lane, rig.cameras.failing.port, f"cam{lane.number + rig.plan.victims}")
        self._await_current(self.victims, time.monotonic())
        changes = [rig.lane_of[camera].runs[-1].began + BEFORE_CHANGE / rig.plan.rate for camera in self.victims]
        self._wait(max(0.0, max(changes) - time.monotonic()) + _WATCH_S)
        return Struck(min(changes), self.victims, max(changes))

    def mend(self, name: str) -> None:
        """Put back what a fault left different: the cameras lead where they led."""
        rig = self.rig
        if name not in {"wrong password", "size changes"}:
            return
        since = time.monotonic()
        for camera in self.victims:
            lane = rig.lane_of[camera]
            rig.cameras.relay.lead(lane, rig.cameras.failing.port, f"cam{lane.number}")
        if name == "wrong password":
            rig.act("set_addresses", addresses={camera: rig.lane_of[camera].url() for camera in self.victims})
        self._await_current(self.victims, since)

    def _while(self, harm: Callable[[], object], undo: Callable[[], object]) -> Struck:
        at = time.monotonic()
        harm()
        self._await_notice(self.victims, at)
        undo()
        return Struck(at, self.victims, time.monotonic())

    # Workers

    def worker_killed(self) -> Struck:
        return self._strike_worker(lambda pid: worker_leaf(pid).kill())

    def worker_frozen(self) -> Struck:
        return self._strike_worker(lambda pid: worker_leaf(pid).suspend())

    def _strike_worker(self, strike: Callable[[int], None]) -> Struck:
        """End the fullest worker; one that decodes a single camera is left: the camera would be quarantined."""
        workers = [worker for worker in self.rig.workers() if worker["streams"] >= _FEWEST_IN_WORKER]
        if not workers:
            raise BenchError("no worker has two cameras")
        target = max(workers, key=lambda worker: int(worker["streams"]))["pid"]
        aim = tuple(camera for camera, pid in self.rig.worker_of().items() if pid == target)
        self.rig.deaths += 1
        at = time.monotonic()
        strike(target)
        self._await_notice(aim, at)
        return Struck(at, aim, at)

    # People

    def withdrawal(self, camera: str) -> Struck:
        """Another officer withdraws the permission; later the owner gives it again."""
        self.rig.child.order("withdraw_one", camera=camera)
        at = time.monotonic()
        last = self.rig.watch_one(camera, _DARK_S)
        times = self.rig.result("withdraw_one")
        began = times["began"]
        self._dark = {
            "screen": max(0.0, (last or began) - began),
            **{name: (times[name] or float("inf")) - began for name in ("gate", "memory", "returned")},
        }
        if last is not None and last > at + _DARK_S - 1.0:
            raise BenchError("a withdrawn camera stays on the screen")
        back = time.monotonic()
        self.rig.act("link_again", camera=camera, address=self.rig.lane_of[camera].url())
        return Struck(began, (camera,), back)

    # Measuring

    def measure(self, name: str, fault: Callable[[], Struck]) -> Cost:
        """Let it happen and look at everything until it is over; returns once the wall is whole again."""
        rig, cost = self.rig, Cost(name)
        self._dark = {}
        self._await_current(rig.ids, time.monotonic())
        workers = rig.worker_of()
        rig.child.order("seen")
        quiet = time.monotonic()
        self._wait(QUIET_S)
        rig.child.order("late")
        struck = fault()
        since = struck.at if struck.back is None else struck.back
        times = rig.await_current(struck.aim, since, BACK_S)
        self._wait(CURRENT_S)
        end = time.monotonic()
        late = rig.child.order("late")
        cost.late_p99_ms, cost.late_max_ms, cost.dark = late["p99"], late["max"], self._dark
        self._tiles(cost, struck, times)
        self._neighbours(cost, struck, workers, (quiet, end))
        cost.verdict = rig.record.judge(quiet, end)
        self.mend(name)
        return cost

    def _tiles(self, cost: Cost, struck: Struck, times: Mapping[str, float | None]) -> None:
        since = struck.at if struck.back is None else struck.back
        for camera in struck.aim:
            said = self.rig.record.said.get(camera, Said())
            marked = said.first_not_live(struck.at, since + BACK_S)
            if marked is None:
                cost.unmarked += 1
            else:
                cost.detected.append(marked - struck.at)
            back = times[camera]
            if back is None:
                cost.lost_for_good += 1
            else:
                cost.recovered.append(back - since)

    def _neighbours(self, cost: Cost, struck: Struck, workers: Mapping[str, int], window: tuple[float, float]) -> None:
        quiet, end = window
        seen = self.rig.child.order("seen")
        lost = self.rig.record.clockwork.lost
        struck_workers = {workers.get(camera) for camera in struck.aim}
        span = end - struck.at
        for camera in self.rig.ids:
            if camera in struck.aim:
                continue
            pictures = [(at, counter) for at, counter in seen.get(camera, [])]
            during = lost(pictures, struck.at, end)
            if workers.get(camera) in struck_workers:
                cost.lost_beside += during
            else:
                cost.lost_elsewhere += during
                cost.lost_before += round(lost(pictures, quiet + 1.0, struck.at) * span / (struck.at - quiet - 1.0))

    def _await_notice(self, aim: Aim, since: float) -> None:
        """Wait until every tile ceased to say LIVE, at most ten seconds, and a moment more."""
        end = time.monotonic() + _NOTICE_S
        while time.monotonic() < end:
            self.rig.hear()
            said = [self.rig.record.said[camera] for camera in aim]
            if all(one.first_not_live(since) is not None for one in said):
                break
            time.sleep(_LOOK_S)
        self._wait(_AFTER_NOTICE_S)

    def _await_current(self, aim: Aim, since: float) -> None:
        times = self.rig.await_current(aim, since, BACK_S)
        dark = [camera for camera, at in times.items() if at is None]
        if dark:
            said = self.rig.child.order("saying")
            raise BenchError(f"tiles did not come back: {[said.get(camera) for camera in dark]}")

    def _wait(self, seconds: float) -> None:
        time.sleep(seconds)
