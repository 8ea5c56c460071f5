"""Pictures of emergencies and of what a shift leaves open: red frame, form, panel, hand-over, reviews, the sheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from console.kernel import EndReason, LegalBasis, Purpose, ViewKind
from console.services.emergencies import BeginEmergency
from console.services.feeds import FeedRequest
from console.services.incidents import OpenIncident
from console.services.views import NoteDebt
from console.views.emergency_drawer import EmergencyDrawer
from console.views.matters_panel import MattersPanel
from console.views.wall_model import EmergencyChoice, PlaceCamera, PurposeChoice
from console.views.window_keys import WindowAct
from tests.shell.shots_town import TownStage
from tests.shell.shots_wall import WallStage
from tests.shell.wall_fakes import INCIDENTS, NOW

WHY = "มีเสียงร้องขอความช่วยเหลือจากในบ้าน เจ้าของไม่รับโทรศัพท์"
PAUSED = "P07"


def _frame(layout: int) -> Callable[[WallStage], None]:
    """A wall with two cameras that are seen by a superintendent's override."""

    def arrange(stage: WallStage) -> None:
        stage.start(layout, layout)
        board = stage.pages[0].board
        for index, minutes in ((0, 30), (3, 4)):
            emergency = EmergencyChoice(f"e{index}", NOW + timedelta(minutes=minutes))
            choice = PurposeChoice(Purpose.INCIDENT, INCIDENTS[0], emergency)
            board.open_in_emergency(f"camera-{index}", choice)
        board.select(3)

    return arrange


def _camera_id(stage: TownStage, code: str) -> str:
    camera = stage.room.station.cameras.by_code(code)
    assert camera is not None
    return camera.id


def _denied(stage: TownStage) -> None:
    """The card of a tile whose owner has paused it, before a superintendent."""
    wall = stage.seat.wall
    assert wall is not None
    stage.shell.open_page("wall")
    wall.go_to(PlaceCamera(_camera_id(stage, PAUSED), wall.board.purpose))
    stage.settle()


def _form(stage: TownStage, words: str = WHY) -> None:
    _denied(stage)
    assert stage.seat.wall is not None
    stage.seat.wall.panel.card.emergency.click()
    stage.settle()
    assert isinstance(stage.shell.panel, EmergencyDrawer)
    stage.hands.type("1")
    stage.hands.press("Return", "Return")
    stage.hands.type("ลัก")
    stage.hands.press("Return", "Return")
    stage.hands.type(words)


def _form_wrong(stage: TownStage) -> None:
    _form(stage, "ด่วน")
    stage.hands.press("Ctrl+S")


def _opened(stage: TownStage) -> None:
    """The tile that the form opened."""
    _form(stage)
    stage.hands.press("Ctrl+S")


def _matters(stage: TownStage) -> None:
    """Urgent views of two officers, one overdue and noted, another opened all the same; views that wait for review."""
    room, incidents = stage.room, stage.room.station.incidents.open_ones()
    stage.look("P01", Purpose.URGENT)
    officer = stage.enter("officer")
    incident = incidents[0]
    mine: str = room.station.dispatcher.run(
        OpenIncident(title="ทะเลาะวิวาทหน้าร้านน้ำชา (ตัวอย่าง)", lat=incident.lat, lon=incident.lon), officer
    )
    for code in ("P04", "P02"):
        room.feeds.open(officer, FeedRequest(_camera_id(stage, code), Purpose.INCIDENT, mine, ViewKind.WALL))
    room.pass_time(1000)
    room.feeds.keep()
    debt = room.station.matters.open_ones(stage.enter("lead")).others[0]
    note = NoteDebt(view_id=debt.view_id, words="โทรศัพท์ถามแล้ว จะชี้แจงเมื่อกลับจากที่เกิดเหตุ")
    room.station.dispatcher.run(note, stage.enter("lead"))
    stage.look("P02", Purpose.URGENT)
    stage.look("M01", Purpose.URGENT, login="night")
    room.station.people.log_out(officer, EndReason.LOGOUT)


def _mine(stage: TownStage) -> None:
    """The officer comes back to what he has to explain."""
    _matters(stage)
    stage.take_over("officer")
    stage.settle()
    stage.shell.act(WindowAct.MATTERS)


def _mine_wrong(stage: TownStage) -> None:
    _mine(stage)
    stage.settle()
    panel = stage.shell.panel
    assert isinstance(panel, MattersPanel)
    panel.form.box.put("เสียงปืน")
    panel.explain()


def _of_others(stage: TownStage) -> None:
    """The shift lead's panel: debts of others, and the views that wait for him."""
    _matters(stage)
    stage.take_over("lead")
    stage.settle()
    stage.shell.act(WindowAct.MATTERS)


def _reviewing(stage: TownStage) -> None:
    _of_others(stage)
    stage.settle()
    panel = stage.shell.panel
    assert isinstance(panel, MattersPanel)
    panel.reviews[-1].wrong.emit(panel.reviews[-1].waiting)
    stage.settle()
    panel._area.ensureWidgetVisible(panel.reviews[-1])


def _superintendents(stage: TownStage) -> None:
    _matters(stage)
    stage.take_over("superintendent")
    stage.settle()
    stage.shell.act(WindowAct.MATTERS)
    stage.settle()
    panel = stage.shell.panel
    assert isinstance(panel, MattersPanel)
    panel._area.verticalScrollBar().setValue(panel._area.verticalScrollBar().maximum())


def _nothing_open(stage: TownStage) -> None:
    stage.shell.act(WindowAct.MATTERS)


def _hand_over(stage: TownStage) -> None:
    """The next officer takes over with open matters."""
    _matters(stage)
    stage.take_over("officer")
    stage.settle()
    stage.shell.act(WindowAct.OFFICER)


def _sheet(stage: TownStage) -> None:
    _of_others(stage)
    stage.settle()
    stage.room.station.journal.seal()
    stage.seat.matters.print_sheet()


def _sheet_end(stage: TownStage) -> None:
    _sheet(stage)
    stage.settle()
    stage.hands.press("End")


def _logged(stage: TownStage) -> None:
    """The access log after an emergency and a review."""
    room = stage.room
    incident = room.station.incidents.open_ones()[0]
    command = BeginEmergency(
        camera_id=_camera_id(stage, PAUSED),
        incident_id=incident.id,
        legal_basis=LegalBasis.DANGER_TO_LIFE,
        reason=WHY,
    )
    begun = room.station.dispatcher.run(command, stage.session)
    request = FeedRequest(_camera_id(stage, PAUSED), Purpose.INCIDENT, incident.id, emergency_id=begun.id)
    room.feeds.open(stage.session, request)
    _matters(stage)
    stage.take_over("superintendent")
    stage.open("access_log")


PURPOSE_WALL_SCENES: dict[str, Callable[[WallStage], None]] = {
    "emergency-4": _frame(4),
    "light-emergency-4": _frame(4),
    "emergency-9": _frame(9),
    "emergency-36": _frame(36),
    "emergency-64": _frame(64),
}
PURPOSE_SCENES: dict[str, Callable[[TownStage], None]] = {
    "emergency-card": _denied,
    "emergency-form": _form,
    "emergency-form-wrong": _form_wrong,
    "emergency-opened": _opened,
    "emergency-log": _logged,
    "matters-mine": _mine,
    "light-matters-mine": _mine,
    "matters-mine-wrong": _mine_wrong,
    "matters-lead": _of_others,
    "light-matters-lead": _of_others,
    "matters-reviewing": _reviewing,
    "matters-superintendent": _superintendents,
    "matters-none": _nothing_open,
    "matters-hand-over": _hand_over,
    "light-matters-hand-over": _hand_over,
    "matters-sheet": _sheet,
    "matters-sheet-end": _sheet_end,
}
