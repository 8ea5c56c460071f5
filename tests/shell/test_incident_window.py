"""Incidents in the whole window: from any page to the wall and to the file, and through a change of language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from console.views.incident_form import IncidentDrawer
from console.views.incidents import IncidentsPage
from console.views.pages import INCIDENTS, WALL
from tests.gate.room import Room
from tests.shell.incident_stage import CTRL, key, level_1, open_one, type_keys
from tests.shell.seat_stage import SeatStage, seat_stage

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support")


@pytest.fixture
def stage(room: Room, qapp: QApplication, qtbot: QtBot) -> Iterator[SeatStage]:
    with seat_stage(room, qapp) as made:
        yield made


def drawer_of(stage: SeatStage) -> IncidentDrawer:
    drawer = stage.shell.panel
    assert isinstance(drawer, IncidentDrawer)
    return drawer


def write(drawer: IncidentDrawer, name: str, words: str) -> None:
    assert drawer.form is not None
    line = drawer.form.box(name).editor
    assert isinstance(line, QLineEdit)
    line.setFocus()
    type_keys(line, words)
    if name == "category":
        key(line, Qt.Key.Key_Return)


def save(drawer: IncidentDrawer) -> None:
    assert drawer.form is not None
    key(drawer.form, Qt.Key.Key_S, CTRL)


def test_from_any_page_to_the_wall(stage: SeatStage) -> None:
    stage.sit()
    camera = level_1(stage.room)
    stage.shell.open_page(WALL)
    stage.changes.changed.emit(frozenset({"camera"}))
    stage.wall.board.place(0, camera)
    stage.shell.open_page("settings")
    key(stage.shell, Qt.Key.Key_F2)
    drawer = drawer_of(stage)
    write(drawer, "category", "4")
    write(drawer, "title", "ลักทรัพย์")
    write(drawer, "lat", "7.2")
    write(drawer, "lon", "100.595")
    save(drawer)
    drawer.done._watch.click()
    assert stage.shell.panel is None
    assert stage.shell.page is stage.wall
    (live,) = stage.room.feeds.views()
    assert (live.camera_id, live.opened.permit.self_opened) == (camera, True)


def test_from_the_wall_to_the_file(stage: SeatStage) -> None:
    stage.sit()
    stage.shell.open_page(WALL)
    key(stage.wall.canvas, Qt.Key.Key_F2)
    drawer = drawer_of(stage)
    write(drawer, "category", "4")
    write(drawer, "title", "ลักทรัพย์")
    save(drawer)
    drawer.done._file.click()
    page = stage.shell.page
    assert isinstance(page, IncidentsPage)
    assert page.panel.shown is not None
    assert page.panel.shown.line.incident.title == "ลักทรัพย์"
    page.panel.head.wall.click()
    assert stage.shell.page is stage.wall
    assert stage.wall.board.purpose is not None


def test_what_is_half_written_survives_another_language_and_another_officer(stage: SeatStage) -> None:
    stage.sit()
    incident = open_one(stage.room, "เหตุ")
    stage.shell.open_page(INCIDENTS)
    page = stage.shell.page
    assert isinstance(page, IncidentsPage)
    page.open_incident(incident)
    type_keys(page.panel.box.typed, "ยังไม่จบ")
    key(stage.shell, Qt.Key.Key_F2)
    write(drawer_of(stage), "title", "ครึ่งเหตุ")
    stage.seat.dress("light")
    again = stage.shell.page
    assert isinstance(again, IncidentsPage)
    assert again is not page
    again.open_incident(incident)
    assert again.panel.box.words() == "ยังไม่จบ"
    key(stage.shell, Qt.Key.Key_F2)
    form = drawer_of(stage).form
    assert form is not None
    assert form.box("title").raw() == "ครึ่งเหตุ"
