"""The drawer of F2: filled in at a camera, fast by keyboard, nothing typed is lost, nothing mixed up."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.kernel import Category, ConsoleError, Priority, Purpose, Role, Unavailable, Zone
from console.views.incident_specs import categories
from console.views.record_choice import ChoiceBox
from console.views.wall_model import PurposeChoice, WallCamera
from tests.gate.room import HERE, Room
from tests.shell.conftest import Wall
from tests.shell.incident_stage import Heard, Refusing, drawn, key, level_1, row_of, type_keys, wall_camera
from tests.shell.wall_fakes import camera

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qapp")]


def only_incident(room: Room) -> str:
    (row,) = room.station.incidents.open_ones()
    return row.id


def test_f2_on_a_tile_asks_for_an_incident_at_its_camera(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall(count=1)
    heard = Heard(wall.page.incident_wanted)
    key(wall.page.canvas, Qt.Key.Key_F2)
    wall.board.select(3)
    key(wall.page.canvas, Qt.Key.Key_F2)
    assert heard.said == [camera(0), None]


def test_the_card_offers_it_too(make_wall: Callable[..., Wall]) -> None:
    wall = make_wall(count=1)
    heard = Heard(wall.page.incident_wanted)
    button = wall.page.panel.card._incident
    assert button.isEnabled()
    button.click()
    assert heard.said == [camera(0)]
    wall.board.select(5)
    assert not button.isEnabled()


def test_time_and_place_are_filled_in_and_the_rest_goes_by_keyboard(room: Room) -> None:
    at = wall_camera(room, level_1(room))
    with drawn(room) as stage:
        opened = Heard(stage.drawer.opened)
        stage.drawer.open_for(at)
        assert stage.line("place").text() == "ถนนนครใน"
        assert (stage.line("lat").text(), stage.line("lon").text()) == ("7.2", "100.595")
        assert stage.line("happened_at").text() == "22/11/2026 10:01"
        assert stage.drawer.focusWidget() is stage.line("category")
        stage.type("category", "theft")
        stage.type("priority", "2")
        stage.type("title", "รถจักรยานยนต์หายหน้าร้าน")
        stage.save()
        row = row_of(room, only_incident(room))
        assert opened.said == [row.id]
    assert (row.category, row.priority, row.title) == (Category.THEFT, Priority.VERY_URGENT, "รถจักรยานยนต์หายหน้าร้าน")
    assert (row.camera_id, row.place, row.lat, row.lon, row.zone) == (at.id, "ถนนนครใน", *HERE, Zone.INSIDE)
    assert row.happened_at is not None
    assert (room.clock.now() - row.happened_at).total_seconds() < 60


def test_enter_goes_from_field_to_field(qtbot: QtBot, room: Room) -> None:
    with drawn(room) as stage:
        stage.drawer.open_for(None)
        stage.drawer.activateWindow()
        qtbot.waitUntil(stage.drawer.isActiveWindow)
        for words, enters in (("traffic", 2), ("1", 2), ("รถชนหลังตลาด", 1), ("๒๒/๑๑/๒๕๖๙ ๐๙.๔๕", 1), ("หลังตลาดสด", 1)):
            focused = stage.drawer.focusWidget()
            assert focused is not None
            type_keys(focused, words)
            for _press in range(enters):
                key(focused, Qt.Key.Key_Return)
        stage.save()
        row = row_of(room, only_incident(room))
    assert (row.category, row.priority, row.title) == (Category.TRAFFIC_ACCIDENT, Priority.MOST_URGENT, "รถชนหลังตลาด")
    assert row.happened_at is not None
    assert (row.happened_at.isoformat(), row.place) == ("2026-11-22T02:45:00+00:00", "หลังตลาดสด")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("4", Category.THEFT), ("๔", Category.THEFT), ("14", Category.TRAFFIC_ACCIDENT), ("noi", Category.NOISE)],
)
def test_a_category_is_found_by_its_number_or_a_few_letters(room: Room, typed: str, meant: Category) -> None:
    with drawn(room) as stage:
        stage.drawer.open_for(None)
        stage.type("category", typed)
        box = stage.line("category")
        assert isinstance(box, ChoiceBox)
        assert box.raw() == meant.value


@pytest.mark.usefixtures("_thai")
def test_a_category_is_found_in_thai_and_in_english_on_a_thai_screen(room: Room) -> None:
    for typed in ("ลัก", "theft"):
        with drawn(room) as stage:
            stage.drawer.open_for(None)
            stage.type("category", typed)
            assert stage.line("category").text() == categories()[Category.THEFT]


def test_after_saving_enter_makes_it_the_walls_purpose(room: Room) -> None:
    with drawn(room) as stage:
        watch, file, closed = (
            Heard(signal) for signal in (stage.drawer.wall_wanted, stage.drawer.file_wanted, stage.drawer.closed)
        )
        stage.drawer.open_for(wall_camera(room, level_1(room)))
        stage.type("category", "4")
        stage.type("title", "ลักทรัพย์")
        stage.save()
        row = row_of(room, only_incident(room))
        focused = stage.drawer.focusWidget()
        assert focused is not None
        key(focused, Qt.Key.Key_Return)
        (choice,) = watch.said
        assert isinstance(choice, PurposeChoice)
        assert (choice.purpose, choice.incident_id) == (Purpose.INCIDENT, row.id)
        assert closed.said == [None], "the wall has its whole width again"
        stage.drawer.done._file.click()
        assert file.said == [row.id]
        key(stage.drawer.done, Qt.Key.Key_Escape)
        assert closed.said == [None] * 3
        # The next F2 begins anew, and there is nothing left to bring back.
        stage.drawer.open_for(None)
        assert stage.line("title").text() == ""
        assert stage.drawer.strip.said == ""


def test_esc_asks_only_if_something_would_be_lost(room: Room) -> None:
    with drawn(room) as stage:
        closed = Heard(stage.drawer.closed)
        stage.drawer.open_for(None)
        assert stage.drawer.form is not None
        key(stage.drawer.form, Qt.Key.Key_Escape)
        assert closed.said == [None]
        stage.type("title", "ทะเลาะวิวาท")
        key(stage.drawer.form, Qt.Key.Key_Escape)
        assert closed.said == [None]
        assert stage.line("title").text() == "ทะเลาะวิวาท"


def test_f2_again_goes_on_where_it_was(room: Room) -> None:
    at = wall_camera(room, level_1(room))
    with drawn(room) as stage:
        stage.drawer.open_for(at)
        stage.type("title", "ทะเลาะ")
        stage.drawer.open_for(at)
        assert stage.line("title").text() == "ทะเลาะ"


def test_what_was_typed_at_one_camera_is_neither_lost_nor_mixed_with_another(room: Room) -> None:
    one, other = (wall_camera(room, level_1(room)) for _number in range(2))
    with drawn(room) as stage:
        stage.drawer.open_for(one)
        stage.type("title", "ที่กล้องแรก")
        room.clock.advance(1200)
        stage.drawer.open_for(other)
        assert stage.line("title").text() == ""
        assert "C001" in stage.drawer.strip.said
        stage.drawer.strip._buttons[0].click()
        assert stage.line("title").text() == "ที่กล้องแรก"
        assert stage.line("happened_at").text() == "22/11/2026 10:01", "it happened when it was written, not now"
        stage.type("category", "4")
        stage.save()
    row = row_of(room, only_incident(room))
    assert (row.camera_id, row.title) == (one.id, "ที่กล้องแรก")


def test_a_power_cut_loses_nothing(room: Room) -> None:
    with drawn(room) as stage:
        stage.drawer.open_for(None)
        stage.type("title", "ก่อนไฟดับ")
        assert stage.drawer.form is not None
        stage.drawer.form.keep_draft()
    with drawn(room) as later:
        later.drawer.open_for(None)
        assert later.line("title").text() == "ก่อนไฟดับ"
    with drawn(room, room.lead) as other:
        other.drawer.open_for(None)
        assert other.line("title").text() == "", "another person's draft is nobody else's"


def test_the_future_is_refused_at_its_field(room: Room) -> None:
    with drawn(room) as stage:
        stage.drawer.open_for(None)
        stage.type("category", "4")
        stage.type("title", "เหตุ")
        stage.type("happened_at", "22/11/2569 10.30")
        stage.save()
        assert "not come yet" in stage.said_at("happened_at")
        assert room.station.incidents.open_ones() == []
        stage.type("happened_at", "2026-11-22 09:59")
        stage.save()
    assert len(room.station.incidents.open_ones()) == 1


@pytest.mark.parametrize(
    ("field", "typed", "asked"),
    [("lat", "52.5", "outside Thailand"), ("happened_at", "1/9/2569 08.00", "more than a month ago")],
)
def test_what_is_unlikely_is_asked_once(room: Room, field: str, typed: str, asked: str) -> None:
    with drawn(room) as stage:
        stage.drawer.open_for(wall_camera(room, level_1(room)))
        stage.type("category", "4")
        stage.type("title", "เหตุ")
        stage.type(field, typed)
        stage.save()
        assert asked in stage.said_at(field)
        assert room.station.incidents.open_ones() == []
        stage.save()
    assert len(room.station.incidents.open_ones()) == 1


def test_half_a_place_is_refused_at_its_field(room: Room) -> None:
    with drawn(room) as stage:
        stage.drawer.open_for(None)
        stage.type("category", "4")
        stage.type("title", "เหตุ")
        stage.type("lat", "7.2")
        stage.save()
        assert "latitude and longitude" in stage.said_at("lon")


@pytest.mark.parametrize("problem", [Unavailable("store.disk_full", path="x"), ConsoleError("unexpected")])
def test_a_refused_save_loses_nothing(room: Room, problem: ConsoleError) -> None:
    refusing = Refusing(room.station, problem)
    with drawn(room) as stage:
        stage.drawer.open_for(None)
        stage.type("category", "4")
        stage.type("title", "เหตุ")
        stage.save()
        assert stage.drawer.form is not None
        assert stage.line("title").text() == "เหตุ"
        refusing.mend()
        stage.save()
    assert len(room.station.incidents.open_ones()) == 1


def test_a_lost_answer_does_not_open_it_twice(room: Room) -> None:
    refusing = Refusing(room.station, Unavailable("store.unreachable"), after=True)
    with drawn(room) as stage:
        stage.drawer.open_for(None)
        stage.type("category", "4")
        stage.type("title", "เหตุ")
        stage.save()
        refusing.mend()
        stage.save()
    assert len(room.station.incidents.open_ones()) == 1


def test_who_may_not_write_incidents_is_told_so(room: Room) -> None:
    with drawn(room, room.log_in(Role.AUDITOR)) as stage:
        stage.drawer.open_for(None)
        stage.type("category", "4")
        stage.type("title", "เหตุ")
        stage.save()
        assert room.station.incidents.open_ones() == []
        assert stage.line("title").text() == "เหตุ"


def test_it_stays_beside_the_wall(make_wall: Callable[..., Wall], room: Room) -> None:
    wall = make_wall(count=4)
    wall.tick()
    shown = [feed.taken for feed in wall.desk.feeds]
    with drawn(room) as stage:
        stage.drawer.open_for(WallCamera("x", "X", "x", "x", camera(0).owner_type))
        assert QApplication.activeModalWidget() is None
        for feed in wall.desk.feeds:
            feed.advance()
        wall.tick()
        assert all(feed.taken > before for feed, before in zip(wall.desk.feeds, shown, strict=True))
