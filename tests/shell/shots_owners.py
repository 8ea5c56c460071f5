"""What is done on the pages of owners, visitors and the funnel before their pictures are taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QTabWidget

from console.kernel import PixelSize, StreamFacts, Unavailable
from console.services.owner_path import AttachPhoto
from console.views.cameras import OWNER, CamerasPage
from console.views.owners import FUNNEL, REGISTER, VISITS, OwnersFace, OwnersPage
from console.views.record_page import RecordPage
from tests.fakes import FakeEngine
from tests.shell.health_stage import fill_health
from tests.shell.shots_town import PaintingEngine, TownStage
from tests.shell.wall_fakes import painted

Arrange = Callable[[TownStage], None]


def face(stage: TownStage, key: str) -> OwnersFace:
    """Open the tab of owners, and one of its own."""
    page = stage.open("cameras")
    assert isinstance(page, CamerasPage)
    page.show_tab(OWNER)
    stage.settle()
    found = page.face(OWNER)
    assert isinstance(found, OwnersFace)
    found.go_to(key)
    stage.settle()
    return found


def on(key: str, *keys: str) -> Arrange:
    """Press keys on one of the lists."""

    def arrange(stage: TownStage) -> None:
        face(stage, key)
        for name in keys:
            stage.hands.press(name)
            stage.settle()

    return arrange


def owner(number: int, tab: int = 0, *, by: str = "") -> Arrange:
    """One owner's record, with one of its tabs."""

    def arrange(stage: TownStage) -> None:
        if by:
            stage.take_over(by)
        page = face(stage, REGISTER).front
        assert isinstance(page, OwnersPage)
        line = stage.room.station.owners.lines(stage.session)[number - 1]
        page.go_to(line.id)
        stage.settle()
        tabs = page.panel.findChildren(QTabWidget)[0]
        tabs.setCurrentIndex(tab)
        stage.settle()

    return arrange


def stopping(*, save: bool = False) -> Arrange:
    """The owner's word at the telephone, heard by whoever is on duty."""

    def arrange(stage: TownStage) -> None:
        owner(3, by="officer")(stage)
        page = face(stage, REGISTER).front
        assert isinstance(page, OwnersPage)
        stage.hands.press("F3")
        stage.settle()
        if not save:
            return
        assert page.act_panel is not None
        for name, raw in {"word": "pause", "way": "phone"}.items():
            box: Any = page.act_panel.form.box(name)
            box.set_raw(raw)
            box.changed.emit()
        stage.hands.press("Ctrl+S")

    return arrange


def illustrated(then: Callable[[OwnersPage, TownStage], None] | None = None) -> Arrange:
    """The path of an owner with photos, one of which was deleted from the disk."""

    def arrange(stage: TownStage) -> None:
        station = stage.room.station
        first = station.owners.lines(stage.session)[0]
        step = station.owner_path.steps(first.id, stage.session)[0].step
        version = step.version
        names = []
        for hue in (40, 200, 300):
            path = stage.folder / f"{hue}.jpg"
            image: QImage = painted(PixelSize(900, 600), hue)
            assert image.save(str(path))
            command = AttachPhoto(step_id=step.id, version=version, path=path)
            names.append(station.dispatcher.run(command, stage.session))
            version += 1
        station.owner_path.files.forget(names[2])
        owner(1, 1)(stage)
        if then is not None:
            page = face(stage, REGISTER).front
            assert isinstance(page, OwnersPage)
            then(page, stage)
            stage.settle()

    return arrange


def _large(page: OwnersPage, stage: TownStage) -> None:
    assert page.path is not None
    line = page.path.steps[0].step.line
    page.open_photo(line.step.photos[0], line)
    del stage


def _strike(page: OwnersPage, stage: TownStage) -> None:
    assert page.path is not None
    page.path._act("strike", page.path.steps[0].step.line)
    del stage


def step_form(*, save: bool = False) -> Arrange:
    def arrange(stage: TownStage) -> None:
        owner(13, 1)(stage)
        page = face(stage, REGISTER).front
        assert isinstance(page, OwnersPage)
        assert page.path is not None
        page.path.step_wanted.emit()
        stage.settle()
        if save:
            stage.hands.press("Ctrl+S")

    return arrange


def visit_row(stage: TownStage) -> None:
    on(VISITS, "Down", "Return")(stage)


def sectors(stage: TownStage) -> None:
    front: Any = face(stage, VISITS).front
    front.open_sectors()


def funnel(*chips: str) -> Arrange:
    """The funnel after a day that was watched, by kind of owner or with these chips."""

    def arrange(stage: TownStage) -> None:
        fill_health(stage)
        engine = stage.room.engine
        engine.facts_at_once = StreamFacts("h264", 640, 360, 15.0, "tcp")
        with patch.object(PaintingEngine, "open", FakeEngine.open):
            for entry in stage.room.station.register.entries():
                if entry.camera.has_address and entry.camera.code not in {"P05", "M02"}:
                    stage.room.feeds.probe(stage.session, entry.id)
                    stage.room.feeds.keep()
        page = face(stage, FUNNEL).front
        assert isinstance(page, RecordPage)
        for chip in chips:
            page.filter.chips[chip].click()
            stage.settle()

    return arrange


def waiting(key: str) -> Arrange:
    def arrange(stage: TownStage) -> None:
        stage.open("cameras")
        stage.tasks.hold = True
        face(stage, key)

    return arrange


def failing(key: str) -> Arrange:
    def arrange(stage: TownStage) -> None:
        stage.open("cameras")
        stage.tasks.broken = Unavailable("store.unreachable")
        face(stage, key)

    return arrange


def nothing(key: str) -> Arrange:
    def arrange(stage: TownStage) -> None:
        page: Any = face(stage, key).front
        found = page if isinstance(page, RecordPage) else page.list
        found.filter.box.setText("zzz")

    return arrange


OWNER_SCENES: dict[str, Arrange] = {
    "owners-list": on(REGISTER),
    "light-owners-list": on(REGISTER),
    "owners-row": owner(1),
    "light-owners-row": owner(1),
    "owners-path": illustrated(),
    "light-owners-path": illustrated(),
    "owners-photo": illustrated(_large),
    "owners-strike": illustrated(_strike),
    "owners-step": step_form(),
    "owners-step-wrong": step_form(save=True),
    "owners-cameras": owner(12, 2),
    "owners-no-camera": owner(13, 2),
    "owners-stop": stopping(),
    "owners-stopped": stopping(save=True),
    "owners-officer": owner(4, by="officer"),
    "owners-it": owner(1, by="technician"),
    "owners-new": on(REGISTER, "Ctrl+N"),
    "owners-new-wrong": on(REGISTER, "Ctrl+N", "Ctrl+S"),
    "owners-paper": on(REGISTER, "Ctrl+P"),
    "owners-none": nothing(REGISTER),
    "owners-loading": waiting(REGISTER),
    "owners-broken": failing(REGISTER),
    "visits-list": on(VISITS),
    "light-visits-list": on(VISITS),
    "visits-row": visit_row,
    "visits-new-wrong": on(VISITS, "Ctrl+N", "Ctrl+S"),
    "visits-sectors": sectors,
    "visits-paper": on(VISITS, "Ctrl+P"),
    "visits-none": nothing(VISITS),
    "visits-broken": failing(VISITS),
    "funnel-types": funnel(),
    "light-funnel-types": funnel(),
    "funnel-communities": funnel("community"),
    "funnel-outside": funnel("outside"),
    "funnel-paper": on(FUNNEL, "Ctrl+P"),
    "funnel-broken": failing(FUNNEL),
}
