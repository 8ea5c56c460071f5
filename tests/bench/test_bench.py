"""The bench's own arithmetic: a wrong bench would be worse than none."""

from __future__ import annotations

import os
import select
import socket
import struct
import sys
from contextlib import ExitStack
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import ModuleType

import av
import numpy as np
import pytest

from console.db.keyrings import NoKeyring
from console.kernel import Secret
from console.room import Room, RoomPlan
from console.services.people import station_vault
from console.views.wall_layouts import layout_named
from tests.bench import faults, pages, soak
from tests.bench.child import Child, ConsoleRun
from tests.bench.footprint import Footprint
from tests.bench.harm import Cost
from tests.bench.large_store import Extent, make_station
from tests.bench.measure import percentile
from tests.bench.peers import Peer
from tests.bench.probe import Phases, PictureLog, Shown
from tests.bench.relay import Manner, Meter, Relay, Run
from tests.bench.rig import TILES
from tests.bench.screen import Place, Screen
from tests.bench.truth import Clockwork, Record, Sample
from tests.bench.wall import Choice, Rounds, parse, summary
from tests.clips import ClipSpec, burn, join_sizes, make_clip, read_counter
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


@pytest.mark.parametrize("bench", [faults, soak])
def test_every_wall_that_can_be_asked_for_has_a_layout(bench: ModuleType) -> None:
    for tiles in TILES:
        layout = layout_named(str(bench.parse(["--tiles", str(tiles)]).tiles))
        assert layout is not None
        assert layout.count == tiles
    with pytest.raises(SystemExit):
        bench.parse(["--tiles", "49"])


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


def test_a_console_remembers_nothing_of_the_run_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "of the user")
    told = """import json, os; print(json.dumps({"event": "state", "value": os.environ["XDG_STATE_HOME"]}), flush=True)
input()"""
    kept = []
    for _time in range(2):
        with Child([sys.executable, "-c", told], dict(os.environ)) as child:
            kept.append(Path(child.await_event("state")["value"]))
            assert kept[-1].is_dir()
            child.write("end")
    assert kept[0] != kept[1]
    assert not any(folder.exists() for folder in kept)


def test_only_figures_with_a_budget_are_judged() -> None:
    figures = {"cameras open_ms": 151.0, "access_log open_ms": 149.0, "cameras jump_max_ms": 900.0, "import_s": 10.0}
    assert pages.within(figures) == {"cameras open_ms": False, "access_log open_ms": True, "import_s": True}


def test_what_is_asked_for_on_the_command_line() -> None:
    choice = pages.parse(["--rows", "5000", "--page", "cameras", "--json"])
    assert (choice.extent.rows, choice.extent.cameras) == (5000, 1000)
    assert choice.pages == ("cameras",)
    assert pages.parse([]).pages == tuple(pages.LISTS)


def rtp(ticks: int, length: int = 40, channel: int = 0) -> bytes:
    payload = struct.pack(">BBHII", 0x80, 96, 1, ticks & 0xFFFFFFFF, 5) + bytes(length)
    return b"$" + bytes([channel]) + struct.pack(">H", len(payload)) + payload


def test_the_relay_counts_pictures_by_their_times_whatever_pieces_they_come_in() -> None:
    run = Run()
    meter = Meter(RATE, run)
    start = 0xFFFFFFFF - 3000  # the clock wraps on the way
    reply = b"RTSP/1.0 200 OK\r\nCSeq: 4\r\nContent-Length: 5\r\n\r\n$\x00abc"
    pictures = b"".join(rtp(start + 6000 * n) + rtp(start + 6000 * n, 1400) + rtp(9, channel=1) for n in (*range(3), 4))
    stream = reply + pictures
    for at in range(0, len(stream), 7):
        meter.feed(stream[at : at + 7], 100.0 + at / len(stream))
    assert run.pictures == 5, "the fourth was left out by the camera, and counted"
    assert run.began <= 100.0 + 1.0 - 4 / RATE


def test_a_relay_forwards_holds_and_refuses() -> None:
    with socket.create_server(("127.0.0.1", 0)) as camera, ExitStack() as stack:
        relay = Relay(RATE)
        lane = relay.add(camera.getsockname()[1], "cam0")
        stack.enter_context(relay)
        client = stack.enter_context(socket.create_connection(("127.0.0.1", lane.port), 5))
        server = stack.enter_context(camera.accept()[0])
        client.sendall(b"ask")
        assert server.recv(10) == b"ask"
        relay.treat([lane], Manner.HOLD)
        server.sendall(b"answer")
        assert not select.select([client], [], [], 0.05)[0]
        relay.treat([lane], Manner.FORWARD)
        client.settimeout(5)
        assert client.recv(10) == b"answer"
        relay.treat([lane], Manner.THIN)
        server.sendall(bytes(range(200)))
        through = b""
        while len(through) < 200:
            came = client.recv(200)
            assert 0 < len(came) < 200, "a thin link lets through a little at a time"
            through += came
        assert through == bytes(range(200))
        relay.treat([lane], Manner.REFUSE)
        assert client.recv(10) == b""
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", lane.port), 5)


def test_the_screen_is_read_where_the_tile_is(tmp_path: Path) -> None:
    shot = np.zeros((200, 300, 4), dtype=np.uint8)
    burn(shot[20:156, 10:250], 77)
    header = [0] * 25
    header[0], header[12], header[19] = 104, 1200, 1
    (tmp_path / "Xvfb_screen0").write_bytes(struct.pack(">25I", *header) + bytes(4 + 12) + shot.tobytes())
    with Screen(tmp_path) as screen:
        assert screen.counters([Place("a", 10, 20, 240, 136), Place("b", 30, 60, 240, 136)]) == (77, None)
        assert screen.has_picture(Place("a", 10, 20, 240, 136))
        assert not screen.has_picture(Place("b", 10, 160, 240, 36))


CLOCKWORK = Clockwork(RATE, PICTURES)


def record_of(*samples: tuple[float, int | None], live: bool = True) -> Record:
    """One camera whose connection began at 100; its tile says so from the beginning."""
    run = Run(began=100.0, newest_at=200.0, pictures=1500)
    record = Record(["cam"], CLOCKWORK, {"cam": [run]}, [Sample(at, (counter,)) for at, counter in samples])
    record.take_told([{"at": 90.0, "camera": "cam", "live": live, "said": ""}])
    return record


def test_an_age_is_counted_past_the_seam_and_only_from_connections_that_ran() -> None:
    run = Run(began=100.0, newest_at=130.0, pictures=450)
    assert CLOCKWORK.age_s([run], 3, 120.5) == pytest.approx(0.3)
    assert CLOCKWORK.age_s([run], 290, 120.5) == pytest.approx(20.5 - 290 / RATE)
    assert CLOCKWORK.age_s([run], 3, 140.5) == PICTURES / RATE, "nothing came any more: as old as can be"
    assert CLOCKWORK.age_s([run, Run(139.0, 150.0, 90)], 3, 139.5) == pytest.approx(0.3)


def test_live_over_an_old_picture_is_a_lie() -> None:
    old = record_of((110.0, 148), (112.0, 148), (113.2, 148))
    verdict = old.judge(100, 120)
    assert [(lie.at, round(lie.age_s, 1)) for lie in verdict.lies] == [(113.2, 3.3)]
    assert (verdict.looked, round(verdict.oldest_s, 1)) == (3, 3.3)
    assert not record_of((110.0, 148), (113.2, 148), live=False).judge(100, 120).lies


def test_a_picture_that_stands_still_is_a_lie_though_its_counter_could_be_new() -> None:
    whole_round = PICTURES / RATE
    verdict = record_of((110.0, 148), (110.0 + whole_round, 148)).judge(100, 190)
    assert [round(lie.age_s) for lie in verdict.lies] == [round(whole_round)]


def test_what_cannot_be_read_is_counted_and_what_was_just_said_is_not_judged() -> None:
    record = record_of((110.0, None), (114.0, 148))
    record.take_told([{"at": 113.95, "camera": "cam", "live": False, "said": ""}])
    verdict = record.judge(100, 120)
    assert (verdict.looked, verdict.unreadable, verdict.lies) == (0, 1, [])


def test_a_tile_is_back_when_it_says_live_over_a_picture_made_since() -> None:
    record = record_of((110.0, 148), (110.4, 149), (110.8, 155), (111.2, 165))
    assert record.recovered("cam", 110.0) == 110.8, "149 was made before"
    record.take_told([{"at": 110.5, "camera": "cam", "live": False, "said": "Frozen"}])
    record.take_told([{"at": 111.0, "camera": "cam", "live": True, "said": "LIVE"}])
    assert record.recovered("cam", 110.0) == 111.2
    assert record.said["cam"].first_not_live(110.0) == 110.5
    assert record.said["cam"].first_not_live(111.0) is None


def test_lost_pictures_are_the_gaps_and_what_is_missing_at_the_ends() -> None:
    seen = [(100 + n / RATE, (290 + n) % PICTURES) for n in range(30) if n not in {4, 12, 13}]
    assert CLOCKWORK.lost(seen, 100, 102) == 3
    assert CLOCKWORK.lost(seen, 100, 104) == 3 + 28
    assert CLOCKWORK.lost([], 100, 102) == 28


def foot(**changed: float) -> Footprint:
    return replace(Footprint(150, 300, 13, 60, 18, 70, 2, 0, 0), **changed)  # type: ignore[arg-type]


def test_a_leak_is_what_is_more_than_it_was_with_as_many_workers() -> None:
    assert foot(window_mb=160).leaks(foot()) == {}
    assert foot(window_threads=14, stray_processes=1).leaks(foot()) == {"window_threads": 1, "stray_processes": 1}
    assert foot(workers_threads=61, workers_mb=330).leaks(foot()) == {"workers_threads": 1, "workers_mb": 30}
    assert foot(workers=3, workers_threads=75, workers_mb=400).leaks(foot()) == {}


def test_a_slope_is_told_with_how_sure_it_is() -> None:
    exact = soak.slope([0.0, 10.0, 20.0, 30.0], [5.0, 6.0, 7.0, 8.0])
    assert exact.per_hour == pytest.approx(360)
    assert exact.plus_minus == pytest.approx(0, abs=1e-6)
    rough = soak.slope([0.0, 10.0, 20.0, 30.0], [5.0, 7.0, 6.0, 8.0])
    assert rough.plus_minus > 100
    assert soak.slope([0.0], [5.0]).plus_minus == float("inf")


def test_faults_are_judged_by_their_budgets_and_lies_by_nothing() -> None:
    costs = [Cost("half-open", detected=[2.5], recovered=[1.0, 2.2]), Cost("half-open", detected=[2.6])]
    outcome = faults.Outcome(costs=costs)
    table = faults.figures(outcome)
    assert faults.within(table) == {"half-open detection max": True, "half-open recovery p95": False}
    assert faults.is_good(outcome), "a missed budget is printed, not fatal"
    assert not faults.is_good(replace(outcome, crashes=1))
    assert not faults.is_good(replace(outcome, leaks={"sources": {"window_threads": 1}}))
    outcome.verdict.take(100.0, "cam", 3.1)
    assert not faults.is_good(outcome)
    assert faults.parse(["--tiles", "64", "--only", "worker"]).only == ("worker",)
    assert soak.parse(["--minutes", "2"]).seed > 0


def test_a_clip_that_changes_its_size_counts_on(tmp_path: Path) -> None:
    specs = [ClipSpec(size=size, seconds=2, length_s=2) for size in ((160, 120), (240, 136))]
    clips = [make_clip(tmp_path / spec.name, spec) for spec in specs]
    joined = join_sizes(tmp_path / "joined.ts", (clips[0], clips[1]), 15)
    with av.open(str(joined)) as clip:
        shown = [frame.to_ndarray(format="bgra") for frame in clip.decode(video=0)]
    sizes = [picture.shape[:2] for picture in shown]
    assert sizes == [(120, 160)] * 15 + [(136, 240)] * 15
    counters = [read_counter(memoryview(one.tobytes()), one.shape[1], one.shape[0], one.shape[1] * 4) for one in shown]
    assert counters == [*range(30)]
