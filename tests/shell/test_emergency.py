"""A superintendent's override at the wall: offered where it may help, one form, a red frame that says how long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from console.kernel import Denied, DenyReason, EndReason, LegalBasis, Purpose, Role
from console.services.emergencies import BeginEmergency
from console.views.emergency_drawer import EmergencyDrawer
from console.views.emergency_words import may_ask, plate_words
from console.views.wall_hint import TileHint
from console.views.wall_model import EmergencyChoice, PurposeChoice, Waiting
from tests.gate.room import Room
from tests.shell.conftest import Wall
from tests.shell.incident_stage import CTRL, key, type_keys
from tests.shell.seat_stage import SeatStage, panel_of, seat_stage
from tests.shell.wall_fakes import INCIDENTS, NOW, FakeStatus, camera, officer

MakeWall = Callable[..., Wall]
PAUSED = Denied(DenyReason.PAUSED_BY_OWNER)
WHY = "มีเสียงร้องขอความช่วยเหลือจากในร้าน"

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support")


@pytest.fixture
def stage(room: Room, qapp: QApplication, qtbot: QtBot) -> Iterator[SeatStage]:
    with seat_stage(room, qapp) as made:
        yield made


def drawer_at_paused_camera(stage: SeatStage) -> tuple[str, EmergencyDrawer]:
    """A superintendent before a camera that its owner paused, with the form open."""
    room = stage.room
    paused = room.shop()
    room.incident()
    room.pause(paused)
    stage.sit(Role.SUPERINTENDENT)
    board = stage.wall.board
    board.place(0, paused)
    board.choose(PurposeChoice(Purpose.RISK_SPOT))
    assert board.cells[0].denied is not None
    card = stage.wall.panel.card
    assert card.emergency.isVisible()
    card.emergency.click()
    drawer = panel_of(stage)
    assert isinstance(drawer, EmergencyDrawer)
    return paused, drawer


def fill(drawer: EmergencyDrawer, name: str, words: str) -> None:
    assert drawer.form is not None
    editor = drawer.form.box(name).editor
    assert isinstance(editor, QLineEdit | QPlainTextEdit)
    editor.setFocus()
    editor.selectAll()
    type_keys(editor, words)
    if isinstance(editor, QLineEdit):
        key(editor, Qt.Key.Key_Return)


def save(drawer: EmergencyDrawer) -> None:
    assert drawer.form is not None
    key(drawer.form, Qt.Key.Key_S, CTRL)


def runs(stage: SeatStage) -> bool:
    return stage.wall.board.cells[0].feed is not None


def test_one_form_opens_the_tile_and_says_before_what_it_will_do(stage: SeatStage) -> None:
    paused, drawer = drawer_at_paused_camera(stage)
    fill(drawer, "legal_basis", "1")
    fill(drawer, "incident_id", "0001")
    fill(drawer, "reason", "สั้นเกินไป")
    save(drawer)
    assert drawer.form is not None
    assert "20" in drawer.form.box("reason").said
    assert stage.room.data("view.opened") == []
    fill(drawer, "reason", WHY)
    save(drawer)
    (live,) = stage.room.feeds.views()
    assert (live.camera_id, live.private) == (paused, True)
    assert live.emergency_until == stage.room.clock.now() + timedelta(minutes=30)
    assert panel_of(stage) is None
    board = stage.wall.board
    assert board.purpose is None, "it is no other tile's purpose"
    assert not stage.wall.panel.card.emergency.isVisible()
    other = stage.room.shop()
    stage.room.pause(other)
    board._on_changed(frozenset({"camera"}))
    board.place(1, other)
    assert board.cells[1].waiting is Waiting.PURPOSE
    # Whoever sits here next does not look by it.
    stage.sit(Role.SHIFT_LEAD)
    assert live.ending is not None
    assert live.ending.reason is EndReason.HANDOVER
    assert board.cells[0].choice is None


def test_what_was_typed_is_kept_when_the_drawer_closes(stage: SeatStage) -> None:
    _paused, drawer = drawer_at_paused_camera(stage)
    fill(drawer, "reason", WHY)
    stage.shell.close_panel()
    stage.wall.panel.card.emergency.click()
    again = panel_of(stage)
    assert isinstance(again, EmergencyDrawer)
    assert again.form is not None
    assert WHY in again.form.box("reason").editor.toPlainText()  # type: ignore[attr-defined]
    key(again, Qt.Key.Key_Escape)


def test_it_is_over_after_half_an_hour_and_asks_for_a_purpose(stage: SeatStage) -> None:
    paused, _drawer = drawer_at_paused_camera(stage)
    (incident,) = stage.wall.board.contents.incidents
    room, board = stage.room, stage.wall.board
    command = BeginEmergency(camera_id=paused, incident_id=incident.id, legal_basis=LegalBasis.POLICE_ACT, reason=WHY)
    begun = room.run(command, room.chief)
    choice = PurposeChoice(Purpose.INCIDENT, incident, EmergencyChoice(begun.id, begun.until))
    board.open_in_emergency(paused, choice)
    assert runs(stage)
    board.toggle_visitors()
    assert not runs(stage)
    board.toggle_visitors()
    assert runs(stage), "visitors have left in time"
    room.clock.advance(1800)
    room.feeds.tick()
    board.retry(0)
    assert not runs(stage)
    assert board.cells[0].waiting is Waiting.PURPOSE


@pytest.mark.parametrize(
    ("role", "denied", "offered"),
    [
        (Role.SUPERINTENDENT, PAUSED, True),
        (Role.SUPERINTENDENT, Denied(DenyReason.OUTSIDE_HOURS), True),
        (Role.SUPERINTENDENT, Denied(DenyReason.WITHDRAWN), False),
        (Role.SUPERINTENDENT, Denied(DenyReason.EXPIRED), False),
        (Role.SUPERINTENDENT, None, False),
        (Role.SHIFT_LEAD, PAUSED, False),
        (Role.DUTY_OFFICER, PAUSED, False),
    ],
)
def test_it_is_offered_where_it_may_help(role: Role, denied: Denied | None, offered: bool) -> None:  # noqa: FBT001
    assert may_ask(officer(role), camera(0), denied) is offered
    assert not may_ask(officer(role), camera(1), denied), "never at the station's own camera"


def test_a_red_frame_says_how_long_and_goes_with_the_view(make_wall: MakeWall) -> None:
    wall = make_wall(layout=4, count=1)
    until = NOW + timedelta(minutes=30)
    wall.board.open_in_emergency("camera-0", PurposeChoice(Purpose.INCIDENT, INCIDENTS[0], EmergencyChoice("e", until)))
    feed = wall.desk.feed_of("camera-0")
    wall.tick()
    tile = wall.page.canvas._by_index[0]
    urgent = QColor(wall.board.ui.theme.colours.urgent)

    def corner() -> QColor:
        return wall.page.canvas.grab().toImage().pixelColor(tile.area.topLeft() + QPoint(2, 2))

    assert corner() == urgent
    assert plate_words(until, NOW).plate == "Emergency · 30 min left"
    assert "30 min left" in TileHint(wall.board, wall.page.canvas).text(0)
    shown = tile.emergency_plate
    wall.clock.pass_time(61)
    wall.tick()
    assert tile.emergency_plate is not shown, "the minutes count"
    assert plate_words(until, wall.clock.now()).brief == "29 min left"
    assert "Emergency access until" in wall.page.panel.card._grid.text()
    feed.status = replace(FakeStatus(), end=EndReason.RIGHT_ENDED, deny=Denied(DenyReason.EMERGENCY_OVER))
    wall.tick()
    assert corner() != urgent
    assert wall.page.tools.chips._offered[1] == PurposeChoice(Purpose.INCIDENT, INCIDENTS[0])


def test_an_urgent_purpose_is_spent_with_its_view(make_wall: MakeWall) -> None:
    """Each urgent view leaves a debt: none is opened again without a key."""
    wall = make_wall(layout=4, count=1)
    urgent = PurposeChoice(Purpose.URGENT)
    for away, back in (
        (wall.board.toggle_visitors, wall.board.toggle_visitors),
        (wall.board.lock, wall.board.unlock),
    ):
        wall.board.choose(urgent)
        assert wall.desk.feed_of("camera-0").ask.choice == urgent
        away()
        back()
        assert wall.board.cells[0].waiting is Waiting.PURPOSE
