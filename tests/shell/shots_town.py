"""Pictures of every page over the demonstration: real store, services and gate, an engine without processes."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.demonstration import demonstration_settings
from console.i18n import language
from console.kernel import (
    ConsoleError,
    PixelSize,
    Purpose,
    Session,
    TileState,
)
from console.masking import Mask, covered
from console.services.circle import Circle
from console.services.demo_town import OTHERS, SUPERINTENDENT
from console.services.feeds import FeedRequest
from console.services.people import ChangePerson
from console.settings import Settings, UiSettings
from console.video.frames import Picture
from console.video.streams import StreamRequest
from console.views.guide import GuideKeeper, GuideMemory, SamplePeople
from console.views.look import Look
from console.views.page import Page
from console.views.seat import Seat
from console.views.seating import Behind, Seating
from console.views.shell import Shell
from console.views.ui import Changes, Failed
from console.views.wall_model import PurposeChoice, WallIncident
from tests.demo_room import DemoRoom, FilledTown
from tests.fakes import FakeEngine, FakeStream
from tests.keyboard import Hands
from tests.shell.wall_fakes import Answer, InlineTasks, painted

PATIENCE_MS = 450
"""What pages wait for by themselves: typing, throttled news, a state that is shown late."""

_town: list[FilledTown] = []


def filled_town() -> FilledTown:
    """Fill the demonstration once a process; every picture works on its own copy."""
    if not _town:
        _town.append(FilledTown.make(Path(tempfile.mkdtemp(prefix="shots-town-"))))
    return _town[0]


def forget_town() -> None:
    while _town:
        shutil.rmtree(_town.pop().folder, ignore_errors=True)


class PaintingEngine(FakeEngine):
    """Every stream is live at once and shows an invented picture."""

    def open(self, request: StreamRequest) -> FakeStream:
        stream = PaintedStream(self, request, len(self.streams))
        self.streams.append(stream)
        stream.ask()
        stream.tell(TileState.LIVE)
        return stream


class PaintedStream(FakeStream):
    def picture(self) -> Picture | None:
        if not self.has_right() or self.size.width == 0:
            return None
        self._shown += 1
        size = PixelSize(max(2, self.size.width), max(2, self.size.height))
        image = painted(size, self.tile * 47 % 360)
        pixels = memoryview(_masked(image, self.grants[-1].masks))
        words = memoryview(bytearray(8)).cast("Q")
        now = self._engine.clock.monotonic()
        return Picture(pixels, image.width(), image.height(), image.bytesPerLine(), self._shown, now, 1, words, 0, 0)


def _masked(image: QImage, masks: tuple[Mask, ...]) -> bytes:
    """Black out what a worker would."""
    pixels = bytearray(bytes(image.constBits()))
    for row, spans in covered(masks, image.width(), image.height()).items():
        for left, right in spans:
            start = row * image.bytesPerLine() + left * 4
            pixels[start : start + (right - left) * 4] = bytes((right - left) * 4)
    return bytes(pixels)


class StagedTasks(InlineTasks):
    """Answers at once, or fails when told."""

    broken: ConsoleError | None = None

    def read(self, page: str, work: Callable[[], Answer], then: Callable[[Answer], None], failed: Failed) -> None:
        if self.broken is not None:
            failed(self.broken)
        else:
            super().read(page, work, then, failed)


class TownStage:
    """The window as the demonstration has it, with the superintendent before it."""

    def __init__(self, app: QApplication, theme: str, width: int, height: int, *, login: str = "") -> None:
        self.app = app
        self.town = filled_town()
        self.folder = Path(tempfile.mkdtemp(prefix="shot-"))
        self.room = DemoRoom.copy(self.town, self.folder, PaintingEngine)
        self.tasks, self.changes = StagedTasks(), Changes()
        self.room.store.on_change(self.changes.hear)
        self.shell = Shell(demonstration=True)
        # A laptop at 150 % has less room than the window would like.
        self.shell.setMinimumSize(640, 400)
        ui = UiSettings.model_validate({"language": language(), "theme": theme})
        settings = demonstration_settings(Settings(ui=ui))
        behind = Behind(self.room.station, self.room.feeds, settings, lambda: None)
        self.seat = Seat(Seating(self.shell, self.tasks, self.changes, Look(app, theme)), behind)
        people = SamplePeople(tuple(person.login for person in (SUPERINTENDENT, *OTHERS)), self.town.made.password)
        self.memory = GuideMemory(people, folded=True)
        self.keeper = GuideKeeper(self.shell, self.seat, Circle(self.room.station), self.memory)
        self.session = self.enter(login or self.town.made.login)
        incident = self.room.station.incidents.incident(self.town.made.incident_id)
        why = WallIncident(incident.id, incident.number, incident.title)
        self.shell.resize(width, height)
        self.shell.show()
        self.shell.activateWindow()
        self.hands = Hands(self.shell)
        self.seat.sit(self.session, PurposeChoice(Purpose.INCIDENT, why))

    def enter(self, login: str) -> Session:
        return self.room.enter(login)

    def open(self, key: str) -> Page:
        self.shell.open_page(key)
        self.settle()
        page = self.shell.made(key)
        assert page is not None, f"there is no page {key}"
        return page

    def take_over(self, login: str) -> None:
        """Let the next officer sit down."""
        self.session = self.enter(login)
        self.seat.sit(self.session)

    def renew(self) -> None:
        """Make every page but the wall anew, as a change of language does."""
        self.seat.sit(self.session)

    def change_person(self, person_id: str) -> None:
        """Change a person as somebody at another console would."""
        row = next(row for row in self.room.station.people.people() if row.id == person_id)
        change = ChangePerson(person_id=row.id, version=row.version, display_name=f"{row.display_name} (แก้ไข)")
        self.room.station.dispatcher.run(change, self.session)

    def look(self, code: str, purpose: Purpose = Purpose.RISK_SPOT, login: str = "officer") -> None:
        """Let an officer look at a camera for some seconds, so that the log has something to tell."""
        camera = self.room.station.cameras.by_code(code)
        assert camera is not None
        session = self.enter(login)
        self.room.feeds.open(session, FeedRequest(camera.id, purpose))
        self.room.feeds.keep()
        self.room.pass_time(35)
        self.room.station.people.log_out(session)
        self.room.feeds.keep()

    def settle(self) -> None:
        self.room.feeds.keep()
        if QApplication.activeWindow() is None:
            self.shell.activateWindow()
        QTest.qWait(PATIENCE_MS)
        wall = self.seat.wall
        for _frame in range(12):
            if wall is not None:
                wall.canvas.tick()
            self.app.processEvents()

    def close(self) -> None:
        if self.keeper.guide is not None:
            self.keeper.guide.stop()
        self.shell.close()
        self.shell.deleteLater()
        self.room.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _guide(stage: TownStage, steps: int = 0) -> None:
    """The guide with so many steps done, as the presenter's buttons do them."""
    circle, memory = Circle(stage.room.station), stage.memory
    guide = stage.keeper.guide
    assert guide is not None
    guide.toggle()
    this = memory.round
    assert this is not None
    if steps > 0:
        circle.visit(this, stage.session)
    if steps > 1:
        circle.permit(this, stage.session, guide._form)
    if steps > 2:
        stage.room.look(stage.session, FeedRequest(this.camera_id, Purpose.RISK_SPOT))
    if steps > 3:
        memory.log_opened = True
    if steps > 4:
        circle.statement(this, stage.session)
    if steps > 5:
        memory.checked = True
    if steps > 6:
        circle.withdraw(this, stage.session)
        stage.room.feeds.keep()
    if steps > 7:
        stage.room.feeds.open(stage.session, FeedRequest(this.camera_id, Purpose.RISK_SPOT))
    guide.refresh()
    guide.take_key()


TOWN_SCENES: dict[str, Callable[[TownStage], None]] = {
    "guide-0-begin": _guide,
    "guide-1-visited": lambda stage: _guide(stage, 1),
    "guide-2-permitted": lambda stage: _guide(stage, 2),
    "guide-3-looked": lambda stage: _guide(stage, 3),
    "guide-4-logged": lambda stage: _guide(stage, 4),
    "guide-5-stated": lambda stage: _guide(stage, 5),
    "guide-6-checked": lambda stage: _guide(stage, 6),
    "guide-7-withdrawn": lambda stage: _guide(stage, 7),
    "guide-8-dark": lambda stage: _guide(stage, 8),
    "guide-folded": lambda _stage: None,
}
