"""Answers that come when who asked is gone: nothing is opened, shown or raised."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from console.kernel import ConsoleError, EndReason
from console.services.named_walls import KeepWall
from console.views.wall import WallPage
from console.views.wall_model import SavedWall
from console.views.wall_named import Said
from tests.shell.wall_fakes import FakeDesk, InlineTasks, camera, context, officer

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qtbot")]


def gone(page: WallPage | None = None) -> None:
    if page is not None:
        page.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_a_wall_that_was_closed_before_its_first_reading_opens_nothing() -> None:
    desk, tasks = FakeDesk([camera(1)]), InlineTasks()
    desk.saved = SavedWall("4", ("camera-1", None, None, None))
    page = WallPage(context(tasks), desk)
    tasks.hold = True
    page.start()
    page.stop(EndReason.CLOSED)
    tasks.hold = False
    tasks.let_go()
    assert desk.calls == []
    gone(page)


@pytest.mark.parametrize("broken", [False, True])
def test_views_that_are_opened_too_late_end_at_once_and_nobody_is_told(*, broken: bool) -> None:
    desk, tasks = FakeDesk([camera(1), camera(2)]), InlineTasks()
    desk.saved = SavedWall("4", ("camera-1", "camera-2", None, None))
    page = WallPage(context(tasks), desk)
    page.start()
    tasks.hold = True
    page.board.ui.changes.changed.emit(frozenset({"camera", "named_wall"}))
    page.board.retry(0)
    page.board.swap(0, 1)
    page.shelf.keep(KeepWall(name="x", layout="4", cells=(None,) * 4), Said("kept"))
    page.board.reseat(replace(page.board.ui, session=replace(officer(), id="s2")), desk)
    page.stop(EndReason.CLOSED)
    gone(page)
    if broken:
        desk.broken = desk.refuses = ConsoleError("store.disk_full")
    opened = len(desk.feeds)
    tasks.hold = False
    tasks.let_go()
    assert all(feed.ended is not None for feed in desk.feeds)
    assert broken or len(desk.feeds) == opened + 3, "one for this officer, two for the next"


@pytest.mark.parametrize("broken", [False, True])
def test_a_card_that_was_made_anew_takes_no_answer_for_the_one_before(*, broken: bool) -> None:
    desk, tasks = FakeDesk([camera(1)]), InlineTasks()
    desk.saved = SavedWall("4", ("camera-1", None, None, None))
    page = WallPage(context(tasks), desk)
    page.start()
    tasks.hold = True
    page.panel.card.viewers.read()
    page.panel.card.health.read()
    page.reseat(page.board.ui, desk)
    gone()
    desk.broken = ConsoleError("store.disk_full") if broken else None
    tasks.hold = False
    tasks.let_go()
    page.stop()
    gone(page)
