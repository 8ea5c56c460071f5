"""Named walls and tours on the wall: what runs on, what is opened and when, what ends, and what is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.kernel import (
    ConsoleError,
    Denied,
    DenyReason,
    EndReason,
    Invalid,
    PixelSize,
    Purpose,
    Role,
    TileState,
    ViewKind,
)
from console.services.named_walls import (
    STATION,
    ChangeTour,
    DeleteTour,
    DeleteWall,
    KeepTour,
    KeepWall,
    NamedWallRow,
    RenameWall,
    ReplaceWall,
    Shelf,
    TourRow,
)
from console.views.wall import WallPage
from console.views.wall_desk import ServiceDesk
from console.views.wall_keys import Act
from console.views.wall_layout_list import ChoiceButton
from console.views.wall_model import PurposeChoice, Waiting
from console.views.wall_shelf import FRAME, Mode
from console.views.wall_tours import PATIENCE_S
from tests.gate.room import Room
from tests.shell.conftest import Wall
from tests.shell.record_stage import ui_of
from tests.shell.wall_fakes import INCIDENTS, FakeDesk, FakeFeed, FakeStatus, camera, officer

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

MakeWall = Callable[..., Wall]
INCIDENT = PurposeChoice(Purpose.INCIDENT, INCIDENTS[0])
OWN = officer().person_id


def wall_row(name: str, layout: str, *numbers: int | None, station: bool = False) -> NamedWallRow:
    cells = tuple(None if number is None else f"camera-{number}" for number in numbers)
    return NamedWallRow(f"wall-{name}", 1, STATION if station else OWN, name, layout, cells)


A = wall_row("A", "4", 1, 2, 9)
B = wall_row("B", "1+5", 9, 10, 0, 11)
C = wall_row("C", "1", 13, station=True)
TOUR = TourRow("tour-1", 1, OWN, "Night", 15, (A.id, B.id, "gone", C.id))


@pytest.fixture
def toured(make_wall: MakeWall) -> Wall:
    """An empty wall with three named ones and a tour of them."""
    desk = FakeDesk([camera(number) for number in range(16)], INCIDENTS)
    desk.found = Shelf((A, B, C), (TOUR,))
    return make_wall(layout=9, count=0, desk=desk)


def on_wall(wall: Wall) -> list[str]:
    return [cell.camera.id for cell in wall.board.cells if cell.camera is not None]


def running(wall: Wall) -> list[tuple[str, str]]:
    return sorted((feed.camera_id, feed.ask.kind.value) for feed in wall.desk.feeds if feed.ended is None)


def pass_time(wall: Wall, seconds: float) -> None:
    wall.clock.pass_time(seconds)
    wall.page.tours.look()


def says(wall: Wall) -> str:
    return wall.page.tools._tour.text()


# Named walls


def test_a_named_wall_keeps_running_views_and_opens_the_rest_in_one_call(toured: Wall) -> None:
    toured.page.shelf.open(A)
    stays = toured.desk.feed_of("camera-9")
    goes = toured.desk.feed_of("camera-1")
    calls = len(toured.desk.calls)
    toured.page.shelf.open(B)
    assert toured.board.layout.key == "1+5"
    assert stays.ended is None
    assert stays.sizes[-1] == toured.board.cells[0].size
    assert goes.ended is EndReason.CLOSED
    assert [[ask.camera_id for ask in call] for call in toured.desk.calls[calls:]] == [["camera-10", "camera-11"]]
    assert toured.board.cells[2].waiting is Waiting.PURPOSE, "a private camera waits for somebody's purpose"
    assert toured.desk.writes[-1].layout == "1+5"
    assert toured.desk.writes[-1].cells[:5] == ("camera-9", "camera-10", "camera-0", "camera-11", None)


def test_an_answer_for_a_wall_that_was_left_is_ended(toured: Wall) -> None:
    toured.tasks.hold = True
    toured.page.shelf.open(A)
    toured.page.shelf.open(C)
    toured.tasks.let_go()
    toured.tasks.hold = False
    assert running(toured) == [("camera-13", "wall")]


def test_cameras_that_are_gone_leave_empty_tiles_and_are_told(toured: Wall) -> None:
    toured.page.shelf.open(replace(A, cells=("camera-1", "archived", "camera-1", "older")))
    assert on_wall(toured) == ["camera-1"]
    assert "2" in toured.page.notice.said
    assert toured.page.notice.isVisible()
    toured.page.shelf.open(replace(A, layout="9x9"))
    assert on_wall(toured) == ["camera-1"]


def rows(wall: Wall) -> list[ChoiceButton]:
    buttons = wall.page.layouts.shelf._body.findChildren(ChoiceButton)
    return [button for button in buttons if button.property("row") is not None]


def click(wall: Wall, words: str) -> None:
    next(button for button in rows(wall) if words in button.accessibleName()).click()


def test_walls_are_opened_kept_replaced_renamed_and_deleted_from_the_list(toured: Wall) -> None:
    toured.page.act(Act.LAYOUT_LIST)
    assert [button.text().strip() for button in rows(toured) if "  ·  " in button.text()] == [
        "A  ·  4",
        "B  ·  1+5",
        "C  ·  1  ·  station",
        "Night  ·  3 walls, 15 s each",
    ]
    assert not any(button.accessibleName().endswith(": C") for button in rows(toured))
    night = next(button for button in rows(toured) if "Night" in button.text())
    whole = night.fontMetrics().horizontalAdvance(night.text()) + night.iconSize().width() + FRAME
    night.resize(whole - 8, night.height())
    name, said = night.text().strip().split("  ·  ", 1)
    assert name.endswith("…"), "the name is cut"
    assert said == "3 walls, 15 s each", "and not what is said of it"
    shelf = toured.page.layouts.shelf
    assert shelf.station.isHidden()
    click(toured, "A  ·  4")
    assert not toured.page.layouts.isVisible()
    toured.page.act(Act.LAYOUT_LIST)
    shelf.name.setText(" Market ")
    QTest.keyClick(shelf.name, Qt.Key.Key_Return)
    click(toured, "Replace by the present wall: B")
    QTest.mouseClick(shelf.undo, Qt.MouseButton.LeftButton)
    click(toured, "Rename: A")
    assert shelf.name.text() == "A"
    shelf.name.setText("Pier")
    shelf.submit()
    click(toured, "Delete: A")
    assert "A" in shelf.told.text()
    shelf.undo.click()
    here = ("camera-1", "camera-2", "camera-9", None)
    assert [replace(command, command_id="") for command in toured.desk.kept if not isinstance(command, KeepWall)] == [
        ReplaceWall(command_id="", wall_id=B.id, version=1, layout="4", cells=here),
        ReplaceWall(command_id="", wall_id=B.id, version=2, layout=B.layout, cells=B.cells),
        RenameWall(command_id="", wall_id=A.id, version=1, name="Pier"),
        DeleteWall(command_id="", wall_id=A.id, version=1),
    ]
    kept = [command for command in toured.desk.kept if isinstance(command, KeepWall)]
    assert [(each.name, each.layout, each.cells) for each in kept] == [("Market", "4", here), ("A", "4", A.cells)]
    assert kept[1].wall_id == A.id


def test_the_keyboard_goes_from_the_layouts_to_the_walls_and_opens_one(toured: Wall) -> None:
    toured.page.act(Act.LAYOUT_LIST)
    sheet = toured.page.layouts
    QApplication.processEvents()
    QTest.keyClick(sheet, Qt.Key.Key_Down)
    for step in (Qt.Key.Key_Up, Qt.Key.Key_Right):
        QTest.keyClick(sheet.focusWidget(), step)
    assert sheet.focusWidget().property("row") == A
    walked = []
    for _number in range(4):
        QTest.keyClick(sheet.focusWidget(), Qt.Key.Key_Down)
        walked.append(sheet.focusWidget().property("row"))
    assert walked == [B, C, TOUR, None]
    QTest.keyClick(sheet.focusWidget(), Qt.Key.Key_Down)
    assert sheet.focusWidget() is sheet.shelf.name
    for _number in range(3):
        QTest.keyClick(sheet.focusWidget(), Qt.Key.Key_Up)
    assert sheet.focusWidget().property("row") == C
    toured.desk.found = Shelf((A, B, C))
    toured.page.shelf.read()
    QApplication.processEvents()
    assert sheet.focusWidget().property("row") == C, "news of others take nobody's place away"
    QTest.keyClick(sheet.focusWidget(), Qt.Key.Key_Return)
    assert not sheet.isVisible()
    assert on_wall(toured) == ["camera-13"]


def test_the_list_says_which_tour_runs_and_ends_it(toured: Wall) -> None:
    toured.page.act(Act.TOUR)
    toured.page.act(Act.LAYOUT_LIST)
    row = next(button for button in rows(toured) if button.property("row") == TOUR and button.isCheckable())
    assert row.isChecked()
    pass_time(toured, 3)
    assert row in rows(toured), "a second that passes builds no row anew"
    row.click()
    assert toured.page.tours.running is None


def test_a_refused_name_is_said_at_the_field_and_stays_there(toured: Wall) -> None:
    toured.page.act(Act.LAYOUT_LIST)
    shelf = toured.page.layouts.shelf
    for text, problem, words in (
        ("x" * 61, None, "This is too long."),
        ("A", Invalid({"name": "walls.name_taken"}), "There is already one of this name."),
        ("A", ConsoleError("not_found"), "not there any more"),
    ):
        toured.desk.refuses = problem
        shelf.name.setText(text)
        shelf.submit()
        assert words in shelf.problem.text()
        assert shelf.name.text() == text
    assert toured.desk.kept == []


def test_a_tour_is_put_together_in_the_order_of_choosing(toured: Wall) -> None:
    toured.page.act(Act.LAYOUT_LIST)
    shelf = toured.page.layouts.shelf
    shelf.set_mode(Mode.TOUR)
    click(toured, "C")
    click(toured, "A")
    click(toured, "B")
    click(toured, "A")
    shelf.name.setText("Day")
    shelf.dwell.setValue(30)
    shelf.submit()
    assert shelf.mode is Mode.SAVE
    click(toured, "Change: Night")
    assert [button.text().strip()[:2] for button in rows(toured)] == ["1.", "2.", "3."], (
        "a wall that is gone is left out"
    )
    QTest.keyClick(shelf.name, Qt.Key.Key_Escape)
    assert toured.page.layouts.isVisible()
    assert shelf.mode is Mode.SAVE
    click(toured, "Change: Night")
    shelf.submit()
    click(toured, "Delete: Night")
    made, changed, deleted = toured.desk.kept
    assert isinstance(made, KeepTour)
    assert (made.name, made.walls, made.dwell_s, made.station) == ("Day", (C.id, B.id), 30, False)
    assert isinstance(changed, ChangeTour)
    assert (changed.tour_id, changed.walls) == (TOUR.id, (A.id, B.id, C.id))
    assert deleted == DeleteTour(command_id=deleted.command_id, tour_id=TOUR.id, version=1)


def test_enter_behind_the_seconds_saves_the_tour(toured: Wall) -> None:
    toured.page.act(Act.LAYOUT_LIST)
    shelf = toured.page.layouts.shelf
    shelf.set_mode(Mode.TOUR)
    click(toured, "A")
    shelf.name.setText("Rounds")
    QTest.keyClick(shelf.dwell, Qt.Key.Key_Up)
    QTest.keyClick(shelf.dwell, Qt.Key.Key_Return)
    (kept,) = toured.desk.kept
    assert isinstance(kept, KeepTour)
    assert (kept.name, kept.dwell_s) == ("Rounds", 16)


def test_the_shift_lead_keeps_walls_for_the_station(toured: Wall) -> None:
    toured.board.ui = replace(toured.board.ui, session=officer(Role.SHIFT_LEAD))
    toured.page.act(Act.LAYOUT_LIST)
    shelf = toured.page.layouts.shelf
    assert not shelf.station.isHidden()
    shelf.station.setChecked(True)
    shelf.name.setText("Parade")
    shelf.submit()
    click(toured, "Delete: C")
    kept, deleted = toured.desk.kept
    assert isinstance(kept, KeepWall)
    assert kept.station
    assert isinstance(deleted, DeleteWall)


def test_tab_leads_to_the_name_and_letters_before_it_leave_the_tile_alone(toured: Wall) -> None:
    toured.page.shelf.open(A)
    before, asked = on_wall(toured), len(toured.desk.calls)
    toured.page.act(Act.LAYOUT_LIST)
    sheet = toured.page.layouts
    QApplication.processEvents()
    for letter in (Qt.Key.Key_F, Qt.Key.Key_P, Qt.Key.Key_R):
        QTest.keyClick(sheet, letter)
    assert (on_wall(toured), len(toured.desk.calls)) == (before, asked)
    assert sheet.isVisible()
    assert not toured.page.tools.asking
    assert not toured.page.panel.list.box.hasFocus()
    QTest.keyClick(sheet, Qt.Key.Key_Tab)
    assert sheet.focusWidget() is sheet.shelf.name
    QTest.keyClicks(sheet.shelf.name, "Night")
    QTest.keyClick(sheet.shelf.name, Qt.Key.Key_Tab)
    assert sheet.focusWidget() in {sheet.shelf.station, sheet.shelf.go}
    QTest.keyClick(sheet.shelf.name, Qt.Key.Key_Return)
    (kept,) = toured.desk.kept
    assert isinstance(kept, KeepWall)
    assert kept.name == "Night"


def test_news_of_walls_is_read_and_the_delete_key_means_no_tile_here(toured: Wall) -> None:
    toured.page.shelf.open(A)
    toured.page.act(Act.LAYOUT_LIST)
    QTest.keyClick(toured.page.layouts, Qt.Key.Key_Delete)
    assert len(on_wall(toured)) == 3
    toured.desk.found = Shelf()
    toured.board.ui.changes.changed.emit(frozenset({"named_wall"}))
    assert rows(toured) == []


# Tours


def test_the_next_page_is_made_ready_and_the_page_left_behind_ends(toured: Wall) -> None:
    QTest.keyClick(toured.page.canvas, Qt.Key.Key_T)
    assert says(toured) == "Tour · page 1 of 3 · 15 s"
    assert running(toured) == [("camera-1", "tour"), ("camera-2", "tour"), ("camera-9", "tour")]
    pass_time(toured, 9)
    assert len(toured.desk.calls) == 1
    pass_time(toured, 1)
    assert says(toured) == "Tour · page 1 of 3 · 5 s"
    ready = [(ask.camera_id, ask.kind, ask.size) for ask in toured.desk.calls[-1]]
    assert ready == [(each, ViewKind.PREWARM, PixelSize(0, 0)) for each in ("camera-10", "camera-11")]
    toured.desk.dress = lambda feed: setattr(feed, "status", FakeStatus(TileState.CONNECTING))
    left = toured.desk.feed_of("camera-1")
    pass_time(toured, 5)
    assert left.ended is EndReason.CLOSED
    assert toured.board.layout.key == "1+5"
    assert running(toured) == [
        ("camera-10", "prewarm"),
        ("camera-10", "tour"),
        ("camera-11", "prewarm"),
        ("camera-11", "tour"),
        ("camera-9", "tour"),
    ]
    assert toured.board.cells[2].waiting is Waiting.PURPOSE, "the tile waits, the tour goes on"
    toured.desk.feed_of("camera-10").status = FakeStatus()
    pass_time(toured, 0.1)
    assert ("camera-10", "prewarm") not in running(toured), "its own picture is there"
    assert ("camera-11", "prewarm") in running(toured)
    pass_time(toured, PATIENCE_S)
    assert not any(kind == "prewarm" for _camera, kind in running(toured)), "nothing is held ready for ever"
    assert toured.desk.writes == [], "pages are not what the next start restores"


def test_a_refusal_is_no_view_and_an_incident_makes_private_cameras_ready(toured: Wall) -> None:
    toured.board.choose(INCIDENT)
    toured.desk.denials["camera-10"] = Denied(DenyReason.OUTSIDE_HOURS)
    toured.page.act(Act.TOUR)
    pass_time(toured, 10)
    assert [ask.camera_id for ask in toured.desk.calls[-1]] == ["camera-10", "camera-0", "camera-11"]
    assert [camera_id for camera_id, kind in running(toured) if kind == "prewarm"] == ["camera-0", "camera-11"]
    pass_time(toured, 5)
    assert ("camera-0", "tour") in running(toured)
    assert not any(kind == "prewarm" for _camera, kind in running(toured))
    assert toured.board.cells[1].denied is not None


def test_an_answer_that_comes_after_the_page_turned_is_ended(toured: Wall) -> None:
    toured.page.act(Act.TOUR)
    toured.tasks.hold = True
    pass_time(toured, 10)
    pass_time(toured, 5)
    toured.tasks.let_go()
    toured.tasks.hold = False
    assert not any(kind == "prewarm" for _camera, kind in running(toured))


def test_space_holds_and_goes_on(toured: Wall) -> None:
    toured.page.act(Act.TOUR)
    pass_time(toured, 11)
    assert any(kind == "prewarm" for _camera, kind in running(toured))
    QTest.keyClick(toured.page.canvas, Qt.Key.Key_Space)
    assert says(toured) == "Tour · page 1 of 3 · held"
    assert not any(kind == "prewarm" for _camera, kind in running(toured)), "its page does not come"
    pass_time(toured, 60)
    assert on_wall(toured)[0] == "camera-1"
    QTest.keyClick(toured.page.canvas, Qt.Key.Key_Space)
    assert says(toured) == "Tour · page 1 of 3 · 4 s"
    assert any(kind == "prewarm" for _camera, kind in running(toured))


def hold_by_focus(wall: Wall) -> Callable[[], None]:
    wall.page.act(Act.FOCUS)
    return lambda: wall.page.act(Act.FOCUS)


def hold_by_lock(wall: Wall) -> Callable[[], None]:
    wall.page.show_locked(locked=True)
    return lambda: wall.page.show_locked(locked=False)


def hold_by_another_page(wall: Wall) -> Callable[[], None]:
    wall.page.hide()
    return wall.page.show


def hold_by_moving(wall: Wall) -> Callable[[], None]:
    wall.board.swap(0, 1)
    return lambda: wall.page.act(Act.HOLD)


@pytest.mark.parametrize("hold", [hold_by_focus, hold_by_lock, hold_by_another_page, hold_by_moving])
def test_what_makes_a_tour_wait(toured: Wall, hold: Callable[[Wall], Callable[[], None]]) -> None:
    toured.page.act(Act.TOUR)
    before = sorted(on_wall(toured))
    go_on = hold(toured)
    pass_time(toured, 20)
    assert sorted(on_wall(toured)) == before
    assert "held" in says(toured)
    go_on()
    pass_time(toured, 15)
    assert on_wall(toured)[0] == "camera-9"


def test_visitors_darken_what_is_private_and_the_tour_goes_on(toured: Wall) -> None:
    toured.board.choose(INCIDENT)
    toured.page.act(Act.TOUR)
    pass_time(toured, 10)
    ready = [feed for feed in toured.desk.feeds if feed.ask.kind is ViewKind.PREWARM]
    toured.page.act(Act.VISITORS)
    assert {feed.ended for feed in ready} == {EndReason.VISITORS}
    pass_time(toured, 0.1)
    assert [ask.camera_id for ask in toured.desk.calls[-1]] == ["camera-10", "camera-11"], (
        "nothing private is asked for"
    )
    pass_time(toured, 5)
    assert toured.board.cells[2].waiting is Waiting.VISITORS


def end_by_key(wall: Wall) -> None:
    QTest.keyClick(wall.page.canvas, Qt.Key.Key_T)


def end_by_layout(wall: Wall) -> None:
    QTest.keyClick(wall.page.canvas, Qt.Key.Key_8)


def end_by_wall(wall: Wall) -> None:
    wall.page.shelf.open(C)


def end_by_deleting(wall: Wall) -> None:
    wall.desk.found = Shelf((A, B, C))
    wall.page.shelf.read()


@pytest.mark.parametrize("end", [end_by_key, end_by_layout, end_by_wall, end_by_deleting])
def test_what_ends_a_tour_leaves_an_ordinary_wall(toured: Wall, end: Callable[[Wall], None]) -> None:
    toured.page.act(Act.TOUR)
    pass_time(toured, 11)
    end(toured)
    assert toured.page.tours.running is None
    assert toured.page.tools._tour.isHidden()
    assert not any(kind == "prewarm" for _camera, kind in running(toured))
    assert [cell for cell in toured.desk.writes[-1].cells if cell] == on_wall(toured)
    shown = on_wall(toured)
    pass_time(toured, 60)
    assert on_wall(toured) == shown
    toured.board.retry(0)
    assert toured.desk.calls[-1][0].kind is ViewKind.WALL


def test_a_tour_goes_with_the_officer(toured: Wall) -> None:
    toured.page.act(Act.TOUR)
    pass_time(toured, 11)
    ready = [feed for feed in toured.desk.feeds if feed.ask.kind is ViewKind.PREWARM]
    toured.page.stop(EndReason.LOGOUT)
    assert {feed.ended for feed in toured.desk.feeds} == {EndReason.LOGOUT}
    assert ready
    assert toured.desk.writes == [], "the wall from before the tour is restored"


def test_a_tour_ends_at_the_hand_over_and_goes_on_in_another_language(toured: Wall) -> None:
    toured.page.act(Act.TOUR)
    pass_time(toured, 11)
    toured.page.reseat(toured.board.ui, toured.desk)
    assert says(toured) == "Tour · page 1 of 3 · 4 s"
    toured.page.act(Act.LAYOUT_LIST)
    assert toured.page.layouts.isVisible(), "the list of now opens"
    toured.page.layouts.close_sheet()
    ready: list[FakeFeed] = [feed for feed in toured.desk.feeds if feed.ask.kind is ViewKind.PREWARM]
    toured.page.reseat(replace(toured.board.ui, session=replace(officer(), id="s2", person_id="p2")), toured.desk)
    assert toured.page.tours.running is None
    assert {feed.ended for feed in ready} == {EndReason.HANDOVER}
    assert toured.board.waiting_for_purpose() == []


def test_a_changed_tour_goes_on_with_its_new_pages(toured: Wall) -> None:
    toured.page.act(Act.TOUR)
    toured.desk.found = Shelf((A, C), (replace(TOUR, version=2, dwell_s=40),))
    toured.page.shelf.read()
    assert says(toured).startswith("Tour · page 1 of 2")
    toured.desk.found = Shelf((C,), (TOUR,))
    toured.page.shelf.read()
    assert toured.page.tours.running is not None
    pass_time(toured, 15)
    assert on_wall(toured) == ["camera-13"]


def test_without_a_tour_the_key_opens_the_list_and_space_does_nothing(toured: Wall) -> None:
    toured.desk.found = Shelf((A,))
    toured.page.shelf.read()
    toured.page.act(Act.HOLD)
    assert says(toured) == ""
    toured.page.act(Act.TOUR)
    assert toured.page.layouts.isVisible()
    toured.page.tours.start(replace(TOUR, walls=("gone",)))
    assert toured.page.notice.said.startswith("The walls of this tour were deleted")


# Over the real gate


def test_every_view_of_a_tour_is_in_the_journal_under_its_kind(qtbot: QtBot, room: Room) -> None:
    ui = ui_of(room, room.officer)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ui.theme.apply(app)
    first, second, private = room.own_camera(), room.own_camera(), room.shop()
    for name, cells in (("A", (first,)), ("B", (second, private))):
        room.run(KeepWall(name=name, layout="4", cells=cells), room.officer)
    walls = room.station.named_walls.shelf(room.officer).walls
    room.run(KeepTour(name="T", walls=tuple(wall.id for wall in walls)), room.officer)
    page = WallPage(ui, ServiceDesk(room.station, room.feeds, room.officer))
    qtbot.addWidget(page)
    page.show()
    page.start()
    page.canvas.pause()
    page.act(Act.TOUR)
    for seconds in (10, 5, PATIENCE_S):
        room.clock.advance(seconds)
        page.tours.look()
    opened = [(entry["kind"], entry["purpose"]) for entry in room.data("view.opened")]
    assert opened == [("tour", "risk_spot"), ("prewarm", "risk_spot"), ("tour", "risk_spot")]
    assert [entry["reason"] for entry in room.data("view.ended")] == ["closed", "closed"]
    assert {live.camera_id for live in room.feeds.views()} == {second}
    assert page.board.cells[1].waiting is Waiting.PURPOSE
    page.stop()
    page.close()
