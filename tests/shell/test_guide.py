"""The guide at the side: it ticks what happened, opens what is asked for, and does for the presenter what he may do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from console.i18n import plain
from console.kernel import Purpose, Session
from console.services.circle import Circle, Step
from console.services.feeds import FeedRequest
from console.services.papers import Report
from console.services.statements import Given
from console.views.guide import FOLDED_WIDTH, WIDTH, Guide, GuideMemory, SamplePeople
from console.views.pages import ACCESS_LOG
from console.views.statements import write_all
from console.views.theme import Theme
from console.views.ui import Changes, Ui
from console.views.wall_model import PlaceCamera
from tests.demo_room import DemoRoom, FilledTown
from tests.shell.wall_fakes import InlineTasks


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> FilledTown:
    return FilledTown.make(tmp_path_factory.mktemp("town"))


class Stage:
    """A guide beside nothing, over the real demonstration."""

    def __init__(self, qtbot: QtBot, room: DemoRoom, town: FilledTown) -> None:
        self.qtbot = qtbot
        self.room = room
        self.town = town
        self.tasks = InlineTasks()
        self.memory = GuideMemory(SamplePeople(("superintendent", "officer"), town.made.password))
        self.session = room.enter(town.made.login)
        self.hosts: list[QWidget] = []
        self.asked: list[tuple[str, object]] = []
        self.guide = self.make(self.session)

    def make(self, session: Session) -> Guide:
        ui = Ui(self.tasks, Changes(), session, self.room.staged, Theme("dark"), "สภ.เมืองสาธิต")
        host = QWidget()
        self.hosts.append(host)
        self.qtbot.addWidget(host)
        guide = Guide(ui, Circle(self.room.station), self.memory, host)
        guide.open_wanted.connect(lambda key, target: self.asked.append((key, target)))
        host.resize(WIDTH, 900)
        guide.resize(WIDTH, 900)
        host.show()
        elsewhere = QPushButton(host)
        elsewhere.show()
        elsewhere.setFocus()
        guide.start()
        return guide

    def shown(self) -> list[str]:
        return [str(row.property("state")) for row in self.guide._steps.values()]

    def press(self, text: str) -> None:
        """Press the button that says this, if it can be seen."""
        [button] = [each for each in self.guide.findChildren(QPushButton) if each.text() == text and each.isVisible()]
        button.click()

    def look(self) -> None:
        self.room.look(self.session, FeedRequest(self.camera_id, Purpose.RISK_SPOT))
        self.guide.refresh()

    @property
    def code(self) -> str:
        assert self.memory.round is not None
        return self.memory.round.code

    @property
    def camera_id(self) -> str:
        assert self.memory.round is not None
        return self.memory.round.camera_id


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication, town: FilledTown, tmp_path: Path) -> Iterator[Stage]:
    room = DemoRoom.copy(town, tmp_path)
    made = Stage(qtbot, room, town)
    yield made
    made.guide.stop()
    room.close()


DONE, NEXT, LATER = "done", "current", "later"


def at(step: Step | None) -> list[str]:
    """What the steps look like when those before this one are done."""
    number = len(Step) if step is None else list(Step).index(step)
    return ([DONE] * number + [NEXT] + [LATER] * len(Step))[: len(Step)]


def test_the_presenter_goes_round_by_the_buttons(stage: Stage) -> None:
    assert stage.shown() == at(Step.VISIT)
    stage.press("Visit for me")
    assert stage.shown() == at(Step.PERMIT)
    stage.press("Sign for me")
    assert stage.shown() == at(Step.LOOK)
    stage.press("Look for me")
    key, target = stage.asked.pop()
    assert key == "wall"
    assert isinstance(target, PlaceCamera)
    assert target.camera_id == stage.camera_id
    assert stage.shown() == at(Step.LOOK), "the guide opens no picture by itself and ticks nothing on a promise"
    stage.look()
    assert stage.shown() == at(Step.LOG), "the row is there, but nobody has looked at the log"
    stage.press("Show me")
    assert stage.asked.pop() == (ACCESS_LOG, ("filter", stage.code))
    stage.guide.page_opened(ACCESS_LOG)
    assert stage.shown() == at(Step.STATEMENT)
    stage.press("Make it for me")
    assert stage.shown() == at(Step.CHECK)
    stage.press("Check for me")
    assert stage.shown() == at(Step.WITHDRAW)
    assert plain(stage.guide._said.text()) == "Proved: the file is whole and unchanged"
    stage.press("Withdraw for me")
    stage.room.feeds.keep()
    stage.guide.refresh()
    assert stage.shown() == at(Step.DARK)
    assert stage.room.feeds.views() == []
    stage.press("Try to open it")
    key, target = stage.asked.pop()
    assert isinstance(target, PlaceCamera)
    stage.room.feeds.open(stage.session, FeedRequest(target.camera_id, Purpose.RISK_SPOT))
    stage.qtbot.waitUntil(lambda: stage.shown() == at(None), timeout=5000)
    assert not stage.guide._timer.isActive()
    first = stage.memory.round
    stage.press("Start again")
    assert stage.memory.round != first
    assert stage.shown() == at(Step.VISIT)


def test_a_statement_that_was_changed_is_no_tick(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    to_statement(stage)
    honest = write_all

    def forged(folder: Path, given: Given, report: Report) -> Path:
        taken = honest(folder, given, report)
        (taken / f"{taken.name}.json").write_bytes(given.file.replace(b"camera_name", b"camera_nama"))
        return taken

    monkeypatch.setattr("console.views.guide.write_all", forged)
    stage.press("Check for me")
    assert stage.shown() == at(Step.CHECK)
    assert stage.guide._said.isVisible()
    assert "Proved" not in stage.guide._said.text()


def test_without_a_python_the_owners_page_is_opened(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    to_statement(stage)
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    stage.press("Show me")
    assert stage.shown() == at(Step.CHECK)
    assert Path(opened[0]).name == "verify.html"
    assert stage.room.station.journal.fingerprint()[:8] in stage.guide._said.text()
    monkeypatch.setattr("console.views.guide.has_python", lambda: False)
    stage.press("Check for me")
    assert len(opened) == 2
    assert stage.shown() == at(Step.WITHDRAW)


def to_statement(stage: Stage) -> None:
    stage.press("Visit for me")
    stage.press("Sign for me")
    stage.look()
    stage.guide.page_opened(ACCESS_LOG)
    stage.press("Make it for me")
    assert stage.shown() == at(Step.CHECK)


def test_a_log_that_was_opened_before_the_view_shows_nothing(stage: Stage) -> None:
    stage.guide.page_opened(ACCESS_LOG)
    stage.press("Visit for me")
    stage.press("Sign for me")
    stage.look()
    assert stage.shown() == at(Step.LOG)


def test_an_owner_who_withdraws_early_leaves_the_passed_steps_unticked(stage: Stage) -> None:
    stage.press("Visit for me")
    stage.press("Sign for me")
    stage.guide._do_step(Step.WITHDRAW)
    assert stage.shown() == [DONE, DONE, LATER, LATER, LATER, LATER, DONE, NEXT]


def test_every_show_me_opens_the_page_where_it_is_done(stage: Stage) -> None:
    owner = stage.room.station.cameras.camera(stage.camera_id).owner_id
    where: dict[Step, tuple[str, object]] = {
        Step.VISIT: ("cameras", ("owner", owner)),
        Step.PERMIT: ("cameras", ("consent", "")),
        Step.LOOK: ("wall", None),
        Step.LOG: (ACCESS_LOG, ("filter", stage.code)),
        Step.STATEMENT: (ACCESS_LOG, ("statements", stage.camera_id)),
        Step.WITHDRAW: ("cameras", ("consent", "")),
        Step.DARK: ("wall", None),
    }
    for step in set(Step) - {Step.CHECK}:
        stage.asked.clear()
        stage.guide._show_step(step)
        assert stage.asked == [where[step]]


def test_who_may_not_is_told_so_and_nothing_is_ticked(stage: Stage) -> None:
    stage.guide.stop()
    stage.guide = stage.make(stage.room.enter("officer"))
    stage.guide._do_step(Step.PERMIT)
    assert stage.shown() == at(Step.VISIT)
    assert stage.guide._said.isVisible()
    assert "record owners' permissions" in plain(stage.guide._said.text())


def test_the_round_outlives_a_change_of_language_or_officer(stage: Stage) -> None:
    stage.press("Visit for me")
    stage.guide.stop()
    stage.guide = stage.make(stage.session)
    assert stage.shown() == at(Step.PERMIT)


def test_without_its_address_the_first_step_says_how_it_comes_back(stage: Stage) -> None:
    for _shop in range(2):
        stage.press("Visit for me")
        stage.press("Sign for me")
        stage.guide._do_step(Step.WITHDRAW)
        stage.room.clock.advance(1)
        stage.press("Start again")
    stage.press("Visit for me")
    row = stage.guide._steps[Step.PERMIT]
    assert "address again" in row._by_hand.text()
    stage.press("Sign for me")
    assert stage.shown() == at(Step.LOOK)


def test_the_key_goes_to_the_step_and_folds_the_guide(stage: Stage) -> None:
    guide = stage.guide
    guide.take_key()
    assert QApplication.focusWidget() is guide._steps[Step.VISIT].first_button
    guide.take_key()
    assert guide.width() == FOLDED_WIDTH
    assert not guide._area.isVisible()
    guide.take_key()
    assert guide.width() == WIDTH
    assert QApplication.focusWidget() is guide._steps[Step.VISIT].first_button


def test_the_cursor_goes_on_with_the_steps_but_is_never_fetched_from_elsewhere(stage: Stage) -> None:
    guide = stage.guide
    guide.take_key()
    stage.press("Visit for me")
    assert QApplication.focusWidget() is guide._steps[Step.PERMIT].first_button
    stage.hosts[-1].setFocus()
    stage.press("Sign for me")
    assert QApplication.focusWidget() is stage.hosts[-1]


def test_a_step_that_is_next_is_named_while_folded(stage: Stage) -> None:
    stage.guide.toggle()
    stage.guide._do_step(Step.VISIT)
    assert stage.guide._fold.text() == "2"
