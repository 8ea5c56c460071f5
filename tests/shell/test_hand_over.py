"""The next officer takes over beside the running wall: nothing public goes black, nothing private stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.kernel import Denied, DenyReason, EndReason, Purpose, Role, TileState
from console.views.officer_panel import TakeOverPanel
from console.views.ui import Ui
from console.views.wall_model import PurposeChoice, Waiting
from console.views.window_keys import WindowAct
from tests.gate.room import PASSWORD, Room
from tests.shell.conftest import Wall
from tests.shell.seat_stage import (
    SeatStage,
    lock_panel,
    locked,
    panel_of,
    play,
    playing,
    seat_stage,
    watched_by,
)
from tests.shell.wall_fakes import FakeFeed, FakeStatus, context, officer

MakeWall = Callable[..., Wall]

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support")


@pytest.fixture
def stage(room: Room, qapp: QApplication, qtbot: QtBot) -> Iterator[SeatStage]:
    with seat_stage(room, qapp) as made:
        yield made


def test_the_next_officer_takes_over_from_the_lock(stage: SeatStage) -> None:
    private, public = play(stage)
    wall = stage.wall
    stage.seat.lock()
    panel = lock_panel(stage)
    panel._change()
    panel.other.login.setText("shift_lead")
    panel.other.password.line.setText(PASSWORD.reveal())
    QTest.keyClick(panel.other.password.line, Qt.Key.Key_Return)
    assert stage.seat.session.login == "shift_lead"
    assert stage.wall is wall
    assert not locked(stage)
    assert stage.wall.tools.isVisible()
    assert playing(stage) == [public]
    assert watched_by(stage) == {"shift_lead"}
    assert wall.board.cells[0].waiting is Waiting.PURPOSE, "a private camera waits for his own purpose"
    assert [session.login for session in stage.room.station.sessions.live()].count("duty_officer") == 0
    assert [data["reason"] for data in stage.room.data("login.ended")] == ["handover"]
    assert stage.attended == 1
    wall.board.select(0)
    wall.board.choose(PurposeChoice(Purpose.RISK_SPOT))
    assert sorted(playing(stage)) == sorted([private, public])


def test_the_next_officer_takes_over_from_the_menu(stage: SeatStage) -> None:
    _private, public = play(stage)
    stage.shell.act(WindowAct.OFFICER)
    panel = panel_of(stage)
    assert isinstance(panel, TakeOverPanel)
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert panel_of(stage) is None
    stage.shell.act(WindowAct.OFFICER)
    panel = panel_of(stage)
    assert isinstance(panel, TakeOverPanel)
    panel.form.login.setText("chief")
    panel.form.password.line.setText("wrong")
    panel.form.verb.click()
    assert panel.form.said == "User name or password is not correct."
    assert stage.seat.session.login == "duty_officer"
    panel.form.password.line.setText(PASSWORD.reveal())
    panel.form.verb.click()
    assert stage.seat.session.login == "chief"
    assert watched_by(stage) == {"chief"}
    assert playing(stage) == [public]
    ended = [data["reason"] for data in stage.room.data("view.ended")]
    assert ended == ["handover", "handover"]


def test_somebody_without_a_wall_takes_over(stage: SeatStage) -> None:
    play(stage)
    stage.shell.act(WindowAct.OFFICER)
    panel = panel_of(stage)
    assert isinstance(panel, TakeOverPanel)
    panel.form.login.setText("it")
    panel.form.password.line.setText(PASSWORD.reveal())
    panel.form.verb.click()
    assert stage.seat.session.role is Role.IT
    assert stage.seat.wall is None
    assert playing(stage) == []
    assert {data["reason"] for data in stage.room.data("view.ended")} == {"handover"}
    assert "duty_officer" not in {session.login for session in stage.room.station.sessions.live()}


def test_a_public_picture_plays_on_until_the_next_officers_view_shows_one(make_wall: MakeWall) -> None:
    wall = make_wall(layout=4, count=4)
    wall.board.choose(PurposeChoice(Purpose.RISK_SPOT))
    before = {cell.camera.id: cell.feed for cell in wall.board.cells[:4] if cell.camera is not None}
    public = [feed for feed in before.values() if isinstance(feed, FakeFeed) and not feed.private]
    private = [feed for feed in before.values() if isinstance(feed, FakeFeed) and feed.private]
    assert public
    assert private

    def dark_at_first(feed: FakeFeed) -> None:
        feed.leased = False

    wall.desk.dress = dark_at_first
    done: list[bool] = []
    wall.board.hand_over.done.connect(lambda: done.append(True))
    wall.page.reseat(next_seat(wall), wall.desk)
    assert {feed.ended for feed in private} == {EndReason.HANDOVER}
    assert {feed.ended for feed in public} == {None}
    wall.board.hand_over.look()
    assert {feed.ended for feed in public} == {None}, "no picture of the new view yet"
    assert not done
    relieving = [cell.relief for cell in wall.board.cells[:4] if isinstance(cell.relief, FakeFeed)]
    for feed in relieving:
        feed.leased = True
        feed.status = FakeStatus(TileState.CONNECTING)
    wall.board.hand_over.look()
    assert {feed.ended for feed in public} == {None}, "a picture, but the tile would still say that it connects"
    for feed in relieving:
        feed.status = FakeStatus()
    wall.board.hand_over.look()
    assert {feed.ended for feed in public} == {EndReason.HANDOVER}
    assert done == [True]
    running = [cell.feed for cell in wall.board.cells[:4] if cell.feed is not None]
    assert len(running) == len(public)
    assert all(feed not in public for feed in running)


def next_seat(wall: Wall) -> Ui:
    ui = context(wall.tasks, wall.clock)
    return replace(
        ui, changes=wall.board.ui.changes, session=replace(officer(Role.SHIFT_LEAD), id="s2", person_id="p2")
    )


@pytest.mark.parametrize("late", [False, True])
def test_an_officer_who_goes_before_he_took_over_leaves_no_view(make_wall: MakeWall, *, late: bool) -> None:
    wall = make_wall(layout=4, count=2)
    (cell,) = [cell for cell in wall.board.cells[:2] if cell.feed is not None]
    wall.desk.dress = lambda feed: setattr(feed, "leased", False)
    wall.page.reseat(next_seat(wall), wall.desk)
    second = cell.relief
    assert isinstance(second, FakeFeed)
    wall.tasks.hold = late
    third = next_seat(wall)
    wall.page.reseat(replace(third, session=replace(third.session, id="s3", person_id="p3")), wall.desk)
    wall.board.hand_over.look()
    wall.tasks.hold = False
    wall.tasks.let_go()
    assert second.ended is EndReason.HANDOVER
    assert cell.relief is wall.desk.feeds[-1]
    wall.clock.pass_time(4.1)
    wall.board.hand_over.look()
    assert cell.feed is wall.desk.feeds[-1]
    assert wall.desk.feeds[-1].ended is None


def test_a_view_that_shows_no_picture_in_time_takes_over_all_the_same(make_wall: MakeWall) -> None:
    wall = make_wall(layout=4, count=2)
    (public,) = [cell.feed for cell in wall.board.cells[:2] if cell.feed is not None]
    assert isinstance(public, FakeFeed)
    wall.desk.dress = lambda feed: setattr(feed, "leased", False)
    wall.page.reseat(next_seat(wall), wall.desk)
    wall.clock.pass_time(3.9)
    wall.board.hand_over.look()
    assert public.ended is None
    wall.clock.pass_time(0.2)
    wall.board.hand_over.look()
    assert public.ended is EndReason.HANDOVER


def test_what_the_gate_refuses_the_next_officer_is_dark(make_wall: MakeWall) -> None:
    wall = make_wall(layout=4, count=2)
    (public,) = [cell for cell in wall.board.cells[:2] if cell.feed is not None]
    former = public.feed
    assert isinstance(former, FakeFeed)
    assert public.camera is not None
    wall.desk.denials[public.camera.id] = Denied(DenyReason.VAULT_LOCKED)
    wall.page.reseat(next_seat(wall), wall.desk)
    assert former.ended is EndReason.HANDOVER
    assert public.feed is None
    assert public.denied is not None
    assert public.denied.reason is DenyReason.VAULT_LOCKED


def test_answers_to_the_former_officer_are_not_for_the_next(make_wall: MakeWall) -> None:
    """The gate's turn comes late: what was asked in the former's name is neither shown nor asked in the next one's."""
    wall = make_wall(layout=4, count=2)
    former_desk = wall.desk
    wall.tasks.hold = True
    wall.board.retry(1)
    seat = next_seat(wall)
    other = type(former_desk)(former_desk.cameras, former_desk.incidents)
    wall.page.reseat(seat, other)
    asked = len(former_desk.calls)
    wall.tasks.hold = False
    wall.tasks.let_go()
    assert len(former_desk.calls) == asked + 1
    late = former_desk.feeds[-1]
    assert late.ended is EndReason.REPLACED
    assert all(cell.feed is not late for cell in wall.board.cells)
    assert other.feeds
    assert all(feed.ended is None for feed in other.feeds)


def test_a_tile_that_is_cleared_during_the_change_ends_both_views(make_wall: MakeWall) -> None:
    wall = make_wall(layout=4, count=2)
    at = next(index for index, cell in enumerate(wall.board.cells[:2]) if cell.feed is not None)
    former = wall.board.cells[at].feed
    wall.desk.dress = lambda feed: setattr(feed, "leased", False)
    wall.page.reseat(next_seat(wall), wall.desk)
    relief = wall.board.cells[at].relief
    assert isinstance(former, FakeFeed)
    assert isinstance(relief, FakeFeed)
    wall.board.clear(at)
    assert (former.ended, relief.ended) == (EndReason.CLOSED, EndReason.CLOSED)
    wall.board.hand_over.look()
    assert not wall.board.hand_over._timer.isActive()
