"""The demonstration: an invented town in a store of its own, painted streets, a key in memory, and no network.

The way to a picture is the ordinary one, gate and workers included; only the addresses' scheme is the demonstration's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformdirs import user_cache_path

from console import logs
from console.db.keyrings import MemoryKeyring
from console.i18n import RESOURCES
from console.kernel import Session
from console.room import Room, RoomPlan
from console.services import demo, demo_town
from console.services.addresses import DEMO_SCHEME
from console.services.demo_shift import EarlierShift
from console.services.people import station_vault
from console.settings import Settings, StationSettings
from console.video.synthetic import encode_clip
from console.views.demo_scenes import Progress, write_scenes
from console.views.guide import SamplePeople
from console.views.wall_model import WallIncident

PACKED_SCENES: Final = RESOURCES / "demo"


@dataclass(frozen=True, slots=True)
class Demonstration:
    """An open room with the superintendent before it, and the incident that is his purpose."""

    room: Room
    session: Session
    incident: WallIncident
    people: SamplePeople

    def begin(self) -> None:
        """Start the gate, and let an officer look round so that the access log has something to show."""
        feeds = self.room.start_gate()
        shift = EarlierShift(self.room.station, feeds, self.people.password, self.incident.id)
        self.room.before_close(shift.end)
        shift.start()


def scenes_folder() -> Path:
    """Where the painted streets lie: inside the installed program, else in this person's cache."""
    return PACKED_SCENES if PACKED_SCENES.is_dir() else user_cache_path("ccoc-console", appauthor=False) / "scenes"


def paint_scenes(folder: Path, progress: Progress | None = None) -> list[Path]:
    """Paint and encode what is missing (about half a minute the first time). Needs a QGuiApplication."""
    return write_scenes(folder, encode_clip, progress)


def ready_scenes() -> Path:
    """Return the folder of all scenes, painted first where they are missing. The installed program brings its own."""
    folder = scenes_folder()
    if folder != PACKED_SCENES:
        paint_scenes(folder)
    return folder


def demonstration_settings(settings: Settings) -> Settings:
    """Return the settings with the invented station in place of the real one."""
    station = StationSettings(
        id=demo_town.STATION_ID,
        name_th=demo_town.STATION_TH,
        name_en=demo_town.STATION_EN,
        lat=demo_town.STATION_LAT,
        lon=demo_town.STATION_LON,
    )
    # Who shows the room talks longer than that; F12 locks all the same.
    ui = settings.ui.model_copy(update={"idle_lock_min": 0})
    return Settings(video=settings.video, gate=settings.gate, ui=ui, station=station)


def open_demonstration(data_dir: Path, settings: Settings, scenes: Path) -> Demonstration:
    """Fill an empty folder with the demonstration and log its officer in."""
    clock = demo.StagedClock()
    plan = RoomPlan(
        data_dir=data_dir,
        settings=demonstration_settings(settings),
        vault=station_vault(MemoryKeyring()),
        schemes=frozenset({DEMO_SCHEME}),
        clock=clock,
        demo_folder=scenes,
        program="demonstration",
    )
    room = Room.open(plan)
    try:
        station = room.station
        filled = demo.fill(station, clock)
        logs.REDACTOR.remember(filled.password)
        session = room.log_in(filled.login, filled.password)
        incident = station.incidents.incident(filled.incident_id)
        why = WallIncident(incident.id, incident.number, incident.title)
        people = SamplePeople(
            tuple(person.login for person in (demo_town.SUPERINTENDENT, *demo_town.OTHERS)), filled.password
        )
        return Demonstration(room, session, why, people)
    except BaseException:
        room.close()
        raise
