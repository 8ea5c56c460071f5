"""A watched week for pictures of the cameras' health, and cameras of the wall that give none."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from console.db import health as db
from console.db.health import Ending, Hour, Minute, Outage, hour_begins, hour_of
from console.kernel import Fault, TileState

if TYPE_CHECKING:
    from tests.shell.shots_town import TownStage

DAYS = 8
SHIFT = range(7, 23)


def fill_health(stage: TownStage) -> None:
    """Every third camera does badly; one in five is never watched."""
    dice = random.Random(4)
    last = hour_of(stage.room.clock.now())
    hours: list[Hour] = []
    outages: list[Outage] = []
    for number, camera in enumerate(stage.room.station.cameras.cameras()):
        if number % 5 == 4:
            continue
        for back in range(DAYS * 24):
            if (last - back + 7) % 24 in SHIFT:
                bad = number % 3 == 0 and dice.random() < 0.2
                hours.append(Hour(camera.id, last - back, _hour(dice, bad=bad), 12.0 if bad else 0.4))
                if bad:
                    outages.append(_outage(camera.id, last - back, len(outages)))
    stage.room.store.note(lambda tx: db.add_hours(tx, hours))
    stage.room.store.note(lambda tx: db.put_outages(tx, outages))


def _hour(dice: random.Random, *, bad: bool) -> dict[int, Minute]:
    found = {}
    for number in range(60):
        rate, kbps = 15 + dice.uniform(-1, 0.5), 700 + dice.randrange(200)
        dark = bad and 10 <= number < 25
        found[number] = (
            Minute(stale=5, reconnecting=25, down=30, reconnects=1)
            if dark
            else Minute(60, rate=rate, least=rate - 2, kbps=kbps, measured=60)
        )
    return found


def _outage(camera_id: str, hour: int, number: int) -> Outage:
    began = hour_begins(hour) + timedelta(minutes=10, seconds=number % 50)
    fault = (Fault.NO_ANSWER, Fault.UNAUTHORISED, Fault.FROZEN)[number % 3]
    return Outage(camera_id, began, began + timedelta(minutes=15), fault, Ending.BACK, id=f"shot-{number}")


def darken(stage: TownStage, codes: set[str]) -> None:
    """Let the streams of these cameras say that they are down."""
    cameras = {camera.id for camera in stage.room.station.cameras.cameras() if camera.code in codes}
    for stream in stage.room.engine.streams:
        if stream.request.camera_id in cameras:
            stream.tell(TileState.DOWN, Fault.NO_ANSWER)
