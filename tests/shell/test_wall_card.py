"""The card beside the wall: who looked today, figures of the picture, and that nothing on it jumps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from console.i18n import plain
from console.kernel import AuthorityKind, ConsoleError, Purpose, Role, WithdrawalWay
from console.services.consent_commands import StopCamera
from console.services.health import Sums
from console.services.owners import LinkCamera
from console.services.viewers import LookedAt, Viewer
from console.views.printing import Preview
from console.views.wall_desk import ServiceDesk
from console.views.wall_model import PurposeChoice
from tests.gate.room import Room
from tests.shell import owners_stage
from tests.shell.conftest import Wall
from tests.shell.wall_fakes import INCIDENTS, NOW, FakeStatus, camera, day_of, officer

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
"""The offscreen platform says this at every window."""

MakeWall = Callable[..., Wall]
LOOKED = LookedAt(
    (
        Viewer(NOW, "", Role.DUTY_OFFICER, Purpose.INCIDENT, None, mine=True),
        Viewer(NOW - timedelta(hours=1), "Somsak", Role.SHIFT_LEAD, Purpose.TRAFFIC, 252, mine=False),
        Viewer(NOW - timedelta(hours=2), "", Role.DUTY_OFFICER, None, 41, mine=False),
    ),
    9,
)


def words(widget: QWidget) -> str:
    return plain(" | ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible()))


def places(wall: Wall) -> list[QPoint]:
    card, panel = wall.page.panel.card, wall.page.panel
    return [part.mapTo(panel, QPoint(0, 0)) for part in (card._enlarge, card._incident, panel.list.box)]


def test_who_looked_stands_on_the_card_and_moves_nothing(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=9)
    wall.desk.looked["camera-0"] = LOOKED
    card = wall.page.panel.card
    before = places(wall)
    card.viewers.read()
    said = words(card.viewers)
    assert "Looked at today: 9" in said
    assert "you" in said
    assert "looking now" in said
    assert "Somsak" in said
    assert "4 min 12 s" in said
    assert "CCOC duty officer" in said, "without a name the role is told"
    wall.board.choose(PurposeChoice(Purpose.INCIDENT, INCIDENTS[0]))
    wall.tick()
    assert places(wall) == before
    wall.board.select(1)
    assert "Somsak" not in words(card.viewers), "of another camera nothing is left"


def test_the_card_names_the_owner_of_the_register(room: Room, make_wall: MakeWall) -> None:
    recorded, typed = room.camera(owner_name="เก่า"), room.camera(owner_name="ร้านที่พิมพ์ไว้")
    owner = owners_stage.registered(room)
    room.run(LinkCamera(owner_id=owner, camera_id=recorded), room.registrar)
    shown = ServiceDesk(room.station, room.feeds, room.officer).contents().cameras
    assert [(each.owner, each.owner_number) for each in shown] == [("นางสมมติ ใจดี", 1), ("ร้านที่พิมพ์ไว้", None)]
    assert shown[1].id == typed
    wall = make_wall(layout=9, count=2)
    wall.desk.cameras = [
        replace(camera(at), owner=each.owner, owner_number=each.owner_number) for at, each in enumerate(shown)
    ]
    wall.board.ui.changes.changed.emit(frozenset({"owner"}))
    card = wall.page.panel.card
    assert "O-0001 นางสมมติ ใจดี" in words(card)
    wall.board.toggle_visitors()
    card.refresh()
    assert "O-0001" in words(card)
    assert "นางสมมติ" not in words(card), "visitors read no private name"
    wall.board.toggle_visitors()
    card.refresh()
    assert "นางสมมติ" in words(card)


def test_the_answer_for_another_camera_is_not_shown(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=9)
    wall.desk.looked["camera-0"] = LOOKED
    wall.tasks.hold = True
    wall.page.panel.card.viewers.read()
    wall.board.select(1)
    wall.tasks.let_go()
    assert "Somsak" not in words(wall.page.panel.card.viewers)


def test_it_is_read_once_the_selection_rests_and_after_a_view(make_wall: MakeWall, qtbot: QtBot) -> None:
    wall = make_wall(layout=9, count=9)
    wall.desk.asked_viewers.clear()
    for index in (1, 2, 3):
        wall.board.select(index)
    qtbot.waitUntil(lambda: wall.desk.asked_viewers == ["camera-3"])
    wall.board.ui.changes.changed.emit(frozenset({"camera"}))
    assert not wall.page.panel.card.viewers._pause.isActive()
    wall.board.ui.changes.changed.emit(frozenset({"view"}))
    qtbot.waitUntil(lambda: wall.desk.asked_viewers == ["camera-3", "camera-3"])
    wall.page.panel.hide()
    wall.board.ui.changes.changed.emit(frozenset({"view"}))
    assert not wall.page.panel.card.viewers._pause.isActive(), "nobody reads it"


def test_the_rest_is_in_the_access_log_for_who_may_open_it(make_wall: MakeWall, qtbot: QtBot) -> None:
    wall = make_wall(layout=9, count=9)
    wall.desk.looked["camera-0"] = LOOKED
    viewers = wall.page.panel.card.viewers
    viewers.read()
    assert viewers._more.text() == "and 6 more"
    assert not viewers._more.isEnabled(), "a duty officer has no access log"
    wall.page.reseat(replace(wall.board.ui, session=officer(Role.SHIFT_LEAD)), wall.desk)
    viewers = wall.page.panel.card.viewers
    viewers.read()
    with qtbot.waitSignal(wall.page.open_wanted) as asked:
        QTest.mouseClick(viewers._more, Qt.MouseButton.LeftButton)
    assert asked.args == ["access_log", ("filter", "SK-001 22/11/2026")]


def test_nobody_more_than_counted_and_not_to_be_read(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=9)
    viewers = wall.page.panel.card.viewers
    viewers.read()
    assert "Nobody yet." in words(viewers)
    wall.desk.looked["camera-0"] = LookedAt(LOOKED.newest, 200, counted=False)
    viewers.read()
    assert "200+" in words(viewers)
    wall.desk.broken = ConsoleError("store.disk_full")
    viewers.read()
    assert "could not be read" in words(viewers)


def test_the_card_tells_how_much_comes_and_how_often_it_was_lost(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=9)
    wall.board.choose(PurposeChoice(Purpose.INCIDENT, INCIDENTS[0]))
    wall.desk.feed_of("camera-0").status = FakeStatus(kbps=1812.4, reconnects=3)
    wall.page.panel.card.refresh()
    said = words(wall.page.panel.card)
    assert "1,812 kbit/s" in said
    assert "reconnected 3 times" in said


def test_the_last_day_stands_on_the_card_and_moves_nothing(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=9)
    wall.desk.health_of["camera-0"] = day_of("camera-0", Sums(live=3600), Sums(live=3000, down=600))
    part = wall.page.panel.card.health
    before = places(wall)
    part.read()
    assert "Live 91.6 %" in words(part)
    assert "No connection 10 min 0 s" in part.strip.accessibleDescription()
    assert "No connection 10 min 0 s" in part.strip.words_at(part.strip.width() - 2)
    assert places(wall) == before
    wall.tasks.hold = True
    part.read()
    wall.board.select(1)
    wall.tasks.let_go()
    assert (part.told.text(), part.strip.accessibleDescription()) == ("", ""), "of another camera nothing is left"
    wall.tasks.hold = False
    part.read()
    assert "Not watched" in words(part)
    wall.desk.broken = ConsoleError("store.disk_full")
    part.read()
    assert "full" in words(part)


def test_the_last_day_is_asked_for_once_a_minute_while_it_is_seen(make_wall: MakeWall, qtbot: QtBot) -> None:
    wall = make_wall(layout=9, count=9)
    part = wall.page.panel.card.health
    wall.desk.asked_health.clear()
    for index in (1, 2, 3):
        wall.board.select(index)
    qtbot.waitUntil(lambda: wall.desk.asked_health == ["camera-3"])
    assert (part._minute.isActive(), part._minute.interval()) == (True, 60_000)
    part._minute.timeout.emit()
    assert wall.desk.asked_health == ["camera-3", "camera-3"]
    wall.page.panel.hide()
    assert not part._minute.isActive(), "nobody reads it"


def test_a_low_panel_shows_the_buttons_whole(make_wall: MakeWall, qtbot: QtBot) -> None:
    wall = make_wall(layout=9, count=9)
    panel = wall.page.panel
    wall.page.resize(1040, 420)
    qtbot.waitUntil(lambda: panel.height() < 420)
    foot = panel.card._incident.mapTo(panel, panel.card._incident.rect().bottomRight()).y()
    assert foot < panel.height()
    assert panel.card._area.verticalScrollBar().maximum() > 0, "the rest is scrolled to"
    part, sight = panel.card.stopping, panel.card._area.viewport()

    def seen(button: QWidget) -> bool:
        return sight.rect().contains(button.rect().translated(button.mapTo(sight, QPoint(0, 0))))

    assert seen(part.pause)
    assert seen(part.withdraw), "the owner's word is not below the fold"
    part.withdraw.click()
    assert seen(part.leave), "nor is the way back"


def test_the_owners_word_is_done_on_the_card(make_wall: MakeWall) -> None:
    """One press says what will happen, the second does it; the confirmation stays to be read out."""
    wall = make_wall(layout=9, count=9)
    part = wall.page.panel.card.stopping
    part.withdraw.click()
    assert "cannot be undone" in words(part)
    assert wall.desk.kept == []
    part.leave.click()
    assert words(part) == ""
    part.withdraw.click()
    part.ways[WithdrawalWay.PHONE].click()
    (command,) = wall.desk.kept
    assert isinstance(command, StopCamera)
    assert (command.camera_id, command.way, command.ends) == ("camera-0", WithdrawalWay.PHONE, True)
    assert "Withdrawing does not affect" in words(part)
    assert "desk-2" in words(part)
    part.paper.click()
    (paper,) = wall.page.window().findChildren(Preview)
    assert plain(paper._report.title) == "Confirmation that the link has ended"
    paper.close_preview()
    wall.board.select(1)
    assert words(part) == "", "of another camera nothing is left"
    part.pause.click()
    part.ways[WithdrawalWay.VISIT].click()
    assert not wall.desk.kept[-1].ends  # type: ignore[attr-defined]  # the command that was just looked at
    assert "Paused at" in words(part)
    part.paper.click()
    (paper,) = [each for each in wall.page.window().findChildren(Preview) if each._open]
    assert plain(paper._report.title) == "Confirmation that the link is paused"
    assert "Owner 0" in dict(paper._report.facts).values()
    paper.close_preview()
    wall.desk.refuses = ConsoleError("store.unreachable")
    part.pause.click()
    part.ways[WithdrawalWay.PAPER].click()
    assert "does not answer" in words(part)


@pytest.mark.parametrize(
    ("change", "offered"),
    [({}, (True, True)), ({"kind": AuthorityKind.OWN}, (False, False)), ({"paused": True}, (True, False))],
)
def test_what_may_be_stopped_on_the_card(
    make_wall: MakeWall, change: dict[str, Any], offered: tuple[bool, bool]
) -> None:
    wall = make_wall(layout=9, count=9)
    part = wall.page.panel.card.stopping
    part.show_camera(replace(wall.desk.cameras[0], **change))
    assert (part.withdraw.isVisible(), part.pause.isVisible()) == offered
