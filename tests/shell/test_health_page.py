"""The cameras' health on the screen: list, panel, strip, and the word on the status line."""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from console.db import health as db
from console.db.health import Ending, Hour, Minute, Outage, hour_begins, hour_of
from console.i18n import plain
from console.kernel import STATION_ZONE, Fault, Purpose, Role, TileState, ViewKind
from console.services.feeds import FeedRequest
from console.services.health import Piece, Reach, Sums
from console.views.chart_frame import FRAME
from console.views.charts import LEFT, RIGHT, nice_top, tick_text, ticks
from console.views.health import HealthPanel
from console.views.health_chart import HealthChart
from console.views.health_line import TroubleWatch, troubles
from console.views.health_strip import HealthStrip
from console.views.health_words import live_text, outage_text, share_text, span_text, strip_text, trouble_texts
from console.views.record_spec import Query
from console.views.shell import Shell
from console.views.theme import Theme
from tests.gate.room import Room
from tests.shell.cameras_stage import Seat, seated
from tests.shell.record_stage import ui_of
from tests.shell.wall_fakes import InlineTasks

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qtbot")]

ROOT = Path(__file__).resolve().parents[2]
LIVE = Minute(live=60, rate=15.0, least=12.0, kbps=800, measured=60)
DOWN = Minute(down=60)


def watched(room: Room, camera: str) -> None:
    """An hour ago: half an hour live, then a minute without a picture."""
    hour = hour_of(room.clock.now()) - 1
    minutes = dict.fromkeys(range(30), LIVE) | {30: DOWN}
    began = hour_begins(hour) + timedelta(minutes=30)
    outage = Outage(camera, began, began + timedelta(seconds=60), Fault.NO_ANSWER, Ending.BACK, id=camera)
    room.store.note(lambda tx: db.add_hours(tx, [Hour(camera, hour, minutes)]))
    room.store.note(lambda tx: db.put_outages(tx, [outage]))


def cells(seat: Seat, row: int) -> dict[str, str]:
    model = seat.page.health.table.records
    keys = [column.key for column in model.columns]
    return {key: plain(str(model.data(model.index(row, number)))) for number, key in enumerate(keys)}


def test_the_list_tells_what_was_watched_and_what_was_not(room: Room) -> None:
    first, second = room.shop(), room.shop()
    room.feeds.open(room.officer, FeedRequest(second, Purpose.RISK_SPOT))
    room.engine.streams[-1].tell(TileState.LIVE)
    watched(room, first)
    with seated(room, room.log_in(Role.IT)) as seat:
        QTest.keyClick(seat.page, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
        seat.page.go_to(("health", first))
        told, other = cells(seat, 0), cells(seat, 1)
        assert (told["now"], told["today"], told["outages"], told["rate"]) == ("Not watched", "96.7 %", "1", "15.0")
        assert (other["now"], other["today"], other["outages"]) == ("LIVE", "Not watched", "–")
        (panel,) = seat.page.findChildren(HealthPanel)
        text = plain(panel.text.text())
        assert "the camera does not answer" in text
        assert "picture back" in text
        for button, reach in zip(panel.reaches.buttons(), Reach, strict=True):
            button.click()
            assert panel.reach is reach
            assert "Not watched" not in plain(panel.text.text())


def test_who_reads_a_chart_out_is_not_disturbed_by_new_figures(room: Room) -> None:
    first, second = room.shop(), room.shop()
    watched(room, first)
    with seated(room) as seat:
        seat.page.go_to(("health", first))
        (panel,) = seat.page.findChildren(HealthPanel)
        assert panel.chart is not None
        curves = panel.chart.curves
        curves.read_out(3)
        said = curves.told.text()
        room.store.note(lambda tx: db.add_hours(tx, [Hour(first, hour_of(room.clock.now()), {0: LIVE})]))
        seat.tasks.hold = True
        seat.page.health.refresh()
        seat.tasks.let_go()
        assert seat.tasks.held, "the panel asks when the list is there"
        assert not panel.states._loading.isActive(), "the chart stays in sight while it is read again"
        seat.tasks.let_go()
        assert (curves.place, curves.told.text()) == (3, said)
        seat.tasks.hold = False
        panel.reaches.buttons()[1].click()
        assert curves.place is None, "in another time it starts anew"
        curves.read_out(3)
        seat.page.go_to(("health", second))
        assert curves.place is None, "and so for another camera"


def test_the_figures_leave_as_csv(room: Room, tmp_path: Path) -> None:
    camera = room.shop()
    watched(room, camera)
    with seated(room) as seat:
        seat.page.go_to(("health", camera))
        (panel,) = seat.page.findChildren(HealthPanel)
        panel.output.save_csv(tmp_path / "figures.csv", Query(), 1)
        written = (tmp_path / "figures.csv").read_text(encoding="utf-8-sig")
        lines = list(csv.reader(written.splitlines()))
        assert lines[0] == ["Time", "Live", "State", "Pictures/s", "kbit/s", "Reconnects"]
        assert any(line[3:5] == ["15.0", "800"] for line in lines)


def test_nothing_watched_is_said(room: Room) -> None:
    room.shop()
    with seated(room) as seat:
        seat.page.go_to(("health", ""))
        assert seat.page.health.states.saying
        texts = [plain(label.text()) for label in seat.page.health.findChildren(QLabel)]
        assert "No camera has been watched yet" in texts


def test_a_strip_tells_by_pattern_and_words(room: Room, qtbot: QtBot) -> None:
    camera = room.shop()
    watched(room, camera)
    theme = Theme()
    strip = HealthStrip(theme)
    qtbot.addWidget(strip)
    strip.resize(QSize(145, 20))
    chart = room.station.health.last_24h(camera)
    strip.show_chart(chart, strip_text(chart.pieces))
    assert "watched 31 min 0 s, live 96.7 %" in strip.accessibleDescription()
    at = [number for number, piece in enumerate(chart.pieces) if piece.sums.down]
    assert "No connection 1 min 0 s" in strip.words_at(at[0] + 1)
    image = QImage(strip.size(), QImage.Format.Format_RGB32)
    strip.render(image, QPointF().toPoint())
    column = {image.pixelColor(at[0] + 1, y).name() for y in range(1, 19)}
    assert theme.colours.bad in column, "a minute without a picture is seen"
    strip.show_chart(None, "")
    assert strip.words_at(3) == ""


def test_the_chart_is_read_out_by_keyboard(room: Room, qtbot: QtBot) -> None:
    camera = room.shop()
    watched(room, camera)
    made = HealthChart(Theme("light"))
    qtbot.addWidget(made)
    chart = room.station.health.last_24h(camera)
    made.show_chart(chart)
    made.resize(500, 400)
    made.show()
    assert "Live 96.7 %" in made.curves.accessibleDescription()
    assert "Live 96.7 %" in made.strip.accessibleDescription()
    assert "24 h" not in made.strip.accessibleName(), "it also shows a week and a month"
    down = next(number for number, piece in enumerate(chart.pieces) if piece.sums.down)
    QTest.keyClick(made.curves, Qt.Key.Key_Home)
    assert "Not watched" in made.curves.accessibleDescription()
    for _number in range(down):
        QTest.keyClick(made.curves, Qt.Key.Key_Right)
    said = plain(made.curves.told.text())
    assert "No connection 1 min 0 s" in said
    QTest.keyClick(made.curves, Qt.Key.Key_Left)
    said = plain(made.curves.told.text())
    assert "Pictures/s 15.0 · kbit/s 800" in said
    assert said in made.curves.accessibleDescription()
    lines = [plot.cursor for plot in made.curves._plots]
    assert {line.isVisible() for line in lines} == {True}
    assert len({line.value() for line in lines}) == 1, "both curves at the same moment"
    for _number in range(len(chart.pieces)):
        QTest.keyClick(made.curves, Qt.Key.Key_Right)
    places = [made.curves.place]
    x = LEFT + FRAME + (made.curves.width() - LEFT - RIGHT - 2 * FRAME) * (down + 0.5) / 144
    QTest.mouseMove(made.curves, QPoint(round(x), 60))
    places.append(made.curves.place)
    QTest.mouseMove(made.curves, QPoint(2, 60))
    places.append(made.curves.place)
    assert places == [len(chart.pieces) - 1, down, None], "beside the axis nothing is read out"
    made.drop()
    QTest.keyClick(made.curves, Qt.Key.Key_Left)
    assert made.curves.place is None


@pytest.mark.parametrize(("language", "midnight", "three"), [("th", "22 พ.ย.", "03.00"), ("en", "22 Nov", "03:00")])
def test_the_axis_has_whole_hours_and_days_of_the_station(
    request: pytest.FixtureRequest, language: str, midnight: str, three: str
) -> None:
    if language == "th":
        request.getfixturevalue("_thai")
    end = datetime(2026, 11, 22, 3, tzinfo=UTC)
    for days, most, spacing in ((1, 9, 3 * 3600), (7, 9, 86400), (30, 9, 5 * 86400), (400, 3, 28 * 86400)):
        found, moments = ticks((end - timedelta(days=days)).timestamp(), end.timestamp(), most)
        here = [datetime.fromtimestamp(moment, STATION_ZONE) for moment in moments]
        assert found == spacing
        assert {(each.hour % (spacing // 3600), each.minute) for each in here if spacing < 86400} <= {(0, 0)}
        assert {(each.hour, each.minute) for each in here if spacing >= 86400} <= {(0, 0)}
    at = datetime(2026, 11, 22, tzinfo=STATION_ZONE).timestamp()
    assert [tick_text(at, 3600), tick_text(at + 3 * 3600, 3600), tick_text(at, 86400)] == [midnight, three, midnight]


def test_no_chart_is_loaded_before_one_is_looked_at() -> None:
    code = "import sys, console.app, console.views.window, console.views.cameras, console.views.health as page\n"
    code += "before = 'pyqtgraph' in sys.modules; page.load_charts(); print(before, 'pyqtgraph' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert said.stdout.split() == ["False", "True"]


def test_shares_never_claim_more_than_there_was() -> None:
    assert [share_text(share) for share in (1.0, 0.99999, 0.5, 0.0)] == ["100 %", "99.9 %", "50 %", "0 %"]
    assert plain(live_text(Sums(live=170, down=10))) == "94.4 % (watched 3 min 0 s only)"
    assert plain(live_text(Sums(probes=1))) == "Not watched"
    assert [nice_top(value) for value in (0, 0.4, 15, 20.1, 999)] == [1, 1, 20, 50, 1000]


def test_an_open_outage_says_since_when(room: Room) -> None:
    now = room.clock.now()
    text = plain(outage_text(Outage("c", now - timedelta(minutes=5), now, Fault.REFUSED), now))
    assert "since" in text
    assert "5 min 0 s so far" in text


def test_the_status_line_names_cameras_without_a_picture(room: Room, qapp: QApplication, qtbot: QtBot) -> None:
    cameras = [room.shop() for _number in range(2)]
    for camera in cameras:
        room.feeds.open(room.officer, FeedRequest(camera, Purpose.RISK_SPOT))
    room.feeds.open(room.officer, FeedRequest(room.shop(), Purpose.RISK_SPOT, kind=ViewKind.PREWARM))
    one, two, warm = room.engine.streams[-3:]
    ui = ui_of(room, room.officer, InlineTasks())
    ui.theme.apply(qapp)
    shell = Shell(ui, [])
    qtbot.addWidget(shell)
    shell.resize(1600, 700)
    shell.show()
    watch = TroubleWatch(shell, room.feeds, ui.tasks)
    watch.watch()
    button = shell.status.troubles
    assert not button.isVisible()
    warm.tell(TileState.DOWN, Fault.NO_ANSWER)
    one.tell(TileState.DOWN, Fault.NO_ANSWER)
    two.tell(TileState.STALE, Fault.FROZEN)
    watch.look()
    assert [code for _id, code, _name in troubles(room.feeds.views())] == ["C001", "C002"]
    assert plain(button.accessibleName()) == "No current picture: กล้อง C001, กล้อง C002"
    asked: list[tuple[str, object]] = []
    shell.go_to = lambda key, target: asked.append((key, target))  # type: ignore[method-assign]
    two.tell(TileState.LIVE)
    watch.look()
    button.click()
    assert asked == [("cameras", ("health", cameras[0]))]
    shell.lock(QWidget())
    assert button.text() == "Cameras with no current picture: 1", "at once, not with the next look"
    shell.unlock()
    assert "C001" in button.accessibleName()
    shell._locked = True
    watch.look()
    assert button.text() == "Cameras with no current picture: 1"
    one.tell(TileState.LIVE)
    watch.look()
    assert not button.isVisible()
    watch.rest()
    watch.look()
    shell._locked = False
    shell.close()


PIECE = Piece(datetime(2026, 11, 22, 6, 10, tzinfo=UTC), 600, Sums())


@pytest.mark.usefixtures("_thai")
def test_hours_in_thai() -> None:
    assert span_text(PIECE) == "22 พ.ย. 2569 13.10–13.20 น."


def test_hours_in_english() -> None:
    assert span_text(PIECE) == "22 Nov 2026 13:10–13:20"


def test_many_cameras_are_counted() -> None:
    many = [(f"P{number}", f"Camera {number}") for number in range(5)]
    full, short, counted, least = (plain(text) for text in trouble_texts(many, named=True))
    assert full == "No current picture: Camera 0, Camera 1, Camera 2 and 2 more"
    assert short == "No current picture: P0, P1, P2 and 2 more"
    assert counted == "Cameras with no current picture: 5"
    assert least == "No picture: 5"
