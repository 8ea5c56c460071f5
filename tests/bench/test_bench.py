"""The bench's own arithmetic: a wrong bench would be worse than none."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pytest

from console.db.keyrings import NoKeyring
from console.kernel import Secret
from console.room import Room, RoomPlan
from console.services.people import station_vault
from tests.bench import pages
from tests.bench.child import ConsoleRun
from tests.bench.large_store import Extent, make_station
from tests.bench.measure import percentile
from tests.bench.peers import Peer
from tests.bench.probe import Phases, PictureLog, Shown
from tests.bench.wall import Choice, Rounds, parse, summary
from tests.clips import burn
from tests.station import HEAD, PASSWORD, settings_of

RATE, PICTURES = 15.0, 300


@dataclass(frozen=True)
class FakePicture:
    pixels: memoryview
    sequence: int
    width: int = 240
    height: int = 136
    stride: int = 960


def picture(counter: int, sequence: int) -> FakePicture:
    canvas = np.zeros((136, 240, 4), dtype=np.uint8)
    burn(canvas, counter)
    return FakePicture(memoryview(canvas.tobytes()), sequence)


@pytest.mark.parametrize(("share", "expected"), [(0.5, 10), (0.95, 19), (0.99, 20), (1.0, 20), (0.0, 1)])
def test_percentile_is_the_nearest_rank(share: float, expected: float) -> None:
    assert percentile(list(range(20, 0, -1)), share) == expected


def test_percentile_of_nothing() -> None:
    assert percentile([], 0.5) == 0.0


def test_only_distinct_readable_pictures_count() -> None:
    log = PictureLog(coded=True)
    for sequence, counter in enumerate([7, 7, 8, 9, 9]):
        log.take("cam0", picture(counter, sequence + 1))
    log.take("cam0", FakePicture(memoryview(bytes(960 * 136)), 9))
    assert [one.counter for one in log.shown["cam0"]] == [7, 8, 9, None]
    assert log.count("cam0", 0.0, float("inf")) == 3
    assert log.cpu_s > 0


def test_dark_is_the_first_look_without_a_picture() -> None:
    log = PictureLog(coded=True)
    log.take("cam0", None)
    assert not log.dark
    log.take("cam0", picture(1, 1))
    log.take("cam0", None)
    first = log.dark["cam0"]
    log.take("cam0", None)
    assert log.dark["cam0"] == first


def steady(log: PictureLog, tile: str, offset: int) -> None:
    log.shown[tile] = [Shown(100 + n / RATE, (offset + n) % PICTURES, n, 240, 136) for n in range(200)]


def test_an_old_picture_is_not_current_even_past_the_seam() -> None:
    log = PictureLog(coded=True)
    steady(log, "cam0", 250)
    phases = Phases(log, RATE, PICTURES)
    now = 100 + 200 / RATE
    assert phases.is_current("cam0", Shown(now, (250 + 200) % PICTURES, 0, 1, 1))
    assert phases.is_current("cam0", Shown(now, (250 + 198) % PICTURES, 0, 1, 1))
    assert phases.is_current("cam0", Shown(now, (250 + 204) % PICTURES, 0, 1, 1))
    assert not phases.is_current("cam0", Shown(now, (250 + 190) % PICTURES, 0, 1, 1))
    assert not phases.is_current("cam0", Shown(now, None, 0, 1, 1))


def test_a_switch_takes_as_long_as_its_slowest_tile() -> None:
    log = PictureLog(coded=True)
    steady(log, "cam0", 0)
    steady(log, "cam1", 40)
    phases = Phases(log, RATE, PICTURES)
    start = 100 + 300 / RATE
    log.shown["cam0"] = [Shown(start - 0.01, 299, 0, 1, 1), Shown(start + 0.05, 0, 0, 1, 1)]
    log.shown["cam1"] = [Shown(start + 0.05, 20, 0, 1, 1), Shown(start + 0.2, 43, 0, 1, 1)]  # a key frame of long ago
    assert phases.all_current_ms(log, ["cam0", "cam1"], start) == pytest.approx(200)
    log.shown["cam1"].pop()
    assert phases.all_current_ms(log, ["cam0", "cam1"], start) is None


def run(cpu: float, fps_min: float = 15.0) -> ConsoleRun:
    given = {one.name: 1.0 for one in fields(ConsoleRun)}
    return ConsoleRun(**{**given, "cpu_per_tile": cpu, "fps_min": fps_min})


def test_result_has_the_agreed_fields() -> None:
    rounds = Rounds([run(2.0), run(4.0)], [Peer(2.0, 15, 15)], [Peer(3.0, 27, 14)])
    result = summary(Choice(), rounds, 0.0)
    console = result["console"]
    wanted = "cpu_per_tile cpu_ms_per_picture fps_min fps_mean ui_late_p50_ms ui_late_p99_ms ui_late_max_ms"
    wanted += (
        " first_picture_p95_ms switch_open_p95_ms switch_warm_p95_ms withdraw_dark_max_ms mb_per_tile window_up_ms"
    )
    assert set(wanted.split()) <= set(console)
    assert (result["tiles"], result["size"], result["distinct"]) == (16, "640x360@15", True)
    assert (console["cpu_per_tile"], result["ratio_ffmpeg"], result["ratio_mpv"]) == (3.0, 1.5, 1.0)
    assert result["valid"] == {"console": True, "ffmpeg": True, "mpv": False}


def test_command_line() -> None:
    choice = parse(["--tiles", "4", "--size", "1280x720@25", "--gop", "4", "--seconds", "5", "--json"])
    assert (choice.tiles, choice.size, choice.spec.gop, choice.tile) == (4, "1280x720@25", 100, (960, 540))
    assert not parse(["--source", "rtsp://nvr/cam{n}"]).json_only
    with pytest.raises(SystemExit):
        parse(["--size", "large"])


def test_a_large_station_is_one_that_verifies(tmp_path: Path) -> None:
    make_station(tmp_path, Extent(cameras=5, rows=400, live=2, incidents=2, officers=1))
    room = Room.open(RoomPlan(tmp_path, settings_of(tmp_path, {}), station_vault(NoKeyring())))
    try:
        report = room.station.journal.verify(room.station.people.log_in(HEAD, Secret(PASSWORD)))
    finally:
        room.close()
    assert report.problems == ()
    assert report.rows >= 400
    assert report.cameras == 5


def test_only_figures_with_a_budget_are_judged() -> None:
    figures = {"cameras open_ms": 151.0, "access_log open_ms": 149.0, "cameras jump_max_ms": 900.0, "import_s": 10.0}
    assert pages.within(figures) == {"cameras open_ms": False, "access_log open_ms": True, "import_s": True}


def test_what_is_asked_for_on_the_command_line() -> None:
    choice = pages.parse(["--rows", "5000", "--page", "cameras", "--json"])
    assert (choice.extent.rows, choice.extent.cameras) == (5000, 1000)
    assert choice.pages == ("cameras",)
    assert pages.parse([]).pages == tuple(pages.LISTS)
